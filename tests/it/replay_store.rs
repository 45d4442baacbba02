//! The replay over the real store, with simulated time and a modelled Discord: what was promised of
//! deliveries holds for its steps.

use crate::support::shared_pack;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use kronikas::card::Card;
use kronikas::clock::{Clock, SimulatedClock};
use kronikas::delivery::{Deliverer, key_of};
use kronikas::features::post_kinds;
use kronikas::features::replay::{ReplayRenderer, Script, own_time, script};
use kronikas::messenger::{FindOutcome, Messenger, SendError};
use kronikas::model::{
    ChannelId, DeliverySubject, GuildId, Key, LessonDetail, MessageId, Missed, Pause, ReplayMode, ReplayState, State,
};
use kronikas::store::{DeliveryStore, Replay, ReplayStore, Sqlite, Store};

const CHANNEL: ChannelId = ChannelId(7);
const START: &str = "2026-11-25T09:00:00Z";

/// What the modelled Discord does with a post.
#[derive(Debug, Clone, PartialEq)]
enum Mood {
    Fine,
    /// It takes the post, and the answer is lost.
    Mute,
    /// It takes the post, and we die before we hear of it.
    Fatal,
    /// It cannot be reached.
    Down,
    /// The channel is closed.
    Forbidden,
}

/// A channel that keeps what was posted, as Discord would.
struct Discord {
    mood: Mutex<Mood>,
    posts: Mutex<Vec<(Key, String, Timestamp)>>,
    clock: Arc<SimulatedClock>,
    tries: Mutex<usize>,
}

impl Discord {
    fn posts(&self) -> std::sync::MutexGuard<'_, Vec<(Key, String, Timestamp)>> {
        // Being killed on purpose poisons it.
        self.posts.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn set(&self, mood: Mood) {
        *self.mood.lock().expect("no panic") = mood;
    }

    fn titles(&self) -> Vec<String> {
        self.posts().iter().map(|(_, title, _)| title.clone()).collect()
    }

    fn times(&self) -> Vec<Timestamp> {
        self.posts().iter().map(|(.., at)| *at).collect()
    }
}

#[async_trait]
impl Messenger for Discord {
    async fn clock_skew(&self) -> Result<SignedDuration, String> {
        if *self.mood.lock().expect("no panic") == Mood::Down { Err("down".to_owned()) } else { Ok(SignedDuration::ZERO) }
    }

    async fn send(&self, _: ChannelId, nonce: &str, card: &Card) -> Result<MessageId, SendError> {
        let key = key_of(nonce).expect("a delivery");
        *self.tries.lock().expect("no panic") += 1;
        let mood = self.mood.lock().expect("no panic").clone();
        match mood {
            Mood::Down => return Err(SendError::NotSent { wait: Some(Duration::from_secs(20)), why: "down".to_owned() }),
            Mood::Forbidden => {
                return Err(SendError::Closed { pause: Pause::NoPermission, why: "I lack a permission".to_owned() });
            }
            Mood::Fine | Mood::Mute | Mood::Fatal => {}
        }
        let mut posts = self.posts();
        // The nonce: what was posted some minutes ago is not taken twice.
        let known = posts.iter().position(|(known, _, at)| *known == key && at.duration_until(self.clock.now()).as_mins() < 3);
        let place = known.unwrap_or_else(|| {
            posts.push((key, card.title.plain(), self.clock.now()));
            posts.len() - 1
        });
        // A panic leaves the row as a kill would: claimed, in doubt, under lease.
        assert!(mood != Mood::Fatal, "killed");
        if mood == Mood::Mute { Err(SendError::InDoubt("no answer".to_owned())) } else { Ok(MessageId(place as u64)) }
    }

    async fn find_own(&self, _: ChannelId, nonce: &str, _: Timestamp) -> FindOutcome {
        let (key, posts) = (key_of(nonce).expect("a delivery"), self.posts());
        posts
            .iter()
            .position(|(known, ..)| *known == key)
            .map_or(FindOutcome::NotThere, |place| FindOutcome::Found(MessageId(place as u64)))
    }
}

/// A class with its store, its clock and its channel.
struct Class {
    folder: tempfile::TempDir,
    store: Arc<Sqlite>,
    clock: Arc<SimulatedClock>,
    discord: Arc<Discord>,
    deliverer: Arc<Deliverer>,
}

fn deliverer(store: &Arc<Sqlite>, discord: &Arc<Discord>, clock: &Arc<SimulatedClock>) -> Arc<Deliverer> {
    let kinds = post_kinds(&shared_pack::current_pack(), &(store.clone() as Arc<dyn Store>));
    Arc::new(Deliverer::new(store.clone(), discord.clone(), kinds, clock.clone(), 1956))
}

impl Class {
    async fn new(now: &str) -> Class {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Arc::new(Sqlite::open_for_simulation(&folder.path().join("kronikas.db")).await.expect("a store"));
        let clock = Arc::new(SimulatedClock::new(now.parse().expect("an instant")));
        let discord = Arc::new(Discord {
            mood: Mutex::new(Mood::Fine),
            posts: Mutex::default(),
            clock: clock.clone(),
            tries: Mutex::default(),
        });
        let deliverer = deliverer(&store, &discord, &clock);
        Class { folder, store, clock, discord, deliverer }
    }

    async fn start(&self, mode: ReplayMode) -> Script {
        let (from, to) = (date(1956, 10, 22), date(1956, 11, 4));
        let replay = Replay {
            channel: CHANNEL,
            guild: Some(GuildId(3)),
            from,
            to,
            mode,
            zone: "Europe/Budapest".to_owned(),
            speed: 100,
            started_at: self.clock.now(),
            told_from: 0,
            position: 0,
            next_step: "opening".to_owned(),
            next_at: self.clock.now(),
            last: None,
            state: ReplayState::Running,
        };
        assert!(self.store.start_replay(&replay).await.expect("kept"));
        assert!(!self.store.start_replay(&replay).await.expect("asked"), "one at a time");
        script(&shared_pack::current_pack().current().pack, from, to, mode)
    }

    /// Lets time pass in small steps, the deliverer at work.
    async fn run(&self, length: SignedDuration, step: SignedDuration) {
        let end = self.clock.now().checked_add(length).expect("in range");
        while self.clock.now() < end {
            self.deliverer.run_until_idle().await;
            self.clock.advance(step);
        }
    }

    /// The process dies and is started again, `away` later.
    async fn restart(&mut self, away: SignedDuration) {
        self.store.close().await;
        self.clock.advance(away);
        let (folder, clock, discord) = (self.folder.path().join("kronikas.db"), self.clock.clone(), self.discord.clone());
        self.store = Arc::new(Sqlite::open_for_simulation(&folder).await.expect("a store"));
        self.deliverer = deliverer(&self.store, &discord, &clock);
        self.deliverer.take_over().await;
    }

    async fn replay(&self) -> Replay {
        self.store.replay(CHANNEL).await.expect("read").expect("there is one")
    }
}

fn titles(script: &Script, mode: ReplayMode) -> Vec<String> {
    let loaded = shared_pack::current_pack().current();
    let stage = ReplayRenderer { pack: &loaded.pack, script, mode };
    (0..=script.steps.len()).map(|place| stage.post(place).title.plain()).collect()
}

const MINUTES: fn(i64) -> SignedDuration = SignedDuration::from_mins;
const SECOND: SignedDuration = SignedDuration::from_secs(1);
const LESSON: ReplayMode = ReplayMode::Lesson { seconds: 2700, detail: LessonDetail::All };

#[tokio::test]
async fn a_lesson_tells_every_step_once_and_ends_on_time() {
    let class = Class::new(START).await;
    let script = class.start(LESSON).await;
    class.run(MINUTES(60), SECOND * 5).await;
    assert_eq!(class.discord.titles(), titles(&script, LESSON));
    let times = class.discord.times();
    let took = times[0].duration_until(*times.last().expect("posts"));
    assert!((MINUTES(44)..=MINUTES(46)).contains(&took), "{took}");
    assert_eq!(class.replay().await.state, ReplayState::Ended);
    assert_eq!(class.store.backlog().await.expect("read"), (0, 0));
}

#[tokio::test]
async fn killed_in_the_middle_it_goes_on_where_it_was_without_a_flood() {
    for (mood, away) in [Mood::Fine, Mood::Mute, Mood::Fatal].into_iter().flat_map(|mood| [(mood.clone(), 1), (mood, 25)]) {
        let mut class = Class::new(START).await;
        let script = class.start(LESSON).await;
        class.run(MINUTES(10), SECOND * 5).await;
        // The last post before the kill gets through, its answer does not.
        class.discord.set(mood.clone());
        class.run(MINUTES(1), SECOND * 5).await;
        class.restart(MINUTES(away)).await;
        class.discord.set(Mood::Fine);
        let before = class.discord.titles().len();
        class.deliverer.run_until_idle().await;
        assert!(class.discord.titles().len() <= before + 1, "no flood after {away} minutes");
        class.run(MINUTES(60), SECOND * 5).await;
        assert_eq!(class.discord.titles(), titles(&script, LESSON), "{mood:?}, away {away}");
        assert_eq!(class.replay().await.state, ReplayState::Ended);
    }
}

#[tokio::test]
async fn while_discord_is_down_what_comes_too_late_is_left_out_with_the_reason() {
    let class = Class::new(START).await;
    let script = class.start(LESSON).await;
    class.run(MINUTES(5), SECOND * 5).await;
    class.discord.set(Mood::Down);
    class.run(MINUTES(25), SECOND * 5).await;
    class.discord.set(Mood::Fine);
    let before = class.discord.titles().len();
    class.clock.advance(MINUTES(2));
    class.deliverer.run_until_idle().await;
    assert!(class.discord.titles().len() <= before + 2, "no flood");
    class.run(MINUTES(60), SECOND * 5).await;
    let told = class.discord.titles();
    let all = titles(&script, LESSON);
    let left_out: Vec<_> = class
        .store
        .deliveries(CHANNEL, 500)
        .await
        .expect("read")
        .into_iter()
        .filter(|delivery| matches!(delivery.state, State::Missed(Missed::Window(_))))
        .collect();
    // Every step was told or has its reason, and nothing was told twice.
    assert_eq!(told.len() + left_out.len(), all.len());
    assert!(left_out.len() <= 3, "{}", left_out.len());
    let left: Vec<&String> = left_out
        .iter()
        .map(|delivery| match delivery.subject {
            DeliverySubject::Replay(step) => &all[usize::from(step)],
            _ => panic!("{delivery:?}"),
        })
        .collect();
    let expected: Vec<&String> = all.iter().filter(|title| !left.contains(title) || told.contains(title)).collect();
    assert_eq!(told.iter().collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn pause_resume_faster_and_stop_do_what_they_say() {
    let class = Class::new(START).await;
    let script = class.start(LESSON).await;
    class.run(MINUTES(5), SECOND * 5).await;
    let told = class.discord.titles().len();
    let paused = ReplayState::Paused(Pause::Teacher);
    assert!(class.store.halt_replay(CHANNEL, &paused, class.clock.now()).await.expect("kept"));
    class.run(MINUTES(30), SECOND * 30).await;
    assert_eq!(class.discord.titles().len(), told, "nothing while it waits");
    let mut replay = class.replay().await;
    assert_eq!(replay.state, paused);
    (replay.state, replay.next_at, replay.speed) = (ReplayState::Running, class.clock.now(), 300);
    assert!(class.store.change_replay(&replay).await.expect("kept"));
    class.run(MINUTES(16), SECOND).await;
    assert_eq!(class.discord.titles(), titles(&script, LESSON), "three times as fast, the rest fits a third");
    let gaps: Vec<i64> = class.discord.times().windows(2).map(|pair| pair[0].duration_until(pair[1]).as_secs()).collect();
    assert!(gaps.iter().all(|gap| *gap >= 1), "{gaps:?}");

    let script = class.start(LESSON).await;
    class.run(MINUTES(2), SECOND * 5).await;
    assert!(class.store.halt_replay(CHANNEL, &ReplayState::Stopped, class.clock.now()).await.expect("kept"));
    let stopped = class.discord.titles().len();
    class.run(MINUTES(60), MINUTES(1)).await;
    assert_eq!(class.discord.titles().len(), stopped);
    assert!(stopped > titles(&script, LESSON).len(), "a second replay of the day has numbers of its own");
    let mut replay = class.replay().await;
    replay.state = ReplayState::Running;
    assert!(!class.store.change_replay(&replay).await.expect("asked"), "what was stopped stays stopped");
}

#[tokio::test]
async fn a_lost_permission_pauses_it_with_the_reason_after_one_refusal() {
    let class = Class::new(START).await;
    let script = class.start(LESSON).await;
    class.run(MINUTES(5), SECOND * 5).await;
    class.discord.set(Mood::Forbidden);
    let tries = *class.discord.tries.lock().expect("no panic");
    class.run(MINUTES(20), SECOND * 10).await;
    assert_eq!(*class.discord.tries.lock().expect("no panic"), tries + 1, "asked once, not again and again");
    let mut replay = class.replay().await;
    assert_eq!(replay.state, ReplayState::Paused(Pause::NoPermission));
    class.discord.set(Mood::Fine);
    (replay.state, replay.next_at) = (ReplayState::Running, class.clock.now());
    assert!(class.store.change_replay(&replay).await.expect("kept"));
    class.run(MINUTES(50), SECOND * 5).await;
    assert_eq!(class.discord.titles(), titles(&script, LESSON), "the refused step comes again");
}

#[tokio::test]
async fn as_it_happened_it_takes_its_days_across_a_clock_change_and_sums_up_what_it_missed() {
    let mode = ReplayMode::AsItHappened { year: 2026 };
    let mut class = Class::new("2026-10-20T08:00:00Z").await;
    let script = class.start(mode).await;
    let all = titles(&script, mode);
    // Till 24 October in the evening: two full days.
    class.run(SignedDuration::from_hours(24 * 4 + 12), MINUTES(5)).await;
    let told = class.discord.titles();
    assert_eq!(told, all[..told.len()]);
    assert!(told.len() > 20, "{}", told.len());
    let zone = jiff::tz::TimeZone::get("Europe/Budapest").expect("a zone");
    // Down over the change of clocks, from the 24th to the 28th in the morning.
    class.restart(SignedDuration::from_hours(24 * 3 + 14)).await;
    class.run(MINUTES(10), MINUTES(1)).await;
    let after = class.discord.titles();
    assert_eq!(after.len(), told.len() + 1, "one post for all that was missed: {:?}", &after[told.len()..]);
    assert_eq!(after.last().map(String::as_str), Some("What happened in the meantime"));
    let replay = class.replay().await;
    assert_eq!(replay.next_at, own_time(&shared_pack::current_pack().current().pack, &replay), "and then on by the clock");
    class.run(SignedDuration::from_hours(24 * 8), MINUTES(5)).await;
    let last = class.discord.titles();
    assert_eq!(last[after.len()..], all[usize::from(replay.position)..]);
    assert_eq!(class.replay().await.state, ReplayState::Ended);
    let whirlwind = class
        .discord
        .posts
        .lock()
        .expect("no panic")
        .iter()
        .find(|(_, title, _)| title.contains("Whirlwind"))
        .map(|(.., at)| *at);
    let local = zone.to_datetime(whirlwind.expect("it was told"));
    assert_eq!((local.month(), local.day(), local.hour()), (11, 4, 4), "{local}");
    assert!((15..20).contains(&local.minute()), "{local}");
}

/// Deterministic ups and downs, from a seed that a failure names.
async fn ups_and_downs(seed: u64) {
    let mut chance = fastrand::Rng::with_seed(seed);
    let mut class = Class::new(START).await;
    let script = class.start(LESSON).await;
    for _ in 0..40 {
        let moods = [Mood::Fine, Mood::Fine, Mood::Mute, Mood::Fatal, Mood::Down];
        class.discord.set(moods[chance.usize(..moods.len())].clone());
        class.run(SECOND * chance.i32(5..240), SECOND * 5).await;
        if chance.u8(..5) == 0 {
            class.restart(SECOND * chance.i32(1..1500)).await;
        }
    }
    class.discord.set(Mood::Fine);
    class.run(MINUTES(120), SECOND * 10).await;
    let all = titles(&script, LESSON);
    let deliveries = class.store.deliveries(CHANNEL, 500).await.expect("read");
    let told: Vec<Key> = class.discord.posts().iter().map(|(key, ..)| *key).collect();
    assert_eq!(deliveries.len(), all.len(), "seed {seed}: every step was put in line once");
    for delivery in deliveries {
        let times = told.iter().filter(|key| **key == delivery.key).count();
        match delivery.state {
            State::Sent(_) => assert_eq!(times, 1, "seed {seed}: {delivery:?}"),
            State::Missed(Missed::Window(_)) => assert_eq!(times, 0, "seed {seed}: {delivery:?}"),
            _ => panic!("seed {seed}: undecided or without a reason: {delivery:?}"),
        }
    }
    assert!(class.discord.posts().is_sorted_by_key(|(key, ..)| key.sequence), "seed {seed}");
    assert_eq!(class.replay().await.state, ReplayState::Ended, "seed {seed}");
}

#[tokio::test]
async fn whatever_happens_each_step_is_told_once_or_has_its_reason() {
    let seeds = std::env::var("KRONIKAS_SEEDS").ok().and_then(|count| count.parse().ok()).unwrap_or(4);
    for seed in 0..seeds {
        ups_and_downs(seed).await;
    }
}

#[tokio::test]
async fn a_guild_that_left_keeps_nothing_for_ever() {
    let class = Class::new(START).await;
    class.start(LESSON).await;
    class.run(MINUTES(2), SECOND * 5).await;
    class.store.guild_left(GuildId(3), class.clock.now()).await.expect("kept");
    assert_eq!(class.replay().await.state, ReplayState::Paused(Pause::Removed));
    class.clock.advance(SignedDuration::from_hours(24 * 31));
    class.store.forget(class.clock.now()).await.expect("kept");
    assert_eq!(class.store.replay(CHANNEL).await.expect("read"), None);
}
