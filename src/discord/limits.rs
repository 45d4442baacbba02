//! Discord's limits, from its documentation of November 2026. Lengths are in characters.

/// An embed's title.
pub const TITLE: usize = 256;
/// An embed's description.
pub const DESCRIPTION: usize = 4096;
/// All embeds of a message together.
pub const EMBEDS: usize = 6000;
/// A message's content.
pub const CONTENT: usize = 2000;
/// A button's label.
pub const LABEL: usize = 80;
/// A menu's placeholder.
pub const PLACEHOLDER: usize = 150;
/// A menu item's label, and its description.
pub const OPTION: usize = 100;
/// Items in a menu, and choices of a completion.
pub const OPTIONS: usize = 25;
/// A component's id.
pub const CUSTOM_ID: usize = 100;
/// Rows of components in a message.
pub const ROWS: usize = 5;
/// Buttons in a row.
pub const BUTTONS: usize = 5;
/// The name of a completion's choice, and its value.
pub const CHOICE: usize = 100;
/// An attachment's description (alt text).
pub const ALT: usize = 1024;
/// How long Discord waits for the initial response to an interaction.
pub const FIRST_ANSWER: std::time::Duration = std::time::Duration::from_secs(3);
