//! Texts that must not be found: searched for in every shape that somebody might have written them in.

use std::collections::HashMap;
use std::fmt::Write as _;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

/// What a search begins with; nothing shorter is looked for.
const HEAD: usize = 4;

/// What must not be found, with its name.
#[derive(Default)]
pub(crate) struct Needles {
    all: Vec<Needle>,
    by_head: HashMap<Vec<u8>, Vec<usize>>,
}

struct Needle {
    name: String,
    shape: &'static str,
    bytes: Vec<u8>,
    where_it_counts: Where,
}

/// Which finds are finds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Where {
    Anywhere,
    /// Where no letter or digit stands beside it: six digits are in any long number by chance.
    Alone,
}

impl Needles {
    /// A text, and what it can be turned into and back.
    pub(crate) fn add(&mut self, name: &str, text: &str) {
        self.add_shapes(name, text, Where::Anywhere);
    }

    /// A code: also as an unkeyed digest, by which it is soon found.
    pub(crate) fn add_code(&mut self, name: &str, code: &str) {
        let counts = if code.len() < 8 {
            Where::Alone
        } else {
            Where::Anywhere
        };
        self.add_shapes(name, code, counts);
        self.add_digest(name, code);
    }

    /// A phone, `+` and digits: without its first digit it is as good as whole.
    pub(crate) fn add_phone(&mut self, name: &str, phone: &str) {
        let digits = phone.trim_start_matches('+');
        self.add_shapes(name, &digits[1..], Where::Anywhere);
        self.add_digest(name, digits);
        self.add_digest(name, &format!("+{digits}"));
        let (area, rest) = digits[1..].split_at(3);
        let (exchange, line) = rest.split_at(3);
        for spelled in [
            format!("{area}) {exchange}-{line}"),
            format!("{area}-{exchange}-{line}"),
            format!("{area} {exchange} {line}"),
            format!("{area}.{exchange}.{line}"),
            format!("{area}%20{exchange}%20{line}"),
            format!("{area}+{exchange}+{line}"),
        ] {
            self.push(name, "as typed", spelled.into_bytes(), Where::Anywhere);
        }
        let number: u64 = digits.parse().expect("a number");
        let (little, big) = (number.to_le_bytes(), number.to_be_bytes());
        self.push(name, "number", little[..5].to_vec(), Where::Anywhere);
        self.push(name, "number", big[3..].to_vec(), Where::Anywhere);
        self.push(name, "number", varint(number), Where::Anywhere);
    }

    /// Bytes that are no text.
    pub(crate) fn add_bytes(&mut self, name: &str, bytes: &[u8]) {
        self.push(name, "bytes", bytes.to_vec(), Where::Anywhere);
        self.add_encoded(name, bytes);
    }

    /// Fails with the first that is found, and what stands around it.
    #[track_caller]
    pub(crate) fn are_not_in(&self, place: &str, bytes: &[u8]) {
        if let Some((needle, at)) = self.first_in(bytes) {
            let around = &bytes[at.saturating_sub(200)..(at + 200).min(bytes.len())];
            panic!(
                "{} ({}) in {place}:\n{}",
                needle.name,
                needle.shape,
                String::from_utf8_lossy(around)
            );
        }
    }

    /// Is any of them there?
    pub(crate) fn any_is_in(&self, bytes: &[u8]) -> bool {
        self.first_in(bytes).is_some()
    }

    fn first_in(&self, bytes: &[u8]) -> Option<(&Needle, usize)> {
        bytes.windows(HEAD).enumerate().find_map(|(at, head)| {
            let found = self.by_head.get(head)?.iter();
            let mut found = found.map(|place| &self.all[*place]);
            let needle = found.find(|needle| needle.is_at(bytes, at))?;
            Some((needle, at))
        })
    }

    fn add_shapes(&mut self, name: &str, text: &str, counts: Where) {
        let (bytes, wide) = (text.as_bytes(), text.encode_utf16());
        self.push(name, "plain", bytes.to_vec(), counts);
        let backwards = bytes.iter().rev().copied().collect();
        self.push(name, "backwards", backwards, counts);
        self.add_encoded(name, bytes);
        for wide in [
            wide.clone().flat_map(u16::to_le_bytes).collect(),
            wide.flat_map(u16::to_be_bytes).collect(),
        ] {
            self.push(name, "UTF-16", wide, Where::Anywhere);
        }
    }

    fn add_encoded(&mut self, name: &str, bytes: &[u8]) {
        let (low, high) = (hex(bytes), hex(bytes).to_uppercase());
        self.push(name, "hex", low.into_bytes(), Where::Anywhere);
        self.push(name, "hex", high.into_bytes(), Where::Anywhere);
        for shape in base64_of(bytes) {
            self.push(name, "base64", shape, Where::Anywhere);
        }
    }

    /// Half of a digest, or less, is enough to try all codes against.
    fn add_digest(&mut self, name: &str, text: &str) {
        let digest = Sha256::digest(text);
        self.push(name, "digest", digest[..6].to_vec(), Where::Anywhere);
        let shown = hex(&digest);
        self.push(name, "digest", shown[..12].into(), Where::Anywhere);
        let shown = STANDARD_NO_PAD.encode(digest);
        self.push(name, "digest", shown[..10].into(), Where::Anywhere);
    }

    fn push(&mut self, name: &str, shape: &'static str, bytes: Vec<u8>, counts: Where) {
        assert!(bytes.len() >= HEAD, "{name} is too short to be looked for");
        let places = self.by_head.entry(bytes[..HEAD].to_vec()).or_default();
        places.push(self.all.len());
        self.all.push(Needle {
            name: format!("{name} {:?}", String::from_utf8_lossy(&bytes)),
            shape,
            bytes,
            where_it_counts: counts,
        });
    }
}

impl Needle {
    fn is_at(&self, bytes: &[u8], at: usize) -> bool {
        let is_here = bytes[at..].starts_with(&self.bytes);
        let after = at + self.bytes.len();
        let is_free = |place: Option<usize>| {
            let beside = place.and_then(|place| bytes.get(place));
            !beside.is_some_and(u8::is_ascii_alphanumeric)
        };
        let is_alone = || is_free(at.checked_sub(1)) && is_free(Some(after));
        is_here && (self.where_it_counts == Where::Anywhere || is_alone())
    }
}

/// The SHA-256 in hex.
pub(crate) fn digest_of(text: &str) -> String {
    hex(&Sha256::digest(text))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").expect("writing to a text cannot fail");
        hex
    })
}

/// As it stands within a longer base64 text, at each of its three places, in both alphabets: what
/// also depends on the neighbours is left out.
fn base64_of(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut shapes = Vec::new();
    for place in 0..3 {
        let padded = [&vec![0; place][..], bytes].concat();
        let (first, last) = ((place * 8).div_ceil(6), padded.len() * 8 / 6);
        for encoded in [
            STANDARD_NO_PAD.encode(&padded),
            URL_SAFE_NO_PAD.encode(&padded),
        ] {
            let shape = encoded.as_bytes()[first..last].to_vec();
            if !shapes.contains(&shape) {
                shapes.push(shape);
            }
        }
    }
    shapes
}

/// Seven bits a byte, the lowest first.
fn varint(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number >= 0x80 {
        bytes.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    bytes.push(number.to_le_bytes()[0]);
    bytes
}

#[test]
fn a_needle_is_found_in_every_shape() {
    let mut needles = Needles::default();
    needles.add("the text", "canary!?");
    needles.add_phone("the phone", "+14155550123");
    needles.add_code("the code", "271828");
    let coded = |text: &str| STANDARD_NO_PAD.encode(text).into_bytes();
    let hidden: [Vec<u8>; 15] = [
        b"a canary!? in hay".to_vec(),
        b"?!yranac".to_vec(),
        b"63616e617279213f".to_vec(),
        b"c\0a\0n\0a\0r\0y\0!\0?\0".to_vec(),
        coded("canary!?"),
        coded("a canary!? in hay"),
        coded("a  canary!? in hay"),
        b"phone=4155550123&".to_vec(),
        b"+1 (415) 555-0123".to_vec(),
        coded("\u{1c}\u{18}\u{b}14155550123\u{15}"),
        14_155_550_123_u64.to_be_bytes().to_vec(),
        varint(14_155_550_123),
        b"\"code\":\"271828\"".to_vec(),
        digest_of("271828").into_bytes(),
        Sha256::digest("14155550123").to_vec(),
    ];
    for place in &hidden {
        assert!(
            needles.any_is_in(place),
            "{}",
            String::from_utf8_lossy(place)
        );
    }
    for harmless in ["", "hay", "1827182839", "e271828d", "+1*******123"] {
        assert!(!needles.any_is_in(harmless.as_bytes()), "{harmless}");
    }
}
