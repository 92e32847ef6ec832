//! Message ids of vendors beside Meta, which lead back to their message.

use super::{Addressee, Wamid};

/// Whose id it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Vendor {
    /// A UUID.
    Vonage,
    /// `SM` and 32 hexadecimal digits.
    Twilio,
}

const GROUPS: [usize; 5] = [8, 4, 4, 4, 12];

/// Writes the id of one message: recipient and number, in the vendor's form.
pub(crate) fn write(vendor: Vendor, addressee: Addressee, sequence: u64) -> String {
    let hex = format!("{:016x}{sequence:016x}", addressee.bits());
    match vendor {
        Vendor::Twilio => format!("SM{hex}"),
        Vendor::Vonage => {
            let mut rest = hex.as_str();
            let groups = GROUPS.map(|length| {
                let (group, others) = rest.split_at(length);
                rest = others;
                group
            });
            groups.join("-")
        }
    }
}

/// Reads an id that [`write`] made.
pub(crate) fn parse(id: &str) -> Option<(Vendor, Wamid)> {
    let (vendor, hex) = match id.strip_prefix("SM") {
        Some(hex) => (Vendor::Twilio, hex.to_owned()),
        None if id.split('-').map(str::len).eq(GROUPS) => (Vendor::Vonage, id.replace('-', "")),
        None => return None,
    };
    let (addressee, sequence) = hex.split_at_checked(16)?;
    let message = Wamid {
        addressee: Addressee::from_bits(u64::from_str_radix(addressee, 16).ok()?),
        sequence: u64::from_str_radix(sequence, 16).ok()?,
    };
    Some((vendor, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_leads_back_to_its_message() {
        let addressee = Addressee::of("14152000001");
        for (vendor, length) in [(Vendor::Vonage, 36), (Vendor::Twilio, 34)] {
            let id = write(vendor, addressee, 0x1234_5678_9abc);
            assert_eq!(id.len(), length, "{id}");
            let (whose, message) = parse(&id).unwrap();
            assert_eq!(
                (whose, message.addressee, message.sequence),
                (vendor, addressee, 0x1234_5678_9abc)
            );
        }
    }

    #[test]
    fn a_foreign_id_is_not_read() {
        for id in ["", "SM", "SMxyz", "wamid.HBgL", "aaaaaaaa-bbbb-cccc-dddd"] {
            assert!(parse(id).is_none(), "{id}");
        }
    }
}
