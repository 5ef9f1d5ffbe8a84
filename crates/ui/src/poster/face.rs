//! Lettering in outlines of the display face: measured, wrapped and fitted, the same wherever the picture is shown.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use std::sync::LazyLock;

struct Glyph {
    advance: f64,
    outline: &'static str,
}

/// Written by `vendor/vendor.mjs`: character, advance, outline; in thousandths of the letter size.
static FACE: LazyLock<HashMap<char, Glyph>> = LazyLock::new(|| {
    include_str!("display_face.tsv")
        .lines()
        .filter(|line| !line.starts_with("# "))
        .filter_map(|line| {
            let mut parts = line.split('\t');
            let letter = parts.next()?.chars().next()?;
            let advance = parts.next()?.parse().ok()?;
            Some((letter, Glyph { advance, outline: parts.next().unwrap_or_default() }))
        })
        .collect()
});

const CAP_HEIGHT: f64 = 0.8;
const LINE_HEIGHT: f64 = 0.9;
const INK: &str = "#f4efe6";
const LONGEST_TITLE: usize = 90;

/// Title and line as SVG, standing on the lower left of a picture of this size, and how far up they reach.
pub(super) fn lettering(title: &str, line: &str, width: f64, height: f64) -> (String, f64) {
    let title: String = title.trim().chars().take(LONGEST_TITLE).collect::<String>().to_uppercase();
    let margin = width.min(height) * 0.07;
    let wide = width > height;
    let (box_width, box_height) =
        if wide { (width * 0.52, height * 0.60) } else { (width - 2.0 * margin, height * 0.40) };
    let (size, lines) = fit(&title, box_width, box_height, height * if wide { 0.30 } else { 0.24 });
    let small = (height.max(width) * 0.034).min(size * 0.6);
    let mut ink = Ink::default();
    let mut baseline = height - margin;
    for words in lines.iter().rev() {
        ink.set(words, margin, baseline, size, INK, 0.0);
        baseline -= size * (LINE_HEIGHT + accent_room(words));
    }
    let line = line.trim().to_uppercase();
    let baseline = baseline + size * (LINE_HEIGHT - CAP_HEIGHT) - small * 0.75;
    ink.set(&line, margin, baseline, small, INK, 0.04);
    (ink.svg, baseline - small)
}

/// Room over a line for the accents of its capitals.
fn accent_room(words: &str) -> f64 {
    if words.chars().any(|letter| letter.is_alphabetic() && !letter.is_ascii()) { 0.13 } else { 0.0 }
}

/// The largest size at which the words fit, and how they fall into lines.
fn fit(title: &str, width: f64, height: f64, largest: f64) -> (f64, Vec<String>) {
    let words: Vec<&str> = title.split_whitespace().collect();
    let mut best = (0.0, Vec::new());
    for count in 1..=words.len().clamp(1, 5) {
        let lines = balance(&words, count);
        let longest = lines.iter().map(|line| measure(line, 0.0)).fold(0.001, f64::max);
        let size = (width / longest).min(height / (lines.len() as f64 * LINE_HEIGHT)).min(largest);
        if size > best.0 * 1.02 {
            best = (size, lines);
        }
    }
    best
}

/// Words in at most `count` lines, the longest line as short as it can be.
fn balance(words: &[&str], count: usize) -> Vec<String> {
    let total = measure(&words.join(" "), 0.0);
    let mut limit = total / count as f64;
    loop {
        let lines = wrap(words, limit);
        if lines.len() <= count {
            return lines;
        }
        limit += total * 0.02;
    }
}

fn wrap(words: &[&str], limit: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words {
        match lines.last_mut() {
            Some(line) if measure(&format!("{line} {word}"), 0.0) <= limit + 1e-9 => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push((*word).to_owned()),
        }
    }
    lines
}

/// Width in units of the letter size. A letter the face lacks counts as a wide one.
fn measure(text: &str, spacing: f64) -> f64 {
    text.chars().map(|letter| FACE.get(&letter).map_or(0.6, |glyph| glyph.advance / 1000.0) + spacing).sum()
}

#[derive(Default)]
struct Ink {
    svg: String,
}

impl Ink {
    fn set(&mut self, text: &str, left: f64, baseline: f64, size: f64, colour: &str, spacing: f64) {
        if text.is_empty() {
            return;
        }
        // A script the face does not know is better set in the reader's own font than with holes.
        if text.chars().any(|letter| letter.is_alphanumeric() && !FACE.contains_key(&letter)) {
            let text = super::escape(text);
            let _ = write!(
                self.svg,
                r#"<text x="{left:.1}" y="{baseline:.1}" font-family="sans-serif" font-weight="800" font-size="{size:.1}" fill="{colour}">{text}</text>"#
            );
            return;
        }
        let mut places: BTreeMap<char, Vec<f64>> = BTreeMap::new();
        let mut x = 0.0;
        for letter in text.chars() {
            let Some(glyph) = FACE.get(&letter) else { continue };
            places.entry(letter).or_default().push(x);
            x += glyph.advance + spacing * 1000.0;
        }
        let scale = size / 1000.0;
        let _ = write!(
            self.svg,
            r#"<g fill="{colour}" transform="translate({left:.1} {baseline:.1})scale({scale:.4})">"#
        );
        for (letter, spots) in &places {
            let outline = FACE.get(letter).map_or("", |glyph| glyph.outline);
            let spots: BTreeSet<i64> = spots.iter().map(|spot| spot.round() as i64).collect();
            for spot in spots.iter().filter(|_| !outline.is_empty()) {
                let _ = write!(self.svg, r#"<path transform="translate({spot})" d="{outline}"/>"#);
            }
        }
        self.svg.push_str("</g>");
    }
}
