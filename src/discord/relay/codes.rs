//! What the gateway's close codes mean for the next attempt.
//! From Discord's documentation, *Opcodes and Status Codes*, "Gateway Close Event Codes".

/// What to do after a connection was closed with a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Closing {
    /// Connect anew and resume.
    Resume,
    /// The session is of no use any more: start a new one.
    StartAnew,
    /// Do not connect again.
    End(End),
}

/// Why a connection must not be made again as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// 4004: the token is refused.
    TokenRefused,
    /// 4010, 4011: the number of shards is wrong; ask for it anew.
    Shards,
    /// 4012: Discord no longer speaks this version of its gateway.
    Version,
    /// 4013, 4014: the intents are invalid, or not granted to the application.
    Intents(u16),
}

/// The meaning of a code.
pub(super) fn closing(code: u16) -> Closing {
    match code {
        4004 => Closing::End(End::TokenRefused),
        4010 | 4011 => Closing::End(End::Shards),
        4012 => Closing::End(End::Version),
        4013 | 4014 => Closing::End(End::Intents(code)),
        // Not authenticated, authenticated twice, a sequence number that is wrong, timed out.
        4003 | 4005 | 4007 | 4009 => Closing::StartAnew,
        _ => Closing::Resume,
    }
}
