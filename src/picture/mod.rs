//! Pictures: laid out by this module as SVG, and rasterised by resvg with a bundled font, so that they
//! are the same everywhere.
//!
//! All pictures are 400 to 440 units wide, the width of a phone's screen, with letters of at least 9
//! units, on their own background. Colour conveys nothing that a shape, a position or a word does not
//! convey too. Layout is pure: knowledge in, [`Svg`] out. Only [`png`] rasterises.
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

/// A drawing, its content in words, and the positions of its texts.
#[derive(Debug, Clone, PartialEq)]
pub struct Svg {
    /// The kind of picture: the file name without its extension.
    pub name: &'static str,
    pub text: String,
    /// Its width and height in units; rasterised at two pixels per unit.
    pub size: (f64, f64),
    /// Every text with its rectangle; none overlaps another.
    pub labels: Vec<(Area, String)>,
    words: Vec<String>,
}

impl Svg {
    fn new(name: &'static str, canvas: svg::Canvas, size: (f64, f64), words: Vec<String>) -> Svg {
        let size = (size.0.ceil(), size.1.ceil());
        let (text, labels) = canvas.finish(size.0, size.1);
        Svg { name, text, size, labels, words }
    }

    /// The content in words, one line each; the first names the kind of picture.
    pub fn describe(&self) -> &[String] {
        &self.words
    }

    /// The picture for a card. Its alt text is [`Svg::describe`], cut after 1024 characters. It is
    /// rasterised when an edge asks for it.
    pub fn picture(&self) -> Picture {
        Picture::new(self.name, &self.words.join(" "), Arc::from(self.text.as_str()), png::png)
    }
}
