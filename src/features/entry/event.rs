//! `/event query`: one event, also if it is misspelt.

use crate::command::{Command, Completion, Opt, OptKind, at_once};
use crate::features::entry;
use crate::lookup::Scope;

pub(crate) const COMMAND: Command = Command {
    name: "event",
    summary: "One event: when, where, what happened, who, what led to it and what came of it",
    example: "/event {event}",
    options: &[Opt {
        name: "query",
        summary: "An event: its name, a date, or words about it",
        kind: OptKind::Text,
        required: true,
        completion: Completion::Names(Scope::EVENTS),
    }],
    answer: |request, ctx| at_once(entry::answer(request, Scope::EVENTS, ctx)),
    press: |pressed, _, ctx| Box::pin(entry::press(pressed, ctx)),
    ..Command::PLAIN
};
