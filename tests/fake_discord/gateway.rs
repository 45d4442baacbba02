//! The gateway: HELLO, IDENTIFY, READY, heartbeats, RESUME, and what can go wrong with them.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::extract::ws::{CloseFrame, Message as Frame, WebSocket};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::state::{GUILDS, Session, Shared};
use super::{APPLICATION, BOT, TOKEN};

/// Speaks to one connection until it ends.
pub async fn serve(mut socket: WebSocket, shared: Arc<Shared>) {
    shared.state().connections += 1;
    shared.touch();
    let (send, mut frames) = mpsc::unbounded_channel();
    if say(&mut socket, &json!({ "op": 10, "s": null, "t": null, "d": { "heartbeat_interval": 41_250 } })).await.is_err() {
        return;
    }
    let mut joined = Some(send);
    loop {
        tokio::select! {
            frame = frames.recv() => match frame {
                Some(frame) => {
                    if socket.send(frame).await.is_err() {
                        return;
                    }
                }
                // The test dropped the sockets.
                None => return,
            },
            received = socket.recv() => {
                let Some(Ok(frame)) = received else { return };
                let Frame::Text(text) = frame else { continue };
                shared.state().wire.push(format!("gateway {text}"));
                let Ok(message) = serde_json::from_str::<Value>(&text) else { return };
                if heard(&mut socket, &shared, &message, &mut joined).await.is_err() {
                    return;
                }
            }
        }
    }
}

async fn say(socket: &mut WebSocket, frame: &Value) -> Result<(), ()> {
    socket.send(Frame::Text(frame.to_string().into())).await.map_err(drop)
}

async fn close(socket: &mut WebSocket, code: u16) -> Result<(), ()> {
    let _ = socket.send(Frame::Close(Some(CloseFrame { code, reason: "".into() }))).await;
    Err(())
}

async fn heard(
    socket: &mut WebSocket,
    shared: &Arc<Shared>,
    message: &Value,
    joined: &mut Option<mpsc::UnboundedSender<Frame>>,
) -> Result<(), ()> {
    let faults = &shared.faults;
    match message["op"].as_u64() {
        Some(1) if faults.mute_gateway.load(Ordering::SeqCst) => Ok(()),
        Some(1) => say(socket, &json!({ "op": 11, "s": null, "t": null, "d": null })).await,
        Some(2) => {
            shared.state().identifies += 1;
            shared.touch();
            if message["d"]["token"].as_str().map(|token| token.trim_start_matches("Bot ")) != Some(TOKEN) {
                return close(socket, 4004).await;
            }
            if faults.invalid_sessions.load(Ordering::SeqCst) {
                return say(socket, &json!({ "op": 9, "s": null, "t": null, "d": false })).await;
            }
            let ready = ready(shared);
            say(socket, &ready).await?;
            {
                let mut state = shared.state();
                state.ready += 1;
                state.intents = message["d"]["intents"].as_u64().unwrap_or_default();
                let intents = state.intents;
                let session = joined.take().map(|send| Session::new(send, intents));
                if let Some(session) = &session
                    && intents & GUILDS != 0
                {
                    let created: Vec<Value> =
                        state.guilds.values().filter(|guild| guild.has_bot).map(|guild| guild.created(&state)).collect();
                    for guild in created {
                        state.sequence += 1;
                        session.send(&json!({ "op": 0, "s": state.sequence, "t": "GUILD_CREATE", "d": guild }));
                    }
                }
                state.sockets.extend(session);
            }
            shared.touch();
            after_start(socket, shared).await
        }
        Some(6) => {
            shared.state().resumes += 1;
            shared.touch();
            if faults.close_after_resume.load(Ordering::SeqCst) {
                return close(socket, 4000).await;
            }
            if faults.invalid_sessions.load(Ordering::SeqCst) {
                return say(socket, &json!({ "op": 9, "s": null, "t": null, "d": false })).await;
            }
            let sequence = {
                let mut state = shared.state();
                state.sequence += 1;
                state.sequence
            };
            say(socket, &json!({ "op": 0, "s": sequence, "t": "RESUMED", "d": { "_trace": [] } })).await?;
            {
                let mut state = shared.state();
                let intents = state.intents;
                state.sockets.extend(joined.take().map(|send| Session::new(send, intents)));
            }
            shared.touch();
            after_start(socket, shared).await
        }
        _ => Ok(()),
    }
}

async fn after_start(socket: &mut WebSocket, shared: &Arc<Shared>) -> Result<(), ()> {
    if shared.faults.reconnect_loop.load(Ordering::SeqCst) {
        say(socket, &json!({ "op": 7, "s": null, "t": null, "d": null })).await?;
    }
    Ok(())
}

fn ready(shared: &Arc<Shared>) -> Value {
    let mut state = shared.state();
    state.sequence += 1;
    let guilds: Vec<Value> = state
        .guilds
        .values()
        .filter(|guild| guild.has_bot)
        .map(|guild| json!({ "id": guild.id.to_string(), "unavailable": true }))
        .collect();
    let address = state.gateway.unwrap_or(shared.address);
    json!({ "op": 0, "s": state.sequence, "t": "READY", "d": {
        "v": 10,
        "user": me(),
        "guilds": guilds,
        "session_id": "a-session",
        "resume_gateway_url": format!("ws://{address}"),
        "shard": [0, 1],
        "application": { "id": APPLICATION.to_string(), "flags": 0 },
    }})
}

/// The bot as a user.
pub fn me() -> Value {
    json!({
        "id": BOT.to_string(), "username": "kronikas", "discriminator": "0", "global_name": null, "avatar": null,
        "bot": true, "mfa_enabled": false, "verified": true, "email": null, "flags": 0, "public_flags": 0, "locale": "en-GB",
    })
}
