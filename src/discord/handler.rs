//! Handles interactions as they arrive, each in its own task, so that a failure of one affects no other.

use std::sync::Arc;
use std::time::Instant;

use arc_swap::ArcSwapOption;
use governor::clock::DefaultClock;
use jiff::Timestamp;
use serenity::builder::{AutocompleteChoice, CreateAutocompleteResponse, CreateInteractionResponse};
use serenity::model::application::{CommandInteraction, ComponentInteraction, Interaction, ModalInteraction};
use serenity::model::gateway::Ready;
use serenity::model::id::{ApplicationId, GuildId, InteractionId};
use serenity::prelude::{Context, EventHandler};
use tokio::sync::watch;
use tokio_util::task::TaskTracker;
use tracing::{Instrument, debug, error, info, info_span};

use super::answered::SeenInteractions;
use super::api::Api;
use super::cooldown::Cooldown;
use super::inbound::{self, IncomingInteraction};
use super::outbound::{PressMode, form, said};
use super::redact;
use super::registration::Registration;
use super::relay::GatewayStatus;
use super::reply::{Failed, OutgoingResponse, Responder, ResponseMode};
use crate::card::action::base36;
use crate::card::{CardResult, CommandError, Refusal};
use crate::command::{Connection, CurrentPack, LoadedPack, Services, blocking};
use crate::features;

/// The state that all interactions share.
pub struct Bot {
    current_pack: Arc<CurrentPack>,
    services: ArcSwapOption<Services>,
    /// Why the services are not open yet.
    store_trouble: ArcSwapOption<String>,
    cooldown: Cooldown,
    answered: SeenInteractions,
    api: Api,
    registration: Registration,
    /// The state of the gateway connection.
    gateway: Arc<GatewayStatus>,
    /// Whether the store is open.
    opened: watch::Sender<bool>,
    /// The interactions that are being answered.
    under_way: TaskTracker,
}

impl Bot {
    /// A bot that teaches a pack. Registers its commands in `guild`, or globally if that is `None`.
    pub fn new(current_pack: Arc<CurrentPack>, guild: Option<u64>, api: Api, gateway: Arc<GatewayStatus>) -> Bot {
        Bot {
            current_pack,
            api,
            gateway,
            services: ArcSwapOption::empty(),
            store_trouble: ArcSwapOption::empty(),
            cooldown: Cooldown::new(DefaultClock::default()),
            answered: SeenInteractions::default(),
            registration: Registration::new(guild),
            opened: watch::Sender::new(false),
            under_way: TaskTracker::new(),
        }
    }

    /// Sets the services: from now on commands may store things.
    pub fn open_office(&self, services: Arc<Services>) {
        self.services.store(Some(services));
        self.opened.send_replace(true);
    }

    /// Waits until the services are open.
    pub async fn office_opened(&self) {
        // The sender lives in self, so the channel cannot be closed.
        let _ = self.opened.subscribe().wait_for(|opened| *opened).await;
    }

    /// The services, once the store is open.
    pub fn services(&self) -> Option<Arc<Services>> {
        self.services.load_full()
    }

    /// Records why the store cannot be opened.
    pub fn note_store_trouble(&self, why: String) {
        self.store_trouble.store(Some(Arc::new(why)));
    }

    /// Why the last attempt to open the store failed.
    pub fn store_trouble(&self) -> Option<Arc<String>> {
        self.store_trouble.load_full()
    }

    /// Waits until no interaction is being answered.
    pub async fn finished(&self) {
        self.under_way.close();
        self.under_way.wait().await;
    }

    async fn command(&self, interaction: CommandInteraction, arrived: Instant) {
        let asked = inbound::command(&interaction, Timestamp::now());
        let reply = self.reply(interaction.application_id, interaction.id, &interaction.token, arrived);
        self.answer(reply, asked, interaction.user.id.get(), interaction.guild_id).await;
    }

    async fn press(&self, interaction: ComponentInteraction, arrived: Instant) {
        let asked = inbound::press(&interaction, Timestamp::now());
        let reply = self.reply(interaction.application_id, interaction.id, &interaction.token, arrived);
        if let IncomingInteraction::Press { id, asker: Some(asker), way: PressMode::Form(prompt), .. } = &asked
            && *asker == interaction.user.id.get()
        {
            log(reply.create(form(id, *asker, prompt)).await, "form", arrived, &code(reply.id));
            return;
        }
        self.answer(reply, asked, interaction.user.id.get(), interaction.guild_id).await;
    }

    async fn filled_in(&self, interaction: ModalInteraction, arrived: Instant) {
        let asked = inbound::form(&interaction, Timestamp::now());
        let reply = self.reply(interaction.application_id, interaction.id, &interaction.token, arrived);
        self.answer(reply, asked, interaction.user.id.get(), interaction.guild_id).await;
    }

    fn reply<'a>(&'a self, application: ApplicationId, id: InteractionId, token: &'a str, arrived: Instant) -> Responder<'a> {
        Responder { api: &self.api, application: application.get(), id: id.get(), token, arrived }
    }

    /// Answers an interaction and logs the outcome. After a failure, the log and the user get the same
    /// code.
    async fn answer(&self, reply: Responder<'_>, asked: IncomingInteraction, user: u64, guild: Option<GuildId>) {
        let start = reply.arrived;
        let code = code(reply.id);
        let span = info_span!("interaction", command = asked.name(), guild = guild.map(GuildId::get), code);
        async {
            // The words of somebody in danger are never logged.
            if !asked.suggests_danger() {
                debug!(?asked, "asked");
            }
            let counted = match asked {
                IncomingInteraction::Press { .. } => self.cooldown.press(user),
                _ => self.cooldown.ask(user),
            };
            if let Err(seconds) = counted {
                let wait = Refusal::new(format!("That was quick! Ask me again in {} seconds.", seconds));
                let said = said(&Err(wait.into()), user);
                log(reply.first(&said, ResponseMode::New { alone: true }).await, "cooldown", start, &code);
                return;
            }
            let manner = asked.manner(user);
            let loaded = self.current_pack.current();
            let services = self.services();
            let connection = self.gateway.connected_since().map_or(Connection::Lost, Connection::Since);
            let (tell, told) = std::sync::mpsc::channel();
            let work = async move {
                let answer = work(&loaded, services.as_deref(), connection, &asked).await;
                let outcome = answer.as_ref().map_or_else(CommandError::word, |card| card.outcome.word());
                count(outcome);
                if let Err(CommandError::Internal { why, .. }) = &answer {
                    error!(why, "a command failed");
                }
                // The receiver is gone if the answer came too late for the log.
                let _ = tell.send(outcome);
                response(answer, user).await
            };
            // A separate task, so that a panic ends only this answer.
            let work = tokio::spawn(work.in_current_span());
            let sent = reply.send(work, manner, said(&Err(apology(&code).into()), user)).await;
            if matches!(sent, Err(Failed::Panic)) {
                count("failed");
            }
            log(sent, told.try_recv().unwrap_or("none"), start, &code);
        }
        .instrument(span)
        .await;
    }

    async fn complete(&self, interaction: CommandInteraction, arrived: Instant) {
        let Some(focused) = interaction.data.autocomplete() else { return };
        let command = inbound::path(&interaction.data);
        let (option, typed) = (focused.name.to_owned(), focused.value.to_owned());
        let (loaded, now) = (self.current_pack.current(), Timestamp::now());
        // Takes milliseconds with a large pack, and users may type fast.
        let offered = blocking(move || features::complete(&command, &option, &typed, now, &loaded.ctx())).await;
        let choices = offered.into_iter().map(|choice| AutocompleteChoice::new(choice.name, choice.value)).collect();
        let response = CreateInteractionResponse::Autocomplete(CreateAutocompleteResponse::new().set_choices(choices));
        let reply = self.reply(interaction.application_id, interaction.id, &interaction.token, arrived);
        // Serialising plain strings to JSON cannot fail.
        let response = serde_json::to_value(response).unwrap_or_default();
        if let Err(failed) = reply.create(response).await {
            // A user who types fast makes earlier completions obsolete; nothing is lost.
            debug!(error = redact::error(&failed), "a completion failed");
        }
    }
}

/// Runs the command: plain data in, a card out.
async fn work(
    loaded: &Arc<LoadedPack>,
    services: Option<&Services>,
    connection: Connection,
    asked: &IncomingInteraction,
) -> CardResult {
    let ctx = loaded.context_with(services).connected(connection);
    match asked {
        IncomingInteraction::Command { name, request } => features::answer(name, request, &ctx).await,
        IncomingInteraction::Message(text) => features::look_up_this(text, &ctx).await,
        IncomingInteraction::Press { id, request, .. } => features::press(id, request, &ctx).await,
    }
}

/// Converts an answer to what is sent. Draws its picture on the blocking pool.
async fn response(answer: CardResult, user: u64) -> OutgoingResponse {
    if answer.as_ref().is_ok_and(|card| card.picture.is_some()) {
        return blocking(move || said(&answer, user)).await;
    }
    said(&answer, user)
}

fn apology(code: &str) -> Refusal {
    Refusal::new(format!(
        "Something went wrong on my side, not yours. Try again; if it happens again, tell your teacher this code: {code}"
    ))
}

/// Counts a command or press in `commands_total`, with the words of [`crate::card::Outcome`] and
/// [`CommandError`].
fn count(outcome: &'static str) {
    metrics::counter!("commands_total", "outcome" => outcome).increment(1);
}

fn log(sent: Result<(), Failed>, outcome: &str, start: Instant, code: &str) {
    let ms = start.elapsed().as_millis();
    match sent {
        Ok(()) => info!(outcome, ms, "answered"),
        Err(failed) => error!(outcome, ms, code, error = redact::error(&failed), "not answered"),
    }
}

/// A short code for an interaction, the same for the log and the user.
fn code(id: u64) -> String {
    let digits = base36(id);
    digits[digits.len().saturating_sub(6)..].to_owned()
}

/// serenity's event handler.
pub(super) struct Handler(pub Arc<Bot>);

#[serenity::async_trait]
impl EventHandler for Handler {
    async fn ready(&self, _: Context, ready: Ready) {
        // READY comes with every new session, but the commands are registered only once.
        let guilds: Vec<u64> = ready.guilds.iter().map(|guild| guild.id.get()).collect();
        self.0.registration.keep(&self.0.api, ready.application.id.get(), &guilds).await;
    }

    async fn interaction_create(&self, _: Context, interaction: Interaction) {
        let bot = &self.0;
        let _under_way = bot.under_way.token();
        let arrived = Instant::now();
        if !bot.answered.is_new(interaction.id().get()) {
            debug!("an interaction was delivered twice");
            return;
        }
        match interaction {
            Interaction::Command(interaction) => bot.command(interaction, arrived).await,
            Interaction::Autocomplete(interaction) => bot.complete(interaction, arrived).await,
            Interaction::Component(interaction) => bot.press(interaction, arrived).await,
            Interaction::Modal(interaction) => bot.filled_in(interaction, arrived).await,
            _ => debug!("ignored an interaction of an unknown kind"),
        }
    }
}
