//! Templates: created, listed, previewed, edited and deleted.

mod creation;
mod draft;
mod generic;
mod otp;
mod previews;
mod removal;
mod show;

use actix_web::http::Method;
use serde_json::{Value, json};

use super::error::GraphError;
use super::params::Params;
use super::{Answer, Context, fields, paging};
use crate::clock;
pub(super) use creation::upsert;
pub(crate) use draft::Draft;
pub(super) use previews::previews;

const PAGE_MAX: usize = 1000;
/// Edits of an approved template.
const EDITS_PER_DAY: usize = 1;
const EDITS_PER_MONTH: usize = 10;
const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// `/{WABA}/message_templates`.
pub(super) fn on_account(context: &Context<'_>, params: &Params) -> Answer {
    match *context.request.method() {
        Method::GET => list(context, params),
        Method::POST => creation::create(context, params),
        Method::DELETE => removal::delete(context, params),
        _ => Err(GraphError::unknown_object(
            context.request.method().as_str(),
            crate::account::WABA_ID,
        )),
    }
}

/// `/{template}`.
pub(super) fn answer(context: &Context<'_>, params: &Params, id: &str) -> Answer {
    match *context.request.method() {
        Method::GET => {
            let account = context.world.account();
            let template = account
                .templates
                .by_id(id)
                .ok_or_else(|| GraphError::unknown_object("get", id))?;
            show::template(&account, template, fields::wanted(params).as_deref())
        }
        Method::POST => edit(context, params, id),
        _ => Err(GraphError::unknown_object(
            context.request.method().as_str(),
            id,
        )),
    }
}

fn list(context: &Context<'_>, params: &Params) -> Answer {
    let account = context.world.account();
    let filter = |name: &str, value: &str| {
        let wanted = params.list(name);
        wanted.is_empty()
            || wanted
                .iter()
                .any(|wanted| wanted.eq_ignore_ascii_case(value))
    };
    let fragment = params
        .text("name_or_content")
        .map(|text| text.to_lowercase());
    let name = params.text("name").filter(|name| !name.is_empty());
    let found: Vec<_> = account
        .templates
        .iter()
        .filter(|template| {
            filter("status", &template.status) && filter("category", &template.category)
        })
        .filter(|template| {
            filter("language", &template.language) && filter("quality_score", "UNKNOWN")
        })
        // As Meta's does, the filter finds longer names too.
        .filter(|template| {
            name.as_ref()
                .is_none_or(|name| template.name.contains(name.as_str()))
        })
        .filter(|template| {
            fragment.as_ref().is_none_or(|text| {
                template.name.contains(text.as_str())
                    || template.face.body.to_lowercase().contains(text.as_str())
            })
        })
        .collect();
    let wanted = fields::wanted(params);
    paging::page(context, params, &found, PAGE_MAX, |template| {
        show::template(&account, template, wanted.as_deref())
    })
}

fn edit(context: &Context<'_>, params: &Params, id: &str) -> Answer {
    let world = context.world;
    let now = clock::now_ms();
    let mut account = world.account_mut();
    let template = account
        .templates
        .by_id_mut(id)
        .ok_or_else(|| GraphError::unknown_object("post", id))?;
    if !matches!(template.status.as_str(), "APPROVED" | "REJECTED" | "PAUSED") {
        let message = "Only approved, rejected and paused templates can be edited.";
        return Err(GraphError::template(
            2_388_039,
            "Template status can't be changed",
            message,
        ));
    }
    let is_approved = template.status == "APPROVED";
    if is_approved && !may_be_edited(&template.edits_ms, now) {
        let message =
            "An approved template can be edited once in 24 hours and 10 times in 30 days.";
        return Err(GraphError::template(
            2_388_039,
            "Template edit limit reached",
            message,
        ));
    }
    let mut request = template.request.clone();
    let changes = params.to_object(&["category", "components", "message_send_ttl_seconds"]);
    let changes = changes.as_object().cloned().unwrap_or_default();
    if changes.is_empty() {
        return Err(GraphError::parameter(
            "One of category, components and message_send_ttl_seconds is required.",
        ));
    }
    request.extend(changes);
    let draft = Draft::from_json(Value::Object(request))?;
    if is_approved && draft.category != template.category {
        let message = "The category of an approved template can't be changed.";
        return Err(GraphError::template(
            2_388_039,
            "Category can't be changed",
            message,
        ));
    }
    let mut edits = std::mem::take(&mut template.edits_ms);
    if is_approved {
        edits.push(now);
    }
    *template = draft.into_template(template.id, "PENDING");
    template.edits_ms = edits;
    creation::begin_review(world, template);
    Ok(json!({"success": true}))
}

fn may_be_edited(edits_ms: &[u64], now: u64) -> bool {
    let within = |length: u64| edits_ms.iter().filter(|at| now < **at + length).count();
    within(DAY_MS) < EDITS_PER_DAY && within(30 * DAY_MS) < EDITS_PER_MONTH
}
