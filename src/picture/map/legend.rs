//! The text below a map: names for which there was no space, arrows, places that are too far away.

use super::super::font;
use super::super::svg::{Anchor, Area, Canvas};
use super::{Arrow, Beyond, MARGIN, SAY, Spot, WIDTH, labels};
use crate::card::format;
use crate::pack::{EntryIdx, Pack};

/// How many lines may name the places that are too far away.
const FAR: usize = 3;

/// The lines that name the places too far away for the maps.
pub(super) fn far_away(pack: &Pack, beyond: &[Beyond]) -> Vec<String> {
    if beyond.is_empty() {
        return Vec::new();
    }
    let list: Vec<String> = beyond.iter().map(|far| format!("{} ({})", pack.entry(far.place).name, far.events.len())).collect();
    let say = format!("Too far for this map: {}", list.join(", "));
    font::wrap(&say, SAY.size, SAY.weight, WIDTH - 2.0 * MARGIN, 0.0, FAR)
}

/// What a legend explains: the marks, those with a name beside them, and the arrows.
pub(super) type Explained<'a> = (&'a [&'a Spot], &'a [labels::Placed], &'a [Arrow<'a>]);

/// Lists below the map the names for which there was no space, and what the arrows mean, in at most `room`
/// lines.
pub(super) fn draw(
    canvas: &mut Canvas,
    pack: &Pack,
    area: Area,
    (spots, placed, arrows): Explained<'_>,
    room: &mut usize,
) -> f64 {
    let mut y = area.y + area.height + 4.0;
    let unnamed = spots.iter().enumerate().filter(|(idx, _)| !placed.iter().any(|label| label.of == *idx));
    let list: Vec<String> = unnamed
        .map(|(_, spot)| {
            let count = if spot.events.len() > 1 { format!(" ({})", spot.events.len()) } else { String::new() };
            format!("{} {}{count}", spot.number, pack.entry(spot.place).name)
        })
        .collect();
    let mut lines: Vec<String> = Vec::new();
    if !list.is_empty() {
        lines.extend(font::wrap(&list.join(" · "), SAY.size, SAY.weight, WIDTH - 2.0 * MARGIN, 0.0, *room));
    }
    let numbered = |place: EntryIdx| match spots.iter().find(|spot| spot.place == place) {
        Some(spot) => format!("{} {}", spot.number, pack.entry(place).name),
        None => pack.entry(place).name.clone(),
    };
    for (idx, (_, _, moved)) in arrows.iter().enumerate() {
        let say = format!("{}: {} → {}", moved.who, numbered(moved.from), numbered(moved.to));
        let wrapped = font::wrap(&say, SAY.size, SAY.weight, WIDTH - 2.0 * MARGIN, 0.0, 2);
        let is_last = idx + 1 == arrows.len();
        if lines.len() + wrapped.len() + usize::from(!is_last) > *room {
            let more = format::count(arrows.len() - idx, "more arrow");
            lines.extend((lines.len() < *room).then(|| format!("{more}: see the list.")));
            break;
        }
        lines.extend(wrapped);
    }
    *room = room.saturating_sub(lines.len());
    for line in lines {
        y += 13.0;
        canvas.text(MARGIN, y, Anchor::Start, SAY, &line);
    }
    y + 4.0
}
