//! Guilds, channels, people, and who may do what where.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::BOT;
use super::clock::iso;
use super::gateway::me;
use super::state::State;

/// Permission bits, as Discord numbers them.
pub mod permission {
    pub const ADMINISTRATOR: u64 = 1 << 3;
    pub const MANAGE_CHANNELS: u64 = 1 << 4;
    pub const MANAGE_GUILD: u64 = 1 << 5;
    pub const VIEW_CHANNEL: u64 = 1 << 10;
    pub const MENTION_EVERYONE: u64 = 1 << 17;
    pub const CONNECT: u64 = 1 << 20;
    pub const SEND_MESSAGES: u64 = 1 << 11;
    pub const MANAGE_MESSAGES: u64 = 1 << 13;
    pub const EMBED_LINKS: u64 = 1 << 14;
    pub const ATTACH_FILES: u64 = 1 << 15;
    pub const READ_MESSAGE_HISTORY: u64 = 1 << 16;
    pub const MANAGE_THREADS: u64 = 1 << 34;
    pub const CREATE_PUBLIC_THREADS: u64 = 1 << 35;
    pub const CREATE_PRIVATE_THREADS: u64 = 1 << 36;
    pub const SEND_MESSAGES_IN_THREADS: u64 = 1 << 38;
    /// What everybody may do in a guild: Discord's defaults, as far as this fake knows the bits, but
    /// for threads, which a school's server is likely to take away.
    pub const EVERYONE: u64 =
        VIEW_CHANNEL | SEND_MESSAGES | EMBED_LINKS | ATTACH_FILES | READ_MESSAGE_HISTORY | CONNECT | 1 << 6 | 1 << 31;
    /// What the invitation asks for that README gives to teachers.
    pub const BOT: u64 = invited(include_bytes!("../../README.md"));

    /// The first number after `&permissions=`.
    const fn invited(readme: &[u8]) -> u64 {
        let name = b"&permissions=";
        let (mut at, mut matched) = (0, 0);
        while matched < name.len() {
            assert!(at < readme.len(), "README has no invitation");
            matched = if readme[at] == name[matched] { matched + 1 } else { (readme[at] == name[0]) as usize };
            at += 1;
        }
        let mut bits = 0;
        while at < readme.len() && readme[at].is_ascii_digit() {
            bits = bits * 10 + (readme[at] - b'0') as u64;
            at += 1;
        }
        assert!(bits > 0, "README's invitation asks for nothing");
        bits
    }
}
use permission::{
    ADMINISTRATOR, ATTACH_FILES, CONNECT, EMBED_LINKS, MANAGE_GUILD, MANAGE_THREADS, MENTION_EVERYONE, READ_MESSAGE_HISTORY,
    SEND_MESSAGES, SEND_MESSAGES_IN_THREADS, VIEW_CHANNEL,
};

/// A channel as tests name it; in a guild, or the direct messages with the bot.
#[derive(Debug, Clone)]
pub struct Room {
    pub id: u64,
    pub guild: Option<u64>,
    pub name: String,
}

impl Room {
    /// The room as the value of a channel option.
    pub fn as_option(&self) -> Value {
        json!(self.id.to_string())
    }
}

pub struct Guild {
    pub id: u64,
    pub name: String,
    /// What everybody may do; a role whose id is the guild's.
    pub everyone: u64,
    pub bot_role: u64,
    pub bot_permissions: u64,
    pub teacher_role: u64,
    /// Further roles: id, name, permissions.
    pub more_roles: Vec<(u64, String, u64)>,
    /// The further roles that somebody has, the bot among them.
    pub holders: Vec<(u64, u64)>,
    /// Whether the bot is a member.
    pub has_bot: bool,
    /// Until when a moderator timed the bot out.
    pub bot_timed_out: Option<Timestamp>,
    /// How many threads may be active at once; 1,000 in Discord.
    pub most_threads: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    Text,
    Voice,
    Category,
    Announcement,
    Stage,
    Forum,
    Media,
    Thread {
        parent: u64,
        owner: u64,
        private: bool,
        /// Whether the bot is a member of it, without which it sees no private thread.
        has_bot: bool,
        archived: bool,
        locked: bool,
        changed: Timestamp,
    },
    /// Direct messages with that user, once known.
    Direct {
        with: Option<u64>,
    },
}

/// What a role (kind 0) or a member (kind 1) is allowed and denied in one channel.
#[derive(Debug, Clone, Copy)]
pub struct Overwrite {
    pub of: u64,
    pub kind: u8,
    pub allow: u64,
    pub deny: u64,
}

pub struct Channel {
    pub id: u64,
    pub guild: Option<u64>,
    pub name: String,
    pub kind: Kind,
    pub overwrites: Vec<Overwrite>,
    pub last_message: Option<u64>,
    pub deleted: bool,
}

/// Somebody who uses the bot; a member of every guild.
pub struct Person {
    pub id: u64,
    pub name: String,
    /// Base permissions in every guild.
    pub permissions: u64,
    /// Whether direct messages from the bot are refused.
    pub closed: bool,
    /// Whether they share no server with the bot.
    pub apart: bool,
}

impl Person {
    pub fn json(&self) -> Value {
        json!({ "id": self.id.to_string(), "username": self.name.to_lowercase(), "discriminator": "0", "global_name": self.name,
            "avatar": null, "public_flags": 0 })
    }
}

impl Channel {
    pub fn room(&self) -> Room {
        Room { id: self.id, guild: self.guild, name: self.name.clone() }
    }

    pub fn number(&self, state: &State) -> u64 {
        match self.kind {
            Kind::Text => 0,
            Kind::Direct { .. } => 1,
            Kind::Voice => 2,
            Kind::Category => 4,
            Kind::Announcement => 5,
            Kind::Stage => 13,
            Kind::Forum => 15,
            Kind::Media => 16,
            Kind::Thread { private: true, .. } => 12,
            Kind::Thread { parent, .. } => {
                let announces = |parent: &Channel| parent.kind == Kind::Announcement;
                if state.channels.get(&parent).is_some_and(announces) { 10 } else { 11 }
            }
        }
    }

    pub fn is_thread(&self) -> bool {
        matches!(self.kind, Kind::Thread { .. })
    }

    /// Whether a thread of that number can be started in it without a message.
    pub fn takes_thread(&self, number: u64) -> bool {
        matches!((&self.kind, number), (Kind::Text, 11 | 12) | (Kind::Announcement, 10))
    }

    /// The channel as Discord sends it.
    pub fn json(&self, state: &State) -> Value {
        let mut out = json!({ "id": self.id.to_string(), "type": self.number(state), "flags": 0,
            "last_message_id": self.last_message.map(|id| id.to_string()) });
        match &self.kind {
            Kind::Direct { with } => {
                let person = with.and_then(|with| state.people.get(&with)).map(Person::json);
                out["recipients"] = json!([person
                    .unwrap_or_else(|| json!({ "id": "1", "username": self.name, "discriminator": "0",
                    "global_name": self.name, "avatar": null, "public_flags": 0 }))]);
                return out;
            }
            Kind::Text | Kind::Voice | Kind::Category | Kind::Announcement | Kind::Stage | Kind::Forum | Kind::Media => {
                let overwrites = self.overwrites.iter().map(|overwrite| {
                    json!({ "id": overwrite.of.to_string(), "type": overwrite.kind, "allow": overwrite.allow.to_string(),
                        "deny": overwrite.deny.to_string() })
                });
                out["permission_overwrites"] = overwrites.collect();
                out["position"] = json!(0);
                out["topic"] = Value::Null;
                out["nsfw"] = json!(false);
                out["parent_id"] = Value::Null;
            }
            Kind::Thread { parent, owner, archived, locked, changed, .. } => {
                out["parent_id"] = json!(parent.to_string());
                out["owner_id"] = json!(owner.to_string());
                out["message_count"] = json!(state.messages.iter().filter(|message| message.room == self.id).count());
                out["member_count"] = json!(1);
                out["thread_metadata"] = json!({ "archived": archived, "locked": locked, "auto_archive_duration": 1440,
                    "archive_timestamp": iso(*changed) });
            }
        }
        out["guild_id"] = json!(self.guild.map(|guild| guild.to_string()));
        out["name"] = json!(self.name);
        out["rate_limit_per_user"] = json!(0);
        out
    }
}

impl Guild {
    fn role(&self, id: u64, name: &str, permissions: u64) -> Value {
        json!({ "id": id.to_string(), "name": name, "color": 0,
            "colors": { "primary_color": 0, "secondary_color": null, "tertiary_color": null }, "hoist": false, "icon": null, "unicode_emoji": null,
            "position": u8::from(id != self.id), "permissions": permissions.to_string(), "managed": id == self.bot_role,
            "mentionable": false, "flags": 0 })
    }

    pub fn roles(&self) -> Value {
        let known = [
            self.role(self.id, "@everyone", self.everyone),
            self.role(self.bot_role, "Kronikas", self.bot_permissions),
            self.role(self.teacher_role, "Teacher", MANAGE_GUILD),
        ];
        let more = self.more_roles.iter().map(|(id, name, permissions)| self.role(*id, name, *permissions));
        known.into_iter().chain(more).collect()
    }

    /// The guild as `GET /guilds/{id}` answers it.
    pub fn json(&self) -> Value {
        json!({ "id": self.id.to_string(), "name": self.name, "icon": null, "splash": null, "discovery_splash": null,
            "owner_id": "1299999999999999999", "afk_channel_id": null, "afk_timeout": 300, "verification_level": 1,
            "default_message_notifications": 1, "explicit_content_filter": 2, "roles": self.roles(), "emojis": [],
            "features": [], "mfa_level": 0, "application_id": null, "system_channel_id": null, "system_channel_flags": 0,
            "rules_channel_id": null, "max_members": 500_000, "vanity_url_code": null, "description": null, "banner": null,
            "premium_tier": 0, "premium_subscription_count": 0, "preferred_locale": "en-GB", "public_updates_channel_id": null,
            "nsfw_level": 0, "nsfw": false, "stickers": [], "premium_progress_bar_enabled": false })
    }

    /// The guild as `GUILD_CREATE` brings it.
    pub fn created(&self, state: &State) -> Value {
        let mut out = self.json();
        let channels = |thread: bool| -> Vec<Value> {
            let here = state.channels.values().filter(|channel| channel.guild == Some(self.id) && !channel.deleted);
            here.filter(|channel| channel.is_thread() == thread).map(|channel| channel.json(state)).collect()
        };
        let more = json!({ "joined_at": "2026-09-01T08:00:00.000000+00:00", "large": false, "unavailable": false,
            "member_count": state.people.len() + 1, "voice_states": [], "members": [self.member(BOT, state)],
            "channels": channels(false), "threads": channels(true), "presences": [], "stage_instances": [],
            "guild_scheduled_events": [], "soundboard_sounds": [] });
        for (name, value) in more.as_object().into_iter().flatten() {
            out[name] = value.clone();
        }
        out
    }

    /// A member; `null` for somebody unknown.
    pub fn member(&self, user: u64, state: &State) -> Value {
        let roles: Vec<String> = self.roles_of(user, state).iter().map(u64::to_string).collect();
        let (user, timed_out) = match state.people.get(&user) {
            _ if user == BOT && self.has_bot => (me(), self.bot_timed_out.map(iso)),
            Some(person) => (person.json(), None),
            None => return Value::Null,
        };
        json!({ "user": user, "nick": null, "avatar": null, "roles": roles, "joined_at": "2026-09-01T08:00:00.000000+00:00",
            "premium_since": null, "deaf": false, "mute": false, "flags": 0, "pending": false,
            "communication_disabled_until": timed_out })
    }

    /// The roles somebody has, but for everyone's.
    fn roles_of(&self, user: u64, state: &State) -> Vec<u64> {
        let is_teacher = |person: &Person| person.permissions & MANAGE_GUILD != 0;
        let own = if user == BOT {
            Some(self.bot_role)
        } else {
            state.people.get(&user).is_some_and(is_teacher).then_some(self.teacher_role)
        };
        own.into_iter().chain(self.holders.iter().filter(|(holder, _)| *holder == user).map(|(_, role)| *role)).collect()
    }

    /// What the roles somebody has allow in the whole guild.
    fn base(&self, user: u64, roles: &[u64], state: &State) -> u64 {
        let more = self.more_roles.iter().filter(|(id, ..)| roles.contains(id)).fold(0, |all, (.., bits)| all | bits);
        let own = if user == BOT { self.bot_permissions } else { state.people.get(&user).map_or(0, |person| person.permissions) };
        self.everyone | own | more
    }
}

impl State {
    /// What somebody may do in a channel, by the order that Discord documents: everyone's role, their
    /// roles together, then the overwrites for everyone, for their roles together, and for them. A
    /// thread goes by its parent; what is denied implicitly is taken away last.
    pub fn permissions(&self, user: u64, channel: &Channel) -> u64 {
        let Some(guild) = channel.guild.and_then(|guild| self.guilds.get(&guild)) else {
            return permission::BOT;
        };
        if user == BOT && !guild.has_bot {
            return 0;
        }
        let roles = guild.roles_of(user, self);
        let base = guild.base(user, &roles, self);
        if base & ADMINISTRATOR != 0 {
            return u64::MAX;
        }
        let overwrites = match channel.kind {
            Kind::Thread { parent, .. } => self.channels.get(&parent).map_or(&[][..], |parent| &parent.overwrites),
            _ => &channel.overwrites,
        };
        let of = |wanted: &dyn Fn(u64) -> bool| {
            let fitting = overwrites.iter().filter(|overwrite| wanted(overwrite.of));
            fitting.fold((0, 0), |(deny, allow), overwrite| (deny | overwrite.deny, allow | overwrite.allow))
        };
        let steps = [of(&|id| id == guild.id), of(&|id| roles.contains(&id)), of(&|id| id == user)];
        let may = steps.into_iter().fold(base, |may, (deny, allow)| may & !deny | allow);
        let timed_out = user == BOT && guild.bot_timed_out.is_some_and(|until| self.now() < until);
        let may = if timed_out { may & (VIEW_CHANNEL | READ_MESSAGE_HISTORY) } else { may };
        without_implied(may, channel, user)
    }
}

/// What is left of permissions once those are gone that others deny implicitly.
fn without_implied(mut may: u64, channel: &Channel, user: u64) -> u64 {
    let hidden = match channel.kind {
        Kind::Thread { private: true, has_bot, .. } => user == BOT && !has_bot && may & MANAGE_THREADS == 0,
        _ => false,
    };
    if hidden || may & VIEW_CHANNEL == 0 {
        return 0;
    }
    if matches!(channel.kind, Kind::Voice | Kind::Stage) && may & CONNECT == 0 {
        return VIEW_CHANNEL;
    }
    if channel.is_thread() {
        // In a thread the one stands for the other.
        let send = if may & SEND_MESSAGES_IN_THREADS != 0 { SEND_MESSAGES } else { 0 };
        may = may & !SEND_MESSAGES | send;
    }
    if may & SEND_MESSAGES == 0 {
        may &= !(EMBED_LINKS | ATTACH_FILES | MENTION_EVERYONE);
    }
    may
}
