//! Webhooks as Meta sends them.

use whatsapp_cloud::webhook::{
    DID_NOT_REQUEST_CODE, DeliveryStatus, EventKind, NotAWebhook, parse, verify_signature,
};
use whatsapp_cloud::{Advice, AppSecret, QualityScore, TemplateCategory, TemplateStatus};

/// One change in Meta's envelope; its events.
fn events(field: &str, value: &str) -> Vec<EventKind> {
    let raw = format!(
        r#"{{"object":"whatsapp_business_account","entry":[{{"id":"102290129340398","time":1739321024,"changes":[{{"field":"{field}","value":{value}}}]}}]}}"#
    );
    let batch = parse(raw.as_bytes()).unwrap();
    assert!(
        batch
            .events
            .iter()
            .all(|event| event.waba_id == "102290129340398"
                && event.timestamp == Some(1_739_321_024))
    );
    batch.events.into_iter().map(|event| event.kind).collect()
}

fn only(field: &str, value: &str) -> EventKind {
    let mut events = events(field, value);
    assert_eq!(events.len(), 1, "{events:?}");
    events.remove(0)
}

#[test]
fn a_receipt_is_read_whole() {
    let kind = only(
        "messages",
        r#"{"messaging_product":"whatsapp","metadata":{"display_phone_number":"15550783881","phone_number_id":"106540352242922"},
            "contacts":[{"profile":{"name":"Pablo M."},"wa_id":"16505551234","user_id":"US.1349"}],
            "statuses":[{"id":"wamid.X","status":"delivered","timestamp":"1750030073","recipient_id":"16505551234",
            "recipient_user_id":"US.1349","recipient_identity_key_hash":"DF2lS5v2W6x=","biz_opaque_callback_data":"attempt-1",
            "pricing":{"billable":true,"pricing_model":"PMP","type":"regular","category":"authentication"}}]}"#,
    );

    let EventKind::Status(status) = kind else {
        panic!("{kind:?}")
    };
    assert_eq!(
        (status.id.as_str(), &status.status),
        ("wamid.X", &DeliveryStatus::Delivered)
    );
    assert_eq!(status.timestamp, Some(1_750_030_073));
    assert_eq!(status.opaque.as_deref(), Some("attempt-1"));
    assert_eq!(
        status.recipient_id.as_ref().unwrap().as_str(),
        "16505551234"
    );
    assert_eq!(
        status.pricing.as_ref().unwrap().category.as_deref(),
        Some("authentication")
    );
    assert!(!format!("{status:?}").contains("650555"), "{status:?}");
}

#[test]
fn a_failure_carries_its_code_and_so_its_advice() {
    let kind = only(
        "messages",
        r#"{"statuses":[{"id":"w","status":"failed","timestamp":1750030073,"errors":[{"code":131049,"title":"t","message":"m",
            "error_data":{"details":"d"},"href":"/documentation/"}]}]}"#,
    );

    let EventKind::Status(status) = kind else {
        panic!("{kind:?}")
    };
    assert_eq!(
        (status.status, status.timestamp),
        (DeliveryStatus::Failed, Some(1_750_030_073))
    );
    assert_eq!(
        Advice::for_code(status.errors[0].code),
        Advice::UseAnotherChannel
    );
    assert_eq!(status.errors[0].details.as_deref(), Some("d"));
}

#[test]
fn a_text_is_read_and_never_printed() {
    let kind = only(
        "messages",
        r#"{"contacts":[{"profile":{"name":"P"},"wa_id":"16505551234","identity_key_hash":"H="}],
            "messages":[{"from":"16505551234","from_user_id":"US.1","id":"wamid.Y","timestamp":"1750030073","type":"text",
            "text":{"body":"caf\u00e9 \ud83d\ude00 482913"}}]}"#,
    );

    let EventKind::Text(text) = kind else {
        panic!("{kind:?}")
    };
    assert_eq!(text.body.reveal(), "café \u{1F600} 482913");
    assert_eq!(text.identity_key_hash.as_deref(), Some("H="));
    let printed = format!("{text:?}");
    assert!(
        !printed.contains("482913") && !printed.contains("650555"),
        "{printed}"
    );
}

#[test]
fn a_text_of_a_person_with_a_user_name_has_no_number() {
    let kind = only(
        "messages",
        r#"{"messages":[{"from_user_id":"US.1","id":"w","type":"text","text":{"body":"hi"}}]}"#,
    );
    let EventKind::Text(text) = kind else {
        panic!("{kind:?}")
    };
    assert_eq!(
        (text.from, text.from_user_id.as_deref()),
        (None, Some("US.1"))
    );
}

#[test]
fn a_report_of_fraud_is_a_tap_on_the_codes_own_message() {
    let kind = only(
        "messages",
        r#"{"messages":[{"context":{"from":"15550783881","id":"wamid.OTP"},"from":"16505551234","id":"w","timestamp":"1","type":"button",
            "button":{"payload":"DID_NOT_REQUEST_CODE","text":"I didn't request a code"},"from_logical_id":"131063108133020"}]}"#,
    );
    let EventKind::Button(tap) = kind else {
        panic!("{kind:?}")
    };
    assert_eq!(
        (tap.payload.as_str(), tap.context_id.as_deref()),
        (DID_NOT_REQUEST_CODE, Some("wamid.OTP"))
    );
}

#[test]
fn interactive_replies_are_taps_too() {
    for reply in ["button_reply", "list_reply"] {
        let kind = only(
            "messages",
            &format!(
                r#"{{"messages":[{{"id":"w","type":"interactive","interactive":{{"type":"{reply}","{reply}":{{"id":"yes","title":"Yes"}}}}}}]}}"#
            ),
        );
        let EventKind::Button(tap) = kind else {
            panic!("{kind:?}")
        };
        assert_eq!(
            (tap.payload.as_str(), tap.text.as_deref()),
            ("yes", Some("Yes"))
        );
    }
}

#[test]
fn a_new_number_and_a_new_identity_are_told_apart() {
    let number = only(
        "messages",
        r#"{"messages":[{"from":"16505551234","id":"w","timestamp":"1","type":"system",
            "system":{"body":"User X changed","wa_id":"12195555358","type":"user_changed_number"}}]}"#,
    );
    let EventKind::NumberChanged(change) = number else {
        panic!("{number:?}")
    };
    assert_eq!(change.to.unwrap().as_str(), "12195555358");

    let identity = only(
        "messages",
        r#"{"messages":[{"from":"16505551234","id":"w","type":"system","identity":{"acknowledged":true,"hash":"NEW="},
            "system":{"body":"b","type":"customer_identity_changed"}}]}"#,
    );
    let EventKind::IdentityChanged(change) = identity else {
        panic!("{identity:?}")
    };
    assert_eq!(change.hash.as_deref(), Some("NEW="));
}

#[test]
fn a_templates_status_has_its_id_as_a_text() {
    let kind = only(
        "message_template_status_update",
        r#"{"event":"APPROVED","message_template_id":1689556908129832,"message_template_name":"otp","message_template_language":"en-US",
            "reason":"NONE","message_template_category":"AUTHENTICATION"}"#,
    );
    let EventKind::TemplateStatus(update) = kind else {
        panic!("{kind:?}")
    };
    assert_eq!(
        (update.event, update.template_id.as_deref()),
        (TemplateStatus::Approved, Some("1689556908129832"))
    );
    assert_eq!(update.category, Some(TemplateCategory::Authentication));
}

#[test]
fn a_templates_quality_is_known_by_its_shape_under_either_field() {
    let value = r#"{"previous_quality_score":"GREEN","new_quality_score":"YELLOW","message_template_id":8063,"message_template_name":"otp"}"#;
    for field in [
        "message_template_quality_update",
        "message_template_status_update",
    ] {
        let kind = only(field, value);
        let EventKind::TemplateQuality(update) = kind else {
            panic!("{kind:?}")
        };
        assert_eq!(update.new_quality_score, QualityScore::Yellow);
    }
}

#[test]
fn account_alert_and_number_updates_are_read() {
    let kind = only(
        "account_update",
        r#"{"event":"DISABLED_UPDATE","ban_info":{"waba_ban_state":"DISABLE"}}"#,
    );
    let EventKind::Account(update) = kind else {
        panic!("{kind:?}")
    };
    assert_eq!(
        (
            update.event.as_str(),
            &update.particulars["ban_info"]["waba_ban_state"]
        ),
        ("DISABLED_UPDATE", &"DISABLE".into())
    );

    let kind = only(
        "account_alerts",
        r#"{"entity_type":"BUSINESS","entity_id":123456,"alert_info":{"alert_severity":"CRITICAL","alert_status":"ACTIVE","alert_type":"OBA_REJECTED","alert_description":"d"}}"#,
    );
    let EventKind::Alert(alert) = kind else {
        panic!("{kind:?}")
    };
    assert_eq!(
        (alert.severity.as_deref(), alert.entity_id.as_deref()),
        (Some("CRITICAL"), Some("123456"))
    );

    let kind = only(
        "phone_number_quality_update",
        r#"{"display_phone_number":"15550783881","event":"ONBOARDING","max_daily_conversations_per_business":"TIER_2K"}"#,
    );
    let EventKind::Number(update) = kind else {
        panic!("{kind:?}")
    };
    assert_eq!(update.messaging_limit.as_deref(), Some("TIER_2K"));
}

#[test]
fn one_unreadable_event_does_not_lose_the_others() {
    let kinds = events(
        "messages",
        r#"{"statuses":[{"status":"sent"},{"id":"w","status":"teleported"},7],"messages":[{"id":"i","type":"image","image":{}},{}]}"#,
    );
    let unknown = |kind: Option<&str>| EventKind::Unknown {
        field: "messages".to_owned(),
        kind: kind.map(str::to_owned),
    };
    assert_eq!(kinds.len(), 5);
    assert!(
        matches!(&kinds[1], EventKind::Status(status) if status.status == DeliveryStatus::Other("teleported".to_owned()))
    );
    assert_eq!([&kinds[0], &kinds[2], &kinds[4]], [&unknown(None); 3]);
    assert_eq!(kinds[3], unknown(Some("image")));
}

#[test]
fn unknown_fields_are_named_to_be_counted() {
    let expected = EventKind::Unknown {
        field: "user_preferences".to_owned(),
        kind: None,
    };
    assert_eq!(
        only("user_preferences", r#"{"user_preferences":[]}"#),
        expected
    );
}

#[test]
fn what_is_no_webhook_of_whatsapp_is_refused() {
    let deep = format!(
        r#"{{"object":"whatsapp_business_account","entry":[{{"changes":[{{"value":{{"a":{}"#,
        "[".repeat(100_000)
    );
    for raw in ["", "{", "\u{0}", &deep] {
        assert_eq!(
            parse(raw.as_bytes()),
            Err(NotAWebhook::NotJson),
            "{raw:.10}"
        );
    }
    for raw in [
        "{}",
        "[]",
        "null",
        r#"{"object":"page","entry":[]}"#,
        r#"{"object":"whatsapp_business_account","entry":{}}"#,
    ] {
        assert_eq!(
            parse(raw.as_bytes()),
            Err(NotAWebhook::NotWhatsApp),
            "{raw}"
        );
    }
}

#[test]
fn the_signature_is_over_the_raw_bytes() {
    let secret = AppSecret::new("test-app-secret");
    let body = br#"{"object":"whatsapp_business_account"}"#;
    let header = "sha256=b6978b21c4467654c466607663db9b43fae44b71083568df403e0a077089208e";
    assert!(verify_signature(&secret, body, header).is_ok());
    let reserialised =
        serde_json::to_vec_pretty(&serde_json::from_slice::<serde_json::Value>(body).unwrap())
            .unwrap();
    assert!(verify_signature(&secret, &reserialised, header).is_err());
}
