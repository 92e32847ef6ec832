//! The real program under wall clocks that are wrong: libfaketime lies to it about the wall clock,
//! and about nothing else.

use std::process::Command;

use crate::process::{PATIENCE, Place, Program, eventually};
use crate::redis_process::RedisProcess;

/// Where Debian's package faketime has it; the loader knows what `$LIB` is.
const LIBFAKETIME: &str = "/usr/$LIB/faketime/libfaketime.so.1";

#[test]
fn a_server_whose_clock_is_wrong_goes_by_the_time_of_those_that_run() {
    let redis = RedisProcess::start(&[]);
    let place = place_on(&redis);
    let right = place.start();
    for (number, off_secs) in [30, -30, 3_600, -3_600, 86_400, -86_400]
        .into_iter()
        .enumerate()
    {
        let wrong = start_off(&place, off_secs);
        let phone = format!("1415555010{number}");
        right.get(&format!("/otp/{phone}")).is(200, "");
        let code = place.simulator.last_code(&phone).expect("a code was sent");
        let again = wrong.get(&format!("/otp/{phone}"));
        assert_eq!(again.status, 429, "{off_secs} s off: {again:?}");
        assert!(wait_secs(&again.text) > 45, "{off_secs} s off: {again:?}");
        let check = format!(r#"{{"code":"{code}"}}"#);
        wrong.post(&format!("/otp/{phone}"), &check).is(200, "");
        says_so(&wrong, off_secs);
        // Nor did it change the time of the others.
        let again = right.get(&format!("/otp/{phone}"));
        assert!(wait_secs(&again.text) > 40, "{off_secs} s off: {again:?}");
    }
}

#[test]
fn after_all_were_down_a_server_with_a_wrong_clock_frees_no_limit() {
    for off_secs in [3_600, -3_600, 86_400, -86_400] {
        let redis = RedisProcess::start(&[]);
        let place = place_on(&redis);
        let right = place.start();
        right.get("/otp/14155550123").is(200, "");
        right.kill();
        let wrong = start_off(&place, off_secs);
        let again = wrong.get("/otp/14155550123");
        assert_eq!(again.status, 429, "{off_secs} s off: {again:?}");
        let wait_secs = wait_secs(&again.text);
        assert!(
            (40..=60).contains(&wait_secs),
            "{off_secs} s off: {again:?}"
        );
        says_so(&wrong, off_secs);
    }
}

fn place_on(redis: &RedisProcess) -> Place {
    Place::with(&format!("[store]\nkind = \"{}\"\n", redis.url()))
}

fn start_off(place: &Place, off_secs: i64) -> Program {
    let mut command: Command = place.command(&[]);
    command
        .env("LD_PRELOAD", LIBFAKETIME)
        .env("FAKETIME", format!("{off_secs:+}s"))
        .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    Program::start(command)
}

/// Which also shows that the clock was wrong.
#[track_caller]
fn says_so(program: &Program, off_secs: i64) {
    let side = if off_secs > 0 { "ahead of" } else { "behind" };
    let said = [0, 1].map(|less| format!("clock is {} s {side} the time", off_secs.abs() - less));
    let what = format!("it says that it is {off_secs} s off (is the package faketime installed?)");
    eventually(&what, PATIENCE, || {
        let logged = program.logged();
        said.iter().any(|said| logged.contains(said)).then_some(())
    });
    assert_eq!(program.logged().matches("set it right").count(), 1);
}

/// The seconds in "please try again in 57 seconds".
fn wait_secs(text: &str) -> u64 {
    let secs = text.split(' ').find_map(|word| word.parse().ok());
    secs.unwrap_or_else(|| panic!("{text} names no seconds"))
}
