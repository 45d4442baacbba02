//! `/who query`: a person or a group, also if it is misspelt.

use crate::command::{Command, Completion, Opt, OptKind, at_once};
use crate::features::entry;
use crate::lookup::Scope;

/// A person or a group.
pub(crate) const COMMAND: Command = Command {
    name: "who",
    summary: "A person or group: who they were and what they did",
    example: "/who {person}",
    options: &[Opt {
        name: "query",
        summary: "A person or an organisation",
        kind: OptKind::Text,
        required: true,
        completion: Completion::Names(Scope::WHO),
    }],
    answer: |request, ctx| at_once(entry::answer(request, Scope::WHO, ctx)),
    press: |pressed, _, ctx| Box::pin(entry::press(pressed, ctx)),
    ..Command::PLAIN
};
