//! The commands in the form in which Discord registers them.

use serde_json::{Map, Value, json};
use serenity::builder::{CreateCommand, CreateCommandOption};
use serenity::model::Permissions;
use serenity::model::application::{CommandOptionType, CommandType, InstallationContext, InteractionContext};
use serenity::model::channel::ChannelType;

use crate::command::{Command, Completion, Opt, OptKind};
use crate::features::{ALL, LOOK_UP_THIS};

/// All commands.
pub fn commands() -> Vec<CreateCommand> {
    let mut all: Vec<CreateCommand> = ALL.iter().map(slash).collect();
    all.push(everywhere(CreateCommand::new(LOOK_UP_THIS).kind(CommandType::Message)));
    all
}

fn slash(command: &Command) -> CreateCommand {
    let mut options: Vec<CreateCommandOption> = command.all_options().map(option).collect();
    options.extend(command.subcommands.iter().map(|subcommand| {
        let own: Vec<CreateCommandOption> = subcommand.options.iter().map(option).collect();
        CreateCommandOption::new(CommandOptionType::SubCommand, subcommand.name, subcommand.summary).set_sub_options(own)
    }));
    let out = CreateCommand::new(command.name).description(command.summary).set_options(options);
    if command.staff {
        return out
            .default_member_permissions(Permissions::MANAGE_GUILD)
            .integration_types(vec![InstallationContext::Guild])
            .contexts(vec![InteractionContext::Guild]);
    }
    everywhere(out)
}

/// The channel types that accept posts: text and announcement channels, and threads.
const POSTABLE: [ChannelType; 5] =
    [ChannelType::Text, ChannelType::News, ChannelType::NewsThread, ChannelType::PublicThread, ChannelType::PrivateThread];

/// Makes a command usable in guilds, in direct messages with the bot, and for users who installed the
/// application.
fn everywhere(command: CreateCommand) -> CreateCommand {
    command.integration_types(vec![InstallationContext::Guild, InstallationContext::User]).contexts(vec![
        InteractionContext::Guild,
        InteractionContext::BotDm,
        InteractionContext::PrivateChannel,
    ])
}

fn option(option: &Opt) -> CreateCommandOption {
    let kind = match option.kind {
        OptKind::Text | OptKind::Question => CommandOptionType::String,
        OptKind::Flag => CommandOptionType::Boolean,
        OptKind::Channel => CommandOptionType::Channel,
    };
    let mut out = CreateCommandOption::new(kind, option.name, option.summary).required(option.required);
    match option.kind {
        OptKind::Text => out = out.max_length(100),
        OptKind::Question => out = out.max_length(300),
        OptKind::Flag | OptKind::Channel => {}
    }
    if option.kind == OptKind::Channel {
        out = out.channel_types(POSTABLE.to_vec());
    }
    if option.completion != Completion::None {
        out = out.set_autocomplete(true);
    }
    out
}

/// The type of the command that launches an application's Activity. Discord creates it.
pub(super) const ENTRY_POINT: u64 = 4;

/// Where commands are registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CommandScope {
    /// In all servers, and for users who installed the application.
    Everywhere,
    /// In all servers, and in direct messages with the bot.
    Servers,
    /// In one server only.
    Guild,
}

/// The commands as they are sent for a scope.
pub(super) fn wanted(scope: CommandScope) -> Vec<Value> {
    // Serialising plain strings and numbers to JSON cannot fail.
    let mut all: Vec<Value> = commands().iter().map(|command| serde_json::to_value(command).unwrap_or_default()).collect();
    for command in all.iter_mut().filter_map(Value::as_object_mut) {
        match scope {
            CommandScope::Everywhere => {}
            CommandScope::Servers => {
                for (places, without) in [("integration_types", 1), ("contexts", 2)] {
                    if let Some(list) = command.get_mut(places).and_then(Value::as_array_mut) {
                        list.retain(|place| place.as_u64() != Some(without));
                    }
                }
            }
            // Discord ignores these fields for a guild's commands, and does not return them.
            CommandScope::Guild => {
                command.remove("integration_types");
                command.remove("contexts");
            }
        }
    }
    all
}

/// Whether `known` agrees with `wanted` in every field that `wanted` sets.
pub(super) fn same(known: &[Value], wanted: &[Value]) -> bool {
    let in_a_guild = wanted.iter().all(|command| command.get("contexts").is_none());
    let list = |list: &[Value]| {
        let mut list: Vec<String> = list.iter().map(|command| said(command, !in_a_guild).to_string()).collect();
        list.sort();
        list
    };
    list(known) == list(wanted)
}

/// The options of a command or subcommand, normalised like [`said`].
fn said_of_options(options: &Value) -> Value {
    let said = options.as_array().into_iter().flatten().map(|option| {
        json!({
            "name": option["name"],
            "type": option["type"],
            "description": option["description"],
            "required": option["required"].as_bool().unwrap_or(false),
            "autocomplete": option["autocomplete"].as_bool().unwrap_or(false),
            "max_length": option["max_length"].as_u64(),
            "channel_types": option["channel_types"].as_array().cloned().unwrap_or_default(),
            "options": said_of_options(&option["options"]),
        })
    });
    said.collect()
}

/// A command reduced to the fields that we set, in normal form.
fn said(command: &Value, with_places: bool) -> Value {
    let kind = command["type"].as_u64().unwrap_or(1);
    let mut out = Map::new();
    out.insert("name".into(), command["name"].clone());
    out.insert("type".into(), json!(kind));
    out.insert("description".into(), json!(command["description"].as_str().unwrap_or_default()));
    out.insert("options".into(), said_of_options(&command["options"]));
    let permissions = &command["default_member_permissions"];
    out.insert("permissions".into(), json!(permissions.as_str().map_or_else(|| permissions.to_string(), str::to_owned)));
    for place in ["contexts", "integration_types"].into_iter().filter(|_| with_places) {
        let mut numbers: Vec<u64> = command[place].as_array().into_iter().flatten().filter_map(Value::as_u64).collect();
        numbers.sort_unstable();
        out.insert(place.into(), json!(numbers));
    }
    Value::Object(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The commands as Discord returns them: with ids, and with defaults filled in.
    fn given_back(wanted: &[Value], scope: CommandScope) -> Vec<Value> {
        let mut known = wanted.to_vec();
        for (idx, command) in known.iter_mut().enumerate() {
            command["id"] = json!((idx + 1).to_string());
            command["application_id"] = json!("1");
            command["version"] = json!("1");
            command["type"] = json!(command["type"].as_u64().unwrap_or(1));
            command["description"] = json!(command["description"].as_str().unwrap_or_default());
            command["nsfw"] = json!(false);
            if scope == CommandScope::Guild {
                command["contexts"] = Value::Null;
                command["integration_types"] = json!([0]);
            }
        }
        known
    }

    #[test]
    fn what_discord_gives_back_is_recognised() {
        for scope in [CommandScope::Everywhere, CommandScope::Servers, CommandScope::Guild] {
            let wanted = wanted(scope);
            let known = given_back(&wanted, scope);
            assert!(same(&known, &wanted), "{scope:?}");
        }
        assert!(!same(&given_back(&wanted(CommandScope::Everywhere), CommandScope::Everywhere), &wanted(CommandScope::Servers)));
    }

    #[test]
    fn a_changed_description_is_noticed() {
        let wanted = wanted(CommandScope::Everywhere);
        let mut other = wanted.clone();
        other[0]["description"] = json!("something else");
        assert!(!same(&other, &wanted));
        let mut fewer = wanted.clone();
        fewer.pop();
        assert!(!same(&fewer, &wanted));
    }
}
