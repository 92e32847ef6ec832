//! Health, figures, this document and the pages about problems, in the document.

use serde_json::json;
use utoipa::openapi::path::{HttpMethod, Operation, OperationBuilder};
use utoipa::openapi::{ComponentsBuilder, Paths};

use super::super::operations::Readiness;
use super::super::problem::{Kind, PATTERN as PROBLEM};
use super::answers::Answers;
use super::headers::WWW_AUTHENTICATE;
use super::parameters::{in_path, text};
use super::{perhaps_with_key, schemas_of};

pub(super) const TAG: &str = "operations";

pub(super) fn describe(paths: &mut Paths) {
    for (path, operation) in [
        ("/livez", alive()),
        ("/readyz", ready()),
        ("/metrics", figures()),
        (PROBLEM, problem()),
        (super::PATTERN, document()),
    ] {
        paths.add_path_operation(path, vec![HttpMethod::Get], operation);
    }
}

pub(super) fn add(components: ComponentsBuilder) -> ComponentsBuilder {
    schemas_of::<Readiness>(components)
}

fn alive() -> Operation {
    let answers = answers().text(200, "The process lives.", &[("alive", "alive")]);
    operation("isLive", "Is it alive?")
        .responses(answers)
        .build()
}

fn ready() -> Operation {
    let ok = json!({ "status": "ok" });
    let checks = json!({ "store": ok, "template": ok, "account": ok });
    let answers = answers()
        .json::<Readiness>(
            200,
            "A code asked for now could be stored and sent.",
            [("ready", json!({ "status": "ready", "checks": checks }))],
        )
        .json::<Readiness>(503, "It could not.", []);
    operation("isReady", "Is it ready?")
        .description(Some("Reasons are told to those who may see `/metrics`."))
        .securities(Some(perhaps_with_key()))
        .responses(answers)
        .build()
}

fn figures() -> Operation {
    let answers = answers()
        .text(200, "Figures, as Prometheus reads them.", &[])
        .text(
            401,
            "A key is wanted.",
            &[(
                "no-key",
                "Figures need a key with the scope admin, one of sample_face.keys, or metrics.listen.",
            )],
        )
        .text(
            403,
            "Not for this key, and for no page of another site.",
            &[
                ("not-allowed", "This key may not do that."),
                ("foreign-page", "Other sites' pages may not read figures."),
            ],
        )
        .text(503, "Nobody can say now whose key it is.", &[])
        .header(401, WWW_AUTHENTICATE);
    operation("readMetrics", "Read the figures")
        .description(Some(
            "Open to this machine; elsewhere one of `sample_face.keys` is wanted. Absent when `metrics.listen` is set.",
        ))
        .securities(Some(perhaps_with_key()))
        .responses(answers)
        .build()
}

fn problem() -> Operation {
    let names = Kind::ALL.map(Kind::name);
    let name = text().enum_values(Some(names));
    let answers = answers()
        .html(200, "A page that says what it means and what to do.")
        .text(
            404,
            "There is no such problem.",
            &[("unknown", "Not found.")],
        );
    operation("readProblem", "Read about a problem")
        .description(Some("The page that a problem's `type` points to."))
        .parameter(in_path("name", name, "The last part of the `type`."))
        .responses(answers)
        .build()
}

fn document() -> Operation {
    let answers = answers().object(200, "OpenAPI 3.1.");
    operation("readDocument", "Read this document")
        .responses(answers)
        .build()
}

fn answers() -> Answers {
    Answers::of_any_request().method_not_allowed()
}

fn operation(id: &str, summary: &str) -> OperationBuilder {
    OperationBuilder::new()
        .tag(TAG)
        .operation_id(Some(id))
        .summary(Some(summary))
}
