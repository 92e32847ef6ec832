//! What the native face is asked: bodies, read and checked. The types with a schema document the
//! fields; they are read by hand, so that everything that is wrong can be told at once.

use std::net::IpAddr;
use std::time::Duration;

use actix_web::web::Bytes;
use otp_core::{Binding, Recipient};
use utoipa::ToSchema;
use utoipa::openapi::schema::{AdditionalProperties, AnyOfBuilder, SchemaType};
use utoipa::openapi::{KnownFormat, Object, ObjectBuilder, Schema, SchemaFormat, Type};

use super::super::problem::Problem;
use super::fields::Fields;
use super::values;

const PURPOSE_CHARS_MAX: usize = 64;
const AMOUNT_CHARS_MAX: usize = 40;
const PAYEE_CHARS_MAX: usize = 140;

/// A start, as it was asked for.
pub(super) struct Start {
    pub(super) to: Recipient,
    pub(super) purpose: String,
    pub(super) locale: Option<String>,
    pub(super) code_length: Option<u8>,
    pub(super) lifetime: Option<Duration>,
    pub(super) end_user_ip: Option<IpAddr>,
    pub(super) metadata: String,
    pub(super) binding: Option<Binding>,
}

impl Start {
    pub(super) fn read(body: &Bytes) -> Result<Self, Problem> {
        let mut fields = Fields::of(body)?;
        let to = fields.required("to", values::recipient);
        let purpose = fields.optional("purpose", values::label(PURPOSE_CHARS_MAX));
        fields.optional("channel", values::channel);
        let locale = fields.optional("locale", values::locale);
        let code_length = fields.optional("code_length", values::code_length);
        let lifetime = fields.optional("ttl_seconds", values::lifetime);
        let end_user_ip = fields.optional("end_user_ip", values::address);
        let metadata = fields.optional("metadata", values::metadata);
        let binding = read_binding(&mut fields);
        fields.finish()?;
        Ok(Self {
            to: to.ok_or_else(|| Problem::invalid_field("to", "is missing"))?,
            purpose: purpose.unwrap_or_default(),
            locale,
            code_length,
            lifetime,
            end_user_ip,
            metadata: metadata.unwrap_or_default(),
            binding,
        })
    }
}

/// A check, as it was asked for.
pub(super) struct Check {
    pub(super) code: String,
    pub(super) binding: Option<Binding>,
    pub(super) end_user_ip: Option<IpAddr>,
}

impl Check {
    pub(super) fn read(body: &Bytes) -> Result<Self, Problem> {
        let mut fields = Fields::of(body)?;
        let code = fields.required("code", values::code);
        let end_user_ip = fields.optional("end_user_ip", values::address);
        let binding = read_binding(&mut fields);
        fields.finish()?;
        Ok(Self {
            code: code.ok_or_else(|| Problem::invalid_field("code", "is missing"))?,
            binding,
            end_user_ip,
        })
    }
}

/// A resend, as it was asked for.
pub(super) struct Resend {
    pub(super) end_user_ip: Option<IpAddr>,
}

impl Resend {
    pub(super) fn read(body: &Bytes) -> Result<Self, Problem> {
        let mut fields = Fields::of(body)?;
        fields.optional("channel", values::channel);
        let end_user_ip = fields.optional("end_user_ip", values::address);
        fields.finish()?;
        Ok(Self { end_user_ip })
    }
}

/// A body without fields.
pub(super) fn read_nothing(body: &Bytes) -> Result<(), Problem> {
    Fields::of(body)?.finish()
}

fn read_binding(fields: &mut Fields) -> Option<Binding> {
    fields.object("binding", |binding| {
        let amount = binding.required("amount", values::label(AMOUNT_CHARS_MAX));
        let payee = binding.required("payee", values::label(PAYEE_CHARS_MAX));
        Some(Binding {
            amount: amount?,
            payee: payee?,
        })
    })
}

/// What `POST /v1/verifications` takes.
#[derive(ToSchema)]
#[schema(as = StartVerification)]
#[expect(dead_code, reason = "documents the fields that `Start` reads")]
#[serde(deny_unknown_fields)]
#[derive(serde::Deserialize)]
pub(in crate::http) struct StartBody {
    /// A phone number with its country code, `+14155550123`, in which spaces, hyphens, dots and brackets are skipped; or
    /// an e-mail address, where a channel of the application's goes to such.
    #[schema(max_length = 254, format = "recipient", examples("+14155550123"))]
    to: String,
    /// What the code is good for. A newer code for the same purpose ends the older one.
    #[schema(
        min_length = 1,
        max_length = 64,
        pattern = r"^[^\u0000-\u001F\u007F-\u009F]*$",
        examples("login")
    )]
    purpose: Option<String>,
    /// The way to the person. Left out, the application's workflow says.
    channel: Option<ChannelName>,
    /// The language of the message, as a tag; the nearest that the template has.
    #[schema(
        min_length = 2,
        max_length = 35,
        pattern = "^[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*$",
        examples("en-US")
    )]
    locale: Option<String>,
    /// Digits in the code: at least as many as the application's codes have.
    #[schema(minimum = 4, maximum = 10)]
    code_length: Option<u8>,
    /// Seconds that the code can be used, instead of the application's.
    #[schema(minimum = 30, maximum = 600)]
    ttl_seconds: Option<u64>,
    /// The address of the person's own device, so that limits per address hold for the person and not for your server.
    #[schema(schema_with = address)]
    end_user_ip: Option<String>,
    /// Notes of your own, which come back: at most 8 texts of at most 200 characters.
    #[schema(schema_with = notes)]
    metadata: Option<std::collections::HashMap<String, String>>,
    binding: Option<BindingBody>,
}

/// A payment that the code approves; the check must name the same one, letter by letter.
#[derive(ToSchema, serde::Deserialize)]
#[schema(as = Binding)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "documents the fields that are read by hand")]
pub(in crate::http) struct BindingBody {
    /// How much, as you write it.
    #[schema(
        min_length = 1,
        max_length = 40,
        pattern = r"^[^\u0000-\u001F\u007F-\u009F]*$",
        examples("25.00 EUR")
    )]
    amount: String,
    /// To whom, as you write it.
    #[schema(
        min_length = 1,
        max_length = 140,
        pattern = r"^[^\u0000-\u001F\u007F-\u009F]*$",
        examples("Example Shop")
    )]
    payee: String,
}

/// The channels that a request may name.
#[derive(ToSchema, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum ChannelName {
    /// An authentication template over WhatsApp.
    Whatsapp,
}

/// What `POST /v1/verifications/{id}/check` takes.
#[derive(ToSchema, serde::Deserialize)]
#[schema(as = CheckVerification)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "documents the fields that `Check` reads")]
pub(in crate::http) struct CheckBody {
    /// What the person typed. White space, hyphens and the digits of other scripts are understood. A text of another
    /// length than the code's is wrong, and costs no attempt.
    #[schema(min_length = 1, pattern = r"\S", examples("123456"))]
    code: String,
    /// The address of the person's own device.
    #[schema(schema_with = address)]
    end_user_ip: Option<String>,
    binding: Option<BindingBody>,
}

/// What `POST /v1/verifications/{id}/resend` takes; the body may be left out.
#[derive(ToSchema, serde::Deserialize)]
#[schema(as = ResendVerification)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "documents the fields that `Resend` reads")]
pub(in crate::http) struct ResendBody {
    /// The way to the person.
    channel: Option<ChannelName>,
    /// The address of the person's own device.
    #[schema(schema_with = address)]
    end_user_ip: Option<String>,
}

/// Either kind of address, or nothing.
fn address() -> Schema {
    let text = |format| {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(format)))
    };
    let either = AnyOfBuilder::new()
        .item(text(KnownFormat::Ipv4))
        .item(text(KnownFormat::Ipv6))
        .item(Object::with_type(Type::Null))
        .description(Some(
            "The address of the person's own device, so that limits per address hold for the person and not for your \
             server.",
        ))
        .examples(["203.0.113.7"])
        .build();
    Schema::AnyOf(either)
}

/// An object of texts, or nothing.
fn notes() -> Object {
    let text = |chars_min, chars_max| {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .min_length(chars_min)
            .max_length(Some(chars_max))
            .build()
    };
    let name = text(Some(1), values::NOTE_NAME_CHARS_MAX);
    let note = Schema::Object(text(None, values::NOTE_CHARS_MAX));
    ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::Object, Type::Null]))
        .description(Some("Notes of your own, which come back."))
        .max_properties(Some(values::NOTES_MAX))
        .property_names(Some(Schema::Object(name)))
        .additional_properties(Some(AdditionalProperties::from(note)))
        .build()
}
