//! Whether a post can be made in a channel, asked before it is promised.

use async_trait::async_trait;
use serde_json::Value;

use super::rest::{Body, Rest};
use super::speak;
use crate::card::Card;
use crate::rooms::{Rooms, Survey, Unsaid};

const VIEW: u64 = 1 << 10;
const SEND: u64 = 1 << 11;
const EMBED: u64 = 1 << 14;
const ATTACH: u64 = 1 << 15;
const HISTORY: u64 = 1 << 16;
const SEND_IN_THREADS: u64 = 1 << 38;
const ADMINISTRATOR: u64 = 1 << 3;

/// Text, announcements, and their three kinds of thread.
const TEXT: [u64; 2] = [0, 5];
const THREADS: [u64; 3] = [10, 11, 12];

/// The channels as REST shows them.
pub struct Channels {
    rest: std::sync::Arc<Rest>,
    bot: u64,
}

impl Channels {
    /// The channels as the bot with that user id sees them.
    pub fn new(rest: std::sync::Arc<Rest>, bot: u64) -> Channels {
        Channels { rest, bot }
    }

    async fn ask(&self, path: &str) -> Result<Option<Value>, String> {
        let reply = self.rest.get(path).await.map_err(|none| none.why)?;
        match reply.status.as_u16() {
            200..=299 => Ok(Some(reply.body)),
            403 | 404 => Ok(None),
            _ => Err(reply.trouble()),
        }
    }
}

#[async_trait]
impl Rooms for Channels {
    async fn survey(&self, guild: u64, channel: u64) -> Result<Survey, String> {
        let Some(mut found) = self.ask(&format!("/channels/{channel}")).await? else { return Ok(Survey::Unseen) };
        if found["guild_id"].as_str() != Some(guild.to_string().as_str()) {
            return Ok(Survey::Unseen);
        }
        let kind = found["type"].as_u64().unwrap_or(u64::MAX);
        let is_thread = THREADS.contains(&kind);
        if !is_thread && !TEXT.contains(&kind) {
            return Ok(Survey::NoPosts);
        }
        if found["thread_metadata"]["archived"].as_bool() == Some(true) {
            return Ok(Survey::Archived);
        }
        if is_thread && let Some(parent) = found["parent_id"].as_str() {
            // A thread has the permissions of the channel it hangs from.
            match self.ask(&format!("/channels/{parent}")).await? {
                Some(parent) => found = parent,
                None => return Ok(Survey::Unseen),
            }
        }
        let roles = self.ask(&format!("/guilds/{guild}/roles")).await?.unwrap_or_default();
        let member = self.ask(&format!("/guilds/{guild}/members/{}", self.bot)).await?.unwrap_or_default();
        let has = permissions(guild, self.bot, &roles, &member, &found);
        if has & VIEW == 0 {
            return Ok(Survey::Unseen);
        }
        let send = if is_thread { (SEND_IN_THREADS, "Send Messages in Threads") } else { (SEND, "Send Messages") };
        let wanted = [send, (EMBED, "Embed Links"), (ATTACH, "Attach Files"), (HISTORY, "Read Message History")];
        let missing: Vec<&str> = wanted.into_iter().filter(|(bit, _)| has & bit == 0).map(|(_, name)| name).collect();
        Ok(if missing.is_empty() { Survey::Fine } else { Survey::Missing(missing) })
    }

    async fn direct(&self, user: u64) -> Result<u64, String> {
        let wanted = serde_json::json!({ "recipient_id": user.to_string() });
        // The waits of this route are nobody's channel's; 0 is none.
        let reply = self.rest.post("/users/@me/channels", 0, Body::Json(wanted)).await.map_err(|none| none.why)?;
        if !reply.status.is_success() {
            return Err(reply.trouble());
        }
        reply.body["id"].as_str().and_then(|id| id.parse().ok()).ok_or_else(|| "Discord named no channel".to_owned())
    }

    fn link(&self, guild: u64, channel: u64, message: u64) -> Option<String> {
        Some(format!("https://discord.com/channels/{guild}/{channel}/{message}"))
    }

    async fn say(&self, channel: u64, nonce: &str, card: &Card) -> Result<u64, Unsaid> {
        speak::say(&self.rest, channel, nonce, card).await
    }

    async fn amend(&self, channel: u64, message: u64, card: &Card) -> Result<(), Unsaid> {
        speak::amend(&self.rest, channel, message, card).await
    }

    async fn open_thread(&self, channel: u64, name: &str) -> Result<u64, Unsaid> {
        speak::open_thread(&self.rest, channel, name).await
    }

    async fn name_of(&self, guild: u64, user: u64) -> Option<String> {
        let member = self.ask(&format!("/guilds/{guild}/members/{user}")).await.ok().flatten()?;
        let names = [&member["nick"], &member["user"]["global_name"], &member["user"]["username"]];
        names.into_iter().find_map(Value::as_str).map(str::to_owned)
    }
}

/// What a member may do in a channel, by Discord's documented order: everyone's role, the member's
/// roles, then the channel's overwrites for everyone, for roles together, and for the member.
fn permissions(guild: u64, member_id: u64, roles: &Value, member: &Value, channel: &Value) -> u64 {
    let guild = guild.to_string();
    let bits = |value: &Value| value.as_str().and_then(|text| text.parse::<u64>().ok()).unwrap_or_default();
    let own: Vec<&str> = member["roles"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let holds = |id: &str| id == guild || own.contains(&id);
    let roles = roles.as_array().into_iter().flatten();
    let base = roles.filter(|role| role["id"].as_str().is_some_and(holds)).fold(0, |all, role| all | bits(&role["permissions"]));
    if base & ADMINISTRATOR != 0 {
        return u64::MAX;
    }
    let overwrites: Vec<&Value> = channel["permission_overwrites"].as_array().into_iter().flatten().collect();
    let of = |wanted: &dyn Fn(&str) -> bool| {
        let fitting = overwrites.iter().filter(|overwrite| overwrite["id"].as_str().is_some_and(wanted));
        fitting.fold((0, 0), |(deny, allow), overwrite| (deny | bits(&overwrite["deny"]), allow | bits(&overwrite["allow"])))
    };
    let member_id = member_id.to_string();
    let steps = [of(&|id| id == guild), of(&|id| own.contains(&id)), of(&|id| id == member_id)];
    steps.into_iter().fold(base, |has, (deny, allow)| (has & !deny) | allow)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn overwrites_are_applied_in_discords_order() {
        let roles = json!([
            { "id": "1", "permissions": (VIEW | SEND | HISTORY).to_string() },
            { "id": "2", "permissions": EMBED.to_string() },
            { "id": "3", "permissions": ADMINISTRATOR.to_string() },
        ]);
        let overwrite =
            |id: &str, deny: u64, allow: u64| json!({ "id": id, "deny": deny.to_string(), "allow": allow.to_string() });
        let of = |own: &[&str], overwrites: Vec<Value>| {
            permissions(1, 9, &roles, &json!({ "roles": own }), &json!({ "permission_overwrites": overwrites }))
        };
        assert_eq!(of(&["2"], vec![]), VIEW | SEND | HISTORY | EMBED);
        assert_eq!(of(&["2"], vec![overwrite("1", SEND, 0), overwrite("2", 0, SEND)]) & SEND, SEND);
        assert_eq!(of(&["2"], vec![overwrite("2", 0, SEND), overwrite("9", SEND, 0)]) & SEND, 0);
        assert_eq!(of(&["3"], vec![overwrite("1", VIEW, 0)]), u64::MAX);
    }
}
