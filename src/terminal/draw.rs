//! Draws cards with boxes and colour.

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr;

use crate::card::{Card, Line, Outcome, Refusal, Row, Text};

/// The width and style of drawing.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// Columns of the terminal.
    pub width: usize,
}

/// Longer lines are hard to read, however wide the screen is.
const WIDEST: usize = 100;
/// With less space than this, in columns, a menu item is shown without its hint.
const HINT: usize = 16;
/// Narrower boxes would leave too little space for text.
const NARROWEST: usize = 24;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const HEADING: Style = AnsiColor::Yellow.on_default().bold();
const CITE: Style = AnsiColor::Cyan.on_default();
const FRAME: Style = Style::new().dimmed();

impl Look {
    /// The width of the terminal, or 80 columns if there is none.
    pub fn of_terminal() -> Look {
        Look { width: textwrap::termwidth() }
    }

    fn inner(self) -> usize {
        self.width.clamp(NARROWEST, WIDEST) - 4
    }

    /// A card in a box, its actions numbered from 1.
    pub fn card(self, card: &Card) -> String {
        let mut body = Vec::new();
        self.wrapped(&mut body, "", "", &[StyledRun::new(&shown(&card.title), BOLD)]);
        if let Some(subtitle) = &card.subtitle {
            self.wrapped(&mut body, "", "", &[StyledRun::new(subtitle, DIM)]);
        }
        for section in &card.sections {
            body.push(String::new());
            if let Some(heading) = &section.heading {
                self.wrapped(&mut body, "", "", &[StyledRun::new(heading, HEADING)]);
            }
            for line in &section.lines {
                let bullet = if section.heading.is_some() || section.lines.len() > 1 { "• " } else { "" };
                self.wrapped(&mut body, bullet, &" ".repeat(bullet.chars().count()), &runs(line));
            }
        }
        if let Some(picture) = &card.picture {
            body.push(String::new());
            self.wrapped(&mut body, "", "", &[StyledRun::new(&format!("[picture: {}]", first_sentence(picture.alt())), DIM)]);
        }
        if !card.sources.is_empty() {
            body.push(String::new());
            for source in &card.sources {
                self.wrapped(&mut body, "", "  ", &[StyledRun::new(source, DIM)]);
            }
        }
        let mut out = self.boxed(&body, card.outcome);
        Look::files(&mut out, card);
        let mut number = 1;
        for row in &card.rows {
            match row {
                Row::Buttons(actions) => {
                    let labels: Vec<StyledRun> = actions
                        .iter()
                        .flat_map(|action| {
                            let run =
                                StyledRun::new(&format!("[{number}] {}", action.label).replace(' ', "\u{a0}"), Style::new());
                            number += 1;
                            [run, StyledRun::new(" ", Style::new())]
                        })
                        .collect();
                    let mut lines = Vec::new();
                    self.wrapped(&mut lines, "", "", &labels);
                    out.push_str(&lines.iter().map(|line| format!("  {line}\n")).collect::<String>());
                }
                Row::Menu(menu) => {
                    out.push_str(&format!("  {DIM}{}{DIM:#}\n", menu.placeholder));
                    for item in &menu.items {
                        let label = format!("[{number}] {}", item.label);
                        // Only the hint is cut: two long choices may begin alike.
                        let line = match &item.hint {
                            Some(hint) if label.chars().count() + HINT < self.inner() => {
                                crate::card::format::cut(&format!("{label} — {hint}"), self.inner())
                            }
                            _ => label,
                        };
                        let further = " ".repeat(2 + format!("[{number}] ").len());
                        let options = textwrap::Options::new(self.inner() + 2).initial_indent("  ").subsequent_indent(&further);
                        out.push_str(&format!("{}\n", textwrap::fill(&line, options)));
                        number += 1;
                    }
                }
            }
        }
        out
    }

    /// The content of a card's files.
    fn files(out: &mut String, card: &Card) {
        for file in &card.files {
            out.push_str(&format!("  {DIM}{}{DIM:#}\n{}\n", file.name, String::from_utf8_lossy(&file.bytes)));
        }
    }

    /// A refusal in a box.
    pub fn refusal(self, refusal: &Refusal) -> String {
        let mut body = Vec::new();
        self.wrapped(&mut body, "", "", &[StyledRun::new(&shown(&refusal.text), Style::new())]);
        self.boxed(&body, Outcome::Nothing)
    }

    fn boxed(self, body: &[String], outcome: Outcome) -> String {
        let width = self.inner();
        // The corner also shows the outcome, so that it does not depend on colour.
        let mark = match outcome {
            Outcome::Found => "",
            Outcome::Choose => " ? ",
            Outcome::Nothing => " – ",
        };
        let rule = "─".repeat(width + 2 - mark.chars().count());
        let mut out = format!("{FRAME}╭{mark}{rule}╮{FRAME:#}\n");
        for line in body {
            let fill = " ".repeat(width.saturating_sub(visible_width(line)));
            out.push_str(&format!("{FRAME}│{FRAME:#} {line}{fill} {FRAME}│{FRAME:#}\n"));
        }
        out.push_str(&format!("{FRAME}╰{}╯{FRAME:#}\n", "─".repeat(width + 2)));
        out
    }

    /// Wraps styled text to the box. Each style is closed at the end of a line.
    fn wrapped(self, body: &mut Vec<String>, first: &str, further: &str, runs: &[StyledRun]) {
        let plain: String = runs.iter().map(|run| run.text.as_str()).collect();
        let options = textwrap::Options::new(self.inner()).initial_indent(first).subsequent_indent(further);
        let mut letters = runs.iter().flat_map(|run| run.text.chars().map(move |letter| (letter, run.style))).peekable();
        for (idx, line) in textwrap::wrap(&plain, options).iter().enumerate() {
            let indent = if idx == 0 { first } else { further };
            let mut out = indent.to_owned();
            let mut style = Style::new();
            for letter in line[indent.len()..].chars() {
                // Wrapping drops the spaces at which it breaks.
                while letters.peek().is_some_and(|(other, _)| *other != letter) {
                    letters.next();
                }
                let next = letters.next().map_or(Style::new(), |(_, style)| style);
                if next != style {
                    out.push_str(&format!("{style:#}{next}"));
                    style = next;
                }
                out.push(if letter == '\u{a0}' { ' ' } else { letter });
            }
            out.push_str(&format!("{style:#}"));
            body.push(out);
        }
    }
}

struct StyledRun {
    text: String,
    style: Style,
}

impl StyledRun {
    fn new(text: &str, style: Style) -> StyledRun {
        StyledRun { text: text.to_owned(), style }
    }
}

fn runs(line: &Line) -> Vec<StyledRun> {
    let mut runs = Vec::new();
    if let Some(lead) = &line.lead {
        runs.push(StyledRun::new(lead, BOLD));
        runs.push(StyledRun::new(" ", Style::new()));
    }
    runs.push(StyledRun::new(&shown(&line.text), Style::new()));
    for cite in &line.cite {
        runs.push(StyledRun::new(" ", Style::new()));
        runs.push(StyledRun::new(&format!("[{cite}]").replace(' ', "\u{a0}"), CITE));
    }
    runs
}

/// What a picture shows; the card's text above contains all of it.
fn first_sentence(alt: &str) -> &str {
    alt.split_once(". ").map_or(alt, |(first, _)| first)
}

/// A text as it is shown. Control characters, which could drive the terminal, were removed from user
/// input when it became part of the card.
fn shown(text: &Text) -> String {
    text.plain()
}

fn visible_width(line: &str) -> usize {
    let stripped = anstream::adapter::strip_str(line).to_string();
    stripped.width()
}
