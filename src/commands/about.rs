//! `/about`: version, pack, sources, privacy.

use super::{Command, CommandContext, stale};
use crate::card::action::Press;
use crate::card::{Action, Audience, Card, Line, Outcome, Section, format, in_pages};
use crate::knowledge::Kind;
use crate::store::REMEMBER_STUDENT;

/// What I am.
pub const COMMAND: Command = Command {
    name: "about",
    summary: "What I am, what I rest on, and what I keep about you",
    example: "/about",
    options: &[],
    private: true,
    answer: |_, ctx| Ok(about(ctx)),
    press: |arguments, _, ctx| match arguments {
        [] => Ok(about(ctx)),
        [page] if page == KEPT => Ok(kept()),
        [page] => Ok(sources(page.parse().map_err(|_| stale())?, ctx)),
        _ => Err(stale()),
    },
    ..Command::PLAIN
};

/// The argument of the button that tells what is kept.
const KEPT: &str = "kept";

fn about(ctx: &CommandContext<'_>) -> Card {
    let pack = ctx.pack;
    let mut card = Card::new(Outcome::Found, format!("Krónikás {}", env!("CARGO_PKG_VERSION")));
    card.subtitle = Some("A history tutor: every sentence cited, nothing invented".to_owned());
    card.audience = Audience::Asker;
    let counts: Vec<String> =
        [(Kind::Event, "event"), (Kind::Person, "person"), (Kind::Group, "group"), (Kind::Place, "place"), (Kind::Term, "term")]
            .into_iter()
            .map(|(kind, word)| match (pack.of_kind(kind).count(), word) {
                (many, "person") if many != 1 => format!("{many} people"),
                (number, word) => format::count(number, word),
            })
            .collect();
    let knows = vec![
        Line::new(format!("{} (pack {}): {}.", pack.title, pack.id, counts.join(", "))),
        Line::new(format!(
            "The class document is “{}”. Its paragraphs are cited as ¶1 to ¶{}; {} other sources stand behind them.",
            pack.document.title,
            pack.document.paragraphs.len(),
            pack.sources.len()
        )),
    ];
    let privacy = vec![
        Line::new("Looking things up leaves nothing behind. I cannot read what is written in your channels."),
        Line::new("When you answer questions, I keep how well you knew each thing, under a keyed hash of your Discord id."),
        Line::new("/my-data shows all of it, gives it to you as a file, and deletes it for good."),
    ];
    let back = [Action::new("What I keep, in full", Press::new("about", [KEPT])), Action::new("All my sources", turn(0))];
    card.section(Section::headed("What I know", knows)).section(Section::headed("What I keep", privacy)).buttons(back.to_vec())
}

fn kept() -> Card {
    let mut card = Card::new(Outcome::Found, "What I keep about you");
    card.audience = Audience::Asker;
    let privacy = vec![
        Line::new(
            "Looking things up leaves nothing behind: no names, no questions. I cannot read what is written in your channels.",
        ),
        Line::new(
            "When you answer questions (/quiz, /review, a class round), I keep how well you knew each thing, when you answered and in which server, so that I know when to ask again. I keep it under a keyed hash of your Discord id: no names, nothing you typed.",
        ),
        Line::new(
            "If you ask for reminders, I keep the time, the zone and our direct-message channel. If you agree that a class's report may name you, I keep your Discord id for that.",
        ),
        Line::new(format!(
            "/my-data shows all of it, gives it to you as a file, and deletes it for good. If you answer nothing for {REMEMBER_STUDENT} days, it is deleted by itself.",
        )),
        Line::new("My log notes that a command was used and how long the answer took, not what was typed."),
    ];
    card.section(Section::opening(privacy)).buttons(vec![Action::new("◀ About me", Press::new("about", Vec::<String>::new()))])
}

fn sources(page: usize, ctx: &CommandContext<'_>) -> Card {
    let mut card = Card::new(Outcome::Found, "All my sources");
    card.audience = Audience::Asker;
    let sources = ctx.pack.sources.iter().map(|source| Line::new(source.title.as_str()).led(format!("[{}]", source.short)));
    in_pages(card.section(Section::opening(sources.collect())), page, turn)
}

fn turn(page: usize) -> Press {
    Press::new("about", [page.to_string()])
}

#[cfg(test)]
mod tests {
    use crate::store::{REMEMBER_ATTEMPT, REMEMBER_DELIVERY, REMEMBER_GUILD, REMEMBER_ROUND, REMEMBER_STUDENT};

    #[test]
    fn the_privacy_page_states_the_limits_that_the_store_keeps() {
        let page = include_str!("../../PRIVACY.md");
        let limit = |of: &str| {
            let row = page.lines().find(|line| line.starts_with(&format!("| {of}"))).expect("a row of the table");
            row.split('|').nth(3).expect("its third column").trim().to_owned()
        };
        let days = |text: String| text.split_whitespace().find_map(|word| word.parse::<i64>().ok()).expect("a number of days");
        assert_eq!(days(limit("for each student")), REMEMBER_STUDENT);
        assert_eq!(days(limit("the Discord id")), REMEMBER_STUDENT);
        assert_eq!(days(limit("an unfinished quiz")), REMEMBER_ATTEMPT);
        assert_eq!(days(limit("class rounds")), REMEMBER_ROUND);
        assert_eq!(days(limit("schedules")), REMEMBER_GUILD);
        assert_eq!(days(limit("posts")), REMEMBER_DELIVERY);
    }
}
