//! The pack while the bot runs: its indexes are built in advance, and it is reloaded at every SIGHUP.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tracing::{error, info};

use crate::command::{CurrentPack, LoadedPack};
use crate::pack::{built_in, load, read_dir};

/// How long after the start the indexes for questions and answers are built.
const PREPARE: Duration = Duration::from_secs(5);

/// Builds the indexes for answers and questions in advance, so that no class waits for them. Posts that
/// are due at the start come first; a command that needs an index earlier builds it at once.
pub(super) async fn prepare(current_pack: Arc<CurrentPack>) {
    tokio::time::sleep(PREPARE).await;
    let loaded = current_pack.current();
    loaded.ctx().compute(|loaded| _ = loaded.answers()).await;
    let questions = loaded.ctx().questions().await;
    info!(candidates = questions.bank.candidates().len(), "questions are ready");
}

/// Reloads the pack at every SIGHUP. An invalid one is not used: the last valid pack stays, and the log
/// says what is wrong.
pub(super) fn reload_on_hangup(current_pack: Arc<CurrentPack>, folder: Option<PathBuf>) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut hangup = signal(SignalKind::hangup())?;
        tokio::spawn(async move {
            while hangup.recv().await.is_some() {
                let (current_pack, folder) = (current_pack.clone(), folder.clone());
                // Checking a pack takes a while: not on a thread that answers.
                let read = tokio::task::spawn_blocking(move || reload(&current_pack, folder.as_deref()));
                if read.await.is_err() {
                    error!("reloading the pack panicked; the last valid pack stays in use");
                }
            }
        });
    }
    Ok(())
}

fn reload(current_pack: &CurrentPack, folder: Option<&Path>) {
    match folder.map_or_else(|| Ok(built_in()), read_dir).and_then(|files| load(&files)) {
        Ok(pack) => {
            let entries = pack.entries.len();
            let safety_text = current_pack.current().safety_text().to_owned();
            let loaded = LoadedPack::new(pack).with_safety_text(&safety_text);
            // Before it is taught, so that nobody waits for it.
            loaded.answers();
            current_pack.exchange(loaded);
            info!(entries, "reloaded the pack");
        }
        Err(report) => {
            error!(%report, "the new pack is invalid; the last valid pack stays in use. Correct it and send SIGHUP again")
        }
    }
}
