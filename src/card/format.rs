//! How dates, names and citations are written.

use jiff::civil::{Date, Weekday};

use crate::pack::{Citation, Entry, Kind, Life, Moment, Pack, Passage, Point, TimeOfDay};

const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/// The English name of a month (1–12).
pub fn month(month: i8) -> &'static str {
    usize::try_from(month - 1).ok().and_then(|index| MONTHS.get(index)).copied().unwrap_or("?")
}

/// The English name of a weekday.
pub fn weekday(date: Date) -> &'static str {
    match date.weekday() {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    }
}

/// `23 October 1956`
pub fn date(date: Date) -> String {
    format!("{} {} {}", date.day(), month(date.month()), date.year())
}

/// `Tuesday 23 October 1956`; the weekday is computed.
pub fn long_date(day: Date) -> String {
    format!("{} {}", weekday(day), date(day))
}

/// `23 October`
pub fn day_and_month(month_no: i8, day: i8) -> String {
    format!("{day} {}", month(month_no))
}

fn point(point: Point) -> String {
    match point {
        Point::Year(year) => year.to_string(),
        Point::Month(year, month_no) => format!("{} {year}", month(month_no as i8)),
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

/// A moment in full, no more precise than it is known: `Tuesday 23 October 1956, about 21:30 in
/// Budapest`, `February 1956`, `16–17 June 1953`.
pub fn moment(moment: Moment) -> String {
    let text = match (moment.from, moment.to) {
        (from, None) => point(from),
        (Point::Day(first, None), Some(Point::Day(last, None))) if first.year() == last.year() => {
            if first.month() == last.month() {
                format!("{}–{} {} {}", first.day(), last.day(), month(first.month()), first.year())
            } else {
                format!("{} – {}", day_and_month(first.month(), first.day()), date(last))
            }
        }
        (Point::Day(first, Some(time)), Some(Point::Day(last, Some(end)))) if first == last => {
            format!("{}, {} – {}", long_date(first), clock(time), clock(end))
        }
        (Point::Month(year, first), Some(Point::Month(same, last))) if year == same => {
            format!("{} – {} {year}", month(first as i8), month(last as i8))
        }
        (Point::Year(first), Some(Point::Year(last))) => format!("{first}–{last}"),
        (from, Some(to)) => format!("{} – {}", point(from), point(to)),
    };
    let timed = |point: Point| matches!(point, Point::Day(_, Some(TimeOfDay::Exact { .. } | TimeOfDay::About { .. })));
    if timed(moment.from) || moment.to.is_some_and(timed) { format!("{text} in Budapest") } else { text }
}

/// A moment for lists and menus: `23 Oct 1956, about 21:30`, `Feb 1956`, `1956`.
pub fn short_moment(moment: Moment) -> String {
    let short = |month_no: i8| month(month_no).chars().take(3).collect::<String>();
    let one = |point: Point| match point {
        Point::Year(year) => year.to_string(),
        Point::Month(year, month_no) => format!("{} {year}", short(month_no as i8)),
        Point::Day(day, None) => format!("{} {} {}", day.day(), short(day.month()), day.year()),
        Point::Day(day, Some(time)) => format!("{} {} {}, {}", day.day(), short(day.month()), day.year(), clock(time)),
    };
    match moment.to {
        None => one(moment.from),
        Some(to) => format!("{} – {}", one(moment.from), one(to)),
    }
}

/// The clock time of a moment that lies on `day`, for lists under that day's heading.
pub fn time_on_day(moment: Moment) -> Option<String> {
    match moment.from {
        Point::Day(_, Some(time)) => Some(clock(time)),
        _ => None,
    }
}

/// `born 7 June 1896 in Kaposvár, died 16 June 1958 in Budapest`; `None` when nothing is known.
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

/// The short names under which citations are shown, document first, each once.
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

/// What short names stand for, one work a line, for the foot of a card.
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

/// What stands behind a name in a menu: an event's date, another entry's gist.
pub fn hint(entry: &Entry) -> String {
    match (entry.when(), &entry.gist) {
        (Some(when), _) => short_moment(when),
        (None, Some(gist)) => gist.text.clone(),
        (None, None) => kind(entry.kind).to_owned(),
    }
}

/// At most `most` characters of `text`, cut at a word and closed with an ellipsis.
pub fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let head: String = text.chars().take(most.saturating_sub(1)).collect();
    let end = head.rfind(' ').filter(|space| *space > head.len() / 2).unwrap_or(head.len());
    format!("{}…", head[..end].trim_end_matches([',', ';', ':', ' ']))
}

/// `In 1956`, or `Elsewhere in 1956` for what did not happen in Hungary.
pub fn almanac_heading(in_hungary: bool, pack: &Pack) -> String {
    if in_hungary { format!("In {}", pack.year) } else { format!("Elsewhere in {}", pack.year) }
}

/// `1 event`, `2 events`
pub fn count(number: usize, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> String {
        moment(text.parse().unwrap())
    }

    #[test]
    fn moments_read_as_precisely_as_they_are_known() {
        for (written, expected) in [
            ("1956", "1956"),
            ("1956-02", "February 1956"),
            ("1956-10-23", "Tuesday 23 October 1956"),
            ("1956-10-23T21:30~", "Tuesday 23 October 1956, about 21:30 in Budapest"),
            ("1956-10-24T08:13", "Wednesday 24 October 1956, 08:13 in Budapest"),
            ("1956-10-24 dawn", "Wednesday 24 October 1956, at dawn"),
            ("1956-10-24 morning", "Wednesday 24 October 1956, in the morning"),
            ("1953-06-16/1953-06-17", "16–17 June 1953"),
            ("1956-10-23/1956-11-11", "23 October – 11 November 1956"),
            ("1956-03/1956-05", "March – May 1956"),
            ("1949/1953", "1949–1953"),
        ] {
            assert_eq!(said(written), expected, "{written}");
        }
    }

    #[test]
    fn long_names_are_cut_at_a_word() {
        assert_eq!(cut("short", 10), "short");
        assert_eq!(cut("the Central Workers' Council of Greater Budapest", 30), "the Central Workers' Council…");
        assert_eq!(cut(&"ű".repeat(50), 10).chars().count(), 10);
    }
}
