//! Converts interactions to requests.

use jiff::Timestamp;
use serenity::model::application::{
    ActionRowComponent, AuthorizingIntegrationOwner, AuthorizingIntegrationOwners, CommandData, CommandDataOption,
    CommandDataOptionValue, CommandInteraction, CommandType, ComponentInteraction, ComponentInteractionDataKind,
    MessageInteractionMetadata, ModalInteraction,
};
use serenity::model::channel::{Message, MessageFlags};
use serenity::model::guild::Member;
use serenity::model::id::{ApplicationId, ChannelId, GuildId};
use serenity::model::user::User;

use super::invite;
use super::message_text::text_of_message;
use super::outbound::{PressMode, unmarked};
use super::reply::ResponseMode;
use crate::card::action::TYPED;
use crate::command::{Asker, Place, Request, Value, suggests_danger};
use crate::features::named;
use crate::model;

/// What a user did, in our own types.
#[derive(Debug)]
pub(super) enum IncomingInteraction {
    Command {
        name: String,
        request: Request,
    },
    /// "Look this up" on a message, with its text.
    Message(String),
    /// A press of a button, or a choice in a menu.
    Press {
        /// The id of the button or menu item.
        id: String,
        /// The user who asked for the card, if the id says so.
        asker: Option<u64>,
        /// How the press is answered.
        way: PressMode,
        /// Whether the card is visible only to its user; `None` if there is no message.
        on: Option<bool>,
        /// Who pressed, where and when.
        request: Request,
    },
}

impl IncomingInteraction {
    /// The name for the log. It contains nothing that was typed, nor the id of a press, which may be
    /// forged.
    pub(super) fn name(&self) -> &'static str {
        let of = |name: &str| named(name).map(|command| command.name);
        match self {
            IncomingInteraction::Command { name, .. } => of(name).unwrap_or("command"),
            IncomingInteraction::Message(_) => "look up this",
            IncomingInteraction::Press { id, .. } => id.split('/').nth(1).and_then(of).unwrap_or("press"),
        }
    }

    /// Whether the user's words suggest that somebody is in danger.
    pub(super) fn suggests_danger(&self) -> bool {
        match self {
            IncomingInteraction::Command { request, .. } | IncomingInteraction::Press { request, .. } => suggests_danger(request),
            IncomingInteraction::Message(text) => crate::answer::suggests_danger(text),
        }
    }

    /// How to respond to `user`, as far as that is known before the answer is.
    pub(super) fn manner(&self, user: u64) -> ResponseMode {
        match self {
            // Another user's card stays unchanged; the user who pressed gets a copy.
            IncomingInteraction::Press { asker, way, on: Some(alone), .. }
                if *asker == Some(user) && *way != PressMode::Beside =>
            {
                ResponseMode::InPlace { alone: *alone }
            }
            IncomingInteraction::Press { .. } | IncomingInteraction::Message(_) => ResponseMode::New { alone: true },
            IncomingInteraction::Command { name, request } => {
                let by_nature = named(name).is_some_and(|command| command.private);
                ResponseMode::New { alone: request.given_flag("private").unwrap_or(by_nature) }
            }
        }
    }
}

/// The user, and whether they may manage the server. If Discord does not say so, they may not.
fn asker(user: &User, member: Option<&Member>) -> Asker {
    let permissions = member.and_then(|member| member.permissions).unwrap_or_default();
    Asker { id: model::UserId(user.id.get()), manages: permissions.manage_guild() || permissions.administrator() }
}

/// A guild's channel, if the bot is a member of that guild. Otherwise, as in direct messages, nothing
/// may be stored for a class.
fn place(guild: Option<GuildId>, channel: ChannelId, owners: &AuthorizingIntegrationOwners) -> Option<Place> {
    let guild = guild.filter(|_| !is_guest(owners));
    guild.map(|guild| Place { guild: Some(model::GuildId(guild.get())), channel: model::ChannelId(channel.get()) })
}

/// Whether the application was installed only by the user, so that the bot is not a member of the guild.
fn is_guest(owners: &AuthorizingIntegrationOwners) -> bool {
    let by_guild = |owner: &AuthorizingIntegrationOwner| matches!(owner, AuthorizingIntegrationOwner::GuildInstall(_));
    !owners.0.is_empty() && !owners.0.iter().any(by_guild)
}

/// The link that adds the bot to a server where it is not a member.
fn invitation(guild: Option<GuildId>, owners: &AuthorizingIntegrationOwners, application: ApplicationId) -> Option<String> {
    guild.filter(|_| is_guest(owners)).map(|_| invite::link(application.get()))
}

/// Converts a command.
pub(super) fn command(interaction: &CommandInteraction, now: Timestamp) -> IncomingInteraction {
    let data = &interaction.data;
    if data.kind == CommandType::Message {
        let message = data.resolved.messages.values().next();
        // Serialising serenity's message again gives Discord's JSON.
        let text =
            |message: &Message| serde_json::to_value(message).map_or(message.content.clone(), |json| text_of_message(&json));
        return IncomingInteraction::Message(message.map(text).unwrap_or_default());
    }
    let by = asker(&interaction.user, interaction.member.as_deref());
    let owners = &interaction.authorizing_integration_owners;
    let place = place(interaction.guild_id, interaction.channel_id, owners);
    let invite = invitation(interaction.guild_id, owners, interaction.application_id);
    IncomingInteraction::Command {
        name: data.name.clone(),
        request: request(data, Request::at(now).by(by, place).numbered(interaction.id.get()).invited_by(invite)),
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
            CommandDataOptionValue::Channel(id) => Value::Channel(model::ChannelId(id.get())),
            _ => continue,
        };
        request.options.push((option.name.clone(), value));
    }
    request
}

/// Converts a press.
pub(super) fn press(interaction: &ComponentInteraction, now: Timestamp) -> IncomingInteraction {
    let (id, asker, way) = unmarked(&interaction.data.custom_id);
    let id = match &interaction.data.kind {
        ComponentInteractionDataKind::StringSelect { values } => values.first().map_or("", String::as_str),
        _ => id,
    };
    let by = self::asker(&interaction.user, interaction.member.as_ref());
    let owners = &interaction.authorizing_integration_owners;
    let place = place(interaction.guild_id, interaction.channel_id, owners);
    let invite = invitation(interaction.guild_id, owners, interaction.application_id);
    let request = Request::at(now).by(by, place).numbered(interaction.id.get()).invited_by(invite);
    let request = request.on_message(model::MessageId(interaction.message.id.get()));
    IncomingInteraction::Press { id: id.to_owned(), asker, way, on: Some(is_ephemeral(&interaction.message)), request }
}

fn is_ephemeral(message: &Message) -> bool {
    message.flags.is_some_and(|flags| flags.contains(MessageFlags::EPHEMERAL))
}

/// Converts a submitted form: the press that showed it, with what was typed.
pub(super) fn form(interaction: &ModalInteraction, now: Timestamp) -> IncomingInteraction {
    let (id, asker, way) = unmarked(&interaction.data.custom_id);
    let by = self::asker(&interaction.user, interaction.member.as_ref());
    let owners = &owners_of_form(interaction);
    let place = place(interaction.guild_id, interaction.channel_id, owners);
    let invite = invitation(interaction.guild_id, owners, interaction.application_id);
    let request = Request::at(now).by(by, place).numbered(interaction.id.get()).invited_by(invite);
    let inputs = interaction.data.components.iter().flat_map(|row| &row.components);
    let typed = inputs.filter_map(|input| match input {
        ActionRowComponent::InputText(input) if input.custom_id == TYPED => input.value.as_deref(),
        _ => None,
    });
    let request = typed.fold(request, |request, typed| request.with(TYPED, typed));
    let on = interaction.message.as_deref().map(is_ephemeral);
    IncomingInteraction::Press { id: id.to_owned(), asker, way, on, request }
}

/// serenity omits the installation owners of a form. The message whose button showed the form has them,
/// unless it is a post, which only a bot that is a member can have sent.
fn owners_of_form(interaction: &ModalInteraction) -> AuthorizingIntegrationOwners {
    use MessageInteractionMetadata::{Command, Component, ModalSubmit};
    match interaction.message.as_ref().and_then(|message| message.interaction_metadata.as_deref()) {
        Some(Command(told)) => told.authorizing_integration_owners.clone(),
        Some(Component(told)) => told.authorizing_integration_owners.clone(),
        Some(ModalSubmit(told)) => told.authorizing_integration_owners.clone(),
        _ => AuthorizingIntegrationOwners::default(),
    }
}

/// The command's name with its subcommand, as completion expects it.
pub(super) fn path(data: &CommandData) -> String {
    match data.options.first() {
        Some(CommandDataOption { name, value: CommandDataOptionValue::SubCommand(_), .. }) => format!("{} {name}", data.name),
        _ => data.name.clone(),
    }
}
