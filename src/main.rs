//! The command line: parse, call, exit with the right code.

#![allow(clippy::disallowed_methods, clippy::print_stderr, reason = "an edge: it reads the clock and speaks to a shell")]

use std::io::{IsTerminal, Write, stdin, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use jiff::Timestamp;
use jiff::civil::Date;

use kronikas::command::{CurrentPack, LoadedPack};
use kronikas::delivery::tzdb_version;
use kronikas::pack::{Coverage, Pack, Report, built_in, json_schemas, load, read_dir};
use kronikas::settings::{CalendarArgs, CalendarForm, Intents, Settings, Task};
use kronikas::store::{StoreError, backup_beside, examine, file_of, restore};
use kronikas::terminal::calendar::{CalendarFormat, CalendarRequest};
use kronikas::terminal::{self, Look, TerminalServices};
use kronikas::{discord, serve};

/// Exit codes of sysexits.h: `EX_DATAERR`, `EX_UNAVAILABLE`, `EX_IOERR` and `EX_CONFIG`.
const BROKEN_PACK: u8 = 65;
const UNAVAILABLE: u8 = 69;
const IO_FAILED: u8 = 74;
const WRONG_SETTINGS: u8 = 78;

fn main() -> ExitCode {
    // A missing .env is the normal case.
    let _ = dotenvy::dotenv();
    let settings = match Settings::try_parse() {
        Ok(settings) => settings,
        Err(error) => error.exit(),
    };
    match run(&settings) {
        Ok(code) => code,
        Err(failure) => {
            if !failure.said.is_empty() {
                eprintln!("kronikas: {}", failure.said);
            }
            ExitCode::from(failure.code)
        }
    }
}

/// The default store of `serve`, in the working directory.
const STORE: &str = "kronikas.db";

/// An error that ends the program.
struct ExitFailure {
    /// The message for standard error; empty if there is nothing to report.
    said: String,
    code: u8,
}

impl From<std::io::Error> for ExitFailure {
    fn from(error: std::io::Error) -> ExitFailure {
        // The reader of a pipe may stop early, as in `kronikas ask … | head -1`. That is no failure.
        if error.kind() == std::io::ErrorKind::BrokenPipe {
            return ExitFailure { said: String::new(), code: 0 };
        }
        ExitFailure { said: format!("input or output failed: {error}"), code: IO_FAILED }
    }
}

fn run(settings: &Settings) -> Result<ExitCode, ExitFailure> {
    match &settings.task {
        None => open(settings),
        Some(Task::Ask { picture, line }) => {
            let (loaded, local) = local(settings)?;
            let ctx = loaded.context_with(local.as_ref().map(|local| &local.services));
            let out = &mut anstream::stdout();
            let (line, picture) = terminal::picture_last(line, picture.as_deref());
            let asked = terminal::ask_once(&line, ctx, local.as_ref(), Look::of_terminal(), Timestamp::now(), picture, out);
            if let Some(local) = local {
                local.close();
            }
            Ok(asked?)
        }
        Some(Task::Lookup) => {
            let loaded = loaded(settings)?;
            terminal::serve_lines(stdin().lock(), &loaded, &mut stdout().lock())?;
            Ok(ExitCode::SUCCESS)
        }
        Some(Task::Calendar(asked)) => calendar(settings, asked),
        Some(Task::Check { dir, sources }) => check(dir.as_deref().or(settings.knowledge.as_deref()), *sources),
        Some(Task::Schema { dir }) => schema(dir.as_deref()),
        Some(Task::Backup { file }) => backup(settings, file),
        Some(Task::Restore { file }) => restored(settings, file),
        Some(Task::Doctor) => doctor(settings),
        Some(Task::Serve(serve)) => {
            let loaded = loaded(settings)?;
            serve::log::start(settings);
            let wrong = |error: kronikas::settings::SettingsError| ExitFailure { said: error.to_string(), code: WRONG_SETTINGS };
            let discord = discord::Options {
                token: serve.token().map_err(wrong)?,
                api_url: serve.api_url().map_err(wrong)?,
                guild: serve.guild,
                guild_events: serve.intents == Intents::Guilds,
                proxies: kronikas::settings::proxies(),
            };
            let options = serve::Options {
                discord,
                store: store_file(settings)?,
                knowledge: settings.knowledge.clone(),
                listen: serve.listen,
            };
            serve::serve(options, loaded).map(|()| ExitCode::SUCCESS).map_err(|error| {
                let code = if error.is_settings() {
                    WRONG_SETTINGS
                } else if matches!(error, serve::ServeError::Store(_)) {
                    IO_FAILED
                } else {
                    UNAVAILABLE
                };
                ExitFailure { said: error.to_string(), code }
            })
        }
    }
}

/// Opens the tutor in the terminal. If standard input or output is not a terminal, answers the lines of
/// standard input, or shows a demonstration if there are none.
fn open(settings: &Settings) -> Result<ExitCode, ExitFailure> {
    let (loaded, local) = local(settings)?;
    let talked = talk(&loaded, local.as_ref());
    if let Some(local) = local {
        local.close();
    }
    talked.map(|()| ExitCode::SUCCESS)
}

fn talk(loaded: &Arc<LoadedPack>, local: Option<&TerminalServices>) -> Result<(), ExitFailure> {
    let ctx = loaded.context_with(local.map(|local| &local.services));
    if stdin().is_terminal() && stdout().is_terminal() {
        let history = history_file();
        let talked = terminal::talk(ctx, local, history.as_deref(), Timestamp::now);
        return talked.map_err(|error| ExitFailure { said: format!("the terminal cannot be used: {error}"), code: IO_FAILED });
    }
    let mut out = anstream::stdout();
    let lines = if stdin().is_terminal() {
        0
    } else {
        terminal::piped(stdin().lock(), ctx, local, Look::of_terminal(), Timestamp::now(), &mut out)?
    };
    if lines == 0 {
        terminal::demonstrate(ctx, Look::of_terminal(), Timestamp::now(), &mut out)?;
    }
    out.flush()?;
    Ok(())
}

/// The loaded pack and the terminal's services. The store is the one named by the settings, or
/// `terminal.db` in the user's state directory. Without a store there are no services, and commands
/// that store nothing still work.
fn local(settings: &Settings) -> Result<(Arc<LoadedPack>, Option<TerminalServices>), ExitFailure> {
    let current_pack = Arc::new(CurrentPack::new(loaded(settings)?));
    let path = match &settings.store {
        Some(address) => Some(file_of(address).map_err(wrong_store)?),
        None => match state_file("terminal.db") {
            Ok(path) => Some(path),
            Err(why) => {
                eprintln!(
                    "kronikas: {why}, so /quiz and other commands that store something do not work. Name a store with --store or \
                     DATABASE_URL, such as sqlite:kronikas-terminal.db. Looking things up works without it"
                );
                None
            }
        },
    };
    let Some(path) = path else { return Ok((current_pack.current(), None)) };
    let local = match TerminalServices::open(&path, &current_pack, runtime()?) {
        Ok(local) => Some(local),
        Err(error) => {
            eprintln!("kronikas: {error}. Looking things up works without it");
            None
        }
    };
    Ok((current_pack.current(), local))
}

/// The file of the terminal's input history.
fn history_file() -> Option<PathBuf> {
    state_file("history").ok()
}

/// The path of a file in the user's state directory, which is created if necessary; or why there is
/// none.
fn state_file(name: &str) -> Result<PathBuf, String> {
    let folder = kronikas::settings::state_folder().ok_or_else(|| {
        "there is no state directory: neither XDG_STATE_HOME nor HOME is set (the default is HOME/.local/state/kronikas)"
            .to_owned()
    })?;
    std::fs::create_dir_all(&folder).map_err(|error| format!("the folder {} cannot be created ({error})", folder.display()))?;
    Ok(folder.join(name))
}

fn loaded(settings: &Settings) -> Result<LoadedPack, ExitFailure> {
    let loaded = LoadedPack::new(pack(settings)?);
    Ok(match settings.safety_text.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        Some(text) => loaded.with_safety_text(text),
        None => loaded,
    })
}

fn pack(settings: &Settings) -> Result<Pack, ExitFailure> {
    let files = settings.knowledge.as_deref().map_or_else(|| Ok(built_in()), read_dir);
    files.and_then(|files| load(&files)).map_err(|report| broken(&report))
}

fn broken(report: &Report) -> ExitFailure {
    ExitFailure { said: format!("this pack is invalid; correct these problems first\n{report}"), code: BROKEN_PACK }
}

/// Writes the calendar of a class to standard output or to a file.
fn calendar(settings: &Settings, args: &CalendarArgs) -> Result<ExitCode, ExitFailure> {
    let loaded = loaded(settings)?;
    let wrong = |error: jiff::Error| ExitFailure { said: format!("{error}"), code: WRONG_SETTINGS };
    let zone = args.zone.unwrap_or(loaded.pack.zone_name());
    let from = match args.year {
        Some(year) => Date::new(year, 1, 1).map_err(wrong)?,
        None => Timestamp::now().in_tz(zone).map_err(wrong)?.date(),
    };
    let days = args.days.unwrap_or(match args.year {
        Some(_) => from.days_in_year().unsigned_abs(),
        None => 400,
    });
    let form = match args.form() {
        CalendarForm::Text => CalendarFormat::Text(Look::of_terminal()),
        CalendarForm::Json => CalendarFormat::Json,
        CalendarForm::Html => CalendarFormat::Html,
    };
    let asked = CalendarRequest { from, days, zone, time: args.time, quiet: args.quiet };
    let written = terminal::calendar::calendar(&loaded, &asked, form).map_err(wrong)?;
    match &args.out {
        Some(file) => {
            let plain = anstream::adapter::strip_str(&written).to_string();
            std::fs::write(file, plain).map_err(|error| ExitFailure {
                said: format!("{} cannot be written: {error}", file.display()),
                code: IO_FAILED,
            })?;
        }
        None => match anstream::stdout().write_all(written.as_bytes()) {
            // The user may leave the pager early.
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => {}
            written => written?,
        },
    }
    Ok(ExitCode::SUCCESS)
}

fn check(dir: Option<&Path>, sources: bool) -> Result<ExitCode, ExitFailure> {
    match dir.map_or_else(|| Ok(built_in()), read_dir).and_then(|files| load(&files)) {
        Ok(pack) => {
            writeln!(stdout(), "{}: {} entries, {} sources, no problems", pack.id, pack.entries.len(), pack.sources.len())?;
            if sources {
                writeln!(stdout(), "{}", Coverage::of(&pack))?;
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(report) => {
            writeln!(stdout(), "{report}")?;
            Ok(ExitCode::FAILURE)
        }
    }
}

/// The file of the store that `serve` uses.
fn store_file(settings: &Settings) -> Result<PathBuf, ExitFailure> {
    settings.store.as_deref().map_or_else(|| Ok(PathBuf::from(STORE)), file_of).map_err(wrong_store)
}

fn wrong_store(error: StoreError) -> ExitFailure {
    ExitFailure {
        said: error.to_string(),
        code: if matches!(error, StoreError::Address(_)) { WRONG_SETTINGS } else { IO_FAILED },
    }
}

fn backup(settings: &Settings, file: &Path) -> Result<ExitCode, ExitFailure> {
    let from = store_file(settings)?;
    runtime()?.block_on(backup_beside(&from, file)).map_err(wrong_store)?;
    let size = std::fs::metadata(file)?.len();
    writeln!(stdout(), "{} was copied to {} ({size} bytes)", from.display(), file.display())?;
    Ok(ExitCode::SUCCESS)
}

/// Replaces the store with a backup.
fn restored(settings: &Settings, file: &Path) -> Result<ExitCode, ExitFailure> {
    let path = store_file(settings)?;
    let restored = runtime()?.block_on(restore(&path, file, Timestamp::now())).map_err(wrong_store)?;
    writeln!(stdout(), "{} is now a copy of {}", path.display(), file.display())?;
    if let Some(kept) = restored.kept {
        writeln!(stdout(), "the previous store is kept as {}", kept.display())?;
    }
    writeln!(stdout(), "It does not contain answers and settings from after the backup. Before the bot posts anything that it")?;
    writeln!(stdout(), "may have posted since the backup, it searches the channel for it.")?;
    Ok(ExitCode::SUCCESS)
}

fn doctor(settings: &Settings) -> Result<ExitCode, ExitFailure> {
    let path = store_file(settings)?;
    let findings = runtime()?.block_on(examine(&path)).map_err(wrong_store)?;
    writeln!(stdout(), "store: {}", path.display())?;
    writeln!(stdout(), "time zone data: {}", tzdb_version())?;
    for line in &findings.lines {
        writeln!(stdout(), "{line}")?;
    }
    Ok(ExitCode::SUCCESS)
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()
}

fn schema(dir: Option<&Path>) -> Result<ExitCode, ExitFailure> {
    for (name, text) in json_schemas() {
        match dir {
            Some(dir) => {
                std::fs::create_dir_all(dir)?;
                std::fs::write(dir.join(name), text)?;
            }
            None => write!(stdout(), "{text}")?,
        }
    }
    Ok(ExitCode::SUCCESS)
}
