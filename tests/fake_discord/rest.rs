//! REST v10: the routes a bot like ours uses. Any other is a failure.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{FromRequestParts, State, WebSocketUpgrade};
use axum::http::{Method, Request, Response, StatusCode, header};
use serde_json::{Value, json};

use super::state::{Message, Shared};
use super::{APPLICATION, TOKEN, gateway, judge, limits};

type Reply = Response<Body>;

/// How long Discord waits for a first answer, and how long a token lives.
const FIRST_ANSWER: Duration = Duration::from_secs(3);
const TOKEN_LIFE: Duration = Duration::from_secs(15 * 60);

/// Answers any request.
pub async fn handle(State(shared): State<Arc<Shared>>, request: Request<Body>) -> Reply {
    let (mut parts, body) = request.into_parts();
    if parts.headers.contains_key(header::UPGRADE) {
        return match WebSocketUpgrade::from_request_parts(&mut parts, &shared).await {
            Ok(upgrade) => upgrade.on_upgrade(move |socket| gateway::serve(socket, shared)),
            Err(_) => answer(StatusCode::BAD_REQUEST, &json!({})),
        };
    }
    if shared.faults.silent.load(Ordering::SeqCst) {
        std::future::pending::<()>().await;
    }
    let bytes = to_bytes(body, 4 << 20).await.unwrap_or_default();
    let value: Value = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    let path = parts.uri.path().to_owned();
    shared.state().wire.push(format!("{} {path} {}", parts.method, String::from_utf8_lossy(&bytes)));
    let authorised =
        parts.headers.get(header::AUTHORIZATION).and_then(|header| header.to_str().ok()) == Some(&format!("Bot {TOKEN}"));
    let reply = route(&shared, &parts.method, &path, &value, authorised);
    shared.touch();
    reply
}

fn route(shared: &Arc<Shared>, method: &Method, path: &str, body: &Value, authorised: bool) -> Reply {
    let route: Vec<&str> = path.trim_start_matches("/api/v10").trim_matches('/').split('/').collect();
    let open = matches!(route.as_slice(), ["interactions" | "webhooks", ..]) || route == ["gateway"];
    if !open && !authorised {
        return answer(StatusCode::UNAUTHORIZED, &json!({ "message": "401: Unauthorized", "code": 0 }));
    }
    match (method, route.as_slice()) {
        (&Method::GET, ["gateway"]) if shared.faults.no_gateway.load(Ordering::SeqCst) => {
            answer(StatusCode::INTERNAL_SERVER_ERROR, &json!({ "message": "500: Internal Server Error", "code": 0 }))
        }
        (&Method::GET, ["gateway"]) => answer(StatusCode::OK, &json!({ "url": format!("ws://{}", shared.address) })),
        (&Method::GET, ["gateway", "bot"]) => answer(
            StatusCode::OK,
            &json!({ "url": format!("ws://{}", shared.address), "shards": 1, "session_start_limit":
                { "total": 1000, "remaining": 999, "reset_after": 14_400_000, "max_concurrency": 1 } }),
        ),
        (&Method::GET, ["users", "@me"]) => answer(StatusCode::OK, &gateway::me()),
        (&Method::GET, ["applications", _, "commands"] | ["applications", _, "guilds", _, "commands"]) => {
            answer(StatusCode::OK, &Value::Array(shared.state().commands.clone()))
        }
        (&Method::PUT, ["applications", _, "commands"] | ["applications", _, "guilds", _, "commands"]) => register(shared, body),
        (&Method::POST, ["interactions", id, token, "callback"]) => callback(shared, id, token, body),
        (&Method::PATCH, ["webhooks", _, token, "messages", "@original"]) => edit(shared, token, body),
        _ => {
            shared.state().unknown.push(format!("{method} {path}"));
            answer(StatusCode::NOT_FOUND, &json!({ "message": "404: Not Found", "code": 0 }))
        }
    }
}

fn answer(status: StatusCode, body: &Value) -> Reply {
    let text = if status == StatusCode::NO_CONTENT { String::new() } else { body.to_string() };
    let reply = Response::builder().status(status).header(header::CONTENT_TYPE, "application/json").body(Body::from(text));
    reply.unwrap_or_default()
}

/// Refuses as Discord does, and remembers it.
fn refuse(shared: &Shared, status: StatusCode, code: u64, why: &str) -> Reply {
    shared.state().refusals.push(format!("{code} {why}"));
    answer(status, &json!({ "message": why, "code": code }))
}

fn register(shared: &Shared, body: &Value) -> Reply {
    let mut wrong = judge::complaints("commands", body);
    wrong.extend(limits::command_complaints(body));
    if !wrong.is_empty() {
        return refuse(shared, StatusCode::BAD_REQUEST, 50035, &format!("Invalid Form Body: {}", wrong.join("; ")));
    }
    let mut commands = Vec::new();
    for command in body.as_array().into_iter().flatten() {
        let mut command = command.clone();
        let id = shared.state().new_id();
        command["id"] = json!(id.to_string());
        command["application_id"] = json!(APPLICATION.to_string());
        command["version"] = json!("1");
        command["type"] = json!(command["type"].as_u64().unwrap_or(1));
        command["description"] = json!(command["description"].as_str().unwrap_or_default());
        commands.push(command);
    }
    let mut state = shared.state();
    state.commands = commands.clone();
    state.registrations += 1;
    answer(StatusCode::OK, &Value::Array(commands))
}

fn callback(shared: &Shared, id: &str, token: &str, body: &Value) -> Reply {
    let id: u64 = id.parse().unwrap_or_default();
    let kind = body["type"].as_u64().unwrap_or_default();
    let known = {
        let state = shared.state();
        state.interactions.get(&id).filter(|interaction| interaction.token == token).map(|interaction| {
            (
                interaction.answer.is_some(),
                interaction.sent.elapsed(),
                interaction.room,
                interaction.user.clone(),
                interaction.pressed,
                interaction.what.clone(),
            )
        })
    };
    let Some((answered, age, room, user, pressed, what)) = known else {
        return refuse(shared, StatusCode::NOT_FOUND, 10062, "Unknown interaction");
    };
    if answered {
        return refuse(shared, StatusCode::BAD_REQUEST, 40060, &format!("Interaction has already been acknowledged ({what})"));
    }
    if age > FIRST_ANSWER {
        return refuse(shared, StatusCode::NOT_FOUND, 10062, &format!("Unknown interaction: {what} was answered after {age:?}"));
    }
    let mut wrong = judge::complaints("callback", body);
    match kind {
        4 | 7 => wrong.extend(limits::complaints(&body["data"])),
        8 => wrong.extend(limits::choice_complaints(&body["data"]["choices"])),
        5 | 6 => {}
        other => wrong.push(format!("a callback of type {other}")),
    }
    if kind == 7 && pressed.is_none() {
        wrong.push("nothing was pressed that could be updated".to_owned());
    }
    if !wrong.is_empty() {
        return refuse(shared, StatusCode::BAD_REQUEST, 50035, &format!("Invalid Form Body ({what}): {}", wrong.join("; ")));
    }
    let mut state = shared.state();
    let message = match (kind, pressed) {
        (4 | 5, _) => {
            let ephemeral = body["data"]["flags"].as_u64().unwrap_or_default() & 64 != 0;
            let message = state.new_id();
            let data = if kind == 5 { json!({ "content": "…" }) } else { body["data"].clone() };
            state.messages.push(Message { id: message, room, body: data, ephemeral_to: ephemeral.then_some(user), asked: what });
            Some(message)
        }
        (7, Some(pressed)) => {
            replace(&mut state.messages, pressed, &body["data"]);
            Some(pressed)
        }
        (6, pressed) => pressed,
        _ => None,
    };
    if let Some(interaction) = state.interactions.get_mut(&id) {
        interaction.answer = Some((kind, body.clone()));
        interaction.deferred = matches!(kind, 5 | 6);
        interaction.message = message;
    }
    answer(StatusCode::NO_CONTENT, &Value::Null)
}

fn replace(messages: &mut [Message], id: u64, data: &Value) {
    if let Some(message) = messages.iter_mut().find(|message| message.id == id) {
        for part in ["content", "embeds", "components"] {
            if !data[part].is_null() {
                message.body[part] = data[part].clone();
            }
        }
    }
}

fn edit(shared: &Shared, token: &str, body: &Value) -> Reply {
    let known = {
        let state = shared.state();
        let found = state.interactions.iter().find(|(_, interaction)| interaction.token == token);
        found.map(|(id, interaction)| (*id, interaction.sent.elapsed(), interaction.message, interaction.answer.is_some()))
    };
    let Some((id, age, Some(message), true)) = known else {
        return refuse(shared, StatusCode::NOT_FOUND, 10015, "Unknown Webhook");
    };
    if age > TOKEN_LIFE {
        return refuse(shared, StatusCode::UNAUTHORIZED, 50027, "Invalid Webhook Token");
    }
    let mut wrong = judge::complaints("edit_original", body);
    wrong.extend(limits::complaints(body));
    if !wrong.is_empty() {
        return refuse(shared, StatusCode::BAD_REQUEST, 50035, &format!("Invalid Form Body (edit): {}", wrong.join("; ")));
    }
    let mut state = shared.state();
    replace(&mut state.messages, message, body);
    if let Some(interaction) = state.interactions.get_mut(&id) {
        interaction.deferred = false;
    }
    let edited = state.messages.iter().find(|known| known.id == message).cloned();
    answer(StatusCode::OK, &edited.map(|message| super::actors::message_json(&message)).unwrap_or_default())
}
