//! What is known: the pack, its entries, and the proof that it is sound.
//!
//! A *pack* is a folder of TOML files holding one unit of knowledge. It is read by [`load`],
//! which either gives a [`Pack`] in which every link and citation is known to hold, or a
//! [`Report`] of everything that is wrong with it, by file, line and column. Nothing else in the
//! program can make a `Pack`, so nothing else has to ask whether a link leads anywhere.
//!
//! This module knows nothing of looking up, of commands, of Discord.

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
