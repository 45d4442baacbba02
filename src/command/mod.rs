//! What a command is, and what commands share: request and context, the resolution of names, topics, the
//! class's current date, practice, and the answer in an emergency.
//!
//! A [`Command`] is a value: its name, its options with their completion, and two async functions from
//! plain data to an answer. The commands themselves are in [`features`](crate::features).
//!
//! Commands run concurrently on a few threads, so they must not block one: they await the store and the
//! channels, and CPU-heavy work goes through [`CommandContext::compute`].
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

/// Example lines for beginners, from the current pack.
pub fn first_lines(pack: &Pack) -> [String; 3] {
    ["/who {person}", "/onthisday {day}", "/ask {question}"].map(|line| examples::filled(line, pack))
}

/// The option that every command has: whether only the user may see the answer.
pub const PRIVATE: Opt = Opt {
    name: "private",
    summary: "Only you see the answer",
    kind: OptKind::Flag,
    required: false,
    completion: Completion::None,
};

/// A future answer.
pub type Answering<'a> = BoxFuture<'a, CardResult>;

/// The answer of a command that awaits nothing.
pub(crate) fn at_once<'a>(answer: CardResult) -> Answering<'a> {
    Box::pin(ready(answer))
}

#[derive(Debug, Clone, Copy)]
pub struct Command {
    /// The name after the slash; 1–32 lower-case letters.
    pub name: &'static str,
    /// What it does, in at most 100 characters.
    pub summary: &'static str,
    /// An example, with placeholders for names from the pack: `/who {person}`.
    pub example: &'static str,
    /// Its own options, in addition to [`PRIVATE`]; empty if it has subcommands.
    pub options: &'static [Opt],
    /// Its subcommands, each with its own options; empty if it has options.
    pub subcommands: &'static [Subcommand],
    /// Whether it is only for members who may manage the server. Discord hides it from others, and the
    /// command checks the permission again.
    pub staff: bool,
    /// Whether it works with the class of the current server, and is not only for staff.
    pub for_class: bool,
    /// Whether its answers are visible only to the user by default. The deferred response needs to know
    /// this before there is an answer.
    pub private: bool,
    /// Answers the command.
    pub answer: for<'a> fn(&'a Request, &'a CommandContext<'a>) -> Answering<'a>,
    /// Answers a press whose verb is this command's name. The press may be forged.
    pub press: for<'a> fn(&'a Press, &'a Request, &'a CommandContext<'a>) -> Answering<'a>,
}

impl Command {
    /// The defaults: for everyone to use and see, without subcommands.
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

    /// Its own options and [`PRIVATE`]; empty if it has subcommands.
    pub fn all_options(&self) -> impl Iterator<Item = &Opt> {
        let private = self.subcommands.is_empty().then_some(&PRIVATE);
        self.options.iter().chain(private)
    }

    /// The options of a subcommand, or its own if it has none.
    pub fn options_of(&self, subcommand: Option<&str>) -> &'static [Opt] {
        match subcommand {
            Some(name) => self.subcommands.iter().find(|known| known.name == name).map_or(&[], |known| known.options),
            None => self.options,
        }
    }
}

/// A subcommand: `set` in `/daily set`.
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
    /// What it means, in at most 100 characters.
    pub summary: &'static str,
    /// The type of its value.
    pub kind: OptKind,
    /// Whether it is required.
    pub required: bool,
    /// How it is completed while it is typed.
    pub completion: Completion,
}

/// The type of an option's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OptKind {
    /// Text, limited to 100 characters.
    Text,
    /// A question in free words, limited to 300 characters.
    Question,
    Flag,
    /// A channel of the server.
    Channel,
}

/// How an option is completed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completion {
    None,
    /// Names of entries.
    Names(Scope),
    /// Days with events.
    Days,
    /// Days, months and years, for the ends of a range.
    Dates,
    /// Names of entries, and tags.
    Subjects,
    /// Passages of the class document.
    Passages,
    /// Discussions.
    Discussions,
    /// Time zones with the current time there.
    Zones,
    Words(&'static [&'static str]),
}

/// The value of an option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Text(String),
    Flag(bool),
    /// A channel's id.
    Channel(ChannelId),
}

/// The user, as far as commands need to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asker {
    /// The user's id.
    pub id: UserId,
    /// Whether they may manage the server.
    pub manages: bool,
}

/// A channel of a server, or a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The guild; `None` in a terminal.
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

/// A request as plain data, the same from every edge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The subcommand, if the command has any.
    pub subcommand: Option<String>,
    /// The given options, by name.
    pub options: Vec<(String, Value)>,
    /// The interaction's id. It identifies repeated deliveries, and seeds random choices. `None` for a
    /// preview.
    pub id: Option<u64>,
    /// The message of the pressed button, if it is a press.
    pub message: Option<MessageId>,
    /// When the request arrived.
    pub now: Timestamp,
    /// The user; `None` for a preview.
    pub asker: Option<Asker>,
    /// The place; `None` in direct messages, and in servers that did not add the bot.
    pub place: Option<Place>,
    /// In a server that did not add the bot: the invitation link.
    pub invite: Option<String>,
}

impl Request {
    /// A request without options and user, at noon (UTC) of a date.
    pub fn new(today: Date) -> Request {
        let now = today
            .at(12, 0, 0, 0)
            .to_zoned_datetime(jiff::tz::TimeZone::UTC)
            .map_or(Timestamp::UNIX_EPOCH, |noon| noon.timestamp());
        Request { subcommand: None, options: Vec::new(), id: None, message: None, now, asker: None, place: None, invite: None }
    }

    /// A request at an instant.
    pub fn at(now: Timestamp) -> Request {
        Request { subcommand: None, options: Vec::new(), id: None, message: None, now, asker: None, place: None, invite: None }
    }

    /// The same request by a user in a place.
    pub fn by(mut self, asker: Asker, place: Option<Place>) -> Request {
        self.asker = Some(asker);
        self.place = place;
        self
    }

    /// The same request in a server that must first add the bot with that link.
    pub fn invited_by(mut self, invite: Option<String>) -> Request {
        self.invite = invite;
        self
    }

    /// The same request with an id.
    pub fn numbered(mut self, id: u64) -> Request {
        self.id = Some(id);
        self
    }

    /// The same request as a press on that message.
    pub fn on_message(mut self, message: MessageId) -> Request {
        self.message = Some(message);
        self
    }

    /// The same request with a text option.
    pub fn with(mut self, name: &str, text: &str) -> Request {
        self.options.push((name.to_owned(), Value::Text(text.to_owned())));
        self
    }

    /// The request's id, for actions that must happen only once.
    ///
    /// # Errors
    /// A refusal for a preview.
    pub fn number(&self) -> Result<u64, Refusal> {
        self.id.ok_or_else(|| Refusal::new("This was only a preview, so nothing was saved."))
    }

    /// The class's channel; `None` in a terminal.
    pub fn class(&self) -> Option<ClassChannel> {
        let Place { guild, channel } = self.place?;
        Some(ClassChannel { guild: guild?, channel })
    }

    /// Whether the user may manage the server.
    pub fn is_by_manager(&self) -> bool {
        self.asker.is_some_and(|asker| asker.manages)
    }

    /// Refuses users who may not manage the server. Discord shows such commands only to managers, but an
    /// administrator can override that.
    pub(crate) fn require_manager(&self, refusal: &str) -> Result<(), Refusal> {
        if self.is_by_manager() { Ok(()) } else { Err(Refusal::new(refusal)) }
    }

    /// The text of an option, trimmed; `None` if it is not given.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.options.iter().find_map(|(option, value)| match value {
            Value::Text(text) if option == name => Some(text.trim()).filter(|text| !text.is_empty()),
            _ => None,
        })
    }

    /// The channel of an option.
    pub fn channel(&self, name: &str) -> Option<ChannelId> {
        self.options.iter().find_map(|(option, value)| match value {
            Value::Channel(id) if option == name => Some(*id),
            _ => None,
        })
    }

    /// A flag, if it is given.
    pub fn given_flag(&self, name: &str) -> Option<bool> {
        self.options.iter().find_map(|(option, value)| match value {
            Value::Flag(flag) if option == name => Some(*flag),
            _ => None,
        })
    }

    /// Whether a flag is set.
    pub fn flag(&self, name: &str) -> bool {
        self.options.iter().any(|(option, value)| option == name && *value == Value::Flag(true))
    }
}

/// The answer to a button that no longer works.
pub(crate) fn stale() -> Refusal {
    Refusal::new("This button is from an older version of me and no longer works. Please ask again.")
}
