//! The fake Discord itself: what people do reaches the bot as from Discord, and its answers are
//! held to the rules. A plain client answers in the bot's place; serenity judges what is sent.

use reqwest::Method;
use serde_json::{Value, json};
use serenity::model::application::{CommandInteraction, ComponentInteraction, ModalInteraction};

use crate::fake_discord::{APPLICATION, FakeDiscord, Said, permission};
use crate::support::fake_client::{self, Client, text};

/// Registers `/daily set|show`, `/daily more clear` and `/quiz`.
async fn register(bot: &Client) {
    let channel = json!({ "name": "channel", "description": "where", "type": 7, "required": true });
    let time = json!({ "name": "time", "description": "when", "type": 3, "autocomplete": true });
    let set = json!({ "name": "set", "description": "sets", "type": 1, "options": [channel, time] });
    let show = json!({ "name": "show", "description": "shows", "type": 1 });
    let clear = json!({ "name": "clear", "description": "clears", "type": 1 });
    let more = json!({ "name": "more", "description": "more", "type": 2, "options": [clear] });
    let count = json!({ "name": "questions", "description": "how many", "type": 4, "min_value": 1 });
    let commands = json!([
        { "name": "daily", "description": "every day", "options": [set, show, more], "default_member_permissions": "32" },
        { "name": "quiz", "description": "asks", "options": [count] },
    ]);
    let answer = bot.write(Method::PUT, &format!("/applications/{APPLICATION}/commands"), commands).await;
    assert_eq!(answer.status, 200, "{answer:?}");
}

/// Where the last interaction is answered.
fn callback(discord: &FakeDiscord) -> String {
    let event = discord.last_interaction();
    format!("/interactions/{}/{}/callback", text_of(&event["id"]), text_of(&event["token"]))
}

fn webhook(discord: &FakeDiscord) -> String {
    format!("/webhooks/{APPLICATION}/{}", text_of(&discord.last_interaction()["token"]))
}

fn text_of(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Answers the last interaction with a text and a button.
async fn say(discord: &FakeDiscord, bot: &Client, content: &str, button: &str) {
    let mut data = text(content);
    data["components"] = json!([{ "type": 1, "components": [{ "type": 2, "style": 1, "label": button, "custom_id": "1/b" }] }]);
    let answer = bot.write(Method::POST, &callback(discord), json!({ "type": 4, "data": data })).await;
    assert_eq!(answer.status, 204, "{answer:?}");
}

#[tokio::test]
async fn subcommands_channels_and_numbers_come_as_discord_sends_them() {
    let discord = FakeDiscord::start().await;
    let (room, goal) = (discord.room("staff"), discord.room("revolution"));
    let (teacher, student) = (discord.teacher("Zsófi"), discord.user("Anna"));
    let bot = Client::new(&discord);
    register(&bot).await;

    let pending = teacher.begin_slash(&room, "daily set", json!({ "channel": goal.as_option(), "time": "08:00" }));
    let event = discord.last_interaction();
    let known: CommandInteraction = serde_json::from_value(event.clone()).expect("a command");
    assert_eq!(known.data.name, "daily");
    assert_eq!(known.data.options[0].name, "set");
    assert_eq!(known.data.resolved.channels.len(), 1);
    assert_eq!(known.app_permissions.map(|may| may.bits()), Some(permission::EVERYONE | permission::BOT));
    let member = known.member.expect("in a guild");
    assert_eq!(member.permissions.map(|may| may.manage_guild()), Some(true));
    let options = &event["data"]["options"][0]["options"];
    assert_eq!(
        options,
        &json!([
            { "name": "channel", "type": 7, "value": goal.id.to_string() }, { "name": "time", "type": 3, "value": "08:00" }
        ])
    );
    say(&discord, &bot, "set", "Show").await;
    assert_eq!(pending.answer().await.text(), "set");

    let pending = student.begin_slash(&room, "daily more clear", json!({}));
    let event = discord.last_interaction();
    assert_eq!(event["data"]["options"][0]["type"], 2);
    assert_eq!(event["data"]["options"][0]["options"][0], json!({ "name": "clear", "type": 1, "options": [] }));
    let known: CommandInteraction = serde_json::from_value(event).expect("a command");
    let member = known.member.expect("in a guild");
    assert_eq!(member.permissions.map(|may| may.manage_guild()), Some(false));
    say(&discord, &bot, "no", "Show").await;
    assert_eq!(pending.answer().await.text(), "no");

    let pending = student.begin_slash(&room, "quiz", json!({ "questions": 5 }));
    assert_eq!(discord.last_interaction()["data"]["options"], json!([{ "name": "questions", "type": 4, "value": 5 }]));
    say(&discord, &bot, "asked", "Show").await;
    pending.answer().await;

    let offered = async { teacher.typing_with(&room, "daily set", json!({ "channel": goal.as_option() }), "time", "8").await };
    let answer = async {
        discord.wait("the completion", |state| state.interactions.values().any(|known| known.kind == 4)).await;
        let focused = &discord.last_interaction()["data"]["options"][0]["options"][1];
        assert_eq!(focused, &json!({ "name": "time", "type": 3, "value": "8", "focused": true }));
        let choices = json!({ "type": 8, "data": { "choices": [{ "name": "8 in the morning", "value": "08:00" }] } });
        assert_eq!(bot.write(Method::POST, &callback(&discord), choices).await.status, 204);
    };
    let (offered, ()) = tokio::join!(offered, answer);
    assert_eq!(offered, [("8 in the morning".to_owned(), "08:00".to_owned())]);
    discord.finish();
}

#[tokio::test]
#[should_panic(expected = "/daily set needs \"channel\"")]
async fn a_client_sends_nothing_without_what_is_required() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("staff");
    register(&Client::new(&discord)).await;
    let _ = discord.user("Anna").begin_slash(&room, "daily set", json!({ "time": "8" }));
}

#[tokio::test]
async fn a_room_with_forms_files_and_threads_reads_like_this() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("class");
    discord.allow(&room, permission::CREATE_PUBLIC_THREADS);
    let anna = discord.user("Anna");
    let bot = Client::new(&discord);
    register(&bot).await;
    let pending = anna.begin_slash(&room, "quiz", json!({ "questions": 1 }));
    say(&discord, &bot, "Who shot first?", "Answer").await;
    let question: Said = pending.answer().await;

    // A press shows a form; what is typed comes back.
    let (modal, ()) = tokio::join!(anna.press_for_modal(&question, "Answer"), async {
        discord.wait("the press", |state| state.interactions.values().any(|known| known.kind == 3)).await;
        let event = discord.last_interaction();
        let press: ComponentInteraction = serde_json::from_value(event).expect("a press");
        assert_eq!((press.data.custom_id.as_str(), press.message.id.get()), ("1/b", question.message));
        let input = json!({ "type": 4, "custom_id": "name", "label": "A name", "style": 1, "max_length": 50 });
        let data = json!({ "custom_id": "1/m", "title": "Your answer", "components": [{ "type": 1, "components": [input] }] });
        let shown = bot.write(Method::POST, &callback(&discord), json!({ "type": 9, "data": data })).await;
        assert_eq!(shown.status, 204, "{shown:?}");
    });
    let (done, ()) = tokio::join!(anna.submit(&modal, &[("A name", "the ÁVH")]), async {
        discord.wait("the form", |state| state.interactions.values().any(|known| known.kind == 5)).await;
        let event = discord.last_interaction();
        let sent: ModalInteraction = serde_json::from_value(event.clone()).expect("a form");
        assert_eq!(sent.data.custom_id, "1/m");
        assert_eq!(event["data"]["components"][0]["components"][0]["value"], "the ÁVH");
        let body = json!({ "type": 7, "data": text("Right: the ÁVH.") });
        assert_eq!(bot.write(Method::POST, &callback(&discord), body).await.status, 204);
    });
    assert_eq!((done.message, done.text().as_str()), (question.message, "Right: the ÁVH."));

    // A promise, redeemed with a picture; then something further, for one alone.
    let pending = anna.begin_slash(&room, "daily show", json!({}));
    assert_eq!(bot.write(Method::POST, &callback(&discord), json!({ "type": 5 })).await.status, 204);
    assert!(discord.transcript(&room).ends_with("── Anna: /daily show {}\n   …\n\n"));
    let mut body = text("");
    body["embeds"] = json!([{ "title": "This week" }]);
    body["attachments"] = json!([{ "id": 0, "filename": "week.png", "description": "Seven days in a row" }]);
    let original = format!("{}/messages/@original", webhook(&discord));
    let edited = bot.upload(Method::PATCH, &original, body, &[("week.png", b"png")]).await;
    assert_eq!(edited.status, 200, "{edited:?}");
    let shown = pending.answer().await;
    assert_eq!((shown.title(), shown.files.len()), ("This week", 1));
    let mut further = text("Only you can change it.");
    further["flags"] = json!(64);
    let further = bot.write(Method::POST, &webhook(&discord), further).await;
    let gone = bot.write(Method::POST, &webhook(&discord), text("a slip")).await.id();
    let at = format!("{}/messages/{gone}", webhook(&discord));
    assert_eq!(bot.get(&at).await.body["content"], "a slip");
    assert_eq!(bot.send(Method::DELETE, &at, None).await.status, 204);
    let seen = bot.get(&fake_client::messages(&room)).await;
    assert!(!seen.body.to_string().contains(&further.id().to_string()), "what one person sees is in no history");

    let topic = bot.post(&room, "What would you have done?").await.id();
    let path = format!("{}/{topic}/threads", fake_client::messages(&room));
    bot.write(Method::POST, &path, json!({ "name": "What would you have done?" })).await;
    let thread = discord.threads(&room).remove(0);
    bot.post(&thread, "Think of the evening of 23 October.").await;
    anna.says(&thread, "Gone home.");
    let aside = discord.thread(&room, "Aside");
    discord.archive(&aside);
    insta::assert_snapshot!("fake_room", discord.transcript(&room));
    discord.finish();
}

#[tokio::test]
async fn answers_break_no_rules() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("class");
    let anna = discord.user("Anna");
    let bot = Client::new(&discord);
    register(&bot).await;
    discord.expect_refusals(&[50035, 40060, 10015, 50027]);
    let pending = anna.begin_slash(&room, "quiz", json!({}));
    assert_eq!(bot.write(Method::POST, &webhook(&discord), text("too soon")).await.code(), 10015);
    let long = json!({ "type": 9, "data": { "custom_id": "m", "title": "t".repeat(46), "components": [] } });
    assert_eq!(bot.write(Method::POST, &callback(&discord), long).await.code(), 50035);
    let loud = json!({ "type": 4, "data": { "content": "hello" } });
    assert_eq!(bot.write(Method::POST, &callback(&discord), loud).await.code(), 50035, "mentions are left on");
    assert_eq!(bot.write(Method::POST, &callback(&discord), json!({ "type": 7, "data": text("x") })).await.code(), 50035);
    say(&discord, &bot, "once", "Show").await;
    assert_eq!(bot.write(Method::POST, &callback(&discord), json!({ "type": 5 })).await.code(), 40060);
    pending.answer().await;
    discord.advance(jiff::SignedDuration::from_mins(16));
    let late = bot.write(Method::POST, &webhook(&discord), text("late")).await;
    assert_eq!((late.status, late.code()), (401, 50027));
    discord.finish();
}
