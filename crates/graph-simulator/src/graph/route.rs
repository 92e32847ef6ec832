//! Which call is which: versions, object ids and edges.

use actix_web::HttpResponse;
use actix_web::http::Method;

use super::error::GraphError;
use super::params::Params;
use super::{Context, auth, json_response, node, number, send, subscription, templates, token};
use crate::account::{APP_ID, WABA_ID};
use crate::fault::FaultTarget;
use crate::world::World;

/// The versions that are served; an older one gets the oldest, a newer one the newest.
const VERSIONS: [(u32, &str); 6] = [
    (21, "v21.0"),
    (22, "v22.0"),
    (23, "v23.0"),
    (24, "v24.0"),
    (25, "v25.0"),
    (26, "v26.0"),
];

/// A path without its version.
pub(super) struct Call<'a> {
    version: Option<u32>,
    /// The object's id, `me` or `debug_token`.
    pub(super) object: &'a str,
    /// What of the object is meant; empty for itself.
    pub(super) edge: &'a str,
}

impl<'a> Call<'a> {
    pub(super) fn parse(path: &'a str) -> Call<'a> {
        let path = path.trim_matches('/');
        let (first, rest) = path.split_once('/').unwrap_or((path, ""));
        let version = parse_version(first);
        let path = if version.is_some() { rest } else { path };
        let (object, edge) = path.split_once('/').unwrap_or((path, ""));
        Call {
            version,
            object,
            edge,
        }
    }

    pub(super) fn served_version(&self) -> &'static str {
        let asked = self.version.unwrap_or(u32::MAX);
        let served = VERSIONS.iter().rev().find(|(number, _)| *number <= asked);
        served.map_or(VERSIONS[0].1, |(_, name)| name)
    }

    /// What a fault would call this.
    pub(super) fn target(&self, world: &World, method: &Method) -> FaultTarget {
        match (self.object, self.edge) {
            ("debug_token", _) => FaultTarget::DebugToken,
            ("me", _) => FaultTarget::Me,
            (_, "messages") if method == Method::POST => FaultTarget::Messages,
            (_, "message_templates" | "upsert_message_templates") => FaultTarget::Templates,
            (_, "message_template_previews") => FaultTarget::Previews,
            (_, "phone_numbers") => FaultTarget::PhoneNumbers,
            (_, "subscribed_apps") => FaultTarget::SubscribedApps,
            (_, "subscriptions") => FaultTarget::Subscriptions,
            (WABA_ID, _) => FaultTarget::Waba,
            (id, _) if world.account().number(id).is_some() => FaultTarget::PhoneNumber,
            _ => FaultTarget::Template,
        }
    }
}

/// `v25.0`, in any case.
fn parse_version(segment: &str) -> Option<u32> {
    let number = segment.strip_prefix(['v', 'V'])?;
    let (major, minor) = number.split_once('.')?;
    minor.parse::<u32>().ok()?;
    major.parse().ok()
}

/// Answers a call that is not to go wrong.
pub(super) async fn dispatch(
    context: &Context<'_>,
    call: &Call<'_>,
) -> Result<HttpResponse, GraphError> {
    let method = context.request.method();
    if method == Method::POST && call.edge == "messages" {
        return send::answer(context, call.object);
    }
    let params = Params::collect(context.request, context.body);
    let world = context.world;
    let value = match (call.object, call.edge) {
        ("debug_token", "") => token::debug(context, &params),
        ("me", edge) => token::me(context, &params, edge),
        (APP_ID, edge) => subscription::of_app(context, &params, edge).await,
        (WABA_ID, edge) => {
            auth::manager(context, &params)?;
            of_account(context, &params, edge).await
        }
        (id, edge) => {
            auth::manager(context, &params)?;
            let is_number = world.account().number(id).is_some();
            if is_number {
                number::answer(context, &params, id, edge).await
            } else if edge.is_empty() && world.account().templates.by_id(id).is_some() {
                templates::answer(context, &params, id)
            } else if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_digit()) {
                Err(unknown_path(context.request.path()))
            } else {
                Err(GraphError::unknown_object(method.as_str(), id))
            }
        }
    };
    value.map(|value| json_response(&value))
}

async fn of_account(context: &Context<'_>, params: &Params, edge: &str) -> super::Answer {
    match edge {
        "" => node::waba(context, params),
        "phone_numbers" => number::list(context, params),
        "message_templates" => templates::on_account(context, params),
        "upsert_message_templates" => templates::upsert(context, params),
        "message_template_previews" => templates::previews(context, params),
        "subscribed_apps" => subscription::of_account(context, params).await,
        _ => Err(unknown_path(context.request.path())),
    }
}

fn unknown_path(path: &str) -> GraphError {
    let path = path.trim_start_matches('/');
    GraphError::coded(2500).message(format!("Unknown path components: /{path}"))
}

#[cfg(test)]
mod tests {
    use super::Call;

    #[test]
    fn a_path_is_read_with_and_without_a_version() {
        for (path, object, edge, served) in [
            ("/v25.0/1/messages", "1", "messages", "v25.0"),
            ("/V23.0/1/", "1", "", "v23.0"),
            ("/v16.0/1", "1", "", "v21.0"),
            ("/v99.0/1", "1", "", "v26.0"),
            ("/me", "me", "", "v26.0"),
        ] {
            let call = Call::parse(path);
            assert_eq!(
                (call.object, call.edge, call.served_version()),
                (object, edge, served)
            );
        }
    }
}
