//! The merge operators (reference 8): what they mean and which kinds they fit.

use crate::Kind;
use serde::{Deserialize, Serialize};

/// How contributions to one field are folded. All folds are commutative and associative over
/// (event time, event id, value); see the architecture page for the laws.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum MergeOp {
    /// The value, or whole collection, of the newest event.
    Latest,
    /// The value, or whole collection, of the oldest event.
    Oldest,
    /// The smaller value.
    Min,
    /// The larger value.
    Max,
    /// Added; per key for maps.
    Sum,
    /// How many contributions there were.
    Count,
    /// Union of sets; newest value per key of maps.
    Merge,
    /// Newest value per key.
    LatestMap,
    /// Oldest value per key.
    OldestMap,
    /// Larger value per key.
    MapMax,
    /// Smaller value per key.
    MapMin,
    /// Union of sets, limited to the field's capacity; the newest stay.
    Capped,
}

/// The catalog entry of a merge operator.
#[derive(Clone, Copy, Debug)]
pub struct MergeOpEntry {
    /// The operator.
    pub op: MergeOp,
    /// Its name in LQL.
    pub name: &'static str,
    /// What it does, one sentence.
    pub summary: &'static str,
    /// The kinds it fits (the validity matrix, reference 8.3).
    pub fits: &'static [Kind],
}

const SETS: &[Kind] = &[Kind::TextSet, Kind::TimeSet, Kind::TimedSet];
const ALL: &[Kind] = &[
    Kind::Text,
    Kind::Int,
    Kind::Number,
    Kind::Bool,
    Kind::Date,
    Kind::Geo,
    Kind::Dynamic,
    Kind::TextSet,
    Kind::TimeSet,
    Kind::TimedSet,
    Kind::MapInt,
    Kind::MapIntSum,
    Kind::MapNumber,
    Kind::MapText,
    Kind::MapBool,
    Kind::MapTime,
    Kind::MapValue,
];
const MAPS: &[Kind] = &[
    Kind::MapInt,
    Kind::MapIntSum,
    Kind::MapNumber,
    Kind::MapText,
    Kind::MapBool,
    Kind::MapTime,
    Kind::MapValue,
];
const SETS_AND_MAPS: &[Kind] = &[
    Kind::TextSet,
    Kind::TimeSet,
    Kind::TimedSet,
    Kind::MapInt,
    Kind::MapIntSum,
    Kind::MapNumber,
    Kind::MapText,
    Kind::MapBool,
    Kind::MapTime,
    Kind::MapValue,
];

/// Every merge operator.
#[rustfmt::skip]
pub const MERGE_OPS: &[MergeOpEntry] = &[
    MergeOpEntry { op: MergeOp::Latest, name: "latest", summary: "The value of the newest event; of a set or map, the whole collection.", fits: ALL },
    MergeOpEntry { op: MergeOp::Oldest, name: "oldest", summary: "The value of the oldest event; of a set or map, the whole collection.", fits: ALL },
    MergeOpEntry { op: MergeOp::Min, name: "min", summary: "The smaller value.", fits: &[Kind::Int, Kind::Number, Kind::Date] },
    MergeOpEntry { op: MergeOp::Max, name: "max", summary: "The larger value.", fits: &[Kind::Int, Kind::Number, Kind::Date] },
    MergeOpEntry { op: MergeOp::Sum, name: "sum", summary: "Adds; per key for maps.", fits: &[Kind::Int, Kind::Number, Kind::MapInt, Kind::MapIntSum, Kind::MapNumber] },
    MergeOpEntry { op: MergeOp::Count, name: "count", summary: "Counts contributions.", fits: &[Kind::Int] },
    MergeOpEntry { op: MergeOp::Merge, name: "merge", summary: "Union of sets; the newest value per key of maps.", fits: SETS_AND_MAPS },
    MergeOpEntry { op: MergeOp::LatestMap, name: "latestmap", summary: "The newest value per key.", fits: MAPS },
    MergeOpEntry { op: MergeOp::OldestMap, name: "oldestmap", summary: "The oldest value per key.", fits: MAPS },
    MergeOpEntry { op: MergeOp::MapMax, name: "mapmax", summary: "The larger value per key.", fits: &[Kind::MapInt, Kind::MapIntSum, Kind::MapNumber, Kind::MapTime] },
    MergeOpEntry { op: MergeOp::MapMin, name: "mapmin", summary: "The smaller value per key.", fits: &[Kind::MapInt, Kind::MapIntSum, Kind::MapNumber, Kind::MapTime] },
    MergeOpEntry { op: MergeOp::Capped, name: "capped", summary: "Union of sets; only the newest values up to the capacity stay.", fits: SETS },
];

impl MergeOp {
    /// Reads an operator's name, any letter case.
    pub fn parse(name: &str) -> Option<Self> {
        MERGE_OPS.iter().find(|e| e.name.eq_ignore_ascii_case(name)).map(|e| e.op)
    }

    /// The catalog entry.
    pub fn entry(self) -> Option<&'static MergeOpEntry> {
        MERGE_OPS.iter().find(|e| e.op == self)
    }

    /// Its name in LQL.
    pub fn name(self) -> &'static str {
        self.entry().map_or("latest", |e| e.name)
    }

    /// Whether it may merge fields of this kind.
    pub fn fits(self, kind: Kind) -> bool {
        self.entry().is_some_and(|e| e.fits.contains(&kind))
    }

    /// The operators that may merge fields of this kind.
    pub fn fitting(kind: Kind) -> impl Iterator<Item = MergeOp> {
        MERGE_OPS.iter().filter(move |e| e.fits.contains(&kind)).map(|e| e.op)
    }

    /// What a field gets when `MERGEOP` is absent and its columns are no aggregates (reference 8.2).
    pub fn default_for(kind: Kind) -> Self {
        match kind {
            Kind::MapIntSum | Kind::TimeBuckets => MergeOp::Sum,
            kind if kind.is_set() || kind.is_map() => MergeOp::Merge,
            _ => MergeOp::Latest,
        }
    }
}

impl std::fmt::Display for MergeOp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The matrix of reference 8.3, a row a kind, `x` where the operator fits; columns: latest and oldest, min and
    /// max, sum, count, merge, latestmap and oldestmap, mapmin and mapmax, capped.
    const MATRIX: &[(&str, &str)] = &[
        ("string", "x......."),
        ("bool", "x......."),
        ("int", "xxxx...."),
        ("number", "xxx....."),
        ("date", "xx......"),
        ("[]string", "x...x..x"),
        ("[]time", "x...x..x"),
        ("ts[]string", "x...x..x"),
        ("map[string]int", "x.x.xxx."),
        ("map[string]intsum", "x.x.xxx."),
        ("map[string]number", "x.x.xxx."),
        ("map[string]time", "x...xxx."),
        ("map[string]string", "x...xx.."),
        ("map[string]bool", "x...xx.."),
        ("map[string]value", "x...xx.."),
    ];

    #[test]
    fn the_validity_matrix_is_the_reference_s() {
        use MergeOp::*;
        let columns: [&[MergeOp]; 8] = [
            &[Latest, Oldest],
            &[Min, Max],
            &[Sum],
            &[Count],
            &[Merge],
            &[LatestMap, OldestMap],
            &[MapMin, MapMax],
            &[Capped],
        ];
        for (kind, row) in MATRIX {
            let kind = Kind::parse(kind).unwrap();
            for (ops, cell) in columns.iter().zip(row.chars()) {
                for op in *ops {
                    assert_eq!(op.fits(kind), cell == 'x', "{op} on {kind}");
                }
            }
        }
    }

    #[test]
    fn the_default_operator_fits_its_kind() {
        for entry in crate::KINDS.iter().filter(|e| e.kind != Kind::TimeBuckets) {
            assert!(MergeOp::default_for(entry.kind).fits(entry.kind), "{}", entry.name);
        }
    }
}
