//! The press: fonts, templates and typst's library, loaded once; a sheet goes in, a file comes out.
//!
//! What people wrote reaches a template as data only (`/data.json`), never as source, so `#panic()` in a name is a name.
//! A template can read what it was given and nothing else: no disk, no network, no clock.

use std::collections::HashMap;
use std::sync::LazyLock;

use chrono::{DateTime, Datelike, Timelike, Utc};
use serde::Serialize;
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, Timestamp};
use typst_render::RenderOptions;

use crate::DocumentError;

/// The house's two faces, then what carries names that these can't write: Greek, Cyrillic, Arabic, Hebrew; signs.
const FACES: [&[u8]; 5] = [
    include_bytes!("../fonts/hanken-grotesk-400.ttf"),
    include_bytes!("../fonts/hanken-grotesk-600.ttf"),
    include_bytes!("../fonts/big-shoulders-display-900.ttf"),
    include_bytes!("../fonts/dejavu-sans.ttf"),
    include_bytes!("../fonts/noto-emoji-400.ttf"),
];

const TEMPLATES: [(&str, &str); 6] = [
    ("/house.typ", include_str!("../templates/house.typ")),
    (TICKETS, include_str!("../templates/tickets.typ")),
    (BILL, include_str!("../templates/bill.typ")),
    (DOSSIER, include_str!("../templates/dossier.typ")),
    (RUN_SHEET, include_str!("../templates/run_sheet.typ")),
    (PICTURE, include_str!("../templates/picture.typ")),
];
/// One page per ticket.
pub(crate) const TICKETS: &str = "/tickets.typ";
/// Receipts, invoices, credit notes.
pub(crate) const BILL: &str = "/bill.typ";
/// Facts and what happened.
pub(crate) const DOSSIER: &str = "/dossier.typ";
/// A night's tables.
pub(crate) const RUN_SHEET: &str = "/run_sheet.typ";
/// One picture that fills its page.
const PICTURE: &str = "/picture.typ";

/// What typst remembers between documents is dropped after this many: it holds people's names, and memory.
const REMEMBERED: usize = 2;

static PRESS: LazyLock<Press> = LazyLock::new(Press::set_up);

struct Press {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    templates: HashMap<FileId, Source>,
}

/// What is to be printed.
pub(crate) struct Sheet<'a, D> {
    /// [`TICKETS`], [`BILL`], [`DOSSIER`] or [`RUN_SHEET`].
    pub(crate) template: &'static str,
    /// Everything the template says.
    pub(crate) data: &'a D,
    /// Names as the template knows them (`/poster.svg`), and SVG.
    pub(crate) pictures: Vec<(String, String)>,
    /// When the document was made: the file's own date.
    pub(crate) made_at: DateTime<Utc>,
}

impl Press {
    fn set_up() -> Self {
        let fonts: Vec<Font> = FACES.iter().flat_map(|face| Font::iter(Bytes::new(*face))).collect();
        let templates = TEMPLATES
            .iter()
            .map(|(name, text)| (file_id(name), Source::new(file_id(name), (*text).to_owned())))
            .collect();
        Self {
            library: LazyHash::new(Library::default()),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fonts,
            templates,
        }
    }

    fn compile<D: Serialize>(
        &self,
        template: &'static str,
        data: &D,
        pictures: Vec<(String, String)>,
    ) -> Result<PagedDocument, DocumentError> {
        let json = serde_json::to_vec(data)
            .map_err(|error| DocumentError::Press { template, reason: error.to_string() })?;
        let mut files: HashMap<FileId, Bytes> =
            pictures.into_iter().map(|(name, svg)| (file_id(&name), Bytes::from_string(svg))).collect();
        files.insert(file_id("/data.json"), Bytes::new(json));
        let order = PrintOrder { press: self, template, files };
        typst::compile::<PagedDocument>(&order).output.map_err(|faults| refused(template, &faults))
    }
}

/// Prints a sheet as PDF. Takes tens of milliseconds of CPU: call it under `spawn_blocking`.
pub(crate) fn pdf<D: Serialize>(sheet: Sheet<'_, D>) -> Result<Vec<u8>, DocumentError> {
    let printed = PRESS.compile(sheet.template, sheet.data, sheet.pictures).and_then(|document| {
        let options = PdfOptions {
            creator: Smart::Custom(Some("Maguey".to_owned())),
            timestamp: datetime(sheet.made_at).map(Timestamp::new_utc),
            ..PdfOptions::default()
        };
        typst_pdf::pdf(&document, &options).map_err(|faults| refused(sheet.template, &faults))
    });
    typst::comemo::evict(REMEMBERED);
    printed
}

/// Draws a picture as PNG: `width × height` points, cropped to fill, at `scale` pixels per point.
pub(crate) fn png(svg: &str, width: u32, height: u32, scale: u32) -> Result<Vec<u8>, DocumentError> {
    let refused = |reason: String| DocumentError::Press { template: PICTURE, reason };
    let data = serde_json::json!({ "width": width, "height": height });
    let drawn = PRESS.compile(PICTURE, &data, vec![("/picture.svg".to_owned(), svg.to_owned())]).and_then(
        |document| {
            let page = document.pages().first().ok_or_else(|| refused("no page".to_owned()))?;
            let options = RenderOptions { pixel_per_pt: f64::from(scale).into(), ..RenderOptions::default() };
            typst_render::render(page, &options).encode_png().map_err(|error| refused(error.to_string()))
        },
    );
    typst::comemo::evict(REMEMBERED);
    drawn
}

fn refused(template: &'static str, faults: &[SourceDiagnostic]) -> DocumentError {
    let said: Vec<&str> = faults.iter().map(|fault| fault.message.as_str()).collect();
    DocumentError::Press { template, reason: said.join("; ") }
}

/// Only names of ours come here.
fn file_id(name: &str) -> FileId {
    let path = VirtualPath::new(name).expect("the names of templates and pictures are our own");
    RootedPath::new(VirtualRoot::Project, path).intern()
}

fn datetime(at: DateTime<Utc>) -> Option<Datetime> {
    let small = |number: u32| u8::try_from(number).ok();
    Datetime::from_ymd_hms(
        at.year(),
        small(at.month())?,
        small(at.day())?,
        small(at.hour())?,
        small(at.minute())?,
        small(at.second())?,
    )
}

/// The world as one template sees it.
struct PrintOrder<'a> {
    press: &'a Press,
    template: &'static str,
    files: HashMap<FileId, Bytes>,
}

impl World for PrintOrder<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.press.library
    }
    fn book(&self) -> &LazyHash<FontBook> {
        &self.press.book
    }
    fn main(&self) -> FileId {
        file_id(self.template)
    }
    fn source(&self, id: FileId) -> FileResult<Source> {
        self.press.templates.get(&id).cloned().ok_or(FileError::AccessDenied)
    }
    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.files.get(&id).cloned().ok_or(FileError::AccessDenied)
    }
    fn font(&self, index: usize) -> Option<Font> {
        self.press.fonts.get(index).cloned()
    }
    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}
