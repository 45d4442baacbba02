//! `/place query`: a place, also if it is misspelt.

use crate::command::{Command, Completion, Opt, OptKind, at_once};
use crate::features::entry;
use crate::lookup::Scope;

pub(crate) const COMMAND: Command = Command {
    name: "place",
    summary: "A place, and what happened there",
    example: "/place {place}",
    options: &[Opt {
        name: "query",
        summary: "A place",
        kind: OptKind::Text,
        required: true,
        completion: Completion::Names(Scope::PLACES),
    }],
    answer: |request, ctx| at_once(entry::answer(request, Scope::PLACES, ctx)),
    press: |pressed, _, ctx| Box::pin(entry::press(pressed, ctx)),
    ..Command::PLAIN
};
