//! A modelled Discord: channels with messages and ids, nonces that are remembered for a while,
//! histories that can or cannot be read, and everything that can go wrong with a request.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use kronikas::card::Card;
use kronikas::delivery::key_of;
use kronikas::messenger::{FindOutcome, Messenger, SendError};
use kronikas::model::{ChannelId, Key, MessageId, Pause};

use super::world::{Flaw, HOUR, MINUTE, Ms, SECOND, World};

/// What may happen to a request instead of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// No connection.
    Refused,
    /// No answer; whether the request was carried out.
    Silent(bool),
    /// 500, 502, 503; whether the request was carried out.
    Broken(u16, bool),
    /// 429 for this channel.
    Limited,
    /// 429 for everyone.
    LimitedGlobally,
}

/// A time in which requests fail, to all channels or to one.
#[derive(Debug, Clone, Copy)]
pub struct Outage {
    pub until: Ms,
    pub channel: Option<u64>,
    pub fault: Fault,
    /// How many of 100 requests fail.
    pub share: u32,
}

#[derive(Debug, Clone)]
pub struct Message {
    pub at: Ms,
    /// What the machine's clock showed.
    pub shown: Ms,
    pub key: Key,
    pub deleted: Option<Ms>,
    nonce_until: Ms,
}

pub struct Channel {
    pub posts: Vec<Message>,
    /// What others write, messages an hour.
    pub talk: i64,
    pub closed: Option<Pause>,
    pub readable: bool,
    paused_until: Ms,
    requests: u64,
    /// Posts and looks, by hour: the most there were.
    hour: (Ms, u32),
    pub refusals: u32,
}

#[derive(Default)]
pub struct Books {
    pub channels: BTreeMap<u64, Channel>,
    pub outages: Vec<Outage>,
    /// What a person asked to be posted again.
    pub allowed: BTreeMap<Key, usize>,
    /// Posts that were deleted while nobody knew yet that they were there, and posted again: the
    /// one thing that cannot be found out.
    pub unknowable: BTreeSet<Key>,
    deletions: BTreeMap<(Ms, u64), Key>,
    arrivals: BTreeMap<(Ms, u64), Key>,
    everyone_until: Ms,
    next_turn: Ms,
    /// Of 1000 requests, how many fail by themselves.
    pub weather: u32,
    pub requests: u64,
    pub looks: u64,
    pub doubts: u64,
    pub found: u64,
    pub busiest: u32,
}

pub struct Discord {
    pub world: Arc<World>,
    books: Mutex<Books>,
}

/// One post leaves every so often (48 a second).
const TURN: Ms = 21;
const TIME_OUT: Ms = 10 * SECOND;
/// Messages a page, and pages looked through.
const PAGE: i64 = 100;
const PAGES: i64 = 30;
/// More requests than this to one channel within an hour are a storm.
const STORM: u32 = 100;

impl Discord {
    pub fn new(world: Arc<World>, weather: u32) -> Discord {
        Discord { world, books: Mutex::new(Books { weather, ..Books::default() }) }
    }

    pub fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().expect("no panic while it was locked")
    }

    pub fn add(&self, channel: u64, talk: i64, readable: bool) {
        let state =
            Channel { posts: Vec::new(), talk, closed: None, readable, paused_until: 0, requests: 0, hour: (0, 0), refusals: 0 };
        self.books().channels.insert(channel, state);
    }

    /// What was on its way arrives.
    pub fn arrive(&self) {
        let at = self.world.at();
        loop {
            let entry = {
                let mut books = self.books();
                let first = books.arrivals.first_entry().filter(|entry| entry.key().0 <= at);
                first.map(std::collections::btree_map::OccupiedEntry::remove_entry)
            };
            let Some(((when, channel), key)) = entry else { return };
            let mut chance = self.world.chance(channel, when.unsigned_abs());
            // Nobody waits for what arrives so late.
            let _ = self.take(key, when, &mut chance);
        }
    }

    /// Counts a request and draws what happens to it; moderators delete what they meant to.
    fn request(&self, channel: u64, weighs: u32) -> (Option<Fault>, fastrand::Rng) {
        self.arrive();
        let at = self.world.at();
        let mut books = self.books();
        books.requests += 1;
        books.delete_until(at);
        let (weather, outages) = (books.weather, books.outages.clone());
        let Some(state) = books.channels.get_mut(&channel) else { return (None, self.world.chance(channel, 0)) };
        state.requests += 1;
        let mut chance = self.world.chance(channel, state.requests);
        if at - state.hour.0 >= HOUR {
            state.hour = (at, 0);
        }
        state.hour.1 += weighs;
        let busy = state.hour.1;
        let ours = |outage: &&Outage| outage.until > at && outage.channel.is_none_or(|one| one == channel);
        let mut fault = outages.iter().find(ours).filter(|outage| chance.u32(0..100) < outage.share).map(|outage| outage.fault);
        if fault.is_none() && chance.u32(0..1000) < weather {
            fault = Some(match chance.u32(0..8) {
                0 => Fault::Refused,
                1 => Fault::Silent(true),
                2 => Fault::Silent(false),
                3 => Fault::Limited,
                4 => Fault::LimitedGlobally,
                5 => Fault::Broken(503, true),
                6 => Fault::Broken(502, true),
                _ => Fault::Broken(500, false),
            });
            drop(books);
            // Whatever it is, it is over in ten minutes, the longest back-off included.
            let whom = if fault == Some(Fault::LimitedGlobally) { None } else { Some(channel) };
            self.world.trouble(10 * MINUTE, whom);
            books = self.books();
        }
        books.busiest = books.busiest.max(busy);
        if busy == STORM + 1 {
            self.world.violation(format!("a storm: more than {STORM} requests to channel {channel} within an hour"));
        }
        (fault, chance)
    }

    /// Waits for a turn as the Discord edge does; what Discord asked us to wait, if it did so by then.
    async fn turn(&self, channel: u64) -> Result<(), Ms> {
        let turn = {
            let mut books = self.books();
            let turn = books.next_turn.max(self.world.at());
            books.next_turn = turn + TURN;
            turn
        };
        // Half a second's turns together, which lets many be written down in one step.
        self.world.sleep_until(turn + (-turn).rem_euclid(SECOND / 2)).await;
        let books = self.books();
        let of_channel = books.channels.get(&channel).map_or(0, |state| state.paused_until);
        let wait = of_channel.max(books.everyone_until) - self.world.at();
        if wait > 0 { Err(wait) } else { Ok(()) }
    }

    /// Takes a post, unless its nonce is known.
    fn take(&self, key: Key, at: Ms, chance: &mut fastrand::Rng) -> Result<u64, SendError> {
        let flaw = self.world.flaw;
        let shown = at + self.world.lock().offset;
        let mut books = self.books();
        let allowed = 1 + books.allowed.get(&key).copied().unwrap_or_default();
        let Some(state) = books.channels.get_mut(&key.channel.0) else { return Err(closed(Pause::ChannelGone)) };
        if let Some(why) = &state.closed {
            state.refusals += 1;
            return Err(closed(why.clone()));
        }
        let known = state.posts.iter().find(|post| post.key == key && post.nonce_until > at);
        if let Some(post) = known.filter(|_| flaw != Flaw::NoNonce) {
            return if post.deleted.is_some() { Err(SendError::Deleted) } else { Ok(id(post.at)) };
        }
        let earlier: Vec<&Message> = state.posts.iter().filter(|post| post.key == key).collect();
        let unknowable = !earlier.is_empty() && earlier.iter().all(|post| post.deleted.is_some());
        let doubled = earlier.len() >= allowed && !unknowable;
        let nonce_until = at + chance.i64(MINUTE..5 * MINUTE);
        state.posts.push(Message { at, shown, key, deleted: None, nonce_until });
        if unknowable {
            books.unknowable.insert(key);
        }
        if chance.u32(0..100) < 2 {
            let when = at + chance.i64(0..12 * MINUTE);
            books.deletions.insert((when, key.channel.0), key);
        }
        drop(books);
        if doubled {
            self.world.violation(format!("posted twice: channel {}, {}, no {}", key.channel.0, key.date, key.sequence));
        }
        Ok(id(at))
    }

    /// One page of a look, by the same rules as the Discord edge reads it.
    async fn page(&self, channel: u64, weighs: u32) -> Result<(), FindOutcome> {
        let (fault, mut chance) = self.request(channel, weighs);
        self.world.sleep(latency(&mut chance)).await;
        self.world.step().await;
        let unavailable = |why: &str| Err(FindOutcome::Unavailable(why.to_owned()));
        match fault {
            None => {}
            Some(Fault::Silent(_)) => {
                self.world.sleep(TIME_OUT).await;
                return unavailable("Discord did not answer in time");
            }
            Some(Fault::Refused) => return unavailable("no connection to Discord"),
            Some(_) => return unavailable("Discord answered 502"),
        }
        match &self.books().channels[&channel].closed {
            Some(Pause::NoPermission | Pause::NoAccess) => Err(FindOutcome::Unreadable),
            Some(Pause::Archived) | None => Ok(()),
            Some(why) => Err(FindOutcome::Closed(why.clone())),
        }
    }

    async fn search(&self, key: Key, since: Ms) -> Result<FindOutcome, FindOutcome> {
        self.page(key.channel.0, 1).await?;
        let (readable, place, seen, older, ever) = {
            let mut books = self.books();
            let at = self.world.at();
            books.delete_until(at);
            let state = &books.channels[&key.channel.0];
            let there: Vec<&Message> = state.posts.iter().filter(|post| post.deleted.is_none()).collect();
            let talk = |to: Ms| (state.talk * (to - since).max(0)) / HOUR;
            let found = there.iter().find(|post| post.key == key && post.at >= since);
            let others = |to: Ms| there.iter().filter(|post| post.at >= since && post.at < to).count() as i64;
            let place = found.map(|post| (talk(post.at) + others(post.at), id(post.at)));
            let seen = talk(at) + others(at + 1);
            (state.readable, place, seen, state.talk > 0 || !there.is_empty(), state.talk > 0 || !state.posts.is_empty())
        };
        if !readable {
            // An empty list, not an error.
            self.page(key.channel.0, 0).await?;
            self.page(key.channel.0, 0).await?;
            return Ok(if ever { FindOutcome::Unreadable } else { FindOutcome::NotThere });
        }
        let last_page = place.map_or(seen, |(place, _)| place) / PAGE;
        for _ in 0..last_page.min(PAGES - 1) {
            self.page(key.channel.0, 0).await?;
        }
        if last_page >= PAGES {
            return Ok(FindOutcome::Unreadable);
        }
        if let Some((_, message)) = place {
            return Ok(FindOutcome::Found(MessageId(message)));
        }
        if seen == 0 {
            self.page(key.channel.0, 0).await?;
            if !older {
                self.page(key.channel.0, 0).await?;
                return Ok(if ever { FindOutcome::Unreadable } else { FindOutcome::NotThere });
            }
        }
        Ok(FindOutcome::NotThere)
    }
}

impl Books {
    fn delete_until(&mut self, at: Ms) {
        while let Some(entry) = self.deletions.first_entry().filter(|entry| entry.key().0 <= at) {
            let ((when, channel), key) = entry.remove_entry();
            let posts = self.channels.get_mut(&channel).into_iter().flat_map(|state| &mut state.posts);
            posts.filter(|post| post.key == key && post.deleted.is_none()).for_each(|post| post.deleted = Some(when));
        }
    }
}

fn closed(pause: Pause) -> SendError {
    SendError::Closed { why: pause.to_string(), pause }
}

/// Most answers take the same time, which lets many be written down in one step.
fn latency(chance: &mut fastrand::Rng) -> Ms {
    if chance.u32(0..8) > 0 { 100 } else { chance.i64(20..900) }
}

fn id(at: Ms) -> u64 {
    (at.unsigned_abs() - 1_420_070_400_000) << 22
}

#[async_trait]
impl Messenger for Discord {
    async fn clock_skew(&self) -> Result<SignedDuration, String> {
        self.world.step().await;
        let (fault, _) = self.request(0, 0);
        let at = self.world.at();
        let outage = self.books().outages.iter().any(|outage| outage.until > at && outage.channel.is_none() && outage.share > 90);
        self.world.sleep(100).await;
        self.world.step().await;
        if fault.is_some() || outage {
            return Err("no connection to Discord".to_owned());
        }
        let now = self.world.lock();
        Ok(SignedDuration::from_millis(now.offset - now.date_error))
    }

    async fn send(&self, _: ChannelId, nonce: &str, _: &Card) -> Result<MessageId, SendError> {
        let key = key_of(nonce).expect("a delivery");
        let slow_down = || "Discord asked us to slow down".to_owned();
        if let Err(wait) = self.turn(key.channel.0).await {
            let wait = Duration::from_millis(wait.unsigned_abs());
            return Err(SendError::NotSent { wait: Some(wait), why: slow_down() });
        }
        self.world.step().await;
        let (fault, mut chance) = self.request(key.channel.0, 1);
        self.world.sleep(latency(&mut chance)).await;
        let (answer, carried_out) = match fault {
            None => (None, true),
            Some(Fault::Refused) => (Some(SendError::NotSent { wait: None, why: "no connection to Discord".to_owned() }), false),
            Some(Fault::Silent(done)) => (Some(SendError::InDoubt("Discord did not answer in time".to_owned())), done),
            Some(Fault::Broken(status, done)) => (Some(SendError::InDoubt(format!("Discord answered {status}"))), done),
            Some(Fault::Limited | Fault::LimitedGlobally) => {
                let wait = chance.i64(1..20) * 500;
                let until = self.world.at() + wait;
                let mut books = self.books();
                if fault == Some(Fault::Limited) {
                    books.channels.get_mut(&key.channel.0).expect("a channel").paused_until = until;
                } else {
                    books.everyone_until = books.everyone_until.max(until + 50 * SECOND * chance.i64(0..2));
                }
                let wait = Some(Duration::from_millis(wait.unsigned_abs()));
                (Some(SendError::NotSent { wait, why: slow_down() }), false)
            }
        };
        let late = matches!(fault, Some(Fault::Silent(true))) && chance.u32(0..3) == 0;
        if late {
            // The request lies somewhere on the way, and arrives when nobody waits for it any longer.
            let when = self.world.at() + chance.i64(0..20 * SECOND);
            self.books().arrivals.insert((when, key.channel.0), key);
        }
        let at = self.world.at();
        let taken = if carried_out && !late { self.take(key, at, &mut chance) } else { Err(SendError::InDoubt(String::new())) };
        self.world.step().await;
        if let Some(Fault::Silent(_)) = fault {
            self.world.sleep(TIME_OUT).await;
        }
        self.world.step().await;
        let answer = answer.map_or(taken, Err);
        self.books().doubts += u64::from(matches!(answer, Err(SendError::InDoubt(_))));
        answer.map(MessageId)
    }

    async fn find_own(&self, _: ChannelId, nonce: &str, since: Timestamp) -> FindOutcome {
        let key = key_of(nonce).expect("a delivery");
        self.world.step().await;
        self.books().looks += 1;
        // Ids are compared with the time that the caller believes it is.
        let sought = self.search(key, since.as_millisecond()).await.unwrap_or_else(|failed| failed);
        self.world.step().await;
        if self.world.flaw == Flaw::BlindLook && matches!(sought, FindOutcome::Found(_)) {
            return FindOutcome::NotThere;
        }
        self.books().found += u64::from(matches!(sought, FindOutcome::Found(_)));
        sought
    }
}
