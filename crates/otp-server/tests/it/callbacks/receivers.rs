//! Receivers that misbehave: slow, endless, elsewhere.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use otp_server::directory::Mode;

use super::{
    SHOP, add_shop, allow_this_machine, app_telling, counts, eventually, names, numbered, shop,
};
use crate::app::TestApp;
use crate::channels::desk::Desk;
use crate::native::{Client, id};

const PHONE: &str = "+14155550123";

/// A server that does this with every connection.
struct Receiver {
    url: String,
    connections: Arc<AtomicUsize>,
}

impl Receiver {
    fn that(serve: fn(TcpStream)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let connections = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&connections);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                counted.fetch_add(1, Ordering::Relaxed);
                thread::spawn(move || serve(stream));
            }
        });
        Self { url, connections }
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }
}

/// Says nothing until the other side has had enough.
fn silent(mut stream: TcpStream) {
    drop(stream.read_to_end(&mut Vec::new()));
}

/// Writes this again and again until nobody listens.
fn endless(mut stream: TcpStream, head: &str, rest: &str) {
    let mut said = stream.write_all(head.as_bytes());
    while said.is_ok() {
        said = stream.write_all(rest.as_bytes());
    }
}

async fn with(deadline: Duration) -> TestApp {
    TestApp::start_with(|config| {
        allow_this_machine(config);
        config.callbacks.options.deadline = deadline;
        config.callbacks.at_once = 2;
    })
    .await
}

#[actix_web::test]
async fn a_receiver_that_says_nothing_holds_up_nobody_else() {
    let (slow, desk) = (Receiver::that(silent), Desk::open());
    let app = with(Duration::from_secs(10)).await;
    add_shop(&app, "slow", &slow.url).await;
    add_shop(&app, SHOP, &desk.url).await;
    let slow_client = Client::of(&app, "slow", Mode::Live).await;
    let client = shop(&app).await;
    for last in 10..16 {
        slow_client.start(&format!("+141555501{last}")).await;
    }
    let id = id(&client.start(PHONE).await);
    let arrivals = desk.wait_for(1).await;
    assert_eq!(names(&arrivals), numbered(&id, &["delivery.updated"]));
    assert_eq!(slow.connections(), 2, "so many at once");
}

#[actix_web::test]
async fn a_receiver_that_says_nothing_is_left_alone_and_tried_again() {
    let slow = Receiver::that(silent);
    let app = with(Duration::from_secs(1)).await;
    add_shop(&app, SHOP, &slow.url).await;
    let client = shop(&app).await;
    client.start(PHONE).await;
    counts(&app, "failed", 1).await;
    assert_eq!(slow.connections(), 1);
    app.pass(Duration::from_secs(20));
    eventually("another try", async || {
        (slow.connections() == 2).then_some(())
    })
    .await;
}

#[actix_web::test]
async fn an_answer_that_says_taken_and_does_not_end_is_not_read_to_its_end() {
    let receiver = Receiver::that(|stream| {
        endless(stream, "HTTP/1.1 200 OK\r\n\r\n", &"x".repeat(4096));
    });
    let app = TestApp::start_with(allow_this_machine).await;
    add_shop(&app, SHOP, &receiver.url).await;
    let client = shop(&app).await;
    client.start(PHONE).await;
    counts(&app, "delivered", 1).await;
    assert_eq!(receiver.connections(), 1);
}

#[actix_web::test]
async fn a_head_that_does_not_end_is_no_answer() {
    let receiver = Receiver::that(|stream| {
        endless(stream, "HTTP/1.1 200 OK\r\n", "x-more: and more\r\n");
    });
    let app = with(Duration::from_secs(1)).await;
    add_shop(&app, SHOP, &receiver.url).await;
    let client = shop(&app).await;
    client.start(PHONE).await;
    counts(&app, "failed", 1).await;
    counts(&app, "delivered", 0).await;
}

#[actix_web::test]
async fn a_redirect_is_not_followed() {
    let (desk, elsewhere) = (Desk::open(), Desk::open());
    let app = app_telling(&desk).await;
    let client = shop(&app).await;
    for (status, last) in [(301, 10), (302, 11), (303, 12), (307, 13), (308, 14)] {
        desk.answer_with(status, "", &[("Location", &elsewhere.url)]);
        client.start(&format!("+141555501{last}")).await;
        counts(&app, "failed", last - 9).await;
    }
    assert_eq!(elsewhere.arrivals().len(), 0);
}
