//! `kronikas lookup`: the lookup as a filter, with one JSON object per line.

use std::io::{BufRead, Write};
use std::time::Instant;

use serde::{Deserialize, Serialize};

use crate::answer::{self, Answer, Sentence, suggests_danger};
use crate::card::format;
use crate::command::LoadedPack;
use crate::lookup::{Hit, Match, Scope};

#[derive(Deserialize)]
struct LookupRequest {
    #[serde(default)]
    id: String,
    #[serde(default)]
    kind: Option<String>,
    #[serde(alias = "query")]
    q: String,
}

#[derive(Serialize)]
struct LookupLine<'a> {
    id: &'a str,
    outcome: &'static str,
    hits: Vec<LookupHit<'a>>,
    us: u128,
}

#[derive(Serialize)]
struct LookupHit<'a> {
    entry: &'a str,
    name: &'a str,
    score: f64,
}

/// Answers each line of `input` with a line on `out`. A bad line gets an error object, and the run
/// continues.
///
/// # Errors
/// If `input` is not readable or `out` is not writable.
pub fn serve_lines(input: impl BufRead, loaded: &LoadedPack, out: &mut impl Write) -> std::io::Result<()> {
    for (number, line) in input.split(b'\n').enumerate() {
        let line = line?;
        let line = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&line);
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let reply =
            serde_json::from_slice(line).map_err(|error| error.to_string()).and_then(|question| answer(&question, loaded));
        let reply = reply.unwrap_or_else(|error| serde_json::json!({ "line": number + 1, "error": error }));
        writeln!(out, "{reply}")?;
        out.flush()?;
    }
    Ok(())
}

/// The result of a question in free words: the lines of its card with their sources.
#[derive(Serialize)]
struct AskReply<'a> {
    id: &'a str,
    outcome: &'static str,
    /// Who would see the card: everyone, or only the asker.
    audience: &'static str,
    lines: Vec<ReplyLine>,
    open: Vec<&'a str>,
    us: u128,
}

#[derive(Serialize)]
struct ReplyLine {
    text: String,
    cite: Vec<String>,
}

fn answer(question: &LookupRequest, loaded: &LoadedPack) -> Result<serde_json::Value, String> {
    if question.kind.as_deref() == Some("ask") {
        return ask(question, loaded);
    }
    let scope = match question.kind.as_deref().unwrap_or("any") {
        "any" | "complete" => Scope::ANY,
        "event" => Scope::EVENTS,
        "who" => Scope::WHO,
        "term" => Scope::TERMS,
        "place" => Scope::PLACES,
        other => return Err(format!("unknown kind \"{other}\"; it is one of any, event, who, term, place, complete, ask")),
    };
    let start = Instant::now();
    let (outcome, hits) = if question.kind.as_deref() == Some("complete") {
        let hits = loaded.lookup.complete(&question.q, scope, 25);
        (if hits.is_empty() { "nothing" } else { "choose" }, hits)
    } else {
        match loaded.lookup.find(&question.q, scope) {
            Match::Found(hit) => ("found", vec![hit]),
            Match::Choose(hits) => ("choose", hits),
            Match::Nothing(hits) => ("nothing", hits),
        }
    };
    let us = start.elapsed().as_micros();
    let shown = |hit: &Hit| {
        let entry = loaded.pack.entry(hit.entry);
        LookupHit { entry: &entry.id, name: &entry.name, score: f64::from(hit.score.0) / 1000.0 }
    };
    let reply = LookupLine { id: &question.id, outcome, hits: hits.iter().map(shown).collect(), us };
    serde_json::to_value(reply).map_err(|error| error.to_string())
}

fn ask(question: &LookupRequest, loaded: &LoadedPack) -> Result<serde_json::Value, String> {
    let start = Instant::now();
    let reply = if suggests_danger(&question.q) {
        answer::AskOutcome::Nothing
    } else {
        loaded.answers().answer(&question.q, &loaded.pack, &loaded.lookup)
    };
    let us = start.elapsed().as_micros();
    let line = |sentence: &Sentence| ReplyLine {
        text: match &sentence.lead {
            Some(lead) => format!("{lead} {}", sentence.text),
            None => sentence.text.clone(),
        },
        cite: format::citations(&loaded.pack, &sentence.cite),
    };
    let (outcome, audience, answer) = match reply {
        answer::AskOutcome::Answered(answer) => ("answered", "everyone", answer),
        answer::AskOutcome::Nearest(answer) => ("nearest", "everyone", answer),
        answer::AskOutcome::Nothing => ("nothing", "asker", Answer::default()),
    };
    let lines = answer.lines.iter().chain(&answer.points).chain(&answer.support).chain(&answer.differ).map(line).collect();
    let open = answer.open.iter().map(|idx| loaded.pack.entry(*idx).id.as_str()).collect();
    let reply = AskReply { id: &question.id, outcome, audience, lines, open, us };
    serde_json::to_value(reply).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::{built_in, load};

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_first_line() {
        let loaded = LoadedPack::new(load(&built_in()).unwrap_or_else(|report| panic!("{report}")));
        let mut out = Vec::new();
        let input = "\u{feff}{\"id\":\"1\",\"kind\":\"who\",\"q\":\"kruschev\"}\n\u{feff}\n";
        serve_lines(input.as_bytes(), &loaded, &mut out).expect("written into memory");
        let text = String::from_utf8(out).expect("UTF-8");
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(text.contains("person/nikita-khrushchev") && !text.contains("error"), "{text}");
    }
}
