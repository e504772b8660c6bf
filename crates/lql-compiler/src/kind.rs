//! The kinds of fields (reference 7): one entry each, read by the checker, completion and the book.

use serde::{Deserialize, Serialize};

/// What a field holds. [`Kind::Dynamic`] is also the static type of an expression whose type shows only at run time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// `string`
    Text,
    /// `int`
    Int,
    /// `number`
    Number,
    /// `bool`
    Bool,
    /// `date`
    Date,
    /// `[]string`
    TextSet,
    /// `[]time`
    TimeSet,
    /// `ts[]string`
    TimedSet,
    /// `map[string]int`
    MapInt,
    /// `map[string]intsum`
    MapIntSum,
    /// `map[string]number`
    MapNumber,
    /// `map[string]string`
    MapText,
    /// `map[string]bool`
    MapBool,
    /// `map[string]time`
    MapTime,
    /// `map[string]value`
    MapValue,
    /// `[]timebucket`
    TimeBuckets,
    /// `geolocation`
    Geo,
    /// `dynamic`
    Dynamic,
}

/// The catalog entry of a kind.
#[derive(Clone, Copy, Debug)]
pub struct KindEntry {
    /// The kind.
    pub kind: Kind,
    /// The name it is printed with.
    pub name: &'static str,
    /// Other accepted spellings, lower case.
    pub aliases: &'static [&'static str],
    /// What values look like, one sentence.
    pub summary: &'static str,
    /// Operators and functions a filter may use on it.
    pub filters: &'static str,
}

/// Every kind, in the order of the reference.
#[rustfmt::skip]
pub const KINDS: &[KindEntry] = &[
    KindEntry { kind: Kind::Text, name: "string", aliases: &["text"], summary: "One text.", filters: "= != CONTAINS LIKE IN EXISTS" },
    KindEntry { kind: Kind::Int, name: "int", aliases: &["integer"], summary: "A 64-bit integer.", filters: "= != > >= < <= EXISTS" },
    KindEntry { kind: Kind::Number, name: "number", aliases: &["float", "num"], summary: "A 64-bit float.", filters: "= != > >= < <= EXISTS" },
    KindEntry { kind: Kind::Bool, name: "bool", aliases: &["boolean"], summary: "`true` or `false`.", filters: "= != EXISTS" },
    KindEntry { kind: Kind::Date, name: "date", aliases: &["time", "datetime"], summary: "An instant, kept in UTC.", filters: "> >= < <= BETWEEN EXISTS, date math such as \"now-7d\"" },
    KindEntry { kind: Kind::TextSet, name: "[]string", aliases: &["[]text"], summary: "Unique texts, printed in alphabetical order.", filters: "INTERSECTS IN CONTAINS EXISTS" },
    KindEntry { kind: Kind::TimeSet, name: "[]time", aliases: &["[]date"], summary: "Unique instants, oldest first.", filters: "> >= < <= EXISTS (any element)" },
    KindEntry { kind: Kind::TimedSet, name: "ts[]string", aliases: &[], summary: "Unique texts, each with the time it was last seen, oldest first.", filters: "INTERSECTS EXISTS" },
    KindEntry { kind: Kind::MapInt, name: "map[string]int", aliases: &["map[string]integer"], summary: "Integers by key; the newest per key stays.", filters: "f.key > 5" },
    KindEntry { kind: Kind::MapIntSum, name: "map[string]intsum", aliases: &[], summary: "Counters by key; values are added.", filters: "f.key > 5" },
    KindEntry { kind: Kind::MapNumber, name: "map[string]number", aliases: &["map[string]float"], summary: "Floats by key.", filters: "f.key >= 0.5" },
    KindEntry { kind: Kind::MapText, name: "map[string]string", aliases: &["map[string]text"], summary: "Texts by key.", filters: "f.key = \"v\"" },
    KindEntry { kind: Kind::MapBool, name: "map[string]bool", aliases: &["map[string]boolean"], summary: "Booleans by key.", filters: "f.key = true" },
    KindEntry { kind: Kind::MapTime, name: "map[string]time", aliases: &["map[string]date"], summary: "Instants by key.", filters: "f.key > \"now-1d\"" },
    KindEntry { kind: Kind::MapValue, name: "map[string]value", aliases: &["map"], summary: "Values of any kind by key.", filters: "dot access" },
    KindEntry { kind: Kind::TimeBuckets, name: "[]timebucket", aliases: &[], summary: "How many events fell on each UTC day.", filters: "timewindow()" },
    KindEntry { kind: Kind::Geo, name: "geolocation", aliases: &["geo"], summary: "Latitude and longitude, as \"lat,lon\".", filters: "geodistance()" },
    KindEntry { kind: Kind::Dynamic, name: "dynamic", aliases: &[], summary: "Whatever the value is at run time.", filters: "any" },
];

/// Names that the product keeps for itself: refused in LQL with a reason of their own.
pub const SYSTEM_KINDS: &[&str] = &["membership", "embedding", "flows"];

impl Kind {
    /// Reads a kind's name, any letter case, aliases included.
    ///
    /// ```
    /// # use lql_compiler::Kind;
    /// assert_eq!(Kind::parse("Map[string]INT"), Some(Kind::MapInt));
    /// assert_eq!(Kind::parse("integer"), Some(Kind::Int));
    /// assert_eq!(Kind::parse("strnig"), None);
    /// ```
    pub fn parse(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        KINDS.iter().find(|e| e.name == name || e.aliases.contains(&name.as_str())).map(|e| e.kind)
    }

    /// The catalog entry.
    pub fn entry(self) -> Option<&'static KindEntry> {
        KINDS.iter().find(|e| e.kind == self)
    }

    /// The name it is printed with.
    pub fn name(self) -> &'static str {
        self.entry().map_or("dynamic", |e| e.name)
    }

    /// Whether it is a map.
    pub fn is_map(self) -> bool {
        use Kind::{MapBool, MapInt, MapIntSum, MapNumber, MapText, MapTime, MapValue};
        matches!(self, MapInt | MapIntSum | MapNumber | MapText | MapBool | MapTime | MapValue)
    }

    /// Whether it is a set.
    pub fn is_set(self) -> bool {
        matches!(self, Kind::TextSet | Kind::TimeSet | Kind::TimedSet)
    }

    /// Whether it is a single value.
    pub fn is_scalar(self) -> bool {
        matches!(self, Kind::Text | Kind::Int | Kind::Number | Kind::Bool | Kind::Date | Kind::Geo)
    }

    /// The kind of a map's entries.
    pub fn entry_kind(self) -> Option<Kind> {
        match self {
            Kind::MapInt | Kind::MapIntSum => Some(Kind::Int),
            Kind::MapNumber => Some(Kind::Number),
            Kind::MapText => Some(Kind::Text),
            Kind::MapBool => Some(Kind::Bool),
            Kind::MapTime => Some(Kind::Date),
            Kind::MapValue => Some(Kind::Dynamic),
            _ => None,
        }
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_one_entry_and_its_names_are_unique() {
        let mut names: Vec<_> = KINDS.iter().flat_map(|e| e.aliases.iter().chain([&e.name])).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
        for entry in KINDS {
            assert_eq!(Kind::parse(entry.name), Some(entry.kind));
        }
    }
}
