//! All queries together: one kind and one merge operator per field, one statement per alias, the schema.

use super::query::{CheckedQuery, Origin};
use super::settings::{Settings, TableSettings};
use super::{Checked, CheckedFile};
use crate::schema::{Block, Field, FieldId, Schema, Table, TableId};
use crate::suggest::{nearest, question};
use crate::{Kind, MergeOp, codes};
use lql_syntax::{Diagnostic, Span};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Limits of the identity graph where nothing else is set (reference 10.1).
const DEFAULT_LIMIT: u32 = 50;

/// The columns of a field: query and column index.
type Writers = Vec<(usize, usize)>;

/// What all columns of a field have in common.
pub(super) type Unified = (Kind, MergeOp);

/// Unifies fields over all queries: the schema, and by query and column the final kind and merge operator.
pub(super) fn schema(
    queries: &[&CheckedQuery],
    settings: &Settings,
    findings: &mut Vec<Diagnostic>,
) -> (Schema, Vec<Vec<Unified>>) {
    aliases(queries, findings);
    let mut writers: BTreeMap<&str, BTreeMap<&str, Writers>> = BTreeMap::new();
    for (q, query) in queries.iter().enumerate().filter(|(_, query)| !query.columns.is_empty()) {
        let of_table = writers.entry(&query.table).or_default();
        for (c, column) in query.columns.iter().enumerate() {
            of_table.entry(&column.field).or_default().push((q, c));
        }
    }
    let mut unified: Vec<Vec<Unified>> =
        queries.iter().map(|query| vec![(Kind::Text, MergeOp::Latest); query.columns.len()]).collect();
    let mut schema = Schema::default();
    for (at, (table, fields)) in writers.iter().enumerate() {
        let set = settings.tables.get(*table);
        schema.tables.push(Table {
            name: (*table).to_owned(),
            identities: Vec::new(),
            neighbour_limit: set.and_then(|s| s.neighbour_limit).unwrap_or(DEFAULT_LIMIT),
            identity_limit: set.and_then(|s| s.identity_limit).unwrap_or(DEFAULT_LIMIT),
            blocked: Vec::new(),
        });
        for (name, writers) in fields {
            let set = set.and_then(|table| table.fields.get(*name)).copied().unwrap_or_default();
            let mut field = field(queries, writers, findings);
            field.table = TableId(at as u16);
            (*name).clone_into(&mut field.name);
            field.capacity = set.capacity.filter(|n| *n > 0).or(field.capacity);
            field.keep_days = set.keep_days.filter(|n| *n > 0).or(field.keep_days);
            for (q, c) in writers {
                if let Some(column) = unified.get_mut(*q).and_then(|columns| columns.get_mut(*c)) {
                    *column = (field.kind, field.mergeop);
                }
            }
            schema.fields.push(field);
        }
    }
    let names: Vec<&str> = writers.into_keys().collect();
    for (at, name) in names.iter().enumerate() {
        ranks(&mut schema, TableId(at as u16), queries, settings.tables.get(*name), findings);
    }
    unknown_tables(&names, settings, findings);
    (schema, unified)
}

/// The queries with the final kinds and merge operators of their columns. Those that come out as they did in an earlier
/// check are the same, so that others can tell.
pub(super) fn queries(
    files: &[Arc<CheckedFile>],
    unified: Vec<Vec<Unified>>,
    earlier: Option<&Checked>,
) -> Vec<Arc<CheckedQuery>> {
    let mut unified = unified.into_iter();
    let mut queries = Vec::with_capacity(unified.len());
    for (number, file) in (0u32..).zip(files) {
        let earlier = earlier.filter(|earlier| {
            earlier.files.get(number as usize).is_some_and(|known| Arc::ptr_eq(known, file))
        });
        let mut known = earlier.map_or(&[][..], |earlier| earlier.queries_of(number)).iter();
        for alone in &file.queries {
            let columns = unified.next().unwrap_or_default();
            let known = known.next().filter(|known| known.has(&columns));
            queries.push(known.map_or_else(|| Arc::new(alone.with(&columns)), Arc::clone));
        }
    }
    queries
}

impl CheckedQuery {
    fn has(&self, columns: &[Unified]) -> bool {
        let mut pairs = self.columns.iter().zip(columns);
        pairs.all(|(column, (kind, op))| column.kind == *kind && column.mergeop == Some(*op))
    }

    fn with(&self, columns: &[Unified]) -> Self {
        let mut query = self.clone();
        for (column, (kind, op)) in query.columns.iter_mut().zip(columns) {
            column.kind = *kind;
            column.mergeop = Some(*op);
        }
        query
    }
}

/// One statement per alias.
fn aliases(queries: &[&CheckedQuery], findings: &mut Vec<Diagnostic>) {
    let mut first: BTreeMap<&str, &CheckedQuery> = BTreeMap::new();
    for query in queries {
        let Some(alias) = &query.tree.alias else { continue };
        match first.get(query.alias.as_str()) {
            None => {
                first.insert(&query.alias, query);
            }
            Some(earlier) => {
                let place = earlier.tree.alias.as_ref().map_or(Span::default(), |a| a.span);
                findings.push(
                    Diagnostic::error(
                        codes::DUPLICATE_ALIAS,
                        format!("alias `{}` is used by two queries", query.alias),
                        alias.span,
                    )
                    .in_file(query.file)
                    .label("used again here")
                    .also(earlier.file, place, "first used here")
                    .note("letter case does not count; give each query an alias of its own"),
                );
            }
        }
    }
}

/// The field that these columns write, and their final kind.
fn field(queries: &[&CheckedQuery], writers: &Writers, findings: &mut Vec<Diagnostic>) -> Field {
    let mut field = Field {
        table: TableId(0),
        name: String::new(),
        kind: Kind::Text,
        mergeop: MergeOp::Latest,
        capacity: None,
        keep_days: None,
        identity: false,
        shortdesc: None,
        longdesc: None,
    };
    // The kind: the first declared one, else the first inferred one, else text.
    let column =
        |(q, c): &(usize, usize)| queries.get(*q).and_then(|query| Some((query, query.columns.get(*c)?)));
    let decided = |origin: fn(&Origin) -> bool| {
        writers.iter().filter_map(column).find(|(_, column)| origin(&column.kind_origin))
    };
    let leader =
        decided(|o| matches!(o, Origin::Declared(_))).or_else(|| decided(|o| *o == Origin::Inferred));
    field.kind = leader.map_or(Kind::Text, |(_, column)| column.kind);
    field.identity = writers.iter().filter_map(column).any(|(_, column)| column.identity);
    let known = findings.len();
    if let Some((leading_query, leading)) = leader {
        for (query, other) in writers.iter().filter_map(column) {
            // A plain key is text, unless another column says in so many words what the field holds.
            let adopts =
                other.kind_origin == Origin::Open && matches!(leading.kind_origin, Origin::Declared(_));
            if other.kind == field.kind || adopts {
                continue;
            }
            let span = match other.kind_origin {
                Origin::Declared(span) => span,
                _ => other.name_span,
            };
            let leading_span = match leading.kind_origin {
                Origin::Declared(span) => span,
                _ => leading.name_span,
            };
            findings.push(
                Diagnostic::error(
                    codes::TWO_KINDS,
                    format!(
                        "field `{}` is `{}` here and `{}` elsewhere",
                        other.field, other.kind, field.kind
                    ),
                    span,
                )
                .in_file(query.file)
                .label(format!("`{}`", other.kind))
                .also(leading_query.file, leading_span, format!("`{}`", field.kind))
                .note(
                    "all columns of a field hold the same kind; change one KIND, or write to another field",
                ),
            );
        }
    }
    let leader = writers.iter().filter_map(column).find(|(_, column)| column.mergeop.is_some());
    field.mergeop = MergeOp::default_for(field.kind);
    if let Some((leading_query, leading)) = leader {
        let op = leading.mergeop.unwrap_or(field.mergeop);
        for (query, other) in writers.iter().filter_map(column) {
            // Two kinds were reported already; that they merge in two ways only follows.
            if let Some(other_op) = other.mergeop.filter(|o| *o != op && findings.len() == known) {
                findings.push(
                    Diagnostic::error(
                        codes::TWO_MERGEOPS,
                        format!(
                            "field `{}` merges by `{other_op}` here and by `{op}` elsewhere",
                            other.field
                        ),
                        other.mergeop_span,
                    )
                    .in_file(query.file)
                    .label(format!("`{other_op}`"))
                    .also(leading_query.file, leading.mergeop_span, format!("`{op}`"))
                    .note("all columns of a field merge the same way; change one, or write to another field"),
                );
            }
        }
        if !field.identity && (op.fits(field.kind) || (op == MergeOp::Sum && field.kind == Kind::TimeBuckets))
        {
            field.mergeop = op;
        }
    }
    for (query, column) in writers.iter().filter_map(column) {
        field.capacity = column.capacity.or(field.capacity);
        field.keep_days = column.keep_days.or(field.keep_days);
        if let Some(tree) = query.tree.columns.get(column.index) {
            field.shortdesc = tree.shortdesc.as_ref().map(|t| t.text.clone()).or(field.shortdesc);
            field.longdesc = tree.longdesc.as_ref().map(|t| t.text.clone()).or(field.longdesc);
        }
    }
    field
}

/// The identity fields of a table, best first, and its blocked values.
fn ranks(
    schema: &mut Schema,
    table: TableId,
    queries: &[&CheckedQuery],
    settings: Option<&TableSettings>,
    findings: &mut Vec<Diagnostic>,
) {
    let Some(name) = schema.table(table).map(|t| t.name.clone()) else { return };
    let mut order: Vec<FieldId> = Vec::new();
    let mut identities: Vec<&str> = Vec::new();
    for by in queries.iter().filter(|q| q.table == name).flat_map(|q| &q.tree.by) {
        if !identities.contains(&by.text.as_str()) {
            identities.push(&by.text);
        }
    }
    let ranked = settings.iter().flat_map(|s| s.rank.iter().map(|field| (field.as_str(), true)));
    for (field, from_settings) in ranked.chain(identities.iter().map(|field| (*field, false))) {
        if from_settings && !identities.contains(&field) {
            findings.push(unknown_setting(&name, "rank", field, &identities));
            continue;
        }
        if let Some(id) = schema.find_field(table, field)
            && !order.contains(&id)
        {
            order.push(id);
        }
    }
    let mut blocked = Vec::new();
    for block in settings.iter().flat_map(|s| &s.blocked) {
        let field = block.field.as_ref().and_then(|f| schema.find_field(table, f));
        if let (Some(written), None) = (&block.field, field) {
            findings.push(unknown_setting(&name, "blocked", written, &identities));
            continue;
        }
        blocked.push(Block { field, pattern: block.pattern.clone() });
    }
    for field in settings.iter().flat_map(|s| s.fields.keys()) {
        if schema.find_field(table, field).is_none() {
            let fields: Vec<&str> = schema.fields_of(table).map(|(_, f)| f.name.as_str()).collect();
            findings.push(unknown_setting(&name, "fields", field, &fields));
        }
    }
    if let Some(table) = schema.tables.get_mut(usize::from(table.0)) {
        table.identities = order;
        table.blocked = blocked;
    }
}

/// Settings of tables that nothing writes.
fn unknown_tables(names: &[&str], settings: &Settings, findings: &mut Vec<Diagnostic>) {
    for table in settings.tables.keys().filter(|table| !names.contains(&table.as_str())) {
        let mut finding = Diagnostic::warning(
            codes::SETTING_UNKNOWN,
            format!("lql.toml: no query writes table `{table}`"),
            Span::default(),
        );
        if let Some(question) = question(&nearest(table, names.iter().copied())) {
            finding = finding.note(question);
        }
        findings.push(finding.note(format!("the tables are {}", names.join(", "))));
    }
}

fn unknown_setting(table: &str, setting: &str, field: &str, known: &[&str]) -> Diagnostic {
    let what = if setting == "fields" { "field" } else { "identity field" };
    let mut finding = Diagnostic::warning(
        codes::SETTING_UNKNOWN,
        format!("lql.toml: `{setting}` of table `{table}` names `{field}`, which is no {what}"),
        Span::default(),
    );
    if let Some(question) = question(&nearest(field, known.iter().copied())) {
        finding = finding.note(question);
    }
    finding
}
