//! `/help`: the commands, by example.

use super::ALL;
use crate::card::action::MenuItem;
use crate::card::press::{ButtonId, HelpPress};
use crate::card::{Card, Line, Outcome, Section, Text};
use crate::command::examples::filled;
use crate::command::{Command, Completion, Opt, OptKind, Request, at_once};
use crate::pack::Pack;

/// What I can do.
pub(super) const COMMAND: Command = Command {
    name: "help",
    summary: "What I can do, by example",
    example: "/help",
    options: &[Opt {
        name: "command",
        summary: "A command to explain",
        kind: OptKind::Text,
        required: false,
        completion: Completion::None,
    }],
    private: true,
    answer: |request, ctx| at_once(Ok(answer(request, ctx.pack))),
    press: |pressed, _, ctx| {
        let command = HelpPress::read(pressed).and_then(|pressed| match pressed {
            HelpPress::Overview => None,
            HelpPress::Command(name) => super::named(&name),
        });
        at_once(Ok(command.map_or_else(|| overview(ctx.pack), |command| explain(command, ctx.pack))))
    },
    ..Command::PLAIN
};

fn answer(request: &Request, pack: &Pack) -> Card {
    let Some(name) = request.text("command") else { return overview(pack) };
    let bare = name.trim_start_matches('/').to_lowercase();
    match super::named(&bare) {
        Some(command) => explain(command, pack),
        None => {
            let mut card = overview(pack);
            let say = Text::from("There is no command “").typed(name).and("”. This is what I can do:");
            card.sections.insert(0, Section::opening(vec![Line::new(say)]));
            card
        }
    }
}

/// Good first examples, and what they answer; the menu has every command.
const EXAMPLES: [(&str, &str); 5] = [
    ("/ask {question}", "answers a question"),
    ("/event {day}", "tells what happened; /who, /place and /term do it for people, places and words"),
    ("/timeline from:{from} to:{to}", "shows what mattered most, in order"),
    ("/quiz", "asks you, and remembers what you forget"),
    ("/onthisday", "tells what happened on this day, then and in other years"),
];

fn overview(pack: &Pack) -> Card {
    let mut card = Card::new(Outcome::Found, format!("I teach {}", pack.title_within())).private();
    card.subtitle = Some("Type a slash and a command. Bad spelling is fine.".to_owned());
    let lines = EXAMPLES.iter().map(|(example, answers)| Line::new(*answers).led(format!("{}:", filled(example, pack))));
    card = card.section(Section::opening(lines.collect()));
    let rules = vec![
        Line::new("¶1 after a sentence is paragraph 1 of the class document; a number is another source, named at the foot."),
        Line::new("When I don't know, I say so. I never make anything up."),
        Line::new("private:true shows an answer only to you. What I keep about you: /my-data."),
    ];
    card = card.section(Section::headed("How to read my answers", rules));
    let items = ALL.iter().map(|command| {
        MenuItem::new(&format!("/{}", command.name), Some(command.summary), HelpPress::Command(command.name.to_owned()).press())
    });
    card.menu("All commands: explain …", items.collect())
}

fn option(option: &Opt) -> Line {
    let need = match (option.required, option.kind) {
        (true, _) => "required",
        (false, OptKind::Flag) => "yes or no",
        (false, OptKind::Text | OptKind::Question | OptKind::Channel) => "optional",
    };
    Line::new(format!("{} ({need})", option.summary)).led(format!("{}:", option.name))
}

fn explain(command: &Command, pack: &Pack) -> Card {
    let mut card = Card::new(Outcome::Found, format!("/{}", command.name)).private();
    card.subtitle = Some(command.summary.to_owned());
    if command.staff {
        let say = "Only for people who may manage the server.";
        card = card.section(Section::opening(vec![Line::new(say)]));
    }
    card = card.section(Section::headed("Options", command.all_options().map(option).collect()));
    for subcommand in command.subcommands {
        let heading = format!("/{} {}: {}", command.name, subcommand.name, subcommand.summary);
        let options: Vec<Line> = subcommand.options.iter().map(option).collect();
        let options = if options.is_empty() { vec![Line::new("No options.")] } else { options };
        card = card.section(Section::headed(&heading, options));
    }
    card.section(Section::headed("For example", vec![Line::new(filled(command.example, pack))]))
        .buttons(vec![crate::card::Action::new("All commands", HelpPress::Overview.press())])
}
