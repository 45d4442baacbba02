//! `/about`: version, pack, sources, privacy.

use futures_util::FutureExt;

use crate::card::action::Press;
use crate::card::press::{AboutPress, ButtonId};
use crate::card::{Action, Card, CardResult, Line, Outcome, Section, format, in_pages};
use crate::command::today::Today;
use crate::command::{Command, CommandContext, Connection, Request, stale};
use crate::pack::Kind;
use crate::store::REMEMBER_STUDENT;

pub(super) const COMMAND: Command = Command {
    name: "about",
    summary: "What I am, where my knowledge comes from, and what I keep about you",
    example: "/about",
    options: &[],
    private: true,
    answer: |request, ctx| Box::pin(about(request, ctx).map(Ok)),
    press: |pressed, request, ctx| Box::pin(press(pressed, request, ctx)),
    ..Command::PLAIN
};

async fn press(pressed: &Press, request: &Request, ctx: &CommandContext<'_>) -> CardResult {
    Ok(match AboutPress::read(pressed).ok_or_else(stale)? {
        AboutPress::About => about(request, ctx).await,
        AboutPress::Kept => kept(),
        AboutPress::Sources(page) => sources(page, ctx),
    })
}

async fn about(request: &Request, ctx: &CommandContext<'_>) -> Card {
    let pack = ctx.pack;
    let mut card = Card::new(Outcome::Found, format!("Krónikás {}", env!("CARGO_PKG_VERSION"))).private();
    card.subtitle = Some("A history tutor: every sentence cited, nothing invented".to_owned());
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
            "The class document is “{}”. Its paragraphs are cited as ¶1 to ¶{}; {} other sources are cited as well.",
            pack.document.title,
            pack.document.paragraphs.len(),
            pack.sources.len()
        )),
    ];
    let privacy = vec![
        Line::new("When you look things up, I store nothing. I cannot read what is written in your channels."),
        Line::new("When you answer questions, I keep how well you knew each thing, under a keyed hash of your Discord id."),
        Line::new("/my-data shows all of it, gives it to you as a file, and deletes it for good."),
    ];
    let back = [Action::new("What I keep, in full", AboutPress::Kept.press()), Action::new("All my sources", turn(0))];
    let card = card.section(Section::headed("What I know", knows)).section(Section::headed("What I keep", privacy));
    let connected = match ctx.connection {
        Some(connection) => vec![connected(connection, request, ctx).await],
        None => Vec::new(),
    };
    card.section(Section::opening(connected)).buttons(back.to_vec())
}

async fn connected(connection: Connection, request: &Request, ctx: &CommandContext<'_>) -> Line {
    match connection {
        Connection::Since(at) => Line::new(format!("Connected to Discord since {}.", Today::of(request, ctx).await.since(at))),
        Connection::Lost => Line::new("Part of my connection to Discord is down at the moment; I am reconnecting."),
    }
}

fn kept() -> Card {
    let card = Card::new(Outcome::Found, "What I keep about you").private();
    let privacy = vec![
        Line::new(
            "When you look things up, I store nothing: no names, no questions. I cannot read what is written in your channels.",
        ),
        Line::new(
            "When you answer questions (/quiz, /review, a class round), I keep how well you knew each thing, when you answered and in which server, so that I know when to ask again. I keep it under a keyed hash of your Discord id: no names, nothing you typed.",
        ),
        Line::new(
            "If you ask for reminders, I keep the time, the zone and our direct-message channel. If you agree that a class's report may name you, I keep your Discord id for that.",
        ),
        Line::new(format!(
            "/my-data shows all of it, gives it to you as a file, and deletes it for good. If you answer nothing for {REMEMBER_STUDENT} days, it is deleted automatically.",
        )),
        Line::new("My log records that a command was used and how long the answer took, not what was typed."),
    ];
    card.section(Section::opening(privacy)).buttons(vec![Action::new("◀ About me", AboutPress::About.press())])
}

fn sources(page: usize, ctx: &CommandContext<'_>) -> Card {
    let card = Card::new(Outcome::Found, "All my sources").private();
    let sources = ctx.pack.sources.iter().map(|source| Line::new(source.title.as_str()).led(format!("[{}]", source.short)));
    in_pages(card.section(Section::opening(sources.collect())), page, turn)
}

fn turn(page: usize) -> Press {
    AboutPress::Sources(page).press()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{CommandContext, Connection, Request, about};
    use crate::command::LoadedPack;
    use crate::pack::{built_in, load};
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

    #[tokio::test]
    async fn the_connection_is_one_plain_line_and_a_terminal_has_none() {
        let loaded = Arc::new(LoadedPack::new(load(&built_in()).expect("the pack is sound")));
        let at = |text: &str| text.parse::<jiff::Timestamp>().expect("an instant");
        let request = Request::at(at("2026-11-24T15:00:00Z"));
        let said = async |ctx: CommandContext<'_>| {
            let lines: Vec<String> = about(&request, &ctx)
                .await
                .sections
                .iter()
                .flat_map(|section| &section.lines)
                .map(|line| line.text.plain())
                .collect();
            lines.into_iter().filter(|line| line.contains("onnect")).collect::<Vec<_>>()
        };
        assert_eq!(said(loaded.ctx()).await, [""; 0]);
        let since = |text: &str| said(loaded.ctx().connected(Connection::Since(at(text))));
        assert_eq!(since("2026-11-24T07:12:30Z").await, ["Connected to Discord since 08:12 (Budapest time)."]);
        let before = ["Connected to Discord since Monday 23 November 2026, 23:30 (Budapest time)."];
        assert_eq!(since("2026-11-23T22:30:00Z").await, before);
        let lost = ["Part of my connection to Discord is down at the moment; I am reconnecting."];
        assert_eq!(said(loaded.ctx().connected(Connection::Lost)).await, lost);
    }
}
