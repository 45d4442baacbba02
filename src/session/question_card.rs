//! Shows a question on a card: its text, its choices and their buttons, and the explanation after an
//! answer. Callers decide how choices are offered, what a press does, and what else is on the card.

use super::{AnswerFormat, Question};
use crate::card::action::{MenuItem, Press};
use crate::card::{Action, Card, Line, Section, format};
use crate::pack::{Citation, EntryIdx, Pack};

/// The longest question that fits a card's title, in characters.
const TITLE: usize = 200;

/// How the choices of a question are offered.
#[derive(Debug, Clone, Copy)]
pub enum ChoiceControls {
    /// A button for each letter; the text lists the choices under this heading.
    Letters { heading: &'static str },
    /// A button for each choice if all are short, otherwise a menu.
    Labels(LabelledChoices),
}

/// When choices become buttons, and how their menu looks otherwise.
#[derive(Debug, Clone, Copy)]
pub struct LabelledChoices {
    /// The longest choice on a button, in characters, because phones cut longer ones.
    pub longest: usize,
    /// The maximum number of buttons.
    pub most: usize,
    /// The text of the menu while nothing is chosen.
    pub placeholder: &'static str,
    /// Whether the text lists the choices of a menu as well; those that a menu would cut are always
    /// listed.
    pub in_text: bool,
}

impl LabelledChoices {
    fn fit_buttons(&self, choices: &[String]) -> bool {
        choices.len() <= self.most && choices.iter().all(|choice| choice.chars().count() <= self.longest)
    }
}

/// The letter of an index: `A`, `B`, `C` …
pub fn letter(idx: usize) -> char {
    u8::try_from(idx).ok().and_then(|idx| b'A'.checked_add(idx)).filter(u8::is_ascii_uppercase).map_or('?', char::from)
}

/// A question's text, one line each.
pub fn text(ask: &str) -> Vec<Line> {
    ask.lines().map(Line::new).collect()
}

/// A question's first line as a title if it is short enough, and the lines of the body.
pub fn title_and_text(ask: &str) -> (String, Vec<Line>) {
    let mut lines = text(ask);
    match ask.lines().next() {
        Some(first) if first.chars().count() <= TITLE => {
            lines.remove(0);
            (first.to_owned(), lines)
        }
        _ => ("A question".to_owned(), lines),
    }
}

/// Adds choices to a card, with the buttons or menu to take one. `press` maps the index of a choice to
/// its press.
pub fn offer(card: Card, choices: &[String], controls: ChoiceControls, press: impl Fn(usize) -> Press) -> Card {
    let each = || choices.iter().enumerate();
    match controls {
        ChoiceControls::Letters { heading } => {
            let lines = each().map(|(idx, choice)| Line::new(choice.as_str()).led(letter(idx))).collect();
            let buttons = each().map(|(idx, _)| Action::new(&letter(idx).to_string(), press(idx))).collect();
            card.section(Section::headed(heading, lines)).buttons(buttons)
        }
        ChoiceControls::Labels(labels) if labels.fit_buttons(choices) => {
            card.buttons(each().map(|(idx, choice)| Action::new(choice, press(idx))).collect())
        }
        ChoiceControls::Labels(LabelledChoices { placeholder, in_text, .. }) => {
            let bare: Vec<MenuItem> = each().map(|(idx, choice)| MenuItem::new(choice, None, press(idx))).collect();
            if !in_text && bare.iter().zip(choices).all(|(item, choice)| item.label == *choice) {
                return card.menu(placeholder, bare);
            }
            let lines = each().map(|(idx, choice)| Line::new(choice.as_str()).led(format!("{}:", letter(idx)))).collect();
            let lettered =
                |(idx, choice): (usize, &String)| MenuItem::new(&format!("{}: {choice}", letter(idx)), None, press(idx));
            card.section(Section::opening(lines)).menu(placeholder, each().map(lettered).collect())
        }
    }
}

/// Adds the explanation of a question's answer, with its sources.
pub fn explain(card: Card, question: &Question, pack: &Pack) -> Card {
    let mut card = card.section(Section::headed("Why", question.lines(pack)));
    card.sources = question.sources(pack);
    card
}

/// A question with its answer on one line, for lists.
pub struct Recap {
    /// `What was it called? → The New Course`
    pub text: String,
    /// The citations of the answer.
    pub cite: Vec<Citation>,
    /// The entry to read about it.
    pub about: Option<EntryIdx>,
}

impl Recap {
    /// Repeats at most `most` characters of the question.
    pub fn of(question: &Question, most: usize) -> Recap {
        let ask = format::cut(&question.ask.replace('\n', " "), most);
        Recap {
            text: format!("{ask} → {}", question.answer()),
            cite: question.explain.first().map(|claim| claim.cite.clone()).unwrap_or_default(),
            about: question.about.first().copied(),
        }
    }
}

impl Question {
    /// The choices; empty if the answer is typed.
    pub fn choices(&self) -> &[String] {
        match &self.form {
            AnswerFormat::Choice { choices, .. } => choices,
            AnswerFormat::Typed { .. } => &[],
        }
    }

    /// Whether a choice, by its index, is right.
    pub fn is_right(&self, choice: usize) -> bool {
        matches!(&self.form, AnswerFormat::Choice { right, .. } if *right == choice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::{Outcome, Row};

    const LABELS: LabelledChoices = LabelledChoices { longest: 20, most: 3, placeholder: "Choose …", in_text: false };

    /// The labels of the buttons, and the lines of the text.
    fn offered(choices: &[&str], controls: ChoiceControls) -> (Vec<String>, Vec<String>) {
        let choices: Vec<String> = choices.iter().map(|choice| (*choice).to_owned()).collect();
        let press = |idx: usize| Press::new("quiz", [idx.to_string()]);
        let card = offer(Card::new(Outcome::Choose, "?"), &choices, controls, press);
        let [row] = card.rows.as_slice() else { panic!("one row, not {:?}", card.rows) };
        let labels = match row {
            Row::Buttons(actions) => actions.iter().map(|action| format!("[{}] {}", action.label, action.press)).collect(),
            Row::Menu(menu) => menu.items.iter().map(|item| format!("{} {}", item.label, item.press)).collect(),
        };
        let lines = card.sections.iter().flat_map(|section| &section.lines);
        (labels, lines.map(|line| format!("{} {}", line.lead.clone().unwrap_or_default(), line.text.plain())).collect())
    }

    #[test]
    fn short_choices_stand_on_buttons_and_nowhere_else() {
        let (labels, lines) = offered(&["Buda", "Pest"], ChoiceControls::Labels(LABELS));
        assert_eq!(labels, ["[Buda] 1/quiz/0", "[Pest] 1/quiz/1"]);
        assert!(lines.is_empty(), "{lines:?}");
    }

    #[test]
    fn a_menu_stands_for_buttons_where_choices_are_long_or_many() {
        let (labels, lines) = offered(&["A street in the inner city", "Pest"], ChoiceControls::Labels(LABELS));
        assert_eq!(labels, ["A street in the inner city 1/quiz/0", "Pest 1/quiz/1"]);
        assert!(lines.is_empty(), "{lines:?}");
        let spelt_out = LabelledChoices { in_text: true, ..LABELS };
        let (labels, lines) = offered(&["a", "b", "c", "d"], ChoiceControls::Labels(spelt_out));
        assert_eq!(labels, ["A: a 1/quiz/0", "B: b 1/quiz/1", "C: c 1/quiz/2", "D: d 1/quiz/3"]);
        assert_eq!(lines, ["A: a", "B: b", "C: c", "D: d"]);
    }

    #[test]
    fn a_choice_that_a_menu_would_cut_is_whole_in_the_text() {
        let long = "They promised it ".repeat(8);
        let (labels, lines) = offered(&[long.trim(), "No"], ChoiceControls::Labels(LABELS));
        assert!(labels[0].starts_with("A: They promised it") && labels[0].contains('…'), "{labels:?}");
        assert_eq!(lines, [format!("A: {}", long.trim()), "B: No".to_owned()]);
    }

    #[test]
    fn letters_stand_on_buttons_and_their_choices_in_the_text() {
        let (labels, lines) = offered(&["Buda", "Pest"], ChoiceControls::Letters { heading: "Answers" });
        assert_eq!(labels, ["[A] 1/quiz/0", "[B] 1/quiz/1"]);
        assert_eq!(lines, ["A Buda", "B Pest"]);
    }

    #[test]
    fn a_long_question_stands_in_the_body() {
        let (title, lines) = title_and_text("Which came first?\nA: this\nB: that");
        assert_eq!((title.as_str(), lines.len()), ("Which came first?", 2));
        let (title, lines) = title_and_text(&"why ".repeat(60));
        assert_eq!((title.as_str(), lines.len()), ("A question", 1));
    }
}
