//! Templates of an application's own.

use graph_simulator::{Simulator, SimulatorConfig};
use otp_server::config::ApplicationSettings;
use serde_json::json;

use super::{Client, START};
use crate::app::TestApp;

#[actix_web::test]
async fn an_application_has_templates_of_its_own_by_language() {
    let simulator = Simulator::start(SimulatorConfig::default()).expect("it starts");
    simulator.add_template(json!({
        "name": "shop_otp_de",
        "language": "de",
        "category": "AUTHENTICATION",
        "components": [
            { "type": "BODY" },
            { "type": "BUTTONS", "buttons": [{ "type": "OTP", "otp_type": "COPY_CODE" }] },
        ],
    }));
    let app = TestApp::start_against(simulator, |config| {
        let own = ApplicationSettings {
            templates: [("de".to_owned(), "shop_otp_de".to_owned())].into(),
            ..ApplicationSettings::default()
        };
        config.applications.insert("default".to_owned(), own);
    })
    .await;
    let client = Client::live(&app).await;
    for (phone, locale, template) in [
        ("+14155550101", "de-AT", "shop_otp_de"),
        ("+14155550102", "en-US", "otp_demo"),
        ("+14155550103", "ja", "otp_demo"),
    ] {
        let body = json!({ "to": phone, "locale": locale });
        let answer = client.post(START, &body).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        let sent = app.simulator.messages(phone).pop().expect("a message");
        assert_eq!(sent.template.as_deref(), Some(template), "{locale}");
    }
}
