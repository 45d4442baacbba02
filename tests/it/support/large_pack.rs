//! A pack of any size, made up: thousands of events with people, places, claims and links, the same
//! ones every time.

#![allow(dead_code, reason = "each binary uses a part")]

use std::fmt::Write;

use kronikas::pack::PackFiles;

const SYLLABLES: [&str; 40] = [
    "ba", "bor", "csa", "dá", "der", "fa", "föl", "ga", "györ", "ha", "hor", "já", "ka", "kő", "lá", "len", "ma", "mez", "mó",
    "na", "nő", "or", "ös", "pa", "pé", "ra", "ró", "sá", "sze", "szo", "ta", "tol", "tú", "ud", "va", "ver", "zá", "zen", "zir",
    "zsó",
];
const VERBS: [&str; 16] = [
    "occupied",
    "printed",
    "forbade",
    "opened",
    "rebuilt",
    "denounced",
    "elected",
    "besieged",
    "crossed",
    "defended",
    "founded",
    "searched",
    "guarded",
    "closed",
    "seized",
    "supplied",
];
const NOUNS: [&str; 24] = [
    "bridge",
    "newspaper",
    "factory",
    "barracks",
    "railway",
    "parliament",
    "radio",
    "university",
    "council",
    "garrison",
    "mine",
    "harbour",
    "ministry",
    "theatre",
    "embassy",
    "prison",
    "library",
    "archive",
    "market",
    "hospital",
    "airfield",
    "border",
    "monument",
    "school",
];
const TAGS: [&str; 6] = ["politics", "military", "protest", "economy", "culture", "diplomacy"];

/// A small generator (xorshift64*, Vigna 2016): the same pack on every machine.
struct Chance(u64);

impl Chance {
    fn below(&mut self, below: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % below
    }

    fn word(&mut self, syllables: usize) -> String {
        let word: String = (0..syllables).map(|_| SYLLABLES[self.below(SYLLABLES.len())]).collect();
        let mut letters = word.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    }

    /// So many names that no two of are alike.
    fn names(&mut self, count: usize, words: usize) -> Vec<String> {
        let mut names: Vec<String> = Vec::with_capacity(count);
        let mut known = std::collections::HashSet::new();
        while names.len() < count {
            let name = (0..words).map(|_| self.word(3)).collect::<Vec<_>>().join(" ");
            if known.insert(name.clone()) {
                names.push(name);
            }
        }
        names
    }

    fn sentence(&mut self) -> String {
        let mut sentence = format!("The {} of {}", NOUNS[self.below(NOUNS.len())], self.word(3));
        for _ in 0..2 {
            let (verb, noun) = (VERBS[self.below(VERBS.len())], NOUNS[self.below(NOUNS.len())]);
            write!(sentence, " {verb} the {noun} near {}", self.word(3)).expect("text");
        }
        sentence + "."
    }
}

/// The files of a pack with so many events, and a tenth as many people, places, groups and terms.
pub fn files(events: usize) -> PackFiles {
    PackFiles::new("large", texts(events))
}

/// Writes them into a folder, which is made.
pub fn write(folder: &std::path::Path, events: usize) {
    std::fs::create_dir_all(folder).expect("a folder");
    for (name, text) in texts(events) {
        std::fs::write(folder.join(name), text).expect("written");
    }
}

fn texts(events: usize) -> Vec<(String, String)> {
    let mut chance = Chance(1956);
    let others = (events / 10).max(20);
    let all = chance.names(4 * others, 2);
    let names: Vec<&[String]> = all.chunks(others).collect();
    let cite = "cite = [\"annals\"]\n";
    let mut file = vec![
        (
            "pack.toml".to_owned(),
            "schema = 1\nid = \"large\"\ntitle = \"A large pack\"\nyear = 1956\n".to_owned()
                + "[document]\ntitle = \"None\"\n[[document.paragraph]]\nnumber = 1\nsection = \"All\"\nabout = \"all\"\nclaims = 1\n",
        ),
        (
            "sources.toml".to_owned(),
            "[[source]]\nid = \"annals\"\nshort = \"Annals\"\ntitle = \"The annals\"\nkind = \"reference\"\nurl = \"https://example.org/\"\n"
                .to_owned(),
        ),
    ];
    for (kind, plural, names) in [
        ("person", "people", names[0]),
        ("group", "groups", names[1]),
        ("place", "places", names[2]),
        ("term", "terms", names[3]),
    ] {
        let mut text = String::new();
        for (idx, name) in names.iter().enumerate() {
            write!(text, "[[{kind}]]\nid = \"{kind}-{idx}\"\nname = \"{name}\"\n{cite}").expect("text");
            writeln!(text, "gist = \"{}\"", chance.sentence()).expect("text");
            if kind == "place" {
                writeln!(text, "lat = {}.5\nlon = {}.5", 40 + chance.below(9), 10 + chance.below(20)).expect("text");
            }
            writeln!(text, "claims = [{{ text = \"{}\", cite = [\"annals\"] }}]", chance.sentence()).expect("text");
        }
        file.push((format!("{plural}.toml"), text));
    }
    let titles = chance.names(events, 2);
    let mut text = String::new();
    for (idx, title) in titles.iter().enumerate() {
        // In the order of time, a few a week.
        let day = idx * 20_000 / events;
        let (year, month, day) = (1940 + day / 336, 1 + day % 336 / 28, 1 + day % 28);
        let noun = NOUNS[chance.below(NOUNS.len())];
        write!(
            text,
            "[[event]]\nid = \"event-{idx}\"\nname = \"The {noun} of {title}\"\nwhen = \"{year}-{month:02}-{day:02}\"\n{cite}"
        )
        .expect("text");
        let (person, other) = (chance.below(others), chance.below(others));
        write!(
            text,
            "people = [\"person-{person}\"]\ngroups = [\"group-{other}\"]\nplaces = [\"place-{}\"]\n",
            chance.below(others)
        )
        .expect("text");
        writeln!(text, "tags = [\"{}\"]", TAGS[chance.below(TAGS.len())]).expect("text");
        if idx + 7 < events {
            writeln!(text, "leads_to = [\"event-{}\"]", idx + 7).expect("text");
        }
        let name = &names[0][person];
        writeln!(
            text,
            "claims = [{{ text = \"{name} {} the {} on the way to {}.\", cite = [\"annals\"] }}, {{ text = \"{}\", cite = [\"annals\"] }}]",
            VERBS[chance.below(VERBS.len())],
            NOUNS[chance.below(NOUNS.len())],
            chance.word(3),
            chance.sentence()
        )
        .expect("text");
    }
    file.push(("events.toml".to_owned(), text));
    file
}
