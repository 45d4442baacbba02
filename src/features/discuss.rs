//! `/discuss`: an essay or source question for a class, with words to use, evidence to look up, one hint
//! at a time, and a model outline that the teacher can show.

use sha2::{Digest, Sha256};

use crate::card::action::{MenuItem, Press};
use crate::card::entries::{explain, item};
use crate::card::press::{ButtonId, DiscussPress};
use crate::card::{Action, Card, CardResult, CommandError, Line, Outcome, Refusal, Section, Text, format, in_pages, pages};
use crate::command::{Command, CommandContext, Completion, Opt, OptKind, Request, stale};
use crate::messenger::SendError;
use crate::pack::{Citation, Claim, Discussion, EntryIdx, Pack, Skill, plain};

pub(super) const COMMAND: Command = Command {
    name: "discuss",
    summary: "A question to think about together: words to use, evidence, hints one at a time",
    example: "/discuss {discussion}",
    options: &[Opt {
        name: "question",
        summary: "The question, or leave it out to see all",
        kind: OptKind::Text,
        required: false,
        completion: Completion::Discussions,
    }],
    answer: |request, ctx| Box::pin(answer(request, ctx)),
    press: |pressed, request, ctx| Box::pin(press(pressed, request, ctx)),
    ..Command::PLAIN
};

/// How many items a menu has.
const MENU: usize = 25;

async fn answer(request: &Request, ctx: &CommandContext<'_>) -> CardResult {
    let Some(typed) = request.text("question") else { return all(ctx.pack) };
    let discussion = find(typed, ctx.pack).ok_or_else(|| {
        let said = Text::from("I have no discussion like “").typed(typed).and("”. /discuss without a question lists them all.");
        Refusal::new(said)
    })?;
    Ok(open(discussion, request.flag("private"), request, ctx).await)
}

/// The discussion with that id or title, or the one whose title and question share most words with the
/// input.
fn find<'a>(typed: &str, pack: &'a Pack) -> Option<&'a Discussion> {
    if let Some(exact) = pack.discussions.iter().find(|discussion| discussion.id == typed) {
        return Some(exact);
    }
    let typed = plain(typed);
    let words: Vec<&str> = typed.split(' ').filter(|word| word.len() > 3).collect();
    let score = |discussion: &Discussion| {
        let text = plain(&format!("{} {}", discussion.title, discussion.ask));
        let shared = words.iter().filter(|word| text.split(' ').any(|known| known == **word)).count();
        (plain(&discussion.title) == typed, shared)
    };
    let best = pack.discussions.iter().map(|discussion| (score(discussion), discussion));
    // Among equals the first, because the file's order is the editor's.
    let best = best.rev().max_by_key(|(score, _)| *score);
    best.filter(|((is_title, shared), _)| *is_title || *shared > 0 && 2 * shared >= words.len()).map(|(_, found)| found)
}

fn all(pack: &Pack) -> CardResult {
    if pack.discussions.is_empty() {
        return Err(Refusal::new("This pack has no questions to discuss.").into());
    }
    // The menu has their titles; a list of all would fill two screens of a phone.
    let mut skills: Vec<(&str, usize)> = Vec::new();
    for discussion in &pack.discussions {
        let name = skill(discussion.skill);
        match skills.iter_mut().find(|(known, _)| *known == name) {
            Some((_, count)) => *count += 1,
            None => skills.push((name, 1)),
        }
    }
    let line = |(name, count): (&str, usize)| Line::new(format::count(count, "question")).led(format!("{name}:"));
    let items = pack.discussions.iter().take(MENU);
    let items = items.map(|discussion| {
        MenuItem::new(&discussion.title, Some(skill(discussion.skill)), DiscussPress::Open(discussion.id.clone()).press())
    });
    let card =
        Card::new(Outcome::Choose, "Questions to discuss").section(Section::opening(skills.into_iter().map(line).collect()));
    Ok(card.menu("Open a question …", items.collect()))
}

/// The skill that a question trains, in words.
fn skill(skill: Skill) -> &'static str {
    match skill {
        Skill::Causes => "Causes",
        Skill::Consequences => "Consequences",
        Skill::Significance => "Significance",
        Skill::Change => "Change and continuity",
        Skill::Sources => "Judging sources",
        Skill::WhatIf => "What if",
    }
}

/// Opens a discussion: for a teacher in a thread of the channel, otherwise as an answer.
async fn open(discussion: &Discussion, private: bool, request: &Request, ctx: &CommandContext<'_>) -> Card {
    let scaffold = scaffold(discussion, ctx.pack);
    let place = request.class().filter(|_| request.is_by_manager() && !private);
    let (Some(place), Some(services), Ok(number)) = (place, ctx.services, request.number()) else { return scaffold };
    let in_thread = async {
        let thread = services.rooms.open_thread(place.channel, &format::cut(&discussion.title, 98)).await?;
        services.rooms.send_patiently(thread, &nonce(number, 0), &scaffold).await.map(|_| thread)
    };
    match in_thread.await {
        Ok(thread) => Card::new(Outcome::Found, discussion.title.as_str())
            .section(Section::opening(vec![Line::new(Text::from("We think about this in ").channel(thread).and("."))])),
        Err(why) => {
            // In a thread, or where none may be opened, the discussion is an answer.
            tracing::debug!(?why, "could not open a thread for a discussion");
            scaffold
        }
    }
}

/// The nonce that prevents a second post if the request is delivered again.
fn nonce(number: u64, part: usize) -> String {
    format!("d{number:x}x{part}")
}

/// The nonce of a page of an outline. Another press on the same card gives the same nonce, so that
/// existing pages are not posted twice.
fn outline_nonce(discussion: &Discussion, request: &Request, page: usize) -> Result<String, Refusal> {
    let pressed = request.message.map_or_else(|| request.number(), |message| Ok(message.0))?;
    let digest = Sha256::digest(format!("{}/{}", discussion.id, pressed));
    let short: String = digest.iter().take(10).map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("o{short}x{page}"))
}

/// The question with its hints and material.
fn scaffold(discussion: &Discussion, pack: &Pack) -> Card {
    let mut card = Card::new(Outcome::Found, discussion.title.as_str());
    card.subtitle = Some(skill(discussion.skill).to_owned());
    let on = format::citations(pack, &discussion.on);
    let names = |entries: &[EntryIdx]| {
        let names: Vec<&str> = entries.iter().map(|idx| pack.entry(*idx).name.as_str()).collect();
        if names.is_empty() { Vec::new() } else { vec![Line::new(names.join("; "))] }
    };
    card = card
        .section(Section::opening(vec![Line::new(discussion.ask.as_str()).citing(on)]))
        .section(Section::headed("Words to use", names(&discussion.terms)))
        .section(Section::headed("Evidence to look up", names(&discussion.evidence)));
    explain(&mut card, &discussion.on, pack);
    let items = |entries: &[EntryIdx]| entries.iter().take(MENU).map(|idx| item(*idx, "", pack)).collect::<Vec<_>>();
    let mut buttons = Vec::new();
    if !discussion.hints.is_empty() {
        buttons.push(Action::new("A hint", hint_press(discussion, 0)).beside());
    }
    buttons.push(Action::new("Model outline (teachers)", DiscussPress::Outline(discussion.id.clone(), None).press()).beside());
    card.menu("Look up a word …", items(&discussion.terms))
        .menu("Look up evidence …", items(&discussion.evidence))
        .buttons(buttons)
}

fn hint_press(discussion: &Discussion, idx: usize) -> Press {
    DiscussPress::Hint(discussion.id.clone(), idx).press()
}

/// One hint, only for the user who asked for it.
fn hint(discussion: &Discussion, idx: usize) -> CardResult {
    let hint = discussion.hints.get(idx).ok_or_else(stale)?;
    let mut card = Card::new(Outcome::Found, format!("Hint {} of {}", idx + 1, discussion.hints.len()))
        .section(Section::opening(vec![Line::new(hint.as_str())]))
        .private();
    card.subtitle = Some(discussion.title.clone());
    let next = (idx + 1 < discussion.hints.len()).then(|| Action::new("Another hint", hint_press(discussion, idx + 1)));
    Ok(card.buttons(next.into_iter().collect()))
}

/// The whole model outline with its citations. What the class document leaves out comes last.
fn outline(discussion: &Discussion, pack: &Pack) -> (Card, Vec<Citation>) {
    let mut card = Card::new(Outcome::Found, format!("Model outline: {}", discussion.title));
    card.subtitle = Some("One good answer among several".to_owned());
    let mut cited: Vec<Citation> = Vec::new();
    let mut lines = |claims: &[Claim]| -> Vec<Line> {
        cited.extend(claims.iter().flat_map(|claim| claim.cite.iter().copied()));
        claims.iter().map(|claim| Line::new(claim.text.as_str()).citing(format::citations(pack, &claim.cite))).collect()
    };
    for (idx, point) in discussion.outline.iter().enumerate() {
        card = card.section(Section::headed(&format!("{}. {}", idx + 1, point.point), lines(&point.evidence)));
    }
    card = card.section(Section::headed("How to weigh it", vec![Line::new(discussion.judgement.as_str())]));
    card = card.section(Section::headed("What the class document leaves out or simplifies", lines(&discussion.simplifies)));
    (card, cited)
}

async fn press(pressed: &Press, request: &Request, ctx: &CommandContext<'_>) -> CardResult {
    let pressed = DiscussPress::read(pressed).ok_or_else(stale)?;
    let of = |id: &str| ctx.pack.discussions.iter().find(|discussion| discussion.id == id).ok_or_else(stale);
    match pressed {
        DiscussPress::Open(id) => Ok(open(of(&id)?, false, request, ctx).await),
        DiscussPress::Hint(id, idx) => hint(of(&id)?, idx),
        DiscussPress::Outline(id, page) => {
            let discussion = of(&id)?;
            for_teachers(request)?;
            Ok(for_teacher(discussion, page.unwrap_or_default(), request, ctx))
        }
        DiscussPress::Post(id) => {
            let discussion = of(&id)?;
            for_teachers(request)?;
            post(discussion, request, ctx).await
        }
    }
}

/// Refuses students, who should think first.
fn for_teachers(request: &Request) -> Result<(), Refusal> {
    request.require_manager(
        "The outline is for after you have thought about it: your teacher can show it here. A hint is one press away.",
    )
}

/// The outline for the teacher only, who can show it to the class.
fn for_teacher(discussion: &Discussion, page: usize, request: &Request, ctx: &CommandContext<'_>) -> Card {
    let (card, cited) = outline(discussion, ctx.pack);
    let mut card = in_pages(card, page, |page| DiscussPress::Outline(discussion.id.clone(), Some(page)).press()).private();
    explain(&mut card, &cited, ctx.pack);
    let in_class = ctx.services.is_some() && request.class().is_some();
    let show = in_class.then(|| Action::new("Show it to the class", DiscussPress::Post(discussion.id.clone()).press()));
    card.buttons(show.into_iter().collect())
}

/// Why the outline was not posted, or not completely.
fn unposted(why: SendError) -> CommandError {
    match why {
        why if why.is_final() => {
            Refusal::new(format!("I could not post it here: {}. Fix that, then press again.", why.why())).into()
        }
        SendError::TimedOut(until) => Refusal::new(
            Text::from("I could not post it here: a moderator timed me out until ")
                .instant(until)
                .and(". Remove the timeout (my name → Remove Timeout), or press again after that."),
        )
        .into(),
        why => CommandError::internal(
            format_args!("an outline was not posted: {}", why.why()),
            "Discord did not accept all of it just now. Press again in a minute: what is already here is not posted twice.",
        ),
    }
}

/// Posts all pages of the outline in the channel of the press, without buttons.
async fn post(discussion: &Discussion, request: &Request, ctx: &CommandContext<'_>) -> CardResult {
    let services = ctx.services()?;
    let place = request.class().ok_or_else(stale)?;
    let (card, cited) = outline(discussion, ctx.pack);
    for (page, mut card) in pages(card).into_iter().enumerate() {
        explain(&mut card, &cited, ctx.pack);
        let nonce = outline_nonce(discussion, request, page)?;
        if let Err(why) = services.rooms.send_patiently(place.channel, &nonce, &card).await {
            return Err(unposted(why));
        }
    }
    Ok(Card::new(Outcome::Found, "The outline is in the channel now").private())
}
