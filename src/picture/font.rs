//! The font of all pictures, measured with the same metrics that the renderer uses.

use std::sync::LazyLock;

use skrifa::instance::{LocationRef, Size};
use skrifa::metrics::GlyphMetrics;
use skrifa::{FontRef, MetadataProvider};

/// The file for normal text.
pub(super) const REGULAR: &[u8] = include_bytes!("../../assets/fonts/DejaVuSansCondensed.ttf");
/// The file for emphasised text.
pub(super) const BOLD: &[u8] = include_bytes!("../../assets/fonts/DejaVuSansCondensed-Bold.ttf");
/// Its family, as the files name it.
pub(super) const FAMILY: &str = "DejaVu Sans Condensed";

/// The height of letters above the baseline (Á, ő), as a share of the size.
pub(super) const ASCENT: f64 = 0.80;
/// The depth of letters below it (g, y), as a share of the size.
pub(super) const DESCENT: f64 = 0.22;

/// A weight of the font.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    Bold,
}

struct Face {
    font: FontRef<'static>,
    metrics: GlyphMetrics<'static>,
}

impl Face {
    fn new(file: &'static [u8]) -> Option<Face> {
        let font = FontRef::new(file).ok()?;
        // At a size of 1000 the advances are thousandths of the size.
        let metrics = font.glyph_metrics(Size::new(1000.0), LocationRef::default());
        Some(Face { font, metrics })
    }
}

static FACES: LazyLock<[Option<Face>; 2]> = LazyLock::new(|| [Face::new(REGULAR), Face::new(BOLD)]);

/// How wide `text` is when drawn at `size`. The font has no kerning and no ligatures, so this is exact.
pub(super) fn width(text: &str, size: f64, weight: Weight) -> f64 {
    let face = &FACES[usize::from(weight == Weight::Bold)];
    let thousandths: f32 = text
        .chars()
        .map(|letter| match face {
            Some(face) => face.font.charmap().map(letter).and_then(|glyph| face.metrics.advance_width(glyph)).unwrap_or(600.0),
            None => 600.0,
        })
        .sum();
    f64::from(thousandths) * size / 1000.0
}

/// Whether the font has a glyph for the letter.
fn has(letter: char) -> bool {
    FACES[0].as_ref().is_some_and(|face| face.font.charmap().map(letter).is_some())
}

/// The text in letters that the font has: others are transliterated or left out.
pub(super) fn drawable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            letter if letter.is_whitespace() => out.push(' '),
            letter if letter.is_control() => {}
            letter if has(letter) => out.push(letter),
            letter => out.push_str(any_ascii::any_ascii_char(letter)),
        }
    }
    out
}

/// Wraps `text` into at most `most` lines of width `room`; the first is narrower by `indent`. An
/// ellipsis replaces what does not fit, and a word wider than a line is cut.
pub(super) fn wrap(text: &str, size: f64, weight: Weight, room: f64, indent: f64, most: usize) -> Vec<String> {
    let text = drawable(text);
    let mut lines: Vec<String> = vec![String::new()];
    let mut words = text.split_whitespace().peekable();
    while let Some(word) = words.next() {
        let number = lines.len();
        let first = number == 1;
        let here = room - if first { indent } else { 0.0 };
        let Some(line) = lines.last_mut() else { break };
        let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if width(&longer, size, weight) <= here {
            *line = longer;
        } else if number < most && (first || !line.is_empty()) {
            lines.push(fitted(word, size, weight, room));
        } else {
            let rest: Vec<&str> = std::iter::once(word).chain(words.by_ref()).collect();
            let all = if line.is_empty() { rest.join(" ") } else { format!("{line} {}", rest.join(" ")) };
            *line = fitted(&all, size, weight, here);
        }
    }
    lines
}

/// As much of `text` as fits `room`, with an ellipsis if it is cut.
pub(super) fn fitted(text: &str, size: f64, weight: Weight, room: f64) -> String {
    if width(text, size, weight) <= room {
        return text.to_owned();
    }
    let mut kept: Vec<char> = text.chars().collect();
    while kept.pop().is_some() {
        let cut: String = kept.iter().collect();
        let cut = format!("{}…", cut.trim_end_matches([' ', ',', ';', ':']));
        if width(&cut, size, weight) <= room {
            return cut;
        }
    }
    String::new()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hungarian_letters_are_there() {
        for letter in "áéíóöőúüűÁÉÍÓÖŐÚÜŰ–—’“”…→≈łńž".chars() {
            assert!(has(letter), "{letter}");
        }
        assert_eq!(drawable("a\u{202e}b\n中"), "ab ZhongBei".replace("Bei", ""));
    }

    proptest! {
        #[test]
        fn lines_keep_to_their_room(text in "[A-Za-zőű ,]{0,120}", room in 40.0..300.0, most in 1usize..5, share in 0.0..0.5) {
            let lines = wrap(&text, 12.0, Weight::Regular, room, room * share, most);
            prop_assert!(lines.len() <= most);
            for line in &lines {
                prop_assert!(width(line, 12.0, Weight::Regular) <= room, "{}", line);
            }
        }
    }
}
