//! What is said, as a value that does not know where it will be shown.
//!
//! A command answers with a [`Card`] or a [`CommandError`]. The edges (Discord, the terminal) turn a
//! card into what their reader sees: they choose bold and boxes, they escape what was typed, they
//! keep their own limits. Cards only promise to be small enough for either ([`in_pages`]).

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
pub use page::{BODY, in_pages, length, pages};
pub use picture::{ALT, Draw, Picture};

/// A run of text, and whether we wrote it or somebody typed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Span {
    /// Ours: from the pack or the program.
    Ours(String),
    /// Typed by a person: never to be shown unescaped.
    Typed(String),
    /// A channel of the server, by its id; each edge names it in its own way.
    Channel(ChannelId),
    /// An instant, shown in the reader's own time where the edge can.
    Instant(Timestamp),
    /// A web address of ours or from the pack, to be opened; shown without a preview.
    Link(String),
}

/// A line of text in which what people typed is kept apart.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Text(Vec<Span>);

/// How much of what somebody typed is said back, in characters.
const TYPED: usize = 80;

impl Text {
    /// Adds text of ours.
    pub fn and(mut self, ours: impl Into<String>) -> Text {
        self.0.push(Span::Ours(ours.into()));
        self
    }

    /// Adds what somebody typed: at most 80 characters of it, on one line, without characters
    /// that hide, reverse or break text.
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

    /// Adds an instant, to be read in the reader's own time.
    pub fn instant(mut self, at: Timestamp) -> Text {
        self.0.push(Span::Instant(at));
        self
    }

    /// Adds a web address of ours or from the pack.
    pub fn link(mut self, url: &str) -> Text {
        self.0.push(Span::Link(url.to_owned()));
        self
    }

    /// Adds a run that stood in another text, as what it is.
    pub fn and_span(mut self, span: Span) -> Text {
        self.0.push(span);
        self
    }

    /// The runs, in order.
    pub fn spans(&self) -> &[Span] {
        &self.0
    }

    /// The text as it reads, for places where nothing can be formatted.
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

/// Control, bidirectional and zero-width characters, and the private planes.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{10ffff}')
}

/// One sentence or list item, with what it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line {
    /// Set before the text and made to stand out: a clock time, a name.
    pub lead: Option<String>,
    pub text: Text,
    /// Short names of what it rests on (`¶9`, `MTI 28 Oct`), shown in brackets after it.
    pub cite: Vec<String>,
}

impl Line {
    /// A line of text that rests on nothing (it says nothing about history).
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

    /// How many characters it takes to show, roughly (marks of formatting included).
    pub fn length(&self) -> usize {
        let lead = self.lead.as_ref().map_or(0, |lead| lead.chars().count() + 6);
        let cite: usize = self.cite.iter().map(|cite| cite.chars().count() + 3).sum();
        lead + self.text.plain().chars().count() + cite + 4
    }
}

/// A heading and the lines under it.
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

/// Who is to see an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Audience {
    /// Everybody in the room.
    #[default]
    Everyone,
    Asker,
}

/// What a question came to; for the log, the exit status and the colour of a card.
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
    /// Under the title: the kind of thing and its date.
    pub subtitle: Option<String>,
    pub sections: Vec<Section>,
    /// A picture of what the body says.
    pub picture: Option<Picture>,
    /// Files that go with it, at most nine.
    pub files: Vec<CardFile>,
    /// What the short names in brackets mean, one work a line.
    pub sources: Vec<String>,
    /// What can be pressed.
    pub rows: Vec<Row>,
    /// Who is to see it.
    pub audience: Audience,
}

impl Card {
    /// A card with a title and nothing else yet.
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

    /// The same card for the asker alone.
    pub fn private(self) -> Card {
        self.seen_by(Audience::Asker)
    }

    /// The same card for that audience: the only way to change it (`tests/it/architecture.rs`).
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

/// A file that goes with a card: text that a person can read, too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardFile {
    /// Its name with its ending, of letters, digits, hyphens and dots.
    pub name: String,
    pub bytes: Vec<u8>,
}

/// Something the asker can mend: said to them alone, in one plain sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What is the matter and what to do about it.
    pub text: Text,
}

impl Refusal {
    /// A refusal in a sentence of ours.
    pub fn new(text: impl Into<Text>) -> Refusal {
        Refusal { text: text.into() }
    }
}

/// Why a command has no card to answer with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommandError {
    /// Something the asker can mend.
    Refusal(Refusal),
    /// Something that whoever runs the program has to look at: the store or a channel did not do what
    /// it should. The edge logs it.
    Internal {
        /// The reason, for the log.
        why: String,
        /// What the asker is told.
        told: Refusal,
    },
}

impl CommandError {
    /// A failure: the reason for the log, and a sentence for the asker.
    pub fn internal(why: impl fmt::Display, told: impl Into<Text>) -> CommandError {
        CommandError::Internal { why: why.to_string(), told: Refusal::new(told) }
    }

    /// What the asker is told.
    pub fn told(&self) -> &Refusal {
        match self {
            CommandError::Refusal(told) | CommandError::Internal { told, .. } => told,
        }
    }

    /// The word in logs and metrics, beside those of [`Outcome::word`].
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

/// What a command comes to.
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
