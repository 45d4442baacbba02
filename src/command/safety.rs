//! What is said to somebody whose words suggest that they are in danger: the operator's sentence, to
//! them alone. Their words are not repeated, not stored and not logged.

use super::{CommandContext, Request, Value};
use crate::answer;
use crate::card::{Audience, Card, Line, Outcome, Section};

/// What is said unless the operator has a sentence of their own.
pub const DEFAULT_TEXT: &str = "If you are not safe or think of hurting yourself, please talk to somebody now: an adult you trust, a teacher or the school nurse. You can also call 116 111, a free helpline for children and young people in many European countries, or 112 in an emergency. You are not alone with this.";

/// Whether anything that was typed into a request suggests that somebody is in danger.
pub fn suggests_danger(request: &Request) -> bool {
    request.options.iter().any(|(_, value)| matches!(value, Value::Text(text) if answer::suggests_danger(text)))
}

/// The operator's sentence, for the asker alone.
pub(crate) fn card(ctx: &CommandContext<'_>) -> Card {
    let mut card =
        Card::new(Outcome::Nothing, "Please talk to somebody").section(Section::opening(vec![Line::new(ctx.safety_text)]));
    card.audience = Audience::Asker;
    card
}
