//! What people see of a message, and what tests look at.

use jiff::Timestamp;
use serde_json::Value;

use super::guilds::Room;
use super::messages::{File, Message};
use super::state::State;

/// A message as it stands.
#[derive(Clone, Debug)]
pub struct Said {
    pub message: u64,
    pub body: Value,
    /// Its files; the description is the alt text.
    pub files: Vec<File>,
    /// Whether only one person sees it.
    pub ephemeral: bool,
    pub(super) room: Room,
}

/// A message that was put into a channel, not in answer to anybody.
#[derive(Clone, Debug)]
pub struct Posted {
    pub id: u64,
    pub body: Value,
    /// By the fake's clock.
    pub at: Timestamp,
    pub files: Vec<File>,
    pub nonce: Option<String>,
    pub deleted: bool,
    /// The same as something to read and press.
    pub said: Said,
}

/// A form that somebody was shown.
#[derive(Clone, Debug)]
pub struct Modal {
    pub custom_id: String,
    pub title: String,
    /// Ids and labels of its inputs.
    pub inputs: Vec<(String, String)>,
    pub body: Value,
    pub(super) room: Room,
    /// The message whose button showed it.
    pub(super) message: Option<u64>,
}

impl Said {
    pub fn of(state: &State, message: &Message) -> Said {
        Said {
            message: message.id,
            body: message.body.clone(),
            files: message.files.clone(),
            ephemeral: message.ephemeral_to.is_some(),
            room: state.channels[&message.room].room(),
        }
    }

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

    /// The id of the button with that label.
    pub fn button(&self, label: &str) -> String {
        let buttons = self.buttons();
        let found = buttons.iter().find(|(known, _)| known.contains(label));
        found.unwrap_or_else(|| panic!("no button {label:?} among {buttons:?}")).1.clone()
    }

    fn components(&self, kind: u64) -> Vec<Value> {
        let rows = self.body["components"].as_array().cloned().unwrap_or_default();
        let inside = rows.iter().flat_map(|row| row["components"].as_array().cloned().unwrap_or_default());
        inside.filter(|component| component["type"] == kind).collect()
    }
}

impl Posted {
    pub fn of(state: &State, message: &Message) -> Posted {
        Posted {
            id: message.id,
            body: message.body.clone(),
            at: message.at,
            files: message.files.clone(),
            nonce: message.nonce.clone(),
            deleted: message.deleted,
            said: Said::of(state, message),
        }
    }
}

/// The inputs of a modal: id and label.
pub fn inputs(data: &Value) -> Vec<(String, String)> {
    let mut out = Vec::new();
    for row in data["components"].as_array().into_iter().flatten() {
        if row["type"] == 18 {
            out.push((text(&row["component"]["custom_id"]), text(&row["label"])));
        }
        for input in row["components"].as_array().into_iter().flatten() {
            out.push((text(&input["custom_id"]), text(&input["label"])));
        }
    }
    out
}

/// A value that should be text.
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
