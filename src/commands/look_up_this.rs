//! The message command "Look this up": the entries named in somebody's message.

use super::seek::{list, openers};
use super::{Desk, entry_card};
use crate::card::{Answer, Audience, Card, Line, Outcome, Section};
use crate::knowledge::EntryNo;

/// Its name, as it stands in the menu of a message.
pub const LOOK_UP_THIS: &str = "Look this up";

/// How many entries of a message are offered.
const ENTRIES: usize = 5;

/// Finds the entries named in a message and offers them; one alone is shown at once.
///
/// # Errors
/// None; the signature is that of every answer.
pub fn look_up_this(message: &str, desk: &Desk<'_>) -> Answer {
    let named: Vec<EntryNo> = desk.lookup.named_in(message, ENTRIES);
    let mut card = match named.as_slice() {
        [] => Card::new(Outcome::Nothing, "I know nothing that this message names").section(Section::opening(vec![Line::new(
            "I looked for the names of events, people, groups, places and terms that I have been taught. Try /ask with a question of your own.",
        )])),
        [one] => entry_card::show(*one, entry_card::View::First, desk),
        several => Card::new(Outcome::Choose, "This message names several things I know")
            .section(Section::opening(list(several, desk)))
            .buttons(openers(several, desk)),
    };
    card.audience = Audience::Asker;
    Ok(card)
}
