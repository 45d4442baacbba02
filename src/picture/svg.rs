//! An SVG canvas that records the positions of its texts.

use std::fmt::Write;

use super::font::{self, Weight};

/// The background of all pictures: light, so that they look the same in Discord's dark and light theme.
pub(super) const PAPER: &str = "#fbf8f1";
/// The colour of text and lines; contrast 13:1 against the background.
pub(super) const INK: &str = "#22272e";
/// The colour of secondary text; contrast 5.6:1 against the background.
pub(super) const PALE: &str = "#5c6570";
/// The colour of guide lines.
pub(super) const HAIR: &str = "#c9c3b4";
/// The colour of the main subject; contrast 6.8:1 against the background.
pub(super) const ACCENT: &str = "#a3241c";
/// The colour of background fields.
pub(super) const SHADE: &str = "#efe8d8";

/// A rectangle in units of the drawing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Area {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

impl Area {
    /// Whether two rectangles share more than an edge.
    pub fn overlaps(&self, other: &Area) -> bool {
        self.x < other.x + other.width
            && other.x < self.x + self.width
            && self.y < other.y + other.height
            && other.y < self.y + self.height
    }

    /// Whether it contains all of `other`.
    pub fn holds(&self, other: &Area) -> bool {
        self.x <= other.x
            && self.y <= other.y
            && other.x + other.width <= self.x + self.width
            && other.y + other.height <= self.y + self.height
    }

    /// The rectangle of a text whose baseline starts at `x`, `y`.
    pub(super) fn of_text(x: f64, y: f64, size: f64, weight: Weight, text: &str) -> Area {
        Area {
            x,
            y: y - size * font::ASCENT,
            width: font::width(text, size, weight),
            height: size * (font::ASCENT + font::DESCENT),
        }
    }
}

/// Which point of a text is at its position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// The style of a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pen {
    pub size: f64,
    pub weight: Weight,
    pub colour: &'static str,
    /// Whether it has a halo that separates it from lines behind it.
    pub halo: bool,
}

impl Pen {
    pub(super) const fn new(size: f64) -> Pen {
        Pen { size, weight: Weight::Regular, colour: INK, halo: false }
    }

    pub(super) const fn with_halo(mut self) -> Pen {
        self.halo = true;
        self
    }

    pub(super) const fn bold(mut self) -> Pen {
        self.weight = Weight::Bold;
        self
    }

    pub(super) const fn in_colour(mut self, colour: &'static str) -> Pen {
        self.colour = colour;
        self
    }

    pub(super) fn width(self, text: &str) -> f64 {
        font::width(text, self.size, self.weight)
    }
}

/// A drawing in progress.
#[derive(Default)]
pub(super) struct Canvas {
    body: String,
    texts: Vec<(Area, String)>,
}

impl Canvas {
    /// A filled rectangle with round corners.
    pub(super) fn field(&mut self, area: Area, radius: f64, fill: &str) {
        let Area { x, y, width, height } = area;
        self.add(format_args!(
            r#"<rect x="{x:.1}" y="{y:.1}" width="{width:.1}" height="{height:.1}" rx="{radius:.1}" fill="{fill}"/>"#
        ));
    }

    /// A rectangle with round corners and a border; `dash` is an SVG dash pattern, empty for a solid
    /// line.
    pub(super) fn frame(&mut self, area: Area, radius: f64, fill: &str, edge: &str, thick: f64, dash: &str) {
        let Area { x, y, width, height } = area;
        self.add(format_args!(
            r#"<rect x="{x:.1}" y="{y:.1}" width="{width:.1}" height="{height:.1}" rx="{radius:.1}" fill="{fill}" stroke="{edge}" stroke-width="{thick:.1}"{}/>"#,
            dashed(dash)
        ));
    }

    pub(super) fn line(&mut self, from: (f64, f64), to: (f64, f64), edge: &str, thick: f64, dash: &str) {
        self.add(format_args!(
            r#"<path d="M{:.1} {:.1}L{:.1} {:.1}" fill="none" stroke="{edge}" stroke-width="{thick:.1}"{}/>"#,
            from.0,
            from.1,
            to.0,
            to.1,
            dashed(dash)
        ));
    }

    /// A path in SVG's own notation.
    pub(super) fn path(&mut self, path: &str, fill: &str, edge: &str, thick: f64, dash: &str) {
        self.add(format_args!(
            r#"<path d="{path}" fill="{fill}" stroke="{edge}" stroke-width="{thick:.1}" stroke-linejoin="round" stroke-linecap="round"{}/>"#,
            dashed(dash)
        ));
    }

    /// The head of an arrow that points from `from` to `tip`.
    pub(super) fn arrow_head(&mut self, from: (f64, f64), tip: (f64, f64), size: f64, fill: &str) {
        let (dx, dy) = (tip.0 - from.0, tip.1 - from.1);
        let length = (dx * dx + dy * dy).sqrt().max(0.001);
        let (ux, uy) = (dx / length * size, dy / length * size);
        let path = format!(
            "M{:.1} {:.1}L{:.1} {:.1}L{:.1} {:.1}Z",
            tip.0,
            tip.1,
            tip.0 - ux - uy * 0.55,
            tip.1 - uy + ux * 0.55,
            tip.0 - ux + uy * 0.55,
            tip.1 - uy - ux * 0.55
        );
        self.path(&path, fill, fill, 0.5, "");
    }

    pub(super) fn circle(&mut self, x: f64, y: f64, radius: f64, fill: &str, edge: &str, thick: f64) {
        self.add(format_args!(
            r#"<circle cx="{x:.1}" cy="{y:.1}" r="{radius:.1}" fill="{fill}" stroke="{edge}" stroke-width="{thick:.1}"/>"#
        ));
    }

    /// Draws a text and returns its rectangle.
    pub(super) fn text(&mut self, x: f64, y: f64, anchor: Anchor, pen: Pen, text: &str) -> Area {
        let text = font::drawable(text);
        let width = pen.width(&text);
        let start = match anchor {
            Anchor::Start => x,
            Anchor::Middle => x - width / 2.0,
            Anchor::End => x - width,
        };
        let area = Area::of_text(start, y, pen.size, pen.weight, &text);
        self.write(&format!(r#"x="{start:.1}" y="{y:.1}""#), pen, &text);
        self.texts.push((area, text));
        area
    }

    /// Draws a text upwards from `x`, `y` and returns its rectangle.
    pub(super) fn text_upwards(&mut self, x: f64, y: f64, pen: Pen, text: &str) -> Area {
        let text = font::drawable(text);
        let width = pen.width(&text);
        let area = Area {
            x: x - pen.size * font::ASCENT,
            y: y - width,
            width: pen.size * (font::ASCENT + font::DESCENT),
            height: width,
        };
        self.write(&format!(r#"transform="translate({x:.1} {y:.1}) rotate(-90)""#), pen, &text);
        self.texts.push((area, text));
        area
    }

    fn write(&mut self, place: &str, pen: Pen, text: &str) {
        let weight = if pen.weight == Weight::Bold { r#" font-weight="bold""# } else { "" };
        let halo =
            if pen.halo { r##" stroke="#ffffff" stroke-width="3" stroke-linejoin="round" paint-order="stroke""## } else { "" };
        self.add(format_args!(
            r#"<text {place} font-size="{:.1}"{weight} fill="{}"{halo} xml:space="preserve">{}</text>"#,
            pen.size,
            pen.colour,
            escaped(text)
        ));
    }

    /// Clips everything that follows to `area`, until [`Canvas::unclip`].
    pub(super) fn clip(&mut self, name: &str, area: Area) {
        let Area { x, y, width, height } = area;
        self.add(format_args!(
            r#"<clipPath id="{name}"><rect x="{x:.1}" y="{y:.1}" width="{width:.1}" height="{height:.1}"/></clipPath><g clip-path="url(#{name})">"#
        ));
    }

    /// Ends what [`Canvas::clip`] began.
    pub(super) fn unclip(&mut self) {
        self.add(format_args!("</g>"));
    }

    /// The whole SVG on its background, and the rectangles of its texts.
    pub(super) fn finish(self, width: f64, height: f64) -> (String, Vec<(Area, String)>) {
        let svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" viewBox=\"0 0 {width:.0} {height:.0}\" font-family=\"{}\">\n<rect width=\"100%\" height=\"100%\" fill=\"{PAPER}\"/>\n{}</svg>\n",
            font::FAMILY,
            self.body
        );
        (svg, self.texts)
    }

    fn add(&mut self, element: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = self.body.write_fmt(element);
        self.body.push('\n');
    }
}

fn dashed(dash: &str) -> String {
    if dash.is_empty() { String::new() } else { format!(r#" stroke-dasharray="{dash}""#) }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
