//! The line editor, with history and completion.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rustyline::completion::{Completer, Pair};
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::FileHistory;
use rustyline::validate::Validator;
use rustyline::{CompletionType, Config, Context, ExternalPrinter, Helper};

use super::line::being_typed;
use crate::answer::suggests_danger;
use crate::command::{self, CommandContext};
use crate::features::{self, ALL};

/// Why the terminal cannot be used.
pub(super) type EditorError = ReadlineError;

/// A line editor with completion from a pack.
pub(super) struct Editor<'a> {
    editor: rustyline::Editor<Suggest<'a>, FileHistory>,
    history: Option<PathBuf>,
}

impl<'a> Editor<'a> {
    /// An editor whose history is in a file, if there is one.
    ///
    /// # Errors
    /// If the terminal cannot be used.
    pub(super) fn new(
        ctx: CommandContext<'a>,
        history: Option<&Path>,
        now: fn() -> Timestamp,
    ) -> Result<Editor<'a>, EditorError> {
        let config = Config::builder().completion_type(CompletionType::List).completion_prompt_limit(60).build();
        let mut editor = rustyline::Editor::with_config(config)?;
        editor.set_helper(Some(Suggest { ctx, now }));
        if let Some(file) = history {
            // The file may not exist yet.
            let _ = editor.load_history(file);
        }
        Ok(Editor { editor, history: history.map(Path::to_owned) })
    }

    /// Returns a function that prints text above the line that is being typed.
    ///
    /// # Errors
    /// If the terminal does not support that.
    pub(super) fn printer(&mut self) -> Result<impl FnMut(String) + Send + use<>, EditorError> {
        let mut printer = self.editor.create_external_printer()?;
        // If the terminal is gone, the session ends at its next line.
        Ok(move |text| drop(printer.print(text)))
    }

    /// The next line; `None` at the end of input or after an interrupt.
    ///
    /// # Errors
    /// If the terminal cannot be read.
    pub(super) fn read(&mut self) -> Result<Option<String>, EditorError> {
        match self.editor.readline("kronikas› ") {
            Ok(line) => {
                // The words of somebody in danger are never written to the history.
                if suggests_danger(&line) {
                    return Ok(Some(line));
                }
                let _ = self.editor.add_history_entry(&line);
                if let Some(file) = &self.history {
                    let _ = self.editor.append_history(file);
                }
                Ok(Some(line))
            }
            Err(ReadlineError::Eof | ReadlineError::Interrupted) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Suggests commands and values from the same source as Discord's autocompletion.
struct Suggest<'a> {
    ctx: CommandContext<'a>,
    now: fn() -> Timestamp,
}

impl Suggest<'_> {
    fn suggestions(&self, line: &str) -> (usize, Vec<Pair>) {
        if let Some(name) = line.strip_prefix('/').filter(|rest| !rest.contains(char::is_whitespace)) {
            let fitting = ALL.iter().filter(|command| command.name.starts_with(name));
            let pair = |command: &command::Command| Pair {
                display: format!("/{} — {}", command.name, command.summary),
                replacement: format!("/{} ", command.name),
            };
            return (0, fitting.map(pair).collect());
        }
        let Some((command, option, typed, start)) = being_typed(line) else { return (line.len(), Vec::new()) };
        let offered = features::complete(&command, option, typed, (self.now)(), &self.ctx);
        (start, offered.into_iter().map(|choice| Pair { display: choice.name, replacement: choice.value }).collect())
    }
}

impl Completer for Suggest<'_> {
    type Candidate = Pair;

    fn complete(&self, line: &str, place: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<Pair>)> {
        Ok(self.suggestions(&line[..place]))
    }
}

impl Hinter for Suggest<'_> {
    type Hint = String;

    /// The completion of Tab, shown faintly while typing.
    fn hint(&self, line: &str, place: usize, _: &Context<'_>) -> Option<String> {
        if place < line.len() || line.len() < 2 {
            return None;
        }
        let (start, offered) = self.suggestions(line);
        let typed = &line[start..];
        let first = offered.first().filter(|_| !typed.is_empty())?;
        match first.replacement.get(..typed.len()) {
            Some(same) if same.eq_ignore_ascii_case(typed) => Some(first.replacement[typed.len()..].to_owned()),
            _ => Some(format!("  → {}", first.replacement)),
        }
    }
}

impl Highlighter for Suggest<'_> {
    fn highlight_hint<'h>(&self, hint: &'h str) -> std::borrow::Cow<'h, str> {
        let dim = anstyle::Style::new().dimmed();
        format!("{dim}{hint}{dim:#}").into()
    }
}

impl Validator for Suggest<'_> {}
impl Helper for Suggest<'_> {}
