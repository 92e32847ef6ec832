//! What Meta tells of account and number, and what it means for sending.

use serde_json::{Map, Value};
use whatsapp_cloud::webhook::{AccountAlert, AccountUpdate, NumberUpdate};

use super::{Bearing, Inbound, News, Subject};

/// Longer words are cut: they end in a log and in `/readyz`.
const CHARS_MAX: usize = 120;

pub(super) fn of_account(update: &AccountUpdate, at_secs: Option<u64>) -> Inbound {
    let limps = Some(Bearing::Limps { until_secs: None });
    let (particular, bearing) = match update.event.as_str() {
        "ACCOUNT_RESTRICTION" => restriction(&update.particulars),
        "DISABLED_UPDATE" => {
            let state = text(&update.particulars, "ban_info", "waba_ban_state");
            let bearing = match state {
                Some("REINSTATE") => Some(Bearing::Well),
                Some("DISABLE") => Some(Bearing::Stopped),
                _ => limps,
            };
            (state.map(str::to_owned), bearing)
        }
        "ACCOUNT_VIOLATION" => {
            let kind = text(&update.particulars, "violation_info", "violation_type");
            (kind.map(str::to_owned), limps)
        }
        "ACCOUNT_OFFBOARDED" => (None, limps),
        "ACCOUNT_RECONNECTED" => (None, Some(Bearing::Well)),
        "ACCOUNT_DELETED" => (None, Some(Bearing::Stopped)),
        _ => (None, None),
    };
    let said = [Some(update.event.clone()), particular];
    told("account", said, Subject::Account, bearing, at_secs)
}

pub(super) fn of_number(update: NumberUpdate, at_secs: Option<u64>) -> Inbound {
    let bearing = match update.event.as_str() {
        "FLAGGED" | "DOWNGRADE" => Some(Bearing::Limps { until_secs: None }),
        "UNFLAGGED" | "UPGRADE" | "ONBOARDING" | "THROUGHPUT_UPGRADE" => Some(Bearing::Well),
        _ => None,
    };
    let limit = update.current_limit.or(update.messaging_limit);
    told(
        "number",
        [Some(update.event), limit],
        Subject::Number,
        bearing,
        at_secs,
    )
}

pub(super) fn of_alert(alert: AccountAlert, at_secs: Option<u64>) -> Inbound {
    let bearing = match (alert.status.as_deref(), alert.severity.as_deref()) {
        (Some("NONE"), _) => Some(Bearing::Well),
        (_, Some("CRITICAL")) => Some(Bearing::Limps { until_secs: None }),
        _ => None,
    };
    let about = alert.entity_type.as_deref().unwrap_or("account");
    let said = [alert.severity, alert.kind];
    told(about, said, Subject::Alert, bearing, at_secs)
}

fn told(
    about: &str,
    said: [Option<String>; 2],
    subject: Subject,
    bearing: Option<Bearing>,
    at_secs: Option<u64>,
) -> Inbound {
    let said: Vec<String> = said.into_iter().flatten().collect();
    Inbound::Alert {
        about: fit(about),
        said: fit(&said.join(" ")),
        news: Some(News { subject, bearing }),
        at_secs,
    }
}

/// Which restrictions, and until when the last of them holds.
fn restriction(particulars: &Map<String, Value>) -> (Option<String>, Option<Bearing>) {
    let all = particulars
        .get("restriction_info")
        .and_then(Value::as_array);
    let all = all.into_iter().flatten();
    let kinds: Vec<&str> = all
        .clone()
        .filter_map(|one| one.get("restriction_type")?.as_str())
        .collect();
    let ends = all.map(|one| seconds(one.get("expiration")?));
    // One without an end has none.
    let until_secs = ends.collect::<Option<Vec<u64>>>();
    let until_secs = until_secs.and_then(|ends| ends.into_iter().max());
    let said = (!kinds.is_empty()).then(|| kinds.join(" "));
    (said, Some(Bearing::Limps { until_secs }))
}

/// Meta writes moments as numbers, and sometimes as text.
fn seconds(value: &Value) -> Option<u64> {
    value
        .as_u64()
        .or_else(|| value.as_str().and_then(|text| text.parse().ok()))
}

fn text<'a>(particulars: &'a Map<String, Value>, part: &str, key: &str) -> Option<&'a str> {
    particulars.get(part)?.get(key)?.as_str()
}

/// Meta's words are names of few letters; whatever else comes is no word of Meta's.
fn fit(text: &str) -> String {
    let is_fit = |letter: &char| letter.is_ascii_alphanumeric() || "_-. ".contains(*letter);
    text.chars().filter(is_fit).take(CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn account(update: Value, said: &str, bearing: Option<Bearing>) {
        let update: AccountUpdate = serde_json::from_value(update).expect("an update");
        let expected = Inbound::Alert {
            about: "account".to_owned(),
            said: said.to_owned(),
            news: Some(News {
                subject: Subject::Account,
                bearing,
            }),
            at_secs: Some(7),
        };
        assert_eq!(of_account(&update, Some(7)), expected);
    }

    /// Stores hold what earlier servers took in.
    #[test]
    fn what_was_kept_without_news_is_read() {
        let kept = r#"[{"TemplateChanged":{"name":"otp_demo","status":"PAUSED"}},
            {"Alert":{"about":"account","said":"ACCOUNT_VIOLATION"}}]"#;
        let words: Vec<Inbound> = serde_json::from_str(kept).expect("JSON");
        assert!(
            matches!(&words[1], Inbound::Alert { news: None, .. }),
            "{words:?}"
        );
    }

    #[test]
    fn what_happens_to_an_account_says_whether_codes_go_out() {
        let limps = |until_secs| Some(Bearing::Limps { until_secs });
        let restriction = |expiration: Value| {
            json!({ "event": "ACCOUNT_RESTRICTION", "restriction_info": [
                { "restriction_type": "RESTRICTED_BIZ_INITIATED_MESSAGING", "expiration": expiration },
                { "restriction_type": "RESTRICTED_CUSTOMER_INITIATED_MESSAGING", "expiration": 5 },
            ] })
        };
        let said = "ACCOUNT_RESTRICTION RESTRICTED_BIZ_INITIATED_MESSAGING \
                    RESTRICTED_CUSTOMER_INITIATED_MESSAGING";
        account(restriction(json!("7")), said, limps(Some(7)));
        account(restriction(Value::Null), said, limps(None));
        for (state, bearing) in [
            ("DISABLE", Some(Bearing::Stopped)),
            ("REINSTATE", Some(Bearing::Well)),
            ("SCHEDULE_FOR_DISABLE", limps(None)),
        ] {
            let update =
                json!({ "event": "DISABLED_UPDATE", "ban_info": { "waba_ban_state": state } });
            account(update, &format!("DISABLED_UPDATE {state}"), bearing);
        }
        account(json!({ "event": "NEW\n<b>\u{7}THING" }), "NEWbTHING", None);
    }
}
