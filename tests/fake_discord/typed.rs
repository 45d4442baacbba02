//! What a client sends for a command that was typed.

use serde_json::{Map, Value, json};

use super::guilds::Room;
use super::messages::number;
use super::state::State;

const CHANNEL: u64 = 7;

/// The data of a slash command (`"daily set"` for a subcommand). The client knows the registered
/// commands: it sends each option under its registered kind, and refuses what is not registered or
/// lacks what is required.
pub fn command(state: &State, user: u64, room: &Room, command: &str, options: &Value, focused: Option<(&str, &str)>) -> Value {
    let mut path = command.split(' ');
    let name = path.next().unwrap_or_default();
    let path: Vec<&str> = path.collect();
    let id = shown(state, user, room, name, 1);
    let mut known = state.commands.iter().find(|known| known["id"] == id);
    let mut kinds = Vec::new();
    for part in &path {
        known = known.and_then(|known| listed(known).find(|option| option["name"] == *part));
        assert!(known.is_some() || state.commands.is_empty(), "/{command} is not registered");
        kinds.push(known.map_or(1, |known| known["type"].as_u64().unwrap_or_default()));
    }
    let mut given: Vec<Value> = Vec::new();
    let mut channels = Map::new();
    for (option, value) in options.as_object().into_iter().flatten() {
        let kind = kind(known, command, option, value);
        if kind == CHANNEL {
            let id = number(value).unwrap_or_else(|| panic!("/{command} {option} is no channel: {value}"));
            channels.insert(id.to_string(), channel(state, id));
        }
        given.push(json!({ "name": option, "type": kind, "value": value }));
    }
    if let Some((option, typed)) = focused {
        // While typing, even a number is text.
        let kind = kind(known, command, option, &json!(typed));
        given.push(json!({ "name": option, "type": kind, "value": typed, "focused": true }));
    } else {
        for required in known.into_iter().flat_map(listed).filter(|option| option["required"] == true) {
            let there = given.iter().any(|given| given["name"] == required["name"]);
            assert!(there, "/{command} needs {}", required["name"]);
        }
    }
    for (part, kind) in path.iter().zip(&kinds).rev() {
        given = vec![json!({ "name": part, "type": kind, "options": given })];
    }
    // Without registered commands a group cannot be told from a subcommand but by its place.
    if state.commands.is_empty() && path.len() == 2 {
        given[0]["type"] = json!(2);
    }
    let mut data = json!({ "id": id, "name": name, "type": 1, "options": given });
    if let Some(guild) = state.commands.iter().find(|known| known["id"] == id).and_then(|known| known.get("guild_id")) {
        data["guild_id"] = guild.clone();
    }
    if !channels.is_empty() {
        data["resolved"] = json!({ "channels": channels });
    }
    data
}

/// The id of a registered command as it is shown to somebody in a room, once; any id while nothing is
/// registered.
pub fn shown(state: &State, user: u64, room: &Room, name: &str, kind: u64) -> Value {
    if state.commands.is_empty() {
        return json!("1");
    }
    let shown = state.registry.shown(&state.place(user, room));
    let mut found = shown.iter().filter(|known| known["name"] == name && known["type"] == kind);
    let first = found.next().unwrap_or_else(|| panic!("/{name} is not shown to them there"));
    assert!(found.next().is_none(), "/{name} is shown twice");
    first["id"].clone()
}

fn listed(known: &Value) -> impl Iterator<Item = &Value> {
    known["options"].as_array().into_iter().flatten()
}

fn kind(known: Option<&Value>, command: &str, option: &str, value: &Value) -> u64 {
    let Some(known) = known else {
        return match value {
            Value::Bool(_) => 5,
            Value::Number(number) if number.is_f64() => 10,
            Value::Number(_) => 4,
            _ => 3,
        };
    };
    let registered = listed(known).find(|registered| registered["name"] == option);
    let registered = registered.unwrap_or_else(|| panic!("/{command} has no option {option}"));
    let kind = registered["type"].as_u64().unwrap_or_default();
    let fits = match kind {
        3 => value.is_string(),
        4 => value.is_i64() || value.is_u64(),
        5 => value.is_boolean(),
        10 => value.is_number(),
        _ => true,
    };
    assert!(fits || registered["autocomplete"] == true, "/{command} {option} is of type {kind}, not {value}");
    kind
}

fn channel(state: &State, id: u64) -> Value {
    let channel = state.channels.get(&id).unwrap_or_else(|| panic!("no channel {id} to choose"));
    let full = channel.json(state);
    let mut out = json!({ "permissions": state.bot_may(id).to_string() });
    for part in ["id", "type", "name", "parent_id", "thread_metadata", "flags", "last_message_id"] {
        if let Some(value) = full.get(part) {
            out[part] = value.clone();
        }
    }
    out
}
