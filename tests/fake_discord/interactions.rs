//! The routes of answers to interactions.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::messages::Message;
use super::posting::judge_edit;
use super::rest::{Call, Outcome, Refused, done};
use super::state::{Interaction, Shown, State};
use super::{BOT, judge, limits};

/// How long Discord waits for a first answer, in real time, and how long a token lives, by the
/// fake's clock.
const FIRST_ANSWER: Duration = Duration::from_secs(3);
const TOKEN_LIFE: i64 = 15 * 60;

/// A message that only its asker sees.
const EPHEMERAL: u64 = 64;
/// Further messages that somebody's own installation may send where the bot is no member.
const FURTHER: usize = 5;

/// The first answer to an interaction: exactly one, in time.
pub fn callback(state: &mut State, id: &str, token: &str, call: &Call) -> Outcome {
    let id: u64 = id.parse().unwrap_or_default();
    let Some(interaction) = state.interactions.get(&id).filter(|interaction| interaction.token == token) else {
        return Err(Refused::new(StatusCode::NOT_FOUND, 10062, "Unknown interaction"));
    };
    let what = interaction.what.clone();
    if let Some((_, before)) = &interaction.answer {
        if *before == call.upload.body {
            // The same once more is how a client learns that the first one arrived.
            return Ok((
                StatusCode::BAD_REQUEST,
                json!({ "message": "Interaction has already been acknowledged", "code": 40060 }),
            ));
        }
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
    if kind == 7 && interaction.pressed.is_some_and(|pressed| state.message(pressed).is_none()) {
        return Err(Refused::new(StatusCode::NOT_FOUND, 10008, format!("Unknown Message ({what})")));
    }
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
            if let Some(before) = state.message(pressed).cloned() {
                state.judge_change(&before, &body["data"], &what);
                let mut edited = before.edited(&body["data"], &files);
                edited.edited = Some(now);
                state.put_edited(edited);
            }
            Some(pressed)
        }
        (6, pressed) => pressed,
        (9, _) => {
            let idx = state.count();
            state.modals.push(Shown { idx, room, asked: what, data: body["data"].clone() });
            None
        }
        _ => None,
    };
    if let Some(interaction) = state.interactions.get_mut(&id) {
        interaction.answer = Some((kind, body.clone()));
        interaction.deferred = matches!(kind, 5 | 6);
        interaction.message = message;
        interaction.shown = message;
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

/// A further message in answer to an interaction. While a promise stands it is no further message:
/// it fills the promise, and whom that is for was decided with it.
pub fn follow_up(state: &mut State, token: &str, call: &Call) -> Outcome {
    let id = by_token(state, token)?;
    let interaction = &state.interactions[&id];
    let promised = interaction.deferred && matches!(interaction.answer, Some((5, _)));
    if promised && interaction.message.is_some_and(|message| state.message(message).is_some()) {
        return answered(state, token, "@original", call);
    }
    let body = &call.upload.body;
    let mut wrong = call.upload.wrong.clone();
    wrong.extend(judge::complaints("follow_up", body));
    wrong.extend(limits::complaints(body, &call.upload.files));
    if !wrong.is_empty() {
        return Err(Refused::form("follow_up", &wrong));
    }
    if interaction.owners.get("0").is_none() && interaction.follow_ups.len() >= FURTHER {
        return Err(Refused::new(
            StatusCode::BAD_REQUEST,
            40094,
            "This interaction has hit the maximum number of follow up messages",
        ));
    }
    let (room, what) = (interaction.room, format!("{}, further", interaction.what));
    let ephemeral = (body["flags"].as_u64().unwrap_or_default() & EPHEMERAL != 0).then(|| interaction.user.clone());
    let message = say(state, room, body.clone(), ephemeral, what, call);
    if let Some(interaction) = state.interactions.get_mut(&id) {
        interaction.follow_ups.push(message);
        if std::mem::take(&mut interaction.deferred) {
            interaction.shown = Some(message);
        }
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
    if *call.method == Method::DELETE {
        // The promise goes; whoever asked is still waiting.
        state.delete(before.id);
        return Ok((StatusCode::NO_CONTENT, Value::Null));
    }
    let what = interaction.what.clone();
    let outcome = {
        let schema = if original { "edit_original" } else { "edit_follow_up" };
        state.judge_change(&before, &call.upload.body, &what);
        let edited: Message = judge_edit(state, schema, &before, call)?;
        state.put_edited(edited.clone());
        done(edited.json(state))
    };
    if original && let Some(interaction) = state.interactions.get_mut(&id) {
        interaction.deferred = false;
    }
    outcome
}

impl State {
    /// What Discord lets pass and nobody may rely on: whom a message is for is decided once, and what
    /// an edit does not name stays. And what we promised: a sentence for one is never put where all
    /// read it.
    fn judge_change(&mut self, before: &Message, data: &Value, what: &str) {
        let public = before.ephemeral_to.is_none();
        let asks_alone = data["flags"].as_u64().unwrap_or_default() & EPHEMERAL != 0;
        let says = |value: &Value| value.as_str().is_some_and(|text| !text.is_empty());
        if asks_alone && public {
            self.complain(&format!("flag 64 on a public message does nothing ({what})"));
        }
        if public && before.is_answer() && says(&data["content"]) && !says(&before.body["content"]) {
            self.complain(&format!("a sentence for one stands on a public message ({what}): {}", data["content"]));
        }
        if data.get("content").is_none() && data.get("embeds").is_some() && says(&before.body["content"]) {
            self.complain(&format!("an old sentence stays above a new card ({what}): {}", before.body["content"]));
        }
    }
}

impl Interaction {
    /// Whether that message is an answer to it (not one that was pressed).
    pub fn led_to(&self, message: u64) -> bool {
        self.message == Some(message) && self.pressed != Some(message) || self.follow_ups.contains(&message)
    }

    /// Whether an answer was promised that has not come.
    pub fn is_promised(&self) -> bool {
        self.deferred && matches!(self.answer, Some((5, _)))
    }

    /// What messages that answer it say of it.
    pub fn metadata(&self, id: u64) -> Value {
        let user = if self.event["member"].is_null() { &self.event["user"] } else { &self.event["member"]["user"] };
        let mut out =
            json!({ "id": id.to_string(), "type": self.kind, "user": user, "authorizing_integration_owners": self.owners });
        match (self.kind, self.pressed) {
            (2, _) => out["name"] = self.event["data"]["name"].clone(),
            (3, Some(pressed)) => out["interacted_message_id"] = json!(pressed.to_string()),
            (5, pressed) => {
                let pressed = pressed.unwrap_or_default().to_string();
                out["triggering_interaction_metadata"] = json!({ "id": (id - 1).to_string(), "type": 3, "user": user,
                    "authorizing_integration_owners": self.owners, "interacted_message_id": pressed });
            }
            _ => {}
        }
        out
    }
}
