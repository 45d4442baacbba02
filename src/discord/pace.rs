//! Paces requests: below Discord's limit of 50 a second, and not while Discord asks to wait.
//!
//! All our requests to Discord's REST API are counted here. Fewer rules apply to responses to
//! interactions: they do not count towards the bot's rate limits, use no token that Discord could
//! reject, and must come within three seconds. Only limits on our whole address apply to them.
//!
//! Measured with 1,000 posts at once against a limit of 50 a second: at exactly 50 a second, 5,623
//! requests were refused with 429, and it took 40.6 s; at 48 none was refused, and it took 20.8 s (the
//! minimum is 20.0 s).

use std::collections::{HashMap, VecDeque};
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use jiff::Timestamp;
use parking_lot::{Mutex, MutexGuard};

use super::route::Route;
use super::silence::{TurnedAway, Wait};

/// Posts a second.
pub const RATE: u32 = 48;
/// How many routes' waits are remembered; expired ones are dropped first.
const REMEMBERED: usize = 10_000;
/// Discord blocks an address after 10,000 responses of 401, 403 or 429 within ten minutes. We pause at a
/// tenth of that.
const INVALID: usize = 1_000;
const INVALID_WINDOW: Duration = Duration::from_secs(600);

/// One post every 48th of a second. Unused turns are not saved up, because a burst would exceed the
/// limit.
pub fn quota() -> Quota {
    let one = NonZeroU32::MIN;
    Quota::with_period(Duration::from_nanos(1_000_000_000 / u64::from(RATE)))
        .map_or(Quota::per_second(one), |quota| quota.allow_burst(one))
}

/// The pace of one bot.
pub struct Pace<C: Clock = DefaultClock> {
    limiter: RateLimiter<NotKeyed, InMemoryState, C, NoOpMiddleware<C::Instant>>,
    clock: C,
    /// Held while waiting for a turn, so that turns come in the order of the requests.
    line: tokio::sync::Mutex<()>,
    waits: Mutex<Waits>,
}

/// The key by which Discord counts requests, within a channel or guild.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Bucket {
    /// A bucket of one or more routes, with the name from Discord.
    Named(String),
    /// A single route whose bucket is not known yet.
    Route(String),
}

#[derive(Default)]
struct Waits {
    /// Discord's global limit for the bot.
    told: Option<Wait>,
    /// Something other than Discord responded, or the token is rejected.
    silent: Option<Wait>,
    /// The limit on our whole address.
    banned: Option<Wait>,
    /// Almost as many requests were refused as would ban our address.
    spent: Option<Wait>,
    /// By bucket (or by route while its bucket is unknown) and by channel or guild.
    routes: HashMap<(Bucket, u64), Wait>,
    /// By channel: edits of its old messages.
    old: HashMap<u64, Wait>,
    /// The bucket of each route, as named by Discord.
    buckets: HashMap<String, String>,
    invalid: VecDeque<Timestamp>,
    away: TurnedAway,
}

impl Waits {
    fn key(&self, route: &Route) -> (Bucket, u64) {
        let named = self.buckets.get(&route.template).cloned();
        (named.map_or_else(|| Bucket::Route(route.template.clone()), Bucket::Named), route.major)
    }

    fn left(&self, route: &Route, now: Timestamp) -> Option<Duration> {
        // A wait recorded before the bucket was known still applies.
        let own = [self.key(route), (Bucket::Route(route.template.clone()), route.major)];
        let asked = own.iter().filter_map(|key| self.routes.get(key)).copied();
        let old = self.old.get(&route.major).filter(|_| route.is_old(now)).copied();
        let everyones = [old, self.told, self.silent, self.spent].into_iter().flatten();
        asked.chain(everyones).filter_map(|wait| wait.left(now)).max()
    }

    fn left_for_answers(&self, now: Timestamp) -> Option<Duration> {
        [self.banned, self.spent].into_iter().flatten().filter_map(|wait| wait.left(now)).max()
    }
}

/// The wait that ends later.
fn longer(known: Option<Wait>, new: Wait) -> Option<Wait> {
    known.filter(|known| known.left(new.since).is_some_and(|left| left >= new.asked)).or(Some(new))
}

impl Default for Pace {
    fn default() -> Pace {
        Pace::with_clock(DefaultClock::default())
    }
}

impl<C: Clock + Clone> Pace<C> {
    /// A pace with its own clock, for tests.
    pub fn with_clock(clock: C) -> Pace<C> {
        let limiter = RateLimiter::direct_with_clock(quota(), clock.clone());
        Pace { limiter, clock, line: tokio::sync::Mutex::new(()), waits: Mutex::default() }
    }

    /// Takes a turn if there is one.
    ///
    /// # Errors
    /// How long to wait for the next turn.
    pub fn try_turn(&self) -> Result<(), Duration> {
        self.limiter.check().map_err(|early| early.wait_time_from(self.clock.now()))
    }

    /// Waits for a turn.
    pub async fn turn(&self) {
        let _first_in_line = self.line.lock().await;
        while let Err(wait) = self.try_turn() {
            tokio::time::sleep(wait).await;
        }
    }

    /// Waits for a turn ahead of the queue, for requests that a person waits for: a burst of posts would
    /// delay them for many seconds.
    pub async fn turn_ahead(&self) {
        while let Err(wait) = self.try_turn() {
            tokio::time::sleep(wait).await;
        }
    }

    /// Whether a request to this route may be sent now.
    ///
    /// # Errors
    /// How long to wait for Discord's limits, or for the test whether requests succeed again.
    pub(super) fn admit(&self, route: &Route, now: Timestamp) -> Result<(), Duration> {
        let mut waits = self.waits();
        if let Some(wait) = waits.left(route, now) {
            return Err(wait);
        }
        waits.away.admit(now)
    }

    /// Whether a response to an interaction may be sent now. The growing pause of all requests does not
    /// apply, because an interaction that arrives shows that Discord is reachable.
    ///
    /// # Errors
    /// How long the whole address must wait.
    pub(super) fn admit_answer(&self, now: Timestamp) -> Result<(), Duration> {
        self.waits().left_for_answers(now).map_or(Ok(()), Err)
    }

    /// Records that Discord allows nothing on that route for this long.
    pub(super) fn pause_route(&self, route: &Route, wait: Duration, now: Timestamp) {
        let mut waits = self.waits();
        if waits.routes.len() >= REMEMBERED {
            waits.routes.retain(|_, wait| wait.left(now).is_some());
        }
        let key = waits.key(route);
        waits.routes.insert(key, Wait { since: now, asked: wait });
    }

    /// Records that Discord allows no edits of old messages in that route's channel for this long.
    pub(super) fn pause_old(&self, route: &Route, wait: Duration, now: Timestamp) {
        let mut waits = self.waits();
        if waits.old.len() >= REMEMBERED {
            waits.old.retain(|_, wait| wait.left(now).is_some());
        }
        waits.old.insert(route.major, Wait { since: now, asked: wait });
    }

    /// Records the bucket that a route shares.
    pub(super) fn know_bucket(&self, route: &Route, bucket: &str) {
        let mut waits = self.waits();
        if waits.buckets.get(&route.template).is_none_or(|known| known != bucket) {
            waits.buckets.insert(route.template.clone(), bucket.to_owned());
        }
    }

    /// Pauses all requests, because something other than Discord responded or the token is rejected; for
    /// at least `least`. Returns the length if this starts a new pause.
    pub(super) fn turned_away(&self, least: Duration, now: Timestamp) -> Option<Duration> {
        let mut waits = self.waits();
        let known = waits.silent.and_then(|known| known.left(now));
        // Requests that were sent before the pause began say nothing new.
        let asked = if known.is_some() { least } else { waits.away.again(least) };
        waits.silent = longer(waits.silent, Wait { since: now, asked });
        known.is_none().then_some(asked)
    }

    /// Pauses everything for the whole address, even responses to interactions.
    pub(super) fn ban(&self, least: Duration, now: Timestamp) {
        let mut waits = self.waits();
        waits.banned = longer(waits.banned, Wait { since: now, asked: least });
    }

    /// Records that Discord itself answered a request sent at `sent`, which ends a pause that began
    /// before.
    pub(super) fn let_in(&self, sent: Timestamp) {
        let mut waits = self.waits();
        if waits.silent.is_none_or(|silent| silent.since < sent) {
            waits.silent = None;
            waits.away.over();
        }
    }

    /// Records that a request got no useful response.
    pub(super) fn unanswered(&self) {
        self.waits().away.unanswered();
    }

    /// Records Discord's global limit for this long.
    pub fn pause_everyone(&self, wait: Duration, now: Timestamp) {
        let mut waits = self.waits();
        waits.told = longer(waits.told, Wait { since: now, asked: wait });
    }

    /// Counts a response of 401, 403 or 429. Returns whether there were so many that all requests pause.
    pub fn count_invalid(&self, now: Timestamp) -> bool {
        let mut waits = self.waits();
        waits.invalid.push_back(now);
        let is_old = |first: &Timestamp| Duration::try_from(first.duration_until(now)).is_ok_and(|ago| ago > INVALID_WINDOW);
        while waits.invalid.front().is_some_and(is_old) {
            waits.invalid.pop_front();
        }
        metrics::gauge!("discord_invalid_requests_10m").set(waits.invalid.len() as f64);
        if waits.invalid.len() < INVALID {
            return false;
        }
        waits.spent = Some(Wait { since: now, asked: INVALID_WINDOW });
        true
    }

    fn waits(&self) -> MutexGuard<'_, Waits> {
        // Each wait is set in one step, so a panic elsewhere leaves none half written.
        self.waits.lock()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use governor::clock::FakeRelativeClock;
    use reqwest::Method;

    #[test]
    fn a_thousand_turns_take_twenty_and_a_bit_seconds_and_none_come_in_bursts() {
        let clock = FakeRelativeClock::default();
        let pace = Pace::with_clock(clock.clone());
        let mut turns = Vec::new();
        let mut now = Duration::ZERO;
        while turns.len() < 1000 {
            match pace.try_turn() {
                Ok(()) => turns.push(now),
                Err(wait) => {
                    clock.advance(wait);
                    now += wait;
                }
            }
        }
        let in_any_second = turns.windows(50).all(|fifty| fifty[49] - fifty[0] > Duration::from_secs(1));
        assert!(in_any_second, "50 turns within a second");
        assert!(now < Duration::from_millis(20_900), "{now:?}");
    }

    fn posts(channel: u64) -> Route {
        Route::new(&Method::POST, &format!("/channels/{channel}/messages"))
    }

    #[test]
    fn one_channel_waits_and_others_do_not() {
        let (pace, now) = (Pace::default(), Timestamp::UNIX_EPOCH);
        pace.pause_route(&posts(1), Duration::from_secs(30), now);
        assert_eq!(pace.admit(&posts(1), now), Err(Duration::from_secs(30)));
        assert_eq!(pace.admit(&posts(2), now), Ok(()));
        assert_eq!(pace.admit(&Route::new(&Method::GET, "/channels/1/messages"), now), Ok(()), "its reading is another route");
        pace.pause_everyone(Duration::from_secs(2), now);
        assert_eq!(pace.admit(&posts(2), now), Err(Duration::from_secs(2)));
        assert_eq!(pace.admit(&posts(2), now + Duration::from_secs(2)), Ok(()));
        assert_eq!(pace.admit(&posts(1), now - Duration::from_secs(3600)), Ok(()), "a clock set back freezes nobody");
    }

    #[test]
    fn old_messages_of_a_channel_wait_alone() {
        let now: Timestamp = "2026-11-27T12:00:00Z".parse().expect("an instant");
        let edits = |channel: u64, minutes: i64| {
            let sent = now.as_millisecond() - minutes * 60_000 - super::super::route::EPOCH;
            Route::new(&Method::PATCH, &format!("/channels/{channel}/messages/{}", sent << 22))
        };
        let (pace, wait) = (Pace::default(), Duration::from_secs(1200));
        pace.pause_old(&edits(1, 90), wait, now);
        assert_eq!(pace.admit(&edits(1, 90), now), Err(wait));
        assert_eq!(pace.admit(&edits(1, 61), now), Err(wait), "another old one");
        assert_eq!(pace.admit(&edits(1, 59), now), Ok(()), "a young one");
        assert_eq!(pace.admit(&edits(2, 90), now), Ok(()), "another channel");
        assert_eq!(pace.admit(&posts(1), now), Ok(()));
        assert_eq!(pace.admit(&edits(1, 90), now + wait), Ok(()));
    }

    #[test]
    fn routes_of_one_bucket_wait_together() {
        let (pace, now) = (Pace::default(), Timestamp::UNIX_EPOCH);
        let route = |path: &str| Route::new(&Method::GET, path);
        pace.know_bucket(&route("/guilds/1/roles"), "abc");
        pace.know_bucket(&route("/guilds/1/members/5"), "abc");
        pace.pause_route(&route("/guilds/1/roles"), Duration::from_secs(3), now);
        assert_eq!(pace.admit(&route("/guilds/1/members/9"), now), Err(Duration::from_secs(3)));
        assert_eq!(pace.admit(&route("/guilds/2/members/9"), now), Ok(()), "another guild is counted apart");
        // A wait recorded for the route applies after Discord names its bucket.
        pace.pause_route(&posts(4), Duration::from_secs(5), now);
        pace.know_bucket(&posts(4), "def");
        assert_eq!(pace.admit(&posts(4), now), Err(Duration::from_secs(5)));
    }

    #[test]
    fn whoever_is_turned_away_together_counts_once() {
        let (pace, now) = (Pace::default(), Timestamp::UNIX_EPOCH);
        let least = Duration::from_secs(15);
        assert_eq!(pace.turned_away(least, now), Some(least));
        assert_eq!(pace.turned_away(least, now), None);
        assert_eq!(pace.admit(&posts(1), now), Err(least));
        let then = now + least;
        assert_eq!(pace.admit(&posts(1), then), Ok(()), "one tries");
        assert!(pace.admit(&posts(2), then).is_err(), "the others wait for it");
        assert_eq!(pace.turned_away(least, then), Some(2 * least));
        assert!(pace.admit(&posts(1), then + least).is_err());
        assert_eq!(pace.admit(&posts(1), then + 2 * least), Ok(()));
        pace.let_in(then);
        assert!(pace.admit(&posts(2), then + 2 * least).is_err(), "what was sent before it is no sign of its end");
        pace.let_in(then + 2 * least);
        assert_eq!(pace.admit(&posts(2), then + 2 * least), Ok(()));
    }

    #[test]
    fn answers_wait_for_what_holds_for_the_whole_address_alone() {
        let (pace, now) = (Pace::default(), Timestamp::UNIX_EPOCH);
        let minute = Duration::from_secs(60);
        pace.pause_everyone(minute, now);
        pace.turned_away(minute, now);
        assert_eq!(pace.admit_answer(now), Ok(()), "the bot's limits and its token are not theirs");
        pace.ban(minute, now);
        assert_eq!(pace.admit_answer(now), Err(minute));
        assert_eq!(pace.admit_answer(now + minute), Ok(()), "as long as was named, and not as long as it grew");
        // A response from Discord ends the pause, but not the wait that Discord asked for.
        pace.pause_everyone(3 * minute, now);
        pace.turned_away(5 * minute, now + minute);
        pace.let_in(now + 2 * minute);
        assert_eq!(pace.admit(&posts(1), now + 2 * minute), Err(minute));
        assert_eq!(pace.admit(&posts(1), now + 3 * minute), Ok(()));
    }

    #[test]
    fn a_thousand_refusals_in_ten_minutes_silence_us_until_they_are_old() {
        let (pace, now) = (Pace::default(), Timestamp::UNIX_EPOCH);
        for _ in 1..INVALID {
            assert!(!pace.count_invalid(now));
        }
        assert!(pace.count_invalid(now));
        assert_eq!(pace.admit(&posts(9), now), Err(INVALID_WINDOW));
        assert_eq!(pace.admit_answer(now), Err(INVALID_WINDOW), "answers to interactions count and wait as well");
    }
}
