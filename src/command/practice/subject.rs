//! What a quiz is about.

use crate::card::action::Press;
use crate::card::{Action, Card, Outcome, Refusal, Section, Text};
use crate::command::resolve::{list, nothing};
use crate::command::{CommandContext, stale};
use crate::lookup::{Match, Scope};
use crate::model::Difficulty;
use crate::pack::{EntryIdx, Pack, plain};
use crate::session::Filter;

/// What a quiz is asked to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// An entry's id, a theme, or nothing.
    pub about: String,
    /// How many questions.
    pub questions: usize,
    /// How hard, if that was said.
    pub difficulty: Option<Difficulty>,
}

/// The fewest and the most questions of a quiz, and how many it has unless somebody says.
const QUESTIONS: std::ops::RangeInclusive<usize> = 1..=20;
pub(crate) const USUAL: usize = 5;

/// The words for how hard.
pub(crate) const DIFFICULTIES: &[&str] = &["easy", "middle", "hard"];

impl Wanted {
    /// The press that starts such a quiz; its entry's id with a dot in place of the slash.
    pub(crate) fn press(&self) -> Press {
        Press::new(
            "quiz",
            [
                "start".to_owned(),
                self.about.replacen('/', ".", 1),
                self.questions.to_string(),
                self.difficulty.map_or("", Difficulty::word).to_owned(),
            ],
        )
    }

    /// Reads back what a press says; nothing about it is trusted.
    pub(crate) fn read(about: &str, questions: &str, difficulty: &str, ctx: &CommandContext<'_>) -> Result<Wanted, Refusal> {
        let about = about.replacen('.', "/", 1);
        let known = about.is_empty() || is_theme(&about, ctx) || ctx.pack.find(&about).is_some();
        let questions = questions.parse().ok().filter(|number| QUESTIONS.contains(number));
        let difficulty = if difficulty.is_empty() { Some(None) } else { difficulty.parse().ok().map(Some) };
        match (known, questions, difficulty) {
            (true, Some(questions), Some(difficulty)) => Ok(Wanted { about, questions, difficulty }),
            _ => Err(stale()),
        }
    }

    /// Which questions are meant.
    pub(crate) fn filter(&self, pack: &Pack) -> Filter {
        let mut filter = Filter { difficulty: self.difficulty, typed: true, ..Filter::default() };
        match pack.find(&self.about).filter(|_| !self.about.is_empty()) {
            Some(entry) => filter.about = around(entry, pack),
            None if !self.about.is_empty() => filter.themes = vec![self.about.clone()],
            None => {}
        }
        filter
    }
}

/// An entry and what hangs together with it: a person's events, an event's causes and effects.
fn around(idx: EntryIdx, pack: &Pack) -> Vec<EntryIdx> {
    let mut around = vec![idx];
    match pack.entry(idx).event() {
        Some(facts) => {
            for others in [&facts.led_from, &facts.leads_to, &facts.people, &facts.groups, &facts.places] {
                around.extend(others);
            }
        }
        None => around.extend(pack.events_naming(idx)),
    }
    around
}

fn is_theme(word: &str, ctx: &CommandContext<'_>) -> bool {
    ctx.pack.events().any(|(_, _, facts)| facts.tags.iter().any(|tag| tag == word))
}

/// How many questions were asked for.
///
/// # Errors
/// A refusal when that is no number of questions.
pub(crate) fn questions(text: Option<&str>) -> Result<usize, Refusal> {
    let Some(text) = text else { return Ok(USUAL) };
    text.parse()
        .ok()
        .filter(|number| QUESTIONS.contains(number))
        .ok_or_else(|| Refusal::new(Text::from("A quiz has 1 to 20 questions; I cannot make one of “").typed(text).and("”.")))
}

/// How hard it was asked to be.
///
/// # Errors
/// A refusal when that is no difficulty.
pub(crate) fn difficulty(text: Option<&str>) -> Result<Option<Difficulty>, Refusal> {
    let Some(text) = text else { return Ok(None) };
    plain(text)
        .parse()
        .map(Some)
        .map_err(|_| Refusal::new(Text::from("I know easy, middle and hard, not “").typed(text).and("”.")))
}

/// What it was asked to be about: a theme, or an entry's id.
///
/// # Errors
/// A card that asks back, or says that nothing is known.
pub(crate) fn about(text: Option<&str>, wanted: &Wanted, ctx: &CommandContext<'_>) -> Result<String, Box<Card>> {
    let Some(text) = text else { return Ok(String::new()) };
    let theme = plain(text);
    if is_theme(&theme, ctx) {
        return Ok(theme);
    }
    let id = |idx: EntryIdx| ctx.pack.entry(idx).id.clone();
    if let Some(entry) = ctx.pack.find(text) {
        return Ok(id(entry));
    }
    match ctx.lookup.find(text, Scope::ANY) {
        Match::Found(hit) => Ok(id(hit.entry)),
        Match::Choose(hits) => {
            let entries: Vec<EntryIdx> = hits.iter().map(|hit| hit.entry).collect();
            let title = Text::from("A quiz about which “").typed(text).and("”?");
            let start =
                |idx: &EntryIdx| Action::new(&ctx.pack.entry(*idx).name, Wanted { about: id(*idx), ..wanted.clone() }.press());
            let card = Card::new(Outcome::Choose, title).section(Section::opening(list(&entries, ctx)));
            Err(Box::new(card.buttons(entries.iter().map(start).collect())))
        }
        Match::Nothing(near) => Err(Box::new(nothing(text, &near, ctx))),
    }
}

/// What it is called, for a subtitle.
pub(crate) fn named(about: &str, ctx: &CommandContext<'_>) -> String {
    ctx.pack.find(about).map_or_else(|| about.to_owned(), |entry| ctx.pack.entry(entry).name.clone())
}
