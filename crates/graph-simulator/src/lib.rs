//! A stand-in for Meta's Graph API that behaves, and misbehaves on request.
