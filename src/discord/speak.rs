//! Posts, edits and threads that are not deliveries: messages to a class during a lesson.

use std::str::FromStr;
use std::time::Duration;

use serde_json::{Value, json};

use super::codes;
use super::outbound::{message_of_edit, message_of_post};
use super::post;
use super::rest::{Body, NoReply, Rest, RestResponse, Turn};
use super::verdict::Verdict;
use crate::card::Card;
use crate::messenger::SendError;
use crate::model::{ChannelId, MessageId, Pause, UserId};

/// How long to wait if Discord does not say how long.
const WAIT: Duration = Duration::from_secs(5);
/// How long a user waits in all after a deferred response.
const PATIENCE: Duration = Duration::from_secs(30);
/// Minutes without messages after which a thread is archived: a day.
const SLEEPS_AFTER: u64 = 1440;
/// Discord's types of a public thread in a text channel, and in an announcement channel.
pub(super) const PUBLIC_THREAD: u64 = 11;
pub(super) const ANNOUNCEMENT_THREAD: u64 = 10;

/// Sends a card; see [`Messenger::send`](crate::messenger::Messenger::send).
pub(super) async fn send(rest: &Rest, channel: ChannelId, nonce: &str, card: &Card) -> Result<MessageId, SendError> {
    match send_once(rest, channel, nonce, card).await {
        // If Discord refuses the picture, send the card without it: the lesson must not wait.
        Err(SendError::Refused { code, .. }) if codes::is_about_a_file(code) && card.picture.is_some() => {
            send_once(rest, channel, nonce, &Card { picture: None, ..card.clone() }).await
        }
        sent => sent,
    }
}

async fn send_once(rest: &Rest, channel: ChannelId, nonce: &str, card: &Card) -> Result<MessageId, SendError> {
    // Composed before the turn, so that posts are sent as fast as turns come.
    let body = post::body(card, nonce, message_of_post).await;
    id(&accepted(rest.post(&format!("/channels/{channel}/messages"), body, Turn::InLine).await)?)
}

/// The delay before retrying a request whose outcome is in doubt; doubled each time.
const AGAIN: Duration = Duration::from_millis(500);

/// The time that remains for a user who got a deferred response.
pub(super) struct Patience {
    left: Duration,
    again: Duration,
}

impl Patience {
    pub(super) fn new() -> Patience {
        Patience { left: PATIENCE, again: AGAIN }
    }

    /// Sleeps as long as an attempt asks to, if the remaining time allows it. Returns whether to try
    /// again.
    pub(super) async fn outlasts<T>(&mut self, rest: &Rest, done: &Result<T, SendError>) -> bool {
        let Err(SendError::NotSent { wait: Some(wait), .. }) = done else { return false };
        self.spend(rest, *wait).await
    }

    /// As [`outlasts`](Self::outlasts), but also retries an attempt in doubt. Only for requests with a
    /// nonce.
    pub(super) async fn outlasts_doubt<T>(&mut self, rest: &Rest, done: &Result<T, SendError>) -> bool {
        let Err(SendError::InDoubt(_) | SendError::NotSent { wait: None, .. }) = done else {
            return self.outlasts(rest, done).await;
        };
        let again = self.again;
        self.again = 2 * again;
        self.spend(rest, again).await
    }

    async fn spend(&mut self, rest: &Rest, wait: Duration) -> bool {
        let Some(left) = self.left.checked_sub(wait) else { return false };
        self.left = left;
        rest.wait(wait).await;
        true
    }
}

/// The result of an edit that Discord did not refuse permanently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edited {
    /// The message is edited, or does not exist any more.
    Done,
    /// Not edited, because the thread is archived.
    Archived,
}

/// Edits a message; see [`Messenger::edit`](crate::messenger::Messenger::edit).
pub(super) async fn edit(rest: &Rest, channel: ChannelId, message: MessageId, card: &Card) -> Result<Edited, SendError> {
    // The buttons belong to no user, like those of a post.
    let body = post::body(card, "", message_of_edit).await;
    let edited = rest.patch(&format!("/channels/{channel}/messages/{message}"), body).await;
    match edited.as_ref().map(|reply| &reply.verdict) {
        Ok(Verdict::Deleted) => Ok(Edited::Done),
        Ok(Verdict::Closed(Pause::Archived)) => Ok(Edited::Archived),
        _ => accepted(edited).map(|_| Edited::Done),
    }
}

/// Opens a thread of the given kind; see
/// [`Messenger::open_thread`](crate::messenger::Messenger::open_thread).
pub(super) async fn open_thread(rest: &Rest, channel: ChannelId, kind: u64, name: &str) -> Result<ChannelId, SendError> {
    let body = Body::Json(json!({ "name": name, "type": kind, "auto_archive_duration": SLEEPS_AFTER }));
    id(&accepted(rest.post(&format!("/channels/{channel}/threads"), body, Turn::InLine).await)?)
}

/// Reopens an archived thread.
pub(super) async fn reopen(rest: &Rest, thread: ChannelId) -> Result<(), SendError> {
    let body = Body::Json(json!({ "archived": false }));
    accepted(rest.patch(&format!("/channels/{thread}"), body).await).map(drop)
}

/// Opens the direct messages with a user; see
/// [`Messenger::direct`](crate::messenger::Messenger::direct).
pub(super) async fn open_direct(rest: &Rest, user: UserId) -> Result<ChannelId, SendError> {
    let body = Body::Json(json!({ "recipient_id": user.to_string() }));
    id(&accepted(rest.post("/users/@me/channels", body, Turn::Ahead).await)?)
}

/// Translates each [`Verdict`] to a [`SendError`].
fn accepted(sent: Result<RestResponse, NoReply>) -> Result<Value, SendError> {
    let reply = match sent {
        Ok(reply) => reply,
        Err(NoReply { surely_not_sent: true, wait, why }) => return Err(SendError::NotSent { wait, why }),
        Err(NoReply { why, .. }) => return Err(SendError::InDoubt(why)),
    };
    let why = reply.trouble();
    Err(match reply.verdict {
        Verdict::Done => return Ok(reply.body),
        Verdict::InDoubt => SendError::InDoubt(why),
        Verdict::Wait(wait) => SendError::NotSent { wait: Some(wait.unwrap_or(WAIT)), why },
        Verdict::TooOld(wait) => SendError::NotSent { wait: Some(wait), why },
        Verdict::Silence(silence) => SendError::NotSent { wait: Some(silence.least()), why },
        Verdict::Deleted => SendError::Deleted,
        Verdict::Closed(pause) => SendError::Closed { pause, why },
        Verdict::Refused(code) => SendError::Refused { code, why },
    })
}

fn id<T: FromStr>(body: &Value) -> Result<T, SendError> {
    let id = body["id"].as_str().and_then(|id| id.parse().ok());
    // Discord accepted it; repeating the request with the same nonce returns the message.
    id.ok_or_else(|| SendError::InDoubt("Discord's answer could not be read".to_owned()))
}
