//! Things that can be made to go wrong, any time.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU16, AtomicU64};
use std::time::Duration;

use axum::http::Method;
use tokio::sync::{mpsc, oneshot};

use super::edge::Edge;

/// The switches.
#[derive(Default)]
pub struct Faults {
    /// Close with 4000 after every RESUME.
    pub close_after_resume: AtomicBool,
    /// Ask to reconnect (op 7) as soon as a session stands.
    pub reconnect_loop: AtomicBool,
    /// Call every session invalid (op 9).
    pub invalid_sessions: AtomicBool,
    /// Let that many milliseconds pass before HELLO, as TLS over an ocean does.
    pub handshake: AtomicU64,
    /// The heartbeat's interval in milliseconds, if not 41,250.
    pub heartbeat_interval: AtomicU64,
    /// Never say HELLO.
    pub no_hello: AtomicBool,
    /// Close right after HELLO.
    pub close_after_hello: AtomicBool,
    /// Answer with 502 and a page where a gateway connection is asked for.
    pub page_for_gateway: AtomicBool,
    /// Close with that code after every IDENTIFY, if not 0.
    pub close_after_identify: AtomicU16,
    /// Answer `GET /gateway` and `GET /gateway/bot` with 500.
    pub no_gateway: AtomicBool,
    /// Accept REST requests and stay silent.
    pub silent: AtomicBool,
    /// Never acknowledge a heartbeat nor a close.
    pub mute_gateway: AtomicBool,
    /// How late each answer comes, in milliseconds of real time: at least, and below.
    distance: Mutex<Option<(u64, u64)>>,
    plans: Mutex<Vec<Plan>>,
    holds: Mutex<Vec<Watch>>,
}

/// Which requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// New messages in any channel.
    Posts,
    /// New messages in one channel.
    PostsIn(u64),
    /// Edits of channel messages and of answers to interactions.
    Edits,
    /// First answers to interactions.
    Callbacks,
    /// Further answers to interactions.
    FollowUps,
    /// Deletions of answers to interactions.
    Deletions,
    /// Reading and writing the list of commands.
    Commands,
    /// Reading a channel's messages.
    History,
    /// One route, such as `GET /guilds/{id}/roles`.
    Route(&'static str),
    /// Every REST request.
    All,
}

/// What goes wrong with a request.
#[derive(Debug, Clone)]
pub enum Fault {
    /// Done, but the connection is closed in place of the answer.
    AnswerLost,
    /// The connection is closed before anything is done.
    Cut,
    /// Not done, answered with that status (500, 502, 503).
    Status(u16),
    /// Done, but answered with that status.
    DoneBut(u16),
    /// Not done: Discord refuses it with that status and that error code.
    Refused(u16, u64),
    /// Not done, and never answered.
    Hang,
    /// Done, but never answered.
    DoneThenHang,
    /// Done, but the answer is no JSON.
    NotJson,
    /// Done, but the answer ends in the middle of its JSON.
    CutJson,
    /// Not done, and answered with that status, those headers and that body.
    Instead(u16, &'static [(&'static str, &'static str)], &'static str),
    /// Not done: the edge answers in Discord's place.
    Edge(Edge),
    /// Done, and answered after that long in real time.
    Slow(Duration),
    /// Not done: 429, with the seconds to wait.
    RateLimited { retry_after: f64, scope: Scope },
}

/// Whose limit a 429 is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    Global,
    /// This route of this bot.
    User,
    /// The channel, whoever posts: not counted as an invalid request.
    Shared,
}

/// At which moment a request is held up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// It has arrived in full, nothing is done yet.
    Before,
    /// It is done, the answer is not sent yet.
    After,
}

struct Plan {
    which: Which,
    left: usize,
    fault: Fault,
}

struct Watch {
    which: Which,
    moment: Moment,
    send: mpsc::UnboundedSender<Held>,
}

/// Requests that wait for the test; dropped, it lets all pass.
pub struct Hold(mpsc::UnboundedReceiver<Held>);

/// A request that waits until this is dropped.
pub struct Held {
    /// Its method and path.
    pub request: String,
    _release: oneshot::Sender<()>,
}

impl Hold {
    /// Waits for the next request of the kind; it waits in turn until what is returned is dropped.
    pub async fn next(&mut self) -> Held {
        tokio::time::timeout(super::PATIENCE, self.0.recv()).await.expect("such a request comes").expect("the fake lives")
    }
}

/// A request, as far as faults go by it.
pub struct Asked {
    kinds: Vec<Which>,
    route: String,
}

impl Asked {
    /// `route` is the method and the path without its ids.
    pub fn new(method: &Method, parts: &[&str], route: String) -> Asked {
        Asked { kinds: kinds(method, parts), route }
    }

    fn is(&self, which: &Which) -> bool {
        match which {
            Which::Route(route) => self.route == *route,
            other => self.kinds.contains(other),
        }
    }
}

fn kinds(method: &Method, route: &[&str]) -> Vec<Which> {
    let mut all = vec![Which::All];
    match (method, route) {
        (&Method::POST, ["channels", channel, "messages"]) => {
            all.extend([Which::Posts, Which::PostsIn(channel.parse().unwrap_or_default())]);
        }
        (&Method::GET, ["channels", _, "messages", ..]) => all.push(Which::History),
        (&Method::PATCH, ["channels", _, "messages", _] | ["webhooks", _, _, "messages", _]) => all.push(Which::Edits),
        (&Method::POST, ["interactions", _, _, "callback"]) => all.push(Which::Callbacks),
        (&Method::POST, ["webhooks", _, _]) => all.push(Which::FollowUps),
        (&Method::DELETE, ["webhooks", _, _, "messages", _]) => all.push(Which::Deletions),
        (_, ["applications", ..]) => all.push(Which::Commands),
        _ => {}
    }
    all
}

impl Faults {
    /// Plans a fault for the next requests of a kind.
    pub fn plan(&self, which: Which, times: usize, fault: Fault) {
        lock(&self.plans).push(Plan { which, left: times, fault });
    }

    /// Drops every plan.
    pub fn clear(&self) {
        lock(&self.plans).clear();
    }

    /// How many planned faults have not come about.
    pub fn left(&self) -> usize {
        lock(&self.plans).iter().map(|plan| plan.left).fold(0, usize::saturating_add)
    }

    /// The fault of this request, counted off.
    pub fn take(&self, asked: &Asked) -> Option<Fault> {
        let mut plans = lock(&self.plans);
        let plan = plans.iter_mut().find(|plan| plan.left > 0 && asked.is(&plan.which))?;
        plan.left -= 1;
        Some(plan.fault.clone())
    }

    /// From now on each answer is late by so many milliseconds of real time, as over an ocean.
    pub fn set_distance(&self, millis: std::ops::Range<u64>) {
        *lock(&self.distance) = Some((millis.start, millis.end));
    }

    /// Half of a request's way: there or back. `count` spreads what is drawn.
    pub async fn travel(&self, count: u64) {
        let Some((least, below)) = *lock(&self.distance) else { return };
        // Knuth's multiplicative hash: spread, and the same in every run.
        let drawn = least + (count.wrapping_mul(2_654_435_761) >> 8) % (below - least).max(1);
        tokio::time::sleep(Duration::from_millis(drawn / 2)).await;
    }

    pub fn hold(&self, which: Which, moment: Moment) -> Hold {
        let (send, receive) = mpsc::unbounded_channel();
        lock(&self.holds).push(Watch { which, moment, send });
        Hold(receive)
    }

    /// Waits for the test if it wants to be told of this request.
    pub async fn wait(&self, asked: &Asked, moment: Moment, request: &str) {
        let (release, released) = oneshot::channel();
        {
            let mut holds = lock(&self.holds);
            holds.retain(|watch| !watch.send.is_closed());
            let Some(watch) = holds.iter().find(|watch| watch.moment == moment && asked.is(&watch.which)) else { return };
            let held = Held { request: request.to_owned(), _release: release };
            if watch.send.send(held).is_err() {
                return;
            }
        }
        // An error is the release: the sender was dropped.
        let _ = released.await;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
