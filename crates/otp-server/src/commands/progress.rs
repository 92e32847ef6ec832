//! What a long command says meanwhile, on standard error: standard output is for data.

use std::fmt;
use std::io::{self, Write};

const SAID_EVERY: u64 = 100_000;

/// Counts, and says now and then how far it is.
#[derive(Debug, Default)]
pub(super) struct Progress {
    count: u64,
}

impl Progress {
    pub(super) fn one_more(&mut self) {
        self.count += 1;
        if self.count.is_multiple_of(SAID_EVERY) {
            say(format_args!("{} so far", records(self.count)));
        }
    }
}

/// A line on standard error.
pub(super) fn say(line: fmt::Arguments<'_>) {
    // There is nobody left to tell when it is gone.
    let _ = writeln!(io::stderr(), "{line}");
}

/// So many records, in digits that can be read.
pub(super) fn records(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text + if count == 1 { " record" } else { " records" }
}

#[cfg(test)]
mod tests {
    use super::records;

    #[test]
    fn large_counts_are_grouped() {
        let counts = [0, 1, 999, 1_000, 1_234_567].map(records);
        assert_eq!(
            counts,
            [
                "0 records",
                "1 record",
                "999 records",
                "1,000 records",
                "1,234,567 records"
            ]
        );
    }
}
