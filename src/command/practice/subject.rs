//! The topic and options of a quiz.

use crate::card::action::Press;
use crate::card::press::{ButtonId, QuizPress, TopicId};
use crate::card::{Action, Card, Outcome, Refusal, Section, Text};
use crate::command::CommandContext;
use crate::command::resolve::{list, nothing};
use crate::command::topic::Topic;
use crate::lookup::{Match, Scope};
use crate::model::Difficulty;
use crate::pack::{EntryIdx, Pack, plain};
use crate::session::Filter;
use crate::store::QuizSession;

/// The options of a quiz.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// What it is about.
    pub topic: Topic,
    pub questions: usize,
    /// The requested difficulty, if any.
    pub difficulty: Option<Difficulty>,
}

/// The allowed numbers of questions in a quiz, and the default.
const QUESTIONS: std::ops::RangeInclusive<usize> = 1..=20;
pub(crate) const USUAL: usize = 5;

/// The words for difficulties.
pub(crate) const DIFFICULTIES: &[&str] = &["easy", "middle", "hard"];

impl Wanted {
    /// A quiz about everything with the default length.
    pub(crate) const USUAL: Wanted = Wanted { topic: Topic::Everything, questions: USUAL, difficulty: None };

    /// The press that starts this quiz.
    pub(crate) fn press(&self, pack: &Pack) -> Press {
        QuizPress::Start { topic: self.topic.id(pack), questions: self.questions, difficulty: self.difficulty }.press()
    }

    /// The quiz of a press, if this pack has its topic.
    pub(crate) fn pressed(topic: &TopicId, questions: usize, difficulty: Option<Difficulty>, pack: &Pack) -> Option<Wanted> {
        let topic = Topic::of(topic, pack)?;
        QUESTIONS.contains(&questions).then_some(Wanted { topic, questions, difficulty })
    }

    /// The quiz with the same options as a stored one.
    pub(crate) fn like(quiz: &QuizSession, pack: &Pack) -> Option<Wanted> {
        let topic = Topic::kept(&quiz.about, pack)?;
        let questions = quiz.steps.len();
        QUESTIONS.contains(&questions).then_some(Wanted { topic, questions, difficulty: quiz.difficulty })
    }

    /// The filter for its questions.
    pub(crate) fn filter(&self, pack: &Pack) -> Filter {
        let mut filter = Filter { difficulty: self.difficulty, typed: true, ..Filter::default() };
        match &self.topic {
            Topic::Everything => {}
            Topic::Entry(entry) => filter.about = around(*entry, pack),
            Topic::Theme(theme) => filter.themes = vec![theme.clone()],
        }
        filter
    }
}

/// An entry and what is linked to it: a person's events, an event's causes and effects.
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

/// Parses the number of questions.
///
/// # Errors
/// A refusal if it is not an allowed number.
pub(crate) fn questions(text: Option<&str>) -> Result<usize, Refusal> {
    let Some(text) = text else { return Ok(USUAL) };
    text.parse()
        .ok()
        .filter(|number| QUESTIONS.contains(number))
        .ok_or_else(|| Refusal::new(Text::from("A quiz has 1 to 20 questions, not “").typed(text).and("”.")))
}

/// Parses the difficulty.
///
/// # Errors
/// A refusal if it is not a difficulty.
pub(crate) fn difficulty(text: Option<&str>) -> Result<Option<Difficulty>, Refusal> {
    let Some(text) = text else { return Ok(None) };
    plain(text)
        .parse()
        .map(Some)
        .map_err(|_| Refusal::new(Text::from("I know easy, middle and hard, not “").typed(text).and("”.")))
}

/// Resolves the topic.
///
/// # Errors
/// A card that asks which one is meant, or says that nothing is known.
pub(crate) fn about(text: Option<&str>, wanted: &Wanted, ctx: &CommandContext<'_>) -> Result<Topic, Box<Card>> {
    let Some(text) = text else { return Ok(Topic::Everything) };
    if let Some(theme) = Topic::theme(text, ctx.pack) {
        return Ok(theme);
    }
    if let Some(entry) = ctx.pack.find(text) {
        return Ok(Topic::Entry(entry));
    }
    match ctx.lookup.find(text, Scope::ANY) {
        Match::Found(hit) => Ok(Topic::Entry(hit.entry)),
        Match::Choose(hits) => {
            let entries: Vec<EntryIdx> = hits.iter().map(|hit| hit.entry).collect();
            let title = Text::from("A quiz about which “").typed(text).and("”?");
            let start = |idx: &EntryIdx| {
                let wanted = Wanted { topic: Topic::Entry(*idx), ..wanted.clone() };
                Action::new(&ctx.pack.entry(*idx).name, wanted.press(ctx.pack))
            };
            let card = Card::new(Outcome::Choose, title).section(Section::opening(list(&entries, ctx)));
            Err(Box::new(card.buttons(entries.iter().map(start).collect())))
        }
        Match::Nothing(near) => Err(Box::new(nothing(text, &near, ctx))),
    }
}

/// The name of a stored topic; its id if this pack no longer has it.
pub(crate) fn named(about: &str, ctx: &CommandContext<'_>) -> String {
    Topic::kept(about, ctx.pack).and_then(|topic| topic.name(ctx.pack).map(str::to_owned)).unwrap_or_else(|| about.to_owned())
}
