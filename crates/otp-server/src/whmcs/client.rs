//! Whom an invoice goes to: the part of `GetClientsDetails` that a notice needs.

use otp_core::PhoneNumber;
use serde::Deserialize;

use super::answer::{Answer, Text, one_line};
use super::{Misconfigured, NothingToSend, WhmcsError};

const LANGUAGE_CHARS_MAX: usize = 40;
const CURRENCY_CHARS_MAX: usize = 10;

/// The client of an invoice.
#[derive(Debug)]
pub(super) struct Client {
    pub(super) phone: PhoneNumber,
    pub(super) language: Option<String>,
    pub(super) currency: Option<String>,
}

/// The same fields stand above `client` too, which WHMCS advises against.
#[derive(Deserialize)]
struct ClientAnswer {
    client: Fields,
}

#[derive(Deserialize)]
struct Fields {
    #[serde(default)]
    id: Text,
    /// As the client typed it; in recent versions with the calling code, as below.
    #[serde(default)]
    phonenumber: Text,
    /// The calling code that goes with the client's choice of country.
    #[serde(default)]
    phonecc: Text,
    /// The two above, in the form `+44.1234567890`.
    #[serde(default)]
    phonenumberformatted: Text,
    /// The same under another name.
    #[serde(default, rename = "telephoneNumber")]
    telephone_number: Text,
    #[serde(default)]
    language: Text,
    #[serde(default)]
    currency_code: Text,
}

impl Client {
    /// Reads the client with this id out of an answer.
    pub(super) fn read(answer: &Answer<'_>, id: u64) -> Result<Self, WhmcsError> {
        let ClientAnswer { client } = answer.read(NothingToSend::UnknownClient)?;
        if client.id.id() != Some(id) {
            return Err(Misconfigured::Unreadable("client.id").into());
        }
        Ok(Self {
            phone: client.phone().ok_or(NothingToSend::NoPhone)?,
            language: line(&client.language, LANGUAGE_CHARS_MAX),
            currency: line(&client.currency_code, CURRENCY_CHARS_MAX),
        })
    }
}

impl Fields {
    /// The first reading that is a number: WHMCS' own, the client's with its `+`, the client's with
    /// the calling code in front.
    fn phone(&self) -> Option<PhoneNumber> {
        let typed = self.phonenumber.as_str();
        let joined = typed
            .zip(self.phonecc.as_str())
            .map(|(number, code)| format!("+{} {number}", code.trim_start_matches('+')));
        let readings = [
            self.phonenumberformatted.as_str(),
            self.telephone_number.as_str(),
            typed.filter(|number| number.starts_with('+')),
            joined.as_deref(),
        ];
        readings
            .into_iter()
            .flatten()
            .find_map(|text| PhoneNumber::parse(text).ok())
    }
}

fn line(text: &Text, chars_max: usize) -> Option<String> {
    let line = one_line(text.as_str()?, chars_max);
    (!line.is_empty()).then_some(line)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn phone(fields: Value) -> Option<String> {
        let fields: Fields = serde_json::from_value(fields).unwrap();
        fields.phone().map(|phone| phone.e164().to_owned())
    }

    #[test]
    fn the_number_is_read_in_every_form_that_whmcs_has() {
        for fields in [
            json!({"phonenumberformatted": "+44.1234567890", "phonenumber": "01234567890"}),
            json!({"telephoneNumber": "+44.1234567890", "phonenumber": "1"}),
            json!({"phonenumber": "+44.1234567890", "phonecc": "1"}),
            json!({"phonenumber": "01234567890", "phonecc": "44"}),
            json!({"phonenumber": 1_234_567_890, "phonecc": 44}),
            json!({"phonenumber": "(01234) 567-890", "phonecc": "+44"}),
            json!({"phonenumberformatted": "+44.", "phonenumber": "01234567890", "phonecc": "44"}),
        ] {
            assert_eq!(
                phone(fields.clone()).as_deref(),
                Some("+441234567890"),
                "{fields}"
            );
        }
    }

    #[test]
    fn what_is_no_number_of_a_country_is_none() {
        for fields in [
            json!({}),
            json!({"phonenumber": "", "phonecc": "44", "phonenumberformatted": ""}),
            json!({"phonenumber": "", "phonecc": 44, "phonenumberformatted": "+44."}),
            json!({"phonenumber": "ask reception", "phonecc": "44"}),
            json!({"phonenumber": "01234567890"}),
            json!({"phonenumber": [], "phonecc": null}),
        ] {
            assert_eq!(phone(fields.clone()), None, "{fields}");
        }
    }
}
