//! What a notice says: the part of `GetInvoice` that a person is told.

use std::fmt;

use otp_core::PhoneNumber;
use serde::Deserialize;

use super::answer::{Text, one_line};
use super::client::Client;
use super::{Misconfigured, NothingToSend, WhmcsError};

const NUMBER_CHARS_MAX: usize = 60;
const AMOUNT_CHARS_MAX: usize = 20;
/// Longest number of an invoice that a hook may say.
const TOLD_NUMBER_CHARS_MAX: usize = 30;

/// The states in which there is nothing to pay. `InvoiceCreated` comes for invoices that credit has
/// paid at once, too, and a repeated request may come for any.
const SETTLED: [&str; 4] = ["Draft", "Paid", "Cancelled", "Refunded"];

/// An invoice that its client can be told of. Every text is one line, and not empty.
#[derive(Clone, PartialEq, Eq)]
pub struct Invoice {
    /// The client's number.
    pub phone: PhoneNumber,
    /// The client's language in WHMCS' word for it, such as `english`; the default one when absent.
    pub language: Option<String>,
    /// The number that is printed on it.
    pub number: String,
    /// The total, with the currency where WHMCS tells it: `15.95 USD`.
    pub total: String,
    /// `YYYY-MM-DD`.
    pub due_date: String,
}

impl Invoice {
    /// What WHMCS' own hook says of it. Nothing where a text is not what it should be: the template
    /// must not carry anything else under the operator's name.
    #[must_use]
    pub fn as_told(phone: PhoneNumber, told: &Told<'_>) -> Option<Self> {
        let is_number = |number: &str| {
            let fits = (1..=TOLD_NUMBER_CHARS_MAX).contains(&number.len());
            let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"-_/#. ".contains(&byte);
            fits && number.bytes().all(is_part) && number.bytes().any(|byte| byte.is_ascii_digit())
        };
        let is_currency = |code: &str| {
            (1..=4).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_alphabetic())
        };
        let amount = amount(told.total.trim())?;
        let total = match told.currency.map(str::trim) {
            None | Some("") => amount,
            Some(currency) if is_currency(currency) => format!("{amount} {currency}"),
            Some(_) => return None,
        };
        Some(Self {
            phone,
            language: None,
            number: Some(one_line(told.number, NUMBER_CHARS_MAX)).filter(|it| is_number(it))?,
            total,
            due_date: date(told.due_date.trim())?,
        })
    }

    /// What stands in the places of the template, in their order: number, total, due date.
    #[must_use]
    pub fn template_body(&self) -> Vec<String> {
        vec![
            self.number.clone(),
            self.total.clone(),
            self.due_date.clone(),
        ]
    }
}

/// What a hook says of an invoice, as it says it.
#[derive(Clone, Copy, Debug)]
pub struct Told<'a> {
    /// The number that is printed on it.
    pub number: &'a str,
    /// The total.
    pub total: &'a str,
    /// Its currency.
    pub currency: Option<&'a str>,
    /// When it is due.
    pub due_date: &'a str,
}

/// What somebody owes is their business.
impl fmt::Debug for Invoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Invoice")
            .field("phone", &self.phone)
            .field("language", &self.language)
            .finish_non_exhaustive()
    }
}

/// The answer's fields. There is no currency among them: it is the client's.
#[derive(Deserialize)]
pub(super) struct InvoiceAnswer {
    #[serde(default)]
    invoiceid: Text,
    /// Set only where the owner numbers invoices in sequence; else the id is printed.
    #[serde(default)]
    invoicenum: Text,
    #[serde(default)]
    userid: Text,
    #[serde(default)]
    total: Text,
    #[serde(default)]
    duedate: Text,
    #[serde(default)]
    status: Text,
}

impl InvoiceAnswer {
    /// Whose invoice it is, if it is the one that was asked for.
    pub(super) fn owner(&self, invoice_id: u64) -> Result<u64, Misconfigured> {
        if self.invoiceid.id() != Some(invoice_id) {
            return Err(Misconfigured::Unreadable("invoiceid"));
        }
        self.userid.id().ok_or(Misconfigured::Unreadable("userid"))
    }

    pub(super) fn must_be_open(&self) -> Result<(), NothingToSend> {
        let status = self.status.as_str().unwrap_or_default();
        let settled = SETTLED
            .into_iter()
            .find(|known| known.eq_ignore_ascii_case(status));
        settled.map_or(Ok(()), |status| Err(NothingToSend::NothingDue { status }))
    }

    /// The invoice as its client is told of it.
    pub(super) fn to(&self, client: &Client, invoice_id: u64) -> Result<Invoice, WhmcsError> {
        let printed = self.invoicenum.as_str();
        let number = printed.map(|number| one_line(number, NUMBER_CHARS_MAX));
        let amount = self.total.as_str().and_then(amount);
        let amount = amount.ok_or(Misconfigured::Unreadable("total"))?;
        let due_date = self.duedate.as_str().and_then(date);
        Ok(Invoice {
            phone: client.phone.clone(),
            language: client.language.clone(),
            number: number
                .filter(|number| !number.is_empty())
                .unwrap_or_else(|| invoice_id.to_string()),
            total: match &client.currency {
                Some(currency) => format!("{amount} {currency}"),
                None => amount,
            },
            due_date: due_date.ok_or(Misconfigured::Unreadable("duedate"))?,
        })
    }
}

/// An amount with two decimals at least, as it is printed: JSON numbers lose their zeros.
fn amount(text: &str) -> Option<String> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let is_number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    let whole_digits = whole.strip_prefix('-').unwrap_or(whole);
    let is_amount = !whole_digits.is_empty()
        && is_number(whole_digits)
        && is_number(decimals)
        && text.len() <= AMOUNT_CHARS_MAX;
    is_amount.then(|| format!("{whole}.{decimals:0<2}"))
}

/// The date of `YYYY-MM-DD`, with or without a time behind it; none where WHMCS has only zeros.
fn date(text: &str) -> Option<String> {
    let date = text.split([' ', 'T']).next().unwrap_or(text);
    let has_shape = date.len() == "YYYY-MM-DD".len()
        && date.bytes().enumerate().all(|(index, byte)| match index {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    (has_shape && date != "0000-00-00").then(|| date.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_has_two_decimals_and_nothing_else_is_one() {
        for (text, read) in [
            ("15.95", Some("15.95")),
            ("15.9", Some("15.90")),
            ("15", Some("15.00")),
            ("-3.5", Some("-3.50")),
            ("0.12345", Some("0.12345")),
            ("", None),
            ("-", None),
            (".5", None),
            ("1,000.00", None),
            ("1e3", None),
            ("$15.95", None),
            ("123456789012345678901", None),
        ] {
            assert_eq!(amount(text).as_deref(), read, "{text}");
        }
    }

    #[test]
    fn a_due_date_is_a_day() {
        for (text, read) in [
            ("2016-01-08", Some("2016-01-08")),
            ("2016-01-08 00:00:00", Some("2016-01-08")),
            ("2016-01-08T00:00:00Z", Some("2016-01-08")),
            ("0000-00-00", None),
            ("08/01/2016", None),
            ("2016-1-8", None),
            ("", None),
        ] {
            assert_eq!(date(text).as_deref(), read, "{text}");
        }
    }
}
