//! The gateway: HELLO, IDENTIFY, READY, heartbeats, RESUME, and what can go wrong with them.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message as Frame, WebSocket};
use axum::http::Uri;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::state::{GUILDS, Session, Shared};
use super::{APPLICATION, BOT, TOKEN};

/// The path of the address at which sessions are resumed.
const RESUME_PATH: &str = "/resume-here";

/// One connection.
struct Connection {
    socket: WebSocket,
    shared: Arc<Shared>,
    /// Whether it came to the address for resuming.
    to_resume: bool,
    /// What goes to the session, until there is one.
    joined: Option<mpsc::UnboundedSender<Frame>>,
    session: Option<String>,
    compress: bool,
}

/// The connection is over.
struct Over;

/// Speaks to one connection until it ends.
pub async fn serve(socket: WebSocket, shared: Arc<Shared>, at: Uri) {
    shared.state().connections += 1;
    shared.touch();
    let handshake = shared.faults.handshake.load(Ordering::SeqCst);
    tokio::time::sleep(Duration::from_millis(handshake)).await;
    let (send, frames) = mpsc::unbounded_channel();
    let to_resume = at.path().starts_with(RESUME_PATH);
    let mut connection = Connection { socket, shared, to_resume, joined: Some(send), session: None, compress: false };
    let hello = json!({ "op": 10, "s": null, "t": null, "d": { "heartbeat_interval": connection.interval() } });
    if connection.shared.faults.no_hello.load(Ordering::SeqCst) || connection.say(&hello).await.is_ok() {
        if connection.shared.faults.close_after_hello.load(Ordering::SeqCst) {
            let _ = connection.close(1011).await;
            return;
        }
        // It ends when either side has enough of it.
        let _ = connection.listen(frames).await;
    }
}

impl Connection {
    fn interval(&self) -> u64 {
        match self.shared.faults.heartbeat_interval.load(Ordering::SeqCst) {
            0 => 41_250,
            set => set,
        }
    }

    async fn listen(&mut self, mut frames: mpsc::UnboundedReceiver<Frame>) -> Result<(), Over> {
        loop {
            tokio::select! {
                // The test dropped the sockets when there is none.
                frame = frames.recv() => self.pass(frame.ok_or(Over)?).await?,
                received = self.socket.recv() => match received {
                    Some(Ok(Frame::Text(text))) => {
                        self.shared.state().wire.push(format!("gateway {text}"));
                        let message: Value = serde_json::from_str(&text).map_err(|_| Over)?;
                        self.heard(&message).await?;
                    }
                    Some(Ok(Frame::Close(close))) => {
                        if let (Some(1000 | 1001), Some(session)) = (close.map(|close| close.code), &self.session) {
                            self.shared.state().sessions.end(session);
                        }
                        return Err(Over);
                    }
                    Some(Ok(_)) => {}
                    Some(Err(_)) | None => return Err(Over),
                },
            }
        }
    }

    async fn say(&mut self, frame: &Value) -> Result<(), Over> {
        self.pass(Frame::Text(frame.to_string().into())).await
    }

    /// Sends a frame; every second dispatch compressed where that was asked for, since Discord chooses.
    async fn pass(&mut self, frame: Frame) -> Result<(), Over> {
        let frame = match frame {
            Frame::Text(text) if self.compress && text.len() % 2 == 0 => Frame::Binary(deflated(&text).into()),
            frame => frame,
        };
        self.socket.send(frame).await.map_err(|_| Over)
    }

    async fn close(&mut self, code: u16) -> Result<(), Over> {
        let _ = self.socket.send(Frame::Close(Some(CloseFrame { code, reason: "".into() }))).await;
        Err(Over)
    }

    async fn invalid(&mut self) -> Result<(), Over> {
        self.say(&json!({ "op": 9, "s": null, "t": null, "d": false })).await
    }

    async fn heard(&mut self, message: &Value) -> Result<(), Over> {
        let mute = self.shared.faults.mute_gateway.load(Ordering::SeqCst);
        match message["op"].as_u64() {
            // Heartbeats before a session are answered: the silence is about sessions.
            Some(6) if mute => Ok(()),
            Some(1) if mute && self.session.is_some() => Ok(()),
            Some(1) => {
                let latest = self.shared.state().sequence;
                if message["d"].as_u64().is_some_and(|seen| seen > latest) {
                    self.complain("a heartbeat with a sequence number that was never sent");
                }
                self.say(&json!({ "op": 11, "s": null, "t": null, "d": null })).await
            }
            Some(2 | 6) if self.session.is_some() => self.close(4005).await,
            Some(2) => self.identify(&message["d"]).await,
            Some(6) => self.resume(&message["d"]).await,
            _ if self.session.is_none() => self.close(4003).await,
            _ => Ok(()),
        }
    }

    fn complain(&self, what: &str) {
        self.shared.state().sessions.complaints.push(what.to_owned());
    }

    fn knows(&self, message: &Value) -> bool {
        let given = message["token"].as_str().map(|token| token.trim_start_matches("Bot "));
        given == Some(TOKEN) && !self.shared.state().sessions.token_is_dead()
    }

    async fn identify(&mut self, asked: &Value) -> Result<(), Over> {
        let shared = self.shared.clone();
        let known = self.knows(asked);
        let too_soon = {
            let mut state = shared.state();
            state.identifies += 1;
            state.sessions.misplaced += u64::from(self.to_resume);
            let too_soon = state.sessions.count();
            if state.sessions.token_is_dead() {
                state.sessions.end_all();
                state.sockets.clear();
            }
            too_soon
        };
        shared.touch();
        let code = shared.faults.close_after_identify.load(Ordering::SeqCst);
        if !known || shared.state().sessions.token_is_dead() {
            return self.close(4004).await;
        }
        if code != 0 {
            return self.close(code).await;
        }
        if asked["shard"][1].as_u64().unwrap_or(1) < shared.state().sessions.shards {
            return self.close(4011).await;
        }
        // It costs a session all the same.
        if shared.faults.mute_gateway.load(Ordering::SeqCst) {
            return Ok(());
        }
        if too_soon || shared.faults.invalid_sessions.load(Ordering::SeqCst) {
            return self.invalid().await;
        }
        self.compress = asked["compress"] == json!(true) && shared.state().sessions.compress;
        self.ready(asked).await?;
        shared.touch();
        self.after_start().await
    }

    /// READY, then the guilds one by one.
    async fn ready(&mut self, asked: &Value) -> Result<(), Over> {
        let shared = self.shared.clone();
        let intents = asked["intents"].as_u64().unwrap_or_default();
        let ready = ready(&shared, intents, self.compress, &asked["shard"]);
        self.session = ready["d"]["session_id"].as_str().map(str::to_owned);
        self.say(&ready).await?;
        let mut state = shared.state();
        state.ready += 1;
        state.intents = intents;
        let session = self.joined.take().map(|send| Session::new(send, intents));
        if let Some(session) = &session
            && intents & GUILDS != 0
        {
            let created: Vec<Value> = mine(&state.guilds, &asked["shard"])
                .map(|guild| match state.sessions.unavailable.contains(&guild.id) {
                    true => json!({ "id": guild.id.to_string(), "unavailable": true }),
                    false => guild.created(&state),
                })
                .collect();
            for guild in created {
                state.sequence += 1;
                let frame = json!({ "op": 0, "s": state.sequence, "t": "GUILD_CREATE", "d": guild });
                let sequence = state.sequence;
                state.sessions.tell(sequence, GUILDS, &frame);
                session.send(&frame);
            }
        }
        state.sockets.extend(session);
        Ok(())
    }

    async fn resume(&mut self, asked: &Value) -> Result<(), Over> {
        let shared = self.shared.clone();
        shared.state().resumes += 1;
        shared.state().sessions.misplaced += u64::from(!self.to_resume);
        shared.touch();
        if !self.knows(asked) {
            return self.close(4004).await;
        }
        if shared.faults.close_after_resume.load(Ordering::SeqCst) {
            return self.close(4000).await;
        }
        let id = asked["session_id"].as_str().unwrap_or_default().to_owned();
        let found = {
            let state = shared.state();
            state.sessions.resume(&id, asked["seq"].as_u64().unwrap_or_default(), state.sequence)
        };
        let Some((intents, compress, missed)) = found.filter(|_| !shared.faults.invalid_sessions.load(Ordering::SeqCst)) else {
            shared.state().sessions.end(&id);
            return self.invalid().await;
        };
        self.session = Some(id);
        self.compress = compress;
        for frame in missed {
            self.say(&frame).await?;
        }
        let sequence = {
            let mut state = shared.state();
            state.sequence += 1;
            state.sequence
        };
        self.say(&json!({ "op": 0, "s": sequence, "t": "RESUMED", "d": { "_trace": [] } })).await?;
        shared.state().sockets.extend(self.joined.take().map(|send| Session::new(send, intents)));
        shared.touch();
        self.after_start().await
    }

    async fn after_start(&mut self) -> Result<(), Over> {
        if self.shared.faults.reconnect_loop.load(Ordering::SeqCst) {
            self.say(&json!({ "op": 7, "s": null, "t": null, "d": null })).await?;
        }
        Ok(())
    }
}

fn deflated(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text.as_bytes()).expect("memory");
    encoder.finish().expect("memory")
}

/// The guilds of a shard that have the bot.
fn mine<'a>(
    guilds: &'a std::collections::BTreeMap<u64, super::guilds::Guild>,
    shard: &Value,
) -> impl Iterator<Item = &'a super::guilds::Guild> {
    let (shard, shards) = (shard[0].as_u64().unwrap_or_default(), shard[1].as_u64().unwrap_or(1).max(1));
    guilds.values().filter(move |guild| guild.has_bot && (guild.id >> 22) % shards == shard)
}

fn ready(shared: &Arc<Shared>, intents: u64, compress: bool, shard: &Value) -> Value {
    let mut state = shared.state();
    state.sequence += 1;
    let began = state.sequence;
    let session = state.sessions.start(intents, began, compress);
    let guilds: Vec<Value> =
        mine(&state.guilds, shard).map(|guild| json!({ "id": guild.id.to_string(), "unavailable": true })).collect();
    let address = state.gateway.clone().unwrap_or_else(|| format!("ws://{}", shared.address));
    json!({ "op": 0, "s": began, "t": "READY", "d": {
        "v": 10,
        "user": me(),
        "guilds": guilds,
        "session_id": session,
        "resume_gateway_url": format!("{address}{RESUME_PATH}"),
        "shard": shard,
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
