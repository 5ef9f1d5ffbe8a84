//! QR codes: SVG for pages, PNG for mail. A ticket's code is base45, so the smaller alphanumeric mode carries it.

use qrcode::{Color, EcLevel, QrCode};

/// Modules of white around the code; scanners need four.
const QUIET: usize = 4;
/// Pixels per module in a PNG: a ticket's code comes out about 500 pixels wide.
const PNG_SCALE: usize = 8;

/// More text than a QR code can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the text is too long for a QR code")]
pub struct TooLong;

/// The code's modules, row by row, without the quiet zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Modules {
    /// Modules along one side.
    pub side: usize,
    /// Dark or not, `side × side`.
    pub dark: Vec<bool>,
}

/// The modules of a text, with error correction M: a scratched screen or a creased print still reads.
pub fn modules(text: &str) -> Result<Modules, TooLong> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(|_| TooLong)?;
    let side = code.width();
    Ok(Modules { side, dark: code.into_colors().into_iter().map(|color| color == Color::Dark).collect() })
}

/// As inline SVG: black on white whatever the theme, because scanners want it so. The page names it, the picture is decoration.
pub fn svg(text: &str) -> Result<String, TooLong> {
    let Modules { side, dark } = modules(text)?;
    let size = side + 2 * QUIET;
    let mut path = String::new();
    for (y, row) in dark.chunks(side).enumerate() {
        let mut x = 0;
        while x < side {
            let run = row[x..].iter().take_while(|dark| **dark).count();
            if run > 0 {
                path.push_str(&format!("M{} {}h{run}v1h-{run}z", x + QUIET, y + QUIET));
            }
            x += run.max(1);
        }
    }
    Ok(format!(
        r##"<svg class="qr" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" shape-rendering="crispEdges" aria-hidden="true" focusable="false"><path fill="#fff" d="M0 0h{size}v{size}H0z"/><path fill="#000" d="{path}"/></svg>"##
    ))
}

/// As a PNG of one bit per pixel.
pub fn png(text: &str) -> Result<Vec<u8>, TooLong> {
    let Modules { side, dark } = modules(text)?;
    let width = (side + 2 * QUIET) * PNG_SCALE;
    let stride = width.div_ceil(8);
    let mut pixels = vec![0xff_u8; stride * width];
    for (index, _) in dark.iter().enumerate().filter(|(_, dark)| **dark) {
        let (left, top) = ((index % side + QUIET) * PNG_SCALE, (index / side + QUIET) * PNG_SCALE);
        for y in top..top + PNG_SCALE {
            for x in left..left + PNG_SCALE {
                pixels[y * stride + x / 8] &= !(0x80 >> (x % 8));
            }
        }
    }
    Ok(encode(&pixels, u32::try_from(width).map_err(|_| TooLong)?))
}

fn encode(pixels: &[u8], width: u32) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, width, width);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    let mut writer = encoder.write_header().expect("a header written to memory can't fail");
    writer.write_image_data(pixels).expect("the buffer has exactly the size of the header");
    writer.finish().expect("an end written to memory can't fail");
    out
}
