//! The calendar for a terminal.

use super::{CalendarRequest, PostDay, choices, when};
use crate::card::Card;
use crate::terminal::Look;

pub(super) fn write(asked: &CalendarRequest<'_>, days: &[PostDay], look: Look) -> String {
    let posts = days.iter().filter(|day| day.post.is_ok()).count();
    let mut out = format!("{} days, {posts} posts, at {} in {}.\n", days.len(), asked.time, asked.zone);
    for day in days {
        out.push_str(&format!("\n{}", when(day)));
        if let Some(at) = &day.at {
            out.push_str(&format!(" · {}", at.timestamp()));
        }
        out.push('\n');
        for note in &day.notes {
            out.push_str(&format!("! {note}\n"));
        }
        match &day.post {
            // Nothing can be pressed here.
            Ok(card) => out.push_str(&look.card(&Card { rows: Vec::new(), ..card.clone() })),
            Err(reason) => out.push_str(&format!("  {reason}\n")),
        }
        if let Some((choices, answer)) = day.question.as_ref().map(choices) {
            for line in choices.iter().chain([&answer]) {
                out.push_str(&format!("  {line}\n"));
            }
        }
    }
    out
}
