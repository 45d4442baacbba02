//! The class round in simulated time: what stands in the channel, whatever happens in between.

use crate::support::shared_pack;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use kronikas::card::Card;
use kronikas::clock::{Clock, SimulatedClock};
use kronikas::messenger::{ChannelAccess, Messenger, SendError};
use kronikas::model::{CardState, ChannelId, GuildId, MessageId, Pause, Phase, Rating, Taken, UserId};
use kronikas::session::round::{self, ENOUGH, QuestionSource, RoundCard, Rounds};
use kronikas::session::{Filter, recall};
use kronikas::store::{ClassReview, RecallStore, Round, RoundAnswer, RoundStore, Sqlite};

const CHANNEL: u64 = 20;
const GUILD: GuildId = GuildId(30);

/// A channel that takes everything, unless it is told to fail.
#[derive(Default)]
struct Wall {
    posts: Mutex<Vec<(String, Card)>>,
    edits: Mutex<Vec<(Timestamp, u64, Card)>>,
    trouble: Mutex<Vec<SendError>>,
    clock: Option<Arc<SimulatedClock>>,
    /// A channel in which everything that is said panics.
    panics_in: std::sync::atomic::AtomicU64,
}

fn closed(why: &str) -> SendError {
    SendError::Closed { pause: Pause::NoPermission, why: why.to_owned() }
}

impl Wall {
    fn trouble(&self) -> Result<(), SendError> {
        self.trouble.lock().expect("no panic").pop().map_or(Ok(()), Err)
    }

    fn titles(&self) -> Vec<String> {
        self.posts.lock().expect("no panic").iter().map(|(_, card)| card.title.plain()).collect()
    }

    fn last(&self) -> String {
        text(&self.posts.lock().expect("no panic").last().expect("a post").1)
    }
}

#[async_trait]
impl Messenger for Wall {
    async fn check_channel(&self, _: Option<GuildId>, _: ChannelId) -> Result<ChannelAccess, String> {
        Ok(ChannelAccess::Fine)
    }

    async fn direct(&self, _: UserId) -> Result<ChannelId, SendError> {
        Err(closed("nobody is written to here"))
    }

    fn link(&self, _: Option<GuildId>, _: ChannelId, _: MessageId) -> Option<String> {
        None
    }

    async fn name_of(&self, _: GuildId, user: UserId) -> Result<Option<String>, String> {
        Ok(Some(format!("Student {user}")))
    }

    /// As Discord: the same nonce gives the message that is there.
    async fn send(&self, channel: ChannelId, nonce: &str, card: &Card) -> Result<MessageId, SendError> {
        assert_ne!(channel.0, self.panics_in.load(std::sync::atomic::Ordering::SeqCst), "a defect in saying");
        self.trouble()?;
        assert!((1..=25).contains(&nonce.len()), "{nonce}");
        let mut posts = self.posts.lock().expect("no panic");
        let known = posts.iter().position(|(known, _)| known == nonce);
        let place = known.unwrap_or_else(|| {
            posts.push((nonce.to_owned(), card.clone()));
            posts.len() - 1
        });
        Ok(MessageId(place as u64 + 1))
    }

    async fn edit(&self, _: ChannelId, message: MessageId, card: &Card) -> Result<(), SendError> {
        self.trouble()?;
        let now = self.clock.as_ref().expect("a clock").now();
        self.posts.lock().expect("no panic")[message.0 as usize - 1].1 = card.clone();
        self.edits.lock().expect("no panic").push((now, message.0, card.clone()));
        Ok(())
    }
}

fn text(card: &Card) -> String {
    let lines = card.sections.iter().flat_map(|section| &section.lines);
    let lines = lines.map(|line| format!("{} {}", line.lead.as_deref().unwrap_or_default(), line.text.plain()));
    format!("{}\n{}\n{}", card.title.plain(), card.subtitle.as_deref().unwrap_or_default(), lines.collect::<Vec<_>>().join("\n"))
}

struct Class {
    _folder: tempfile::TempDir,
    store: Arc<Sqlite>,
    wall: Arc<Wall>,
    clock: Arc<SimulatedClock>,
    presses: u64,
}

fn remember(at: Timestamp, rating: Rating, before: Option<CardState>) -> CardState {
    recall::after(before, rating, at)
}

impl Class {
    async fn new() -> Class {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Sqlite::open_for_simulation(&folder.path().join("store.db")).await.expect("a store");
        let clock = Arc::new(SimulatedClock::new("2026-11-24T09:00:00Z".parse().expect("an instant")));
        let wall = Arc::new(Wall { clock: Some(clock.clone()), ..Wall::default() });
        Class { _folder: folder, store: Arc::new(store), wall, clock, presses: 0 }
    }

    /// As a process has it that was only just started.
    fn rounds(&self) -> Rounds {
        let book = Arc::new(|| shared_pack::current_pack().current() as Arc<dyn QuestionSource>);
        Rounds::new(self.store.clone(), self.wall.clone(), book, self.clock.clone(), remember)
    }

    async fn start(&self, questions: usize, podium: bool) -> u64 {
        let mut rng = fastrand::Rng::with_seed(1956);
        let questions = round::draw(shared_pack::loaded().questions(), &Filter::default(), questions, &mut rng);
        let now = self.clock.now();
        let round = Round {
            id: 0,
            channel: ChannelId(CHANNEL),
            guild: GUILD,
            subject: String::new(),
            seconds: 20,
            podium,
            planned: questions.len(),
            questions,
            position: 0,
            phase: Phase::Opening,
            since: now,
            until: now,
            message: None,
            started_at: now,
            trouble: None,
        };
        self.rounds().start(&round).await.expect("a round")
    }

    async fn round(&self, id: u64) -> Round {
        self.store.round(id).await.expect("the store works").expect("the round is kept")
    }

    /// Plays until a round stands where it is wanted.
    async fn until(&self, rounds: &Rounds, id: u64, shown: &mut RoundCard, position: usize, phase: Phase) {
        for _ in 0..1000 {
            let round = self.round(id).await;
            if (round.position, round.phase) == (position, phase) {
                return;
            }
            if let Some(wake) = rounds.next(id, shown).await.expect("the store works") {
                self.clock.set(wake.max(self.clock.now()));
            }
        }
        panic!("it never comes to {phase} {position}: {:?}", self.round(id).await);
    }

    async fn press(&mut self, rounds: &Rounds, id: u64, user: u64, choice: u8) -> Taken {
        self.presses += 1;
        let position = self.round(id).await.position;
        let at = self.clock.now();
        let answer = RoundAnswer {
            round: id,
            position,
            channel: ChannelId(CHANNEL),
            user: UserId(user),
            choice,
            interaction: self.presses,
            at,
        };
        rounds.answer(answer).await.expect("the store works")
    }
}

#[tokio::test]
async fn three_students_play_a_round_to_its_end() {
    let mut class = Class::new().await;
    let (rounds, mut shown) = (class.rounds(), RoundCard::default());
    let id = class.start(3, true).await;
    class.store.set_share(UserId(1), GUILD, true, class.clock.now()).await.expect("the store works");
    for position in 0..3 {
        class.until(&rounds, id, &mut shown, position, Phase::Asking).await;
        let right = class.round(id).await.questions[position].right;
        assert_eq!(class.press(&rounds, id, 1, right).await, Taken::Counted);
        assert_eq!(class.press(&rounds, id, 2, 1 - right.min(1)).await, Taken::Counted);
        // The third changes their mind: the last answer counts.
        assert_eq!(class.press(&rounds, id, 3, 1 - right.min(1)).await, Taken::Counted);
        assert_eq!(class.press(&rounds, id, 3, right).await, Taken::Changed);
        class.until(&rounds, id, &mut shown, position, Phase::Telling).await;
        rounds.next(id, &mut shown).await.expect("the store works");
        let told = class.wall.last();
        assert!(told.contains(&format!("Question {} of 3: the answer", position + 1)), "{told}");
        assert!(told.contains("2 of 3") && told.contains("1 of 3"), "{told}");
        assert_eq!(class.press(&rounds, id, 4, 0).await, Taken::Late);
    }
    class.until(&rounds, id, &mut shown, 2, Phase::Ended).await;
    assert_eq!(class.wall.titles().len(), 4);
    let end = class.wall.last();
    assert!(end.contains("The round is over\n3 questions, 3 students took part"), "{end}");
    assert!(end.contains("2 of 3 right:"), "{end}");
    // Only the first agreed to be named.
    assert!(end.contains("3 of 3: Student 1 and 1 other"), "{end}");
    let reviews = class.store.class_reviews(GUILD, Timestamp::UNIX_EPOCH).await.expect("the store works");
    assert_eq!(reviews.len(), 9);
    assert_eq!(reviews.iter().filter(|review| review.rating == Rating::Good).count(), 6);
    assert!(rounds.next(id, &mut shown).await.expect("the store works").is_none());
}

#[tokio::test]
async fn the_best_is_named_however_many_agreed_before() {
    let mut class = Class::new().await;
    let (rounds, mut shown) = (class.rounds(), RoundCard::default());
    for user in 1..=60 {
        class.store.set_share(UserId(user), GUILD, true, class.clock.now()).await.expect("the store works");
    }
    let id = class.start(1, true).await;
    class.until(&rounds, id, &mut shown, 0, Phase::Asking).await;
    let right = class.round(id).await.questions[0].right;
    for user in 1..60 {
        class.press(&rounds, id, user, 1 - right.min(1)).await;
    }
    class.press(&rounds, id, 60, right).await;
    class.until(&rounds, id, &mut shown, 0, Phase::Ended).await;
    let end = class.wall.last();
    assert!(end.contains("1 of 1: Student 60"), "{end}");
}

#[tokio::test]
async fn the_same_press_again_an_older_one_and_a_foreign_one_change_nothing() {
    let mut class = Class::new().await;
    let (rounds, mut shown) = (class.rounds(), RoundCard::default());
    let id = class.start(1, false).await;
    let at = class.clock.now();
    let early =
        RoundAnswer { round: id, position: 0, channel: ChannelId(CHANNEL), user: UserId(9), choice: 1, interaction: 50, at };
    // The class may see a question before the store knows that it stands there.
    assert_eq!(rounds.answer(early.clone()).await, Ok(Taken::Counted));
    let early = RoundAnswer { user: UserId(1), ..early };
    class.until(&rounds, id, &mut shown, 0, Phase::Asking).await;
    class.presses = 99;
    assert_eq!(class.press(&rounds, id, 1, 1).await, Taken::Counted);
    assert_eq!(rounds.answer(RoundAnswer { interaction: 100, choice: 0, ..early.clone() }).await, Ok(Taken::Known));
    assert_eq!(rounds.answer(RoundAnswer { interaction: 60, choice: 0, ..early.clone() }).await, Ok(Taken::Known));
    // One press cannot be two students' either.
    assert_eq!(rounds.answer(RoundAnswer { interaction: 100, user: UserId(2), ..early.clone() }).await, Ok(Taken::Known));
    for foreign in [
        RoundAnswer { channel: ChannelId(21), interaction: 201, ..early.clone() },
        RoundAnswer { round: id + 1, interaction: 202, ..early.clone() },
        RoundAnswer { position: 1, interaction: 203, ..early.clone() },
        RoundAnswer { choice: 9, interaction: 204, ..early.clone() },
    ] {
        assert_eq!(rounds.answer(foreign.clone()).await, Ok(Taken::Unknown), "{foreign:?}");
    }
    assert_eq!(class.store.tally(id, 0).await.expect("the store works").iter().sum::<u32>(), 2);
    assert_eq!(class.store.tally(id, 0).await.expect("the store works")[1], 2);
}

#[tokio::test]
async fn what_is_pressed_together_is_written_together_and_none_is_lost() {
    let class = Class::new().await;
    let (rounds, mut shown) = (Arc::new(class.rounds()), RoundCard::default());
    let id = class.start(1, false).await;
    class.until(&rounds, id, &mut shown, 0, Phase::Asking).await;
    let at = class.clock.now();
    let presses = (0..200u64).map(|idx| {
        let rounds = rounds.clone();
        let answer = RoundAnswer {
            round: id,
            position: 0,
            channel: ChannelId(CHANNEL),
            user: UserId(idx),
            choice: 0,
            interaction: 1000 + idx,
            at,
        };
        tokio::spawn(async move { rounds.answer(answer).await })
    });
    let presses: Vec<_> = presses.collect();
    for press in presses {
        assert_eq!(press.await.expect("no panic"), Ok(Taken::Counted));
    }
    assert_eq!(class.store.tally(id, 0).await.expect("the store works")[0], 200);
}

#[tokio::test]
async fn a_count_is_shown_and_never_edited_faster_than_discord_takes_it() {
    let mut class = Class::new().await;
    let (rounds, mut shown) = (class.rounds(), RoundCard::default());
    let id = class.start(2, false).await;
    let mut user = 0;
    while let Some(wake) = rounds.next(id, &mut shown).await.expect("the store works") {
        if class.round(id).await.phase == Phase::Asking {
            user += 1;
            class.press(&rounds, id, user, 0).await;
        }
        // Looked at far more often than is needed, as when other rounds start and stop.
        let soon = class.clock.now() + SignedDuration::from_millis(200);
        class.clock.set(wake.min(soon).max(class.clock.now() + SignedDuration::from_millis(1)));
    }
    let edits = class.wall.edits.lock().expect("no panic").clone();
    let counts = edits.iter().filter(|(.., card)| text(card).contains("answered.")).count();
    assert!((20..=34).contains(&counts), "{counts}");
    let spread = |few: &[(Timestamp, u64, Card)]| few[0].0.duration_until(few[few.len() - 1].0);
    assert!(edits.windows(6).all(|six| spread(six) >= SignedDuration::from_secs(5)));
    let counting = edits.iter().filter(|(.., card)| text(card).contains("answered.")).cloned().collect::<Vec<_>>();
    assert!(counting.windows(2).all(|two| spread(two) >= SignedDuration::from_secs(1)));
}

#[tokio::test]
async fn a_process_that_dies_anywhere_leaves_a_round_that_goes_on_without_a_second_post() {
    let mut class = Class::new().await;
    let id = class.start(2, false).await;
    let mut steps = 0;
    loop {
        // A new process for every step: nothing is remembered between them.
        let rounds = class.rounds();
        let Some(wake) = rounds.next(id, &mut RoundCard::default()).await.expect("the store works") else { break };
        if class.round(id).await.phase == Phase::Asking && steps % 3 == 0 {
            class.press(&rounds, id, steps, 0).await;
        }
        class.clock.set(wake.max(class.clock.now()));
        steps += 1;
        assert!(steps < 1000);
    }
    let titles = class.wall.titles();
    assert_eq!(titles, ["Question 1 of 2: the answer", "Question 2 of 2: the answer", "The round is over"]);
    let answers = class.store.answers_of_round(id).await.expect("the store works");
    let reviews = class.store.class_reviews(GUILD, Timestamp::UNIX_EPOCH).await.expect("the store works");
    assert!(answers.len() > 2 && answers.len() == reviews.len(), "{} {}", answers.len(), reviews.len());
}

#[tokio::test]
async fn after_a_long_absence_it_ends_with_what_it_has() {
    let mut class = Class::new().await;
    let (rounds, mut shown) = (class.rounds(), RoundCard::default());
    let id = class.start(5, false).await;
    class.until(&rounds, id, &mut shown, 0, Phase::Asking).await;
    class.press(&rounds, id, 1, 0).await;
    class.clock.advance(SignedDuration::from_mins(20));
    let (again, mut shown) = (class.rounds(), RoundCard::default());
    class.until(&again, id, &mut shown, 0, Phase::Ended).await;
    assert_eq!(class.wall.titles(), ["Question 1 of 5: the answer", "The round is over"]);
    assert!(class.wall.last().contains("I was restarted during this round"), "{}", class.wall.last());
}

#[tokio::test]
async fn a_lost_permission_ends_the_round_and_a_hiccup_does_not() {
    let class = Class::new().await;
    let (rounds, mut shown) = (class.rounds(), RoundCard::default());
    let id = class.start(2, false).await;
    *class.wall.trouble.lock().expect("no panic") = vec![
        SendError::NotSent { wait: Some(std::time::Duration::from_secs(4)), why: "slow down".to_owned() },
        SendError::InDoubt("Discord answered 502".to_owned()),
    ];
    class.until(&rounds, id, &mut shown, 0, Phase::Telling).await;
    class.wall.trouble.lock().expect("no panic").push(closed("I am missing a permission in the channel"));
    class.until(&rounds, id, &mut shown, 0, Phase::Ended).await;
    assert_eq!(class.round(id).await.trouble.as_deref(), Some("I am missing a permission in the channel"));
    assert_eq!(class.store.open_rounds().await.expect("the store works"), Vec::<u64>::new());
    // The channel is free for another.
    assert_ne!(class.start(1, false).await, id);
}

/// A channel in which a moderator has the bot timed out: it takes changes, and no posts.
struct Muted<'a>(&'a Class, Timestamp);

impl Muted<'_> {
    /// Plays a round on, with each post refused until the time-out is over.
    async fn play(&self, rounds: &Rounds, id: u64, shown: &mut RoundCard, phase: Phase) {
        for _ in 0..1000 {
            let round = self.0.round(id).await;
            if round.phase == phase {
                return;
            }
            let now = self.0.clock.now();
            *self.0.wall.trouble.lock().expect("no panic") =
                if now < self.1 && matches!(round.phase, Phase::Opening | Phase::Closing) {
                    vec![SendError::TimedOut(self.1)]
                } else {
                    vec![]
                };
            let wake = rounds.next(id, shown).await.expect("the store works");
            self.0.clock.set(wake.unwrap_or(now).max(now + SignedDuration::from_millis(100)));
        }
        panic!("it never comes to {phase}: {:?}", self.0.round(id).await);
    }
}

#[tokio::test]
async fn a_time_out_of_a_minute_is_waited_out_and_a_longer_one_is_named() {
    // For how long in seconds; what stands in the channel; what the round says of it.
    for (seconds, titles, said) in [
        (50, &["Question 1 of 2: the answer", "Question 2 of 2: the answer", "The round is over"][..], None),
        (120, &["Question 1 of 2: the answer", "The round is over"], Some("1 question, ")),
        (3600, &["Question 1 of 2: the answer"], None),
    ] {
        let class = Class::new().await;
        let (rounds, mut shown) = (class.rounds(), RoundCard::default());
        let id = class.start(2, false).await;
        class.until(&rounds, id, &mut shown, 0, Phase::Telling).await;
        rounds.next(id, &mut shown).await.expect("the store works");
        class.until(&rounds, id, &mut shown, 1, Phase::Opening).await;
        let until = class.clock.now() + SignedDuration::from_secs(seconds);
        Muted(&class, until).play(&rounds, id, &mut shown, Phase::Ended).await;
        assert_eq!(class.wall.titles(), titles, "{seconds} s");
        let trouble = class.round(id).await.trouble.unwrap_or_default();
        assert_eq!(trouble.is_empty(), seconds < 60, "{trouble}");
        let named = format!("A moderator timed me out until {}", until.strftime("%-d %B %Y, %H:%M UTC"));
        assert!(trouble.is_empty() || trouble.starts_with(&named), "{trouble}");
        if let Some(said) = said {
            let end = class.wall.last();
            assert!(end.contains(&trouble) && end.contains(said), "{end}");
        }
        assert_eq!(class.store.open_rounds().await.expect("the store works"), Vec::<u64>::new());
    }
}

#[tokio::test]
async fn a_stop_ends_it_with_the_question_that_is_asked() {
    let mut class = Class::new().await;
    let (rounds, mut shown) = (class.rounds(), RoundCard::default());
    let id = class.start(5, false).await;
    assert!(matches!(rounds.start(&class.round(id).await).await, Err(round::Unstarted::UnderWay)));
    class.until(&rounds, id, &mut shown, 1, Phase::Asking).await;
    class.press(&rounds, id, 1, 0).await;
    assert!(rounds.stop(ChannelId(CHANNEL)).await.expect("the store works"));
    class.until(&rounds, id, &mut shown, 1, Phase::Ended).await;
    assert_eq!(class.wall.titles(), ["Question 1 of 5: the answer", "Question 2 of 2: the answer", "The round is over"]);
    assert!(!rounds.stop(ChannelId(CHANNEL)).await.expect("the store works"));
}

#[tokio::test]
async fn a_student_who_is_erased_is_gone_from_rounds_too() {
    let mut class = Class::new().await;
    let (rounds, mut shown) = (class.rounds(), RoundCard::default());
    let id = class.start(1, false).await;
    class.until(&rounds, id, &mut shown, 0, Phase::Asking).await;
    class.press(&rounds, id, 1, 0).await;
    class.press(&rounds, id, 2, 0).await;
    assert!(class.store.erase(UserId(1)).await.expect("the store works"));
    assert_eq!(class.store.answers_of_round(id).await.expect("the store works").len(), 1);
}

/// Plays with the clock put forward until all rounds are over.
async fn play_out(class: &Class, rounds: &Arc<Rounds>) {
    let stop = tokio_util::sync::CancellationToken::new();
    let stopping = stop.clone();
    let playing = tokio::spawn({
        let rounds = rounds.clone();
        async move { rounds.run(stopping).await }
    });
    for _ in 0..4000 {
        if class.store.open_rounds().await.expect("the store works").is_empty() {
            break;
        }
        class.clock.advance(SignedDuration::from_millis(250));
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
    stop.cancel();
    tokio::time::timeout(std::time::Duration::from_secs(10), playing).await.expect("it stops").expect("no panic");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_round_that_panics_ends_in_words_and_its_presses_are_answered() {
    fn defect(_: Timestamp, _: Rating, _: Option<CardState>) -> CardState {
        panic!("a defect in what is remembered")
    }
    let class = Class::new().await;
    let book = Arc::new(|| shared_pack::current_pack().current() as Arc<dyn QuestionSource>);
    let rounds = Arc::new(Rounds::new(class.store.clone(), class.wall.clone(), book, class.clock.clone(), defect));
    let id = class.start(3, false).await;
    let at = class.clock.now();
    let answer =
        RoundAnswer { round: id, position: 0, channel: ChannelId(CHANNEL), user: UserId(1), choice: 0, interaction: 1, at };
    assert_eq!(rounds.answer(answer.clone()).await, Ok(Taken::Counted));
    play_out(&class, &rounds).await;
    let ended = class.round(id).await;
    assert_eq!(ended.phase, Phase::Ended, "{ended:?}");
    assert!(ended.trouble.as_deref().is_some_and(|why| why.contains("went wrong on my side")), "{ended:?}");
    assert!(class.wall.last().contains("went wrong on my side"), "the class reads it: {}", class.wall.last());
    let late = RoundAnswer { interaction: 2, at: class.clock.now(), ..answer };
    assert_eq!(rounds.answer(late).await, Ok(Taken::Late));
    assert_ne!(class.start(1, false).await, id, "the channel is free for another");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_round_whose_every_post_panics_ends_and_others_go_on() {
    let class = Class::new().await;
    let rounds = Arc::new(class.rounds());
    class.wall.panics_in.store(CHANNEL, std::sync::atomic::Ordering::SeqCst);
    let id = class.start(2, false).await;
    let other = Round { id: 0, channel: ChannelId(CHANNEL + 1), ..class.round(id).await };
    let other = rounds.start(&other).await.expect("another channel's");
    play_out(&class, &rounds).await;
    assert_eq!(class.round(id).await.phase, Phase::Ended);
    let fine = class.round(other).await;
    assert_eq!((fine.phase, fine.trouble), (Phase::Ended, None));
}

#[test]
fn no_two_questions_of_a_round_are_on_the_same_item() {
    let loaded = shared_pack::loaded();
    for seed in 0..20 {
        let drawn = round::draw(loaded.questions(), &Filter::default(), 20, &mut fastrand::Rng::with_seed(seed));
        assert_eq!(drawn.len(), 20);
        let items: Vec<String> =
            drawn.iter().map(|drawn| round::made(loaded.questions(), drawn).expect("the same pack").item).collect();
        for (idx, item) in items.iter().enumerate() {
            assert!(!items[idx + 1..].contains(item), "{seed}: {item}");
        }
    }
}

#[test]
fn a_report_says_nothing_about_fewer_than_five() {
    let loaded = shared_pack::loaded();
    let item = |idx: usize| loaded.questions().bank.all(&loaded.pack)[idx * 40].item.clone();
    let at = Timestamp::UNIX_EPOCH;
    let review =
        |student: usize, item: &str, rating: Rating| ClassReview { student: student as i64, item: item.to_owned(), at, rating };
    let mut reviews: Vec<ClassReview> = (0..ENOUGH - 1).map(|student| review(student, &item(0), Rating::Again)).collect();
    let few = round::report(&reviews, loaded.questions());
    assert_eq!((few.students, few.answers, few.items.len(), few.themes.len(), few.too_few), (0, 0, 0, 0, 1));
    reviews.push(review(ENOUGH, &item(0), Rating::Good));
    // The same student twice is one.
    reviews.extend((0..9).map(|_| review(1, &item(1), Rating::Good)));
    reviews.push(review(1, "no-such-item", Rating::Good));
    let enough = round::report(&reviews, loaded.questions());
    assert_eq!((enough.students, enough.answers, enough.items.len(), enough.too_few), (5, 14, 1, 1));
    assert_eq!((enough.items[0].right, enough.items[0].answers, enough.items[0].percent()), (1, 5, 20));
    let csv = String::from_utf8(round::csv(&enough, loaded.questions())).expect("UTF-8");
    assert!(csv.starts_with("kind,subject,question,answer,students,answers,right,percent\n"), "{csv}");
    assert!(csv.contains(&format!("item,{}", item(0))) && csv.contains(",5,5,1,20\n"), "{csv}");
    assert!(!csv.contains(&item(1)), "{csv}");
}
