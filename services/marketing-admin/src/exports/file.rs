//! The file itself, in either format, written row by row where it may take its time: not on a thread that serves requests.

use std::fs::File;
use std::io::{self, Seek, Write};
use std::str::FromStr;

use csv::{IntoInnerError, QuoteStyle, Terminator, WriterBuilder};
use rust_xlsxwriter::{Format as Look, Workbook, Worksheet, XlsxError};
use tokio::sync::SemaphorePermit;
use tokio::sync::mpsc::Receiver;

use super::cell::{Cell, decimal};

/// Rows that a sheet of Excel's has.
const MOST_OF_A_SHEET: u32 = 1_048_576;

/// What kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For every spreadsheet and program.
    Csv,
    /// For Excel.
    Xlsx,
}

/// No format of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownFormat;

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(code: &str) -> Result<Self, UnknownFormat> {
        [Self::Csv, Self::Xlsx].into_iter().find(|format| format.code() == code).ok_or(UnknownFormat)
    }
}

impl Format {
    /// Its name in addresses, and the end of a file's name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    /// What a browser is told it is.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// A file that is whole, from its beginning.
#[derive(Debug)]
pub struct Written {
    /// The file; it has no name, and is gone with this.
    pub file: File,
    /// Bytes.
    pub size: u64,
    /// Rows, without the one that names the columns.
    pub rows: u64,
    /// Its place among the files that there may be at once; free again when the file is gone.
    pub place: Option<SemaphorePermit<'static>>,
}

/// Why there is no file.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// More rows than a sheet has.
    #[error("a sheet has no more rows")]
    TooManyRows,
    /// The disk.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The CSV writer.
    #[error(transparent)]
    Csv(#[from] csv::Error),
    /// The XLSX writer.
    #[error("the sheet could not be written: {0}")]
    Xlsx(String),
}

impl From<XlsxError> for FileError {
    fn from(error: XlsxError) -> Self {
        Self::Xlsx(error.to_string())
    }
}

/// Writes the file of what comes, page by page, until nothing more does.
pub fn write<R: AsRef<[Cell]>>(
    format: Format,
    columns: &[String],
    pages: &mut Receiver<Vec<R>>,
) -> Result<Written, FileError> {
    let (mut file, rows) = match format {
        Format::Csv => write_csv(columns, pages)?,
        Format::Xlsx => write_xlsx(columns, pages)?,
    };
    let size = file.stream_position()?;
    file.rewind()?;
    Ok(Written { file, size, rows, place: None })
}

fn write_csv<R: AsRef<[Cell]>>(
    columns: &[String],
    pages: &mut Receiver<Vec<R>>,
) -> Result<(File, u64), FileError> {
    let mut file = tempfile::tempfile()?;
    // Without the mark Excel reads names in the encoding of thirty years ago.
    file.write_all("\u{feff}".as_bytes())?;
    let mut csv = WriterBuilder::new()
        .quote_style(QuoteStyle::NonNumeric)
        .terminator(Terminator::CRLF)
        .from_writer(file);
    csv.write_record(columns)?;
    let mut rows = 0;
    while let Some(page) = pages.blocking_recv() {
        for row in &page {
            csv.write_record(row.as_ref().iter().map(Cell::written))?;
            rows += 1;
        }
    }
    let file = csv.into_inner().map_err(IntoInnerError::into_error)?;
    Ok((file, rows))
}

/// How numbers and times look.
struct Looks {
    amount: Look,
    time: Look,
}

fn write_xlsx<R: AsRef<[Cell]>>(
    columns: &[String],
    pages: &mut Receiver<Vec<R>>,
) -> Result<(File, u64), FileError> {
    let mut workbook = Workbook::new();
    // Each row goes to the disk when the next one begins.
    let sheet = workbook.add_worksheet_with_constant_memory()?;
    let looks = Looks {
        amount: Look::new().set_num_format("0.00"),
        time: Look::new().set_num_format("yyyy-mm-dd hh:mm:ss"),
    };
    for (column, name) in (0_u16..).zip(columns) {
        sheet.write_string(0, column, name.as_str())?;
    }
    let mut row = 0_u32;
    while let Some(page) = pages.blocking_recv() {
        for cells in &page {
            row += 1;
            if row >= MOST_OF_A_SHEET {
                return Err(FileError::TooManyRows);
            }
            for (column, cell) in (0_u16..).zip(cells.as_ref()) {
                put(sheet, row, column, cell, &looks)?;
            }
        }
    }
    let mut file = tempfile::tempfile()?;
    workbook.save_to_writer(&mut file)?;
    file.seek(io::SeekFrom::End(0))?;
    Ok((file, u64::from(row)))
}

fn put(sheet: &mut Worksheet, row: u32, column: u16, cell: &Cell, looks: &Looks) -> Result<(), XlsxError> {
    match cell {
        Cell::Text(_) => sheet.write_string(row, column, cell.written())?,
        Cell::Amount(amount) => {
            // Fifteen digits are exact in a spreadsheet: no night takes in more.
            let number: f64 = decimal(*amount).parse().unwrap_or_default();
            sheet.write_number_with_format(row, column, number, &looks.amount)?
        }
        Cell::Count(number) => sheet.write_number(row, column, *number as f64)?,
        Cell::Time(at) => sheet.write_number_with_format(row, column, serial(*at), &looks.time)?,
        Cell::Empty => return Ok(()),
    };
    Ok(())
}

/// A time as spreadsheets count: days since the last but one of 1899.
fn serial(at: chrono::NaiveDateTime) -> f64 {
    let seconds = at.and_utc().timestamp() + SECONDS_BEFORE_1970;
    seconds as f64 / 86_400.0
}

const SECONDS_BEFORE_1970: i64 = 25_569 * 86_400;

#[cfg(test)]
mod tests {
    use super::serial;
    use chrono::NaiveDate;

    #[test]
    fn times_are_counted_as_spreadsheets_do() {
        let at =
            |day, hour| NaiveDate::from_ymd_opt(2026, 11, day).and_then(|day| day.and_hms_opt(hour, 0, 0));
        // Excel's own number of 2026-11-27.
        assert!((serial(at(27, 0).expect("a time")) - 46_353.0).abs() < f64::EPSILON);
        assert!((serial(at(27, 12).expect("a time")) - 46_353.5).abs() < f64::EPSILON);
    }
}
