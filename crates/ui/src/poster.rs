//! Each night has art: an agave rosette grown by the golden angle, in two colours that come from the event's id, with
//! the title set over it. The same seed always grows the same plant.

mod face;
mod plant;

use uuid::Uuid;

/// The format of the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// 4 : 5, for a card or the top of a night's page on a phone.
    Portrait,
    /// 1200 × 630, for shared links.
    Wide,
    /// 3 : 1, the head of a ticket.
    Banner,
}

impl Shape {
    /// Width and height in the picture's own units.
    pub const fn size(self) -> (f64, f64) {
        match self {
            Self::Portrait => (800.0, 1000.0),
            Self::Wide => (1200.0, 630.0),
            Self::Banner => (1200.0, 400.0),
        }
    }
}

/// The poster of a night as SVG: `seed` is the event's id, `line` a short line over the title ("Fri 21 Nov · 22:00").
///
/// The letters are outlines, so the picture looks the same inline, as an image file, in a mail and on a wallet pass.
/// It is named by its title for screen readers; use it as `<img alt="">` where the title stands beside it as text.
pub fn svg(seed: Uuid, title: &str, line: &str, shape: Shape) -> String {
    let (width, height) = shape.size();
    let plant = plant::Plant::grow(seed, width, height);
    let (lettering, top) = face::lettering(title, line, width, height);
    let label = escape(title);
    format!(
        r#"<svg class="poster" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-label="{label}">{}{lettering}</svg>"#,
        plant.svg(top / height),
    )
}

/// The two colours of a night, brighter first, as `#rrggbb`: for a page's accents beside its poster.
pub fn colours(seed: Uuid) -> (&'static str, &'static str) {
    plant::palette(seed)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
