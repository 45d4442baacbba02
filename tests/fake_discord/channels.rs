//! The routes of guilds, channels and threads.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::BOT;
use super::guilds::{Channel, Kind, permission};
use super::messages::number;
use super::rest::{Call, Outcome, Refused, done};
use super::state::State;
use super::{judge, limits};

/// The channel, if it is there and the bot may do all of `needs` in it.
pub fn open(state: &State, id: &str, needs: u64) -> Result<u64, Refused> {
    let known = id.parse().ok().and_then(|id: u64| state.channels.get(&id)).filter(|channel| !channel.deleted);
    let Some(channel) = known else {
        return Err(Refused::new(StatusCode::NOT_FOUND, 10003, format!("Unknown Channel {id}")));
    };
    let may = state.permissions(BOT, channel);
    if channel.guild.is_some() && may & permission::VIEW_CHANNEL == 0 {
        return Err(Refused::new(StatusCode::FORBIDDEN, 50001, format!("Missing Access to #{}", channel.name)));
    }
    if channel.guild.is_some() && may & needs != needs {
        let missing = needs & !may;
        return Err(Refused::new(StatusCode::FORBIDDEN, 50013, format!("Missing Permissions {missing} in #{}", channel.name)));
    }
    Ok(channel.id)
}

pub fn get(state: &State, id: &str) -> Outcome {
    let id = open(state, id, 0)?;
    done(state.channels[&id].json(state))
}

/// Archives and names a thread; a text channel needs more than the bot is ever given.
pub fn update(state: &mut State, id: &str, call: &Call) -> Outcome {
    let id = open(state, id, 0)?;
    let body = &call.upload.body;
    let wrong = judge::complaints("update_channel", body);
    if !wrong.is_empty() {
        return Err(Refused::form("update_channel", &wrong));
    }
    let (may, now) = (state.bot_may(id), state.now());
    let refused = |what: &str| Refused::new(StatusCode::FORBIDDEN, 50013, format!("Missing Permissions to {what}"));
    let channel = state.channels.get_mut(&id).expect("it was opened");
    match &mut channel.kind {
        Kind::Direct { .. } => {}
        Kind::Thread { owner, has_bot, archived, locked, changed, .. } => {
            let manages = may & permission::MANAGE_THREADS != 0;
            // Members may open a thread again and do nothing else.
            let only_opens = *has_bot && *body == json!({ "archived": false });
            if !manages && (!(only_opens || *owner == BOT) || *locked || body["locked"].is_boolean()) {
                return Err(refused("change a thread"));
            }
            if *archived && body["archived"] != json!(false) {
                return Err(Refused::new(StatusCode::BAD_REQUEST, 50083, "Thread is archived"));
            }
            *archived = body["archived"].as_bool().unwrap_or(*archived);
            *locked = body["locked"].as_bool().unwrap_or(*locked);
            *changed = now;
        }
        _ if may & permission::MANAGE_CHANNELS == 0 => return Err(refused("change a channel")),
        _ => {}
    }
    if let Some(name) = body["name"].as_str() {
        name.clone_into(&mut channel.name);
    }
    let event = if channel.is_thread() { "THREAD_UPDATE" } else { "CHANNEL_UPDATE" };
    state.channel_event(event, id);
    done(state.channels[&id].json(state))
}

/// `/guilds/{id}` and what lies under it; `None` for what is not served.
pub fn guild(state: &State, id: &str, rest: &[&str]) -> Option<Outcome> {
    let known = id.parse().ok().and_then(|id: u64| state.guilds.get(&id)).filter(|guild| guild.has_bot);
    let Some(guild) = known else {
        return Some(Err(Refused::new(StatusCode::NOT_FOUND, 10004, format!("Unknown Guild {id}"))));
    };
    Some(match rest {
        [] => done(guild.json()),
        ["roles"] => done(guild.roles()),
        ["channels"] => {
            let here = state.channels.values().filter(|channel| channel.guild == Some(guild.id) && !channel.deleted);
            done(here.filter(|channel| !channel.is_thread()).map(|channel| channel.json(state)).collect())
        }
        ["members", user] => match guild.member(user.parse().unwrap_or_default(), state) {
            Value::Null => Err(Refused::new(StatusCode::NOT_FOUND, 10007, format!("Unknown Member {user}"))),
            member => done(member),
        },
        _ => return None,
    })
}

pub fn my_guilds(state: &State, call: &Call) -> Outcome {
    let after: u64 = call.asked("after").and_then(|after| after.parse().ok()).unwrap_or_default();
    let limit = call.asked("limit").and_then(|limit| limit.parse().ok()).unwrap_or(200);
    let mine = state.guilds.values().filter(|guild| guild.has_bot && guild.id > after).take(limit).map(|guild| {
        json!({ "id": guild.id.to_string(), "name": guild.name, "icon": null, "owner": false,
            "permissions": (guild.everyone | guild.bot_permissions).to_string(), "features": [] })
    });
    done(mine.collect())
}

/// Opens direct messages; that they are closed shows only when something is sent.
pub fn open_direct(state: &mut State, call: &Call) -> Outcome {
    let body = &call.upload.body;
    let wrong = judge::complaints("open_dm", body);
    if !wrong.is_empty() {
        return Err(Refused::form("open_dm", &wrong));
    }
    let with = number(&body["recipient_id"]).filter(|with| state.people.contains_key(with));
    let Some(with) = with else {
        return Err(Refused::new(StatusCode::BAD_REQUEST, 50033, "Invalid Recipient(s)"));
    };
    let kind = Kind::Direct { with: Some(with) };
    let known = state.channels.values().find(|channel| channel.kind == kind).map(|channel| channel.id);
    let id = match known {
        Some(id) => id,
        None => {
            let (id, _) = state.new_snowflake();
            let name = state.people[&with].name.clone();
            state.new_channel(id, None, &name, kind).id
        }
    };
    done(state.channels[&id].json(state))
}

/// Starts a thread without a message; private unless its type says otherwise, as in Discord.
pub fn start_thread(state: &mut State, id: &str, call: &Call) -> Outcome {
    let number = call.upload.body["type"].as_u64().unwrap_or(12);
    let private = number == 12;
    let seen = open(state, id, 0)?;
    if !state.channels[&seen].takes_thread(number) {
        return Err(wrong_kind());
    }
    let needs = if private { permission::CREATE_PRIVATE_THREADS } else { permission::CREATE_PUBLIC_THREADS };
    let parent = open(state, id, needs)?;
    let (thread, _) = state.new_snowflake();
    thread_of(state, parent, thread, "start_thread", private, call)
}

/// Starts a thread on a message; it has the message's id.
pub fn start_thread_from(state: &mut State, id: &str, message: &str, call: &Call) -> Outcome {
    let parent = open(state, id, permission::CREATE_PUBLIC_THREADS | permission::READ_MESSAGE_HISTORY)?;
    if !matches!(state.channels[&parent].kind, Kind::Text | Kind::Announcement) {
        return Err(wrong_kind());
    }
    let message = message.parse().ok().and_then(|message| state.message(message));
    let Some(message) = message.filter(|message| message.room == parent && message.ephemeral_to.is_none()) else {
        return Err(Refused::new(StatusCode::NOT_FOUND, 10008, "Unknown Message"));
    };
    let thread = message.id;
    if state.channels.contains_key(&thread) {
        return Err(Refused::new(StatusCode::BAD_REQUEST, 160_004, "A thread has already been created for this message"));
    }
    thread_of(state, parent, thread, "start_thread_from_message", false, call)
}

fn wrong_kind() -> Refused {
    Refused::new(StatusCode::BAD_REQUEST, 50024, "Cannot execute action on this channel type")
}

fn thread_of(state: &mut State, parent: u64, id: u64, schema: &str, private: bool, call: &Call) -> Outcome {
    let body = &call.upload.body;
    let mut wrong = judge::complaints(schema, body);
    wrong.extend(limits::pings(body));
    if !wrong.is_empty() {
        return Err(Refused::form(schema, &wrong));
    }
    let (guild, name) = (state.channels[&parent].guild, body["name"].as_str().unwrap_or_default());
    let active = |channel: &&Channel| {
        channel.guild == guild && !channel.deleted && matches!(channel.kind, Kind::Thread { archived: false, .. })
    };
    let most = guild.and_then(|guild| state.guilds.get(&guild)).map_or(usize::MAX, |guild| guild.most_threads);
    if state.channels.values().filter(active).count() >= most {
        return Err(Refused::new(StatusCode::BAD_REQUEST, 160_006, "Maximum number of active threads reached"));
    }
    let changed = state.now();
    let kind = Kind::Thread { parent, owner: BOT, private, has_bot: true, archived: false, locked: false, changed };
    state.new_channel(id, guild, name, kind);
    state.channel_event("THREAD_CREATE", id);
    Ok((StatusCode::CREATED, state.channels[&id].json(state)))
}
