//! From an interaction to a request.

use jiff::civil::Date;
use serenity::model::application::{
    CommandData, CommandDataOptionValue, CommandInteraction, CommandType, ComponentInteraction, ComponentInteractionDataKind,
};

use super::outbound::unmarked;
use crate::commands::{Request, Value};

/// What somebody did, without Discord's words for it.
#[derive(Debug)]
pub enum Asked {
    /// A slash command.
    Command {
        /// Its name.
        name: String,
        /// Its options.
        request: Request,
    },
    /// "Look this up" on a message, with its text.
    Message(String),
    /// A press of a button or a choice in a menu.
    Press {
        /// The id of what was pressed or chosen.
        id: String,
        /// Who asked for the card it stands on, if the id says so.
        asker: Option<u64>,
    },
}

impl Asked {
    /// What the log calls it; never what was typed.
    pub fn name(&self) -> &str {
        match self {
            Asked::Command { name, .. } => name,
            Asked::Message(_) => "look up this",
            Asked::Press { id, .. } => id.split('/').nth(1).unwrap_or("press"),
        }
    }

    /// Whether the asker wants the answer alone.
    pub fn is_private(&self) -> bool {
        matches!(self, Asked::Command { request, .. } if request.flag("private"))
    }
}

/// What a command asks for.
pub fn command(interaction: &CommandInteraction, today: Date) -> Asked {
    let data = &interaction.data;
    if data.kind == CommandType::Message {
        let text = data.resolved.messages.values().next().map(|message| message.content.clone());
        return Asked::Message(text.unwrap_or_default());
    }
    Asked::Command { name: data.name.clone(), request: request(data, today) }
}

fn request(data: &CommandData, today: Date) -> Request {
    let mut request = Request::new(today);
    for option in &data.options {
        let value = match &option.value {
            CommandDataOptionValue::String(text) => Value::Text(text.clone()),
            CommandDataOptionValue::Boolean(flag) => Value::Flag(*flag),
            CommandDataOptionValue::Integer(number) => Value::Text(number.to_string()),
            CommandDataOptionValue::Number(number) => Value::Text(number.to_string()),
            _ => continue,
        };
        request.options.push((option.name.clone(), value));
    }
    request
}

/// What a press asks for.
pub fn press(interaction: &ComponentInteraction) -> Asked {
    let (id, asker) = unmarked(&interaction.data.custom_id);
    let id = match &interaction.data.kind {
        ComponentInteractionDataKind::StringSelect { values } => values.first().map_or("", String::as_str),
        _ => id,
    };
    Asked::Press { id: id.to_owned(), asker }
}
