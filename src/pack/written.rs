//! The pack as it is written: one type a file, from which the JSON Schemas are made.

use schemars::JsonSchema;
use serde::Deserialize;

use super::citation::SourceKind;
use super::written_almanac::AlmanacFile;
use super::written_answers::{AnswersFile, SynonymsFile};
use super::written_map::MapFile;
use super::written_pack::PackFile;
pub(super) use super::written_parts::{
    Located, LocatedText, WrittenClaim, WrittenConfidence, WrittenDispute, WrittenLead, WrittenMove, WrittenNote,
};
use super::written_questions::{DiscussionsFile, QuestionsFile};
use super::written_replay::ReplayFile;

/// `sources.toml`: the background works that claims may cite.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SourcesFile {
    /// The works.
    #[serde(default)]
    #[allow(dead_code, reason = "only its schema is used; the loader reads entry by entry")]
    pub source: Vec<WrittenSource>,
}

/// A background work.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenSource {
    /// Kebab-case; what claims cite.
    pub id: LocatedText,
    /// The short name shown in brackets, unique, at most 24 characters.
    pub short: LocatedText,
    /// What sort of work it is; a claim must not rest on `wiki` alone.
    pub kind: SourceKind,
    /// Who wrote it, where that is known and not in the title.
    #[serde(default)]
    pub author: Option<String>,
    /// Who published it, where that is known and not in the title.
    #[serde(default)]
    pub publisher: Option<String>,
    /// The year it was published.
    #[serde(default)]
    pub year: Option<i16>,
    /// The full title, so that the work can be found without the address.
    pub title: String,
    /// The work's own address, never that of a copy.
    #[serde(default)]
    pub url: Option<LocatedText>,
    /// The day on which it was last read, such as `2026-11-27`.
    #[serde(default)]
    pub opened: Option<LocatedText>,
    /// The language it is written in, as a two-letter code; English without it.
    #[serde(default)]
    pub language: Option<LocatedText>,
}

/// Declares an entry type: the fields all kinds share and those of its own.
macro_rules! entry {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident : $type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub(super) struct $name {
            /// Kebab-case, unique within the file.
            pub id: LocatedText,
            /// The name shown.
            pub name: LocatedText,
            /// Other names it answers to (not misspellings: the lookup finds those by itself).
            #[serde(default)]
            pub aliases: Vec<LocatedText>,
            /// What is claimed of it, each with its citation.
            pub claims: Located<Vec<WrittenClaim>>,
            /// Editor's notes on the class document.
            #[serde(default)]
            pub notes: Vec<WrittenNote>,
            /// Where historians differ.
            #[serde(default)]
            pub differ: Vec<WrittenDispute>,
            /// How well it was checked.
            #[serde(default)]
            pub confidence: WrittenConfidence,
            /// What the header rests on (date, place, participants; dates of life; the gist).
            pub cite: Located<Vec<LocatedText>>,
            $($(#[$field_doc])* pub $field: $type,)*
        }
    };
}

entry! {
    /// Something that happened.
    WrittenEvent {
        /// When, in local time, no more precisely than is known: `1789`, `1789-07`, `1789-07-14`,
        /// `1789-07-14T17:30`, `1789-07-14T17:00~` (about), `1789-07-14 morning`, or two of these with a
        /// slash between. Years of fewer than four digits name their era: `44-03-15 BC`, `79-10-24 AD`.
        when: LocatedText,
        /// What happened, in one sentence.
        #[serde(default)]
        gist: Option<WrittenLead>,
        /// Why it mattered, in one sentence.
        #[serde(default)]
        mattered: Option<WrittenLead>,
        /// How important it is, from 0 to 1000, where what follows from its links is wrong.
        #[serde(default)]
        weight: Option<Located<u16>>,
        /// Ids of people.toml.
        #[serde(default)]
        people: Vec<LocatedText>,
        /// Ids of groups.toml.
        #[serde(default)]
        groups: Vec<LocatedText>,
        /// Ids of places.toml.
        #[serde(default)]
        places: Vec<LocatedText>,
        /// Who went from where to where; maps draw an arrow for each.
        #[serde(default)]
        moves: Vec<WrittenMove>,
        /// Themes, lower case.
        #[serde(default)]
        tags: Vec<LocatedText>,
        /// Ids of the events it led to.
        #[serde(default)]
        leads_to: Vec<LocatedText>,
    }
}

entry! {
    /// Somebody.
    WrittenPerson {
        /// The name in the language of the country, as it is written there.
        #[serde(default)]
        native: Option<LocatedText>,
        /// One line that says who it is.
        gist: LocatedText,
        /// Date of birth, as well as it is known.
        #[serde(default)]
        born: Option<LocatedText>,
        /// Place of birth.
        #[serde(default)]
        born_at: Option<String>,
        /// Date of death, as well as it is known.
        #[serde(default)]
        died: Option<LocatedText>,
        /// Place of death.
        #[serde(default)]
        died_at: Option<String>,
        /// The offices that somebody held, in time order.
        #[serde(default)]
        roles: Vec<WrittenRole>,
    }
}

/// An office that somebody held.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenRole {
    /// What it is called: "prime minister".
    pub office: LocatedText,
    /// Whose it is: a country ("France") or a body ("the Commune of Paris").
    pub of: LocatedText,
    /// From when until when, as well as it is known: `1789-07-15/1791-11-18`, `1786/1789`, `1789`.
    #[serde(default)]
    pub when: Option<LocatedText>,
    /// What it rests on.
    pub cite: Located<Vec<LocatedText>>,
}

entry! {
    /// An organisation.
    WrittenGroup {
        /// The name in the language of the country.
        #[serde(default)]
        native: Option<LocatedText>,
        /// The usual abbreviation.
        #[serde(default)]
        short: Option<LocatedText>,
        /// One line that says what it is.
        gist: LocatedText,
    }
}

entry! {
    /// Somewhere.
    WrittenPlace {
        /// The name in the language of the country, if it differs.
        #[serde(default)]
        native: Option<LocatedText>,
        /// One line that says what it is.
        gist: LocatedText,
        /// Decimal degrees north (WGS 84).
        lat: Located<f64>,
        /// Decimal degrees east (WGS 84).
        lon: Located<f64>,
    }
}

entry! {
    /// A word to know.
    WrittenTerm {
        /// The word in the language of the country.
        #[serde(default)]
        native: Option<LocatedText>,
        /// Its meaning in one line.
        gist: LocatedText,
        /// Ids of events that show what it means.
        #[serde(default)]
        events: Vec<LocatedText>,
    }
}

/// Declares the file type that holds a list of entries under one key; only its schema is used.
macro_rules! file_of {
    ($(#[$doc:meta])* $name:ident, $key:ident, $entry:ty) => {
        $(#[$doc])*
        #[derive(JsonSchema)]
        #[schemars(deny_unknown_fields)]
        #[allow(dead_code, reason = "only its schema is used; the loader reads entry by entry")]
        struct $name {
            /// The entries.
            #[schemars(default)]
            $key: Vec<$entry>,
        }
    };
}

file_of!(
    /// `events.toml`: what happened.
    EventsFile, event, WrittenEvent
);
file_of!(
    /// `people.toml`: who was there.
    PeopleFile, person, WrittenPerson
);
file_of!(
    /// `groups.toml`: organisations.
    GroupsFile, group, WrittenGroup
);
file_of!(
    /// `places.toml`: where it happened.
    PlacesFile, place, WrittenPlace
);
file_of!(
    /// `terms.toml`: words to know.
    TermsFile, term, WrittenTerm
);

/// The JSON Schemas of a pack's files, as (file name under `knowledge/schema/`, schema text).
///
/// Generated from the very types the loader reads, so that what an editor accepts is what
/// `kronikas check` accepts, cross-references aside.
pub fn json_schemas() -> Vec<(&'static str, String)> {
    let schemas = [
        ("pack.schema.json", schemars::schema_for!(PackFile)),
        ("sources.schema.json", schemars::schema_for!(SourcesFile)),
        ("events.schema.json", schemars::schema_for!(EventsFile)),
        ("people.schema.json", schemars::schema_for!(PeopleFile)),
        ("groups.schema.json", schemars::schema_for!(GroupsFile)),
        ("places.schema.json", schemars::schema_for!(PlacesFile)),
        ("terms.schema.json", schemars::schema_for!(TermsFile)),
        ("questions.schema.json", schemars::schema_for!(QuestionsFile)),
        ("discussions.schema.json", schemars::schema_for!(DiscussionsFile)),
        ("replay.schema.json", schemars::schema_for!(ReplayFile)),
        ("answers.schema.json", schemars::schema_for!(AnswersFile)),
        ("synonyms.schema.json", schemars::schema_for!(SynonymsFile)),
        ("almanac.schema.json", schemars::schema_for!(AlmanacFile)),
        ("map.schema.json", schemars::schema_for!(MapFile)),
    ];
    schemas
        .into_iter()
        .map(|(name, schema)| {
            let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
            text.push('\n');
            (name, text)
        })
        .collect()
}
