//! Formats dates, names and citations.

use jiff::civil::{Date, Weekday};

use crate::pack::{self, Citation, Entry, Kind, Life, Moment, Pack, Passage, Point, TimeOfDay, year_name};

const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/// The English name of a month (1–12).
pub fn month(month: i8) -> &'static str {
    usize::try_from(month - 1).ok().and_then(|index| MONTHS.get(index)).copied().unwrap_or("?")
}

/// The English name of a weekday.
pub fn weekday(date: Date) -> &'static str {
    weekday_name(date.weekday())
}

/// The English name of a date's weekday; `None` in the Julian calendar.
pub fn known_weekday(date: Date) -> Option<&'static str> {
    pack::weekday(date).map(weekday_name)
}

/// The English name of a weekday.
pub fn weekday_name(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    }
}

/// `14 July 1789`, `15 March 44 BC`
pub fn date(date: Date) -> String {
    format!("{} {}", day_and_month(date.month(), date.day()), year_name(date.year()))
}

/// `Tuesday 14 July 1789`; without a weekday in the Julian calendar.
pub fn long_date(day: Date) -> String {
    match known_weekday(day) {
        Some(weekday) => format!("{weekday} {}", date(day)),
        None => date(day),
    }
}

/// `July 1789`, `March 44 BC`
pub fn month_of_year(year: i16, month_no: i8) -> String {
    format!("{} {}", month(month_no), year_name(year))
}

/// `1789–1794`, `49–44 BC`, `27 BC–14 AD`
pub fn years(first: i16, last: i16) -> String {
    let (from, to) = (year_name(first), year_name(last));
    let shared = match (from.split_once(' '), to.split_once(' ')) {
        (Some((number, era)), Some((_, same))) if era == same => number.to_owned(),
        _ => from,
    };
    format!("{shared}–{to}")
}

/// A range of dates: `Tuesday 14 July 1789`, `12–17 July 1789`, `20 June – 14 July 1789`.
pub fn days(from: Date, to: Date) -> String {
    if from == to { long_date(from) } else { span(from, to) }
}

fn span(from: Date, to: Date) -> String {
    if from.first_of_month() == to.first_of_month() {
        format!("{}–{}", from.day(), date(to))
    } else if from.year() == to.year() {
        format!("{} – {}", day_and_month(from.month(), from.day()), date(to))
    } else {
        format!("{} – {}", date(from), date(to))
    }
}

/// `14 July`
pub fn day_and_month(month_no: i8, day: i8) -> String {
    format!("{day} {}", month(month_no))
}

fn point(point: Point) -> String {
    match point {
        Point::Year(year) => year_name(year),
        Point::Month(year, month_no) => month_of_year(year, month_no as i8),
        Point::Day(day, None) => long_date(day),
        Point::Day(day, Some(time)) => format!("{}, {}", long_date(day), clock(time)),
    }
}

/// `08:13`, `about 21:30`, `at dawn`
pub fn clock(time: TimeOfDay) -> String {
    match time {
        TimeOfDay::Exact { hour, minute } => format!("{hour:02}:{minute:02}"),
        TimeOfDay::About { hour, minute } => format!("about {hour:02}:{minute:02}"),
        TimeOfDay::Part(part) => match part.word() {
            word @ ("dawn" | "noon" | "night") => format!("at {word}"),
            word => format!("in the {word}"),
        },
    }
}

/// A moment in full, no more precise than it is known: `Tuesday 14 July 1789, about 17:00 in Paris`,
/// `February 1789`, `13–14 July 1789`.
pub fn moment(moment: Moment, pack: &Pack) -> String {
    let text = anywhere(moment);
    let timed = |point: Point| matches!(point, Point::Day(_, Some(TimeOfDay::Exact { .. } | TimeOfDay::About { .. })));
    match pack.city.as_deref().filter(|_| timed(moment.from) || moment.to.is_some_and(timed)) {
        Some(city) => format!("{text} in {city}"),
        None => text,
    }
}

/// A moment in full, without the city of its local time.
fn anywhere(moment: Moment) -> String {
    match (moment.from, moment.to) {
        (from, None) => point(from),
        (Point::Day(first, None), Some(Point::Day(last, None))) if first.year() == last.year() => span(first, last),
        (Point::Day(first, Some(time)), Some(Point::Day(last, Some(end)))) if first == last => {
            format!("{}, {} – {}", long_date(first), clock(time), clock(end))
        }
        (Point::Month(year, first), Some(Point::Month(same, last))) if year == same => {
            format!("{} – {}", month(first as i8), month_of_year(year, last as i8))
        }
        (Point::Year(first), Some(Point::Year(last))) => years(first, last),
        (from, Some(to)) => format!("{} – {}", point(from), point(to)),
    }
}

/// A moment for lists and menus: `14 Jul 1789, about 17:00`, `Feb 1789`, `44 BC`.
pub fn short_moment(moment: Moment) -> String {
    let day = |day: Date| format!("{} {} {}", day.day(), short_month(day.month()), year_name(day.year()));
    let one = |point: Point| match point {
        Point::Year(year) => year_name(year),
        Point::Month(year, month_no) => format!("{} {}", short_month(month_no as i8), year_name(year)),
        Point::Day(date, None) => day(date),
        Point::Day(date, Some(time)) => format!("{}, {}", day(date), clock(time)),
    };
    match moment.to {
        None => one(moment.from),
        Some(to) => format!("{} – {}", one(moment.from), one(to)),
    }
}

/// The first three letters of a month's English name.
pub fn short_month(month_no: i8) -> &'static str {
    month(month_no).get(..3).unwrap_or("?")
}

/// The time of day of a moment, for lists under that day's heading.
pub fn time_on_day(moment: Moment) -> Option<String> {
    match moment.from {
        Point::Day(_, Some(time)) => Some(clock(time)),
        _ => None,
    }
}

/// `born 6 September 1757 in Chavaniac, died 20 May 1834 in Paris`; `None` when nothing is known.
pub fn life(life: &Life) -> Option<String> {
    let bare = |moment: Moment| match moment.from {
        Point::Day(day, _) => date(day),
        other => point(other),
    };
    let part = |verb: &str, when: Option<Moment>, at: &Option<String>| {
        when.map(|when| match at {
            Some(place) => format!("{verb} {} in {place}", bare(when)),
            None => format!("{verb} {}", bare(when)),
        })
    };
    let parts: Vec<String> =
        [part("born", life.born, &life.born_at), part("died", life.died, &life.died_at)].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// The word for a kind, as a card's subtitle says it.
pub fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Event => "Event",
        Kind::Person => "Person",
        Kind::Group => "Group",
        Kind::Place => "Place",
        Kind::Term => "Term",
    }
}

/// The short names of citations, the document first, without duplicates.
pub fn citations(pack: &Pack, cite: &[Citation]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let passages = cite.iter().filter_map(|citation| citation.passage()).map(|passage| passage.to_string());
    let background = cite.iter().filter_map(|citation| match citation {
        Citation::Background(idx) => Some(pack.source(*idx).short.clone()),
        Citation::Document { .. } => None,
    });
    for name in passages.chain(background) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// The full titles of citations, one work per line, for the foot of a card.
pub fn explained(pack: &Pack, cite: &[Citation]) -> Vec<String> {
    let mut passages: Vec<Passage> = cite.iter().filter_map(|citation| citation.passage()).collect();
    passages.sort();
    passages.dedup();
    let mut lines = Vec::new();
    if !passages.is_empty() {
        let list: Vec<String> = passages.iter().map(Passage::to_string).collect();
        lines.push(format!("{} — the class document, “{}”", list.join(" "), pack.document.title));
    }
    for citation in cite {
        if let Citation::Background(idx) = citation {
            let source = pack.source(*idx);
            let line = format!("{} — {}", source.short, source.title);
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
    }
    lines
}

/// The hint of an entry in a menu: an event's date, or another entry's gist.
pub fn hint(entry: &Entry) -> String {
    match (entry.when(), &entry.gist) {
        (Some(when), _) => short_moment(when),
        (None, Some(gist)) => gist.text.clone(),
        (None, None) => kind(entry.kind).to_owned(),
    }
}

/// At most `most` characters of `text`, cut at a word with an ellipsis.
pub fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let head: String = text.chars().take(most.saturating_sub(1)).collect();
    let end = head.rfind(' ').filter(|space| *space > head.len() / 2).unwrap_or(head.len());
    format!("{}…", head[..end].trim_end_matches([',', ';', ':', ' ']))
}

/// `In 1789`, or `Elsewhere in 1789` for what did not happen in the pack's own country.
pub fn almanac_heading(at_home: bool, pack: &Pack) -> String {
    let year = year_name(pack.year);
    if at_home { format!("In {year}") } else { format!("Elsewhere in {year}") }
}

/// A text in quotation marks; marks inside it become single ones: `“He said ‘no’.”`
pub fn quoted(text: &str) -> String {
    format!("“{}”", text.replace('“', "‘").replace('”', "’"))
}

/// `1 event`, `2 events`
pub fn count(number: usize, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> String {
        anywhere(text.parse().unwrap())
    }

    #[test]
    fn moments_read_as_precisely_as_they_are_known() {
        for (written, expected) in [
            ("1956", "1956"),
            ("1956-02", "February 1956"),
            ("1956-10-23", "Tuesday 23 October 1956"),
            ("1956-10-23T21:30~", "Tuesday 23 October 1956, about 21:30"),
            ("1956-10-24T08:13", "Wednesday 24 October 1956, 08:13"),
            ("1956-10-24 dawn", "Wednesday 24 October 1956, at dawn"),
            ("1956-10-24 morning", "Wednesday 24 October 1956, in the morning"),
            ("1953-06-16/1953-06-17", "16–17 June 1953"),
            ("1956-10-23/1956-11-11", "23 October – 11 November 1956"),
            ("1956-03/1956-05", "March – May 1956"),
            ("1949/1953", "1949–1953"),
            ("44-03-15 BC", "15 March 44 BC"),
            ("44-03-15T11:00~ BC", "15 March 44 BC, about 11:00"),
            ("44-02 BC", "February 44 BC"),
            ("44 BC", "44 BC"),
            ("0079-10-24/0079-10-25", "24–25 October 79 AD"),
            ("44-03-15 BC/44-03-17 BC", "15–17 March 44 BC"),
            ("49-01-10 BC/45-03-17 BC", "10 January 49 BC – 17 March 45 BC"),
            ("49 BC/44 BC", "49–44 BC"),
            ("27 BC/14 AD", "27 BC–14 AD"),
            ("44-03 BC/44-05 BC", "March – May 44 BC"),
            ("1066-10-14", "14 October 1066"),
            ("1789-07-14T17:00~", "Tuesday 14 July 1789, about 17:00"),
        ] {
            assert_eq!(said(written), expected, "{written}");
        }
    }

    #[test]
    fn moments_are_short_in_any_year() {
        let short = |text: &str| short_moment(text.parse().unwrap());
        assert_eq!(short("44-03-15 BC"), "15 Mar 44 BC");
        assert_eq!(short("0079-10-24 dawn"), "24 Oct 79 AD, at dawn");
        assert_eq!(short("1789-07-14T17:00~"), "14 Jul 1789, about 17:00");
    }

    #[test]
    fn long_names_are_cut_at_a_word() {
        assert_eq!(cut("short", 10), "short");
        assert_eq!(cut("the Central Workers' Council of Greater Budapest", 30), "the Central Workers' Council…");
        assert_eq!(cut(&"ű".repeat(50), 10).chars().count(), 10);
    }
}
