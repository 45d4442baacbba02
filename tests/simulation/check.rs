//! What must hold at the end of a simulated month.

use std::collections::BTreeMap;

use jiff::civil::Date;
use kronikas::delivery::{Due, instant, is_decided};
use kronikas::model::{ChannelId, Key, Missed, State};
use kronikas::store::{Delivery, DeliveryStore};

use super::discord::Message;
use super::run::{Life, is_quiet};
use super::teacher::Owed;
use super::world::{HOUR, MINUTE, Ms, Trouble};

/// What a month came to.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    pub channels: u64,
    pub sent: u64,
    pub skipped: u64,
    pub missed: u64,
    pub held: u64,
    pub kills: u64,
    pub requests: u64,
    pub doubts: u64,
    pub looks: u64,
    pub found: u64,
    pub unknowable: u64,
    pub busiest: u64,
}

impl Tally {
    pub fn add(&mut self, other: Tally) {
        self.channels += other.channels;
        self.sent += other.sent;
        self.skipped += other.skipped;
        self.missed += other.missed;
        self.held += other.held;
        self.kills += other.kills;
        self.requests += other.requests;
        self.doubts += other.doubts;
        self.looks += other.looks;
        self.found += other.found;
        self.unknowable += other.unknowable;
        self.busiest = self.busiest.max(other.busiest);
    }
}

/// How far the machine's clock may be off without anybody knowing: what is tolerated, and what it
/// may jump until it is measured again.
const TOLERATED: Ms = 11 * MINUTE;
/// So long everything has to be well within the window for a post to be certain: the longest
/// back-off, the longest wait for Discord's clock, a lease, and some requests.
const WELL: Ms = 20 * MINUTE;
/// How long a post that is under way when it is turned off may take.
const UNDER_WAY: Ms = MINUTE;
/// How late a post is at most by the machine's clock, when nothing is wrong.
const LATE: Ms = 2 * MINUTE;

struct Month<'a> {
    channel: u64,
    rows: BTreeMap<Key, Delivery>,
    posts: &'a [Message],
    owed: &'a [Owed],
    off: &'a [(Ms, Ms)],
    /// Those of everyone and of this channel, in order, without overlaps.
    troubles: Vec<(Ms, Ms)>,
    wrong: Vec<String>,
}

/// Looks at everything; the first things that are wrong are in the world's violations.
pub async fn check(life: &Life) -> Tally {
    let mut tally = Tally { kills: life.kills, ..Tally::default() };
    let (general, mut of_channel) = sorted(&life.world.lock().troubles);
    for channel in counted(life, &mut tally) {
        let rows = life.store().deliveries(ChannelId(channel), 10_000).await.expect("the store works");
        let schedule = life.store().schedule(ChannelId(channel)).await.expect("the store works");
        let next = schedule.map(|schedule| schedule.next_date);
        let owed = life.teachers.owed.get(&channel).map(Vec::as_slice).unwrap_or_default();
        let books = life.discord.books();
        let troubles = joined(&general, of_channel.remove(&channel).unwrap_or_default());
        let mut month = Month {
            channel,
            rows: rows.into_iter().map(|row| (row.key, row)).collect(),
            posts: &books.channels[&channel].posts,
            owed,
            off: life.teachers.off.get(&channel).map(Vec::as_slice).unwrap_or_default(),
            troubles,
            wrong: Vec::new(),
        };
        tally.channels += 1;
        month.dates(next);
        for row in month.rows.values() {
            match row.state {
                State::Sent(_) => tally.sent += 1,
                State::Skipped => tally.skipped += 1,
                State::Missed(_) => tally.missed += 1,
                State::Held => tally.held += 1,
                State::Due | State::Sending => {}
            }
        }
        month.rows();
        month.posts();
        let wrong = month.wrong;
        drop(books);
        wrong.into_iter().for_each(|what| life.world.violation(what));
    }
    tally
}

/// Takes over what Discord counted; the channels there are.
fn counted(life: &Life, tally: &mut Tally) -> Vec<u64> {
    let books = life.discord.books();
    (tally.requests, tally.doubts, tally.looks, tally.found) = (books.requests, books.doubts, books.looks, books.found);
    (tally.unknowable, tally.busiest) = (books.unknowable.len() as u64, u64::from(books.busiest));
    books.channels.keys().copied().collect()
}

type Spans = Vec<(Ms, Ms)>;

fn sorted(troubles: &[Trouble]) -> (Spans, BTreeMap<u64, Spans>) {
    let (mut general, mut of_channel) = (Vec::new(), BTreeMap::<u64, Spans>::new());
    for trouble in troubles {
        match trouble.channel {
            None => general.push((trouble.from, trouble.to)),
            Some(channel) => of_channel.entry(channel).or_default().push((trouble.from, trouble.to)),
        }
    }
    (joined(&general, Vec::new()), of_channel)
}

fn joined(general: &[(Ms, Ms)], mut spans: Spans) -> Spans {
    spans.extend_from_slice(general);
    spans.sort_unstable();
    let mut joined: Spans = Vec::with_capacity(spans.len());
    for (from, to) in spans {
        match joined.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => joined.push((from, to)),
        }
    }
    joined
}

impl Month<'_> {
    fn wrong(&mut self, date: Date, what: &str) {
        self.wrong.push(format!("channel {}, {date}: {what}", self.channel));
    }

    /// Every date that was promised has a row.
    fn dates(&mut self, next: Option<Date>) {
        for owed in self.owed {
            let Some(to) = owed.to.or(next) else { continue };
            let mut date = owed.from;
            while date < to {
                let exists = matches!(instant(date, owed.time, &owed.zone), Due::At(_));
                if exists && !self.rows.contains_key(&Key { channel: ChannelId(self.channel), date, sequence: 0 }) {
                    self.wrong(date, "neither a post nor a reason");
                }
                date = date.tomorrow().expect("a date");
            }
        }
    }

    /// Every row is decided, and says what is so.
    fn rows(&mut self) {
        let rows: Vec<Delivery> = self.rows.values().cloned().collect();
        for row in &rows {
            let date = row.key.date;
            let posts = self.posts.iter().filter(|post| post.key == row.key).count();
            let standing = self.posts.iter().filter(|post| post.key == row.key && post.deleted.is_none()).count();
            if !is_decided(row) {
                self.wrong(date, &format!("still not decided: {row:?}"));
            }
            match &row.state {
                State::Sent(_) if posts == 0 => self.wrong(date, "said to be sent, and is not there"),
                State::Skipped if !is_quiet(date) && self.owed.iter().all(|owed| owed.to.is_none()) => {
                    self.wrong(date, "skipped though the day is not quiet");
                }
                State::Missed(Missed::Down | Missed::Window(_) | Missed::NoSuchDay) if standing > 0 => {
                    self.wrong(
                        date,
                        &format!(
                            "said to be missed, and is there: {:?}, {:?}",
                            row,
                            self.posts.iter().find(|post| post.key == row.key)
                        ),
                    );
                }
                State::Missed(Missed::Down | Missed::Window(_)) => {
                    let (from, to) =
                        (row.due_at.as_millisecond(), row.until.as_millisecond().max(row.due_at.as_millisecond() + 6 * HOUR));
                    if self.was_well(from, to) {
                        self.wrong(date, &format!("missed though all was well in its window: {row:?}"));
                    }
                }
                State::Missed(Missed::Refused(code)) => self.wrong(date, &format!("refused with {code}")),
                _ => {}
            }
        }
    }

    /// Every post is on its date, not early, not late beyond its window, and has a row.
    fn posts(&mut self) {
        for post in self.posts {
            let date = post.key.date;
            let Some(row) = self.rows.get(&post.key).cloned() else {
                self.wrong(date, "posted without a row");
                continue;
            };
            let due = row.due_at.as_millisecond();
            let asked = self.owed.iter().any(|owed| instant(date, owed.time, &owed.zone).at() == Some(row.due_at));
            if !asked {
                self.wrong(date, &format!("posted for {}, which nobody asked for", row.due_at));
            }
            if self.off.iter().any(|(from, to)| post.at > from + UNDER_WAY && post.at < *to) {
                self.wrong(date, "posted after it was turned off");
            }
            if post.at < due - TOLERATED {
                self.wrong(date, &format!("posted {} s early", (due - post.at) / 1000));
            }
            if post.at > row.until.as_millisecond() + TOLERATED {
                self.wrong(date, &format!("posted {} s after its window", (post.at - row.until.as_millisecond()) / 1000));
            }
            if post.shown > due + LATE && self.troubles.iter().all(|(from, to)| *to < due - WELL || *from > due + WELL) {
                self.wrong(date, &format!("posted {} s late though nothing was wrong", (post.at - due) / 1000));
            }
        }
    }

    /// Whether nothing was wrong for [`WELL`] on end, somewhere between two instants.
    fn was_well(&self, from: Ms, to: Ms) -> bool {
        let mut well_since = from;
        for (begins, ends) in self.troubles.iter().filter(|(_, ends)| *ends > from) {
            if (*begins).min(to) - well_since >= WELL {
                return true;
            }
            well_since = well_since.max(*ends);
            if well_since >= to {
                return false;
            }
        }
        to - well_since >= WELL
    }
}
