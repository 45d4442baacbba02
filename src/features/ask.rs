//! `/ask question`: the answer to a question in free words, each sentence with its citation.

use crate::answer::{self, AskOutcome, Sentence};
use crate::card::action::{LONGEST, Press};
use crate::card::entries::on_day;
use crate::card::press::{AskPress, ButtonId, DiscussPress};
use crate::card::{Action, Card, Line, Marks, Outcome, Refusal, Section, Text};
use crate::command::resolve::openers;
use crate::command::{Command, CommandContext, Completion, Opt, OptKind, Request, at_once, stale};
use crate::pack::{Citation, Pack};

pub(super) const COMMAND: Command = Command {
    name: "ask",
    summary: "A question in your own words, answered with its sources",
    example: "/ask {question}",
    options: &[Opt {
        name: "question",
        summary: "Your question",
        kind: OptKind::Question,
        required: true,
        completion: Completion::None,
    }],
    answer: |request, ctx| Box::pin(answer(request, ctx)),
    press: |pressed, _, ctx| at_once(press(pressed, ctx)),
    ..Command::PLAIN
};

/// How many entries an answer offers to open.
const OPEN: usize = 4;

async fn answer(request: &Request, ctx: &CommandContext<'_>) -> crate::card::CardResult {
    let Some(question) = request.text("question") else {
        return Err(Refusal::new("Ask me something: type your question after /ask.").into());
    };
    // Takes some milliseconds, and the first time builds the index.
    let asked = question.to_owned();
    let answered = ctx.compute(move |loaded| loaded.answers().answer(&asked, &loaded.pack, &loaded.lookup)).await;
    Ok(match answered {
        AskOutcome::Answered(answer) => {
            let title = match &answer.question {
                Some(understood) => Text::from(understood.as_str()),
                None => Text::from("“").typed(question).and("”"),
            };
            body(Card::new(Outcome::Found, title), &answer, "Evidence", ctx)
        }
        AskOutcome::Nearest(answer) => nearest(&answer, ctx),
        AskOutcome::Nothing => nothing(ctx),
    })
}

/// The nearest answer, with advice on how to ask. The question is not repeated.
fn nearest(answer: &answer::Answer, ctx: &CommandContext<'_>) -> Card {
    let mut card = Card::new(Outcome::Found, "I have no sure answer to that");
    card.subtitle = Some("The nearest things I know. Ask with a name or a date, or open one of them".to_owned());
    body(card, answer, "Also near", ctx)
}

/// Nothing is known; only the user sees this.
fn nothing(ctx: &CommandContext<'_>) -> Card {
    let say = format!(
        "That is not something I can answer: I only know about {}, and I never guess. Try a name, a date, or a question with why, when or who; /help shows more.",
        ctx.pack.subject
    );
    Card::new(Outcome::Nothing, "I don't know that").section(Section::opening(vec![Line::new(say)])).private()
}

/// The lines of an answer: the answer first, then its list and supporting sentences, then entries to
/// open.
fn body(mut card: Card, answer: &answer::Answer, support: &str, ctx: &CommandContext<'_>) -> Card {
    let mut marks = Marks::new(ctx.pack);
    let mut lines = |sentences: &[Sentence]| sentences.iter().map(|sentence| line(sentence, &mut marks)).collect::<Vec<_>>();
    card = card
        .section(Section::opening(lines(&answer.lines)))
        .section(Section::headed("Point by point", lines(&answer.points)))
        .section(Section::headed(support, lines(&answer.support)))
        .section(Section::headed("Where sources differ", lines(&answer.differ)));
    card.sources = marks.foot();
    let sources = sources(&marks, ctx.pack);
    let mut buttons = openers(&answer.open[..answer.open.len().min(OPEN)], ctx);
    if let Some((month, day)) = answer.day {
        buttons.insert(0, Action::new("The whole day", on_day(month, day)));
    }
    if let Some(discussion) = answer.discuss.and_then(|place| ctx.pack.discussions.get(place)) {
        buttons.push(Action::new("Discuss and write", DiscussPress::Open(discussion.id.clone()).press()));
    }
    buttons.extend(sources);
    card.buttons(buttons)
}

/// The button that lists the marks' sources with their addresses; `None` if only the class document is
/// cited. It identifies works by their ids, as many as fit a button's id.
fn sources(marks: &Marks<'_>, pack: &Pack) -> Option<Action> {
    let mut listed = AskPress { sources: marks.sources().iter().map(|source| pack.source(*source).id.clone()).collect() };
    while listed.press().to_string().len() > LONGEST {
        listed.sources.pop();
    }
    (!listed.sources.is_empty()).then(|| Action::new("Sources", listed.press()))
}

/// Lists works by the ids in a button. Leaves out those that the current pack no longer has.
fn press(pressed: &Press, ctx: &CommandContext<'_>) -> crate::card::CardResult {
    let AskPress { sources } = AskPress::read(pressed).ok_or_else(stale)?;
    let cited: Vec<Citation> = sources.iter().filter_map(|id| ctx.pack.find_source(id)).map(Citation::Background).collect();
    if cited.is_empty() {
        return Err(stale().into());
    }
    Ok(crate::card::sources::listed(Card::new(Outcome::Found, "Sources of that answer"), &cited, ctx.pack))
}

/// How many sources a line names; the entries below have all of them.
const NAMED: usize = 2;

fn line(sentence: &Sentence, marks: &mut Marks<'_>) -> Line {
    let line = Line::new(sentence.text.as_str()).citing(marks.of(&sentence.cite[..sentence.cite.len().min(NAMED)]));
    match &sentence.lead {
        Some(lead) => line.led(lead.as_str()),
        None => line,
    }
}
