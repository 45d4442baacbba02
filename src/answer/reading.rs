//! Parses a question: the possible meanings of its words, and its intent.

use jiff::civil::Date;

use super::intent::{Intent, intent, kind_of};
pub(super) use super::question::{ParsedQuestion, QueryTerm};
use super::spelling::StemIndex;
use super::terms::{Feature, Term, Terms};

use super::stems::stem;
use super::texts::Texts;
use super::words::{DAY, is_function, of_question, stands_in};
use crate::lookup::english_words::is_common;
use crate::lookup::{Lookup, Match, Scope};
use crate::pack::{EntryIdx, Kind, Pack};

/// Words that say how to answer and not about what. The intent already represents them.
const INSTRUCTIONS: &str = "account agree analys analyse analysing analyze analyzing ap argue assess attitude between brief cause causes class \
    come compare comparison consequence consequences context correct course date day days define definition describe \
    difference differences discuss effect effects essay evaluate event events exactly exam example examples explain extent \
    fact facts false far feature features gcse give igcse infer go happen help historian historians history homework identify impact \
    importance important info information is justify key kind know learn like list long main make many mark marks may mean meaning \
    meant mention most name narrative need number numbers nutshell one opinion outcome outline paragraph part point points \
    policies policy put question questions reason reasons result results role say sentence sentences short shortly \
    significance significant similarities similarity situation study studying style suggest sum summarise summarize \
    summary tell test think time true two tldr topic type types unit use useful version versus vs way ways word words write year years yes";
/// Shorter words are not corrected.
const LONG_ENOUGH: usize = 5;
/// Words below this rarity are common.
const FREQUENT: f32 = 4.0;
/// The factor for the weight of such a word.
const INSTRUCTION: f32 = 0.25;
/// Words that colour a question without changing its answer.
const COLOURS: &str = "actual afterward afterwards alive amazing apparently awful bad badly basically big bit bloody brief briefly certain clearly crazy cruel \
    damn dumb easy essentially eventually exact famous finally folks generally good great guy guys honestly horrible huge \
    kind later literally lot lots mad mainly maybe mostly nasty nice obviously outside perhaps proper properly quick \
    quickly quite rather real sad serious seriously simple simply somebody someone something somewhere soon sorry sort \
    stuff stupid suddenly terrible thank thanks tried try trying useless usually violently weird whole wrong";
/// The factor for the weight of such a word.
const COLOUR: f32 = 0.4;
/// The factor for the weight of a name, in comparison with a word of the same rarity.
const NAMED: f32 = 1.25;
/// The minimum weight of a person's name, however frequent it is in the pack, because the person decides
/// everything.
const PERSON: f32 = 4.5;
/// The factor for the pack's own subject if the question has anything of at least this weight.
const AMBIENT: f32 = 0.4;
const TELLING: f32 = 2.0;
/// The minimum score, in thousandths, of a name that the lookup finds for a misspelt word.
const SURE: u16 = 700;

/// A word's stem after correction.
struct Stem {
    stem: String,
    /// The confidence: 1 for a word that was spelt correctly.
    sure: f32,
    /// The entries of a misspelt name.
    entries: Vec<EntryIdx>,
}

/// The parts that parsing needs.
pub(super) struct Reader<'a> {
    pub pack: &'a Pack,
    /// Finds names in any spelling.
    pub lookup: &'a Lookup,
    /// The terms of the pack.
    pub terms: &'a Terms,
    /// The sentences of the pack, for the rarity of words.
    pub texts: &'a Texts,
    /// The words of the pack, for correcting typing errors.
    pub spelling: &'a StemIndex,
}

impl Reader<'_> {
    pub(super) fn read(&self, question: &str) -> ParsedQuestion {
        let mut words = of_question(question);
        self.put_instructions_right(&mut words);
        let days: Vec<(i8, i8)> = words.iter().filter_map(|word| day(word)).collect();
        let month = words.iter().any(|word| super::words::month(word).is_some());
        let intent = intent(&words, !days.is_empty() || month);
        let read = self.put_right(&words);
        let stems: Vec<String> = read.iter().map(|word| word.stem.clone()).collect();
        let features = self.terms.read_stems(&words, &stems);
        let mut asked: Vec<QueryTerm> = features.into_iter().map(|feature| self.asked(feature, &words, &read)).collect();
        if intent == Intent::HowMany
            && let Some(doers) = doers(&words)
        {
            asked.retain(|asked| !doers.contains(&asked.feature.words.0));
        }
        self.lighten(&mut asked);
        let year = words.iter().find_map(|word| super::words::year(word));
        ParsedQuestion { intent, asked, days, year, words }
    }

    /// Corrects words that say how to answer ("sumarise"), which the intent depends on.
    fn put_instructions_right(&self, words: &mut [String]) {
        for word in words.iter_mut().filter(|word| word.len() >= LONG_ENOUGH) {
            let plain = [INSTRUCTIONS, COLOURS].iter().any(|list| stands_in(list, word));
            if plain || is_function(word) || self.terms.knows(&stem(word)) {
                continue;
            }
            let one_off = |other: &&str| {
                other.len() >= LONG_ENOUGH && other.len().abs_diff(word.len()) < 2 && strsim::osa_distance(other, word) == 1
            };
            let right = INSTRUCTIONS.split_whitespace().find(one_off);
            if let Some(right) = right {
                right.clone_into(word);
            }
        }
    }

    /// Reduces the weight of the pack's own subject if the question mentions anything else.
    fn lighten(&self, asked: &mut [QueryTerm]) {
        let ambient = |asked: &QueryTerm| self.terms.is_ambient(&asked.feature);
        if asked.iter().any(|asked| asked.weight >= TELLING && !ambient(asked)) {
            for asked in asked.iter_mut().filter(|asked| ambient(asked)) {
                asked.weight *= AMBIENT;
            }
        }
    }

    /// The corrected stems of words. Words that the pack does not know stay unchanged.
    fn put_right(&self, words: &[String]) -> Vec<Stem> {
        let right = |word: &String| {
            let own = stem(word);
            let plain = [INSTRUCTIONS, COLOURS].iter().any(|list| stands_in(list, word));
            if plain || is_function(word) || self.terms.knows(&own) {
                return Stem { stem: own, sure: 1.0, entries: Vec::new() };
            }
            // "reelected" is elected again.
            let again = word.strip_prefix("re").map(stem).filter(|rest| rest.len() > 3 && self.terms.knows(rest));
            if let Some(rest) = again {
                return Stem { stem: rest, sure: 1.0, entries: Vec::new() };
            }
            let entries = self.misspelt_name(word);
            // "Lunch" is no misspelt "lynch": the pack knows nothing of it.
            match self.spelling.nearest(word).filter(|_| !is_common(word)) {
                Some((near, sure)) if entries.is_empty() => Stem { stem: near.to_owned(), sure, entries },
                _ => Stem { stem: own, sure: 1.0, entries },
            }
        };
        words.iter().map(right).collect()
    }

    fn asked(&self, mut feature: Feature, words: &[String], read: &[Stem]) -> QueryTerm {
        let word = words[feature.words.0..feature.words.1].join(" ");
        let read = &read[feature.words.0..feature.words.1];
        let sure = read.iter().map(|stem| stem.sure).fold(1.0, f32::min);
        let by_name = !feature.entries.is_empty();
        if let [one] = read
            && feature.entries.is_empty()
        {
            feature.entries.clone_from(&one.entries);
        }
        let mut terms: Vec<(Term, f32)> = Vec::new();
        if let Some(term) = feature.term {
            terms.push((term, sure));
            terms.extend(self.terms.alike(term).iter().map(|(other, like)| (*other, sure * like)));
        }
        let mut asked = QueryTerm { feature, terms, weight: 0.0, word, by_name };
        asked.weight = if says_how(&asked.feature, words) { INSTRUCTION * FREQUENT } else { self.weight(&asked) };
        asked
    }

    /// The entries that an unknown word may name.
    fn misspelt_name(&self, word: &str) -> Vec<EntryIdx> {
        if word.len() < 4 || word.bytes().any(|byte| byte.is_ascii_digit()) {
            return Vec::new();
        }
        let names = Scope::of(&[Kind::Person, Kind::Group, Kind::Place, Kind::Term]);
        match self.lookup.find(word, names) {
            Match::Found(hit) if hit.score.0 >= SURE => vec![hit.entry],
            _ => Vec::new(),
        }
    }

    fn is_person(&self, asked: &QueryTerm) -> bool {
        asked.feature.entries.iter().any(|idx| self.pack.entry(*idx).kind == Kind::Person)
    }

    fn weight(&self, asked: &QueryTerm) -> f32 {
        let all = self.texts.len() as f32;
        let with = self.texts.with(asked).into_values().filter(|how| *how >= 0.5).count() as f32;
        let rarity = (1.0 + (all - with + 0.5) / (with + 0.5)).ln();
        if stands_in(COLOURS, &asked.word) {
            return COLOUR;
        }
        if stands_in(INSTRUCTIONS, &asked.word) {
            return INSTRUCTION * rarity.min(FREQUENT);
        }
        match asked.feature.entries[..] {
            [] => rarity,
            _ if self.is_person(asked) => f32::max(NAMED * rarity, PERSON),
            _ => NAMED * rarity,
        }
    }
}

/// Where a question for a number of victims names those who did it: "killed by the Russians", "did the
/// Russians kill". They are not those to be counted.
fn doers(words: &[String]) -> Option<std::ops::Range<usize>> {
    const DEEDS: &str = "kill killed shoot shot execute executed hang hanged wound wounded arrest arrested deport deported";
    let deed = words.iter().position(|word| stands_in(DEEDS, word))?;
    if words.get(deed + 1).is_some_and(|word| word == "by") {
        return Some(deed + 2..words.len());
    }
    let did = words[..deed].iter().position(|word| word == "did")?;
    Some(did + 1..deed)
}

/// Whether a word says how to answer or colours the question, and so need not be in the answer.
pub(super) fn is_aside(word: &str) -> bool {
    [INSTRUCTIONS, COLOURS].iter().any(|list| stands_in(list, word))
}

/// Whether a word only says how to answer: the kind of thing after *which*, or the number of things to
/// give ("three reasons").
fn says_how(feature: &Feature, words: &[String]) -> bool {
    let (from, to) = feature.words;
    let [word] = &words[from..to] else { return false };
    let before = from.checked_sub(1).map(|place| words[place].as_str());
    let kind = matches!(before, Some("which" | "what" | "whose")) && kind_of(word).is_some();
    let number = word.len() < 3 && word.bytes().all(|byte| byte.is_ascii_digit());
    kind || number && words.get(to).is_some_and(|next| stands_in(INSTRUCTIONS, next))
}

/// The month and day of a day token.
fn day(word: &str) -> Option<(i8, i8)> {
    let digits = word.strip_prefix(DAY).filter(|digits| digits.len() == 4)?;
    let (month, day) = (digits[..2].parse().ok()?, digits[2..].parse().ok()?);
    // A leap year, because the day may be 29 February.
    Date::new(2000, month, day).ok().map(|_| (month, day))
}
