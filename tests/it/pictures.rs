//! Pictures: the same to the pixel, no text over another, and their content in words.

use crate::support::shared_pack;
use jiff::civil::Date;
use kronikas::pack::{EntryIdx, Kind, Pack, PackFiles, load};
use kronikas::picture::{Area, Svg, draw, graph, map, progress, split, strip, timeline};
use proptest::prelude::*;

fn pack() -> &'static Pack {
    shared_pack::pack()
}

fn event(id: &str) -> EntryIdx {
    pack().find(&format!("event/{id}")).unwrap_or_else(|| panic!("{id}"))
}

fn events() -> Vec<EntryIdx> {
    pack().of_kind(Kind::Event).map(|(idx, _)| idx).collect()
}

/// Set to a folder, every picture that is checked is written there, to be looked at.
const LOOK: &str = "KRONIKAS_PICTURES";

fn look(svg: &Svg, name: &str) {
    if let Some(folder) = std::env::var_os(LOOK) {
        let folder = std::path::Path::new(&folder);
        let png = svg.picture().png().expect("a picture");
        std::fs::write(folder.join(format!("{name}.png")), png).expect("a folder");
    }
}

fn naming(id: &str) -> Vec<EntryIdx> {
    pack().events_naming(pack().find(id).unwrap_or_else(|| panic!("{id}"))).to_vec()
}

/// Nothing written runs over anything else written, or out of the picture.
fn check(svg: &Svg, name: &str) {
    look(svg, name);
    let all = Area { x: 0.0, y: 0.0, width: svg.size.0, height: svg.size.1 };
    for (idx, (area, text)) in svg.labels.iter().enumerate() {
        assert!(all.holds(area), "{name}: “{text}” runs out of the picture: {area:?} of {:?}", svg.size);
        for (other, over) in &svg.labels[idx + 1..] {
            assert!(!area.overlaps(other), "{name}: “{text}” {area:?} runs into “{over}” {other:?}");
        }
    }
    assert!(!svg.describe().is_empty());
    let picture = svg.picture();
    assert!((1..=1024).contains(&picture.alt().chars().count()));
}

#[test]
fn labels_of_timelines_never_collide() {
    let all = events();
    for (idx, page) in all.chunks(15).enumerate() {
        check(&timeline(pack(), page, &format!("Events, page {}", idx + 1)), &format!("timeline-{idx:02}"));
    }
    check(&timeline(pack(), &all, "Everything"), "timeline-all");
    check(&timeline(pack(), &[], "Nothing"), "timeline-none");
    check(
        &timeline(pack(), &[event("1956-10-23-radio-shots")], "One event with a rather long title that says what was asked for"),
        "timeline-one",
    );
    for theme in ["military", "society", "diplomacy"] {
        let about: Vec<EntryIdx> = all
            .iter()
            .copied()
            .filter(|idx| pack().entry(*idx).event().is_some_and(|facts| facts.tags.iter().any(|tag| tag == theme)))
            .collect();
        for (idx, page) in about.chunks(15).enumerate() {
            check(&timeline(pack(), page, theme), &format!("timeline-{theme}-{idx}"));
        }
    }
}

#[test]
fn labels_of_strips_never_collide() {
    for idx in events() {
        let name = if idx.0 % 60 == 3 { format!("strip-{}", idx.0) } else { "strip".to_owned() };
        check(&strip(pack(), idx), &name);
    }
}

#[test]
fn boxes_of_graphs_never_collide() {
    for idx in events() {
        check(&graph(pack(), idx).svg, &format!("graph-{}", pack().entry(idx).id.trim_start_matches("event/")));
    }
}

#[test]
fn charts_say_what_they_are_given() {
    let themes: Vec<(String, f64, u32)> = [
        ("Politics", 0.82, 40),
        ("Protest", 0.4, 12),
        ("Military", 0.0, 3),
        ("Diplomacy and the world outside, with a long name", 1.0, 1),
        ("Odd", f64::NAN, 0),
    ]
    .map(|(name, share, items)| (name.to_owned(), share, items))
    .to_vec();
    let due: Vec<(Date, u32)> = (0..14)
        .map(|idx| {
            (
                Date::constant(2026, 11, 24).checked_add(jiff::Span::new().days(idx)).expect("a day"),
                [12, 0, 3, 41, 7][idx as usize % 5],
            )
        })
        .collect();
    check(&progress(&themes, &due), "progress");
    check(&progress(&[], &[]), "progress-none");
    check(&progress(&themes[..1], &due[..3]), "progress-few");
    let choices = [
        "23 October 1956",
        "4 November 1956",
        "The Central Workers' Council of Greater Budapest, which went on strike when nobody else did",
        "Imre Nagy",
    ]
    .map(str::to_owned);
    check(&split(&choices, &[17, 4, 0, 3], 0), "split");
    check(&split(&choices, &[], 2), "split-none");
    let said = split(&choices, &[17, 4, 0, 3], 0).describe().join(" ");
    assert!(said.contains("24 answers") && said.contains("23 October 1956 (right): 17 (71%)"), "{said}");
}

#[test]
fn labels_of_maps_never_collide() {
    let all = events();
    check(&map(pack(), &all, "Everything").svg, "map-all");
    check(&map(pack(), &[], "Nothing").svg, "map-none");
    for (name, id) in [
        ("nagy", "person/imre-nagy"),
        ("corvin", "place/corvin-passage"),
        ("soviet-army", "group/soviet-army"),
        ("debrecen", "place/debrecen"),
        ("moscow", "place/moscow"),
    ] {
        check(&map(pack(), &naming(id), name).svg, &format!("map-{name}"));
    }
    for day in [23, 24, 25, 26] {
        let on: Vec<EntryIdx> = pack().on_day(10, day).map(|(idx, ..)| idx).collect();
        check(&map(pack(), &on, &format!("{day} October 1956")).svg, &format!("map-{day}"));
    }
    check(&map(pack(), &[event("1956-11-07-kadar-budapest")], "Kádár enters Budapest").svg, "map-move");
    for (idx, page) in all.chunks(7).enumerate() {
        check(&map(pack(), page, "A few").svg, &format!("map-few-{idx}"));
    }
}

#[test]
fn the_drawings_of_some_pictures() {
    let day: Vec<EntryIdx> = pack().on_day(10, 24).map(|(idx, ..)| idx).collect();
    insta::assert_snapshot!("timeline", timeline(pack(), &day, "24 October 1956").text);
    insta::assert_snapshot!("strip", strip(pack(), event("1956-10-23-stalin-statue")).text);
    insta::assert_snapshot!("graph", graph(pack(), event("1956-10-23-radio-shots")).svg.text);
    insta::assert_snapshot!("map", map(pack(), &[event("1956-11-07-kadar-budapest")], "Kádár enters Budapest").svg.text);
    let words = map(pack(), &day, "24 October 1956").svg.describe().join("\n");
    insta::assert_snapshot!("map_in_words", words);
}

/// FNV-1a (Fowler, Noll, Vo 1991): a number for the pixels of a picture.
fn fingerprint(svg: &Svg) -> (u32, u32, u64) {
    let png = draw(&svg.text).expect("a picture");
    let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().expect("a PNG");
    let mut pixels = vec![0; reader.output_buffer_size().expect("a small picture")];
    let frame = reader.next_frame(&mut pixels).expect("one frame");
    let hash = pixels.iter().fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3));
    (frame.width, frame.height, hash)
}

#[test]
fn the_same_drawing_gives_the_same_pixels() {
    let day: Vec<EntryIdx> = pack().on_day(10, 24).map(|(idx, ..)| idx).collect();
    let drawn = [
        ("timeline", timeline(pack(), &day, "24 October 1956")),
        ("strip", strip(pack(), event("1956-10-23-stalin-statue"))),
        ("map", map(pack(), &day, "24 October 1956").svg),
        ("graph", graph(pack(), event("1956-10-23-radio-shots")).svg),
        ("split", split(&["yes".to_owned(), "no".to_owned()], &[3, 1], 0)),
    ];
    let prints: Vec<String> = drawn.iter().map(|(name, svg)| format!("{name} {:?}", fingerprint(svg))).collect();
    // From one run to the next: drawn again, and compared with what was written down.
    let again: Vec<String> = drawn.iter().map(|(name, svg)| format!("{name} {:?}", fingerprint(svg))).collect();
    assert_eq!(prints, again);
    insta::assert_snapshot!("pixels", prints.join("\n"));
}

#[test]
fn the_largest_pictures_are_small_enough() {
    let all = events();
    for svg in [
        timeline(pack(), &all, "Everything"),
        map(pack(), &all, "Everything").svg,
        graph(pack(), event("1956-11-04-whirlwind")).svg,
    ] {
        let png = svg.picture().png().expect("a picture");
        assert!(png.len() < 300_000, "{}: {} bytes", svg.name, png.len());
    }
}

proptest! {
    // Each case builds a pack.
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn nothing_collides_whatever_the_pack(
        places in proptest::collection::vec((45.7f64..48.6, 16.2f64..22.8, any::<bool>()), 0..70),
        events in proptest::collection::vec((1944i16..1990, 1i8..13, 1i8..29, 0u8..24, 0u8..5, "[A-Za-zőű]{1,12}( [A-Za-zőűÁ&<]{1,12}){0,5}x"), 1..40),
    ) {
        let file = |name: &str, text: String| (name.to_owned(), text);
        let mut pack = "schema = 1\nid = \"p\"\ntitle = \"P\"\nyear = 1956\n[document]\ntitle = \"D\"\n".to_owned();
        pack.push_str("[[document.paragraph]]\nnumber = 1\nsection = \"S\"\nabout = \"a\"\nclaims = 1\n");
        let claims = "cite = [\"b\"]\nclaims = [{ text = \"X.\", cite = [\"b\"] }]\n";
        let written: String = places.iter().enumerate().map(|(idx, (lat, lon, in_city))| {
            let (lat, lon) = if *in_city { (47.42 + (lat - 45.7) / 20.0, 19.0 + (lon - 16.2) / 50.0) } else { (*lat, *lon) };
            format!("[[place]]\nid = \"p{idx}\"\nname = \"Place with number {idx}\"\ngist = \"g\"\nlat = {lat:.4}\nlon = {lon:.4}\n{claims}")
        }).collect();
        let told: String = events.iter().enumerate().map(|(idx, (year, month, day, hour, form, name))| {
            let when = match form {
                0 => format!("{year}"),
                1 => format!("{year}-{month:02}"),
                2 => format!("1956-10-23T{hour:02}:30~"),
                3 => format!("1956-10-{day:02}"),
                _ => format!("{year}-{month:02}-{day:02}"),
            };
            let near: Vec<String> = (0..places.len()).filter(|place| place % events.len() == idx % places.len().max(1)).map(|place| format!("\"p{place}\"")).collect();
            let tag = ["politics", "protest", "military", "other", "society"][usize::from(*form)];
            format!("[[event]]\nid = \"e{idx}\"\nname = \"{name} {idx}\"\nwhen = \"{when}\"\ntags = [\"{tag}\"]\nplaces = [{}]\n{claims}", near.join(", "))
        }).collect();
        let sources = "[[source]]\nid = \"b\"\nshort = \"B\"\ntitle = \"B\"\nkind = \"reference\"\n".to_owned();
        let files = vec![file("pack.toml", pack), file("sources.toml", sources), file("events.toml", told), file("places.toml", written)];
        let pack = load(&PackFiles::new("p", files)).unwrap_or_else(|report| panic!("{report}"));
        let all: Vec<EntryIdx> = pack.of_kind(Kind::Event).map(|(idx, _)| idx).collect();
        check(&timeline(&pack, &all, "A pack of its own"), "any-timeline");
        check(&strip(&pack, all[0]), "any-strip");
        check(&map(&pack, &all, "A pack of its own").svg, "any-map");
        check(&graph(&pack, all[0]).svg, "any-graph");
    }
}

/// On which side of the river on the map of the capital a point lies: the river's longitude at its latitude.
fn is_east_of_the_river((east, north): (f64, f64)) -> bool {
    let river = &pack().map[1].lines[0].points;
    let pair = river.windows(2).find(|pair| (pair[1].1..=pair[0].1).contains(&north)).expect("a stretch of the river");
    let share = (pair[0].1 - north) / (pair[0].1 - pair[1].1);
    east > pair[0].0 + share * (pair[1].0 - pair[0].0)
}

#[test]
fn squares_lie_on_their_own_bank() {
    for (name, point, pest) in [
        ("Széna tér", (19.026, 47.508), false),
        ("Bem tér", (19.039, 47.513), false),
        ("Technical University", (19.056, 47.481), false),
        ("Petőfi tér", (19.051, 47.492), true),
        ("Kossuth tér", (19.046, 47.507), true),
        ("Corvin köz", (19.070, 47.486), true),
        ("Buda Castle", (19.0396, 47.4961), false),
    ] {
        assert_eq!(is_east_of_the_river(point), pest, "{name}");
    }
}

#[test]
fn the_built_in_maps_are_drawn() {
    let [country, city] = pack().map.as_slice() else { panic!("there are two maps") };
    assert!(country.land[0].len() > 300 && country.water.len() == 1 && country.names.len() == 9);
    assert!(country.land[0].iter().all(|point| country.frame.holds(*point)));
    assert_eq!(city.stands_for, pack().find("place/budapest"));
}

#[test]
fn a_map_numbers_the_steps_of_a_day_and_has_a_short_legend() {
    let day: Vec<EntryIdx> = pack().on_day(10, 23).map(|(idx, ..)| idx).collect();
    for events in [day, events(), naming("person/imre-nagy")] {
        let map = map(pack(), &events, "Steps");
        let first = |place: EntryIdx| {
            let is_there = |event: &&EntryIdx| {
                let facts = pack().entry(**event).event().expect("an event");
                facts.places.contains(&place) || facts.moves.iter().any(|moved| moved.from == place || moved.to == place)
            };
            *events.iter().find(is_there).expect("something happened there")
        };
        let steps: Vec<(usize, EntryIdx)> = map.spots.iter().map(|spot| (spot.number, first(spot.place))).collect();
        assert!(steps.iter().map(|(number, _)| *number).eq(1..=steps.len()), "{steps:?}");
        assert!(steps.is_sorted_by_key(|(_, event)| *event), "the numbers do not follow time: {steps:?}");
        // Small text at the left edge, smaller than the title and the headings.
        let legend = map.svg.labels.iter().filter(|(area, _)| area.x == 10.0 && area.height < 11.0);
        assert!(legend.clone().count() <= 10, "{:?}", legend.collect::<Vec<_>>());
    }
}
