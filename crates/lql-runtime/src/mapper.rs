//! Records of one stream to changes: decode, time and id, run the program, gather identities.

use crate::change::{Change, Contribution, Identity, Stamp};
use crate::decode::{Decoder, Layout, Projection, Record, Reject};
use crate::vm::{LoadError, Machine};
use bumpalo::Bump;
use lql_compiler::catalog::Env;
use lql_compiler::program::Program;
use lql_compiler::schema::{FieldId, Schema, TableId};
use lql_compiler::{Time, Value, convert};
use xxhash_rust::xxh3::{Xxh3, xxh3_64_with_seed};

/// How a stream's events say when they happened and which they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StreamSettings {
    /// The event key that holds the event time. An event without a readable time there is rejected.
    pub timestamp: Option<String>,
    /// The event key that holds the message id. Replays of a message change nothing.
    pub id: Option<String>,
}

/// Maps the events of one stream. Borrows the program, the schema and an arena for constants; may be shared by threads.
#[derive(Debug)]
pub struct Mapper<'p> {
    machine: Machine<'p>,
    schema: &'p Schema,
    projection: Projection,
    settings: StreamSettings,
    /// Time of events when the stream names no timestamp field.
    default_time: Time,
    /// Per table that the stream writes: its identity fields by rank.
    tables: Vec<(TableId, Vec<FieldId>)>,
    /// Per column: the position of its table in `tables`.
    table_of: Vec<usize>,
    /// Per column: the rank of its field among the identities of its table, if it is one.
    rank_of: Vec<Option<usize>>,
    /// The last column whose field is an identity.
    last_identity: u16,
    /// The hash of the stream that message ids begin with.
    seed: u64,
    /// Whether stamps get event ids.
    ids: bool,
}

/// What one event does.
#[derive(Clone, Copy, Debug)]
pub struct Mapped<'a> {
    /// The event's place in the order.
    pub stamp: Stamp,
    /// The message id, if the stream names one and the event has it.
    pub message: Option<&'a str>,
    /// One change per table that it has identities for.
    pub changes: &'a [Change<'a>],
}

impl<'p> Mapper<'p> {
    /// A mapper for a program of the package with this schema. `constants` keeps what the program's literals compile to.
    pub fn new(
        program: &'p Program,
        schema: &'p Schema,
        settings: StreamSettings,
        default_time: Time,
        constants: &'p Bump,
    ) -> Result<Self, LoadError> {
        let machine = Machine::load(program, constants)?;
        let extra: Vec<&str> = settings.timestamp.iter().chain(&settings.id).map(String::as_str).collect();
        let projection = Projection::new(program, &extra);
        let mut tables: Vec<(TableId, Vec<FieldId>)> = Vec::new();
        for query in &program.queries {
            let table = schema.table(query.table).ok_or(LoadError::OutOfRange)?;
            if !tables.iter().any(|(id, _)| *id == query.table) {
                tables.push((query.table, table.identities.clone()));
            }
        }
        let (mut table_of, mut rank_of) = (Vec::new(), Vec::new());
        for column in &program.columns {
            let table = schema.field(column.field).ok_or(LoadError::OutOfRange)?.table;
            let at = tables.iter().position(|(id, _)| *id == table).ok_or(LoadError::OutOfRange)?;
            let ranks = tables.get(at).map_or(&[][..], |(_, ranks)| ranks);
            table_of.push(at);
            rank_of.push(ranks.iter().position(|field| *field == column.field));
        }
        let last_identity = rank_of.iter().rposition(Option::is_some).unwrap_or_default() as u16;
        let seed = xxh3_64_with_seed(program.stream.as_bytes(), 1);
        Ok(Self {
            machine,
            schema,
            projection,
            settings,
            default_time,
            tables,
            table_of,
            rank_of,
            last_identity,
            seed,
            ids: true,
        })
    }

    /// For changes that are looked at but never merged: their stamps have the id 0, so that no content is hashed.
    #[must_use]
    pub fn without_ids(self) -> Self {
        Self { ids: false, ..self }
    }

    /// Sets the time of events when the stream names no timestamp field.
    pub fn set_default_time(&mut self, time: Time) {
        self.default_time = time;
    }

    /// The program.
    pub fn program(&self) -> &'p Program {
        self.machine.program()
    }

    /// The schema that fields and tables refer to.
    pub fn schema(&self) -> &'p Schema {
        self.schema
    }

    /// A decoder for records of one input.
    pub fn decoder(&self, layout: &Layout) -> Decoder<'_> {
        Decoder::new(&self.projection, layout)
    }

    /// Maps one record. An error is a reject with place and reason.
    pub fn map<'a>(
        &'a self,
        decoder: &mut Decoder<'_>,
        record: &Record<'a>,
        arena: &'a Bump,
    ) -> Result<Mapped<'a>, Reject> {
        self.map_at(self.default_time, decoder, record, arena)
    }

    /// Maps one record that happened at `default_time` if its stream names no timestamp field.
    pub fn map_at<'a>(
        &'a self,
        default_time: Time,
        decoder: &mut Decoder<'_>,
        record: &Record<'a>,
        arena: &'a Bump,
    ) -> Result<Mapped<'a>, Reject> {
        // Decoded in place: keys and captures are where the program reads them, the rest is taken out again.
        let registers = self.machine.registers_with_room(self.projection.slots(), arena);
        let first = self.program().constants.len();
        let slots = registers.get_mut(first..first + self.projection.slots()).unwrap_or_default();
        decoder.decode(record, arena, slots).map_err(|error| record.reject(&error))?;
        let extra = slots.get_mut(self.projection.extra()..).unwrap_or_default();
        let mut extra = extra.iter_mut().map(std::mem::take);
        let time = match &self.settings.timestamp {
            Some(key) => {
                let value = extra.next().unwrap_or(Value::Missing).first();
                convert::to_time(value, default_time)
                    .ok_or_else(|| record.refuse(&unreadable_time(key, value, arena)))?
            }
            None => default_time,
        };
        let message = self.settings.id.as_ref().and_then(|_| {
            let value = extra.next().unwrap_or(Value::Missing).first();
            convert::to_text(value, arena).filter(|id| !id.is_empty())
        });
        let env = Env { arena, event_time: time, clock: time };
        let emitted = self.machine.map(registers, &env);
        let stamp = Stamp { time, id: if self.ids { self.event_id(message, time, record) } else { 0 } };
        let emitted = emitted.into_bump_slice();
        let change = |table: TableId, contributions: &'a [Contribution<'a>]| {
            let identities = self.identities(contributions, arena);
            (!identities.is_empty()).then(|| Change {
                table,
                stamp,
                replay_key: message.map(|id| replay_key(&self.program().stream, id, time, contributions)),
                identities,
                contributions,
            })
        };
        let changes = match self.tables.as_slice() {
            [(table, _)] => {
                change(*table, emitted).map_or(&[][..], |one| std::slice::from_ref(arena.alloc(one)))
            }
            tables => {
                let of = |at: usize| {
                    let is_of = |c: &&Contribution<'_>| self.table_of.get(usize::from(c.column)) == Some(&at);
                    let contributions = emitted.iter().filter(is_of).copied();
                    bumpalo::collections::Vec::from_iter_in(contributions, arena).into_bump_slice()
                };
                let changes = tables.iter().enumerate().filter_map(|(at, (table, _))| change(*table, of(at)));
                bumpalo::collections::Vec::from_iter_in(changes, arena).into_bump_slice()
            }
        };
        Ok(Mapped { stamp, message, changes })
    }

    /// The identity values among the contributions, best rank first, each once.
    fn identities<'a>(&self, contributions: &[Contribution<'a>], arena: &'a Bump) -> &'a [Identity<'a>] {
        // Contributions come in the order of the columns.
        let mut ranked = contributions
            .iter()
            .take_while(|c| c.column <= self.last_identity)
            .filter_map(|c| Some((self.rank_of.get(usize::from(c.column)).copied()??, c)));
        let (first, second) = (ranked.next(), ranked.next());
        if let (Some((_, Contribution { field, value: Value::Text(value), .. })), None) = (first, second)
            && !value.is_empty()
        {
            return std::slice::from_ref(arena.alloc(Identity { field: *field, value }));
        }
        let ranked = first.into_iter().chain(second).chain(ranked);
        let mut ranked = bumpalo::collections::Vec::from_iter_in(ranked, arena);
        // Those of one rank stay in the order of the program.
        if ranked.len() > 1 {
            ranked.sort_by_key(|(rank, _)| *rank);
        }
        let mut found: bumpalo::collections::Vec<'a, Identity<'a>> =
            bumpalo::collections::Vec::with_capacity_in(ranked.len(), arena);
        for (_, contribution) in ranked {
            let values = match &contribution.value {
                Value::List(items) => items,
                one => std::slice::from_ref(one),
            };
            for value in values {
                if let Value::Text(value) = value
                    && !value.is_empty()
                {
                    let identity = Identity { field: contribution.field, value };
                    if !found.contains(&identity) {
                        found.push(identity);
                    }
                }
            }
        }
        found.into_bump_slice()
    }

    /// The client's message id if there is one, else the content decides; always with the stream.
    fn event_id(&self, message: Option<&str>, time: Time, record: &Record<'_>) -> u64 {
        match message {
            Some(id) => xxh3_64_with_seed(id.as_bytes(), self.seed),
            None => {
                let stream = self.program().stream.as_bytes();
                let content = record.content_hash();
                let seed = xxh3_64_with_seed(stream, time.seconds() as u64 ^ u64::from(time.nanos()));
                xxh3_64_with_seed(&content.to_le_bytes(), seed)
            }
        }
    }
}

/// Names a message together with what it does: a replay has the same key; another message under the same id has not.
fn replay_key(stream: &str, id: &str, time: Time, contributions: &[Contribution<'_>]) -> u128 {
    let mut hash = Xxh3::new();
    hash.update(stream.as_bytes());
    hash.update(&[0xff]);
    hash.update(id.as_bytes());
    hash.update(&time.seconds().to_le_bytes());
    hash.update(&time.nanos().to_le_bytes());
    for contribution in contributions {
        hash.update(&contribution.column.to_le_bytes());
        hash_value(&mut hash, contribution.value);
    }
    hash.digest128()
}

fn hash_value(hash: &mut Xxh3, value: Value<'_>) {
    match value {
        Value::Missing | Value::Null => hash.update(&[0]),
        Value::Bool(flag) => hash.update(&[1, u8::from(flag)]),
        Value::Int(int) => {
            hash.update(&[2]);
            hash.update(&int.to_le_bytes());
        }
        Value::Number(number) => {
            hash.update(&[3]);
            hash.update(&number.to_bits().to_le_bytes());
        }
        Value::Time(time) => {
            hash.update(&[4]);
            hash.update(&time.seconds().to_le_bytes());
            hash.update(&time.nanos().to_le_bytes());
        }
        Value::Text(text) => {
            hash.update(&[5]);
            hash.update(&(text.len() as u64).to_le_bytes());
            hash.update(text.as_bytes());
        }
        Value::List(items) => {
            hash.update(&[6]);
            hash.update(&(items.len() as u64).to_le_bytes());
            items.iter().for_each(|item| hash_value(hash, *item));
        }
        Value::Map(entries) => {
            hash.update(&[7]);
            hash.update(&(entries.len() as u64).to_le_bytes());
            for (key, value) in entries {
                hash_value(hash, Value::Text(key));
                hash_value(hash, *value);
            }
        }
    }
}

fn unreadable_time(key: &str, value: Value<'_>, arena: &Bump) -> String {
    match convert::to_text(value, arena).filter(|text| !text.is_empty()) {
        Some(text) => {
            let shown: String = text.chars().take(40).collect();
            format!("no readable time in `{key}`: {shown:?}")
        }
        None => format!("no time: `{key}` is missing or empty"),
    }
}
