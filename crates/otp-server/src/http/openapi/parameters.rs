//! What stands in the address and the headers of requests.

use serde_json::Value;
use utoipa::ToSchema;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::{RequestBody, RequestBodyBuilder};
use utoipa::openapi::{ContentBuilder, ObjectBuilder, Ref, RefOr, Required, Schema, Type};

use super::answers::example;

/// A text that a request must have.
pub(super) fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

pub(super) fn in_path(name: &str, schema: impl Into<RefOr<Schema>>, meaning: &str) -> Parameter {
    parameter(name, ParameterIn::Path, schema.into(), meaning)
}

/// One that may be left out.
pub(super) fn in_query(name: &str, schema: impl Into<RefOr<Schema>>, meaning: &str) -> Parameter {
    parameter(name, ParameterIn::Query, schema.into(), meaning)
}

/// One that may be left out.
pub(super) fn in_header(name: &str, schema: impl Into<RefOr<Schema>>, meaning: &str) -> Parameter {
    parameter(name, ParameterIn::Header, schema.into(), meaning)
}

fn parameter(name: &str, place: ParameterIn, schema: RefOr<Schema>, meaning: &str) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(place)
        .required(Required::False)
        .description(Some(meaning))
        .schema(Some(schema))
        .build()
}

/// A body of this shape.
pub(super) fn body<T: ToSchema>(
    required: Required,
    examples: impl IntoIterator<Item = (&'static str, Value)>,
) -> RequestBody {
    let examples = examples.into_iter();
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name(T::name())))
        .examples_from_iter(examples.map(|(name, value)| (name, example(value))))
        .build();
    RequestBodyBuilder::new()
        .required(Some(required))
        .content("application/json", content)
        .build()
}
