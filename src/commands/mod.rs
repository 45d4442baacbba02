//! The slash commands: one file each, declared once, served by every edge.
//!
//! A [`Command`] is a value: its name, its options with their completion, and two functions from
//! plain data to an answer. Registration with Discord, completion, the terminal's help, `/help`
//! and the README's table follow from [`ALL`]. To add a command, write its file and add it there.

mod about;
mod ask;
mod class;
mod completion;
mod context;
mod daily;
mod discuss;
mod entry_card;
mod event;
mod graph;
mod help;
mod look_up_this;
mod map;
mod my_data;
mod onthisday;
mod place;
mod practice;
mod progress;
mod quiz;
mod replay;
mod resolve;
mod review;
mod round;
mod safety;
mod services;
mod source;
mod term;
mod timeline;
mod today;
mod who;
mod why;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::card::action::decode;
use crate::card::{Audience, Card, CardResult, Outcome, Refusal, Span, Text};
use crate::lookup::Scope;

pub use crate::messenger::{ChannelAccess, Messenger};
pub use completion::{Choice, complete};
pub use context::{CommandContext, Connection, CurrentPack, LoadedPack};
pub use daily::PostComposer;
pub use entry_card::{CHARACTERS as FIRST_VIEW_CHARACTERS, LINES as FIRST_VIEW_LINES};
pub use look_up_this::{LOOK_UP_THIS, look_up_this};
pub use round::class_rounds;
pub use safety::suggests_danger;
pub use services::Services;

/// Every command, in the order in which help lists them.
pub const ALL: &[Command] = &[
    event::COMMAND,
    who::COMMAND,
    term::COMMAND,
    place::COMMAND,
    timeline::COMMAND,
    onthisday::COMMAND,
    daily::COMMAND,
    replay::COMMAND,
    why::COMMAND,
    graph::COMMAND,
    map::COMMAND,
    ask::COMMAND,
    source::COMMAND,
    discuss::COMMAND,
    round::COMMAND,
    class::COMMAND,
    quiz::COMMAND,
    review::COMMAND,
    progress::COMMAND,
    my_data::COMMAND,
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
    /// Its own options, to which [`PRIVATE`] is added; none when it has subcommands.
    pub options: &'static [Opt],
    /// What stands after its name, each with options of its own; a command has these or options.
    pub subcommands: &'static [Subcommand],
    /// Whether it is for those who may manage the server; Discord shows it to them only, and the
    /// command checks it again.
    pub staff: bool,
    /// Whether it works with the class of the server it is used in, though not for staff only.
    pub for_class: bool,
    /// Whether its answers are for the asker alone unless they ask for the contrary; known before
    /// there is one.
    pub private: bool,
    /// Answers what was typed.
    pub answer: fn(&Request, &CommandContext<'_>) -> CardResult,
    /// Answers a press whose verb is this command's name; the arguments are not to be trusted.
    pub press: fn(&[String], &Request, &CommandContext<'_>) -> CardResult,
}

impl Command {
    /// What most commands are: for everyone to use and see, without subcommands.
    pub const PLAIN: Command = Command {
        name: "",
        summary: "",
        example: "",
        options: &[],
        subcommands: &[],
        staff: false,
        for_class: false,
        private: false,
        answer: |_, _| Err(stale()),
        press: |_, _, _| Err(stale()),
    };

    /// Its own options and [`PRIVATE`]; nothing for one with subcommands.
    pub fn all_options(&self) -> impl Iterator<Item = &Opt> {
        let private = self.subcommands.is_empty().then_some(&PRIVATE);
        self.options.iter().chain(private)
    }

    /// The options of a subcommand, or its own when it has none.
    pub fn options_of(&self, subcommand: Option<&str>) -> &'static [Opt] {
        match subcommand {
            Some(name) => self.subcommands.iter().find(|known| known.name == name).map_or(&[], |known| known.options),
            None => self.options,
        }
    }
}

/// What stands after a command's name: `set` in `/daily set`.
#[derive(Debug, Clone, Copy)]
pub struct Subcommand {
    /// 1–32 lower-case letters and hyphens.
    pub name: &'static str,
    /// What it does, in at most 100 characters.
    pub summary: &'static str,
    /// Its options.
    pub options: &'static [Opt],
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
    /// A question in free words, of which the first 300 characters count.
    Question,
    /// Yes or no.
    Flag,
    /// A channel of the server.
    Channel,
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
    /// With questions to discuss.
    Discussions,
    /// With time zones, and the time it is there.
    Zones,
    /// With these words.
    Words(&'static [&'static str]),
}

/// A value given to an option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Text as typed.
    Text(String),
    /// Yes or no.
    Flag(bool),
    /// A channel's id.
    Channel(u64),
}

/// Who asks, as far as a command needs to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asker {
    /// The user's id.
    pub id: u64,
    /// Whether they may manage the server.
    pub manages: bool,
}

/// Where somebody asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The guild's id; 0 in a terminal.
    pub guild: u64,
    /// The channel's id.
    pub channel: u64,
}

/// What was asked and when: plain data, the same from every edge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The subcommand, for a command that has some.
    pub subcommand: Option<String>,
    /// The options that were given, by name.
    pub options: Vec<(String, Value)>,
    /// The number of what was done, from the edge: an interaction's id. What is delivered twice has
    /// the same one, and chance is seeded with it. 0 when a question is only tried out.
    pub id: u64,
    /// The message on which something was pressed, if something was.
    pub message: Option<u64>,
    /// The instant at which the request came in.
    pub now: Timestamp,
    /// The date in Budapest at that instant.
    pub today: Date,
    /// Who asks; nobody in particular when a question is only tried out.
    pub asker: Option<Asker>,
    /// Where it is asked; nowhere in direct messages, and in servers that did not add the bot.
    pub place: Option<Place>,
    /// Where it is asked in a server that did not add the bot: the address at which that is done.
    pub invite: Option<String>,
}

impl Request {
    /// A request without options by nobody in particular, at noon (UTC) of a date.
    pub fn new(today: Date) -> Request {
        let now = today
            .at(12, 0, 0, 0)
            .to_zoned_datetime(jiff::tz::TimeZone::UTC)
            .map_or(Timestamp::UNIX_EPOCH, |noon| noon.timestamp());
        Request {
            subcommand: None,
            options: Vec::new(),
            id: 0,
            message: None,
            now,
            today,
            asker: None,
            place: None,
            invite: None,
        }
    }

    /// A request that came in at an instant.
    pub fn at(now: Timestamp) -> Request {
        Request {
            subcommand: None,
            options: Vec::new(),
            id: 0,
            message: None,
            now,
            today: crate::clock::date_in_budapest(now),
            asker: None,
            place: None,
            invite: None,
        }
    }

    /// The same request by somebody, somewhere.
    pub fn by(mut self, asker: Asker, place: Option<Place>) -> Request {
        self.asker = Some(asker);
        self.place = place;
        self
    }

    /// The same request in a server that has to add the bot at that address first.
    pub fn invited_by(mut self, invite: Option<String>) -> Request {
        self.invite = invite;
        self
    }

    /// The same request under the number of what was done.
    pub fn numbered(mut self, id: u64) -> Request {
        self.id = id;
        self
    }

    /// A request that a press on that message makes.
    pub fn on_message(mut self, message: u64) -> Request {
        self.message = Some(message);
        self
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

    /// The channel given to an option.
    pub fn channel(&self, name: &str) -> Option<u64> {
        self.options.iter().find_map(|(option, value)| match value {
            Value::Channel(id) if option == name => Some(*id),
            _ => None,
        })
    }

    /// A flag that was given, and how.
    pub fn given_flag(&self, name: &str) -> Option<bool> {
        self.options.iter().find_map(|(option, value)| match value {
            Value::Flag(flag) if option == name => Some(*flag),
            _ => None,
        })
    }

    /// Whether a flag was set.
    pub fn flag(&self, name: &str) -> bool {
        self.options.iter().any(|(option, value)| option == name && *value == Value::Flag(true))
    }
}

/// The command of that name.
pub fn named(name: &str) -> Option<&'static Command> {
    ALL.iter().find(|command| command.name == name)
}

/// Answers a command by name.
///
/// # Errors
/// A [`Refusal`] that says what the asker can do about it.
pub fn answer(name: &str, request: &Request, ctx: &CommandContext<'_>) -> CardResult {
    if suggests_danger(request) {
        return Ok(safety::card(ctx));
    }
    match named(name) {
        Some(command) => as_a_member(command, request).and_then(|()| (command.answer)(request, ctx)).map(kept_from_others),
        None => Err(Refusal::new(Text::from("There is no command /").typed(name).and(". Type /help to see what I can do."))),
    }
}

/// Answers words typed without a command: as a name, and if they are none, as a question.
pub fn anything(words: &str, ctx: &CommandContext<'_>) -> Card {
    if crate::answer::suggests_danger(words) {
        return safety::card(ctx);
    }
    match resolve::resolve(words, Scope::ANY, ctx) {
        resolve::Resolution::One { entry, .. } => entry_card::show(entry, entry_card::View::First, ctx),
        resolve::Resolution::Card(card) if card.outcome == Outcome::Nothing => {
            match (ask::COMMAND.answer)(&Request::new(Date::ZERO).with("question", words), ctx) {
                Ok(answered) if answered.outcome == Outcome::Found => answered,
                _ => *card,
            }
        }
        resolve::Resolution::Card(card) => *card,
    }
}

/// Answers a press by the id that came back.
///
/// # Errors
/// A [`Refusal`] for every id that this version of this pack did not give out.
pub fn press(id: &str, request: &Request, ctx: &CommandContext<'_>) -> CardResult {
    if suggests_danger(request) {
        return Ok(safety::card(ctx));
    }
    let press = decode(id).ok_or_else(stale)?;
    let command = named(&press.verb).ok_or_else(stale)?;
    as_a_member(command, request)?;
    (command.press)(&press.arguments, request, ctx).map(kept_from_others)
}

/// Whether a command can do its work where the bot is: one for a class needs to be in its server.
fn as_a_member(command: &Command, request: &Request) -> Result<(), Refusal> {
    match &request.invite {
        Some(invite) if command.staff || command.for_class => {
            let why = "I am not in this server, so I can keep nothing for its class: add me to the server first. Whoever \
                manages it can do that at ";
            Err(Refusal::new(Text::from(why).link(invite)))
        }
        _ => Ok(()),
    }
}

/// A card that found nothing and repeats what was typed is for who typed it alone: filters that a
/// server sets up do not read what bots say.
fn kept_from_others(mut card: Card) -> Card {
    let lines = card.sections.iter().flat_map(|section| &section.lines).map(|line| &line.text);
    let repeats =
        std::iter::once(&card.title).chain(lines).any(|text| text.spans().iter().any(|span| matches!(span, Span::Typed(_))));
    if card.outcome == Outcome::Nothing && repeats {
        card.audience = Audience::Asker;
    }
    card
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
        let name_fits = |name: &str| (1..=32).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
        for command in ALL {
            assert!(name_fits(command.name), "{}", command.name);
            assert!((1..=100).contains(&command.summary.chars().count()), "{}", command.name);
            assert!(command.example.starts_with(&format!("/{}", command.name)), "{}", command.example);
            assert!(command.options.is_empty() || command.subcommands.is_empty(), "{}", command.name);
            let own: Vec<&Opt> = command.all_options().collect();
            let lists = command.subcommands.iter().map(|subcommand| subcommand.options.iter().collect::<Vec<_>>());
            for options in lists.chain([own]) {
                let mut optional = false;
                for option in options {
                    assert!(name_fits(option.name), "{}", option.name);
                    assert!((1..=100).contains(&option.summary.chars().count()), "{}", option.name);
                    assert!(!(optional && option.required), "{}: required options come first", command.name);
                    optional |= !option.required;
                }
            }
            for subcommand in command.subcommands {
                assert!(name_fits(subcommand.name), "{}", subcommand.name);
                assert!((1..=100).contains(&subcommand.summary.chars().count()), "{}", subcommand.name);
            }
        }
    }

    #[test]
    fn names_are_unique() {
        for (idx, command) in ALL.iter().enumerate() {
            assert!(ALL[idx + 1..].iter().all(|other| other.name != command.name), "{}", command.name);
        }
    }
}
