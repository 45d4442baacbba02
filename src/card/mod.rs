//! The output of commands, independent of where it is shown.
//!
//! A command answers with a [`Card`] or a [`CommandError`]. The edges (Discord, the terminal) render a
//! card: they choose bold and boxes, escape what was typed, and observe their own limits. Cards only
//! have to be small enough for both ([`in_pages`]).

pub mod action;
pub mod entries;
pub mod format;
mod marks;
mod page;
mod picture;
pub mod press;
pub mod sources;

use std::borrow::Cow;
use std::fmt;

use crate::model::ChannelId;
use jiff::Timestamp;

pub use action::{Action, Menu, MenuItem, Row, TextPrompt};
pub use marks::Marks;
pub use page::{BODY, SCREEN, SMALL_PRINT, in_pages, length, pages, rows, wrapped};
pub use picture::{ALT, Draw, Picture};

/// A run of text, either ours or typed by a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Span {
    /// Ours: from the pack or the program.
    Ours(String),
    /// Typed by a user; must never be shown unescaped.
    Typed(String),
    /// A channel, by its id; each edge shows it in its own way.
    Channel(ChannelId),
    /// An instant, shown in the reader's local time if the edge can do so.
    Instant(Timestamp),
    /// A URL of ours or from the pack, shown without a preview.
    Link(String),
}

/// A line of text that distinguishes user input from our own text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Text(Vec<Span>);

/// How much of a user's input is repeated, in characters.
const TYPED: usize = 80;

impl Text {
    /// Adds text of ours.
    pub fn and(mut self, ours: impl Into<String>) -> Text {
        self.0.push(Span::Ours(ours.into()));
        self
    }

    /// Adds what a user typed: at most 80 characters on one line, without characters that hide, reverse
    /// or break text.
    pub fn typed(mut self, typed: &str) -> Text {
        let visible: String = typed.split_whitespace().collect::<Vec<_>>().join(" ").chars().filter(|c| !is_hidden(*c)).collect();
        let mut cut: String = visible.chars().take(TYPED).collect();
        if visible.chars().count() > TYPED {
            cut.push('…');
        }
        self.0.push(Span::Typed(cut));
        self
    }

    /// Adds a channel, by its id.
    pub fn channel(mut self, id: ChannelId) -> Text {
        self.0.push(Span::Channel(id));
        self
    }

    /// Adds an instant, shown in the reader's local time.
    pub fn instant(mut self, at: Timestamp) -> Text {
        self.0.push(Span::Instant(at));
        self
    }

    /// Adds a URL of ours or from the pack.
    pub fn link(mut self, url: &str) -> Text {
        self.0.push(Span::Link(url.to_owned()));
        self
    }

    /// Adds a run of another text unchanged.
    pub fn and_span(mut self, span: Span) -> Text {
        self.0.push(span);
        self
    }

    /// The runs, in order.
    pub fn spans(&self) -> &[Span] {
        &self.0
    }

    /// The text without formatting.
    pub fn plain(&self) -> String {
        self.0
            .iter()
            .map(|span| match span {
                Span::Ours(text) | Span::Typed(text) | Span::Link(text) => Cow::Borrowed(text.as_str()),
                Span::Channel(_) => Cow::Borrowed("this channel"),
                Span::Instant(at) => Cow::Owned(at.strftime("%-d %B %Y, %H:%M UTC").to_string()),
            })
            .collect()
    }
}

impl From<&str> for Text {
    fn from(ours: &str) -> Text {
        Text::default().and(ours)
    }
}

impl From<String> for Text {
    fn from(ours: String) -> Text {
        Text::default().and(ours)
    }
}

/// Control, bidirectional, zero-width and private-use characters.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{10ffff}')
}

/// One sentence or list item with its citations.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line {
    /// Emphasised text before the line: a clock time, a name.
    pub lead: Option<String>,
    pub text: Text,
    /// Short names of its citations (`¶9`, `MTI 28 Oct`), shown in brackets after it.
    pub cite: Vec<String>,
}

impl Line {
    /// A line without citations (it says nothing about history).
    pub fn new(text: impl Into<Text>) -> Line {
        Line { text: text.into(), ..Line::default() }
    }

    /// The same line with a lead.
    pub fn led(mut self, lead: impl Into<String>) -> Line {
        self.lead = Some(lead.into());
        self
    }

    /// The same line with its citations.
    pub fn citing(mut self, cite: Vec<String>) -> Line {
        self.cite = cite;
        self
    }

    /// Its approximate length in characters, including formatting.
    pub fn length(&self) -> usize {
        let lead = self.lead.as_ref().map_or(0, |lead| lead.chars().count() + 6);
        let cite: usize = self.cite.iter().map(|cite| cite.chars().count() + 3).sum();
        lead + self.text.plain().chars().count() + cite + 4
    }
}

/// A heading with its lines.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Section {
    /// The heading; `None` for the opening lines.
    pub heading: Option<String>,
    pub lines: Vec<Line>,
}

impl Section {
    /// Lines without a heading.
    pub fn opening(lines: Vec<Line>) -> Section {
        Section { heading: None, lines }
    }

    /// Lines under a heading.
    pub fn headed(heading: &str, lines: Vec<Line>) -> Section {
        Section { heading: Some(heading.to_owned()), lines }
    }
}

/// Who may see an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Audience {
    /// Everybody in the channel.
    #[default]
    Everyone,
    Asker,
}

/// The outcome of a command, for the log, the exit status and the colour of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Found,
    Choose,
    /// "I don't know that."
    Nothing,
}

impl Outcome {
    /// The word in logs and in `kronikas lookup`.
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Found => "found",
            Outcome::Choose => "choose",
            Outcome::Nothing => "nothing",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// What it came to.
    pub outcome: Outcome,
    pub title: Text,
    /// The kind of entry and its date, shown under the title.
    pub subtitle: Option<String>,
    pub sections: Vec<Section>,
    /// A picture of the card's content.
    pub picture: Option<Picture>,
    /// Attached files, at most nine.
    pub files: Vec<CardFile>,
    /// The explanation of the short names in brackets, one work per line.
    pub sources: Vec<String>,
    /// Buttons and menus.
    pub rows: Vec<Row>,
    /// Who may see it.
    pub audience: Audience,
}

impl Card {
    /// A card with only a title.
    pub fn new(outcome: Outcome, title: impl Into<Text>) -> Card {
        Card {
            outcome,
            title: title.into(),
            subtitle: None,
            sections: Vec::new(),
            picture: None,
            files: Vec::new(),
            sources: Vec::new(),
            rows: Vec::new(),
            audience: Audience::Everyone,
        }
    }

    /// The same card, visible only to the user who asked.
    pub fn private(self) -> Card {
        self.seen_by(Audience::Asker)
    }

    /// The same card for that audience. No other code may change the audience
    /// (`tests/it/architecture.rs`).
    pub fn seen_by(mut self, audience: Audience) -> Card {
        self.audience = audience;
        self
    }

    /// Adds a section, unless it has no lines.
    pub fn section(mut self, section: Section) -> Card {
        if !section.lines.is_empty() {
            self.sections.push(section);
        }
        self
    }

    /// Adds a row of buttons, unless it is empty; a message holds five rows of five.
    pub fn buttons(mut self, actions: Vec<Action>) -> Card {
        for five in actions.chunks(5) {
            if self.rows.len() < 5 {
                self.rows.push(Row::Buttons(five.to_vec()));
            }
        }
        self
    }

    /// Adds a menu, unless it is empty; a menu holds 25 items.
    pub fn menu(mut self, placeholder: &str, mut items: Vec<MenuItem>) -> Card {
        items.truncate(25);
        if !items.is_empty() && self.rows.len() < 5 {
            self.rows.push(Row::Menu(Menu { placeholder: placeholder.to_owned(), items }));
        }
        self
    }
}

/// A file attached to a card, which people can read as text too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardFile {
    /// The file name: letters, digits, hyphens and dots.
    pub name: String,
    pub bytes: Vec<u8>,
}

/// An error that the user can resolve, in one plain sentence; only that user sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What is wrong and what to do about it.
    pub text: Text,
}

impl Refusal {
    /// A refusal with our own text.
    pub fn new(text: impl Into<Text>) -> Refusal {
        Refusal { text: text.into() }
    }
}

/// Why a command has no card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommandError {
    /// The user can resolve it.
    Refusal(Refusal),
    /// An operator must act, because the store or a channel failed. The edge logs it.
    Internal {
        /// The reason, for the log.
        why: String,
        /// The message for the user.
        told: Refusal,
    },
}

impl CommandError {
    /// A failure, with the reason for the log and a message for the user.
    pub fn internal(why: impl fmt::Display, told: impl Into<Text>) -> CommandError {
        CommandError::Internal { why: why.to_string(), told: Refusal::new(told) }
    }

    /// The message for the user.
    pub fn told(&self) -> &Refusal {
        match self {
            CommandError::Refusal(told) | CommandError::Internal { told, .. } => told,
        }
    }

    /// The word in logs and metrics, in addition to those of [`Outcome::word`].
    pub fn word(&self) -> &'static str {
        match self {
            CommandError::Refusal(_) => "refused",
            CommandError::Internal { .. } => "failed",
        }
    }
}

impl From<Refusal> for CommandError {
    fn from(refusal: Refusal) -> CommandError {
        CommandError::Refusal(refusal)
    }
}

/// The result of a command.
pub type CardResult = Result<Card, CommandError>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_text_is_cut_and_stripped_of_what_hides() {
        let text = Text::default().typed("a\u{202e}b\u{200b}c\n\td\u{7}");
        assert_eq!(text.plain(), "abc d");
        let long = Text::default().typed(&"ű".repeat(200)).plain();
        assert_eq!(long.chars().count(), 81);
        assert!(long.ends_with('…'));
    }
}
