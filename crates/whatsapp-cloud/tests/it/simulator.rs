//! The client against the simulator, which shares no type with it.

use std::time::Duration;

use graph_simulator::{Simulator, SimulatorConfig};
use whatsapp_cloud::{
    AccessToken, Advice, AppSecret, ClientConfig, CodeExpiration, GraphClient, LanguageCode,
    MessageContent, NewTemplate, OtpButton, OtpType, OutgoingMessage, TemplateFilter, TemplateName,
    TimeToLive,
};

fn start() -> (Simulator, GraphClient) {
    let config = SimulatorConfig {
        review: Duration::ZERO,
        ..SimulatorConfig::default()
    };
    let simulator = Simulator::start(config).unwrap();
    let client = client(&simulator, graph_simulator::TOKEN);
    (simulator, client)
}

fn client(simulator: &Simulator, token: &str) -> GraphClient {
    let mut config = ClientConfig::new(AccessToken::new(token));
    config.base_url = simulator.url();
    GraphClient::new(&config).unwrap()
}

fn code_for(to: &str, language: &str) -> OutgoingMessage {
    OutgoingMessage {
        to: to.to_owned(),
        content: MessageContent::Authentication {
            template: graph_simulator::TEMPLATE_NAME.to_owned(),
            language: language.to_owned(),
            code: "048291".to_owned(),
        },
        opaque: Some("attempt".to_owned()),
    }
}

#[actix_web::test]
async fn a_code_arrives() {
    let (simulator, client) = start();
    let accepted = client
        .send(
            graph_simulator::PHONE_NUMBER_ID,
            &code_for("+14152000001", "en_US"),
        )
        .await
        .unwrap();
    assert!(accepted.id.starts_with("wamid."), "{accepted:?}");
    assert_eq!(
        simulator.last_code("+14152000001").as_deref(),
        Some("048291")
    );
}

#[actix_web::test]
async fn refusals_are_understood() {
    let (simulator, good) = start();
    let number = graph_simulator::PHONE_NUMBER_ID;

    let wrong_language = good
        .send(number, &code_for("+14152000001", "fr"))
        .await
        .unwrap_err();
    assert_eq!(
        (wrong_language.code(), wrong_language.advice()),
        (Some(132_001), Advice::SwitchTemplate)
    );

    let wrong_token = client(&simulator, "EAAwrong")
        .send(number, &code_for("+14152000001", "en_US"))
        .await
        .unwrap_err();
    assert_eq!(
        (wrong_token.code(), wrong_token.advice()),
        (Some(190), Advice::StopChannel)
    );

    let unknown_object = good.phone_number("999").await.unwrap_err();
    assert_eq!(
        (unknown_object.code(), unknown_object.advice()),
        (Some(100), Advice::FixRequest)
    );
}

#[actix_web::test]
async fn a_notice_arrives_with_its_parameters_filled_in() {
    let (simulator, client) = start();
    simulator.add_template(serde_json::json!({
        "name": "invoice_created", "language": "en_US", "category": "UTILITY",
        "components": [{"type": "BODY", "text": "Your invoice {{1}} over {{2}} is due on {{3}}."}],
    }));
    let notice = |body: &[&str]| OutgoingMessage {
        to: "+14152000001".to_owned(),
        content: MessageContent::Utility {
            template: "invoice_created".to_owned(),
            language: "en_US".to_owned(),
            body: body.iter().map(ToString::to_string).collect(),
        },
        opaque: Some("notice".to_owned()),
    };
    let send = async |body: &[&str]| {
        let message = notice(body);
        client
            .send(graph_simulator::PHONE_NUMBER_ID, &message)
            .await
    };

    send(&["2026-7", "15.95 USD", "2026-12-01"]).await.unwrap();

    let arrived = simulator.messages("+14152000001").pop().unwrap();
    assert_eq!(
        arrived.text,
        "Your invoice 2026-7 over 15.95 USD is due on 2026-12-01."
    );
    let short = send(&["2026-7"]).await.unwrap_err();
    assert_eq!(
        (short.code(), short.advice()),
        (Some(132_000), Advice::FixRequest)
    );
}

#[actix_web::test]
async fn a_template_is_made_found_and_deleted() {
    let (_simulator, client) = start();
    let waba = graph_simulator::WABA_ID;
    let template = NewTemplate::authentication(
        TemplateName::parse("otp_new").unwrap(),
        LanguageCode::parse("es").unwrap(),
        OtpButton::copy_code(),
    )
    .with_code_expiration(CodeExpiration::from_minutes(5).unwrap())
    .with_time_to_live(TimeToLive::from_secs(300).unwrap());

    let created = client.create_template(waba, &template).await.unwrap();

    let found = client.template(&created.id).await.unwrap();
    assert!(found.status.is_sendable());
    assert_eq!(
        (found.name.as_str(), found.language.as_str()),
        ("otp_new", "es")
    );
    assert_eq!(
        (found.otp_type, found.code_expiration_minutes),
        (Some(OtpType::CopyCode), Some(5))
    );
    let listed = client
        .templates(waba, &TemplateFilter::by_name("otp_new"))
        .await
        .unwrap();
    assert_eq!(
        listed
            .iter()
            .map(|template| template.id.as_str())
            .collect::<Vec<_>>(),
        [created.id.as_str()]
    );

    client.delete_template(waba, "otp_new", None).await.unwrap();
    assert!(
        client
            .templates(waba, &TemplateFilter::by_name("otp_new"))
            .await
            .unwrap()
            .is_empty()
    );
}

#[actix_web::test]
async fn an_installation_can_be_looked_over() {
    let (_simulator, client) = start();
    let waba = graph_simulator::WABA_ID;

    let token = client
        .inspect_token(
            graph_simulator::APP_ID,
            &AppSecret::new(graph_simulator::APP_SECRET),
        )
        .await
        .unwrap();
    assert!(
        token.is_valid && token.has_scope("whatsapp_business_messaging"),
        "{token:?}"
    );

    let numbers = client.phone_numbers(waba).await.unwrap();
    assert_eq!(numbers[0].id, graph_simulator::PHONE_NUMBER_ID);
    assert_eq!(client.business_account(waba).await.unwrap().id, waba);

    client.subscribe_app(waba, None).await.unwrap();
    let apps = client.subscribed_apps(waba).await.unwrap();
    assert_eq!(apps[0].id, graph_simulator::APP_ID);
}
