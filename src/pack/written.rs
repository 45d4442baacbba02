//! The pack's files as they are written: one type per file, from which the JSON Schemas are generated.

use schemars::JsonSchema;
use serde::Deserialize;

use super::citation::SourceKind;
use super::written_alike::AlikeFile;
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
    /// The kind of work; a claim must not cite `wiki` alone.
    pub kind: SourceKind,
    /// The author, if known and not in the title.
    #[serde(default)]
    pub author: Option<String>,
    /// The publisher, if known and not in the title.
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
    /// The language, as a two-letter code; the default is English.
    #[serde(default)]
    pub language: Option<LocatedText>,
}

/// Declares an entry type: the fields that all kinds share, and those of its own.
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
            /// Alternative names (no misspellings: the lookup tolerates them).
            #[serde(default)]
            pub aliases: Vec<LocatedText>,
            /// The claims about it, each with its citations.
            pub claims: Located<Vec<WrittenClaim>>,
            /// Editor's notes on the class document.
            #[serde(default)]
            pub notes: Vec<WrittenNote>,
            /// Where historians differ.
            #[serde(default)]
            pub differ: Vec<WrittenDispute>,
            /// How thoroughly it was checked.
            #[serde(default)]
            pub confidence: WrittenConfidence,
            /// The citations for date, place and participants, for dates of life, or for the gist.
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
        /// Its importance, from 0 to 1000, for events whose links are misleading.
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
    /// A person.
    WrittenPerson {
        /// The name in the language of the country, as it is written there.
        #[serde(default)]
        native: Option<LocatedText>,
        /// One line that says who the person is.
        gist: LocatedText,
        /// Date of birth, as precisely as it is known.
        #[serde(default)]
        born: Option<LocatedText>,
        /// Place of birth.
        #[serde(default)]
        born_at: Option<String>,
        /// Date of death, as precisely as it is known.
        #[serde(default)]
        died: Option<LocatedText>,
        /// Place of death.
        #[serde(default)]
        died_at: Option<String>,
        /// The person's offices, by time.
        #[serde(default)]
        roles: Vec<WrittenRole>,
    }
}

/// An office of a person.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenRole {
    /// Its name: "prime minister".
    pub office: LocatedText,
    /// Its country ("France") or body ("the Commune of Paris").
    pub of: LocatedText,
    /// The period, as precisely as it is known: `1789-07-15/1791-11-18`, `1786/1789`, `1789`.
    #[serde(default)]
    pub when: Option<LocatedText>,
    /// The citations.
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
    /// A place.
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
    /// A term.
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
    /// `people.toml`: people.
    PeopleFile, person, WrittenPerson
);
file_of!(
    /// `groups.toml`: organisations.
    GroupsFile, group, WrittenGroup
);
file_of!(
    /// `places.toml`: places.
    PlacesFile, place, WrittenPlace
);
file_of!(
    /// `terms.toml`: terms.
    TermsFile, term, WrittenTerm
);

/// The JSON Schemas of a pack's files, as (file name under `knowledge/schema/`, schema text).
///
/// Generated from the types that the loader reads, so that editors accept what `kronikas check` accepts,
/// except for cross-references.
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
        ("alike.schema.json", schemars::schema_for!(AlikeFile)),
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
