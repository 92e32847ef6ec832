//! A small WHMCS: `POST /includes/api.php` with a form, as its developer documentation has it.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::web::Bytes;
use actix_web::{App, HttpMessage as _, HttpRequest, HttpResponse, HttpServer, web};
use serde_json::{Value, json};

use super::{IDENTIFIER, SECRET};

/// The invoice that everything here is about, and its client.
pub(super) const INVOICE: u64 = 1;
pub(super) const CLIENT: u64 = 2361;

type Form = BTreeMap<String, String>;

/// What a stand-in answers in place of WHMCS.
#[derive(Clone)]
pub(super) enum Reply {
    /// This, as JSON.
    Json(u16, Value),
    /// This page.
    Page(u16, String),
    /// A redirect to this address.
    Redirect(u16, String),
    /// This, as JSON, without saying beforehand how long it is.
    Streamed(Value),
}

/// What it knows and does.
#[derive(Clone)]
pub(super) struct Whmcs {
    pub(super) invoice: Value,
    pub(super) client: Value,
    /// Answers every call so, instead.
    pub(super) instead: Option<Reply>,
    /// Answers this action so, instead.
    pub(super) instead_of: Option<(&'static str, Reply)>,
}

/// A running one.
pub(super) struct StandIn {
    pub(super) url: String,
    asked: Arc<Mutex<Vec<Form>>>,
}

impl Whmcs {
    /// The examples of WHMCS' API reference, less what has no part in this.
    pub(super) fn usual() -> Self {
        Self {
            invoice: json!({
                "result": "success", "invoiceid": "1", "invoicenum": "", "userid": "2361",
                "date": "2016-01-01", "duedate": "2016-01-08", "datepaid": "0000-00-00 00:00:00",
                "subtotal": "15.95", "credit": "0.00", "tax": "0.00", "tax2": "0.00", "total": "15.95",
                "balance": "15.95", "status": "Unpaid", "paymentmethod": "paypal", "notes": "",
                "ccgateway": "", "transactions": ""
            }),
            client: json!({
                "result": "success",
                "client": {
                    "client_id": 2361, "userid": 2361, "id": 2361, "firstname": "Test",
                    "email": "test-client@example.com", "countrycode": "GB",
                    "phonenumber": "01234567890", "phonecc": "44",
                    "phonenumberformatted": "+44.1234567890", "telephoneNumber": "+44.1234567890",
                    "email_preferences": {"invoice": "1"}, "language": "", "currency": 1,
                    "currency_code": "USD", "status": "Active", "customfields": []
                }
            }),
            instead: None,
            instead_of: None,
        }
    }

    pub(super) fn replying(reply: Reply) -> Self {
        Self {
            instead: Some(reply),
            ..Self::usual()
        }
    }

    /// Every answer is this page.
    pub(super) fn page(http_status: u16, body: impl Into<String>) -> Self {
        Self::replying(Reply::Page(http_status, body.into()))
    }

    /// One field of the invoice is something else; without a value it is not there.
    pub(super) fn with_invoice(mut self, field: &str, value: Value) -> Self {
        set(&mut self.invoice, field, value);
        self
    }

    pub(super) fn with_client(mut self, field: &str, value: Value) -> Self {
        set(&mut self.client["client"], field, value);
        self
    }

    pub(super) fn start(self) -> StandIn {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let record = Arc::clone(&asked);
        let server = HttpServer::new(move || {
            let (whmcs, record) = (self.clone(), Arc::clone(&record));
            App::new().default_service(web::to(move |request: HttpRequest, body: String| {
                let form = form(&request, &body);
                let reply = form.map_or_else(|refusal| refusal, |form| whmcs.reply(&form));
                let fields = web::Query::<Form>::from_query(&body).map(web::Query::into_inner);
                record
                    .lock()
                    .expect("no test panics with it")
                    .push(fields.unwrap_or_default());
                async move { response(reply) }
            }))
        })
        .workers(1)
        .disable_signals()
        .bind(("127.0.0.1", 0))
        .expect("a free port");
        let url = format!("http://{}", server.addrs()[0]);
        actix_web::rt::spawn(server.run());
        StandIn { url, asked }
    }

    fn reply(&self, form: &Form) -> Reply {
        let field = |name: &str| form.get(name).map_or("", String::as_str);
        if let Some(reply) = &self.instead {
            return reply.clone();
        }
        let action = field("action");
        if let Some((_, reply)) = self.instead_of.as_ref().filter(|(of, _)| *of == action) {
            return reply.clone();
        }
        if field("responsetype") != "json" {
            // Without it WHMCS answers name=value;name=value.
            return Reply::Page(200, "result=success;".to_owned());
        }
        if (field("identifier"), field("secret")) != (IDENTIFIER, SECRET) {
            return error(403, "Authentication Failed");
        }
        let (subject, known, answer, unknown) = match action {
            "GetInvoice" => ("invoiceid", INVOICE, &self.invoice, "Invoice ID Not Found"),
            "GetClientsDetails" => ("clientid", CLIENT, &self.client, "Client Not Found"),
            _ => return error(200, "Command Not Found"),
        };
        let mut expected = ["action", "identifier", "responsetype", "secret", subject];
        expected.sort_unstable();
        if !form.keys().map(String::as_str).eq(expected) {
            return error(
                200,
                &format!("{subject} is required, and nothing else here"),
            );
        }
        if field(subject) == known.to_string() {
            Reply::Json(200, answer.clone())
        } else {
            error(200, unknown)
        }
    }
}

impl StandIn {
    pub(super) fn asked(&self) -> Vec<Form> {
        self.asked.lock().expect("no test panics with it").clone()
    }

    /// What was asked for, in order.
    pub(super) fn actions(&self) -> Vec<String> {
        let asked = self.asked();
        asked.iter().map(|form| form["action"].clone()).collect()
    }
}

/// What WHMCS answers when it will not: `result` says so, whatever the status.
pub(super) fn error(http_status: u16, message: &str) -> Reply {
    Reply::Json(http_status, json!({"result": "error", "message": message}))
}

fn set(object: &mut Value, field: &str, value: Value) {
    let fields = object.as_object_mut().expect("an object");
    fields.insert(field.to_owned(), value);
    fields.retain(|_, value| !value.is_null());
}

/// The form of a call, if it is one: anything else finds no API.
fn form(request: &HttpRequest, body: &str) -> Result<Form, Reply> {
    let is_call = request.method() == "POST"
        && request.path() == "/includes/api.php"
        && request.query_string().is_empty()
        && request.content_type() == "application/x-www-form-urlencoded";
    let fields = web::Query::<Form>::from_query(body);
    match fields {
        Ok(fields) if is_call => Ok(fields.into_inner()),
        _ => Err(Reply::Page(404, "<h1>404 Not Found</h1>".to_owned())),
    }
}

fn response(reply: Reply) -> HttpResponse {
    let status = |status: u16| StatusCode::from_u16(status).expect("a status");
    match reply {
        Reply::Json(http_status, body) => HttpResponse::build(status(http_status)).json(body),
        Reply::Page(http_status, body) => HttpResponse::build(status(http_status))
            .content_type("text/html")
            .body(body),
        Reply::Redirect(http_status, to) => HttpResponse::build(status(http_status))
            .insert_header((LOCATION, to))
            .finish(),
        Reply::Streamed(body) => {
            let body = Ok::<_, actix_web::Error>(Bytes::from(body.to_string()));
            HttpResponse::Ok().streaming(futures_util::stream::iter([body]))
        }
    }
}

/// Does to each connection what the test wants, on a thread of its own; answers with its address.
pub(super) fn raw(play: impl Fn(TcpStream) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("its address"));
    thread::spawn(move || {
        for stream in listener.incoming() {
            play(stream.expect("a connection"));
        }
    });
    url
}

/// Reads a whole call; none at the end of the connection.
pub(super) fn read_call(mut stream: &TcpStream) -> Option<String> {
    let (mut read, mut bytes) = (String::new(), [0; 4096]);
    // The form ends with the id of what it is about.
    while !read.ends_with(&format!("invoiceid={INVOICE}"))
        && !read.ends_with(&format!("clientid={CLIENT}"))
    {
        let count = stream.read(&mut bytes).ok().filter(|count| *count > 0)?;
        read.push_str(&String::from_utf8_lossy(&bytes[..count]));
    }
    Some(read)
}

/// Reads a call, writes this, and ends the connection.
pub(super) fn cut_off(mut stream: &TcpStream, answer: &str) {
    if read_call(stream).is_some() {
        let _ = stream.write_all(answer.as_bytes());
    }
}
