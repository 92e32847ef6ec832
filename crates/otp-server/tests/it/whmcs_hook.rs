//! The PHP hook file for WHMCS, run by a real PHP against the real server.

use std::path::Path;
use std::process::Command;

use serde_json::json;

use crate::keys::commands::key_of;
use crate::process::Place;

#[test]
fn the_hook_file_works_against_the_server() {
    let place = Place::with(
        "[limits]\ncooldown_seconds = 1\n[whmcs]\ninvoice_template = \"invoice_created\"\n",
    );
    place.simulator.add_template(json!({
        "name": "invoice_created",
        "language": "en_US",
        "category": "UTILITY",
        "components": [{
            "type": "BODY",
            "text": "Your invoice {{1}} over {{2}} is due on {{3}}.",
            "example": { "body_text": [["7", "1 EUR", "2027-01-01"]] },
        }],
    }));
    let server = place.start();
    let key = key_of(&place.run(&["key", "create"]));
    let script =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../integrations/whmcs/tests/run.php");
    let ran = Command::new("php")
        .arg(script)
        .env("OTP_URL", format!("http://{}", server.address()))
        .env("OTP_API_KEY", key)
        .env("SIMULATOR_URL", place.simulator.url())
        .env("OTP_COOLDOWN_SECONDS", "1")
        .output()
        .expect("php is installed: scripts/test installs it");
    let said = String::from_utf8_lossy(&ran.stdout);
    let complained = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{said}{complained}");
    assert!(
        said.lines().filter(|line| line.starts_with("ok ")).count() > 50,
        "{said}"
    );
}
