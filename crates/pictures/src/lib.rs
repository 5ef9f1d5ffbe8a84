#![doc = include_str!("../README.md")]

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::{self, FilterType};
use image::{
    DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, RgbImage, Rgba, RgbaImage,
};
use tokio::sync::Semaphore;

/// Pixels that are decoded at most: more than phones take. Looked at before anything is decoded.
const MOST_PIXELS: u64 = 40_000_000;
/// Memory that decoding one may take.
const MOST_MEMORY: u64 = 256 * 1024 * 1024;
const QUALITY: u8 = 80;
/// What shines through where a picture is transparent.
const PAPER: Rgba<u8> = Rgba([255, 255, 255, 255]);

/// Pictures that are worked on at once: one at a time, so that nobody makes the process swell.
static AT_WORK: Semaphore = Semaphore::const_new(1);

/// What is made of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// The whole of it, with no side longer than so many pixels.
    Within(u32),
    /// The square in its middle, with sides of so many pixels.
    Square(u32),
}

/// Why bytes are no picture that we take.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// Nothing that we know.
    #[error("Send a JPEG, PNG or WebP picture.")]
    Unknown,
    /// It says it is one, and can't be read.
    #[error("The picture can't be read: {0}.")]
    Unreadable(String),
    /// It is larger than any camera's, or unfolds into more than fits.
    #[error("The picture has too many pixels.")]
    TooManyPixels,
    /// Not its sender's fault.
    #[error("a picture could not be worked on: {0}")]
    Interrupted(String),
}

/// The picture as JPEG of this shape, upright, without metadata. What it is, its bytes say and not its sender.
pub async fn anew(bytes: impl AsRef<[u8]> + Send + 'static, shape: Shape) -> Result<Vec<u8>, PictureError> {
    let _one = AT_WORK.acquire().await.map_err(|error| PictureError::Interrupted(error.to_string()))?;
    let made = tokio::task::spawn_blocking(move || make(bytes.as_ref(), shape)).await;
    made.map_err(|error| PictureError::Interrupted(error.to_string()))?
}

fn unreadable(error: ImageError) -> PictureError {
    match error {
        ImageError::Limits(_) => PictureError::TooManyPixels,
        error => PictureError::Unreadable(error.to_string()),
    }
}

fn make(bytes: &[u8], shape: Shape) -> Result<Vec<u8>, PictureError> {
    let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format();
    let mut reader = reader.map_err(|error| PictureError::Unreadable(error.to_string()))?;
    if !matches!(reader.format(), Some(ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP)) {
        return Err(PictureError::Unknown);
    }
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(unreadable)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(PictureError::TooManyPixels);
    }
    let turned = decoder.orientation().map_err(unreadable)?;
    let picture = DynamicImage::from_decoder(decoder).map_err(unreadable)?;
    let mut picture = shaped(picture, shape);
    picture.apply_orientation(turned);
    let mut jpeg = Vec::new();
    let pixels = on_paper(picture);
    JpegEncoder::new_with_quality(&mut jpeg, QUALITY).encode_image(&pixels).map_err(unreadable)?;
    Ok(jpeg)
}

fn shaped(picture: DynamicImage, shape: Shape) -> DynamicImage {
    let (width, height) = (picture.width(), picture.height());
    match shape {
        Shape::Within(side) if width.max(height) > side => picture.resize(side, side, FilterType::Triangle),
        Shape::Within(_) => picture,
        Shape::Square(side) => {
            // The square is cut out first: of a picture that is one pixel wide, filling would make a giant.
            let middle = width.min(height);
            let square = picture.crop_imm((width - middle) / 2, (height - middle) / 2, middle, middle);
            square.resize_exact(side, side, FilterType::Triangle)
        }
    }
}

/// JPEG knows no transparency.
fn on_paper(picture: DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.into_rgb8();
    }
    let mut paper = RgbaImage::from_pixel(picture.width(), picture.height(), PAPER);
    imageops::overlay(&mut paper, &picture.into_rgba8(), 0, 0);
    DynamicImage::ImageRgba8(paper).into_rgb8()
}

#[cfg(test)]
mod tests {
    use super::*;

    const WITHIN: Shape = Shape::Within(1280);
    const SQUARE: Shape = Shape::Square(256);

    fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        DynamicImage::new_rgb8(width, height).write_to(&mut bytes, format).expect("a picture");
        bytes.into_inner()
    }

    fn size(jpeg: &[u8]) -> (u32, u32) {
        let read = image::load_from_memory_with_format(jpeg, ImageFormat::Jpeg).expect("a JPEG");
        (read.width(), read.height())
    }

    #[test]
    fn a_large_picture_becomes_a_small_jpeg() {
        for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
            let wide = picture(2000, 1000, format);
            assert_eq!(size(&make(&wide, WITHIN).expect("a picture")), (1280, 640), "{format:?}");
            assert_eq!(size(&make(&wide, SQUARE).expect("a picture")), (256, 256), "{format:?}");
        }
        let small = picture(40, 30, ImageFormat::Png);
        assert_eq!(size(&make(&small, WITHIN).expect("a picture")), (40, 30));
        assert_eq!(size(&make(&small, SQUARE).expect("a picture")), (256, 256));
        // However narrow, it takes no more room.
        let line = picture(1, 20_000, ImageFormat::Png);
        assert_eq!(size(&make(&line, SQUARE).expect("a picture")), (256, 256));
    }

    #[test]
    fn what_is_transparent_is_white() {
        let mut bytes = Cursor::new(Vec::new());
        DynamicImage::new_rgba8(10, 10).write_to(&mut bytes, ImageFormat::Png).expect("a picture");
        let made = make(&bytes.into_inner(), SQUARE).expect("a picture");
        let read = image::load_from_memory(&made).expect("a JPEG").into_rgb8();
        assert!(read.get_pixel(128, 128).0.iter().all(|part| *part > 250));
    }

    #[test]
    fn what_a_phone_wrote_beside_the_picture_is_gone() {
        let plain = picture(40, 30, ImageFormat::Jpeg);
        // An EXIF segment behind the start of the image: turned by 90 degrees, and a place.
        let exif =
            b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0GPS 40.4168 -3.7038";
        let mut with = plain[..2].to_vec();
        with.extend([0xff, 0xe1]);
        with.extend(u16::try_from(exif.len() + 2).expect("short").to_be_bytes());
        with.extend(exif);
        with.extend(&plain[2..]);
        let made = make(&with, WITHIN).expect("a picture");
        assert!(!made.windows(4).any(|bytes| bytes == b"Exif" || bytes == b"GPS "));
        assert_eq!(size(&made), (30, 40), "it stands upright all the same");
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        let mut broken = picture(40, 30, ImageFormat::Png);
        broken.truncate(60);
        assert!(matches!(make(&broken, WITHIN), Err(PictureError::Unreadable(_))));
        let svg = b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec();
        for bytes in [svg, b"GIF89a".to_vec(), b"%PDF-1.7".to_vec(), Vec::new()] {
            assert!(matches!(make(&bytes, SQUARE), Err(PictureError::Unknown)));
        }
    }

    #[test]
    fn a_bomb_is_refused_by_its_size_and_not_decoded() {
        // A PNG's head that claims 30 000 × 30 000 pixels, with its checksum, and hardly anything behind it.
        let mut bomb = picture(40, 30, ImageFormat::Png);
        bomb[16..24].copy_from_slice(&[0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30]);
        let sum = crc32(&bomb[12..29]);
        bomb[29..33].copy_from_slice(&sum.to_be_bytes());
        assert!(matches!(make(&bomb, SQUARE), Err(PictureError::TooManyPixels)));
    }

    /// The checksum of a PNG's chunk.
    fn crc32(bytes: &[u8]) -> u32 {
        let step = |sum: u32, byte: &u8| {
            (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
                if sum & 1 == 1 { (sum >> 1) ^ 0xedb8_8320 } else { sum >> 1 }
            })
        };
        !bytes.iter().fold(u32::MAX, step)
    }
}
