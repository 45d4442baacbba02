//! Why a store cannot do what it was asked, in words for whoever runs it.

use std::fmt;
use std::path::{Path, PathBuf};

/// Why the store cannot do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process holds it.
    #[error(
        "the store {path} is in use by another Krónikás ({owner}). Stop that one first, or give this one a store of its own \
         with DATABASE_URL"
    )]
    Locked {
        /// The store's file.
        path: PathBuf,
        /// Who holds it, as far as is known.
        owner: String,
    },
    /// A newer version of the program wrote it.
    #[error(
        "the store {path} was written by a newer version of Krónikás (its schema is {found}, this version knows {known}). \
         Start the newer version again, or go back to a backup; nothing was changed"
    )]
    Newer {
        /// The store's file.
        path: PathBuf,
        found: i64,
        /// The newest schema known here.
        known: i64,
    },
    /// What lies there is no sound store.
    #[error("{0}")]
    Damaged(Damage),
    /// The file went away while the store was open.
    #[error(
        "the store {0} was deleted or moved away while it was open. Put the file back, or stop Krónikás, restore a backup with \
         `kronikas restore FILE`, and start it again; nothing is kept until then"
    )]
    Gone(PathBuf),
    /// Another file has its name now.
    #[error(
        "the store {0} was replaced by another file while it was open. Stop Krónikás and start it again to use that one; \
         nothing is kept until then. Next time, stop it first and use `kronikas restore FILE`"
    )]
    Replaced(PathBuf),
    /// Something else was written into the file, or it was cut.
    #[error(
        "the store {0} was overwritten or cut while it was open, as by cp. Nothing is kept until Krónikás is started again. Stop \
         it, restore a backup with `kronikas restore FILE`, and start it; without a restore it uses the file as it is now"
    )]
    Overwritten(PathBuf),
    /// Its log, in which the latest is written, is not beside it any more.
    #[error(
        "the log of the store {0} (its -wal or -shm file) was deleted or replaced while it was open. Stop Krónikás and start it \
         again, which keeps what was written; nothing more is kept until then"
    )]
    LogGone(PathBuf),
    /// What was written cannot be read by another connection.
    #[error("the store did not keep what was written to it ({0}). Start Krónikás again, and see what kronikas doctor says")]
    NotKept(&'static str),
    /// The address names no engine that is built in.
    #[error("DATABASE_URL is no store this version can use: {0}. Write it like sqlite:kronikas.db, or leave it out")]
    Address(String),
    /// The folder or the lock file cannot be used.
    #[error("the store {0} cannot be opened: {1}. Check that its folder exists and may be written to")]
    File(PathBuf, #[source] std::io::Error),
    /// The migration to this version's schema failed.
    #[error("the store {0} cannot be brought to this version's schema: {1}. Its file is as it was, or see the copy beside it")]
    Migration(PathBuf, #[source] sqlx::migrate::MigrateError),
    /// The engine refused.
    #[error("the store {}", cure(.0))]
    Engine(#[from] sqlx::Error),
    /// The machine gives no random bytes, without which students cannot be kept under pseudonyms.
    #[error("this machine gives no random bytes: {0}. Nothing is kept about students until it does")]
    Randomness(String),
    /// A row holds what no version wrote.
    #[error("the store holds a row that cannot be read: {0}. Restore a backup, or remove that row")]
    Row(String),
}

impl StoreError {
    /// Whether starting again cannot help: somebody must act first.
    pub fn is_final(&self) -> bool {
        matches!(self, StoreError::Locked { .. } | StoreError::Newer { .. } | StoreError::Address(_) | StoreError::Migration(..))
    }

    /// One word for what is wrong, for counting.
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

/// A store that is damaged, or no store at all, and what to do.
#[derive(Debug)]
pub struct Damage {
    /// The store's file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub why: String,
    /// The newest sound copy that lies beside it.
    pub copy: Option<PathBuf>,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Damage { path, why, copy } = self;
        write!(f, "the store {} is damaged: {why}. It was left as it is. Restore a backup with: ", path.display())?;
        let command = |file: &str| format!("kronikas --store {} restore {file}", quoted(&format!("sqlite:{}", path.display())));
        match copy {
            Some(copy) => write!(
                f,
                "{} (the newest sound copy beside it). The damaged file is kept under another name",
                command(&quoted(&copy.display().to_string()))
            ),
            None => write!(
                f,
                "{} (no sound copy was found beside it: FILE is the backup you have). The damaged file is kept under another \
                 name. Without any backup, move the file away: an empty store is made at the next start",
                command("FILE")
            ),
        }
    }
}

/// A word for a shell.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-:=+@,".contains(c);
    if word.chars().all(plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

/// What the engine's refusals come to.
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

/// Sorts an error of the engine by its result code, <https://sqlite.org/rescode.html>.
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

/// What an engine's refusal means and what helps.
fn cure(error: &sqlx::Error) -> String {
    match fault(error) {
        Fault::Full => format!("cannot be written: its disk is full ({error}). Make room; it goes on by itself"),
        Fault::ReadOnly => format!(
            "cannot be written: it is read-only ({error}). Check the permissions of its file and folder, and how its disk is mounted"
        ),
        Fault::Busy => format!(
            "is held by another program ({error}), such as a database shell or a backup. Close that; it goes on by itself"
        ),
        Fault::Damaged => {
            format!("is damaged ({error}). Stop Krónikás and run kronikas doctor: it names the newest copy and how to restore it")
        }
        Fault::Unopened => {
            format!(
                "cannot be opened ({error}). Check that its folder exists and may be written to, that its disk is there, and that \
                 this process may open more files (ulimit -n, LimitNOFILE=)"
            )
        }
        Fault::Disk => format!("cannot be read or written: its disk fails or is full ({error}). kronikas doctor looks at it"),
        Fault::Other => format!("failed: {error}. Check the disk's room and the file's permissions; kronikas doctor looks at it"),
    }
}

/// What a store's methods give.
pub type Stored<T> = Result<T, StoreError>;

/// A store that is damaged, with the newest copy beside it.
pub(super) fn damaged(path: &Path, why: impl Into<String>, copy: Option<PathBuf>) -> StoreError {
    StoreError::Damaged(Damage { path: path.to_owned(), why: why.into(), copy })
}
