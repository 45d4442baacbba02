//! What Discord takes, as of its documentation in November 2026. All lengths are in characters
//! except where bytes are named.

/// Characters of an embed's title.
pub const TITLE: usize = 256;
/// Characters of an embed's description.
pub const DESCRIPTION: usize = 4096;
/// Characters of all embeds of a message together.
pub const EMBEDS: usize = 6000;
/// Characters of a message's content.
pub const CONTENT: usize = 2000;
/// Characters of a button's label.
pub const LABEL: usize = 80;
/// Characters of a menu's placeholder.
pub const PLACEHOLDER: usize = 150;
/// Characters of a menu line's label and of its second line.
pub const OPTION: usize = 100;
/// Lines of a menu, and choices offered while typing.
pub const OPTIONS: usize = 25;
/// Characters of a component's id.
pub const CUSTOM_ID: usize = 100;
/// Rows of components in a message.
pub const ROWS: usize = 5;
/// Buttons in a row.
pub const BUTTONS: usize = 5;
/// Characters of a choice offered while typing, name and value each.
pub const CHOICE: usize = 100;
/// Characters of an attachment's description.
pub const ALT: usize = 1024;
/// How long Discord waits for the first answer to an interaction.
pub const FIRST_ANSWER: std::time::Duration = std::time::Duration::from_secs(3);
