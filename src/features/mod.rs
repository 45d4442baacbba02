//! The slash commands, one file or folder each. Every edge uses the same list.
//!
//! Registration with Discord, completion, the terminal's help, `/help` and the README's table use
//! [`ALL`]. To add a command, write its file and add it there. Features use the engines and
//! [`command`](crate::command), never one another.

mod about;
mod ask;
mod class;
mod completion;
pub mod daily;
mod discuss;
mod entry;
mod graph;
mod help;
mod map;
mod my_data;
mod onthisday;
mod progress;
mod quiz;
pub mod replay;
mod review;
mod round;
mod source;
mod timeline;
mod why;

use std::sync::Arc;

use jiff::civil::Date;

use crate::card::action::decode;
use crate::card::{Card, CardResult, Outcome, Refusal, Span, Text};
use crate::command::{Command, CommandContext, CurrentPack, Request, resolve, safety, stale, suggests_danger};
use crate::delivery::PostKind;
use crate::lookup::Scope;
use crate::store::Store;

pub use completion::{Choice, complete};
pub use entry::{CHARACTERS as FIRST_VIEW_CHARACTERS, LINES as FIRST_VIEW_LINES, LOOK_UP_THIS, look_up_this};
pub use round::class_rounds;

/// Every command, in the order in which help lists them.
pub const ALL: &[Command] = &[
    entry::event::COMMAND,
    entry::who::COMMAND,
    entry::term::COMMAND,
    entry::place::COMMAND,
    timeline::COMMAND,
    onthisday::COMMAND,
    daily::COMMAND,
    replay::COMMAND,
    why::COMMAND,
    graph::COMMAND,
    map::COMMAND,
    ask::COMMAND,
    source::COMMAND,
    discuss::COMMAND,
    round::COMMAND,
    class::COMMAND,
    quiz::COMMAND,
    review::COMMAND,
    progress::COMMAND,
    my_data::COMMAND,
    help::COMMAND,
    about::COMMAND,
];

/// All kinds of posts, for the delivery engine. They use the current pack, and the options and data in
/// the store.
pub fn post_kinds(current_pack: &Arc<CurrentPack>, store: &Arc<dyn Store>) -> Vec<Box<dyn PostKind>> {
    vec![
        Box::new(daily::DailyPosts::new(current_pack.clone(), store.clone())),
        Box::new(replay::ReplayPosts { current_pack: current_pack.clone(), store: store.clone() }),
        Box::new(review::Reminders(store.clone())),
    ]
}

/// The command of that name.
pub fn named(name: &str) -> Option<&'static Command> {
    ALL.iter().find(|command| command.name == name)
}

/// Runs a command by name.
///
/// # Errors
/// A [`Refusal`] that says what the user can do about it.
pub async fn answer(name: &str, request: &Request, ctx: &CommandContext<'_>) -> CardResult {
    if suggests_danger(request) {
        return Ok(safety::card(ctx));
    }
    match named(name) {
        Some(command) => {
            as_a_member(command, request)?;
            (command.answer)(request, ctx).await.map(kept_from_others)
        }
        None => {
            Err(Refusal::new(Text::from("There is no command /").typed(name).and(". Type /help to see what I can do.")).into())
        }
    }
}

/// Answers words without a command: as a name, or if there is none, as a question.
pub async fn anything(words: &str, ctx: &CommandContext<'_>) -> Card {
    if crate::answer::suggests_danger(words) {
        return safety::card(ctx);
    }
    match resolve::resolve(words, Scope::ANY, ctx) {
        resolve::Resolution::One { entry, .. } => entry::first_view(entry, ctx.pack),
        resolve::Resolution::Card(card) if card.outcome == Outcome::Nothing => {
            let question = Request::new(Date::ZERO).with("question", words);
            match (ask::COMMAND.answer)(&question, ctx).await {
                Ok(answered) if answered.outcome == Outcome::Found => answered,
                _ => *card,
            }
        }
        resolve::Resolution::Card(card) => *card,
    }
}

/// Answers a press by its id.
///
/// # Errors
/// A [`Refusal`] for every id that this version did not write for this pack.
pub async fn press(id: &str, request: &Request, ctx: &CommandContext<'_>) -> CardResult {
    if suggests_danger(request) {
        return Ok(safety::card(ctx));
    }
    let press = decode(id).ok_or_else(stale)?;
    let command = named(&press.verb).ok_or_else(stale)?;
    as_a_member(command, request)?;
    (command.press)(&press, request, ctx).await.map(kept_from_others)
}

/// Refuses a class command where the bot is not a member of the server.
fn as_a_member(command: &Command, request: &Request) -> Result<(), Refusal> {
    match &request.invite {
        Some(invite) if command.staff || command.for_class => {
            let why = "I am not in this server, so I cannot save anything for its class. Somebody who manages the \
                server can add me here: ";
            Err(Refusal::new(Text::from(why).link(invite)))
        }
        _ => Ok(()),
    }
}

/// Makes a card private if it found nothing and repeats the input, because a server's filters do not
/// check the bot's messages.
fn kept_from_others(card: Card) -> Card {
    let lines = card.sections.iter().flat_map(|section| &section.lines).map(|line| &line.text);
    let repeats =
        std::iter::once(&card.title).chain(lines).any(|text| text.spans().iter().any(|span| matches!(span, Span::Typed(_))));
    if card.outcome == Outcome::Nothing && repeats { card.private() } else { card }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::Opt;

    #[test]
    fn every_command_fits_discord() {
        let name_fits = |name: &str| (1..=32).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
        for command in ALL {
            assert!(name_fits(command.name), "{}", command.name);
            assert!((1..=100).contains(&command.summary.chars().count()), "{}", command.name);
            assert!(command.example.starts_with(&format!("/{}", command.name)), "{}", command.example);
            assert!(command.options.is_empty() || command.subcommands.is_empty(), "{}", command.name);
            let own: Vec<&Opt> = command.all_options().collect();
            let lists = command.subcommands.iter().map(|subcommand| subcommand.options.iter().collect::<Vec<_>>());
            for options in lists.chain([own]) {
                let mut optional = false;
                for option in options {
                    assert!(name_fits(option.name), "{}", option.name);
                    assert!((1..=100).contains(&option.summary.chars().count()), "{}", option.name);
                    assert!(!(optional && option.required), "{}: required options come first", command.name);
                    optional |= !option.required;
                }
            }
            for subcommand in command.subcommands {
                assert!(name_fits(subcommand.name), "{}", subcommand.name);
                assert!((1..=100).contains(&subcommand.summary.chars().count()), "{}", subcommand.name);
            }
        }
    }

    #[test]
    fn names_are_unique() {
        for (idx, command) in ALL.iter().enumerate() {
            assert!(ALL[idx + 1..].iter().all(|other| other.name != command.name), "{}", command.name);
        }
    }
}
