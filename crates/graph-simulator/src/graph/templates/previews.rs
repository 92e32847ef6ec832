//! `message_template_previews`: the fixed words before anything is created.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::super::error::GraphError;
use super::super::params::Params;
use super::super::{Answer, Context};
use crate::account::WABA_ID;
use crate::languages;
use crate::wording::Wording;

const MINUTES_MAX: u64 = 90;

/// `GET /{WABA}/message_template_previews`.
pub(in crate::graph) fn previews(context: &Context<'_>, params: &Params) -> Answer {
    if context.request.method() != Method::GET {
        return Err(GraphError::unknown_object(
            context.request.method().as_str(),
            WABA_ID,
        ));
    }
    let category = params.required("category")?;
    if !category.eq_ignore_ascii_case("AUTHENTICATION") {
        return Err(GraphError::parameter(format!(
            "Param category must be one of {{AUTHENTICATION}} - got \"{category}\"."
        )));
    }
    let buttons = params.list("button_types");
    if !buttons.iter().any(|kind| kind.eq_ignore_ascii_case("OTP")) {
        return Err(GraphError::parameter("Param button_types must be OTP."));
    }
    let security = match params.text("add_security_recommendation").as_deref() {
        None | Some("false" | "0") => None,
        Some(_) => Some(()),
    };
    let minutes = minutes(params)?;
    let data = languages(params)?
        .into_iter()
        .map(|language| preview(language, security, minutes));
    Ok(json!({"data": data.collect::<Vec<Value>>()}))
}

fn preview(language: &str, security: Option<()>, minutes: Option<u64>) -> Value {
    let wording = Wording::of(language);
    let mut preview = json!({
        "body": wording.body(security),
        "buttons": [{"autofill_text": wording.autofill(), "text": wording.copy_code()}],
        "language": language,
    });
    if let Some(minutes) = minutes {
        preview["footer"] = json!(wording.footer(minutes));
    }
    preview
}

fn minutes(params: &Params) -> Result<Option<u64>, GraphError> {
    let Some(text) = params.text("code_expiration_minutes") else {
        return Ok(None);
    };
    let minutes = text
        .parse()
        .ok()
        .filter(|minutes| (1..=MINUTES_MAX).contains(minutes));
    minutes.map(Some).ok_or_else(|| {
        GraphError::parameter(format!(
            "Param code_expiration_minutes must be a number from 1 to {MINUTES_MAX} - got {text}."
        ))
    })
}

/// The languages that are asked for; Meta's table and its example differ in the parameter's name.
fn languages(params: &Params) -> Result<Vec<&'static str>, GraphError> {
    let mut asked = params.list("languages");
    asked.extend(params.list("language"));
    if asked.is_empty() {
        return Ok(languages::all().collect());
    }
    let find = |code: &String| {
        languages::find(code).ok_or_else(|| {
            GraphError::parameter(format!("Param languages: \"{code}\" is not a language."))
        })
    };
    asked.iter().map(find).collect()
}
