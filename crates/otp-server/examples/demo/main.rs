//! The main job on a fresh machine, with no account: a stand-in for Meta's API and the server
//! start together, and each message is drawn as a phone would show it.

mod phone_screen;

use std::fs;
use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use anyhow::{Context, Result};
use graph_simulator::{Simulator, SimulatorConfig};
use otp_server::app::Application;
use otp_server::clock::Clock;
use otp_server::config::Config;
use serde_json::json;
use tempfile::TempDir;

/// The port of Meta's sample servers; another one when it is taken.
const PORT: u16 = 3000;
const SIMULATOR_PORT: u16 = 9100;
/// A number that nobody has.
const PHONE: &str = "14152000001";

#[actix_web::main]
async fn main() -> Result<()> {
    let folder = TempDir::with_prefix("otp-demo-").context("cannot make a temporary folder")?;
    let listen = free(SIMULATOR_PORT);
    let simulator = Simulator::start(SimulatorConfig {
        listen,
        ..SimulatorConfig::default()
    })
    .context("cannot start the simulator")?;
    simulator.on_message(|message| {
        // Nobody can be told when the terminal is gone.
        let _ = io::stdout().write_all(phone_screen::draw(message).as_bytes());
    });

    let config = configure(&folder, &simulator)?;
    let application = Application::build(&config, Clock::system()).await?;
    introduce(&application, &simulator)?;
    let handle = application.handle();
    actix_web::rt::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            handle.stop(true).await;
        }
    });
    application.run_until_stopped().await
}

fn configure(folder: &TempDir, simulator: &Simulator) -> Result<Config> {
    let mut config = Config {
        listen: free(PORT),
        whatsapp_info: folder.path().join("whatsapp-info.json"),
        data_dir: folder.path().join("data"),
        ..Config::default()
    };
    config.secret_file = otp_server::config::SecretFile::MadeOnce(config.data_dir.join("secret"));
    config.graph.url = simulator.url();
    let info = json!({
        "waba_id": graph_simulator::WABA_ID,
        "access_token": graph_simulator::TOKEN,
        "phone_number_id": graph_simulator::PHONE_NUMBER_ID,
        "template_id": graph_simulator::TEMPLATE_ID,
    });
    fs::write(&config.whatsapp_info, info.to_string()).context("cannot write the account file")?;
    Ok(config)
}

fn introduce(application: &Application, simulator: &Simulator) -> Result<()> {
    let mut out = io::stdout().lock();
    application.greet(&mut out)?;
    let server = format!("http://{}", application.address());
    writeln!(
        out,
        "
Everything runs on this machine: the server on {server}, and in Meta's place a simulator on {graph}.
Type this in another terminal.

Send a code to a phone:

    curl -i {server}/otp/{PHONE}/

The phone shows it here. Check what it shows (put the code in place of 123456):

    curl -i -X POST {server}/otp/{PHONE}/ -H 'Content-Type: application/json' -d '{{\"code\": \"123456\"}}'

What the simulator has sent, as data:

    curl '{graph}/_simulator/messages?to=%2B{PHONE}'

Stop with Ctrl-C. Nothing is kept.
",
        graph = simulator.url(),
    )?;
    Ok(())
}

/// The usual port, or any other when that one is taken.
fn free(port: u16) -> SocketAddr {
    let usual = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    match TcpListener::bind(usual) {
        Ok(_) => usual,
        Err(_) => SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
    }
}
