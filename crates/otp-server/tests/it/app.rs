//! A server on a free port, against the simulator, with a clock that is moved by hand.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::http::Method;
use actix_web::http::header::HeaderMap;
use actix_web::rt::task::JoinHandle;
use actix_web::rt::time::sleep;
use graph_simulator::{Simulator, SimulatorConfig};
use otp_core::{PhoneNumber, Timestamp};
use otp_server::app::{self, Application};
use otp_server::clock::{Clock, Stopwatch};
use otp_server::config::{Config, SecretFile, SharedLimitSettings, StoreKind, settings_of_text};
use otp_server::directory::{Identified, KeyOrder, Mode, Registrar, Scope, Scopes};
use otp_server::opt_outs::{Somebody, Way, Wished};
use otp_server::service::Service;
use serde_json::{Value, json};
use tempfile::TempDir;

/// 2027-01-15, 08:00 UTC: any moment will do.
pub(crate) const START: Timestamp = Timestamp::from_unix_ms(1_800_000_000_000);
pub(crate) const PHONE: &str = "14155550123";

/// What came back, read whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    /// Status and text as the contract has them.
    #[track_caller]
    pub(crate) fn is(&self, status: u16, text: &str) {
        assert_eq!((self.status, self.text.as_str()), (status, text));
    }

    /// The body, which must be JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("JSON: {}", self.text))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// A running server and everything around it.
pub(crate) struct TestApp {
    pub(crate) simulator: Simulator,
    pub(crate) clock: Clock,
    pub(crate) address: SocketAddr,
    pub(crate) service: Service,
    pub(crate) folder: TempDir,
    config: Config,
    client: awc::Client,
    handle: ServerHandle,
    running: JoinHandle<()>,
}

impl TestApp {
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// Starts with settings of the test's own.
    pub(crate) async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        let simulator = Simulator::start(SimulatorConfig::default()).expect("the simulator starts");
        Self::start_against(simulator, change).await
    }

    pub(crate) async fn start_against(
        simulator: Simulator,
        change: impl FnOnce(&mut Config),
    ) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let mut config = config_for(folder.path(), &simulator);
        change(&mut config);
        Self::serve(simulator, folder, Clock::manual(START), &config).await
    }

    /// What the operator reads when a server with these settings does not start.
    pub(crate) async fn refusal(change: impl FnOnce(&mut Config)) -> String {
        let simulator = Simulator::start(SimulatorConfig::default()).expect("the simulator starts");
        let folder = TempDir::new().expect("a temporary folder");
        let mut config = config_for(folder.path(), &simulator);
        change(&mut config);
        let built = Application::build(&config, Clock::manual(START)).await;
        format!("{:#}", built.expect_err("these settings are wrong"))
    }

    async fn serve(simulator: Simulator, folder: TempDir, clock: Clock, config: &Config) -> Self {
        let application = Box::pin(Application::build(config, clock.clone()))
            .await
            .expect("the server starts");
        let (address, service, handle) = (
            application.address(),
            application.service(),
            application.handle(),
        );
        let running = actix_web::rt::spawn(async move {
            application
                .run_until_stopped()
                .await
                .expect("the server ends well");
        });
        let client = awc::Client::builder()
            .timeout(Duration::from_secs(30))
            .finish();
        Self {
            simulator,
            clock,
            address,
            service,
            folder,
            config: config.clone(),
            client,
            handle,
            running,
        }
    }

    /// A second server that shares this one's Redis, secret, simulator and time.
    pub(crate) async fn start_beside(&self, change: impl FnOnce(&mut Config)) -> Self {
        let simulator = Simulator::start(SimulatorConfig::default()).expect("the simulator starts");
        let folder = TempDir::new().expect("a temporary folder");
        let mut config = config_for(folder.path(), &self.simulator);
        config.secret_file = SecretFile::Given(self.folder.path().join("data/secret"));
        change(&mut config);
        Self::serve(simulator, folder, self.clock.clone(), &config).await
    }

    /// Starts by a clock of its own, beside another one that shares its store and its secret.
    pub(crate) async fn start_by(
        clock: Clock,
        secret: PathBuf,
        change: impl FnOnce(&mut Config),
    ) -> Self {
        let simulator = Simulator::start(SimulatorConfig::default()).expect("the simulator starts");
        let folder = TempDir::new().expect("a temporary folder");
        let mut config = config_for(folder.path(), &simulator);
        config.secret_file = SecretFile::MadeOnce(secret);
        change(&mut config);
        Self::serve(simulator, folder, clock, &config).await
    }

    /// Stops the server and starts another on the same data, at the same time of the day.
    pub(crate) async fn restart(self, change: impl FnOnce(&mut Config)) -> Self {
        stopped(self.handle, self.running, self.service).await;
        let mut config = Box::new(config_for(self.folder.path(), &self.simulator));
        change(&mut config);
        let served = Self::serve(self.simulator, self.folder, self.clock, &config);
        Box::pin(served).await
    }

    pub(crate) async fn stop(self) {
        stopped(self.handle, self.running, self.service).await;
    }

    /// Asks for a code.
    pub(crate) async fn send(&self, phone: &str) -> Answer {
        self.get(&format!("/otp/{phone}/")).await
    }

    /// Asks for a code that must go out, and answers with it.
    pub(crate) async fn send_code(&self, phone: &str) -> String {
        self.send(phone).await.is(200, "");
        self.last_code(phone)
    }

    /// Hands a code in.
    pub(crate) async fn check(&self, phone: &str, code: &str) -> Answer {
        self.post(
            &format!("/otp/{phone}/"),
            &json!({ "code": code }).to_string(),
        )
        .await
    }

    /// Makes a key as the command does, and waits until the server takes it.
    pub(crate) async fn key(&self, application: &str, scopes: &[Scope], mode: Mode) -> String {
        let order = KeyOrder {
            application: application.to_owned(),
            mode,
            scopes: Scopes::of(scopes),
            expires_in: None,
            label: None,
        };
        let now = self.clock.now();
        let (desk, mut rng) = (self.registrar().await, rng());
        let created = desk.create_key(&order, now, &mut rng).await;
        let (key, _) = created.expect("a key");
        self.knows(|| {
            let directory = &self.service.shared().directory;
            let identified = directory.identify(key.reveal(), now);
            matches!(identified, Identified::Caller(_))
        })
        .await;
        key.reveal().to_owned()
    }

    /// Adds an application with these settings, in TOML, as the command does, and waits until the
    /// server knows it.
    pub(crate) async fn add_application(&self, name: &str, settings: &str) {
        let (registrar, now) = (self.registrar().await, self.clock.now());
        let settings = settings_of_text("the test", settings).expect("TOML");
        let order = registrar
            .order_application(name, settings, false, Path::new(""), now)
            .expect("good settings");
        let keys = app::kept_keys(&self.config).expect("the server's secret");
        let added = registrar.add_application(order, Some((&keys, [7; 24])), now);
        added.await.expect("an application");
        self.knows(|| self.service.shared().directory.application(name).is_some())
            .await;
    }

    /// As `otp-server opt-out add` does it.
    pub(crate) async fn opt_out(&self, phone: &str) {
        let phone = PhoneNumber::parse(phone).expect("a phone");
        let opt_outs = &self.service.shared().opt_outs;
        for way in Way::ALL {
            let (whom, now) = (Somebody::Phone(&phone), self.clock.now());
            let added = opt_outs.add(way, whom, Wished::Operator, now).await;
            added.expect("it is noted");
        }
    }

    /// What commands change keys and applications with.
    pub(crate) async fn registrar(&self) -> Registrar {
        if self.config.store.kind == StoreKind::Memory {
            return self.service.shared().directory.registrar();
        }
        let registrar = app::registrar(&self.config).await;
        registrar.expect("the store can be changed while the server runs")
    }

    /// Waits until the server knows of something.
    pub(crate) async fn knows(&self, is_known: impl Fn() -> bool) {
        let waiting = Stopwatch::start();
        while !is_known() {
            assert!(
                waiting.elapsed() < Duration::from_secs(10),
                "the server does not take notice"
            );
            sleep(Duration::from_millis(5)).await;
        }
    }

    pub(crate) fn last_code(&self, phone: &str) -> String {
        self.simulator.last_code(phone).expect("a code was sent")
    }

    pub(crate) fn pass(&self, time: Duration) {
        self.clock.advance(time);
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.request(Method::GET, path, &[], "").await
    }

    pub(crate) async fn post(&self, path: &str, body: &str) -> Answer {
        self.request(
            Method::POST,
            path,
            &[("Content-Type", "application/json")],
            body,
        )
        .await
    }

    pub(crate) async fn get_json(&self, path: &str) -> (u16, Value) {
        let answer = self.get(path).await;
        (
            answer.status,
            serde_json::from_str(&answer.text).expect("JSON"),
        )
    }

    pub(crate) async fn request(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let mut request = self
            .client
            .request(method, format!("http://{}{path}", self.address));
        for header in headers {
            request = request.insert_header(*header);
        }
        let mut response = request.send_body(body.to_owned()).await.expect("an answer");
        let body = response
            .body()
            .limit(1 << 20)
            .await
            .expect("the answer's body");
        Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            text: String::from_utf8(body.to_vec()).expect("text"),
        }
    }
}

/// Stops a server and waits until its data directory is free: its workers' threads let go of the
/// store a moment after the server has ended. The last to let go closes it, so that is this thread.
async fn stopped(handle: ServerHandle, running: JoinHandle<()>, service: Service) {
    handle.stop(true).await;
    running.await.expect("the server's task ends well");
    let held = service.shared_with();
    drop(service);
    let waiting = Stopwatch::start();
    while Arc::strong_count(&held) > 1 {
        assert!(
            waiting.elapsed() < Duration::from_secs(10),
            "the store is still held"
        );
        sleep(Duration::from_millis(1)).await;
    }
}

#[expect(clippy::disallowed_methods, reason = "a test draws keys of its own")]
fn rng() -> rand::rngs::ThreadRng {
    rand::rng()
}

/// A code that is not `code`, and as long.
pub(crate) fn wrong(code: &str) -> String {
    code.chars()
        .map(|digit| if digit == '9' { '0' } else { '9' })
        .collect()
}

/// Settings for a server in `folder` that calls the simulator.
pub(crate) fn config_for(folder: &Path, simulator: &Simulator) -> Config {
    let info = folder.join("whatsapp-info.json");
    fs::write(&info, account_file().to_string()).expect("the account file is written");
    let data_dir = folder.join("data");
    let mut config = Config {
        listen: (Ipv4Addr::LOCALHOST, 0).into(),
        whatsapp_info: info,
        secret_file: SecretFile::MadeOnce(data_dir.join("secret")),
        data_dir,
        ..Config::default()
    };
    config.graph.url = simulator.url();
    config.http.workers = Some(2);
    config
}

/// For tests that bring a crowd from one place: what many phones share is not limited.
pub(crate) fn for_crowds(config: &mut Config) {
    config.shared_limits = SharedLimitSettings {
        sends_per_address_per_hour: None,
        sends_per_prefix_per_hour: None,
        sends_per_country_per_hour: None,
        sends_per_application_per_hour: None,
        failed_checks_per_address_per_hour: None,
        failed_checks_per_application_per_hour: None,
        ..config.shared_limits.clone()
    };
}

/// The same in the configuration file.
pub(crate) const FOR_CROWDS: &str = "[shared_limits]
sends_per_address_per_hour = 0
sends_per_prefix_per_hour = 0
sends_per_country_per_hour = 0
sends_per_application_per_hour = 0
failed_checks_per_address_per_hour = 0
failed_checks_per_application_per_hour = 0
";

/// The simulator's starting account, as `wa-setup` would write it.
pub(crate) fn account_file() -> Value {
    json!({
        "waba_id": graph_simulator::WABA_ID,
        "access_token": graph_simulator::TOKEN,
        "phone_number_id": graph_simulator::PHONE_NUMBER_ID,
        "template_id": graph_simulator::TEMPLATE_ID,
    })
}
