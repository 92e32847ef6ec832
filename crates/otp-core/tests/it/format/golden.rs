//! Bytes as the first release wrote them: stores and exports are full of such, so they stay readable.

use otp_core::{Delivery, Record, Timestamp, Verification};

/// A record of format 1 to which everything happened that one can tell of: each status, each
/// delivery, both alphabets, sends, a send that was given back, failed checks.
const FORMAT_1: &str = "\
    0106c8fcf4c2b13490d9f8c2b134d8b5fcc2b134a09280c3b134a8bea8c3b134f8a3b0c5b13401b0c7acc5b1340390d9\
    f8c2b13490d9f8c2b13490d9f8c2b13407611830d3641a68f94a690dcc25d1f4b0cdad41b85dce1e919ff3efbd2e7d5d\
    ce047573656401c8fcf4c2b134e0a7120306007f779927b9bcd930b97e68211477de3e7beda7758c9a346e1b65deddfa\
    1fe7be010777616d69642e78c7cb56ff66cd60b5a6b3b31c1c3f35854b1b704c0bcdffec151dab6060a6fc77066c6f63\
    6b65640590d9f8c2b134e0a712000600f81a093b10d9164dcf297f9b4fcd237e32148e21edc1e4295ae6d44bf401f2e4\
    030940bd2425d6bc316e54105d35de6024a0398d74257c667dda06bf2023490fcc0863616e63656c656404d8b5fcc2b1\
    34e0a71203060064ecb1193b46b736a5b4ca61a427af7c48863d2eb68a223374f8434d6c697c4c040f8482503f90ca43\
    03aecc3ef99b8df25f4a50e7db4c8d592cbf52d4cd85e20b076578706972656402a09280c3b134e0a712030600ae4520\
    548e20254d9a8128bcc6f90fe03d158218de13f364a77d61fa3d8c1f9f010777616d69642e789d77f4286650b29d7e67\
    41705ac1f259d199127b33aa74767354f4c497a855c004746f6c6403a8bea8c3b134e0a71203060009f8ac05c82be03c\
    5d06887cfb9b8cf2ed9c8d508dff019a6c4bbddb65725b15010777616d69642e780d203864053903a33296d34c42b9e8\
    30cade152932f15449fbbf7fa4abc92142077265667573656406b0c7acc5b134e0a712030600609b4398ccce192b563b\
    8fcbb432e94b136e693f727de72866b958ef60ba35c80260940ec9676563301f6fe19b201a05d6856ad804e9e8bc5fdb\
    afedaff0d4dee80000f8a3b0c5b134e0a7120308013b11243d0ea00b29b693bd1db3f6f9c15c48ad0ff1a432832131c7\
    c84518dfff009099b1c5b134013dc7e3c1dc2e135fe330c66a7afccc2d998b06323896f21e0ea2315819a3f2fe08d243\
    642853a014d25465e4a574711cc5c76d11507546018c8b8193d85c";

fn bytes(hex: &str) -> Vec<u8> {
    let digit = |digit: u8| char::from(digit).to_digit(16).expect("a hex digit");
    let pairs = hex.as_bytes().chunks(2);
    let byte =
        |pair: &[u8]| u8::try_from(digit(pair[0]) * 16 + digit(pair[1])).expect("two digits");
    pairs.map(byte).collect()
}

/// What there is to know of a verification, on one line.
fn told(one: &Verification) -> String {
    let delivery = match &one.delivery {
        Delivery::Underway {
            tries, deliver_by, ..
        } => {
            format!("underway, try {tries}, by {}", deliver_by.unix_ms())
        }
        Delivery::Accepted { message_id } => format!("accepted as {message_id}"),
        Delivery::Refused => "refused".to_owned(),
        Delivery::Unsettled => "unsettled".to_owned(),
        Delivery::Dropped => "dropped".to_owned(),
        Delivery::NotSent => "not sent".to_owned(),
    };
    format!(
        "{:?} {:?} {}-{} {} left, {} of {:?}, {}: {delivery}",
        one.purpose,
        one.status,
        one.created_at.unix_ms(),
        one.expires_at.unix_ms(),
        one.attempts_left,
        one.code.length.get(),
        one.code.alphabet,
        one.digest.fingerprint(),
    )
}

#[test]
fn a_record_of_format_1_says_what_it_said_when_it_was_written() {
    let record = Record::decode(&bytes(FORMAT_1)).expect("format 1 stays readable");
    let verifications: Vec<String> = record.verifications().iter().map(told).collect();
    assert_eq!(
        verifications,
        [
            r#""used" Approved 1800000061000-1800000361000 3 left, 6 of Digits, 7f779927: accepted as wamid.x"#,
            r#""locked" Locked 1800000122000-1800000422000 0 left, 6 of Digits, f81a093b: unsettled"#,
            r#""canceled" Canceled 1800000183000-1800000483000 3 left, 6 of Digits, 64ecb119: dropped"#,
            r#""expired" Expired 1800000244000-1800000544000 3 left, 6 of Digits, ae452054: accepted as wamid.x"#,
            r#""told" ExpiredAndTold 1800000905000-1800001205000 3 left, 6 of Digits, 09f8ac05: accepted as wamid.x"#,
            r#""refused" Failed 1800005166000-1800005466000 3 left, 6 of Digits, 609b4398: refused"#,
            r#""" Pending 1800005227000-1800005527000 3 left, 8 of Unambiguous, 3b11243d: underway, try 1, by 1800005242000"#,
        ]
    );
    assert_eq!(
        (
            record.live_codes(),
            record.due_at().map(Timestamp::unix_ms),
            record.forget_at().unix_ms()
        ),
        (1, Some(1_800_005_242_000), 1_800_005_527_000 + 86_400_000)
    );
}
