//! What Discord's error codes mean for a request.
//!
//! The codes are from the table "JSON Error Codes" of Discord's documentation (Topics, Opcodes and
//! Status Codes). Any other code is a permanent refusal of the request.

use crate::model::Pause;

/// What an error code means for a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meaning {
    /// The channel accepts nothing until somebody changes it.
    Closed(Pause),
    /// Temporary; this route waits.
    Passes,
    /// Temporary; all routes wait.
    PassesForAll,
    /// The message does not exist any more.
    Deleted,
    /// Discord rejects the bot's token.
    Token,
    /// Discord refuses the content, and would refuse it again.
    Refused,
}

use Meaning::{Closed, Deleted, Passes, PassesForAll, Refused, Token};

/// Each code with its meaning, and what happened in words for a teacher.
const CODES: &[(u64, Meaning, &str)] = &[
    (10003, Closed(Pause::ChannelGone), "the channel was deleted"),
    (10004, Closed(Pause::Removed), "I was removed from the server"),
    (10008, Deleted, "somebody deleted my message"),
    (20016, Passes, "the channel is in slow mode"),
    (20022, Passes, "this announcement was changed too often"),
    (20028, Passes, "too many messages are being sent in the channel"),
    (20029, Passes, "too many messages are being sent in the server"),
    (30033, Closed(Pause::ThreadFull), "the thread has as many members as Discord allows"),
    (30046, Passes, "my older messages were changed too often"),
    (40001, Token, "Discord refuses my token"),
    (40003, Passes, "I open direct messages too fast"),
    (40004, Passes, "Discord has switched off messages for a while"),
    (40006, Passes, "Discord has switched this off for a while"),
    (40058, Closed(Pause::NoPosts), "I cannot post in this kind of channel"),
    (40062, PassesForAll, "a part of Discord is overloaded"),
    (40333, PassesForAll, "something that is not Discord answered in its place"),
    (50001, Closed(Pause::NoAccess), "I cannot see the channel any more"),
    (50007, Closed(Pause::DirectClosed), "they do not accept direct messages from me"),
    (50008, Closed(Pause::NoPosts), "I cannot post in this kind of channel"),
    (50013, Closed(Pause::NoPermission), "I am missing a permission in the channel"),
    (50014, Token, "Discord refuses my token"),
    (50024, Closed(Pause::NoPosts), "I cannot post in this kind of channel"),
    (50083, Closed(Pause::Archived), "the thread is archived"),
    (50278, Closed(Pause::DirectClosed), "we have no server in common any more"),
    (110_000, Passes, "a part of Discord is not ready yet"),
    (130_000, PassesForAll, "Discord is overloaded"),
    (160_005, Closed(Pause::Locked), "the thread is locked"),
    (160_006, Refused, "the server has as many open threads as Discord allows; archive one first"),
    (160_007, Refused, "the server has as many open threads of announcements as Discord allows; archive one first"),
    (200_000, Refused, "a filter of the server's blocked it (AutoMod)"),
    (200_001, Refused, "a filter of the server's blocked its title (AutoMod)"),
    (240_000, Refused, "Discord's filter for harmful links blocked it"),
    (400_001, Refused, "Discord has limited uploads to this server"),
];

/// The meaning of a code; codes that are not in the table are refusals.
pub(super) fn meaning(code: u64) -> Meaning {
    entry(code).map_or(Refused, |(_, meaning, _)| meaning.clone())
}

/// What happened, in words for a teacher.
pub(super) fn words(code: u64) -> String {
    entry(code).map_or_else(|| format!("Discord refused it (code {code})"), |(_, _, words)| (*words).to_owned())
}

/// Whether Discord refused because of a file, so that the message may succeed without it.
pub(super) fn is_about_a_file(code: u64) -> bool {
    // Request or file too large, not an accepted file, uploads restricted.
    matches!(code, 40005 | 50045 | 50046 | 50110 | 50123 | 400_001)
}

/// Whether this is the limit on edits of messages older than an hour, which does not apply to newer
/// messages on the same route. Discord sends it with status 429, and does not document the limit.
pub(super) fn is_about_old_messages(code: u64) -> bool {
    code == 30046
}

fn entry(code: u64) -> Option<&'static (u64, Meaning, &'static str)> {
    CODES.iter().find(|(known, ..)| *known == code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_stands_once_and_in_order() {
        assert!(CODES.windows(2).all(|two| two[0].0 < two[1].0));
    }

    #[test]
    fn codes_mean_what_discords_documentation_says() {
        for (codes, expected) in [
            (&[10003][..], Closed(Pause::ChannelGone)),
            (&[10004], Closed(Pause::Removed)),
            (&[50001], Closed(Pause::NoAccess)),
            (&[50013], Closed(Pause::NoPermission)),
            (&[50083], Closed(Pause::Archived)),
            (&[160_005], Closed(Pause::Locked)),
            (&[40058, 50008, 50024], Closed(Pause::NoPosts)),
            (&[30033], Closed(Pause::ThreadFull)),
            (&[50007, 50278], Closed(Pause::DirectClosed)),
            (&[20016, 20022, 20028, 20029, 30046, 40003, 40004, 40006, 110_000], Passes),
            (&[40062, 40333, 130_000], PassesForAll),
            (&[10008], Deleted),
            (&[40001, 50014], Token),
            (&[160_006, 160_007, 200_000, 200_001, 240_000, 400_001, 50035, 999_999], Refused),
        ] {
            for code in codes {
                assert_eq!(meaning(*code), expected, "{code}");
            }
        }
    }
}
