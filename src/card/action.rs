//! Buttons and menus, and the codec of their ids.
//!
//! A button's state is in its id, so that it works after a restart and on any machine:
//! `1/verb/argument/argument…`, where 1 is the version and the verb is the name of a command. An id
//! comes back from outside and is not trusted: [`decode`] accepts any text, and each command checks its
//! own arguments.

use std::fmt;

use jiff::civil::Date;

/// The longest id of an action, in bytes. It leaves an edge space for its own suffix within Discord's
/// limit of 100.
pub const LONGEST: usize = 84;

const VERSION: &str = "1";

/// A press of a button, encoded in the button's id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Press {
    /// The command that handles it.
    pub verb: String,
    /// The command's arguments.
    pub arguments: Vec<String>,
}

impl Press {
    /// A press for the command `verb`. Only the last argument may contain a slash.
    pub fn new<S: Into<String>>(verb: &str, arguments: impl IntoIterator<Item = S>) -> Press {
        Press { verb: verb.to_owned(), arguments: arguments.into_iter().map(Into::into).collect() }
    }
}

impl fmt::Display for Press {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{VERSION}/{}", self.verb)?;
        for argument in &self.arguments {
            write!(f, "/{argument}")?;
        }
        Ok(())
    }
}

/// Parses a press from an id; `None` if this version did not write it.
pub fn decode(id: &str) -> Option<Press> {
    if id.len() > LONGEST {
        return None;
    }
    let mut parts = id.split('/');
    if parts.next() != Some(VERSION) {
        return None;
    }
    let verb = parts.next().filter(|verb| !verb.is_empty())?;
    Some(Press::new(verb, parts))
}

/// A line of text that a button asks for first. The text comes with the press as the option [`TYPED`].
///
/// There are few prompts, and each has its own letter for a button's id.
#[derive(Debug, PartialEq, Eq)]
pub struct TextPrompt {
    /// The prompt's letter in an id.
    pub letter: char,
    /// The form's title, at most 45 characters.
    pub title: &'static str,
    /// The field's label, at most 45 characters.
    pub label: &'static str,
    /// An example, shown while the field is empty; at most 100 characters.
    pub placeholder: &'static str,
}

/// The maximum length of a button's label, in characters.
pub const BUTTON: usize = 80;
/// The maximum length of a menu item's label, and of its second line.
pub const ITEM: usize = 100;

/// The option of a press with the typed text.
pub const TYPED: &str = "typed";
/// The maximum length of the typed text, in characters.
pub const TYPED_LONGEST: u16 = 100;

/// A name of somebody or something.
pub const NAME: TextPrompt = TextPrompt {
    letter: 'n',
    title: "Your answer",
    label: "Who or what is it?",
    placeholder: "A name or a word. Bad spelling is fine.",
};

pub const DATE: TextPrompt = TextPrompt {
    letter: 'd',
    title: "Your answer",
    label: "When was it?",
    placeholder: "14 july, 14/7 (day/month), July 1789, 44 BC",
};

impl TextPrompt {
    pub const ALL: [&'static TextPrompt; 2] = [&NAME, &DATE];

    /// The prompt with that letter.
    pub fn of(letter: char) -> Option<&'static TextPrompt> {
        TextPrompt::ALL.into_iter().find(|prompt| prompt.letter == letter)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// The label, at most 80 characters.
    pub label: String,
    pub press: Press,
    /// The prompt for text, if it asks for any.
    pub asks: Option<&'static TextPrompt>,
    /// Whether the answer is a new message, visible only to the user who pressed, and the card stays
    /// unchanged.
    pub beside: bool,
}

impl Action {
    /// A button with that label, which is cut at a word if it is too long.
    pub fn new(label: &str, press: Press) -> Action {
        Action { label: super::format::cut(label, BUTTON), press, asks: None, beside: false }
    }

    /// The same button, with a prompt for text.
    pub fn asking(mut self, prompt: &'static TextPrompt) -> Action {
        self.asks = Some(prompt);
        self
    }

    /// The same button, with an answer that leaves the card unchanged.
    pub fn beside(mut self) -> Action {
        self.beside = true;
        self
    }
}

/// An item of a menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MenuItem {
    /// The label, at most 100 characters.
    pub label: String,
    /// A second line, at most 100 characters.
    pub hint: Option<String>,
    /// The press that choosing it makes.
    pub press: Press,
}

impl MenuItem {
    /// An item of a menu. Label and hint are cut at a word if they are too long.
    pub fn new(label: &str, hint: Option<&str>, press: Press) -> MenuItem {
        MenuItem { label: super::format::cut(label, ITEM), hint: hint.map(|hint| super::format::cut(hint, ITEM)), press }
    }
}

/// A menu from which one of up to 25 items can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Menu {
    /// The text while nothing is chosen.
    pub placeholder: String,
    pub items: Vec<MenuItem>,
}

/// A row of buttons, or a menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// Up to five buttons.
    Buttons(Vec<Action>),
    Menu(Menu),
}

/// A date in a press: `17890714`, or before Christ `b430315`, with an astronomical year.
pub fn digits(date: Date) -> String {
    match date.year() {
        year @ ..0 => format!("b{}{:02}{:02}", -i32::from(year), date.month(), date.day()),
        year => format!("{year:04}{:02}{:02}", date.month(), date.day()),
    }
}

/// Parses a date from [`digits`].
pub fn read_digits(text: &str) -> Option<Date> {
    let (digits, sign) = text.strip_prefix('b').map_or((text, 1), |digits| (digits, -1));
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (year, rest) = digits.split_at_checked(digits.len().checked_sub(4)?)?;
    let (month, day) = rest.split_at_checked(2)?;
    Date::new(sign * year.parse::<i16>().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// A number in base 36; any id fits into 13 digits.
pub fn base36(mut number: u64) -> String {
    let mut digits = Vec::new();
    loop {
        let digit = (number % 36) as u8;
        digits.push(if digit < 10 { b'0' + digit } else { b'a' + digit - 10 } as char);
        number /= 36;
        if number == 0 {
            break digits.iter().rev().collect();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_press_carries_days_of_any_year() {
        for (day, written) in [
            (Date::constant(1789, 7, 14), "17890714"),
            (Date::constant(79, 10, 24), "00791024"),
            (Date::constant(0, 1, 1), "00000101"),
            (Date::constant(-43, 3, 15), "b430315"),
            (Date::constant(-752, 4, 21), "b7520421"),
        ] {
            assert_eq!(digits(day), written);
            assert_eq!(read_digits(written), Some(day));
        }
        for text in ["", "b", "1789", "b0315", "17891399", "1789-07-14", "-430315", "é0314"] {
            assert_eq!(read_digits(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        for press in [
            Press::new("event", ["1956-10-23-radio-shots"]),
            Press::new("timeline", ["1956-10-23", "1956-11-04", "", "2"]),
            Press { verb: "help".to_owned(), arguments: vec![] },
        ] {
            assert_eq!(decode(&press.to_string()), Some(press));
        }
    }

    #[test]
    fn foreign_and_old_ids_are_refused() {
        for id in ["", "1", "1/", "0/event/x", "2/event/x", "event/x", &"1/event/".repeat(20)] {
            assert_eq!(decode(id), None, "{id:?}");
        }
    }

    #[test]
    fn prompts_fit_a_form_and_are_told_apart() {
        for (idx, prompt) in TextPrompt::ALL.into_iter().enumerate() {
            assert!(prompt.title.chars().count() <= 45 && prompt.label.chars().count() <= 45, "{prompt:?}");
            assert!(prompt.placeholder.chars().count() <= 100, "{prompt:?}");
            assert_eq!(TextPrompt::of(prompt.letter), Some(prompt));
            assert!(TextPrompt::ALL[idx + 1..].iter().all(|other| other.letter != prompt.letter));
        }
        assert_eq!(TextPrompt::of('?'), None);
    }

    proptest! {
        #[test]
        fn decoding_is_total(id in any::<String>()) {
            if let Some(press) = decode(&id) {
                prop_assert_eq!(press.to_string(), id);
            }
        }
    }
}
