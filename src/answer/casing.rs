//! Restores capitals and accents in ways of asking, which are written without them.

use super::map::HashMap;

use crate::pack::Pack;

/// How the pack writes words in the middle of its sentences.
#[derive(Debug, Default)]
pub(super) struct Casing {
    forms: HashMap<String, String>,
}

impl Casing {
    /// Learns how a pack writes its words.
    pub(super) fn new(pack: &Pack) -> Casing {
        let mut counts: HashMap<String, HashMap<&str, u32>> = HashMap::default();
        for entry in &pack.entries {
            for claim in &entry.claims {
                for (place, word) in words(&claim.text).enumerate() {
                    // The first word of a sentence has a capital anyway.
                    if place > 0 {
                        *counts.entry(key(word)).or_default().entry(word).or_default() += 1;
                    }
                }
            }
            let names = std::iter::once(&entry.name).chain(&entry.native).chain(&entry.short);
            if entry.event().is_none() {
                for word in names.flat_map(|name| words(name)) {
                    *counts.entry(key(word)).or_default().entry(word).or_default() += 1;
                }
            }
        }
        let commonest = |forms: HashMap<&str, u32>| {
            forms.into_iter().max_by_key(|(form, count)| (*count, *form)).map(|(form, _)| form.to_owned())
        };
        Casing { forms: counts.into_iter().filter_map(|(key, forms)| Some((key, commonest(forms)?))).collect() }
    }

    /// A way of asking as a sentence: "who was imre nagy" → "Who was Imre Nagy?"
    pub(super) fn question(&self, ask: &str) -> String {
        let mut text = String::with_capacity(ask.len() + 4);
        for (place, word) in ask.split_whitespace().enumerate() {
            if place > 0 {
                text.push(' ');
            }
            text.push_str(&self.word(word));
        }
        let mut letters = text.chars();
        let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
        let rest = letters.as_str().trim_end_matches(['?', '.', ' ']);
        format!("{first}{rest}?")
    }

    /// One word, with its punctuation. A word with capitals is left unchanged.
    fn word(&self, word: &str) -> String {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        let (stem, tail) = bare.strip_suffix("'s").or_else(|| bare.strip_suffix("’s")).map_or((bare, ""), |stem| (stem, "’s"));
        match self.forms.get(&key(stem)) {
            Some(form) if stem.chars().all(|c| !c.is_uppercase()) => word.replacen(bare, &format!("{form}{tail}"), 1),
            _ => word.to_owned(),
        }
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

fn key(word: &str) -> String {
    any_ascii::any_ascii(word).to_ascii_lowercase()
}
