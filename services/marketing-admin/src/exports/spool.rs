//! From pages of rows to a file, with one page on its way and one being written.

use internal_api::purchase::exports::Page;
use tokio::sync::{Semaphore, mpsc};
use web::Fault;

use super::cell::Cell;
use super::file::{self, FileError, Format, Written};

/// Files that there may be at once, written or on their way out: together they have room on the disk. Whoever asks for one more waits.
const MOST: usize = 4;
static PLACES: Semaphore = Semaphore::const_new(MOST);

/// A page of rows, and what names the next one.
#[derive(Debug)]
pub struct Rows<R> {
    /// The rows.
    pub rows: Vec<R>,
    /// Where the next page begins; none after the last.
    pub next: Option<String>,
}

impl Rows<Vec<Cell>> {
    /// A page of purchase's, each row as its cells.
    pub fn of<T>(page: Page<T>, cells: impl FnMut(T) -> Vec<Cell>) -> Self {
        Self { rows: page.rows.into_iter().map(cells).collect(), next: page.next }
    }
}

/// The file of all rows. `page` reads the one that begins after what the last one named; while it does, the one before is written.
pub async fn spool<R: AsRef<[Cell]> + Send + 'static>(
    format: Format,
    columns: Vec<String>,
    mut page: impl AsyncFnMut(Option<String>) -> Result<Rows<R>, Fault>,
) -> Result<Written, Fault> {
    let place = PLACES.acquire().await.map_err(Fault::internal)?;
    let (pages, mut taken) = mpsc::channel(1);
    let writing = tokio::task::spawn_blocking(move || file::write(format, &columns, &mut taken));
    let mut after = None;
    loop {
        // If this fails, the writer hears no more and what it wrote is gone with its file.
        let Rows { rows, next } = page(after).await?;
        // A writer that is gone has failed, and says below why.
        if pages.send(rows).await.is_err() || next.is_none() {
            break;
        }
        after = next;
    }
    drop(pages);
    match writing.await.map_err(Fault::internal)? {
        Ok(written) => Ok(Written { place: Some(place), ..written }),
        Err(FileError::TooManyRows) => {
            Err(Fault::invalid("too_many_rows").message("exports-too-many-rows", &[]))
        }
        Err(error) => Err(Fault::internal(error)),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use proptest::prelude::*;
    use web::Fault;

    use super::{MOST, Rows, spool};
    use crate::exports::cell::Cell;
    use crate::exports::file::{Format, Written};

    const PAGE: usize = 1000;

    /// A row that knows how many of its kind there are.
    struct Counted {
        cells: [Cell; 2],
        alive: Arc<AtomicUsize>,
    }

    impl AsRef<[Cell]> for Counted {
        fn as_ref(&self) -> &[Cell] {
            &self.cells
        }
    }

    impl Drop for Counted {
        fn drop(&mut self) {
            self.alive.fetch_sub(1, Ordering::SeqCst);
        }
    }

    fn names(count: usize) -> Vec<String> {
        (0..count).map(|column| format!("column {column}")).collect()
    }

    async fn large(format: Format) -> (Written, usize) {
        let (alive, most) = (Arc::new(AtomicUsize::new(0)), AtomicUsize::new(0));
        let written = spool(format, names(2), async |after: Option<String>| {
            let begin: usize = after.map_or(0, |after| after.parse().expect("a number"));
            let rows: Vec<Counted> = (begin..begin + PAGE)
                .map(|row| {
                    let now = alive.fetch_add(1, Ordering::SeqCst) + 1;
                    most.fetch_max(now, Ordering::SeqCst);
                    let cells = [Cell::text(format!("Guest {row}")), Cell::amount(1550, "EUR")];
                    Counted { cells, alive: alive.clone() }
                })
                .collect();
            let end = begin + PAGE;
            Ok(Rows { rows, next: (end < 100_000).then(|| end.to_string()) })
        })
        .await
        .expect("a file");
        assert_eq!(alive.load(Ordering::SeqCst), 0, "nothing is kept");
        (written, most.into_inner())
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_hundred_thousand_rows_are_never_more_than_three_pages_at_once() {
        for format in [Format::Csv, Format::Xlsx] {
            let (written, most) = large(format).await;
            assert_eq!(written.rows, 100_000);
            assert!(
                most <= 3 * PAGE,
                "{format:?}: one is read, one waits, one is written; {most} rows were alive"
            );
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn who_asks_for_many_files_at_once_does_not_fill_the_disk() {
        let mut held = Vec::new();
        for _ in 0..MOST {
            let page =
                async |_: Option<String>| Ok::<_, Fault>(Rows { rows: vec![[Cell::Count(1)]], next: None });
            held.push(spool(Format::Csv, names(1), page).await.expect("a file"));
        }
        let asked = AtomicUsize::new(0);
        let one_more = spool(Format::Csv, names(1), async |_: Option<String>| {
            asked.fetch_add(1, Ordering::SeqCst);
            Ok::<_, Fault>(Rows { rows: vec![[Cell::Count(1)]], next: None })
        });
        let mut one_more = std::pin::pin!(one_more);
        assert!(futures::poll!(one_more.as_mut()).is_pending());
        assert_eq!(asked.load(Ordering::SeqCst), 0, "nothing is read for it yet");
        drop(held);
        one_more.await.expect("a file, once there is room");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_page_that_can_not_be_read_leaves_no_file() {
        let read = spool(Format::Csv, names(1), async |after: Option<String>| match after {
            None => Ok(Rows { rows: vec![vec![Cell::Count(1)]], next: Some("2".to_owned()) }),
            Some(_) => Err(Fault::unavailable()),
        });
        assert_eq!(read.await.expect_err("no file").code(), "unavailable");
    }

    async fn file(format: Format, columns: usize, rows: Vec<Vec<Cell>>) -> Vec<u8> {
        let mut rows = Some(rows);
        let page = async |_: Option<String>| {
            Ok::<_, Fault>(Rows { rows: rows.take().unwrap_or_default(), next: None })
        };
        let mut written = spool(format, names(columns), page).await.expect("a file");
        let mut bytes = Vec::new();
        written.file.read_to_end(&mut bytes).expect("a file");
        assert_eq!(u64::try_from(bytes.len()).expect("a size"), written.size);
        bytes
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn an_empty_night_is_its_columns_and_a_sheet_is_one() {
        let csv = file(Format::Csv, 2, Vec::new()).await;
        assert_eq!(String::from_utf8(csv).expect("text"), "\u{feff}\"column 0\",\"column 1\"\r\n");
        let xlsx = file(Format::Xlsx, 2, vec![vec![Cell::text("=1+1"), Cell::Empty]]).await;
        assert!(xlsx.starts_with(b"PK"), "a zip");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn texts_are_quoted_and_numbers_are_not() {
        let row = vec![Cell::text("=1+1"), Cell::amount(-2450, "EUR"), Cell::Count(7), Cell::text("a \"b\"")];
        let csv = String::from_utf8(file(Format::Csv, 4, vec![row]).await).expect("text");
        assert!(csv.ends_with("\r\n\"'=1+1\",-24.50,7,\"a \"\"b\"\"\"\r\n"), "{csv:?}");
    }

    fn cell() -> impl Strategy<Value = Cell> {
        prop_oneof![
            any::<String>().prop_map(Cell::Text),
            "[=+@\\-\t\r\n ]{0,3}.{0,8}".prop_map(Cell::Text),
            any::<i32>().prop_map(|minor| Cell::amount(minor.into(), "EUR")),
            any::<i64>().prop_map(Cell::Count),
            Just(Cell::Empty),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn what_a_reader_reads_is_what_was_written(
            rows in (1_usize..6).prop_flat_map(|width| {
                proptest::collection::vec(proptest::collection::vec(cell(), width), 0..12)
            })
        ) {
            let width = rows.first().map_or(1, Vec::len);
            let runtime = tokio::runtime::Runtime::new().expect("a runtime");
            let bytes = runtime.block_on(file(Format::Csv, width, rows.clone()));
            let read: Vec<Vec<String>> = csv::Reader::from_reader(&bytes[..])
                .records()
                .map(|record| record.expect("a record").iter().map(str::to_owned).collect())
                .collect();
            let written: Vec<Vec<String>> =
                rows.iter().map(|row| row.iter().map(Cell::written).collect()).collect();
            prop_assert_eq!(read, written);
        }
    }
}
