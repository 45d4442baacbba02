//! Parses a line as Discord shows it: `/timeline from:22 oct to:4 nov about:imre nagy`.

use jiff::Timestamp;

use crate::command::{Asker, Command, Opt, OptKind, Place, Request, Value};
use crate::features::named;
use crate::model::{ChannelId, UserId};

/// The terminal as a place, with its only channel.
pub(super) const HERE: Place = Place { guild: None, channel: ChannelId(1) };

/// The terminal's user. It has no accounts, so it is always the same person.
const ANYBODY: UserId = UserId(0);

/// A parsed line.
#[derive(Debug, PartialEq)]
pub(super) enum TypedLine {
    Empty,
    Quit,
    /// An action of the last card, by its number (from 1).
    Action(usize),
    Command {
        name: &'static str,
        request: Request,
    },
    /// An unknown command.
    Unknown(String),
    /// Words without a command.
    Words(String),
}

/// A request of the terminal's user, who also runs the bot and so has every permission.
pub(super) fn request(now: Timestamp) -> Request {
    Request::at(now).by(Asker { id: ANYBODY, manages: true }, Some(HERE))
}

/// Parses a line; `now` is the time of the request.
pub(super) fn read(line: &str, now: Timestamp) -> TypedLine {
    let line = as_typed(line);
    let line = line.as_str();
    if line.is_empty() {
        return TypedLine::Empty;
    }
    if matches!(line, "/quit" | "/exit" | "quit" | "exit" | ":q") {
        return TypedLine::Quit;
    }
    if let Some(number) = line.parse().ok().filter(|number| *number <= MOST_ACTIONS) {
        return TypedLine::Action(number);
    }
    let Some(rest) = line.strip_prefix('/') else { return TypedLine::Words(line.to_owned()) };
    let (name, rest) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    match named(&name.to_lowercase()) {
        Some(command) => TypedLine::Command { name: command.name, request: options(command, rest, now) },
        None => TypedLine::Unknown(name.to_owned()),
    }
}

/// The maximum number of actions on a card: five rows, each of which may be a menu of 25. A larger
/// number (a year, a grave's number) is looked up.
const MOST_ACTIONS: usize = 125;

/// A line without its byte-order mark, and with the first word restored if the shell of Git for Windows
/// made a path of it: "C:/Program Files/Git/who kruschev" is "/who kruschev".
fn as_typed(line: &str) -> String {
    let line = line.trim_matches(|letter: char| letter.is_whitespace() || letter == '\u{feff}');
    let drive = |line: &str| {
        let mut letters = line.chars();
        letters.next().is_some_and(|letter| letter.is_ascii_alphabetic())
            && letters.next() == Some(':')
            && matches!(letters.next(), Some('/' | '\\'))
    };
    if !drive(line) {
        return line.to_owned();
    }
    let command = line.match_indices(['/', '\\']).map(|(at, _)| &line[at + 1..]).find(|rest| {
        let name = rest.split(char::is_whitespace).next().unwrap_or_default();
        named(&name.to_lowercase()).is_some()
    });
    command.map_or_else(|| line.to_owned(), |command| format!("/{command}"))
}

/// Parses `name:value name:value`. Text before the first name, or after a yes or no, belongs to the
/// first option.
fn options(command: &Command, text: &str, now: Timestamp) -> Request {
    let mut request = request(now);
    let mut words = text.split_whitespace().peekable();
    if !command.subcommands.is_empty() {
        request.subcommand = words.next().map(str::to_lowercase);
    }
    let own = command.options_of(request.subcommand.as_deref());
    let mut current: Option<&Opt> = own.first();
    let mut value: Vec<&str> = Vec::new();
    for word in words {
        let start = word.split_once(':').and_then(|(name, rest)| {
            let option = own.iter().chain(command.all_options()).find(|option| option.name == name.to_lowercase())?;
            Some((option, rest))
        });
        match start {
            Some((option, rest)) => {
                give(&mut request, current, &value.join(" "));
                current = Some(option);
                value = if rest.is_empty() { Vec::new() } else { vec![rest] };
                // A flag is one word: `/who private:true nagy`.
                if option.kind == OptKind::Flag && !rest.is_empty() {
                    give(&mut request, current, rest);
                    value.clear();
                    current = own.first().filter(|first| request.text(first.name).is_none());
                }
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
        OptKind::Text | OptKind::Question => Value::Text(value.to_owned()),
        OptKind::Flag => Value::Flag(matches!(value.to_lowercase().as_str(), "true" | "yes" | "y" | "1")),
        // The terminal has only one channel.
        OptKind::Channel => Value::Channel(HERE.channel),
    };
    request.options.push((option.name.to_owned(), value));
}

/// Where completion happens in a line: the command (with its subcommand) and the option, the typed part
/// of the value, and where that part begins.
pub(super) fn being_typed(line: &str) -> Option<(String, &'static str, &str, usize)> {
    let rest = line.strip_prefix('/')?;
    let (name, after) = rest.split_once(char::is_whitespace)?;
    let command = named(name)?;
    let mut start = 1 + name.len() + 1;
    let mut path = command.name.to_owned();
    let mut options = command.options;
    if !command.subcommands.is_empty() {
        let (subcommand, _) = after.split_once(char::is_whitespace)?;
        options = command.options_of(Some(subcommand));
        start += subcommand.len() + 1;
        path = format!("{path} {subcommand}");
    }
    let mut option = options.first()?;
    let mut place = start;
    for word in line[start..].split_inclusive(char::is_whitespace) {
        if let Some((typed, _)) = word.split_once(':')
            && let Some(found) = options.iter().find(|option| option.name == typed)
        {
            option = found;
            start = place + typed.len() + 1;
        }
        place += word.len();
    }
    let typed = line[start..].trim_start();
    Some((path, option.name, typed, line.len() - typed.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn asked(line: &str) -> Request {
        match read(line, NOW) {
            TypedLine::Command { request, .. } => request,
            other => panic!("{line:?}: {other:?}"),
        }
    }

    #[test]
    fn options_are_written_as_discord_shows_them() {
        let timeline = asked("/timeline from:22 oct to:4 nov about:imre nagy private:true");
        assert_eq!(timeline.text("from"), Some("22 oct"));
        assert_eq!(timeline.text("to"), Some("4 nov"));
        assert_eq!(timeline.text("about"), Some("imre nagy"));
        assert!(timeline.flag("private"));
    }

    #[test]
    fn the_first_option_may_be_bare() {
        assert_eq!(asked("/who kruschev").text("query"), Some("kruschev"));
        assert_eq!(asked("/WHO  imre  nagy ").text("query"), Some("imre nagy"));
        assert_eq!(asked("/ask why: was it so?").text("question"), Some("why: was it so?"));
        assert_eq!(asked("/help").text("command"), None);
    }

    #[test]
    fn options_may_stand_before_the_free_text() {
        let who = asked("/who private:true nagy imre");
        assert_eq!(who.text("query"), Some("nagy imre"));
        assert!(who.flag("private"));
        let timeline = asked("/timeline private:yes about:nagy");
        assert_eq!((timeline.text("from"), timeline.text("about")), (None, Some("nagy")));
    }

    #[test]
    fn what_a_shell_made_of_a_line_is_undone() {
        for line in ["C:/Program Files/Git/who kruschev", "c:\\msys64\\who kruschev", "\u{feff}/who kruschev", "C:/who kruschev"]
        {
            assert_eq!(asked(line).text("query"), Some("kruschev"), "{line}");
        }
        assert_eq!(read("C:/nothing here", NOW), TypedLine::Words("C:/nothing here".to_owned()));
    }

    #[test]
    fn other_lines_are_told_apart() {
        assert_eq!(read("1956", NOW), TypedLine::Words("1956".to_owned()));
        assert_eq!(read("301", NOW), TypedLine::Words("301".to_owned()));
        assert_eq!(read("  ", NOW), TypedLine::Empty);
        assert_eq!(read("/quit", NOW), TypedLine::Quit);
        assert_eq!(read("3", NOW), TypedLine::Action(3));
        assert_eq!(read("/nonsense x", NOW), TypedLine::Unknown("nonsense".to_owned()));
        assert_eq!(read("kruschev", NOW), TypedLine::Words("kruschev".to_owned()));
    }

    #[test]
    fn completion_knows_what_is_being_typed() {
        assert_eq!(being_typed("/who kru"), Some(("who".to_owned(), "query", "kru", 5)));
        assert_eq!(being_typed("/timeline from:1956 about:nag"), Some(("timeline".to_owned(), "about", "nag", 26)));
        assert_eq!(being_typed("/who "), Some(("who".to_owned(), "query", "", 5)));
        assert_eq!(being_typed("/who"), None);
        assert_eq!(being_typed("hello"), None);
    }
}
