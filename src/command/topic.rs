//! What a timeline, a map or a picture is about: everything, an entry or a theme.

use crate::card::action::Press;
use crate::card::{Action, Refusal};
use crate::command::stale;
use crate::pack::{EntryIdx, EventFacts, Kind, Pack};

/// The button that shows the map of an entry's events.
pub(crate) fn map_button(entry: EntryIdx, pack: &Pack) -> Action {
    Action::new("Map", Press::new("map", [About::Entry(entry).written(pack), String::new()]))
}

/// What a timeline or a map is about.
#[derive(Clone, PartialEq)]
pub(crate) enum About {
    Everything,
    Entry(EntryIdx),
    Tag(String),
}

pub(crate) fn is_tag(text: &str, pack: &Pack) -> bool {
    pack.events().any(|(_, _, facts)| facts.tags.iter().any(|tag| tag == text))
}

impl About {
    /// Whether an event is about it.
    pub(crate) fn has(&self, idx: EntryIdx, facts: &EventFacts, pack: &Pack) -> bool {
        match self {
            About::Everything => true,
            About::Tag(tag) => facts.tags.contains(tag),
            About::Entry(entry) if pack.entry(*entry).kind == Kind::Event => {
                *entry == idx || facts.led_from.contains(entry) || facts.leads_to.contains(entry)
            }
            About::Entry(entry) => pack.events_naming(*entry).contains(&idx),
        }
    }

    /// Its name; `None` for everything.
    pub(crate) fn name<'a>(&'a self, pack: &'a Pack) -> Option<&'a str> {
        match self {
            About::Everything => None,
            About::Tag(tag) => Some(tag),
            About::Entry(entry) => Some(&pack.entry(*entry).name),
        }
    }

    /// As it travels in a button's id.
    pub(crate) fn written(&self, pack: &Pack) -> String {
        match self {
            About::Everything => String::new(),
            About::Tag(tag) => format!("tag.{tag}"),
            About::Entry(entry) => pack.entry(*entry).id.replace('/', "."),
        }
    }

    /// Reads what [`About::written`] wrote; a refusal for anything else.
    pub(crate) fn read(text: &str, pack: &Pack) -> Result<About, Refusal> {
        match text.split_once('.') {
            None if text.is_empty() => Ok(About::Everything),
            Some(("tag", tag)) if is_tag(tag, pack) => Ok(About::Tag(tag.to_owned())),
            Some((kind, id)) => Ok(About::Entry(pack.find(&format!("{kind}/{id}")).ok_or_else(stale)?)),
            None => Err(stale()),
        }
    }
}
