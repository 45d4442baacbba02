//! What is said to somebody whose words suggest that they are in danger: the operator's sentence, to
//! them alone. Their words are not repeated, not stored and not logged.

use super::{CommandContext, Request, Value};
use crate::answer;
use crate::card::{Card, Line, Outcome, Section};

/// Whether anything that was typed into a request suggests that somebody is in danger.
pub fn suggests_danger(request: &Request) -> bool {
    request.options.iter().any(|(_, value)| matches!(value, Value::Text(text) if answer::suggests_danger(text)))
}

/// The operator's sentence, for the asker alone.
pub(crate) fn card(ctx: &CommandContext<'_>) -> Card {
    let told = Section::opening(vec![Line::new(ctx.safety_text)]);
    Card::new(Outcome::Nothing, "Please talk to somebody").section(told).private()
}
