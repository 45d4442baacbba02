//! The slash commands: one file each, declared once, served by every edge.
//!
//! A [`Command`] is a value: its name, its options with their completion, and two functions from
//! plain data to an answer. Registration with Discord, completion, the terminal's help, `/help`
//! and the README's table follow from [`ALL`]. To add a command, write its file and add it there.

mod about;
mod ask;
mod completion;
mod entry_card;
mod event;
mod help;
mod look_up_this;
mod onthisday;
mod place;
mod seek;
mod source;
mod term;
mod timeline;
mod who;
mod why;

use jiff::civil::Date;

use crate::card::action::decode;
use crate::card::{Answer, Card, Outcome, Refusal, Text};
use crate::knowledge::Pack;
use crate::lookup::{Lookup, Scope};

pub use completion::{Choice, complete};
pub use look_up_this::{LOOK_UP_THIS, look_up_this};

/// Every command, in the order in which help lists them.
pub const ALL: &[Command] = &[
    event::COMMAND,
    who::COMMAND,
    term::COMMAND,
    place::COMMAND,
    timeline::COMMAND,
    onthisday::COMMAND,
    why::COMMAND,
    ask::COMMAND,
    source::COMMAND,
    help::COMMAND,
    about::COMMAND,
];

/// The option every command has besides its own: whether only the asker is to see the answer.
pub const PRIVATE: Opt = Opt {
    name: "private",
    summary: "Only you see the answer",
    kind: OptKind::Flag,
    required: false,
    completion: Completion::None,
};

/// One slash command.
#[derive(Debug, Clone, Copy)]
pub struct Command {
    /// What is typed after the slash; 1–32 lower-case letters.
    pub name: &'static str,
    /// What it answers, in at most 100 characters.
    pub summary: &'static str,
    /// Something worth typing, for help and the README.
    pub example: &'static str,
    /// Its own options; [`PRIVATE`] is added to each.
    pub options: &'static [Opt],
    /// Answers what was typed.
    pub answer: fn(&Request, &Desk<'_>) -> Answer,
    /// Answers a press whose verb is this command's name; the arguments are not to be trusted.
    pub press: fn(&[String], &Request, &Desk<'_>) -> Answer,
}

impl Command {
    /// Its own options and [`PRIVATE`].
    pub fn all_options(&self) -> impl Iterator<Item = &Opt> {
        self.options.iter().chain(std::iter::once(&PRIVATE))
    }
}

/// An option of a command.
#[derive(Debug, Clone, Copy)]
pub struct Opt {
    /// Its name; 1–32 lower-case letters.
    pub name: &'static str,
    /// What goes there, in at most 100 characters.
    pub summary: &'static str,
    /// What kind of value it takes.
    pub kind: OptKind,
    /// Whether the command needs it.
    pub required: bool,
    /// How it is completed while it is typed.
    pub completion: Completion,
}

/// What kind of value an option takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OptKind {
    /// Text, of which the first 100 characters count.
    Text,
    /// Yes or no.
    Flag,
}

/// How an option is completed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completion {
    /// Not at all.
    None,
    /// With names of entries.
    Names(Scope),
    /// With days on which something happened.
    Days,
    /// With days, months and years, for the ends of a range.
    Dates,
    /// With names of entries and with tags.
    Subjects,
    /// With passages of the class document.
    Passages,
}

/// A value given to an option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Text as typed.
    Text(String),
    /// Yes or no.
    Flag(bool),
}

/// What was asked and when: plain data, the same from every edge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The options that were given, by name.
    pub options: Vec<(String, Value)>,
    /// The date in Budapest when the request came in.
    pub today: Date,
}

impl Request {
    /// A request without options.
    pub fn new(today: Date) -> Request {
        Request { options: Vec::new(), today }
    }

    /// The same request with a text option.
    pub fn with(mut self, name: &str, text: &str) -> Request {
        self.options.push((name.to_owned(), Value::Text(text.to_owned())));
        self
    }

    /// The text given to an option, trimmed; `None` when there is none.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.options.iter().find_map(|(option, value)| match value {
            Value::Text(text) if option == name => Some(text.trim()).filter(|text| !text.is_empty()),
            _ => None,
        })
    }

    /// Whether a flag was set.
    pub fn flag(&self, name: &str) -> bool {
        self.options.iter().any(|(option, value)| option == name && *value == Value::Flag(true))
    }
}

/// What a command works with, borrowed.
#[derive(Clone, Copy)]
pub struct Desk<'a> {
    /// What is known.
    pub pack: &'a Pack,
    /// What was meant.
    pub lookup: &'a Lookup,
}

/// The command of that name.
pub fn named(name: &str) -> Option<&'static Command> {
    ALL.iter().find(|command| command.name == name)
}

/// Answers a command by name.
///
/// # Errors
/// A [`Refusal`] that says what the asker can do about it.
pub fn answer(name: &str, request: &Request, desk: &Desk<'_>) -> Answer {
    match named(name) {
        Some(command) => (command.answer)(request, desk),
        None => Err(Refusal::new(Text::from("There is no command /").typed(name).and(". Type /help to see what I can do."))),
    }
}

/// Answers words typed without a command: as a name, and if they are none, as a question.
pub fn anything(words: &str, desk: &Desk<'_>) -> Card {
    match seek::seek(words, Scope::ANY, desk) {
        seek::Sought::One { entry, .. } => entry_card::show(entry, 0, desk),
        seek::Sought::Card(card) if card.outcome == Outcome::Nothing => {
            match (ask::COMMAND.answer)(&Request::new(Date::ZERO).with("question", words), desk) {
                Ok(answered) if answered.outcome == Outcome::Found => answered,
                _ => *card,
            }
        }
        seek::Sought::Card(card) => *card,
    }
}

/// What is known and its lookup, as loaded together.
pub struct Shelf {
    /// What is known.
    pub pack: Pack,
    /// The lookup of that pack.
    pub lookup: Lookup,
}

impl Shelf {
    /// A shelf for a pack.
    pub fn new(pack: Pack) -> Shelf {
        let lookup = Lookup::new(&pack);
        Shelf { pack, lookup }
    }

    /// A desk over it.
    pub fn desk(&self) -> Desk<'_> {
        Desk { pack: &self.pack, lookup: &self.lookup }
    }
}

/// Answers a press by the id that came back.
///
/// # Errors
/// A [`Refusal`] for every id that this version of this pack did not give out.
pub fn press(id: &str, request: &Request, desk: &Desk<'_>) -> Answer {
    let press = decode(id).ok_or_else(stale)?;
    let command = named(&press.verb).ok_or_else(stale)?;
    (command.press)(&press.arguments, request, desk)
}

/// The answer to a button that leads nowhere any more.
fn stale() -> Refusal {
    Refusal::new("This button is from an older version of me, and what it led to has moved. Please ask again.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_fits_discord() {
        let name_fits = |name: &str| (1..=32).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_lowercase());
        for command in ALL {
            assert!(name_fits(command.name), "{}", command.name);
            assert!((1..=100).contains(&command.summary.chars().count()), "{}", command.name);
            assert!(command.example.starts_with(&format!("/{}", command.name)), "{}", command.example);
            let mut optional = false;
            for option in command.all_options() {
                assert!(name_fits(option.name), "{}", option.name);
                assert!((1..=100).contains(&option.summary.chars().count()), "{}", option.name);
                assert!(!(optional && option.required), "{}: required options come first", command.name);
                optional |= !option.required;
            }
        }
    }

    #[test]
    fn names_are_unique() {
        for (no, command) in ALL.iter().enumerate() {
            assert!(ALL[no + 1..].iter().all(|other| other.name != command.name), "{}", command.name);
        }
    }
}
