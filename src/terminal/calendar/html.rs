//! The calendar as one page: no scripts, no network, light and dark, printable.

use std::fmt::Write as _;

use jiff::civil::Date;

use super::{CalendarRequest, PostDay};
use crate::calendar::Quiet;
use crate::card::{Card, Line, format};
use crate::delivery::{name_offset, tzdb_version};
use crate::pack::Pack;

const STYLE: &str = include_str!("page.css");

/// Text in which nothing is markup, neither between tags nor in an attribute.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            letter => out.push(letter),
        }
    }
    out
}

pub(super) fn write(pack: &Pack, asked: &CalendarRequest<'_>, days: &[PostDay]) -> String {
    let mut out = String::new();
    let title = format!("On this day: {}", pack.title);
    let span = match (days.first(), days.last()) {
        (Some(first), Some(last)) => format!("{} – {}", format::date(first.date), format::date(last.date)),
        _ => String::new(),
    };
    let months: Vec<&[PostDay]> = days.chunk_by(|one, next| month_of(one.date) == month_of(next.date)).collect();
    // Writing to a string cannot fail.
    let _ = write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title} · {span}</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body id=\"top\">\n<header>\n<h1>{title}</h1>\n<p class=\"lede\">{}</p>\n{}</header>\n",
        escaped(&lede(asked, days, &span)),
        changes(days),
        title = escaped(&title),
        span = escaped(&span),
    );
    out.push_str("<nav aria-label=\"Months and days\">\n");
    for month in &months {
        grid(&mut out, month);
    }
    out.push_str("</nav>\n");
    out.push_str(
        "<p class=\"key\"><span class=\"e0\">5</span> quiet <span class=\"e1\">5</span> one event \
         <span class=\"e2\">5</span> two to five <span class=\"e3\">5</span> more",
    );
    if days.iter().any(|day| day.post.is_err()) {
        out.push_str(" <span class=\"none\">5</span> no post");
    }
    out.push_str("</p>\n<main>\n");
    for month in &months {
        let Some(first) = month.first() else { continue };
        let _ = writeln!(out, "<section class=\"month\" id=\"{}\">\n<h2>{}</h2>", month_id(first.date), month_name(first.date));
        for day in *month {
            article(&mut out, day);
        }
        out.push_str("</section>\n");
    }
    let _ = write!(
        out,
        "</main>\n<footer><p>Instants worked out with time zone database {}. Every sentence about history names its source in brackets; \
         the foot of each day says what the short names mean.</p><p><a href=\"#top\">Back to the top</a></p></footer>\n</body>\n</html>\n",
        escaped(tzdb_version())
    );
    out
}

fn lede(asked: &CalendarRequest<'_>, days: &[PostDay], span: &str) -> String {
    let posts = days.iter().filter(|day| day.post.is_ok()).count();
    let quiet = days.iter().filter(|day| day.events == 0).count();
    let when = match asked.quiet {
        Quiet::Context => "tell where things stood",
        Quiet::Portrait => "portray a person, a group, a word or a place",
        Quiet::Skip => "have no post",
    };
    format!(
        "What the class will read, {span}: {} in {}, each at {} in {}. {} and {when}.",
        format::count(posts, "post"),
        format::count(days.len(), "day"),
        asked.time,
        asked.zone,
        if quiet == 1 { "1 day is quiet".to_owned() } else { format!("{quiet} days are quiet") },
    )
}

/// The days on which something is out of the ordinary about the clock.
fn changes(days: &[PostDay]) -> String {
    let mut out = String::new();
    for day in days {
        for note in &day.notes {
            let date = escaped(&format::long_date(day.date));
            let _ = writeln!(out, "<li><a href=\"#{}\">{date}</a>: {}</li>", day_id(day.date), escaped(note));
        }
    }
    if out.is_empty() { out } else { format!("<ul class=\"changes\">\n{out}</ul>\n") }
}

fn month_of(date: Date) -> (i16, i8) {
    (date.year(), date.month())
}

fn month_id(date: Date) -> String {
    date.strftime("m-%Y-%m").to_string()
}

fn day_id(date: Date) -> String {
    format!("d-{date}")
}

fn month_name(date: Date) -> String {
    format!("{} {}", format::month(date.month()), date.year())
}

/// A month as weeks from Monday to Sunday, each day a link.
fn grid(out: &mut String, month: &[PostDay]) {
    let Some(first) = month.first() else { return };
    let _ = write!(
        out,
        "<table><caption><a href=\"#{}\">{}</a></caption>\n<thead><tr>",
        month_id(first.date),
        month_name(first.date)
    );
    for day in ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] {
        let _ = write!(out, "<th scope=\"col\" abbr=\"{day}\">{}</th>", &day[..2]);
    }
    out.push_str("</tr></thead>\n<tbody><tr>");
    let offset = |date: Date| date.weekday().to_monday_zero_offset();
    for _ in 0..offset(first.date) {
        out.push_str("<td></td>");
    }
    for day in month {
        if offset(day.date) == 0 && day.date != first.date {
            out.push_str("</tr>\n<tr>");
        }
        let number = day.date.day();
        if day.post.is_err() {
            let _ = write!(out, "<td><a class=\"none\" href=\"#{}\" title=\"no post\">{number}</a></td>", day_id(day.date));
        } else {
            let title = format::count(day.events, "event");
            let _ = write!(
                out,
                "<td><a class=\"{}\" href=\"#{}\" title=\"{title}\">{number}</a></td>",
                density(day),
                day_id(day.date)
            );
        }
    }
    out.push_str("</tr></tbody></table>\n");
}

fn density(day: &PostDay) -> &'static str {
    match day.events {
        0 => "e0",
        1 => "e1",
        2..=5 => "e2",
        _ => "e3",
    }
}

fn article(out: &mut String, day: &PostDay) {
    let date = escaped(&format::long_date(day.date));
    let quiet = if day.post.is_err() { " class=\"none\"" } else { "" };
    let _ = writeln!(out, "<article id=\"{}\"{quiet}>\n<h3>{date}</h3>", day_id(day.date));
    if let Some(at) = &day.at {
        let local = at.timestamp().display_with_offset(at.offset());
        let _ = writeln!(
            out,
            "<p class=\"at\"><time datetime=\"{local}\">{} ({})</time> · {}</p>",
            at.strftime("%H:%M"),
            name_offset(at.offset()),
            at.timestamp().strftime("%Y-%m-%d %H:%M UTC"),
        );
    }
    for note in &day.notes {
        let _ = writeln!(out, "<p class=\"note\">{}</p>", escaped(note));
    }
    match &day.post {
        Ok(card) => post(out, card),
        Err(reason) => {
            let _ = writeln!(out, "<p>{}</p>", escaped(reason));
        }
    }
    out.push_str("</article>\n");
}

fn post(out: &mut String, card: &Card) {
    if let Some(subtitle) = &card.subtitle {
        let _ = writeln!(out, "<p class=\"ago\">{}</p>", escaped(subtitle));
    }
    for section in &card.sections {
        match &section.heading {
            Some(heading) => {
                let _ = writeln!(out, "<h4>{}</h4>\n<ul>", escaped(heading));
                for said in &section.lines {
                    let _ = writeln!(out, "<li>{}</li>", line(said));
                }
                out.push_str("</ul>\n");
            }
            None => {
                for said in &section.lines {
                    let _ = writeln!(out, "<p>{}</p>", line(said));
                }
            }
        }
    }
    if !card.sources.is_empty() {
        out.push_str("<ul class=\"sources\">\n");
        for source in &card.sources {
            let _ = writeln!(out, "<li>{}</li>", escaped(source));
        }
        out.push_str("</ul>\n");
    }
}

fn line(line: &Line) -> String {
    let lead = line.lead.as_ref().map(|lead| format!("<b>{}</b> ", escaped(lead))).unwrap_or_default();
    let cite: String = line.cite.iter().map(|cite| format!(" <cite>[{}]</cite>", escaped(cite))).collect();
    format!("{lead}{}{cite}", escaped(&line.text.plain()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn nothing_escapes_the_escaping(text in any::<String>()) {
            let safe = escaped(&text);
            prop_assert!(!safe.contains(['<', '>', '"', '\'']));
            let back = safe.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&");
            prop_assert_eq!(back, text);
        }
    }
}
