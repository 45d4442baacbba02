//! The store's errors, in words for the operator.

use std::fmt;
use std::path::{Path, PathBuf};

/// Why an operation of the store failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process uses the store.
    #[error(
        "the store {path} is in use by another Krónikás ({owner}). Stop that one first, or give this one a store of its own \
         with DATABASE_URL"
    )]
    Locked {
        /// The store's file.
        path: PathBuf,
        /// The process that uses it, as its lock file names it, or "unknown process".
        owner: String,
    },
    /// A newer version of Krónikás wrote the store.
    #[error(
        "the store {path} was written by a newer version of Krónikás (its schema is {found}, this version knows {known}). \
         Start the newer version again, or go back to a backup; nothing was changed"
    )]
    Newer {
        /// The store's file.
        path: PathBuf,
        found: i64,
        /// The newest schema that this version knows.
        known: i64,
    },
    /// The file is damaged, or is not a store.
    #[error("{0}")]
    Damaged(Damage),
    /// The file was deleted or moved while the store was open.
    #[error(
        "the store {0} was deleted or moved away while it was open. Put the file back, or stop Krónikás, restore a backup with \
         `kronikas restore FILE`, and start it again. Nothing is stored until then"
    )]
    Gone(PathBuf),
    /// The file's name now belongs to another file.
    #[error(
        "the store {0} was replaced by another file while it was open. Stop Krónikás and start it again to use that one; \
         nothing is stored until then. Next time, stop it first and use `kronikas restore FILE`"
    )]
    Replaced(PathBuf),
    /// Another program wrote to the file or truncated it.
    #[error(
        "the store {0} was overwritten or truncated while it was open, as by cp. Nothing is stored until Krónikás is restarted. Stop \
         it, restore a backup with `kronikas restore FILE`, and start it. Without a restore it uses the file as it is now"
    )]
    Overwritten(PathBuf),
    /// The write-ahead log, which contains the latest writes, was deleted or replaced.
    #[error(
        "the log of the store {0} (its -wal or -shm file) was deleted or replaced while it was open. Restart Krónikás; what was \
         written so far is preserved, but nothing more is stored until then"
    )]
    LogGone(PathBuf),
    /// Another connection cannot read what was written. The field says what it was.
    #[error("the store did not keep what was written to it ({0}). Restart Krónikás, and run `kronikas doctor`")]
    NotKept(&'static str),
    /// The address names no supported engine.
    #[error("DATABASE_URL is not a store that this version supports: {0}. Write it like sqlite:kronikas.db, or leave it unset")]
    Address(String),
    /// The folder or the lock file cannot be used.
    #[error("the store {0} cannot be opened: {1}. Check that its folder exists and is writable")]
    File(PathBuf, #[source] std::io::Error),
    /// The migration to this version's schema failed.
    #[error(
        "the store {0} cannot be migrated to this version's schema: {1}. The file is unchanged, or there is a copy in its folder"
    )]
    Migration(PathBuf, #[source] sqlx::migrate::MigrateError),
    /// SQLite returned an error.
    #[error("the store {}", cure(.0))]
    Engine(#[from] sqlx::Error),
    /// The operating system provides no random bytes, which the key of the pseudonyms needs.
    #[error("this machine provides no random bytes: {0}. Nothing is stored about students until it does")]
    Randomness(String),
    /// A row contains a value that no version writes.
    #[error("the store contains a row that cannot be read: {0}. Restore a backup, or remove that row")]
    Row(String),
}

impl StoreError {
    /// Whether retrying is useless until an operator acts.
    pub fn is_final(&self) -> bool {
        matches!(self, StoreError::Locked { .. } | StoreError::Newer { .. } | StoreError::Address(_) | StoreError::Migration(..))
    }

    /// The value of the label `kind` of the metric `store_failures_total`.
    pub fn kind(&self) -> &'static str {
        match self {
            StoreError::Locked { .. } => "locked",
            StoreError::Newer { .. } => "newer",
            StoreError::Damaged(_) | StoreError::Row(_) => "damaged",
            StoreError::Gone(_) | StoreError::Replaced(_) | StoreError::Overwritten(_) | StoreError::LogGone(_) => "replaced",
            StoreError::NotKept(_) => "not_kept",
            StoreError::Address(_) => "address",
            StoreError::File(..) => "file",
            StoreError::Migration(..) => "migration",
            StoreError::Randomness(_) => "randomness",
            StoreError::Engine(error) => match fault(error) {
                Fault::Full => "full",
                Fault::ReadOnly => "read_only",
                Fault::Busy => "busy",
                Fault::Damaged => "damaged",
                Fault::Unopened | Fault::Disk => "disk",
                Fault::Other => "other",
            },
        }
    }
}

/// A file that is damaged or is not a store. `Display` includes the command that restores a backup.
#[derive(Debug)]
pub struct Damage {
    /// The store's file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub why: String,
    /// The newest sound copy in its folder.
    pub copy: Option<PathBuf>,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Damage { path, why, copy } = self;
        write!(f, "the store {} is damaged: {why}. It was not changed. Restore a backup with: ", path.display())?;
        let command = |file: &str| format!("kronikas --store {} restore {file}", quoted(&format!("sqlite:{}", path.display())));
        match copy {
            Some(copy) => write!(
                f,
                "{} (the newest sound copy in its folder). The damaged file is kept under another name",
                command(&quoted(&copy.display().to_string()))
            ),
            None => write!(
                f,
                "{} (no sound copy was found in its folder; FILE is your own backup). The damaged file is kept under another \
                 name. If you have no backup, move the file away, and the next start creates an empty store",
                command("FILE")
            ),
        }
    }
}

/// Quotes a word for a shell.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-:=+@,".contains(c);
    if word.chars().all(plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

/// SQLite's errors, by what an operator can do about them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    Full,
    ReadOnly,
    Busy,
    Damaged,
    Unopened,
    Disk,
    Other,
}

/// Classifies an error by its primary result code, <https://sqlite.org/rescode.html>.
pub(super) fn fault(error: &sqlx::Error) -> Fault {
    let sqlx::Error::Database(error) = error else { return Fault::Other };
    let code: u32 = error.code().and_then(|code| code.parse().ok()).unwrap_or_default();
    match code & 0xff {
        13 => Fault::Full,
        8 => Fault::ReadOnly,
        5 | 6 => Fault::Busy,
        11 | 26 => Fault::Damaged,
        14 => Fault::Unopened,
        10 => Fault::Disk,
        _ => Fault::Other,
    }
}

/// The meaning of an error and its solution, to follow "the store".
fn cure(error: &sqlx::Error) -> String {
    match fault(error) {
        Fault::Full => format!("cannot be written: its disk is full ({error}). Free some space; no restart is needed"),
        Fault::ReadOnly => format!(
            "cannot be written: it is read-only ({error}). Check the permissions of its file and folder, and how its disk is mounted"
        ),
        Fault::Busy => format!(
            "is locked by another program ({error}), such as a database shell or a backup. Close it; no restart is needed"
        ),
        Fault::Damaged => {
            format!(
                "is damaged ({error}). Stop Krónikás and run `kronikas doctor`, which names the newest copy and how to restore it"
            )
        }
        Fault::Unopened => {
            format!(
                "cannot be opened ({error}). Check that its folder exists and is writable, that its disk is mounted, and that \
                 this process may open more files (ulimit -n, LimitNOFILE=)"
            )
        }
        Fault::Disk => format!("cannot be read or written: its disk fails or is full ({error}). Run `kronikas doctor`"),
        Fault::Other => format!("failed: {error}. Check the disk space and the file's permissions, and run `kronikas doctor`"),
    }
}

/// The result of the store's methods.
pub type Stored<T> = Result<T, StoreError>;

/// A `StoreError::Damaged`; `copy` is the newest sound copy in the store's folder.
pub(super) fn damaged(path: &Path, why: impl Into<String>, copy: Option<PathBuf>) -> StoreError {
    StoreError::Damaged(Damage { path: path.to_owned(), why: why.into(), copy })
}
