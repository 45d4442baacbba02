//! The files of a store on disk: the database and its lock, and whether both are still ours.

use std::fs::{File, Metadata, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Seek, Write};
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::store::{StoreError, Stored};
use parking_lot::Mutex;

/// Part of the name of an incomplete file. It is renamed when it is complete.
pub(super) const UNFINISHED: &str = ".unfinished";
/// Part of the name of a file that a restored backup replaced.
pub(super) const KEPT: &str = ".kept-";

/// Distinguishes a file from another one with the same name.
type Identity = Option<(u64, u64)>;

#[cfg(unix)]
fn identity(metadata: &Metadata) -> Identity {
    use std::os::unix::fs::MetadataExt;
    Some((metadata.dev(), metadata.ino()))
}

/// On other systems an open file can be neither deleted nor replaced.
#[cfg(not(unix))]
fn identity(_: &Metadata) -> Identity {
    None
}

/// The endings of the log and of its index.
const PARTS: [&str; 2] = ["-wal", "-shm"];

/// The identity of the file at a path, if there is one.
fn there(path: &Path) -> Identity {
    std::fs::metadata(path).ok().and_then(|metadata| identity(&metadata))
}

/// The offset of the number in SQLite's header that `PRAGMA user_version` sets,
/// <https://sqlite.org/fileformat.html#user_version_number>.
pub(super) const MARK: u64 = 60;

/// A store's file and its lock.
pub(super) struct StoreFile {
    path: PathBuf,
    file: Identity,
    contents: Contents,
    /// The identities of the log and of its index, which SQLite keeps while the file is open.
    beside: [Identity; 2],
    /// Held while the store is open; the operating system releases it when the process dies.
    lock: Mutex<File>,
}

impl StoreFile {
    /// The file of a store that was opened under this lock, and written to.
    ///
    /// # Errors
    /// If the file does not exist.
    pub(super) fn new(path: &Path, lock: File, mark: Option<[u8; 4]>) -> Stored<StoreFile> {
        let failed = |error| StoreError::File(path.to_owned(), error);
        let metadata = std::fs::metadata(path).map_err(failed)?;
        let contents = Contents::new(path, mark).map_err(failed)?;
        let beside = PARTS.map(|ending| there(&beside(path, ending)));
        Ok(StoreFile { path: path.to_owned(), file: identity(&metadata), contents, beside, lock: Mutex::new(lock) })
    }

    /// Whether the file was overwritten by something else. The log then belongs to a store that no
    /// longer exists, and must never be applied to the file.
    pub(super) fn is_overwritten(&self) -> bool {
        self.contents.foreign.load(Ordering::Relaxed)
    }

    /// Verifies that writes go to the file with the store's name, and that no other process can take it
    /// over. Recreates a deleted lock file.
    ///
    /// # Errors
    /// [`StoreError::Gone`], [`StoreError::Replaced`], [`StoreError::Overwritten`] or
    /// [`StoreError::Locked`].
    pub(super) fn check(&self) -> Stored<()> {
        match std::fs::metadata(&self.path) {
            Ok(metadata) if identity(&metadata) == self.file => {
                if !self.contents.are_ours(metadata.len()) {
                    self.contents.give_up(&self.path);
                    return Err(StoreError::Overwritten(self.path.clone()));
                }
            }
            Ok(_) => return Err(StoreError::Replaced(self.path.clone())),
            Err(error) if error.kind() == ErrorKind::NotFound => return Err(StoreError::Gone(self.path.clone())),
            Err(error) => return Err(StoreError::File(self.path.clone(), error)),
        }
        if PARTS.map(|ending| there(&beside(&self.path, ending))) != self.beside {
            return Err(StoreError::LogGone(self.path.clone()));
        }
        let mut held = self.lock.lock();
        let ours = held.metadata().ok().and_then(|metadata| identity(&metadata));
        if ours != there(&lock_file(&self.path)) {
            *held = lock(&self.path)?;
            tracing::warn!("the store's lock file was deleted or replaced; recreated it");
        }
        Ok(())
    }
}

/// Detects whether other content was written over the file, which `cp` does without changing the file's
/// identity.
struct Contents {
    /// An open handle of our own, and the number that the header must contain.
    marked: Option<(ManuallyDrop<File>, [u8; 4])>,
    /// The file never becomes shorter than this.
    longest: AtomicU64,
    foreign: AtomicBool,
}

impl Contents {
    fn new(path: &Path, mark: Option<[u8; 4]>) -> std::io::Result<Contents> {
        // Never closed, because closing any handle to a file releases all locks that this process has on
        // it (fcntl(2)), including SQLite's. A process opens its store once.
        let marked = match mark {
            Some(mark) => Some((ManuallyDrop::new(File::open(path)?), mark)).filter(|(file, mark)| shows(file, mark)),
            None => None,
        };
        Ok(Contents { marked, longest: AtomicU64::new(0), foreign: AtomicBool::new(false) })
    }

    fn are_ours(&self, length: u64) -> bool {
        let shorter = self.longest.fetch_max(length, Ordering::Relaxed) > length;
        let other = self.marked.as_ref().is_some_and(|(file, mark)| !shows(file, mark));
        !shorter && !other && !self.foreign.load(Ordering::Relaxed)
    }

    /// Moves the log aside, so that it is not applied to the new content of the file.
    fn give_up(&self, path: &Path) {
        if self.foreign.swap(true, Ordering::Relaxed) {
            return;
        }
        for ending in PARTS {
            let aside = beside(path, &format!("{KEPT}overwritten{ending}"));
            if let Err(error) = std::fs::rename(beside(path, ending), aside) {
                tracing::warn!(%error, "could not move aside the log of an overwritten store");
            }
        }
    }
}

#[cfg(unix)]
fn shows(file: &File, mark: &[u8; 4]) -> bool {
    use std::os::unix::fs::FileExt;
    let mut read = [0; 4];
    file.read_exact_at(&mut read, MARK).is_ok() && read == *mark
}

/// On other systems an open file cannot be overwritten.
#[cfg(not(unix))]
fn shows(_: &File, _: &[u8; 4]) -> bool {
    true
}

fn lock_file(path: &Path) -> PathBuf {
    beside(path, ".lock")
}

/// The path of the store's file with an ending appended.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Takes the lock file of a store, and writes the owner into it.
///
/// # Errors
/// [`StoreError::Locked`] if another process has it.
pub(super) fn lock(path: &Path) -> Stored<File> {
    let failed = |error| StoreError::File(path.to_owned(), error);
    let mut file =
        OpenOptions::new().create(true).read(true).write(true).truncate(false).open(lock_file(path)).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut owner = String::new();
            // The owner is only informative.
            let _ = file.read_to_string(&mut owner);
            let owner = if owner.trim().is_empty() { "unknown process".to_owned() } else { owner.trim().to_owned() };
            return Err(StoreError::Locked { path: path.to_owned(), owner });
        }
        Err(TryLockError::Error(error)) => return Err(failed(error)),
    }
    // The lock works without it, for example on a full disk.
    let noted = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| write!(file, "process {}", std::process::id()));
    if let Err(error) = noted {
        tracing::warn!(%error, "the lock file does not say who holds it");
    }
    Ok(file)
}
