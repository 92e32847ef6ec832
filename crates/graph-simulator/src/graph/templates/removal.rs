//! Deleting templates: by name, by id, or several by id.

use serde_json::json;

use super::super::error::GraphError;
use super::super::params::Params;
use super::super::{Answer, Context};
use crate::clock;
use crate::webhook::events;
use crate::world::Account;

const IDS_MAX: usize = 100;

/// `DELETE /{WABA}/message_templates`.
pub(super) fn delete(context: &Context<'_>, params: &Params) -> Answer {
    let world = context.world;
    let removed = {
        let mut account = world.account_mut();
        let ids = chosen(&account, params)?;
        let is_disabled = |id: &String| {
            account
                .templates
                .by_id(id)
                .is_some_and(|known| known.status == "DISABLED")
        };
        if ids.iter().any(is_disabled) {
            let message = "A disabled template can't be deleted.";
            return Err(GraphError::template(
                2_388_039,
                "Template status can't be changed",
                message,
            ));
        }
        let removed: Vec<_> = ids
            .iter()
            .filter_map(|id| account.templates.remove(id))
            .collect();
        for template in removed.iter().filter(|template| template.is_sendable()) {
            if account.templates.named(&template.name).next().is_none() {
                account
                    .templates
                    .block_name(&template.name, clock::now_ms());
            }
        }
        removed
    };
    for mut template in removed {
        template.set_status("DELETED");
        world
            .webhooks
            .enqueue(events::template_status(world, &template));
    }
    Ok(json!({"success": true}))
}

/// The ids of the templates that the call means.
fn chosen(account: &Account, params: &Params) -> Result<Vec<String>, GraphError> {
    let ids = params.list("hsm_ids");
    if !ids.is_empty() {
        return several(account, params, ids);
    }
    let name = params.required("name")?;
    let named = account
        .templates
        .named(&name)
        .map(|template| template.id.to_string());
    let mut named: Vec<String> = named.collect();
    if let Some(id) = params.text("hsm_id") {
        named.retain(|known| *known == id);
    }
    if named.is_empty() {
        Err(not_found())
    } else {
        Ok(named)
    }
}

fn several(
    account: &Account,
    params: &Params,
    ids: Vec<String>,
) -> Result<Vec<String>, GraphError> {
    if params.has("name") || params.has("hsm_id") {
        return Err(GraphError::parameter(
            "Param hsm_ids can't be combined with name or hsm_id.",
        ));
    }
    if ids.len() > IDS_MAX {
        return Err(GraphError::parameter(format!(
            "Param hsm_ids can hold {IDS_MAX} ids at most - got {}.",
            ids.len()
        )));
    }
    if ids.iter().any(|id| account.templates.by_id(id).is_none()) {
        return Err(not_found());
    }
    Ok(ids)
}

fn not_found() -> GraphError {
    let message = "There is no message template with this name or id in the account.";
    GraphError::template(2_593_002, "Message Template Not Found", message)
}
