//! What can be pressed, and the only codec of what a press carries.
//!
//! A button's state travels in its id, so that it works after a restart and on any machine:
//! `1/verb/argument/argument…`, where 1 is the version and the verb is the name of a command. An
//! id comes back from outside and is not trusted: [`decode`] is total, and each command checks its
//! own arguments.

use std::fmt;

use jiff::civil::Date;

/// The longest id an action may have, in bytes; it leaves an edge room for a mark of its own in
/// Discord's 100.
pub const LONGEST: usize = 84;

const VERSION: &str = "1";

/// A press, before it is a button's id and after it was one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Press {
    /// The command it goes to.
    pub verb: String,
    /// What the command needs to answer it again.
    pub arguments: Vec<String>,
}

impl Press {
    /// A press for the command `verb`. Arguments must not hold a slash, except the last.
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

/// Reads a press back from an id. `None` for everything this version did not write.
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

/// A line of text that a button asks for before it does anything. The text comes back with the press
/// as the option [`TYPED`].
///
/// There are few of them and each has a letter of its own, so that a button's id can say which one
/// it asks for.
#[derive(Debug, PartialEq, Eq)]
pub struct TextPrompt {
    /// What stands for it in an id.
    pub letter: char,
    /// What the form is called, at most 45 characters.
    pub title: &'static str,
    /// What is to be typed, at most 45 characters.
    pub label: &'static str,
    /// An example, shown as long as nothing is typed; at most 100 characters.
    pub placeholder: &'static str,
}

/// The option in which a press brings what was typed.
pub const TYPED: &str = "typed";
/// The longest text that is taken, in characters.
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

    /// The one of that letter.
    pub fn of(letter: char) -> Option<&'static TextPrompt> {
        TextPrompt::ALL.into_iter().find(|prompt| prompt.letter == letter)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// What stands on it, at most 80 characters.
    pub label: String,
    pub press: Press,
    /// What it asks for first, if anything.
    pub asks: Option<&'static TextPrompt>,
    /// Whether its answer stands beside the card it is on, for the one who pressed alone, and the
    /// card stays as it is.
    pub beside: bool,
}

impl Action {
    /// A button with that label; longer ones are cut at a word.
    pub fn new(label: &str, press: Press) -> Action {
        Action { label: super::format::cut(label, 78), press, asks: None, beside: false }
    }

    /// The same button, asking for a line of text first.
    pub fn asking(mut self, prompt: &'static TextPrompt) -> Action {
        self.asks = Some(prompt);
        self
    }

    /// The same button, whose answer leaves the card as it is.
    pub fn beside(mut self) -> Action {
        self.beside = true;
        self
    }
}

/// A line of a menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MenuItem {
    /// What it says, at most 100 characters.
    pub label: String,
    /// A second line, at most 100 characters.
    pub hint: Option<String>,
    /// What choosing it does.
    pub press: Press,
}

impl MenuItem {
    /// A line of a menu; label and hint are cut at a word.
    pub fn new(label: &str, hint: Option<&str>, press: Press) -> MenuItem {
        MenuItem { label: super::format::cut(label, 98), hint: hint.map(|hint| super::format::cut(hint, 98)), press }
    }
}

/// A menu: one of up to 25 lines can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Menu {
    /// What it says while nothing is chosen.
    pub placeholder: String,
    pub items: Vec<MenuItem>,
}

/// A row of what can be pressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// Up to five buttons.
    Buttons(Vec<Action>),
    Menu(Menu),
}

/// A day as a press carries it: `17890714`, and in years BC `b430315`, as astronomers count.
pub fn digits(date: Date) -> String {
    match date.year() {
        year @ ..0 => format!("b{}{:02}{:02}", -i32::from(year), date.month(), date.day()),
        year => format!("{year:04}{:02}{:02}", date.month(), date.day()),
    }
}

/// The day that [`digits`] wrote.
pub fn read_digits(text: &str) -> Option<Date> {
    let (digits, sign) = text.strip_prefix('b').map_or((text, 1), |digits| (digits, -1));
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (year, rest) = digits.split_at_checked(digits.len().checked_sub(4)?)?;
    let (month, day) = rest.split_at_checked(2)?;
    Date::new(sign * year.parse::<i16>().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// A number in base 36; 13 digits hold any id.
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
