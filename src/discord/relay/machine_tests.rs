use super::*;
use crate::discord::relay::budget::Budget;
use jiff::{SignedDuration, Timestamp};

/// How the simulated gateway behaves.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Mood {
    Fine,
    /// Connections fail: refused, no TLS, a page instead of the upgrade.
    Unreachable,
    /// Connections open, but HELLO does not come.
    NoHello,
    /// The gateway closes the connection after HELLO.
    CloseAfterHello,
    /// The gateway stays silent after HELLO.
    Mute,
    /// Every RESUME is answered with close code 4000.
    CloseAfterResume,
    /// Every session is asked to reconnect at once.
    AskToReconnect,
    /// Every IDENTIFY and RESUME is answered with op 9.
    Invalid,
    /// Every IDENTIFY is answered with close code 4000.
    CloseAfterIdentify,
    /// Every session is invalidated (op 9) right after READY.
    InvalidAfterReady,
    /// Heartbeats are acknowledged, but no session begins.
    OnlyHeartbeats,
}

/// A machine, a budget and a gateway in simulated time. A handshake takes 0.3 seconds.
struct World {
    machine: Machine,
    budget: Budget,
    chance: Rng,
    start: Instant,
    now: Duration,
    mood: Mood,
    session_valid: bool,
    /// Whether the machine waits for a permit.
    asks: bool,
    identifies: Vec<Duration>,
    dials: Vec<Duration>,
}

const HANDSHAKE: Duration = Duration::from_millis(300);
/// How often the gate asks again; rarer than in reality.
const LOOK_AGAIN: Duration = Duration::from_secs(60);

impl World {
    fn new(seed: u64) -> World {
        let start = Instant::now();
        World {
            machine: Machine::new(start),
            budget: Budget::new(1),
            chance: Rng::with_seed(seed),
            start,
            now: Duration::ZERO,
            mood: Mood::Fine,
            session_valid: false,
            asks: false,
            identifies: Vec::new(),
            dials: Vec::new(),
        }
    }

    /// Ends the process and starts another, with the stored budget.
    fn restart(&mut self) {
        let written = self.budget.written();
        self.budget = Budget::new(1);
        self.budget.add_written(&written);
        self.machine = Machine::new(self.start + self.now);
        self.asks = false;
    }

    fn clock(&self) -> Timestamp {
        Timestamp::from_second(1_700_000_000).expect("an instant") + SignedDuration::try_from(self.now).expect("short")
    }

    fn tell(&mut self, event: Event) {
        let effects = self.machine.step(event, self.start + self.now, &mut self.chance);
        for effect in effects {
            self.act(effect);
        }
    }

    fn act(&mut self, effect: LinkAction) {
        match effect {
            LinkAction::AskPermit => self.asks = true,
            LinkAction::Dial | LinkAction::DialToResume(_) => {
                self.dials.push(self.now);
                self.now += HANDSHAKE;
                match self.mood {
                    Mood::Unreachable => self.tell(Event::Failed),
                    Mood::NoHello => self.tell(Event::Connected),
                    _ => {
                        self.tell(Event::Connected);
                        self.tell(Event::Hello(Duration::from_secs(41)));
                    }
                }
            }
            LinkAction::Identify => {
                self.budget.spend(self.clock());
                self.identifies.push(self.now);
                match self.mood {
                    Mood::Invalid => self.tell(Event::Invalid { resumable: false }),
                    Mood::CloseAfterHello => self.tell(Event::Closed(None)),
                    Mood::CloseAfterIdentify => self.tell(Event::Closed(Some(4000))),
                    Mood::Mute | Mood::OnlyHeartbeats => {}
                    _ => {
                        self.session_valid = true;
                        self.tell(Event::Ready(Session { id: "s".to_owned(), url: "wss://there".to_owned() }));
                        self.after_start();
                    }
                }
            }
            LinkAction::Resume(..) => match self.mood {
                Mood::Invalid | Mood::CloseAfterIdentify => {
                    self.session_valid = false;
                    self.tell(Event::Invalid { resumable: false });
                }
                Mood::CloseAfterResume => self.tell(Event::Closed(Some(4000))),
                Mood::CloseAfterHello => self.tell(Event::Closed(None)),
                Mood::Mute | Mood::OnlyHeartbeats => {}
                _ if self.session_valid => {
                    self.tell(Event::Resumed);
                    self.after_start();
                }
                _ => self.tell(Event::Invalid { resumable: false }),
            },
            LinkAction::Heartbeat(_) => match self.mood {
                Mood::Mute => {}
                Mood::CloseAfterHello => self.tell(Event::Closed(None)),
                _ => self.tell(Event::Acknowledged),
            },
            LinkAction::BeganWell => {
                let latest = self.budget.latest().expect("it was counted");
                self.budget.began_well(latest);
            }
            LinkAction::Close => {}
            LinkAction::End(end) => panic!("{end:?}"),
        }
    }

    fn after_start(&mut self) {
        match self.mood {
            Mood::AskToReconnect => self.tell(Event::Reconnect),
            Mood::InvalidAfterReady => {
                self.session_valid = false;
                self.tell(Event::Invalid { resumable: false });
            }
            _ => {}
        }
    }

    /// When the gate permits a session.
    fn permit_at(&mut self) -> Option<Duration> {
        if !self.asks {
            return None;
        }
        let next = self.budget.next(self.clock());
        Some(self.now + Duration::try_from(self.clock().duration_until(next)).unwrap_or_default())
    }

    fn run_to(&mut self, then: Duration) {
        while self.now < then {
            let deadline = self.machine.deadline().map(|at| at.duration_since(self.start));
            let permit = self.permit_at();
            // The gate asks again while it waits.
            let look = permit.map(|at| at.min(self.now + LOOK_AGAIN));
            let Some(next) = look.into_iter().chain(deadline).min() else { panic!("it waits for nothing") };
            self.now = self.now.max(next.min(then));
            if next > self.now {
                return;
            }
            if permit.is_some_and(|at| at <= self.now) {
                self.asks = false;
                let doubtful = self.budget.doubtful(self.clock()).map(|ago| Duration::try_from(ago).expect("past"));
                self.tell(Event::Permitted { doubtful });
            } else {
                self.tell(Event::Wake);
            }
        }
    }

    /// Runs a storm of that length with that many restarts. Returns how long after its end the machine
    /// is connected again.
    fn storm(&mut self, mood: Mood, length: Duration, restarts: Option<Duration>) -> Duration {
        self.mood = mood;
        self.tell(Event::Closed(None));
        let end = self.now + length;
        while let Some(every) = restarts
            && self.now + every < end
        {
            self.run_to(self.now + every);
            self.restart();
        }
        self.run_to(end);
        self.mood = Mood::Fine;
        // A connection that slept through the end may only look alive.
        while !self.machine.is_live() && self.now < end + DAY {
            self.run_to(self.now + Duration::from_secs(1));
        }
        self.now.saturating_sub(end)
    }
}

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);

fn most_in_a_day(times: &[Duration]) -> usize {
    times.iter().map(|first| times.iter().filter(|at| (*first..*first + DAY).contains(*at)).count()).max().unwrap_or_default()
}

/// From a minute to two days, with more values around four hours and around a day.
fn lengths() -> impl Iterator<Item = Duration> {
    let minutes = [1, 7, 60, 180, 236, 240, 250, 400, 700, 1_100, 1_430, 1_440, 1_443, 1_675, 1_710, 2_880];
    minutes.into_iter().map(|minutes| minutes * MINUTE)
}

/// Runs storms of all lengths, with and without restarts. Checks that they cost at most `sessions`, plus
/// one per restart, and that the machine is connected again within `back_within` of the time between the
/// first session and the storm's end.
fn storms(mood: Mood, sessions: usize, back_within: impl Fn(Duration) -> Duration) {
    for (seed, length) in lengths().enumerate() {
        // Two days are long to simulate twice.
        let restarts = if length > DAY { vec![Some(37 * MINUTE)] } else { vec![None, Some(37 * MINUTE)] };
        for restarts in restarts {
            let mut world = World::new(u64::try_from(seed).expect("few"));
            world.run_to(10 * MINUTE);
            assert!(world.machine.is_live());
            let back = world.storm(mood, length, restarts);
            let case = format!("{mood:?} for {length:?}, restarts {restarts:?}");
            let end = 10 * MINUTE + length;
            let first = world.identifies.get(1).map_or(length, |first| end.saturating_sub(*first));
            assert!(back <= back_within(first), "{case}: back after {back:?}");
            let processes = 1 + restarts.map_or(0, |every| length.as_secs() / every.as_secs());
            let most = most_in_a_day(&world.identifies);
            let restarted = usize::try_from(processes).expect("few");
            assert!(most <= (sessions + restarted).min(100), "{case}: {most} sessions");
            // One a minute on average while it lasts, plus those of each new process.
            let dials = u64::try_from(world.dials.len()).expect("few");
            assert!(dials < 40 * processes + length.as_secs() / 20, "{case}: {dials} connections");
        }
    }
}

#[test]
fn a_storm_that_shows_before_identify_costs_few_sessions_and_ends_within_five_minutes_whatever_its_length() {
    for mood in [Mood::Unreachable, Mood::NoHello, Mood::CloseAfterHello, Mood::CloseAfterResume, Mood::AskToReconnect] {
        storms(mood, 2, |_| 5 * MINUTE);
    }
    // One an hour, because the gateway might acknowledge no heartbeat before IDENTIFY.
    storms(Mood::Mute, 26, |_| 5 * MINUTE);
}

#[test]
fn a_storm_that_shows_after_identify_ends_within_five_minutes_up_to_four_hours_and_within_32_minutes_after() {
    let back_within = |hours: u32| {
        move |since_the_first: Duration| {
            let of_the_day = Duration::from_secs(since_the_first.as_secs() % DAY.as_secs());
            if of_the_day <= hours * HOUR { 5 * MINUTE } else { 32 * MINUTE }
        }
    };
    for mood in [Mood::Invalid, Mood::CloseAfterIdentify, Mood::OnlyHeartbeats] {
        storms(mood, 100, back_within(4));
    }
    // The first eight look like normal restarts, and are missing later.
    storms(Mood::InvalidAfterReady, 100, back_within(3));
}

/// Loses the session and gets a permit for another. Returns what the machine does at HELLO, and when.
fn again(machine: &mut Machine, now: Instant, ago: Duration, chance: &mut Rng) -> (Vec<LinkAction>, Instant) {
    machine.step(Event::Invalid { resumable: false }, now, chance);
    let now = machine.next_attempt().expect("an attempt");
    assert_eq!(machine.step(Event::Wake, now, chance), [LinkAction::AskPermit]);
    machine.step(Event::Permitted { doubtful: Some(ago) }, now, chance);
    machine.step(Event::Connected, now, chance);
    (machine.step(Event::Hello(Duration::from_secs(40)), now, chance), now)
}

#[test]
fn a_gateway_that_takes_no_heartbeat_before_identify_is_not_asked_for_one_again() {
    let (mut machine, now, mut chance) = live();
    let (effects, now) = again(&mut machine, now, HOUR, &mut chance);
    assert_eq!(effects, [LinkAction::Heartbeat(None)]);
    machine.step(Event::Closed(Some(4003)), now, &mut chance);
    machine.step(Event::Wake, machine.next_attempt().expect("an attempt"), &mut chance);
    machine.step(Event::Permitted { doubtful: Some(HOUR) }, now, &mut chance);
    machine.step(Event::Connected, now, &mut chance);
    assert_eq!(machine.step(Event::Hello(Duration::from_secs(40)), now, &mut chance), [LinkAction::Identify]);
}

#[test]
fn a_gateway_that_answers_no_heartbeat_before_identify_gets_a_session_an_hour() {
    let (mut machine, mut now, mut chance) = live();
    for _ in 0..5 {
        let (effects, asked) = again(&mut machine, now, HOUR, &mut chance);
        assert_eq!(effects, [LinkAction::Heartbeat(None)]);
        now = machine.deadline().expect("a limit");
        assert_eq!(now - asked, Duration::from_secs(10));
        assert_eq!(machine.step(Event::Wake, now, &mut chance), [LinkAction::Close]);
    }
    let (effects, now) = again(&mut machine, now, HOUR - MINUTE, &mut chance);
    assert_eq!(effects, [LinkAction::Heartbeat(None)]);
    assert_eq!(again(&mut machine, now, HOUR, &mut chance).0, [LinkAction::Identify]);
}

fn live() -> (Machine, Instant, Rng) {
    let start = Instant::now();
    let mut chance = Rng::with_seed(7);
    let mut machine = Machine::new(start);
    let session = Session { id: "s".to_owned(), url: "u".to_owned() };
    assert_eq!(machine.step(Event::Wake, start, &mut chance), [LinkAction::AskPermit]);
    assert_eq!(machine.step(Event::Permitted { doubtful: None }, start, &mut chance), [LinkAction::Dial]);
    assert_eq!(machine.step(Event::Connected, start, &mut chance), []);
    assert_eq!(machine.step(Event::Hello(Duration::from_secs(40)), start, &mut chance), [LinkAction::Identify]);
    assert_eq!(machine.step(Event::Ready(session), start, &mut chance), [LinkAction::BeganWell]);
    assert_eq!(machine.step(Event::Dispatch(5), start, &mut chance), []);
    (machine, start, chance)
}

#[test]
fn a_settled_connection_that_is_lost_is_resumed_at_once_where_discord_wants_it() {
    let (mut machine, start, mut chance) = live();
    let later = start + 2 * SETTLED;
    machine.step(Event::Closed(None), later, &mut chance);
    assert_eq!(machine.next_attempt(), Some(later));
    let session = Session { id: "s".to_owned(), url: "u".to_owned() };
    assert_eq!(machine.step(Event::Wake, later, &mut chance), [LinkAction::DialToResume(session.clone())]);
    machine.step(Event::Connected, later, &mut chance);
    let hello = machine.step(Event::Hello(Duration::from_secs(40)), later, &mut chance);
    assert_eq!(hello, [LinkAction::Resume(session, 5)]);
    machine.step(Event::Resumed, later, &mut chance);
    assert!(machine.is_live());
}

#[test]
fn a_heartbeat_without_an_answer_ends_the_connection() {
    let (mut machine, start, mut chance) = live();
    let first = machine.deadline().expect("a heartbeat");
    assert_eq!(machine.step(Event::Wake, first, &mut chance), [LinkAction::Heartbeat(Some(5))]);
    let second = machine.deadline().expect("a heartbeat");
    assert_eq!(second.duration_since(first), Duration::from_secs(40));
    let mut deaf = Machine { ..machine };
    assert_eq!(deaf.step(Event::WasDeaf, second, &mut chance), []);
    assert_eq!(deaf.step(Event::Wake, second, &mut chance), [LinkAction::Heartbeat(Some(5))]);
    let third = deaf.deadline().expect("a heartbeat");
    assert_eq!(deaf.step(Event::Wake, third, &mut chance), [LinkAction::Close]);
    assert!(!deaf.is_live() && deaf.next_attempt() >= Some(start));
}

#[test]
fn close_codes_decide_what_comes_next() {
    for (code, anew) in
        [(4000, false), (4001, false), (1000, false), (1006, false), (4008, false), (4007, true), (4009, true), (4003, true)]
    {
        let (mut machine, start, mut chance) = live();
        let later = start + 2 * SETTLED;
        assert_eq!(machine.step(Event::Closed(Some(code)), later, &mut chance), [], "{code}");
        let next = machine.step(Event::Wake, later, &mut chance);
        assert_eq!(next == [LinkAction::AskPermit], anew, "{code}: {next:?}");
    }
    for (code, end) in [
        (4004, codes::End::TokenRefused),
        (4010, codes::End::Shards),
        (4011, codes::End::Shards),
        (4012, codes::End::Version),
        (4013, codes::End::Intents(4013)),
        (4014, codes::End::Intents(4014)),
    ] {
        let (mut machine, start, mut chance) = live();
        assert_eq!(machine.step(Event::Closed(Some(code)), start, &mut chance), [LinkAction::End(end)]);
        assert_eq!(machine.deadline(), None);
    }
}

#[test]
fn whoever_does_not_greet_is_left() {
    let start = Instant::now();
    let mut chance = Rng::with_seed(7);
    let mut machine = Machine::new(start);
    machine.step(Event::Wake, start, &mut chance);
    machine.step(Event::Permitted { doubtful: None }, start, &mut chance);
    machine.step(Event::Connected, start, &mut chance);
    let by = machine.deadline().expect("a limit");
    assert_eq!(machine.step(Event::Wake, by, &mut chance), [LinkAction::Close]);
    assert!(machine.next_attempt().is_some());
}
