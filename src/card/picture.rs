//! A picture on a card, rasterised only where it is shown.

use std::fmt;
use std::sync::Arc;

use super::format::cut;

/// The maximum length of a picture's alt text in characters, Discord's limit.
pub const ALT: usize = 1024;

/// Rasterises a drawing to a PNG file; `None` if that fails.
pub type Draw = fn(&str) -> Option<Arc<[u8]>>;

/// A picture on a card, with its content in words.
///
/// It contains the drawing, not the pixels, so an edge without pictures (the terminal) does not pay for
/// them. Two pictures are equal if their names and drawings are.
#[derive(Clone)]
pub struct Picture {
    name: String,
    alt: String,
    drawing: Arc<str>,
    draw: Draw,
}

impl Picture {
    /// A picture of `drawing`, which `draw` rasterises. `name` consists of lower-case letters. `alt` is
    /// cut at a word after 1024 characters.
    pub fn new(name: &str, alt: &str, drawing: Arc<str>, draw: Draw) -> Picture {
        Picture { name: name.to_owned(), alt: cut(alt, ALT), drawing, draw }
    }

    /// The name of the file, with its ending: `timeline.png`.
    pub fn file_name(&self) -> String {
        format!("{}.png", self.name)
    }

    /// The alt text, at most 1024 characters.
    pub fn alt(&self) -> &str {
        &self.alt
    }

    /// The PNG file; `None` if drawing fails, and then the card is shown without it.
    pub fn png(&self) -> Option<Arc<[u8]>> {
        (self.draw)(&self.drawing)
    }
}

impl PartialEq for Picture {
    fn eq(&self, other: &Picture) -> bool {
        (&self.name, &self.alt, &self.drawing) == (&other.name, &other.alt, &other.drawing)
    }
}

impl Eq for Picture {}

impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Picture").field("name", &self.name).field("alt", &self.alt).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alt_text_is_never_too_long() {
        let picture = Picture::new("map", &"ű ".repeat(2000), Arc::from("x"), |_| None);
        assert!(picture.alt().chars().count() <= ALT);
        assert_eq!((picture.file_name().as_str(), picture.png()), ("map.png", None));
    }
}
