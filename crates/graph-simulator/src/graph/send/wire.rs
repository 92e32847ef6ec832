//! A message as callers write it: enums in any case, numbers or text, anything else ignored.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, Visitor};

/// Text that may come as a number or a boolean; borrowed from the body where it can be.
pub(super) struct Text<'a>(pub(super) Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Text<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text or a number")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Text<'de>, E> {
        Ok(Text(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Text<'de>, E> {
        Ok(Text(Cow::Owned(text.to_owned())))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Text<'de>, E> {
        Ok(Text(Cow::Owned(number.to_string())))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Text<'de>, E> {
        Ok(Text(Cow::Owned(number.to_string())))
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Text<'de>, E> {
        Ok(Text(Cow::Owned(flag.to_string())))
    }
}

/// The body of a send.
#[derive(Deserialize)]
pub(super) struct Message<'a> {
    #[serde(borrow, default)]
    messaging_product: Option<Text<'a>>,
    #[serde(borrow, default)]
    to: Option<Text<'a>>,
    #[serde(borrow, default)]
    recipient: Option<Text<'a>>,
    #[serde(borrow, default, rename = "type")]
    kind: Option<Text<'a>>,
    #[serde(borrow, default)]
    biz_opaque_callback_data: Option<Text<'a>>,
    #[serde(borrow, default, rename = "message_id")]
    read_id: Option<Text<'a>>,
    #[serde(default)]
    pub(super) access_token: Option<IgnoredAny>,
    #[serde(default)]
    pub(super) status: Option<IgnoredAny>,
    #[serde(borrow, default)]
    pub(super) template: Option<TemplatePart<'a>>,
    #[serde(borrow, default)]
    pub(super) text: Option<TextPart<'a>>,
}

impl Message<'_> {
    /// One of the plain fields, by Meta's name for it.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        let field = match name {
            "messaging_product" => &self.messaging_product,
            "to" => &self.to,
            "recipient" => &self.recipient,
            "type" => &self.kind,
            "biz_opaque_callback_data" => &self.biz_opaque_callback_data,
            "message_id" => &self.read_id,
            _ => return None,
        };
        field.as_ref().map(|text| text.0.as_ref())
    }
}

/// What is under `text`.
#[derive(Deserialize)]
pub(super) struct TextPart<'a> {
    #[serde(borrow, default)]
    pub(super) body: Option<Text<'a>>,
}

/// What is under `template`.
#[derive(Deserialize)]
pub(super) struct TemplatePart<'a> {
    #[serde(borrow, default)]
    pub(super) name: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) language: Option<Language<'a>>,
    #[serde(borrow, default)]
    pub(super) components: Vec<Component<'a>>,
}

/// What is under `language`.
#[derive(Deserialize)]
pub(super) struct Language<'a> {
    #[serde(borrow, default)]
    pub(super) code: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) policy: Option<Text<'a>>,
}

/// One of the `components`.
#[derive(Deserialize)]
pub(super) struct Component<'a> {
    #[serde(borrow, default, rename = "type")]
    kind: Option<Text<'a>>,
    #[serde(borrow, default)]
    sub_type: Option<Text<'a>>,
    #[serde(borrow, default)]
    index: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) parameters: Vec<Parameter<'a>>,
}

impl Component<'_> {
    pub(super) fn is(&self, kind: &str) -> bool {
        self.kind
            .as_ref()
            .is_some_and(|known| known.0.eq_ignore_ascii_case(kind))
    }

    pub(super) fn is_url_button(&self, index: usize) -> bool {
        self.is("button")
            && self
                .sub_type
                .as_ref()
                .is_some_and(|kind| kind.0.eq_ignore_ascii_case("url"))
            && self
                .index
                .as_ref()
                .is_some_and(|known| known.0.trim().parse() == Ok(index))
    }
}

/// One of a component's `parameters`.
#[derive(Deserialize)]
pub(super) struct Parameter<'a> {
    #[serde(borrow, default, rename = "type")]
    kind: Option<Text<'a>>,
    #[serde(borrow, default)]
    text: Option<Text<'a>>,
    #[serde(borrow, default, rename = "parameter_name")]
    name: Option<Text<'a>>,
}

impl Parameter<'_> {
    pub(super) fn is_text(&self) -> bool {
        self.kind
            .as_ref()
            .is_some_and(|kind| kind.0.eq_ignore_ascii_case("text"))
    }

    pub(super) fn is_named(&self, name: &str) -> bool {
        self.name.as_ref().is_some_and(|known| known.0 == name)
    }

    pub(super) fn text(&self) -> Option<&str> {
        self.text.as_ref().map(|text| text.0.as_ref())
    }
}
