//! Makes interactions readable for serenity 0.12.5, which drops and logs a whole interaction if one part
//! has an unknown shape. Each interaction is parsed here first and repaired if possible; otherwise the
//! relay answers it.

use serde::Deserialize;
use serde_json::{Map, Value, json};
use serenity::model::application::{CommandInteraction, CommandType, ComponentInteraction, Interaction};

use super::frames::Guild;
use crate::discord::message_text::text_of_message;

/// The result of checking an interaction.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Translated {
    /// serenity can parse it, unchanged or repaired.
    Readable {
        /// The interaction as JSON.
        data: String,
        /// Whether a part had to be removed.
        mended: bool,
    },
    /// serenity cannot parse it, but it can be answered.
    Unreadable {
        /// The interaction's id.
        id: u64,
        /// Its token. A secret: anybody who has it can answer in our name.
        token: String,
        /// The body of the answer.
        answer: Value,
    },
    /// Not even the id and token can be parsed.
    Nonsense,
}

/// The answer to an interaction that cannot be parsed.
const SORRY: &str = "Discord sent me this in a form that I cannot read yet. Try it another way, for example with /event or /who.";

/// Makes an interaction readable for serenity.
pub(super) fn interaction(raw: &str) -> Translated {
    match is_readable(raw) {
        Some(Readable { on_a_message: false }) => Translated::Readable { data: raw.to_owned(), mended: false },
        _ => serde_json::from_str(raw).map_or(Translated::Nonsense, mend),
    }
}

/// An interaction that serenity can parse.
struct Readable {
    /// Whether it is a command on a message.
    on_a_message: bool,
}

/// Whether serenity can parse the interaction; `None` if it cannot. serenity itself goes through a tree
/// of values. Parsing the right type directly from the text accepts the same and is faster.
fn is_readable(raw: &str) -> Option<Readable> {
    #[derive(Deserialize)]
    struct Head {
        #[serde(rename = "type")]
        kind: u8,
    }
    let head: Head = serde_json::from_str(raw).ok()?;
    let on_a_message = match head.kind {
        2 | 4 => serde_json::from_str::<CommandInteraction>(raw).ok()?.data.kind == CommandType::Message,
        3 => serde_json::from_str::<ComponentInteraction>(raw).map(|_| false).ok()?,
        _ => serde_json::from_str::<Interaction>(raw).map(|_| false).ok()?,
    };
    Some(Readable { on_a_message })
}

/// Removes more and more parts until serenity can parse the rest.
fn mend(mut value: Value) -> Translated {
    let steps: [fn(&mut Value); 4] = [read_targets, reduce_messages, drop_resolved, keep_what_is_needed];
    for (taken_out, step) in steps.iter().enumerate() {
        step(&mut value);
        let data = value.to_string();
        if serde_json::from_str::<Interaction>(&data).is_ok() {
            return Translated::Readable { data, mended: taken_out > 0 };
        }
    }
    let id = value["id"].as_str().and_then(|id| id.parse().ok());
    let (Some(id), Some(token)) = (id, value["token"].as_str()) else { return Translated::Nonsense };
    Translated::Unreadable { id, token: token.to_owned(), answer: answer(&value["type"]) }
}

/// An answer of the type that fits the interaction.
fn answer(kind: &Value) -> Value {
    match kind.as_u64() {
        Some(1) => json!({ "type": 1 }),
        Some(4) => json!({ "type": 8, "data": { "choices": [] } }),
        _ => json!({ "type": 4, "data": { "content": SORRY, "flags": 64, "allowed_mentions": { "parse": [] } } }),
    }
}

/// Replaces the content of the messages that a command was used on by all their text, because serenity
/// keeps only a part of some messages.
fn read_targets(interaction: &mut Value) {
    let Some(messages) = interaction.pointer_mut("/data/resolved/messages").and_then(Value::as_object_mut) else { return };
    for message in messages.values_mut() {
        let text = text_of_message(message);
        *message = reduced_message(message);
        message["content"] = Value::String(text);
    }
}

fn reduce_messages(interaction: &mut Value) {
    if interaction["message"].is_object() {
        interaction["message"] = reduced_message(&interaction["message"]);
    }
}

fn drop_resolved(interaction: &mut Value) {
    if let Some(resolved) = interaction.pointer_mut("/data/resolved").and_then(Value::as_object_mut) {
        resolved.retain(|name, _| name == "messages");
    }
}

/// Keeps the parts of an interaction that the commands use; replaces all others by the minimum that
/// serenity requires.
fn keep_what_is_needed(interaction: &mut Value) {
    const KEPT: [&str; 12] = [
        "id",
        "application_id",
        "type",
        "data",
        "guild_id",
        "channel_id",
        "token",
        "message",
        "locale",
        "guild_locale",
        "app_permissions",
        "context",
    ];
    let mut kept = Map::new();
    for name in KEPT {
        if let Some(part) = interaction.get(name) {
            kept.insert(name.to_owned(), part.clone());
        }
    }
    if let Some(owners) = interaction["authorizing_integration_owners"].as_object() {
        let known = owners.iter().filter(|(kind, owner)| matches!(kind.as_str(), "0" | "1") && owner.is_string());
        let known: Map<String, Value> = known.map(|(kind, owner)| (kind.clone(), owner.clone())).collect();
        kept.insert("authorizing_integration_owners".to_owned(), Value::Object(known));
    }
    let channel = &interaction["channel"];
    if channel["id"].is_string() && channel["type"].is_u64() {
        kept.insert("channel".to_owned(), json!({ "id": channel["id"], "type": channel["type"], "name": channel["name"] }));
    }
    if interaction["member"].is_object() {
        let member = &interaction["member"];
        let reduced = json!({
            "user": reduced_user(&member["user"]), "permissions": member["permissions"], "roles": [], "nick": null,
            "joined_at": null, "premium_since": null, "deaf": false, "mute": false, "flags": 0,
        });
        kept.insert("member".to_owned(), reduced);
    }
    if interaction["user"].is_object() {
        kept.insert("user".to_owned(), reduced_user(&interaction["user"]));
    }
    kept.entry("locale").or_insert_with(|| json!("en-US"));
    for (name, plain) in [("version", json!(1)), ("entitlements", json!([])), ("attachment_size_limit", json!(0))] {
        kept.insert(name.to_owned(), plain);
    }
    *interaction = Value::Object(kept);
}

/// A message reduced to the fields that commands use.
fn reduced_message(message: &Value) -> Value {
    json!({
        "id": message["id"], "channel_id": message["channel_id"], "type": message["type"].as_u64().unwrap_or_default(),
        "content": message["content"].as_str().unwrap_or_default(),
        "author": reduced_user(&message["author"]),
        "timestamp": message["timestamp"].as_str().unwrap_or("1970-01-01T00:00:00+00:00"),
        "edited_timestamp": null, "tts": false, "mention_everyone": false, "mentions": [], "mention_roles": [],
        "attachments": [], "embeds": [], "components": [], "pinned": false,
        "flags": message["flags"].as_u64().unwrap_or_default(),
    })
}

fn reduced_user(user: &Value) -> Value {
    json!({
        "id": user["id"], "username": user["username"].as_str().unwrap_or_default(), "discriminator": "0", "avatar": null,
        "global_name": user["global_name"].as_str(), "bot": user["bot"].as_bool().unwrap_or_default(),
    })
}

/// READY for serenity, with the bot's identity and no fields of unknown shape.
pub(super) fn ready(user: &Value, application: &Value, guilds: &[Guild], shard: u32, shards: u32) -> String {
    let guilds: Vec<Value> = guilds.iter().map(|guild| json!({ "id": guild.id, "unavailable": true })).collect();
    json!({
        "v": 10, "user": reduced_user(user), "guilds": guilds, "session_id": "relay", "resume_gateway_url": "",
        "shard": [shard, shards],
        "application": { "id": application["id"], "flags": application["flags"].as_u64().unwrap_or_default() },
    })
    .to_string()
}

#[cfg(test)]
#[path = "translate_tests.rs"]
mod tests;
