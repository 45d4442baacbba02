//! Computes what follows from the links between entries: causes, mentions, importance.

use std::ops::Range;

use super::checker::full_id;
use super::draft::{Draft, Own};
use super::problem::Report;
use super::types::{EntryIdx, Facts, Kind, Pack};
use super::written::Located;

/// Fills in causes, mentions and importance. Refuses effects that precede their causes.
pub(super) fn link(pack: &mut Pack, order: &[usize], entries: &[Draft<'_>], report: &mut Report) {
    let mut named_in: Vec<Vec<EntryIdx>> = vec![Vec::new(); pack.entries.len()];
    let mut led_from: Vec<Vec<EntryIdx>> = vec![Vec::new(); pack.entries.len()];
    for (idx, entry) in pack.numbered() {
        match &entry.facts {
            Facts::Event(facts) => {
                for named in facts.people.iter().chain(&facts.groups).chain(&facts.places) {
                    named_in[named.0 as usize].push(idx);
                }
                for effect in &facts.leads_to {
                    led_from[effect.0 as usize].push(idx);
                }
            }
            Facts::Term { events } => named_in[idx.0 as usize].extend(events),
            Facts::Person(_) | Facts::Group | Facts::Place { .. } => {}
        }
    }
    for events in &mut named_in {
        // Events are numbered by time.
        events.sort();
        events.dedup();
    }
    check_causes(pack, order, entries, report);
    for (idx, entry) in pack.entries.iter_mut().enumerate() {
        let document_claims = entry.claims.iter().filter(|claim| claim.is_from_document()).count();
        let links = match &mut entry.facts {
            Facts::Event(facts) => {
                facts.led_from = std::mem::take(&mut led_from[idx]);
                facts.led_from.sort();
                facts.leads_to.sort();
                facts.leads_to.len() + facts.led_from.len()
            }
            _ => named_in[idx].len(),
        };
        // Claims of the class document count most, then links. An editor's weight overrides both.
        entry.connected = u16::try_from(4 * document_claims + links).unwrap_or(u16::MAX);
        entry.importance = entry.event().and_then(|facts| facts.weight).unwrap_or(entry.connected);
    }
    pack.named_in = named_in;
}

fn check_causes(pack: &Pack, order: &[usize], entries: &[Draft<'_>], report: &mut Report) {
    for (idx, entry) in pack.numbered() {
        let (Some(facts), Own::Event(written)) = (entry.event(), &entries[order[idx.0 as usize]].own) else { continue };
        for effect in &facts.leads_to {
            let later = pack.entry(*effect);
            let backwards = later.when().is_some_and(|when| when.last_day() < facts.when.first_day());
            if backwards || *effect == idx {
                let wrong = format!("{} cannot lead to {}, which came before it", entry.id, later.id);
                let text = written.leads_to.iter().find(|text| full_id(Kind::Event, text.value()) == later.id);
                let span: Range<usize> = text.map_or(0..0, Located::span);
                let right = "Turn the link round, or check both dates".to_owned();
                report.at(entries[order[idx.0 as usize]].file, span, wrong, right);
            }
        }
    }
}
