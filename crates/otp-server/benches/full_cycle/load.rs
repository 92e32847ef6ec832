//! The load generator: so many clients, each with its next operation as soon as the last is
//! answered, all on the calling thread.

use std::net::SocketAddr;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use graph_simulator::{Simulator, SimulatorConfig};
use otp_server::clock::Stopwatch;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;

use crate::wire::{Answer, Connection};

/// How an answer to a wrong check begins that was compared, and left the code alive.
const COMPARED: &[u8] = b"Incorrect code. ";

/// Operations to carry out.
#[derive(Debug)]
pub(crate) enum Work {
    /// Send a code to each phone, then check the true one.
    Cycles(Range<u64>),
    /// Send a code to each phone.
    Sends(Range<u64>),
    /// Hand in wrong codes that the server compares.
    WrongChecks(Vec<Guess>),
    /// Hand in true codes.
    TrueChecks(Vec<Guess>),
}

/// A code to hand in for a phone.
#[derive(Clone, Debug)]
pub(crate) struct Guess {
    phone: u64,
    code: String,
}

/// How long it took.
#[derive(Debug)]
pub(crate) struct Timing {
    pub(crate) operations: u64,
    pub(crate) elapsed: Duration,
    /// Of each operation, in microseconds, shortest first.
    pub(crate) latencies_us: Vec<u32>,
}

/// Generates load; holds the simulator that the codes arrive at.
pub(crate) struct Generator {
    runtime: Runtime,
    simulator: Arc<Simulator>,
}

impl Generator {
    pub(crate) fn new() -> Result<Self> {
        let runtime = Builder::new_current_thread().enable_io().build()?;
        let simulator =
            Simulator::start(SimulatorConfig::default()).context("cannot start the simulator")?;
        Ok(Self {
            runtime,
            simulator: Arc::new(simulator),
        })
    }

    /// Where the simulator is.
    pub(crate) fn graph_url(&self) -> String {
        self.simulator.url()
    }

    /// Lets the simulator forget its messages.
    pub(crate) fn forget(&self) {
        self.simulator.reset();
    }

    /// Carries out the work at these servers. Fails at the first unexpected answer.
    pub(crate) fn run(
        &self,
        addresses: &[SocketAddr],
        work: Work,
        connections: u16,
    ) -> Result<Timing> {
        self.runtime.block_on(async {
            let mut open = Vec::new();
            for number in 0..connections {
                open.push(Client::open(addresses, number.into()).await?);
            }
            let order = Arc::new(Order {
                simulator: Arc::clone(&self.simulator),
                work,
                next: AtomicU64::new(0),
            });
            let stopwatch = Stopwatch::start();
            let mut clients = JoinSet::new();
            for client in open {
                clients.spawn(Arc::clone(&order).carry_out(client));
            }
            let mut latencies_us = Vec::new();
            while let Some(latencies) = clients.join_next().await {
                latencies_us.extend(latencies??);
            }
            let elapsed = stopwatch.elapsed();
            latencies_us.sort_unstable();
            Ok(Timing {
                operations: order.work.operations(),
                elapsed,
                latencies_us,
            })
        })
    }

    /// What the phones were sent, made wrong in the last digit: to be handed in that often.
    pub(crate) fn wrong_guesses(&self, phones: Range<u64>, times: usize) -> Result<Vec<Guess>> {
        let mut guesses = self.true_guesses(phones)?;
        for guess in &mut guesses {
            let last = guess.code.pop().context("an empty code was sent")?;
            guess
                .code
                .push(if last == '9' { '0' } else { next_digit(last) });
        }
        // One after the other, so that no two guesses at one phone are under way at once.
        let all = guesses.len() * times;
        Ok(guesses.into_iter().cycle().take(all).collect())
    }

    /// What the phones were sent.
    pub(crate) fn true_guesses(&self, phones: Range<u64>) -> Result<Vec<Guess>> {
        let guess = |phone| {
            let code = sent_code(&self.simulator, phone)?;
            Ok(Guess { phone, code })
        };
        phones.map(guess).collect()
    }
}

/// Whoever asks for one thing at a time, and comes to another server with each request, as behind a
/// balancer. So a code is checked where it was not sent.
struct Client {
    connections: Vec<Connection>,
    turn: usize,
}

impl Client {
    /// With a connection to each server. One client's first request goes to the one, the next one's
    /// to the other.
    async fn open(addresses: &[SocketAddr], turn: usize) -> Result<Self> {
        let mut connections = Vec::new();
        for address in addresses {
            connections.push(Connection::open(*address).await?);
        }
        Ok(Self { connections, turn })
    }

    fn next(&mut self) -> &mut Connection {
        let count = self.connections.len();
        self.turn += 1;
        &mut self.connections[self.turn % count]
    }
}

/// Work that several clients share.
struct Order {
    simulator: Arc<Simulator>,
    work: Work,
    next: AtomicU64,
}

impl Order {
    /// Takes one operation after the other until none is left. Answers with their latencies.
    async fn carry_out(self: Arc<Self>, mut client: Client) -> Result<Vec<u32>> {
        let mut latencies_us = Vec::new();
        loop {
            let index = self.next.fetch_add(1, Ordering::Relaxed);
            if index >= self.work.operations() {
                return Ok(latencies_us);
            }
            let stopwatch = Stopwatch::start();
            self.operate(index, &mut client).await?;
            latencies_us.push(u32::try_from(stopwatch.elapsed().as_micros())?);
        }
    }

    async fn operate(&self, index: u64, client: &mut Client) -> Result<()> {
        let at = usize::try_from(index)?;
        match &self.work {
            Work::Cycles(phones) => {
                let phone = phones.start + index;
                expect(200, &client.next().send_code(phone).await?)?;
                let code = sent_code(&self.simulator, phone)?;
                expect(200, &client.next().check_code(phone, &code).await?)
            }
            Work::Sends(phones) => {
                expect(200, &client.next().send_code(phones.start + index).await?)
            }
            Work::TrueChecks(guesses) => {
                let Guess { phone, code } = &guesses[at];
                expect(200, &client.next().check_code(*phone, code).await?)
            }
            Work::WrongChecks(guesses) => {
                let Guess { phone, code } = &guesses[at];
                let answer = client.next().check_code(*phone, code).await?;
                expect(401, &answer)?;
                ensure!(
                    answer.body.starts_with(COMPARED),
                    "a guess was not compared: {}",
                    text(&answer)
                );
                Ok(())
            }
        }
    }
}

impl Work {
    fn operations(&self) -> u64 {
        match self {
            Self::Cycles(phones) | Self::Sends(phones) => phones.end - phones.start,
            Self::WrongChecks(guesses) | Self::TrueChecks(guesses) => guesses.len() as u64,
        }
    }
}

fn sent_code(simulator: &Simulator, phone: u64) -> Result<String> {
    simulator
        .last_code(&phone.to_string())
        .with_context(|| format!("no code was sent to {phone}"))
}

fn next_digit(digit: char) -> char {
    char::from_u32(u32::from(digit) + 1).unwrap_or('0')
}

fn expect(status: u16, answer: &Answer<'_>) -> Result<()> {
    if answer.status == status {
        return Ok(());
    }
    bail!(
        "{status} was expected, not {} {}",
        answer.status,
        text(answer)
    )
}

fn text<'a>(answer: &Answer<'a>) -> std::borrow::Cow<'a, str> {
    String::from_utf8_lossy(answer.body)
}
