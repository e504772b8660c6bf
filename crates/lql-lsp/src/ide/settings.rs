//! Names of the project in `lql.toml`: streams, tables, the fields of a table, the keys of a stream.

use super::symbols::{Spelling, Symbol};
use lql_syntax::Span;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A name in `lql.toml`.
pub struct SettingName {
    /// What is named.
    pub symbol: Symbol,
    /// Where, quotes included.
    pub span: Span,
    /// As a key or as a text.
    pub spelling: Spelling,
}

/// All names in the text of an `lql.toml`, by place.
pub fn names(text: &str) -> Vec<SettingName> {
    let mut names = Names { found: Vec::new(), start: 0 };
    names.gather(text);
    // Of a table with several headers (`[tables.user]`, `[[tables.user.blocked]]`) the parser tells the place of one.
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if line.trim_start().starts_with('[') {
            names.start = start;
            names.gather(line);
        }
        start += line.len() as u32;
    }
    names.found.sort_by_key(|name| name.span);
    names.found.dedup_by_key(|name| name.span);
    names.found
}

struct Names {
    found: Vec<SettingName>,
    /// Where the text that is looked at begins in the file.
    start: u32,
}

impl Names {
    fn gather(&mut self, text: &str) {
        let (root, _) = DeTable::parse_recoverable(text);
        for (name, section) in entries(root.get_ref().get("streams")) {
            let stream = name.get_ref().to_string();
            self.key(Symbol::Stream(stream.clone()), name);
            for (setting, value) in entries(Some(section)) {
                if matches!(setting.get_ref().as_ref(), "timestamp" | "id") {
                    self.text(value, |name| Symbol::Key { stream: stream.clone(), name });
                }
            }
        }
        for (name, section) in entries(root.get_ref().get("tables")) {
            let table = name.get_ref().to_lowercase();
            let field = |name: String| Symbol::Field { table: table.clone(), name };
            self.key(Symbol::Table(table.clone()), name);
            let Some(section) = section.get_ref().as_table() else { continue };
            for name in section.get("rank").and_then(|rank| rank.get_ref().as_array()).into_iter().flatten() {
                self.text(name, field);
            }
            for block in section.get("blocked").and_then(|it| it.get_ref().as_array()).into_iter().flatten() {
                if let Some(name) = block.get_ref().as_table().and_then(|block| block.get("field")) {
                    self.text(name, field);
                }
            }
            for (name, _) in entries(section.get("fields")) {
                self.key(field(name.get_ref().to_string()), name);
            }
        }
    }

    fn key(&mut self, symbol: Symbol, key: &Key<'_>) {
        let (span, spelling) = (self.span(key.span()), Spelling::SettingKey);
        self.found.push(SettingName { symbol, span, spelling });
    }

    fn text(&mut self, value: &Value<'_>, symbol: impl Fn(String) -> Symbol) {
        if let Some(text) = value.get_ref().as_str() {
            let (span, spelling) = (self.span(value.span()), Spelling::SettingText);
            self.found.push(SettingName { symbol: symbol(text.to_owned()), span, spelling });
        }
    }

    fn span(&self, range: std::ops::Range<usize>) -> Span {
        Span::new(self.start + range.start as u32, self.start + range.end as u32)
    }
}

type Key<'t> = Spanned<std::borrow::Cow<'t, str>>;
type Value<'t> = Spanned<DeValue<'t>>;

/// The members of a table; none of what is no table.
fn entries<'v, 't>(value: Option<&'v Value<'t>>) -> impl Iterator<Item = (&'v Key<'t>, &'v Value<'t>)> {
    value.and_then(|value| value.get_ref().as_table()).into_iter().flat_map(|table| table.iter())
}
