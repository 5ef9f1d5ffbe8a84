//! One of purchase's lists as a file.

use actix_web::HttpResponse;
use internal_api::purchase::exports::Page;
use serde::de::DeserializeOwned;
use web::{Fault, Locale};

use super::answer::{self, Export, columns};
use super::cell::Cell;
use super::rows::{self, Part};
use super::spool::{Rows, spool};
use crate::Desk;
use crate::staff::Member;

/// Which list, and what of it.
#[derive(Debug, Clone, Copy)]
pub struct List<'a> {
    /// Its name in purchase's addresses.
    pub name: &'static str,
    /// What its columns are called.
    pub columns: &'a [&'a str],
    /// What purchase is asked for.
    pub of: &'a [Part],
}

/// The whole list, each row as the cells of it, on record before it leaves.
pub async fn download<P, T: DeserializeOwned>(
    desk: &Desk,
    locale: Locale,
    member: &Member<P>,
    list: List<'_>,
    export: Export,
    cells: impl Fn(T) -> Vec<Cell>,
) -> Result<HttpResponse, Fault> {
    let written = spool(export.format, columns(locale.0, list.columns), async |after: Option<String>| {
        let page: Page<T> = rows::page(desk, member, list.name, list.of, after).await?;
        Ok::<_, Fault>(Rows::of(page, &cells))
    })
    .await?;
    answer::answer(desk, &member.actor(), export, written).await
}
