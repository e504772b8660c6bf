//! The file of figures.

use crate::measure::Figures;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// The figures that are checked in.
#[derive(Debug, Deserialize)]
pub struct Record {
    /// By how much a figure may differ, as a part of it.
    pub tolerance: Tolerance,
    /// By name of the work.
    #[serde(flatten)]
    pub works: BTreeMap<String, Recorded>,
}

/// By how much figures may differ.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Tolerance {
    /// Instructions.
    pub instructions: f64,
    /// Allocations.
    pub allocations: f64,
}

/// The figures of one work.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct Recorded {
    /// Instructions of one event or query; absent where nobody could count them yet.
    pub instructions: Option<f64>,
    /// Allocations of one event or query.
    pub allocations: f64,
}

impl Record {
    /// The record of measured figures. What could not be measured, and the tolerance, stay as they were.
    pub fn new(measured: Vec<Figures>, before: Option<Record>) -> Self {
        let tolerance = before
            .as_ref()
            .map_or(Tolerance { instructions: 0.03, allocations: 0.005 }, |before| before.tolerance);
        let known = |name: &str| before.as_ref().and_then(|before| before.works.get(name)?.instructions);
        let works = measured.iter().map(|figures| {
            let name = figures.work.name();
            let instructions = figures.instructions.map(f64::round).or_else(|| known(name));
            let allocations = (figures.allocations * 10_000.0).round() / 10_000.0;
            (name.to_owned(), Recorded { instructions, allocations })
        });
        Record { tolerance, works: works.collect() }
    }

    /// Reads a file.
    pub fn read(path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
        toml::from_str(&text).map_err(|error| error.to_string())
    }

    /// The file's text.
    pub fn to_text(&self) -> String {
        let mut text = format!(
            "# What fixed work costs, for one event (`check`, `lint`: one query; `edit`: one edit). Written by\n\
             # `cargo run --release -p lql-figures -- --update`; benches/figures/src/work.rs says what the works are.\n\n\
             [tolerance]\ninstructions = {}\nallocations = {}\n",
            self.tolerance.instructions, self.tolerance.allocations
        );
        for (name, figures) in &self.works {
            let _ = write!(text, "\n[{name}]\n{}", toml::to_string(figures).expect("numbers are TOML"));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::work::Work;

    #[test]
    fn what_is_written_is_read_again() {
        let figures = Figures { work: Work::Map, instructions: Some(1234.4), allocations: 0.123_456 };
        let text = Record::new(vec![figures], None).to_text();
        let record: Record = toml::from_str(&text).expect("a record");
        assert_eq!(
            (record.works["map"].instructions, record.works["map"].allocations),
            (Some(1234.0), 0.1235)
        );
    }

    #[test]
    fn an_update_keeps_the_tolerance_and_what_cannot_be_counted_here() {
        let before = "[tolerance]\ninstructions = 0.5\nallocations = 0.25\n[map]\ninstructions = 7.0\nallocations = 1.0\n";
        let before = toml::from_str(before).expect("a record");
        let figures = Figures { work: Work::Map, instructions: None, allocations: 2.0 };
        let after = Record::new(vec![figures], Some(before));
        assert_eq!((after.tolerance.instructions, after.tolerance.allocations), (0.5, 0.25));
        assert_eq!((after.works["map"].instructions, after.works["map"].allocations), (Some(7.0), 2.0));
    }
}
