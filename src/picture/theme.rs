//! The themes of a pack's events, each with its own shape: nothing depends on its colour.

use super::svg::Canvas;
use crate::pack::EventFacts;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Theme {
    Politics,
    Protest,
    Military,
    Diplomacy,
    Society,
    /// Only for events without any of the themes above.
    Aftermath,
    /// For events without a known tag.
    Other,
}

impl Theme {
    pub(super) const ALL: [Theme; 7] =
        [Theme::Politics, Theme::Protest, Theme::Military, Theme::Diplomacy, Theme::Society, Theme::Aftermath, Theme::Other];

    /// The tag in packs and pictures.
    pub(super) fn word(self) -> &'static str {
        match self {
            Theme::Politics => "politics",
            Theme::Protest => "protest",
            Theme::Military => "military",
            Theme::Diplomacy => "diplomacy",
            Theme::Society => "society",
            Theme::Aftermath => "aftermath",
            Theme::Other => "other",
        }
    }

    /// Its colour, which is only decoration; contrast at least 4.5:1 against the background.
    pub(super) fn colour(self) -> &'static str {
        match self {
            Theme::Politics => "#1f5582",
            Theme::Protest => "#b3261e",
            Theme::Military => "#3d6a2c",
            Theme::Diplomacy => "#75408f",
            Theme::Society => "#935400",
            Theme::Aftermath => "#3f5a66",
            Theme::Other => "#5c6570",
        }
    }

    /// The themes of an event, in the order of its tags; never empty.
    pub(super) fn of(facts: &EventFacts) -> Vec<Theme> {
        let mut themes: Vec<Theme> = Vec::new();
        for tag in &facts.tags {
            if let Some(theme) = Theme::ALL[..5].iter().find(|theme| theme.word() == tag)
                && !themes.contains(theme)
            {
                themes.push(*theme);
            }
        }
        if themes.is_empty() {
            let is_aftermath = facts.tags.iter().any(|tag| tag == Theme::Aftermath.word());
            themes.push(if is_aftermath { Theme::Aftermath } else { Theme::Other });
        }
        themes
    }

    /// Draws its shape: circle, triangle, square, diamond, hexagon, horizontal and vertical bar. Hollow
    /// if the time is only approximate.
    pub(super) fn mark(self, canvas: &mut Canvas, x: f64, y: f64, radius: f64, hollow: bool) {
        let fill = if hollow { super::svg::PAPER } else { self.colour() };
        let corners: &[(f64, f64)] = match self {
            Theme::Politics => {
                canvas.circle(x, y, radius, fill, self.colour(), 1.6);
                return;
            }
            Theme::Protest => &[(0.0, -1.15), (1.1, 0.85), (-1.1, 0.85)],
            Theme::Military => &[(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)],
            Theme::Diplomacy => &[(0.0, -1.25), (1.25, 0.0), (0.0, 1.25), (-1.25, 0.0)],
            Theme::Society => &[(-0.55, -1.0), (0.55, -1.0), (1.1, 0.0), (0.55, 1.0), (-0.55, 1.0), (-1.1, 0.0)],
            Theme::Aftermath => &[(-1.2, -0.5), (1.2, -0.5), (1.2, 0.5), (-1.2, 0.5)],
            Theme::Other => &[(-0.35, -1.0), (0.35, -1.0), (0.35, 1.0), (-0.35, 1.0)],
        };
        let path: Vec<String> = corners.iter().map(|(dx, dy)| format!("{:.1} {:.1}", x + dx * radius, y + dy * radius)).collect();
        canvas.path(&format!("M{}Z", path.join("L")), fill, self.colour(), 1.6, "");
    }
}
