//! The commands as Discord registers them.

use serde_json::{Map, Value, json};
use serenity::builder::{CreateCommand, CreateCommandOption};
use serenity::http::Http;
use serenity::model::Permissions;
use serenity::model::application::{CommandOptionType, CommandType, InstallationContext, InteractionContext};
use serenity::model::channel::ChannelType;
use serenity::model::id::GuildId;
use tracing::{info, warn};

use super::redact;
use crate::commands::{ALL, Command, Completion, LOOK_UP_THIS, Opt, OptKind};

/// Every command, as it is sent to Discord.
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

/// Where a post can be made: text and announcement channels, and threads.
const POSTABLE: [ChannelType; 5] =
    [ChannelType::Text, ChannelType::News, ChannelType::NewsThread, ChannelType::PublicThread, ChannelType::PrivateThread];

/// Usable in guilds, in direct messages with the bot, and elsewhere by who installed it themselves.
fn everywhere(command: CreateCommand) -> CreateCommand {
    command.integration_types(vec![InstallationContext::Guild, InstallationContext::User]).contexts(vec![
        InteractionContext::Guild,
        InteractionContext::BotDm,
        InteractionContext::PrivateChannel,
    ])
}

fn option(option: &Opt) -> CreateCommandOption {
    let kind = match option.kind {
        OptKind::Text => CommandOptionType::String,
        OptKind::Flag => CommandOptionType::Boolean,
        OptKind::Channel => CommandOptionType::Channel,
    };
    let mut out = CreateCommandOption::new(kind, option.name, option.summary).required(option.required);
    if option.kind == OptKind::Text {
        out = out.max_length(100);
    }
    if option.kind == OptKind::Channel {
        out = out.channel_types(POSTABLE.to_vec());
    }
    if option.completion != Completion::None {
        out = out.set_autocomplete(true);
    }
    out
}

/// Registers the commands, unless Discord has exactly these already; whether it has them now. A
/// failure is logged, not fatal: those registered before go on working.
pub async fn register(http: &Http, guild: Option<u64>) -> bool {
    let wanted = commands();
    let guild = guild.map(GuildId::new);
    let known = match guild {
        Some(guild) => http.get_guild_commands(guild).await,
        None => http.get_global_commands().await,
    };
    if let Ok(known) = &known
        && same(&serde_json::to_value(known).unwrap_or_default(), &serde_json::to_value(&wanted).unwrap_or_default())
    {
        info!(commands = wanted.len(), "commands are registered as they should be");
        return true;
    }
    let done = match guild {
        Some(guild) => http.create_guild_commands(guild, &wanted).await,
        None => http.create_global_commands(&wanted).await,
    };
    match done {
        Ok(registered) => info!(commands = registered.len(), "registered commands"),
        Err(error) => {
            warn!(error = redact::error(&error), "commands could not be registered; those registered before stay");
            return false;
        }
    }
    true
}

/// Whether two lists of commands are the same in all that we say.
fn same(known: &Value, wanted: &Value) -> bool {
    let list = |value: &Value| {
        let mut list: Vec<String> = value.as_array().into_iter().flatten().map(|command| said(command).to_string()).collect();
        list.sort();
        list
    };
    list(known) == list(wanted)
}

/// The options of a command or subcommand, reduced likewise.
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

/// A command reduced to what we say about it, in one form.
fn said(command: &Value) -> Value {
    let kind = command["type"].as_u64().unwrap_or(1);
    let mut out = Map::new();
    out.insert("name".into(), command["name"].clone());
    out.insert("type".into(), json!(kind));
    out.insert("description".into(), json!(command["description"].as_str().unwrap_or_default()));
    out.insert("options".into(), said_of_options(&command["options"]));
    let permissions = &command["default_member_permissions"];
    out.insert("permissions".into(), json!(permissions.as_str().map_or_else(|| permissions.to_string(), str::to_owned)));
    for place in ["contexts", "integration_types"] {
        let mut numbers: Vec<u64> = command[place].as_array().into_iter().flatten().filter_map(Value::as_u64).collect();
        numbers.sort_unstable();
        out.insert(place.into(), json!(numbers));
    }
    Value::Object(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What Discord would give back: the same commands with ids, through the library's own types.
    fn given_back(wanted: &Value) -> Value {
        let mut known = wanted.clone();
        for (no, command) in known.as_array_mut().expect("a list").iter_mut().enumerate() {
            command["id"] = json!((no + 1).to_string());
            command["application_id"] = json!("1");
            command["version"] = json!("1");
            command["type"] = json!(command["type"].as_u64().unwrap_or(1));
            command["description"] = json!(command["description"].as_str().unwrap_or_default());
        }
        let parsed: Vec<serenity::model::application::Command> = serde_json::from_value(known).expect("commands");
        serde_json::to_value(parsed).expect("commands are JSON")
    }

    #[test]
    fn what_discord_gives_back_is_recognised() {
        let wanted = serde_json::to_value(commands()).expect("commands are JSON");
        let known = given_back(&wanted);
        for (known, wanted) in known.as_array().into_iter().flatten().zip(wanted.as_array().into_iter().flatten()) {
            assert_eq!(said(known), said(wanted));
        }
        assert!(same(&known, &wanted));
    }

    #[test]
    fn a_changed_description_is_noticed() {
        let wanted = serde_json::to_value(commands()).expect("commands are JSON");
        assert!(same(&wanted, &wanted));
        let mut other = wanted.clone();
        other[0]["description"] = json!("something else");
        assert!(!same(&other, &wanted));
        let mut fewer = wanted.clone();
        fewer.as_array_mut().expect("a list").pop();
        assert!(!same(&fewer, &wanted));
    }
}
