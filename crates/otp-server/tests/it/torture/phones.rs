//! Phone numbers of many countries and number prefixes, never the same twice.

/// What a number begins with, and how many digits follow.
const PREFIXES: &[(u64, u32)] = &[
    (1212, 7),
    (1305, 7),
    (1415, 7),
    (1512, 7),
    (1646, 7),
    (1713, 7),
    (1808, 7),
    (1971, 7),
    (2347, 9),
    (2547, 8),
    (27_82, 7),
    (316, 8),
    (336, 8),
    (346, 8),
    (3519, 8),
    (39_347, 7),
    (4207, 8),
    (447, 9),
    (467, 8),
    (485, 8),
    (4915, 9),
    (614, 8),
    (6281, 9),
    (659, 7),
    (8190, 8),
    (9198, 8),
    (9715, 8),
];

/// The digits of one number, for each `index` below some hundred millions another.
pub(super) fn phone(index: u64) -> u64 {
    let count = PREFIXES.len() as u64;
    let place = usize::try_from(index % count).expect("a place in the list");
    let (prefix, digits) = PREFIXES[place];
    let room = 10_u64.pow(digits);
    // Odd and no multiple of five, so that no two are the same; far apart, so that the digits
    // behind the prefix differ as well.
    let rest = (index / count * 7_654_321 + 1_234_567) % room;
    prefix * room + rest
}

/// Is it in the one country that has several of the prefixes? Numbers that nobody has been given
/// are in none, as far as anybody can tell, and are counted by themselves.
pub(super) fn is_american(phone: u64) -> bool {
    let read = otp_core::PhoneNumber::parse(&phone.to_string());
    read.is_ok_and(|phone| phone.country() == Some("US"))
}

#[test]
fn every_number_is_one_that_the_server_takes_as_it_stands() {
    let numbers: std::collections::BTreeSet<u64> = (0..20_000).map(phone).collect();
    assert_eq!(numbers.len(), 20_000);
    for number in numbers {
        let read = otp_core::PhoneNumber::parse(&number.to_string());
        let read = read.unwrap_or_else(|error| panic!("{number}: {error}"));
        assert_eq!(read.e164(), format!("+{number}"));
    }
}
