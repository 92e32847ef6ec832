//! From what was read to what is said of it: pure.

use whatsapp_cloud::{
    BusinessAccount, BusinessPhone, CanSend, GraphError, HealthStatus, PhoneStatus, QualityRating,
    SubscribedApp, Template, TemplateCategory, TemplateStatus,
};

use super::Finding;
use crate::graph;

const OTHERS: u32 = 0o007;
const GROUP: u32 = 0o070;

/// A call that failed.
#[must_use]
pub fn refused(doing: &str, error: &GraphError) -> Finding {
    Finding::fail(format!("{doing}: {error}"), graph::hint(error))
}

/// The file's permission bits.
#[must_use]
pub fn mode(bits: u32, path: &str) -> Finding {
    let bits = bits & 0o777;
    let advice = format!("chmod 600 {path}");
    if bits & OTHERS != 0 {
        Finding::fail(
            format!("mode {bits:04o}: every user of this machine can read the token"),
            advice,
        )
    } else if bits & GROUP != 0 {
        Finding::warn(
            format!("mode {bits:04o}: the file's group can read the token"),
            advice,
        )
    } else {
        Finding::ok(format!("mode {bits:04o}"))
    }
}

/// The account.
#[must_use]
pub fn account(account: &BusinessAccount) -> Finding {
    let name = account.name.as_deref().unwrap_or("without a name");
    healthy(
        account.health_status.as_ref(),
        &format!("\"{name}\" ({})", account.id),
    )
}

/// The number, which must be one of the account's.
#[must_use]
pub fn number(number: &BusinessPhone, account_numbers: &[BusinessPhone]) -> Finding {
    let said = format!("{} ({})", number.display_phone_number, number.id);
    if !account_numbers.iter().any(|one| one.id == number.id) {
        return Finding::fail(
            format!("{said} is not one of the account's numbers"),
            "run wa-setup again and choose one",
        );
    }
    match &number.status {
        None | Some(PhoneStatus::Connected) => {}
        Some(status) => {
            return Finding::fail(
                format!("{said} is {status}, not CONNECTED"),
                graph::number_remedy(status, &number.id),
            );
        }
    }
    match &number.quality_rating {
        Some(quality @ (QualityRating::Red | QualityRating::Yellow)) => Finding::warn(
            format!("{said} has quality {quality}"),
            "people block or report its messages: send codes only when asked for",
        ),
        _ => healthy(number.health_status.as_ref(), &said),
    }
}

/// The template, against the server's code lifetime.
#[must_use]
pub fn template(template: &Template, code_lifetime_secs: u32) -> Finding {
    let said = format!("{} ({}, {})", template.name, template.id, template.language);
    if !template.status.is_sendable() {
        return Finding::fail(
            format!("{said} is {}, not APPROVED", template.status),
            status_advice(&template.status),
        );
    }
    if template.category != TemplateCategory::Authentication {
        return Finding::fail(
            format!(
                "{said} has category {}, not AUTHENTICATION",
                template.category
            ),
            "run wa-setup again: codes need an authentication template",
        );
    }
    let Some(button) = &template.otp_type else {
        return Finding::fail(
            format!("{said} has no OTP button"),
            "run wa-setup again and create a template",
        );
    };
    let lifetime = i64::from(code_lifetime_secs);
    if let Some(secs) = template
        .time_to_live_secs
        .filter(|secs| *secs < 0 || *secs > lifetime)
    {
        return Finding::warn(
            format!(
                "{said} may arrive up to {secs} s after it is sent, later than a code lives ({lifetime} s)"
            ),
            "create a template with a shorter --ttl-seconds, or let codes live longer",
        );
    }
    if let Some(minutes) = template
        .code_expiration_minutes
        .filter(|minutes| i64::from(*minutes) * 60 != lifetime)
    {
        return Finding::warn(
            format!("{said} says {minutes} minutes, but a code lives {lifetime} s"),
            "create a template with the right --expiry-minutes, or set the server's code lifetime (OTP_EXPIRY_MINUTES)",
        );
    }
    healthy(
        template.health_status.as_ref(),
        &format!("{said}, {button}"),
    )
}

fn status_advice(status: &TemplateStatus) -> &'static str {
    match status {
        TemplateStatus::Pending | TemplateStatus::InAppeal => "wait: Meta takes up to 24 hours",
        TemplateStatus::Paused => "wait until Meta unpauses it, and find out why people report it",
        _ => {
            "see why in WhatsApp Manager, Message templates; run wa-setup again for another template"
        }
    }
}

/// The template's translations.
#[must_use]
pub fn languages(translations: &[Template]) -> Finding {
    let (good, bad): (Vec<&Template>, Vec<&Template>) = translations
        .iter()
        .partition(|template| template.status.is_sendable());
    let good: Vec<&str> = good
        .iter()
        .map(|template| template.language.as_str())
        .collect();
    let approved = format!("approved: {}", good.join(", "));
    if bad.is_empty() {
        return Finding::ok(approved);
    }
    let bad: Vec<String> = bad
        .iter()
        .map(|template| format!("{} {}", template.language, template.status))
        .collect();
    Finding::warn(
        format!("{approved}; not: {}", bad.join(", ")),
        "people with these languages get the default one until they are approved",
    )
}

/// Who hears of the account's events.
#[must_use]
pub fn webhook(apps: &[SubscribedApp]) -> Finding {
    if apps.is_empty() {
        return Finding::warn(
            "no app hears of receipts and replies",
            "run wa-setup again with --subscribe yes, or --webhook-url",
        );
    }
    let names: Vec<&str> = apps
        .iter()
        .map(|app| app.name.as_deref().unwrap_or(&app.id))
        .collect();
    Finding::ok(format!("events go to {}", names.join(", ")))
}

/// Meta's own diagnosis, where it gives one.
fn healthy(health: Option<&HealthStatus>, said: &str) -> Finding {
    let Some(health) = health else {
        return Finding::ok(said);
    };
    let (reason, solution) = diagnosis(health);
    match &health.can_send_message {
        CanSend::Available => Finding::ok(said),
        CanSend::Limited => Finding::warn(format!("{said} can send with limits{reason}"), solution),
        CanSend::Blocked => Finding::fail(format!("{said} cannot send{reason}"), solution),
        other => Finding::warn(format!("{said}: Meta says {other}{reason}"), solution),
    }
}

fn diagnosis(health: &HealthStatus) -> (String, String) {
    let problem = health
        .entities
        .iter()
        .flat_map(|entity| &entity.errors)
        .next();
    let note = health
        .entities
        .iter()
        .flat_map(|entity| &entity.additional_info)
        .next();
    let reason = problem.map(|problem| &problem.error_description).or(note);
    let solution = problem.and_then(|problem| problem.possible_solution.clone());
    (
        reason
            .map(|reason| format!(": {reason}"))
            .unwrap_or_default(),
        solution.unwrap_or_else(|| "see WhatsApp Manager, Account overview".to_owned()),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::doctor::Verdict;

    fn otp_template(changes: &serde_json::Value) -> Template {
        let mut template = json!({
            "id": "1", "name": "otp", "language": "en_US", "status": "APPROVED", "category": "AUTHENTICATION",
            "message_send_ttl_seconds": 300,
            "components": [
                {"type": "BODY", "text": "*{{1}}*"},
                {"type": "FOOTER", "code_expiration_minutes": 5},
                {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE"}]},
            ],
        });
        for (key, value) in changes.as_object().unwrap() {
            template[key] = value.clone();
        }
        serde_json::from_value(template).unwrap()
    }

    #[test]
    fn a_file_that_others_can_read_fails_and_one_for_the_group_warns() {
        for (bits, verdict) in [
            (0o100_600, Verdict::Ok),
            (0o100_400, Verdict::Ok),
            (0o100_640, Verdict::Warn),
            (0o100_644, Verdict::Fail),
            (0o100_604, Verdict::Fail),
        ] {
            assert_eq!(mode(bits, "f").verdict, verdict, "{bits:o}");
        }
    }

    #[test]
    fn a_template_is_judged_by_status_category_button_and_times() {
        let cases = [
            (json!({}), 300, Verdict::Ok),
            (json!({"status": "PENDING"}), 300, Verdict::Fail),
            (json!({"category": "UTILITY"}), 300, Verdict::Fail),
            (json!({"components": []}), 300, Verdict::Fail),
            (json!({"message_send_ttl_seconds": 301}), 300, Verdict::Warn),
            (json!({"message_send_ttl_seconds": -1}), 300, Verdict::Warn),
            (json!({}), 600, Verdict::Warn),
            (
                json!({"health_status": {"can_send_message": "BLOCKED"}}),
                300,
                Verdict::Fail,
            ),
            (
                json!({"health_status": {"can_send_message": "LIMITED"}}),
                300,
                Verdict::Warn,
            ),
        ];
        for (changes, lifetime, verdict) in cases {
            assert_eq!(
                template(&otp_template(&changes), lifetime).verdict,
                verdict,
                "{changes} {lifetime}"
            );
        }
    }

    #[test]
    fn a_blocked_account_is_told_in_metas_words() {
        let found = account(
            &serde_json::from_value(json!({
                "id": "1", "name": "Shop",
                "health_status": {"can_send_message": "BLOCKED", "entities": [{
                    "entity_type": "WABA", "can_send_message": "BLOCKED",
                    "errors": [{"error_code": 141_006, "error_description": "No payment method.", "possible_solution": "Add one."}],
                }]},
            }))
            .unwrap(),
        );
        assert_eq!(
            found,
            Finding::fail("\"Shop\" (1) cannot send: No payment method.", "Add one.")
        );
    }

    #[test]
    fn a_number_must_be_the_accounts_and_connected() {
        let phone = |id: &str, status: &str, quality: &str| -> BusinessPhone {
            serde_json::from_value(json!({"id": id, "display_phone_number": "+1 555", "status": status, "quality_rating": quality}))
                .unwrap()
        };
        let own = [phone("1", "CONNECTED", "GREEN")];
        for (id, status, quality, verdict) in [
            ("1", "CONNECTED", "GREEN", Verdict::Ok),
            ("1", "CONNECTED", "RED", Verdict::Warn),
            ("1", "PENDING", "GREEN", Verdict::Fail),
            ("2", "CONNECTED", "GREEN", Verdict::Fail),
        ] {
            assert_eq!(
                number(&phone(id, status, quality), &own).verdict,
                verdict,
                "{id} {status} {quality}"
            );
        }
    }
}
