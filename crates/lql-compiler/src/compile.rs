//! Checked projects to packages: one program per stream, one per segment.

use crate::check::{Checked, CheckedQuery};
use crate::codegen::{self, LoweredColumn, LoweredQuery, TooLarge};
use crate::graph::{Graph, Node};
use crate::lower::{self, Names};
use crate::program::{Column, Package, Program, Query, Segment};
use crate::schema::TableId;
use crate::{Kind, codes};
use lql_syntax::ast::Expr;
use lql_syntax::{Diagnostic, Span};
use std::collections::{BTreeMap, HashMap};

impl Checked {
    /// The compiled project, or the findings that stop it.
    pub fn package(&self) -> Result<Package, Vec<Diagnostic>> {
        if !self.is_sound() {
            return Err(self.diagnostics.iter().filter(|d| d.is_error()).cloned().collect());
        }
        package(self).map_err(|finding| vec![*finding])
    }

    /// The program of one query alone, by its index in [`Checked::queries`]: what it would cost without the others of its
    /// stream. `None` for a project that is not sound, or a query that outgrows the register file.
    pub fn alone(&self, query: usize) -> Option<Program> {
        let query = self.queries.get(query).filter(|_| self.is_sound())?;
        stream_program(self, &query.stream, &[query]).ok()
    }
}

/// The package of a sound project. The only thing that can still go wrong is a stream that outgrows the register file.
fn package(checked: &Checked) -> Result<Package, Box<Diagnostic>> {
    let mut streams: BTreeMap<&str, Vec<&CheckedQuery>> = BTreeMap::new();
    for query in &checked.queries {
        streams.entry(&query.stream).or_default().push(query);
    }
    let mut package = Package {
        schema: checked.schema.clone(),
        streams: Vec::new(),
        segments: Vec::new(),
        files: checked.names().to_vec(),
        now: checked.now,
    };
    for (stream, queries) in streams {
        let place = queries.first().map_or((0, Span::default()), |q| (q.file, q.tree.span));
        let mut program = stream_program(checked, stream, &queries).map_err(|_| too_large(stream, place))?;
        program.input = checked.streams.get(stream).cloned().unwrap_or_default();
        package.streams.push(program);
    }
    let conditions = crate::check::conditions(&checked.segments);
    for segment in checked.segments.iter().filter(|s| !s.slug.is_empty()) {
        let Some(condition) = &segment.tree.condition else { continue };
        let fields = crate::check::fields_of(&checked.schema, &segment.table);
        let names = Names { kinds: None, fields: Some(&fields), segments: &conditions };
        let mut graph = Graph::new();
        let root = lower::expr(&mut graph, &names, condition);
        let program = codegen::expression(&graph, root)
            .map_err(|TooLarge| too_large(&segment.slug, (segment.file, segment.tree.span)))?;
        package.segments.push(Segment {
            slug: segment.slug.clone(),
            table: checked.schema.find_table(&segment.table),
            program,
        });
    }
    package.segments.sort_by(|a, b| a.slug.cmp(&b.slug));
    Ok(package)
}

fn stream_program(checked: &Checked, stream: &str, queries: &[&CheckedQuery]) -> Result<Program, TooLarge> {
    let mut graph = Graph::new();
    let segments = HashMap::new();
    let names = Names { kinds: None, fields: None, segments: &segments };
    let mut lowered = Vec::new();
    for (index, query) in queries.iter().enumerate() {
        let table = checked.schema.find_table(&query.table).unwrap_or(TableId(0));
        let condition = query.tree.condition.as_ref().map(|tree| lower::expr(&mut graph, &names, tree));
        let mut columns = Vec::new();
        for column in &query.columns {
            let Some(tree) = query.tree.columns.get(column.index) else { continue };
            let Some(field) = checked.schema.find_field(table, &column.field) else { continue };
            let guard = tree.guard.as_ref().map(|tree| lower::expr(&mut graph, &names, tree));
            let value = lower::expr(&mut graph, &names, &tree.expr);
            // A cast of a value that is of the kind already changes nothing, but texts must lose their empty form.
            let value =
                if column.kind == Kind::Dynamic { value } else { graph.add(Node::Cast(column.kind, value)) };
            columns.push(LoweredColumn {
                info: Column {
                    field,
                    query: index as u16,
                    span: (tree.span.start, tree.span.end),
                    line: checked.line(query.file, tree.span.start),
                    text: lql_syntax::print_expr(&tree.expr, lql_syntax::ast::Dialect::Lql),
                },
                guard,
                value,
            });
        }
        let by = query.tree.by.iter().filter_map(|by| checked.schema.find_field(table, &by.text)).collect();
        let info = Query { alias: query.alias.clone(), table, by, file: query.file };
        lowered.push(LoweredQuery { info, condition, columns });
    }
    codegen::stream(stream, &graph, lowered)
}

/// The program of a lone expression, its value cast to a kind.
pub(crate) fn expression(
    tree: &Expr,
    cast: Option<Kind>,
    kinds: &HashMap<String, Kind>,
    segments: &HashMap<String, Expr>,
) -> Result<Program, Box<Diagnostic>> {
    let names = Names { kinds: Some(kinds), fields: None, segments };
    let mut graph = Graph::new();
    let mut root = lower::expr(&mut graph, &names, tree);
    if let Some(kind) = cast {
        root = graph.add(Node::Cast(kind, root));
    }
    codegen::expression(&graph, root).map_err(|TooLarge| too_large("expression", (0, tree.span)))
}

pub(crate) fn too_large(what: &str, (file, span): (u32, Span)) -> Box<Diagnostic> {
    let finding = Diagnostic::error(
        codes::TOO_LARGE,
        format!("`{what}` has too many expressions for one program"),
        span,
    )
    .in_file(file)
    .label("does not fit the register file")
    .note("split the queries over several streams, or remove columns");
    Box::new(finding)
}
