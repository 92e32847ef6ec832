//! What WHMCS' hook says of an invoice.

use otp_core::PhoneNumber;
use serde_json::{Map, Value};

use super::answer::Answer;
use crate::service::{Invoice, InvoiceRequest, Principal, Told};

const ACTION: &str = "InvoiceCreated";

/// The request, with the invoice's own words where the hook sends them along.
pub(super) fn read(
    principal: Principal,
    fields: &Map<String, Value>,
) -> Result<InvoiceRequest, Answer> {
    if fields.get("action").and_then(Value::as_str) != Some(ACTION) {
        return Err(Answer::Unprocessable(
            "action must be InvoiceCreated.".to_owned(),
        ));
    }
    let invoice_id = fields.get("invoiceid").and_then(id);
    let invoice_id = invoice_id.ok_or(Answer::Invalid("invoiceid is missing."))?;
    Ok(InvoiceRequest {
        principal,
        invoice_id,
        user_id: fields.get("userid").and_then(id),
        invoice: invoice(fields, invoice_id)?,
    })
}

/// Nothing when the hook sends the two ids alone.
fn invoice(fields: &Map<String, Value>, invoice_id: u64) -> Result<Option<Invoice>, Answer> {
    let text = |name: &str| fields.get(name).and_then(written);
    let (Some(phone), Some(total), Some(due_date)) =
        (text("phone"), text("total"), text("duedate"))
    else {
        return Ok(None);
    };
    if phone.trim().is_empty() {
        return Ok(None);
    }
    let phone = PhoneNumber::parse(&phone).map_err(|_| Answer::Invalid("Invalid phone number."))?;
    let number = text("invoicenum").filter(|number| !number.trim().is_empty());
    let currency = text("currency");
    let told = Told {
        number: &number.unwrap_or_else(|| invoice_id.to_string()),
        total: &total,
        currency: currency.as_deref(),
        due_date: &due_date,
    };
    let wrong = "invoicenum, total, currency or duedate is not what WHMCS sends.";
    let invoice = Invoice::as_told(phone, &told).ok_or(Answer::Invalid(wrong))?;
    Ok(Some(invoice))
}

/// PHP writes numbers as it likes.
fn id(value: &Value) -> Option<u64> {
    value
        .as_u64()
        .or_else(|| value.as_str()?.trim().parse().ok())
        .filter(|id| *id > 0)
}

fn written(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
