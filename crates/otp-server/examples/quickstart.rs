//! The Rust program of docs/quickstart.md; a test holds the two together and runs it.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program of somebody else's, not a part of the server"
)]

use std::error::Error;
use std::time::Duration;
use std::{env, io, process};

use serde_json::{Value, json};
use ureq::Agent;

/// The answer; a problem becomes an error.
fn ask(agent: &Agent, url: &str, body: &Value) -> Result<Value, Box<dyn Error>> {
    let key = env::var("OTP_API_KEY")?;
    let call = agent
        .post(url)
        .header("Authorization", format!("Bearer {key}"));
    let mut answer = call.send_json(body)?;
    let told: Value = answer.body_mut().read_json()?;
    if answer.status().is_success() {
        return Ok(told);
    }
    // A problem: `type` is for programs, `detail` for people, and some say when to come back.
    let text = |name: &str| told[name].as_str().unwrap_or_default();
    let hint = told["retry_after_seconds"].as_u64();
    let hint = hint.map_or_else(String::new, |secs| format!(" Try again in {secs} seconds."));
    Err(format!("{}: {}{hint}", text("type"), text("detail")).into())
}

fn verify(phone: &str) -> Result<(), Box<dyn Error>> {
    let verifications = env::var("OTP_SERVER")? + "/v1/verifications";
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(20)));
    let agent = config.build().new_agent();

    let start = json!({ "to": phone, "purpose": "login" });
    let verification = ask(&agent, &verifications, &start)?;
    let text = |name: &str| verification[name].as_str().unwrap_or_default();
    println!("A code is on its way to {}", text("to"));
    let check = format!("{verifications}/{}/check", text("id"));
    for line in io::stdin().lines() {
        let result = ask(&agent, &check, &json!({ "code": line? }))?;
        if result["valid"] == true {
            println!("Verified.");
            break;
        }
        println!(
            "That is not the code. Attempts left: {}",
            result["attempts_left"]
        );
    }
    Ok(())
}

fn main() {
    let phone = env::args().nth(1).expect("usage: quickstart PHONE");
    if let Err(problem) = verify(&phone) {
        eprintln!("{problem}");
        process::exit(1);
    }
}
