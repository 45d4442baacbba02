//! What a command is, and what commands share: the request and the context they work with, the
//! resolution of names, topics, the class's own day, practice, and what is said in an emergency.
//!
//! A [`Command`] is a value: its name, its options with their completion, and two async functions
//! from plain data to an answer. The commands themselves are in [`features`](crate::features).
//!
//! Commands run side by side on a few threads, so none of them blocks one: they await the store and
//! the channels, and what takes the processor for long goes through [`CommandContext::compute`].

pub(crate) mod causes;
pub(crate) mod channel;
mod context;
pub(crate) mod date_option;
pub mod examples;
pub(crate) mod posting;
pub(crate) mod practice;
pub(crate) mod resolve;
pub(crate) mod safety;
mod services;
pub(crate) mod timeline;
pub(crate) mod today;
pub(crate) mod topic;

pub(crate) use context::blocking;
pub use context::{CommandContext, Connection, CurrentPack, LoadedPack};
pub use safety::suggests_danger;
pub use services::Services;
pub(crate) use services::store_failed;

use std::future::ready;

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::card::action::Press;
use crate::card::{CardResult, Refusal};
use crate::lookup::Scope;
use crate::model::{ChannelId, GuildId, MessageId, UserId};
use crate::pack::Pack;

/// Lines worth typing to begin with, from the pack that is taught.
pub fn first_lines(pack: &Pack) -> [String; 3] {
    ["/who {person}", "/onthisday {day}", "/ask {question}"].map(|line| examples::filled(line, pack))
}

/// The option every command has besides its own: whether only the asker is to see the answer.
pub const PRIVATE: Opt = Opt {
    name: "private",
    summary: "Only you see the answer",
    kind: OptKind::Flag,
    required: false,
    completion: Completion::None,
};

/// An answer on its way.
pub type Answering<'a> = BoxFuture<'a, CardResult>;

/// The answer of a command that waits for nothing.
pub(crate) fn at_once<'a>(answer: CardResult) -> Answering<'a> {
    Box::pin(ready(answer))
}

#[derive(Debug, Clone, Copy)]
pub struct Command {
    /// What is typed after the slash; 1–32 lower-case letters.
    pub name: &'static str,
    /// What it answers, in at most 100 characters.
    pub summary: &'static str,
    /// Something worth typing; what the pack fills in stands in braces: `/who {person}`.
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
    pub answer: for<'a> fn(&'a Request, &'a CommandContext<'a>) -> Answering<'a>,
    /// Answers a press whose verb is this command's name; what it says is not to be trusted.
    pub press: for<'a> fn(&'a Press, &'a Request, &'a CommandContext<'a>) -> Answering<'a>,
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
        answer: |_, _| at_once(Err(stale().into())),
        press: |_, _, _| at_once(Err(stale().into())),
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
    Flag,
    /// A channel of the server.
    Channel,
}

/// How an option is completed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completion {
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
    Words(&'static [&'static str]),
}

/// A value given to an option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Text(String),
    Flag(bool),
    /// A channel's id.
    Channel(ChannelId),
}

/// Who asks, as far as a command needs to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asker {
    /// The user's id.
    pub id: UserId,
    /// Whether they may manage the server.
    pub manages: bool,
}

/// Where somebody asks: a server's channel, direct messages or a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The guild; none in a terminal.
    pub guild: Option<GuildId>,
    /// The channel's id.
    pub channel: ChannelId,
}

/// A channel of a class's server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClassChannel {
    pub guild: GuildId,
    pub channel: ChannelId,
}

/// What was asked and when: plain data, the same from every edge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The subcommand, for a command that has some.
    pub subcommand: Option<String>,
    /// The options that were given, by name.
    pub options: Vec<(String, Value)>,
    /// The number of what was done, from the edge: an interaction's id. What is delivered twice has
    /// the same one, and chance is seeded with it. None when a question is only tried out.
    pub id: Option<u64>,
    /// The message on which something was pressed, if something was.
    pub message: Option<MessageId>,
    /// The instant at which the request came in.
    pub now: Timestamp,
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
        Request { subcommand: None, options: Vec::new(), id: None, message: None, now, asker: None, place: None, invite: None }
    }

    /// A request that came in at an instant.
    pub fn at(now: Timestamp) -> Request {
        Request { subcommand: None, options: Vec::new(), id: None, message: None, now, asker: None, place: None, invite: None }
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
        self.id = Some(id);
        self
    }

    /// A request that a press on that message makes.
    pub fn on_message(mut self, message: MessageId) -> Request {
        self.message = Some(message);
        self
    }

    /// The same request with a text option.
    pub fn with(mut self, name: &str, text: &str) -> Request {
        self.options.push((name.to_owned(), Value::Text(text.to_owned())));
        self
    }

    /// The number of what was done, for what must happen once however often it is delivered.
    ///
    /// # Errors
    /// A refusal when it is only tried out.
    pub fn number(&self) -> Result<u64, Refusal> {
        self.id.ok_or_else(|| Refusal::new("This was only tried out, so nothing was kept."))
    }

    /// The class's channel in which it is asked; none in a terminal.
    pub fn class(&self) -> Option<ClassChannel> {
        let Place { guild, channel } = self.place?;
        Some(ClassChannel { guild: guild?, channel })
    }

    /// Whether whoever asks may manage the server.
    pub fn is_by_manager(&self) -> bool {
        self.asker.is_some_and(|asker| asker.manages)
    }

    /// Refuses whoever may not manage the server. Discord shows such commands to managers only, but an
    /// administrator can override that.
    pub(crate) fn require_manager(&self, refusal: &str) -> Result<(), Refusal> {
        if self.is_by_manager() { Ok(()) } else { Err(Refusal::new(refusal)) }
    }

    /// The text given to an option, trimmed; `None` when there is none.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.options.iter().find_map(|(option, value)| match value {
            Value::Text(text) if option == name => Some(text.trim()).filter(|text| !text.is_empty()),
            _ => None,
        })
    }

    /// The channel given to an option.
    pub fn channel(&self, name: &str) -> Option<ChannelId> {
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

/// The answer to a button that leads nowhere any more.
pub(crate) fn stale() -> Refusal {
    Refusal::new("This button is from an older version of me, and what it led to has moved. Please ask again.")
}
