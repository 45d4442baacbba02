//! Words that suggest that whoever typed them is in danger, or has somebody in mind who is.
//!
//! This pack is full of people who were killed and who killed; a history question must pass. So the
//! words count only where somebody speaks of themselves: a verb of dying or hurting next to *I*, *me*
//! or *myself*, or a sentence that nobody says of anybody else ("nobody would miss me"). English and
//! Hungarian; spelling as on a phone.

/// What somebody says who means to die or to hurt themselves. `*` stands for up to three words.
const DANGER: &[&str] = &[
    "kill myself",
    "killing myself",
    "kms",
    "unalive myself",
    "hurt myself",
    "hurting myself",
    "harm myself",
    "harming myself",
    "cut myself",
    "cutting myself",
    "hang myself",
    "shoot myself",
    "starve myself",
    "self harm",
    "selfharm",
    "take my own life",
    "take my life",
    "end my life",
    "ending my life",
    "end my own life",
    "end it all",
    "ending it all",
    "end things tonight",
    "i * suicide",
    "i * suicidal",
    "i am suicidal",
    "how to commit suicide",
    "how to kill yourself",
    "way to kill yourself",
    "painless way to die",
    "easiest way to die",
    "best way to die",
    "my friend * kill himself",
    "my friend * kill herself",
    "my friend * kill themselves",
    "my friend * suicide",
    "my friend * suicidal",
    "i * want to die",
    "i just want to die",
    "i want to be dead",
    "wish i was dead",
    "wish i were dead",
    "wish i could die",
    "wish i was never born",
    "wish i had never been born",
    "better off dead",
    "better off without me",
    "better without me",
    "if i was dead",
    "if i were dead",
    "if i died",
    "if i die would",
    "dont want to live",
    "do not want to live",
    "dont want to be alive",
    "do not want to be alive",
    "dont want to be here any",
    "do not want to be here any",
    "no reason to live",
    "nothing to live for",
    "tired of living",
    "tired of life",
    "hate my life",
    "cant go on",
    "can not go on any",
    "cant take it any",
    "can not take it any",
    "i want to disappear",
    "nobody would miss me",
    "no one would miss me",
    "noone would miss me",
    "nobody would care if i",
    "no one would care if i",
    "my dad hits me",
    "my father hits me",
    "my mum hits me",
    "my mom hits me",
    "my mother hits me",
    "my stepdad hits me",
    "my parents hit me",
    "my * beats me",
    "i am being abused",
    "he touches me",
    "someone touched me",
    "raped me",
    "i was raped",
    "bullying me",
    "i am being bullied",
    "i get bullied",
    "threatening me",
    "threatens me",
    "threatening to kill me",
    "going to kill me",
    "wants to kill me",
    "i will kill him",
    "i will kill her",
    "ill kill him",
    "ill kill her",
    "i want to kill my",
    "i want to kill him",
    "i want to kill her",
    "i am going to kill",
    "how many pills",
    // Hungarian, without accents.
    "meg akarok halni",
    "megakarok halni",
    "meg akarom olni magam",
    "megolom magam",
    "meg fogom olni magam",
    "ongyilkos akarok",
    "ongyilkos leszek",
    "ongyilkos lennek",
    "ongyilkossagon gondolkod",
    "ongyilkossagra gondol",
    "ongyilkossagot akarok",
    "nem akarok elni",
    "nem akarok tovabb elni",
    "nincs kedvem elni",
    "bantani akarom magam",
    "bantom magam",
    "bantanom magam",
    "vagdosom magam",
    "vagdalom magam",
    "barcsak meghalnek",
    "barcsak halott lennek",
    "barcsak meg se szulettem",
    "senkinek sem hianyoznek",
    "senkinek se hianyoznek",
    "senkinek nem hianyoznek",
    "elegem van az eletembol",
    "veget vetek az eletemnek",
    "veget akarok vetni",
    "nem birom tovabb",
    "el akarok tunni",
    "megver az apam",
    "ver az apam",
    "megver az anyam",
    "ver az anyam",
    "bantalmaznak",
    "zaklatnak engem",
];

/// Whether somebody's words suggest that they, or somebody they speak of now, are in danger.
pub fn suggests_danger(text: &str) -> bool {
    let words = plain(text);
    DANGER.iter().any(|phrase| {
        let phrase: Vec<&str> = phrase.split(' ').collect();
        (0..words.len()).any(|start| begins(&words[start..], &phrase))
    })
}

/// Lower-case ASCII words without apostrophes; "do n't" and "don t" are one.
fn plain(text: &str) -> Vec<String> {
    let ascii = any_ascii::any_ascii(&text.replace(['’', '‘', '\'', '`', '´'], "")).to_ascii_lowercase();
    let words = ascii.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let mut plain: Vec<String> = Vec::new();
    for word in words {
        match (word, plain.last_mut()) {
            ("t", Some(last)) if matches!(last.as_str(), "don" | "can" | "won" | "doesn") => last.push('t'),
            ("wanna", _) => plain.extend(["want".to_owned(), "to".to_owned()]),
            ("im", _) => plain.extend(["i".to_owned(), "am".to_owned()]),
            ("ive", _) => plain.extend(["i".to_owned(), "have".to_owned()]),
            ("self", Some(last)) if last == "my" => last.push_str("self"),
            _ => plain.push(word.to_owned()),
        }
    }
    plain
}

/// Whether words begin with a phrase; its last word may go on ("any" → "anymore").
fn begins(words: &[String], phrase: &[&str]) -> bool {
    let Some((first, rest)) = phrase.split_first() else { return true };
    if *first == "*" {
        return (0..=3).any(|skipped| words.len() >= skipped && begins(&words[skipped..], rest));
    }
    let fits = |word: &String| {
        if rest.is_empty() && first.len() >= 3 && is_open(first) { word.starts_with(first) } else { word == first }
    };
    words.first().is_some_and(fits) && begins(&words[1..], rest)
}

/// The words of the list that stand for longer ones.
fn is_open(word: &str) -> bool {
    matches!(word, "any" | "gondolkod" | "gondol" | "hianyoznek" | "bantalmaznak")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_in_danger_is_heard() {
        for text in [
            "i want to kill myself",
            "I wanna die",
            "i don't want to live anymore",
            "i dont want to be here any more",
            "nobody would miss me if i was gone",
            "im thinking about suicide",
            "i keep thinking of suicide",
            "how do i kill my self",
            "öngyilkos akarok lenni",
            "Nem akarok élni.",
            "meg akarom ölni magam",
            "they are bullying me",
            "my dad hits me when he is drunk",
        ] {
            assert!(suggests_danger(text), "{text}");
        }
    }

    #[test]
    fn history_is_no_danger() {
        for text in [
            "did nagy kill himself",
            "how many were killed",
            "did anyone commit suicide in 1956",
            "how did imre nagy die",
            "why were people beaten to death",
            "who wanted to kill rakosi",
            "did losonczy starve himself to death",
            "what happened to people who wanted to die for freedom",
            "how did they hang nagy",
            "was pal maleter shot or hanged",
            "tell me how many children died",
            "kik haltak meg 1956-ban",
            "why did the avh beat people",
            "i want to know who killed the students",
            "",
        ] {
            assert!(!suggests_danger(text), "{text}");
        }
    }
}
