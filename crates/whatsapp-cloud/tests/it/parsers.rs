//! Parsers of outside bytes never panic, whatever they are given.

use proptest::prelude::*;
use whatsapp_cloud::webhook;
use whatsapp_cloud::{AccessToken, AppSecret, Template, WhatsAppInfo};

/// JSON that looks like Meta's: its keys, with any values.
fn json_like_metas() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "object",
        "entry",
        "id",
        "changes",
        "field",
        "value",
        "messages",
        "statuses",
        "errors",
        "code",
        "type",
        "text",
        "body",
        "button",
        "payload",
        "system",
        "identity",
        "interactive",
        "context",
        "from",
        "timestamp",
        "metadata",
        "contacts",
        "event",
        "message_template_id",
        "new_quality_score",
        "alert_info",
        "whatsapp_business_account",
        "message_template_status_update",
        "account_update",
        "components",
        "buttons",
        "url",
        "name",
        "error_data",
    ]);
    let leaf = prop_oneof![
        Just("null".to_owned()),
        any::<bool>().prop_map(|value| value.to_string()),
        any::<i64>().prop_map(|value| value.to_string()),
        word.clone().prop_map(|word| format!("{word:?}")),
        any::<String>().prop_map(|text| serde_json::to_string(&text).unwrap()),
    ];
    leaf.prop_recursive(8, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6)
                .prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::vec((word.clone(), inner), 0..6).prop_map(|pairs| {
                let pairs: Vec<String> = pairs
                    .iter()
                    .map(|(key, value)| format!("{key:?}:{value}"))
                    .collect();
                format!("{{{}}}", pairs.join(","))
            }),
        ]
    })
}

/// The same in the right envelope, so that the events inside are reached.
fn webhook_like_metas() -> impl Strategy<Value = String> {
    let field = prop::sample::select(vec![
        "messages",
        "message_template_status_update",
        "message_template_quality_update",
        "account_update",
        "account_alerts",
        "phone_number_quality_update",
        "other",
    ]);
    (field, json_like_metas(), json_like_metas()).prop_map(|(field, one, two)| {
        format!(
            r#"{{"object":"whatsapp_business_account","entry":[{{"id":1,"changes":[{{"field":"{field}","value":{{"statuses":[{one}],"messages":[{two}],"event":{two}}}}}]}}]}}"#
        )
    })
}

proptest! {
    #[test]
    fn webhooks_of_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        let _ = webhook::parse(&bytes);
    }

    #[test]
    fn webhooks_of_json_like_metas(json in json_like_metas()) {
        let _ = webhook::parse(json.as_bytes());
        let _ = serde_json::from_str::<Template>(&json);
    }

    #[test]
    fn webhooks_in_the_right_envelope_always_give_events(json in webhook_like_metas()) {
        let batch = webhook::parse(json.as_bytes()).unwrap();
        prop_assert!(!batch.events.is_empty());
        prop_assert!(batch.events.iter().all(|event| event.waba_id == "1"));
    }

    #[test]
    fn signatures_of_any_text(header in any::<String>(), body in any::<Vec<u8>>()) {
        prop_assert!(webhook::verify_signature(&AppSecret::new("s"), &body, &header).is_err());
    }

    #[test]
    fn info_files_of_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..256)) {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        prop_assert!(WhatsAppInfo::read(file.path()).is_err());
    }

    #[test]
    fn info_files_keep_any_unknown_key(key in "[a-z]{1,8}x", text in any::<String>()) {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), serde_json::json!({ key.as_str(): text }).to_string()).unwrap();
        WhatsAppInfo::new("1", AccessToken::new("t"), "2", "3").write(file.path()).unwrap();
        let written: serde_json::Value = serde_json::from_slice(&std::fs::read(file.path()).unwrap()).unwrap();
        prop_assert_eq!(&written[key.as_str()], &serde_json::Value::String(text));
    }
}
