//! Stems of words by Porter's algorithm (Snowball English), after replacing irregular forms by their
//! base form.

use std::cell::RefCell;
use std::collections::HashMap;

use rust_stemmers::{Algorithm, Stemmer};

/// How many stems each thread caches. A pack has some thousand words, each of which is stemmed many
/// times while indexing. The limit keeps users' input from filling the memory.
const REMEMBERED: usize = 16_384;

/// Irregular forms and their base forms.
const IRREGULAR: [(&str, &str); 67] = [
    ("began", "begin"),
    ("begun", "begin"),
    ("broke", "break"),
    ("broken", "break"),
    ("brought", "bring"),
    ("built", "build"),
    ("came", "come"),
    ("caught", "catch"),
    ("chose", "choose"),
    ("chosen", "choose"),
    ("children", "child"),
    ("dead", "die"),
    ("deadly", "die"),
    ("death", "die"),
    ("deaths", "die"),
    ("dying", "die"),
    ("fallen", "fall"),
    ("fell", "fall"),
    ("felt", "feel"),
    ("fled", "flee"),
    ("flight", "flee"),
    ("fought", "fight"),
    ("found", "find"),
    ("freed", "free"),
    ("gave", "give"),
    ("given", "give"),
    ("gone", "go"),
    ("held", "hold"),
    ("hung", "hang"),
    ("kept", "keep"),
    ("knew", "know"),
    ("known", "know"),
    ("led", "lead"),
    ("left", "leave"),
    ("lost", "lose"),
    ("losses", "loss"),
    ("made", "make"),
    ("meant", "mean"),
    ("men", "man"),
    ("met", "meet"),
    ("ran", "run"),
    ("rose", "rise"),
    ("risen", "rise"),
    ("said", "say"),
    ("sent", "send"),
    ("shot", "shoot"),
    ("shots", "shoot"),
    ("spoke", "speak"),
    ("stood", "stand"),
    ("stolen", "steal"),
    ("taken", "take"),
    ("taught", "teach"),
    ("thought", "think"),
    ("told", "tell"),
    ("took", "take"),
    ("tore", "tear"),
    ("torn", "tear"),
    ("went", "go"),
    ("withdrew", "withdraw"),
    ("withdrawn", "withdraw"),
    ("women", "woman"),
    ("beaten", "beat"),
    ("spoken", "speak"),
    ("hidden", "hide"),
    ("written", "write"),
    ("won", "win"),
    ("wrote", "write"),
];

/// The stem of a token.
pub(super) fn stem(word: &str) -> String {
    thread_local! {
        static KNOWN: RefCell<HashMap<String, String>> = RefCell::default();
    }
    KNOWN.with_borrow_mut(|known| {
        if let Some(stem) = known.get(word) {
            return stem.clone();
        }
        let stem = compute(word);
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(word.to_owned(), stem.clone());
        stem
    })
}

fn compute(word: &str) -> String {
    let base = IRREGULAR.iter().find(|(form, _)| *form == word).map_or(word, |(_, base)| base);
    if base.bytes().any(|byte| byte.is_ascii_digit()) {
        return base.to_owned();
    }
    // Capitalism is not the capital, nor is nationalism the nation.
    if let Some(root) = base.strip_suffix("alism").filter(|root| root.len() > 3) {
        return format!("{root}alism");
    }
    Stemmer::create(Algorithm::English).stem(base).into_owned()
}
