//! The handle of a running simulator.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;

use serde_json::{Map, Value};

use crate::config::SimulatorConfig;
use crate::fault::Fault;
use crate::phone;
use crate::sent::{Addressee, SentMessage, VonageChannel};
use crate::server::{self, Running};
use crate::vonage;
use crate::webhook::{self, Status, events};
use crate::world::World;

/// A running simulator; dropping it stops it.
///
/// It runs on threads of its own, so it serves a test that blocks as well as one that does not.
pub struct Simulator {
    world: Arc<World>,
    address: SocketAddr,
    running: Option<Running>,
    thread: Option<JoinHandle<io::Result<()>>>,
}

impl Simulator {
    /// Starts a simulator and returns when it listens.
    ///
    /// # Errors
    /// The address cannot be bound, or a thread cannot be started.
    pub fn start(config: SimulatorConfig) -> io::Result<Simulator> {
        server::start(config)
    }

    pub(crate) fn assemble(
        world: Arc<World>,
        address: SocketAddr,
        running: Running,
        thread: JoinHandle<io::Result<()>>,
    ) -> Simulator {
        Simulator {
            world,
            address,
            running: Some(running),
            thread: Some(thread),
        }
    }

    /// Where to reach it: `http://127.0.0.1:PORT`, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The address it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The remembered messages to a phone number in any spelling, newest last.
    #[must_use]
    pub fn messages(&self, to: &str) -> Vec<SentMessage> {
        self.world.sent.of(Addressee::of(&phone::digits(to)))
    }

    /// The newest code that was sent to a phone number in any spelling.
    #[must_use]
    pub fn last_code(&self, to: &str) -> Option<String> {
        self.world.sent.last_code(Addressee::of(&phone::digits(to)))
    }

    /// Messages accepted since the start or the last reset.
    #[must_use]
    pub fn message_count(&self) -> u64 {
        self.world.sent.accepted()
    }

    /// Graph calls received since the start or the last reset, good or bad.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.world.requests()
    }

    /// Webhooks that were given up: the queue was full, or every attempt failed.
    #[must_use]
    pub fn webhooks_lost(&self) -> u64 {
        self.world.webhooks.lost()
    }

    /// Lets the next matching calls go wrong.
    ///
    /// # Panics
    /// When ten thousand faults are waiting already.
    pub fn fault(&self, fault: Fault) {
        if let Err(reason) = self.world.faults.add(fault) {
            panic!("{reason}");
        }
    }

    /// Calls back for every accepted message, from a worker's thread: keep it short.
    pub fn on_message(&self, callback: impl Fn(&SentMessage) + Send + Sync + 'static) {
        self.world.watch(callback);
    }

    /// Sends a receipt for a message now, through its webhook.
    ///
    /// # Panics
    /// When the message is not remembered, or the status is not one of its vendor's.
    pub fn receipt(&self, message_id: &str, status: &str, code: Option<i64>) {
        let status: Status = status.parse().unwrap_or_else(|reason| panic!("{reason}"));
        let payload = webhook::receipt(&self.world, message_id, status, code);
        let payload = payload.unwrap_or_else(|| panic!("no message {message_id} is remembered"));
        self.world.webhooks.enqueue(payload);
    }

    /// A person writes: opens the service window and sends the webhook.
    pub fn inbound_text(&self, from: &str, text: &str) {
        let payload = events::inbound_text(&self.world, &phone::digits(from), text, None);
        self.world.webhooks.enqueue(payload);
    }

    /// A person writes over one of Vonage's channels.
    ///
    /// # Panics
    /// When no application at Vonage is configured.
    pub fn inbound_vonage(&self, channel: VonageChannel, from: &str, text: &str) {
        let payload = vonage::webhook::inbound(&self.world, channel, from, text);
        let payload = payload.unwrap_or_else(|| panic!("no application at Vonage"));
        self.world.webhooks.enqueue(payload);
    }

    /// A person taps a button of the message `context_id`.
    pub fn inbound_button(&self, from: &str, button_payload: &str, context_id: &str) {
        let from = phone::digits(from);
        let payload = events::inbound_button(&self.world, &from, button_payload, context_id);
        self.world.webhooks.enqueue(payload);
    }

    /// Gives a template another status (`PAUSED`, ...), and sends the webhook.
    ///
    /// # Panics
    /// When there is no such template.
    pub fn set_template_status(&self, id: &str, status: &str) {
        if let Err(reason) = self.world.set_template_status(id, status) {
            panic!("{reason}");
        }
    }

    /// Removes a template, as if somebody had deleted it in the `WhatsApp` Manager.
    ///
    /// # Panics
    /// When there is no such template.
    pub fn delete_template(&self, id: &str) {
        let removed = self.world.account_mut().templates.remove(id);
        assert!(removed.is_some(), "no template {id}");
    }

    /// Adds a template as `POST message_templates` takes it (`id` and `status` optional; approved
    /// by default), and returns its id.
    ///
    /// # Panics
    /// When Meta would refuse it.
    #[expect(
        clippy::must_use_candidate,
        reason = "the template is there whether its id is of use or not"
    )]
    pub fn add_template(&self, template: Value) -> String {
        self.world
            .add_template(template)
            .unwrap_or_else(|reason| panic!("{reason}"))
    }

    /// Adds one more language to a template, with this status, and returns the new id.
    ///
    /// # Panics
    /// When there is no such template, or the language is there already.
    #[expect(
        clippy::must_use_candidate,
        reason = "the template is there whether its id is of use or not"
    )]
    pub fn add_language(&self, template_name: &str, language: &str, status: &str) -> String {
        let added = self.world.add_language(template_name, language, status);
        added.unwrap_or_else(|reason| panic!("{reason}"))
    }

    /// Adds a connected, verified phone number.
    pub fn add_phone_number(&self, id: &str, display_phone_number: &str, verified_name: &str) {
        self.world
            .account_mut()
            .add_number(id, display_phone_number, verified_name);
    }

    /// Sets fields of the account or of a phone number, for example `{"status":"PENDING"}`.
    ///
    /// # Panics
    /// When there is no such object.
    pub fn amend(&self, id: &str, fields: Map<String, Value>) {
        let known = self.world.account_mut().amend(id, fields);
        assert!(known, "no account or phone number {id}");
    }

    /// Leaves the token only these scopes; what needs another one is refused.
    pub fn set_scopes(&self, scopes: &[&str]) {
        self.world.account_mut().token.scopes =
            scopes.iter().map(|&scope| scope.to_owned()).collect();
    }

    /// Lets the token end at this time (seconds since 1970); 0 is never.
    pub fn set_token_expiry(&self, expires_at: u64) {
        self.world.account_mut().token.expires_at = expires_at;
    }

    /// Forgets all: the starting account again, no messages, no faults.
    pub fn reset(&self) {
        self.world.reset();
    }

    /// Stops it and waits until its threads have ended.
    pub fn stop(mut self) {
        self.shut_down();
    }

    fn shut_down(&mut self) {
        if let Some(running) = self.running.take() {
            running.stop();
        }
        if let Some(thread) = self.thread.take() {
            // A panic there was reported by the thread itself.
            drop(thread.join());
        }
    }
}

impl fmt::Debug for Simulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Simulator")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.shut_down();
    }
}
