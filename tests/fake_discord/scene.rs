//! Who and what is there, and how it changes under the bot's feet.

use jiff::Timestamp;
use serde_json::json;

use super::actors::Actor;
use super::guilds::{Kind, Overwrite, Room, permission};
use super::state::GUILDS;
use super::{BOT, FakeDiscord};

impl FakeDiscord {
    /// A text channel of a new guild, which the bot joins.
    pub fn room(&self, name: &str) -> Room {
        self.shared.state().new_room(name, true)
    }

    /// Another text channel in the same guild.
    pub fn room_beside(&self, room: &Room, name: &str) -> Room {
        let mut state = self.shared.state();
        let id = state.new_id();
        let beside = state.new_channel(id, room.guild, name, Kind::Text);
        state.channel_event("CHANNEL_CREATE", id);
        beside
    }

    /// A channel of some other kind in the same guild.
    pub fn room_of_kind(&self, room: &Room, name: &str, kind: Kind) -> Room {
        let beside = self.room_beside(room, name);
        self.convert(&beside, kind);
        beside
    }

    /// Makes a channel one of another kind, as its settings can.
    pub fn convert(&self, room: &Room, kind: Kind) {
        let mut state = self.shared.state();
        state.channels.get_mut(&room.id).expect("the channel is there").kind = kind;
        state.channel_event("CHANNEL_UPDATE", room.id);
    }

    /// A public thread in a channel, started by somebody else.
    pub fn thread(&self, room: &Room, name: &str) -> Room {
        self.thread_for(room, name, false, true)
    }

    /// A private thread in a channel, started by somebody else, with or without the bot among its
    /// members.
    pub fn private_thread(&self, room: &Room, name: &str, has_bot: bool) -> Room {
        self.thread_for(room, name, true, has_bot)
    }

    fn thread_for(&self, room: &Room, name: &str, private: bool, has_bot: bool) -> Room {
        let mut state = self.shared.state();
        let id = state.new_id();
        let changed = state.now();
        let kind = Kind::Thread { parent: room.id, owner: 1, private, has_bot, archived: false, locked: false, changed };
        let thread = state.new_channel(id, room.guild, name, kind);
        state.channel_event("THREAD_CREATE", id);
        thread
    }

    /// The threads of a channel.
    pub fn threads(&self, room: &Room) -> Vec<Room> {
        let state = self.shared.state();
        let of = |kind: &Kind| matches!(kind, Kind::Thread { parent, .. } if *parent == room.id);
        state
            .channels
            .values()
            .filter(|channel| of(&channel.kind) && !channel.deleted)
            .map(super::guilds::Channel::room)
            .collect()
    }

    /// A direct message channel between the bot and whoever is called that.
    pub fn direct_messages(&self, name: &str) -> Room {
        self.shared.state().new_room(name, false)
    }

    /// The direct messages with somebody, once they were opened.
    pub fn direct_messages_with(&self, actor: &Actor) -> Option<Room> {
        let kind = Kind::Direct { with: Some(actor.id) };
        self.shared.state().channels.values().find(|channel| channel.kind == kind).map(super::guilds::Channel::room)
    }

    /// A student: may write, may not manage the guild. A member of every guild.
    pub fn user(&self, name: &str) -> Actor {
        self.person(name, 0)
    }

    /// Somebody who may manage the guild.
    pub fn teacher(&self, name: &str) -> Actor {
        self.person(name, permission::MANAGE_GUILD)
    }

    /// Somebody with further permissions.
    pub fn person(&self, name: &str, permissions: u64) -> Actor {
        let id = self.shared.state().new_person(name, permissions);
        Actor::new(self.shared.clone(), id, name)
    }

    /// Takes permissions from the bot in one channel.
    pub fn forbid(&self, room: &Room, permissions: u64) {
        self.overwrite(room, 0, permissions);
    }

    /// Gives the bot permissions in one channel.
    pub fn allow(&self, room: &Room, permissions: u64) {
        self.overwrite(room, permissions, 0);
    }

    fn overwrite(&self, room: &Room, allow: u64, deny: u64) {
        self.overwrite_for(room, BOT, 1, allow, deny);
    }

    /// Takes permissions from everybody in one channel, or gives them.
    pub fn overwrite_everyone(&self, room: &Room, allow: u64, deny: u64) {
        self.overwrite_for(room, room.guild.expect("a guild's channel"), 0, allow, deny);
    }

    /// Takes permissions from a role in one channel, or gives them.
    pub fn overwrite_role(&self, room: &Room, role: u64, allow: u64, deny: u64) {
        self.overwrite_for(room, role, 0, allow, deny);
    }

    fn overwrite_for(&self, room: &Room, of: u64, kind: u8, allow: u64, deny: u64) {
        let mut state = self.shared.state();
        let channel = state.channels.get_mut(&room.id).expect("the channel is there");
        let own = match channel.overwrites.iter_mut().find(|overwrite| overwrite.of == of) {
            Some(own) => own,
            None => {
                channel.overwrites.push(Overwrite { of, kind, allow: 0, deny: 0 });
                channel.overwrites.last_mut().expect("just put there")
            }
        };
        own.allow = own.allow & !deny | allow;
        own.deny = own.deny & !allow | deny;
        state.channel_event("CHANNEL_UPDATE", room.id);
    }

    /// Sets what everybody and the bot's role may do in the whole guild.
    pub fn set_guild_permissions(&self, room: &Room, everyone: u64, bot: u64) {
        let mut state = self.shared.state();
        let guild = room.guild.and_then(|guild| state.guilds.get_mut(&guild)).expect("a guild's channel");
        (guild.everyone, guild.bot_permissions) = (everyone, bot);
        let (id, roles) = (guild.id, guild.roles());
        for role in roles.as_array().into_iter().flatten() {
            state.dispatch_to(GUILDS, "GUILD_ROLE_UPDATE", &json!({ "guild_id": id.to_string(), "role": role }));
        }
    }

    /// A further role that the bot has.
    pub fn give_bot_role(&self, room: &Room, name: &str, permissions: u64) -> u64 {
        let mut state = self.shared.state();
        let role = state.new_role();
        let guild = room.guild.and_then(|guild| state.guilds.get_mut(&guild)).expect("a guild's channel");
        guild.more_roles.push((role, name.to_owned(), permissions));
        guild.holders.push((BOT, role));
        role
    }

    /// Takes a further role from the bot.
    pub fn take_bot_role(&self, room: &Room, role: u64) {
        let mut state = self.shared.state();
        let guild = room.guild.and_then(|guild| state.guilds.get_mut(&guild)).expect("a guild's channel");
        guild.holders.retain(|holder| *holder != (BOT, role));
    }

    /// A moderator times the bot out until an instant, or lets it speak again.
    pub fn time_bot_out(&self, room: &Room, until: Option<Timestamp>) {
        let mut state = self.shared.state();
        let guild = room.guild.and_then(|guild| state.guilds.get_mut(&guild)).expect("a guild's channel");
        guild.bot_timed_out = until;
    }

    /// How many threads may be active in the guild at once.
    pub fn limit_threads(&self, room: &Room, most: usize) {
        let mut state = self.shared.state();
        room.guild.and_then(|guild| state.guilds.get_mut(&guild)).expect("a guild's channel").most_threads = most;
    }

    /// Deletes a channel with all that is in it.
    pub fn delete_channel(&self, room: &Room) {
        let mut state = self.shared.state();
        let channel = state.channels.get_mut(&room.id).expect("the channel is there");
        channel.deleted = true;
        let thread = channel.is_thread();
        for message in state.messages.iter_mut().filter(|message| message.room == room.id) {
            message.deleted = true;
        }
        state.channel_event(if thread { "THREAD_DELETE" } else { "CHANNEL_DELETE" }, room.id);
    }

    /// A moderator locks a thread that stays open: nobody can post there (160005).
    pub fn lock(&self, thread: &Room) {
        self.set_archived(thread, false, true);
    }

    /// A moderator closes a thread: archived and locked, so that nobody can post there (50083).
    pub fn archive(&self, thread: &Room) {
        self.set_archived(thread, true, true);
    }

    /// A thread goes to sleep: archived, but the next message wakes it.
    pub fn let_sleep(&self, thread: &Room) {
        self.set_archived(thread, true, false);
    }

    /// Opens a thread again.
    pub fn unarchive(&self, thread: &Room) {
        self.set_archived(thread, false, false);
    }

    fn set_archived(&self, thread: &Room, now_archived: bool, now_locked: bool) {
        let mut state = self.shared.state();
        let now = state.now();
        let channel = state.channels.get_mut(&thread.id).expect("the thread is there");
        let Kind::Thread { archived, locked, changed, .. } = &mut channel.kind else { panic!("{} is no thread", thread.name) };
        (*archived, *locked, *changed) = (now_archived, now_locked, now);
        state.channel_event("THREAD_UPDATE", thread.id);
    }

    /// Removes the bot from a channel's guild.
    pub fn remove_bot(&self, room: &Room) {
        let mut state = self.shared.state();
        let guild = room.guild.and_then(|guild| state.guilds.get_mut(&guild)).expect("a guild's channel");
        guild.has_bot = false;
        let gone = json!({ "id": guild.id.to_string() });
        state.dispatch_to(GUILDS, "GUILD_DELETE", &gone);
    }

    /// Invites the bot into the guild again.
    pub fn invite_bot(&self, room: &Room) {
        let mut state = self.shared.state();
        let guild = room.guild.and_then(|guild| state.guilds.get_mut(&guild)).expect("a guild's channel");
        guild.has_bot = true;
        let id = guild.id;
        state.announce(id);
    }

    /// Discord cannot serve a guild for a while (only the gateway says so), and can again.
    pub fn outage(&self, room: &Room, on: bool) {
        let mut state = self.shared.state();
        let guild = room.guild.expect("a guild's channel");
        if on {
            state.sessions.unavailable.insert(guild);
            let gone = json!({ "id": guild.to_string(), "unavailable": true });
            state.dispatch_to(GUILDS, "GUILD_DELETE", &gone);
        } else {
            state.sessions.unavailable.remove(&guild);
            state.announce(guild);
        }
    }

    /// A moderator deletes a message.
    pub fn delete_message(&self, message: u64) {
        assert!(self.shared.state().delete(message), "the message was there");
    }
}
