//! Carries out what [`step`] decides, with one task per round, using the store and the edge's channels.
//!
//! The store always records a step before the channel shows it. If the process dies at any point, the
//! next one continues from the row. Posting again is safe because of the nonce, and editing again is
//! harmless.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use super::active::ActiveRounds;
use super::step::{self, Effect, RoundStep, step};
use super::{PACE, QuestionSource, cards, made};
use crate::card::Card;
use crate::clock::Clock;
use crate::messenger::{Messenger, SendError};
use crate::model::{CardState, ChannelId, GuildId, MessageId, Phase, Rating, Taken};
use crate::session::{Question, Questions};
use crate::store::{Round, RoundAnswer, Store, StoreError, Stored};

/// How long to wait after the store or a channel failed.
const AFTER_TROUBLE: SignedDuration = SignedDuration::from_secs(2);

/// The longest sleep when Discord asks to wait, because the round's time may be over meanwhile.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_secs(10);

/// Why a round was not started.
#[derive(Debug, thiserror::Error)]
pub enum Unstarted {
    /// The channel has an unfinished round.
    #[error("there is a round in that channel already")]
    UnderWay,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How many students who agreed to be named are looked up; each costs a request.
const MOST_NAMED: usize = 40;

/// How an answer changes what is remembered: from its time, its rating and the previous state.
pub type Grading = fn(Timestamp, Rating, Option<CardState>) -> CardState;

/// Returns the current pack and questions, which may be replaced while rounds run.
pub type CurrentQuestions = Arc<dyn Fn() -> Arc<dyn QuestionSource> + Send + Sync>;

/// Runs the rounds of one bot.
pub struct Rounds {
    store: Arc<dyn Store>,
    rooms: Arc<dyn Messenger>,
    questions: CurrentQuestions,
    clock: Arc<dyn Clock>,
    grade: Grading,
    /// Incremented when a round starts or stops.
    changes: watch::Sender<u64>,
    /// Presses that are waiting to be stored, each with the channel for its result.
    waiting: Mutex<Vec<Waiting>>,
    /// Held while presses are written; meanwhile further presses gather, and are written together.
    writing: tokio::sync::Mutex<()>,
}

/// The state of a round after one of its messages was sent.
type AfterSending = fn(&Round, MessageId, Timestamp) -> Round;
type Waiting = (RoundAnswer, oneshot::Sender<Result<Taken, AnswerNotKept>>);

/// Why a press was not stored: the store's error, or that the writer ended early.
pub(super) type AnswerNotKept = Arc<str>;

impl Rounds {
    /// Runs rounds with a store and channels. `grade` computes the new state after an answer.
    pub fn new(
        store: Arc<dyn Store>,
        rooms: Arc<dyn Messenger>,
        questions: CurrentQuestions,
        clock: Arc<dyn Clock>,
        grade: Grading,
    ) -> Rounds {
        Rounds {
            store,
            rooms,
            questions,
            clock,
            grade,
            changes: watch::Sender::new(0),
            waiting: Mutex::default(),
            writing: tokio::sync::Mutex::default(),
        }
    }

    /// Starts a round and returns its number.
    ///
    /// # Errors
    /// See [`Unstarted`].
    pub async fn start(&self, round: &Round) -> Result<u64, Unstarted> {
        let id = self.store.start_round(round).await?.ok_or(Unstarted::UnderWay)?;
        self.changes.send_modify(|changes| *changes += 1);
        info!(round = id, questions = round.planned, "a round started");
        Ok(id)
    }

    /// Ends the round of a channel with its current question. Returns whether there was one.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn stop(&self, channel: ChannelId) -> Stored<bool> {
        let stopped = self.store.stop_round(channel, self.clock.now()).await?;
        self.changes.send_modify(|changes| *changes += 1);
        Ok(stopped)
    }

    /// Stores a press, together with others that arrive meanwhile, and returns what became of it. The
    /// result is durable.
    ///
    /// # Errors
    /// If the store failed; the press does not count.
    pub async fn answer(&self, answer: RoundAnswer) -> Result<Taken, AnswerNotKept> {
        let (tell, mut told) = oneshot::channel();
        self.queue().push((answer, tell));
        {
            let _turn = self.writing.lock().await;
            // The previous holder of the lock may have written this press too.
            if let Ok(taken) = told.try_recv() {
                return taken;
            }
            self.write_waiting().await;
        }
        told.await.unwrap_or_else(|_| Err("writing it ended early".into()))
    }

    /// Writes all waiting presses. The caller holds the lock.
    async fn write_waiting(&self) {
        let (answers, tell): (Vec<RoundAnswer>, Vec<_>) = std::mem::take(&mut *self.queue()).into_iter().unzip();
        if answers.is_empty() {
            return;
        }
        metrics::histogram!("round_answers_written_together").record(answers.len() as f64);
        let taken = match self.store.answer_rounds(&answers).await {
            Ok(taken) => taken.into_iter().map(Ok).collect(),
            // Each waiting caller informs its student and logs the error.
            Err(error) => vec![Err(error.to_string().into()); answers.len()],
        };
        for (tell, taken) in tell.into_iter().zip(taken) {
            // The receiver is gone if the interaction was given up.
            let _ = tell.send(taken);
        }
    }

    fn queue(&self) -> parking_lot::MutexGuard<'_, Vec<Waiting>> {
        self.waiting.lock()
    }

    /// Runs all rounds until `stop` is cancelled, beginning with those of an earlier process. Unfinished
    /// rounds continue at the next start.
    pub async fn run(self: &Arc<Self>, stop: CancellationToken) {
        let mut changes = self.changes.subscribe();
        let mut tasks = JoinSet::new();
        let mut running = ActiveRounds::default();
        while !stop.is_cancelled() {
            let look_again = match self.store.open_rounds().await {
                Ok(open) => {
                    for id in running.others(open) {
                        let panics = running.panics_of(id);
                        let this = self.clone();
                        let task = tasks.spawn(async move { this.play_after(id, panics).await });
                        running.began(task.id(), id);
                    }
                    Timestamp::MAX
                }
                Err(error) => {
                    error!(%error, "could not read the rounds in progress");
                    later(self.clock.now(), AFTER_TROUBLE)
                }
            };
            tokio::select! {
                Some(done) = tasks.join_next_with_id() => running.ended(done),
                // An error means that `self` is gone.
                changed = changes.changed() => if changed.is_err() { break },
                () = self.clock.sleep_until(look_again), if look_again < Timestamp::MAX => {}
                () = stop.cancelled() => break,
            }
        }
        info!(rounds = tasks.len(), "rounds stopped");
    }

    /// Plays a round whose task has panicked that often before: first again after a pause, then only its
    /// end, and finally nothing, so that its channel is free.
    async fn play_after(&self, id: u64, panics: u32) {
        if panics > 0 {
            self.clock.sleep_until(later(self.clock.now(), AFTER_TROUBLE)).await;
        }
        if panics > 1
            && let Err(error) = self.give_up(id, panics).await
        {
            error!(round = id, %error, "a round that panicked waits for the store");
            return;
        }
        self.play(id).await;
    }

    async fn give_up(&self, id: u64, panics: u32) -> Stored<()> {
        let Some(round) = self.store.round(id).await? else { return Ok(()) };
        let trouble = "Something went wrong on my side, so the round ended early.".to_owned();
        let now = self.clock.now();
        let over = match panics {
            2 => Round { phase: Phase::Closing, since: now, trouble: Some(trouble), ..round.clone() },
            _ => step::ended(&round, Some(trouble), now),
        };
        self.store.move_round((round.position, round.phase), &over).await?;
        Ok(())
    }

    /// Plays a round to its end.
    pub async fn play(&self, id: u64) {
        let mut changes = self.changes.subscribe();
        let mut shown = RoundCard::default();
        loop {
            changes.borrow_and_update();
            let wake = match self.next(id, &mut shown).await {
                Ok(Some(wake)) => wake,
                Ok(None) => return,
                Err(error) => {
                    error!(round = id, %error, "a round waits for the store");
                    later(self.clock.now(), AFTER_TROUBLE)
                }
            };
            tokio::select! {
                () = self.clock.sleep_until(wake) => {}
                // The sender lives in self.
                _ = changes.changed() => {}
            }
        }
    }

    /// Takes one step of a round and returns when to take the next; `None` if it has ended. For
    /// simulated time, in which nobody else plays that round. `shown` is new for each process.
    ///
    /// # Errors
    /// If the store fails; the step may be taken again.
    pub async fn next(&self, id: u64, shown: &mut RoundCard) -> Stored<Option<Timestamp>> {
        let Some(round) = self.store.round(id).await? else { return Ok(None) };
        let now = self.clock.now();
        let RoundStep { round: next, effect, wake } = step(&round, now);
        if next != round {
            if round.phase == Phase::Asking {
                // Presses that came in time are written before the question closes.
                let _turn = self.writing.lock().await;
                self.write_waiting().await;
                self.store.move_round((round.position, round.phase), &next).await?;
            } else {
                self.store.move_round((round.position, round.phase), &next).await?;
            }
            return Ok(Some(now));
        }
        let Some(effect) = effect else { return Ok(None) };
        let done = match effect {
            Effect::Ask => self.ask(&round).await?,
            Effect::Count => self.count(&round, shown).await?,
            Effect::Tell => self.tell(&round, shown).await?,
            Effect::Close => self.close(&round).await?,
        };
        match done {
            EffectResult::Moved(moved) => {
                self.store.move_round((round.position, round.phase), &moved).await?;
                Ok(Some(self.clock.now()))
            }
            EffectResult::Stays => Ok(Some(wake)),
            EffectResult::Not(error) => self.not_sent(&round, error, now).await,
        }
    }

    /// Handles a message that could not be sent. Returns when to try again, if at all.
    async fn not_sent(&self, round: &Round, error: SendError, now: Timestamp) -> Stored<Option<Timestamp>> {
        match error {
            SendError::Deleted | SendError::Closed { .. } | SendError::Refused { .. } => {
                let why = error.why();
                warn!(round = round.id, why, "a round's channel no longer accepts posts; the round ends");
                self.store.move_round((round.position, round.phase), &step::ended(round, Some(why), now)).await?;
                Ok(None)
            }
            SendError::NotSent { wait: Some(wait), .. } => {
                let wait = SignedDuration::try_from(wait).unwrap_or(LONGEST_WAIT);
                Ok(Some(later(self.clock.now(), wait.min(LONGEST_WAIT))))
            }
            SendError::NotSent { wait: None, why } | SendError::InDoubt(why) => {
                warn!(round = round.id, why, "could not send a round's message; trying again");
                Ok(Some(later(self.clock.now(), AFTER_TROUBLE)))
            }
            SendError::TimedOut(until) => {
                let early = step::timed_out(round, until, now);
                if early != *round {
                    warn!(round = round.id, %until, "a moderator timed the bot out; the round ends early");
                    self.store.move_round((round.position, round.phase), &early).await?;
                }
                Ok(Some(until.clamp(later(now, AFTER_TROUBLE), later(now, LONGEST_WAIT))))
            }
        }
    }

    async fn ask(&self, round: &Round) -> Stored<EffectResult> {
        let Some(question) = self.question(round).await else {
            let trouble = "My questions were replaced during this round, so it ended early.".to_owned();
            let now = self.clock.now();
            let closing = Round { phase: Phase::Closing, since: now, trouble: Some(trouble), ..round.clone() };
            return Ok(EffectResult::Moved(closing));
        };
        let card = cards::question(round, &question, 0);
        Ok(self.send(round, &card, &round.position.to_string(), step::asked).await)
    }

    async fn send(&self, round: &Round, card: &Card, part: &str, moved: AfterSending) -> EffectResult {
        // The start distinguishes rounds of different stores.
        let nonce = format!("r{:x}x{part}x{:x}", round.id, round.started_at.as_second());
        match self.rooms.send(round.channel, &nonce, card).await {
            Ok(message) => EffectResult::Moved(moved(round, message, self.clock.now())),
            Err(error) => EffectResult::Not(error),
        }
    }

    async fn count(&self, round: &Round, shown: &mut RoundCard) -> Stored<EffectResult> {
        let tally = self.store.tally(round.id, round.position).await?;
        let answered: u32 = tally.iter().sum();
        let now = self.clock.now();
        let known = shown.count.filter(|(position, _)| *position == round.position).map_or(0, |(_, known)| known);
        if answered == known || later(shown.edited, PACE) > now {
            return Ok(EffectResult::Stays);
        }
        let (Some(message), Some(question)) = (round.message, self.question(round).await) else { return Ok(EffectResult::Stays) };
        shown.edited = now;
        match self.rooms.edit(round.channel, message, &cards::question(round, &question, answered)).await {
            Ok(()) => shown.count = Some((round.position, answered)),
            Err(error) if error.is_final() => return Ok(EffectResult::Not(error)),
            // The next update corrects a count that was not shown.
            Err(_) => {}
        }
        Ok(EffectResult::Stays)
    }

    async fn tell(&self, round: &Round, shown: &mut RoundCard) -> Stored<EffectResult> {
        if shown.told == Some(round.position) {
            return Ok(EffectResult::Stays);
        }
        let (Some(message), Some(question)) = (round.message, self.question(round).await) else { return Ok(EffectResult::Stays) };
        let counted = self.store.count_round(round.id, round.position, &question.item, &self.grade).await?;
        metrics::counter!("round_answers_total").increment(counted as u64);
        let tally = self.store.tally(round.id, round.position).await?;
        let told = round.clone();
        let card = self.with_questions(move |questions| cards::result(&told, &question, &tally, questions.pack)).await;
        let Some(card) = card else { return Ok(EffectResult::Stays) };
        match self.rooms.edit(round.channel, message, &card).await {
            Ok(()) => {
                shown.told = Some(round.position);
                Ok(EffectResult::Stays)
            }
            Err(error) => Ok(EffectResult::Not(error)),
        }
    }

    async fn close(&self, round: &Round) -> Stored<EffectResult> {
        let answers = self.store.answers_of_round(round.id).await?;
        let names = if round.podium { self.names(round.guild, &cards::on_podium(&answers)).await? } else { HashMap::new() };
        let ending = round.clone();
        let card = self.with_questions(move |questions| cards::summary(&ending, &answers, questions, &names)).await;
        let Some(card) = card else { return Ok(EffectResult::Moved(step::ended(round, None, self.clock.now()))) };
        Ok(self.send(round, &card, "end", |round, _, now| step::ended(round, None, now)).await)
    }

    /// The display names of these students, by their numbers, if they agreed to be named in the guild.
    async fn names(&self, guild: GuildId, of: &HashSet<i64>) -> Stored<HashMap<i64, String>> {
        let mut names = HashMap::new();
        let sharers = self.store.sharers(guild).await?.into_iter().filter(|(student, _)| of.contains(student));
        for (student, user) in sharers.take(MOST_NAMED) {
            match self.rooms.name_of(guild, user).await {
                Ok(name) => names.extend(name.map(|name| (student, name))),
                // They are counted among the others.
                Err(why) => warn!(why, "could not look up a student who agreed to be named"),
            }
        }
        Ok(names)
    }

    /// Runs work with the questions on the blocking pool. `None` if it panicked, which is a bug.
    async fn with_questions<T: Send + 'static>(&self, work: impl FnOnce(Questions<'_>) -> T + Send + 'static) -> Option<T> {
        let questions = self.questions.clone();
        let done = tokio::task::spawn_blocking(move || work(questions().questions())).await;
        done.inspect_err(|panicked| error!(%panicked, "could not compose a round's message")).ok()
    }

    /// The current question; `None` if the pack does not have it any more.
    async fn question(&self, round: &Round) -> Option<Question> {
        let drawn = round.questions.get(round.position)?.clone();
        self.with_questions(move |questions| made(questions, &drawn)).await?
    }
}

/// What a round's channel shows, as far as this process knows.
#[derive(Debug, Default)]
pub struct RoundCard {
    /// The question's index, and how many had answered.
    count: Option<(usize, u32)>,
    /// When that was last changed.
    edited: Timestamp,
    /// The index of the question whose answer is shown.
    told: Option<usize>,
}

/// The result of an effect.
enum EffectResult {
    /// The round has advanced.
    Moved(Round),
    /// It stays in its phase until the time comes.
    Stays,
    /// The effect failed.
    Not(SendError),
}

fn later(instant: Timestamp, by: SignedDuration) -> Timestamp {
    instant.checked_add(by).unwrap_or(Timestamp::MAX)
}
