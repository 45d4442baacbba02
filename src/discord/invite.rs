//! The link that adds the bot to a server.

/// The permissions that the bot needs in a server: View Channel, Send Messages, Embed Links, Attach
/// Files, Read Message History, Send Messages in Threads. README's link asks for the same.
const PERMISSIONS: u64 = 1 << 10 | 1 << 11 | 1 << 14 | 1 << 15 | 1 << 16 | 1 << 38;

/// The invitation link of an application.
pub(super) fn link(application: u64) -> String {
    let permissions = PERMISSIONS;
    format!(
        "https://discord.com/oauth2/authorize?client_id={application}&permissions={permissions}&scope=bot+applications.commands"
    )
}

#[cfg(test)]
mod tests {
    use super::PERMISSIONS;

    #[test]
    fn readme_asks_for_the_same() {
        let readme = include_str!("../../README.md");
        assert!(readme.contains(&format!("permissions={PERMISSIONS}")), "README's link asks for other permissions");
    }
}
