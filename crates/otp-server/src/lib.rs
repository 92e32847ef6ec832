//! The one-time-password service: configuration, faces, stores, channels, telemetry.
