//! The real bot in a class: rounds, the report, discussions.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::json;

use crate::fake_discord::{self, Actor, FakeDiscord, Moment, Room, Said, Which, permission};
use crate::support::running::{RunningBot, WHOLE_UNIT, new_store};

/// How long questions are open: enough for a busy machine.
const SECONDS: u64 = 8;

/// A bot that is ready, with a store that outlives it.
async fn bot(discord: &FakeDiscord, store: &str) -> RunningBot {
    let before = AtomicU64::new(0);
    discord.wait("nothing", |state| before.swap(state.ready, Ordering::Relaxed) < u64::MAX).await;
    let before = before.into_inner();
    let mut bot = RunningBot::with(discord, &[("DATABASE_URL", store), ("KRONIKAS_KNOWLEDGE", WHOLE_UNIT)]);
    // The socket of one that was killed may still stand.
    discord.wait("a session", |state| state.ready > before && !state.commands.is_empty()).await;
    // Without optimisation, and beside other tests, reading the pack for questions takes a while.
    while !bot.said().contains("questions are ready") {
        assert!(bot.lives(), "{}", bot.said());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    bot
}

/// Starts a round once the services are open; the answer to the teacher.
async fn start(teacher: &Actor, room: &Room, questions: usize) -> Said {
    let options = json!({ "questions": questions.to_string(), "seconds": SECONDS.to_string() });
    teacher.slash(room, "round start", options).await
}

/// Waits until the newest post of the bot in a room says something.
async fn shows(discord: &FakeDiscord, room: &Room, what: &str) -> Said {
    let says = |state: &fake_discord::State| {
        let mut posts = state.messages.iter().filter(|message| message.room == room.id && message.is_own_post());
        posts.next_back().is_some_and(|message| message.body["embeds"][0].to_string().contains(what))
    };
    discord.wait(what, says).await;
    discord.posts(room).last().expect("a post").said.clone()
}

/// How many students a result counts.
fn counted(told: &Said) -> usize {
    let text = told.text();
    // "3 of 4", not "Amnesty of 1963".
    let number = |line: &str| {
        let (part, of) = line.rsplit_once(" of ")?;
        part.rsplit(' ').next()?.trim_matches('*').parse::<usize>().ok()?;
        of.trim().parse().ok()
    };
    text.lines().find_map(number).unwrap_or_else(|| panic!("no split in {text}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_class_plays_a_round_and_its_teacher_reads_the_report() {
    let discord = FakeDiscord::start().await;
    discord.limit_rates(true);
    let (room, other) = (discord.room("revolution-1956"), discord.room("other"));
    let teacher = discord.teacher("Zsófi");
    let students: Vec<Actor> = (0..5).map(|idx| discord.user(&format!("Student {idx}"))).collect();
    let mut bot = bot(&discord, &new_store()).await;

    let refused = start(&students[0], &room, 1).await;
    assert!(refused.ephemeral && refused.text().contains("only teachers"), "{}", refused.text());
    let stopped = students[0].slash(&room, "round stop", json!({})).await;
    assert!(stopped.text().contains("only teachers"), "{}", stopped.text());
    let setting = students[0].slash(&room, "round who", json!({ "may": "everyone" })).await;
    assert!(setting.text().contains("Only people who may manage"), "{}", setting.text());
    let report = students[0].slash(&room, "class report", json!({})).await;
    assert!(report.text().contains("Only people who may manage"), "{}", report.text());

    let begun = start(&teacher, &room, 2).await;
    assert!(begun.ephemeral && begun.title() == "The round begins", "{}", begun.text());
    let question = shows(&discord, &room, "Question 1 of 2").await;
    let second = start(&teacher, &room, 1).await;
    assert!(second.text().contains("There is a round in this channel already"), "{}", second.text());
    for (idx, student) in students.iter().take(4).enumerate() {
        let said = student.press(&question, if idx % 2 == 0 { "A" } else { "B" }).await;
        assert!(said.ephemeral && said.title().starts_with("You answered"), "{}", said.text());
    }
    let changed = students[1].press(&question, "A").await;
    assert!(changed.text().contains("replaces your earlier answer"), "{}", changed.text());
    students[2].press_twice(&question, "A").await;
    let foreign = students[3].slash(&other, "help", json!({})).await;
    let elsewhere = students[3].press_id(&foreign, &question.button("A")).await;
    assert!(elsewhere.text().contains("does not count"), "{}", elsewhere.text());

    let told = shows(&discord, &room, "Question 1 of 2: the answer").await;
    assert_eq!(counted(&told), 4);
    assert_eq!(told.files.len(), 1, "a picture of the split");
    let late = students[0].press_id(&told, &question.button("A")).await;
    assert!(late.ephemeral && late.text().contains("Time is up"), "{}", late.text());
    for id in
        ["1/round/a/1/0", "1/round/a/999/0/0", "1/round/a/1/0/77", "1/round/a/-1/x/0", "1/round/n/1/2/3", "1/round/c/1/0/0/0/-/0"]
    {
        let old = students[4].press_id(&told, id).await;
        assert!(old.ephemeral, "{id}: {}", old.text());
    }

    let few = teacher.slash(&room, "class report", json!({})).await;
    assert!(few.ephemeral && few.text().contains("Fewer than 5 students"), "{}", few.text());
    let question = shows(&discord, &room, "Question 2 of 2").await;
    let answers = join_all(students.iter().map(|student| student.press(&question, "A"))).await;
    assert!(
        answers.iter().all(|said| said.title() == "You answered A"),
        "{:?}",
        answers.iter().map(Said::text).collect::<Vec<_>>()
    );
    shows(&discord, &room, "The round is over").await;
    let enough = teacher.slash(&room, "class report", json!({ "days": "7" })).await;
    assert!(enough.ephemeral && enough.text().contains("5 students gave 9 answers"), "{}", enough.text());
    assert!(!enough.text().contains("Student 0"), "{}", enough.text());
    let files: Vec<&str> = enough.files.iter().map(|file| file.name.as_str()).collect();
    assert!(files.contains(&"class-report.csv") && files.contains(&"class.png"), "{files:?}");
    // By their own wish, and until they change it.
    students[1].slash(&room, "my-data share", json!({ "choice": "on" })).await;
    let naming = discord.teacher("Ms Kovács").slash(&room, "class report", json!({ "days": "7" })).await;
    assert!(naming.text().contains("Student 1: ") && !naming.text().contains("Student 0"), "{}", naming.text());
    students[1].slash(&room, "my-data share", json!({ "choice": "off" })).await;
    let silent = discord.teacher("Mr Nagy").slash(&room, "class report", json!({ "days": "7" })).await;
    assert!(!silent.text().contains("Student 1"), "{}", silent.text());
    let csv = enough.files.iter().find(|file| file.name == "class-report.csv").expect("just seen");
    assert!(String::from_utf8_lossy(&csv.bytes).starts_with("kind,subject,question,answer,students"), "{csv:?}");
    let allowed = teacher.slash(&room, "round who", json!({ "may": "everyone" })).await;
    assert!(allowed.text().contains("Everybody here may start"), "{}", allowed.text());
    assert_eq!(start(&discord.user("Anna"), &room, 1).await.title(), "The round begins");
    teacher.slash(&room, "round stop", json!({})).await;
    shows(&discord, &room, "The round is over").await;
    assert_eq!((discord.rate_limited(), discord.too_early()), (0, 0));
    assert!(bot.lives());
    bot.stop().await;
    discord.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_press_within_two_seconds() {
    let discord = FakeDiscord::start().await;
    discord.limit_rates(true);
    let room = discord.room("assembly");
    let teacher = discord.teacher("Zsófi");
    let students: Vec<Actor> = (0..200).map(|idx| discord.user(&format!("Student {idx}"))).collect();
    let bot = bot(&discord, &new_store()).await;
    teacher.slash(&room, "round start", json!({ "questions": "1", "seconds": "10" })).await;
    let question = shows(&discord, &room, "Question 1 of 1").await;
    let began = Instant::now();
    let mut pending = Vec::new();
    for (idx, student) in students.iter().enumerate() {
        pending.push(student.begin_press(&question, if idx % 3 == 0 { "B" } else { "A" }));
        // Ten at a time, a second and a half in all.
        if idx % 10 == 9 {
            tokio::time::sleep(Duration::from_millis(75)).await;
        }
    }
    let pressed = began.elapsed();
    // The fake refuses what is acknowledged after three seconds, and a refusal fails the test.
    let answers = join_all(pending.into_iter().map(fake_discord::Pending::answer)).await;
    assert!(answers.iter().all(|said| said.title().starts_with("You answered")));
    // A tenth changes their mind, a tenth's press is delivered twice.
    let changes = students.iter().step_by(10).map(|student| student.press(&question, "B"));
    join_all(changes).await;
    let twice = students.iter().skip(1).step_by(10).map(|student| student.press_twice(&question, "A"));
    join_all(twice).await;
    let told = shows(&discord, &room, "the answer").await;
    assert_eq!(counted(&told), 200);
    shows(&discord, &room, "The round is over").await;
    let edits = discord.asked("PATCH /channels/{id}/messages/{id}");
    let seconds = began.elapsed().as_secs();
    println!("200 presses in {pressed:?}; {edits} edits in {seconds} s; limited {}", discord.rate_limited());
    assert!(edits >= 2 && edits <= seconds + 1, "{edits} edits in {seconds} s");
    assert_eq!((discord.rate_limited(), discord.too_early()), (0, 0));
    bot.stop().await;
    discord.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_power_cut_between_storing_and_answering_loses_nothing() {
    let discord = FakeDiscord::start().await;
    let (room, store) = (discord.room("class"), new_store());
    let (teacher, anna, bela) = (discord.teacher("Zsófi"), discord.user("Anna"), discord.user("Béla"));
    let first = bot(&discord, &store).await;
    teacher.slash(&room, "round start", json!({ "questions": "1", "seconds": "15" })).await;
    let question = shows(&discord, &room, "Question 1 of 1").await;
    bela.press(&question, "B").await;
    let mut hold = discord.hold(Which::Callbacks, Moment::Before);
    let unanswered = anna.begin_press(&question, "A");
    // Her answer is stored, and on its way to her.
    let held = hold.next().await;
    first.kill().await;
    drop((held, hold, unanswered));
    discord.forgive_unanswered();
    discord.take_refusals();
    let again = bot(&discord, &store).await;
    let said = anna.press(&question, "A").await;
    assert!(said.text().contains("replaces your earlier answer"), "{}", said.text());
    let told = shows(&discord, &room, "the answer").await;
    assert_eq!(counted(&told), 2);
    shows(&discord, &room, "The round is over").await;
    assert_eq!(discord.posts(&room).len(), 2, "one question, one end");
    again.stop().await;
    discord.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_power_cut_after_the_question_was_posted_posts_no_second_one() {
    let discord = FakeDiscord::start().await;
    let (room, store) = (discord.room("class"), new_store());
    let teacher = discord.teacher("Zsófi");
    let first = bot(&discord, &store).await;
    let mut hold = discord.on_post(Moment::After);
    start(&teacher, &room, 1).await;
    let held = hold.next().await;
    first.kill().await;
    drop((held, hold));
    let again = bot(&discord, &store).await;
    shows(&discord, &room, "The round is over").await;
    assert_eq!(discord.posts(&room).len(), 2, "one question, one end");
    again.stop().await;
    discord.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_permission_lost_in_the_middle_ends_the_round_quietly() {
    let discord = FakeDiscord::start().await;
    discord.set_distance(150..500);
    let room = discord.room("class");
    let (teacher, anna) = (discord.teacher("Zsófi"), discord.user("Anna"));
    let mut bot = bot(&discord, &new_store()).await;
    discord.forbid(&room, permission::SEND_MESSAGES);
    let refused = start(&teacher, &room, 1).await;
    assert!(refused.text().contains("missing permissions in this channel: Send Messages"), "{}", refused.text());
    discord.allow(&room, permission::SEND_MESSAGES);
    start(&teacher, &room, 2).await;
    let question = shows(&discord, &room, "Question 1 of 2").await;
    anna.press(&question, "A").await;
    discord.expect_refusals(&[50013, 50001]);
    discord.forbid(&room, permission::VIEW_CHANNEL | permission::SEND_MESSAGES);
    while !bot.said().contains("no longer accepts posts") {
        assert!(bot.lives());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    discord.allow(&room, permission::VIEW_CHANNEL | permission::SEND_MESSAGES);
    let late = anna.press(&question, "A").await;
    assert!(late.text().contains("Time is up"), "{}", late.text());
    // For the edit alone: who is only timed out still sees the channel, so nothing more is asked.
    assert_eq!(discord.expected_refusals().len(), 1, "{:?}", discord.expected_refusals());
    assert_eq!(start(&teacher, &room, 1).await.title(), "The round begins");
    bot.stop().await;
    discord.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_discussion_reads_like_this() {
    let discord = FakeDiscord::start().await;
    discord.set_distance(150..500);
    let room = discord.room("class");
    discord.allow(&room, permission::CREATE_PUBLIC_THREADS);
    let (teacher, anna) = (discord.teacher("Zsófi"), discord.user("Anna"));
    let bot = bot(&discord, &new_store()).await;
    let offered = anna.typing(&room, "discuss", "question", "rakosi").await;
    assert!(offered.iter().any(|(_, id)| id == "d-why-rakosi"), "{offered:?}");
    teacher.slash(&room, "discuss", json!({ "question": "d-why-rakosi" })).await;
    let thread = discord.threads(&room).remove(0);
    let scaffold = discord.posts(&thread).remove(0).said;
    let hint = anna.press(&scaffold, "A hint").await;
    assert!(hint.ephemeral, "{}", hint.text());
    let next = anna.press(&hint, "Another hint").await;
    assert_eq!(next.message, hint.message);
    let refused = anna.press(&scaffold, "Model outline").await;
    assert!(refused.ephemeral && refused.text().contains("your teacher can show it"), "{}", refused.text());
    let forged = anna.press_id(&scaffold, "1/discuss/p/d-why-rakosi").await;
    assert!(forged.ephemeral && forged.text().contains("your teacher can show it"), "{}", forged.text());
    let own = teacher.press(&scaffold, "Model outline").await;
    assert!(own.ephemeral, "{}", own.text());
    teacher.press(&own, "Show it to the class").await;
    let posts = discord.posts(&thread);
    assert!(posts.len() >= 2 && posts[1].said.title().starts_with("Model outline"), "{}", posts.len());
    // Ids say when and as the how-manieth thing something was made.
    let nonce = discord.posts(&thread)[0].nonce.clone().expect("a nonce");
    let transcript = discord.transcript(&room).replace(&thread.id.to_string(), "thread").replace(&nonce, "nonce");
    insta::assert_snapshot!("class_discussion", transcript);
    bot.stop().await;
    discord.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn in_direct_messages_a_round_is_a_quiz() {
    let discord = FakeDiscord::start().await;
    let anna = discord.user("Anna");
    let room = discord.direct_messages("Anna");
    let bot = bot(&discord, &new_store()).await;
    let mut said = anna.slash(&room, "round start", json!({ "questions": "2", "about": "imre nagy" })).await;
    for place in 1..=2 {
        assert!(said.text().contains(&format!("Quiz about Imre Nagy · question {place} of 2")), "{}", said.text());
        let told = anna.press(&said, "I don't know").await;
        assert_eq!(told.message, said.message);
        assert_eq!(told.title(), "Here is the answer");
        said = anna.press(&told, if place == 1 { "Next" } else { "How it went" }).await;
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
    assert_eq!(said.title(), "0 of 2 right");
    let stopped = anna.slash(&room, "round stop", json!({})).await;
    assert!(stopped.text().contains("your own quiz"), "{}", stopped.text());
    bot.stop().await;
    discord.finish();
}
