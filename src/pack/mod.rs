//! The knowledge pack: its types, and its validation.
//!
//! A *pack* is a folder of TOML files with one unit of knowledge. [`load`] reads it and returns either a
//! [`Pack`] in which every link and citation is valid, or a [`Report`] of all problems by file, line and
//! column. Nothing else can create a `Pack`, so no other code checks whether a link resolves.
//!
//! This module does not depend on the lookup, the commands or Discord.

mod alike;
mod almanac;
mod answers;
mod check;
mod checker;
mod citation;
mod claim;
mod coverage;
mod document;
mod draft;
mod header;
mod links;
mod lives;
mod load;
mod map;
mod moment;
mod names;
mod plain;
mod problem;
mod questions;
mod sources;
mod turning;
mod types;
mod written;
mod written_alike;
mod written_almanac;
mod written_answers;
mod written_map;
mod written_pack;
mod written_parts;
mod written_questions;
mod written_replay;

pub use almanac::AlmanacDay;
pub use answers::{AnswerPoint, AuthoredAnswer, Synonyms};
pub use checker::limits;
pub use citation::{Citation, Passage};
pub use coverage::{Coverage, Statement, statements};
pub use load::{PackFiles, built_in, load, read_dir};
pub use map::{Base, Degrees, LineKind, MapFrame, MapLine, MapName, MapSheet, NameKind};
pub use moment::{Moment, MomentError, PartOfDay, Point, TimeOfDay, weekday, year_name, year_of_era};
pub use plain::plain;
pub use problem::{Problem, Report};
pub use questions::{Accepted, Authored, AuthoredForm, Discussion, OutlinePoint, Skill};
pub use sources::{Source, SourceIdx, SourceKind};
pub use turning::{TurningPoint, Way};
pub use types::{
    Claim, Confidence, Dispute, Document, Entry, EntryIdx, EventFacts, Facts, Kind, Life, Move, Note, Pack, Paragraph, Role,
    StudyQuestion,
};
pub use written::json_schemas;
