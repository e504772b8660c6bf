//! The operator table: how each field folds. It is all that merging needs to know of a program.

use lql_compiler::schema::{Field, FieldId, Schema};
use lql_compiler::{Kind, MergeOp, Time};
use xxhash_rust::xxh3::xxh3_64;

use crate::wire::{WireError, put_varint};

const DAY: i64 = 86_400;

/// How contributions fold. Its number stands before every field on the wire and never changes its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Form {
    /// The value of the newest contribution.
    Newest = 1,
    /// The value of the oldest contribution.
    Oldest = 2,
    /// The smallest value.
    Least = 3,
    /// The largest value.
    Greatest = 4,
    /// How many contributions there were.
    Count = 5,
    /// The exact sum of integers.
    IntSum = 6,
    /// The exact sum of floats.
    NumberSum = 7,
    /// All elements.
    Set = 8,
    /// Elements with the stamp of their newest contribution, the newest up to the capacity.
    StampedSet = 9,
    /// [`Form::Newest`] per key, the newest keys up to the capacity.
    NewestMap = 10,
    /// [`Form::Oldest`] per key.
    OldestMap = 11,
    /// [`Form::Least`] per key.
    LeastMap = 12,
    /// [`Form::Greatest`] per key.
    GreatestMap = 13,
    /// [`Form::IntSum`] per key.
    IntSumMap = 14,
    /// [`Form::NumberSum`] per key.
    NumberSumMap = 15,
    /// How many contributions fell on each UTC day.
    Days = 16,
}

impl Form {
    pub(crate) fn from_byte(byte: u8) -> Result<Self, WireError> {
        use Form::{
            Count, Days, Greatest, GreatestMap, IntSum, IntSumMap, Least, LeastMap, Newest, NewestMap,
            NumberSum, NumberSumMap, Oldest, OldestMap, Set, StampedSet,
        };
        const ALL: [Form; 16] = [
            Newest,
            Oldest,
            Least,
            Greatest,
            Count,
            IntSum,
            NumberSum,
            Set,
            StampedSet,
            NewestMap,
            OldestMap,
            LeastMap,
            GreatestMap,
            IntSumMap,
            NumberSumMap,
            Days,
        ];
        ALL.get(usize::from(byte).wrapping_sub(1)).copied().ok_or(WireError::Invalid("merge operator"))
    }

    /// Whether the field refers to the stamp of the contribution that it holds.
    pub(crate) fn is_held(self) -> bool {
        matches!(self, Self::Newest | Self::Oldest)
    }

    /// What each key of a map folds with.
    pub(crate) fn per_key(self) -> Option<Self> {
        Some(match self {
            Self::NewestMap => Self::Newest,
            Self::OldestMap => Self::Oldest,
            Self::LeastMap => Self::Least,
            Self::GreatestMap => Self::Greatest,
            Self::IntSumMap => Self::IntSum,
            Self::NumberSumMap => Self::NumberSum,
            _ => return None,
        })
    }
}

/// How one field folds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldOp {
    /// The fold.
    pub form: Form,
    /// The field's kind.
    pub kind: Kind,
    /// Most elements of a set or map; 0 for no limit.
    pub capacity: u32,
    /// Elements last seen longer ago are left out when the profile is read; 0 for no limit.
    pub keep_days: u32,
}

impl FieldOp {
    /// The operator of a field.
    pub fn of(field: &Field) -> Self {
        let kind = field.kind;
        let limited = field.capacity.is_some_and(|n| n > 0) || field.keep_days.is_some_and(|n| n > 0);
        let form = match field.mergeop {
            _ if kind == Kind::TimeBuckets => Form::Days,
            MergeOp::Latest => Form::Newest,
            MergeOp::Oldest => Form::Oldest,
            MergeOp::Min => Form::Least,
            MergeOp::Max => Form::Greatest,
            MergeOp::Count => Form::Count,
            MergeOp::Sum if kind == Kind::Int => Form::IntSum,
            MergeOp::Sum if kind == Kind::Number => Form::NumberSum,
            MergeOp::Sum if kind == Kind::MapNumber => Form::NumberSumMap,
            MergeOp::Sum => Form::IntSumMap,
            MergeOp::Merge | MergeOp::Capped if kind.is_set() => {
                if limited || kind == Kind::TimedSet {
                    Form::StampedSet
                } else {
                    Form::Set
                }
            }
            MergeOp::Merge | MergeOp::Capped | MergeOp::LatestMap => Form::NewestMap,
            MergeOp::OldestMap => Form::OldestMap,
            MergeOp::MapMax => Form::GreatestMap,
            MergeOp::MapMin => Form::LeastMap,
        };
        Self { form, kind, capacity: field.capacity.unwrap_or(0), keep_days: field.keep_days.unwrap_or(0) }
    }

    /// The kind of the values that are folded: of a map, that of its entries.
    pub(crate) fn value_kind(self) -> Kind {
        match self.kind.entry_kind() {
            Some(entry) if self.form.per_key().is_some() => entry,
            _ => self.kind,
        }
    }

    /// Whether a map keeps its keys' newest stamps aside: where a limit needs them and the fold does not hold them.
    pub fn stamps_aside(self) -> bool {
        (self.capacity > 0 || self.keep_days > 0) && self.form != Form::NewestMap
    }

    /// Elements with stamps before this one are left out when the profile is read.
    pub fn oldest_kept(self, as_of: Time) -> Option<Time> {
        (self.keep_days > 0)
            .then(|| Time::new(as_of.seconds() - i64::from(self.keep_days) * DAY, as_of.nanos()))
            .flatten()
    }

    /// The first instant at which what was last seen at `seen` is left out.
    pub fn gone_at(self, seen: Time) -> Option<Time> {
        let last = seen.seconds().checked_add(i64::from(self.keep_days) * DAY)?;
        match seen.nanos() + 1 {
            _ if self.keep_days == 0 => None,
            1_000_000_000 => Time::from_seconds(last + 1),
            nanos => Time::new(last, nanos),
        }
    }

    /// How many elements too many there are.
    pub(crate) fn excess(self, len: usize) -> usize {
        match self.capacity {
            0 => 0,
            capacity => len.saturating_sub(capacity as usize),
        }
    }
}

/// The operators of all fields of a schema.
#[derive(Clone, Debug)]
pub struct OpTable {
    fields: Vec<FieldOp>,
    hash: u64,
}

impl OpTable {
    /// The table of a schema.
    pub fn new(schema: &Schema) -> Self {
        let mut bytes = Vec::new();
        let mut fields = Vec::with_capacity(schema.fields.len());
        for field in &schema.fields {
            let op = FieldOp::of(field);
            let stable = schema.table(field.table).map_or(0, |table| field.stable_id(table));
            bytes.extend(stable.to_le_bytes());
            bytes.push(op.form as u8);
            bytes.extend(op.kind.name().as_bytes());
            bytes.push(0);
            put_varint(&mut bytes, u64::from(op.capacity));
            bytes.push(u8::from(op.stamps_aside()));
            fields.push(op);
        }
        Self { fields, hash: xxh3_64(&bytes) }
    }

    /// The operator of a field.
    pub fn field(&self, id: FieldId) -> Option<&FieldOp> {
        self.fields.get(usize::from(id.0))
    }

    /// Stands for the table: the fields' stable ids, operators, kinds and capacities. Fragments merge only if they were
    /// made under the same one. How long elements are kept is not part of it, since only reading asks for that.
    pub fn hash(&self) -> u64 {
        self.hash
    }
}
