//! The tutor with a store and a clock of its own, without any edge: commands are called as an edge
//! calls them.

#![allow(dead_code, reason = "benches/recall.rs uses a part that no test does")]

use super::shared_pack;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::Timestamp;
use kronikas::card::action::{Press, TYPED};
use kronikas::card::{Action, Card, CardResult, Row};
use kronikas::clock::SimulatedClock;
use kronikas::command::{Asker, CommandContext, CurrentPack, LoadedPack, Place, Request, Services};
use kronikas::delivery::Deliverer;
use kronikas::features::{self, class_rounds, post_kinds};
use kronikas::messenger::{ChannelAccess, Messenger, SendError};
use kronikas::model::{ChannelId, GuildId, MessageId, SessionKind, UserId};
use kronikas::session::Question;
use kronikas::store::{QuizSession, Sqlite, Store};
use tokio::runtime::Runtime;

/// The guild in which everybody asks.
pub const GUILD: u64 = 7;

/// What was posted where.
type Notes = Arc<Mutex<Vec<(u64, Card)>>>;

pub struct School {
    pub loaded: Arc<LoadedPack>,
    pub services: Services,
    pub clock: Arc<SimulatedClock>,
    posted: Notes,
    count: u64,
    runtime: Runtime,
    _folder: tempfile::TempDir,
}

struct NotedDeliveries(Notes);

#[async_trait]
impl Messenger for NotedDeliveries {
    async fn send(&self, channel: ChannelId, _: &str, card: &Card) -> Result<MessageId, SendError> {
        self.0.lock().expect("no panic").push((channel.0, card.clone()));
        Ok(MessageId(1))
    }
}

pub struct PrivateRooms;

#[async_trait]
impl Messenger for PrivateRooms {
    async fn check_channel(&self, _: Option<GuildId>, _: ChannelId) -> Result<ChannelAccess, String> {
        Ok(ChannelAccess::Fine)
    }

    async fn direct(&self, user: UserId) -> Result<ChannelId, SendError> {
        Ok(ChannelId(user.0 + 1000))
    }

    async fn send(&self, channel: ChannelId, _: &str, _: &Card) -> Result<MessageId, SendError> {
        Ok(MessageId(channel.0))
    }

    fn link(&self, _: Option<GuildId>, _: ChannelId, _: MessageId) -> Option<String> {
        None
    }
}

/// What is taught.
pub fn loaded() -> Arc<LoadedPack> {
    shared_pack::current_pack().current()
}

/// A deliverer whose posts go nowhere.
/// The rounds of a store that nobody asks for any.
pub fn rounds(store: Arc<Sqlite>) -> Arc<kronikas::session::round::Rounds> {
    class_rounds(store, Arc::new(PrivateRooms), shared_pack::current_pack(), Arc::new(kronikas::clock::SystemClock))
}

pub fn deliverer(store: Arc<Sqlite>) -> Deliverer {
    let kinds = post_kinds(&shared_pack::current_pack(), &(store.clone() as Arc<dyn Store>));
    let clock = Arc::new(SimulatedClock::new(Timestamp::UNIX_EPOCH));
    Deliverer::new(store, Arc::new(NotedDeliveries(Notes::default())), kinds, clock, 1)
}

impl School {
    pub fn open(now: &str) -> School {
        School::teaching(shared_pack::current_pack(), now)
    }

    /// The same with another pack.
    pub fn teaching(shelves: Arc<CurrentPack>, now: &str) -> School {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        let folder = tempfile::tempdir().expect("a folder");
        let store = runtime.block_on(Sqlite::open_for_simulation(&folder.path().join("store.db"))).expect("a store");
        let store: Arc<Sqlite> = Arc::new(store);
        let clock = Arc::new(SimulatedClock::new(now.parse().expect("an instant")));
        let posted = Notes::default();
        let kinds = post_kinds(&shelves, &(store.clone() as Arc<dyn Store>));
        let deliverer = Deliverer::new(store.clone(), Arc::new(NotedDeliveries(posted.clone())), kinds, clock.clone(), 1);
        let rounds = class_rounds(store.clone(), Arc::new(PrivateRooms), shelves.clone(), clock.clone());
        let services = Services::new(store, Arc::new(PrivateRooms), Arc::new(deliverer), rounds);
        School { loaded: shelves.current(), services, clock, posted, count: 0, runtime, _folder: folder }
    }

    pub fn now(&self) -> Timestamp {
        kronikas::clock::Clock::now(self.clock.as_ref())
    }

    pub fn ctx(&self) -> CommandContext<'_> {
        self.loaded.context_with(Some(&self.services))
    }

    /// Runs a command, or what is asked of the store, to its end.
    pub fn wait<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    fn request(&mut self, who: u64) -> Request {
        self.count += 1;
        let place = Place { guild: Some(GuildId(GUILD)), channel: ChannelId(70) };
        Request::at(self.now()).by(Asker { id: UserId(who), manages: false }, Some(place)).numbered(self.count)
    }

    /// Types a command, perhaps with a subcommand, and its options.
    pub fn slash(&mut self, who: u64, command: &str, options: &[(&str, &str)]) -> CardResult {
        let (name, subcommand) = command.split_once(' ').map_or((command, None), |(name, rest)| (name, Some(rest)));
        let mut request = options.iter().fold(self.request(who), |request, (name, value)| request.with(name, value));
        request.subcommand = subcommand.map(str::to_owned);
        self.wait(features::answer(name, &request, &self.ctx()))
    }

    pub fn press(&mut self, who: u64, press: &Press) -> CardResult {
        let request = self.request(who);
        self.wait(features::press(&press.to_string(), &request, &self.ctx()))
    }

    pub fn type_in(&mut self, who: u64, press: &Press, text: &str) -> CardResult {
        let request = self.request(who).with(TYPED, text);
        self.wait(features::press(&press.to_string(), &request, &self.ctx()))
    }

    /// Presses the button whose label begins like that.
    pub fn button(&mut self, who: u64, card: &Card, label: &str) -> Card {
        let action = action(card, label);
        self.press(who, &action.press).unwrap_or_else(|refusal| panic!("{label}: {}", refusal.told().text.plain()))
    }

    /// The student's attempt and the question it is at.
    pub fn at(&self, who: u64, session_kind: SessionKind) -> Option<(QuizSession, usize, Question)> {
        let attempt = self.wait(self.services.store.attempt_at(UserId(who), session_kind)).expect("the store")?;
        let position = attempt.steps.iter().position(|step| step.rating.is_none()).filter(|_| !attempt.ended)?;
        let step = &attempt.steps[position];
        let question = self.loaded.questions().bank.question(&self.loaded.pack, &step.question, step.seed).expect("a question");
        Some((attempt, position, question))
    }

    /// Delivers what is due now; what was posted since the last time.
    pub fn deliver(&self) -> Vec<(u64, Card)> {
        self.runtime.block_on(self.services.deliverer.run_until_idle());
        std::mem::take(&mut *self.posted.lock().expect("no panic"))
    }
}

/// Everything that can be chosen on a card.
pub fn actions(card: &Card) -> Vec<Action> {
    let of = |row: &Row| match row {
        Row::Buttons(actions) => actions.clone(),
        Row::Menu(menu) => menu.items.iter().map(|item| Action::new(&item.label, item.press.clone())).collect(),
    };
    card.rows.iter().flat_map(of).collect()
}

/// The action whose label begins like that.
pub fn action(card: &Card, label: &str) -> Action {
    let all = actions(card);
    let found = all.iter().find(|action| action.label.starts_with(label));
    found.unwrap_or_else(|| panic!("no {label:?} on “{}” among {all:?}", card.title.plain())).clone()
}

/// What stands on a card, as text.
pub fn text(card: &Card) -> String {
    let lines = card.sections.iter().flat_map(|section| &section.lines);
    let lines = lines.map(|line| format!("{} {}", line.lead.as_deref().unwrap_or_default(), line.text.plain()));
    format!("{}\n{}\n{}", card.title.plain(), card.subtitle.as_deref().unwrap_or_default(), lines.collect::<Vec<_>>().join("\n"))
}
