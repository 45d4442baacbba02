//! Messages: how they stand, how they are sent over the wire, how they change.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::clock::iso;
use super::gateway::me;
use super::state::State;
use super::{APPLICATION, BOT};

/// A file on a message.
#[derive(Debug, Clone)]
pub struct File {
    /// The number it was sent under, then its id.
    pub id: u64,
    pub name: String,
    /// Its alt text.
    pub description: Option<String>,
    pub kind: String,
    pub bytes: Vec<u8>,
}

/// A message in a room.
#[derive(Clone)]
pub struct Message {
    /// Its place in the order of things, whatever the clock said.
    pub idx: u64,
    pub id: u64,
    pub room: u64,
    pub author: u64,
    pub body: Value,
    pub files: Vec<File>,
    pub at: Timestamp,
    pub edited: Option<Timestamp>,
    pub ephemeral_to: Option<String>,
    /// Who did what to get it; empty for a post.
    pub asked: String,
    pub nonce: Option<String>,
    pub deleted: bool,
}

impl Message {
    pub fn is_post(&self) -> bool {
        self.asked.is_empty()
    }

    /// Whether it answers somebody.
    pub fn is_answer(&self) -> bool {
        !self.is_post()
    }

    pub fn is_own_post(&self) -> bool {
        self.is_post() && self.author == BOT
    }

    /// The message in the form in which Discord sends it.
    pub fn json(&self, state: &State) -> Value {
        let list = |part: &str| Value::Array(self.body[part].as_array().cloned().unwrap_or_default());
        let author = if self.author == BOT { me() } else { state.people[&self.author].json() };
        let files = self.files.iter().map(|file| self.file_json(file));
        let mut out = json!({
            "id": self.id.to_string(), "channel_id": self.room.to_string(), "author": author,
            "type": if self.is_post() { 0 } else { 20 }, "content": self.body["content"].as_str().unwrap_or_default(),
            "embeds": list("embeds"), "components": numbered(list("components")), "timestamp": iso(self.at),
            "edited_timestamp": self.edited.map(iso), "tts": false, "mention_everyone": false,
            "mentions": [], "mention_roles": [], "attachments": files.collect::<Vec<_>>(), "pinned": false,
            "flags": if self.ephemeral_to.is_some() { 64 } else { 0 },
        });
        if let Some((id, interaction)) = state.interactions.iter().find(|(_, interaction)| interaction.led_to(self.id)) {
            // 20 after a slash command, 23 after one in a message's menu.
            out["type"] = json!(if interaction.event["data"]["type"] == 3 { 23 } else { 20 });
            out["application_id"] = json!(APPLICATION.to_string());
            out["webhook_id"] = json!(APPLICATION.to_string());
            out["interaction_metadata"] = interaction.metadata(*id);
        }
        if let Some(thread) = state.channels.get(&self.id).filter(|thread| !thread.deleted) {
            out["thread"] = thread.json(state);
        }
        out
    }

    /// The same without what the bot may not read without the message content intent.
    pub fn history_json(&self, state: &State) -> Value {
        let mut out = self.json(state);
        if self.author != BOT && state.channels[&self.room].guild.is_some() {
            out["content"] = json!("");
            for part in ["embeds", "components", "attachments"] {
                out[part] = json!([]);
            }
        }
        out
    }

    fn file_json(&self, file: &File) -> Value {
        let url = format!("https://cdn.example/attachments/{}/{}/{}", self.room, file.id, file.name);
        let mut out = json!({ "id": file.id.to_string(), "filename": file.name, "size": file.bytes.len(), "url": url,
            "proxy_url": url, "content_type": file.kind });
        if let Some(description) = &file.description {
            out["description"] = json!(description);
        }
        out
    }

    /// What the message would be after an edit. A part that is not named stays; `null` empties it.
    /// Of the files, `attachments` names those that stay; without it all do.
    pub fn edited(&self, data: &Value, new: &[File]) -> Message {
        let mut out = self.clone();
        for part in ["content", "embeds", "components"] {
            match data.get(part) {
                Some(Value::Null) => drop(out.body.as_object_mut().and_then(|body| body.remove(part))),
                Some(value) => out.body[part] = value.clone(),
                None => {}
            }
        }
        if let Some(kept) = data["attachments"].as_array() {
            let named = |file: &File| kept.iter().any(|kept| number(&kept["id"]) == Some(file.id));
            out.files.retain(named);
        }
        out.files.extend(new.iter().cloned());
        if let Some(body) = out.body.as_object_mut() {
            body.remove("loading");
        }
        out
    }
}

/// The components with the numbers that Discord gives to those that came without.
fn numbered(mut rows: Value) -> Value {
    let mut idx = 0;
    for row in rows.as_array_mut().into_iter().flatten() {
        idx += 1;
        row["id"] = json!(idx);
        for component in row["components"].as_array_mut().into_iter().flatten() {
            idx += 1;
            component["id"] = json!(idx);
        }
    }
    rows
}

/// A number that may be written as text.
pub fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

/// The files with the names and alt texts that the body gives them.
pub fn described(data: &Value, mut files: Vec<File>) -> Vec<File> {
    for file in &mut files {
        let entries = data["attachments"].as_array().into_iter().flatten();
        if let Some(entry) = entries.into_iter().find(|entry| number(&entry["id"]) == Some(file.id)) {
            file.description = entry["description"].as_str().map(str::to_owned);
            if let Some(name) = entry["filename"].as_str() {
                name.clone_into(&mut file.name);
            }
        }
    }
    files
}

impl State {
    /// The message with that id, unless it was deleted.
    pub fn message(&self, id: u64) -> Option<&Message> {
        self.messages.iter().find(|message| message.id == id && !message.deleted)
    }

    pub fn message_mut(&mut self, id: u64) -> Option<&mut Message> {
        self.messages.iter_mut().find(|message| message.id == id && !message.deleted)
    }

    /// Puts a message of now into a room; its files get their ids.
    pub fn add_message(&mut self, room: u64, author: u64, body: Value, files: Vec<File>) -> &mut Message {
        let (id, idx) = self.new_snowflake();
        let files = self.with_ids(files);
        let at = self.now();
        self.messages.push(Message {
            idx,
            id,
            room,
            author,
            body,
            files,
            at,
            edited: None,
            ephemeral_to: None,
            asked: String::new(),
            nonce: None,
            deleted: false,
        });
        if let Some(channel) = self.channels.get_mut(&room) {
            channel.last_message = Some(id);
        }
        self.messages.last_mut().expect("just put there")
    }

    /// Gives uploaded files their ids.
    pub fn with_ids(&mut self, mut files: Vec<File>) -> Vec<File> {
        for file in &mut files {
            file.id = self.new_snowflake().0;
        }
        files
    }

    /// Puts the edited form in the message's place.
    pub fn put_edited(&mut self, edited: Message) {
        if let Some(message) = self.message_mut(edited.id) {
            *message = edited;
        }
    }

    /// Deletes a message; whether it was there.
    pub fn delete(&mut self, id: u64) -> bool {
        self.message_mut(id).map(|message| message.deleted = true).is_some()
    }
}
