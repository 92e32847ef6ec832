//! Lists: columns for people, JSON for machines, on standard output.

use std::io::{self, Write};

use serde_json::Value;

/// Writes rows below a head, each column as wide as it must be.
pub(super) fn write_table<const COLUMNS: usize>(
    head: [&str; COLUMNS],
    rows: &[[String; COLUMNS]],
) -> io::Result<()> {
    let mut widths = head.map(str::len);
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let mut out = io::stdout().lock();
    let mut line = |cells: [&str; COLUMNS]| {
        let padded = cells
            .iter()
            .zip(widths)
            .map(|(cell, width)| format!("{cell:width$}"));
        let line = padded.collect::<Vec<_>>().join("  ");
        writeln!(out, "{}", line.trim_end())
    };
    line(head)?;
    for row in rows {
        line(row.each_ref().map(String::as_str))?;
    }
    out.flush()
}

/// Writes one JSON array, one object a line.
pub(super) fn write_json(rows: &[Value]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let lines: Vec<String> = rows.iter().map(|row| format!("  {row}")).collect();
    if lines.is_empty() {
        writeln!(out, "[]")?;
    } else {
        writeln!(out, "[\n{}\n]", lines.join(",\n"))?;
    }
    out.flush()
}
