//! Keeps each log event on one line, whatever text it carries: a caller must not be able to write a line
//! of its own, nor to steer the terminal of whoever reads the log.

use std::{borrow::Cow, fmt::Write as _, io};

use tracing::Metadata;
use tracing_subscriber::fmt::MakeWriter;

/// Wraps a writer that is handed one whole event with each call.
pub(super) struct OneLine<W>(pub(super) W);

impl<'a, W: MakeWriter<'a>> MakeWriter<'a> for OneLine<W> {
    type Writer = OneLineWriter<W::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        OneLineWriter(self.0.make_writer())
    }

    fn make_writer_for(&'a self, metadata: &Metadata<'_>) -> Self::Writer {
        OneLineWriter(self.0.make_writer_for(metadata))
    }
}

pub(super) struct OneLineWriter<W>(W);

impl<W: io::Write> io::Write for OneLineWriter<W> {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        self.0
            .write_all(one_line(&String::from_utf8_lossy(event)).as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Escapes as `\u001b` what could end the line or steer a terminal: readable for people, and what JSON
/// wants inside its texts. The line's own end stays.
fn one_line(event: &str) -> Cow<'_, str> {
    let body = event.strip_suffix('\n').unwrap_or(event);
    if !body.chars().any(is_dangerous) {
        return Cow::Borrowed(event);
    }
    let mut line = String::with_capacity(event.len() + 32);
    for character in body.chars() {
        if is_dangerous(character) {
            // Writing to a text cannot fail.
            let _ = write!(line, "\\u{:04x}", u32::from(character));
        } else {
            line.push(character);
        }
    }
    line.push('\n');
    Cow::Owned(line)
}

/// Control characters, line separators, and marks that turn the direction of writing.
fn is_dangerous(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_a_line_or_steers_a_terminal_is_escaped() {
        let hostile = "a\r\nb\u{1b}[31m\0\u{7f}\u{85}\u{2028}\u{202e}é\n";
        assert_eq!(
            one_line(hostile),
            "a\\u000d\\u000ab\\u001b[31m\\u0000\\u007f\\u0085\\u2028\\u202eé\n"
        );
    }

    #[test]
    fn a_harmless_line_is_passed_on_as_it_is() {
        assert!(matches!(
            one_line("code sent to +1415•••0001\n"),
            Cow::Borrowed(_)
        ));
    }
}
