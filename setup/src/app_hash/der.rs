//! As much DER as it takes to tell a certificate from the files that people give by mistake.

/// The tag of a SEQUENCE.
pub(super) const SEQUENCE: u8 = 0x30;
/// The tag of an INTEGER: a PKCS#12 keystore starts with its version.
pub(super) const INTEGER: u8 = 0x02;
/// The tag of an OBJECT IDENTIFIER: PKCS#7 starts with its content type.
pub(super) const OBJECT_IDENTIFIER: u8 = 0x06;

/// One element: its tag, its contents, and what stands behind it.
pub(super) struct Element<'a> {
    pub(super) tag: u8,
    pub(super) contents: &'a [u8],
    pub(super) rest: &'a [u8],
}

/// Reads the first element; `None` when the bytes are not DER or end too early.
pub(super) fn first_element(bytes: &[u8]) -> Option<Element<'_>> {
    let (&tag, after_tag) = bytes.split_first()?;
    let (&first, after_length) = after_tag.split_first()?;
    let (length, body) = match first {
        short @ 0..=0x7f => (usize::from(short), after_length),
        long @ 0x81..=0x84 => {
            let (length, body) = after_length.split_at_checked(usize::from(long & 0x7f))?;
            (
                length
                    .iter()
                    .fold(0, |sum, byte| sum << 8 | usize::from(*byte)),
                body,
            )
        }
        // Indefinite lengths are not DER, and nothing here is past 4 GiB.
        _ => return None,
    };
    let (contents, rest) = body.split_at_checked(length)?;
    Some(Element {
        tag,
        contents,
        rest,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_long_lengths_are_read() {
        let short = first_element(&[0x02, 0x01, 0x05, 0xff]).unwrap();
        assert_eq!(
            (short.tag, short.contents, short.rest),
            (INTEGER, &[5_u8][..], &[0xff_u8][..])
        );
        let mut long = vec![0x30, 0x82, 0x01, 0x00];
        long.extend([0; 256]);
        assert_eq!(first_element(&long).unwrap().contents.len(), 256);
    }

    #[test]
    fn a_length_past_the_end_is_refused() {
        for bytes in [
            &[0x30][..],
            &[0x30, 0x05, 0x00],
            &[0x30, 0x80, 0x00],
            &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff],
            &[],
        ] {
            assert!(first_element(bytes).is_none(), "{bytes:?}");
        }
    }
}
