//! JSON as Meta writes it: everything outside ASCII as `\uXXXX`, and `/` as `\/`.

use std::io::{self, Write};

use bytes::Bytes;
use serde::Serialize;
use serde_json::Value;
use serde_json::ser::{Formatter, Serializer};

/// The exact bytes that are signed and sent.
pub(crate) fn to_bytes(value: &Value) -> Bytes {
    let mut bytes = Vec::with_capacity(512);
    let written = value.serialize(&mut Serializer::with_formatter(&mut bytes, MetaFormatter));
    if let Err(error) = written {
        unreachable!("a JSON value always fits into memory as JSON: {error}");
    }
    Bytes::from(bytes)
}

struct MetaFormatter;

impl Formatter for MetaFormatter {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut units = [0_u16; 2];
        for character in fragment.chars() {
            match character {
                '/' => writer.write_all(b"\\/")?,
                plain if plain.is_ascii() => writer.write_all(&[plain as u8])?,
                other => {
                    for unit in other.encode_utf16(&mut units) {
                        write!(writer, "\\u{unit:04x}")?;
                    }
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::to_bytes;

    #[test]
    fn text_is_escaped_as_meta_escapes_it() {
        let bytes = to_bytes(&json!({"body": "café 😀 a/b \"q\"\n"}));
        assert_eq!(bytes, r#"{"body":"caf\u00e9 \ud83d\ude00 a\/b \"q\"\n"}"#);
        let back: Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(back["body"], "café 😀 a/b \"q\"\n");
    }
}
