use super::*;

fn user() -> Value {
    json!({ "id": "42", "username": "anna", "discriminator": "0", "global_name": "Anna", "avatar": null })
}

fn message() -> Value {
    json!({
        "id": "8", "channel_id": "7", "type": 0, "content": "Imre Nagy spoke", "author": user(),
        "timestamp": "2026-11-27T08:00:00+00:00", "edited_timestamp": null, "tts": false, "mention_everyone": false,
        "mentions": [], "mention_roles": [], "attachments": [], "embeds": [], "pinned": false, "flags": 64,
    })
}

fn interaction_of(kind: u64, data: Value) -> Value {
    json!({
        "id": "1", "application_id": "2", "type": kind, "token": "CANARY-token", "version": 1, "channel_id": "7", "guild_id": "6",
        "channel": { "id": "7", "type": 0, "name": "class" }, "locale": "hu", "guild_locale": "hu", "app_permissions": "0",
        "member": { "user": user(), "roles": [], "permissions": "32", "joined_at": "2026-01-01T00:00:00+00:00", "deaf": false,
            "mute": false, "flags": 0 },
        "entitlements": [], "authorizing_integration_owners": { "0": "6" }, "context": 0, "attachment_size_limit": 1, "data": data,
    })
}

fn read(value: &Value) -> (Interaction, bool) {
    match interaction(&value.to_string()) {
        Translated::Readable { data, mended } => (serde_json::from_str(&data).expect("readable"), mended),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_can_be_read_is_not_touched() {
    let value = interaction_of(2, json!({ "id": "3", "name": "who", "type": 1, "options": [] })).to_string();
    assert_eq!(interaction(&value), Translated::Readable { data: value, mended: false });
}

#[test]
fn a_message_that_is_looked_up_arrives_with_its_text() {
    let mut odd = message();
    odd["embeds"] = json!([{ "type": "video", "video": { "proxy_url": "https://x.y/z" } }]);
    odd["components"] =
        json!([{ "type": 99 }, { "type": 17, "components": [{ "type": 10, "content": "of the Petőfi Circle" }] }]);
    odd["poll"] = json!({ "new": "shape" });
    let data =
        json!({ "id": "3", "name": "Look this up", "type": 3, "target_id": "8", "resolved": { "messages": { "8": odd } } });
    let (Interaction::Command(command), _) = read(&interaction_of(2, data)) else { panic!("a command") };
    let target = command.data.resolved.messages.values().next().expect("a message");
    assert_eq!(target.content, "Imre Nagy spoke\nof the Petőfi Circle");
}

#[test]
fn a_press_survives_a_message_that_cannot_be_read() {
    let mut value = interaction_of(3, json!({ "custom_id": "1/who/x", "component_type": 2 }));
    value["message"] = message();
    assert!(!read(&value).1);
    value["message"]["embeds"] = json!([{ "type": "video", "video": { "proxy_url": "https://x.y/z" } }]);
    let (Interaction::Component(press), true) = read(&value) else { panic!("a mended press") };
    assert_eq!((press.data.custom_id.as_str(), press.message.id.get()), ("1/who/x", 8));
    assert_eq!(press.message.flags.map(|flags| flags.bits()), Some(64), "whether it is for one alone is kept");
}

#[test]
fn what_is_beside_the_point_is_left_out() {
    let mut value = interaction_of(
        2,
        json!({ "id": "3", "name": "daily", "type": 1, "options": [
        { "name": "set", "type": 1, "options": [{ "name": "channel", "type": 7, "value": "7" }] }] }),
    );
    value["data"]["resolved"] = json!({ "channels": { "7": { "shape": "new" } } });
    let (Interaction::Command(command), true) = read(&value) else { panic!("a mended command") };
    assert_eq!(command.data.options.len(), 1);

    value["entitlements"] = json!([{ "shape": "new" }]);
    value["member"]["roles"] = json!("new");
    value["channel"] = json!({ "id": "7" });
    value["attachment_size_limit"] = json!("large");
    let (Interaction::Command(command), true) = read(&value) else { panic!("a mended command") };
    assert_eq!(command.user.id.get(), 42);
    let permissions = command.member.and_then(|member| member.permissions).expect("permissions");
    assert!(permissions.manage_guild());
    assert_eq!(command.authorizing_integration_owners.0.len(), 1);
    assert_eq!(command.guild_id.map(|guild| guild.get()), Some(6));
}

#[test]
fn in_direct_messages_the_user_stands_alone() {
    let mut value = interaction_of(2, json!({ "id": "3", "name": "who", "type": 1 }));
    let object = value.as_object_mut().expect("an object");
    object.remove("member");
    object.remove("guild_id");
    object.insert("user".to_owned(), user());
    object.insert("entitlements".to_owned(), json!("new"));
    object.insert("context".to_owned(), json!(1));
    let (Interaction::Command(command), true) = read(&value) else { panic!("a mended command") };
    assert_eq!((command.user.id.get(), command.guild_id), (42, None));
}

#[test]
fn whoever_asks_in_an_unknown_way_is_answered() {
    for (value, kind) in [
        (interaction_of(99, json!({})), 4),
        (interaction_of(2, json!("what")), 4),
        (interaction_of(4, json!({ "name": 7 })), 8),
        (interaction_of(3, json!({ "component_type": "new" })), 4),
    ] {
        let Translated::Unreadable { id, token, answer } = interaction(&value.to_string()) else { panic!("{value}") };
        assert_eq!((id, token.as_str(), answer["type"].as_u64()), (1, "CANARY-token", Some(kind)));
        assert!(kind == 8 || answer["data"]["flags"] == 64);
    }
    for nonsense in ["", "[]", "{}", r#"{"id":1,"token":"x"}"#, r#"{"id":"x","token":"x"}"#, r#"{"id":"1"}"#] {
        assert_eq!(interaction(nonsense), Translated::Nonsense, "{nonsense}");
    }
}

#[test]
fn ready_is_one_the_library_reads() {
    let user = json!({ "id": "42", "username": "kronikas", "shape": ["new"] });
    let guilds: Vec<Guild> = serde_json::from_str(r#"[{"id":"6","shape":"new"}]"#).expect("readable");
    let data = ready(&user, &json!({ "id": "43", "flags": 1 }), &guilds, 1, 2);
    let ready: serenity::model::gateway::Ready = serde_json::from_str(&data).expect("readable");
    assert_eq!((ready.user.id.get(), ready.application.id.get(), ready.guilds[0].id.get()), (42, 43, 6));
    assert_eq!(ready.shard.map(|shard| (shard.id.0, shard.total)), Some((1, 2)));
}
