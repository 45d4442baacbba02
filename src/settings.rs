//! Flags and environment. Nothing else in the program reads the environment.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::{fmt, fs};

use clap::{Args, Parser, Subcommand, ValueEnum};
use secrecy::SecretString;

use crate::delivery::{WallTime, understand};
use crate::model::QuietPolicy;

/// `kronikas` opens the tutor in this terminal; `kronikas serve` runs the Discord bot.
///
/// Krónikás is a history tutor: it teaches one unit of history, every sentence with its source. The terminal needs no Discord account and no network.
#[derive(Debug, Parser)]
#[command(name = "kronikas", version, about, long_about, max_term_width = 100)]
pub struct Settings {
    /// What to do; without it, the tutor opens in this terminal.
    #[command(subcommand)]
    pub task: Option<Task>,

    /// A folder with a pack to teach instead of the built-in one.
    #[arg(long, global = true, env = "KRONIKAS_KNOWLEDGE", value_name = "DIR")]
    pub knowledge: Option<PathBuf>,

    /// The store: a file for schedules and what was posted. Without it, `serve` uses kronikas.db in the
    /// working folder, and the terminal one of its own in your state folder.
    #[arg(long, global = true, env = "DATABASE_URL", value_name = "sqlite:FILE")]
    pub store: Option<String>,

    /// What is said, to them alone, to somebody whose words suggest that they are in danger: whom to
    /// talk to at your school, and which numbers to call. Without it, a general sentence.
    #[arg(long, global = true, env = "KRONIKAS_SAFETY_TEXT", value_name = "SENTENCE", hide_env_values = true)]
    pub safety_text: Option<String>,

    /// How the log on standard error is written.
    #[arg(long, global = true, env = "KRONIKAS_LOG", value_name = "FORM", default_value = "text")]
    pub log: LogForm,

    /// What is logged, in the syntax of tracing's filter directives.
    #[arg(long, global = true, env = "KRONIKAS_LOG_FILTER", value_name = "FILTER", default_value = DEFAULT_FILTER)]
    pub log_filter: String,
}

/// What is logged when nothing else is asked for. serenity's spans print its whole state at info,
/// and its requests carry tokens in their addresses.
pub const DEFAULT_FILTER: &str = "info,serenity=warn,reqwest=warn,hyper=warn,tungstenite=warn,tokio_tungstenite=warn,rustls=warn";

/// What the program is asked to do.
#[derive(Debug, Subcommand)]
pub enum Task {
    /// Run the Discord bot.
    Serve(Serve),
    /// Answer one line, such as "/timeline", and exit: 0 answered, 1 nothing known, 2 wrong use.
    Ask {
        /// Also save the card's picture into this file, as PNG.
        #[arg(long, value_name = "FILE")]
        picture: Option<PathBuf>,
        /// The line, as it would be typed in Discord.
        #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
        line: Vec<String>,
    },
    /// Look up names: one JSON object a line on standard input, one a line on standard output.
    Lookup,
    /// Print what would be posted on each day and the exact instants, to read the year beforehand.
    Calendar(CalendarArgs),
    /// Check a pack and say everything that is wrong with it.
    Check {
        /// The pack's folder; without it, the one that would be taught.
        dir: Option<PathBuf>,
        /// Also count what the pack's statements rest on, and list those that rest on too little.
        #[arg(long)]
        sources: bool,
    },
    /// Copy the store into a new file, also while the bot runs.
    Backup {
        /// The file to write; it must not exist yet.
        file: PathBuf,
    },
    /// Put a backup in the place of the store, which is kept beside it; the bot must be stopped.
    Restore {
        /// The backup to go back to.
        file: PathBuf,
    },
    /// Look at the store and say what is in it and whether it is sound.
    Doctor,
    /// Write the JSON Schemas of a pack's files.
    Schema {
        /// The folder to write them into; without it, they go to standard output.
        dir: Option<PathBuf>,
    },
}

/// Which days to show, and for which class.
#[derive(Debug, Args)]
pub struct CalendarArgs {
    /// The year to show, from its first day on; without it, from today on.
    #[arg(long, value_name = "YEAR", value_parser = clap::value_parser!(i16).range(1900..=9000))]
    pub year: Option<i16>,

    /// Where the class is: a city, a country with one time zone, or a zone's name. Without it, the zone
    /// of the events.
    #[arg(long, value_name = "ZONE", value_parser = understand)]
    pub zone: Option<&'static str>,

    /// The clock time of the post there, such as 08:00, 8am or 20.15.
    #[arg(long, value_name = "TIME", default_value = "08:00")]
    pub time: WallTime,

    /// How many days to show; without it, the whole year, or 400 days from today on.
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u16).range(1..=4000))]
    pub days: Option<u16>,

    /// What is said on a quiet day: context (where things stood), portrait (a person, group, word or place)
    /// or skip (no post).
    #[arg(long, value_name = "QUIET", default_value_t)]
    pub quiet: QuietPolicy,

    /// How it is written; without it, as the ending of --out says, and as text without that.
    #[arg(long, value_name = "FORM")]
    pub form: Option<CalendarForm>,

    /// The file to write; without it, standard output.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

impl CalendarArgs {
    /// The form asked for, or the one the file's ending says.
    pub fn form(&self) -> CalendarForm {
        let ending =
            self.out.as_ref().and_then(|file| file.extension()).and_then(|ending| ending.to_str()).map(str::to_lowercase);
        self.form.unwrap_or(match ending.as_deref() {
            Some("html" | "htm") => CalendarForm::Html,
            Some("json") => CalendarForm::Json,
            _ => CalendarForm::Text,
        })
    }
}

/// How a calendar is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CalendarForm {
    /// For the terminal.
    Text,
    /// For machines: one object.
    Json,
    /// One page for a browser or a printer.
    Html,
}

/// What the bot needs to know.
#[derive(Debug, Args)]
pub struct Serve {
    /// The bot's token, from the developer portal. Better given by a file or the environment: what
    /// stands on a command line can be seen by other users of the machine.
    #[arg(long, env = "DISCORD_TOKEN", hide_env_values = true, value_name = "TOKEN")]
    pub token: Option<Secret>,

    /// A file that holds the token and nothing else.
    #[arg(long, env = "DISCORD_TOKEN_FILE", value_name = "FILE")]
    pub token_file: Option<PathBuf>,

    /// Another address than Discord's for its REST interface, such as <http://127.0.0.1:8080>.
    #[arg(long, env = "DISCORD_API_URL", value_name = "URL")]
    pub api_url: Option<String>,

    /// Register the commands in this one guild, where they appear at once, instead of everywhere.
    #[arg(long, env = "KRONIKAS_GUILD", value_name = "ID")]
    pub guild: Option<u64>,

    /// Serve /livez, /readyz and /metrics at this address, such as 127.0.0.1:9956; off without it.
    #[arg(long, env = "KRONIKAS_LISTEN", value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,

    /// What the gateway is asked to tell: guilds (servers and channels that come and go) or none.
    #[arg(long, env = "KRONIKAS_INTENTS", value_name = "WHAT", default_value = "guilds")]
    pub intents: Intents,
}

/// A value that is never shown.
#[derive(Clone)]
pub struct Secret(SecretString);

impl FromStr for Secret {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Secret, Self::Err> {
        Ok(Secret(SecretString::from(text.trim().to_owned())))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// What the gateway is asked to tell besides interactions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Intents {
    /// Servers and channels that come and go, so that their schedules pause at once.
    Guilds,
    /// Nothing; removals are learnt when a post is refused.
    None,
}

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogForm {
    /// For people.
    Text,
    /// For machines, one object a line.
    Json,
}

/// Why the bot's settings do not do.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// No token at all.
    #[error(
        "there is no bot token. Put it into the environment variable DISCORD_TOKEN, or into a file named by DISCORD_TOKEN_FILE; \
         it is found in Discord's developer portal under Bot → Reset Token. To try the tutor without Discord, run kronikas alone"
    )]
    NoToken,
    /// A token that cannot be one.
    #[error(
        "the bot token is malformed: it {0}. Copy it again from Discord's developer portal (Bot → Reset Token), the token alone, \
         without quotes or spaces"
    )]
    MalformedToken(&'static str),
    /// The token's file cannot be read.
    #[error("the token file {0} cannot be read: {1}. Check DISCORD_TOKEN_FILE and the file's permissions")]
    TokenFile(PathBuf, std::io::Error),
    /// The API address is none.
    #[error("DISCORD_API_URL is no address: {0}. Write it like http://127.0.0.1:8080, or leave it out for Discord itself")]
    ApiUrl(String),
}

impl Serve {
    /// The bot's token.
    ///
    /// # Errors
    /// When there is none, or it cannot be one. Tokens have no fixed shape; whether one is good,
    /// only the server can say.
    pub fn token(&self) -> Result<SecretString, SettingsError> {
        use secrecy::ExposeSecret;
        let token = match (&self.token, &self.token_file) {
            (Some(Secret(token)), _) if !token.expose_secret().is_empty() => token.clone(),
            (_, Some(file)) => {
                let text = fs::read_to_string(file).map_err(|error| SettingsError::TokenFile(file.clone(), error))?;
                SecretString::from(text.trim().to_owned())
            }
            _ => return Err(SettingsError::NoToken),
        };
        let text = token.expose_secret();
        let bare = text.strip_prefix("Bot ").unwrap_or(text);
        if bare.is_empty() {
            return Err(SettingsError::NoToken);
        }
        if bare.contains(char::is_whitespace) {
            return Err(SettingsError::MalformedToken("has spaces or line breaks in it"));
        }
        if !bare.is_ascii() || bare.contains(['"', '\'']) {
            return Err(SettingsError::MalformedToken("has quotes or letters in it that no token has"));
        }
        Ok(SecretString::from(bare.to_owned()))
    }

    /// Where the REST interface is, without a slash at the end; `None` for Discord itself.
    ///
    /// # Errors
    /// When the address is none.
    pub fn api_url(&self) -> Result<Option<String>, SettingsError> {
        let Some(url) = self.api_url.as_deref().map(str::trim).filter(|url| !url.is_empty()) else { return Ok(None) };
        let parsed = reqwest::Url::parse(url).map_err(|error| SettingsError::ApiUrl(error.to_string()))?;
        if !matches!(parsed.scheme(), "http" | "https") || parsed.host_str().is_none() {
            return Err(SettingsError::ApiUrl("it must begin with http:// or https://".to_owned()));
        }
        let url = url.trim_end_matches('/');
        // The client adds /api/v10 itself.
        Ok(Some(url.trim_end_matches("/v10").trim_end_matches("/api").to_owned()))
    }
}

/// The proxies that connections go through, as the environment names them; empty where it does not.
#[derive(Clone, Default)]
pub struct Proxies {
    /// For every connection that has none of its own.
    pub all: String,
    /// For connections that are not encrypted.
    pub http: String,
    /// For those that are.
    pub https: String,
    /// Hosts that are reached without.
    pub except: String,
}

/// The operating system, as the gateway wants to be told.
pub const SYSTEM: &str = std::env::consts::OS;

/// The proxies: `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`, in large or small letters,
/// as the REST client reads them.
pub fn proxies() -> Proxies {
    let value = |name: &str| {
        let set = std::env::var(name).or_else(|_| std::env::var(name.to_lowercase()));
        set.unwrap_or_default()
    };
    Proxies { all: value("ALL_PROXY"), http: value("HTTP_PROXY"), https: value("HTTPS_PROXY"), except: value("NO_PROXY") }
}

/// Where programs of this user keep their state, by the XDG base directory rules.
pub fn state_folder() -> Option<PathBuf> {
    let folder = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = folder("XDG_STATE_HOME").or_else(|| folder("HOME").map(|home| home.join(".local/state")))?;
    Some(base.join("kronikas"))
}
