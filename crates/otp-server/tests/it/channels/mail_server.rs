//! A real mail server on this machine: aiosmtpd, with a certificate made for the test.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

const PROGRAM: &str = include_str!("mail_server.py");
/// Other Pythons on a developer's machine come first and know nothing of Debian's packages.
const PYTHONS: [&str; 2] = ["/usr/bin/python3", "python3"];
const PATIENCE: Duration = Duration::from_secs(20);

/// A running mail server; dropping it ends it.
pub(super) struct MailServer {
    pub(super) port: u16,
    /// The authority that its certificate is from, in PEM.
    pub(super) authority: Vec<u8>,
    child: Child,
    lines: Receiver<String>,
    _folder: TempDir,
}

impl MailServer {
    /// `mode` is starttls, tls or plain. Its certificate is for localhost.
    pub(super) fn start(mode: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let certified = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let (certificate, key) = (
            folder.path().join("cert.pem"),
            folder.path().join("key.pem"),
        );
        std::fs::write(&certificate, certified.cert.pem()).unwrap();
        std::fs::write(&key, certified.signing_key.serialize_pem()).unwrap();
        let mut child = Command::new(python())
            .args(["-W", "ignore", "-c", PROGRAM, mode])
            .args([&certificate, &key])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = lines(&mut child);
        let port = lines
            .recv_timeout(PATIENCE)
            .expect("the mail server starts");
        Self {
            port: port.parse().unwrap(),
            authority: certified.cert.pem().into_bytes(),
            child,
            lines,
            _folder: folder,
        }
    }

    /// The next message that it took.
    pub(super) fn next(&self) -> Value {
        let line = self.lines.recv_timeout(PATIENCE);
        serde_json::from_str(&line.expect("a message arrives")).unwrap()
    }

    /// Whether it took no further message.
    pub(super) fn is_idle(&self) -> bool {
        self.lines.try_recv().is_err()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn python() -> &'static str {
    let knows_mail = |python: &&str| {
        let asked = Command::new(python)
            .args(["-c", "import aiosmtpd"])
            .stderr(Stdio::null())
            .status();
        asked.is_ok_and(|status| status.success())
    };
    PYTHONS
        .into_iter()
        .find(knows_mail)
        .expect("aiosmtpd is missing: install Debian's python3-aiosmtpd")
}

fn lines(child: &mut Child) -> Receiver<String> {
    let (sender, lines) = mpsc::channel();
    let out = BufReader::new(child.stdout.take().unwrap());
    thread::spawn(move || {
        for line in out.lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    lines
}
