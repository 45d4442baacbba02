//! Posts, edits and threads that are not deliveries: what is said in a channel while a class is in it.

use std::time::Duration;

use serde_json::{Value, json};

use super::outbound::{message_of_edit, message_of_post};
use super::post;
use super::rest::{Body, NoReply, Reply, Rest, edits_of};
use crate::card::Card;
use crate::rooms::Unsaid;

/// How long to wait when Discord names no time, or refuses the token for now.
const WAIT: Duration = Duration::from_secs(5);
/// Minutes without a word after which a thread goes to sleep: a day.
const SLEEPS_AFTER: u64 = 1440;
/// A public thread in a text channel, and one in an announcement channel.
pub const PUBLIC_THREAD: u64 = 11;
pub const ANNOUNCEMENT_THREAD: u64 = 10;

/// Posts a card; see [`Rooms::say`](crate::rooms::Rooms::say).
pub async fn say(rest: &Rest, channel: u64, nonce: &str, card: &Card) -> Result<u64, Unsaid> {
    turn(rest, channel).await?;
    let body = post::body(card, nonce, message_of_post).await;
    let reply = taken(rest.post(&format!("/channels/{channel}/messages"), channel, body).await)?;
    if reply.code() == UNKNOWN_MESSAGE {
        return Err(Unsaid::Closed("somebody deleted my message".to_owned()));
    }
    id(&accepted(reply)?)
}

/// Edits a message; see [`Rooms::amend`](crate::rooms::Rooms::amend). One that is gone needs no edit.
pub async fn amend(rest: &Rest, channel: u64, message: u64, card: &Card) -> Result<(), Unsaid> {
    turn(rest, edits_of(channel)).await?;
    // Its buttons belong to nobody, like those of a post.
    let body = post::body(card, "", message_of_edit).await;
    let reply = taken(rest.patch(&format!("/channels/{channel}/messages/{message}"), channel, body).await)?;
    if reply.code() == UNKNOWN_MESSAGE {
        return Ok(());
    }
    accepted(reply).map(drop)
}

/// Opens a thread of the kind that the channel takes; see
/// [`Rooms::open_thread`](crate::rooms::Rooms::open_thread).
pub async fn open_thread(rest: &Rest, channel: u64, kind: u64, name: &str) -> Result<u64, Unsaid> {
    turn(rest, channel).await?;
    let body = Body::Json(json!({ "name": name, "type": kind, "auto_archive_duration": SLEEPS_AFTER }));
    id(&accepted(taken(rest.post(&format!("/channels/{channel}/threads"), channel, body).await)?)?)
}

/// Opens a thread again that was archived.
pub async fn reopen(rest: &Rest, thread: u64) -> Result<(), Unsaid> {
    let body = Body::Json(json!({ "archived": false }));
    accepted(taken(rest.patch(&format!("/channels/{thread}"), thread, body).await)?).map(drop)
}

/// Opens the direct messages with somebody; see [`Rooms::direct`](crate::rooms::Rooms::direct).
pub async fn open_direct(rest: &Rest, user: u64) -> Result<u64, Unsaid> {
    // The waits of this route are nobody's channel's; 0 is none.
    turn(rest, 0).await?;
    let body = Body::Json(json!({ "recipient_id": user.to_string() }));
    id(&accepted(taken(rest.post("/users/@me/channels", 0, body).await)?)?)
}

/// Discord's code for a message that is not there.
const UNKNOWN_MESSAGE: u64 = 10008;

/// Waits for our turn among all that is sent; does not wait for what Discord asked of this bucket.
async fn turn(rest: &Rest, bucket: u64) -> Result<(), Unsaid> {
    rest.pace.turn().await;
    // Asked after the turn: while we waited for it, Discord may have told everybody to wait.
    rest.wait_of(bucket).map_or(Ok(()), |wait| Err(Unsaid::Wait(wait)))
}

fn taken(sent: Result<Reply, NoReply>) -> Result<Reply, Unsaid> {
    sent.map_err(|none| Unsaid::Failed(none.why))
}

/// What an answer means.
fn accepted(reply: Reply) -> Result<Value, Unsaid> {
    if reply.status.is_success() {
        return Ok(reply.body);
    }
    Err(match (reply.status.as_u16(), reply.code()) {
        (429, _) => Unsaid::Wait(reply.wait.unwrap_or(WAIT)),
        (401, _) => Unsaid::Wait(WAIT),
        (500..=599, _) => Unsaid::Failed(reply.trouble()),
        (_, 10003) => Unsaid::Closed("the channel was deleted".to_owned()),
        (_, 50001) => Unsaid::Closed("I cannot see the channel any more".to_owned()),
        (_, 50013) => Unsaid::Closed("I lack a permission in the channel".to_owned()),
        (_, 50083) => Unsaid::Closed("the thread is archived".to_owned()),
        (status, code) => Unsaid::Closed(format!("Discord refused it ({status}, code {code})")),
    })
}

fn id(body: &Value) -> Result<u64, Unsaid> {
    let id = body["id"].as_str().and_then(|id| id.parse().ok());
    // It was taken: the same nonce gives it again.
    id.ok_or_else(|| Unsaid::Failed("Discord's answer could not be read".to_owned()))
}
