//! Telemetry: what a running server tells its operator. Logs on standard error, metrics for Prometheus.
//!
//! Neither ever holds a code, a key, a token or a whole phone number; labels come from closed sets only.

mod labels;
mod log_buffer;
mod logging;
mod metrics;
mod one_line;

pub use self::{
    labels::{
        COUNTRY_NOT_ALLOWED, CallbackResult, ChatWord, DeliveryResult, Face, Provider,
        TemplateSwitch, VerificationOutcome, WhatsAppAlert,
    },
    logging::{LogGuard, LoggingError, init_logging},
    metrics::Metrics,
};
