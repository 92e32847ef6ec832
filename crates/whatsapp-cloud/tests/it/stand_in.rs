//! Tiny servers that stand in for Graph: one that answers, one that does anything to a connection.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use whatsapp_cloud::{AccessToken, ClientConfig, GraphClient, MessageContent, OutgoingMessage};

/// The token of every test: nothing that is printed may hold it.
pub(crate) const TOKEN: &str = "EAAcanaryTOKENcanaryTOKENcanary";

pub(crate) const WABA: &str = "102290129340398";
pub(crate) const PHONE: &str = "106540352242922";

pub(crate) fn config(base_url: &str) -> ClientConfig {
    let mut config = ClientConfig::new(AccessToken::new(TOKEN));
    base_url.clone_into(&mut config.base_url);
    config
}

pub(crate) fn client(base_url: &str) -> GraphClient {
    GraphClient::new(&config(base_url)).unwrap()
}

/// A client whose calls end soon, for servers that never answer.
pub(crate) fn hasty_client(base_url: &str) -> GraphClient {
    let mut config = config(base_url);
    config.deadline = Duration::from_millis(300);
    GraphClient::new(&config).unwrap()
}

pub(crate) fn code_message() -> OutgoingMessage {
    OutgoingMessage {
        to: "+12015553931".to_owned(),
        content: MessageContent::Authentication {
            template: "otp_code".to_owned(),
            language: "en_US".to_owned(),
            code: "123456".to_owned(),
        },
        opaque: Some("attempt-1".to_owned()),
    }
}

/// A notice of an invoice, with these parameters.
pub(crate) fn notice(body: &[&str]) -> OutgoingMessage {
    OutgoingMessage {
        content: MessageContent::Utility {
            template: "invoice_created".to_owned(),
            language: "en_US".to_owned(),
            body: body.iter().map(ToString::to_string).collect(),
        },
        opaque: Some("notice-1".to_owned()),
        ..code_message()
    }
}

pub(crate) const ACCEPTED: &str = r#"{"messaging_product":"whatsapp","contacts":[{"input":"+12015553931","wa_id":"12015553931"}],"messages":[{"id":"wamid.HBgL","message_status":"accepted"}]}"#;

/// What a stand-in was asked.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let header = self.headers.iter().find(|(key, _)| key == name);
        header.map(|(_, value)| value.as_str())
    }
}

/// What a stand-in answers.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    status: u16,
    body: String,
    headers: Vec<(&'static str, String)>,
}

impl Reply {
    pub(crate) fn ok(body: impl Into<String>) -> Self {
        Self::with_status(200, body)
    }

    pub(crate) fn with_status(status: u16, body: impl Into<String>) -> Self {
        Self {
            status,
            body: body.into(),
            headers: Vec::new(),
        }
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// A well-behaved HTTP server that answers what the test wants and remembers what it was asked.
pub(crate) struct StandIn {
    pub(crate) url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl StandIn {
    /// Always the same answer.
    pub(crate) fn answering(reply: Reply) -> Self {
        Self::start(move |_| reply.clone())
    }

    pub(crate) fn start(answer: impl Fn(&Asked) -> Reply + Send + Clone + 'static) -> Self {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let record = Arc::clone(&asked);
        let server = HttpServer::new(move || {
            let (answer, record) = (answer.clone(), Arc::clone(&record));
            App::new().default_service(web::to(move |request: HttpRequest, body: String| {
                let asked = recorded(&request, body);
                let reply = answer(&asked);
                record.lock().unwrap().push(asked);
                async move { response(reply) }
            }))
        })
        .workers(1)
        .disable_signals()
        .bind(("127.0.0.1", 0))
        .unwrap();
        let url = format!("http://{}", server.addrs()[0]);
        actix_web::rt::spawn(server.run());
        Self { url, asked }
    }

    pub(crate) fn client(&self) -> GraphClient {
        client(&self.url)
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// The one request that was made.
    pub(crate) fn only(&self) -> Asked {
        let asked = self.asked();
        assert_eq!(asked.len(), 1, "{asked:?}");
        asked[0].clone()
    }
}

fn recorded(request: &HttpRequest, body: String) -> Asked {
    let text = |value: &actix_web::http::header::HeaderValue| value.to_str().unwrap().to_owned();
    Asked {
        method: request.method().to_string(),
        path: request.path().to_owned(),
        query: request.query_string().to_owned(),
        headers: request
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), text(value)))
            .collect(),
        body,
    }
}

fn response(reply: Reply) -> HttpResponse {
    let mut response = HttpResponse::build(StatusCode::from_u16(reply.status).unwrap());
    for header in reply.headers {
        response.insert_header(header);
    }
    response.content_type("application/json").body(reply.body)
}

/// A server that does to each connection what the test wants, in a thread of its own.
pub(crate) struct RawServer {
    pub(crate) url: String,
    connections: Arc<AtomicUsize>,
}

impl RawServer {
    /// `play` is given each connection and its number, from 0, one after the other.
    pub(crate) fn start(play: impl Fn(TcpStream, usize) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let connections = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&connections);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                play(stream.unwrap(), count.fetch_add(1, Ordering::SeqCst));
            }
        });
        Self { url, connections }
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

/// Reads one request, head and body; `None` at the end of the connection.
pub(crate) fn read_request(stream: &mut impl Read) -> Option<String> {
    let mut request = Vec::new();
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => request.push(byte[0]),
            _ => return None,
        }
    }
    let head = String::from_utf8(request.clone())
        .unwrap()
        .to_ascii_lowercase();
    let length = head
        .split("content-length: ")
        .nth(1)
        .and_then(|rest| rest.lines().next());
    let mut body = vec![0; length.map_or(0, |length| length.trim().parse().unwrap())];
    stream.read_exact(&mut body).ok()?;
    request.extend(body);
    Some(String::from_utf8(request).unwrap())
}

/// Answers a request on a connection that stays open.
pub(crate) fn write_answer(stream: &mut impl Write, body: &str) {
    let answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(answer.as_bytes()).unwrap();
    stream.flush().unwrap();
}
