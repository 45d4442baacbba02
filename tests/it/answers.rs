//! Who sees an answer, and that there is one: late, in place, through errors, wherever it was asked.

use std::time::Duration;

use serde_json::json;

use crate::fake_discord::{self, Edge, FakeDiscord, Fault, Moment, Said, Target, Which, permission};
use crate::support::running::RunningBot;

/// Discord answers everything that late: longer than from another continent, so that every command
/// that asks it anything is promised first.
fn far_away(discord: &FakeDiscord) {
    discord.next(Which::All, usize::MAX, Fault::Slow(Duration::from_millis(800)));
}

async fn ready(discord: &FakeDiscord) -> RunningBot {
    let mut bot = RunningBot::start_with_whole_unit(discord);
    bot.ready(discord).await;
    while !bot.said().contains("questions are ready") {
        assert!(bot.lives(), "{}", bot.said());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    bot
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_teacher_sets_up_stays_private_however_long_it_takes() {
    let discord = FakeDiscord::start().await;
    let (staff, class) = (discord.room("staff"), discord.room("revolution"));
    let closed = discord.room_beside(&class, "closed");
    discord.forbid(&closed, permission::SEND_MESSAGES);
    let teacher = discord.teacher("Zsófi");
    let bot = ready(&discord).await;
    far_away(&discord);
    let set = json!({ "channel": class.as_option(), "time": "08:00", "zone": "Budapest" });
    let said = teacher.slash(&class, "daily set", set).await;
    assert!(said.ephemeral, "{}", said.text());
    let set = json!({ "channel": closed.as_option(), "time": "08:00", "zone": "Budapest" });
    let refused = teacher.slash(&class, "daily set", set).await;
    assert!(refused.ephemeral && refused.text().contains("Send Messages"), "{}", refused.text());
    let told = teacher.slash(&class, "replay start", json!({ "channel": class.as_option() })).await;
    assert!(told.ephemeral, "{}", told.text());
    for command in ["help", "about"] {
        assert!(teacher.slash(&staff, command, json!({})).await.ephemeral, "{command}");
    }
    bot.stop().await;
    discord.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hint_and_an_outline_never_take_the_place_of_what_the_class_reads() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("class");
    let thread = discord.thread(&room, "Homework");
    let (teacher, anna) = (discord.teacher("Zsófi"), discord.user("Anna"));
    let bot = ready(&discord).await;
    let asked = json!({ "question": "why did people hate life under Rákosi" });
    // In a thread no thread can be opened: the question is the answer.
    for (who, button) in [(&teacher, "Model outline"), (&anna, "A hint")] {
        let card = who.slash(&thread, "discuss", asked.clone()).await;
        assert!(!card.ephemeral, "{}", card.text());
        let own = who.press(&card, button).await;
        assert!(own.ephemeral && own.message != card.message, "{}", own.text());
        assert_eq!(discord.read(card.message).text(), card.text(), "what all read is as it was");
        let further = who.press(&own, if button == "A hint" { "Another hint" } else { "More" }).await;
        assert!(further.ephemeral, "{}", further.text());
    }
    bot.stop().await;
    discord.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_refusal_leaves_the_card_that_was_pressed_alone() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("class");
    let thread = discord.thread(&room, "Homework");
    let teacher = discord.teacher("Zsófi");
    let bot = ready(&discord).await;
    let asked = json!({ "question": "why did people hate life under Rákosi" });
    let card = teacher.slash(&thread, "discuss", asked).await;
    let outline = card.button("Model outline");
    let show = outline.replace("/o/", "/p/").replace("~!", "~");
    discord.forbid(&room, permission::SEND_MESSAGES_IN_THREADS);
    discord.expect_refusals(&[50013]);
    discord.next(Which::Posts, 1, Fault::Slow(Duration::from_millis(1900)));
    let refused = teacher.press_id(&card, &show).await;
    assert!(refused.ephemeral && refused.message != card.message, "{}", refused.text());
    assert!(refused.text().contains("could not post it"), "{}", refused.text());
    assert_eq!(discord.read(card.message).text(), card.text());
    bot.stop().await;
    discord.finish();
}

/// Waits until the bot knows of that many answers that they arrived; a repetition is over then.
async fn answered(bot: &mut RunningBot, count: usize) {
    while bot.said().matches(": answered outcome").count() < count {
        assert!(bot.lives() && !bot.said().contains("not answered"), "{}", bot.said());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_error_of_discords_does_not_cost_an_answer() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("class");
    let mut bot = ready(&discord).await;
    let faults = [Fault::Status(502), Fault::Cut, Fault::AnswerLost, Fault::DoneBut(500), Fault::Hang, Fault::DoneThenHang];
    for (idx, fault) in faults.into_iter().enumerate() {
        let anna = discord.user(&format!("Anna {idx}"));
        discord.next(Which::Callbacks, 1, fault.clone());
        let said = anna.slash(&room, "who", json!({ "query": "kruschev" })).await;
        assert_eq!(said.title(), "Nikita Khrushchev", "{fault:?}");
        answered(&mut bot, 2 * idx + 1).await;
        discord.next(Which::Callbacks, 1, fault.clone());
        let pressed = anna.press(&said, "Timeline").await;
        assert_eq!(pressed.message, said.message, "{fault:?}");
        answered(&mut bot, 2 * idx + 2).await;
    }
    assert!(bot.lives() && !bot.said().contains("not answered"), "{}", bot.said());
    bot.stop().await;
    discord.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promise_is_kept_through_errors() {
    let discord = FakeDiscord::start().await;
    let class = discord.room("revolution");
    let teacher = discord.teacher("Zsófi");
    let bot = ready(&discord).await;
    let slow = || discord.next(Which::All, 8, Fault::Slow(Duration::from_millis(800)));
    let set = json!({ "channel": class.as_option(), "time": "08:00", "zone": "Budapest" });
    let faults = [
        Fault::Status(500),
        Fault::AnswerLost,
        Fault::NotJson,
        Fault::RateLimited { retry_after: 0.7, scope: fake_discord::Scope::User },
    ];
    for fault in faults {
        discord.faults().clear();
        discord.next(Which::Edits, 2, fault.clone());
        slow();
        let said = teacher.slash(&class, "daily set", set.clone()).await;
        // What is not Discord's own silences requests for a while: then the answer says so.
        let answered = ["The daily post is set", "The daily post is changed"].contains(&said.title())
            || said.text().contains("nothing was changed");
        assert!(said.ephemeral && answered, "{fault:?}: {}", said.text());
    }
    assert_eq!(discord.too_early(), 0);
    bot.stop().await;
    discord.finish();
}

/// The id of a button as it would be if it asked for a date first.
fn with_form(card: &Said, label: &str) -> String {
    card.button(label).replace('~', "~?d")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_takes_long_still_takes_the_place_of_what_was_pressed() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("class");
    discord.allow(&room, permission::CREATE_PUBLIC_THREADS);
    let teacher = discord.teacher("Zsófi");
    let bot = ready(&discord).await;
    let all = teacher.slash(&room, "discuss", json!({})).await;
    far_away(&discord);
    let opened = teacher.choose(&all, "Rákosi").await;
    assert_eq!((opened.message, opened.ephemeral), (all.message, false));
    assert!(opened.text().contains("We think about this in"), "{}", opened.text());
    assert_eq!(discord.threads(&room).len(), 1);
    bot.stop().await;
    discord.finish();
}

#[tokio::test]
async fn forms_and_completions_survive_an_error_as_well() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("class");
    let mut bot = RunningBot::start(&discord);
    bot.ready(&discord).await;
    for (idx, fault) in
        [Fault::Status(502), Fault::AnswerLost, Fault::Edge(Edge::Html(403)), Fault::Edge(Edge::Blocked)].into_iter().enumerate()
    {
        let anna = discord.user(&format!("Anna {idx}"));
        let card = anna.slash(&room, "who", json!({ "query": "kruschev" })).await;
        answered(&mut bot, 3 * idx + 1).await;
        discord.next(Which::Callbacks, 1, fault.clone());
        let form = anna.press_id_for_modal(&card, &with_form(&card, "Timeline")).await;
        answered(&mut bot, 3 * idx + 2).await;
        discord.next(Which::Callbacks, 1, fault.clone());
        let timeline = anna.submit(&form, &[("When", "4 nov")]).await;
        assert_eq!((timeline.message, timeline.ephemeral), (card.message, false), "{fault:?}");
        assert!(timeline.text().contains("about Nikita Khrushchev"), "{}", timeline.text());
        answered(&mut bot, 3 * idx + 3).await;
        // Completions are not in the log: of one that was done it cannot be seen when it is repeated.
        if !matches!(fault, Fault::AnswerLost) {
            discord.next(Which::Callbacks, 1, fault.clone());
        }
        let offered = anna.typing(&room, "who", "query", "khru").await;
        assert!(offered.iter().any(|(name, _)| name == "Nikita Khrushchev"), "{fault:?}: {offered:?}");
    }
    bot.stop().await;
    discord.finish();
}

#[tokio::test]
async fn a_form_whose_card_was_deleted_is_answered_beside() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("class");
    let anna = discord.user("Anna");
    let mut bot = RunningBot::start(&discord);
    bot.ready(&discord).await;
    discord.expect_refusals(&[10008]);
    let card = anna.slash(&room, "who", json!({ "query": "kruschev" })).await;
    let form = anna.press_id_for_modal(&card, &with_form(&card, "Timeline")).await;
    let mut held = discord.hold(Which::Callbacks, Moment::Before);
    let (answer, ()) = tokio::join!(anna.submit(&form, &[("When", "4 nov")]), async {
        let first = held.next().await;
        discord.delete_message(card.message);
        drop(first);
        drop(held.next().await);
    });
    assert!(answer.ephemeral && answer.text().contains("about Nikita Khrushchev"), "{}", answer.text());
    bot.stop().await;
    discord.finish();
}

#[tokio::test]
async fn a_card_that_was_deleted_meanwhile_is_answered_beside() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("class");
    let anna = discord.user("Anna");
    let mut bot = RunningBot::start(&discord);
    bot.ready(&discord).await;
    let card = anna.slash(&room, "who", json!({ "query": "kruschev" })).await;
    discord.expect_refusals(&[10008]);
    let mut held = discord.hold(Which::Callbacks, Moment::Before);
    let pending = anna.begin_press(&card, "Timeline");
    let first = held.next().await;
    discord.delete_message(card.message);
    drop(first);
    drop(held);
    let said = pending.answer().await;
    assert!(said.ephemeral && said.text().contains("Khrushchev"), "{}", said.text());
    bot.stop().await;
    discord.finish();
}

#[tokio::test]
async fn what_was_typed_and_not_found_is_said_to_who_typed_it_alone() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("class");
    let mut bot = RunningBot::start(&discord);
    bot.ready(&discord).await;
    for (idx, (command, option)) in [
        ("who", "query"),
        ("event", "query"),
        ("term", "query"),
        ("place", "query"),
        ("ask", "question"),
        ("why", "query"),
        ("map", "about"),
    ]
    .iter()
    .enumerate()
    {
        let anna = discord.user(&format!("Anna {idx}"));
        let said = anna.slash(&room, command, json!({ *option: "xyzzy qwortle" })).await;
        assert!(said.ephemeral || !said.text().contains("qwortle"), "/{command}: {}", said.text());
    }
    bot.stop().await;
    discord.finish();
}

#[tokio::test]
async fn a_press_with_an_invented_id_brings_nothing_into_the_log() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("class");
    let anna = discord.user("Anna");
    let mut bot = RunningBot::start(&discord);
    bot.ready(&discord).await;
    let card = anna.slash(&room, "help", json!({})).await;
    anna.press_id(&card, "1/my-secret-crush/x").await;
    let (_, said) = bot.stop().await;
    assert!(!said.contains("crush"), "{said}");
    discord.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn where_only_a_student_installed_it_nothing_is_kept_for_a_class() {
    let discord = FakeDiscord::start().await;
    let (elsewhere, friends) = (discord.room("elsewhere"), discord.group_messages("Friends"));
    discord.remove_bot(&elsewhere);
    let anna = discord.person("Anna", permission::MANAGE_GUILD);
    anna.installs_the_app();
    let bot = ready(&discord).await;
    let found = anna.slash(&elsewhere, "who", json!({ "query": "kruschev" })).await;
    assert_eq!(found.title(), "Nikita Khrushchev");
    assert!(!anna.press(&found, "Timeline").await.ephemeral);
    assert_eq!(anna.slash(&friends, "who", json!({ "query": "imre nagy" })).await.title(), "Imre Nagy");
    let bela = discord.person("Béla", permission::MANAGE_GUILD);
    bela.installs_the_app();
    for (command, options) in
        [("round start", json!({ "questions": "1" })), ("round stop", json!({})), ("round who", json!({ "may": "everyone" }))]
    {
        let said = bela.slash(&elsewhere, command, options).await;
        assert!(said.ephemeral && said.text().contains("can add me here"), "{command}: {}", said.text());
        let link = format!("client_id={}", fake_discord::APPLICATION);
        assert!(said.text().contains(&link) && said.text().contains("https://discord.com/oauth2/authorize?"), "{}", said.text());
    }
    let share = discord.user("Csilla");
    share.installs_the_app();
    let said = share.slash(&elsewhere, "my-data share", json!({ "choice": "on" })).await;
    assert!(said.text().contains("server"), "{}", said.text());
    bot.stop().await;
    discord.finish();
}

#[tokio::test]
async fn every_kind_of_message_can_be_looked_up() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("class");
    let bela = discord.user("Béla");
    let mut bot = RunningBot::start(&discord);
    bot.ready(&discord).await;
    let own = bela.slash(&room, "who", json!({ "query": "imre nagy" })).await;
    let targets = [
        (Target::Message(own.message), "Imre Nagy"),
        (Target::Forward("Was it Khrushchev's secret speech?"), "Secret Speech"),
        (Target::Poll("Who was worse?", &["Mátyás Rákosi", "Nikita Khrushchev"]), "Rákosi"),
        (Target::Layout("# Imre Nagy\nprime minister"), "Imre Nagy"),
        (Target::Video { title: "Imre Nagy speaks", url: None }, "Imre Nagy"),
        (Target::Video { title: "Imre Nagy speaks", url: Some("https://videos.example/1.mp4") }, "Imre Nagy"),
    ];
    for (idx, (target, expected)) in targets.iter().enumerate() {
        let anna = discord.user(&format!("Anna {idx}"));
        let said = anna.message_command_on(&room, "Look this up", target).await;
        let labels = format!("{} {:?}", said.text(), said.buttons());
        assert!(said.ephemeral && labels.contains(expected), "{target:?}: {labels}");
    }
    let nothing = discord.user("Csilla").message_command_on(&room, "Look this up", &Target::Sticker("Wave")).await;
    assert!(nothing.ephemeral && nothing.text().contains("no text"), "{}", nothing.text());
    bot.stop().await;
    discord.finish();
}

#[tokio::test]
async fn somebody_in_danger_is_answered_alone_and_nothing_is_written_down() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("class");
    let anna = discord.user("Anna");
    let environment = [("KRONIKAS_SAFETY_TEXT", "Room 12, Mrs Kovács, or 112."), ("KRONIKAS_LOG_FILTER", "kronikas=trace")];
    let mut bot = RunningBot::with(&discord, &environment);
    bot.ready(&discord).await;
    for (command, option) in [("ask", "question"), ("who", "query")] {
        let said = anna.slash(&room, command, json!({ option: "nobody would miss me, i want to die" })).await;
        assert!(said.ephemeral && said.text().contains("Room 12"), "{}", said.text());
        assert!(!said.text().contains("miss me") && !said.title().contains("miss me"), "{}", said.text());
    }
    let history = anna.slash(&room, "ask", json!({ "question": "did nagy kill himself" })).await;
    assert!(!history.text().contains("Room 12"), "{}", history.text());
    let (_, log) = bot.stop().await;
    assert!(log.contains("answered") && !log.contains("miss me"), "{log}");
    discord.finish();
}
