//! The real bot against the fake Discord: what students see, and what they don't.

use serde_json::json;

use crate::fake_discord::{FakeDiscord, TOKEN};
use crate::support::running::{RunningBot, bare};

#[tokio::test]
async fn every_command_is_answered_and_buttons_work() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("revolution-1956");
    let (anna, bela) = (discord.user("Anna"), discord.user("Béla"));
    let mut bot = RunningBot::start_with_whole_unit(&discord);
    bot.ready(&discord).await;

    let khrushchev = anna.slash(&room, "who", json!({ "query": "kruschev" })).await;
    assert_eq!(khrushchev.title(), "Nikita Khrushchev");
    let statue = anna.slash(&room, "event", json!({ "query": "stalin statue" })).await;
    assert_eq!(statue.title(), "Fall of the Stalin statue");
    assert!(statue.text().contains("Tuesday 23 October 1956, about 21:30 in Budapest"), "{}", statue.text());
    assert!(statue.text().contains("[¶8]"), "{}", statue.text());

    // The asker's press changes the message; somebody else gets a copy only they see.
    let later = anna.press(&statue, "Later").await;
    assert_eq!(later.message, statue.message);
    let own = bela.press(&later, "Earlier").await;
    assert_ne!(own.message, later.message);
    assert!(own.ephemeral);

    let which = bela.slash(&room, "who", json!({ "query": "kovacs" })).await;
    assert!(which.title().starts_with("Which one do you mean"), "{}", which.title());
    let one = bela.press(&which, "Béla Kovács").await;
    assert_eq!((one.title(), one.message), ("Béla Kovács", which.message));

    let chain = bela.slash(&room, "why", json!({ "query": "operation whirlwind" })).await;
    let cause = bela.choose(&chain, "Moscow decides").await;
    assert!(cause.title().starts_with("Why? Moscow decides"), "{}", cause.title());

    // Somebody who has not asked five times in a row yet.
    let csilla = discord.user("Csilla");
    let timeline = csilla.slash(&room, "timeline", json!({ "about": "imre nagy" })).await;
    let all = csilla.press(&timeline, "All ").await;
    let second = csilla.press(&all, "page 2").await;
    assert_eq!(second.message, timeline.message);
    assert!(second.text().contains("page 2 of"), "{}", second.text());

    for (command, option, value, expected) in [
        ("term", "query", "salami tactics", "salami tactics"),
        ("term", "query", "warsaw pact", "Warsaw Pact"),
        ("place", "query", "corvin", "Corvin Passage"),
        ("who", "query", "budapest", "Budapest"),
        ("timeline", "from", "22 oct", "Timeline"),
        ("onthisday", "date", "4 nov", "On this day: 4 November"),
        (
            "ask",
            "question",
            "why did hungarians hate life under rakosi?",
            "Why did Hungarians hate life under Rákosi and the Soviet communist rule?",
        ),
        ("source", "paragraph", "9", "¶9: the Radio"),
    ] {
        let said = anna.slash(&room, command, json!({ option: value })).await;
        assert_eq!(said.title(), expected, "/{command} {value}");
        // Five questions in a row are allowed; a class does not ask faster.
        tokio::time::sleep(std::time::Duration::from_millis(2100)).await;
    }
    bot.stop().await;
    discord.finish();
}

#[tokio::test]
async fn pictures_travel_as_files_with_their_content_in_words() {
    let discord = FakeDiscord::start().await;
    discord.set_distance(150..500);
    let room = discord.room("revolution-1956");
    let anna = discord.user("Anna");
    let mut bot = RunningBot::start_with_whole_unit(&discord);
    bot.ready(&discord).await;

    let timeline = anna.slash(&room, "timeline", json!({ "about": "imre nagy" })).await;
    let [picture] = timeline.files.as_slice() else { panic!("{:?}", timeline.files) };
    assert_eq!((picture.name.as_str(), picture.kind.as_str()), ("timeline.png", "image/png"));
    assert_eq!(timeline.body["embeds"][0]["image"]["url"], "attachment://timeline.png");
    assert!(picture.bytes.starts_with(b"\x89PNG") && picture.bytes.len() < 300_000, "{} bytes", picture.bytes.len());
    let alt = picture.description.clone().unwrap_or_default();
    assert!(alt.starts_with("Timeline: Imre Nagy") && alt.chars().count() <= 1024, "{alt}");

    // Turning the page brings the page's own picture, and only that.
    let all = anna.press(&timeline, "All ").await;
    let second = anna.press(&all, "page 2").await;
    assert_eq!(second.message, timeline.message);
    assert_eq!(second.files.len(), 1);
    assert_ne!(second.files[0].bytes, picture.bytes);

    // A card without a picture takes the old one away; one with another puts that in its place.
    let event = anna.slash(&room, "event", json!({ "query": "operation whirlwind" })).await;
    assert!(event.files.is_empty(), "the first view is one screen without a picture");
    let more = anna.press(&event, "More").await;
    assert_eq!((more.message, more.files[0].name.as_str()), (event.message, "strip.png"));
    let back = anna.press(&more, "In short").await;
    assert_eq!((back.message, back.files.len()), (event.message, 0));
    let why = anna.press(&back, "Why?").await;
    assert_eq!((why.message, why.files.len()), (event.message, 0));
    assert!(why.body["embeds"][0]["image"].is_null(), "{}", why.body);
    let graph = anna.press(&why, "Picture").await;
    assert_eq!((graph.message, graph.files[0].name.as_str()), (event.message, "graph.png"));
    bot.stop().await;
    discord.finish();
}

#[tokio::test]
async fn nothing_known_is_said_plainly_and_nothing_typed_pings() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("class");
    let anna = discord.user("Anna");
    let mut bot = RunningBot::start(&discord);
    bot.ready(&discord).await;
    let napoleon = anna.slash(&room, "who", json!({ "query": "napoleon" })).await;
    assert_eq!(napoleon.title(), "I don't know “napoleon”");
    let nasty = anna.slash(&room, "who", json!({ "query": "@everyone <@123> **x** [a](https://b.c) ```" })).await;
    assert!(!nasty.text().contains("@everyone") && !nasty.text().contains("](http"), "{}", nasty.text());
    let private = anna.slash(&room, "who", json!({ "query": "imre nagy", "private": true })).await;
    assert!(private.ephemeral);
    bot.stop().await;
    discord.finish();
}

#[tokio::test]
async fn typing_offers_names_even_misspelt() {
    let discord = FakeDiscord::start().await;
    discord.set_distance(150..500);
    let room = discord.direct_messages("Anna");
    let anna = discord.user("Anna");
    let mut bot = RunningBot::start(&discord);
    bot.ready(&discord).await;
    for (command, option, typed, expected) in [
        ("who", "query", "", "Imre Nagy"),
        ("who", "query", "khru", "Nikita Khrushchev"),
        ("who", "query", "krus", "Nikita Khrushchev"),
        ("event", "query", "stalins sta", "Fall of the Stalin statue (23 Oct 1956, about 21:30)"),
        ("timeline", "about", "pol", "politics (theme)"),
        ("timeline", "from", "23 oct", "Tuesday 23 October 1956"),
        ("source", "paragraph", "rad", "¶9 the Radio"),
    ] {
        let offered = anna.typing(&room, command, option, typed).await;
        assert!(offered.iter().any(|(name, _)| name == expected), "/{command} {typed}: {offered:?}");
    }
    bot.stop().await;
    discord.finish();
}

#[tokio::test]
async fn a_message_can_be_looked_up() {
    let discord = FakeDiscord::start().await;
    discord.set_distance(150..500);
    let room = discord.room("class");
    let anna = discord.user("Anna");
    let mut bot = RunningBot::start(&discord);
    bot.ready(&discord).await;
    let several = anna.message_command(&room, "Look this up", "Did Imre Nagy really leave the Warsaw Pact?").await;
    assert!(several.ephemeral);
    let labels: Vec<String> = several.buttons().into_iter().map(|(label, _)| label).collect();
    // The event by which Hungary left the pact is more than the pact itself.
    assert_eq!(labels, ["Imre Nagy", "Declaration of neutrality"]);
    let nothing = anna.message_command(&room, "Look this up", "what's for lunch?").await;
    assert!(nothing.title().starts_with("I know nothing"), "{}", nothing.title());
    bot.stop().await;
    discord.finish();
}

#[tokio::test]
async fn odd_ids_are_refused_kindly() {
    let discord = FakeDiscord::start().await;
    discord.set_distance(150..500);
    let room = discord.room("class");
    let mut bot = RunningBot::start(&discord);
    bot.ready(&discord).await;
    for (idx, id) in
        ["x", "1/event/no-such-event~zz", "0/who/person/imre-nagy", "1/timeline/a/b/c/d", "1//", "ü~~~", "1/source/p99"]
            .iter()
            .enumerate()
    {
        let student = discord.user(&format!("Student {idx}"));
        let card = student.slash(&room, "help", json!({})).await;
        let said = student.press_id(&card, id).await;
        assert!(said.ephemeral && said.text().contains("ask again"), "{id}: {}", said.text());
    }
    bot.stop().await;
    discord.finish();
}

#[tokio::test]
async fn a_repeated_delivery_is_answered_once_and_haste_is_slowed() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("class");
    let anna = discord.user("Anna");
    let mut bot = RunningBot::start(&discord);
    bot.ready(&discord).await;
    anna.slash_twice(&room, "who", json!({ "query": "imre nagy" })).await;
    let mut slowed = false;
    for _ in 0..8 {
        let said = anna.slash(&room, "help", json!({})).await;
        slowed |= said.text().contains("Ask me again in");
    }
    assert!(slowed);
    bot.stop().await;
    discord.finish();
}

#[tokio::test]
async fn a_lost_connection_is_resumed_and_buttons_survive_a_restart() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("class");
    let anna = discord.user("Anna");
    let mut bot = RunningBot::start(&discord);
    bot.ready(&discord).await;
    let card = anna.slash(&room, "event", json!({ "query": "secret speech" })).await;
    let (before, ..) = discord.connections();
    discord.drop_sockets();
    discord.wait("the bot to come back", |state| state.connections > before && !state.sockets.is_empty()).await;
    anna.slash(&room, "who", json!({ "query": "imre nagy" })).await;
    bot.stop().await;

    let registrations = discord.registrations();
    let sessions = discord.connections().1;
    let mut again = RunningBot::start(&discord);
    discord.wait("a new session", |state| state.identifies > sessions && !state.sockets.is_empty()).await;
    let later = anna.press(&card, "Later").await;
    assert_eq!(later.message, card.message);
    assert_eq!(discord.registrations(), registrations, "the commands were the same and are not registered again");
    assert!(again.lives());
    again.stop().await;
    discord.finish();
}

#[tokio::test]
async fn no_secret_is_ever_written() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("class");
    let anna = discord.user("Anna");
    let everything = "trace,serenity=trace,serenity::http=trace,reqwest=trace,hyper=trace,tokio_tungstenite=trace";
    let mut bot = RunningBot::with(&discord, &[("KRONIKAS_LOG_FILTER", everything), ("KRONIKAS_LOG", "json")]);
    bot.ready(&discord).await;
    let card = anna.slash(&room, "who", json!({ "query": "imre nagy" })).await;
    anna.press(&card, "Timeline").await;
    anna.typing(&room, "who", "query", "na").await;
    anna.press_id(&card, "nonsense").await;
    let (status, said) = bot.stop().await;
    assert!(status.success());
    assert!(said.contains("\"outcome\":\"found\""), "{said}");
    for canary in [TOKEN, "CANARY-interaction-token"] {
        assert!(!said.contains(canary), "{canary} was written");
    }
    discord.finish();
}

#[tokio::test]
async fn what_is_typed_stays_out_of_the_log() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("class");
    let anna = discord.user("Anna");
    let mut bot = RunningBot::start(&discord);
    bot.ready(&discord).await;
    anna.slash(&room, "who", json!({ "query": "my secret crush" })).await;
    let (_, said) = bot.stop().await;
    assert!(said.contains("outcome=\"nothing\"") && !said.contains("crush"), "{said}");
    discord.finish();
}

#[tokio::test]
async fn a_bad_token_ends_the_start_with_what_to_do() {
    let discord = FakeDiscord::start().await;
    let start = |token: Option<&str>| {
        let mut command = bare();
        command.env("DISCORD_API_URL", discord.rest_url());
        if let Some(token) = token {
            command.env("DISCORD_TOKEN", token);
        }
        RunningBot::spawn(command)
    };
    for (token, expected) in [
        (None, "there is no bot token"),
        (Some(""), "there is no bot token"),
        (Some("two words"), "the bot token is malformed"),
        (Some("\"quoted\""), "the bot token is malformed"),
        (Some("wrong-but-well-formed"), "Discord refuses the bot token"),
    ] {
        let (status, said) = start(token).ended().await;
        assert_eq!(status.code(), Some(78), "{token:?}: {said}");
        assert!(said.contains(expected), "{token:?}: {said}");
        assert!(token.is_none_or(|token| token.is_empty() || !said.contains(token)), "{said}");
    }
}

#[tokio::test]
async fn a_mute_gateway_does_not_hold_up_the_stop() {
    use std::sync::atomic::Ordering;
    let discord = FakeDiscord::start().await;
    let mut bot = RunningBot::start(&discord);
    bot.ready(&discord).await;
    discord.faults().mute_gateway.store(true, Ordering::SeqCst);
    let (status, _) = bot.stop().await;
    assert_eq!(status.code(), Some(0));
}

#[tokio::test]
async fn one_guild_can_be_named_for_quick_trials() {
    let discord = FakeDiscord::start().await;
    let mut bot = RunningBot::with(&discord, &[("KRONIKAS_GUILD", "1234567890")]);
    bot.ready(&discord).await;
    let puts: Vec<String> = discord.wire().into_iter().filter(|line| line.starts_with("PUT ")).collect();
    assert_eq!(puts.len(), 1);
    assert!(puts[0].contains("/guilds/1234567890/commands"), "{}", puts[0]);
    let names: Vec<String> =
        discord.commands().iter().map(|command| command["name"].as_str().unwrap_or_default().to_owned()).collect();
    assert!(kronikas::features::ALL.iter().all(|command| names.contains(&command.name.to_owned())), "{names:?}");
    assert!(names.contains(&"Look this up".to_owned()));
    bot.stop().await;
    discord.finish();
}

#[tokio::test]
async fn a_room_reads_like_this() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("revolution-1956");
    let (anna, bela) = (discord.user("Anna"), discord.user("Béla"));
    let mut bot = RunningBot::start_with_whole_unit(&discord);
    bot.ready(&discord).await;
    anna.slash(&room, "who", json!({ "query": "napoleon" })).await;
    let quiet = bela.slash(&room, "onthisday", json!({ "date": "5 august" })).await;
    anna.press(&quiet, "4 August").await;
    bela.press(&quiet, "6 August").await;
    anna.slash(&room, "event", json!({ "query": "22 november" })).await;
    anna.slash(&room, "term", json!({ "query": "salami", "private": true })).await;
    insta::assert_snapshot!("room", discord.transcript(&room));
    bot.stop().await;
    discord.finish();
}
