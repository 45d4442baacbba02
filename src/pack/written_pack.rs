//! The file `pack.toml`.

use std::fmt;

use schemars::JsonSchema;
use serde::de::Visitor;
use serde::{Deserialize, Deserializer};

use super::written::{Located, LocatedText};

/// `pack.toml`: what the pack is, and the document it teaches.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PackFile {
    /// The version of this format: 1.
    pub schema: u32,
    /// Kebab-case name of the pack.
    pub id: LocatedText,
    /// The title, at most 90 characters: "The storming of the Bastille".
    pub title: LocatedText,
    /// The text after "I only know about", at most 180 characters: "France in the summer of 1789". The
    /// default is the title, and what led to it and from it.
    #[serde(default)]
    pub subject: Option<LocatedText>,
    /// The year that "on this day" shows first: 1789, or with its era "44 BC", "79 AD".
    pub year: Located<WrittenYear>,
    /// The country that the pack is about, as it follows "in": "France". The almanac shows what happened
    /// there before what happened elsewhere.
    #[serde(default)]
    pub country: Option<LocatedText>,
    /// The time zone of the events by its IANA name: "Europe/Paris". It defines "today" if a class has
    /// set no zone. The default is UTC.
    #[serde(default)]
    pub zone: Option<LocatedText>,
    /// The city whose local time cards show: "Tuesday 14 July 1789, about 17:00 in Paris". The default
    /// is the city in the zone's name.
    #[serde(default)]
    pub city: Option<LocatedText>,
    /// The default days of a replay. Without them, the period of at most a month with the most events.
    #[serde(default)]
    pub replay: Option<WrittenReplayDays>,
    /// Names that several entries may share; the bot asks which one is meant.
    #[serde(default)]
    pub ambiguous: Vec<String>,
    /// Other history that students often ask about ("french revolution"). A question about it and
    /// nothing else is refused.
    #[serde(default)]
    pub elsewhere: Vec<String>,
    /// Words that occur in many names of the pack, in lower case: its country, its city. They narrow a
    /// search, but do not identify an entry.
    #[serde(default)]
    pub common: Vec<String>,
    /// The document the class reads.
    pub document: WrittenDocument,
}

/// A year: a number, or a text with its era.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
pub(super) enum WrittenYear {
    /// `1789`
    Number(i64),
    /// `"44 BC"`
    Text(String),
}

impl<'de> Deserialize<'de> for WrittenYear {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<WrittenYear, D::Error> {
        struct Either;
        impl Visitor<'_> for Either {
            type Value = WrittenYear;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a year: 1789, or in quotes with its era, \"44 BC\"")
            }

            fn visit_i64<E>(self, number: i64) -> Result<WrittenYear, E> {
                Ok(WrittenYear::Number(number))
            }

            fn visit_str<E>(self, text: &str) -> Result<WrittenYear, E> {
                Ok(WrittenYear::Text(text.to_owned()))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

/// The first and the last day of a replay, at most 31 days apart.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenReplayDays {
    /// The first day: `1789-07-12`.
    pub from: LocatedText,
    /// The last day: `1789-07-17`.
    pub to: LocatedText,
}

/// The class document: what its paragraphs are about, not their words.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenDocument {
    /// The document's title.
    pub title: String,
    /// Its paragraphs, without headings and study questions.
    #[serde(rename = "paragraph")]
    pub paragraphs: Vec<WrittenParagraph>,
    /// The study questions.
    #[serde(default, rename = "question")]
    pub questions: Vec<WrittenQuestion>,
}

/// One paragraph of the class document, cited as `¶number` or `¶number.claim`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenParagraph {
    /// Counted from 1.
    pub number: Located<u8>,
    /// The heading above it.
    pub section: String,
    /// A summary in a few of our own words.
    pub about: String,
    /// How many single claims it contains.
    pub claims: u8,
}

/// A study question of the class document, cited as `Qnumber`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenQuestion {
    /// Counted from 1.
    pub number: u8,
    /// The paragraph before it.
    pub after: u8,
    /// A summary in a few of our own words.
    pub about: String,
}
