use super::*;
use crate::discord::relay::budget::Budget;
use jiff::{SignedDuration, Timestamp};

/// How the simulated gateway answers.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Mood {
    Fine,
    /// Every IDENTIFY and RESUME gets op 9.
    Invalid,
    /// Every RESUME is followed by close code 4000.
    CloseAfterResume,
    /// Every session is asked to reconnect at once.
    AskToReconnect,
    /// No connection can be made.
    Unreachable,
    /// Connections stand, and nothing is said on them.
    Mute,
}

/// A machine, a budget and a gateway in simulated time; a handshake takes 0.3 seconds.
struct World {
    machine: Machine,
    budget: Budget,
    chance: Rng,
    start: Instant,
    now: Duration,
    mood: Mood,
    session_valid: bool,
    /// When a session may be started, if that was asked for.
    permit_at: Option<Duration>,
    identifies: Vec<Duration>,
    dials: Vec<Duration>,
}

const HANDSHAKE: Duration = Duration::from_millis(300);

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
            permit_at: None,
            identifies: Vec::new(),
            dials: Vec::new(),
        }
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
            LinkAction::AskPermit => {
                let next = self.budget.next(self.clock());
                let wait = Duration::try_from(self.clock().duration_until(next)).unwrap_or_default();
                self.permit_at = Some(self.now + wait);
            }
            LinkAction::Dial | LinkAction::DialToResume(_) => {
                self.dials.push(self.now);
                self.now += HANDSHAKE;
                if self.mood == Mood::Unreachable {
                    return self.tell(Event::Failed);
                }
                self.tell(Event::Connected);
                self.tell(Event::Hello(Duration::from_secs(41)));
            }
            LinkAction::Identify => {
                self.budget.spend(self.clock());
                self.identifies.push(self.now);
                match self.mood {
                    Mood::Invalid => self.tell(Event::Invalid { resumable: false }),
                    Mood::Mute => {}
                    _ => {
                        self.session_valid = true;
                        self.tell(Event::Ready(Session { id: "s".to_owned(), url: "wss://there".to_owned() }));
                        self.after_start();
                    }
                }
            }
            LinkAction::Resume(..) => match self.mood {
                Mood::Invalid => {
                    self.session_valid = false;
                    self.tell(Event::Invalid { resumable: false });
                }
                Mood::CloseAfterResume => self.tell(Event::Closed(Some(4000))),
                Mood::Mute => {}
                _ if self.session_valid => {
                    self.tell(Event::Resumed);
                    self.after_start();
                }
                _ => self.tell(Event::Invalid { resumable: false }),
            },
            LinkAction::Heartbeat(_) => {
                if self.mood != Mood::Mute {
                    self.tell(Event::Acknowledged);
                }
            }
            LinkAction::Close => {}
            LinkAction::End(end) => panic!("{end:?}"),
        }
    }

    fn after_start(&mut self) {
        if self.mood == Mood::AskToReconnect {
            self.tell(Event::Reconnect);
        }
    }

    fn run_to(&mut self, then: Duration) {
        while self.now < then {
            let deadline = self.machine.deadline().map(|at| at.duration_since(self.start));
            let Some(next) = self.permit_at.into_iter().chain(deadline).min() else { panic!("it waits for nothing") };
            self.now = self.now.max(next.min(then));
            if next > self.now {
                return;
            }
            match self.permit_at.take_if(|at| *at <= self.now) {
                Some(_) => self.tell(Event::Permitted),
                None => self.tell(Event::Wake),
            }
        }
    }
}

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);

fn most_in_a_day(times: &[Duration]) -> usize {
    times.iter().map(|first| times.iter().filter(|at| (*first..*first + DAY).contains(*at)).count()).max().unwrap_or_default()
}

#[test]
fn a_storm_of_any_kind_costs_a_hundred_sessions_a_day_and_ends_within_five_minutes() {
    for mood in [Mood::Invalid, Mood::CloseAfterResume, Mood::AskToReconnect, Mood::Unreachable, Mood::Mute] {
        for (seed, length) in [(1, 10 * MINUTE), (2, HOUR), (3, 3 * HOUR), (4, DAY), (5, 2 * DAY)] {
            let mut world = World::new(seed);
            world.run_to(10 * MINUTE);
            assert!(world.machine.is_live());
            world.mood = mood;
            world.tell(Event::Closed(None));
            let end = 10 * MINUTE + length;
            world.run_to(end);
            let identifies = most_in_a_day(&world.identifies);
            assert!(identifies <= 100, "{mood:?}: {identifies} identifies in {length:?}");
            // One a minute on average, for as long as it lasts.
            let dials = u32::try_from(world.dials.len()).expect("few");
            assert!(f64::from(dials) < 40.0 + length.as_secs_f64() / 20.0, "{mood:?}: {dials} connections in {length:?}");
            world.mood = Mood::Fine;
            // A connection that was asleep over the end may have taken it for granted.
            while !world.machine.is_live() && world.now < end + DAY {
                world.run_to(world.now + Duration::from_secs(1));
            }
            let back = world.now.saturating_sub(end);
            assert!(back <= 5 * MINUTE, "{mood:?}: back {back:?} after {length:?}");
        }
    }
}

fn live() -> (Machine, Instant, Rng) {
    let start = Instant::now();
    let mut chance = Rng::with_seed(7);
    let mut machine = Machine::new(start);
    let session = Session { id: "s".to_owned(), url: "u".to_owned() };
    assert_eq!(machine.step(Event::Wake, start, &mut chance), [LinkAction::AskPermit]);
    assert_eq!(machine.step(Event::Permitted, start, &mut chance), [LinkAction::Dial]);
    assert_eq!(machine.step(Event::Connected, start, &mut chance), []);
    assert_eq!(machine.step(Event::Hello(Duration::from_secs(40)), start, &mut chance), [LinkAction::Identify]);
    assert_eq!(machine.step(Event::Ready(session), start, &mut chance), []);
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
    machine.step(Event::Permitted, start, &mut chance);
    machine.step(Event::Connected, start, &mut chance);
    let by = machine.deadline().expect("a limit");
    assert_eq!(machine.step(Event::Wake, by, &mut chance), [LinkAction::Close]);
    assert!(machine.next_attempt().is_some());
}
