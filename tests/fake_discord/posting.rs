//! The routes of messages in channels.

use axum::http::{Method, StatusCode};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::BOT;
use super::channels::open;
use super::guilds::{Kind, permission};
use super::messages::{File, Message};
use super::rest::{Call, Outcome, Refused, done};
use super::state::State;
use super::{judge, limits};

/// How long a nonce is remembered by default, in seconds. Discord says "a few minutes".
const NONCE_WINDOW: i64 = 180;

/// Posts a message.
pub fn create(state: &mut State, channel: &str, call: &Call) -> Outcome {
    let mut needs = permission::SEND_MESSAGES;
    if !call.upload.files.is_empty() {
        needs |= permission::ATTACH_FILES;
    }
    let room = open(state, channel, 0)?;
    if matches!(state.channels[&room].kind, Kind::Category | Kind::Forum | Kind::Media) {
        return Err(Refused::new(StatusCode::BAD_REQUEST, 50008, "Cannot send messages in a non-text channel"));
    }
    open(state, channel, needs)?;
    may_write(state, room)?;
    let mut body = call.upload.body.clone();
    let mut wrong = call.upload.wrong.clone();
    wrong.extend(judge::complaints("create_message", &body));
    wrong.extend(limits::complaints(&body, &call.upload.files));
    if !wrong.is_empty() {
        return Err(Refused::form("create_message", &wrong));
    }
    let nonce = nonce(&body);
    if body["enforce_nonce"] == json!(true)
        && let Some(nonce) = &nonce
        && let Some(first) = same_nonce(state, nonce)
    {
        if first.deleted {
            return Err(Refused::new(StatusCode::NOT_FOUND, 10008, "Unknown Message (deleted since its nonce was used)"));
        }
        return done(first.json(state));
    }
    without_embeds(state, room, &mut body);
    let message = state.add_message(room, BOT, body.clone(), call.upload.files.clone());
    message.nonce.clone_from(&nonce);
    let mut out = message.clone().json(state);
    out["nonce"] = body["nonce"].clone();
    done(out)
}

/// Whether a thread or a person takes messages. One in an archived thread opens it again, unless a
/// moderator locked it.
fn may_write(state: &mut State, room: u64) -> Result<(), Refused> {
    not_locked(state, room)?;
    let now = state.now();
    match &mut state.channels.get_mut(&room).expect("it was opened").kind {
        Kind::Thread { archived, changed, .. } if *archived => {
            *archived = false;
            *changed = now;
        }
        Kind::Direct { with: Some(with) } => {
            let person = state.people.get(with);
            if person.is_some_and(|person| person.apart) {
                let why = "Cannot send messages to this user due to having no mutual guilds";
                return Err(Refused::new(StatusCode::FORBIDDEN, 50278, why));
            }
            if person.is_some_and(|person| person.closed) {
                return Err(Refused::new(StatusCode::FORBIDDEN, 50007, "Cannot send messages to this user"));
            }
        }
        _ => {}
    }
    Ok(())
}

/// In a locked thread only those who manage threads create or update messages, whether it is archived
/// or not.
fn not_locked(state: &State, room: u64) -> Result<(), Refused> {
    let Kind::Thread { archived, locked: true, .. } = state.channels[&room].kind else { return Ok(()) };
    if state.bot_may(room) & permission::MANAGE_THREADS != 0 {
        return Ok(());
    }
    let (code, why) = if archived { (50083, "Thread is archived") } else { (160_005, "Thread is locked") };
    Err(Refused::new(StatusCode::BAD_REQUEST, code, why))
}

/// Discord drops embeds silently where they are not allowed; here that is remembered as a refusal.
fn without_embeds(state: &mut State, room: u64, body: &mut Value) {
    let embeds = body["embeds"].as_array().is_some_and(|embeds| !embeds.is_empty());
    if embeds && state.bot_may(room) & permission::EMBED_LINKS == 0 && state.channels[&room].guild.is_some() {
        body["embeds"] = json!([]);
        state.note_refusal(50013, "embeds were dropped for want of EMBED_LINKS");
    }
}

/// A nonce is text or a number.
fn nonce(body: &Value) -> Option<String> {
    match &body["nonce"] {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The bot's message with that nonce of the last minutes, in whatever channel: Discord compares by
/// author and promises nothing about channels.
fn same_nonce<'a>(state: &'a State, nonce: &str) -> Option<&'a Message> {
    let window = state.nonce_window.unwrap_or(NONCE_WINDOW);
    let now = state.now();
    let young = |message: &&Message| now.duration_since(message.at).as_secs().abs() < window;
    state.messages.iter().rev().filter(young).find(|message| message.nonce.as_deref() == Some(nonce))
}

/// Newest first, at most 100; nothing at all for a bot that may not read history.
pub fn history(state: &State, channel: &str, call: &Call) -> Outcome {
    let room = open(state, channel, 0)?;
    let mut wrong = Vec::new();
    let mut number = |name: &str| -> Option<u64> {
        let text = call.asked(name)?;
        let number = text.parse().ok();
        if number.is_none() {
            wrong.push(format!("{name}={text}"));
        }
        number
    };
    let limit = number("limit").unwrap_or(50);
    let (after, before, around) = (number("after"), number("before"), number("around"));
    if !(1..=100).contains(&limit) {
        wrong.push(format!("limit={limit}"));
    }
    if [after, before, around].iter().flatten().count() > 1 {
        wrong.push("after, before and around exclude each other".to_owned());
    }
    if !wrong.is_empty() {
        return Err(Refused::form("messages", &wrong));
    }
    if state.channels[&room].guild.is_some() && state.bot_may(room) & permission::READ_MESSAGE_HISTORY == 0 {
        return done(json!([]));
    }
    let limit = usize::try_from(limit).expect("at most 100");
    let mut all: Vec<&Message> = state
        .messages
        .iter()
        .filter(|message| message.room == room && !message.deleted && message.ephemeral_to.is_none())
        .collect();
    all.sort_by_key(|message| message.id);
    let from = match (after, before, around) {
        // The ones next to it, not the newest of all.
        (Some(after), ..) => all.partition_point(|message| message.id <= after),
        (_, Some(before), _) => all.partition_point(|message| message.id < before).saturating_sub(limit),
        (.., Some(around)) => all.partition_point(|message| message.id < around).saturating_sub(limit / 2),
        _ => all.len().saturating_sub(limit),
    };
    let to = match before {
        Some(before) => all.partition_point(|message| message.id < before),
        None => all.len().min(from + limit),
    };
    done(all[from..to].iter().rev().map(|message| message.history_json(state)).collect())
}

fn find<'a>(state: &'a State, room: u64, message: &str) -> Result<&'a Message, Refused> {
    let found = message.parse().ok().and_then(|id| state.message(id));
    found
        .filter(|message| message.room == room && message.ephemeral_to.is_none())
        .ok_or_else(|| Refused::new(StatusCode::NOT_FOUND, 10008, format!("Unknown Message {message}")))
}

pub fn get(state: &State, channel: &str, message: &str) -> Outcome {
    let room = open(state, channel, permission::READ_MESSAGE_HISTORY)?;
    done(find(state, room, message)?.history_json(state))
}

pub fn edit(state: &mut State, channel: &str, message: &str, call: &Call) -> Outcome {
    let room = open(state, channel, 0)?;
    not_locked(state, room)?;
    if let Kind::Thread { archived: true, .. } = state.channels[&room].kind {
        return Err(Refused::new(StatusCode::BAD_REQUEST, 50083, "Thread is archived"));
    }
    let before = find(state, room, message)?;
    if before.author != BOT {
        return Err(Refused::new(StatusCode::FORBIDDEN, 50005, "Cannot edit a message authored by another user"));
    }
    let before = before.clone();
    let edited = judge_edit(state, "edit_message", &before, call)?;
    state.put_edited(edited.clone());
    done(edited.json(state))
}

/// The channel of an edit whose message is older than an hour.
pub fn edits_old<'a>(state: &State, call: &Call<'a>) -> Option<&'a str> {
    let (&Method::PATCH, ["channels", channel, "messages", message]) = (call.method, call.route.as_slice()) else { return None };
    let message = message.parse().ok().and_then(|id| state.message(id))?;
    (message.at.duration_until(state.now()) > SignedDuration::from_hours(1)).then_some(*channel)
}

/// The message after an edit, if Discord takes it.
pub fn judge_edit(state: &mut State, schema: &str, before: &Message, call: &Call) -> Result<Message, Refused> {
    let body = &call.upload.body;
    let mut wrong = call.upload.wrong.clone();
    wrong.extend(judge::complaints(schema, body));
    let new: Vec<File> = state.with_ids(call.upload.files.clone());
    let mut edited = before.edited(body, &new);
    edited.edited = Some(state.now());
    let mut after = edited.body.clone();
    after["allowed_mentions"] = body["allowed_mentions"].clone();
    wrong.extend(limits::complaints(&after, &edited.files));
    if wrong.is_empty() { Ok(edited) } else { Err(Refused::form(schema, &wrong)) }
}

pub fn delete(state: &mut State, channel: &str, message: &str) -> Outcome {
    let room = open(state, channel, 0)?;
    let found = find(state, room, message)?;
    if found.author != BOT && state.bot_may(room) & permission::MANAGE_MESSAGES == 0 {
        return Err(Refused::new(StatusCode::FORBIDDEN, 50013, "Missing Permissions to delete others' messages"));
    }
    let id = found.id;
    state.delete(id);
    Ok((StatusCode::NO_CONTENT, Value::Null))
}
