//! Bytes as the first release wrote them: stores and exports are full of such, so they stay readable.

use otp_core::{
    About, Delivery, DeliveryResult, Failure, Record, SendOutcome, Submitted, Timestamp,
    Verification, Which,
};

use crate::world::{World, wrong};

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
        Delivery::Watched { until_at, .. } => format!("watched until {}", until_at.unix_ms()),
        Delivery::Accepted => {
            let last = one.attempts.last().expect("a message");
            format!("accepted as {}", last.message_id)
        }
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
            r#""used" Approved 1800000061000-1800000361000 3 left, 6 of Digits, 7f779927: accepted as "#,
            r#""locked" Locked 1800000122000-1800000422000 0 left, 6 of Digits, f81a093b: unsettled"#,
            r#""canceled" Canceled 1800000183000-1800000483000 3 left, 6 of Digits, 64ecb119: dropped"#,
            r#""expired" Expired 1800000244000-1800000544000 3 left, 6 of Digits, ae452054: accepted as "#,
            r#""told" ExpiredAndTold 1800000905000-1800001205000 3 left, 6 of Digits, 09f8ac05: accepted as "#,
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

/// Everything that format 2 can tell: each step, each failure, each way out, notes and a kept phone.
fn full_life() -> Record {
    let mut world = World::new();
    let told = |world: &mut World, purpose: &str| {
        world.pass_secs(61);
        let (outcome, held) = world.start_about(
            purpose,
            About {
                to: "+1*******123".to_owned(),
                locale: "pt-BR".to_owned(),
                metadata: r#"{"order":"7"}"#.to_owned(),
                is_test: purpose == "test",
                is_announced: purpose == "used",
                recipient: None,
            },
        );
        assert!(matches!(outcome, SendOutcome::Send { .. }), "{purpose}");
        held
    };
    let accepted = || DeliveryResult::Accepted {
        message_id: "wamid.x".to_owned(),
    };
    let used = told(&mut world, "used");
    world.delivered(used.id, accepted());
    world.check(&wrong(&used.code));
    world.check_which(Which::Id(used.id), Submitted::Text(&wrong(&used.code)));
    world.check_which(Which::Id(used.id), Submitted::Text(&used.code));
    let canceled = told(&mut world, "canceled");
    world.delivered(canceled.id, DeliveryResult::Unsettled);
    world.cancel(canceled.id);
    let renewed = told(&mut world, "renewed");
    world.pass_secs(61);
    world.resend(renewed.id);
    for failure in [
        Failure::Undeliverable,
        Failure::Throttled,
        Failure::ChannelDown,
        Failure::Rejected,
    ] {
        world.pass_secs(3600);
        let refused = told(&mut world, "refused");
        world.delivered(refused.id, DeliveryResult::Refused(failure));
    }
    world.attend();
    let taken_up = told(&mut world, "taken up");
    world.pass_secs(15);
    world.attend();
    assert!(world.record.verification(taken_up.id).is_some());
    world.record
}

/// What the second release writes, to the byte: a store that it wrote must stay readable.
#[test]
fn a_record_of_format_2_is_written_and_read_to_the_byte() {
    let record = full_life();
    assert_eq!(record.encode(), bytes(FORMAT_2));
    assert_eq!(Record::decode(&bytes(FORMAT_2)), Ok(record));
}

const FORMAT_2: &str = "\
    020005c8fcf4c2b13490d9f8c2b134d8b5fcc2b134a09280c3b13488d581cab13401c0f8fdc9b1340008611830d3641a\
    68f94a690dcc25d1f4b0cdad41b85dce1e919ff3efbd2e7d5dce047573656401c8fcf4c2b134e0a7120206007f779927\
    b9bcd930b97e68211477de3e7beda7758c9a346e1b65deddfa1fe7be020c2b312a2a2a2a2a2a2a3132330570742d4252\
    0d7b226f72646572223a2237227d0001000101000777616d69642e7801c8fcf4c2b13404c8fcf4c2b13400000006000a\
    02000c020105c8fcf4c2b13402bac684cab1340200c8fcf4c2b13400c8fcf4c2b13402c7cb56ff66cd60b5a6b3b31c1c\
    3f35854b1b704c0bcdffec151dab6060a6fc770863616e63656c65640490d9f8c2b134e0a712030600306f238f09c9ab\
    4b90c050d34c78c7a0ece750e95e9688cfbf53ae2e26ffe242040c2b312a2a2a2a2a2a2a3132330570742d42520d7b22\
    6f72646572223a2237227d000000010100000690d9f8c2b1340390d9f8c2b13400000008000e00000940bd2425d6bc31\
    6e54105d35de6024a0398d74257c667dda06bf2023490fcc0772656e6577656402a09280c3b134e0a71203060074e497\
    2fcea78b55854da8e86c696e6da0f8184b1e74da0e131f884faa416e96050c2b312a2a2a2a2a2a2a3132330570742d42\
    520d7b226f72646572223a2237227d0000000201000000d8b5fcc2b13402000000a09280c3b13403d8b5fcc2b1340000\
    c8dc030100a0e6fd060d00006a00f65f1e53354322cf3e84b656ab30aa37ed513086bb02a5cc55c1407442cc07726566\
    7573656406e8cbdfc4b134e0a712030600840dcf093b3ca2190739b8aa62c67eee9b83f4adb6cdf09352fa591ed22d97\
    28030c2b312a2a2a2a2a2a2a3132330570742d42520d7b226f72646572223a2237227d000000010100000500e8cbdfc4\
    b13402e8cbdfc4b1340000000700000070f268cb270abd43bc0dc84bb165180dde05c0eb0ebfe16fa8db214fb374a2fe\
    077265667573656406b085bfc6b134e0a712030600c2ac8bb353405090f2895f28125bb06fb19aca8fdf475d5992b536\
    d6aad183e8030c2b312a2a2a2a2a2a2a3132330570742d42520d7b226f72646572223a2237227d000000010100000501\
    b085bfc6b13402b085bfc6b134000000070100004fe13fdd4950e74410f2b237fa7ebeb041da8c0b0c8a14ef519d0c74\
    f2617ae4077265667573656406f8be9ec8b134e0a7120306007325aa08707af14bc815bc7e0e3c0fc37b413a2d08b85b\
    70c40e9430b2646971030c2b312a2a2a2a2a2a2a3132330570742d42520d7b226f72646572223a2237227d0000000101\
    00000502f8be9ec8b13402f8be9ec8b1340000000702000030c66a7afccc2d998b06323896f21e0e0c42426d7332262e\
    847e587ca89e87d7077265667573656406c0f8fdc9b134e0a712030600dc566d27b8d43376348b793700735869e4b9f4\
    e1796f479ab196fe7ef94a0888030c2b312a2a2a2a2a2a2a3132330570742d42520d7b226f72646572223a2237227d00\
    0000010100000503c0f8fdc9b13402c0f8fdc9b134000000070300001b9f4cd3fc39e2f39168e0dd7b9a3b01fba7197e\
    5d5858ee3f1d20b44008fd530874616b656e2075700088d581cab134e0a7120306006e2dd21ceb3f8924b283202eb1dd\
    286b2865154ba82c9bd35ca9cbf6ef92d8f20000b8bf83cab134023bf4ed8686223c3faa28230b2ae000550e0be582eb\
    7d2c652ab0eef26e89d1a725cfdf55a20283cf7d526b2377f18207ec9bb695b4f1740f7a825bf70c2b312a2a2a2a2a2a\
    2a3132330570742d42520d7b226f72646572223a2237227d000001360707070707070707070707070707070707070707\
    070707077ce26714fcc1c074abd3fc584c647455740a6668c85daaaf845852a7cc35010100000088d581cab1340288d5\
    81cab13400009875050000";

#[test]
fn what_the_first_release_sealed_opens() {
    let record = Record::decode(&bytes(FORMAT_1)).expect("format 1 stays readable");
    let last = record.verifications().last().expect("the one under way");
    let Delivery::Underway { sealed, .. } = &last.delivery else {
        panic!("it is under way");
    };
    let opened = World::new().keys.unseal(last.id, sealed);
    let opened = opened.expect("addresses and code");
    assert_eq!(opened.to.phone().expect("a phone").e164(), "+14155550123");
    assert_eq!(opened.code.len(), 8);
}
