//! What the door's camera sees: a moving picture (Y4M) of a QR code, written straight from its modules.
//!
//! Chromium reads the file anew each time a page opens the camera, so a test shows the next ticket by overwriting it.

use qrcode::{EcLevel, QrCode, types::Color};
use std::{
    io::{self, Write},
    path::Path,
};

const WIDTH: usize = 640;
const HEIGHT: usize = 480;
const FRAMES: usize = 5;
const WHITE: u8 = 235;
const BLACK: u8 = 16;

/// Writes a film that shows the QR code of `text`, in the middle, with a quiet zone.
///
/// # Errors
/// When the file can't be written.
///
/// # Panics
/// When the text does not fit a QR code; a ticket's code does.
pub fn show(text: &str, film: &Path) -> io::Result<()> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).expect("a ticket's code fits");
    write(&frame(&code), film)
}

/// Writes a film of a wall: a camera that works and sees no code.
///
/// # Errors
/// When the file can't be written.
pub fn show_nothing(film: &Path) -> io::Result<()> {
    write(&vec![WHITE; WIDTH * HEIGHT], film)
}

fn frame(code: &QrCode) -> Vec<u8> {
    let modules = code.width();
    let scale = (HEIGHT - 40) / (modules + 8);
    let side = modules * scale;
    let (left, top) = ((WIDTH - side) / 2, (HEIGHT - side) / 2);
    let mut picture = vec![WHITE; WIDTH * HEIGHT];
    for y in 0..side {
        for x in 0..side {
            if code[(x / scale, y / scale)] == Color::Dark {
                picture[(top + y) * WIDTH + left + x] = BLACK;
            }
        }
    }
    picture
}

/// The film is replaced whole: a camera that opens in between sees the old picture or the new one.
fn write(luma: &[u8], film: &Path) -> io::Result<()> {
    let grey = vec![128; WIDTH * HEIGHT / 4];
    let fresh = film.with_extension("fresh");
    let mut file = io::BufWriter::new(std::fs::File::create(&fresh)?);
    writeln!(file, "YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg")?;
    for _ in 0..FRAMES {
        file.write_all(b"FRAME\n")?;
        file.write_all(luma)?;
        file.write_all(&grey)?;
        file.write_all(&grey)?;
    }
    file.into_inner()?.sync_all()?;
    std::fs::rename(fresh, film)
}
