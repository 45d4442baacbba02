//! From an interaction to a request.

use jiff::Timestamp;
use serenity::model::application::{
    ActionRowComponent, CommandData, CommandDataOption, CommandDataOptionValue, CommandInteraction, CommandType,
    ComponentInteraction, ComponentInteractionDataKind, ModalInteraction,
};
use serenity::model::guild::Member;
use serenity::model::id::{ChannelId, GuildId};
use serenity::model::user::User;

use super::outbound::{Way, unmarked};
use crate::card::action::TYPED;
use crate::commands::{Asker, Place, Request, Value, named};

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
        /// What it is answered with.
        way: Way,
        /// Who presses, where and when.
        request: Request,
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
        let Asked::Command { name, request } = self else { return false };
        let by_nature = named(name).is_some_and(|command| command.private);
        request.given_flag("private").unwrap_or(by_nature)
    }
}

/// Who it is, and whether they may manage the server; nobody may where Discord does not say so.
fn asker(user: &User, member: Option<&Member>) -> Asker {
    let permissions = member.and_then(|member| member.permissions).unwrap_or_default();
    Asker { id: user.id.get(), manages: permissions.manage_guild() || permissions.administrator() }
}

fn place(guild: Option<GuildId>, channel: ChannelId) -> Option<Place> {
    guild.map(|guild| Place { guild: guild.get(), channel: channel.get() })
}

/// What a command asks for.
pub fn command(interaction: &CommandInteraction, now: Timestamp) -> Asked {
    let data = &interaction.data;
    if data.kind == CommandType::Message {
        let text = data.resolved.messages.values().next().map(|message| message.content.clone());
        return Asked::Message(text.unwrap_or_default());
    }
    let by = asker(&interaction.user, interaction.member.as_deref());
    let place = place(interaction.guild_id, interaction.channel_id);
    Asked::Command {
        name: data.name.clone(),
        request: request(data, Request::at(now).by(by, place).numbered(interaction.id.get())),
    }
}

fn request(data: &CommandData, request: Request) -> Request {
    let mut request = request;
    let mut options = &data.options;
    if let [CommandDataOption { name, value: CommandDataOptionValue::SubCommand(inside), .. }] = data.options.as_slice() {
        request.subcommand = Some(name.clone());
        options = inside;
    }
    for option in options {
        let value = match &option.value {
            CommandDataOptionValue::String(text) => Value::Text(text.clone()),
            CommandDataOptionValue::Boolean(flag) => Value::Flag(*flag),
            CommandDataOptionValue::Integer(number) => Value::Text(number.to_string()),
            CommandDataOptionValue::Number(number) => Value::Text(number.to_string()),
            CommandDataOptionValue::Channel(id) => Value::Channel(id.get()),
            _ => continue,
        };
        request.options.push((option.name.clone(), value));
    }
    request
}

/// What a press asks for.
pub fn press(interaction: &ComponentInteraction, now: Timestamp) -> Asked {
    let (id, asker, way) = unmarked(&interaction.data.custom_id);
    let id = match &interaction.data.kind {
        ComponentInteractionDataKind::StringSelect { values } => values.first().map_or("", String::as_str),
        _ => id,
    };
    let by = self::asker(&interaction.user, interaction.member.as_ref());
    let request = Request::at(now).by(by, place(interaction.guild_id, interaction.channel_id)).numbered(interaction.id.get());
    Asked::Press { id: id.to_owned(), asker, way, request }
}

/// What a form that was filled in asks for: the press that showed it, with what was typed.
pub fn form(interaction: &ModalInteraction, now: Timestamp) -> Asked {
    let (id, asker, way) = unmarked(&interaction.data.custom_id);
    let by = self::asker(&interaction.user, interaction.member.as_ref());
    let request = Request::at(now).by(by, place(interaction.guild_id, interaction.channel_id)).numbered(interaction.id.get());
    let inputs = interaction.data.components.iter().flat_map(|row| &row.components);
    let typed = inputs.filter_map(|input| match input {
        ActionRowComponent::InputText(input) if input.custom_id == TYPED => input.value.as_deref(),
        _ => None,
    });
    let request = typed.fold(request, |request, typed| request.with(TYPED, typed));
    Asked::Press { id: id.to_owned(), asker, way, request }
}

/// A command's name with its subcommand, as completion asks for it.
pub fn path(data: &CommandData) -> String {
    match data.options.first() {
        Some(CommandDataOption { name, value: CommandDataOptionValue::SubCommand(_), .. }) => format!("{} {name}", data.name),
        _ => data.name.clone(),
    }
}
