//! What happens in a simulated month, all drawn from the seed.

use jiff::civil::Time;
use jiff::tz::TimeZone;
use kronikas::model::Pause;

use super::discord::Fault;
use super::teacher::Act;
use super::world::{Awkward, DAY, HOUR, MINUTE, Ms, SECOND, StoreFault};

pub const ZONES: [&str; 24] = [
    "Europe/Budapest",
    "Europe/London",
    "Europe/Moscow",
    "America/New_York",
    "America/Chicago",
    "America/Los_Angeles",
    "America/Nuuk",
    "America/St_Johns",
    "America/Santiago",
    "America/Sao_Paulo",
    "America/Havana",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Asia/Beirut",
    "Asia/Tokyo",
    "Asia/Jerusalem",
    "Australia/Sydney",
    "Australia/Adelaide",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
    "Pacific/Chatham",
    "Pacific/Honolulu",
    "Africa/Casablanca",
    "Antarctica/Troll",
];

#[derive(Debug, Clone)]
pub enum Event {
    Teacher(u64, Act),
    Outage {
        fault: Fault,
        share: u32,
        length: Ms,
        channel: Option<u64>,
    },
    Close(u64, Pause, Ms),
    Open(u64),
    /// Read Message History is taken away or given back.
    Readable(u64, bool),
    /// The process dies after so many steps, and comes back after a while, with a clock of its own
    /// if the machine was started anew.
    Kill {
        steps: u64,
        down: Ms,
        clock: Restarted,
    },
    /// A teacher will act at an awkward moment.
    Ambush(u64, Awkward),
    /// The machine's clock is off, at once or after so many steps.
    Clock {
        by: Ms,
        steps: u64,
    },
    Date(Ms),
    Store(Option<StoreFault>),
}

/// What the machine's clock shows after a restart.
#[derive(Debug, Clone, Copy)]
pub enum Restarted {
    /// What it would have shown anyway.
    Same,
    /// It is off by so much.
    Off(Ms),
    /// It stood still meanwhile, but for so much.
    Stood(Ms),
}

pub struct Script {
    pub begins: Ms,
    pub ends: Ms,
    /// Channel, guild, talk an hour, readable.
    pub channels: Vec<(u64, u64, i64, bool)>,
    pub weather: u32,
    pub slow_store: u32,
    /// The latest first.
    pub events: Vec<(Ms, Event)>,
}

fn time(chance: &mut fastrand::Rng) -> Time {
    const COMMON: [(i8, i8); 8] = [(8, 0), (8, 0), (8, 0), (7, 30), (9, 0), (2, 30), (0, 0), (23, 30)];
    if chance.u32(0..8) > 0 {
        let (hour, minute) = COMMON[chance.usize(0..COMMON.len())];
        return Time::constant(hour, minute, 0, 0);
    }
    Time::constant(chance.i8(0..24), chance.i8(0..60), 0, 0)
}

fn length(chance: &mut fastrand::Rng) -> Ms {
    match chance.u32(0..10) {
        0..5 => chance.i64(20 * SECOND..10 * MINUTE),
        5..9 => chance.i64(5 * MINUTE..2 * HOUR),
        _ => chance.i64(2 * HOUR..9 * HOUR),
    }
}

fn fault(chance: &mut fastrand::Rng) -> Fault {
    match chance.u32(0..8) {
        0 => Fault::Refused,
        1 => Fault::Silent(true),
        2 => Fault::Silent(false),
        3 => Fault::Broken(500, false),
        4 => Fault::Broken(502, true),
        5 => Fault::Broken(503, chance.bool()),
        6 => Fault::Limited,
        _ => Fault::LimitedGlobally,
    }
}

fn down(chance: &mut fastrand::Rng) -> Ms {
    match chance.u32(0..12) {
        0..6 => chance.i64(SECOND..2 * MINUTE),
        6..9 => chance.i64(MINUTE..HOUR),
        9..11 => chance.i64(HOUR..9 * HOUR),
        _ => chance.i64(9 * HOUR..3 * DAY),
    }
}

/// The script of a seed. Every fourth one is a full month with 200 guilds; the others are shorter
/// and smaller, around the change of clocks.
pub fn write(seed: u64, full: bool) -> Script {
    let mut chance = fastrand::Rng::with_seed(seed);
    let chance = &mut chance;
    let spring = chance.bool();
    let (from, days, guilds) = match (spring, full) {
        (true, true) => ("2027-03-10T00:00:00Z", 31, 200),
        (false, true) => ("2026-10-10T00:00:00Z", 31, 200),
        (true, false) => ("2027-03-26T00:00:00Z", chance.i64(3..10), chance.u64(4..40)),
        (false, false) => ("2026-10-23T00:00:00Z", chance.i64(3..10), chance.u64(4..40)),
    };
    let begins = from.parse::<jiff::Timestamp>().expect("an instant").as_millisecond();
    let ends = begins + days * DAY;
    let mut channels = Vec::new();
    let mut events = Vec::new();
    for guild in 0..guilds {
        for class in 0..if chance.u32(0..12) == 0 { 2 } else { 1 } {
            let talk = [0, 0, 1, 20, 20, 200, 1500][chance.usize(0..7)];
            let channel = 10_000 + guild * 10 + class;
            channels.push((channel, 500 + guild, talk, chance.u32(0..12) > 0));
            let zone = ZONES[(guild % 24) as usize];
            events.push((begins + chance.i64(0..DAY), Event::Teacher(channel, Act::Set { zone, time: time(chance) })));
        }
    }
    let weather = [0, 2, 20, 150][chance.usize(0..4)];
    let slow_store = [0, 0, 1, 20][chance.usize(0..4)];
    let any = |chance: &mut fastrand::Rng| channels[chance.usize(0..channels.len())].0;
    for _ in 0..(channels.len() as i64 * days / 20) {
        let channel = any(chance);
        let at = begins + chance.i64(DAY..days * DAY);
        match chance.u32(0..15) {
            0..4 => {
                let act = Act::Set { zone: ZONES[chance.usize(0..24)], time: time(chance) };
                events.push((at, Event::Teacher(channel, act)));
            }
            4 => {
                events.push((at, Event::Teacher(channel, Act::Pause)));
                events.push((at + chance.i64(0..4 * DAY), Event::Teacher(channel, Act::Resume)));
            }
            5 => events.push((at, Event::Teacher(channel, Act::Rest(chance.i64(0..5))))),
            6 => {
                events.push((at, Event::Teacher(channel, Act::Off)));
                let act = Act::Set { zone: ZONES[chance.usize(0..24)], time: time(chance) };
                events.push((at + chance.i64(SECOND..DAY), Event::Teacher(channel, act)));
            }
            7 => events.push((at, Event::Teacher(channel, Act::Anyway))),
            8 => {
                let readable = Event::Readable(channel, chance.bool());
                events.push((at, readable));
            }
            9..12 => {
                let why = [Pause::ChannelGone, Pause::NoAccess, Pause::NoPermission, Pause::Archived, Pause::Removed];
                let length = chance.i64(MINUTE..3 * DAY);
                events.push((at, Event::Close(channel, why[chance.usize(0..5)].clone(), length)));
                events.push((at + length, Event::Open(channel)));
                events.push((at + length + chance.i64(SECOND..DAY), Event::Teacher(channel, Act::Resume)));
            }
            12 => {
                let moment = if chance.bool() { Awkward::BetweenDueAndClaim } else { Awkward::InDoubt };
                events.push((at, Event::Ambush(channel, moment)));
            }
            _ => {
                let (fault, length) = (fault(chance), length(chance));
                events.push((at, Event::Outage { fault, share: chance.u32(20..=100), length, channel: Some(channel) }));
            }
        }
    }
    of_everyone(chance, begins, days, &mut events);
    events.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    Script { begins, ends, channels, weather, slow_store, events }
}

/// What a teacher does at an awkward moment: sets another time, or turns it off and on again.
pub fn awkward(chance: &mut fastrand::Rng, at: Ms, channel: u64, moment: Awkward) -> Vec<(Ms, Event)> {
    let set = |chance: &mut fastrand::Rng, at: Ms| {
        // Most often to a time that comes soon.
        let soon = super::world::timestamp(at + chance.i64(MINUTE..HOUR)).to_zoned_datetime(TimeZone::UTC).time();
        let soon = Time::constant(soon.hour(), soon.minute(), 0, 0);
        let (zone, time) = if chance.bool() { ("Africa/Abidjan", soon) } else { (ZONES[chance.usize(0..24)], time(chance)) };
        (at, Event::Teacher(channel, Act::Set { zone, time }))
    };
    if moment == Awkward::BetweenDueAndClaim && chance.bool() {
        return vec![set(chance, at)];
    }
    let off = at + if moment == Awkward::InDoubt { chance.i64(0..2 * SECOND) } else { 0 };
    let mut events = vec![(off, Event::Teacher(channel, Act::Off))];
    if chance.u32(0..4) > 0 {
        let on = off + chance.i64(SECOND..10 * MINUTE);
        events.push(set(chance, on));
    }
    events
}

/// A moment at which something is likely to be due: on a whole quarter of an hour, and a bit.
fn busy(chance: &mut fastrand::Rng, begins: Ms, days: i64) -> Ms {
    let at = begins + chance.i64(DAY / 2..days * DAY);
    if chance.bool() { at } else { at - at % (15 * MINUTE) + chance.i64(-2 * SECOND..40 * SECOND) }
}

fn of_everyone(chance: &mut fastrand::Rng, begins: Ms, days: i64, events: &mut Vec<(Ms, Event)>) {
    let often = [0, 1, 3][chance.usize(0..3)];
    for _ in 0..days * often / 2 {
        let at = busy(chance, begins, days);
        let (fault, length) = (fault(chance), length(chance));
        events.push((at, Event::Outage { fault, share: chance.u32(20..=100), length, channel: None }));
    }
    for _ in 0..days * often {
        let steps = chance.u64(0..60);
        let clock = match chance.u32(0..4) {
            0 => Restarted::Off(chance.i64(-5 * MINUTE..5 * MINUTE)),
            1 => Restarted::Stood(chance.i64(0..30 * SECOND)),
            _ => Restarted::Same,
        };
        events.push((busy(chance, begins, days), Event::Kill { steps, down: down(chance), clock }));
    }
    for _ in 0..days * often / 6 {
        let by = if chance.bool() { chance.i64(-5 * MINUTE..5 * MINUTE) } else { chance.i64(-30 * HOUR..30 * HOUR) };
        let at = busy(chance, begins, days);
        let steps = if chance.bool() { 0 } else { chance.u64(1..40) };
        events.push((at, Event::Clock { by, steps }));
        events.push((at + length(chance), Event::Clock { by: 0, steps: 0 }));
    }
    for _ in 0..days * often / 10 {
        let at = busy(chance, begins, days);
        events.push((at, Event::Date(chance.i64(-3 * HOUR..3 * HOUR))));
        events.push((at + length(chance), Event::Date(0)));
    }
    for _ in 0..days * often / 8 {
        let at = busy(chance, begins, days);
        let how = if chance.bool() { StoreFault::Refuses } else { StoreFault::LosesAnswers };
        events.push((at, Event::Store(Some(how))));
        events.push((at + length(chance), Event::Store(None)));
    }
}
