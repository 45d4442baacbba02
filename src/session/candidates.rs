//! Lists the possible questions from ids alone: everything about a question that depends neither on the
//! seed nor on other entries.

use std::collections::{HashMap, HashSet};

use super::text_index::{TextIndex, is_sound};
use super::{Difficulty, LONGEST_ID, QuestionKind, asking, difficulty, document};
use crate::pack::{Authored, AuthoredForm, Citation, Entry, EntryIdx, Kind, Pack, Passage};

/// A question in the bank, without the parts that depend on the seed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuestionSummary {
    /// Its id, for [`QuestionBank::question`](super::QuestionBank::question).
    pub id: String,
    /// What it asks for.
    pub kind: QuestionKind,
    /// How hard it is.
    pub difficulty: Difficulty,
    /// Whether its answer is typed.
    pub is_typed: bool,
    /// The entry it is about.
    pub about: EntryIdx,
    /// Other entries that it is about for every seed; authored questions may have several.
    pub also_about: Vec<EntryIdx>,
    /// The themes of its events, lower case, in alphabetical order.
    pub themes: Vec<String>,
    /// The item that it tests.
    pub item: String,
    /// The importance of its topic; larger is more.
    pub importance: u16,
}

/// All candidates of a pack, by kind and in the pack's order.
pub(super) fn all(pack: &Pack, text_index: &TextIndex) -> Vec<QuestionSummary> {
    let listing = Listing { pack, text_index, themes: themes(pack), authored: by_id(pack) };
    ids(pack).iter().filter_map(|id| listing.candidate(id)).collect()
}

struct Listing<'a> {
    pack: &'a Pack,
    text_index: &'a TextIndex,
    /// The themes of every entry.
    themes: Vec<Vec<String>>,
    authored: HashMap<&'a str, &'a Authored>,
}

fn by_id(pack: &Pack) -> HashMap<&str, &Authored> {
    pack.questions.iter().map(|authored| (authored.id.as_str(), authored)).collect()
}

/// The themes of each entry: an event's own, for others those of the events that name it.
fn themes(pack: &Pack) -> Vec<Vec<String>> {
    let themes_of = |idx: EntryIdx| {
        let events = std::iter::once(idx).chain(pack.events_naming(idx).iter().copied());
        let tags: HashSet<&String> = events.filter_map(|event| pack.entry(event).event()).flat_map(|facts| &facts.tags).collect();
        let mut themes: Vec<String> = tags.into_iter().cloned().collect();
        themes.sort_unstable();
        themes
    };
    pack.numbered().map(|(idx, _)| themes_of(idx)).collect()
}

impl Listing<'_> {
    fn candidate(&self, id: &str) -> Option<QuestionSummary> {
        let (kind, subject) = asking::read(id)?;
        if kind == QuestionKind::Authored {
            return self.authored.get(subject).and_then(|authored| self.written(id, authored));
        }
        let (about, item) = match kind {
            QuestionKind::Paragraph | QuestionKind::Holds => {
                (document::entry_of(self.pack, self.text_index, kind, subject)?, subject.to_owned())
            }
            QuestionKind::TrueGist => (self.pack.find(&subject.replacen('.', "/", 1))?, subject.to_owned()),
            _ => {
                let of = kind.subject()?;
                let idx = self.pack.find(&format!("{}/{subject}", of.word()))?;
                let item = if of == Kind::Event { subject.to_owned() } else { format!("{}.{subject}", of.word()) };
                (idx, item)
            }
        };
        let entry = self.pack.entry(about);
        is_sound(entry).then(|| QuestionSummary {
            id: id.to_owned(),
            kind,
            difficulty: difficulty(kind, entry.importance),
            is_typed: kind.is_typed(),
            about,
            also_about: Vec::new(),
            themes: self.themes[about.0 as usize].clone(),
            item: format!("{}/{item}", kind.tests()),
            importance: entry.importance,
        })
    }

    fn written(&self, id: &str, authored: &Authored) -> Option<QuestionSummary> {
        let (about, also_about) = authored.about.split_first()?;
        let mut themes = self.themes[about.0 as usize].clone();
        themes.extend(
            also_about.iter().filter_map(|idx| self.pack.entry(*idx).event()).flat_map(|facts| facts.tags.iter().cloned()),
        );
        themes.sort_unstable();
        themes.dedup();
        Some(QuestionSummary {
            id: id.to_owned(),
            kind: QuestionKind::Authored,
            difficulty: Difficulty::numbered(authored.difficulty),
            is_typed: matches!(authored.form, AuthoredForm::Typed { .. }),
            about: *about,
            also_about: also_about.to_vec(),
            themes,
            item: format!("{}/{}", QuestionKind::Authored.tests(), authored.id),
            importance: self.pack.entry(*about).importance,
        })
    }
}

/// The ids of all possible questions.
fn ids(pack: &Pack) -> Vec<String> {
    let mut all = Vec::new();
    for kind in QuestionKind::ALL {
        match (kind, kind.subject()) {
            (_, Some(subject)) => all.extend(pack.of_kind(subject).map(|(_, entry)| id(kind, bare(entry)))),
            (QuestionKind::Authored, _) => all.extend(pack.questions.iter().map(|authored| id(kind, &authored.id))),
            (QuestionKind::TrueGist, _) => {
                let with_gist =
                    pack.numbered().filter(|(_, entry)| entry.gist.is_some() && !matches!(entry.kind, Kind::Place | Kind::Event));
                all.extend(with_gist.map(|(_, entry)| id(kind, &entry.id.replacen('/', ".", 1))));
            }
            _ => {
                all.extend(document_claims(pack).into_iter().map(|(paragraph, claim)| id(kind, &format!("{paragraph}-{claim}"))))
            }
        }
    }
    all.retain(|id| id.len() <= LONGEST_ID);
    all
}

/// The claims of the class document, as (paragraph, claim).
fn document_claims(pack: &Pack) -> Vec<(u8, u8)> {
    let paragraphs = pack.document.paragraphs.iter();
    let claims = paragraphs.flat_map(|paragraph| (1..=paragraph.claims).map(|claim| (paragraph.number, claim)));
    let cites = pack.numbered().flat_map(|(_, entry)| entry.claims.iter().flat_map(|said| &said.cite));
    let cited: HashSet<(u8, u8)> = cites
        .filter_map(|citation| match citation {
            Citation::Document { passage: Passage::Paragraph(paragraph), claim: Some(claim) } => Some((*paragraph, *claim)),
            _ => None,
        })
        .collect();
    claims.filter(|claim| cited.contains(claim)).collect()
}

pub(super) fn id(kind: QuestionKind, subject: &str) -> String {
    format!("{}.{subject}", kind.word())
}

/// An entry's id without its kind.
pub(super) fn bare(entry: &Entry) -> &str {
    entry.id.split_once('/').map_or("", |(_, id)| id)
}
