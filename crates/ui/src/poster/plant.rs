//! The rosette: leaves turned by the golden angle, so that no two lie on each other, coloured along the spirals they form.

use std::f64::consts::PI;
use std::fmt::Write as _;

use sha2::{Digest, Sha256};
use uuid::Uuid;

const GOLDEN_ANGLE: f64 = 137.507_764;

/// Bright, second and ground colour of a night. Chosen by eye: random hues rarely make a pair.
const PALETTES: [(&str, &str, &str); 12] = [
    ("#9be564", "#0fa38f", "#06130f"),
    ("#ff5c7a", "#ffb454", "#1a070d"),
    ("#ffb454", "#d1431a", "#170b04"),
    ("#7cc6ff", "#6a4dff", "#070a1c"),
    ("#f3a6ff", "#e0356b", "#170718"),
    ("#4be3c1", "#2f6bff", "#04111c"),
    ("#ffe066", "#6fbf3a", "#10140a"),
    ("#ff8f5c", "#a62f8a", "#170910"),
    ("#c9f7d8", "#1f8a70", "#05120d"),
    ("#ff6b4a", "#5b2bd9", "#12071c"),
    ("#f0dcae", "#b3652a", "#140d06"),
    ("#8affd2", "#ff5c7a", "#07140f"),
];

pub(super) fn palette(seed: Uuid) -> (&'static str, &'static str) {
    let (bright, second, _) = PALETTES[Dice::from(seed).below(PALETTES.len())];
    (bright, second)
}

/// Numbers from a seed: the same on every machine and in every version of Rust.
struct Dice {
    digest: [u8; 32],
    next: usize,
}

impl Dice {
    fn from(seed: Uuid) -> Self {
        // Hashed, because the front of a version 7 UUID is the time: neighbours would look alike.
        Self { digest: Sha256::digest(seed.as_bytes()).into(), next: 0 }
    }

    fn roll(&mut self) -> u8 {
        let value = self.digest[self.next % self.digest.len()];
        self.next += 1;
        value
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::from(self.roll()) % limit
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * f64::from(self.roll()) / 255.0
    }
}

/// A grown plant, ready to be drawn.
pub(super) struct Plant {
    id: String,
    colours: (&'static str, &'static str, &'static str),
    width: f64,
    height: f64,
    centre: (f64, f64),
    reach: f64,
    leaves: usize,
    arms: usize,
    turn: f64,
    girth: f64,
    teeth: usize,
    disc: (f64, f64, f64),
}

impl Plant {
    pub(super) fn grow(seed: Uuid, width: f64, height: f64) -> Self {
        let mut dice = Dice::from(seed);
        let colours = PALETTES[dice.below(PALETTES.len())];
        let places = if width > height {
            [(0.74, 0.46), (0.80, 0.62), (0.66, 0.30)]
        } else {
            [(0.54, 0.36), (0.80, 0.30), (0.30, 0.40)]
        };
        let place = places[dice.below(places.len())];
        let centre = (width * place.0, height * place.1);
        let reach = width.min(height * 1.5) * dice.between(0.56, 0.74);
        let away = dice.between(0.0, 2.0 * PI);
        let radius = reach * dice.between(0.42, 0.62);
        let disc = (centre.0 + away.cos() * reach * 0.42, centre.1 + away.sin() * reach * 0.34, radius);
        Self {
            id: format!("m{}", &hex::encode(Sha256::digest(seed.as_bytes()))[..8]),
            colours,
            width,
            height,
            centre,
            reach,
            leaves: 54 + dice.below(30),
            arms: [3, 5, 8][dice.below(3)],
            turn: dice.between(0.0, 360.0),
            girth: dice.between(0.105, 0.165),
            teeth: 9 + dice.below(5),
            disc,
        }
    }

    /// Ground, disc, leaves from the outside in, and the shade on which the title stands: lettering begins at `top`,
    /// a share of the height.
    pub(super) fn svg(&self, top: f64) -> String {
        let (width, height, id) = (self.width, self.height, &self.id);
        let mut out = self.definitions(top);
        let (x, y, radius) = self.disc;
        let _ = write!(
            out,
            r#"<path fill="{}" d="M0 0h{width}v{height}H0z"/><path fill="url(#{id}g)" d="M0 0h{width}v{height}H0z"/><circle cx="{x:.1}" cy="{y:.1}" r="{radius:.1}" fill="url(#{id}d)"/>"#,
            self.colours.2
        );
        let _ = write!(out, r#"<g transform="translate({:.1} {:.1})">"#, self.centre.0, self.centre.1);
        for number in (0..self.leaves).rev() {
            self.leaf(&mut out, number);
        }
        let _ = write!(out, r#"</g><path fill="url(#{id}s)" d="M0 0h{width}v{height}H0z"/>"#);
        out
    }

    fn leaf(&self, out: &mut String, number: usize) {
        let age = number as f64 / self.leaves as f64;
        let length = self.reach * (0.16 + 0.84 * age.powf(0.72));
        let angle = (self.turn + number as f64 * GOLDEN_ANGLE) % 360.0;
        // Young leaves stand up and look broader; old ones lie flat.
        let breadth = length * (1.45 - 0.55 * age);
        let kind = if (number % self.arms) * 2 < self.arms { 'a' } else { 'b' };
        let _ = write!(
            out,
            r##"<use href="#{}{kind}" transform="rotate({angle:.0})scale({breadth:.0} {length:.0})"/>"##,
            self.id,
        );
    }

    fn definitions(&self, top: f64) -> String {
        let (bright, second, ground) = self.colours;
        let id = &self.id;
        let (cx, cy, reach) = (self.centre.0, self.centre.1, self.reach * 1.25);
        let (fade, solid, clear) = if self.width > self.height {
            (r#"x1="0" y1="0" x2="1" y2="0""#, 0.54, 0.8)
        } else {
            (r#"x1="0" y1="1" x2="0" y2="0""#, 1.0 - top, (1.24 - top).min(0.86))
        };
        let half = solid * 0.5;
        let mut out = format!(
            r#"<defs><radialGradient id="{id}g" gradientUnits="userSpaceOnUse" cx="{cx:.1}" cy="{cy:.1}" r="{reach:.1}"><stop stop-color="{second}" stop-opacity=".55"/><stop offset="1" stop-color="{ground}" stop-opacity="0"/></radialGradient><linearGradient id="{id}d" x1="0" y1="0" x2=".4" y2="1"><stop stop-color="{bright}"/><stop offset="1" stop-color="{second}"/></linearGradient><linearGradient id="{id}s" {fade}><stop offset="{half:.3}" stop-color="{ground}" stop-opacity=".94"/><stop offset="{solid:.3}" stop-color="{ground}" stop-opacity=".8"/><stop offset="{clear:.3}" stop-color="{ground}" stop-opacity="0"/></linearGradient>"#
        );
        for (name, colour) in [("1", bright), ("2", second)] {
            for (side, strength) in [("l", 0.62), ("r", 1.0)] {
                let _ = write!(
                    out,
                    r#"<linearGradient id="{id}{name}{side}" x1="0" y1="1" x2="0" y2="0"><stop stop-color="{ground}"/><stop offset=".9" stop-color="{}"/><stop offset="1" stop-color="{bright}"/></linearGradient>"#,
                    mix(colour, ground, strength)
                );
            }
        }
        let (left, right) = (self.half(-1.0), self.half(1.0));
        for (kind, name) in [("a", "1"), ("b", "2")] {
            let _ = write!(
                out,
                r#"<g id="{id}{kind}"><path fill="url(#{id}{name}l)" d="{left}"/><path fill="url(#{id}{name}r)" d="{right}"/></g>"#
            );
        }
        out.push_str("</defs>");
        out
    }

    /// Half the leaf's breadth at a share of its length: broadest a little beyond the middle.
    fn edge(&self, along: f64) -> f64 {
        self.girth * (PI * along.powf(1.1)).sin().powf(0.75)
    }

    /// Half a leaf of length 1 pointing up: a swelling edge with thorns, ending in a spine, closed along the rib.
    fn half(&self, side: f64) -> String {
        let mut path = String::from("M0 0");
        for tooth in 0..=self.teeth {
            let along = 0.12 + 0.72 * tooth as f64 / self.teeth as f64;
            let edge = self.edge(along);
            let _ = write!(path, "L{:.3} {:.3}", side * edge, -along);
            let _ = write!(path, "L{:.3} {:.3}", side * (edge + 0.011), -along - 0.020);
            let after = along + 0.026;
            let edge = self.edge(after);
            let _ = write!(path, "L{:.3} {:.3}", side * edge, -after);
        }
        path.push_str("L0 -1z");
        path
    }
}

/// A colour between two: `share` of the first, the rest of the second.
fn mix(first: &str, second: &str, share: f64) -> String {
    let part = |colour: &str, at: usize| {
        colour.get(at..at + 2).and_then(|two| u8::from_str_radix(two, 16).ok()).map_or(0.0, f64::from)
    };
    let blend = |at: usize| (part(first, at) * share + part(second, at) * (1.0 - share)).round() as u8;
    format!("#{:02x}{:02x}{:02x}", blend(1), blend(3), blend(5))
}
