//! People who type, press and choose.

use std::sync::Arc;
use std::time::Instant;

use serde_json::{Value, json};

use super::APPLICATION;
use super::gateway::me;
use super::state::{Interaction, Message, Shared};

/// A channel; in a guild, or the direct messages with the bot.
#[derive(Debug, Clone)]
pub struct Room {
    pub id: u64,
    pub guild: Option<u64>,
    pub name: String,
}

/// Somebody who uses the bot.
#[derive(Clone)]
pub struct Actor {
    shared: Arc<Shared>,
    pub id: u64,
    pub name: String,
}

/// A message as it stands after an answer.
#[derive(Clone)]
pub struct Said {
    pub message: u64,
    pub body: Value,
    /// Whether only one person sees it.
    pub ephemeral: bool,
    room: Room,
}

impl Said {
    /// Its text: content, titles and descriptions.
    pub fn text(&self) -> String {
        let mut text = self.body["content"].as_str().unwrap_or_default().to_owned();
        for embed in self.body["embeds"].as_array().into_iter().flatten() {
            for part in ["title", "description"] {
                text.push_str(embed[part].as_str().unwrap_or_default());
                text.push('\n');
            }
        }
        text
    }

    /// The title of its card.
    pub fn title(&self) -> &str {
        self.body["embeds"][0]["title"].as_str().unwrap_or_default()
    }

    /// Its buttons: label and id.
    pub fn buttons(&self) -> Vec<(String, String)> {
        let parts = |component: &Value| (text(&component["label"]), text(&component["custom_id"]));
        self.components(2).iter().map(parts).collect()
    }

    /// The lines of its menus: label, value, and the menu's id.
    pub fn menu(&self) -> Vec<(String, String, String)> {
        let mut lines = Vec::new();
        for menu in self.components(3) {
            for option in menu["options"].as_array().into_iter().flatten() {
                lines.push((text(&option["label"]), text(&option["value"]), text(&menu["custom_id"])));
            }
        }
        lines
    }

    fn components(&self, kind: u64) -> Vec<Value> {
        let rows = self.body["components"].as_array().cloned().unwrap_or_default();
        let inside = rows.iter().flat_map(|row| row["components"].as_array().cloned().unwrap_or_default());
        inside.filter(|component| component["type"] == kind).collect()
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// A message in the form in which Discord sends it.
pub fn message_json(message: &Message) -> Value {
    let components = with_ids(&message.body["components"]);
    json!({
        "id": message.id.to_string(), "channel_id": message.room.to_string(), "author": me(), "type": 20,
        "content": message.body["content"].as_str().unwrap_or_default(),
        "embeds": message.body["embeds"].as_array().cloned().unwrap_or_default(), "components": components,
        "timestamp": "2026-11-24T08:00:00.000000+00:00", "edited_timestamp": null, "tts": false, "mention_everyone": false,
        "mentions": [], "mention_roles": [], "attachments": [], "pinned": false,
        "flags": if message.ephemeral_to.is_some() { 64 } else { 0 },
    })
}

fn with_ids(components: &Value) -> Value {
    Value::Array(components.as_array().cloned().unwrap_or_default())
}

impl Actor {
    pub fn new(shared: Arc<Shared>, id: u64, name: &str) -> Actor {
        Actor { shared, id, name: name.to_owned() }
    }

    /// Types a slash command and waits for its answer.
    pub async fn slash(&self, room: &Room, command: &str, options: Value) -> Said {
        let given: Vec<Value> = options
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, value)| json!({ "name": name, "type": if value.is_boolean() { 5 } else { 3 }, "value": value }))
            .collect();
        let data = json!({ "id": "1", "name": command, "type": 1, "options": given });
        let id = self.send(room, 2, data, &format!("/{command} {options}"), None);
        self.answer(id).await
    }

    /// Chooses "Look this up" (or another message command) on somebody's message.
    pub async fn message_command(&self, room: &Room, command: &str, message: &str) -> Said {
        let target = self.shared.state().new_id();
        let mut said = message_json(&Message {
            id: target,
            room: room.id,
            body: json!({ "content": message }),
            ephemeral_to: None,
            asked: String::new(),
        });
        said["author"] = self.user();
        let data = json!({ "id": "2", "name": command, "type": 3, "target_id": target.to_string(),
            "resolved": { "messages": { target.to_string(): said } } });
        let id = self.send(room, 2, data, &format!("[{command}]"), None);
        self.answer(id).await
    }

    /// What is offered while typing: names and values.
    pub async fn typing(&self, room: &Room, command: &str, option: &str, typed: &str) -> Vec<(String, String)> {
        let data = json!({ "id": "1", "name": command, "type": 1,
            "options": [{ "name": option, "type": 3, "value": typed, "focused": true }] });
        let id = self.send(room, 4, data, &format!("/{command} {typed}…"), None);
        self.wait_for(id).await;
        let state = self.shared.state();
        let answer = state.interactions.get(&id).and_then(|interaction| interaction.answer.clone());
        let (_, body) = answer.expect("an answer was waited for");
        let choices = body["data"]["choices"].as_array().cloned().unwrap_or_default();
        choices.iter().map(|choice| (text(&choice["name"]), text(&choice["value"]))).collect()
    }

    /// Presses the button with that label.
    pub async fn press(&self, said: &Said, label: &str) -> Said {
        let buttons = said.buttons();
        let found = buttons.iter().find(|(known, _)| known.contains(label));
        let (_, id) = found.unwrap_or_else(|| panic!("no button {label:?} among {buttons:?}"));
        self.press_id(said, id).await
    }

    /// Presses a button by any id, as somebody with a modified client could.
    pub async fn press_id(&self, said: &Said, custom_id: &str) -> Said {
        let data = json!({ "component_type": 2, "custom_id": custom_id });
        let id = self.send(&said.room, 3, data, &format!("[{custom_id}]"), Some(said.message));
        self.answer(id).await
    }

    /// Chooses the menu line with that label.
    pub async fn choose(&self, said: &Said, label: &str) -> Said {
        let lines = said.menu();
        let found = lines.iter().find(|(known, ..)| known.contains(label));
        let (_, value, menu) = found.unwrap_or_else(|| panic!("no line {label:?} among {lines:?}"));
        let data = json!({ "component_type": 3, "custom_id": menu, "values": [value] });
        let id = self.send(&said.room, 3, data, &format!("[{label}]"), Some(said.message));
        self.answer(id).await
    }

    /// Delivers an interaction a second time, as a resumed session may.
    pub async fn slash_twice(&self, room: &Room, command: &str, options: Value) -> Said {
        let given: Vec<Value> = options
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, value)| json!({ "name": name, "type": 3, "value": value }))
            .collect();
        let data = json!({ "id": "1", "name": command, "type": 1, "options": given });
        let (id, event) = self.prepare(room, 2, data, "twice", None);
        for _ in 0..2 {
            self.shared.state().dispatch("INTERACTION_CREATE", &event);
        }
        self.answer(id).await
    }

    fn send(&self, room: &Room, kind: u64, data: Value, what: &str, pressed: Option<u64>) -> u64 {
        let (id, event) = self.prepare(room, kind, data, what, pressed);
        self.shared.state().dispatch("INTERACTION_CREATE", &event);
        id
    }

    fn prepare(&self, room: &Room, kind: u64, data: Value, what: &str, pressed: Option<u64>) -> (u64, Value) {
        let mut state = self.shared.state();
        let id = state.new_id();
        let token = format!("CANARY-interaction-token-{id}");
        let mut event = json!({
            "id": id.to_string(), "application_id": APPLICATION.to_string(), "type": kind, "token": token, "version": 1,
            "channel_id": room.id.to_string(), "locale": "en-GB", "entitlements": [], "authorizing_integration_owners": {},
            "app_permissions": "117760", "attachment_size_limit": 10_485_760, "context": if room.guild.is_some() { 0 } else { 1 },
            "data": data,
        });
        match room.guild {
            Some(guild) => {
                event["guild_id"] = json!(guild.to_string());
                event["member"] = json!({ "user": self.user(), "roles": [], "joined_at": "2026-09-01T08:00:00.000000+00:00",
                    "deaf": false, "mute": false, "flags": 0, "permissions": "2147483647" });
            }
            None => event["user"] = self.user(),
        }
        if let Some(message) = pressed.and_then(|pressed| state.messages.iter().find(|message| message.id == pressed)) {
            event["message"] = message_json(message);
        }
        state.interactions.insert(
            id,
            Interaction {
                token,
                what: format!("{}: {what}", self.name),
                room: room.id,
                user: self.name.clone(),
                pressed,
                sent: Instant::now(),
                answer: None,
                message: None,
                deferred: false,
                may_be_silent: false,
            },
        );
        (id, event)
    }

    fn user(&self) -> Value {
        json!({ "id": self.id.to_string(), "username": self.name.to_lowercase(), "discriminator": "0", "global_name": self.name,
            "avatar": null, "public_flags": 0 })
    }

    async fn wait_for(&self, id: u64) {
        let done = |state: &super::state::State| {
            state.interactions.get(&id).is_some_and(|interaction| interaction.answer.is_some() && !interaction.deferred)
        };
        self.shared.wait(&format!("an answer to {}", self.name), done).await;
    }

    async fn answer(&self, id: u64) -> Said {
        self.wait_for(id).await;
        let state = self.shared.state();
        let interaction = &state.interactions[&id];
        let message =
            state.messages.iter().find(|message| Some(message.id) == interaction.message).expect("an answer is a message");
        Said {
            message: message.id,
            body: message.body.clone(),
            ephemeral: message.ephemeral_to.is_some(),
            room: state.rooms[&message.room].clone(),
        }
    }
}
