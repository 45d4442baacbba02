//! Where a store lies on the disk: its file and its lock, and whether both are still ours.

use std::fs::{File, Metadata, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::store::{StoreError, Stored};

/// What tells a file apart from another one under its name.
type Identity = Option<(u64, u64)>;

#[cfg(unix)]
fn identity(metadata: &Metadata) -> Identity {
    use std::os::unix::fs::MetadataExt;
    Some((metadata.dev(), metadata.ino()))
}

/// Elsewhere an open file can be neither deleted nor replaced.
#[cfg(not(unix))]
fn identity(_: &Metadata) -> Identity {
    None
}

/// The endings of the log and of its index.
const PARTS: [&str; 2] = ["-wal", "-shm"];

/// What lies there, if anything.
fn there(path: &Path) -> Identity {
    std::fs::metadata(path).ok().and_then(|metadata| identity(&metadata))
}

/// A store's file with the lock beside it.
pub(super) struct StoreFile {
    path: PathBuf,
    file: Identity,
    /// Of the log and of its index, which SQLite keeps beside the file while it is open.
    beside: [Identity; 2],
    /// Held for as long as the store is; the operating system lets go of it when the process dies.
    lock: Mutex<File>,
}

impl StoreFile {
    /// The place of a store that was opened under this lock, and written to.
    ///
    /// # Errors
    /// When the file is not there.
    pub(super) fn new(path: &Path, lock: File) -> Stored<StoreFile> {
        let metadata = std::fs::metadata(path).map_err(|error| StoreError::File(path.to_owned(), error))?;
        let beside = PARTS.map(|ending| there(&beside(path, ending)));
        Ok(StoreFile { path: path.to_owned(), file: identity(&metadata), beside, lock: Mutex::new(lock) })
    }

    /// Makes sure that what is written goes into the file that has the store's name, and that no
    /// other process can own it. A lock file that was deleted is made anew.
    ///
    /// # Errors
    /// [`StoreError::Gone`], [`StoreError::Replaced`] or [`StoreError::Locked`].
    pub(super) fn check(&self) -> Stored<()> {
        match std::fs::metadata(&self.path) {
            Ok(metadata) if identity(&metadata) == self.file => {}
            Ok(_) => return Err(StoreError::Replaced(self.path.clone())),
            Err(error) if error.kind() == ErrorKind::NotFound => return Err(StoreError::Gone(self.path.clone())),
            Err(error) => return Err(StoreError::File(self.path.clone(), error)),
        }
        if PARTS.map(|ending| there(&beside(&self.path, ending))) != self.beside {
            return Err(StoreError::LogGone(self.path.clone()));
        }
        // A panic while it was exchanged leaves the old or the new one.
        let mut held = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        let ours = held.metadata().ok().and_then(|metadata| identity(&metadata));
        if ours != there(&lock_file(&self.path)) {
            *held = lock(&self.path)?;
            tracing::warn!("the store's lock file was deleted or replaced; it was made anew");
        }
        Ok(())
    }
}

fn lock_file(path: &Path) -> PathBuf {
    beside(path, ".lock")
}

/// A file beside the store whose name begins with the store's.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Takes the lock file beside a store, and writes down who has it.
///
/// # Errors
/// [`StoreError::Locked`] when another process has it.
pub(super) fn lock(path: &Path) -> Stored<File> {
    let failed = |error| StoreError::File(path.to_owned(), error);
    let mut file =
        OpenOptions::new().create(true).read(true).write(true).truncate(false).open(lock_file(path)).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut owner = String::new();
            // Who holds it is good to know, not needed.
            let _ = file.read_to_string(&mut owner);
            let owner = if owner.trim().is_empty() { "unknown process".to_owned() } else { owner.trim().to_owned() };
            return Err(StoreError::Locked { path: path.to_owned(), owner });
        }
        Err(TryLockError::Error(error)) => return Err(failed(error)),
    }
    // On a full disk the lock holds all the same.
    let noted = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| write!(file, "process {}", std::process::id()));
    if let Err(error) = noted {
        tracing::warn!(%error, "the lock file does not say who holds it");
    }
    Ok(file)
}
