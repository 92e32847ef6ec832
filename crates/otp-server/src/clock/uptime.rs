//! How long the machine has been up, the time it slept included.

use std::time::Duration;

/// How long the machine has been up since which start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Uptime {
    /// Another one after every start of the machine.
    pub boot: [u8; 16],
    /// Milliseconds since then.
    pub ms: u64,
}

impl Uptime {
    /// Now; `None` where the system does not name its starts.
    pub(super) fn now() -> Option<Self> {
        boot().map(|boot| Self {
            boot,
            ms: super::millis(uptime()),
        })
    }
}

/// Linux leaves sleep out of the clock behind `Instant`, but not out of this one.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(super) fn uptime() -> Duration {
    use rustix::time::{ClockId, clock_gettime};
    Duration::try_from(clock_gettime(ClockId::Boottime)).unwrap_or_default()
}

/// Elsewhere `Instant` has to do; it counts from the first call.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(super) fn uptime() -> Duration {
    static FIRST: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    FIRST.get_or_init(super::monotonic_now).elapsed()
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn boot() -> Option<[u8; 16]> {
    static BOOT: std::sync::OnceLock<Option<[u8; 16]>> = std::sync::OnceLock::new();
    *BOOT.get_or_init(|| {
        parse_boot(&std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?)
    })
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn boot() -> Option<[u8; 16]> {
    None
}

/// A UUID: 32 hexadecimal digits and some dashes.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn parse_boot(text: &str) -> Option<[u8; 16]> {
    let digits: String = text.trim().chars().filter(|sign| *sign != '-').collect();
    let is_whole = digits.len() == 32;
    let number = u128::from_str_radix(&digits, 16).ok()?;
    is_whole.then(|| number.to_be_bytes())
}

#[cfg(all(test, any(target_os = "linux", target_os = "android")))]
mod tests {
    use super::*;

    #[test]
    fn a_start_of_the_machine_has_a_name() {
        assert_eq!(
            parse_boot("01020304-0506-0708-090a-0b0c0d0e0f10\n"),
            Some(std::array::from_fn(|index| u8::try_from(index).unwrap() + 1))
        );
        assert_eq!(parse_boot("01020304"), None);
        assert!(boot().is_some());
    }

    #[test]
    fn the_uptime_is_the_one_that_counts_sleep() {
        let kernel = std::fs::read_to_string("/proc/uptime").unwrap();
        let secs: f64 = kernel.split(' ').next().unwrap().parse().unwrap();
        let off_secs = (uptime().as_secs_f64() - secs).abs();
        assert!(
            off_secs < 60.0,
            "{off_secs} s away from what the kernel says"
        );
    }
}
