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

/// All names in the text of an `lql.toml`, in no order.
pub fn names(text: &str) -> Vec<SettingName> {
    let mut names = Names(Vec::new());
    let (root, _) = DeTable::parse_recoverable(text);
    for (name, section) in entries(root.get_ref().get("streams")) {
        let stream = name.get_ref().to_string();
        names.key(Symbol::Stream(stream.clone()), name);
        for (setting, value) in entries(Some(section)) {
            if matches!(setting.get_ref().as_ref(), "timestamp" | "id") {
                names.text(value, |name| Symbol::Key { stream: stream.clone(), name });
            }
        }
    }
    for (name, section) in entries(root.get_ref().get("tables")) {
        let table = name.get_ref().to_lowercase();
        let field = |name: String| Symbol::Field { table: table.clone(), name };
        names.key(Symbol::Table(table.clone()), name);
        let Some(section) = section.get_ref().as_table() else { continue };
        for name in section.get("rank").and_then(|rank| rank.get_ref().as_array()).into_iter().flatten() {
            names.text(name, field);
        }
        for block in section.get("blocked").and_then(|it| it.get_ref().as_array()).into_iter().flatten() {
            if let Some(name) = block.get_ref().as_table().and_then(|block| block.get("field")) {
                names.text(name, field);
            }
        }
        for (name, _) in entries(section.get("fields")) {
            names.key(field(name.get_ref().to_string()), name);
        }
    }
    names.0
}

type Key<'t> = Spanned<std::borrow::Cow<'t, str>>;
type Value<'t> = Spanned<DeValue<'t>>;

/// The members of a table; none of what is no table.
fn entries<'v, 't>(value: Option<&'v Value<'t>>) -> impl Iterator<Item = (&'v Key<'t>, &'v Value<'t>)> {
    value.and_then(|value| value.get_ref().as_table()).into_iter().flat_map(|table| table.iter())
}

struct Names(Vec<SettingName>);

impl Names {
    fn key(&mut self, symbol: Symbol, key: &Key<'_>) {
        let (span, spelling) = (span(key.span()), Spelling::SettingKey);
        self.0.push(SettingName { symbol, span, spelling });
    }

    fn text(&mut self, value: &Value<'_>, symbol: impl Fn(String) -> Symbol) {
        if let Some(text) = value.get_ref().as_str() {
            let (span, spelling) = (span(value.span()), Spelling::SettingText);
            self.0.push(SettingName { symbol: symbol(text.to_owned()), span, spelling });
        }
    }
}

fn span(range: std::ops::Range<usize>) -> Span {
    Span::new(range.start as u32, range.end as u32)
}
