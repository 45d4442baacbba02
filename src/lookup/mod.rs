//! Resolves what somebody typed to an entry, to a question which entry is meant, or to nothing.
//!
//! fold (`fold`) → tokens → nearest known tokens by sound (`near`) → ranked candidate names (`rank`) → a
//! decision by score and margin (`decide`). Finding something is easy; the difficulty is to recognise
//! that nothing fits. That is why coverage counts both ways: the entry must cover the names in the
//! query, and the query must cover enough of the entry's name.
//!
//! The lookup reads the pack and does not know commands or edges. It returns no floats.

mod complete;
pub mod date;
mod decide;
mod endings;
pub(crate) mod english_words;
pub(crate) mod fold;
mod index;
mod likeness;
mod mentions;
mod near;
mod occupations;
mod offices;
mod rank;
mod roles;
mod stop;
mod tongues;
pub mod typed;
pub(crate) mod words;

use crate::pack::{EntryIdx, Facts, Kind, Pack};

use decide::SearchScope;

pub use index::{Index, NameRole, NamedEntry, Spelling};
pub use offices::Held;

/// A score in thousandths; 1000 is an exact name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Score(pub u16);

/// The score of an exact name, apart from capitals, accents and order.
pub const EXACT: Score = Score(1000);

/// The kinds of entries to search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope(u8);

impl Scope {
    /// All kinds.
    pub const ANY: Scope = Scope::of(&[Kind::Event, Kind::Person, Kind::Group, Kind::Place, Kind::Term]);
    /// Events.
    pub const EVENTS: Scope = Scope::of(&[Kind::Event]);
    /// People and groups.
    pub const WHO: Scope = Scope::of(&[Kind::Person, Kind::Group]);
    /// Places.
    pub const PLACES: Scope = Scope::of(&[Kind::Place]);
    /// Terms.
    pub const TERMS: Scope = Scope::of(&[Kind::Term]);
    /// All kinds but events: what events are about.
    pub const NAMED: Scope = Scope::of(&[Kind::Person, Kind::Group, Kind::Place, Kind::Term]);

    /// A scope of these kinds.
    pub const fn of(kinds: &[Kind]) -> Scope {
        let mut bits = 0;
        let mut idx = 0;
        while idx < kinds.len() {
            bits |= 1 << kinds[idx] as u8;
            idx += 1;
        }
        Scope(bits)
    }

    /// Whether the scope contains a kind.
    pub const fn has(self, kind: Kind) -> bool {
        self.0 & (1 << kind as u8) != 0
    }
}

/// An entry that a query may mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// The entry.
    pub entry: EntryIdx,
    /// How well it matches.
    pub score: Score,
}

/// The result of a lookup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Match {
    /// One entry.
    Found(Hit),
    /// Two to five entries that match about equally, the best first.
    Choose(Vec<Hit>),
    /// No match; up to three suggestions.
    Nothing(Vec<Hit>),
}

impl Match {
    /// Whether the results were all typed exactly.
    fn is_exact(&self) -> bool {
        match self {
            Match::Found(hit) => hit.score >= EXACT,
            Match::Choose(hits) => hits.iter().all(|hit| hit.score >= EXACT),
            Match::Nothing(_) => false,
        }
    }
}

/// The lookup of one pack: names, dates, offices and descriptions.
#[derive(Debug)]
pub struct Lookup {
    index: Index,
    mentions: mentions::Mentions,
    roles: roles::Roles,
}

impl Lookup {
    /// Builds the lookup of a pack.
    pub fn new(pack: &Pack) -> Lookup {
        let index = Index::build(&subjects(pack), &spellings(pack), &pack.ambiguous, &pack.common).in_year(pack.year);
        let mentions = mentions::Mentions::new(pack);
        let roles = roles::Roles::new(pack);
        Lookup { index, mentions, roles }
    }

    /// Looks up `query` among the kinds of `scope`. Only its first 300 characters count.
    pub fn find(&self, query: &str, scope: Scope) -> Match {
        self.find_read(&self.index.understand(query), query, SearchScope { scope, own: scope })
    }

    fn find_read(&self, read: &decide::Query<'_>, query: &str, asked: SearchScope) -> Match {
        self.described(query, asked.scope, self.index.find_read(read, asked))
    }

    /// The result by name, or by office if a person's office covers more of the query.
    fn described(&self, query: &str, scope: Scope, by_name: Match) -> Match {
        let is_person = |hit: &Hit| self.index.kinds[hit.entry.0 as usize] == Kind::Person;
        let another = |hit: &Hit| roles::by_another(query) || self.roles.is_another(query, hit.entry);
        let settled = match &by_name {
            Match::Found(hit) => hit.score >= EXACT || is_person(hit) && !another(hit),
            Match::Choose(hits) => hits.iter().all(|hit| hit.score >= EXACT),
            Match::Nothing(_) => false,
        };
        if settled || !scope.has(Kind::Person) {
            return by_name;
        }
        match (self.roles.find(query, !matches!(by_name, Match::Nothing(_))), by_name) {
            (Some(described), _) => described,
            // "party leader after rakosi" is certainly not Rákosi.
            (None, Match::Found(hit)) if is_person(&hit) && roles::by_another(query) => Match::Nothing(vec![hit]),
            (None, by_name) => by_name,
        }
    }

    /// Looks up `query` for a command about the kinds of `own`, first among these, then among all.
    ///
    /// An exact name of another kind beats an inexact match of an own kind: `/who paris` finds the city,
    /// not the commune with Paris in its name.
    pub fn resolve(&self, query: &str, own: Scope) -> Match {
        let read = self.index.understand(query);
        let mine = self.find_read(&read, query, SearchScope { scope: own, own });
        if own == Scope::ANY {
            return mine;
        }
        let everywhere = self.index.find_read(&read, SearchScope { scope: Scope::ANY, own });
        if let Match::Found(hit) = &everywhere
            && hit.score >= EXACT
            && !mine.is_exact()
            && !own.has(self.index.kinds[hit.entry.0 as usize])
            // Events are described by other entries' names: "stalin statue" is not a misspelt place.
            && (own != Scope::EVENTS || matches!(mine, Match::Nothing(_)))
        {
            return everywhere;
        }
        match (mine, everywhere) {
            (Match::Nothing(near), Match::Nothing(all)) => Match::Nothing(if near.is_empty() { all } else { near }),
            (Match::Nothing(_), found) => found,
            (found, _) => found,
        }
    }

    /// Completes a partial input, the best first. Without input, returns the most important entries.
    pub fn complete(&self, typed: &str, scope: Scope, limit: usize) -> Vec<Hit> {
        self.index.complete(typed, scope, limit)
    }

    /// The holders of the office that a question asks for ("british prime minister", "who followed
    /// Rákosi"), the most important first.
    pub fn held(&self, question: &str) -> Vec<Held> {
        self.roles.held(question)
    }

    /// Whether a question asks for the predecessor or successor of somebody.
    pub fn asks_who_was_next(&self, question: &str) -> bool {
        self.roles.asks_who_was_next(question)
    }

    /// The entries that a text mentions, in its order.
    pub fn named_in(&self, text: &str, limit: usize) -> Vec<EntryIdx> {
        self.mentions.named_in(text, limit)
    }
}

fn subjects(pack: &Pack) -> Vec<NamedEntry> {
    let subject = |(_, entry): (EntryIdx, &crate::pack::Entry)| NamedEntry {
        kind: entry.kind,
        importance: entry.connected,
        when: entry.when().map(|when| (when.first_day(), when.last_day())),
    };
    pack.numbered().map(subject).collect()
}

/// Everything by which the pack's entries are found.
fn spellings(pack: &Pack) -> Vec<Spelling> {
    let mut all = Vec::new();
    for (idx, entry) in pack.numbered() {
        let mut add = |text: &str, role: NameRole| all.push(Spelling { entry: idx.0, text: text.to_owned(), role });
        add(&entry.name, NameRole::Name);
        for other in entry.native.iter().chain(&entry.short).chain(&entry.aliases) {
            add(other, NameRole::Alias);
        }
        let names = || std::iter::once(&entry.name).chain(&entry.aliases);
        // "sixteen" is indexed as 16, but while it is typed it is "sixte".
        for name in names().filter(|name| fold::fold_all(name) != fold::fold_as_written(name)) {
            add(name, NameRole::AsWritten);
        }
        for name in names().filter(|name| name.contains('-')) {
            add(&name.replace('-', ""), NameRole::Alias);
        }
        if let Some(initials) = initials(&entry.name).filter(|_| entry.kind != Kind::Event && entry.kind != Kind::Person) {
            add(&initials, NameRole::Alias);
        }
        if let Some(gist) = &entry.gist {
            add(&gist.text, NameRole::Subject);
        }
        // "Ike Eisenhower" combines words of two names of one person.
        if entry.kind == Kind::Person {
            for other in &entry.aliases {
                add(other, NameRole::Subject);
            }
        }
        // Events are described rather than named: by their people, places, themes and story.
        if let Facts::Event(facts) = &entry.facts {
            for named in facts.people.iter().chain(&facts.places).chain(&facts.groups) {
                let named = pack.entry(*named);
                for name in std::iter::once(&named.name).chain(&named.short).chain(&named.aliases) {
                    add(name, NameRole::Subject);
                }
            }
            for tag in &facts.tags {
                add(tag, NameRole::Subject);
            }
            for claim in &entry.claims {
                add(&claim.text, NameRole::Subject);
            }
        }
    }
    all
}

/// The initials of a name of three words or more: "Radio Free Europe" → RFE.
fn initials(name: &str) -> Option<String> {
    let words = fold::fold_all(name);
    let naming: Vec<&String> = words.iter().filter(|word| !words::is_stop(word)).collect();
    let letters: String = naming.iter().filter_map(|word| word.chars().next()).collect();
    (naming.len() > 2).then_some(letters)
}
