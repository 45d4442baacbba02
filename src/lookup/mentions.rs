//! Finds the entries that a text mentions, for texts that are not queries.

use std::collections::HashMap;

use super::fold::{fold_all, stem};
use super::words::{is_class, is_stop};
use crate::pack::{EntryIdx, Kind, Pack};

/// The most words of a name.
const WORDS: usize = 8;
/// The most characters of a text that are read: Discord's longest message.
const LONGEST: usize = 4000;

/// Full names by their stems.
#[derive(Debug)]
pub(super) struct Mentions {
    names: HashMap<String, Vec<EntryIdx>>,
    /// Family names that only one person has. They count only with a capital.
    families: HashMap<String, Option<EntryIdx>>,
    /// Words of this pack that are not names by themselves.
    common: Vec<String>,
}

impl Mentions {
    pub(super) fn new(pack: &Pack) -> Mentions {
        let mut mentions = Mentions { names: HashMap::new(), families: HashMap::new(), common: Vec::new() };
        mentions.common = pack.common.iter().flat_map(|word| fold_all(word)).collect();
        for (idx, entry) in pack.numbered() {
            let names = std::iter::once(&entry.name).chain(&entry.native).chain(&entry.short).chain(&entry.aliases);
            for name in names {
                let entries = mentions.names.entry(key(&fold_all(name))).or_default();
                if !entries.contains(&idx) {
                    entries.push(idx);
                }
            }
            if entry.kind == Kind::Person
                && let [.., family] = fold_all(&entry.name).as_slice()
            {
                mentions.families.entry(family.clone()).and_modify(|owner| *owner = None).or_insert(Some(idx));
            }
        }
        mentions
    }

    /// The entries that `text` mentions, in its order; where names overlap, the longest.
    pub(super) fn named_in(&self, text: &str, limit: usize) -> Vec<EntryIdx> {
        let cut: String = text.chars().take(LONGEST).collect();
        let written: Vec<&str> =
            cut.split(|c: char| !c.is_alphanumeric() && !matches!(c, '\'' | '’')).filter(|word| !word.is_empty()).collect();
        let folded: Vec<String> = written.iter().map(|word| fold_all(&word.replace('’', "'")).concat()).collect();
        let mut found: Vec<EntryIdx> = Vec::new();
        let mut idx = 0;
        while idx < folded.len() && found.len() < limit {
            let longest = (1..=WORDS.min(folded.len() - idx)).rev().find_map(|words| {
                let entries = self.at(&written[idx..idx + words], &folded[idx..idx + words]);
                (!entries.is_empty()).then_some((words, entries))
            });
            match longest {
                Some((words, entries)) => {
                    for entry in entries {
                        if !found.contains(&entry) && found.len() < limit {
                            found.push(entry);
                        }
                    }
                    idx += words;
                }
                None => idx += 1,
            }
        }
        found
    }

    fn at(&self, written: &[&str], folded: &[String]) -> Vec<EntryIdx> {
        if is_stop(&folded[0]) {
            return Vec::new();
        }
        let capital = written[0].starts_with(char::is_uppercase);
        if let Some(entries) = self.names.get(&key(folded)) {
            // A single word such as "tanks" or "refugee" is not a name; an abbreviation in capitals is.
            let single = folded.len() == 1;
            if !single || (!is_class(&folded[0]) && !self.common.contains(&folded[0]) && (folded[0].len() > 3 || capital)) {
                return entries.clone();
            }
        }
        match folded {
            [one] if capital => self.families.get(one).copied().flatten().into_iter().collect(),
            _ => Vec::new(),
        }
    }
}

fn key(words: &[String]) -> String {
    let naming: Vec<&str> = words.iter().map(|word| stem(word)).collect();
    let bare = match naming.split_first() {
        Some((&"the", rest)) if !rest.is_empty() => rest,
        _ => &naming[..],
    };
    bare.join(" ")
}
