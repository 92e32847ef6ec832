//! A way to Redis on which answers take their time.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

/// Passes on what is said, and holds up what is answered.
pub(super) struct SlowLink {
    address: String,
    delay_ms: Arc<AtomicU64>,
}

impl SlowLink {
    pub(super) fn to(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("it listens").to_string();
        let delay_ms = Arc::new(AtomicU64::new(0));
        let (server, delay) = (server.to_owned(), Arc::clone(&delay_ms));
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let Ok(server) = TcpStream::connect(&server) else {
                    continue;
                };
                let (no_delay, delay) = (Arc::default(), Arc::clone(&delay));
                pass_on(&client, &server, no_delay);
                pass_on(&server, &client, delay);
            }
        });
        Self { address, delay_ms }
    }

    pub(super) fn url(&self) -> String {
        format!("redis://{}", self.address)
    }

    pub(super) fn answers_take(&self, delay: Duration) {
        let delay_ms = u64::try_from(delay.as_millis()).expect("short");
        self.delay_ms.store(delay_ms, Ordering::SeqCst);
    }
}

fn pass_on(from: &TcpStream, to: &TcpStream, delay_ms: Arc<AtomicU64>) {
    let mut from = from.try_clone().expect("a descriptor");
    let mut to = to.try_clone().expect("a descriptor");
    thread::spawn(move || {
        let mut piece = [0; 16 * 1024];
        while let Ok(length @ 1..) = from.read(&mut piece) {
            thread::sleep(Duration::from_millis(delay_ms.load(Ordering::SeqCst)));
            if to.write_all(&piece[..length]).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Both);
        let _ = from.shutdown(Shutdown::Both);
    });
}
