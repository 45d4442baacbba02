//! Buttons that look something up.

use jiff::civil::Date;

use super::{ButtonId, TopicId, kind_of, press_of, words_of};
use crate::card::action::{Press, digits, read_digits};
use crate::pack::{Kind, Passage};

/// The part of an entry to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryView {
    /// The most important facts, on one phone screen.
    First,
    /// A page, from 0, of everything known.
    Everything(usize),
    /// The sources in full.
    Sources,
}

/// Shows an entry: `1/event/id`, `1/who/person/id/2`, `1/place/id/sources`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryPress {
    /// The kind of the entry.
    pub kind: Kind,
    /// Its id without the kind.
    pub id: String,
    /// Which part of it.
    pub view: EntryView,
}

impl ButtonId for EntryPress {
    fn press(&self) -> Press {
        let (verb, mut arguments) = match self.kind {
            Kind::Event => ("event", Vec::new()),
            Kind::Person | Kind::Group => ("who", vec![self.kind.to_string()]),
            Kind::Place => ("place", Vec::new()),
            Kind::Term => ("term", Vec::new()),
        };
        arguments.push(self.id.clone());
        match self.view {
            EntryView::First => {}
            // Pages are counted from 1 here, because 0 is the first view.
            EntryView::Everything(page) => arguments.push(page.saturating_add(1).to_string()),
            EntryView::Sources => arguments.push("sources".to_owned()),
        }
        Press::new(verb, arguments)
    }

    fn read(press: &Press) -> Option<EntryPress> {
        let words: Vec<&str> = press.arguments.iter().map(String::as_str).collect();
        let (kind, rest) = match (press.verb.as_str(), words.as_slice()) {
            ("who", [kind, rest @ ..]) => (kind_of(kind).filter(|kind| matches!(kind, Kind::Person | Kind::Group))?, rest),
            (verb @ ("event" | "place" | "term"), rest) => (kind_of(verb)?, rest),
            _ => return None,
        };
        let (id, view) = match rest {
            [id] => (id, EntryView::First),
            [id, "sources"] => (id, EntryView::Sources),
            [id, page] => (id, page.parse::<usize>().ok()?.checked_sub(1).map_or(EntryView::First, EntryView::Everything)),
            _ => return None,
        };
        Some(EntryPress { kind, id: (*id).to_owned(), view })
    }
}

/// Shows a day of the year: `1/onthisday/10-23`, or a page of everything on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayPress {
    /// The month, from 1.
    pub month: i8,
    /// The day of the month.
    pub day: i8,
    /// A page, from 0, of everything that happened; `None` for what mattered most.
    pub page: Option<usize>,
}

impl ButtonId for DayPress {
    fn press(&self) -> Press {
        let day = format!("{:02}-{:02}", self.month, self.day);
        Press::new("onthisday", std::iter::once(day).chain(self.page.map(|page| page.to_string())))
    }

    fn read(press: &Press) -> Option<DayPress> {
        let (day, page) = match words_of(press, "onthisday")?[..] {
            [day] => (day, None),
            [day, page] => (day, Some(page.parse().ok()?)),
            _ => return None,
        };
        let (month, day) = day.split_once('-')?;
        let (month, day) = (month.parse().ok()?, day.parse().ok()?);
        // 2000 was a leap year, so it has every day of any year.
        Date::new(2000, month, day).ok()?;
        Some(DayPress { month, day, page })
    }
}

/// Shows a timeline: `1/timeline/from/to/topic/page`. Each argument may be empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimelinePress {
    pub from: Option<Date>,
    pub to: Option<Date>,
    /// The topic.
    pub topic: TopicId,
    /// A page, from 0, of all events; `None` for the most important ones.
    pub page: Option<usize>,
}

impl ButtonId for TimelinePress {
    fn press(&self) -> Press {
        let day = |day: Option<Date>| day.map(digits).unwrap_or_default();
        let page = self.page.map(|page| page.to_string()).unwrap_or_default();
        press_of("timeline", [&day(self.from), &day(self.to), &self.topic.written(), &page])
    }

    fn read(press: &Press) -> Option<TimelinePress> {
        let [from, to, topic, page] = words_of(press, "timeline")?[..] else { return None };
        let day = |text: &str| if text.is_empty() { Some(None) } else { read_digits(text).map(Some) };
        Some(TimelinePress { from: day(from)?, to: day(to)?, topic: TopicId::read(topic)?, page: super::optional(page)? })
    }
}

/// Shows a map: `1/map/topic/page`, `1/map/days.17890714.17890715/0`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MapPress {
    /// Places of events that began between two dates.
    Days {
        from: Date,
        to: Date,
        /// The page of the list, from 0.
        page: Option<usize>,
    },
    Topic {
        topic: TopicId,
        /// The page of the list, from 0.
        page: Option<usize>,
    },
}

impl ButtonId for MapPress {
    fn press(&self) -> Press {
        let (what, page) = match self {
            MapPress::Days { from, to, page } => (format!("days.{}.{}", digits(*from), digits(*to)), page),
            MapPress::Topic { topic, page } => (topic.written(), page),
        };
        press_of("map", [&what, &page.map(|page| page.to_string()).unwrap_or_default()])
    }

    fn read(press: &Press) -> Option<MapPress> {
        let [what, page] = words_of(press, "map")?[..] else { return None };
        let page = super::optional(page)?;
        Some(match what.strip_prefix("days.").and_then(|days| days.split_once('.')) {
            Some((from, to)) => MapPress::Days { from: read_digits(from)?, to: read_digits(to)?, page },
            None => MapPress::Topic { topic: TopicId::read(what)?, page },
        })
    }
}

/// How causes and consequences are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CausesView {
    /// In words: `/why`.
    Words,
    /// Drawn: `/graph`.
    Graph,
}

/// Shows the causes and consequences of an event: `1/why/id`, `1/graph/id/1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CausesPress {
    pub view: CausesView,
    /// The event's id without its kind.
    pub event: String,
    /// The page, from 0.
    pub page: Option<usize>,
}

impl ButtonId for CausesPress {
    fn press(&self) -> Press {
        let verb = match self.view {
            CausesView::Words => "why",
            CausesView::Graph => "graph",
        };
        Press::new(verb, std::iter::once(self.event.clone()).chain(self.page.map(|page| page.to_string())))
    }

    fn read(press: &Press) -> Option<CausesPress> {
        let view = match press.verb.as_str() {
            "why" => CausesView::Words,
            "graph" => CausesView::Graph,
            _ => return None,
        };
        let (event, page) = match press.arguments.as_slice() {
            [event] => (event, None),
            [event, page] => (event, Some(page.parse().ok()?)),
            _ => return None,
        };
        Some(CausesPress { view, event: event.clone(), page })
    }
}

/// Lists the sources of an answer by their ids: `1/ask/s/one+other`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskPress {
    pub sources: Vec<String>,
}

impl ButtonId for AskPress {
    fn press(&self) -> Press {
        press_of("ask", [&"s", &self.sources.join("+")])
    }

    fn read(press: &Press) -> Option<AskPress> {
        let ["s", sources] = words_of(press, "ask")?[..] else { return None };
        Some(AskPress { sources: sources.split('+').map(str::to_owned).collect() })
    }
}

/// Shows a passage of the class document: `1/source/p9`, `1/source/Q1/1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourcePress {
    pub passage: Passage,
    /// The page, from 0.
    pub page: usize,
}

impl ButtonId for SourcePress {
    fn press(&self) -> Press {
        let passage = self.passage.to_string().replace('¶', "p");
        if self.page == 0 { press_of("source", [&passage]) } else { press_of("source", [&passage, &self.page]) }
    }

    fn read(press: &Press) -> Option<SourcePress> {
        let (passage, page) = match words_of(press, "source")?[..] {
            [passage] => (passage, 0),
            [passage, page] => (passage, page.parse().ok()?),
            _ => return None,
        };
        Some(SourcePress { passage: Passage::parse(passage)?, page })
    }
}

/// An action on a discussion, by its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DiscussPress {
    /// Open it: `1/discuss/s/id`.
    Open(String),
    /// Show a hint, from 0: `1/discuss/h/id/0`.
    Hint(String, usize),
    /// Show the teacher a page, from 0, of the model outline: `1/discuss/o/id`, `1/discuss/o/id/1`.
    Outline(String, Option<usize>),
    /// Show the outline to the class: `1/discuss/p/id`.
    Post(String),
}

impl ButtonId for DiscussPress {
    fn press(&self) -> Press {
        match self {
            DiscussPress::Open(id) => press_of("discuss", [&"s", id]),
            DiscussPress::Hint(id, hint) => press_of("discuss", [&"h", id, hint]),
            DiscussPress::Outline(id, None) => press_of("discuss", [&"o", id]),
            DiscussPress::Outline(id, Some(page)) => press_of("discuss", [&"o", id, page]),
            DiscussPress::Post(id) => press_of("discuss", [&"p", id]),
        }
    }

    fn read(press: &Press) -> Option<DiscussPress> {
        let words = words_of(press, "discuss")?;
        Some(match words[..] {
            ["s", id] => DiscussPress::Open(id.to_owned()),
            ["h", id, hint] => DiscussPress::Hint(id.to_owned(), hint.parse().ok()?),
            ["o", id] => DiscussPress::Outline(id.to_owned(), None),
            ["o", id, page] => DiscussPress::Outline(id.to_owned(), Some(page.parse().ok()?)),
            ["p", id] => DiscussPress::Post(id.to_owned()),
            _ => return None,
        })
    }
}

/// Explains the commands: `1/help`, `1/help/who`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HelpPress {
    Overview,
    Command(String),
}

impl ButtonId for HelpPress {
    fn press(&self) -> Press {
        match self {
            HelpPress::Overview => press_of("help", []),
            HelpPress::Command(name) => press_of("help", [name]),
        }
    }

    fn read(press: &Press) -> Option<HelpPress> {
        Some(match words_of(press, "help")?[..] {
            [] => HelpPress::Overview,
            [name, ..] => HelpPress::Command(name.to_owned()),
        })
    }
}

/// Shows information about the bot: `1/about`, `1/about/kept`, `1/about/2`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AboutPress {
    /// The overview.
    About,
    /// What is stored about people.
    Kept,
    /// A page, from 0, of the sources.
    Sources(usize),
}

impl ButtonId for AboutPress {
    fn press(&self) -> Press {
        match self {
            AboutPress::About => press_of("about", []),
            AboutPress::Kept => press_of("about", [&"kept"]),
            AboutPress::Sources(page) => press_of("about", [page]),
        }
    }

    fn read(press: &Press) -> Option<AboutPress> {
        Some(match words_of(press, "about")?[..] {
            [] => AboutPress::About,
            ["kept"] => AboutPress::Kept,
            [page] => AboutPress::Sources(page.parse().ok()?),
            _ => return None,
        })
    }
}
