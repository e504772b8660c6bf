//! Figures as they were and as they are.

use crate::measure::Figures;
use crate::record::Record;
use std::fmt::Write as _;

/// One figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// What it counts: `instructions of map, for one event`.
    name: String,
    /// As it is checked in; none for a new work.
    old: Option<f64>,
    /// As it is.
    new: f64,
    /// By how much the two may differ, as a part of the old.
    tolerance: f64,
}

impl Row {
    /// Whether the figure is still true.
    pub fn holds(&self) -> bool {
        // Beside the part, the last digit that is written.
        self.old.is_some_and(|old| (self.new - old).abs() <= old * self.tolerance + 0.0001)
    }
}

/// All figures that could be measured.
pub fn rows(record: &Record, measured: &[Figures]) -> Vec<Row> {
    let mut rows = Vec::new();
    for figures in measured {
        let old = record.works.get(figures.work.name());
        let mut push = |what: &str, old: Option<f64>, new: f64, tolerance: f64| {
            let name = format!("{what} of {}, for one {}", figures.work.name(), figures.work.unit());
            rows.push(Row { name, old, new, tolerance });
        };
        if let Some(new) = figures.instructions {
            let old = old.and_then(|old| old.instructions);
            push("instructions", old, new, record.tolerance.instructions);
        }
        push(
            "allocations",
            old.map(|old| old.allocations),
            figures.allocations,
            record.tolerance.allocations,
        );
    }
    rows
}

/// The rows for people; those that do not hold are marked.
pub fn table(rows: &[Row]) -> String {
    let mut text = format!("{:<38} {:>12} {:>12} {:>8}\n", "", "old", "new", "ratio");
    for row in rows {
        let old = row.old.map_or("none".to_owned(), number);
        let ratio =
            row.old.filter(|old| *old > 0.0).map_or("-".to_owned(), |old| format!("{:.3}", row.new / old));
        let mark = if row.holds() { "" } else { "  differs" };
        let _ = writeln!(text, "{:<38} {old:>12} {:>12} {ratio:>8}{mark}", row.name, number(row.new));
    }
    text
}

fn number(figure: f64) -> String {
    if figure < 100.0 { format!("{figure:.4}") } else { format!("{figure:.0}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::work::Work;

    fn rows_of(recorded: &str, instructions: Option<f64>, allocations: f64) -> Vec<Row> {
        let record = format!("[tolerance]\ninstructions = 0.03\nallocations = 0.01\n{recorded}");
        let record: Record = toml::from_str(&record).expect("a record");
        rows(&record, &[Figures { work: Work::Map, instructions, allocations }])
    }

    fn hold(recorded: &str, instructions: Option<f64>, allocations: f64) -> Vec<bool> {
        rows_of(recorded, instructions, allocations).iter().map(Row::holds).collect()
    }

    const RECORDED: &str = "[map]\ninstructions = 1000.0\nallocations = 2.0\n";

    #[test]
    fn worse_and_better_than_the_tolerance_both_differ() {
        assert_eq!(hold(RECORDED, Some(1030.0), 2.02), [true, true]);
        assert_eq!(hold(RECORDED, Some(1031.0), 2.03), [false, false]);
        assert_eq!(hold(RECORDED, Some(969.0), 1.97), [false, false]);
    }

    #[test]
    fn an_allocation_where_none_was_differs() {
        assert_eq!(hold("[map]\nallocations = 0.0\n", None, 0.001), [false]);
        assert_eq!(hold("[map]\nallocations = 0.0\n", None, 0.0), [true]);
    }

    #[test]
    fn a_work_that_is_not_in_the_file_differs() {
        assert_eq!(hold("", Some(1.0), 1.0), [false, false]);
    }

    #[test]
    fn what_cannot_be_counted_here_is_not_compared() {
        assert_eq!(hold(RECORDED, None, 2.0), [true]);
    }

    #[test]
    fn the_table_shows_old_new_and_ratio() {
        let table = table(&rows_of(RECORDED, Some(1500.0), 2.0));
        assert!(table.contains("1000         1500    1.500  differs"), "{table}");
        assert!(table.contains("2.0000       2.0000    1.000\n"), "{table}");
    }
}
