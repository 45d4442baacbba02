//! The routes of commands and interactions.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::messages::Message;
use super::posting::judge_edit;
use super::rest::{Call, Outcome, Refused, done};
use super::state::{Interaction, Shown, State};
use super::{APPLICATION, BOT, judge, limits};

/// How long Discord waits for a first answer, in real time, and how long a token lives, by the
/// fake's clock.
const FIRST_ANSWER: Duration = Duration::from_secs(3);
const TOKEN_LIFE: i64 = 15 * 60;

/// A message that only its asker sees.
const EPHEMERAL: u64 = 64;

pub fn register(state: &mut State, call: &Call) -> Outcome {
    let body = &call.upload.body;
    let mut wrong = judge::complaints("commands", body);
    wrong.extend(limits::command_complaints(body));
    if !wrong.is_empty() {
        return Err(Refused::form("commands", &wrong));
    }
    let mut commands = Vec::new();
    for command in body.as_array().into_iter().flatten() {
        let mut command = command.clone();
        let id = state.new_snowflake().0;
        command["id"] = json!(id.to_string());
        command["application_id"] = json!(APPLICATION.to_string());
        command["version"] = json!("1");
        command["type"] = json!(command["type"].as_u64().unwrap_or(1));
        command["description"] = json!(command["description"].as_str().unwrap_or_default());
        if let Some(permissions) = command["default_member_permissions"].as_u64() {
            command["default_member_permissions"] = json!(permissions.to_string());
        }
        commands.push(command);
    }
    state.commands.clone_from(&commands);
    state.registrations += 1;
    done(Value::Array(commands))
}

/// The first answer to an interaction: exactly one, in time.
pub fn callback(state: &mut State, id: &str, token: &str, call: &Call) -> Outcome {
    let id: u64 = id.parse().unwrap_or_default();
    let Some(interaction) = state.interactions.get(&id).filter(|interaction| interaction.token == token) else {
        return Err(Refused::new(StatusCode::NOT_FOUND, 10062, "Unknown interaction"));
    };
    let what = interaction.what.clone();
    if interaction.answer.is_some() {
        let why = format!("Interaction has already been acknowledged ({what})");
        return Err(Refused::new(StatusCode::BAD_REQUEST, 40060, why));
    }
    let age = interaction.sent.elapsed();
    if age > FIRST_ANSWER {
        let why = format!("Unknown interaction: {what} was answered after {age:?}");
        return Err(Refused::new(StatusCode::NOT_FOUND, 10062, why));
    }
    let body = &call.upload.body;
    let kind = body["type"].as_u64().unwrap_or_default();
    let wrong = callback_complaints(state, interaction, kind, call);
    if !wrong.is_empty() {
        return Err(Refused::form(&what, &wrong));
    }
    let (room, user, pressed) = (interaction.room, interaction.user.clone(), interaction.pressed);
    let message = match (kind, pressed) {
        (4 | 5, _) => {
            let ephemeral = (body["data"]["flags"].as_u64().unwrap_or_default() & EPHEMERAL != 0).then_some(user);
            let data = if kind == 5 { json!({ "loading": true }) } else { body["data"].clone() };
            Some(say(state, room, data, ephemeral, what, call))
        }
        (7, Some(pressed)) => {
            let files = state.with_ids(call.upload.files.clone());
            let now = state.now();
            if let Some(before) = state.message(pressed) {
                let mut edited = before.edited(&body["data"], &files);
                edited.edited = Some(now);
                state.put_edited(edited);
            }
            Some(pressed)
        }
        (6, pressed) => pressed,
        (9, _) => {
            let no = state.count();
            state.modals.push(Shown { no, room, asked: what, data: body["data"].clone() });
            None
        }
        _ => None,
    };
    if let Some(interaction) = state.interactions.get_mut(&id) {
        interaction.answer = Some((kind, body.clone()));
        interaction.deferred = matches!(kind, 5 | 6);
        interaction.message = message;
    }
    if call.asked("with_response") == Some("true") {
        let resource = message.and_then(|id| state.message(id)).map(|message| message.json(state));
        return done(
            json!({ "interaction": { "id": id.to_string(), "type": 2 }, "resource": { "type": kind, "message": resource } }),
        );
    }
    Ok((StatusCode::NO_CONTENT, Value::Null))
}

fn callback_complaints(state: &State, interaction: &Interaction, kind: u64, call: &Call) -> Vec<String> {
    let body = &call.upload.body;
    let mut wrong = call.upload.wrong.clone();
    wrong.extend(judge::complaints("callback", body));
    let completing = interaction.kind == 4;
    match kind {
        4 => wrong.extend(limits::complaints(&body["data"], &call.upload.files)),
        7 => {
            let before = interaction.pressed.and_then(|pressed| state.message(pressed));
            match before {
                None => wrong.push("nothing was pressed that could be updated".to_owned()),
                Some(before) => {
                    let edited = before.edited(&body["data"], &call.upload.files);
                    let mut after = edited.body;
                    after["allowed_mentions"] = body["data"]["allowed_mentions"].clone();
                    wrong.extend(limits::complaints(&after, &edited.files));
                }
            }
        }
        8 if completing => wrong.extend(limits::choice_complaints(&body["data"]["choices"])),
        5 => {}
        6 if interaction.pressed.is_some() => {}
        9 if matches!(interaction.kind, 2 | 3) => wrong.extend(limits::modal_complaints(&body["data"])),
        other => wrong.push(format!("a callback of type {other} to an interaction of type {}", interaction.kind)),
    }
    if completing && kind != 8 {
        wrong.push(format!("a completion was answered with type {kind}"));
    }
    wrong
}

/// A message in answer to an interaction.
fn say(state: &mut State, room: u64, data: Value, ephemeral: Option<String>, asked: String, call: &Call) -> u64 {
    let last = state.channels.get(&room).and_then(|channel| channel.last_message);
    let message = state.add_message(room, BOT, data, call.upload.files.clone());
    message.asked = asked;
    message.ephemeral_to.clone_from(&ephemeral);
    let id = message.id;
    if ephemeral.is_some()
        && let Some(channel) = state.channels.get_mut(&room)
    {
        channel.last_message = last;
    }
    id
}

/// The interaction with that token, answered and not too old.
fn by_token(state: &State, token: &str) -> Result<u64, Refused> {
    let found = state.interactions.iter().find(|(_, interaction)| interaction.token == token && interaction.answer.is_some());
    let Some((id, interaction)) = found else {
        return Err(Refused::new(StatusCode::NOT_FOUND, 10015, "Unknown Webhook"));
    };
    if state.now().duration_since(interaction.sent_at).as_secs() > TOKEN_LIFE {
        return Err(Refused::new(StatusCode::UNAUTHORIZED, 50027, format!("Invalid Webhook Token ({})", interaction.what)));
    }
    Ok(*id)
}

/// A further message in answer to an interaction.
pub fn follow_up(state: &mut State, token: &str, call: &Call) -> Outcome {
    let id = by_token(state, token)?;
    let body = &call.upload.body;
    let mut wrong = call.upload.wrong.clone();
    wrong.extend(judge::complaints("follow_up", body));
    wrong.extend(limits::complaints(body, &call.upload.files));
    if !wrong.is_empty() {
        return Err(Refused::form("follow_up", &wrong));
    }
    let interaction = &state.interactions[&id];
    let (room, what) = (interaction.room, format!("{}, further", interaction.what));
    let ephemeral = (body["flags"].as_u64().unwrap_or_default() & EPHEMERAL != 0).then(|| interaction.user.clone());
    let message = say(state, room, body.clone(), ephemeral, what, call);
    if let Some(interaction) = state.interactions.get_mut(&id) {
        interaction.follow_ups.push(message);
    }
    done(state.message(message).map(|message| message.json(state)).unwrap_or_default())
}

/// Reads, edits or deletes an answer.
pub fn answered(state: &mut State, token: &str, message: &str, call: &Call) -> Outcome {
    let id = by_token(state, token)?;
    let interaction = &state.interactions[&id];
    let wanted = match message {
        "@original" => interaction.message,
        message => {
            let wanted = message.parse().ok();
            wanted.filter(|wanted| interaction.follow_ups.contains(wanted) || interaction.message == Some(*wanted))
        }
    };
    let Some(before) = wanted.and_then(|wanted| state.message(wanted)).cloned() else {
        return Err(Refused::new(StatusCode::NOT_FOUND, 10008, "Unknown Message"));
    };
    if *call.method == Method::GET {
        return done(before.json(state));
    }
    let original = interaction.message == Some(before.id);
    let outcome = if *call.method == Method::DELETE {
        state.delete(before.id);
        Ok((StatusCode::NO_CONTENT, Value::Null))
    } else {
        let schema = if original { "edit_original" } else { "edit_follow_up" };
        let edited: Message = judge_edit(state, schema, &before, call)?;
        state.put_edited(edited.clone());
        done(edited.json(state))
    };
    if original && let Some(interaction) = state.interactions.get_mut(&id) {
        interaction.deferred = false;
    }
    outcome
}
