//! What a bench says: a table for people, a JSON line per figure for machines.

use crate::load::Latencies;
use serde::Serialize;

/// One measured figure beside its limit.
#[derive(Debug, Clone, Serialize)]
pub struct Figure {
    bench: &'static str,
    what: String,
    value: f64,
    unit: &'static str,
    limit: Option<f64>,
    beside: String,
    aim: String,
}

impl Figure {
    /// A figure of a bench: what was measured, and in which unit (`/s`, `ms`, `MiB`; empty for a count).
    pub fn new(bench: &'static str, what: impl Into<String>, value: f64, unit: &'static str) -> Self {
        Self { bench, what: what.into(), value, unit, limit: None, beside: String::new(), aim: String::new() }
    }

    /// The limit that was measured in the same run, and what it is.
    #[must_use]
    pub fn beside(mut self, limit: f64, what: impl Into<String>) -> Self {
        (self.limit, self.beside) = (Some(limit), what.into());
        self
    }

    /// A remark where there is no limit.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.beside = text.into();
        self
    }

    /// What we want of it.
    #[must_use]
    pub fn aim(mut self, aim: impl Into<String>) -> Self {
        self.aim = aim.into();
        self
    }

    /// How the figure stands to its limit.
    pub fn ratio(&self) -> Option<f64> {
        self.limit.filter(|limit| *limit > 0.0).map(|limit| self.value / limit)
    }

    fn row(&self) -> String {
        let limit = self.limit.map_or_else(String::new, |limit| number(limit, self.unit));
        let ratio = self.ratio().map_or_else(String::new, |ratio| format!("{ratio:.2}"));
        let value = number(self.value, self.unit);
        format!(
            "| {} | {} | {value} | {limit} | {ratio} | {} | {} |",
            self.bench, self.what, self.beside, self.aim
        )
    }
}

/// As many decimals as a reader can use.
fn number(value: f64, unit: &str) -> String {
    let text = if unit.is_empty() || value >= 100.0 { format!("{value:.0}") } else { format!("{value:.1}") };
    if unit.is_empty() { text } else { format!("{text} {unit}") }
}

/// All figures of a run.
#[derive(Debug, Default)]
pub struct Report(Vec<Figure>);

impl Report {
    /// Adds a figure, and shows it to whoever waits.
    pub fn add(&mut self, figure: Figure) {
        eprintln!("{}", figure.row());
        self.0.push(figure);
    }

    /// Adds throughput and latencies of a run beside those of its limit.
    pub fn add_run(
        &mut self,
        bench: &'static str,
        what: &str,
        run: &Latencies,
        beside: (&Latencies, &str),
        aims: [&str; 2],
    ) {
        let (limit, name) = beside;
        let rate = Figure::new(bench, format!("{what}: rate"), run.per_second(), "/s");
        self.add(rate.beside(limit.per_second(), name).aim(aims[0]));
        for (share, label) in [(0.5, "p50"), (0.95, "p95"), (0.99, "p99")] {
            let figure = Figure::new(bench, format!("{what}: {label}"), run.percentile_ms(share), "ms");
            let aim = if label == "p99" { aims[1] } else { "" };
            self.add(figure.beside(limit.percentile_ms(share), name).aim(aim));
        }
    }

    /// Prints the table, then a line of JSON per figure.
    ///
    /// # Errors
    /// When a figure is not a finite number.
    pub fn print(&self) -> serde_json::Result<()> {
        println!("| bench | what | figure | limit | ratio | beside | aim |\n|---|---|--:|--:|--:|---|---|");
        for figure in &self.0 {
            println!("{}", figure.row());
        }
        println!();
        for figure in &self.0 {
            println!("{}", serde_json::to_string(figure)?);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Figure;

    #[test]
    fn a_row_shows_how_a_figure_stands_to_its_limit() {
        let figure = Figure::new("scan", "rate", 450.0, "/s").beside(900.0, "pgbench").aim("≥ 0.5");
        assert_eq!(figure.row(), "| scan | rate | 450 /s | 900 /s | 0.50 | pgbench | ≥ 0.5 |");
        let alone = Figure::new("rush", "held", 500.0, "").note("of 500");
        assert_eq!(alone.row(), "| rush | held | 500 |  |  | of 500 |  |");
    }
}
