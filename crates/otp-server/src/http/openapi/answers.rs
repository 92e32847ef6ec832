//! The answers of one operation, by status.

use std::collections::BTreeMap;

use serde_json::Value;
use utoipa::ToSchema;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::example::{Example, ExampleBuilder};
use utoipa::openapi::link::Link;
use utoipa::openapi::{
    ComponentsBuilder, Object, Ref, RefOr, Response, ResponseBuilder, Responses, Schema, Type,
};

use super::super::problem::Kind;
use super::{headers, problems};

const JSON: &str = "application/json";
const TIMED_OUT: &str = "TimedOut";
const HEAD_TOO_LARGE: &str = "HeadTooLarge";

/// Answers while they are being gathered.
pub(super) struct Answers(BTreeMap<u16, RefOr<Response>>);

/// An answer in words: what it is called here, and how it reads.
pub(super) type Words = (&'static str, &'static str);

impl Answers {
    /// What any request may get before it reaches its face.
    pub(super) fn of_any_request() -> Self {
        let common = [(408, TIMED_OUT), (431, HEAD_TOO_LARGE)];
        Self(
            common
                .map(|(status, name)| {
                    let reference = Ref::new(format!("#/components/responses/{name}"));
                    (status, RefOr::Ref(reference))
                })
                .into(),
        )
    }

    pub(super) fn text(mut self, status: u16, meaning: &str, words: &[Words]) -> Self {
        let response = in_words(meaning, words);
        self.0.insert(status, RefOr::T(response));
        self
    }

    /// A page for people.
    pub(super) fn html(self, status: u16, meaning: &str) -> Self {
        let schema = Schema::Object(Object::with_type(Type::String));
        self.add(status, meaning, "text/html", schema.into(), [])
    }

    /// JSON of this shape.
    pub(super) fn json<T: ToSchema>(
        self,
        status: u16,
        meaning: &str,
        examples: impl IntoIterator<Item = (&'static str, Value)>,
    ) -> Self {
        let schema = Ref::from_schema_name(T::name()).into();
        let examples = examples.into_iter();
        let examples = examples.map(|(name, value)| (name.to_owned(), example(value)));
        self.add(status, meaning, JSON, schema, examples)
    }

    /// Any JSON object.
    pub(super) fn object(self, status: u16, meaning: &str) -> Self {
        let schema = Schema::Object(Object::with_type(Type::Object));
        self.add(status, meaning, JSON, schema.into(), [])
    }

    /// Problems of the native face, each under its status.
    pub(super) fn problems(self, kinds: &[Kind]) -> Self {
        let mut by_status = BTreeMap::<u16, Vec<Kind>>::new();
        for kind in kinds {
            by_status
                .entry(kind.status().as_u16())
                .or_default()
                .push(*kind);
        }
        by_status
            .into_iter()
            .fold(self, |answers, (status, kinds)| {
                let meanings: Vec<String> = kinds
                    .iter()
                    .map(|kind| format!("`{}`: {}", kind.name(), kind.meaning()))
                    .collect();
                let examples = kinds.iter().map(|kind| {
                    let reference = Ref::new(problems::example_address(*kind));
                    (kind.name().to_owned(), RefOr::Ref(reference))
                });
                let schema = Ref::from_schema_name(problems::SCHEMA).into();
                let meaning = meanings.join("\n\n");
                let answers =
                    answers.add(status, &meaning, problems::CONTENT_TYPE, schema, examples);
                kinds
                    .iter()
                    .flat_map(|kind| problems::headers(*kind))
                    .fold(answers, |answers, name| answers.header(status, name))
            })
    }

    /// For a method that the address does not have.
    pub(super) fn method_not_allowed(self) -> Self {
        let words = [("method-not-allowed", "Method not allowed.")];
        self.text(405, "The address has other methods.", &words)
            .header(405, headers::ALLOW)
    }

    /// A header of what has this status already.
    pub(super) fn header(mut self, status: u16, name: &'static str) -> Self {
        if let Some(RefOr::T(response)) = self.0.get_mut(&status) {
            let reference = RefOr::Ref(headers::reference(name));
            response.headers.insert(name.to_owned(), reference);
        }
        self
    }

    pub(super) fn headers(self, status: u16, names: &[&'static str]) -> Self {
        let names = names.iter();
        names.fold(self, |answers, name| answers.header(status, name))
    }

    /// What may be asked next, with what this answer says.
    pub(super) fn links(mut self, status: u16, links: BTreeMap<String, RefOr<Link>>) -> Self {
        if let Some(RefOr::T(response)) = self.0.get_mut(&status) {
            response.links = links;
        }
        self
    }

    fn add(
        mut self,
        status: u16,
        meaning: &str,
        content_type: &str,
        schema: RefOr<Schema>,
        examples: impl IntoIterator<Item = (String, RefOr<Example>)>,
    ) -> Self {
        let response = response(meaning, content_type, schema, examples);
        self.0.insert(status, RefOr::T(response));
        self
    }
}

impl From<Answers> for Responses {
    fn from(answers: Answers) -> Self {
        let responses = answers.0.into_iter();
        responses
            .map(|(status, response)| (status.to_string(), response))
            .collect()
    }
}

/// What [`Answers::of_any_request`] refers to.
pub(super) fn add_common(components: ComponentsBuilder) -> ComponentsBuilder {
    let common = [
        (
            TIMED_OUT,
            "The request took longer than the server waits.",
            ("timed-out", "Request timed out."),
        ),
        (
            HEAD_TOO_LARGE,
            "Address and headers are longer than the server reads.",
            ("too-large", "Request head too large."),
        ),
    ];
    common
        .into_iter()
        .fold(components, |components, (name, meaning, words)| {
            components.response(name, in_words(meaning, &[words]))
        })
}

fn in_words(meaning: &str, words: &[Words]) -> Response {
    let examples = words
        .iter()
        .map(|(name, text)| ((*name).to_owned(), example((*text).into())));
    let schema = Schema::Object(Object::with_type(Type::String));
    response(meaning, "text/plain", schema.into(), examples)
}

fn response(
    meaning: &str,
    content_type: &str,
    schema: RefOr<Schema>,
    examples: impl IntoIterator<Item = (String, RefOr<Example>)>,
) -> Response {
    let content = ContentBuilder::new()
        .schema(Some(schema))
        .examples_from_iter(examples)
        .build();
    ResponseBuilder::new()
        .description(meaning)
        .content(content_type, content)
        .header_ref(headers::REQUEST_ID, headers::reference(headers::REQUEST_ID))
        .build()
}

pub(super) fn example(value: Value) -> RefOr<Example> {
    ExampleBuilder::new().value(Some(value)).build().into()
}
