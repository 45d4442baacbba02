//! The answer to somebody whose words suggest danger: the operator's sentence, visible only to them.
//! Their words are not repeated, stored or logged.

use super::{CommandContext, Request, Value};
use crate::answer;
use crate::card::{Card, Line, Outcome, Section};

/// Whether the text of a request suggests that somebody is in danger.
pub fn suggests_danger(request: &Request) -> bool {
    request.options.iter().any(|(_, value)| matches!(value, Value::Text(text) if answer::suggests_danger(text)))
}

/// The operator's sentence, visible only to the user.
pub(crate) fn card(ctx: &CommandContext<'_>) -> Card {
    let told = Section::opening(vec![Line::new(ctx.safety_text)]);
    Card::new(Outcome::Nothing, "Please talk to somebody").section(told).private()
}
