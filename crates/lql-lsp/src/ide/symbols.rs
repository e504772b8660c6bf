//! The names of a project and every place where each stands: what definition, references, renaming, highlighting and
//! colours look at.

use super::{Place, Range, Snapshot, settings, tree};
use lql_compiler::{CheckedQuery, CheckedSegment, catalog};
use lql_syntax::Span;
use lql_syntax::ast::{Expr, ExprKind, FieldRef, Name, Path};
use std::collections::{HashMap, HashSet};

/// Something that has a name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Symbol {
    /// A field of a table.
    Field {
        /// The table, lower case.
        table: String,
        /// The field.
        name: String,
    },
    /// A key of the events of a stream.
    Key {
        /// The stream.
        stream: String,
        /// The flattened key.
        name: String,
    },
    /// A stream.
    Stream(String),
    /// A table, lower case.
    Table(String),
    /// The alias of a query, lower case.
    Query(String),
    /// The alias of a segment, lower case.
    Segment(String),
}

/// What an occurrence does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// It makes the thing: the column that writes a field, the alias of a segment.
    Defines,
    /// It looks at it.
    Uses,
}

/// How an occurrence is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Spelling {
    /// The whole name stands there.
    Name,
    /// The name stands before the dot of `map.entry`; the range ends before the dot.
    Map,
    /// The name is not written: the column has no `AS`, and its expression, which is the range, gives the name.
    Implied,
    /// A key of `lql.toml`.
    SettingKey,
    /// A text of `lql.toml`.
    SettingText,
}

/// A place where a symbol stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// What stands there.
    pub symbol: Symbol,
    /// Where.
    pub range: Range,
    /// What it does there.
    pub role: Role,
    /// How it is written.
    pub spelling: Spelling,
    /// Of a field, the expression of the column or the filter it belongs to; of others, the statement.
    pub within: Span,
}

/// All occurrences of a project.
#[derive(Debug, Default)]
pub struct Index {
    /// By file and place. Those that are implied come after the others, in the order of the sources.
    occurrences: Vec<Occurrence>,
    /// So many of them are written.
    written: usize,
    of: HashMap<Symbol, Vec<usize>>,
    /// How often each function is called.
    calls: HashMap<&'static str, u32>,
    /// Functions and the names they are called with.
    takes: HashSet<(&'static str, String)>,
}

impl Index {
    /// Gathers the occurrences of a project.
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        let mut gather = Gather {
            snapshot,
            found: Vec::new(),
            fields: HashSet::new(),
            calls: HashMap::new(),
            takes: HashSet::new(),
        };
        for query in &snapshot.checked.queries {
            gather.query(query);
        }
        for field in &snapshot.checked.schema.fields {
            if let Some(table) = snapshot.checked.schema.table(field.table) {
                gather.fields.insert((&table.name, &field.name));
            }
        }
        for segment in &snapshot.checked.segments {
            gather.segment(segment);
        }
        let file = snapshot.project.sources.len() as u32;
        for name in settings::names(snapshot.text(file).unwrap_or_default()) {
            let range = Range { file, span: name.span };
            let (role, spelling, within) = (Role::Uses, name.spelling, name.span);
            gather.found.push(Occurrence { symbol: name.symbol, range, role, spelling, within });
        }
        let mut occurrences = std::mem::take(&mut gather.found);
        occurrences.sort_by_key(|it| (it.spelling == Spelling::Implied, it.range, it.role));
        let written = occurrences.partition_point(|it| it.spelling != Spelling::Implied);
        let mut of: HashMap<Symbol, Vec<usize>> = HashMap::new();
        for (at, occurrence) in occurrences.iter().enumerate() {
            of.entry(occurrence.symbol.clone()).or_default().push(at);
        }
        Self { occurrences, written, of, calls: gather.calls, takes: gather.takes }
    }

    /// What stands at a place.
    pub fn at(&self, place: Place) -> Option<&Occurrence> {
        let written = self.occurrences.get(..self.written)?;
        let after =
            written.partition_point(|it| (it.range.file, it.range.span.start) <= (place.file, place.offset));
        let before = written.get(after.saturating_sub(2)..after)?;
        let mut touching = before
            .iter()
            .rev()
            .filter(|it| it.range.file == place.file && it.range.span.touches(place.offset));
        touching.next()
    }

    /// Every place of a symbol: first those that are written, in the order of files.
    pub fn of_symbol<'i>(&'i self, symbol: &Symbol) -> impl Iterator<Item = &'i Occurrence> + use<'i> {
        let places = self.of.get(symbol).map_or(&[][..], Vec::as_slice);
        places.iter().filter_map(|at| self.occurrences.get(*at))
    }

    /// The written occurrences of a file, in order.
    pub fn of_file(&self, file: u32) -> &[Occurrence] {
        let written = self.occurrences.get(..self.written).unwrap_or_default();
        let start = written.partition_point(|it| it.range.file < file);
        let end = written.partition_point(|it| it.range.file <= file);
        written.get(start..end).unwrap_or_default()
    }

    /// How often the project calls a function.
    pub fn calls(&self, function: &str) -> u32 {
        self.calls.get(function).copied().unwrap_or_default()
    }

    /// Whether the project calls a function with a key or field of this name.
    pub fn takes(&self, function: &'static str, name: &str) -> bool {
        self.takes.contains(&(function, name.to_owned()))
    }

    /// All symbols.
    pub fn symbols(&self) -> impl Iterator<Item = &Symbol> {
        self.of.keys()
    }

    /// The fields that a column without `AS` names, by the range of its expression.
    pub fn implied(&self) -> &[Occurrence] {
        self.occurrences.get(self.written..).unwrap_or_default()
    }
}

impl Symbol {
    /// The name.
    pub fn name(&self) -> &str {
        match self {
            Self::Field { name, .. }
            | Self::Key { name, .. }
            | Self::Stream(name)
            | Self::Table(name)
            | Self::Query(name)
            | Self::Segment(name) => name,
        }
    }

    /// What it is, as people say.
    pub fn noun(&self) -> &'static str {
        match self {
            Self::Field { .. } => "field",
            Self::Key { .. } => "event key",
            Self::Stream(_) => "stream",
            Self::Table(_) => "table",
            Self::Query(_) => "query",
            Self::Segment(_) => "segment",
        }
    }
}

struct Gather<'s> {
    snapshot: &'s Snapshot,
    found: Vec<Occurrence>,
    /// Tables and the fields that queries write.
    fields: HashSet<(&'s str, &'s str)>,
    calls: HashMap<&'static str, u32>,
    takes: HashSet<(&'static str, String)>,
}

impl<'s> Gather<'s> {
    fn add(&mut self, symbol: Symbol, file: u32, span: Span, role: Role, spelling: Spelling, within: Span) {
        self.found.push(Occurrence { symbol, range: Range { file, span }, role, spelling, within });
    }

    fn name(
        &mut self,
        name: Option<&Name>,
        file: u32,
        role: Role,
        within: Span,
        symbol: impl Fn(&str) -> Symbol,
    ) {
        if let Some(name) = name {
            self.add(symbol(&name.text), file, name.span, role, Spelling::Name, within);
        }
    }

    fn query(&mut self, query: &'s CheckedQuery) {
        let (file, tree) = (query.file, &query.tree);
        let field = |name: &str| Symbol::Field { table: query.table.clone(), name: name.to_owned() };
        self.name(tree.from.as_ref(), file, Role::Uses, tree.span, |it| Symbol::Stream(it.to_owned()));
        self.name(tree.into.as_ref(), file, Role::Uses, tree.span, |it| Symbol::Table(it.to_lowercase()));
        self.name(tree.alias.as_ref(), file, Role::Defines, tree.span, |it| Symbol::Query(it.to_lowercase()));
        for by in &tree.by {
            self.add(field(&by.text), file, by.span, Role::Uses, Spelling::Name, tree.span);
        }
        for column in &query.columns {
            let Some(of) = tree.columns.get(column.index) else { continue };
            let spelling = if of.name.is_some() { Spelling::Name } else { Spelling::Implied };
            self.add(field(&column.field), file, column.name_span, Role::Defines, spelling, of.span);
        }
        let parts = tree.columns.iter().flat_map(|it| std::iter::once(&it.expr).chain(&it.guard));
        for expr in parts.chain(&tree.condition) {
            tree::walk(expr, &mut |expr: &Expr| match &expr.kind {
                ExprKind::Field(key) => {
                    let symbol = Symbol::Key { stream: query.stream.clone(), name: key.text.clone() };
                    self.add(symbol, file, expr.span, Role::Uses, Spelling::Name, tree.span);
                }
                ExprKind::Call { name, args } => self.call(&name.text, args),
                _ => {}
            });
        }
    }

    fn segment(&mut self, segment: &'s CheckedSegment) {
        let (file, tree) = (segment.file, &segment.tree);
        self.name(tree.from.as_ref(), file, Role::Uses, tree.span, |it| Symbol::Table(it.to_lowercase()));
        self.name(tree.alias.as_ref(), file, Role::Defines, tree.span, |it| {
            Symbol::Segment(it.to_lowercase())
        });
        let parts = tree.columns.iter().flat_map(|it| std::iter::once(&it.expr).chain(&it.guard));
        for expr in parts.chain(&tree.condition) {
            tree::walk(expr, &mut |expr: &Expr| match &expr.kind {
                ExprKind::Field(name) => self.field(segment, name, expr.span),
                ExprKind::Include(name) => {
                    self.name(Some(name), file, Role::Uses, tree.span, |it| {
                        Symbol::Segment(it.to_lowercase())
                    });
                }
                ExprKind::Call { name, args } => self.call(&name.text, args),
                _ => {}
            });
        }
    }

    fn call(&mut self, name: &str, args: &[Expr]) {
        let Some(function) = catalog::find(name) else { return };
        *self.calls.entry(function.name).or_default() += 1;
        for arg in args {
            if let ExprKind::Field(field) = &arg.kind {
                self.takes.insert((function.name, field.text.clone()));
            }
        }
    }

    /// A field of a profile is looked up by its whole name first, then as a map and an entry.
    fn field(&mut self, segment: &CheckedSegment, name: &FieldRef, span: Span) {
        let (file, table) = (segment.file, segment.table.as_str());
        let written = self.snapshot.text(file).map_or("", |text| span.of(text));
        let (name, span, spelling) = match name.path {
            Path::Entry { at } if !self.fields.contains(&(table, name.text.as_str())) => {
                let map = name.text.get(..at as usize).unwrap_or(&name.text);
                let end = span.start + map_length(written) as u32;
                (map, Span::new(span.start, end), Spelling::Map)
            }
            _ => (name.text.as_str(), span, Spelling::Name),
        };
        let symbol = Symbol::Field { table: table.to_owned(), name: name.to_owned() };
        self.add(symbol, file, span, Role::Uses, spelling, segment.tree.span);
    }
}

/// Bytes before the first dot that stands in no quotes.
pub(super) fn map_length(written: &str) -> usize {
    let mut inside = false;
    let dot = written.char_indices().find(|(_, c)| {
        inside ^= *c == '`';
        *c == '.' && !inside
    });
    dot.map_or(written.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::super::testing::Fixture;
    use super::*;
    use std::fmt::Write as _;

    #[test]
    fn names_of_maps_end_before_the_dot() {
        assert_eq!(map_length("cart.total"), 4);
        assert_eq!(map_length("`my.cart`.`grand total`"), 9);
        assert_eq!(map_length("cart"), 4);
    }

    #[test]
    fn every_name_of_a_small_project() {
        let fixture = Fixture::new(
            "==> web.lql
SELECT email(m) AS email, valuect(sort), x AS seen IF y > 1 FROM web INTO User BY email WHERE z = 1 ALIAS Web
==> segments/all.fql
FILTER AND ( cts_sort.`a b` > 2, INCLUDE Some, EXISTS email ) ALIAS everyone
==> segments/some.fql
FILTER seen = 1 FROM user ALIAS some
==> lql.toml
[streams.web]
id = \"i\"
",
        );
        let index = fixture.snapshot.index();
        let files = 0..4;
        let mut told = String::new();
        for it in files.flat_map(|file| index.of_file(file)).chain(index.implied()) {
            let text = it.range.span.of(fixture.snapshot.text(it.range.file).unwrap());
            let name = fixture.snapshot.name(it.range.file);
            let _ = writeln!(told, "{name} `{text}` {:?} {:?} {:?}", it.symbol, it.role, it.spelling);
        }
        insta::assert_snapshot!(told);
    }
}
