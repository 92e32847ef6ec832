//! Servers of one installation, the providers that they call, and how an application and Meta
//! speak to them.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use graph_simulator::{Receipts, SimulatorConfig, TwilioConfig};
use serde_json::{Value, json};

use super::witness::{Moment, Witness};
use crate::app::FOR_CROWDS;
use crate::process::{Connection, PATIENCE, Place, Program, Reply, eventually};
use crate::redis_process::RedisProcess;
use crate::webhooks::{receipts, signature};

/// The shortest wait that a step may have.
pub(super) const WAIT: Duration = Duration::from_secs(5);
/// Of a call to a provider.
pub(super) const DEADLINE: Duration = Duration::from_secs(1);
/// 32 bytes in base64; all servers of one installation share them.
const SECRET: &str = "dGhlIHNhbWUgbWFzdGVyIHNlY3JldCBmb3IgdGhlbSE=";
const ACCOUNT: &str = "AC0123456789abcdef0123456789abcdef";
const TOKEN: &str = "0123456789abcdef";

/// WhatsApp first, a text message where it is not delivered in time.
pub(super) const WHATSAPP_THEN_SMS: &str =
    r#"[{ channel = "whatsapp", wait_seconds = 5, until = "delivered" }, "twilio_sms"]"#;

/// See the module.
pub(crate) struct Scene {
    programs: Vec<Mutex<Option<Program>>>,
    redis: Option<Mutex<RedisProcess>>,
    pub(crate) place: Place,
    pub(crate) witness: Arc<Witness>,
    key: String,
}

/// The providers, which tell nothing by themselves.
fn providers() -> SimulatorConfig {
    SimulatorConfig {
        receipts: Receipts::Manual,
        twilio: Some(TwilioConfig {
            account_sid: ACCOUNT.to_owned(),
            auth_token: TOKEN.to_owned(),
            api_key: "SK0123456789abcdef0123456789abcdef".to_owned(),
            api_key_secret: "secret".to_owned(),
        }),
        ..SimulatorConfig::default()
    }
}

impl Scene {
    /// One server with a store of its own.
    pub(crate) fn with_embedded_store(workflow: &str, deadline: Duration) -> Self {
        Self::set("", workflow, deadline, 1)
    }

    /// Servers that share a Redis which keeps whatever it acknowledged.
    pub(crate) fn with_redis(workflow: &str, deadline: Duration, servers: usize) -> Self {
        let redis = RedisProcess::start_durable();
        let store = format!("[store]\nkind = \"{}\"\n", redis.url());
        let mut scene = Self::set(&store, workflow, deadline, servers);
        scene.redis = Some(Mutex::new(redis));
        scene
    }

    fn set(store: &str, workflow: &str, deadline: Duration, servers: usize) -> Self {
        let place = Place::beside(providers());
        let (connect, deadline) = (1, deadline.as_secs());
        let configuration = format!(
            r#"
            code_lifetime_minutes = 10

            [applications.default]
            workflow = {workflow}

            [graph]
            app_secret = "simulator-app-secret"
            connect_timeout_seconds = {connect}
            deadline_seconds = {deadline}

            [twilio]
            account_sid = "{ACCOUNT}"
            auth_token = "{TOKEN}"
            from = "+15017122661"
            url = "{twilio}"
            connect_timeout_seconds = {connect}
            deadline_seconds = {deadline}

            [log]
            filter = "error"

            {FOR_CROWDS}
            {store}
            "#,
            twilio = place.simulator.url(),
        );
        place.write("otp-server.toml", configuration);
        place.write("secret", SECRET);
        let only_ours = Permissions::from_mode(0o600);
        fs::set_permissions(place.path().join("secret"), only_ours).expect("a mode can be set");
        let witness = Witness::of(&place.simulator);
        let mut scene = Self {
            programs: (0..servers).map(|_| Mutex::default()).collect(),
            redis: None,
            place,
            witness,
            key: String::new(),
        };
        scene.key = scene.make_key();
        for index in 0..servers {
            scene.start(index);
        }
        scene
    }

    fn make_key(&self) -> String {
        let scopes = ["key", "create", "--scope", "start,check,read"];
        let made = Program::spawn(self.command(0, &scopes)).wait();
        assert_eq!(made.code, Some(0), "{}", made.err);
        made.out.trim().to_owned()
    }

    fn command(&self, index: usize, more: &[&str]) -> Command {
        let data_dir = format!("data-{index}");
        let mut arguments = vec!["--data-dir", &data_dir, "--secret-file", "secret"];
        arguments.extend(more);
        self.place.command(&arguments)
    }

    pub(crate) fn servers(&self) -> usize {
        self.programs.len()
    }

    /// Starts a server that does not run, and returns when it answers.
    pub(crate) fn start(&self, index: usize) {
        self.start_as(index, |_| {});
    }

    /// The same, in an environment of the test's own.
    pub(crate) fn start_as(&self, index: usize, change: impl FnOnce(&mut Command)) {
        let mut command = self.command(index, &[]);
        change(&mut command);
        let program = Program::start(command);
        assert_eq!(program.get("/livez").status, 200);
        *self.standing(index) = Some(program);
    }

    /// `kill -9`.
    pub(crate) fn kill(&self, index: usize) {
        let program = self.standing(index).take();
        let ended = program.expect("it runs").kill();
        assert!(!ended.err.contains("panicked"), "{}", ended.err);
    }

    /// The Redis that its servers share.
    pub(crate) fn redis(&self) -> MutexGuard<'_, RedisProcess> {
        let redis = self.redis.as_ref().expect("it is on redis").lock();
        redis.unwrap_or_else(PoisonError::into_inner)
    }

    fn standing(&self, index: usize) -> MutexGuard<'_, Option<Program>> {
        let program = self.programs[index].lock();
        program.unwrap_or_else(PoisonError::into_inner)
    }

    /// A connection to a server that runs.
    pub(crate) fn connect(&self, index: usize) -> Connection {
        let standing = self.standing(index);
        standing.as_ref().expect("it runs").connect()
    }

    pub(crate) fn process_id(&self, index: usize) -> u32 {
        self.standing(index).as_ref().expect("it runs").id()
    }

    /// Waits until so much time has passed since the scene was set.
    pub(crate) fn wait_until(&self, moment: Moment) {
        let left = moment.saturating_sub(self.witness.now());
        eventually("time passes", left + PATIENCE, || {
            (self.witness.now() >= moment).then_some(())
        });
    }

    /// Asks for a code, whatever the answer is.
    pub(crate) fn ask_for_code(&self, connection: &mut Connection, phone: &str) -> Reply {
        let body = json!({ "to": phone });
        self.call(connection, "POST", "/v1/verifications", Some(&body))
    }

    /// Asks for a code; answers with the verification's id.
    pub(crate) fn begin(&self, connection: &mut Connection, phone: &str) -> String {
        let reply = self.ask_for_code(connection, phone);
        assert_eq!(reply.status, 201, "{}", reply.text);
        let told: Value = serde_json::from_str(&reply.text).expect("JSON");
        told["id"].as_str().expect("an id").to_owned()
    }

    /// Hands a code in, whatever the answer is.
    pub(crate) fn hand_in(&self, connection: &mut Connection, id: &str, code: &str) -> Reply {
        let path = format!("/v1/verifications/{id}/check");
        self.call(connection, "POST", &path, Some(&json!({ "code": code })))
    }

    /// Hands a code in; answers whether it was the right one.
    pub(crate) fn is_right(&self, connection: &mut Connection, id: &str, code: &str) -> bool {
        let reply = self.hand_in(connection, id, code);
        assert_eq!(reply.status, 200, "{}", reply.text);
        let told: Value = serde_json::from_str(&reply.text).expect("JSON");
        told["valid"].as_bool().expect("a word")
    }

    /// The verification as an application is shown it.
    pub(crate) fn look_at(&self, connection: &mut Connection, id: &str) -> Value {
        let reply = self.call(connection, "GET", &format!("/v1/verifications/{id}"), None);
        assert_eq!(reply.status, 200, "{}", reply.text);
        serde_json::from_str(&reply.text).expect("JSON")
    }

    fn call(
        &self,
        connection: &mut Connection,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> Reply {
        let head = format!("X-API-Key: {}\r\n", self.key);
        let body = body.map(Value::to_string).unwrap_or_default();
        let reply = connection.ask(request(method, path, &head, &body).as_bytes());
        reply.expect("the server answers")
    }
}

/// A request with a JSON body, to be kept alive.
pub(crate) fn request(method: &str, path: &str, head: &str, body: &str) -> String {
    format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{head}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// Meta says that the first message of this verification got so far, step by step.
pub(crate) fn tell(connection: &mut Connection, id: &str, statuses: &[&str]) {
    let body = receipts(id, statuses).to_string();
    let head = format!("X-Hub-Signature-256: {}\r\n", signature(&body));
    let reply = connection.ask(request("POST", "/webhooks/whatsapp", &head, &body).as_bytes());
    assert_eq!(reply.expect("an answer").status, 200);
}
