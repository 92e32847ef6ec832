//! Lists in pages, with Meta's opaque cursors.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::Context;
use super::error::GraphError;
use super::params::Params;

const LIMIT_DEFAULT: usize = 25;
const CURSOR_MARK: &str = "QVFI";

/// A page of `items`, each shown only when it is on the page.
pub(super) fn page<T>(
    context: &Context<'_>,
    params: &Params,
    items: &[T],
    limit_max: usize,
    show: impl Fn(&T) -> Result<Value, GraphError>,
) -> super::Answer {
    let limit = limit(params, limit_max)?;
    let range = match (params.text("after"), params.text("before")) {
        (Some(after), _) if !after.is_empty() => {
            let start = (read_cursor(&after)? + 1).min(items.len());
            start..(start + limit).min(items.len())
        }
        (_, Some(before)) if !before.is_empty() => {
            let end = read_cursor(&before)?.min(items.len());
            end.saturating_sub(limit)..end
        }
        _ => 0..limit.min(items.len()),
    };
    let data = items[range.clone()]
        .iter()
        .map(show)
        .collect::<Result<Vec<Value>, GraphError>>()?;
    if data.is_empty() {
        return Ok(json!({"data": []}));
    }
    let after = cursor(range.end - 1);
    let before = cursor(range.start);
    let mut paging = json!({"cursors": {"before": before, "after": after}});
    if range.end < items.len() {
        paging["next"] = json!(link(context, limit, "after", &after));
    }
    if range.start > 0 {
        paging["previous"] = json!(link(context, limit, "before", &before));
    }
    Ok(json!({"data": data, "paging": paging}))
}

fn limit(params: &Params, max: usize) -> Result<usize, GraphError> {
    let Some(text) = params.text("limit") else {
        return Ok(LIMIT_DEFAULT);
    };
    let limit: usize = text
        .parse()
        .map_err(|_| GraphError::parameter("Param limit must be a positive integer"))?;
    Ok(limit.clamp(1, max))
}

fn cursor(index: usize) -> String {
    URL_SAFE_NO_PAD.encode(format!("{CURSOR_MARK}{index}"))
}

fn read_cursor(text: &str) -> Result<usize, GraphError> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok();
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    let index = text
        .as_deref()
        .and_then(|text| text.strip_prefix(CURSOR_MARK))
        .and_then(|index| index.parse().ok());
    index.ok_or_else(|| {
        GraphError::coded(131_059).details("The cursor is not valid: ask again without it")
    })
}

/// The next page's address; it carries the token, as Meta's does, so that clients learn not to log it.
fn link(context: &Context<'_>, limit: usize, direction: &str, cursor: &str) -> String {
    let request = context.request;
    let kept = request.query_string().split('&').filter(|pair| {
        let name = pair.split('=').next().unwrap_or_default();
        !matches!(name, "" | "limit" | "after" | "before" | "access_token")
    });
    let kept = kept.collect::<Vec<&str>>().join("&");
    let host = request.connection_info().host().to_owned();
    let token = &context.world.config.token;
    format!(
        "http://{host}{}?access_token={token}&{kept}&limit={limit}&{direction}={cursor}",
        request.path()
    )
}
