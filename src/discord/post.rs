//! Posts to channels, and looking for them there.

use std::time::Duration;

use async_trait::async_trait;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use reqwest::multipart::{Form, Part};
use serde_json::Value;
use serenity::builder::CreateAttachment;

use super::channel_access::Channels;
use super::codes;
use super::outbound::{base36, message_of_post};
use super::rest::{Body, NoReply, Rest, RestResponse, Turn};
use super::route::EPOCH;
use super::verdict::Verdict;
use crate::card::{Card, Text};
use crate::delivery::{FindOutcome, Posted, Poster};
use crate::store::{Key, Pause};

/// Messages a page; Discord gives no more.
const PAGE: usize = 100;
/// How many pages are looked through. A channel with more talk than this within the window is
/// taken for one that cannot be read.
const PAGES: usize = 30;
/// How long a further page is waited for when Discord asks us to slow down.
const PATIENCE: Duration = Duration::from_secs(6);

/// How long a post waits at once while a moderator has the bot timed out.
const TIMED_OUT: Duration = Duration::from_secs(30 * 60);

/// Posts by REST.
pub struct ChannelPoster {
    rest: std::sync::Arc<Rest>,
    bot: u64,
}

impl ChannelPoster {
    /// A poster for the bot with that user id.
    pub fn new(rest: std::sync::Arc<Rest>, bot: u64) -> ChannelPoster {
        ChannelPoster { rest, bot }
    }

    /// Messages of a channel; `patience` is how long they are waited for when Discord asks us to slow
    /// down.
    async fn messages(&self, channel: u64, query: &str, patience: Duration) -> Result<Vec<Value>, FindOutcome> {
        match self.rest.get_patiently(&format!("/channels/{channel}/messages?{query}"), patience).await {
            Ok(RestResponse { verdict: Verdict::Done, body: Value::Array(messages), .. }) => Ok(messages),
            Ok(reply) => Err(match reply.verdict {
                // Without the right to see or read, nothing is proven.
                Verdict::Closed(Pause::NoPermission | Pause::NoAccess) => FindOutcome::Unreadable,
                Verdict::Closed(pause) => FindOutcome::Closed(pause),
                _ => FindOutcome::Unavailable(reply.trouble()),
            }),
            Err(NoReply { why, .. }) => Err(FindOutcome::Unavailable(why)),
        }
    }

    /// The message of that key among those after an id; `Ok(None)` when there is none, and whether
    /// any message was seen at all.
    async fn search(&self, channel: u64, mark: &str, mut after: u64) -> Result<(Option<u64>, bool), FindOutcome> {
        let mut seen = false;
        for number in 0..PAGES {
            // What was begun is finished in this attempt: the next one would begin with the first page.
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

    /// The same outcome, unless a permission was missing only because a moderator timed the bot out:
    /// that ends by itself, and is waited for. It may be taken back before, so it is asked again from
    /// time to time.
    async fn unless_timed_out(&self, channel: u64, posted: Posted) -> Posted {
        if posted != Posted::Closed(Pause::NoPermission) {
            return posted;
        }
        let Ok(Some(until)) = Channels::new(self.rest.clone(), self.bot).timed_out(channel).await else { return posted };
        let left = Duration::try_from(self.rest.now().duration_until(until)).unwrap_or_default();
        let why = format!("a moderator timed me out until {}", Text::default().instant(until).plain());
        Posted::NotSent { wait: Some(left.min(TIMED_OUT)), why }
    }

    async fn post_once(&self, key: Key, card: &Card) -> Posted {
        // Made before the turn comes, so that posts leave at the pace at which turns do.
        let body = body(card, &nonce(key), message_of_post).await;
        match self.rest.post(&format!("/channels/{}/messages", key.channel), body, Turn::InLine).await {
            Ok(reply) => posted(&reply),
            Err(NoReply { surely_not_sent: true, wait, why }) => Posted::NotSent { wait, why },
            Err(NoReply { why, .. }) => Posted::Doubt(why),
        }
    }

    fn is_ours(&self, message: &Value, mark: &str) -> bool {
        let ours = message["author"]["id"].as_str() == Some(self.bot.to_string().as_str());
        let rows = message["components"].as_array().into_iter().flatten();
        let inside = rows.flat_map(|row| row["components"].as_array().into_iter().flatten());
        ours && inside.filter_map(|component| component["custom_id"].as_str()).any(|id| id.ends_with(mark))
    }

    /// An empty list is what Discord gives to a bot without Read Message History, too. It proves
    /// something only where an older message can be seen, or where there never was one.
    async fn emptiness(&self, channel: u64) -> FindOutcome {
        match self.messages(channel, "limit=1", PATIENCE).await {
            Ok(older) if !older.is_empty() => return FindOutcome::NotThere,
            Ok(_) => {}
            Err(sought) => return sought,
        }
        match self.rest.get(&format!("/channels/{channel}")).await {
            // A channel says its id: whatever lacks it proves nothing.
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
}

#[async_trait]
impl Poster for ChannelPoster {
    async fn skew(&self) -> Result<SignedDuration, String> {
        // Asked of something that needs the token: one that is refused shows before anything is claimed.
        let reply = self.rest.get("/users/@me").await.map_err(|none| none.why)?;
        if reply.verdict != Verdict::Done {
            return Err(reply.trouble());
        }
        // A server without a date cannot be compared with; there is nothing to hold against it.
        Ok(reply.skew.unwrap_or(SignedDuration::ZERO))
    }

    async fn post(&self, key: Key, card: &Card) -> Posted {
        let posted = match self.post_once(key, card).await {
            // The lesson does not wait for a picture that the server takes none of.
            Posted::Refused(code) if codes::is_about_a_file(code) && card.picture.is_some() => {
                self.post_once(key, &Card { picture: None, ..card.clone() }).await
            }
            posted => posted,
        };
        self.unless_timed_out(key.channel, posted).await
    }

    async fn find(&self, key: Key, since: Timestamp) -> FindOutcome {
        match self.search(key.channel, &mark(&nonce(key)), snowflake(since)).await {
            Ok((Some(message), _)) => FindOutcome::Found(message),
            Ok((None, true)) => FindOutcome::NotThere,
            Ok((None, false)) => self.emptiness(key.channel).await,
            Err(sought) => sought,
        }
    }
}

/// How a card becomes a message's body and the file of its picture, given a nonce.
pub(super) type Make = fn(&Card, &str) -> (Value, Option<CreateAttachment>);

/// A message as it is sent: with its picture as a file, or as JSON alone.
pub(super) async fn body(card: &Card, nonce: &str, make: Make) -> Body {
    let (drawing, nonce_of_it) = (card.clone(), nonce.to_owned());
    let made = tokio::task::spawn_blocking(move || make(&drawing, &nonce_of_it)).await;
    // Should drawing fail, the post goes without: the lesson does not wait for a picture.
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

/// What an answer to a post means.
fn posted(reply: &RestResponse) -> Posted {
    let not_sent = |wait: Option<Duration>| Posted::NotSent { wait, why: reply.trouble() };
    match &reply.verdict {
        // It was taken, whatever the answer looks like.
        Verdict::Done => {
            id(&reply.body).map_or_else(|| Posted::Doubt("Discord's answer could not be read".to_owned()), Posted::Sent)
        }
        Verdict::InDoubt => Posted::Doubt(reply.trouble()),
        Verdict::Deleted => Posted::Deleted,
        Verdict::Closed(pause) => Posted::Closed(pause.clone()),
        Verdict::Refused(code) => Posted::Refused(*code),
        Verdict::Wait(wait) => not_sent(*wait),
        Verdict::TooOld(wait) => not_sent(Some(*wait)),
        Verdict::Silence(silence) => not_sent(Some(silence.least())),
    }
}

/// The nonce of a delivery: at most 25 characters, the channel's id among them, since Discord does
/// not say whether nonces count per channel.
pub fn nonce(key: Key) -> String {
    let days = key.date.duration_since(Date::constant(1970, 1, 1)).as_hours() / 24;
    format!("1{:0>13}{:0>4}{}", base36(key.channel), base36(days.unsigned_abs()), base36(u64::from(key.sequence)))
}

/// What a delivery's components end in, so that its post can be found again.
pub(super) fn mark(nonce: &str) -> String {
    format!("~.{nonce}")
}

/// The id that a message of that instant would begin with.
fn snowflake(instant: Timestamp) -> u64 {
    u64::try_from(instant.as_millisecond() - EPOCH).unwrap_or_default() << 22
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn nonces_fit_and_differ(channel in 1u64.., other in 1u64.., days in 0i32..80_000, sequence in 0u16..=9999) {
            let day = date(1970, 1, 1).checked_add(jiff::Span::new().days(days)).expect("a day");
            let key = Key { channel, date: day, sequence };
            prop_assert!(nonce(key).len() <= 25, "{}", nonce(key));
            let elsewhere = Key { channel: other, ..key };
            prop_assert_eq!(channel == other, nonce(key) == nonce(elsewhere));
            prop_assert_ne!(nonce(key), nonce(Key { sequence: sequence + 1, ..key }));
            prop_assert_ne!(nonce(key), nonce(Key { date: day.tomorrow().expect("a day"), ..key }));
        }
    }

    #[test]
    fn ids_begin_with_their_instant() {
        // From Discord's reference: 175928847299117063 is of 2016-04-30 11:18:25.796 UTC.
        let instant: Timestamp = "2016-04-30T11:18:25.796Z".parse().expect("an instant");
        assert_eq!(snowflake(instant) >> 22, 175_928_847_299_117_063 >> 22);
    }

    #[tokio::test]
    async fn a_post_with_a_picture_is_a_form_and_one_whose_picture_fails_is_not() {
        use crate::card::{Outcome, Picture};
        let key = Key { channel: 5, date: date(2027, 10, 23), sequence: 0 };
        let mut card = Card::new(Outcome::Found, "On this day");
        assert!(matches!(body(&card, &nonce(key), message_of_post).await, Body::Json(_)));
        card.picture = Some(Picture::new("strip", "a strip", "<svg/>".into(), |_| Some(vec![1, 2, 3].into())));
        let Body::Form(form) = body(&card, &nonce(key), message_of_post).await else { panic!("no form") };
        let form = format!("{form:?}");
        assert!(form.contains("payload_json") && form.contains("files[0]"), "{form}");
        card.picture = Some(Picture::new("strip", "a strip", "<svg/>".into(), |_| None));
        let Body::Json(message) = body(&card, &nonce(key), message_of_post).await else { panic!("a form") };
        assert!(message["embeds"][0]["image"].is_null(), "{message}");
        // Should drawing panic, the post still goes out.
        card.picture = Some(Picture::new("strip", "a strip", "<svg/>".into(), |_| panic!("a bug in drawing")));
        assert!(matches!(body(&card, &nonce(key), message_of_post).await, Body::Json(_)));
    }
}
