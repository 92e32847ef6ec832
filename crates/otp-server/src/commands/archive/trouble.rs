//! Why a file cannot be imported, and what to do.

use std::io;

use otp_core::RecordError;

use super::FORMAT;

/// Nothing was written when this is found at the first reading.
#[derive(Debug, thiserror::Error)]
pub(in super::super) enum ArchiveError {
    #[error("it cannot be read: {0}\nhint: check the path and its owner")]
    Unreadable(#[from] io::Error),
    #[error(
        "its first line is not the head of an export\nhint: name a file that `otp-server export` wrote"
    )]
    Foreign,
    #[error(
        "it has format {0}, and this otp-server reads up to format {FORMAT}: a newer otp-server wrote this\n\
         hint: import it with that version"
    )]
    NewerFormat(u32),
    #[error(
        "line {line} is of a kind that this otp-server does not know, {kind:?}: a newer otp-server wrote this\n\
         hint: import it with that version"
    )]
    NewerKind { line: u64, kind: String },
    #[error("line {line}: {source}\nhint: {}", hint_for(source))]
    Record { line: u64, source: RecordError },
    #[error(
        "line {line} is malformed: {what}\nhint: the file was damaged or changed: copy it again, or export anew"
    )]
    Malformed { line: u64, what: String },
    #[error(
        "it ends after line {after} without an end: it was cut off\nhint: copy it again, or export anew"
    )]
    CutOff { after: u64 },
    #[error(
        "its end speaks of {said} records, and there are {found}\nhint: the file was damaged or changed: copy it \
         again, or export anew"
    )]
    Incomplete { said: u64, found: u64 },
}

fn hint_for(error: &RecordError) -> &'static str {
    match error {
        RecordError::NewerFormat(_) => "a newer otp-server wrote this: import it with that version",
        RecordError::Damaged => "the file was damaged or changed: copy it again, or export anew",
    }
}
