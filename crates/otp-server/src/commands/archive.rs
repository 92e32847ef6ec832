//! An export's file: JSON, one object a line.
//!
//! A head, a line for each record, and an end that says how many there are, so that a file that was
//! cut off is noticed. A line is an object of one member, whose name says what kind of line it is;
//! a program that does not know a kind refuses the file. What changes the meaning of a kind that is
//! there already takes a new format number.

mod read;
mod trouble;
mod write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use otp_core::{Record, RecordError, RecordKey, Timestamp};
use serde::{Deserialize, Serialize};

pub(super) use self::read::Archive;
pub(super) use self::trouble::ArchiveError;
pub(super) use self::write::ArchiveWriter;

const FORMAT: u32 = 1;

/// The first line: whose records these are, and when they were taken out.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Head {
    format: u32,
    program: String,
    secret_check: String,
    exported_at_ms: u64,
    /// For whoever reads the file: an import does not care where records come from.
    store: String,
}

/// Every other line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Record(RecordLine),
    End(End),
}

/// The names of [`Line`]'s variants.
const KINDS: [&str; 2] = ["record", "end"];

/// All that an import needs is in the body, which has a format number of its own. The rest is for
/// whoever reads the file.
#[derive(Debug, Serialize, Deserialize)]
struct RecordLine {
    key: String,
    body: String,
    due_at_ms: Option<u64>,
    forget_at_ms: u64,
    live_codes: u32,
}

#[derive(Debug, Serialize, Deserialize)]
struct End {
    records: u64,
}

impl Head {
    pub(super) fn new(check_value: [u8; 16], exported_at: Timestamp, store: &str) -> Self {
        Self {
            format: FORMAT,
            program: env!("CARGO_PKG_NAME").to_owned(),
            secret_check: hex(check_value),
            exported_at_ms: exported_at.unix_ms(),
            store: store.to_owned(),
        }
    }

    /// Whether the records were made with the secret of this check value.
    pub(super) fn is_of(&self, check_value: [u8; 16]) -> bool {
        bytes_of(&self.secret_check) == Some(check_value)
    }

    pub(super) fn exported_at(&self) -> Timestamp {
        Timestamp::from_unix_ms(self.exported_at_ms)
    }
}

impl RecordLine {
    fn new(key: RecordKey, record: &Record) -> Self {
        Self {
            key: hex(key.bytes()),
            body: STANDARD.encode(record.encode()),
            due_at_ms: record.due_at().map(Timestamp::unix_ms),
            forget_at_ms: record.forget_at().unix_ms(),
            live_codes: record.live_codes(),
        }
    }

    fn key(&self) -> Option<RecordKey> {
        bytes_of(&self.key).map(RecordKey::from_bytes)
    }

    fn record(&self) -> Result<Record, RecordError> {
        let body = STANDARD
            .decode(&self.body)
            .map_err(|_| RecordError::Damaged)?;
        Record::decode(&body)
    }
}

fn hex(bytes: [u8; 16]) -> String {
    format!("{:032x}", u128::from_be_bytes(bytes))
}

fn bytes_of(hex: &str) -> Option<[u8; 16]> {
    let is_hex = hex.len() == 32 && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    let number = is_hex.then(|| u128::from_str_radix(hex, 16).ok())??;
    Some(number.to_be_bytes())
}
