//! Packs of other countries and centuries: the storming of the Bastille, the Ides of March, and small ones
//! that leave out all that may be left out. Every command, the daily post, the calendar, the quiz, the
//! replay, the pictures and the completion go through them, in both edges, without a word about the unit
//! that is built in.

use crate::support::done;
use jiff::Timestamp;
use jiff::civil::date;
use kronikas::card::Card;
use kronikas::command::Request;
use kronikas::discord::message_of_card;
use kronikas::features;
use kronikas::features::daily::{PostOptions, compose};
use kronikas::pack::{PackFiles, load};
use kronikas::terminal::{Look, demonstrate};

use crate::support::packs::*;
use crate::support::school::{School, action, text};

#[test]
fn every_command_teaches_the_bastille() {
    goes_through_every_command(&BASTILLE);
}

#[test]
fn every_command_teaches_the_ides_of_march() {
    goes_through_every_command(&IDES);
}

#[test]
fn completion_offers_the_packs_own() {
    goes_through_completion(&BASTILLE);
    goes_through_completion(&IDES);
}

#[test]
fn a_year_of_posts_is_of_the_packs_own() {
    goes_through_a_year_of_posts(&BASTILLE);
    goes_through_a_year_of_posts(&IDES);
}

#[test]
fn every_question_is_of_the_packs_own() {
    assert!(goes_through_every_question(&BASTILLE) > 60);
    assert!(goes_through_every_question(&IDES) > 40);
    goes_through_practice(&BASTILLE);
    goes_through_practice(&IDES);
}

#[test]
fn replays_tell_the_packs_own_days() {
    goes_through_the_replay(&BASTILLE, 12);
    goes_through_the_replay(&IDES, 6);
}

#[test]
fn the_daily_post_is_of_the_packs_own() {
    goes_through_the_daily_post(&BASTILLE);
    goes_through_the_daily_post(&IDES);
}

#[test]
fn pictures_show_the_packs_own() {
    goes_through_every_picture(&BASTILLE);
    goes_through_every_picture(&IDES);
}

#[test]
fn what_cards_print_is_read_back() {
    reads_back_what_it_prints(&BASTILLE);
    reads_back_what_it_prints(&IDES);
}

#[test]
fn typed_dates_of_any_year_find_what_happened() {
    for (shelf, line, found) in [
        (&*IDES, "/event 15 march 44 bc", "The murder of Julius Caesar"),
        (&*IDES, "/event 15 march", "The murder of Julius Caesar"),
        (&*IDES, "/event 15 march 44 BC murder", "The murder of Julius Caesar"),
        (&*IDES, "/event 15 Mar 44 B.C.", "The murder of Julius Caesar"),
        (&*IDES, "/event 44-03-15 BC", "The murder of Julius Caesar"),
        (&*IDES, "/event march 44 bc", "Senators plot against Caesar"),
        (&*IDES, "/event 49 bc", "Caesar crosses the Rubicon"),
        (&*IDES, "/event 19 august 14 ad", "Augustus dies"),
        (&*IDES, "/event AD 14", "Augustus dies"),
        (&*IDES, "the ides of march", "the fifteenth of March in the Roman calendar"),
        (&*IDES, "/onthisday 15 march", "The murder of Julius Caesar"),
        (&*IDES, "/timeline from:49 BC to:44 BC", "Caesar crosses the Rubicon"),
        (&*IDES, "/timeline from:february 44 bc to:17 march 44 bc", "The Senate grants an amnesty"),
        (&*IDES, "/ask what happened on 15 march 44 bc", "The murder of Julius Caesar"),
        (&*IDES, "/ask when was the murder of julius caesar", "15 March 44 BC"),
        (&*IDES, "/map 15 march 44 bc", "Curia of Pompey"),
        (&*BASTILLE, "/event 14 july 1789", "The Bastille falls"),
        (&*BASTILLE, "/event 14.7.89", "The Bastille falls"),
        (&*BASTILLE, "/event 14/7", "The Bastille falls"),
        (&*BASTILLE, "/event Tuesday 14 July 1789, about 15:00 in Paris", "The French Guards march to the Bastille"),
        (&*BASTILLE, "/timeline from:july 1789", "The Bastille falls"),
        (&*BASTILLE, "/ask when did the bastille fall", "14 July 1789"),
        (&*BASTILLE, "/ask why was the bastille stormed", "gunpowder"),
    ] {
        let said = answer(shelf, line);
        assert!(said.contains(found), "{line}: no “{found}” in\n{said}");
        speaks_of_its_own(&said, line);
    }
    let wrong = answer(&BASTILLE, "/event friday 14 july 1789");
    assert!(wrong.contains("was a Tuesday") || wrong.contains("The Bastille falls"), "{wrong}");
    // A day of the Julian calendar has no weekday that a card could name.
    let named = answer(&IDES, "/onthisday 15 march");
    assert!(!named.contains("it was a"), "{named}");
}

#[test]
fn other_history_is_still_not_this_units() {
    for (shelf, line) in [
        (&*IDES, "/ask when did the french revolution start"),
        (&*BASTILLE, "/ask who won the cold war"),
        (&*BASTILLE, "/who imre kovacs"),
        (&*IDES, "/who napoleon"),
    ] {
        let said = answer(shelf, line);
        assert!(said.contains("I only know about") || said.contains("I don't know"), "{line}:\n{said}");
        speaks_of_its_own(&said.replace("imre", ""), line);
    }
}

#[test]
fn today_is_the_day_of_the_packs_zone_or_utc() {
    // Half past eleven in the evening in London is the next day in Paris.
    let late: Timestamp = "2027-07-13T22:30:00Z".parse().expect("an instant");
    assert_eq!(BASTILLE.current().pack.date_at(late), date(2027, 7, 14));
    let nowhere = shelf_of(small("44 BC", "", &[("44-03-15 BC", "It happens")]));
    assert_eq!(nowhere.current().pack.date_at(late), date(2027, 7, 13));
    assert_eq!(nowhere.current().pack.zone_name(), "UTC");
}

#[test]
fn the_first_start_shows_the_packs_own() {
    for shelf in [&*BASTILLE, &*IDES] {
        let mut out = Vec::new();
        demonstrate(shelf.current().ctx(), Look { width: 80 }, NOON.parse().expect("an instant"), &mut out).expect("written");
        speaks_of_its_own(&anstream::adapter::strip_str(&String::from_utf8(out).expect("text")).to_string(), "the first start");
    }
}

#[test]
fn three_cards_of_each_pack_read_well() {
    for (name, shelf, line) in [
        ("bastille_event", &*BASTILLE, "/event the french guards march to the bastille"),
        ("bastille_onthisday", &*BASTILLE, "/onthisday 14 july"),
        ("bastille_map", &*BASTILLE, "/map 14 july"),
        ("ides_event", &*IDES, "/event the murder of julius caesar"),
        ("ides_who", &*IDES, "/who octavian"),
        ("ides_timeline", &*IDES, "/timeline"),
    ] {
        insta::assert_snapshot!(name, answer(shelf, line));
    }
}

#[test]
fn small_packs_go_through_everything() {
    let day = "1666-09-02";
    for files in [
        // Nothing but one event.
        small("1912", "", &[("1912-04-15T02:20", "The ship goes down")]),
        // No event's day is known.
        small("1066", "", &[("1066", "A conquest")]),
        // All on one day.
        small(
            "1666",
            "",
            &[
                ("1666-09-02T01:00~", "A fire breaks out"),
                ("1666-09-02 morning", "The fire spreads"),
                (day, "People flee"),
                ("1666-09-02 evening", "The fire reaches the river"),
                ("1666-09-02 night", "Nobody sleeps"),
            ],
        ),
        // Years of the first century, and long before.
        small(
            "79 AD",
            "zone = \"Europe/Rome\"\ncity = \"Pompeii\"",
            &[
                ("62-02-05 AD", "An earthquake"),
                ("79-10-24T13:00~ AD", "The mountain erupts"),
                ("79-10-25 AD dawn", "The town is buried"),
            ],
        ),
        small(
            "753 BC",
            "",
            &[("753-04-21 BC", "A city is founded"), ("509 BC", "The kings are driven out"), ("1 BC/1 AD", "The years turn")],
        ),
        // A title of odd characters.
        small(
            "1848",
            "subject = \"*bold* _it_ <b>tags</b> `code` @everyone\"",
            &[("1848-03-15", "A **day** of <i>odd</i> [names](x)")],
        ),
    ] {
        let shelf = shelf_of(files);
        every_answer(&shelf, |context, answer| {
            both_edges(answer, context);
        });
        goes_through_completion(&shelf);
        goes_through_every_question(&shelf);
        goes_through_every_picture(&shelf);
        reads_back_what_it_prints(&shelf);
        goes_through_the_daily_post(&shelf);
    }
}

#[test]
fn an_odd_title_is_shown_as_it_is() {
    let files = small("1848", "", &[("1848-03-15", "A day")]);
    let odd = "The *odd* “title” <b>&amp;</b> \\\\ `x` @everyone — ő";
    let shelf = shelf_of(with_pack(files, "title = \"A small unit\"", &format!("title = \"{odd}\"")));
    let help = done(features::answer("help", &Request::new(TODAY), &shelf.current().ctx()));
    let message = serde_json::to_value(message_of_card(&help.expect("help"), u64::MAX, false)).expect("JSON");
    let title = message["embeds"][0]["title"].as_str().unwrap_or_default().to_owned();
    assert!(title.starts_with("I teach the "), "{title}");
    assert!(!title.contains("@everyone"), "it would name everybody: {title}");
}

#[test]
fn slips_in_pack_toml_are_told_with_their_line_and_a_cure() {
    for (lines, expected) in [
        (
            "year = -44",
            "pack.toml:4:8: -44 is no year. Write year = 1789, or with its era in quotes: year = \"44 BC\", year = \"79 AD\".",
        ),
        ("year = 0", "pack.toml:4:8: 0 is no year."),
        ("year = \"44\"", "pack.toml:4:8: \"44\" is no year."),
        ("year = \"44 bc\"", "pack.toml:4:8: \"44 bc\" is no year."),
        ("year = 12000", "pack.toml:4:8: 12000 is no year."),
        ("year = true", "pack.toml:4:8: invalid type: boolean `true`, expected a year"),
        (
            "year = 1848\nzone = \"Europe/Atlantis\"",
            "pack.toml:5:8: there is no time zone \"Europe/Atlantis\". Write the zone's name in the IANA database",
        ),
        ("year = 1848\nzone = 2", "pack.toml:5:8: invalid type: integer `2`, expected a string"),
        ("year = 1848\nsubject = \"\"", "pack.toml:5:11: this subject has 0 characters"),
        ("year = 1848\ncountry = \"a\\nb\"", "pack.toml:5:11: this country has line breaks"),
        ("year = 1848\nreplay = { from = \"1848-03-15\", to = \"1848-03-01\" }", "pack.toml:5:38: these are no days of a replay"),
        ("year = 1848\nreplay = { from = \"1848-03-01\", to = \"1848-05-01\" }", "at most 31 days are told"),
        ("year = 1848\nreplay = { from = \"march\", to = \"1848-03-20\" }", "pack.toml:5:19: \"march\" is no day. Write "),
        ("year = 1848\nreplay = { from = \"1848-03-01\" }", "pack.toml:5:10: missing field `to`"),
        ("year = 1848\ncapital = \"Paris\"", "pack.toml:5:1: unknown field `capital`"),
    ] {
        let files = small("1848", "", &[("1848-03-15", "A day")]);
        let report = load(&PackFiles::new("small", with_pack(files, "year = 1848", lines))).expect_err(lines).to_string();
        assert!(report.contains(expected), "{lines}: no “{expected}” in\n{report}");
    }
    let events = small("44 BC", "", &[("44 BC-03-15", "A day")]);
    let report = load(&PackFiles::new("small", events)).expect_err("no date").to_string();
    assert!(report.contains("events.toml:4:8: \"44 BC-03-15\" is not a date") && report.contains("44-03-15 BC"), "{report}");
}

#[test]
fn without_days_of_its_own_the_replay_is_where_most_happened() {
    let days = |events: &[(&str, &str)]| shelf_of(small("1848", "", events)).current().pack.replay_days();
    assert_eq!(days(&[("1848", "A year")]), None);
    assert_eq!(days(&[("1848-03-15", "A day")]), Some((date(1848, 3, 15), date(1848, 3, 15))));
    let found = days(&[("1848-02-22", "A"), ("1848-09-11", "B"), ("1848-09-29", "C"), ("1848-10-06", "D"), ("1848-12-02", "E")]);
    assert_eq!(found, Some((date(1848, 9, 11), date(1848, 10, 6))));
    assert_eq!(IDES.current().pack.replay_days(), Some((date(-43, 2, 15), date(-43, 3, 17))));
    let school = School::teaching(shelf_of(small("1848", "", &[("1848", "A year")])), NOON);
    let refused = teacher(&school, "replay start", &[]).expect_err("nothing to replay");
    assert!(refused.told().text.plain().contains("nothing to replay"), "{}", refused.told().text.plain());
}

#[test]
fn the_almanac_tells_home_from_elsewhere() {
    let home = answer(&BASTILLE, "/onthisday 24 june");
    assert!(home.contains("In 1789") && home.contains("Jefferson writes home"), "{home}");
    let elsewhere = answer(&BASTILLE, "/onthisday 30 april");
    assert!(elsewhere.contains("Elsewhere in 1789"), "{elsewhere}");
    assert!(elsewhere.contains("nothing that happened in France on this very day in 1789"), "{elsewhere}");
}

#[test]
fn the_posts_of_a_unit_before_christ_count_the_years() {
    let loaded = IDES.current();
    let card: Card = compose(&loaded.pack, date(2027, 3, 15), PostOptions::default(), None).expect("a post");
    assert!(text(&card).contains("2070 years ago: 15 March 44 BC"), "{}", text(&card));
    let action = action(&card, "The murder of Julius Caesar");
    assert!(done(features::press(&action.press.to_string(), &Request::new(TODAY), &loaded.ctx())).is_ok());
}

/// Where the program's own sources may name the country, the city or the year of the built-in unit, and why.
const NAMED: &[(&str, &[&str], &str)] = &[
    ("zones.tsv", &["hungar", "budapest"], "the table of time zones names every country and its cities"),
    ("lookup/tongues.rs", &["hungar", "budapest"], "what seven languages call countries and cities; one of them is Hungarian"),
    ("lookup/offices.rs", &["hungar"], "one of the nations whose offices are asked for by name"),
    ("lookup/endings.rs", &["hungar", "budapest"], "the case endings of Hungarian, in which classes type as well as in English"),
    ("lookup/fold.rs", &["hungar"], "how Hungarian is spelt and sounds"),
    ("lookup/rank.rs", &["hungar"], "a Hungarian case beside the word itself"),
    ("lookup/typed.rs", &["hungar"], "Hungarian names written in Cyrillic"),
    ("lookup/words.rs", &["hungar"], "Hungarian given names and what they are elsewhere"),
    ("date/names.rs", &["hungar"], "Hungarian months, weekdays and endings of dates"),
    ("date/mod.rs", &["hungar"], "ranges in Hungarian have endings and nothing between"),
    ("wall_time.rs", &["hungar"], "parts of the day in Hungarian"),
    ("answer/safety.rs", &["hungar"], "words of somebody in danger, in English and Hungarian"),
];

/// A source without its tests and the examples in its documentation.
fn without_tests(text: &str) -> String {
    let own = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    own.lines().filter(|line| !line.trim_start().starts_with("/// assert")).collect::<Vec<_>>().join("\n").to_lowercase()
}

#[test]
fn the_program_names_no_unit() {
    let mut sources: Vec<(String, String)> = Vec::new();
    let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            let name = path.to_string_lossy().replace('\\', "/");
            if path.is_dir() {
                folders.push(path);
            } else if !name.ends_with("tests.rs") {
                sources.push((name, without_tests(&std::fs::read_to_string(&path).expect("a text"))));
            }
        }
    }
    assert!(sources.len() > 100);
    let allowed = |name: &str, word: &str| NAMED.iter().any(|(file, words, _)| name.ends_with(file) && words.contains(&word));
    for (name, text) in &sources {
        for word in ["hungar", "budapest", "magyarorsz", "1956"] {
            let lines: Vec<&str> = text.lines().filter(|line| line.contains(word)).collect();
            assert!(
                lines.is_empty() || allowed(name, word) || word == "magyarorsz" && allowed(name, "hungar"),
                "{name} names the built-in unit ({word}); such words belong into the pack: {lines:#?}"
            );
        }
    }
    for (file, words, why) in NAMED {
        let text: String = sources.iter().filter(|(name, _)| name.ends_with(file)).map(|(_, text)| text.as_str()).collect();
        for word in *words {
            assert!(text.contains(word), "{file} no longer says “{word}” ({why}); take it off the list");
        }
    }
}
