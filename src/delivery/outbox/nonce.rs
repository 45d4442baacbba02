//! The nonce with which a delivery is sent, and by which it is found again.

use jiff::civil::Date;

use crate::card::action::base36;
use crate::model::{ChannelId, Key};

/// Day 0 of the days in nonces.
const FIRST: Date = Date::constant(1970, 1, 1);

/// The nonce of a delivery, at most 25 characters. It contains the channel's id, because Discord does
/// not say whether nonces are unique per channel.
pub fn nonce(key: Key) -> String {
    let days = key.date.duration_since(FIRST).as_hours() / 24;
    format!("1{:0>13}{:0>4}{}", base36(key.channel.0), base36(days.unsigned_abs()), base36(u64::from(key.sequence)))
}

/// The delivery with that nonce; `None` if the nonce is not a delivery's.
pub fn key_of(nonce: &str) -> Option<Key> {
    let (channel, rest) = nonce.strip_prefix('1')?.split_at_checked(13)?;
    let (days, sequence) = rest.split_at_checked(4)?;
    let number = |digits: &str| u64::from_str_radix(digits, 36).ok();
    let days = i64::try_from(number(days)?).ok()?;
    Some(Key {
        channel: ChannelId(number(channel)?),
        date: FIRST.checked_add(jiff::Span::new().try_days(days).ok()?).ok()?,
        sequence: u16::try_from(number(sequence)?).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn nonces_fit_differ_and_are_read_back(channel in 1u64.., other in 1u64.., days in 0i32..80_000, sequence in 0u16..=9999) {
            let day = date(1970, 1, 1).checked_add(jiff::Span::new().days(days)).expect("a day");
            let key = Key { channel: ChannelId(channel), date: day, sequence };
            prop_assert!(nonce(key).len() <= 25, "{}", nonce(key));
            prop_assert_eq!(key_of(&nonce(key)), Some(key));
            let elsewhere = Key { channel: ChannelId(other), ..key };
            prop_assert_eq!(channel == other, nonce(key) == nonce(elsewhere));
            prop_assert_ne!(nonce(key), nonce(Key { sequence: sequence + 1, ..key }));
            prop_assert_ne!(nonce(key), nonce(Key { date: day.tomorrow().expect("a day"), ..key }));
        }
    }
}
