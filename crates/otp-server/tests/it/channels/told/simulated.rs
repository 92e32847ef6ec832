//! The whole way: the simulator takes the messages, and tells what becomes of them.

use graph_simulator::{
    Receipts, Simulator, SimulatorConfig, TwilioConfig, VonageChannel as Spoken, VonageConfig,
};
use otp_server::clock::{Clock, Stopwatch};

use super::{INBOUND, PHONE, become_so, with_vendors, words};
use crate::app::TestApp;
use crate::channels::{PSID, twilio, vonage};
use crate::native::{Client, id};
use crate::process::free_port;

/// Both vendors in one simulator, which tells what people write to this server.
fn vendors(server: &str) -> Simulator {
    Simulator::start(SimulatorConfig {
        receipts: Receipts::Manual,
        vonage: Some(VonageConfig {
            application_id: vonage::APPLICATION.to_owned(),
            public_key: vonage::keys().1.clone(),
            signature_secret: vonage::SIGNATURE_SECRET.to_owned(),
            status_url: None,
            inbound_url: Some(format!("{server}{INBOUND}")),
        }),
        twilio: Some(TwilioConfig {
            account_sid: twilio::ACCOUNT.to_owned(),
            auth_token: twilio::TOKEN.to_owned(),
            api_key: "SK0123456789abcdef0123456789abcdef".to_owned(),
            api_key_secret: "a-secret".to_owned(),
        }),
        ..SimulatorConfig::default()
    })
    .unwrap()
}

#[actix_web::test]
async fn what_the_simulator_tells_for_vonage_and_twilio_is_understood() {
    let listen = format!("127.0.0.1:{}", free_port());
    let server = format!("http://{listen}");
    let vendors = vendors(&server);
    let secret = tempfile::tempdir().unwrap();
    // By the real time, which both sign with.
    let app = TestApp::start_by(Clock::system(), secret.path().join("secret"), |config| {
        with_vendors(config, &vendors.url(), &vendors.url());
        config.listen = listen.parse().unwrap();
        // Nothing stands in front of this server.
        let vonage = &mut config.vonage.as_mut().unwrap().options;
        vonage.status_webhook = Some(format!("{server}/webhooks/vonage/status"));
        let twilio = &mut config.twilio.as_mut().unwrap().options;
        twilio.status_callback = Some(format!("{server}/webhooks/twilio#rc=2&rp=all"));
    })
    .await;
    let client = Client::live(&app).await;
    let id = id(&client.start(PHONE).await);
    let first = vendors.messages(PHONE).pop().unwrap();
    vendors.receipt(&first.id, "sent", None);
    become_so(&client, &id, &[("sms", "sent")]).await;
    vendors.receipt(&first.id, "undeliverable", Some(1180));
    let waiting = Stopwatch::start();
    become_so(&client, &id, &[("sms", "failed"), ("sms", "accepted")]).await;
    assert!(waiting.elapsed() < std::time::Duration::from_secs(2));
    let second = vendors.messages(PHONE).pop().unwrap();
    assert!(second.id.starts_with("SM"), "{second:?}");
    assert_eq!(second.code, first.code, "the same code");
    for told in ["sent", "delivered"] {
        vendors.receipt(&second.id, told, None);
        become_so(&client, &id, &[("sms", "failed"), ("sms", told)]).await;
    }
    let taken = words(&app, "vonage", "taken").await;
    vendors.inbound_vonage(Spoken::Messenger, PSID, "042719");
    let waiting = Stopwatch::start();
    while words(&app, "vonage", "taken").await == taken {
        assert!(waiting.elapsed() < std::time::Duration::from_secs(10));
        actix_web::rt::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert_eq!(vendors.webhooks_lost(), 0);
}
