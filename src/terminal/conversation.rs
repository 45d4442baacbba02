//! The conversation: a line in, a card out, actions by number.

use std::io::{BufRead, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use super::draw::Look;
use super::editor;
use super::line::{self, Line};
use super::office::LocalOffice;
use crate::card::{Answer, Card, Outcome, Refusal, Row, Text};
use crate::commands::{self, Desk};

/// The ids of the last card's actions, in the order of their numbers. A post that appears between
/// two lines has its own.
type Actions = Arc<Mutex<Vec<String>>>;

/// One person's conversation.
struct Conversation<'a> {
    desk: Desk<'a>,
    look: Look,
    actions: Actions,
}

impl<'a> Conversation<'a> {
    fn new(desk: Desk<'a>, look: Look) -> Conversation<'a> {
        Conversation { desk, look, actions: Actions::default() }
    }

    /// Answers a line; `None` when it asks to leave.
    fn answer(&mut self, typed: &str, now: Timestamp) -> Option<(String, ExitStatus)> {
        let answer = match line::read(typed, now) {
            Line::Empty => return Some((String::new(), ExitStatus::Answered)),
            Line::Quit => return None,
            Line::Action(number) => match number.checked_sub(1).and_then(|index| locked(&self.actions).get(index).cloned()) {
                Some(id) => commands::press(&id, &line::request(now), &self.desk),
                None => Err(Refusal::new(format!("There is no action {number} to choose. Type a command, or /help."))),
            },
            Line::Command { name, request } => commands::answer(name, &request, &self.desk),
            Line::Words(words) => Ok(commands::anything(&words, &self.desk)),
            Line::Unknown(name) => {
                Err(Refusal::new(Text::from("There is no command /").typed(&name).and(". Type /help to see what I can do.")))
            }
        };
        Some(self.show(answer))
    }

    /// Shows what is due to be posted at this moment.
    fn show_posts(&mut self, local: Option<&LocalOffice>, out: &mut impl Write) -> std::io::Result<()> {
        let Some(local) = local else { return Ok(()) };
        local.deliver_due();
        while let Some(card) = local.next_post() {
            let (text, _) = self.show(Ok(card));
            out.write_all(text.as_bytes())?;
        }
        Ok(())
    }

    fn show(&mut self, answer: Answer) -> (String, ExitStatus) {
        match answer {
            Ok(card) => {
                *locked(&self.actions) = presses(&card);
                let status = if card.outcome == Outcome::Nothing { ExitStatus::Nothing } else { ExitStatus::Answered };
                (self.look.card(&card), status)
            }
            Err(refusal) => (self.look.refusal(&refusal), ExitStatus::WrongUse),
        }
    }
}

fn locked(actions: &Actions) -> MutexGuard<'_, Vec<String>> {
    // The list is replaced whole: a panic elsewhere leaves the old or the new one.
    actions.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The ids of a card's actions, in the order in which they are numbered.
fn presses(card: &Card) -> Vec<String> {
    card.rows
        .iter()
        .flat_map(|row| match row {
            Row::Buttons(actions) => actions.iter().map(|action| action.press.to_string()).collect::<Vec<_>>(),
            Row::Menu(menu) => menu.items.iter().map(|item| item.press.to_string()).collect(),
        })
        .collect()
}

/// How a question ended, for scripts.
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

/// Answers one line and says by the exit status how it went: 0 answered, 1 nothing known, 2 wrong
/// use.
///
/// # Errors
/// When `out` cannot be written to.
pub fn ask_once(
    typed: &str,
    desk: Desk<'_>,
    local: Option<&LocalOffice>,
    look: Look,
    now: Timestamp,
    out: &mut impl Write,
) -> std::io::Result<ExitCode> {
    let mut conversation = Conversation::new(desk, look);
    match conversation.answer(typed, now) {
        Some((text, status)) => {
            out.write_all(text.as_bytes())?;
            conversation.show_posts(local, out)?;
            Ok(if text.is_empty() { ExitStatus::WrongUse.into() } else { status.into() })
        }
        None => Ok(ExitCode::SUCCESS),
    }
}

/// Answers lines from a pipe until it ends or one asks to leave; returns how many there were.
///
/// # Errors
/// When `input` cannot be read or `out` not written.
pub fn piped(
    input: impl BufRead,
    desk: Desk<'_>,
    local: Option<&LocalOffice>,
    look: Look,
    now: Timestamp,
    out: &mut impl Write,
) -> std::io::Result<usize> {
    let mut conversation = Conversation::new(desk, look);
    let mut lines = 0;
    for typed in input.split(b'\n') {
        // A line that is not UTF-8 is answered like any other nonsense; the rest goes on.
        let typed = String::from_utf8_lossy(&typed?).into_owned();
        let Some((text, _)) = conversation.answer(&typed, now) else { break };
        lines += usize::from(!text.is_empty());
        out.write_all(text.as_bytes())?;
        conversation.show_posts(local, out)?;
        out.flush()?;
    }
    Ok(lines)
}

/// Shows three questions answered and how to go on; for a start with neither terminal nor input.
///
/// # Errors
/// When `out` cannot be written to.
pub fn demonstrate(desk: Desk<'_>, look: Look, now: Timestamp, out: &mut impl Write) -> std::io::Result<()> {
    let mut conversation = Conversation::new(desk, look);
    writeln!(out, "Krónikás teaches {}. Three questions, answered:\n", desk.pack.title)?;
    for question in ["/who kruschev", "/onthisday 23 october", "/ask why did Hungarians hate life under Rakosi?"] {
        let Some((text, _)) = conversation.answer(question, now) else { continue };
        writeln!(out, "› {question}\n{text}")?;
    }
    writeln!(
        out,
        "Go on with: kronikas (in a terminal) · kronikas ask \"/event stalin statue\" · kronikas serve (the Discord bot)"
    )
}

/// Talks with whoever sits at the terminal. `now` is asked at every line.
///
/// # Errors
/// When the terminal cannot be used.
pub fn talk(
    desk: Desk<'_>,
    local: Option<&LocalOffice>,
    history: Option<&Path>,
    now: fn() -> Timestamp,
) -> Result<(), editor::EditorError> {
    let mut conversation = Conversation::new(desk, Look::of_terminal());
    anstream::println!(
        "Krónikás teaches {}. Type /help, a command with /, or just a name; Tab completes, /quit leaves.",
        desk.pack.title
    );
    let mut editor = editor::Editor::new(desk, history, now)?;
    let mut between = editor.printer()?;
    let actions = conversation.actions.clone();
    std::thread::scope(|scope| {
        if let Some(local) = local {
            local.deliver();
            scope.spawn(move || {
                while let Some(card) = local.wait_for_post() {
                    *locked(&actions) = presses(&card);
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
