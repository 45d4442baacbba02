//! `/map [about]`: a map of where it happened.

use jiff::civil::Date;

use crate::card::action::{MenuItem, Press};
use crate::card::entries::open;
use crate::card::press::{ButtonId, MapPress};
use crate::card::{Card, CardResult, Line, Outcome, Section, format, in_pages};
use crate::command::examples;
use crate::command::resolve::topic;
use crate::command::today::remarks;
use crate::command::topic::Topic;
use crate::command::{Command, CommandContext, Completion, Opt, OptKind, Request, stale};
use crate::lookup::{Scope, date};
use crate::pack::{Citation, EntryIdx, Pack};
use crate::picture::{self, Spot};

/// Places on a map.
pub(super) const COMMAND: Command = Command {
    name: "map",
    summary: "Where it happened: places on a map, and who went from where to where",
    example: "/map {day}",
    options: &[Opt {
        name: "about",
        summary: "A day, person, group, place, event or theme",
        kind: OptKind::Text,
        required: false,
        completion: Completion::Subjects,
    }],
    answer: |request, ctx| Box::pin(answer(request, ctx)),
    press: |pressed, _, ctx| Box::pin(press(pressed, ctx)),
    ..Command::PLAIN
};

/// The topic of a map.
enum MapTopic {
    /// Events that began between two dates.
    Days(Date, Date),
    Subject(Topic),
}

async fn answer(request: &Request, ctx: &CommandContext<'_>) -> CardResult {
    let Some(about) = request.text("about") else {
        return Ok(shown(MapTopic::Subject(Topic::Everything), 0, Vec::new(), ctx).await);
    };
    let understood = date::understand(about, ctx.pack.year).filter(|understood| understood.rest.is_empty());
    if let Some(understood) = understood {
        let said = remarks(about, &understood);
        return Ok(shown(MapTopic::Days(understood.from, understood.to), 0, said, ctx).await);
    }
    match topic(about, Scope::NAMED, ctx) {
        Ok(about) => Ok(shown(MapTopic::Subject(about), 0, Vec::new(), ctx).await),
        Err(card) => Ok(*card),
    }
}

impl MapTopic {
    fn events(&self, pack: &Pack) -> Vec<EntryIdx> {
        let is_in = |idx: EntryIdx, facts| match self {
            MapTopic::Subject(about) => about.has(idx, facts, pack),
            MapTopic::Days(from, to) => (*from..=*to).contains(&facts.when.first_day()),
        };
        pack.events().filter(|(idx, _, facts)| is_in(*idx, facts)).map(|(idx, ..)| idx).collect()
    }

    fn title(&self, pack: &Pack) -> String {
        match self {
            MapTopic::Subject(about) => about.name(pack).unwrap_or("Everything I know").to_owned(),
            MapTopic::Days(from, to) if from == to => format::date(*from),
            MapTopic::Days(from, to) => format::days(*from, *to),
        }
    }

    fn press(&self, page: usize, pack: &Pack) -> Press {
        let page = Some(page);
        match self {
            MapTopic::Subject(about) => MapPress::Topic { topic: about.id(pack), page }.press(),
            MapTopic::Days(from, to) => MapPress::Days { from: *from, to: *to, page }.press(),
        }
    }
}

/// Laying out the map takes a moment.
async fn shown(topic: MapTopic, page: usize, said: Vec<Line>, ctx: &CommandContext<'_>) -> Card {
    ctx.compute(move |loaded| show(&topic, page, said, &loaded.pack)).await
}

fn show(shown: &MapTopic, page: usize, said: Vec<Line>, pack: &Pack) -> Card {
    let events = shown.events(pack);
    let title = shown.title(pack);
    let map = picture::map(pack, &events, &title);
    let is_empty = map.spots.is_empty() && map.beyond.is_empty();
    let mut card = Card::new(if is_empty { Outcome::Nothing } else { Outcome::Found }, format!("Map: {title}"));
    let count = format::count(events.len(), "event");
    card.subtitle = Some(format!("{count}, {} on the map", format::count(map.spots.len(), "place")));
    card = card.section(Section::opening(said));
    if is_empty {
        let say = format!("I know of no place for that. Try a day like {}, or a person.", examples::day(pack));
        return card.section(Section::opening(vec![Line::new(say)]));
    }
    card.picture = Some(map.svg.picture());
    let mut cited: Vec<Citation> = Vec::new();
    let on_map =
        map.spots.iter().map(|spot| place(pack, &format!("{} ", spot.number), spot.place, &spot.events, &spot.moves, &mut cited));
    card = card.section(Section::headed("On the map", on_map.collect()));
    card = card.section(Section::headed("Arrows", arrows(pack, &events, &mut cited)));
    let far = map.beyond.iter().map(|far| place(pack, "", far.place, &far.events, &[], &mut cited)).collect();
    card = card.section(Section::headed("Too far for this map", far));
    card = in_pages(card, page, |page| shown.press(page, pack));
    crate::card::entries::explain(&mut card, &cited, pack);
    crate::card::entries::number(&mut card);
    let items = map.spots.iter().map(|spot| item(spot, pack)).collect();
    card.menu("Open a place …", items)
}

/// One line per place: its number, its most important event and how many more there were; or who came
/// and went, which the lines of the arrows cite.
fn place(pack: &Pack, number: &str, place: EntryIdx, events: &[EntryIdx], moves: &[String], cited: &mut Vec<Citation>) -> Line {
    let lead = format!("{number}{}:", pack.entry(place).name);
    let weightiest = events.iter().max_by_key(|idx| (pack.entry(**idx).importance, std::cmp::Reverse(**idx)));
    let Some(event) = weightiest.map(|idx| pack.entry(*idx)) else { return Line::new(moves.join(", ")).led(lead) };
    let when = event.when().map(format::short_moment).unwrap_or_default();
    let more = if events.len() > 1 { format!(", and {} more", events.len() - 1) } else { String::new() };
    let cite = &event.cite[..1.min(event.cite.len())];
    cited.extend(cite);
    Line::new(format!("{} ({when}){more}", event.name)).led(lead).citing(format::citations(pack, cite))
}

/// Who went from where to where.
fn arrows(pack: &Pack, events: &[EntryIdx], cited: &mut Vec<Citation>) -> Vec<Line> {
    let moves = events.iter().filter_map(|idx| pack.entry(*idx).event()).flat_map(|facts| &facts.moves);
    moves
        .map(|moved| {
            cited.extend(&moved.cite);
            let way = format!("{} → {}", pack.entry(moved.from).name, pack.entry(moved.to).name);
            Line::new(way).led(format!("{}:", moved.who)).citing(format::citations(pack, &moved.cite))
        })
        .collect()
}

fn item(spot: &Spot, pack: &Pack) -> MenuItem {
    let entry = pack.entry(spot.place);
    MenuItem::new(&format!("{} {}", spot.number, entry.name), Some(&format::hint(entry)), open(entry))
}

async fn press(pressed: &Press, ctx: &CommandContext<'_>) -> CardResult {
    let (topic, page) = match MapPress::read(pressed).ok_or_else(stale)? {
        MapPress::Days { from, to, page } => (MapTopic::Days(from, to), page),
        MapPress::Topic { topic, page } => (MapTopic::Subject(Topic::of(&topic, ctx.pack).ok_or_else(stale)?), page),
    };
    Ok(shown(topic, page.unwrap_or_default(), Vec::new(), ctx).await)
}
