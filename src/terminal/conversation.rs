//! The interactive session: a line in, a card out, actions by number.

use std::io::{BufRead, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use jiff::Timestamp;
use parking_lot::{Mutex, MutexGuard};
use tokio::runtime::{Builder, Runtime};

use super::draw::Look;
use super::editor;
use super::line::{self, TypedLine};
use super::services::TerminalServices;
use crate::card::action::{TYPED, TYPED_LONGEST};
use crate::card::{Action, CardResult, CommandError, Outcome, Picture, Refusal, Row, Text};
use crate::command::{self, CommandContext, Request};
use crate::features;

/// The actions of the last card, in the order of their numbers. A post that appears between two lines
/// has its own.
type Actions = Arc<Mutex<Vec<Row>>>;

/// Runs a command to completion.
enum Runner<'a> {
    /// On the services' runtime, which their store needs.
    OfServices(&'a TerminalServices),
    /// On a new runtime, for commands that need no services.
    Own(Runtime),
}

impl<'a> Runner<'a> {
    fn new(local: Option<&'a TerminalServices>) -> std::io::Result<Runner<'a>> {
        match local {
            Some(local) => Ok(Runner::OfServices(local)),
            None => Builder::new_current_thread().build().map(Runner::Own),
        }
    }

    fn finish<T>(&self, command: impl Future<Output = T>) -> T {
        match self {
            Runner::OfServices(local) => local.finish(command),
            Runner::Own(runtime) => runtime.block_on(command),
        }
    }
}

/// One session of a user.
struct Conversation<'a> {
    ctx: CommandContext<'a>,
    runner: Runner<'a>,
    look: Look,
    actions: Actions,
    /// The id of the button that waits for a line of text.
    asked: Option<String>,
    /// The picture of the last card.
    picture: Option<Picture>,
    /// How many lines were answered; with the time, it makes the request ids unique.
    count: u64,
}

impl<'a> Conversation<'a> {
    fn new(ctx: CommandContext<'a>, local: Option<&'a TerminalServices>, look: Look) -> std::io::Result<Conversation<'a>> {
        let runner = Runner::new(local)?;
        Ok(Conversation { ctx, runner, look, actions: Actions::default(), asked: None, picture: None, count: 0 })
    }

    /// Answers a line; `None` if the user leaves.
    fn answer(&mut self, typed: &str, now: Timestamp) -> Option<(String, ExitStatus)> {
        let number = self.number(now);
        if let Some(press) = self.asked.take().filter(|_| !typed.trim().is_empty() && !typed.trim().starts_with('/')) {
            let text: String = typed.trim().chars().take(usize::from(TYPED_LONGEST)).collect();
            let request = line::request(now).numbered(number).with(TYPED, &text);
            return Some(self.show(self.runner.finish(features::press(&press, &request, &self.ctx))));
        }
        let line = line::read(typed, now);
        if let TypedLine::Action(chosen) = line {
            let action = numbered(&locked(&self.actions), chosen);
            return Some(match action {
                Some(action) => self.choose(&action, &line::request(now).numbered(number)),
                None => self
                    .show(Err(Refusal::new(format!("There is no action {chosen} to choose. Type a command, or /help.")).into())),
            });
        }
        let answer = match line {
            TypedLine::Empty | TypedLine::Action(_) => return Some((String::new(), ExitStatus::Answered)),
            TypedLine::Quit => return None,
            TypedLine::Command { name, request } => {
                self.runner.finish(features::answer(name, &request.numbered(number), &self.ctx))
            }
            TypedLine::Words(words) => Ok(self.runner.finish(features::anything(&words, &self.ctx))),
            TypedLine::Unknown(name) => {
                Err(Refusal::new(Text::from("There is no command /").typed(&name).and(". Type /help to see what I can do."))
                    .into())
            }
        };
        Some(self.show(answer))
    }

    /// A number that no other line has, in this session or an earlier one.
    fn number(&mut self, now: Timestamp) -> u64 {
        self.count += 1;
        u64::try_from(now.as_nanosecond()).unwrap_or_default().wrapping_add(self.count)
    }

    fn choose(&mut self, action: &Action, request: &Request) -> (String, ExitStatus) {
        let press = action.press.to_string();
        if let Some(prompt) = action.asks {
            self.asked = Some(press);
            return (format!("{} {}\n", prompt.label, prompt.placeholder), ExitStatus::Answered);
        }
        match self.runner.finish(features::press(&press, request, &self.ctx)) {
            Ok(mut card) if action.beside => {
                // The actions of the previous card stay available.
                card.rows.clone_from(&locked(&self.actions));
                self.show(Ok(card))
            }
            answer => self.show(answer),
        }
    }

    /// Shows the posts that are due now.
    fn show_posts(&mut self, local: Option<&TerminalServices>, out: &mut impl Write) -> std::io::Result<()> {
        let Some(local) = local else { return Ok(()) };
        local.deliver_due();
        while let Some(card) = local.next_post() {
            let (text, _) = self.show(Ok(card));
            out.write_all(text.as_bytes())?;
        }
        Ok(())
    }

    fn show(&mut self, answer: CardResult) -> (String, ExitStatus) {
        match answer {
            Ok(card) => {
                locked(&self.actions).clone_from(&card.rows);
                self.picture.clone_from(&card.picture);
                let status = if card.outcome == Outcome::Nothing { ExitStatus::Nothing } else { ExitStatus::Answered };
                (self.look.card(&card), status)
            }
            Err(error) => {
                if let CommandError::Internal { why, .. } = &error {
                    tracing::error!(why, "a command failed");
                }
                (self.look.refusal(error.told()), ExitStatus::WrongUse)
            }
        }
    }
}

fn locked(actions: &Actions) -> MutexGuard<'_, Vec<Row>> {
    // The list is replaced in one step, so a panic elsewhere leaves the old or the new one.
    actions.lock()
}

/// The action with that number, counted from 1.
fn numbered(rows: &[Row], number: usize) -> Option<Action> {
    let actions = |row: &Row| match row {
        Row::Buttons(actions) => actions.clone(),
        Row::Menu(menu) => menu.items.iter().map(|item| Action::new(&item.label, item.press.clone())).collect(),
    };
    rows.iter().flat_map(actions).nth(number.checked_sub(1)?)
}

/// The exit status of a question, for scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ExitStatus {
    Answered,
    Nothing,
    WrongUse,
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> ExitCode {
        ExitCode::from(match status {
            ExitStatus::Answered => 0,
            ExitStatus::Nothing => 1,
            ExitStatus::WrongUse => 2,
        })
    }
}

/// The line, and the file for its picture, which may also be named after the line: `kronikas ask /map
/// --picture map.png`.
pub fn picture_last<'a>(line: &'a [String], named: Option<&'a Path>) -> (String, Option<&'a Path>) {
    match line {
        [line @ .., option, file] if option == "--picture" && !line.is_empty() => (line.join(" "), Some(Path::new(file))),
        line => (line.join(" "), named),
    }
}

/// Answers one line. The exit status is 0 if it was answered, 1 if nothing was found, and 2 for wrong
/// usage. The card's picture is written to the file `picture`, if there is one.
///
/// # Errors
/// If `out` or that file is not writable.
pub fn ask_once(
    typed: &str,
    ctx: CommandContext<'_>,
    local: Option<&TerminalServices>,
    look: Look,
    now: Timestamp,
    picture: Option<&Path>,
    out: &mut impl Write,
) -> std::io::Result<ExitCode> {
    let mut conversation = Conversation::new(ctx, local, look)?;
    match conversation.answer(typed, now) {
        Some((text, status)) => {
            out.write_all(text.as_bytes())?;
            if let Some(file) = picture {
                match conversation.picture.as_ref().and_then(Picture::png) {
                    Some(png) => {
                        std::fs::write(file, png)?;
                        writeln!(out, "  The picture is in {}.", file.display())?;
                    }
                    None => writeln!(out, "  This card has no picture, so {} was not written.", file.display())?,
                }
            }
            conversation.show_posts(local, out)?;
            Ok(if text.is_empty() { ExitStatus::WrongUse.into() } else { status.into() })
        }
        None => Ok(ExitCode::SUCCESS),
    }
}

/// Answers lines from a pipe until it ends or a line leaves. Returns the number of lines.
///
/// # Errors
/// If `input` is not readable or `out` is not writable.
pub fn piped(
    input: impl BufRead,
    ctx: CommandContext<'_>,
    local: Option<&TerminalServices>,
    look: Look,
    now: Timestamp,
    out: &mut impl Write,
) -> std::io::Result<usize> {
    let mut conversation = Conversation::new(ctx, local, look)?;
    let mut lines = 0;
    for typed in input.split(b'\n') {
        // A line that is not UTF-8 is answered like any other unknown line.
        let typed = String::from_utf8_lossy(&typed?).into_owned();
        let Some((text, _)) = conversation.answer(&typed, now) else { break };
        lines += usize::from(!text.is_empty());
        out.write_all(text.as_bytes())?;
        conversation.show_posts(local, out)?;
        out.flush()?;
    }
    Ok(lines)
}

/// How many lines of each answer the demonstration shows.
const SHOWN: usize = 5;

/// Shows the beginning of three answers and how to continue, for a start with neither a terminal nor
/// input.
///
/// # Errors
/// If `out` is not writable.
/// When `out` cannot be written to.
pub fn demonstrate(ctx: CommandContext<'_>, look: Look, now: Timestamp, out: &mut impl Write) -> std::io::Result<()> {
    let mut conversation = Conversation::new(ctx, None, look)?;
    writeln!(out, "Krónikás teaches {}. Three questions, answered:\n", ctx.pack.title_within())?;
    for question in command::first_lines(ctx.pack) {
        let Some((text, _)) = conversation.answer(&question, now) else { continue };
        // All three must fit a screen of 24 lines, so only the top of each is shown, without its box.
        let inside = text.lines().skip(1).map(|line| anstream::adapter::strip_str(line).to_string());
        let words = inside.map(|line| line.trim_matches(['│', ' ']).to_owned()).filter(|line| !line.is_empty());
        writeln!(out, "› {question}")?;
        for line in words.take(SHOWN) {
            writeln!(out, "  {line}")?;
        }
        writeln!(out)?;
    }
    writeln!(out, "Go on with: kronikas (in a terminal) · kronikas ask \"/timeline\" · kronikas serve (the Discord bot)")
}

/// Runs the interactive session. `now` is called for every line.
///
/// # Errors
/// If the terminal cannot be used.
pub fn talk(
    ctx: CommandContext<'_>,
    local: Option<&TerminalServices>,
    history: Option<&Path>,
    now: fn() -> Timestamp,
) -> Result<(), editor::EditorError> {
    let mut conversation = Conversation::new(ctx, local, Look::of_terminal())?;
    anstream::println!(
        "Krónikás teaches {}. Type /help, a command with /, or just a name; Tab completes, /quit leaves.",
        ctx.pack.title_within()
    );
    let mut editor = editor::Editor::new(ctx, history, now)?;
    let mut between = editor.printer()?;
    let actions = conversation.actions.clone();
    std::thread::scope(|scope| {
        if let Some(local) = local {
            local.deliver();
            scope.spawn(move || {
                while let Some(card) = local.wait_for_post() {
                    locked(&actions).clone_from(&card.rows);
                    between(Look::of_terminal().card(&card));
                }
            });
        }
        let talked = converse(&mut conversation, &mut editor, now);
        if let Some(local) = local {
            local.stop();
        }
        talked
    })
}

fn converse(
    conversation: &mut Conversation<'_>,
    editor: &mut editor::Editor<'_>,
    now: fn() -> Timestamp,
) -> Result<(), editor::EditorError> {
    while let Some(typed) = editor.read()? {
        conversation.look = Look::of_terminal();
        let Some((text, _)) = conversation.answer(&typed, now()) else { break };
        anstream::print!("{text}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::LoadedPack;
    use crate::pack::{built_in, load};

    fn loaded() -> Arc<LoadedPack> {
        Arc::new(LoadedPack::new(load(&built_in()).unwrap_or_else(|report| panic!("{report}"))))
    }

    #[test]
    fn the_demonstration_fits_on_one_screen() {
        let (loaded, mut out) = (loaded(), Vec::new());
        demonstrate(loaded.ctx(), Look { width: 80 }, Timestamp::UNIX_EPOCH, &mut out).expect("written into memory");
        let text = String::from_utf8(out).expect("UTF-8");
        assert!(text.lines().count() <= 24, "{text}");
        assert_eq!(text.matches('›').count(), 3, "{text}");
        assert!(text.contains("Imre Nagy"), "{text}");
    }

    #[test]
    fn a_picture_is_saved_where_it_was_asked_for() {
        let (loaded, folder) = (loaded(), tempfile::tempdir().expect("a folder"));
        let file = folder.path().join("map.png");
        let line = ["/map".to_owned(), "23 oct".to_owned(), "--picture".to_owned(), file.display().to_string()];
        let (line, picture) = picture_last(&line, None);
        assert_eq!(line, "/map 23 oct");
        let mut out = Vec::new();
        ask_once(&line, loaded.ctx(), None, Look { width: 80 }, Timestamp::UNIX_EPOCH, picture, &mut out).expect("written");
        assert!(std::fs::read(&file).expect("a file").starts_with(b"\x89PNG"));
        assert!(String::from_utf8_lossy(&out).contains("map.png"));
    }
}
