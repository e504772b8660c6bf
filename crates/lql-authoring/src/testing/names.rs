//! Names that a test takes from its project: streams, tables, fields, identities, segments, filters.

use super::format::{Case, Expect, Identities, Mode, Placed, ProfileCase, TestFile};
use super::read_expect::meant;
use lql_compiler::program::Package;
use lql_compiler::schema::{Field, FieldId, Schema, TableId};
use lql_compiler::suggest::nearest;
use lql_compiler::{Checked, Kind, codes};
use lql_syntax::ast::{Expr, ExprKind, Literal};
use lql_syntax::{Diagnostic, Span};

/// Fields that every profile has.
pub(super) const SYSTEM: &[&str] = &["_id", "_created", "_modified"];

/// The table that a test means when it does not say: `user`, or the only one.
pub(super) fn default_table(schema: &Schema) -> Option<TableId> {
    schema.find_table("user").or_else(|| (!schema.tables.is_empty()).then_some(TableId(0)))
}

/// The table with these identity fields.
pub(super) fn table_with(schema: &Schema, identities: &Identities) -> Option<TableId> {
    let has_all = |table: &TableId| {
        identities.value.iter().all(|(field, _)| identity(schema, *table, &field.value).is_some())
    };
    let all = (0..schema.tables.len()).map(|at| TableId(at as u16));
    default_table(schema).into_iter().chain(all).find(has_all)
}

/// The identity field of a table with this name.
pub(super) fn identity(schema: &Schema, table: TableId, name: &str) -> Option<FieldId> {
    schema.find_field(table, name).filter(|id| schema.field(*id).is_some_and(|field| field.identity))
}

/// What is wrong with the names of a case.
pub(super) fn check(
    case: &Case,
    file: &TestFile,
    number: u32,
    checked: &Checked,
    package: &Package,
) -> Vec<Diagnostic> {
    let mut names = Names { number, checked, package, text: &file.text, findings: Vec::new() };
    let has_clock = file.now.or(package.now).is_some();
    case.profiles.iter().for_each(|profile| names.profile(profile, has_clock));
    let groups = case.same.iter().chain(&case.apart).flat_map(|group| &group.value);
    let refused = case.refused.iter().flat_map(|links| &links.value).flat_map(|link| &link.ends);
    for identities in groups.chain(refused) {
        if table_with(&package.schema, identities).is_none() {
            names.identities(identities, default_table(&package.schema));
        }
    }
    names.findings
}

struct Names<'n> {
    number: u32,
    checked: &'n Checked,
    package: &'n Package,
    /// The test file.
    text: &'n str,
    findings: Vec<Diagnostic>,
}

impl Names<'_> {
    fn profile(&mut self, profile: &ProfileCase, has_clock: bool) {
        let schema = &self.package.schema;
        let table = match &profile.table {
            None => default_table(schema),
            Some(name) => {
                let table = schema.find_table(&name.value);
                if table.is_none() {
                    self.unknown("table", name, schema.tables.iter().map(|table| table.name.as_str()));
                }
                table
            }
        };
        let Some(table) = table else { return };
        self.identities(&profile.is, Some(table));
        for field in &profile.fields {
            if SYSTEM.contains(&field.name.value.as_str()) {
                continue;
            }
            match schema.fields_of(table).find(|(_, known)| known.name == field.name.value) {
                Some((_, known)) => self.map_of(known, &field.expect),
                None => {
                    let words = crate::toml_keys::PROFILE.names();
                    let fields = schema.fields_of(table).map(|(_, field)| field.name.as_str());
                    self.unknown("field", &field.name, fields.chain(words));
                }
            }
        }
        let segments = profile.segments.iter().flat_map(|segments| &segments.value);
        for segment in segments.chain(&profile.within).chain(&profile.without) {
            let slug = segment.value.to_lowercase();
            if !self.package.segments.iter().any(|known| known.slug == slug) {
                self.unknown("segment", segment, self.package.segments.iter().map(|it| it.slug.as_str()));
            } else if !has_clock && is_relative(self.condition(&slug), self.checked, 0) {
                self.clock(segment.span, &segment.value);
            }
        }
        let name = schema.table(table).map_or("", |table| table.name.as_str());
        for filter in &profile.filters {
            match self.checked.filter(&filter.value, name) {
                Err(findings) => self.filter(filter, findings),
                Ok(_) if !has_clock => {
                    let (tree, _) =
                        lql_syntax::parse_expression(&filter.value, lql_syntax::ast::Dialect::FilterQl);
                    if is_relative(Some(&tree), self.checked, 0) {
                        self.clock(filter.span, "the filter");
                    }
                }
                Ok(_) => {}
            }
        }
    }

    fn identities(&mut self, identities: &Identities, table: Option<TableId>) {
        let schema = &self.package.schema;
        let Some(table) = table else { return };
        for (field, _) in &identities.value {
            if identity(schema, table, &field.value).is_none() {
                let known = schema.fields_of(table).filter(|(_, field)| field.identity);
                self.unknown("identity field", field, known.map(|(_, field)| field.name.as_str()));
            }
        }
    }

    /// A table for a field that is no map: probably a mode that is misspelt.
    fn map_of(&mut self, field: &Field, expect: &Expect) {
        let Mode::Map(entries) = &expect.mode else { return };
        let holds_entries = [Kind::Dynamic, Kind::TimeBuckets, Kind::Geo].contains(&field.kind);
        if field.kind.is_map() || holds_entries || entries.is_empty() {
            return;
        }
        let title = format!("`{}` is no map, so it cannot be compared with entries", field.name);
        let mut finding = self.finding(expect.span, title, &format!("it is of kind {}", field.kind));
        if let Some(mode) = meant(entries) {
            finding = finding.note(format!("did you mean `{mode}`?"));
        }
        let modes = crate::toml_keys::MODE.names().join(", ");
        self.findings.push(finding.note(format!("the ways to compare are {modes} and filter")));
    }

    fn filter(&mut self, filter: &Placed<String>, findings: Vec<Diagnostic>) {
        // The filter may stand in the file as it is, or with escapes.
        let written = filter.span.of(self.text);
        let offset = written.find(filter.value.as_str()).map(|at| filter.span.start + at as u32);
        for mut finding in findings {
            finding.code = codes::TEST_NAME;
            finding.primary.file = self.number;
            finding.fixes.clear();
            finding.secondary.clear();
            finding.primary.span = match offset {
                Some(by) => Span::new(finding.primary.span.start + by, finding.primary.span.end + by),
                None => filter.span,
            };
            self.findings.push(finding);
        }
    }

    fn clock(&mut self, place: Span, what: &str) {
        let title = format!("`{what}` asks for the present, and the file has no clock");
        let finding = self.finding(place, title, "true today, false tomorrow");
        self.findings.push(finding.note("write `now = 2024-06-30T00:00:00Z` at the top of the file"));
    }

    fn unknown<'k>(&mut self, what: &str, name: &Placed<String>, known: impl Iterator<Item = &'k str>) {
        let known: Vec<&str> = known.collect();
        let title = format!("the project has no {what} `{}`", name.value);
        let finding = self.finding(name.span, title, &format!("no {what} has this name"));
        self.findings.push(match nearest(&name.value, known.iter().copied()).as_slice() {
            [] if known.is_empty() => finding,
            [] => finding.note(format!("there are {}", known.join(", "))),
            near => finding.note(format!("did you mean `{}`?", near.join("` or `"))),
        });
    }

    fn finding(&self, place: Span, title: String, label: &str) -> Diagnostic {
        Diagnostic::error(codes::TEST_NAME, title, place).in_file(self.number).label(label)
    }

    fn condition(&self, slug: &str) -> Option<&Expr> {
        let segment = self.checked.segments.iter().find(|segment| segment.slug == slug)?;
        segment.tree.condition.as_ref()
    }
}

/// Whether a filter asks how long ago something was.
fn is_relative(tree: Option<&Expr>, checked: &Checked, depth: usize) -> bool {
    let Some(tree) = tree.filter(|_| depth < 100) else { return false };
    let own = match &tree.kind {
        ExprKind::Literal(Literal::Text(text)) => {
            text.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("now"))
                && (text.len() == 3 || text.get(3..4).is_some_and(|sign| matches!(sign, "-" | "+")))
        }
        ExprKind::Call { name, .. } => {
            name.text.eq_ignore_ascii_case("timewindow") || name.text.eq_ignore_ascii_case("now")
        }
        ExprKind::Include(name) => {
            let slug = name.text.to_lowercase();
            let included = checked.segments.iter().find(|segment| segment.slug == slug);
            is_relative(included.and_then(|it| it.tree.condition.as_ref()), checked, depth + 1)
        }
        _ => false,
    };
    let mut found = own;
    tree.children(|child| found = found || is_relative(Some(child), checked, depth + 1));
    found
}
