//! Addresses that somebody could name to get into our network: none of them is called.

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};

use otp_server::callback::{
    Call, CallbackAddress, Caller, CallerOptions, Callers, Networks, NotTaken,
};
use otp_server::signing::SignedHeaders;
use tempfile::TempDir;

use super::eventually;
use crate::channels::desk::Desk;
use crate::config::complaint;
use crate::process::free_port;

/// `{p}` is a port of this machine that somebody listens on, at every address it has.
const HOSTILE: [&str; 74] = [
    // This machine.
    "https://127.0.0.1:{p}/",
    "https://127.0.0.2:{p}/",
    "https://127.255.255.254:{p}/",
    "https://127.1:{p}/",
    "https://127.0.1:{p}/",
    "https://2130706433:{p}/",
    "https://0x7f000001:{p}/",
    "https://0x7F.0x0.0x0.0x1:{p}/",
    "https://0x7f.1:{p}/",
    "https://0177.0.0.1:{p}/",
    "https://017700000001:{p}/",
    "https://127.0x0.0.01:{p}/",
    "https://0:{p}/",
    "https://0.0.0.0:{p}/",
    "https://0.0.0.1:{p}/",
    "https://localhost:{p}/",
    "https://LocalHost:{p}/",
    "https://localhost.:{p}/",
    "https://ip6-localhost:{p}/",
    "https://ip6-loopback:{p}/",
    "https://[::1]:{p}/",
    "https://[0:0:0:0:0:0:0:1]:{p}/",
    "https://[::]:{p}/",
    "https://[::ffff:127.0.0.1]:{p}/",
    "https://[::ffff:7f00:1]:{p}/",
    "https://[::127.0.0.1]:{p}/",
    "http://127.0.0.1:{p}/",
    "http://localhost:{p}/",
    "http://[::1]:{p}/",
    // This machine in other wrappings.
    "https://[64:ff9b::127.0.0.1]:{p}/",
    "https://[64:ff9b:1::7f00:1]:{p}/",
    "https://[2002:7f00:1::]:{p}/",
    "https://[2001:0:7f00:1::]:{p}/",
    // Links, private networks, clouds, and what is nowhere.
    "https://[fe80::1]:{p}/",
    "https://[fc00::1]/",
    "https://[fd00:ec2::254]/latest/meta-data/",
    "https://[fec0::1]/",
    "https://[ff02::1]/",
    "https://[2001:db8::1]/",
    "https://[100::1]/",
    "https://10.0.0.1/",
    "https://172.16.0.1/",
    "https://172.31.255.254/",
    "https://192.168.1.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://0xa9fea9fe/latest/meta-data/",
    "https://2852039166/latest/meta-data/",
    "https://100.100.100.200/latest/meta-data/",
    "https://192.0.0.192/",
    "https://192.0.2.1/",
    "https://192.88.99.1/",
    "https://198.51.100.1/",
    "https://203.0.113.1/",
    "https://198.18.0.1/",
    "https://224.0.0.1/",
    "https://239.1.1.1/",
    "https://240.0.0.1/",
    "https://255.255.255.255/",
    // Not what they look like.
    "https://user:pass@127.0.0.1:{p}/",
    "https://shop.example@127.0.0.1:{p}/",
    "https://127.0.0.1:{p}#@shop.example/",
    "https://127.0.0.1:{p}\\@shop.example/",
    "https://[fe80::1%25lo]:{p}/",
    "https://127.0.0.1%00.shop.example:{p}/",
    "https://127%2e0.0.1:{p}/",
    "https://①②⑦.⓪.⓪.①:{p}/",
    "https://127。0。0。1:{p}/",
    "https://127.0.0.1:{p}:443/",
    "http://2130706433:{p}/",
    // Other protocols.
    "ftp://127.0.0.1:{p}/",
    "gopher://127.0.0.1:{p}/_x",
    "file:///etc/passwd",
    "unix:/run/docker.sock",
    "//127.0.0.1:{p}/",
];

pub(super) fn caller(options: &CallerOptions) -> Caller {
    Callers::new(options)
        .expect("the public authorities")
        .caller()
}

pub(super) fn allowing(networks: &[&str]) -> CallerOptions {
    let networks = networks.iter().map(|text| text.parse().expect("a network"));
    CallerOptions {
        networks: Networks::and(networks.collect()),
        ..CallerOptions::default()
    }
}

pub(super) fn signed() -> SignedHeaders {
    ["webhook-id", "webhook-timestamp", "webhook-signature"].map(|name| (name, "x".to_owned()))
}

async fn call(caller: &Caller, url: &str) -> Result<(), NotTaken> {
    let to = CallbackAddress::parse(url).expect("an address");
    let call = Call {
        to: &to,
        headers: &signed(),
        body: "{}",
    };
    caller.call(call).await
}

/// Somebody who listens on one port of every address of this machine, and answers nobody.
struct Everywhere {
    listeners: Vec<TcpListener>,
    port: u16,
}

impl Everywhere {
    fn listen() -> Self {
        let any = TcpListener::bind("[::]:0").expect("a free port");
        let port = any.local_addr().expect("an address").port();
        // Where IPv6's socket does not take IPv4 as well.
        let v4 = TcpListener::bind(("0.0.0.0", port)).ok();
        let listeners: Vec<_> = [Some(any), v4].into_iter().flatten().collect();
        for listener in &listeners {
            listener.set_nonblocking(true).expect("a socket");
        }
        Self { listeners, port }
    }

    fn connections(&self) -> usize {
        let accepted = self.listeners.iter().map(|listener| {
            let mut count = 0;
            loop {
                match listener.accept() {
                    Ok(_) => count += 1,
                    Err(error) if error.kind() == ErrorKind::WouldBlock => return count,
                    Err(_) => {}
                }
            }
        });
        accepted.sum()
    }
}

#[actix_web::test]
async fn of_all_hostile_addresses_none_is_connected_to() {
    let everywhere = Everywhere::listen();
    let caller = caller(&CallerOptions::default());
    for url in HOSTILE {
        let url = url.replace("{p}", &everywhere.port.to_string());
        if CallbackAddress::parse(&url).is_err() {
            continue;
        }
        let called = call(&caller, &url).await;
        let is_refused = matches!(called, Err(NotTaken::Forbidden(_) | NotTaken::NoAddress(_)));
        assert!(is_refused, "{url}: {called:?}");
        assert_eq!(everywhere.connections(), 0, "{url}");
    }
}

#[actix_web::test]
async fn what_is_allowed_is_connected_to_so_the_listener_would_have_noticed() {
    let everywhere = Everywhere::listen();
    let port = everywhere.port;
    let options = CallerOptions {
        deadline: std::time::Duration::from_secs(1),
        ..allowing(&["127.0.0.0/8", "::1/128"])
    };
    let caller = caller(&options);
    for url in [
        format!("https://127.0.0.1:{port}/"),
        format!("https://2130706433:{port}/"),
        format!("http://[::1]:{port}/"),
    ] {
        let called = call(&caller, &url).await;
        assert!(
            !matches!(called, Err(NotTaken::Forbidden(_))),
            "{url}: {called:?}"
        );
        assert_eq!(everywhere.connections(), 1, "{url}");
    }
    let called = call(&caller, &format!("https://[::ffff:127.0.0.1]:{port}/")).await;
    assert!(matches!(called, Err(NotTaken::Forbidden(_))), "{called:?}");
    assert_eq!(everywhere.connections(), 0);
}

#[actix_web::test]
async fn a_connection_goes_to_the_address_that_was_checked_whatever_the_name_says_by_then() {
    let (everywhere, desk) = (Everywhere::listen(), Desk::open());
    let url = format!("http://localhost:{}/hook", everywhere.port);
    let to = CallbackAddress::parse(&url).expect("an address");
    let checked: SocketAddr = desk.url["http://".len()..].parse().expect("an address");
    let call = Call {
        to: &to,
        headers: &signed(),
        body: "{}",
    };
    let caller = caller(&allowing(&["127.0.0.0/8", "::1/128"]));
    caller.call_at(call, &[checked]).await.expect("it is there");
    let arrival = desk.arrivals().pop().expect("an arrival");
    let host = format!("localhost:{}", everywhere.port);
    assert_eq!(arrival.header("host"), Some(host.as_str()));
    assert_eq!(everywhere.connections(), 0);
}

#[test]
fn an_address_inside_is_refused_before_anything_is_called() {
    for (url, networks, is_fine) in [
        ("https://10.1.2.3/hook", "", false),
        ("https://10.1.2.3/hook", "\"10.1.0.0/16\"", true),
        ("https://10.1.2.3/hook", "\"10.2.0.0/16\"", false),
        ("http://localhost:8080/hook", "", false),
        ("http://localhost:8080/hook", "\"127.0.0.1\"", true),
        ("https://[::1]/hook", "\"::1\"", true),
        ("https://[::ffff:10.1.2.3]/hook", "\"10.1.0.0/16\"", false),
    ] {
        let toml = format!(
            "[callbacks]\nallow_private_networks = [{networks}]\n[applications.shop]\ncallback_url = \"{url}\"\ncallback_secret = \"{}\"",
            super::SECRET
        );
        let said = complaint(&toml);
        assert_eq!(said.is_empty(), is_fine, "{url} {networks}: {said}");
        if !is_fine {
            assert!(said.contains("callbacks.allow_private_networks"), "{said}");
        }
    }
}

/// A receiver over TLS, with a certificate for localhost.
struct Encrypted {
    child: Child,
    url: String,
    authority: Vec<u8>,
    _folder: TempDir,
}

const TLS_SERVER: &str = "
import http.server, ssl, sys
class Taken(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers['content-length']))
        self.send_response(204)
        self.end_headers()
    def log_message(self, *args):
        pass
server = http.server.HTTPServer(('127.0.0.1', int(sys.argv[1])), Taken)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[2], sys.argv[3])
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
";

impl Encrypted {
    fn start() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]);
        let made = made.expect("a certificate");
        let paths = ["cert.pem", "key.pem"].map(|name| folder.path().join(name));
        std::fs::write(&paths[0], made.cert.pem()).expect("a file");
        std::fs::write(&paths[1], made.signing_key.serialize_pem()).expect("a file");
        let port = free_port();
        let child = Command::new("python3")
            .args(["-c", TLS_SERVER, &port.to_string()])
            .args(&paths)
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("python3");
        Self {
            child,
            url: format!("https://localhost:{port}/hook"),
            authority: made.cert.pem().into_bytes(),
            _folder: folder,
        }
    }
}

impl Drop for Encrypted {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[actix_web::test]
async fn over_tls_only_the_right_certificate_is_trusted() {
    let receiver = Encrypted::start();
    let ours = CallerOptions {
        authorities: Some(receiver.authority.clone()),
        ..allowing(&["127.0.0.0/8"])
    };
    let trusting = caller(&ours);
    eventually("it listens", async || {
        call(&trusting, &receiver.url).await.ok()
    })
    .await;
    let others = caller(&allowing(&["127.0.0.0/8"]));
    let called = call(&others, &receiver.url).await;
    assert!(matches!(called, Err(NotTaken::Connect(_))), "{called:?}");
    // The certificate is for the name, and not for the address.
    let by_address = receiver.url.replace("localhost", "127.0.0.1");
    let called = call(&trusting, &by_address).await;
    assert!(matches!(called, Err(NotTaken::Connect(_))), "{called:?}");
}
