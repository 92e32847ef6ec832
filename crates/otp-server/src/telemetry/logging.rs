//! Logs: one event, one line, on standard error, written by a thread of its own.

use std::{io, sync::OnceLock};

use tracing::Subscriber;
use tracing_subscriber::{
    EnvFilter, Layer,
    fmt::{self, MakeWriter},
    layer::SubscriberExt as _,
    registry::LookupSpan,
    util::SubscriberInitExt as _,
};

use super::log_buffer::{LogBuffer, LogThread};
use super::one_line::OneLine;
use crate::config::{LogFormat, LogSettings};

/// Whose levels a bare `debug` or `trace` raises. Everything else stays at `warn` unless it is named:
/// an HTTP library at `trace` prints headers, and headers hold tokens.
const OURS: [&str; 3] = ["otp_server", "otp_core", "whatsapp_cloud"];

/// Speaks of every port scan as an error of ours. What it answers is counted and limited elsewhere.
const NOISE: &str = "actix_http";

static BUFFER: OnceLock<LogBuffer> = OnceLock::new();

/// Writes out what still waits when it is dropped. Keep it until the end of `main`.
#[must_use = "logging stops when this is dropped"]
#[derive(Debug)]
pub struct LogGuard {
    _thread: LogThread,
}

/// Why logging could not be started.
#[derive(Debug, thiserror::Error)]
pub enum LoggingError {
    /// The filter is not one; a loaded configuration never has such a filter.
    #[error("the log filter does not parse")]
    Filter(#[from] tracing_subscriber::filter::ParseError),
    /// The system gives no thread for it.
    #[error("no thread for the log")]
    Thread(#[from] io::Error),
    /// Someone else logs already in this process.
    #[error("logging was started before")]
    Started(#[from] tracing_subscriber::util::TryInitError),
}

/// Starts logging for the whole process. Call once, from `main`; tests do without.
pub fn init_logging(settings: &LogSettings) -> Result<LogGuard, LoggingError> {
    let buffer = LogBuffer::default();
    subscriber(settings, buffer.clone())?.try_init()?;
    let thread = buffer.start(io::stderr())?;
    // Only the first to start gets here.
    let _ = BUFFER.set(buffer);
    Ok(LogGuard { _thread: thread })
}

/// Lines lost since the start because standard error was too slow.
pub(super) fn dropped_lines() -> u64 {
    BUFFER.get().map_or(0, LogBuffer::dropped_lines)
}

fn subscriber<W>(
    settings: &LogSettings,
    writer: W,
) -> Result<impl Subscriber + Send + Sync, tracing_subscriber::filter::ParseError>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let filter = EnvFilter::builder().parse(with_quiet_libraries(&settings.filter))?;
    let lines = lines(settings.format, OneLine(writer));
    Ok(tracing_subscriber::registry().with(lines).with(filter))
}

fn lines<S, W>(format: LogFormat, writer: W) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let layer = fmt::layer().with_writer(writer).with_ansi(false);
    match format {
        LogFormat::Human => layer.boxed(),
        LogFormat::Json => layer.json().flatten_event(true).boxed(),
    }
}

/// A bare level speaks of our own crates; libraries keep to `warn`, or less; the one that is noise
/// is heard when it is named.
fn with_quiet_libraries(filter: &str) -> String {
    let directives = filter.split(',').map(|directive| {
        let level = directive.to_ascii_lowercase();
        match level.as_str() {
            "info" | "debug" | "trace" => {
                let ours = OURS.map(|target| format!("{target}={level}"));
                format!("warn,{}", ours.join(","))
            }
            _ => directive.to_owned(),
        }
    });
    let directives = directives.collect::<Vec<_>>().join(",");
    if directives.contains(NOISE) {
        return directives;
    }
    format!("{directives},{NOISE}=off")
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tracing::{debug, error, info, trace, warn};

    use super::*;

    const HOSTILE: &str = "x\r\nERROR forged\u{1b}[2J\0\u{9b}31m\u{2028}\t";

    #[test]
    fn hostile_text_stays_on_one_line_for_people() {
        let text = logged(LogFormat::Human, "info", || {
            info!(target: "otp_server", phone = HOSTILE, other = %HOSTILE, "said {HOSTILE}");
            info!(target: "otp_server", "second");
        });
        assert_eq!(text.lines().count(), 2, "{text:?}");
        assert!(
            !text.trim_end().replace('\n', "").contains(char::is_control),
            "{text:?}"
        );
        assert!(!text.contains('\u{2028}'), "{text:?}");
        assert!(
            text.contains(r"forged\u001b[2J") || text.contains(r"forged\x1b[2J"),
            "{text:?}"
        );
    }

    #[test]
    fn hostile_text_stays_inside_its_json_field() {
        let long = format!("{HOSTILE}{}", "y".repeat(10_000));
        let text = logged(LogFormat::Json, "info", || {
            info!(target: "otp_server", phone = HOSTILE, other = %long, "said {HOSTILE}");
        });
        assert_eq!(text.lines().count(), 1, "{text:?}");
        let line: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(line["phone"], HOSTILE);
        assert_eq!(line["other"], long.as_str());
        assert_eq!(line["level"], "INFO");
    }

    #[test]
    fn a_bare_level_speaks_of_our_own_crates_only() {
        let text = logged(LogFormat::Human, "trace", || {
            trace!(target: "otp_server::http", "ours");
            trace!(target: "awc::client", "a header");
            info!(target: "actix_server::builder", "starting");
            debug!(target: "some_library", "chatter");
            warn!(target: "awc::client", "library warning");
        });
        let messages: Vec<_> = text
            .lines()
            .filter_map(|line| line.rsplit(": ").next())
            .collect();
        assert_eq!(messages, ["ours", "library warning"]);
    }

    #[test]
    fn a_named_module_wins_over_the_bare_level() {
        let text = logged(LogFormat::Human, "info,otp_server=error,awc=debug", || {
            info!(target: "otp_server", "not this");
            error!(target: "otp_server", "this");
            info!(target: "otp_core", "this too");
            debug!(target: "awc", "and this");
        });
        assert_eq!(text.lines().count(), 3, "{text}");
    }

    #[test]
    fn off_is_silent() {
        assert_eq!(
            logged(
                LogFormat::Human,
                "off",
                || error!(target: "otp_server", "no")
            ),
            ""
        );
    }

    #[test]
    fn logging_starts_once() {
        let settings = LogSettings {
            format: LogFormat::Json,
            filter: "off".to_owned(),
        };
        let first = init_logging(&settings);
        assert!(first.is_ok());
        assert!(matches!(
            init_logging(&settings),
            Err(LoggingError::Started(_))
        ));
    }

    /// What `act` logs under these settings.
    fn logged(format: LogFormat, filter: &str, act: impl FnOnce()) -> String {
        let lines = Lines::default();
        let writer = lines.clone();
        let settings = LogSettings {
            format,
            filter: filter.to_owned(),
        };
        let subscriber = subscriber(&settings, move || writer.clone()).unwrap();
        tracing::subscriber::with_default(subscriber, act);
        let bytes = lines.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
}
