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
/// Krónikás is a history tutor: it teaches one unit of history and cites a source for every sentence. The terminal tutor needs no Discord account and no network.
#[derive(Debug, Parser)]
#[command(name = "kronikas", version, about, long_about, max_term_width = 100)]
pub struct Settings {
    /// The command to run; without one, the tutor opens in this terminal.
    #[command(subcommand)]
    pub task: Option<Task>,

    /// The folder of the pack to teach, instead of the built-in one.
    #[arg(long, global = true, env = "KRONIKAS_KNOWLEDGE", value_name = "DIR")]
    pub knowledge: Option<PathBuf>,

    /// The database for schedules, deliveries and progress. By default, `serve` uses kronikas.db in the
    /// working directory, and the terminal its own file in your state directory.
    #[arg(long, global = true, env = "DATABASE_URL", value_name = "sqlite:FILE")]
    pub store: Option<String>,

    /// The answer to a student whose words suggest that they are in danger: whom to talk to at your
    /// school, and which numbers to call. Only that student sees it. The default is a general sentence.
    #[arg(long, global = true, env = "KRONIKAS_SAFETY_TEXT", value_name = "SENTENCE", hide_env_values = true)]
    pub safety_text: Option<String>,

    /// The format of the log on standard error.
    #[arg(long, global = true, env = "KRONIKAS_LOG", value_name = "FORM", default_value = "text")]
    pub log: LogForm,

    /// Which log lines to write, as tracing filter directives.
    #[arg(long, global = true, env = "KRONIKAS_LOG_FILTER", value_name = "FILTER", default_value = DEFAULT_FILTER)]
    pub log_filter: String,
}

/// The default of `--log-filter`. At info, serenity's spans print its whole state, and its requests
/// carry tokens in their URLs.
pub const DEFAULT_FILTER: &str = "info,serenity=warn,reqwest=warn,hyper=warn,tungstenite=warn,tokio_tungstenite=warn,rustls=warn";

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Task {
    /// Run the Discord bot.
    Serve(Serve),
    /// Answer one line, such as "/timeline". Exit status: 0 answered, 1 nothing found, 2 wrong usage.
    Ask {
        /// Also save the card's picture to this file, as PNG.
        #[arg(long, value_name = "FILE")]
        picture: Option<PathBuf>,
        /// The line, as you would type it in Discord.
        #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
        line: Vec<String>,
    },
    /// Look up names: read one JSON object per line from standard input, and write one per line to
    /// standard output.
    Lookup,
    /// Print the daily post of each day with its exact instant, to review a year in advance.
    Calendar(CalendarArgs),
    /// Check a pack and report every problem.
    Check {
        /// The pack's folder; by default, the pack that would be taught.
        dir: Option<PathBuf>,
        /// Also count the pack's statements by kind of source, and list those with weak sources.
        #[arg(long)]
        sources: bool,
    },
    /// Copy the store to a new file; the bot may be running.
    Backup {
        /// The file to write; it must not exist yet.
        file: PathBuf,
    },
    /// Replace the store with a backup, and keep the old file under another name; stop the bot first.
    Restore {
        /// The backup to restore.
        file: PathBuf,
    },
    /// Check the store, and summarise its contents.
    Doctor,
    /// Write the JSON Schemas of a pack's files.
    Schema {
        /// The folder to write to; by default, standard output.
        dir: Option<PathBuf>,
    },
}

/// The options of `kronikas calendar`.
#[derive(Debug, Args)]
pub struct CalendarArgs {
    /// The year to show; by default, the days from today on.
    #[arg(long, value_name = "YEAR", value_parser = clap::value_parser!(i16).range(1900..=9000))]
    pub year: Option<i16>,

    /// The class's time zone: a city, a country with one time zone, or an IANA name. The default is the
    /// zone of the pack's events.
    #[arg(long, value_name = "ZONE", value_parser = understand)]
    pub zone: Option<&'static str>,

    /// The local time of the post, such as 08:00, 8am or 20.15.
    #[arg(long, value_name = "TIME", default_value = "08:00")]
    pub time: WallTime,

    /// How many days to show; by default, the whole year, or 400 days from today on.
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u16).range(1..=4000))]
    pub days: Option<u16>,

    /// The post on a day without events: context (the situation at the time), portrait (a person, group,
    /// word or place) or skip (no post).
    #[arg(long, value_name = "QUIET", default_value_t)]
    pub quiet: QuietPolicy,

    /// The output format; by default, the one that the extension of --out implies, otherwise text.
    #[arg(long, value_name = "FORM")]
    pub form: Option<CalendarForm>,

    /// The file to write; by default, standard output.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

impl CalendarArgs {
    /// The value of `--form`, or the format that the extension of `--out` implies.
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

/// The output formats of `kronikas calendar`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CalendarForm {
    /// For the terminal.
    Text,
    /// One JSON object, for programs.
    Json,
    /// One page for a browser or a printer.
    Html,
}

/// The options of `kronikas serve`.
#[derive(Debug, Args)]
pub struct Serve {
    /// The bot's token, from the developer portal. Prefer a file or the environment, because other users
    /// of the machine can see command lines.
    #[arg(long, env = "DISCORD_TOKEN", hide_env_values = true, value_name = "TOKEN")]
    pub token: Option<Secret>,

    /// A file that contains only the token.
    #[arg(long, env = "DISCORD_TOKEN_FILE", value_name = "FILE")]
    pub token_file: Option<PathBuf>,

    /// The base address of the REST API, for a test server, such as <http://127.0.0.1:8080>.
    #[arg(long, env = "DISCORD_API_URL", value_name = "URL")]
    pub api_url: Option<String>,

    /// Register the commands only in the server with this ID, instead of globally.
    #[arg(long, env = "KRONIKAS_GUILD", value_name = "ID")]
    pub guild: Option<u64>,

    /// Serve /livez, /readyz and /metrics at this address, such as 127.0.0.1:9956. Off by default.
    #[arg(long, env = "KRONIKAS_LISTEN", value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,

    /// Which gateway events to subscribe to, besides interactions.
    #[arg(long, env = "KRONIKAS_INTENTS", value_name = "WHAT", default_value = "guilds")]
    pub intents: Intents,
}

/// A command-line value whose `Debug` output hides it.
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

/// Which gateway events the bot subscribes to besides interactions, which need no intent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Intents {
    /// Servers and channels that are added or removed, so that their daily posts pause at once.
    Guilds,
    /// None; the bot notices a removal when Discord refuses a post.
    None,
}

/// The formats of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogForm {
    /// For people.
    Text,
    /// For programs: one JSON object per line.
    Json,
}

/// Why the settings of `kronikas serve` are invalid.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// No token at all.
    #[error(
        "there is no bot token. Set the environment variable DISCORD_TOKEN, or set DISCORD_TOKEN_FILE to a file that contains it. \
         You get a token in Discord's developer portal under Bot → Reset Token. To try the tutor without Discord, run `kronikas`"
    )]
    NoToken,
    /// The text cannot be a token. The field says what is wrong with it, without quoting it.
    #[error(
        "the bot token is malformed: it {0}. Copy it again from Discord's developer portal (Bot → Reset Token), the token alone, \
         without quotes or spaces"
    )]
    MalformedToken(&'static str),
    /// The file named by `DISCORD_TOKEN_FILE` cannot be read.
    #[error("the token file {0} cannot be read: {1}. Check DISCORD_TOKEN_FILE and the file's permissions")]
    TokenFile(PathBuf, std::io::Error),
    /// `DISCORD_API_URL` is not an HTTP address.
    #[error(
        "DISCORD_API_URL is not a valid address: {0}. Write it like http://127.0.0.1:8080, or leave it unset for Discord itself"
    )]
    ApiUrl(String),
}

impl Serve {
    /// The bot's token, from `token` or else from `token_file`.
    ///
    /// # Errors
    /// If there is no token, or if the text contains characters that no token has. Tokens have no
    /// documented format, so only Discord can tell whether one is valid.
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
            return Err(SettingsError::MalformedToken("contains spaces or line breaks"));
        }
        if !bare.is_ascii() || bare.contains(['"', '\'']) {
            return Err(SettingsError::MalformedToken("contains quotes or non-ASCII characters"));
        }
        Ok(SecretString::from(bare.to_owned()))
    }

    /// The base address of the REST API, without a trailing slash; `None` for Discord itself.
    ///
    /// # Errors
    /// If it is not an `http` or `https` URL with a host.
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

/// The proxies that the environment configures. A field is empty if its variable is not set.
#[derive(Clone, Default)]
pub struct Proxies {
    /// The proxy for schemes without their own.
    pub all: String,
    /// The proxy for unencrypted connections.
    pub http: String,
    /// The proxy for encrypted connections.
    pub https: String,
    /// Comma-separated hosts to which no proxy applies.
    pub except: String,
}

/// The operating system, as IDENTIFY reports it to the gateway.
pub const SYSTEM: &str = std::env::consts::OS;

/// Reads `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`, in upper or lower case, as the REST
/// client does.
pub fn proxies() -> Proxies {
    let value = |name: &str| {
        let set = std::env::var(name).or_else(|_| std::env::var(name.to_lowercase()));
        set.unwrap_or_default()
    };
    Proxies { all: value("ALL_PROXY"), http: value("HTTP_PROXY"), https: value("HTTPS_PROXY"), except: value("NO_PROXY") }
}

/// The state directory for Krónikás, by the XDG base directory specification. `None` if neither
/// `XDG_STATE_HOME` nor `HOME` is an absolute path.
pub fn state_folder() -> Option<PathBuf> {
    let folder = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = folder("XDG_STATE_HOME").or_else(|| folder("HOME").map(|home| home.join(".local/state")))?;
    Some(base.join("kronikas"))
}
