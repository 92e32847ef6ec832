//! What WHMCS says, and what becomes of it.

use otp_server::whmcs::{Misconfigured, NothingToSend, WhmcsError};
use serde_json::{Value, json};

use super::stand_in::{CLIENT, INVOICE, Reply, Whmcs, error};
use super::{IDENTIFIER, SECRET, client, options};

#[actix_web::test]
async fn an_invoice_is_told_with_its_clients_phone_and_currency() {
    let whmcs = Whmcs::usual().start();

    let invoice = client(&whmcs.url)
        .invoice(INVOICE, Some(CLIENT))
        .await
        .unwrap();

    assert_eq!(invoice.phone.e164(), "+441234567890");
    assert_eq!(invoice.template_body(), ["1", "15.95 USD", "2016-01-08"]);
    assert_eq!(invoice.language, None);
}

#[actix_web::test]
async fn whmcs_is_asked_for_the_invoice_and_for_its_client_and_for_nothing_else() {
    let whmcs = Whmcs::usual().start();
    client(&whmcs.url).invoice(INVOICE, None).await.unwrap();

    let call = |action: &str, subject: &str, id: u64| {
        json!({
            "identifier": IDENTIFIER, "secret": SECRET, "action": action, "responsetype": "json",
            subject: id.to_string(),
        })
    };
    assert_eq!(
        json!(whmcs.asked()),
        json!([
            call("GetInvoice", "invoiceid", INVOICE),
            call("GetClientsDetails", "clientid", CLIENT)
        ])
    );
}

#[actix_web::test]
async fn numbers_may_be_text_or_numbers_and_an_invoice_may_have_a_printed_one() {
    let whmcs = Whmcs::usual()
        .with_invoice("invoiceid", json!(1))
        .with_invoice("userid", json!(2361))
        .with_invoice("total", json!(1015.9))
        .with_invoice("invoicenum", json!(" INV-2016/\n 7 "))
        .with_client("language", json!("portuguese-br"))
        .with_client("currency_code", Value::Null)
        .start();

    let invoice = client(&whmcs.url)
        .invoice(INVOICE, Some(CLIENT))
        .await
        .unwrap();

    assert_eq!(
        invoice.template_body(),
        ["INV-2016/ 7", "1015.90", "2016-01-08"]
    );
    assert_eq!(invoice.language.as_deref(), Some("portuguese-br"));
}

#[actix_web::test]
async fn an_invoice_of_another_client_is_not_told_and_that_client_not_looked_up() {
    let whmcs = Whmcs::usual().start();
    let refused = client(&whmcs.url).invoice(INVOICE, Some(CLIENT + 1)).await;
    assert_eq!(refused, Err(WhmcsError::AnotherClients));
    assert_eq!(whmcs.actions(), ["GetInvoice"]);
}

/// What comes of an invoice that everybody agrees on but for this.
async fn nothing_from(whmcs: Whmcs, invoice_id: u64) -> NothingToSend {
    let whmcs = whmcs.start();
    match client(&whmcs.url).invoice(invoice_id, None).await {
        Err(WhmcsError::NothingToSend(reason)) => reason,
        other => panic!("{other:?}"),
    }
}

#[actix_web::test]
async fn an_invoice_or_a_client_that_is_not_there_is_said_to_be_unknown() {
    let unknown = nothing_from(Whmcs::usual(), INVOICE + 1).await;
    assert_eq!(unknown, NothingToSend::UnknownInvoice);
    let whmcs = Whmcs::usual().with_invoice("userid", json!(CLIENT + 1));
    let unknown = nothing_from(whmcs, INVOICE).await;
    assert_eq!(unknown, NothingToSend::UnknownClient);
}

#[actix_web::test]
async fn a_client_without_a_phone_gets_no_notice() {
    let whmcs = Whmcs::usual()
        .with_client("phonenumber", json!(""))
        .with_client("phonenumberformatted", json!(""))
        .with_client("telephoneNumber", json!(""));
    assert_eq!(nothing_from(whmcs, INVOICE).await, NothingToSend::NoPhone);
}

#[actix_web::test]
async fn an_invoice_that_nobody_need_pay_gets_no_notice() {
    for status in ["Paid", "Cancelled", "Refunded", "Draft"] {
        let whmcs = Whmcs::usual().with_invoice("status", json!(status)).start();
        let refused = client(&whmcs.url).invoice(INVOICE, None).await;
        let nothing = NothingToSend::NothingDue { status };
        assert_eq!(refused, Err(WhmcsError::NothingToSend(nothing)));
        assert_eq!(whmcs.actions(), ["GetInvoice"]);
    }
    for status in ["Unpaid", "Overdue", "Collections", "Payment Pending"] {
        let whmcs = Whmcs::usual().with_invoice("status", json!(status)).start();
        client(&whmcs.url).invoice(INVOICE, None).await.unwrap();
    }
}

#[actix_web::test]
async fn wrong_credentials_are_told_from_an_unknown_invoice() {
    let whmcs = Whmcs::usual().start();
    let mut wrong = options(&whmcs.url);
    wrong.identifier = "somebody-else".to_owned();

    let refused = otp_server::whmcs::WhmcsClient::new(&wrong)
        .invoice(INVOICE, None)
        .await;

    let refusal = Misconfigured::Refused {
        http_status: 403,
        message: "Authentication Failed".to_owned(),
    };
    assert!(refusal.hint().contains("whmcs.identifier"));
    assert_eq!(refused, Err(WhmcsError::Misconfigured(refusal)));
}

#[actix_web::test]
async fn whatever_else_whmcs_refuses_is_passed_on_in_its_words() {
    let forbidden = r#"Invalid Permissions: API action "getclientsdetails" is not allowed"#;
    for (reply, http_status, said) in [
        (
            error(403, "Invalid IP 203.0.113.9"),
            403,
            "Invalid IP 203.0.113.9",
        ),
        (error(200, "Command Not Found"), 200, "Command Not Found"),
        (error(200, "a\r\n\u{1b}[2Jb"), 200, "a [2Jb"),
        (error(403, ""), 403, "no reason given"),
        (
            Reply::Page(403, "<h1>blocked</h1>".to_owned()),
            403,
            "no reason given",
        ),
        (Reply::Json(401, json!([])), 401, "no reason given"),
        (error(403, forbidden), 403, forbidden),
    ] {
        let whmcs = Whmcs {
            instead_of: Some(("GetClientsDetails", reply)),
            ..Whmcs::usual()
        };
        let whmcs = whmcs.start();
        let refused = client(&whmcs.url).invoice(INVOICE, None).await;
        let refusal = Misconfigured::Refused {
            http_status,
            message: said.to_owned(),
        };
        assert_eq!(refused, Err(WhmcsError::Misconfigured(refusal)));
    }
}

#[actix_web::test]
async fn an_answer_without_a_usable_field_names_the_field() {
    let usual = Whmcs::usual;
    for (whmcs, field) in [
        (usual().with_invoice("invoiceid", json!("2")), "invoiceid"),
        (usual().with_invoice("userid", json!("")), "userid"),
        (usual().with_invoice("userid", json!("-1")), "userid"),
        (usual().with_invoice("total", json!("$15.95")), "total"),
        (usual().with_invoice("total", Value::Null), "total"),
        (
            usual().with_invoice("duedate", json!("0000-00-00")),
            "duedate",
        ),
        (usual().with_client("id", json!(7)), "client.id"),
    ] {
        let whmcs = whmcs.start();
        let refused = client(&whmcs.url).invoice(INVOICE, None).await;
        let unreadable = Misconfigured::Unreadable(field);
        assert_eq!(refused, Err(WhmcsError::Misconfigured(unreadable)));
    }
}
