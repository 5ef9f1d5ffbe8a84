//! Rows of the form: which there are, which say something, and what they can choose from.

use super::Form;

const MOST_ROWS: usize = 60;

impl Form {
    /// Rows that were sent, in their order, and at least one.
    pub(super) fn count_rows(&mut self) {
        let rows = |list: &str| -> Vec<String> {
            let mut found: Vec<usize> = self
                .values
                .keys()
                .filter_map(|name| {
                    name.strip_prefix(list)?.strip_prefix('[')?.split_once(']')?.0.parse().ok()
                })
                .filter(|index| *index < MOST_ROWS)
                .collect();
            found.sort_unstable();
            found.dedup();
            found.into_iter().map(|index| index.to_string()).collect()
        };
        let (tickets, zones) = (rows("ticket_types"), rows("zones"));
        let or_one = |rows: Vec<String>| if rows.is_empty() { vec!["0".to_owned()] } else { rows };
        (self.ticket_rows, self.zone_rows) = (or_one(tickets), or_one(zones));
        self.cap_rows = or_one(rows("shared_caps"));
        // Most nights ask nothing: a row comes with the button.
        self.question_rows = rows("questions");
    }

    /// One more row of a list: the way of the form without a script.
    pub fn add_row(&mut self, list: &str) {
        let rows = match list {
            "zones" => &mut self.zone_rows,
            "shared_caps" => &mut self.cap_rows,
            "questions" => &mut self.question_rows,
            _ => &mut self.ticket_rows,
        };
        let next = rows.iter().filter_map(|row| row.parse::<usize>().ok()).max().map_or(0, |last| last + 1);
        if next < MOST_ROWS {
            rows.push(next.to_string());
        }
    }

    /// What a field of a ticket type can be: the names in the rows of `list`, and what it is, should no row have that name.
    pub fn choices(&self, list: &str, row: &str, field: &str) -> Vec<String> {
        let rows = match list {
            "zones" => &self.zone_rows,
            "ticket_types" => &self.ticket_rows,
            _ => &self.cap_rows,
        };
        let chosen = self.value(self.path("ticket_types", row, field));
        let mut names: Vec<String> = Vec::with_capacity(rows.len());
        for name in rows.iter().map(|row| self.value(self.path(list, row, "name"))).chain([chosen]) {
            let name = name.trim();
            if !name.is_empty() && !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
        names
    }

    /// `ticket_types[1].name` of the input may be row 3 of the form.
    pub(super) fn row_name(&self, field: &str) -> String {
        let place = || -> Option<String> {
            let (list, rest) = field.split_once('[')?;
            let (index, rest) = rest.split_once(']')?;
            let index: usize = index.parse().ok()?;
            let row = self.filled(list).nth(index)?.to_owned();
            Some(format!("{list}[{row}]{rest}"))
        };
        place().unwrap_or_else(|| field.to_owned())
    }

    /// Rows of a list in which anything is said and that are not to be removed.
    pub(super) fn filled<'a>(&'a self, list: &'a str) -> impl Iterator<Item = &'a str> {
        let rows = match list {
            "zones" => &self.zone_rows,
            "shared_caps" => &self.cap_rows,
            "questions" => &self.question_rows,
            _ => &self.ticket_rows,
        };
        let says = move |row: &str| {
            let text = |field: &str| self.value(self.path(list, row, field));
            let kept = text("remove").is_empty();
            let fields = ["id", "name", "price", "capacity", "label.en", "label.es"];
            kept && fields.iter().any(|field| !text(field).trim().is_empty())
        };
        rows.iter().map(String::as_str).filter(move |row| says(row))
    }
}
