//! One phone, two numbers: the digits that some countries write or leave out.
//!
//! Counted apart, such a phone would have twice its limits. Folded too boldly, two people would
//! share one record, and a code sent to one would open the other's account; so a digit is dropped
//! only where no other phone can have the shorter number.

use super::e164::E164;

/// Leaves out Mexico's 1 before the area code: abolished in August 2019 and no longer dialled, but
/// still in address books, and in the ids that WhatsApp gives to Mexicans.
pub(super) fn without_abolished_digit(number: E164) -> E164 {
    match number.digits().as_bytes() {
        [b'5', b'2', b'1', rest @ ..] if rest.len() == 10 => number.without(3),
        _ => number,
    }
}

/// Leaves out what marks a mobile phone, or a number of the newer, longer kind.
pub(super) fn fold(number: E164) -> E164 {
    match number.digits().as_bytes() {
        // Argentina: 9 before the area code, from abroad and for mobiles only. Area code and
        // subscriber number are given out once, whatever the service.
        [b'5', b'4', b'9', rest @ ..] if rest.len() == 10 => number.without(3),
        // Brazil: 9 before the eight digits that a mobile had until 2016, which began with 6 to 9.
        // Eight digits from 2 to 5 are a landline, another phone than the mobile with a 9 before.
        [b'5', b'5', _, _, b'9', b'6'..=b'9', rest @ ..] if rest.len() == 7 => number.without(5),
        // Benin: 01 before every number of eight digits since 30 November 2024.
        [b'2', b'2', b'9', b'0', b'1', rest @ ..] if rest.len() == 8 => {
            number.without(4).without(4)
        }
        _ => number,
    }
}
