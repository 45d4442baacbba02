//! The fake's own clock: what ids, timestamps, nonce windows, rate limits and `Date` go by.

use jiff::{SignedDuration, Timestamp};

/// Discord's epoch in milliseconds of Unix time: 2015-01-01T00:00:00Z.
const EPOCH: i64 = 1_420_070_400_000;

/// Runs with the system's clock at some distance from it, or stands still until it is set.
#[derive(Debug, Clone, Copy)]
pub enum Clock {
    Running { ahead: SignedDuration },
    Standing(Timestamp),
}

impl Default for Clock {
    fn default() -> Clock {
        Clock::Running { ahead: SignedDuration::ZERO }
    }
}

impl Clock {
    pub fn now(&self) -> Timestamp {
        match self {
            Clock::Running { ahead } => Timestamp::now() + *ahead,
            Clock::Standing(at) => *at,
        }
    }

    /// Runs on from an instant.
    pub fn running_from(at: Timestamp) -> Clock {
        Clock::Running { ahead: at.duration_since(Timestamp::now()) }
    }

    /// Jumps; back if negative.
    pub fn advance(&mut self, by: SignedDuration) {
        match self {
            Clock::Running { ahead } => *ahead += by,
            Clock::Standing(at) => *at += by,
        }
    }
}

/// An id of that instant. `count` tells apart what happened in one millisecond; it may not repeat
/// within it.
pub fn snowflake(at: Timestamp, count: u64) -> u64 {
    // Before 2015 there was no Discord; a test may live then all the same.
    let since = u64::try_from(at.as_millisecond() - EPOCH).unwrap_or_default();
    (since << 22) | (count & 0x3f_ffff)
}

/// As Discord writes instants: microseconds and an offset.
pub fn iso(at: Timestamp) -> String {
    format!("{}", at.strftime("%Y-%m-%dT%H:%M:%S.%6f+00:00"))
}

/// For the `Date` header.
pub fn http_date(at: Timestamp) -> String {
    jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&at).expect("a year with four digits")
}
