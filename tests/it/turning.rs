//! Turning points of the story: the built-in ones hold, and broken ones are told by file and line.

use crate::support::shared_pack;
use kronikas::pack::{Pack, PackFiles, Report, load};

fn pack() -> &'static Pack {
    shared_pack::pack()
}

#[test]
fn the_story_has_its_turning_points() {
    let pack = pack();
    assert!((8..=12).contains(&pack.turning_points.len()), "{}", pack.turning_points.len());
    for point in &pack.turning_points {
        assert!(point.before <= point.reveal, "{}", point.id);
        assert!((2..=4).contains(&point.ways.len()), "{}", point.id);
        assert!(point.known.iter().all(|claim| !claim.cite.is_empty()), "{}", point.id);
    }
    assert!(pack.turning_points.is_sorted_by_key(|point| point.before));
}

#[test]
fn what_is_known_then_rests_on_what_the_pack_claims() {
    let pack = pack();
    for point in &pack.turning_points {
        // Whatever a turning point cites, events told before it or at it cite too.
        let told: Vec<_> = pack
            .events()
            .filter(|(idx, ..)| *idx <= point.reveal)
            .flat_map(|(_, entry, _)| entry.claims.iter().flat_map(|claim| claim.cite.clone()))
            .collect();
        for cite in point.known.iter().flat_map(|claim| &claim.cite) {
            assert!(told.contains(cite), "{}: {cite:?}", point.id);
        }
    }
}

#[test]
fn no_way_to_choose_states_a_fact() {
    // A consideration that names a year, a number or a person would be a fact without a citation.
    for point in &pack().turning_points {
        for way in &point.ways {
            assert!(!way.consider.contains(|c: char| c.is_ascii_digit()), "{}: {}", point.id, way.consider);
        }
    }
}

const PACK: &str = "schema = 1\nid = \"small\"\ntitle = \"Small\"\nyear = 1956\n[document]\ntitle = \"A document\"\n\
                    [[document.paragraph]]\nnumber = 1\nsection = \"S\"\nabout = \"a\"\nclaims = 2\n";
const SOURCES: &str = "[[source]]\nid = \"book\"\nshort = \"Book\"\ntitle = \"A book\"\nkind = \"reference\"\n";
const EVENTS: &str = r#"[[event]]
id = "ban"
name = "The ban"
when = "1956-10-23T13:00"
cite = ["book"]
claims = [{ text = "It was banned.", cite = ["¶1.1"] }]
[[event]]
id = "march"
name = "The march"
when = "1956-10-23T15:00"
cite = ["book"]
claims = [{ text = "People marched.", cite = ["¶1.2"] }]
[[event]]
id = "spring"
name = "The spring"
when = "1956-03"
cite = ["book"]
claims = [{ text = "It was spring.", cite = ["book"] }]
"#;
const TURNING: &str = r#"[[turning]]
id = "ban"
title = "Let them?"
before = "event/ban"
reveal = "event/march"
who = "the police"
known = [{ text = "They want to march.", cite = ["book"] }]
ask = "What now?"
options = [
    { label = "Yes", consider = "Then what?" },
    { label = "No", consider = "And then?" },
]
"#;

fn small(turnings: &str) -> Result<Pack, Report> {
    let file = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    load(&PackFiles::new(
        "small",
        vec![file("pack.toml", PACK), file("sources.toml", SOURCES), file("events.toml", EVENTS), file("replay.toml", turnings)],
    ))
}

#[test]
fn a_sound_turning_point_is_read() {
    let pack = small(TURNING).unwrap_or_else(|report| panic!("{report}"));
    assert_eq!(pack.turning_points[0].ways[1].label, "No");
}

#[test]
fn unsound_ones_are_told_with_their_place() {
    for (change, wrong, line) in [
        (("event/ban", "event/bann"), "there is no entry \"event/bann\"", 4),
        (("event/ban", "event/spring"), "event/spring has no day", 4),
        (
            ("before = \"event/ban\"\nreveal = \"event/march\"", "before = \"event/march\"\nreveal = \"event/ban\""),
            "comes before",
            5,
        ),
        (("[\"book\"]", "[\"bok\"]"), "there is no source \"bok\"", 7),
        (("[{ text = \"They want to march.\", cite = [\"book\"] }]", "[]"), "know nothing", 7),
        (("    { label = \"No\", consider = \"And then?\" },\n", ""), "there are 1 options", 9),
        (("\"No\"", "\"YES\""), "stands here twice", 11),
        (("id = \"ban\"", "id = \"The ban\""), "is no id", 2),
        (("ask = ", "aks = "), "unknown field `aks`", 8),
    ] {
        let report = small(&TURNING.replacen(change.0, change.1, 1)).expect_err(wrong);
        let problem = report.problems().iter().find(|problem| problem.wrong.contains(wrong));
        let problem = problem.unwrap_or_else(|| panic!("{wrong:?} not in:\n{report}"));
        assert_eq!((problem.file.as_str(), problem.line), ("small/replay.toml", line), "{problem}");
    }
    let twice = small(&TURNING.repeat(2)).expect_err("twice").to_string();
    assert!(twice.contains("another turning point with the id") && twice.contains("is asked before event/ban"), "{twice}");
}
