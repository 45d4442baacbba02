//! `pack.toml`, as it is written.

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
    /// What the pack is called, at most 90 characters: "The storming of the Bastille".
    pub title: LocatedText,
    /// What follows "I only know about", at most 180 characters: "France in the summer of 1789".
    /// Without it, the title and what led to it and from it.
    #[serde(default)]
    pub subject: Option<LocatedText>,
    /// The year that "on this day" means first: 1789, or with its era "44 BC", "79 AD".
    pub year: Located<WrittenYear>,
    /// The country that the pack is about, as it follows "in": "France". What the almanac has of it
    /// goes before what happened elsewhere.
    #[serde(default)]
    pub country: Option<LocatedText>,
    /// The time zone of the events by its IANA name: "Europe/Paris". Its day is taken where a class
    /// has set none of its own. Without it, UTC.
    #[serde(default)]
    pub zone: Option<LocatedText>,
    /// The place by whose clock times are told: "Tuesday 14 July 1789, about 17:00 in Paris". Without
    /// it, the city that the zone is called after.
    #[serde(default)]
    pub city: Option<LocatedText>,
    /// The days that a replay tells unless the teacher names others. Without them, the days of at most
    /// a month in which most happened.
    #[serde(default)]
    pub replay: Option<WrittenReplayDays>,
    /// Names that several entries may share; asked for alone, the bot asks back.
    #[serde(default)]
    pub ambiguous: Vec<String>,
    /// What is asked as often and is not this pack's ("french revolution"): a question about it and
    /// nothing else is refused.
    #[serde(default)]
    pub elsewhere: Vec<String>,
    /// Words that half the names of the pack have in them, lower case: its country, its city. They narrow
    /// a search, but name nothing.
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
    /// Its paragraphs, headings and study questions left out.
    #[serde(rename = "paragraph")]
    pub paragraphs: Vec<WrittenParagraph>,
    /// The questions it puts to its readers.
    #[serde(default, rename = "question")]
    pub questions: Vec<WrittenQuestion>,
}

/// One paragraph of the class document, cited as `¶number` or `¶number.claim`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenParagraph {
    /// Counted from 1.
    pub number: Located<u8>,
    /// The heading it stands under.
    pub section: String,
    /// What it is about, in a few words of ours.
    pub about: String,
    /// Into how many single claims it was taken apart.
    pub claims: u8,
}

/// A study question of the class document, cited as `Qnumber`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenQuestion {
    /// Counted from 1.
    pub number: u8,
    /// After which paragraph it stands.
    pub after: u8,
    /// What it is about, in a few words of ours.
    pub about: String,
}
