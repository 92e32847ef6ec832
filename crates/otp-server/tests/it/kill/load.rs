//! A person with a phone: asks for a code, guesses wrong, hands the code in; and remembers which
//! answers came and which were still due when the server died.

use graph_simulator::Simulator;

use crate::app::wrong;
use crate::process::{Connection, Reply, get, post};

/// What the person has been told, and so what must hold for ever.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) phone: String,
    plan: Plan,
    /// The send was answered with 200.
    is_sent: bool,
    /// Wrong guesses that were answered.
    wrong_told: u8,
    /// One more wrong guess was under way.
    wrong_open: u8,
    /// The right code was accepted, or its answer was still due.
    approval: Approval,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Approval {
    NotTried,
    Open,
    Told,
}

/// How far the person goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Plan {
    Send,
    GuessWrong,
    HandIn,
    GuessWrongAndHandIn,
}

const PLANS: [Plan; 4] = [
    Plan::Send,
    Plan::GuessWrong,
    Plan::HandIn,
    Plan::GuessWrongAndHandIn,
];

impl Person {
    pub(super) fn new(number: usize) -> Self {
        Self {
            phone: format!("1415{number:07}"),
            plan: PLANS[number % PLANS.len()],
            is_sent: false,
            wrong_told: 0,
            wrong_open: 0,
            approval: Approval::NotTried,
        }
    }

    /// Follows the plan until the server dies; answers whether it still lives.
    pub(super) fn act(&mut self, connection: &mut Connection, simulator: &Simulator) -> bool {
        let Some(reply) = self.ask(connection) else {
            return false;
        };
        reply.is(200, "");
        self.is_sent = true;
        let code = simulator
            .last_code(&self.phone)
            .expect("a 200 means that it was sent");
        if matches!(self.plan, Plan::GuessWrong | Plan::GuessWrongAndHandIn) {
            self.wrong_open = 1;
            let Some(reply) = self.hand_in(connection, &wrong(&code)) else {
                return false;
            };
            reply.is(401, "Incorrect code. 2 attempt(s) remaining.");
            (self.wrong_open, self.wrong_told) = (0, 1);
        }
        if matches!(self.plan, Plan::HandIn | Plan::GuessWrongAndHandIn) {
            self.approval = Approval::Open;
            let Some(reply) = self.hand_in(connection, &code) else {
                return false;
            };
            reply.is(200, "");
            self.approval = Approval::Told;
        }
        true
    }

    /// After the restart: does everything that the person was told still hold?
    pub(super) fn verify(&self, connection: &mut Connection, simulator: &Simulator) {
        let messages = simulator.messages(&self.phone);
        assert!(messages.len() <= 2, "{} messages: {self:?}", messages.len());
        let Some(code) = simulator.last_code(&self.phone) else {
            assert!(!self.is_sent, "{self:?}");
            return;
        };
        let same = messages
            .iter()
            .all(|message| message.code.as_ref() == Some(&code));
        assert!(same, "a second code under the same request: {self:?}");
        if self.approval == Approval::NotTried {
            self.attempts_are_counted(connection, &code);
        }
        let reply = self.hand_in(connection, &code).expect("the server lives");
        let used = (404, format!("No active code for phone # {}", self.phone));
        let right = (200, String::new());
        let found = (reply.status, reply.text);
        match self.approval {
            Approval::NotTried => assert_eq!(found, right, "lost: {self:?}"),
            Approval::Told => assert_eq!(found, used, "used twice: {self:?}"),
            Approval::Open => assert!(found == right || found == used, "{found:?}: {self:?}"),
        }
        let again = self.hand_in(connection, &code).expect("the server lives");
        assert_eq!((again.status, again.text), used, "used twice: {self:?}");
    }

    /// An attempt that was told is gone for good; one under way may be gone.
    fn attempts_are_counted(&self, connection: &mut Connection, code: &str) {
        let reply = self
            .hand_in(connection, &wrong(code))
            .expect("the server lives");
        let left = |spent: u8| format!("Incorrect code. {} attempt(s) remaining.", 2 - spent);
        let allowed = [
            left(self.wrong_told),
            left(self.wrong_told + self.wrong_open),
        ];
        assert!(allowed.contains(&reply.text), "{} for {self:?}", reply.text);
    }

    fn ask(&self, connection: &mut Connection) -> Option<Reply> {
        connection
            .ask(get(&format!("/otp/{}", self.phone)).as_bytes())
            .ok()
    }

    fn hand_in(&self, connection: &mut Connection, code: &str) -> Option<Reply> {
        let body = format!(r#"{{"code":"{code}"}}"#);
        let request = post(&format!("/otp/{}", self.phone), &body);
        connection.ask(request.as_bytes()).ok()
    }
}
