//! Drives one shard's connection to Discord, as the state machine decides.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use fastrand::Rng;
use futures_util::{SinkExt, StreamExt};
use jiff::SignedDuration;
use secrecy::SecretString;
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Message;
use tokio_util::sync::CancellationToken;
use tracing::{debug, info, warn};

use super::codes::End;
use super::dial::{Dialer, Socket};
use super::frames::{self, Frame};
use super::gate::{Gate, Permit};
use super::local::goodbye;
use super::machine::{Event, LinkAction, Machine, Session};
use super::notice::{self, Notice};
use super::queue::Inlet;
use super::status::GatewayStatus;
use super::translate::{self, Translated};
use crate::clock::Clock;
use crate::discord::contact::{Contact, ContactError};

/// How long sending a frame may take, and sending a close frame.
const SEND: Duration = Duration::from_secs(10);
const GOODBYE: Duration = Duration::from_millis(500);
/// The close code for a connection whose session we want to resume.
const TO_RESUME: u16 = 4000;
const FOR_GOOD: u16 = 1000;

/// What a shard's connection needs.
pub(super) struct Upstream {
    /// This shard's index, and the number of shards.
    pub shard: (u32, u32),
    /// The bot's token.
    pub token: SecretString,
    /// The gateway intents, as bits.
    pub intents: u64,
    /// Permits new sessions.
    pub gate: Arc<Gate>,
    pub dialer: Arc<Dialer>,
    /// The state of the connection, for health and metrics.
    pub status: Arc<GatewayStatus>,
    /// The events for serenity.
    pub inlet: Inlet,
    /// The events about servers and channels.
    pub notices: mpsc::UnboundedSender<Notice>,
    /// Answers interactions that serenity cannot parse.
    pub contact: Contact,
    /// The current time, for health and metrics.
    pub clock: Arc<dyn Clock>,
    /// Cancelled when the program stops.
    pub stop: CancellationToken,
}

/// The current connection.
struct GatewaySocket {
    machine: Machine,
    socket: Option<Socket>,
    permit: Option<Permit>,
    /// An event that waits for space in the queue; until it is queued, nothing more is read.
    pending: Option<(&'static str, String)>,
    blocked_since: Option<Instant>,
    chance: Rng,
}

impl Upstream {
    /// Maintains the connection until the program stops, or until retrying is useless; returns why.
    pub(super) async fn run(mut self) -> Option<End> {
        let stop = self.stop.clone();
        let mut line = GatewaySocket {
            machine: Machine::new(Instant::now()),
            socket: None,
            permit: None,
            pending: None,
            blocked_since: None,
            chance: Rng::new(),
        };
        let ended = tokio::select! {
            ended = self.keep(&mut line) => Some(ended),
            // Also if the sender is gone, because the program has ended then.
            () = stop.cancelled() => None,
        };
        line.close(FOR_GOOD).await;
        ended
    }

    async fn keep(&mut self, line: &mut GatewaySocket) -> End {
        let mut effects = VecDeque::new();
        loop {
            while let Some(effect) = effects.pop_front() {
                match self.act(effect, line).await {
                    Ok(events) => effects.extend(self.step(line, events)),
                    Err(end) => return end,
                }
            }
            let events = self.next(line).await;
            effects.extend(self.step(line, events));
        }
    }

    fn step(&self, line: &mut GatewaySocket, events: Vec<Event>) -> Vec<LinkAction> {
        let was_live = line.machine.is_live();
        let now = Instant::now();
        let mut effects = Vec::new();
        let shard = self.shard.0;
        for event in events {
            let waited = event == Event::Wake;
            let more = line.machine.step(event, now, &mut line.chance);
            if waited && more.contains(&LinkAction::Close) {
                warn!(shard, "the gateway does not respond; reconnecting");
                self.status.because(shard, "the gateway did not respond in time".to_owned());
            }
            effects.extend(more);
        }
        if line.machine.is_live() && !was_live {
            self.status.live_since(shard, self.clock.now());
        }
        if let Some(at) = line.machine.next_attempt() {
            let left = SignedDuration::try_from(at.saturating_duration_since(now)).unwrap_or_default();
            self.status.next_try(shard, self.clock.now().checked_add(left).ok());
        }
        effects
    }

    /// Waits for the next events.
    async fn next(&self, line: &mut GatewaySocket) -> Vec<Event> {
        let deadline = line.machine.deadline();
        let wake = async {
            match deadline {
                Some(at) => tokio::time::sleep_until(at.into()).await,
                None => std::future::pending().await,
            }
        };
        if let Some((_, data)) = &line.pending {
            let size = data.len();
            return tokio::select! {
                // Unread frames may contain the acknowledgement of the last heartbeat.
                () = wake => vec![Event::WasDeaf, Event::Wake],
                room = self.inlet.room(size) => {
                    if let (Some(room), Some((event, data))) = (room, line.pending.take()) {
                        room.put(event, data);
                    }
                    let blocked = line.blocked_since.take().is_some_and(|since| since.elapsed() > Duration::from_secs(1));
                    if blocked { vec![Event::WasDeaf] } else { Vec::new() }
                }
            };
        }
        let socket = &mut line.socket;
        let read = async {
            match socket {
                Some(socket) => socket.next().await,
                None => std::future::pending().await,
            }
        };
        let message = tokio::select! {
            () = wake => return vec![Event::Wake],
            message = read => message,
        };
        match message {
            Some(Ok(Message::Text(text))) => self.heard(line, text.as_str()),
            Some(Ok(Message::Binary(bytes))) => match frames::inflate(&bytes) {
                Some(text) => self.heard(line, &text),
                None => self.unreadable("a compressed frame", bytes.len()),
            },
            Some(Ok(Message::Close(frame))) => self.closed(line, frame.map(|frame| frame.code.into())),
            Some(Ok(_)) => Vec::new(),
            Some(Err(error)) => {
                debug!(%error, "the gateway connection failed");
                self.closed(line, None)
            }
            None => self.closed(line, None),
        }
    }

    fn closed(&self, line: &mut GatewaySocket, code: Option<u16>) -> Vec<Event> {
        line.socket = None;
        line.permit = None;
        self.status.closed(self.shard.0, code);
        warn!(shard = self.shard.0, code, "the gateway connection was closed");
        vec![Event::Closed(code)]
    }

    /// Counts a frame that cannot be parsed. It is never logged, because it may contain tokens and what
    /// users typed.
    fn unreadable(&self, what: &str, size: usize) -> Vec<Event> {
        self.status.count_unreadable();
        warn!(what, size_bytes = size, "a message from the gateway cannot be parsed");
        Vec::new()
    }

    fn heard(&self, line: &mut GatewaySocket, text: &str) -> Vec<Event> {
        let Some(frame) = Frame::read(text) else { return self.unreadable("a frame", text.len()) };
        match frame.op {
            0 => {
                let mut events: Vec<Event> = frame.s.map(Event::Dispatch).into_iter().collect();
                events.extend(self.dispatched(line, &frame));
                events
            }
            1 => vec![Event::HeartbeatWanted],
            7 => {
                self.status.because(self.shard.0, "the gateway asked the bot to reconnect (op 7)".to_owned());
                vec![Event::Reconnect]
            }
            9 => {
                line.permit = None;
                self.status.because(self.shard.0, "the gateway invalidated the session (op 9)".to_owned());
                let resumable = frame.data() == "true";
                warn!(shard = self.shard.0, resumable, "the gateway invalidated the session");
                vec![Event::Invalid { resumable }]
            }
            10 => match frames::heartbeat_interval(frame.data()) {
                Some(interval) => vec![Event::Hello(interval)],
                None => self.unreadable("HELLO", text.len()),
            },
            11 => vec![Event::Acknowledged],
            _ => Vec::new(),
        }
    }

    fn dispatched(&self, line: &mut GatewaySocket, frame: &Frame<'_>) -> Vec<Event> {
        let (shard, shards) = self.shard;
        let data = frame.data();
        match frame.t.as_deref().unwrap_or_default() {
            "READY" => {
                let Ok(ready) = serde_json::from_str::<frames::Ready>(data) else {
                    return self.unreadable("READY", data.len());
                };
                info!(shard, guilds = ready.guilds.len(), "connected");
                line.offer("READY", translate::ready(&ready.user, &ready.application, &ready.guilds, shard, shards));
                let url = ready.resume_gateway_url.unwrap_or_default();
                self.notify(notice::ready(shard, shards, &ready.guilds));
                vec![Event::Ready(Session { id: ready.session_id, url })]
            }
            "RESUMED" => {
                info!(shard, "resumed the connection");
                vec![Event::Resumed]
            }
            "INTERACTION_CREATE" => {
                match translate::interaction(data) {
                    Translated::Readable { data, mended } => {
                        if mended {
                            self.status.count_unreadable();
                        }
                        line.offer("INTERACTION_CREATE", data);
                    }
                    Translated::Unreadable { id, token, answer } => {
                        self.unreadable("an interaction", data.len());
                        let contact = self.contact.clone();
                        tokio::spawn(async move {
                            if let Err(ContactError::Passing { why, .. }) = contact.answer(id, &token, &answer).await {
                                warn!(why, "an interaction that cannot be parsed was not answered");
                            }
                        });
                    }
                    Translated::Nonsense => {
                        self.unreadable("an interaction", data.len());
                    }
                }
                Vec::new()
            }
            event => {
                match notice::of_event(event, data) {
                    Ok(Some(notice)) => self.notify(notice),
                    Ok(None) => {}
                    Err(_) => {
                        self.unreadable("an event", data.len());
                    }
                }
                Vec::new()
            }
        }
    }

    fn notify(&self, notice: Notice) {
        // The receiver is gone only when the program ends.
        let _ = self.notices.send(notice);
    }

    async fn act(&mut self, effect: LinkAction, line: &mut GatewaySocket) -> Result<Vec<Event>, End> {
        match effect {
            LinkAction::AskPermit => match self.gate.permit(self.shard.0).await {
                Ok(permit) => {
                    let doubtful = permit.doubtful;
                    line.permit = Some(permit);
                    Ok(vec![Event::Permitted { doubtful }])
                }
                Err(_) => Err(End::TokenRefused),
            },
            LinkAction::Dial => {
                let address = line.permit.as_ref().map(|permit| permit.info.url.clone()).unwrap_or_default();
                Ok(self.dial(line, &address).await)
            }
            LinkAction::DialToResume(session) => {
                self.status.count_resume();
                let address = if session.url.is_empty() { self.gate.address().await } else { Some(session.url) };
                Ok(self.dial(line, &address.unwrap_or_default()).await)
            }
            LinkAction::Identify => {
                if let Some(permit) = &mut line.permit {
                    self.gate.spend(permit).await;
                }
                let frame = frames::identify(&self.token, self.intents, self.shard.0, self.shard.1);
                Ok(self.send(line, frame).await)
            }
            LinkAction::Resume(session, sequence) => {
                Ok(self.send(line, frames::resume(&self.token, &session.id, sequence)).await)
            }
            LinkAction::Heartbeat(sequence) => Ok(self.send(line, frames::heartbeat(sequence)).await),
            LinkAction::BeganWell => {
                if let Some(permit) = line.permit.take() {
                    self.gate.began_well(permit).await;
                }
                Ok(Vec::new())
            }
            LinkAction::Close => {
                line.close(TO_RESUME).await;
                Ok(Vec::new())
            }
            LinkAction::End(end) => Err(end),
        }
    }

    async fn dial(&self, line: &mut GatewaySocket, address: &str) -> Vec<Event> {
        self.status.next_try(self.shard.0, None);
        match self.dialer.dial(address).await {
            Ok(socket) => {
                line.socket = Some(socket);
                vec![Event::Connected]
            }
            Err(error) => {
                warn!(shard = self.shard.0, %error, "the gateway cannot be reached");
                line.permit = None;
                self.status.because(self.shard.0, error.to_string());
                vec![Event::Failed]
            }
        }
    }

    async fn send(&self, line: &mut GatewaySocket, frame: String) -> Vec<Event> {
        let Some(socket) = &mut line.socket else { return Vec::new() };
        match tokio::time::timeout(SEND, socket.send(Message::text(frame))).await {
            Ok(Ok(())) => Vec::new(),
            Ok(Err(_)) | Err(_) => self.closed(line, None),
        }
    }
}

impl GatewaySocket {
    /// Queues an event for serenity.
    fn offer(&mut self, event: &'static str, data: String) {
        self.pending = Some((event, data));
        self.blocked_since = Some(Instant::now());
    }

    /// Closes the connection, if there is one.
    async fn close(&mut self, code: u16) {
        self.permit = None;
        if let Some(mut socket) = self.socket.take() {
            // A peer that no longer reads need not get the close frame.
            let _ = tokio::time::timeout(GOODBYE, socket.send(goodbye(code))).await;
        }
    }
}

#[cfg(test)]
#[path = "upstream_tests.rs"]
mod tests;
