//! The topic of a timeline, a map, a quiz or a round: everything, an entry or a theme.

use crate::card::Action;
use crate::card::press::{ButtonId, MapPress, TopicHash, TopicId};
use crate::pack::{EntryIdx, EventFacts, Kind, Pack, plain};

/// The button that shows the map of an entry's events.
pub(crate) fn map_button(entry: EntryIdx, pack: &Pack) -> Action {
    Action::new("Map", MapPress::Topic { topic: Topic::Entry(entry).id(pack), page: None }.press())
}

/// A topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Topic {
    Everything,
    Entry(EntryIdx),
    /// A theme: a tag of events.
    Theme(String),
}

impl Topic {
    /// The theme with that name, in any spelling.
    pub(crate) fn theme(text: &str, pack: &Pack) -> Option<Topic> {
        let wanted = plain(text);
        let mut tags = pack.events().flat_map(|(_, _, facts)| &facts.tags);
        tags.find(|tag| plain(tag) == wanted).cloned().map(Topic::Theme)
    }

    /// The topic of an id, if the pack has it.
    pub(crate) fn of(id: &TopicId, pack: &Pack) -> Option<Topic> {
        match id {
            TopicId::Everything => Some(Topic::Everything),
            TopicId::Entry(kind, id) => pack.find(&format!("{kind}/{id}")).map(Topic::Entry),
            TopicId::Theme(theme) => Topic::theme(theme, pack),
        }
    }

    /// The topic of a hash, if the pack has it.
    pub(crate) fn hashed(hash: TopicHash, pack: &Pack) -> Option<Topic> {
        let is_it = |topic: &Topic| TopicHash::of(&topic.id(pack)) == hash;
        let themes = pack.events().flat_map(|(_, _, facts)| &facts.tags).map(|tag| Topic::Theme(tag.clone()));
        pack.numbered().map(|(idx, _)| Topic::Entry(idx)).chain(themes).find(is_it)
    }

    /// The topic as the store has it: an entry's id, a theme, or empty.
    pub(crate) fn kept(text: &str, pack: &Pack) -> Option<Topic> {
        if text.is_empty() {
            return Some(Topic::Everything);
        }
        pack.find(text).map(Topic::Entry).or_else(|| Topic::theme(text, pack))
    }

    /// The topic for the store; [`Topic::kept`] parses it.
    pub(crate) fn to_keep(&self, pack: &Pack) -> String {
        match self {
            Topic::Everything => String::new(),
            Topic::Entry(entry) => pack.entry(*entry).id.clone(),
            Topic::Theme(theme) => theme.clone(),
        }
    }

    /// Its id for buttons.
    pub(crate) fn id(&self, pack: &Pack) -> TopicId {
        match self {
            Topic::Everything => TopicId::Everything,
            Topic::Entry(entry) => TopicId::Entry(pack.entry(*entry).kind, pack.entry(*entry).bare_id().to_owned()),
            Topic::Theme(theme) => TopicId::Theme(theme.clone()),
        }
    }

    /// Its name; `None` for everything.
    pub(crate) fn name<'a>(&'a self, pack: &'a Pack) -> Option<&'a str> {
        match self {
            Topic::Everything => None,
            Topic::Theme(theme) => Some(theme),
            Topic::Entry(entry) => Some(&pack.entry(*entry).name),
        }
    }

    /// Whether an event is about it.
    pub(crate) fn has(&self, idx: EntryIdx, facts: &EventFacts, pack: &Pack) -> bool {
        match self {
            Topic::Everything => true,
            Topic::Theme(theme) => facts.tags.contains(theme),
            Topic::Entry(entry) if pack.entry(*entry).kind == Kind::Event => {
                *entry == idx || facts.led_from.contains(entry) || facts.leads_to.contains(entry)
            }
            Topic::Entry(entry) => pack.events_naming(*entry).contains(&idx),
        }
    }
}
