//! A student's own practice, as they see it: the real bot against the fake Discord.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::fake_discord::{self, Actor, FakeDiscord, Moment, Said, Which};
use crate::support::running::{RunningBot, WHOLE_UNIT, new_store};
use kronikas::model::{CardState, ChannelId, GuildId, Rating, SessionKind, UserId};
use kronikas::store::{QuizSession, RecallStore, Reminder, ReviewLog, SessionQuestion, Sqlite, file_of};

async fn opened(address: &str) -> Sqlite {
    Sqlite::open(&file_of(address).expect("a file")).await.expect("a store")
}

/// A store in which a student is at the beginning of a quiz with these questions.
async fn store_with_quiz(student: &Actor, questions: &[&str]) -> String {
    let address = new_store();
    let store = opened(&address).await;
    let attempt = QuizSession {
        id: 0,
        session_kind: SessionKind::Quiz,
        about: String::new(),
        difficulty: None,
        steps: questions.iter().map(|question| SessionQuestion::new(question, 1, false)).collect(),
        touched_at: Timestamp::now(),
        ended: false,
    };
    store.begin(UserId(student.id), &attempt).await.expect("begun");
    store.close().await;
    address
}

/// What a student's store says after the bot has stopped.
async fn reviews(address: &str, student: &Actor) -> Vec<ReviewLog> {
    let store = opened(address).await;
    let reviews = store.reviews(UserId(student.id), Timestamp::MIN).await.expect("read");
    store.close().await;
    reviews
}

/// Waits until the bot has opened its store: it answers before that, but keeps nothing.
async fn store_open(discord: &FakeDiscord, room: &fake_discord::Room) {
    for number in 0..50 {
        let early = discord.user(&format!("Early {number}"));
        if !early.slash(room, "my-data show", json!({})).await.text().contains("cannot keep anything") {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("the store was never opened");
}

/// Begins with the quiz that is there already.
async fn go_on(student: &Actor, room: &fake_discord::Room) -> Said {
    let asked = student.slash(room, "quiz", json!({})).await;
    assert_eq!(asked.title(), "You are in the middle of a quiz");
    assert!(asked.ephemeral);
    student.press(&asked, "Continue").await
}

#[tokio::test]
async fn a_quiz_with_typed_answers_survives_a_restart() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("history");
    let anna = discord.user("Anna");
    let questions = ["name.anastas-mikoyan", "when.1956-07-18-rakosi-resigns", "true.person.imre-nagy"];
    let store = store_with_quiz(&anna, &questions).await;
    let mut bot = RunningBot::with(&discord, &[("DATABASE_URL", &store), ("KRONIKAS_KNOWLEDGE", WHOLE_UNIT)]);
    bot.ready(&discord).await;
    store_open(&discord, &room).await;

    let first = go_on(&anna, &room).await;
    assert!(first.title().starts_with("Who was this?"), "{}", first.title());
    let form = anna.press_for_modal(&first, "Answer").await;
    assert_eq!(form.inputs[0].1, "Who or what is it?");
    let said = anna.submit(&form, &[("typed", "mykoian")]).await;
    assert_eq!((said.title(), said.message), ("Right!", first.message));
    assert!(said.text().contains("“mykoian” is right. It is written: Anastas Mikoyan."), "{}", said.text());
    assert!(said.text().contains("**Why**") && said.text().contains("[Wikipedia"), "{}", said.text());
    // More about it stands beside; the quiz goes on where it was.
    let more = anna.press(&said, "More: Anastas Mikoyan").await;
    assert!(more.ephemeral && more.message != said.message);
    bot.stop().await;

    let sessions = discord.connections().1;
    let again = RunningBot::with(&discord, &[("DATABASE_URL", &store), ("KRONIKAS_KNOWLEDGE", WHOLE_UNIT)]);
    discord.wait("a new session", |state| state.identifies > sessions && !state.sockets.is_empty()).await;
    store_open(&discord, &room).await;
    let second = anna.press(&said, "Next").await;
    assert!(second.text().contains("question 2 of 3"), "{}", second.text());
    let form = anna.press_for_modal(&second, "Answer").await;
    assert_eq!(form.inputs[0].1, "When was it?");
    let near = anna.submit(&form, &[("typed", "july 1956")]).await;
    assert_eq!(near.title(), "Partly right");
    assert!(
        near.text().contains("The month is right. Which day was it? The answer is: Wednesday 18 July 1956."),
        "{}",
        near.text()
    );
    let third = anna.press(&near, "Next").await;
    let passed = anna.press(&third, "I don't know").await;
    assert_eq!(passed.title(), "Here is the answer");
    let summary = anna.press(&passed, "How it went").await;
    assert_eq!(summary.title(), "1 of 3 right");
    assert!(summary.text().contains("To look at again") && summary.text().contains("Imre Nagy"), "{}", summary.text());
    again.stop().await;
    let ratings: Vec<u8> = reviews(&store, &anna).await.iter().map(|review| review.rating.number()).collect();
    assert_eq!(ratings, [4, 2, 1]);
    // Nothing that was typed is kept.
    let path = file_of(&store).expect("a file");
    let kept = std::fs::read(&path).expect("the store");
    assert!(!kept.windows(7).any(|window| window == b"mykoian"));
    discord.finish();
}

#[tokio::test]
async fn an_answer_counts_once_however_often_it_arrives() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("history");
    let anna = discord.user("Anna");
    let store = store_with_quiz(&anna, &["true.person.imre-nagy", "true.person.janos-kadar", "true.person.imre-nagy"]).await;
    let mut bot = RunningBot::with(&discord, &[("DATABASE_URL", &store), ("KRONIKAS_KNOWLEDGE", WHOLE_UNIT)]);
    bot.ready(&discord).await;
    store_open(&discord, &room).await;
    let first = go_on(&anna, &room).await;
    // One frame, delivered twice; then the same button once more, and another one.
    let said = anna.press_twice(&first, "True").await;
    assert!(matches!(said.title(), "Right!" | "Not quite"), "{}", said.text());
    for label in ["True", "False"] {
        let again = anna.press(&first, label).await;
        assert!(again.text().contains("This was already counted"), "{}", again.text());
        assert_eq!(again.title(), said.title(), "the first answer stands");
    }
    let second = anna.press(&said, "Next").await;

    // Killed after the answer was kept, before it was said.
    let mut hold = discord.hold(Which::Callbacks, Moment::Before);
    let unheard = anna.begin_press(&second, "False");
    let held = hold.next().await;
    bot.kill().await;
    drop((held, hold, unheard));
    let sessions = discord.connections().1;
    let again = RunningBot::with(&discord, &[("DATABASE_URL", &store), ("KRONIKAS_KNOWLEDGE", WHOLE_UNIT)]);
    discord.wait("a new session", |state| state.identifies > sessions && !state.sockets.is_empty()).await;
    store_open(&discord, &room).await;
    let counted = anna.press(&second, "True").await;
    assert!(counted.text().contains("This was already counted"), "{}", counted.text());
    assert_eq!(counted.title(), "Not quite", "Kádár was what it says, and the first press was False");
    let third = anna.press(&counted, "Next").await;
    assert!(third.text().contains("question 3 of 3"), "{}", third.text());
    // Two presses at once: one counts, both are answered alike.
    let (one, other) = (anna.begin_press(&third, "True"), anna.begin_press(&third, "False"));
    let (one, other) = (one.answer().await, other.answer().await);
    assert_eq!(one.title(), other.title());
    again.stop().await;
    let kept = reviews(&store, &anna).await;
    assert_eq!(kept.len(), 3, "{kept:?}");
    discord.forgive_unanswered();
    discord.finish();
}

#[tokio::test]
async fn nobody_answers_for_somebody_else() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("history");
    let (anna, bela) = (discord.user("Anna"), discord.user("Béla"));
    let store = new_store();
    let mut bot = RunningBot::with(&discord, &[("DATABASE_URL", &store), ("KRONIKAS_KNOWLEDGE", WHOLE_UNIT)]);
    bot.ready(&discord).await;
    store_open(&discord, &room).await;
    let private = anna.slash(&room, "quiz", json!({})).await;
    assert!(private.ephemeral);
    anna.press(&private, "Stop here").await;
    // In the open, for others to look on.
    let open = anna.slash(&room, "quiz", json!({ "private": false, "questions": "3" })).await;
    assert!(!open.ephemeral && open.text().contains("question 1 of 3"), "{}", open.text());
    for (label, id) in open.buttons() {
        let said = bela.press_id(&open, &id).await;
        assert!(said.ephemeral && said.text().contains("somebody else's"), "{label}: {}", said.text());
    }
    let mine = anna.press(&open, "I don't know").await;
    assert_eq!(mine.message, open.message);
    let next = anna.press(&mine, "Next").await;
    assert!(next.message == open.message && !next.ephemeral, "the others may look on to the end");
    bot.stop().await;
    assert_eq!(reviews(&store, &anna).await.len(), 1);
    assert_eq!(reviews(&store, &bela).await.len(), 0);
    discord.finish();
}

#[tokio::test]
async fn my_data_is_a_file_and_goes_for_good() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("history");
    let anna = discord.user("Anna");
    let store = store_with_quiz(&anna, &["true.person.imre-nagy"]).await;
    let mut bot = RunningBot::with(&discord, &[("DATABASE_URL", &store), ("KRONIKAS_KNOWLEDGE", WHOLE_UNIT)]);
    bot.ready(&discord).await;
    store_open(&discord, &room).await;
    let asked = go_on(&anna, &room).await;
    anna.press(&asked, "True").await;
    let exported = anna.slash(&room, "my-data export", json!({})).await;
    assert!(exported.ephemeral);
    let [file] = exported.files.as_slice() else { panic!("{:?}", exported.files) };
    let data: Value = serde_json::from_slice(&file.bytes).expect("JSON");
    assert_eq!(data["answers"][0]["server"], json!(room.guild.expect("a guild").to_string()));
    assert!(!data.to_string().contains(&anna.id.to_string()) && !data.to_string().contains("Anna"), "{data}");
    let sure = anna.slash(&room, "my-data delete", json!({})).await;
    let gone = anna.press(&sure, "Yes, delete all of it").await;
    assert_eq!(gone.title(), "Deleted");
    let late = anna.press(&asked, "False").await;
    assert!(late.text().contains("is over"), "{}", late.text());
    let progress = anna.slash(&room, "progress", json!({})).await;
    assert_eq!(progress.title(), "Nothing yet");
    bot.stop().await;
    assert_eq!(reviews(&store, &anna).await, []);
    discord.finish();
}

#[tokio::test]
async fn a_reminder_comes_by_direct_message() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("history");
    let anna = discord.user("Anna");
    let address = new_store();
    let mut bot = RunningBot::with(&discord, &[("DATABASE_URL", &address)]);
    bot.ready(&discord).await;
    store_open(&discord, &room).await;
    let set = anna.slash(&room, "review", json!({ "remind": "18:00", "zone": "budapest" })).await;
    assert!(set.ephemeral && set.text().contains("18:00 (Europe/Budapest time)"), "{}", set.text());
    let direct = discord.direct_messages_with(&anna).expect("they were opened");
    bot.stop().await;

    // Yesterday something was learned, and a minute ago the time came.
    let now = Timestamp::now();
    let hours = |hours: i64| SignedDuration::from_hours(hours);
    let store = opened(&address).await;
    let kept = store.reminder(UserId(anna.id)).await.expect("read").expect("set");
    assert_eq!(kept.channel, ChannelId(direct.id));
    let review = ReviewLog { interaction: 1, item: "when/a".to_owned(), at: now - hours(30), rating: Rating::Good, guild: None };
    let memory = CardState { stability: 1.0, difficulty: 5.0, last: now - hours(30), due: now - hours(2), reviews: 1, lapses: 0 };
    store.review(UserId(anna.id), &review, &|_| memory).await.expect("counted");
    let next_due = now - SignedDuration::from_mins(1);
    let due = Reminder { next_date: Date::constant(2026, 11, 24), next_due, ..kept };
    store.set_reminder(UserId(anna.id), Some(&due), now).await.expect("set");
    store.close().await;
    drop(store);

    let again = RunningBot::with(&discord, &[("DATABASE_URL", &address)]);
    // A reminder needs no gateway, a press on it does.
    again.says("connected").await;
    // The first was the confirmation when it was set.
    let posts = discord.posts_to_be(&direct, 2).await;
    let due = &posts[1].said;
    assert!(due.text().contains("1 item is due today"), "{}", due.text());
    let begun = anna.press(due, "Review now").await;
    assert!(begun.text().contains("Review · question 1 of"), "{}", begun.text());
    again.stop().await;
    assert_eq!(discord.posts(&direct).len(), 2);
    discord.finish();
}

#[tokio::test]
async fn what_is_answered_where_the_bot_is_a_guest_counts_for_no_class() {
    let discord = FakeDiscord::start().await;
    let (home, elsewhere) = (discord.room("home"), discord.room("elsewhere"));
    discord.remove_bot(&elsewhere);
    let anna = discord.user("Anna");
    anna.installs_the_app();
    let store = store_with_quiz(&anna, &["name.anastas-mikoyan", "true.person.imre-nagy"]).await;
    let mut bot = RunningBot::with(&discord, &[("DATABASE_URL", &store), ("KRONIKAS_KNOWLEDGE", WHOLE_UNIT)]);
    bot.ready(&discord).await;
    store_open(&discord, &home).await;
    // A form, which says nothing of whose installation it rests on, and a press.
    let first = go_on(&anna, &elsewhere).await;
    let form = anna.press_for_modal(&first, "Answer").await;
    let said = anna.submit(&form, &[("typed", "mikoyan")]).await;
    assert_eq!(said.title(), "Right!");
    let second = anna.press(&said, "Next").await;
    anna.press(&second, "I don't know").await;
    bot.stop().await;
    let guilds: Vec<Option<GuildId>> = reviews(&store, &anna).await.iter().map(|review| review.guild).collect();
    assert_eq!(guilds, [None, None]);
    discord.finish();
}
