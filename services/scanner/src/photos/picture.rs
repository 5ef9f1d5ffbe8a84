//! A photograph made anew: whatever a phone wrote into its file besides the picture stays out, and what is no picture too.

use std::io::Cursor;

use actix_web::http::StatusCode;
use image::{
    DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, codecs::jpeg::JpegEncoder,
    imageops::FilterType,
};
use tokio::sync::Semaphore;
use web::Fault;

/// The longer side of what is kept.
const SIDE: u32 = 1280;
/// Pixels that are decoded at most: more than phones take. Looked at before anything is decoded.
const MOST_PIXELS: u64 = 40_000_000;
/// Memory that decoding one may take.
const MOST_MEMORY: u64 = 256 * 1024 * 1024;
const QUALITY: u8 = 80;

/// Pictures that are worked on at once: one at a time, so that nobody makes the door swell.
static AT_WORK: Semaphore = Semaphore::const_new(1);

/// 422: these bytes are no picture that we take.
fn rejected(why: impl Into<String>) -> Fault {
    Fault::new(StatusCode::UNPROCESSABLE_ENTITY, "image_rejected").detail(why)
}

/// The picture as JPEG of at most 1280 pixels a side, upright, without metadata. What it is, its bytes say and not its sender.
pub async fn anew(bytes: impl AsRef<[u8]> + Send + 'static) -> Result<Vec<u8>, Fault> {
    let _one = AT_WORK.acquire().await.map_err(Fault::internal)?;
    tokio::task::spawn_blocking(move || make(bytes.as_ref())).await.map_err(Fault::internal)?
}

fn make(bytes: &[u8]) -> Result<Vec<u8>, Fault> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(Fault::internal)?;
    if !matches!(reader.format(), Some(ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP)) {
        return Err(rejected("Send a JPEG, PNG or WebP picture."));
    }
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    let unreadable = |error: image::ImageError| rejected(format!("The picture can't be read: {error}."));
    let mut decoder = reader.into_decoder().map_err(unreadable)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(rejected("The picture has too many pixels."));
    }
    let turned = decoder.orientation().map_err(unreadable)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(unreadable)?;
    if width.max(height) > SIDE {
        picture = picture.resize(SIDE, SIDE, FilterType::Triangle);
    }
    picture.apply_orientation(turned);
    let mut jpeg = Vec::new();
    let pixels = picture.into_rgb8();
    JpegEncoder::new_with_quality(&mut jpeg, QUALITY).encode_image(&pixels).map_err(unreadable)?;
    Ok(jpeg)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        DynamicImage::new_rgb8(width, height).write_to(&mut bytes, format).expect("a picture");
        bytes.into_inner()
    }

    #[test]
    fn a_large_picture_becomes_a_small_jpeg() {
        for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
            let made = make(&picture(2000, 1000, format)).expect("a picture");
            let read = image::load_from_memory_with_format(&made, ImageFormat::Jpeg).expect("a JPEG");
            assert_eq!((read.width(), read.height()), (1280, 640), "{format:?}");
        }
        let small = make(&picture(40, 30, ImageFormat::Png)).expect("a picture");
        assert_eq!(image::load_from_memory(&small).expect("a JPEG").width(), 40);
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
        let made = make(&with).expect("a picture");
        assert!(!made.windows(4).any(|bytes| bytes == b"Exif" || bytes == b"GPS "));
        let read = image::load_from_memory(&made).expect("a JPEG");
        assert_eq!((read.width(), read.height()), (30, 40), "it stands upright all the same");
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        let mut broken = picture(40, 30, ImageFormat::Png);
        broken.truncate(60);
        let svg = b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec();
        for bytes in [broken, svg, b"GIF89a".to_vec(), b"%PDF-1.7".to_vec(), Vec::new()] {
            assert_eq!(make(&bytes).expect_err("no picture").code(), "image_rejected");
        }
    }

    #[test]
    fn a_bomb_is_refused_by_its_size_and_not_decoded() {
        // A PNG's head that claims 30 000 × 30 000 pixels, and hardly anything behind it.
        let mut bomb = picture(40, 30, ImageFormat::Png);
        bomb[16..24].copy_from_slice(&[0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30]);
        assert_eq!(make(&bomb).expect_err("a bomb").code(), "image_rejected");
    }
}
