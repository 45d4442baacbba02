//! People who type, press and choose.

use std::sync::Arc;
use std::time::Instant;

use serde_json::{Value, json};

use super::guilds::{Room, permission};
use super::messages::Message;
use super::said::{Modal, Said, inputs, text};
use super::state::{Interaction, Shared, State};
use super::targets::Target;
use super::{APPLICATION, typed};

/// Somebody who uses the bot.
#[derive(Clone)]
pub struct Actor {
    shared: Arc<Shared>,
    pub id: u64,
    pub name: String,
}

/// Something done whose answer is not waited for yet.
#[must_use]
pub struct Pending {
    actor: Actor,
    id: u64,
}

impl Pending {
    /// Waits for the message that answers it.
    pub async fn answer(self) -> Said {
        self.actor.answer(self.id).await
    }
}

impl Actor {
    pub fn new(shared: Arc<Shared>, id: u64, name: &str) -> Actor {
        Actor { shared, id, name: name.to_owned() }
    }

    /// Types a slash command and waits for its answer; `"daily set"` types a subcommand, and a
    /// channel is given as [`Room::as_option`].
    pub async fn slash(&self, room: &Room, command: &str, options: Value) -> Said {
        self.begin_slash(room, command, options).answer().await
    }

    /// Types a slash command without waiting.
    pub fn begin_slash(&self, room: &Room, command: &str, options: Value) -> Pending {
        let data = typed::command(&self.shared.state(), self.id, room, command, &options, None);
        self.begin(room, 2, data, &format!("/{command} {options}"), None, 1)
    }

    /// Types a slash command that is answered with a form.
    pub async fn slash_for_modal(&self, room: &Room, command: &str, options: Value) -> Modal {
        let pending = self.begin_slash(room, command, options);
        self.modal(pending.id).await
    }

    /// Delivers a command a second time, as a resumed session may.
    pub async fn slash_twice(&self, room: &Room, command: &str, options: Value) -> Said {
        let data = typed::command(&self.shared.state(), self.id, room, command, &options, None);
        self.begin(room, 2, data, "twice", None, 2).answer().await
    }

    /// Chooses "Look this up" (or another message command) on a message they wrote.
    pub async fn message_command(&self, room: &Room, command: &str, message: &str) -> Said {
        self.message_command_on(room, command, &Target::Text(message)).await
    }

    /// Chooses a message command on any message.
    pub async fn message_command_on(&self, room: &Room, command: &str, target: &Target<'_>) -> Said {
        self.begin_message_command(room, command, target).answer().await
    }

    /// The same without waiting.
    pub fn begin_message_command(&self, room: &Room, command: &str, target: &Target<'_>) -> Pending {
        let data = {
            let mut state = self.shared.state();
            let message = target.json(&state, self.empty_message(&state, room, 0));
            let id = state.new_snowflake().0;
            let id = if message["id"] == "0" { id.to_string() } else { text(&message["id"]) };
            let mut message = message;
            message["id"] = json!(id);
            let registered = typed::shown(&state, self.id, room, command, 3);
            json!({ "id": registered, "name": command, "type": 3, "target_id": id, "resolved": { "messages": { id: message } } })
        };
        self.begin(room, 2, data, &format!("[{command}]"), None, 1)
    }

    /// A message of theirs without anything in it.
    fn empty_message(&self, state: &State, room: &Room, id: u64) -> Value {
        let message = Message {
            idx: 0,
            id,
            room: room.id,
            author: self.id,
            body: json!({}),
            files: Vec::new(),
            at: state.now(),
            edited: None,
            ephemeral_to: None,
            asked: String::new(),
            nonce: None,
            deleted: false,
        };
        message.json(state)
    }

    /// Installs the application for themselves: it is with them wherever they are.
    pub fn installs_the_app(&self) {
        self.shared.state().installed.insert(self.id);
    }

    /// Writes a message of their own.
    pub fn says(&self, room: &Room, content: &str) -> u64 {
        self.shared.state().add_message(room.id, self.id, json!({ "content": content }), Vec::new()).id
    }

    /// Takes no direct messages from the bot any more, or does again.
    pub fn closes_direct_messages(&self, closed: bool) {
        if let Some(person) = self.shared.state().people.get_mut(&self.id) {
            person.closed = closed;
        }
    }

    /// Leaves the last server shared with the bot, or joins one again.
    pub fn leaves_every_server(&self, apart: bool) {
        if let Some(person) = self.shared.state().people.get_mut(&self.id) {
            person.apart = apart;
        }
    }

    /// What is offered while typing: names and values.
    pub async fn typing(&self, room: &Room, command: &str, option: &str, typed: &str) -> Vec<(String, String)> {
        self.typing_with(room, command, json!({}), option, typed).await
    }

    /// The same with other options filled in before.
    pub async fn typing_with(
        &self,
        room: &Room,
        command: &str,
        given: Value,
        option: &str,
        typed: &str,
    ) -> Vec<(String, String)> {
        let data = typed::command(&self.shared.state(), self.id, room, command, &given, Some((option, typed)));
        let pending = self.begin(room, 4, data, &format!("/{command} {typed}…"), None, 1);
        let body = self.body(pending.id).await;
        let choices = body["data"]["choices"].as_array().cloned().unwrap_or_default();
        choices.iter().map(|choice| (text(&choice["name"]), text(&choice["value"]))).collect()
    }

    /// Presses the button with that label.
    pub async fn press(&self, said: &Said, label: &str) -> Said {
        self.begin_press(said, label).answer().await
    }

    /// Presses the button with that label without waiting.
    pub fn begin_press(&self, said: &Said, label: &str) -> Pending {
        self.begin_press_id(said, &said.button(label), 1)
    }

    /// Presses a button by any id, as somebody with a modified client could.
    pub async fn press_id(&self, said: &Said, custom_id: &str) -> Said {
        self.begin_press_id(said, custom_id, 1).answer().await
    }

    /// Presses a button once, but the press is delivered twice.
    pub async fn press_twice(&self, said: &Said, label: &str) -> Said {
        self.begin_press_id(said, &said.button(label), 2).answer().await
    }

    /// Presses a button that shows a form.
    pub async fn press_for_modal(&self, said: &Said, label: &str) -> Modal {
        let pending = self.begin_press(said, label);
        self.modal(pending.id).await
    }

    /// Presses by any id what shows a form.
    pub async fn press_id_for_modal(&self, said: &Said, custom_id: &str) -> Modal {
        let pending = self.begin_press_id(said, custom_id, 1);
        self.modal(pending.id).await
    }

    fn begin_press_id(&self, said: &Said, custom_id: &str, times: usize) -> Pending {
        let data = json!({ "component_type": 2, "custom_id": custom_id, "id": 2 });
        self.begin(&said.room, 3, data, &format!("[{custom_id}]"), Some(said.message), times)
    }

    /// Chooses the menu line with that label.
    pub async fn choose(&self, said: &Said, label: &str) -> Said {
        let lines = said.menu();
        let found = lines.iter().find(|(known, ..)| known.contains(label));
        let (_, value, menu) = found.unwrap_or_else(|| panic!("no line {label:?} among {lines:?}"));
        let data = json!({ "component_type": 3, "custom_id": menu, "values": [value] });
        self.begin(&said.room, 3, data, &format!("[{label}]"), Some(said.message), 1).answer().await
    }

    /// Fills a form in (label or id of an input, and what is typed there) and sends it.
    pub async fn submit(&self, modal: &Modal, values: &[(&str, &str)]) -> Said {
        let mut rows = Vec::new();
        for (id, label) in &modal.inputs {
            let value = values.iter().find(|(known, _)| known == id || label.contains(known)).map_or("", |(_, value)| value);
            let input = json!({ "type": 4, "id": 2, "custom_id": id, "value": value });
            rows.push(json!({ "type": 1, "id": 1, "components": [input] }));
        }
        for (known, _) in values {
            let there = modal.inputs.iter().any(|(id, label)| known == id || label.contains(known));
            assert!(there, "no input {known:?} among {:?}", modal.inputs);
        }
        let data = json!({ "custom_id": modal.custom_id, "components": rows });
        let typed: Vec<&str> = values.iter().map(|(_, value)| *value).collect();
        let what = format!("⧉ {} {typed:?}", modal.title);
        self.begin(&modal.room, 5, data, &what, modal.message, 1).answer().await
    }

    fn begin(&self, room: &Room, kind: u64, data: Value, what: &str, pressed: Option<u64>, times: usize) -> Pending {
        let mut state = self.shared.state();
        let (id, event) = self.prepare(&mut state, room, kind, data, what, pressed);
        for _ in 0..times {
            state.dispatch("INTERACTION_CREATE", &event);
        }
        Pending { actor: self.clone(), id }
    }

    fn prepare(&self, state: &mut State, room: &Room, kind: u64, data: Value, what: &str, pressed: Option<u64>) -> (u64, Value) {
        let (id, _) = state.new_snowflake();
        let token = format!("CANARY-interaction-token-{id}");
        let channel = &state.channels[&room.id];
        let place = state.place(self.id, room);
        let owners = state.owners(self.id, room, pressed, &data);
        let mut event = json!({
            "id": id.to_string(), "application_id": APPLICATION.to_string(), "type": kind, "token": token, "version": 1,
            "channel_id": room.id.to_string(), "channel": state.partial_channel(room), "locale": "en-GB", "entitlements": [],
            "entitlement_sku_ids": [], "authorizing_integration_owners": owners,
            "app_permissions": state.app_permissions(&place, room).to_string(), "attachment_size_limit": 10_485_760,
            "context": place.context(), "data": data,
        });
        match room.guild {
            Some(guild) => {
                let mut member = state.guilds[&guild].member(self.id, state);
                member["permissions"] = json!(state.permissions(self.id, channel).to_string());
                event["guild_id"] = json!(guild.to_string());
                event["guild"] = json!({ "id": guild.to_string(), "locale": "hu", "features": [] });
                event["guild_locale"] = json!("hu");
                event["member"] = member;
            }
            None => event["user"] = state.people[&self.id].json(),
        }
        if let Some(pressed) = pressed {
            let message = state.message(pressed).expect("what is pressed is still there");
            event["message"] = message.json(state);
        }
        let interaction = Interaction {
            event: event.clone(),
            token,
            kind,
            what: format!("{}: {what}", self.name),
            room: room.id,
            user: self.name.clone(),
            pressed,
            sent: Instant::now(),
            sent_at: state.now(),
            answer: None,
            message: None,
            shown: None,
            owners,
            follow_ups: Vec::new(),
            deferred: false,
            may_be_silent: false,
        };
        state.interactions.insert(id, interaction);
        (id, event)
    }

    /// Waits for an answer that is no mere promise; its body.
    async fn body(&self, id: u64) -> Value {
        let done = |state: &State| {
            state.interactions.get(&id).is_some_and(|interaction| interaction.answer.is_some() && !interaction.deferred)
        };
        self.shared.wait(&format!("an answer to {}", self.name), done).await;
        self.shared.state().interactions[&id].answer.clone().expect("it was waited for").1
    }

    async fn answer(&self, id: u64) -> Said {
        self.body(id).await;
        let state = self.shared.state();
        let message = state.interactions[&id].shown.expect("an answer is a message");
        let message = state.messages.iter().find(|known| known.id == message).expect("messages are kept");
        Said::of(&state, message)
    }

    async fn modal(&self, id: u64) -> Modal {
        let body = self.body(id).await;
        assert_eq!(body["type"], 9, "the answer is no form: {body}");
        let state = self.shared.state();
        let interaction = &state.interactions[&id];
        let data = &body["data"];
        Modal {
            custom_id: text(&data["custom_id"]),
            title: text(&data["title"]),
            inputs: inputs(data),
            body: data.clone(),
            room: state.channels[&interaction.room].room(),
            message: interaction.pressed,
        }
    }

    /// Whether they may manage the guild.
    pub fn is_teacher(&self) -> bool {
        self.shared.state().people[&self.id].permissions & permission::MANAGE_GUILD != 0
    }
}
