//! What there is to say about a thing, as Markdown: what hovers show, and completions when one is looked at.

use super::keywords::{self, KeywordEntry};
use super::symbols::{Role, Symbol};
use super::{Snapshot, tree};
use lql_authoring::shown::clip;
use lql_compiler::catalog::{self, Function, signature};
use lql_compiler::operators::{self, OperatorEntry};
use lql_compiler::schema::Field;
use lql_compiler::{CheckedQuery, Kind, KindEntry, MergeOp, MergeOpEntry, book};
use lql_syntax::ast::{Column, Dialect};
use std::fmt::Write as _;

/// Something that can be told about.
#[derive(Clone)]
pub enum Topic {
    /// A function.
    Function(&'static Function),
    /// An operator.
    Operator(&'static OperatorEntry),
    /// A kind.
    Kind(&'static KindEntry),
    /// A merge operator.
    MergeOp(&'static MergeOpEntry),
    /// A keyword.
    Keyword(&'static KeywordEntry),
    /// A name of the project.
    Symbol(Symbol),
}

/// More places than these are only counted.
const PLACES: usize = 8;
/// Expressions are shown up to so many characters.
const EXPRESSION: usize = 60;

impl Topic {
    /// A text from which [`Topic::from_id`] makes the topic again, for as long as the catalog and the names are the same.
    pub fn id(&self) -> String {
        match self {
            Self::Function(function) => format!("function {}", function.name),
            Self::Operator(operator) => format!("operator {}", operator.name),
            Self::Kind(kind) => format!("kind {}", kind.name),
            Self::MergeOp(op) => format!("mergeop {}", op.name),
            Self::Keyword(keyword) => format!("keyword {}", keyword.name),
            Self::Symbol(Symbol::Field { table, name }) => format!("field {table} {name}"),
            Self::Symbol(Symbol::Key { stream, name }) => format!("key {stream} {name}"),
            Self::Symbol(Symbol::Stream(name)) => format!("stream {name}"),
            Self::Symbol(Symbol::Table(name)) => format!("table {name}"),
            Self::Symbol(Symbol::Query(name)) => format!("query {name}"),
            Self::Symbol(Symbol::Segment(name)) => format!("segment {name}"),
        }
    }

    /// The topic of an id.
    pub fn from_id(id: &str) -> Option<Self> {
        let (what, name) = id.split_once(' ')?;
        let owned = || name.to_owned();
        let pair = || name.split_once(' ').map(|(of, name)| (of.to_owned(), name.to_owned()));
        Some(match what {
            "function" => Self::Function(catalog::find(name)?),
            "operator" => Self::Operator(operators::find(name)?),
            "kind" => Self::Kind(Kind::parse(name)?.entry()?),
            "mergeop" => Self::MergeOp(MergeOp::parse(name)?.entry()?),
            "keyword" => Self::Keyword(keywords::find(name)?),
            "field" => pair().map(|(table, name)| Self::Symbol(Symbol::Field { table, name }))?,
            "key" => pair().map(|(stream, name)| Self::Symbol(Symbol::Key { stream, name }))?,
            "stream" => Self::Symbol(Symbol::Stream(owned())),
            "table" => Self::Symbol(Symbol::Table(owned())),
            "query" => Self::Symbol(Symbol::Query(owned())),
            "segment" => Self::Symbol(Symbol::Segment(owned())),
            _ => return None,
        })
    }

    /// What there is to say about it, as Markdown.
    pub fn about(&self, snapshot: &Snapshot) -> String {
        match self {
            Self::Function(function) => {
                format!("{}\n{}", code(&signature(function)), book::about_function(function))
            }
            Self::Operator(operator) => {
                format!("{}\n{}", code(operator.form), book::about_operator(operator))
            }
            Self::Kind(kind) => about_kind(kind),
            Self::MergeOp(op) => about_mergeop(op),
            Self::Keyword(keyword) => format!("{}\n{}\n", code(keyword.form), keyword.about),
            Self::Symbol(symbol) => about_symbol(snapshot, symbol),
        }
    }
}

fn code(text: &str) -> String {
    format!("```lql\n{text}\n```\n")
}

fn names<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    names.into_iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn about_kind(kind: &KindEntry) -> String {
    let mut text = format!("**kind** `{}`\n\n{}\n\n", kind.name, kind.summary);
    let _ = writeln!(text, "* in filters: {}", kind.filters);
    let fitting: Vec<&str> = MergeOp::fitting(kind.kind).map(MergeOp::name).collect();
    if !fitting.is_empty() {
        let default = MergeOp::default_for(kind.kind);
        let _ = writeln!(text, "* merges by {}; `{default}` if `MERGEOP` is left out", names(fitting));
    }
    if !kind.aliases.is_empty() {
        let _ = writeln!(text, "* also written {}", names(kind.aliases.iter().copied()));
    }
    text
}

fn about_mergeop(op: &MergeOpEntry) -> String {
    let kinds = names(op.fits.iter().map(|kind| kind.name()));
    format!("**merge operator** `{}`\n\n{}\n\nFits {kinds}.\n", op.name, op.summary)
}

fn about_symbol(snapshot: &Snapshot, symbol: &Symbol) -> String {
    match symbol {
        Symbol::Field { table, name } => about_field(snapshot, symbol, table, name),
        Symbol::Key { stream, name } => about_key(snapshot, symbol, stream, name),
        Symbol::Stream(name) => about_stream(snapshot, name),
        Symbol::Table(name) => about_table(snapshot, name),
        Symbol::Query(name) => about_query(snapshot, name),
        Symbol::Segment(name) => about_segment(snapshot, symbol, name),
    }
}

/// The schema's entry of a field.
pub fn field<'s>(snapshot: &'s Snapshot, table: &str, name: &str) -> Option<&'s Field> {
    let schema = &snapshot.checked.schema;
    schema.field(schema.find_field(schema.find_table(table)?, name)?)
}

/// Kind, merge operator and identity of a field, on one line.
pub fn field_facts(field: &Field) -> String {
    let mut facts = format!("`{}`", field.kind);
    if field.identity {
        facts += if field.kind.is_set() { " · identity, several values" } else { " · identity, one value" };
    } else {
        let _ = write!(facts, " · merges by `{}`", field.mergeop);
    }
    if let Some(capacity) = field.capacity {
        let _ = write!(facts, " · the newest {capacity} stay");
    }
    if let Some(days) = field.keep_days {
        let _ = write!(facts, " · kept {days} days");
    }
    facts
}

fn about_field(snapshot: &Snapshot, symbol: &Symbol, table: &str, name: &str) -> String {
    let mut text = format!("**field** `{name}` of table `{table}`");
    let Some(field) = field(snapshot, table, name) else {
        text.push_str("\n\nNo query writes it.\n");
        return text;
    };
    let _ = write!(text, " · {}\n\n", field_facts(field));
    for description in [&field.shortdesc, &field.longdesc].into_iter().flatten() {
        let _ = write!(text, "{description}\n\n");
    }
    let mut writes = Vec::new();
    let mut filters = 0;
    for it in snapshot.index().of_symbol(symbol) {
        match it.role {
            Role::Defines => {
                if let Some((query, column)) = column_at(snapshot, it.range.file, it.within.start) {
                    let place = place(snapshot, it.range.file, it.range.span.start);
                    writes.push(format!(
                        "* {place} of `{}`: {}",
                        query.alias,
                        written(snapshot, query, column)
                    ));
                }
            }
            Role::Uses => filters += usize::from(is_filter(snapshot, it.range.file)),
        }
    }
    list(&mut text, "Written by", &writes);
    if filters > 0 {
        let _ = writeln!(text, "\nRead in {filters} {} of filters.", plural(filters, "place", "places"));
    }
    text
}

fn about_key(snapshot: &Snapshot, symbol: &Symbol, stream: &str, name: &str) -> String {
    let mut text = format!("**event key** `{name}` of stream `{stream}`\n\n");
    if let Some(key) = snapshot.samples.key(stream, name) {
        let events = snapshot.samples.streams().get(stream).map_or(0, |stream| stream.events.len());
        let values = names(key.values.iter().take(PLACES).map(String::as_str));
        let _ = write!(text, "In {} of {events} sample events: {values}\n\n", key.events);
    } else if snapshot.samples.names().any(|it| it == stream) {
        text.push_str("In no sample event.\n\n");
    }
    let mut reads: Vec<String> = Vec::new();
    for it in snapshot.index().of_symbol(symbol) {
        let place = place(snapshot, it.range.file, it.range.span.start);
        let read = match column_at(snapshot, it.range.file, it.range.span.start) {
            Some((query, column)) => {
                let field = query.columns.iter().find(|it| is_of(query, it.index, column));
                let field = field.map_or("", |it| it.field.as_str());
                format!("* {place} for `{field}`: {}", written(snapshot, query, column))
            }
            None => format!("* {place} in WHERE"),
        };
        // A column that reads it twice is said once.
        if reads.last() != Some(&read) {
            reads.push(read);
        }
    }
    list(&mut text, "Read by", &reads);
    text
}

fn about_stream(snapshot: &Snapshot, name: &str) -> String {
    let mut text = format!("**stream** `{name}`\n\n");
    let queries: Vec<String> = snapshot
        .checked
        .queries
        .iter()
        .filter(|query| query.stream == name)
        .map(|query| format!("* `{}` into `{}`: {}", query.alias, query.table, columns(query)))
        .collect();
    list(&mut text, "Read by", &queries);
    let files: Vec<String> = snapshot
        .samples
        .files_of(name)
        .map(|file| format!("* `{}`", file.strip_prefix(&snapshot.root).unwrap_or(file).display()))
        .collect();
    list(&mut text, "Recorded in", &files);
    if let Some(settings) = snapshot.project.file.settings.streams.get(name) {
        if let Some(timestamp) = &settings.timestamp {
            let _ = writeln!(text, "\nEvents happen at `{timestamp}`.");
        }
        if let Some(id) = &settings.id {
            let _ = writeln!(text, "\nEvents are told apart by `{id}`.");
        }
    }
    text
}

fn about_table(snapshot: &Snapshot, name: &str) -> String {
    let mut text = format!("**table** `{name}`\n\n");
    let schema = &snapshot.checked.schema;
    let Some(id) = schema.find_table(name) else { return text };
    let identities = schema.table(id).map_or(&[][..], |table| &table.identities);
    let identities = identities.iter().filter_map(|field| schema.field(*field));
    let _ = writeln!(text, "* identities: {}", names(identities.map(|field| field.name.as_str())));
    let _ = writeln!(text, "* {} fields", schema.fields_of(id).count());
    let queries = snapshot.checked.queries.iter().filter(|query| query.table == name);
    let _ = writeln!(text, "* written by {}", names(queries.map(|query| query.alias.as_str())));
    text
}

fn about_query(snapshot: &Snapshot, name: &str) -> String {
    let mut text = format!("**query** `{name}`\n\n");
    for (at, query) in snapshot.checked.queries.iter().enumerate().filter(|(_, it)| it.alias == name) {
        if let Some(description) = &query.tree.description {
            let _ = write!(text, "{description}\n\n");
        }
        let _ = writeln!(text, "* from stream `{}` into table `{}`", query.stream, query.table);
        let _ = writeln!(text, "* {}", columns(query));
        if let Some(trial) = snapshot.trials_if_ready().and_then(|trials| trials.query(at)) {
            let _ = writeln!(text, "* {} of {} sample events match", trial.matches, trial.events);
        }
    }
    text
}

fn about_segment(snapshot: &Snapshot, symbol: &Symbol, name: &str) -> String {
    let mut text = format!("**segment** `{name}`");
    let Some(segment) = snapshot.checked.segments.iter().find(|it| it.slug == name) else {
        text.push_str("\n\nNo filter has this alias.\n");
        return text;
    };
    let _ = write!(text, " of table `{}`\n\n", segment.table);
    if let Some(description) = &segment.tree.description {
        let _ = write!(text, "{description}\n\n");
    }
    if let Some(source) = snapshot.text(segment.file) {
        text.push_str(&code(segment.tree.span.of(source)));
    }
    let uses = snapshot.index().of_symbol(symbol).filter(|it| it.role == Role::Uses);
    let uses: Vec<String> =
        uses.map(|it| format!("* {}", place(snapshot, it.range.file, it.range.span.start))).collect();
    list(&mut text, "Included in", &uses);
    text
}

/// The query and the column at a place.
pub fn column_at(snapshot: &Snapshot, file: u32, offset: u32) -> Option<(&CheckedQuery, &Column)> {
    let of_file = snapshot.checked.queries.iter().filter(|query| query.file == file);
    let query = of_file.into_iter().find(|query| query.tree.span.touches(offset))?;
    let column = query.tree.columns.iter().find(|column| column.span.touches(offset))?;
    Some((query, column))
}

fn is_of(query: &CheckedQuery, index: usize, column: &Column) -> bool {
    query.tree.columns.get(index).is_some_and(|it| it.span == column.span)
}

/// Whether a file holds filters.
pub fn is_filter(snapshot: &Snapshot, file: u32) -> bool {
    snapshot.parsed(file).is_some_and(|parsed| parsed.dialect == Dialect::FilterQl)
}

/// Expression and guard of a column, on one line.
fn written(snapshot: &Snapshot, query: &CheckedQuery, column: &Column) -> String {
    let source = snapshot.text(query.file).unwrap_or_default();
    let line = |span: lql_syntax::Span| clip(span.of(source), EXPRESSION);
    let guard = column.guard.as_ref().map_or(String::new(), |guard| format!(" IF `{}`", line(guard.span)));
    format!("`{}`{guard}", line(column.expr.span))
}

fn place(snapshot: &Snapshot, file: u32, offset: u32) -> String {
    format!("{}:{}", snapshot.name(file), snapshot.line(file, offset))
}

fn list(text: &mut String, title: &str, items: &[String]) {
    if items.is_empty() {
        return;
    }
    let _ = write!(text, "{title}\n\n");
    for item in items.iter().take(PLACES) {
        let _ = writeln!(text, "{item}");
    }
    if let Some(more) = items.len().checked_sub(PLACES).filter(|more| *more > 0) {
        let _ = writeln!(text, "* and {more} more");
    }
    text.push('\n');
}

fn columns(query: &CheckedQuery) -> String {
    let count = query.columns.len();
    format!("{count} {}", plural(count, "column", "columns"))
}

fn plural<'w>(count: usize, one: &'w str, many: &'w str) -> &'w str {
    if count == 1 { one } else { many }
}

/// The kind of the smallest expression at an offset that has one, and its place.
pub fn kind_at(snapshot: &Snapshot, file: u32, offset: u32) -> Option<(lql_syntax::Span, Kind)> {
    let statement = tree::statement_at(snapshot.parsed(file)?, offset)?;
    let path = tree::expressions_at(statement, offset);
    path.iter().rev().find_map(|expr| Some((expr.span, snapshot.kind_of(file, expr.span)?)))
}
