//! The message command "Look this up": finds the entries that a message mentions.

use crate::card::{Card, CardResult, Line, Outcome, Section};
use crate::command::resolve::{list, openers};
use crate::command::{CommandContext, safety};
use crate::features::entry;
use crate::pack::EntryIdx;

/// Its name in the menu of a message.
pub const LOOK_UP_THIS: &str = "Look this up";

/// How many entries of a message are offered.
const ENTRIES: usize = 5;

/// Finds the entries that a message mentions and offers them; a single one is shown at once.
///
/// # Errors
/// None; the signature is that of all commands.
pub async fn look_up_this(message: &str, ctx: &CommandContext<'_>) -> CardResult {
    if crate::answer::suggests_danger(message) {
        return Ok(safety::card(ctx));
    }
    if message.trim().is_empty() {
        return Ok(nothing(
            "This message has no text that I can read",
            "I read what is written, embeds, forwarded messages and polls; not pictures, stickers or sound.",
        ));
    }
    // A message may have thousands of words, each of which may begin a name.
    let message = message.to_owned();
    let named: Vec<EntryIdx> = ctx.compute(move |loaded| loaded.lookup.named_in(&message, ENTRIES)).await;
    let card = match named.as_slice() {
        [] => nothing(
            "I know nothing of what this message names",
            "I looked for the names of events, people, groups, places and terms that I know. Try /ask with a question of your own.",
        ),
        [one] => entry::first_view(*one, ctx.pack),
        several => Card::new(Outcome::Choose, "This message names several things I know")
            .section(Section::opening(list(several, ctx)))
            .buttons(openers(several, ctx)),
    };
    Ok(card.private())
}

fn nothing(title: &str, why: &str) -> Card {
    Card::new(Outcome::Nothing, title).section(Section::opening(vec![Line::new(why)])).private()
}
