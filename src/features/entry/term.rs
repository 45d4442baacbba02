//! `/term query`: a term, also if it is misspelt.

use crate::command::{Command, Completion, Opt, OptKind, at_once};
use crate::features::entry;
use crate::lookup::Scope;

pub(crate) const COMMAND: Command = Command {
    name: "term",
    summary: "What a word means, and the events that show it",
    example: "/term {term}",
    options: &[Opt {
        name: "query",
        summary: "A word to know",
        kind: OptKind::Text,
        required: true,
        completion: Completion::Names(Scope::TERMS),
    }],
    answer: |request, ctx| at_once(entry::answer(request, Scope::TERMS, ctx)),
    press: |pressed, _, ctx| Box::pin(entry::press(pressed, ctx)),
    ..Command::PLAIN
};
