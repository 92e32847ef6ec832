//! The client of WHMCS' API, against a stand-in that checks calls as WHMCS documents them.

mod answers;
mod outages;
mod secrecy;
mod stand_in;
mod strangers;
mod webhook;

use std::time::Duration;

use otp_server::whmcs::{ApiSecret, WhmcsAddress, WhmcsClient, WhmcsOptions};

const IDENTIFIER: &str = "canary-identifier-D4j1dKYE3g40VROO";
const SECRET: &str = "canary-secret-F1CKGXRIpylMfsrig3mw";
/// Long enough for a loaded machine; nothing waits for it when all is well.
const PATIENCE: Duration = Duration::from_secs(20);

fn options(url: &str) -> WhmcsOptions {
    WhmcsOptions {
        address: WhmcsAddress::parse(url).expect("an address"),
        identifier: IDENTIFIER.to_owned(),
        secret: ApiSecret::new(SECRET),
        time_out: PATIENCE,
    }
}

fn client(url: &str) -> WhmcsClient {
    WhmcsClient::new(&options(url))
}

/// A client whose calls end soon, for servers that do not answer.
fn hasty_client(url: &str) -> WhmcsClient {
    WhmcsClient::new(&WhmcsOptions {
        time_out: Duration::from_millis(300),
        ..options(url)
    })
}
