//! What is kept about students: under a pseudonym, counted once, and gone when it is to be gone.

use std::path::Path;

use jiff::{SignedDuration, Timestamp, civil};
use kronikas::model::{
    CardState, ChannelId, DeliverySubject, GuildId, Key, MessageId, QuietPolicy, Rating, SessionKind, State, UserId,
};
use kronikas::store::{
    Delivery, DeliveryStore, QuizSession, RecallStore, Reminder, Reminding, ReviewLog, SessionAnswer, SessionQuestion, Sqlite,
};

const ANNA: u64 = 1_034_567_890_123_456_789;
const BELA: UserId = UserId(1_034_567_890_123_456_790);

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

fn now() -> Timestamp {
    at("2026-11-24T15:00:00Z")
}

/// Counts, in place of FSRS: what matters here is what is kept.
fn grade(now: Timestamp) -> impl Fn(Option<CardState>) -> CardState + Send + Sync {
    move |before| CardState {
        stability: before.map_or(1.5, |memory| memory.stability * 2.0),
        difficulty: 5.25,
        last: now,
        due: now + days(1),
        reviews: before.map_or(1, |memory| memory.reviews + 1),
        lapses: 0,
    }
}

fn review(interaction: u64, item: &str) -> ReviewLog {
    ReviewLog { interaction, item: item.to_owned(), at: now(), rating: Rating::Good, guild: Some(GuildId(7)) }
}

fn attempt(session_kind: SessionKind, questions: &[&str]) -> QuizSession {
    QuizSession {
        id: 0,
        session_kind,
        about: "person/imre-nagy".to_owned(),
        difficulty: None,
        steps: questions.iter().map(|question| SessionQuestion::new(question, u64::MAX, false)).collect(),
        touched_at: now(),
        ended: false,
    }
}

async fn open(folder: &Path) -> Sqlite {
    Sqlite::open(&folder.join("store.db")).await.expect("a store")
}

/// The store's files as they lie on the disk.
fn raw(folder: &Path) -> Vec<u8> {
    ["store.db", "store.db-wal"].iter().flat_map(|name| std::fs::read(folder.join(name)).unwrap_or_default()).collect()
}

fn contains(hay: &[u8], needle: &[u8]) -> bool {
    hay.windows(needle.len()).any(|window| window == needle)
}

#[tokio::test]
async fn an_answer_counts_once_and_survives_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path()).await;
    let id = store.begin(UserId(ANNA), &attempt(SessionKind::Quiz, &["date.a", "date.b"])).await.expect("begun");
    let given = SessionAnswer { attempt: id, position: 0, chosen: Some(2) };
    let first = store.answer(UserId(ANNA), given, &review(11, "when/a"), &grade(now())).await.expect("counted").expect("new");
    assert_eq!((first.reviews, first.stability), (1, 1.5));
    // The same step by another press, the same press at another step, and the same press alone.
    assert_eq!(store.answer(UserId(ANNA), given, &review(12, "when/a"), &grade(now())).await.expect("looked"), None);
    let other = SessionAnswer { position: 1, ..given };
    assert_eq!(store.answer(UserId(ANNA), other, &review(11, "when/b"), &grade(now())).await.expect("looked"), None);
    assert_eq!(store.review(UserId(ANNA), &review(11, "when/a"), &grade(now())).await.expect("looked"), None);
    store.close().await;
    drop(store);

    let store = open(folder.path()).await;
    let kept = store.attempt(UserId(ANNA), id).await.expect("read").expect("kept");
    assert_eq!(
        kept.steps[0],
        SessionQuestion { chosen: Some(2), rating: Some(Rating::Good), ..SessionQuestion::new("date.a", u64::MAX, false) }
    );
    // What came to nothing left nothing.
    assert_eq!(kept.steps[1], SessionQuestion::new("date.b", u64::MAX, false));
    let recalls = store.recalls(UserId(ANNA)).await.expect("read");
    assert_eq!(recalls.len(), 1);
    assert_eq!((recalls[0].item.as_str(), recalls[0].memory), ("when/a", first));
    assert_eq!(store.reviews(UserId(ANNA), now()).await.expect("read"), [review(11, "when/a")]);
    let again = store.review(UserId(ANNA), &review(13, "when/a"), &grade(now())).await.expect("counted").expect("new");
    assert_eq!((again.reviews, again.stability), (2, 3.0));
    assert_eq!(store.class_reviews(GuildId(7), now()).await.expect("read").len(), 2);
    assert_eq!(store.class_reviews(GuildId(8), now()).await.expect("read").len(), 0);
}

#[tokio::test]
async fn nobody_answers_for_another() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path()).await;
    let id = store.begin(UserId(ANNA), &attempt(SessionKind::Quiz, &["date.a"])).await.expect("begun");
    assert_eq!(store.attempt(BELA, id).await.expect("read"), None);
    let given = SessionAnswer { attempt: id, position: 0, chosen: Some(0) };
    assert_eq!(store.answer(BELA, given, &review(1, "when/a"), &grade(now())).await.expect("looked"), None);
    assert_eq!(store.student(BELA).await.expect("read"), None, "a press that came to nothing makes no account");
    store.end(BELA, id).await.expect("nothing to do");
    assert!(!store.attempt(UserId(ANNA), id).await.expect("read").expect("hers").ended);
    // A new attempt takes the place of the old, and never its number.
    let next = store.begin(UserId(ANNA), &attempt(SessionKind::Quiz, &["date.b"])).await.expect("begun");
    assert!(next > id);
    assert_eq!(store.attempt(UserId(ANNA), id).await.expect("read"), None);
    store.begin(UserId(ANNA), &attempt(SessionKind::Review, &["date.c"])).await.expect("begun");
    assert_eq!(store.attempt_at(UserId(ANNA), SessionKind::Quiz).await.expect("read").map(|attempt| attempt.id), Some(next));
    store.end(UserId(ANNA), next).await.expect("ended");
    let given = SessionAnswer { attempt: next, position: 0, chosen: None };
    assert_eq!(store.answer(UserId(ANNA), given, &review(2, "when/b"), &grade(now())).await.expect("looked"), None, "it is over");
}

#[tokio::test]
async fn a_store_knows_no_user_and_forgets_for_good() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path()).await;
    store.review(UserId(ANNA), &review(1, "when/a"), &grade(now())).await.expect("counted");
    store.review(BELA, &review(2, "when/a"), &grade(now())).await.expect("counted");
    let anna = store.student(UserId(ANNA)).await.expect("read").expect("an account");
    let bela = store.student(BELA).await.expect("read").expect("an account");
    assert_ne!(anna.pseudonym, bela.pseudonym);
    let pseudonym: Vec<u8> =
        (0..32).map(|idx| u8::from_str_radix(&anna.pseudonym[2 * idx..2 * idx + 2], 16).expect("digits")).collect();
    let written = raw(folder.path());
    assert!(contains(&written, &pseudonym));
    for trace in [ANNA.to_be_bytes().to_vec(), ANNA.to_le_bytes().to_vec(), ANNA.to_string().into_bytes()] {
        assert!(!contains(&written, &trace), "the user's id stands in the store");
    }

    let begun = store.begin(UserId(ANNA), &attempt(SessionKind::Quiz, &["date.a"])).await.expect("begun");
    store.set_reminder(UserId(ANNA), Some(&reminder(5)), now()).await.expect("set");
    store.set_share(UserId(ANNA), GuildId(7), true, now()).await.expect("agreed");
    assert_eq!(store.sharers(GuildId(7)).await.expect("read"), [(anna.number, UserId(ANNA))]);
    assert!(store.erase(UserId(ANNA)).await.expect("erased"));
    assert!(!store.erase(UserId(ANNA)).await.expect("nothing left"));
    assert_eq!(store.student(UserId(ANNA)).await.expect("read"), None);
    assert_eq!(store.recalls(UserId(ANNA)).await.expect("read"), []);
    assert_eq!(store.reviews(UserId(ANNA), Timestamp::MIN).await.expect("read"), []);
    assert_eq!(store.attempt(UserId(ANNA), begun).await.expect("read"), None);
    assert_eq!(store.reminder(UserId(ANNA)).await.expect("read"), None);
    assert_eq!(store.sharers(GuildId(7)).await.expect("read"), []);
    assert_eq!(store.class_reviews(GuildId(7), now()).await.expect("read").len(), 1, "the other student's answers stay");
    // Not even the bytes are left, nor in a copy made from now on.
    assert!(!contains(&raw(folder.path()), &pseudonym));
    store.backup(&folder.path().join("copy.db")).await.expect("copied");
    assert!(!contains(&std::fs::read(folder.path().join("copy.db")).expect("a copy"), &pseudonym));
}

fn reminder(channel: u64) -> Reminder {
    Reminder {
        channel: ChannelId(channel),
        zone: "Europe/Budapest".to_owned(),
        time: civil::time(18, 0, 0, 0),
        next_date: civil::date(2026, 11, 25),
        next_due: now() + days(1),
        ended: None,
    }
}

fn delivery(channel: u64, date: civil::Date, due_at: Timestamp) -> Delivery {
    Delivery {
        key: Key { channel: ChannelId(channel), date, sequence: 0 },
        guild: Some(GuildId(0)),
        subject: DeliverySubject::Reminder,
        state: State::Due,
        due_at,
        until: due_at + SignedDuration::from_hours(6),
        attempts: 0,
        uncertain_since: None,
        not_before: due_at,
        lease_until: due_at,
        decided_at: None,
        trouble: None,
    }
}

#[tokio::test]
async fn a_reminder_comes_once_a_day() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path()).await;
    assert_eq!(store.next_reminder().await.expect("read"), None);
    store.review(UserId(ANNA), &review(1, "when/a"), &grade(now())).await.expect("counted");
    store.set_reminder(UserId(ANNA), Some(&reminder(5)), now()).await.expect("set");
    store.set_reminder(BELA, Some(&reminder(6)), now()).await.expect("set");
    let due_at = now() + days(1);
    assert_eq!(store.next_reminder().await.expect("read"), Some(due_at));
    assert_eq!(store.due_reminders(now(), 10).await.expect("read"), []);
    let due = store.due_reminders(due_at, 10).await.expect("read");
    assert_eq!(due, [(reminder(5), 1), (reminder(6), 0)]);
    assert_eq!(store.due_in(ChannelId(5), due_at).await.expect("read"), Some(1));
    assert_eq!(store.due_in(ChannelId(99), due_at).await.expect("read"), None);
    let step = |channel, delivery| Reminding { channel, next: (civil::date(2026, 11, 26), due_at + days(1)), delivery };
    let date = civil::date(2026, 11, 25);
    let steps = [step(ChannelId(5), Some(delivery(5, date, due_at))), step(ChannelId(6), None)];
    assert_eq!(store.remind(&steps).await.expect("put"), 1);
    assert_eq!(store.remind(&steps).await.expect("put"), 0, "the same day is there already");
    assert_eq!(store.due_reminders(due_at, 10).await.expect("read"), []);
    let line = store.deliveries(ChannelId(5), 10).await.expect("read");
    assert_eq!((line.len(), &line[0].subject), (1, &DeliverySubject::Reminder));
    store.set_reminder(UserId(ANNA), None, now()).await.expect("off");
    assert_eq!(store.deliveries(ChannelId(5), 10).await.expect("read"), [], "what waited goes with the wish");
}

#[tokio::test]
async fn silent_students_and_left_guilds_are_forgotten() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path()).await;
    store.review(UserId(ANNA), &review(1, "when/a"), &grade(now())).await.expect("counted");
    store.begin(UserId(ANNA), &attempt(SessionKind::Quiz, &["date.a"])).await.expect("begun");
    store.set_share(UserId(ANNA), GuildId(7), true, now()).await.expect("agreed");
    let later = now() + days(300);
    store.review(BELA, &ReviewLog { at: later, ..review(2, "when/a") }, &grade(later)).await.expect("counted");
    assert_eq!(store.forget(now() + days(6)).await.expect("forgot"), 0);
    assert_eq!(store.forget(now() + days(8)).await.expect("forgot"), 1, "the quiz nobody went on with");
    assert!(store.student(UserId(ANNA)).await.expect("read").is_some());
    store.forget(now() + days(399)).await.expect("forgot");
    assert!(store.student(UserId(ANNA)).await.expect("read").is_some());
    store.forget(now() + days(401)).await.expect("forgot");
    assert!(store.student(UserId(ANNA)).await.expect("read").is_none());
    assert!(store.student(BELA).await.expect("read").is_some());

    // Once a guild is forgotten, answers lose their guild.
    let schedule = kronikas::store::Schedule {
        channel: ChannelId(70),
        guild: Some(GuildId(7)),
        zone: "UTC".to_owned(),
        time: civil::time(8, 0, 0, 0),
        quiet: QuietPolicy::Skip,
        question: false,
        picture: false,
        catch_up: 3600,
        set_at: now(),
        next_date: civil::date(2026, 11, 25),
        next_due: now() + days(1),
        paused: None,
        resting_until: None,
    };
    store.put_schedule(&schedule).await.expect("put");
    store.set_share(BELA, GuildId(7), true, later).await.expect("agreed");
    store.guild_left(GuildId(7), later).await.expect("noted");
    store.forget(later + days(29)).await.expect("forgot");
    assert_eq!(store.class_reviews(GuildId(7), now()).await.expect("read").len(), 1);
    store.forget(later + days(31)).await.expect("forgot");
    assert_eq!(store.class_reviews(GuildId(7), now()).await.expect("read").len(), 0);
    assert_eq!(store.shares(BELA).await.expect("read"), []);
    assert_eq!(store.recalls(BELA).await.expect("read").len(), 1, "what the student remembers is theirs");
}

#[tokio::test]
async fn a_guild_that_holds_only_answers_or_only_an_agreement_is_known_and_forgotten_when_it_left() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path()).await;
    store.review(UserId(ANNA), &review(1, "date.a"), &grade(now())).await.expect("counted");
    store.set_share(BELA, GuildId(8), true, now()).await.expect("agreed");
    assert_eq!(store.guilds().await.expect("read"), [(GuildId(7), None), (GuildId(8), None)]);
    for guild in [7, 8] {
        store.guild_left(GuildId(guild), now()).await.expect("noted");
    }
    // What is answered while it is not there, by a press that came late, does not bring it back.
    store.review(UserId(ANNA), &review(2, "date.b"), &grade(now())).await.expect("counted");
    assert_eq!(store.guilds().await.expect("read"), [(GuildId(7), Some(now())), (GuildId(8), Some(now()))]);
    store.forget(now() + days(29)).await.expect("forgot");
    assert_eq!(store.class_reviews(GuildId(7), now()).await.expect("read").len(), 2);
    store.forget(now() + days(31)).await.expect("forgot");
    assert_eq!(store.class_reviews(GuildId(7), now()).await.expect("read").len(), 0);
    assert_eq!(store.sharers(GuildId(8)).await.expect("read"), []);
    assert_eq!(store.guilds().await.expect("read"), []);
    assert_eq!(store.recalls(UserId(ANNA)).await.expect("read").len(), 2, "what the student remembers is theirs");
}

#[tokio::test]
async fn what_was_chosen_in_a_round_is_the_students_to_see_and_to_delete() {
    use kronikas::model::Phase;
    use kronikas::store::{Round, RoundAnswer, RoundQuestion, RoundStore};
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path()).await;
    let round = Round {
        id: 0,
        channel: ChannelId(70),
        guild: GuildId(7),
        subject: String::new(),
        seconds: 20,
        podium: false,
        questions: vec![RoundQuestion { id: "date.a".to_owned(), seed: 1, choices: 4, right: 0 }],
        planned: 1,
        position: 0,
        phase: Phase::Asking,
        since: now(),
        until: now() + SignedDuration::from_secs(20),
        message: Some(MessageId(9)),
        started_at: now(),
        trouble: None,
    };
    let id = store.start_round(&round).await.expect("started").expect("the only one");
    let pressed =
        RoundAnswer { round: id, position: 0, channel: ChannelId(70), user: UserId(ANNA), choice: 2, interaction: 5, at: now() };
    store.answer_rounds(&[pressed]).await.expect("taken");
    let chosen = store.round_choices(UserId(ANNA)).await.expect("read");
    assert_eq!(chosen.len(), 1);
    assert_eq!((chosen[0].round, chosen[0].question.as_str(), chosen[0].choice, chosen[0].at), (id, "date.a", 2, now()));
    assert!(store.erase(UserId(ANNA)).await.expect("erased"));
    assert_eq!(store.round_choices(UserId(ANNA)).await.expect("read"), []);
    assert_eq!(store.tally(id, 0).await.expect("read").iter().sum::<u32>(), 0);
}
