//! Message ids that look like Meta's and lead back to their message.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Addressee;

const PHONE_HEAD: [u8; 2] = [0x1c, 0x18];
const SEQUENCE_HEAD: [u8; 6] = [0x15, 0x02, 0x00, 0x11, 0x18, 0x12];
const PREFIX: &str = "wamid.";

/// The parts of a message id: who it went to, and which one it was.
pub(crate) struct Wamid {
    pub(crate) addressee: Addressee,
    pub(crate) sequence: u64,
}

impl Wamid {
    /// Writes the id as Meta writes it: base64 of the recipient and a number.
    pub(crate) fn write(recipient: &str, sequence: u64) -> String {
        let mut bytes = Vec::with_capacity(64);
        bytes.extend_from_slice(&PHONE_HEAD);
        bytes.push(u8::try_from(recipient.len()).unwrap_or(u8::MAX));
        bytes.extend_from_slice(recipient.as_bytes());
        bytes.extend_from_slice(&SEQUENCE_HEAD);
        bytes.extend_from_slice(b"5F");
        for shift in (0..16).rev() {
            let nibble = (sequence >> (shift * 4)) & 0xf;
            bytes.push(b"0123456789ABCDEF"[usize::try_from(nibble).unwrap_or(0)]);
        }
        bytes.push(0);
        let mut id = String::with_capacity(96);
        id.push_str(PREFIX);
        STANDARD.encode_string(&bytes, &mut id);
        id
    }

    /// Reads an id that [`Wamid::write`] made.
    pub(crate) fn parse(id: &str) -> Option<Wamid> {
        let bytes = STANDARD.decode(id.strip_prefix(PREFIX)?).ok()?;
        let rest = bytes.strip_prefix(&PHONE_HEAD)?;
        let (length, rest) = rest.split_first()?;
        let (recipient, rest) = rest.split_at_checked(usize::from(*length))?;
        let number = rest.strip_prefix(&SEQUENCE_HEAD)?.strip_suffix(&[0])?;
        let number = std::str::from_utf8(number).ok()?.strip_prefix("5F")?;
        Some(Wamid {
            addressee: Addressee::of(std::str::from_utf8(recipient).ok()?),
            sequence: u64::from_str_radix(number, 16).ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Addressee, Wamid};

    #[test]
    fn an_id_leads_back_to_its_message() {
        let id = Wamid::write("14152000001", 0x1234_5678_9abc);
        let wamid = Wamid::parse(&id).unwrap();
        assert!(id.starts_with("wamid.HBgLMTQxNTIwMDAwMDEVAgARGBI"));
        assert_eq!(wamid.sequence, 0x1234_5678_9abc);
        assert_eq!(wamid.addressee, Addressee::of("14152000001"));
    }

    #[test]
    fn a_foreign_id_is_not_read() {
        for id in ["", "wamid.", "wamid.AAAA", "HBgLMTQxNTIwMDAwMDEVAgARGBI"] {
            assert!(Wamid::parse(id).is_none(), "{id}");
        }
    }
}
