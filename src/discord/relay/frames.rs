//! Reads and writes gateway frames, parsing no more than the relay needs.

use std::borrow::Cow;
use std::io::Read;
use std::time::Duration;

use flate2::read::ZlibDecoder;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

/// The largest frame after decompression, in bytes.
const LARGEST: u64 = 32 << 20;
/// The minimum heartbeat interval, whatever HELLO says.
const SHORTEST_INTERVAL: Duration = Duration::from_secs(1);

/// A frame's envelope, with the data not parsed yet.
#[derive(Debug, Deserialize)]
pub(super) struct Frame<'a> {
    pub op: u8,
    /// The sequence number of a dispatch.
    #[serde(default)]
    pub s: Option<u64>,
    /// The event name of a dispatch.
    #[serde(default, borrow)]
    pub t: Option<Cow<'a, str>>,
    /// The raw data.
    #[serde(default, borrow)]
    pub d: Option<&'a RawValue>,
}

impl<'a> Frame<'a> {
    /// Parses a frame's envelope; `None` if it is not valid.
    pub(super) fn read(text: &'a str) -> Option<Frame<'a>> {
        serde_json::from_str(text).ok()
    }

    /// The raw data; `null` if there is none.
    pub(super) fn data(&self) -> &'a str {
        self.d.map_or("null", RawValue::get)
    }
}

/// Decompresses a frame, each of which is compressed separately. `None` if it is corrupt or too large.
pub(super) fn inflate(bytes: &[u8]) -> Option<String> {
    let mut text = String::with_capacity(bytes.len().saturating_mul(4).min(1 << 20));
    let read = ZlibDecoder::new(bytes).take(LARGEST + 1).read_to_string(&mut text).ok()?;
    (u64::try_from(read).ok()? <= LARGEST).then_some(text)
}

/// The heartbeat interval from HELLO's data.
pub(super) fn heartbeat_interval(data: &str) -> Option<Duration> {
    #[derive(Deserialize)]
    struct Hello {
        heartbeat_interval: u64,
    }
    let hello: Hello = serde_json::from_str(data).ok()?;
    Some(Duration::from_millis(hello.heartbeat_interval).max(SHORTEST_INTERVAL))
}

/// The fields of READY that the relay needs.
#[derive(Debug, Deserialize)]
pub(super) struct Ready {
    /// The session's id.
    pub session_id: String,
    /// The address at which to resume the session.
    #[serde(default)]
    pub resume_gateway_url: Option<String>,
    /// The bot's user.
    pub user: Value,
    pub application: Value,
    /// The servers of this shard that have the bot.
    #[serde(default)]
    pub guilds: Vec<Guild>,
}

/// A server in READY's list.
#[derive(Debug, Deserialize)]
pub(super) struct Guild {
    /// The id, as Discord's decimal string.
    pub id: String,
    /// True during an outage of that server.
    #[serde(default)]
    pub unavailable: Option<bool>,
}

pub(super) fn identify(token: &SecretString, intents: u64, shard: u32, shards: u32) -> String {
    json!({ "op": 2, "d": {
        "token": token.expose_secret(),
        "intents": intents,
        "compress": true,
        "large_threshold": 50,
        "shard": [shard, shards],
        "properties": { "os": crate::settings::SYSTEM, "browser": "kronikas", "device": "kronikas" },
    }})
    .to_string()
}

pub(super) fn resume(token: &SecretString, session: &str, sequence: u64) -> String {
    json!({ "op": 6, "d": { "token": token.expose_secret(), "session_id": session, "seq": sequence } }).to_string()
}

/// A heartbeat frame with the last sequence number.
pub(super) fn heartbeat(sequence: Option<u64>) -> String {
    json!({ "op": 1, "d": sequence }).to_string()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn deflate(text: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text).expect("memory");
        encoder.finish().expect("memory")
    }

    #[test]
    fn envelopes_are_read_and_data_is_left_alone() {
        let text = r#"{"t":"X\u0059","s":7,"op":0,"d":{ "a": [1, 2.50] },"new":{}}"#;
        let frame = Frame::read(text).expect("a frame");
        assert_eq!((frame.op, frame.s, frame.t.as_deref(), frame.data()), (0, Some(7), Some("XY"), r#"{ "a": [1, 2.50] }"#));
        assert_eq!(Frame::read(r#"{"op":11}"#).expect("a frame").data(), "null");
        for broken in ["", "{}", "[]", r#"{"op":-1}"#, r#"{"op":0,"d":{"#] {
            assert!(Frame::read(broken).is_none(), "{broken}");
        }
    }

    #[test]
    fn frames_are_inflated_and_bombs_are_not() {
        assert_eq!(inflate(&deflate("{\"op\":11}".as_bytes())).as_deref(), Some("{\"op\":11}"));
        assert_eq!(inflate(b"not zlib"), None);
        let bomb = deflate(&vec![b' '; (32 << 20) + 1]);
        assert!(bomb.len() < 1 << 20);
        assert_eq!(inflate(&bomb), None);
    }

    #[test]
    fn heartbeats_do_not_become_a_storm() {
        assert_eq!(heartbeat_interval(r#"{"heartbeat_interval":0}"#), Some(Duration::from_secs(1)));
        assert_eq!(heartbeat_interval(r#"{"heartbeat_interval":41250}"#), Some(Duration::from_millis(41_250)));
        assert_eq!(heartbeat_interval("{}"), None);
    }
}
