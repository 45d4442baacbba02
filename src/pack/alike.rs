//! Which entries are of one sort: the wrong choices of a generated question are of the right one's sort.

use super::checker::Checker;
use super::claim::EntryIdx;
use super::draft::Drafts;
use super::problem::Report;
use super::types::Pack;
use super::written_alike::WrittenAlike;

/// The fewest entries of a list: a right choice and two wrong ones.
const FEWEST: usize = 3;

/// Checks the lists. Returns for each entry the numbers of those that it is in; nothing if there are none.
pub(super) fn check(checker: &Checker<'_>, drafts: &Drafts<'_>, report: &mut Report) -> Vec<Vec<usize>> {
    let mut sorts = vec![Vec::new(); checker.pack.entries.len()];
    for (number, written) in drafts.alike.iter().enumerate() {
        for EntryIdx(idx) in list(written, checker, drafts, report) {
            sorts[idx as usize].push(number);
        }
    }
    if drafts.alike.is_empty() { Vec::new() } else { sorts }
}

fn list(written: &WrittenAlike, checker: &Checker<'_>, drafts: &Drafts<'_>, report: &mut Report) -> Vec<EntryIdx> {
    let file = &drafts.files[13];
    let mut entries: Vec<EntryIdx> = Vec::new();
    for id in written.entries.value() {
        let Some(idx) = checker.pack.find(id.value()) else {
            let wrong = format!("there is no entry \"{}\"", id.value());
            report.at(file, id.span(), wrong, checker.nearest_entry(id.value()));
            continue;
        };
        let kind = |idx: EntryIdx| checker.pack.entry(idx).kind;
        if entries.contains(&idx) {
            report.at(file, id.span(), format!("\"{}\" is in this list twice", id.value()), "Name it once".to_owned());
        } else if entries.first().is_some_and(|first| kind(*first) != kind(idx)) {
            let wrong = format!("\"{}\" is of another kind than the entries before it", id.value());
            report.at(file, id.span(), wrong, "Make a list for each kind".to_owned());
        } else {
            entries.push(idx);
        }
    }
    if written.entries.value().len() < FEWEST {
        let wrong = format!("the list \"{}\" has fewer than {FEWEST} entries", written.name.value());
        report.at(file, written.entries.span(), wrong, "A question needs two wrong choices".to_owned());
    }
    entries
}

impl Pack {
    /// How many lists two entries share; `None` if they are of different sorts. In a pack without lists,
    /// all entries of a kind are of one sort.
    pub fn likeness(&self, one: EntryIdx, other: EntryIdx) -> Option<usize> {
        let lists = |idx: EntryIdx| self.sorts.get(idx.0 as usize);
        let (Some(own), Some(others)) = (lists(one), lists(other)) else { return Some(0) };
        Some(own.iter().filter(|list| others.contains(list)).count()).filter(|shared| *shared > 0)
    }
}
