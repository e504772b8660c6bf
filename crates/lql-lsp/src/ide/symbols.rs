//! The names of a project and every place where each stands: what definition, references, renaming, highlighting and
//! colours look at.

use super::{Place, Range, Snapshot, settings, tree};
use hashbrown::{HashMap, HashSet};
use lql_compiler::schema::Field;
use lql_compiler::{CheckedQuery, CheckedSegment, catalog};
use lql_syntax::Span;
use lql_syntax::ast::{Expr, ExprKind, FieldRef, Name, Path};
use std::sync::Arc;

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
    /// What stands there. Shared with the next index.
    symbol: Arc<Symbol>,
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
    /// Those that are written, by file and place; then those that are implied, in the order of the sources.
    occurrences: Vec<Occurrence>,
    /// So many of them are written.
    written: usize,
    of: HashMap<Arc<Symbol>, Vec<u32>>,
    /// How often each function is called.
    calls: HashMap<&'static str, u32>,
    /// Functions and the names they are called with.
    takes: HashMap<&'static str, HashSet<Arc<str>>>,
    /// The queries, for the next index: what stands in one stays while it is the same.
    queries: Vec<(Arc<CheckedQuery>, Arc<Names>)>,
}

/// What stands in a part of a project.
#[derive(Clone, Debug, Default)]
struct Names {
    /// As in an [`Index`].
    found: Vec<Occurrence>,
    calls: Vec<&'static str>,
    takes: Vec<(&'static str, Arc<str>)>,
}

impl Index {
    /// Gathers the occurrences of a project. Of an earlier one, those of queries that have not changed are taken over.
    pub(super) fn of(snapshot: &Snapshot, earlier: Option<&Self>) -> Self {
        let known = |at: usize, query: &Arc<CheckedQuery>| {
            let (known, names) = earlier?.queries.get(at)?;
            Arc::ptr_eq(known, query).then(|| Arc::clone(names))
        };
        let of_query = |(at, query): (usize, &Arc<CheckedQuery>)| {
            let names = known(at, query).unwrap_or_else(|| Arc::new(Names::of_query(query)));
            (Arc::clone(query), names)
        };
        let queries: Vec<_> = snapshot.checked.queries.iter().enumerate().map(of_query).collect();
        let others = Names::of_others(snapshot);
        let mut index = Self::default();
        let mut implied = Vec::new();
        for names in queries.iter().map(|(_, names)| &**names).chain([&others]) {
            let (written, unwritten) = names.found.split_at(names.written());
            index.occurrences.extend_from_slice(written);
            implied.extend_from_slice(unwritten);
            names.calls.iter().for_each(|function| *index.calls.entry(function).or_default() += 1);
            for (function, name) in &names.takes {
                index.takes.entry(function).or_default().insert(Arc::clone(name));
            }
        }
        // Nearly in order already, which sorting makes use of.
        index.occurrences.sort_by_key(Occurrence::order);
        implied.sort_by_key(Occurrence::order);
        index.written = index.occurrences.len();
        index.occurrences.append(&mut implied);
        for (at, occurrence) in (0u32..).zip(&index.occurrences) {
            index.of.entry(Arc::clone(&occurrence.symbol)).or_default().push(at);
        }
        index.queries = queries;
        index
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
        places.iter().filter_map(|at| self.occurrences.get(*at as usize))
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
    pub fn takes(&self, function: &str, name: &str) -> bool {
        self.takes.get(function).is_some_and(|names| names.contains(name))
    }

    /// All symbols.
    pub fn symbols(&self) -> impl Iterator<Item = &Symbol> {
        self.of.keys().map(|symbol| &**symbol)
    }

    /// The fields that a column without `AS` names, by the range of its expression.
    pub fn implied(&self) -> &[Occurrence] {
        self.occurrences.get(self.written..).unwrap_or_default()
    }
}

impl Occurrence {
    /// What stands there.
    pub fn symbol(&self) -> &Symbol {
        &self.symbol
    }

    fn order(&self) -> (bool, Range, Role) {
        (self.spelling == Spelling::Implied, self.range, self.role)
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

impl Names {
    /// What stands in a query.
    fn of_query(query: &CheckedQuery) -> Self {
        let mut names = Self::default();
        let (file, tree) = (query.file, &query.tree);
        let field = |name: &str| Symbol::Field { table: query.table.clone(), name: name.to_owned() };
        names.name(tree.from.as_ref(), file, Role::Uses, tree.span, |it| Symbol::Stream(it.to_owned()));
        names.name(tree.into.as_ref(), file, Role::Uses, tree.span, |it| Symbol::Table(it.to_lowercase()));
        names
            .name(tree.alias.as_ref(), file, Role::Defines, tree.span, |it| Symbol::Query(it.to_lowercase()));
        for by in &tree.by {
            names.add(field(&by.text), file, by.span, Role::Uses, Spelling::Name, tree.span);
        }
        for column in &query.columns {
            let Some(of) = tree.columns.get(column.index) else { continue };
            let spelling = if of.name.is_some() { Spelling::Name } else { Spelling::Implied };
            names.add(field(&column.field), file, column.name_span, Role::Defines, spelling, of.span);
        }
        let parts = tree.columns.iter().flat_map(|it| std::iter::once(&it.expr).chain(&it.guard));
        for expr in parts.chain(&tree.condition) {
            tree::walk(expr, &mut |expr: &Expr| match &expr.kind {
                ExprKind::Field(key) => {
                    let symbol = Symbol::Key { stream: query.stream.clone(), name: key.text.clone() };
                    names.add(symbol, file, expr.span, Role::Uses, Spelling::Name, tree.span);
                }
                ExprKind::Call { name, args } => names.call(&name.text, args),
                _ => {}
            });
        }
        names.found.sort_by_key(Occurrence::order);
        names
    }

    /// So many occurrences are written.
    fn written(&self) -> usize {
        self.found.partition_point(|it| it.spelling != Spelling::Implied)
    }

    /// What stands in filters and settings. What a filter names depends on the fields there are.
    fn of_others(snapshot: &Snapshot) -> Self {
        let mut names = Self::default();
        let schema = &snapshot.checked.schema;
        let table_of = |field: &'_ Field| Some(schema.table(field.table)?.name.as_str());
        let fields: HashSet<(&str, &str)> = match snapshot.checked.segments.as_slice() {
            [] => HashSet::new(),
            _ => schema.fields.iter().filter_map(|it| Some((table_of(it)?, it.name.as_str()))).collect(),
        };
        for segment in &snapshot.checked.segments {
            let text = snapshot.text(segment.file).unwrap_or_default();
            names.segment(segment, text, &fields);
        }
        let file = snapshot.project.sources.len() as u32;
        for name in settings::names(snapshot.text(file).unwrap_or_default()) {
            names.add(name.symbol, file, name.span, Role::Uses, name.spelling, name.span);
        }
        names
    }

    fn add(&mut self, symbol: Symbol, file: u32, span: Span, role: Role, spelling: Spelling, within: Span) {
        let (symbol, range) = (Arc::new(symbol), Range { file, span });
        self.found.push(Occurrence { symbol, range, role, spelling, within });
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

    fn segment(&mut self, segment: &CheckedSegment, text: &str, fields: &HashSet<(&str, &str)>) {
        let (file, tree) = (segment.file, &segment.tree);
        self.name(tree.from.as_ref(), file, Role::Uses, tree.span, |it| Symbol::Table(it.to_lowercase()));
        self.name(tree.alias.as_ref(), file, Role::Defines, tree.span, |it| {
            Symbol::Segment(it.to_lowercase())
        });
        let parts = tree.columns.iter().flat_map(|it| std::iter::once(&it.expr).chain(&it.guard));
        for expr in parts.chain(&tree.condition) {
            tree::walk(expr, &mut |expr: &Expr| match &expr.kind {
                ExprKind::Field(name) => self.field(segment, name, expr.span, text, fields),
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
        self.calls.push(function.name);
        for arg in args {
            if let ExprKind::Field(field) = &arg.kind {
                self.takes.push((function.name, field.text.as_str().into()));
            }
        }
    }

    /// A field of a profile is looked up by its whole name first, then as a map and an entry.
    fn field(
        &mut self,
        segment: &CheckedSegment,
        name: &FieldRef,
        span: Span,
        text: &str,
        fields: &HashSet<(&str, &str)>,
    ) {
        let (file, table) = (segment.file, segment.table.as_str());
        let (name, span, spelling) = match name.path {
            Path::Entry { at } if !fields.contains(&(table, name.text.as_str())) => {
                let map = name.text.get(..at as usize).unwrap_or(&name.text);
                let end = span.start + map_length(span.of(text)) as u32;
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
            let _ = writeln!(told, "{name} `{text}` {:?} {:?} {:?}", it.symbol(), it.role, it.spelling);
        }
        insta::assert_snapshot!(told);
    }
}
