//! Computes a member's permissions in a channel, in the order that Discord documents.

use jiff::Timestamp;
use serde_json::Value;

const ADMINISTRATOR: u64 = 1 << 3;
pub(super) const VIEW: u64 = 1 << 10;
pub(super) const SEND: u64 = 1 << 11;
pub(super) const EMBED: u64 = 1 << 14;
pub(super) const ATTACH: u64 = 1 << 15;
pub(super) const HISTORY: u64 = 1 << 16;
pub(super) const CONNECT: u64 = 1 << 20;
pub(super) const MANAGE_THREADS: u64 = 1 << 34;
pub(super) const CREATE_PUBLIC_THREADS: u64 = 1 << 35;
pub(super) const SEND_IN_THREADS: u64 = 1 << 38;

/// The permissions by their names in Discord's settings.
const NAMES: [(u64, &str); 8] = [
    (VIEW, "View Channel"),
    (CONNECT, "Connect"),
    (SEND, "Send Messages"),
    (SEND_IN_THREADS, "Send Messages in Threads"),
    (CREATE_PUBLIC_THREADS, "Create Public Threads"),
    (EMBED, "Embed Links"),
    (ATTACH, "Attach Files"),
    (HISTORY, "Read Message History"),
];

/// The names of the permissions in `wanted` that `has` lacks.
pub(super) fn missing(wanted: u64, has: u64) -> Vec<&'static str> {
    NAMES.into_iter().filter(|(bit, _)| wanted & !has & bit != 0).map(|(_, name)| name).collect()
}

/// The permissions granted to a member in a channel: @everyone's role and the member's roles together,
/// then the channel's overwrites for @everyone, for those roles together, and for the member. For a
/// thread, `channel` is its parent. The result ignores Discord's implicit denials (nothing works without
/// View Channel, no embeds without Send Messages), so that a message about missing permissions names the
/// right one.
pub(super) fn granted(guild: u64, member_id: u64, roles: &Value, member: &Value, channel: &Value) -> u64 {
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

/// Until when a moderator timed a member out, if that is after `now`. Administrators are exempt; see
/// [`is_administrator`].
pub(super) fn timed_out_until(member: &Value, now: Timestamp) -> Option<Timestamp> {
    let until: Timestamp = member["communication_disabled_until"].as_str()?.parse().ok()?;
    (until > now).then_some(until)
}

/// Whether the permissions include Administrator, which grants everything.
pub(super) fn is_administrator(granted: u64) -> bool {
    granted & ADMINISTRATOR != 0
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
            granted(1, 9, &roles, &json!({ "roles": own }), &json!({ "permission_overwrites": overwrites }))
        };
        assert_eq!(of(&["2"], vec![]), VIEW | SEND | HISTORY | EMBED);
        assert_eq!(of(&["2"], vec![overwrite("1", SEND, 0), overwrite("2", 0, SEND)]) & SEND, SEND);
        assert_eq!(of(&["2"], vec![overwrite("2", 0, SEND), overwrite("9", SEND, 0)]) & SEND, 0);
        // Overwrites of roles are combined first: one role's allow wins over another role's deny.
        assert_eq!(of(&["2", "4"], vec![overwrite("2", 0, SEND), overwrite("4", SEND, 0)]) & SEND, SEND);
        assert!(is_administrator(of(&["3"], vec![overwrite("1", VIEW, 0)])));
    }

    #[test]
    fn a_time_out_that_is_over_is_none() {
        let now: Timestamp = "2026-11-25T07:00:00Z".parse().expect("an instant");
        let member = |until: Value| json!({ "communication_disabled_until": until });
        assert_eq!(timed_out_until(&member(Value::Null), now), None);
        assert_eq!(timed_out_until(&member(json!("2026-11-25T06:59:59.000000+00:00")), now), None);
        let later = timed_out_until(&member(json!("2026-11-25T09:00:00.000000+00:00")), now);
        assert_eq!(later, "2026-11-25T09:00:00Z".parse().ok());
    }

    #[test]
    fn what_is_missing_is_named_as_in_discords_settings() {
        assert_eq!(missing(VIEW | SEND | EMBED, VIEW), ["Send Messages", "Embed Links"]);
        assert_eq!(missing(SEND, u64::MAX), [""; 0]);
    }
}
