//! Reading an export's lines, and refusing what is not whole or not understood.

use std::io::{BufRead, Read};

use otp_core::{Record, RecordKey};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{ArchiveError, FORMAT, Head, KINDS, Line};

/// No record comes near it, and no file makes us hold more.
const LINE_BYTES_MAX: u64 = 1 << 20;

/// A file that is being read: its records, in their order. It ends after the first error.
#[derive(Debug)]
pub(in super::super) struct Archive<R> {
    lines: R,
    head: Head,
    /// Of the line read last, from 1 on.
    line: u64,
    records: u64,
    is_over: bool,
}

impl<R: BufRead> Archive<R> {
    pub(in super::super) fn open(mut lines: R) -> Result<Self, ArchiveError> {
        let first = read_line(&mut lines, 1)?.unwrap_or_default();
        // A newer head may have other members, but it says its number.
        let format = serde_json::from_slice::<Value>(&first)
            .ok()
            .and_then(|head| head.get("format")?.as_u64())
            .ok_or(ArchiveError::Foreign)?;
        match u32::try_from(format).unwrap_or(u32::MAX) {
            FORMAT => {}
            newer if newer > FORMAT => return Err(ArchiveError::NewerFormat(newer)),
            _ => return Err(ArchiveError::Foreign),
        }
        Ok(Self {
            head: parse(&first, 1)?,
            lines,
            line: 1,
            records: 0,
            is_over: false,
        })
    }

    pub(in super::super) fn head(&self) -> &Head {
        &self.head
    }

    fn read(&mut self) -> Result<Option<(RecordKey, Record)>, ArchiveError> {
        let Some(text) = read_line(&mut self.lines, self.line + 1)? else {
            return Err(ArchiveError::CutOff { after: self.line });
        };
        self.line += 1;
        let line = self.line;
        match parse(&text, line)? {
            Line::Record(record) => {
                self.records += 1;
                let malformed = || ArchiveError::Malformed {
                    line,
                    what: "its key has not 32 hex digits".to_owned(),
                };
                let key = record.key().ok_or_else(malformed)?;
                let record = record.record();
                Ok(Some((
                    key,
                    record.map_err(|source| ArchiveError::Record { line, source })?,
                )))
            }
            Line::End(end) if end.records != self.records => Err(ArchiveError::Incomplete {
                said: end.records,
                found: self.records,
            }),
            Line::End(_) => match read_line(&mut self.lines, line + 1)? {
                None => Ok(None),
                Some(_) => Err(ArchiveError::Malformed {
                    line: line + 1,
                    what: "it stands behind the end".to_owned(),
                }),
            },
        }
    }
}

impl<R: BufRead> Iterator for Archive<R> {
    type Item = Result<(RecordKey, Record), ArchiveError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        let read = self.read().transpose();
        self.is_over = !matches!(read, Some(Ok(_)));
        read
    }
}

/// The next line; none at the end of the file.
fn read_line(lines: &mut impl BufRead, line: u64) -> Result<Option<Vec<u8>>, ArchiveError> {
    let mut text = Vec::new();
    let mut bounded = lines.take(LINE_BYTES_MAX);
    bounded.read_until(b'\n', &mut text)?;
    if text.len() as u64 == LINE_BYTES_MAX {
        return Err(ArchiveError::Malformed {
            line,
            what: "it is longer than any record".to_owned(),
        });
    }
    Ok((!text.is_empty()).then_some(text))
}

fn parse<T: DeserializeOwned>(text: &[u8], line: u64) -> Result<T, ArchiveError> {
    serde_json::from_slice(text).map_err(|error| {
        if let Some(kind) = unknown_kind(text) {
            return ArchiveError::NewerKind { line, kind };
        }
        if error.is_eof() && !text.ends_with(b"\n") {
            return ArchiveError::CutOff { after: line - 1 };
        }
        ArchiveError::Malformed {
            line,
            what: error.to_string(),
        }
    })
}

/// The kind that a line says it is of, if it is one that we do not know.
fn unknown_kind(text: &[u8]) -> Option<String> {
    let members: Map<String, Value> = serde_json::from_slice(text).ok()?;
    let kind = members.keys().next().filter(|_| members.len() == 1)?;
    (!KINDS.contains(&kind.as_str())).then(|| kind.clone())
}
