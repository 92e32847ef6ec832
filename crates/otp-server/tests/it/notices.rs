//! Notices through the channel, against the simulator.

use graph_simulator::{Effect, Fault, FaultTarget, Simulator, SimulatorConfig};
use otp_core::PhoneNumber;
use otp_server::channel::whatsapp::{TemplateBook, TemplateOrder, WhatsAppChannel};
use otp_server::channel::{DeliveryError, Notice};
use serde_json::json;
use std::sync::Arc;
use whatsapp_cloud::{AccessToken, ClientConfig, GraphClient};

const PHONE: &str = "+14155550123";

/// A simulator with the template of the example file, and a channel to it.
async fn stage() -> (Simulator, WhatsAppChannel) {
    let simulator = Simulator::start(SimulatorConfig::default()).expect("the simulator starts");
    simulator.add_template(json!({
        "name": "invoice_created", "language": "en_US", "category": "UTILITY",
        "components": [{"type": "BODY", "text": "Your invoice {{1}} over {{2}} is due on {{3}}."}],
    }));
    let mut config = ClientConfig::new(AccessToken::new(graph_simulator::TOKEN));
    config.base_url = simulator.url();
    let graph = GraphClient::new(&config).expect("right settings");
    let order = TemplateOrder {
        waba_id: graph_simulator::WABA_ID.to_owned(),
        template_id: graph_simulator::TEMPLATE_ID.to_owned(),
        default_language: None,
        alternates: Vec::new(),
    };
    let opened = TemplateBook::open(&graph, order).await;
    let (templates, _) = opened.expect("the template is approved");
    let number = graph_simulator::PHONE_NUMBER_ID.into();
    let channel = WhatsAppChannel::new(graph, number, Arc::new(templates), config.deadline);
    (simulator, channel)
}

fn notice(body: &[&str]) -> Notice {
    Notice {
        phone: PhoneNumber::parse(PHONE).expect("a phone"),
        template: "invoice_created".to_owned(),
        language: "en_US".to_owned(),
        body: body.iter().map(ToString::to_string).collect(),
        reference: "invoice-7".to_owned(),
    }
}

#[actix_web::test]
async fn a_notice_reaches_the_person_in_its_template() {
    let (simulator, channel) = stage().await;

    let said = notice(&["2026-7", "15.95 USD", "2026-12-01"]);
    let accepted = channel.notify(&said).await.unwrap();

    let [arrived] = &simulator.messages(PHONE)[..] else {
        panic!("one message")
    };
    assert_eq!(arrived.id, accepted.message_id);
    assert_eq!(
        arrived.text,
        "Your invoice 2026-7 over 15.95 USD is due on 2026-12-01."
    );
    assert_eq!(arrived.opaque.as_deref(), Some("invoice-7"));
}

#[actix_web::test]
async fn a_template_that_is_not_there_stops_notices_and_says_which() {
    let (simulator, channel) = stage().await;
    let body = ["2026-7", "15.95 USD", "2026-12-01"];
    for wrong in [
        Notice {
            template: "invoice_sent".to_owned(),
            ..notice(&body)
        },
        Notice {
            language: "de".to_owned(),
            ..notice(&body)
        },
    ] {
        let error = channel.notify(&wrong).await.unwrap_err();
        assert!(matches!(error, DeliveryError::ChannelDown(_)), "{error:?}");
        assert!(error.to_string().contains(&wrong.template), "{error}");
    }
    assert_eq!(simulator.message_count(), 0);
}

#[actix_web::test]
async fn a_notice_of_the_wrong_shape_is_rejected() {
    let (simulator, channel) = stage().await;
    for wrong in [
        &["2026-7"][..],
        &["2026-7", "", "2026-12-01"],
        &["a\nb", "15.95 USD", "2026-12-01"],
    ] {
        let error = channel.notify(&notice(wrong)).await.unwrap_err();
        assert!(matches!(error, DeliveryError::Rejected(_)), "{error:?}");
    }
    assert_eq!(simulator.message_count(), 0);
}

#[actix_web::test]
async fn what_became_of_a_notice_that_meta_broke_off_nobody_knows() {
    let (simulator, channel) = stage().await;
    simulator.fault(Fault::new(FaultTarget::Messages, Effect::DropAnswer));
    let said = notice(&["2026-7", "15.95 USD", "2026-12-01"]);
    let error = channel.notify(&said).await.unwrap_err();
    assert!(matches!(error, DeliveryError::Uncertain(_)), "{error:?}");
}

#[test]
fn a_notice_is_printed_without_what_it_says() {
    let printed = format!("{:?}", notice(&["2026-7", "15.95 USD", "2026-12-01"]));
    assert!(printed.contains("3 times ***"), "{printed}");
    for private in ["2026-7", "15.95", "4155550"] {
        assert!(!printed.contains(private), "{printed}");
    }
}
