//! One shard's connection to Discord as a pure state machine: events and the current time in, actions
//! out. `upstream` carries out the actions.

use std::time::{Duration, Instant};

use fastrand::Rng;

use super::codes::{self, Closing};

/// How long HELLO, the acknowledgement of the first heartbeat, and READY or RESUMED may each take.
const GREETING: Duration = Duration::from_secs(20);
const PROBE: Duration = Duration::from_secs(10);
const STARTING: Duration = Duration::from_secs(45);
/// After a connection that lasted this long, the next attempt is made at once.
const SETTLED: Duration = Duration::from_secs(60);
/// The wait between attempts doubles up to this, with full jitter.
const LONGEST: Duration = Duration::from_secs(60);
const SHORTEST: Duration = Duration::from_millis(250);
/// After this many failed attempts to resume, a new session is started.
const RESUMES: u32 = 6;
/// After this many unacknowledged first heartbeats, and no session for that long, a session is started
/// without a probe. Otherwise a gateway that acknowledges no heartbeat before IDENTIFY would lock us out
/// forever.
const VAIN_PROBES: u32 = 5;
const BLIND: Duration = Duration::from_secs(3_600);
/// Discord's close code for sending something before IDENTIFY.
const NOT_AUTHENTICATED: u16 = 4003;

/// The data for resuming a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Session {
    /// Discord's session id.
    pub id: String,
    /// The address at which Discord wants it resumed.
    pub url: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Event {
    Wake,
    /// A new session may be started now.
    Permitted {
        /// How long ago the previous session was started, if READY did not come for it.
        doubtful: Option<Duration>,
    },
    Connected,
    /// The connection could not be opened.
    Failed,
    /// HELLO, with the heartbeat interval.
    Hello(Duration),
    /// Discord acknowledged our heartbeat.
    Acknowledged,
    /// Discord requests a heartbeat now.
    HeartbeatWanted,
    /// A new session has begun.
    Ready(Session),
    /// The old session continues.
    Resumed,
    /// A dispatch with this sequence number.
    Dispatch(u64),
    /// Discord asks us to reconnect.
    Reconnect,
    /// The session is invalid, or cannot be started now.
    Invalid {
        /// Whether it can still be resumed.
        resumable: bool,
    },
    /// The connection ended, with Discord's close code if there was one.
    Closed(Option<u16>),
    /// Nothing was read for a while, so an acknowledgement may have been missed.
    WasDeaf,
}

/// What the driver must do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum LinkAction {
    /// Ask for a permit to start a session, then report [`Event::Permitted`].
    AskPermit,
    /// Connect to the address for new sessions.
    Dial,
    /// Connect to the address for resuming this session.
    DialToResume(Session),
    Identify,
    /// Send RESUME with this sequence number.
    Resume(Session, u64),
    /// Send a heartbeat with the last sequence number.
    Heartbeat(Option<u64>),
    /// Record that READY came for the new session.
    BeganWell,
    /// Close the connection with a code that keeps the session.
    Close,
    /// Stop: retrying is useless.
    End(codes::End),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LinkPhase {
    Waiting {
        until: Instant,
    },
    AskingPermit,
    Dialing,
    Greeting {
        by: Instant,
    },
    /// Waiting for the acknowledgement of a heartbeat before IDENTIFY, which would cost a session.
    Probing {
        by: Instant,
        interval: Duration,
    },
    Starting {
        by: Instant,
    },
    Live {
        since: Instant,
    },
    Ended,
}

#[derive(Debug, Clone, Copy)]
struct Heartbeat {
    interval: Duration,
    next: Instant,
    acknowledged: bool,
}

/// The state of one shard's connection.
#[derive(Debug)]
pub(super) struct Machine {
    phase: LinkPhase,
    session: Option<Session>,
    sequence: Option<u64>,
    heartbeat: Option<Heartbeat>,
    /// Consecutive attempts that led to no settled connection.
    failures: u32,
    /// Consecutive failed attempts to resume.
    vain_resumes: u32,
    /// Set if the gateway must acknowledge a heartbeat before IDENTIFY; how long ago the previous
    /// session was started.
    careful: Option<Duration>,
    /// Consecutive first heartbeats without an acknowledgement.
    vain_probes: u32,
    /// Whether this gateway rejects heartbeats before IDENTIFY. Discord's accepts them.
    no_probes: bool,
}

impl Machine {
    /// A machine that connects at once.
    pub(super) fn new(now: Instant) -> Machine {
        Machine {
            phase: LinkPhase::Waiting { until: now },
            session: None,
            sequence: None,
            heartbeat: None,
            failures: 0,
            vain_resumes: 0,
            careful: None,
            vain_probes: 0,
            no_probes: false,
        }
    }

    /// Whether there is a session.
    pub(super) fn is_live(&self) -> bool {
        matches!(self.phase, LinkPhase::Live { .. })
    }

    /// When the next attempt is made, while the machine waits for it.
    pub(super) fn next_attempt(&self) -> Option<Instant> {
        match self.phase {
            LinkPhase::Waiting { until } => Some(until),
            _ => None,
        }
    }

    /// When [`Event::Wake`] must be reported next.
    pub(super) fn deadline(&self) -> Option<Instant> {
        let phase = match self.phase {
            LinkPhase::Waiting { until } => Some(until),
            LinkPhase::Greeting { by } | LinkPhase::Probing { by, .. } | LinkPhase::Starting { by } => Some(by),
            LinkPhase::AskingPermit | LinkPhase::Dialing | LinkPhase::Live { .. } | LinkPhase::Ended => None,
        };
        let heartbeat = self.heartbeat.map(|heartbeat| heartbeat.next);
        phase.into_iter().chain(heartbeat).min()
    }

    pub(super) fn step(&mut self, event: Event, now: Instant, chance: &mut Rng) -> Vec<LinkAction> {
        match event {
            Event::Wake => self.wake(now, chance),
            Event::Permitted { doubtful } if self.phase == LinkPhase::AskingPermit => {
                self.phase = LinkPhase::Dialing;
                self.careful = doubtful.or((self.failures > 0).then_some(Duration::ZERO));
                vec![LinkAction::Dial]
            }
            Event::Connected if self.phase == LinkPhase::Dialing => {
                self.phase = LinkPhase::Greeting { by: now + GREETING };
                Vec::new()
            }
            Event::Failed | Event::Closed(None) => self.lost(now, chance),
            Event::Hello(interval) => self.hello(interval, now, chance),
            Event::Acknowledged | Event::WasDeaf => {
                if let (Event::Acknowledged, LinkPhase::Probing { interval, .. }) = (&event, self.phase) {
                    return self.start(interval, now, chance);
                }
                if let Some(heartbeat) = &mut self.heartbeat {
                    heartbeat.acknowledged = true;
                }
                Vec::new()
            }
            Event::HeartbeatWanted => vec![LinkAction::Heartbeat(self.sequence)],
            Event::Ready(session) => {
                self.session = Some(session);
                self.go_live(now);
                vec![LinkAction::BeganWell]
            }
            Event::Resumed => {
                self.go_live(now);
                Vec::new()
            }
            Event::Dispatch(sequence) => {
                self.sequence = Some(sequence);
                Vec::new()
            }
            Event::Reconnect => self.close_and(now, chance),
            Event::Invalid { resumable } => {
                if !resumable {
                    self.drop_session();
                }
                let effects = self.close_and(now, chance);
                // Discord asks for a random wait of one to five seconds here.
                let least = now + Duration::from_millis(chance.u64(1_000..=5_000));
                if let LinkPhase::Waiting { until } = &mut self.phase {
                    *until = (*until).max(least);
                }
                effects
            }
            Event::Closed(Some(code)) => self.closed(code, now, chance),
            // Late events of a connection that is gone.
            Event::Permitted { .. } | Event::Connected => Vec::new(),
        }
    }

    fn closed(&mut self, code: u16, now: Instant, chance: &mut Rng) -> Vec<LinkAction> {
        if code == NOT_AUTHENTICATED && matches!(self.phase, LinkPhase::Probing { .. }) {
            self.no_probes = true;
        }
        match codes::closing(code) {
            Closing::Resume => self.lost(now, chance),
            Closing::StartAnew => {
                self.drop_session();
                self.lost(now, chance)
            }
            Closing::End(end) => {
                self.phase = LinkPhase::Ended;
                self.heartbeat = None;
                vec![LinkAction::End(end)]
            }
        }
    }

    fn wake(&mut self, now: Instant, chance: &mut Rng) -> Vec<LinkAction> {
        match self.phase {
            LinkPhase::Waiting { until } if now >= until => match &self.session {
                Some(session) => {
                    self.phase = LinkPhase::Dialing;
                    vec![LinkAction::DialToResume(session.clone())]
                }
                None => {
                    self.phase = LinkPhase::AskingPermit;
                    vec![LinkAction::AskPermit]
                }
            },
            LinkPhase::Probing { by, .. } if now >= by => {
                self.vain_probes = self.vain_probes.saturating_add(1);
                self.close_and(now, chance)
            }
            LinkPhase::Greeting { by } | LinkPhase::Starting { by } if now >= by => self.close_and(now, chance),
            _ => self.beat(now, chance),
        }
    }

    fn beat(&mut self, now: Instant, chance: &mut Rng) -> Vec<LinkAction> {
        match &mut self.heartbeat {
            Some(heartbeat) if now >= heartbeat.next && heartbeat.acknowledged => {
                heartbeat.acknowledged = false;
                heartbeat.next = now + heartbeat.interval;
                vec![LinkAction::Heartbeat(self.sequence)]
            }
            // The connection is open, but dead.
            Some(heartbeat) if now >= heartbeat.next => self.close_and(now, chance),
            _ => Vec::new(),
        }
    }

    fn hello(&mut self, interval: Duration, now: Instant, chance: &mut Rng) -> Vec<LinkAction> {
        if !matches!(self.phase, LinkPhase::Greeting { .. }) {
            return Vec::new();
        }
        if self.session.is_none() && self.is_to_probe() {
            self.phase = LinkPhase::Probing { by: now + PROBE, interval };
            return vec![LinkAction::Heartbeat(None)];
        }
        self.start(interval, now, chance)
    }

    /// Whether to probe this gateway with a heartbeat before IDENTIFY.
    fn is_to_probe(&self) -> bool {
        let blind = |ago: Duration| self.vain_probes >= VAIN_PROBES && ago >= BLIND;
        !self.no_probes && self.careful.is_some_and(|ago| !blind(ago))
    }

    /// Starts or resumes a session.
    fn start(&mut self, interval: Duration, now: Instant, chance: &mut Rng) -> Vec<LinkAction> {
        let first = interval.mul_f64(chance.f64());
        self.heartbeat = Some(Heartbeat { interval, next: now + first, acknowledged: true });
        self.phase = LinkPhase::Starting { by: now + STARTING };
        match &self.session {
            Some(session) => vec![LinkAction::Resume(session.clone(), self.sequence.unwrap_or_default())],
            None => vec![LinkAction::Identify],
        }
    }

    fn go_live(&mut self, now: Instant) {
        self.phase = LinkPhase::Live { since: now };
        self.vain_resumes = 0;
        self.vain_probes = 0;
    }

    fn drop_session(&mut self) {
        self.session = None;
        self.sequence = None;
        self.vain_resumes = 0;
    }

    fn close_and(&mut self, now: Instant, chance: &mut Rng) -> Vec<LinkAction> {
        let mut effects = vec![LinkAction::Close];
        effects.extend(self.lost(now, chance));
        effects
    }

    /// The connection is gone; schedules the next attempt.
    fn lost(&mut self, now: Instant, chance: &mut Rng) -> Vec<LinkAction> {
        match self.phase {
            LinkPhase::Ended | LinkPhase::Waiting { .. } => return Vec::new(),
            LinkPhase::Live { since } if now.duration_since(since) >= SETTLED => self.failures = 0,
            LinkPhase::Live { .. } => {}
            _ if self.session.is_some() => {
                self.vain_resumes += 1;
                if self.vain_resumes >= RESUMES {
                    self.drop_session();
                }
            }
            _ => {}
        }
        let wait = match self.failures {
            0 => Duration::ZERO,
            failures => {
                let longest = Duration::from_secs(1 << failures.min(6)).min(LONGEST);
                longest.mul_f64(chance.f64()).max(SHORTEST)
            }
        };
        self.failures = self.failures.saturating_add(1);
        self.heartbeat = None;
        self.phase = LinkPhase::Waiting { until: now + wait };
        Vec::new()
    }
}

#[cfg(test)]
#[path = "machine_tests.rs"]
mod tests;
