//! A file on its way to who asked for it: on record first.

use actix_web::HttpResponse;
use actix_web::body::SizedStream;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION};
use actix_web::web::{Bytes, BytesMut};
use audit::Actor;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::language::Language;
use futures::{Stream, StreamExt};
use serde_json::{Value, json};
use tokio::fs::File;
use tokio::io::AsyncReadExt;
use web::Fault;

use super::file::{Format, Written};
use crate::Desk;

/// How much of a file is in memory while it leaves.
const CHUNK: usize = 64 * 1024;

/// What leaves.
#[derive(Debug)]
pub struct Export {
    /// For the audit log: `orders.exported` and its like.
    pub action: &'static str,
    /// What it is of: a night's id, or `all`.
    pub target: String,
    /// What was asked for, for the audit log.
    pub asked: Value,
    /// The file's name, without its end.
    pub name: String,
    /// What kind of file.
    pub format: Format,
}

/// Writes down who takes what, and gives it to them.
pub async fn answer(
    desk: &Desk,
    actor: &Actor,
    export: Export,
    written: Written,
) -> Result<HttpResponse, Fault> {
    let detail = json!({"rows": written.rows, "format": export.format.code(), "asked": export.asked});
    let mut conn = desk.db.conn().await?;
    audit::record(&mut conn, actor, export.action, &export.target, detail, desk.clock.now()).await?;
    drop(conn);
    let name = format!("attachment; filename=\"{}.{}\"", plain(&export.name), export.format.code());
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_DISPOSITION, name))
        .insert_header((CACHE_CONTROL, "no-store"))
        .content_type(export.format.content_type())
        .body(SizedStream::new(written.size, chunks(written).boxed_local())))
}

/// The file piece by piece. Its place is kept until the last one has left, or nobody takes more.
fn chunks(written: Written) -> impl Stream<Item = std::io::Result<Bytes>> {
    let Written { file, place, .. } = written;
    futures::stream::try_unfold((File::from_std(file), place), |(mut file, place)| async move {
        let mut chunk = BytesMut::with_capacity(CHUNK);
        let read = file.read_buf(&mut chunk).await?;
        Ok::<_, std::io::Error>((read > 0).then(|| (chunk.freeze(), (file, place))))
    })
}

/// A name for a file that no file system and no header takes for anything else.
pub fn plain(name: &str) -> String {
    let letter = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    name.chars().map(letter).take(120).collect()
}

/// The names of columns in the reader's language.
pub fn columns(lang: Language, names: &[&str]) -> Vec<String> {
    names.iter().map(|name| ui::text(lang, &format!("exports-col-{name}"), &[])).collect()
}

/// `orders-agave-nights-2026-11-27`: what it is, of what, and when it was made.
pub fn name(what: &str, of: &str, now: DateTime<Utc>, zone: Tz) -> String {
    let day = now.with_timezone(&zone).format("%Y-%m-%d");
    if of.is_empty() { format!("{what}-{day}") } else { format!("{what}-{of}-{day}") }
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn a_files_name_ends_no_header_and_leaves_no_folder() {
        assert_eq!(plain("orders-agave-2026-11-27"), "orders-agave-2026-11-27");
        assert_eq!(plain("../\"; x=\r\n<b>"), "------x----b-");
    }
}
