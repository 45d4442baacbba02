//! The real binary, started as an operator starts it.

use std::process::{ExitStatus, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};

use crate::fake_discord::{FakeDiscord, PATIENCE, TOKEN};

/// A few entries of the built-in unit: an unoptimised bot reads them at once, the whole unit in seconds.
pub const FEW_ENTRIES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/packs/october");
/// The built-in unit.
pub const WHOLE_UNIT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/knowledge");

/// A running `kronikas serve`; killed when the test ends.
pub struct RunningBot {
    child: Child,
    output: Arc<Mutex<String>>,
}

impl RunningBot {
    /// Starts the bot against a fake Discord.
    pub fn start(discord: &FakeDiscord) -> RunningBot {
        RunningBot::with(discord, &[])
    }

    /// Starts it with the whole built-in unit, for tests that need more than [`FEW_ENTRIES`].
    pub fn start_with_whole_unit(discord: &FakeDiscord) -> RunningBot {
        RunningBot::with(discord, &[("KRONIKAS_KNOWLEDGE", WHOLE_UNIT)])
    }

    /// Starts it with further environment variables.
    pub fn with(discord: &FakeDiscord, environment: &[(&str, &str)]) -> RunningBot {
        let mut command = bare();
        command.env("DISCORD_TOKEN", TOKEN).env("DISCORD_API_URL", discord.rest_url()).envs(environment.iter().copied());
        RunningBot::spawn(command)
    }

    /// Starts a prepared command.
    pub fn spawn(mut command: Command) -> RunningBot {
        let mut child =
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true).spawn().expect("the binary starts");
        let output = Arc::new(Mutex::new(String::new()));
        collect(child.stdout.take(), output.clone());
        collect(child.stderr.take(), output.clone());
        RunningBot { child, output }
    }

    /// Waits until it is connected and has registered; a bot that dies instead fails the test with
    /// what it said.
    pub async fn ready(&mut self, discord: &FakeDiscord) {
        tokio::select! {
            () = discord.ready() => {}
            status = self.child.wait() => panic!("the bot ended with {status:?}:\n{}", self.said()),
        }
    }

    /// Everything it wrote so far.
    pub fn said(&self) -> String {
        self.output.lock().expect("no panic while writing").clone()
    }

    /// Waits until it wrote that; a bot that does not fails the test with what it wrote instead.
    pub async fn says(&self, what: &str) {
        let written = async {
            while !self.said().contains(what) {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let written = tokio::time::timeout(PATIENCE, written).await;
        written.unwrap_or_else(|_| panic!("waited in vain for {what:?}; the bot wrote:\n{}", self.said()));
    }

    /// The process's number.
    pub fn id(&self) -> u32 {
        self.child.id().expect("it runs")
    }

    /// Whether it still runs.
    pub fn lives(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Asks it to stop (SIGTERM) and waits until it has.
    pub async fn stop(mut self) -> (ExitStatus, String) {
        let id = self.child.id().expect("it runs");
        let killed = std::process::Command::new("kill").arg("-TERM").arg(id.to_string()).status().expect("kill exists");
        assert!(killed.success());
        self.ended().await
    }

    /// Tells it to read its pack again (SIGHUP).
    pub fn hang_up(&self) {
        let id = self.child.id().expect("it runs");
        let told = std::process::Command::new("kill").arg("-HUP").arg(id.to_string()).status().expect("kill exists");
        assert!(told.success());
    }

    /// Kills it on the spot (SIGKILL), as a power cut would; what it wrote.
    pub async fn kill(mut self) -> String {
        self.child.kill().await.expect("it can be killed");
        self.said()
    }

    /// Waits until it ends by itself.
    pub async fn ended(&mut self) -> (ExitStatus, String) {
        let status =
            tokio::time::timeout(PATIENCE, self.child.wait()).await.expect("it ends in time").expect("it can be waited for");
        // What it wrote last is still in the pipe.
        tokio::time::sleep(Duration::from_millis(100)).await;
        (status, self.said())
    }
}

/// `kronikas serve` with nothing in its environment.
pub fn bare() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kronikas"));
    // An empty folder, so that nobody's .env is read.
    command.arg("serve").env_clear().env("NO_COLOR", "1").current_dir(env!("CARGO_TARGET_TMPDIR"));
    command.env("DATABASE_URL", new_store()).env("KRONIKAS_KNOWLEDGE", FEW_ENTRIES);
    command
}

/// The same with at most that many 512-byte blocks in each file it writes, as on a disk that is
/// full; it is told so by the system instead of being killed.
pub fn on_a_full_disk(blocks: u32) -> Command {
    let mut command = Command::new("/bin/sh");
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" serve");
    command
        .args(["-c", &script, env!("CARGO_BIN_EXE_kronikas")])
        .env_clear()
        .env("NO_COLOR", "1")
        .env("KRONIKAS_KNOWLEDGE", FEW_ENTRIES);
    command.current_dir(env!("CARGO_TARGET_TMPDIR"));
    command
}

/// The address of a store that no other bot uses.
pub fn new_store() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("stores");
    std::fs::create_dir_all(&folder).expect("a folder");
    let name = format!("{}-{}.db", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let path = folder.join(name);
    // A process of an earlier run may have had this number.
    for file in [path.clone(), path.with_extension("db-wal"), path.with_extension("db-shm")] {
        let _ = std::fs::remove_file(file);
    }
    format!("sqlite:{}", path.display())
}

fn collect(from: Option<impl AsyncRead + Unpin + Send + 'static>, into: Arc<Mutex<String>>) {
    let Some(from) = from else { return };
    tokio::spawn(async move {
        let mut lines = BufReader::new(from).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            let mut output = into.lock().expect("no panic while writing");
            output.push_str(&line);
            output.push('\n');
        }
    });
}
