//! A name with several addresses, of which some swallow what is sent to them.

use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use otp_server::callback::{Call, CallbackAddress, CallerOptions};
use tokio::net::{TcpListener, TcpSocket};

use super::hostile::{allowing, caller, signed};
use crate::channels::desk::Desk;

/// Somebody with no room for one more connection: who knocks hears nothing, as behind a firewall that
/// drops packets.
struct Silent {
    at: SocketAddr,
    _listener: TcpListener,
    _queue: Vec<TcpStream>,
}

impl Silent {
    fn v4() -> Self {
        Self::on(TcpSocket::new_v4(), "127.0.0.1:0")
    }

    fn v6() -> Self {
        Self::on(TcpSocket::new_v6(), "[::1]:0")
    }

    fn on(socket: std::io::Result<TcpSocket>, at: &str) -> Self {
        let socket = socket.expect("a socket");
        socket
            .bind(at.parse().expect("an address"))
            .expect("a free port");
        let listener = socket.listen(1).expect("a listener");
        let at = listener.local_addr().expect("an address");
        let mut queue = Vec::new();
        while let Ok(one) = TcpStream::connect_timeout(&at, Duration::from_millis(300)) {
            queue.push(one);
            assert!(queue.len() < 16, "there is always room for one more");
        }
        Self {
            at,
            _listener: listener,
            _queue: queue,
        }
    }
}

/// How often the desk is called where the name leads to these, and then to the desk.
async fn calls_after(silent: &[Silent]) -> usize {
    let desk = Desk::open();
    let to = CallbackAddress::parse("http://localhost/hook").expect("an address");
    let call = Call {
        to: &to,
        headers: &signed(),
        body: "{}",
    };
    let mut addresses: Vec<SocketAddr> = silent.iter().map(|silent| silent.at).collect();
    addresses.push(desk.url["http://".len()..].parse().expect("an address"));
    let caller = caller(&CallerOptions {
        // The first address alone could use it all up.
        connect_timeout: Duration::from_secs(3),
        deadline: Duration::from_secs(3),
        ..allowing(&["127.0.0.0/8", "::1/128"])
    });
    let answer = caller.call_at(call, &addresses).await;
    assert_eq!(answer, Ok(()));
    desk.arrivals().len()
}

#[actix_web::test]
async fn where_one_address_swallows_everything_the_next_one_is_called_in_time() {
    assert_eq!(calls_after(&[Silent::v6()]).await, 1);
    assert_eq!(calls_after(&[Silent::v4(), Silent::v4()]).await, 1);
}

#[actix_web::test]
async fn many_addresses_of_one_family_leave_a_turn_to_the_other() {
    let silent = [Silent::v6(), Silent::v6(), Silent::v6(), Silent::v6()];
    assert_eq!(calls_after(&silent).await, 1);
}
