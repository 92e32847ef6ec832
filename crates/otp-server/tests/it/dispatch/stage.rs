//! A server with the face on, and a Vonage that keeps what it is sent.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use actix_web::rt::time::sleep;
use graph_simulator::{SentMessage, Simulator};
use otp_server::channel::ProviderSecret;
use otp_server::clock::{Clock, Stopwatch};
use otp_server::config::Config;
use otp_server::directory::Mode;
use serde_json::Value;
use tempfile::TempDir;

use super::{BOTH, PHONE, PSID};
use crate::app::{Answer, TestApp};
use crate::channels::vonage;
use crate::config::loaded;
use crate::native::{Client, START};
use crate::process::free_port;

/// Vonage takes a token that is not older than five minutes, and goes by the real time: so the
/// server's clock, which is moved by hand, begins a little before it.
const BEHIND: Duration = Duration::from_secs(250);

pub(crate) struct Stage {
    pub(crate) app: TestApp,
    pub(crate) vonage: Simulator,
    settings: Config,
    secret: PathBuf,
    _folder: TempDir,
}

impl Stage {
    /// As the tutorial has it: at `/otp`, without the sample face.
    pub(crate) async fn open() -> Self {
        Self::open_with("prefix = \"/otp\"\n[sample_face]\nenabled = false\n").await
    }

    /// With settings of the test's own; the first ones are of the face.
    pub(crate) async fn open_with(more: &str) -> Self {
        Self::open_on(more, |_| {}).await
    }

    pub(crate) async fn open_on(more: &str, change: impl FnOnce(&mut Config)) -> Self {
        Self::open_behind(BEHIND, more, change).await
    }

    /// Where Vonage tells what becomes of its messages. What it signs is of the real time, too, which
    /// this server's clock is behind by so much.
    pub(super) async fn open_where_vonage_tells(behind: Duration) -> Self {
        let listen = format!("127.0.0.1:{}", free_port());
        Self::open_behind(behind, "", |config| {
            config.listen = listen.parse().unwrap();
            let vonage = config.vonage.as_mut().unwrap();
            vonage.signature_secret = Some(ProviderSecret::new(vonage::SIGNATURE_SECRET));
            vonage.options.status_webhook = Some(format!("http://{listen}/webhooks/vonage/status"));
        })
        .await
    }

    async fn open_behind(behind: Duration, more: &str, change: impl FnOnce(&mut Config)) -> Self {
        let vonage = vonage::simulator_that_tells(None);
        let folder = TempDir::new().unwrap();
        let key = folder.path().join("private.key");
        fs::write(&key, &vonage::keys().0).unwrap();
        let toml = format!(
            "[vonage]\napplication_id = \"{}\"\nprivate_key_file = \"{}\"\nmessenger_page_id = \"107083064136738\"\n\
             sms_from = \"NEXMO\"\nurl = \"{}\"\ndeadline_seconds = 10\n[dispatch_face]\nenabled = true\n{more}",
            vonage::APPLICATION,
            key.display(),
            vonage.url(),
        );
        let settings = loaded(&toml).config;
        let secret = folder.path().join("secret");
        let began = Clock::system().now().unix_ms() - behind.as_secs() * 1000;
        let clock = Clock::manual(otp_core::Timestamp::from_unix_ms(began));
        let app = TestApp::start_by(clock, secret.clone(), |config| {
            take(config, &settings);
            change(config);
        })
        .await;
        Self {
            app,
            vonage,
            settings,
            secret,
            _folder: folder,
        }
    }

    /// Stops the server and starts it again.
    pub(super) async fn restart(mut self) -> Self {
        let (settings, secret) = (self.settings.clone(), self.secret.clone());
        self.app = self
            .app
            .restart(|config| {
                config.secret_file = otp_server::config::SecretFile::MadeOnce(secret);
                take(config, &settings);
            })
            .await;
        self
    }

    /// A second server on the same Redis, by the same clock.
    pub(super) async fn beside(&self, change: impl FnOnce(&mut Config)) -> TestApp {
        let secret = self.secret.clone();
        TestApp::start_by(self.app.clock.clone(), secret, |config| {
            take(config, &self.settings);
            change(config);
        })
        .await
    }

    /// Asks for a code as the tutorial does.
    pub(crate) async fn post(&self, token: &str, body: &str) -> Answer {
        self.app.post(&self.path(token), body).await
    }

    /// Asks for a code that must go out over Messenger, and answers with it.
    pub(crate) async fn code(&self, token: &str) -> String {
        self.post(token, BOTH).await.is(201, "Created");
        self.code_on_messenger()
    }

    pub(crate) async fn check(&self, token: &str, code: &str) -> Answer {
        let path = format!("{}/{code}", self.path(token));
        self.app.get(&path).await
    }

    pub(crate) fn path(&self, token: &str) -> String {
        format!("{}/{token}", self.settings.dispatch_face.prefix)
    }

    pub(super) fn on_messenger(&self) -> Vec<SentMessage> {
        self.vonage.messages(PSID)
    }

    pub(super) fn by_sms(&self) -> Vec<SentMessage> {
        self.vonage.messages(PHONE)
    }

    pub(crate) fn code_on_messenger(&self) -> String {
        code_in(self.on_messenger().last().unwrap())
    }

    pub(crate) fn pass(&self, secs: u64) {
        self.app.pass(Duration::from_secs(secs));
    }

    /// Until so many text messages are out, for ten seconds at most.
    pub(super) async fn sms_go_out(&self, count: usize) {
        let waiting = Stopwatch::start();
        while self.by_sms().len() < count {
            assert!(waiting.elapsed() < Duration::from_secs(10), "no SMS");
            sleep(Duration::from_millis(5)).await;
        }
        assert_eq!(self.by_sms().len(), count);
    }

    /// Long enough for whatever is due to have gone out.
    pub(super) async fn settle(&self) {
        sleep(Duration::from_millis(700)).await;
    }

    /// The person looks at the latest message on Messenger, and Vonage says so.
    pub(super) async fn is_read(&self) {
        let message = self.on_messenger().pop().unwrap();
        self.vonage.receipt(&message.id, "read", None);
        let reference = message.opaque.unwrap();
        let (id, _) = reference.split_once('.').unwrap();
        let client = Client::of(&self.app, "dispatch", Mode::Live).await;
        let waiting = Stopwatch::start();
        loop {
            let told = client.get(&format!("{START}/{id}")).await.json();
            if told["deliveries"][0]["status"] == "read" {
                return;
            }
            assert!(waiting.elapsed() < Duration::from_secs(10), "{told}");
            sleep(Duration::from_millis(10)).await;
        }
    }

    /// What the API for applications says of it.
    pub(super) async fn told(&self, id: &str) -> Value {
        let client = Client::of(&self.app, "dispatch", Mode::Live).await;
        client.get(&format!("{START}/{id}")).await.json()
    }
}

/// The five digits that a person reads in a message.
pub(super) fn code_in(message: &SentMessage) -> String {
    let code = message.text.split(' ').next().unwrap();
    assert!(
        code.len() == 5 && code.bytes().all(|byte| byte.is_ascii_digit()),
        "{}",
        message.text
    );
    code.to_owned()
}

/// Settings that a file gives, for a server in a test.
fn take(config: &mut Config, settings: &Config) {
    config.vonage.clone_from(&settings.vonage);
    config.dispatch_face = settings.dispatch_face.clone();
    config.sample_face = settings.sample_face.clone();
    config.countries.clone_from(&settings.countries);
    config.budget.clone_from(&settings.budget);
    config.applications.clone_from(&settings.applications);
}
