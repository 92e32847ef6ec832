//! The messages call, byte by byte.

use whatsapp_cloud::{
    Advice, AppSecret, GraphClient, MessageContent, MessageStatus, OutgoingMessage,
};

use crate::stand_in::{ACCEPTED, PHONE, Reply, StandIn, TOKEN, code_message, config, notice};

#[actix_web::test]
async fn a_code_goes_out_in_the_body_and_in_the_button() {
    let graph = StandIn::answering(Reply::ok(ACCEPTED));

    let accepted = graph.client().send(PHONE, &code_message()).await.unwrap();

    assert_eq!(accepted.id, "wamid.HBgL");
    assert_eq!(accepted.wa_id.as_deref(), Some("12015553931"));
    assert_eq!(accepted.status, MessageStatus::Accepted);
    let asked = graph.only();
    assert_eq!(
        (asked.method.as_str(), asked.path.as_str()),
        ("POST", "/v25.0/106540352242922/messages")
    );
    assert_eq!(asked.query, "");
    assert_eq!(
        asked.header("authorization"),
        Some(format!("Bearer {TOKEN}").as_str())
    );
    assert_eq!(asked.header("content-type"), Some("application/json"));
    assert_eq!(
        format!("http://{}", asked.header("host").unwrap()),
        graph.url
    );
    assert_eq!(
        asked.body,
        concat!(
            r#"{"messaging_product":"whatsapp","recipient_type":"individual","to":"+12015553931","type":"template","#,
            r#""template":{"name":"otp_code","language":{"policy":"deterministic","code":"en_US"},"#,
            r#""components":[{"type":"body","parameters":[{"type":"text","text":"123456"}]},"#,
            r#"{"type":"button","sub_type":"url","index":"0","parameters":[{"type":"text","text":"123456"}]}]},"#,
            r#""biz_opaque_callback_data":"attempt-1"}"#
        )
    );
}

#[actix_web::test]
async fn a_notice_goes_out_with_its_parameters_in_their_order() {
    let graph = StandIn::answering(Reply::ok(ACCEPTED));

    let message = notice(&["2026-\"7\"", "15.95 USD"]);
    graph.client().send(PHONE, &message).await.unwrap();

    assert_eq!(
        graph.only().body,
        concat!(
            r#"{"messaging_product":"whatsapp","recipient_type":"individual","to":"+12015553931","type":"template","#,
            r#""template":{"name":"invoice_created","language":{"policy":"deterministic","code":"en_US"},"#,
            r#""components":[{"type":"body","parameters":[{"type":"text","text":"2026-\"7\""},"#,
            r#"{"type":"text","text":"15.95 USD"}]}]},"biz_opaque_callback_data":"notice-1"}"#
        )
    );
}

#[actix_web::test]
async fn a_notice_without_parameters_has_no_components() {
    let graph = StandIn::answering(Reply::ok(ACCEPTED));

    graph.client().send(PHONE, &notice(&[])).await.unwrap();

    let asked: serde_json::Value = serde_json::from_str(&graph.only().body).unwrap();
    assert_eq!(
        asked["template"],
        serde_json::json!({
            "name": "invoice_created", "language": {"policy": "deterministic", "code": "en_US"},
        })
    );
}

#[actix_web::test]
async fn a_parameter_that_meta_would_refuse_is_never_sent() {
    let graph = StandIn::answering(Reply::ok(ACCEPTED));
    let client = graph.client();
    let (half, more) = ("é".repeat(512), "é".repeat(513));

    for faulty in [
        &["1", ""][..],
        &["1", "a\nb"],
        &["a\rb"],
        &["a\tb"],
        &["a     b"],
        &[half.as_str(), &more],
    ] {
        let error = client.send(PHONE, &notice(faulty)).await.unwrap_err();
        assert!(error.is_definite(), "{error}");
        assert_eq!(error.advice(), Advice::FixRequest);
    }
    assert_eq!(graph.asked().len(), 0);

    for good in [&["a    b", " "][..], &[half.as_str(), &half]] {
        client.send(PHONE, &notice(good)).await.unwrap();
    }
}

#[actix_web::test]
async fn free_text_is_escaped_as_json() {
    let graph = StandIn::answering(Reply::ok(ACCEPTED));
    let body = "Say \"hi\"\n\\ \u{1F44B} \u{7}".to_owned();
    let message = OutgoingMessage {
        to: "+12015553931".to_owned(),
        content: MessageContent::Text { body: body.clone() },
        opaque: None,
    };

    graph.client().send(PHONE, &message).await.unwrap();

    let asked: serde_json::Value = serde_json::from_str(&graph.only().body).unwrap();
    let expected = serde_json::json!({
        "messaging_product": "whatsapp", "recipient_type": "individual", "to": "+12015553931",
        "type": "text", "text": {"preview_url": false, "body": body},
    });
    assert_eq!(asked, expected);
}

#[actix_web::test]
async fn an_app_secret_adds_its_proof_to_the_address() {
    let graph = StandIn::answering(Reply::ok(ACCEPTED));
    let mut config = config(&graph.url);
    config.access_token = whatsapp_cloud::AccessToken::new("access_token");
    config.app_secret = Some(AppSecret::new("app_secret"));
    let client = GraphClient::new(&config).unwrap();

    client.send(PHONE, &code_message()).await.unwrap();

    let proof = "d52ddf968d622d8af8677906b7fbae09ac1f89f7cd5c1584b27544624cc23e5a";
    assert_eq!(graph.only().query, format!("appsecret_proof={proof}"));
}

#[actix_web::test]
async fn two_numbers_take_turns_on_one_client() {
    let graph = StandIn::answering(Reply::ok(ACCEPTED));
    let client = graph.client();

    for number in ["1", "2", "1"] {
        client.send(number, &code_message()).await.unwrap();
    }

    let paths: Vec<String> = graph.asked().into_iter().map(|asked| asked.path).collect();
    assert_eq!(
        paths,
        [
            "/v25.0/1/messages",
            "/v25.0/2/messages",
            "/v25.0/1/messages"
        ]
    );
}

#[actix_web::test]
async fn an_id_that_would_change_the_address_is_never_sent() {
    let graph = StandIn::answering(Reply::ok(ACCEPTED));

    for id in ["", "1/2", "..", "1?x=", "1#", "1%2F", "é", " 1"] {
        let error = graph.client().send(id, &code_message()).await.unwrap_err();
        assert!(error.is_definite(), "{id}: {error}");
    }

    assert_eq!(graph.asked().len(), 0);
}

#[actix_web::test]
async fn a_message_that_meta_would_refuse_or_misdeliver_is_never_sent() {
    let graph = StandIn::answering(Reply::ok(ACCEPTED));
    let code = |code: &str| OutgoingMessage {
        content: MessageContent::Authentication {
            template: "otp".to_owned(),
            language: "en".to_owned(),
            code: code.to_owned(),
        },
        ..code_message()
    };
    let to = |to: &str| OutgoingMessage {
        to: to.to_owned(),
        ..code_message()
    };
    let text = |body: String| OutgoingMessage {
        content: MessageContent::Text { body },
        ..code_message()
    };
    let opaque = |text: String| OutgoingMessage {
        opaque: Some(text),
        ..code_message()
    };
    let client = graph.client();

    let faulty = [
        to(""),
        to("+"),
        to("12015553931"),
        to("+1 201 5553931"),
        to("+1201x"),
        code(""),
        code("1234567890123456"),
        text(String::new()),
        text("é".repeat(4097)),
        opaque("é".repeat(513)),
    ];
    for message in faulty {
        let error = client.send(PHONE, &message).await.unwrap_err();
        assert!(error.is_definite(), "{error}");
        assert_eq!(error.advice(), Advice::FixRequest);
    }
    assert_eq!(graph.asked().len(), 0);

    for message in [
        code("123456789012345"),
        text("é".repeat(4096)),
        opaque("é".repeat(512)),
    ] {
        client.send(PHONE, &message).await.unwrap();
    }
}
