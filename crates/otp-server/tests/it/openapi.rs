//! The document that describes the faces, and the page that shows it.

mod document;
mod examples;
mod page;

use serde_json::Value;

use crate::app::TestApp;

const METHODS: [&str; 7] = ["get", "post", "put", "patch", "delete", "options", "trace"];

/// The document as it is served.
async fn served(app: &TestApp) -> Value {
    let answer = app.get("/openapi.json").await;
    assert_eq!(answer.status, 200);
    answer.json()
}

/// One call that the document describes.
struct Operation<'a> {
    path: &'a str,
    what: &'a Value,
}

/// All that a document describes.
fn operations(document: &Value) -> Vec<Operation<'_>> {
    let paths = document["paths"].as_object().expect("paths");
    let items = paths.iter().flat_map(|(path, item)| {
        let methods = METHODS.iter().filter_map(|method| {
            let what = item.get(*method)?;
            Some(Operation { path, what })
        });
        methods.collect::<Vec<_>>()
    });
    items.collect()
}
