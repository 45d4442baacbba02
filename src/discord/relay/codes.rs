//! What the gateway's close codes mean for the next attempt, from Discord's documentation: *Opcodes and
//! Status Codes*, "Gateway Close Event Codes".

/// What to do after the gateway closed the connection with a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Closing {
    /// Reconnect and resume.
    Resume,
    /// Reconnect and start a new session.
    StartAnew,
    /// Do not reconnect.
    End(End),
}

/// Why a connection must not be retried unchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// 4004: the token is rejected.
    TokenRefused,
    /// 4010, 4011: the number of shards is wrong; request it again.
    Shards,
    /// 4012: Discord no longer supports this version of the gateway.
    Version,
    /// 4013, 4014: the intents are invalid, or the application may not use them.
    Intents(u16),
}

/// The meaning of a code. Unknown codes allow resuming.
pub(super) fn closing(code: u16) -> Closing {
    match code {
        4004 => Closing::End(End::TokenRefused),
        4010 | 4011 => Closing::End(End::Shards),
        4012 => Closing::End(End::Version),
        4013 | 4014 => Closing::End(End::Intents(code)),
        // Not authenticated, authenticated twice, wrong sequence number, timed out.
        4003 | 4005 | 4007 | 4009 => Closing::StartAnew,
        _ => Closing::Resume,
    }
}
