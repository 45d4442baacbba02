//! The fake Discord itself: that it does what Discord does, asked by a plain client.

use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use serde_json::{Value, json};

use crate::fake_discord::{self, FakeDiscord, Kind, Room, permission, snowflake};
use crate::support::fake_client::{Client, messages, text};

fn contents(list: &Value) -> Vec<&str> {
    list.as_array().into_iter().flatten().map(|message| message["content"].as_str().unwrap_or_default()).collect()
}

#[tokio::test]
async fn posts_are_kept_read_edited_and_deleted() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("class");
    let bot = Client::new(&discord);
    let empty = bot.get(&format!("/channels/{}", room.id)).await;
    assert_eq!((empty.status, &empty.body["last_message_id"]), (200, &Value::Null));
    let first = bot.post(&room, "one").await.id();
    let second = bot.post(&room, "two").await.id();
    assert!(second > first);
    let channel = bot.get(&format!("/channels/{}", room.id)).await;
    assert_eq!(channel.body["last_message_id"], json!(second.to_string()));
    let read = bot.get(&messages(&room)).await;
    assert_eq!(contents(&read.body), ["two", "one"]);

    let at = format!("{}/{first}", messages(&room));
    let edited = bot.write(Method::PATCH, &at, text("one, mended")).await;
    assert_eq!((edited.status, &edited.body["content"]), (200, &json!("one, mended")));
    assert!(edited.body["edited_timestamp"].is_string());
    assert_eq!(bot.send(Method::DELETE, &at, None).await.status, 204);
    discord.delete_message(second);
    assert!(contents(&bot.get(&messages(&room)).await.body).is_empty());
    let posts: Vec<(u64, bool)> = discord.posts(&room).iter().map(|post| (post.id, post.deleted)).collect();
    assert_eq!(posts, [(first, true), (second, true)]);

    discord.expect_refusals(&[10008]);
    assert_eq!(bot.get(&at).await.code(), 10008);
    assert_eq!(discord.asked("POST /channels/{id}/messages"), 2);
    discord.finish();
}

#[tokio::test]
async fn history_is_paged_as_discord_pages_it() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("busy");
    let anna = discord.user("Anna");
    let bot = Client::new(&discord);
    let start = snowflake(discord.now() - SignedDuration::from_secs(60), 0);
    let mut ids = Vec::new();
    for idx in 0..230 {
        if idx == 40 {
            ids.push(bot.post(&room, "the bot's own").await.id());
        } else {
            ids.push(anna.says(&room, &format!("chat {idx}")));
        }
    }
    let page = async |query: String| -> Vec<u64> {
        let answer = bot.get(&format!("{}?{query}", messages(&room))).await;
        let list = answer.body.as_array().cloned().unwrap_or_default();
        list.iter().filter_map(|message| message["id"].as_str()?.parse().ok()).collect()
    };
    let newest_first = |range: &[u64]| range.iter().rev().copied().collect::<Vec<u64>>();
    assert_eq!(page("limit=100".into()).await, newest_first(&ids[130..]));
    assert_eq!(page("limit=2".into()).await, newest_first(&ids[228..]));
    assert_eq!(page(String::new()).await.len(), 50);
    // After: the ones next to it, so that paging upwards misses none.
    assert_eq!(page(format!("limit=100&after={start}")).await, newest_first(&ids[..100]));
    assert_eq!(page(format!("limit=100&after={}", ids[99])).await, newest_first(&ids[100..200]));
    assert_eq!(page(format!("limit=100&before={}", ids[50])).await, newest_first(&ids[..50]));
    assert_eq!(page(format!("limit=4&around={}", ids[10])).await, newest_first(&ids[8..12]));

    // Without the message content intent only one's own words are shown.
    let answer = bot.get(&format!("{}?limit=2&after={}", messages(&room), ids[39])).await;
    assert_eq!(contents(&answer.body), ["", "the bot's own"]);
    discord.expect_refusals(&[50035]);
    assert_eq!(bot.get(&format!("{}?limit=101", messages(&room))).await.status, 400);
    assert_eq!(bot.get(&format!("{}?after=1&before=2", messages(&room))).await.status, 400);

    discord.forbid(&room, permission::READ_MESSAGE_HISTORY);
    let hidden = bot.get(&messages(&room)).await;
    assert_eq!((hidden.status, hidden.body), (200, json!([])));
    discord.finish();
}

#[tokio::test]
async fn a_nonce_counts_once_within_its_window() {
    let discord = FakeDiscord::start().await;
    let (room, other) = (discord.room("class"), discord.room("other"));
    let bot = Client::new(&discord);
    discord.set_clock("2026-10-23T06:00:00Z".parse().expect("an instant"));
    let first = bot.post_once(&room, "1abc").await;
    assert_eq!((first.status, &first.body["nonce"]), (200, &json!("1abc")));
    discord.advance(SignedDuration::from_secs(179));
    assert_eq!(bot.post_once(&room, "1abc").await.id(), first.id());
    assert_eq!(bot.post_once(&other, "1abc").await.id(), first.id(), "it counts by author");
    assert_ne!(bot.post_once(&room, "1abd").await.id(), first.id());
    discord.advance(SignedDuration::from_secs(2));
    let again = bot.post_once(&room, "1abc").await;
    assert_ne!(again.id(), first.id());
    assert_eq!(discord.posts(&room).len(), 3);

    let mut plain = text("x");
    plain["nonce"] = json!("1abc");
    assert_eq!(bot.write(Method::POST, &messages(&room), plain).await.status, 200);
    assert_eq!(discord.posts(&room).len(), 4, "a nonce alone is not enforced");

    discord.expect_refusals(&[10008, 50035]);
    discord.delete_message(bot.post_once(&room, "deleted").await.id());
    let gone = bot.post_once(&room, "deleted").await;
    assert_eq!((gone.status, gone.code()), (404, 10008));
    assert_eq!(bot.post_once(&room, &"n".repeat(25)).await.status, 200);
    assert_eq!(bot.post_once(&room, &"n".repeat(26)).await.status, 400);
    discord.set_nonce_window(10);
    discord.advance(SignedDuration::from_secs(11));
    assert_eq!(bot.post_once(&room, "deleted").await.status, 200);
    discord.finish();
}

#[tokio::test]
async fn permissions_are_what_discord_makes_of_them() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("class");
    let bot = Client::new(&discord);
    let code = async |room: &Room| bot.post(room, "hello").await.code();
    assert_eq!(code(&room).await, 0);
    discord.expect_refusals(&[50001, 50013, 10003, 10004, 50083]);
    discord.forbid(&room, permission::SEND_MESSAGES);
    assert_eq!(code(&room).await, 50013);
    discord.forbid(&room, permission::VIEW_CHANNEL);
    assert_eq!(code(&room).await, 50001);
    assert_eq!(bot.get(&messages(&room)).await.code(), 50001);
    discord.allow(&room, permission::VIEW_CHANNEL | permission::SEND_MESSAGES);
    assert_eq!(code(&room).await, 0);

    discord.forbid(&room, permission::EMBED_LINKS | permission::ATTACH_FILES);
    let mut card = text("a card");
    card["embeds"] = json!([{ "title": "t" }]);
    let dropped = bot.write(Method::POST, &messages(&room), card).await;
    assert_eq!((dropped.status, &dropped.body["embeds"]), (200, &json!([])));
    assert!(discord.expected_refusals().last().is_some_and(|refusal| refusal.contains("EMBED_LINKS")));
    let file = bot.upload(Method::POST, &messages(&room), text("a file"), &[("a.csv", b"1,2")]).await;
    assert_eq!(file.code(), 50013);

    let thread = discord.thread(&room, "discussion");
    assert_eq!(code(&thread).await, 0);
    discord.archive(&thread);
    assert_eq!(code(&thread).await, 50083);
    discord.let_sleep(&thread);
    assert_eq!(code(&thread).await, 0, "a message wakes a sleeping thread");
    discord.forbid(&room, permission::SEND_MESSAGES_IN_THREADS);
    assert_eq!(code(&thread).await, 50013);

    let second = discord.room_beside(&room, "second");
    discord.delete_channel(&second);
    assert_eq!(code(&second).await, 10003);
    discord.remove_bot(&room);
    assert_eq!(code(&room).await, 50001);
    let guild = room.guild.expect("a guild");
    assert_eq!(bot.get(&format!("/guilds/{guild}")).await.code(), 10004);
    discord.invite_bot(&room);
    assert_eq!(code(&room).await, 0);
    assert_eq!(discord.invalid_requests(), 6, "403 counts, 404 and 400 do not");
    discord.finish();
}

#[tokio::test]
async fn guilds_tell_what_they_hold_and_serenity_understands_it() {
    use serenity::model::channel::{GuildChannel, Message, PrivateChannel};
    use serenity::model::guild::{GuildInfo, Member, PartialGuild, Role};
    let discord = FakeDiscord::start().await;
    let room = discord.room("class");
    discord.forbid(&room, permission::ATTACH_FILES);
    let thread = discord.thread(&room, "aside");
    let teacher = discord.teacher("Zsófi");
    let bot = Client::new(&discord);
    let guild = room.guild.expect("a guild");
    let get = async |path: String| bot.get(&path).await.body;

    let known: PartialGuild = serde_json::from_value(get(format!("/guilds/{guild}")).await).expect("a guild");
    assert_eq!((known.id.get(), known.roles.len()), (guild, 3));
    let roles: Vec<Role> = serde_json::from_value(get(format!("/guilds/{guild}/roles")).await).expect("roles");
    assert_eq!(roles[0].id.get(), guild, "everyone's role has the guild's id");
    assert_eq!(roles[1].permissions.bits(), permission::BOT);
    let mut member = get(format!("/guilds/{guild}/members/{}", fake_discord::BOT)).await;
    member["guild_id"] = json!(guild.to_string());
    let me: Member = serde_json::from_value(member).expect("a member");
    assert_eq!(me.roles, [roles[1].id]);
    let theirs = get(format!("/guilds/{guild}/members/{}", teacher.id)).await;
    assert_eq!(theirs["roles"], json!([roles[2].id.to_string()]));
    let channels: Vec<GuildChannel> = serde_json::from_value(get(format!("/guilds/{guild}/channels")).await).expect("channels");
    assert_eq!(channels.len(), 1, "threads are not among them");
    assert_eq!(channels[0].permission_overwrites[0].deny.bits(), permission::ATTACH_FILES);
    let aside: GuildChannel = serde_json::from_value(get(format!("/channels/{}", thread.id)).await).expect("a thread");
    assert_eq!(aside.parent_id.map(|parent| parent.get()), Some(room.id));
    let mine: Vec<GuildInfo> = serde_json::from_value(get("/users/@me/guilds".into()).await).expect("guilds");
    assert_eq!(mine.len(), 1);
    let direct = bot.write(Method::POST, "/users/@me/channels", json!({ "recipient_id": teacher.id.to_string() })).await;
    let direct: PrivateChannel = serde_json::from_value(direct.body).expect("direct messages");
    let room_of_two = discord.direct_messages_with(&teacher).expect("they were opened");
    assert_eq!(direct.id.get(), room_of_two.id);
    let said: Message = serde_json::from_value(bot.post(&room_of_two, "a reminder").await.body).expect("a message");
    assert_eq!(said.content, "a reminder");

    discord.expect_refusals(&[50007, 50033, 10007]);
    teacher.closes_direct_messages(true);
    assert_eq!(bot.post(&room_of_two, "a reminder").await.code(), 50007);
    let nobody = bot.write(Method::POST, "/users/@me/channels", json!({ "recipient_id": "5" })).await;
    assert_eq!(nobody.code(), 50033);
    assert_eq!(bot.get(&format!("/guilds/{guild}/members/5")).await.code(), 10007);
    discord.finish();
}

#[tokio::test]
async fn threads_are_started_and_archived() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("class");
    discord.allow(&room, permission::CREATE_PUBLIC_THREADS);
    let bot = Client::new(&discord);
    let question = bot.post(&room, "Why did they rise?").await.id();
    let path = format!("{}/{question}/threads", messages(&room));
    let thread = bot.write(Method::POST, &path, json!({ "name": "Why?", "auto_archive_duration": 1440 })).await;
    assert_eq!((thread.status, thread.id()), (201, question), "a thread has its message's id");
    let name = json!({ "name": "Open", "type": 11 });
    let free = bot.write(Method::POST, &format!("/channels/{}/threads", room.id), name).await;
    assert_eq!(free.status, 201);
    assert_eq!(discord.threads(&room).len(), 2);
    let own = bot.write(Method::PATCH, &format!("/channels/{question}"), json!({ "archived": true })).await;
    assert_eq!(own.body["thread_metadata"]["archived"], json!(true));

    discord.expect_refusals(&[50013, 160_004]);
    assert_eq!(bot.write(Method::POST, &path, json!({ "name": "Again" })).await.code(), 160_004);
    let private =
        bot.write(Method::POST, &format!("/channels/{}/threads", room.id), json!({ "name": "Private by default" })).await;
    assert_eq!(private.code(), 50013);
    let others = discord.thread(&room, "somebody's");
    assert_eq!(bot.write(Method::PATCH, &format!("/channels/{}", others.id), json!({ "archived": true })).await.code(), 50013);
    discord.finish();
}

#[tokio::test]
async fn each_kind_of_channel_takes_its_own_threads_and_posts() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("class");
    let bot = Client::new(&discord);
    let all = permission::CREATE_PUBLIC_THREADS | permission::CREATE_PRIVATE_THREADS;
    discord.expect_refusals(&[50008, 50024]);
    let threads = [10, 11, 12];
    for (kind, number, posts, taken) in [
        (Kind::Text, 0, true, [false, true, true]),
        (Kind::Voice, 2, true, [false; 3]),
        (Kind::Category, 4, false, [false; 3]),
        (Kind::Announcement, 5, true, [true, false, false]),
        (Kind::Stage, 13, true, [false; 3]),
        (Kind::Forum, 15, false, [false; 3]),
        (Kind::Media, 16, false, [false; 3]),
    ] {
        let place = discord.room_of_kind(&room, "aside", kind);
        discord.allow(&place, all);
        assert_eq!(bot.get(&format!("/channels/{}", place.id)).await.body["type"], json!(number));
        assert_eq!(bot.post(&place, "hello").await.code(), if posts { 0 } else { 50008 }, "{number}");
        for (thread, taken) in threads.into_iter().zip(taken) {
            let path = format!("/channels/{}/threads", place.id);
            let started = bot.write(Method::POST, &path, json!({ "name": "Why?", "type": thread })).await;
            assert_eq!(started.code(), if taken { 0 } else { 50024 }, "{thread} in {number}");
            assert_eq!(started.body["type"] == json!(thread), taken, "{thread} in {number}");
        }
    }
    let thread = discord.thread(&room, "inside");
    let path = format!("/channels/{}/threads", thread.id);
    assert_eq!(bot.write(Method::POST, &path, json!({ "name": "Why?", "type": 11 })).await.code(), 50024);
    discord.finish();
}

#[tokio::test]
async fn locked_threads_take_nothing_from_those_who_do_not_manage_threads() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("class");
    let bot = Client::new(&discord);
    let thread = discord.thread(&room, "locked");
    let first = bot.post(&thread, "before").await.id();
    discord.expect_refusals(&[160_005, 160_006, 50083, 50001]);
    let edit = format!("{}/{first}", messages(&thread));
    for (archived, code) in [(false, 160_005), (true, 50083)] {
        if archived {
            discord.archive(&thread)
        } else {
            discord.lock(&thread)
        }
        assert_eq!(bot.post(&thread, "after").await.code(), code);
        assert_eq!(bot.write(Method::PATCH, &edit, text("changed")).await.code(), code);
    }
    discord.allow(&room, permission::MANAGE_THREADS);
    assert_eq!(bot.post(&thread, "by a moderator").await.code(), 0);
    discord.forbid(&room, permission::MANAGE_THREADS);
    let (without, with) = (discord.private_thread(&room, "staff", false), discord.private_thread(&room, "class", true));
    assert_eq!(bot.post(&without, "hello").await.code(), 50001);
    assert_eq!(bot.get(&format!("/channels/{}", without.id)).await.code(), 50001);
    assert_eq!(bot.post(&with, "hello").await.code(), 0);
    discord.limit_threads(&room, 2);
    discord.allow(&room, permission::CREATE_PUBLIC_THREADS);
    let name = json!({ "name": "one more", "type": 11 });
    assert_eq!(bot.write(Method::POST, &format!("/channels/{}/threads", room.id), name).await.code(), 160_006);
    discord.finish();
}

#[tokio::test]
async fn several_roles_implied_denials_and_time_outs() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("class");
    let bot = Client::new(&discord);
    let code = async |room: &Room| bot.post(room, "hello").await.code();
    discord.expect_refusals(&[50001, 50013]);
    let (one, other) = (discord.give_bot_role(&room, "one", 0), discord.give_bot_role(&room, "other", 0));
    discord.overwrite_role(&room, other, permission::SEND_MESSAGES, 0);
    discord.overwrite_role(&room, one, 0, permission::SEND_MESSAGES);
    assert_eq!(code(&room).await, 0, "what one role allows counts whatever another denies");
    discord.take_bot_role(&room, other);
    assert_eq!(code(&room).await, 50013);
    discord.take_bot_role(&room, one);
    discord.overwrite_everyone(&room, 0, permission::VIEW_CHANNEL);
    assert_eq!(code(&room).await, 50001);
    discord.allow(&room, permission::VIEW_CHANNEL);
    assert_eq!(code(&room).await, 0, "the member's own overwrite comes last");
    discord.time_bot_out(&room, Some(discord.now() + SignedDuration::from_mins(5)));
    assert_eq!(code(&room).await, 50013);
    assert_eq!(bot.get(&messages(&room)).await.status, 200, "it may still read");
    discord.advance(SignedDuration::from_mins(6));
    assert_eq!(code(&room).await, 0);
    discord.finish();
}

#[tokio::test]
async fn somebody_without_a_server_in_common_gets_no_message() {
    let discord = FakeDiscord::start().await;
    discord.room("class");
    let anna = discord.user("Anna");
    let bot = Client::new(&discord);
    anna.leaves_every_server(true);
    discord.expect_refusals(&[50278]);
    let open = bot.write(Method::POST, "/users/@me/channels", json!({ "recipient_id": anna.id.to_string() })).await;
    assert_eq!(open.status, 200);
    let room = discord.direct_messages_with(&anna).expect("they were opened");
    assert_eq!(bot.post(&room, "a reminder").await.code(), 50278);
    discord.finish();
}

#[tokio::test]
async fn files_come_with_alt_text_or_not_at_all() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("class");
    let bot = Client::new(&discord);
    let png: &[u8] = &[0x89, b'P', b'N', b'G', 13, 10, 26, 10, 0xff];
    let mut body = text("");
    body["embeds"] = json!([{ "title": "A map", "image": { "url": "attachment://map.png" } }]);
    body["attachments"] = json!([{ "id": 0, "filename": "map.png", "description": "Hungary, with Budapest marked" }]);
    let sent = bot.upload(Method::POST, &messages(&room), body.clone(), &[("map.png", png)]).await;
    assert_eq!((sent.status, &sent.body["attachments"][0]["size"]), (200, &json!(9)), "{sent:?}");
    let post = discord.posts(&room).remove(0);
    assert_eq!(post.files[0].bytes, png);
    assert_eq!(post.files[0].description.as_deref(), Some("Hungary, with Budapest marked"));
    let _: serenity::model::channel::Message = serde_json::from_value(sent.body.clone()).expect("a message");

    // An edit keeps the files it names and adds what it brings.
    let at = format!("{}/{}", messages(&room), post.id);
    let mut edit = text("now with figures");
    edit["attachments"] = json!([{ "id": post.files[0].id.to_string() }, { "id": 0, "filename": "figures.csv" }]);
    let edited = bot.upload(Method::PATCH, &at, edit, &[("figures.csv", b"1,2")]).await;
    assert_eq!(edited.body["attachments"].as_array().map(Vec::len), Some(2), "{edited:?}");

    discord.expect_refusals(&[50035]);
    let mut unsaid = body.clone();
    unsaid["attachments"][0]["description"] = json!(" ");
    assert_eq!(bot.upload(Method::POST, &messages(&room), unsaid, &[("map.png", png)]).await.status, 400);
    assert_eq!(bot.write(Method::POST, &messages(&room), body).await.status, 400, "the picture is not attached");
    let mut none = text("figures");
    none["attachments"] = json!([]);
    none["embeds"] = json!([{ "title": "A map", "image": { "url": "attachment://map.png" } }]);
    assert_eq!(bot.write(Method::PATCH, &at, none).await.status, 400, "the picture is taken away");
    let reasons = discord.expected_refusals();
    for (reason, part) in reasons.iter().zip(["has no alt text", "which is not attached", "which is not attached"]) {
        assert!(reason.contains(part), "{reason}");
    }
    discord.finish();
}

#[tokio::test]
async fn the_clock_is_the_fakes_own() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("class");
    let bot = Client::new(&discord);
    let at: Timestamp = "2027-03-28T00:59:59.500Z".parse().expect("an instant");
    discord.set_clock(at);
    let first = bot.post(&room, "before the gap").await;
    assert_eq!(first.header("date"), "Sun, 28 Mar 2027 00:59:59 GMT");
    assert_eq!(first.body["timestamp"], "2027-03-28T00:59:59.500000+00:00");
    assert_eq!(first.id() >> 22, snowflake(at, 0) >> 22);
    let second = bot.post(&room, "the same moment").await;
    assert!(second.id() > first.id());
    discord.advance(SignedDuration::from_hours(-3));
    let earlier = bot.post(&room, "the clock was set back").await;
    assert!(earlier.id() < first.id());
    discord.run_clock_from(at);
    assert!(discord.now() >= at && discord.now() < at + SignedDuration::from_mins(1));
    discord.finish();
}

#[tokio::test]
#[should_panic(expected = "unknown endpoint: GET /channels/5/pins")]
async fn an_endpoint_nobody_expected_fails_the_test() {
    let discord = FakeDiscord::start().await;
    Client::new(&discord).get("/channels/5/pins").await;
    discord.finish();
}

#[tokio::test]
#[should_panic(expected = "refused: 10003")]
async fn a_refusal_nobody_expected_fails_the_test() {
    let discord = FakeDiscord::start().await;
    Client::new(&discord).get("/channels/5").await;
    discord.finish();
}
