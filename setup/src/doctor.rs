//! `wa-setup doctor`: every check of an installation, in the order in which one rests on another.

mod examine;
pub mod judge;
mod report;
mod server;

use std::io::{self, IsTerminal, Write};

pub use report::{Check, Finding, Report, Verdict};

use crate::{cli::DoctorArgs, failure::Failure};

/// Runs every check, prints the report on stdout; a failed check is exit code 1.
pub async fn run(args: &DoctorArgs) -> Result<(), Failure> {
    let report = examine::installation(args).await?;
    let text = if args.json {
        report.to_json()
    } else {
        report.to_text(io::stdout().is_terminal() && console::colors_enabled())
    };
    writeln!(io::stdout(), "{text}").map_err(|cause| Failure::output(&cause))?;
    if report.has_failed() {
        Err(Failure::Reported)
    } else {
        Ok(())
    }
}
