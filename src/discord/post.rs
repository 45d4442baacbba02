//! Composes messages for channels, and searches channels for them.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reqwest::multipart::{Form, Part};
use serde_json::Value;
use serenity::builder::CreateAttachment;

use super::channel_access::Channels;
use super::outbound::delivery_mark;
use super::rest::{Body, NoReply, RestResponse};
use super::route::EPOCH;
use super::verdict::Verdict;
use crate::card::Card;
use crate::messenger::FindOutcome;
use crate::model::{ChannelId, MessageId, Pause};

/// Messages per page, Discord's maximum.
const PAGE: usize = 100;
/// How many pages are searched. A channel with more messages within the window counts as unreadable.
const PAGES: usize = 30;
/// How long to wait for each further page when Discord asks us to slow down.
const PATIENCE: Duration = Duration::from_secs(6);

impl Channels {
    /// Fetches messages of a channel. `patience` is how long to wait when Discord asks us to slow down.
    async fn messages(&self, channel: ChannelId, query: &str, patience: Duration) -> Result<Vec<Value>, FindOutcome> {
        match self.rest.get_patiently(&format!("/channels/{channel}/messages?{query}"), patience).await {
            Ok(RestResponse { verdict: Verdict::Done, body: Value::Array(messages), .. }) => Ok(messages),
            Ok(reply) => Err(match reply.verdict {
                // Without View Channel or Read Message History, nothing is proven.
                Verdict::Closed(Pause::NoPermission | Pause::NoAccess) => FindOutcome::Unreadable,
                Verdict::Closed(pause) => FindOutcome::Closed(pause),
                _ => FindOutcome::Unavailable(reply.trouble()),
            }),
            Err(NoReply { why, .. }) => Err(FindOutcome::Unavailable(why)),
        }
    }

    /// Searches the messages after an id for the one with that mark. Returns `Ok(None)` if there is
    /// none, and whether there was any message.
    async fn search(&self, channel: ChannelId, mark: &str, mut after: u64) -> Result<(Option<u64>, bool), FindOutcome> {
        let mut seen = false;
        for number in 0..PAGES {
            // A search that has begun waits for its pages, because the next attempt would start at the
            // first page.
            let patience = if number == 0 { Duration::ZERO } else { PATIENCE };
            let page = self.messages(channel, &format!("after={after}&limit={PAGE}"), patience).await?;
            seen |= !page.is_empty();
            if let Some(found) = page.iter().find(|message| self.is_ours(message, mark)) {
                return Ok((id(found), true));
            }
            let last = page.iter().filter_map(id).max();
            match last {
                Some(last) if page.len() >= PAGE => after = last,
                _ => return Ok((None, seen)),
            }
        }
        Err(FindOutcome::Unreadable)
    }

    fn is_ours(&self, message: &Value, mark: &str) -> bool {
        let ours = message["author"]["id"].as_str() == Some(self.bot.to_string().as_str());
        let rows = message["components"].as_array().into_iter().flatten();
        let inside = rows.flat_map(|row| row["components"].as_array().into_iter().flatten());
        ours && inside.filter_map(|component| component["custom_id"].as_str()).any(|id| id.ends_with(mark))
    }

    /// Discord also returns an empty list to a bot without Read Message History. It proves something
    /// only if an older message is visible, or if the channel never had one.
    async fn emptiness(&self, channel: ChannelId) -> FindOutcome {
        match self.messages(channel, "limit=1", PATIENCE).await {
            Ok(older) if !older.is_empty() => return FindOutcome::NotThere,
            Ok(_) => {}
            Err(sought) => return sought,
        }
        match self.rest.get(&format!("/channels/{channel}")).await {
            // A channel object has an id; anything else proves nothing.
            Ok(reply) if reply.verdict == Verdict::Done && reply.body["id"].is_string() => {
                if reply.body["last_message_id"].is_null() { FindOutcome::NotThere } else { FindOutcome::Unreadable }
            }
            Ok(reply) => match reply.verdict {
                Verdict::Closed(pause) => FindOutcome::Closed(pause),
                _ => FindOutcome::Unavailable(reply.trouble()),
            },
            Err(NoReply { why, .. }) => FindOutcome::Unavailable(why),
        }
    }

    /// How far our clock is ahead of Discord's.
    pub(super) async fn skew(&self) -> Result<SignedDuration, String> {
        // A request that needs the token, so that a rejected token shows before anything is claimed.
        let reply = self.rest.get("/users/@me").await.map_err(|none| none.why)?;
        if reply.verdict != Verdict::Done {
            return Err(reply.trouble());
        }
        // If the server sends no date, the clocks cannot be compared; assume that they agree.
        Ok(reply.skew.unwrap_or(SignedDuration::ZERO))
    }

    /// Searches for the bot's message with that nonce.
    pub(super) async fn find(&self, channel: ChannelId, nonce: &str, since: Timestamp) -> FindOutcome {
        match self.search(channel, &delivery_mark(nonce), snowflake(since)).await {
            Ok((Some(message), _)) => FindOutcome::Found(MessageId(message)),
            Ok((None, true)) => FindOutcome::NotThere,
            Ok((None, false)) => self.emptiness(channel).await,
            Err(sought) => sought,
        }
    }
}

/// Composes a message's body and the image of its picture from a card and a nonce.
pub(super) type Make = fn(&Card, &str) -> (Value, Option<CreateAttachment>);

/// The body of the request: multipart with the image, or only JSON.
pub(super) async fn body(card: &Card, nonce: &str, make: Make) -> Body {
    let (drawing, nonce_of_it) = (card.clone(), nonce.to_owned());
    let made = tokio::task::spawn_blocking(move || make(&drawing, &nonce_of_it)).await;
    // If drawing fails, the post is sent without the picture, because the lesson must not wait.
    let (message, file) = made.unwrap_or_else(|_| make(&Card { picture: None, ..card.clone() }, nonce));
    let part = file.map(|file| Part::bytes(file.data).file_name(file.filename).mime_str("image/png"));
    match part {
        Some(Ok(part)) => Body::Form(Form::new().text("payload_json", message.to_string()).part("files[0]", part)),
        _ => Body::Json(message),
    }
}

fn id(message: &Value) -> Option<u64> {
    message["id"].as_str()?.parse().ok()
}

/// The smallest message id of an instant.
fn snowflake(instant: Timestamp) -> u64 {
    u64::try_from(instant.as_millisecond() - EPOCH).unwrap_or_default() << 22
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discord::outbound::message_of_post;

    #[test]
    fn ids_begin_with_their_instant() {
        // From Discord's reference: 175928847299117063 is of 2016-04-30 11:18:25.796 UTC.
        let instant: Timestamp = "2016-04-30T11:18:25.796Z".parse().expect("an instant");
        assert_eq!(snowflake(instant) >> 22, 175_928_847_299_117_063 >> 22);
    }

    #[tokio::test]
    async fn a_post_with_a_picture_is_a_form_and_one_whose_picture_fails_is_not() {
        use crate::card::{Outcome, Picture};
        let mut card = Card::new(Outcome::Found, "On this day");
        assert!(matches!(body(&card, "n1", message_of_post).await, Body::Json(_)));
        card.picture = Some(Picture::new("strip", "a strip", "<svg/>".into(), |_| Some(vec![1, 2, 3].into())));
        let Body::Form(form) = body(&card, "n1", message_of_post).await else { panic!("no form") };
        let form = format!("{form:?}");
        assert!(form.contains("payload_json") && form.contains("files[0]"), "{form}");
        card.picture = Some(Picture::new("strip", "a strip", "<svg/>".into(), |_| None));
        let Body::Json(message) = body(&card, "n1", message_of_post).await else { panic!("a form") };
        assert!(message["embeds"][0]["image"].is_null(), "{message}");
        // If drawing panics, the post is still sent.
        card.picture = Some(Picture::new("strip", "a strip", "<svg/>".into(), |_| panic!("a bug in drawing")));
        assert!(matches!(body(&card, "n1", message_of_post).await, Body::Json(_)));
    }
}
