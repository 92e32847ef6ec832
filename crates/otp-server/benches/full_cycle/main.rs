//! How fast is the server, beside the fastest that this machine allows? One table with ratios.
//!
//! `cargo bench -p otp-server --bench full_cycle [-- [--quick] [--store embedded|redis]]` measures,
//! over loopback:
//!
//! - **full cycles** (send a code, check the true one), **sends**, and **wrong checks**, at 64
//!   connections and, on the embedded store, at 16;
//! - the time from the start of the process to its "listening" line and to the first answer on
//!   `/livez`, with an empty store and with many live codes, and the memory that these take.
//!
//! # What is compared
//!
//! Processes of this build. *This one* generates the load on one thread, and runs the simulator
//! that stands in for Meta's API on another. *The server* is the real `otp-server` program: two
//! workers, the default limits (those that many phones share count, and are too high to refuse),
//! the default log into `/dev/null`; with the embedded store, on a data directory beside the build (so on the same disk) with `fsync`; with Redis, one server or
//! two on a `redis-server` of the run's own, which appends to its file beside the build and syncs
//! it every second or before each answer. *The ceiling* is a bare actix-web server with two
//! workers: one handler makes one call of the server's size to the simulator with `awc`, the other
//! parses the body of a check. It decides, keeps, limits and logs nothing.
//!
//! Server and ceiling get the same bytes from the same generator over as many kept connections,
//! take turns round by round on one machine, and must answer alike. So the ratio says what
//! everything beyond HTTP costs; it is the median of the rounds' own ratios. With two servers, each
//! client asks them in turn, so that a code is checked where it was not sent.
//!
//! What Redis is used for has a ceiling too: in the same turn and on the same Redis,
//! `redis-benchmark` runs the server's own commit script, from as many connections. Beside it stand
//! the commits that the servers made: three in a full cycle (the send, the note that it was
//! delivered, the check), two in a send, one in a wrong check.
//!
//! # What one operation is
//!
//! Every send goes to a phone that had none before, as limits are counted per phone. The true code
//! is read out of the simulator's memory. A wrong check is one that the server really compares and
//! counts: two for each code, as the third would end it. Any unexpected answer ends the run.

mod arguments;
mod ceiling;
mod figures;
mod growth;
mod lineup;
mod load;
mod machine;
mod phones;
mod program;
mod redis;
mod speed;
mod table;
mod wire;

use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

use self::arguments::{Arguments, StoreKind};
use self::load::Generator;
use self::phones::Phones;

/// What all measurements share.
struct Bench {
    arguments: Arguments,
    /// Those wanted that are there.
    stores: Vec<StoreKind>,
    generator: Generator,
    phones: Phones,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let run = match &arguments.ceiling {
        Some(graph_url) => ceiling::serve(graph_url),
        None => measure(arguments),
    };
    match run {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn measure(arguments: Arguments) -> Result<()> {
    if !arguments.is_benchmark() {
        say("this measures optimised builds only: cargo bench -p otp-server --bench full_cycle");
        return Ok(());
    }
    let mut stores = arguments.stores();
    if stores.contains(&StoreKind::Redis)
        && let Some(missing) = redis::missing()
    {
        say(&missing);
        stores.retain(|store| *store != StoreKind::Redis);
    }
    let mut bench = Bench {
        arguments,
        stores,
        generator: Generator::new()?,
        phones: Phones::default(),
    };
    let fsync = machine::fsync_ms()?;
    let speeds = speed::measure(&mut bench)?;
    let sizes = growth::measure(&mut bench)?;
    let mut out = io::stdout().lock();
    table::conditions(&mut out, &bench, fsync)?;
    table::speeds(&mut out, &speeds)?;
    table::commits(&mut out, &speeds)?;
    for (store, sizes) in &sizes {
        table::sizes(&mut out, *store, sizes)?;
    }
    Ok(())
}

/// Progress and errors go to standard error; the table alone to standard output.
fn say(line: &str) {
    // There is nobody left to tell when standard error is gone.
    let _ = writeln!(io::stderr(), "{line}");
}
