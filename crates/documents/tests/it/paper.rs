//! A PDF as its reader finds it: pages, words, and how they look.

use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::Pdf;
use hayro::{RenderCache, RenderSettings, render};

/// The words of each page, without any white space (a viewer finds words; where a line breaks is not our claim).
pub fn words(pdf: &[u8]) -> Vec<String> {
    let document = lopdf::Document::load_mem(pdf).unwrap();
    let pages = document.get_pages();
    pages.keys().map(|page| squeeze(&document.extract_text(&[*page]).unwrap())).collect()
}

/// A text as [`words`] has it.
pub fn squeeze(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_whitespace() && !"\u{200b}\u{ad}".contains(*letter)).collect()
}

/// A page in grey.
pub struct Grey {
    pub width: usize,
    pub height: usize,
    pub pixels: Vec<u8>,
}

/// Every page as a viewer draws it, on white, at `scale` pixels per point.
pub fn draw(pdf: &[u8], scale: f32) -> Vec<Grey> {
    let file = Pdf::new(pdf.to_vec()).unwrap();
    let cache = RenderCache::new();
    let bg_color = hayro::vello_cpu::color::palette::css::WHITE;
    let settings = RenderSettings { x_scale: scale, y_scale: scale, bg_color, ..RenderSettings::default() };
    let mean = |p: &[u8]| ((u16::from(p[0]) + u16::from(p[1]) + u16::from(p[2])) / 3) as u8;
    let pages = file.pages().iter().map(|page| {
        let drawn = render(page, &cache, &InterpreterSettings::default(), &settings);
        let pixels = drawn.data_as_u8_slice().chunks(4).map(mean).collect();
        Grey { width: usize::from(drawn.width()), height: usize::from(drawn.height()), pixels }
    });
    pages.collect()
}

/// With `MAGUEY_LOOK=folder`: leaves the file there, for eyes.
pub fn leave(file: &[u8], name: &str) {
    if let Some(folder) = option_env!("MAGUEY_LOOK") {
        std::fs::write(std::path::Path::new(folder).join(name), file).unwrap();
    }
}

impl Grey {
    /// The text of each QR code on the page.
    pub fn codes(&self) -> Vec<String> {
        let mut image = rqrr::PreparedImage::prepare_from_greyscale(self.width, self.height, |x, y| {
            self.pixels[y * self.width + x]
        });
        image.detect_grids().iter().map(|grid| grid.decode().unwrap().1).collect()
    }
}
