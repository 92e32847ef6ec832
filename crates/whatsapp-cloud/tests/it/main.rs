//! Tests of the client through its front door.
