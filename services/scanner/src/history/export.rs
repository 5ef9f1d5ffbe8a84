//! `GET /desk/scans.csv`: every scan of a night, for a spreadsheet. Who takes it is on record before the first byte leaves; then it
//! leaves page by page, so that a large night takes no more memory than a small one.

use std::io;

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION};
use actix_web::web::{Bytes, Data, Query};
use audit::Actor;
use chrono::{DateTime, Utc};
use csv::{IntoInnerError, QuoteStyle, Terminator, WriterBuilder};
use db::DbError;
use domain::language::Language;
use futures::{StreamExt, stream};
use serde_json::json;
use uuid::Uuid;
use web::{Fault, Locale, RequestId, Staff, can};

use super::scans::{self, ScanList};
use super::store::{Asked, NightRow, ScanView};
use super::{harmless, night, reason, verdict};
use crate::desk::home::NightQuery;
use crate::{Door, faults};

/// Scans that are read at once.
const TOGETHER: usize = 1000;
/// Without it Excel reads names in the encoding of thirty years ago.
const MARK: &str = "\u{feff}";
/// The columns, as their words' keys end.
const COLUMNS: [&str; 16] = [
    "time",
    "gate",
    "direction",
    "decision",
    "reason",
    "holder",
    "type",
    "ticket",
    "phone",
    "staff",
    "offline",
    "judged",
    "override",
    "undone",
    "conflict",
    "scan",
];

/// Gives the scans of a night to a supervisor, and writes down that it did.
pub async fn get(
    door: Data<Door>,
    staff: Staff<can::Within<can::DoorSupervise>>,
    locale: Locale,
    request: RequestId,
    query: Query<NightQuery>,
) -> Result<HttpResponse, Fault> {
    let now = door.clock.now();
    let mut conn = door.db.conn().await?;
    let night = night(&mut conn, &staff, &query.event, now).await?.ok_or_else(faults::event_not_found)?;
    let actor = Actor::staff(&staff, &request);
    audit::record(&mut conn, &actor, "scans.exported", &night.id.to_string(), json!({"format": "csv"}), now)
        .await?;
    drop(conn);
    let slug: String = night.slug.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    let name = format!("attachment; filename=\"scans-{slug}.csv\"");
    let begin = Walk { door, night, lang: locale.0, before: None, begun: false };
    let pieces = stream::try_unfold(Some(begin), |walk| async move {
        match walk {
            None => Ok(None),
            Some(walk) => walk.piece().await.map(Some),
        }
    });
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_DISPOSITION, name))
        .insert_header((CACHE_CONTROL, "no-store"))
        .content_type("text/csv; charset=utf-8")
        .streaming(pieces.boxed_local()))
}

/// How far the file has come.
struct Walk {
    door: Data<Door>,
    night: NightRow,
    lang: Language,
    before: Option<Uuid>,
    begun: bool,
}

impl Walk {
    /// The next piece, and what follows it. If one can't be read the file breaks off, and the browser says that it is not whole.
    async fn piece(self) -> io::Result<(Bytes, Option<Self>)> {
        let page = self.read().await.map_err(|error| {
            tracing::warn!(%error, event = %self.night.id, "a file of scans broke off");
            io::Error::other(error.to_string())
        })?;
        let bytes = self.written(&page.scans)?;
        let rest = page.next.map(|next| Self { before: Some(next), begun: true, ..self });
        Ok((bytes, rest))
    }

    async fn read(&self) -> Result<ScanList, DbError> {
        let mut conn = self.door.db.conn().await?;
        scans::page(&mut conn, &self.night, &Asked::default(), self.before, TOGETHER).await
    }

    fn written(&self, scans: &[ScanView]) -> io::Result<Bytes> {
        let mut csv = WriterBuilder::new()
            .quote_style(QuoteStyle::NonNumeric)
            .terminator(Terminator::CRLF)
            .from_writer(Vec::new());
        if !self.begun {
            let heads = COLUMNS.map(|column| self.t(&format!("door-history-col-{column}")));
            csv.write_record(heads)?;
        }
        for scan in scans {
            csv.write_record(self.cells(scan))?;
        }
        let rows = csv.into_inner().map_err(IntoInnerError::into_error)?;
        let mut bytes = if self.begun { Vec::new() } else { MARK.as_bytes().to_vec() };
        bytes.extend(rows);
        Ok(bytes.into())
    }

    fn t(&self, key: &str) -> String {
        ui::text(self.lang, key, &[])
    }

    fn cells(&self, scan: &ScanView) -> [String; 16] {
        let text = |text: &Option<String>| harmless(text.as_deref().unwrap_or_default());
        let yes = |is: bool| if is { self.t("door-history-yes") } else { String::new() };
        let id = |id: Option<Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
        [
            self.time(scan.at),
            harmless(&scan.gate_name),
            self.t(if scan.direction == "exit" { "door-history-exit" } else { "door-history-entry" }),
            self.t(if scan.admitted() { "door-history-admitted" } else { "door-history-denied" }),
            verdict(self.lang, scan),
            text(&scan.holder),
            text(&scan.type_name),
            id(scan.ticket),
            text(&scan.device_name),
            scan.staff_name.as_deref().map_or_else(|| scan.staff.to_string(), harmless),
            yes(scan.offline),
            scan.judged.as_deref().map(|code| reason(self.lang, code)).unwrap_or_default(),
            text(&scan.override_note),
            scan.undone_at.map(|at| self.time(at)).unwrap_or_default(),
            yes(scan.conflict),
            scan.scan.to_string(),
        ]
    }

    /// On the venue's clock, as spreadsheets read it.
    fn time(&self, at: DateTime<Utc>) -> String {
        at.with_timezone(&self.night.zone()).format("%Y-%m-%d %H:%M:%S").to_string()
    }
}
