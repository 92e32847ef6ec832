//! Writing an export's lines.

use std::io::{self, Write};

use otp_core::{Record, RecordKey};
use serde::Serialize;

use super::{End, Head, Line, RecordLine};

/// An export on its way out.
#[derive(Debug)]
pub(in super::super) struct ArchiveWriter<W> {
    out: W,
    records: u64,
}

impl<W: Write> ArchiveWriter<W> {
    pub(in super::super) fn begin(out: W, head: &Head) -> io::Result<Self> {
        let mut writer = Self { out, records: 0 };
        writer.line(head)?;
        Ok(writer)
    }

    pub(in super::super) fn put(&mut self, key: RecordKey, record: &Record) -> io::Result<()> {
        self.line(&Line::Record(RecordLine::new(key, record)))?;
        self.records += 1;
        Ok(())
    }

    pub(in super::super) fn records(&self) -> u64 {
        self.records
    }

    /// Writes the end, without which the file counts as cut off, and answers with what it was
    /// written to.
    pub(in super::super) fn finish(mut self) -> io::Result<W> {
        let records = self.records;
        self.line(&Line::End(End { records }))?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn line(&mut self, line: &impl Serialize) -> io::Result<()> {
        serde_json::to_writer(&mut self.out, line)?;
        self.out.write_all(b"\n")
    }
}
