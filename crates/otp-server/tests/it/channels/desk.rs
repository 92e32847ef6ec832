//! A server that keeps what it is sent, and answers as it is told: for gateways and webhooks.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use otp_server::clock::Stopwatch;

/// One request as it came.
#[derive(Clone)]
pub(crate) struct Arrival {
    pub(crate) url: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Bytes,
}

impl Arrival {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// Status, body and headers of an answer.
type Said = (u16, String, Vec<(String, String)>);

#[derive(Default)]
struct Shelf {
    arrivals: Mutex<Vec<Arrival>>,
    answer: Mutex<Said>,
}

/// Where requests arrive.
pub(crate) struct Desk {
    pub(crate) url: String,
    shelf: Arc<Shelf>,
}

impl Desk {
    pub(crate) fn open() -> Self {
        let shelf = Arc::new(Shelf::default());
        let data = Data::from(Arc::clone(&shelf));
        let server = HttpServer::new(move || {
            App::new()
                .app_data(data.clone())
                .default_service(web::to(arrive))
        })
        .workers(1)
        .disable_signals()
        .bind("127.0.0.1:0")
        .unwrap();
        let url = format!("http://{}", server.addrs()[0]);
        actix_web::rt::spawn(server.run());
        let desk = Self { url, shelf };
        desk.answer(200, "");
        desk
    }

    /// From now on it answers so.
    pub(crate) fn answer(&self, status: u16, body: &str) {
        self.answer_with(status, body, &[]);
    }

    pub(crate) fn answer_with(&self, status: u16, body: &str, headers: &[(&str, &str)]) {
        let headers = headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        *self.shelf.answer.lock().unwrap() = (status, body.to_owned(), headers);
    }

    /// What has come so far.
    pub(crate) fn arrivals(&self) -> Vec<Arrival> {
        self.shelf.arrivals.lock().unwrap().clone()
    }

    /// Waits until so many have come.
    pub(crate) async fn wait_for(&self, count: usize) -> Vec<Arrival> {
        let stopwatch = Stopwatch::start();
        loop {
            let arrivals = self.arrivals();
            if arrivals.len() >= count {
                return arrivals;
            }
            assert!(
                stopwatch.elapsed() < Duration::from_secs(20),
                "{} of {count} arrived",
                arrivals.len()
            );
            actix_web::rt::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

async fn arrive(request: HttpRequest, body: Bytes, shelf: Data<Shelf>) -> HttpResponse {
    let headers = request.headers().iter().map(|(name, value)| {
        let value = value.to_str().unwrap_or_default();
        (name.as_str().to_owned(), value.to_owned())
    });
    shelf.arrivals.lock().unwrap().push(Arrival {
        url: request.full_url().to_string(),
        headers: headers.collect(),
        body,
    });
    let (status, body, headers) = shelf.answer.lock().unwrap().clone();
    let mut response = HttpResponse::build(status.try_into().unwrap());
    for header in headers {
        response.insert_header(header);
    }
    response.body(body)
}
