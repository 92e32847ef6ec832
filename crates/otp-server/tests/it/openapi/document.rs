//! The document as such: where it is, what it leaves out, and its copy in the tree.

use std::fs;
use std::path::Path;

use actix_web::http::Method;

use super::{METHODS, operations, served};
use crate::app::TestApp;
use crate::channels::told::with_vendors;
use crate::webhooks::with_webhooks;

#[actix_web::test]
async fn the_document_in_the_tree_is_the_one_that_is_served() {
    let app = TestApp::start().await;
    let answer = app.get("/openapi.json").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let kept = fs::read_to_string(root.join("docs/openapi.json")).unwrap_or_default();
    if kept != answer.text {
        let fresh = Path::new(env!("CARGO_TARGET_TMPDIR")).join("openapi.json");
        fs::write(&fresh, &answer.text).expect("the served document is written");
        panic!(
            "docs/openapi.json is not what is served any more. If the change is meant, renew it:\n\n    cp {} docs/openapi.json\n",
            fresh.display()
        );
    }
}

#[actix_web::test]
async fn it_has_the_version_of_the_release() {
    let app = TestApp::start().await;
    let document = served(&app).await;
    assert_eq!(document["info"]["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(document["openapi"], "3.1.0");
}

#[actix_web::test]
async fn each_address_has_the_described_methods_and_no_others() {
    let app = TestApp::start_with(|config| {
        with_webhooks(config);
        with_vendors(config, "http://127.0.0.1:1", "http://127.0.0.1:1");
        config.dispatch_face.enabled = true;
    })
    .await;
    let document = served(&app).await;
    for operation in operations(&document) {
        let path = concrete(operation.path);
        let item = &document["paths"][operation.path];
        for method in METHODS {
            let name =
                Method::from_bytes(method.to_ascii_uppercase().as_bytes()).expect("a method");
            let answer = app.request(name, &path, &[], "").await;
            let is_described = item.get(method).is_some();
            assert_eq!(
                answer.status != 405,
                is_described,
                "{method} {path}: {answer:?}"
            );
            if answer.status == 405 {
                let allowed = answer.header("allow").expect("Allow").to_ascii_lowercase();
                let allowed = allowed.split(", ").filter(|method| *method != "head");
                assert!(
                    allowed.clone().all(|method| item.get(method).is_some()),
                    "{path}"
                );
                assert!(allowed.count() >= 1, "{path}");
            }
        }
    }
}

#[actix_web::test]
async fn bodies_of_the_native_face_allow_no_unknown_fields() {
    let app = TestApp::start().await;
    let document = served(&app).await;
    let mut seen = 0;
    for operation in operations(&document) {
        let schema = operation
            .what
            .pointer("/requestBody/content/application~1json/schema/$ref");
        let Some(schema) = schema.filter(|_| operation.path.starts_with("/v1/")) else {
            continue;
        };
        let pointer = schema
            .as_str()
            .expect("a reference")
            .trim_start_matches('#');
        let schema = document.pointer(pointer).expect("what is referred to");
        assert_eq!(schema["additionalProperties"], false, "{pointer}");
        seen += 1;
    }
    assert_eq!(seen, 3);
}

/// An address of this pattern; of what is not there.
fn concrete(pattern: &str) -> String {
    pattern
        .replace("{id}", &"A".repeat(43))
        .replace("{phone}", "12")
        .replace("{token}", "1")
        .replace("{code}", "12345")
        .replace("{name}", "nothing")
}
