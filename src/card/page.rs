//! Splits long cards into pages, between lines.

use super::action::{Action, Press};
use super::{Card, Section};

/// The maximum length of a card's body and foot, in characters. Discord allows 4096 in an embed's
/// description and 6000 in a message's embeds together; the subtitle is not counted here, and escaping
/// lengthens text.
pub const BODY: usize = 3200;

/// The approximate length of one source's explanation at the foot.
const SOURCE: usize = 85;

/// Page `page` (from 0) of a card, with buttons from `turn` to the previous and next page. A page beyond
/// the last one returns the last one.
///
/// A heading is repeated on the page where its section continues.
pub fn in_pages(mut card: Card, page: usize, turn: impl Fn(usize) -> Press) -> Card {
    let mut pages = split(std::mem::take(&mut card.sections));
    let last = pages.len().saturating_sub(1);
    let page = page.min(last);
    if last > 0 {
        let mut turns = Vec::new();
        if page > 0 {
            turns.push(Action::new("◀ Back", turn(page - 1)));
        }
        if page < last {
            turns.push(Action::new(&format!("More ▶ ({} of {})", page + 2, last + 1), turn(page + 1)));
        }
        card.rows.insert(0, super::Row::Buttons(turns));
        card.rows.truncate(5);
    }
    card.sections = if pages.is_empty() { Vec::new() } else { pages.swap_remove(page) };
    card
}

/// All pages of a card, without buttons, to be shown one after the other.
pub fn pages(mut card: Card) -> Vec<Card> {
    card.rows.clear();
    let pages = split(std::mem::take(&mut card.sections));
    pages.into_iter().map(|sections| Card { sections, ..card.clone() }).collect()
}

/// The approximate length of a card's body and foot, for callers that must fit them without pages.
pub fn length(card: &Card) -> usize {
    let section = |section: &Section| {
        let heading = section.heading.as_ref().map_or(2, |heading| heading.chars().count() + 8);
        heading + section.lines.iter().map(super::Line::length).sum::<usize>()
    };
    let sources: usize = card.sources.iter().map(|source| source.chars().count() + 4).sum();
    card.subtitle.as_ref().map_or(0, |subtitle| subtitle.chars().count() + 3)
        + card.sections.iter().map(section).sum::<usize>()
        + sources
}

/// How many characters a phone shows in a line of an embed, 390 px wide.
const PHONE: usize = 33;
/// The same in the small print at the foot.
pub const SMALL_PRINT: usize = 46;
/// With at most this many lines, a card and its buttons fit one screen of a phone, 700 px high.
pub const SCREEN: usize = 25;

/// How many lines a phone makes of that many characters.
pub fn wrapped(characters: usize) -> usize {
    characters.div_ceil(PHONE)
}

/// About how many lines a phone makes of a card, without its buttons.
pub fn rows(card: &Card) -> usize {
    let lines = |section: &Section| -> usize { section.lines.iter().map(|line| wrapped(line.length())).sum() };
    let heading = |section: &Section| usize::from(section.heading.is_some());
    let sources: usize = card.sources.iter().map(|source| source.chars().count().div_ceil(SMALL_PRINT)).sum();
    wrapped(card.title.plain().chars().count())
        + card.subtitle.as_ref().map_or(0, |subtitle| wrapped(subtitle.chars().count()))
        + card.sections.iter().map(|section| heading(section) + lines(section)).sum::<usize>()
        + sources
}

fn split(sections: Vec<Section>) -> Vec<Vec<Section>> {
    let mut pages: Vec<Vec<Section>> = vec![Vec::new()];
    let mut used = 0;
    let mut cited: Vec<String> = Vec::new();
    for section in sections {
        let heading = section.heading;
        let mut open = false;
        for line in section.lines {
            let heading_needs = if open { 0 } else { heading.as_ref().map_or(2, |heading| heading.len() + 8) };
            let mut needs =
                line.length() + heading_needs + SOURCE * line.cite.iter().filter(|cite| !cited.contains(cite)).count();
            if used > 0 && used + needs > BODY {
                pages.push(Vec::new());
                used = 0;
                open = false;
                cited.clear();
                needs = line.length() + heading.as_ref().map_or(2, |heading| heading.len() + 8) + SOURCE * line.cite.len();
            }
            used += needs;
            cited.extend(line.cite.iter().cloned());
            if let Some(current) = pages.last_mut() {
                match current.last_mut() {
                    Some(last) if open => last.lines.push(line),
                    _ => current.push(Section { heading: heading.clone(), lines: vec![line] }),
                }
            }
            open = true;
        }
    }
    pages
}

#[cfg(test)]
mod tests {
    use super::super::{Line, Outcome};
    use super::*;

    fn long(lines: usize) -> Card {
        let lines = (0..lines).map(|idx| Line::new(format!("{idx} {}", "x".repeat(90)))).collect();
        Card::new(Outcome::Found, "t").section(Section::headed("Events", lines))
    }

    #[test]
    fn every_line_is_on_exactly_one_page_and_pages_fit() {
        let whole = long(100);
        let turn = |page: usize| Press::new("x", [page.to_string()]);
        let mut seen = Vec::new();
        for page in 0..50 {
            let card = in_pages(whole.clone(), page, turn);
            let length: usize = card.sections.iter().flat_map(|section| &section.lines).map(Line::length).sum();
            assert!(length <= BODY, "page {page} has {length}");
            assert_eq!(card.sections[0].heading.as_deref(), Some("Events"));
            let lines: Vec<_> = card.sections.iter().flat_map(|section| section.lines.clone()).collect();
            if seen.last() == lines.last() {
                break;
            }
            seen.extend(lines);
        }
        assert_eq!(seen, whole.sections[0].lines);
    }

    #[test]
    fn pages_one_below_the_other_are_those_that_are_turned() {
        let all = pages(long(100));
        assert!(all.len() > 1 && all.iter().all(|page| page.rows.is_empty()));
        for (idx, page) in all.iter().enumerate() {
            assert_eq!(page.sections, in_pages(long(100), idx, |_| Press::new("x", ["y"])).sections);
        }
    }

    #[test]
    fn a_short_card_has_no_pages() {
        let card = in_pages(long(3), 7, |_| Press::new("x", ["y"]));
        assert!(card.rows.is_empty());
        assert_eq!(card.sections[0].lines.len(), 3);
    }
}
