//! The fake Discord itself: what its gateway says of guilds and channels, as serenity hears it.

use std::sync::{Arc, Mutex};

use serenity::Client;
use serenity::all::{
    ClientBuilder, Context, EventHandler, GatewayIntents, Guild, GuildChannel, HttpBuilder, PartialGuildChannel, UnavailableGuild,
};
use serenity::model::channel::Message;

use crate::fake_discord::{FakeDiscord, PATIENCE, Room, TOKEN, permission};

/// What was heard, in words.
#[derive(Clone, Default)]
struct Ear(Arc<Mutex<Vec<String>>>);

impl Ear {
    fn note(&self, what: String) {
        self.0.lock().expect("no panic").push(what);
    }

    async fn hears(&self, what: &str) {
        let heard = async {
            while !self.0.lock().expect("no panic").iter().any(|heard| heard == what) {
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
        };
        let heard_in_time = tokio::time::timeout(PATIENCE, heard).await;
        assert!(heard_in_time.is_ok(), "{what} was not heard among {:?}", self.0.lock());
    }
}

#[serenity::async_trait]
impl EventHandler for Ear {
    async fn guild_create(&self, _: Context, guild: Guild, _: Option<bool>) {
        self.note(format!("guild {} with {} channels, {} threads", guild.id, guild.channels.len(), guild.threads.len()));
    }

    async fn guild_delete(&self, _: Context, gone: UnavailableGuild, _: Option<Guild>) {
        self.note(format!("guild {} {}", gone.id, if gone.unavailable { "is out" } else { "is gone" }));
    }

    async fn channel_delete(&self, _: Context, channel: GuildChannel, _: Option<Vec<Message>>) {
        self.note(format!("channel {} is gone", channel.id));
    }

    async fn channel_update(&self, _: Context, _: Option<GuildChannel>, channel: GuildChannel) {
        self.note(format!("channel {} denies {}", channel.id, channel.permission_overwrites[0].deny.bits()));
    }

    async fn thread_update(&self, _: Context, _: Option<GuildChannel>, thread: GuildChannel) {
        self.note(format!("thread {} archived {:?}", thread.id, thread.thread_metadata.map(|meta| meta.archived)));
    }

    async fn thread_delete(&self, _: Context, thread: PartialGuildChannel, _: Option<GuildChannel>) {
        self.note(format!("thread {} is gone", thread.id));
    }
}

async fn listen(discord: &FakeDiscord, intents: GatewayIntents) -> (Ear, tokio::task::JoinHandle<()>) {
    let ear = Ear::default();
    let http = HttpBuilder::new(TOKEN).proxy(discord.rest_url()).ratelimiter_disabled(true).build();
    let builder = ClientBuilder::new_with_http(http, intents).event_handler(ear.clone());
    let mut client: Client = builder.await.expect("a client");
    let running = tokio::spawn(async move { client.start().await.expect("it ran") });
    discord.wait("a session", |state| state.ready > 0 && !state.sockets.is_empty()).await;
    (ear, running)
}

#[tokio::test]
async fn guilds_and_channels_come_and_go() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("class");
    let thread = discord.thread(&room, "aside");
    let guild = |room: &Room| room.guild.expect("a guild");
    let (ear, running) = listen(&discord, GatewayIntents::GUILDS).await;
    ear.hears(&format!("guild {} with 1 channels, 1 threads", guild(&room))).await;

    let later = discord.room("joined later");
    ear.hears(&format!("guild {} with 1 channels, 0 threads", guild(&later))).await;
    discord.forbid(&room, permission::SEND_MESSAGES);
    ear.hears(&format!("channel {} denies 2048", room.id)).await;
    discord.archive(&thread);
    ear.hears(&format!("thread {} archived Some(true)", thread.id)).await;
    discord.delete_channel(&thread);
    ear.hears(&format!("thread {} is gone", thread.id)).await;
    discord.delete_channel(&room);
    ear.hears(&format!("channel {} is gone", room.id)).await;
    discord.outage(&later, true);
    ear.hears(&format!("guild {} is out", guild(&later))).await;
    discord.outage(&later, false);
    discord.remove_bot(&later);
    ear.hears(&format!("guild {} is gone", guild(&later))).await;
    running.abort();
    discord.finish();
}

#[tokio::test]
async fn without_the_intent_nothing_is_said_of_guilds() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("class");
    let (ear, running) = listen(&discord, GatewayIntents::empty()).await;
    discord.delete_channel(&room);
    discord.remove_bot(&room);
    // Something that is heard without an intent comes last; by then the rest would have come.
    let (before, ..) = discord.connections();
    discord.drop_sockets();
    discord.wait("the next connection", |state| state.connections > before).await;
    assert_eq!(*ear.0.lock().expect("no panic"), Vec::<String>::new());
    running.abort();
    discord.finish();
}
