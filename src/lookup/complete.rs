//! Completes names while they are typed.

use super::fold::fold_as_written;
use super::index::Index;
use super::near::{Counting, Near};
use super::words::is_stop;
use super::{Hit, Scope, Score};
use crate::pack::EntryIdx;

/// The weight of a token that only sounds like the input, against 1 for one that begins with it.
const FUZZY: f32 = 0.8;
/// A token whose fit is below this is not what is being typed.
const WEAKEST: f32 = 0.35;
/// How many tokens that begin with the input are examined. More of them means that only one letter was
/// typed, and then importance decides anyway.
const BEGINNINGS: usize = 600;

impl Index {
    /// Completes the input; see [`Lookup::complete`](super::Lookup::complete).
    pub fn complete(&self, typed: &str, scope: Scope, limit: usize) -> Vec<Hit> {
        let mut words = fold_as_written(typed);
        // "im" will become "imre", not "I'm".
        if typed.to_lowercase().ends_with("im") && words.ends_with(&["i".to_owned(), "am".to_owned()]) {
            words.truncate(words.len() - 2);
            words.push("im".to_owned());
        }
        if words.len() > 1 {
            // In "who was imre n" only the name is being typed; the last word may still become anything.
            let last = words.pop();
            words.retain(|word| !is_stop(word));
            words.extend(last);
        }
        if words.is_empty() {
            return self.most_important(scope, limit);
        }
        let finished = typed.ends_with(char::is_whitespace);
        let fits = self.fits(&words, finished, scope);
        let mut best: Vec<(f32, u16, u32)> = Vec::new();
        for (fit, name) in fits {
            let entry = self.owners[name as usize];
            match best.iter_mut().find(|(_, _, known)| *known == entry) {
                Some((known, ..)) => *known = known.max(fit),
                None => best.push((fit, self.importance[entry as usize], entry)),
            }
        }
        // Equally good beginnings are ordered by importance; differences below a tenth are ignored.
        best.sort_by(|a, b| bucket(b.0).cmp(&bucket(a.0)).then(b.1.cmp(&a.1)).then(a.2.cmp(&b.2)));
        best.truncate(limit);
        best.into_iter()
            .map(|(fit, _, entry)| Hit { entry: EntryIdx(entry), score: Score((fit.clamp(0.0, 1.0) * 999.0) as u16) })
            .collect()
    }

    fn most_important(&self, scope: Scope, limit: usize) -> Vec<Hit> {
        let fitting = self.weightiest.iter().filter(|entry| scope.has(self.kinds[**entry as usize]));
        fitting.take(limit).map(|entry| Hit { entry: EntryIdx(*entry), score: Score(0) }).collect()
    }

    /// All names of the scope that have a token for each word, with how well they fit.
    fn fits(&self, words: &[String], finished: bool, scope: Scope) -> Vec<(f32, u32)> {
        let mut counting = Counting::default();
        let mut near: Vec<Near> = Vec::new();
        let mut fits: Vec<(f32, u32)> = Vec::new();
        for (idx, word) in words.iter().enumerate() {
            let unfinished = idx + 1 == words.len() && !finished;
            self.dictionary.nearest(word, unfinished, &mut counting, &mut near);
            for found in &mut near {
                found.like *= if self.dictionary.token(found.token) == word { 1.0 } else { FUZZY };
            }
            if unfinished {
                let beginning = self.dictionary.beginning_with(word).take(BEGINNINGS);
                near.extend(beginning.map(|token| Near { token, like: 1.0 }));
            }
            near.retain(|found| found.like >= WEAKEST);
            near.sort_by(|a, b| b.like.total_cmp(&a.like).then(a.token.cmp(&b.token)));
            let mut now: Vec<(u32, f32)> = Vec::new();
            for found in &near {
                for &name in
                    self.names_with(found.token).iter().filter(|name| **name < self.names && scope.has(self.kind(**name)))
                {
                    // People usually begin with the first word of a name.
                    let first = self.tokens_of(name).first() == Some(&found.token);
                    now.push((name, found.like - if first { 0.0 } else { 0.02 }));
                }
            }
            now.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
            now.dedup_by_key(|(name, _)| *name);
            fits = match idx {
                0 => now.into_iter().map(|(name, like)| (like, name)).collect(),
                _ => join(&fits, &now),
            };
        }
        for (fit, name) in &mut fits {
            *fit /= words.len() as f32;
            // Among equals, prefer the name of which more was typed.
            *fit -= 0.002 * self.tokens_of(*name).len() as f32;
        }
        fits
    }
}

/// Keeps the names that both lists have, and adds up their fits. Both lists are ordered by name.
fn join(before: &[(f32, u32)], now: &[(u32, f32)]) -> Vec<(f32, u32)> {
    let mut both = Vec::new();
    for (fit, name) in before {
        if let Ok(place) = now.binary_search_by_key(name, |(name, _)| *name) {
            both.push((fit + now[place].1, *name));
        }
    }
    both
}

fn bucket(fit: f32) -> i32 {
    (fit * 10.0).round() as i32
}
