//! Cleans input before it is parsed: invisible characters, emoji, smileys, unusual quotes and widths,
//! contractions, abbreviations with dots.

/// Removes decoration: byte-order marks and other invisible characters, emoji (`😭`, `:sob:`,
/// `<:sob:123>`), smileys. Quotes and dashes become ASCII, full-width letters and digits normal ones,
/// and each run of white space one space. Accents and scripts stay.
///
/// ```
/// # use kronikas::lookup::typed::clean;
/// assert_eq!(clean("\u{feff}Nagy Imre 😭😭 :)"), "Nagy Imre");
/// assert_eq!(clean("‘８：００’ — ok"), "'8:00' - ok");
/// ```
pub fn clean(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            // Invisible characters occur inside words, so they are not replaced by a space.
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' => {}
            '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e01ef}' => {}
            '\u{300}'..='\u{36f}' => plain.push(letter),
            'º' | 'ª' | '°' => {}
            letter if letter.is_ascii() => plain.push(letter),
            letter if letter.is_whitespace() => plain.push(' '),
            '\u{ff01}'..='\u{ff5e}' => plain.push_str(any_ascii::any_ascii_char(letter)),
            letter if letter.is_alphanumeric() => match any_ascii::any_ascii_char(letter) {
                // Letters in circles and squares are transliterated with brackets around them.
                framed if framed.starts_with(['(', '[', ':']) => plain.push(' '),
                _ => plain.push(letter),
            },
            letter => match any_ascii::any_ascii_char(letter) {
                mark if !mark.is_empty() && mark.len() <= 3 && mark.bytes().all(|byte| byte.is_ascii_punctuation()) => {
                    plain.push_str(mark);
                }
                _ => plain.push(' '),
            },
        }
    }
    let chunks = plain.split_whitespace().map(without_shortcodes);
    let words = chunks.filter(|chunk| !chunk.is_empty() && !is_smiley(chunk));
    words.collect::<Vec<_>>().join(" ")
}

/// Removes `:sob:`, `<:sob:123>` and `<a:sob:123>` anywhere in a chunk.
fn without_shortcodes(chunk: &str) -> String {
    let mut out = String::new();
    let mut rest = chunk;
    while let Some((before, after)) = rest.split_once(':') {
        let Some((_, behind)) = after.split_once(':').filter(|(name, _)| is_shortcode(name)) else {
            break;
        };
        let custom = before.strip_suffix("<a").or_else(|| before.strip_suffix('<'));
        let closed = behind.split_once('>').filter(|(id, _)| id.bytes().all(|byte| byte.is_ascii_digit()));
        let (before, behind) = match (custom, closed) {
            (Some(before), Some((_, behind))) => (before, behind),
            _ => (before, behind),
        };
        out.push_str(before);
        rest = behind;
    }
    out.push_str(rest);
    out
}

fn is_shortcode(name: &str) -> bool {
    // "10:30:00" is a time.
    name.len() > 1
        && name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '+')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'+' | b'-' | b'~'))
}

/// Whether the chunk is a smiley: `:)`, `;-)`, `:'(`, `=D`, `<3`, `^^`, `D:`.
fn is_smiley(chunk: &str) -> bool {
    if matches!(chunk, "<3" | "</3" | "^^" | "^_^" | "-_-" | ">:(" | "D:" | "o_o" | "O_O" | "T_T" | ":3") {
        return true;
    }
    let Some(rest) = chunk.strip_prefix([':', ';', '=']) else {
        return false;
    };
    let mouth = rest.trim_start_matches(['-', '\'', '^', 'o']);
    !mouth.is_empty()
        && mouth.len() <= 4
        && mouth.chars().all(|mark| matches!(mark, ')' | '(' | 'D' | 'P' | 'p' | '/' | '\\' | '|' | ']' | '[' | 'O' | '*'))
}

/// The words of a text in lower-case ASCII: cleaned, transliterated, contractions expanded with any
/// apostrophe or none ("didn’t", "didnt" → `did not`), abbreviations joined ("á.v.h.", "a v h" → `avh`),
/// the English genitive removed. Numbers stay as they are written.
pub fn words(text: &str) -> Vec<String> {
    let text = cyrillic(&clean(text));
    let ascii = any_ascii::any_ascii(&text).to_ascii_lowercase();
    let mut words: Vec<String> = Vec::new();
    for chunk in ascii.split_whitespace() {
        match dotted(chunk) {
            Some(closed) => words.push(closed),
            None => {
                let parts = chunk.split(|letter: char| !letter.is_ascii_alphanumeric() && !matches!(letter, '\'' | '`'));
                for part in parts.filter(|part| !part.is_empty()) {
                    spell_out(part, &mut words);
                }
            }
        }
    }
    close_up(words)
}

/// Replaces Cyrillic spellings of Hungarian names: ё is an ő, a softened дь a gy, х an h.
fn cyrillic(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = ' ';
    for letter in text.chars() {
        match letter {
            'ё' | 'Ё' => out.push('o'),
            'х' | 'Х' => out.push('h'),
            'ь' if matches!(before, 'д' | 'т' | 'н') => out.push('y'),
            'ь' | 'ъ' => {}
            other => out.push(other),
        }
        before = letter;
    }
    out
}

/// Joins single letters with dots: `u.n.` → `un`, `a.v.h` → `avh`.
fn dotted(chunk: &str) -> Option<String> {
    let bare = chunk.trim_matches(|letter: char| !letter.is_ascii_alphanumeric() && letter != '.').trim_end_matches("'s");
    let letters: Vec<&str> = bare.split('.').filter(|part| !part.is_empty()).collect();
    let single = |part: &&str| part.len() == 1 && part.bytes().all(|byte| byte.is_ascii_alphabetic());
    (letters.len() > 1 && letters.iter().all(single)).then(|| letters.concat())
}

/// Joins consecutive single letters: `a v h`, `n a g y`; two letters only if neither is a word.
fn close_up(words: Vec<String>) -> Vec<String> {
    let single = |word: &String| word.len() == 1 && word.bytes().all(|byte| byte.is_ascii_alphabetic());
    let mut out: Vec<String> = Vec::with_capacity(words.len());
    let mut rest = words.as_slice();
    while let Some(first) = rest.first() {
        let run = rest.iter().take_while(|word| single(word)).count();
        let words_of_their_own = rest[..run].iter().any(|word| matches!(word.as_str(), "a" | "i"));
        if run >= 3 || run == 2 && !words_of_their_own {
            out.push(rest[..run].concat());
            rest = &rest[run..];
        } else {
            out.push(first.clone());
            rest = &rest[1..];
        }
    }
    out.into_iter().map(|word| chat(&word).map_or(word, str::to_owned)).collect()
}

/// Contractions without an apostrophe, except those that are also words ("its", "were", "well").
const CONTRACTED: &[(&str, &str)] = &[
    ("aint", "is not"),
    ("arent", "are not"),
    ("cannot", "can not"),
    ("cant", "can not"),
    ("couldnt", "could not"),
    ("didnt", "did not"),
    ("doesnt", "does not"),
    ("dont", "do not"),
    ("hadnt", "had not"),
    ("hasnt", "has not"),
    ("havent", "have not"),
    ("heres", "here is"),
    ("hows", "how is"),
    ("im", "i am"),
    ("isnt", "is not"),
    ("ive", "i have"),
    ("lets", "let us"),
    ("shouldnt", "should not"),
    ("thats", "that is"),
    ("theres", "there is"),
    ("theyre", "they are"),
    ("theyve", "they have"),
    ("wasnt", "was not"),
    ("werent", "were not"),
    ("weve", "we have"),
    ("whats", "what is"),
    ("whens", "when is"),
    ("wheres", "where is"),
    ("whos", "who is"),
    ("whys", "why is"),
    ("wont", "will not"),
    ("wouldnt", "would not"),
    ("youre", "you are"),
    ("youve", "you have"),
];

/// Abbreviations of chats and text messages.
const CHAT: &[(&str, &str)] = &[
    ("abt", "about"),
    ("bc", "because"),
    ("bcs", "because"),
    ("cos", "because"),
    ("coz", "because"),
    ("cuz", "because"),
    ("govt", "government"),
    ("ppl", "people"),
    ("pts", "points"),
    ("r", "are"),
    ("u", "you"),
    ("ur", "your"),
    ("wat", "what"),
    ("wen", "when"),
    ("wht", "what"),
    ("wot", "what"),
    ("wut", "what"),
];

fn looked_up<'a>(table: &[(&str, &'a str)], word: &str) -> Option<&'a str> {
    table.binary_search_by_key(&word, |(typed, _)| typed).ok().map(|place| table[place].1)
}

fn chat(word: &str) -> Option<&'static str> {
    looked_up(CHAT, word)
}

/// Adds a word, with its contraction expanded and its genitive removed.
fn spell_out(part: &str, words: &mut Vec<String>) {
    let part = part.replace('`', "'");
    let part = part.trim_matches('\'');
    let bare = part.replace('\'', "");
    if let Some(full) = looked_up(CONTRACTED, &bare) {
        words.extend(full.split(' ').map(str::to_owned));
        return;
    }
    let Some((head, tail)) = part.rsplit_once('\'').filter(|(head, _)| !head.is_empty()) else {
        if !bare.is_empty() {
            words.push(bare);
        }
        return;
    };
    let asks = matches!(head, "who" | "what" | "when" | "where" | "why" | "how" | "which");
    let stands_for = matches!(head, "he" | "she" | "it" | "that" | "there" | "here" | "this");
    let second = match tail {
        "s" if asks || stands_for => Some("is"),
        "s" => None,
        "re" => Some("are"),
        "ve" => Some("have"),
        "ll" => Some("will"),
        "d" if asks => Some("did"),
        "d" => Some("would"),
        "m" if head == "i" => Some("am"),
        // Part of a name: "o'neill", "d'estaing".
        _ => {
            words.push(bare);
            return;
        }
    };
    words.push(head.replace('\'', ""));
    words.extend(second.map(str::to_owned));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_only_decorates_is_dropped() {
        for (typed, plain) in [
            ("nagy imre 😭😭😭", "nagy imre"),
            ("nagy👍🏽imre", "nagy imre"),
            ("nagy 🇭🇺", "nagy"),
            ("<:sob:1234567890> kádár", "kádár"),
            ("kádár :sob: :skull:", "kádár"),
            ("\u{feff}“Kádár”", "\"Kádár\""),
            ("Na\u{200b}gy", "Nagy"),
            ("８：００", "8:00"),
            ("08:00:00", "08:00:00"),
            ("rákosi :-D", "rákosi"),
            ("4–11 november", "4-11 november"),
            ("from:22 oct", "from:22 oct"),
        ] {
            assert_eq!(clean(typed), plain, "{typed:?}");
        }
    }

    #[test]
    fn contractions_mean_the_same_however_they_are_typed() {
        for typed in ["why didn't america help", "why didn’t america help", "why didnt america help", "why did not america help"]
        {
            assert_eq!(words(typed).join(" "), "why did not america help", "{typed:?}");
        }
        for (typed, plain) in [
            ("who's Nagy", "who is nagy"),
            ("whos nagy", "who is nagy"),
            ("Stalin's statue", "stalin statue"),
            ("they're", "they are"),
            ("why'd he leave", "why did he leave"),
            ("O'Neill", "oneill"),
            ("'56", "56"),
            ("u know wat", "you know what"),
            ("im sad", "i am sad"),
        ] {
            assert_eq!(words(typed).join(" "), plain, "{typed:?}");
        }
    }

    #[test]
    fn abbreviations_close_up() {
        for (typed, closed) in [
            ("á.v.h.", "avh"),
            ("Á. V. H.", "avh"),
            ("a v h", "avh"),
            ("the U.N.", "the un"),
            ("n a g y", "nagy"),
            ("u.s.s.r. troops", "ussr troops"),
            ("George F. Kennan", "george f kennan"),
            ("was he a u n man", "was he aun man"),
        ] {
            assert_eq!(words(typed).join(" "), closed, "{typed:?}");
        }
    }

    #[test]
    fn the_tables_are_in_order() {
        for table in [CONTRACTED, CHAT] {
            for (typed, full) in table {
                assert_eq!(looked_up(table, typed), Some(*full), "{typed}");
            }
        }
    }

    proptest! {
        #[test]
        fn cleaning_twice_changes_nothing(text in any::<String>()) {
            let once = clean(&text);
            prop_assert_eq!(clean(&once), once.clone());
        }

        #[test]
        fn words_are_plain(text in any::<String>()) {
            for word in words(&text) {
                prop_assert!(!word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()), "{:?}", word);
            }
        }
    }
}
