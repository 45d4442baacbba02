//! Answers free questions with claims: BM25 (Robertson and Zaragoza, 2009) over stems, with the
//! words of the question put right by the dictionary of names.

use std::collections::{HashMap, HashSet};

use super::fold::{fold, fold_all, stem};
use super::index::Index;
use super::near::{Counting, Near};
use super::words::{is_class, is_stop};
use super::{Match, Scope};
use crate::knowledge::{EntryNo, Pack};

/// A claim that answers a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    /// The entry it is claimed of.
    pub entry: EntryNo,
    /// Which of its claims; `None` for its gist.
    pub claim: Option<u32>,
}

/// One word of a question.
struct Asked {
    worth: f32,
    scores: HashMap<u32, f32>,
    entries: HashSet<EntryNo>,
}

/// All claims of a pack as bags of stems.
#[derive(Debug)]
pub(super) struct Claims {
    said: Vec<Said>,
    /// How many stems each has.
    lengths: Vec<f32>,
    mean_length: f32,
    /// For every stem, the claims that have it and how often.
    postings: HashMap<String, Vec<(u32, f32)>>,
}

/// BM25's usual parameters: how soon repetition stops counting, and how much length matters.
const K1: f32 = 1.2;
const B: f32 = 0.75;
/// A stem of the entry's name counts like one of the claim, but a little less: many claims share it.
const NAME: f32 = 0.8;
/// At least this share of what the question is about must be answered; below it, it is about
/// something else.
const COVERED: f32 = 0.6;
/// What a word counts that stands only in another sentence of the same entry.
const ELSEWHERE: f32 = 0.6;
/// How much more the claims of the one entry count that the question names.
const ABOUT: f32 = 1.6;
/// No entry answers with more claims than this.
const OF_ONE_ENTRY: usize = 3;
/// A token of the dictionary that is at least this like a word of the question is what was meant.
const MEANT: f32 = 0.7;

impl Claims {
    pub(super) fn new(pack: &Pack) -> Claims {
        let mut claims = Claims { said: Vec::new(), lengths: Vec::new(), mean_length: 1.0, postings: HashMap::new() };
        for (entry, of) in pack.numbered() {
            let mut about = fold_all(&of.name);
            about.extend(of.hungarian.iter().chain(&of.short).chain(&of.aliases).flat_map(|name| fold_all(name)));
            if let Some(gist) = &of.gist {
                claims.add(Said { entry, claim: None }, &gist.text, &about);
            }
            for (no, claim) in of.claims.iter().enumerate() {
                claims.add(Said { entry, claim: Some(no as u32) }, &claim.text, &about);
            }
        }
        claims.mean_length = claims.lengths.iter().sum::<f32>() / claims.lengths.len().max(1) as f32;
        claims
    }

    fn add(&mut self, said: Said, text: &str, about: &[String]) {
        let no = self.said.len() as u32;
        let mut counts: HashMap<String, f32> = HashMap::new();
        let words = fold_all(text);
        for word in words.iter().filter(|word| !is_stop(word)) {
            *counts.entry(stem(word).to_owned()).or_default() += 1.0;
        }
        for word in about.iter().filter(|word| !is_stop(word)) {
            counts.entry(stem(word).to_owned()).or_insert(NAME);
        }
        self.lengths.push(counts.values().sum());
        self.said.push(said);
        for (stem, count) in counts {
            self.postings.entry(stem).or_default().push((no, count));
        }
    }

    /// The best answers to a question, the best first.
    pub(super) fn ask(&self, question: &str, limit: usize, index: &Index) -> Vec<Said> {
        let words: Vec<String> = fold(question).into_iter().filter(|word| !is_stop(word)).collect();
        let asked: Vec<Asked> = words.iter().map(|word| self.asked(word, index)).collect();
        if asked.iter().all(|asked| asked.scores.is_empty()) {
            return Vec::new();
        }
        let wanted: f32 = asked.iter().map(|asked| asked.worth).sum();
        let about = match index.find(question, Scope::ANY) {
            Match::Found(hit) => Some(hit.entry),
            _ => None,
        };
        let mut claims: Vec<u32> = asked.iter().flat_map(|asked| asked.scores.keys().copied()).collect();
        claims.sort_unstable();
        claims.dedup();
        let mut ranked: Vec<(u32, f32)> = Vec::new();
        for claim in claims {
            let entry = self.said[claim as usize].entry;
            let (mut score, mut had) = (0.0, 0.0);
            for asked in &asked {
                match asked.scores.get(&claim) {
                    Some(own) => {
                        score += own;
                        had += asked.worth;
                    }
                    // What another sentence of the entry says stands behind this one.
                    None if asked.entries.contains(&entry) => had += ELSEWHERE * asked.worth,
                    None => {}
                }
            }
            if had >= COVERED * wanted {
                ranked.push((claim, if about == Some(entry) { ABOUT * score } else { score }));
            }
        }
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let best = ranked.first().map_or(0.0, |(_, score)| *score);
        let mut of_entry: HashMap<EntryNo, usize> = HashMap::new();
        let fitting = ranked.into_iter().filter(|(_, score)| *score >= 0.45 * best).map(|(claim, _)| self.said[claim as usize]);
        let varied = fitting.filter(|said| {
            let count = of_entry.entry(said.entry).or_default();
            *count += 1;
            *count <= OF_ONE_ENTRY
        });
        varied.take(limit).collect()
    }

    /// What one word of a question is worth, and what each claim gets for it.
    fn asked(&self, word: &str, index: &Index) -> Asked {
        let stems = self.meant(word, index);
        let rarity = stems.iter().map(|stem| self.rarity(stem)).fold(f32::NAN, f32::min);
        let rarity = if rarity.is_nan() { self.rarity("") } else { rarity };
        let worth = match (is_class(word), stems.is_empty()) {
            (true, _) => 0.5 * rarity,
            // In no claim at all: a crumb ("led") or something the pack knows nothing about.
            (_, true) if word.len() <= 4 => 0.35 * rarity,
            _ => rarity,
        };
        let mut asked = Asked { worth, scores: HashMap::new(), entries: HashSet::new() };
        for stem in &stems {
            for (claim, count) in self.postings.get(stem).into_iter().flatten() {
                let length = 1.0 - B + B * self.lengths[*claim as usize] / self.mean_length;
                let score = rarity * count * (K1 + 1.0) / (count + K1 * length);
                let known = asked.scores.entry(*claim).or_default();
                *known = known.max(score);
                asked.entries.insert(self.said[*claim as usize].entry);
            }
        }
        asked
    }

    /// The stems a word of the question may stand for: its own, or those of names it is near.
    fn meant(&self, word: &str, index: &Index) -> Vec<String> {
        let own = stem(word).to_owned();
        if self.postings.contains_key(&own) {
            return vec![own];
        }
        let mut near: Vec<Near> = Vec::new();
        index.dictionary.nearest(word, false, &mut Counting::default(), &mut near);
        let meant = near.iter().filter(|near| near.like >= MEANT).take(3);
        let mut stems: Vec<String> = meant.map(|near| stem(index.dictionary.token(near.token)).to_owned()).collect();
        stems.retain(|stem| self.postings.contains_key(stem));
        stems.dedup();
        stems
    }

    /// BM25's inverse document frequency; a stem in no claim is the rarest.
    fn rarity(&self, stem: &str) -> f32 {
        let with = self.postings.get(stem).map_or(0, Vec::len) as f32;
        let all = self.said.len() as f32;
        (1.0 + (all - with + 0.5) / (with + 0.5)).ln()
    }
}
