//! Validates a pack, and creates the [`Pack`] only if it is valid.

use std::collections::HashMap;

use jiff::civil::Date;

use super::checker::{Checker, at_most, check_kebab, full_id, limits, moment};
use super::claim::EntryIdx;
use super::document::document;
use super::draft::{Draft, Drafts, Own};
use super::header::header;
use super::moment::{Moment, Point};
use super::problem::Report;
use super::types::{Entry, Pack};
use super::written_pack::PackFile;
use super::{alike, almanac, answers, links, map, names, questions, sources, turning};

/// Checks everything that was read; `None` if too much is wrong to create a pack.
pub(super) fn check(written: &PackFile, drafts: &Drafts<'_>, report: &mut Report) -> Option<Pack> {
    let entries = drafts.entries();
    let sources = sources::check(&drafts.sources, &drafts.files[1], report);
    let order = chronicle(&entries, report);
    let mut ids: HashMap<String, EntryIdx> = HashMap::new();
    for (idx, &draft) in order.iter().enumerate() {
        let draft = &entries[draft];
        check_id(draft, report);
        let id = full_id(draft.kind, draft.id.value());
        if ids.insert(id, EntryIdx(idx as u32)).is_some() {
            let wrong = format!("there is another {} with the id \"{}\"", draft.kind, draft.id.value());
            report.at(draft.file, draft.id.span(), wrong, "Every id stands once in its file".to_owned());
        }
    }
    names::check(&entries, &written.ambiguous, report);

    let header = header(written, &drafts.files[0], report);
    let mut pack = Pack {
        id: written.id.value().clone(),
        title: header.title,
        subject: header.subject,
        year: header.year,
        country: header.country,
        zone: header.zone,
        city: header.city,
        replay: header.replay,
        document: document(written, &drafts.files[0], report),
        sources: Vec::new(),
        entries: Vec::new(),
        questions: Vec::new(),
        discussions: Vec::new(),
        turning_points: Vec::new(),
        answers: Vec::new(),
        synonyms: answers::check_synonyms(&drafts.synonyms, &drafts.files[10], report),
        almanac: Vec::new(),
        map: Vec::new(),
        sorts: Vec::new(),
        ambiguous: written.ambiguous.clone(),
        common: written.common.clone(),
        elsewhere: written.elsewhere.clone(),
        by_id: ids,
        named_in: Vec::new(),
    };
    if written.schema != 1 {
        let wrong = format!("this pack is written in format {}, which this program does not know", written.schema);
        report.at(&drafts.files[0], 0..0, wrong, "Write schema = 1".to_owned());
    }
    let checker = Checker { pack: &pack, sources: &sources };
    let made: Vec<Entry> = order.iter().map(|&draft| checker.entry(&entries[draft], report)).collect();
    pack.sources = drafts.sources.iter().map(sources::source).collect();
    pack.entries = made;
    links::link(&mut pack, &order, &entries, report);
    let (questions, discussions) = questions::check(&Checker { pack: &pack, sources: &sources }, drafts, report);
    let turning_points = turning::check(&Checker { pack: &pack, sources: &sources }, drafts, report);
    pack.answers = answers::check(&Checker { pack: &pack, sources: &sources }, drafts, &discussions, report);
    pack.almanac = almanac::check(&Checker { pack: &pack, sources: &sources }, drafts, report);
    pack.map = map::check(&Checker { pack: &pack, sources: &sources }, drafts, report);
    pack.sorts = alike::check(&Checker { pack: &pack, sources: &sources }, drafts, report);
    pack.questions = questions;
    pack.turning_points = turning_points;
    pack.discussions = discussions;
    Some(pack)
}

/// The indices of the drafts in the pack's order: events by time, then the other kinds as written. An
/// event known only by its day comes before those with a time, but after its causes of that day.
fn chronicle(entries: &[Draft<'_>], report: &mut Report) -> Vec<usize> {
    let mut order: Vec<usize> = (0..entries.len()).collect();
    let when: Vec<Option<Moment>> = entries
        .iter()
        .map(|draft| match &draft.own {
            Own::Event(event) => moment(&event.when, draft.file, report),
            _ => None,
        })
        .collect();
    let places = places_in_the_day(entries, &when);
    order.sort_by_key(|&idx| (entries[idx].kind, places[idx]));
    order
}

/// The place of an event: its day, the minute, and how many causes of that minute come before it.
type PlaceInTheDay = Option<((Date, u16), usize)>;

fn places_in_the_day(entries: &[Draft<'_>], when: &[Option<Moment>]) -> Vec<PlaceInTheDay> {
    let mut places: Vec<PlaceInTheDay> = when.iter().map(|when| when.map(|when| (when.order(), 0))).collect();
    let events: HashMap<&str, usize> = entries
        .iter()
        .enumerate()
        .filter(|(_, draft)| matches!(draft.own, Own::Event(_)))
        .map(|(idx, draft)| (draft.id.value().as_str(), idx))
        .collect();
    let is_untimed = |idx: usize| matches!(when[idx].map(|when| when.from), Some(Point::Day(_, None)));
    // A chain of causes on one day is never longer than this; links in a circle are refused elsewhere.
    for _ in 0..LONGEST_CHAIN {
        let mut moved = false;
        for (idx, draft) in entries.iter().enumerate() {
            let (Own::Event(event), Some((at, causes))) = (&draft.own, places[idx]) else { continue };
            let effects = event.leads_to.iter().filter_map(|id| events.get(id.value().as_str()).copied());
            for effect in effects.filter(|effect| is_untimed(*effect)) {
                let on_the_day = when[effect].is_some_and(|when| when.first_day() == at.0);
                if on_the_day && places[effect] < Some((at, causes + 1)) {
                    places[effect] = Some((at, causes + 1));
                    moved = true;
                }
            }
        }
        if !moved {
            break;
        }
    }
    places
}

/// See [`places_in_the_day`].
const LONGEST_CHAIN: usize = 16;

fn check_id(draft: &Draft<'_>, report: &mut Report) {
    check_kebab(draft.id, draft.file, report);
    at_most(draft.id, limits::ID, "id", draft.file, report);
}
