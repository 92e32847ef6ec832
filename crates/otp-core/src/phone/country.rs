//! Country codes that outlive the number that they were read from.

/// Every pair of capital letters, `AA` to `ZZ`.
static PAIRS: [[u8; 2]; 26 * 26] = pairs();

/// The two letters of `region`; `None` for `001`, which stands for no country.
pub(super) fn code(region: &str) -> Option<&'static str> {
    let [first, second] = region.as_bytes() else {
        return None;
    };
    let index = letter(*first)? * 26 + letter(*second)?;
    str::from_utf8(&PAIRS[index]).ok()
}

fn letter(byte: u8) -> Option<usize> {
    byte.is_ascii_uppercase().then(|| usize::from(byte - b'A'))
}

const fn pairs() -> [[u8; 2]; 26 * 26] {
    let mut pairs = [[b'A'; 2]; 26 * 26];
    let mut index = 1;
    while index < pairs.len() {
        let [first, second] = pairs[index - 1];
        pairs[index] = if second == b'Z' {
            [first + 1, b'A']
        } else {
            [first, second + 1]
        };
        index += 1;
    }
    pairs
}
