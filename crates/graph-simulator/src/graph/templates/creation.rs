//! Creating templates, one by one or in several languages.

use serde_json::{Value, json};

use super::super::error::GraphError;
use super::super::params::Params;
use super::super::{Answer, Context};
use super::draft::Draft;
use crate::clock;
use crate::webhook::events;
use crate::world::{Account, Template, World};

/// `POST /{WABA}/message_templates`.
pub(super) fn create(context: &Context<'_>, params: &Params) -> Answer {
    let world = context.world;
    let draft = Draft::from_json(params.to_object(&Draft::FIELDS))?;
    let created = {
        let mut account = world.account_mut();
        let now = clock::now_ms();
        if account.templates.is_blocked(&draft.name, now) {
            return Err(being_deleted(&draft));
        }
        if account
            .templates
            .find(&draft.name, &draft.language)
            .is_some()
        {
            return Err(exists(&draft));
        }
        insert(world, &mut account, draft)?
    };
    announce(world, std::slice::from_ref(&created));
    Ok(
        json!({"id": created.id.to_string(), "status": created.status, "category": created.category}),
    )
}

/// `POST /{WABA}/upsert_message_templates`: one authentication template in several languages.
pub(in crate::graph) fn upsert(context: &Context<'_>, params: &Params) -> Answer {
    let world = context.world;
    let drafts = drafts(params)?;
    let mut changed = Vec::new();
    {
        let mut account = world.account_mut();
        for draft in drafts {
            let known = account
                .templates
                .find(&draft.name, &draft.language)
                .map(|template| template.id);
            let template = match known {
                Some(id) => replace(world, &mut account, id, draft),
                None => insert(world, &mut account, draft)?,
            };
            changed.push(template);
        }
    }
    announce(world, &changed);
    let data = changed.iter().map(|template| {
        json!({"id": template.id.to_string(), "status": template.status, "language": template.language})
    });
    Ok(json!({"data": data.collect::<Vec<Value>>()}))
}

fn drafts(params: &Params) -> Result<Vec<Draft>, GraphError> {
    if params.has("language") {
        return Err(GraphError::parameter(
            "Param language is not supported here: use languages.",
        ));
    }
    let languages = params.list("languages");
    if languages.is_empty() {
        return Err(GraphError::parameter(
            "The parameter languages is required.",
        ));
    }
    let mut request =
        params.to_object(&["name", "category", "components", "message_send_ttl_seconds"]);
    let category = request["category"].as_str().unwrap_or_default();
    if !category.eq_ignore_ascii_case("AUTHENTICATION") {
        return Err(GraphError::parameter(
            "Param category must be one of {AUTHENTICATION} here.",
        ));
    }
    refuse_labels(&request)?;
    let mut drafts: Vec<Draft> = Vec::with_capacity(languages.len());
    for language in languages {
        request["language"] = json!(language);
        let draft = Draft::from_json(request.clone())?;
        if drafts.iter().all(|known| known.language != draft.language) {
            drafts.push(draft);
        }
    }
    Ok(drafts)
}

/// Labels are localized by Meta, so nobody may give them for several languages at once.
fn refuse_labels(request: &Value) -> Result<(), GraphError> {
    let components = request["components"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    let buttons = components
        .iter()
        .filter_map(|component| component["buttons"].as_array())
        .flatten();
    for button in buttons {
        for label in ["text", "autofill_text"] {
            if button.get(label).is_some() {
                return Err(GraphError::parameter(format!(
                    "Param {label} is not supported with languages."
                )));
            }
        }
    }
    Ok(())
}

fn insert(world: &World, account: &mut Account, draft: Draft) -> Result<Template, GraphError> {
    let now = clock::now_ms();
    if account.templates.len() >= world.config.template_limit {
        let message = format!(
            "The account holds {} templates already: delete one first.",
            account.templates.len()
        );
        return Err(GraphError::template(
            2_388_019,
            "Message template limit exceeded",
            message,
        ));
    }
    if !account
        .templates
        .count_creation(now, world.config.template_creations_per_hour)
    {
        return Err(GraphError::coded(80_008));
    }
    let id = account.templates.next_id();
    let mut template = draft.into_template(id, "PENDING");
    begin_review(world, &mut template);
    account.templates.insert(template.clone());
    Ok(template)
}

fn replace(world: &World, account: &mut Account, id: u64, draft: Draft) -> Template {
    let mut template = draft.into_template(id, "PENDING");
    begin_review(world, &mut template);
    account.templates.remove(&id.to_string());
    account.templates.insert(template.clone());
    template
}

/// Starts the review; one that takes no time is over already.
pub(super) fn begin_review(world: &World, template: &mut Template) {
    let review = world.config.review;
    if review.is_zero() {
        template.set_status("APPROVED");
        return;
    }
    let ends_at = clock::now_ms() + u64::try_from(review.as_millis()).unwrap_or(u64::MAX / 2);
    template.review_ends_ms = Some(ends_at);
    world.schedule_review(ends_at);
}

/// Webhooks tell of what was approved at once; the rest is told when its review ends.
fn announce(world: &World, templates: &[Template]) {
    for template in templates
        .iter()
        .filter(|template| template.status == "APPROVED")
    {
        world
            .webhooks
            .enqueue(events::template_status(world, template));
    }
}

fn exists(draft: &Draft) -> GraphError {
    let message = format!(
        "There is already {} content for this template. You can create a new template and try again.",
        draft.language
    );
    GraphError::template(
        2_388_024,
        "Content in this language already exists",
        message,
    )
}

fn being_deleted(draft: &Draft) -> GraphError {
    let message = format!(
        "New {} content can't be added while the existing {} content is being deleted. Try again in 30 days or create \
         a new template.",
        draft.language, draft.language
    );
    GraphError::template(
        2_388_023,
        "Message template language is being deleted",
        message,
    )
}
