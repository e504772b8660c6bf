//! Names of the project in its test files: fields, tables, streams, segments.

use crate::ide::symbols::{self, Symbol};
use crate::ide::{Place, Snapshot, rename, spelling, tree};
use lql_authoring::testing::format::{Case, Identities, Placed, ProfileCase, TestFile};
use lql_authoring::testing::read;
use lql_syntax::ast::{Dialect, ExprKind, Path as FieldPath};
use lql_syntax::{Span, parse_expression};
use std::path::Path;

/// How a name is written in a test file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spelling {
    /// A key of TOML.
    Key,
    /// A text of TOML.
    Text,
    /// In the text of a filter.
    Filter,
}

/// Where the thing at a place stands in a test file of the project.
pub fn references_in_test(snapshot: &Snapshot, place: Place, path: &Path, text: &str) -> Vec<Span> {
    let Some(here) = snapshot.index().at(place) else { return Vec::new() };
    let mut spans: Vec<Span> = names_of(snapshot, path, text)
        .into_iter()
        .filter(|it| it.0 == *here.symbol())
        .map(|it| it.1)
        .collect();
    spans.sort();
    spans
}

/// What renaming the thing at a place changes in a test file of the project: places and new texts, in order. The same
/// refusals as [`rename::rename`].
pub fn rename_in_test(
    snapshot: &Snapshot,
    place: Place,
    new: &str,
    path: &Path,
    text: &str,
) -> Result<Vec<(Span, String)>, String> {
    rename::rename(snapshot, place, new)?;
    let Some(here) = snapshot.index().at(place) else { return Ok(Vec::new()) };
    let mut edits: Vec<(Span, String)> = names_of(snapshot, path, text)
        .into_iter()
        .filter(|(symbol, ..)| *symbol == *here.symbol())
        .map(|(_, span, spelling)| {
            let text = match spelling {
                Spelling::Key => spelling::toml_key(new),
                Spelling::Text => format!("{new:?}"),
                Spelling::Filter => spelling::map(new),
            };
            (span, text)
        })
        .collect();
    edits.sort();
    edits.dedup();
    Ok(edits)
}

/// All names in the text of a test file, in no order.
fn names_of(snapshot: &Snapshot, path: &Path, text: &str) -> Vec<(Symbol, Span, Spelling)> {
    let (file, _) = read(path, &path.display().to_string(), text, 0);
    names(snapshot, &file)
}

/// All names in a test file, in no order.
pub(super) fn names(snapshot: &Snapshot, file: &TestFile) -> Vec<(Symbol, Span, Spelling)> {
    let mut names = Names { snapshot, text: &file.text, found: Vec::new() };
    names.file(file);
    names.found
}

struct Names<'n> {
    snapshot: &'n Snapshot,
    text: &'n str,
    found: Vec<(Symbol, Span, Spelling)>,
}

impl Names<'_> {
    fn file(&mut self, file: &TestFile) {
        file.cases.iter().for_each(|case| self.case(case));
    }

    fn case(&mut self, case: &Case) {
        let of_events = case.events.iter().map(|event| &event.stream);
        let of_files = case.files.iter().map(|file| &file.stream);
        for stream in of_events.chain(of_files).flatten() {
            self.text_of(stream, Symbol::Stream(stream.value.clone()));
        }
        case.profiles.iter().for_each(|profile| self.profile(profile));
        let groups = case.same.iter().chain(&case.apart).flat_map(|group| &group.value);
        let ends = case.refused.iter().flat_map(|links| &links.value).flat_map(|link| &link.ends);
        for identities in groups.chain(ends) {
            let table = self.table_with(identities);
            self.identities(identities, &table);
        }
    }

    fn profile(&mut self, profile: &ProfileCase) {
        let table = match &profile.table {
            Some(table) => {
                let name = table.value.to_lowercase();
                self.text_of(table, Symbol::Table(name.clone()));
                name
            }
            None => self.table_with(&profile.is),
        };
        self.identities(&profile.is, &table);
        for field in &profile.fields {
            self.key(&field.name, &table);
        }
        let listed = profile.segments.iter().flat_map(|segments| &segments.value);
        for segment in listed.chain(&profile.within).chain(&profile.without) {
            self.text_of(segment, Symbol::Segment(segment.value.to_lowercase()));
        }
        profile.filters.iter().for_each(|filter| self.filter(filter, &table));
    }

    fn identities(&mut self, identities: &Identities, table: &str) {
        identities.value.iter().for_each(|(field, _)| self.key(field, table));
    }

    fn key(&mut self, name: &Placed<String>, table: &str) {
        let symbol = Symbol::Field { table: table.to_owned(), name: name.value.clone() };
        self.found.push((symbol, name.span, Spelling::Key));
    }

    fn text_of(&mut self, name: &Placed<String>, symbol: Symbol) {
        self.found.push((symbol, name.span, Spelling::Text));
    }

    /// The table that has these identities: `user` if it does.
    fn table_with(&self, identities: &Identities) -> String {
        let has_all = |table: &&str| {
            identities.value.iter().all(|(field, _)| {
                let (table, name) = ((*table).to_owned(), field.value.clone());
                self.snapshot.is_identity(&Symbol::Field { table, name })
            })
        };
        let tables = self.snapshot.checked.schema.tables.iter().map(|table| table.name.as_str());
        std::iter::once("user").chain(tables).find(has_all).unwrap_or("user").to_owned()
    }

    /// The fields that a filter reads. One with escapes in it is passed over: its places are not those of its text.
    fn filter(&mut self, filter: &Placed<String>, table: &str) {
        let written = filter.span.of(self.text);
        let quotes = written.find(filter.value.as_str()).filter(|_| !filter.value.is_empty());
        let Some(start) = quotes.map(|at| filter.span.start + at as u32) else { return };
        let (tree, _) = parse_expression(&filter.value, Dialect::FilterQl);
        let fields = &self.snapshot.checked.schema;
        let is_field = |name: &str| {
            fields.find_table(table).is_some_and(|table| fields.find_field(table, name).is_some())
        };
        let found = &mut self.found;
        tree::walk(&tree, &mut |expr| {
            let ExprKind::Field(name) = &expr.kind else { return };
            let span = Span::new(expr.span.start + start, expr.span.end + start);
            let (name, span) = match name.path {
                FieldPath::Entry { at } if !is_field(&name.text) => {
                    let map = name.text.get(..at as usize).unwrap_or(&name.text);
                    let length = symbols::map_length(expr.span.of(&filter.value)) as u32;
                    (map, Span::new(span.start, span.start + length))
                }
                _ => (name.text.as_str(), span),
            };
            let symbol = Symbol::Field { table: table.to_owned(), name: name.to_owned() };
            found.push((symbol, span, Spelling::Filter));
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ide::testing::Fixture;

    const TEST: &str = r#"now = 2024-06-30T00:00:00Z
[[case]]
name = "spent"
events = [{ stream = "orders", event = { buyer = "a@b.c", amount = 3 } }]
same = [[{ email = "a@b.c" }, { email = "b@b.c" }]]
[[case.profile]]
is = { email = "a@b.c" }
spend_total = 3
fields = { countries = { absent = true } }
filter = "spend_total > 1 AND NOT EXISTS countries.France"
in = ["buyers"]
"#;

    fn renamed(web: &str, new: &str) -> String {
        let fixture = Fixture::shop(web);
        let edits =
            rename_in_test(&fixture.snapshot, fixture.cursor, new, Path::new("a.test.toml"), TEST).unwrap();
        let mut text = TEST.to_owned();
        for (span, new) in edits.iter().rev() {
            text.replace_range(span.start as usize..span.end as usize, new);
        }
        let (_, findings) = read(Path::new("a.test.toml"), "a", &text, 0);
        assert!(findings.is_empty(), "{findings:?}");
        text
    }

    #[test]
    fn fields_change_in_expectations_identities_and_filters() {
        let web = "SELECT email(m) AS em$0ail, total AS spend_total, valuect(x) AS countries FROM web INTO user BY email ALIAS web";
        let text = renamed(web, "e mail");
        assert_eq!(text, TEST.replace("email =", "\"e mail\" ="));
        let at =
            |name: &str| web.replace("$0", "").replacen(&format!("AS {name}"), &format!("AS $0{name}"), 1);
        assert_eq!(renamed(&at("spend_total"), "spent"), TEST.replace("spend_total", "spent"));
        assert_eq!(renamed(&at("countries"), "lands"), TEST.replace("countries", "lands"));
    }

    #[test]
    fn segments_change_and_are_found() {
        let fixture = Fixture::new(
            "==> a.lql\nSELECT email(m) AS email FROM orders INTO user BY email ALIAS a\n==> b.fql\nFILTER EXISTS email ALIAS buy$0ers\n",
        );
        let path = Path::new("a.test.toml");
        let edits = rename_in_test(&fixture.snapshot, fixture.cursor, "shoppers", path, TEST).unwrap();
        assert_eq!(edits.iter().map(|it| it.1.as_str()).collect::<Vec<_>>(), ["\"shoppers\""]);
        let found = references_in_test(&fixture.snapshot, fixture.cursor, path, TEST);
        assert_eq!(found.iter().map(|it| it.of(TEST)).collect::<Vec<_>>(), ["\"buyers\""]);
    }
}
