//! The commands an application has: for everybody and for single guilds, and who is shown which.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::guilds::{Room, permission};
use super::rest::{Call, Outcome, Refused, done};
use super::state::State;
use super::{APPLICATION, FakeDiscord, judge, limits};

/// The kind of an Entry Point command, which starts an application's Activity.
const ENTRY_POINT: u64 = 4;

/// The commands in their scopes, and for whom the application may be installed.
pub struct Registry {
    global: Vec<Value>,
    guilds: BTreeMap<u64, Vec<Value>>,
    /// As set in the developer portal: 0 for guilds, 1 for users.
    installs: Vec<u64>,
}

impl Default for Registry {
    fn default() -> Registry {
        Registry { global: Vec::new(), guilds: BTreeMap::new(), installs: vec![0, 1] }
    }
}

/// A place as far as the picker of commands cares.
pub struct Picker {
    pub guild: Option<u64>,
    /// Whether the bot is there: a member of the guild, or the other side of direct messages.
    pub with_bot: bool,
    /// Whether who types has installed the application for themselves.
    pub installed: bool,
}

impl Picker {
    /// 0 a guild, 1 direct messages with the bot, 2 those with others.
    pub fn context(&self) -> u64 {
        match self.guild {
            Some(_) => 0,
            None if self.with_bot => 1,
            None => 2,
        }
    }
}

impl Registry {
    /// All of them, whatever their scope.
    pub fn all(&self) -> Vec<Value> {
        self.global.iter().chain(self.guilds.values().flatten()).cloned().collect()
    }

    /// The commands that somebody is shown in a place; a name twice if both scopes have it.
    pub fn shown(&self, place: &Picker) -> Vec<Value> {
        let of_guild = place.guild.filter(|_| place.with_bot).and_then(|guild| self.guilds.get(&guild)).into_iter().flatten();
        let global = self.global.iter().filter(|command| self.is_shown(command, place));
        global.chain(of_guild).cloned().collect()
    }

    fn is_shown(&self, command: &Value, place: &Picker) -> bool {
        let contexts = numbers(&command["contexts"]).unwrap_or_else(|| vec![0, 1, 2]);
        let installs = numbers(&command["integration_types"]).unwrap_or_else(|| self.installs.clone());
        let installed = place.with_bot && installs.contains(&0) || place.installed && installs.contains(&1);
        contexts.contains(&place.context()) && installed && command["type"] != ENTRY_POINT
    }

    fn list(&self, guild: Option<u64>) -> Vec<Value> {
        guild.map_or_else(|| self.global.clone(), |guild| self.guilds.get(&guild).cloned().unwrap_or_default())
    }

    /// What Discord has against a list in place of the one there is.
    fn complaints(&self, guild: Option<u64>, commands: &Value) -> Result<(), Refused> {
        let mut wrong = judge::complaints(if guild.is_some() { "guild_commands" } else { "commands" }, commands);
        wrong.extend(limits::command_complaints(commands));
        let list = || commands.as_array().into_iter().flatten();
        for command in list() {
            let asked = numbers(&command["integration_types"]).unwrap_or_default();
            if guild.is_none() && !asked.iter().all(|kind| self.installs.contains(kind)) {
                wrong.push(format!("{}: integration_types beyond those of the application", command["name"]));
            }
            if guild.is_some() && command["type"] == ENTRY_POINT {
                wrong.push("an Entry Point command in a guild".to_owned());
            }
        }
        if !wrong.is_empty() {
            return Err(Refused::form("commands", &wrong));
        }
        let entry = |mut commands: Box<dyn Iterator<Item = &Value> + '_>| commands.any(|command| command["type"] == ENTRY_POINT);
        if guild.is_none() && entry(Box::new(self.global.iter())) && !entry(Box::new(list())) {
            let why = "You cannot remove this app's Entry Point command in a bulk update operation";
            return Err(Refused::new(StatusCode::BAD_REQUEST, 50240, why));
        }
        Ok(())
    }
}

fn numbers(value: &Value) -> Option<Vec<u64>> {
    value.as_array().map(|list| list.iter().filter_map(Value::as_u64).collect())
}

/// The scope of a route's commands; a guild that removed the bot has none.
fn scope(state: &State, guild: Option<&str>) -> Result<Option<u64>, Refused> {
    let guild: Option<u64> = guild.and_then(|guild| guild.parse().ok());
    match guild.and_then(|guild| state.guilds.get(&guild)) {
        Some(known) if !known.has_bot => Err(Refused::new(StatusCode::FORBIDDEN, 50001, "Missing Access")),
        _ => Ok(guild),
    }
}

/// The commands of a scope.
pub fn get(state: &State, guild: Option<&str>) -> Outcome {
    done(Value::Array(state.registry.list(scope(state, guild)?)))
}

/// Puts a list in place of the commands of a scope.
pub fn overwrite(state: &mut State, guild: Option<&str>, call: &Call) -> Outcome {
    let guild = scope(state, guild)?;
    let body = &call.upload.body;
    state.registry.complaints(guild, body)?;
    let commands: Vec<Value> =
        body.as_array().into_iter().flatten().map(|command| registered(state, guild, command.clone())).collect();
    match guild {
        Some(guild) => drop(state.registry.guilds.insert(guild, commands.clone())),
        None => state.registry.global.clone_from(&commands),
    }
    state.commands = state.registry.all();
    state.registrations += 1;
    done(Value::Array(commands))
}

/// A command as Discord keeps it and gives it back.
fn registered(state: &mut State, guild: Option<u64>, mut command: Value) -> Value {
    let kind = command["type"].as_u64().unwrap_or(1);
    let before = state.registry.list(guild).into_iter().find(|known| known["name"] == command["name"] && known["type"] == kind);
    command["id"] = before.map_or_else(|| json!(state.new_snowflake().0.to_string()), |known| known["id"].clone());
    command["application_id"] = json!(APPLICATION.to_string());
    command["version"] = json!("1");
    command["type"] = json!(kind);
    command["description"] = json!(command["description"].as_str().unwrap_or_default());
    command["nsfw"] = json!(command["nsfw"].as_bool().unwrap_or(false));
    if let Some(permissions) = command["default_member_permissions"].as_u64() {
        command["default_member_permissions"] = json!(permissions.to_string());
    }
    match guild {
        // Only commands for everybody have these: what was said of them is forgotten.
        Some(guild) => {
            command["guild_id"] = json!(guild.to_string());
            command["contexts"] = Value::Null;
            command["integration_types"] = json!([0]);
        }
        None if command["integration_types"].is_null() => command["integration_types"] = json!(state.registry.installs),
        None => {}
    }
    command
}

/// `GET /applications/@me`.
pub fn application(state: &State) -> Value {
    let installs = state.registry.installs.iter();
    let kinds: serde_json::Map<String, Value> = installs.map(|kind| (kind.to_string(), json!({}))).collect();
    json!({ "id": APPLICATION.to_string(), "name": "Kronikas", "icon": null, "description": "", "bot_public": true,
        "bot_require_code_grant": false, "verify_key": "00", "flags": 0, "integration_types_config": kinds })
}

impl State {
    /// Whether the bot is in a room's guild, or the other side of these direct messages.
    pub fn is_with_bot(&self, room: &Room) -> bool {
        match room.guild {
            Some(guild) => self.guilds[&guild].has_bot,
            None => !self.groups.contains(&room.id),
        }
    }

    /// A room as somebody's picker of commands sees it.
    pub fn place(&self, user: u64, room: &Room) -> Picker {
        Picker { guild: room.guild, with_bot: self.is_with_bot(room), installed: self.installed.contains(&user) }
    }

    /// Whose installation an interaction rests on: the guild's, the user's own, or both; a press on an
    /// answer rests on what that one rested on.
    pub fn owners(&self, user: u64, room: &Room, pressed: Option<u64>, data: &Value) -> Value {
        let before = pressed.and_then(|pressed| self.interactions.values().find(|known| known.led_to(pressed)));
        if let Some(before) = before {
            return before.owners.clone();
        }
        let place = self.place(user, room);
        let mut owners = json!({});
        if place.with_bot {
            owners["0"] = json!(room.guild.unwrap_or_default().to_string());
        }
        let command = self.commands.iter().find(|known| known["id"] == data["id"]);
        let for_users = command.is_none_or(|known| numbers(&known["integration_types"]).is_none_or(|kinds| kinds.contains(&1)));
        if place.installed && for_users {
            owners["1"] = json!(user.to_string());
        }
        owners
    }

    /// What the bot may do where the interaction is.
    pub fn app_permissions(&self, place: &Picker, room: &Room) -> u64 {
        if place.with_bot {
            return self.bot_may(room.id);
        }
        // Elsewhere as `ATTACH_FILES | EMBED_LINKS | MENTION_EVERYONE`.
        permission::ATTACH_FILES | permission::EMBED_LINKS | 1 << 17
    }

    /// The channel as interactions bring it.
    pub fn partial_channel(&self, room: &Room) -> Value {
        let mut channel = self.channels[&room.id].json(self);
        if self.groups.contains(&room.id) {
            channel["type"] = json!(3);
        }
        channel
    }
}

impl FakeDiscord {
    /// Direct messages of several people, where the bot is not.
    pub fn group_messages(&self, name: &str) -> Room {
        let mut state = self.shared.state();
        let room = state.new_room(name, false);
        state.groups.insert(room.id);
        room
    }

    /// For whom the application may be installed: 0 guilds, 1 users, as ticked in the portal.
    pub fn allow_installs(&self, kinds: &[u64]) {
        self.shared.state().registry.installs = kinds.to_vec();
    }

    /// The application gets an Activity, and with it an Entry Point command.
    pub fn add_entry_point(&self) {
        let mut state = self.shared.state();
        let launch = json!({ "name": "launch", "description": "Launch the game", "type": ENTRY_POINT, "handler": 2,
            "integration_types": [0], "contexts": [0] });
        let launch = registered(&mut state, None, launch);
        state.registry.global.push(launch);
    }

    /// The commands of one scope: a guild's own, or those for everybody.
    pub fn commands_of(&self, guild: Option<u64>) -> Vec<Value> {
        self.shared.state().registry.list(guild)
    }

    /// Somebody with the bot's token registers commands in one scope, as another program would.
    pub fn leave_commands(&self, guild: Option<u64>, commands: &Value) {
        let mut state = self.shared.state();
        let list = commands.as_array().into_iter().flatten().map(|command| registered(&mut state, guild, command.clone()));
        let list: Vec<Value> = list.collect();
        match guild {
            Some(guild) => drop(state.registry.guilds.insert(guild, list)),
            None => state.registry.global = list,
        }
    }

    /// The names that the bot's members are shown in a room after a slash, sorted; one that is
    /// registered in both scopes twice.
    pub fn picker(&self, room: &Room) -> Vec<String> {
        let state = self.shared.state();
        let place = Picker { guild: room.guild, with_bot: state.is_with_bot(room), installed: false };
        let shown = state.registry.shown(&place);
        let mut names: Vec<String> =
            shown.iter().map(|command| command["name"].as_str().unwrap_or_default().to_owned()).collect();
        names.sort();
        names
    }
}
