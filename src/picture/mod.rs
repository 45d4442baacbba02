//! Pictures of what is known: laid out by this module as SVG, turned into pixels by resvg with a
//! font that is bundled, so that they are the same everywhere.
//!
//! Everything here is laid out 400 to 440 units wide, the width of a phone's screen, with letters
//! of at least 9 units, on paper of its own. Colour says nothing that a shape, a place or a word
//! does not say too. Layout is pure: knowledge in, [`Svg`] out; only [`png`] touches pixels.

mod axis;
mod chart;
mod font;
mod graph;
mod map;
mod png;
mod strip;
mod svg;
mod theme;
mod timeline;

use std::sync::Arc;

use crate::card::Picture;

pub use chart::{class, progress, split};
pub use graph::{Branch, Graph, graph};
pub use map::{Beyond, Map, Spot, map};
pub use png::{draw, png};
pub use strip::strip;
pub use svg::Area;
pub use timeline::timeline;

/// A drawing, its content in words, and where its texts lie.
#[derive(Debug, Clone, PartialEq)]
pub struct Svg {
    /// What kind of picture it is: the name of its file, without an ending.
    pub name: &'static str,
    pub text: String,
    /// Its width and height in units; a picture has two pixels for each.
    pub size: (f64, f64),
    /// Every text in it and the rectangle it takes; none overlaps another.
    pub labels: Vec<(Area, String)>,
    words: Vec<String>,
}

impl Svg {
    fn new(name: &'static str, canvas: svg::Canvas, size: (f64, f64), words: Vec<String>) -> Svg {
        let size = (size.0.ceil(), size.1.ceil());
        let (text, labels) = canvas.finish(size.0, size.1);
        Svg { name, text, size, labels, words }
    }

    /// The same content in words, a line each; the first says what kind of picture it is.
    pub fn describe(&self) -> &[String] {
        &self.words
    }

    /// The picture for a card. Its alt text is what [`Svg::describe`] says, cut after 1024
    /// characters; pixels are made when an edge asks for them.
    pub fn picture(&self) -> Picture {
        Picture::new(self.name, &self.words.join(" "), Arc::from(self.text.as_str()), png::png)
    }
}
