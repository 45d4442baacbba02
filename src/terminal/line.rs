//! Reads a line as Discord shows it: `/timeline from:22 oct to:4 nov about:imre nagy`.

use crate::commands::{Command, Opt, OptKind, Request, Value, named};
use jiff::civil::Date;

/// What a typed line asks for.
#[derive(Debug, PartialEq)]
pub enum Line {
    /// Nothing.
    Empty,
    /// To leave.
    Quit,
    /// An action of the last card, by its number (from 1).
    Action(usize),
    /// A command.
    Command {
        /// Its name.
        name: &'static str,
        /// Its options.
        request: Request,
    },
    /// A command there is none of.
    Unknown(String),
    /// Words without a command.
    Words(String),
}

/// Reads a line; `today` goes into the request.
pub fn read(line: &str, today: Date) -> Line {
    let line = line.trim();
    if line.is_empty() {
        return Line::Empty;
    }
    if matches!(line, "/quit" | "/exit" | "quit" | "exit" | ":q") {
        return Line::Quit;
    }
    if let Ok(number) = line.parse() {
        return Line::Action(number);
    }
    let Some(rest) = line.strip_prefix('/') else { return Line::Words(line.to_owned()) };
    let (name, rest) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    match named(&name.to_lowercase()) {
        Some(command) => Line::Command { name: command.name, request: options(command, rest, today) },
        None => Line::Unknown(name.to_owned()),
    }
}

/// Reads `name:value name:value`; what stands before the first name belongs to the first option.
fn options(command: &Command, text: &str, today: Date) -> Request {
    let mut request = Request::new(today);
    let mut current: Option<&Opt> = command.options.first();
    let mut value: Vec<&str> = Vec::new();
    for word in text.split_whitespace() {
        let start = word.split_once(':').and_then(|(name, rest)| {
            let option = command.all_options().find(|option| option.name == name.to_lowercase())?;
            Some((option, rest))
        });
        match start {
            Some((option, rest)) => {
                give(&mut request, current, &value.join(" "));
                current = Some(option);
                value = if rest.is_empty() { Vec::new() } else { vec![rest] };
            }
            None => value.push(word),
        }
    }
    give(&mut request, current, &value.join(" "));
    request
}

fn give(request: &mut Request, option: Option<&Opt>, value: &str) {
    let Some(option) = option.filter(|_| !value.is_empty()) else { return };
    let value = match option.kind {
        OptKind::Text => Value::Text(value.to_owned()),
        OptKind::Flag => Value::Flag(matches!(value.to_lowercase().as_str(), "true" | "yes" | "y" | "1")),
    };
    request.options.push((option.name.to_owned(), value));
}

/// Where in a line completion is wanted: the command and option being typed, what was typed of the
/// value, and where that begins.
pub fn being_typed(line: &str) -> Option<(&'static str, &'static str, &str, usize)> {
    let rest = line.strip_prefix('/')?;
    let (name, _) = rest.split_once(char::is_whitespace)?;
    let command = named(name)?;
    let mut option = command.options.first()?;
    let mut start = 1 + name.len() + 1;
    let mut place = start;
    for word in line[start..].split_inclusive(char::is_whitespace) {
        if let Some((typed, _)) = word.split_once(':')
            && let Some(found) = command.options.iter().find(|option| option.name == typed)
        {
            option = found;
            start = place + typed.len() + 1;
        }
        place += word.len();
    }
    let typed = line[start..].trim_start();
    Some((command.name, option.name, typed, line.len() - typed.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = Date::constant(2026, 11, 24);

    fn request(line: &str) -> Request {
        match read(line, TODAY) {
            Line::Command { request, .. } => request,
            other => panic!("{line:?}: {other:?}"),
        }
    }

    #[test]
    fn options_are_written_as_discord_shows_them() {
        let timeline = request("/timeline from:22 oct to:4 nov about:imre nagy private:true");
        assert_eq!(timeline.text("from"), Some("22 oct"));
        assert_eq!(timeline.text("to"), Some("4 nov"));
        assert_eq!(timeline.text("about"), Some("imre nagy"));
        assert!(timeline.flag("private"));
    }

    #[test]
    fn the_first_option_may_be_bare() {
        assert_eq!(request("/who kruschev").text("query"), Some("kruschev"));
        assert_eq!(request("/WHO  imre  nagy ").text("query"), Some("imre nagy"));
        assert_eq!(request("/ask why: was it so?").text("question"), Some("why: was it so?"));
        assert_eq!(request("/help").text("command"), None);
    }

    #[test]
    fn other_lines_are_told_apart() {
        assert_eq!(read("  ", TODAY), Line::Empty);
        assert_eq!(read("/quit", TODAY), Line::Quit);
        assert_eq!(read("3", TODAY), Line::Action(3));
        assert_eq!(read("/nonsense x", TODAY), Line::Unknown("nonsense".to_owned()));
        assert_eq!(read("kruschev", TODAY), Line::Words("kruschev".to_owned()));
    }

    #[test]
    fn completion_knows_what_is_being_typed() {
        assert_eq!(being_typed("/who kru"), Some(("who", "query", "kru", 5)));
        assert_eq!(being_typed("/timeline from:1956 about:nag"), Some(("timeline", "about", "nag", 26)));
        assert_eq!(being_typed("/who "), Some(("who", "query", "", 5)));
        assert_eq!(being_typed("/who"), None);
        assert_eq!(being_typed("hello"), None);
    }
}
