//! The dispatch face: the contract of Vonage's tutorial, against the simulator's Vonage.

#![expect(
    clippy::unwrap_used,
    reason = "a harness that fails should end its test at once"
)]

mod access;
mod addresses;
mod again;
mod applications;
mod configured;
mod lasting;
mod stage;
mod tutorial;

pub(crate) use self::stage::Stage;

const PHONE: &str = "+393331234567";
const PSID: &str = "8192836451";
/// The body of the tutorial's request.
pub(crate) const BOTH: &str = r#"{"messengerId": "8192836451", "phoneNumber": "393331234567"}"#;
