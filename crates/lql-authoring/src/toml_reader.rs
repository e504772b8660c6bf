//! What reading `lql.toml` and test files has in common: values of the right type, or findings with a place.

use crate::toml_keys::Section;
use lql_compiler::Time;
use lql_compiler::suggest::nearest;
use lql_syntax::{Code, Diagnostic, Span};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

pub(crate) type Value<'t> = Spanned<DeValue<'t>>;
pub(crate) type Key<'t> = Spanned<std::borrow::Cow<'t, str>>;

/// What a kind of file calls its mistakes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Words {
    /// The code of an unknown key.
    pub key: Code,
    /// The code of a wrong value.
    pub value: Code,
    /// What a key is called: `setting`.
    pub noun: &'static str,
}

/// Takes values out of a file; what is wrong with them becomes findings.
pub(crate) struct Reader {
    /// The number of the file in findings.
    pub file: u32,
    pub words: Words,
    pub findings: Vec<Diagnostic>,
}

impl Reader {
    /// Reads a file. What `read` says of lines that TOML could not read is no news and is dropped.
    pub fn file<'t, T>(
        text: &'t str,
        name: &str,
        file: u32,
        words: Words,
        read: impl FnOnce(&mut Reader, &DeTable<'t>) -> T,
    ) -> (T, Vec<Diagnostic>) {
        let mut reader = Self { file, words, findings: Vec::new() };
        let (root, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            let place = error
                .span()
                .map_or_else(Span::default, |range| Span::new(range.start as u32, range.end as u32));
            reader.wrong(place, format!("{name} cannot be read: {}", error.message().trim()), "here");
        }
        let unreadable = reader.findings.len();
        let found = read(&mut reader, root.get_ref());
        if unreadable > 0 {
            reader.findings.truncate(unreadable);
        }
        reader.findings.sort_by_key(|finding| finding.primary.span);
        (found, reader.findings)
    }

    /// The entries of a table in the order they are written; none after a finding.
    pub fn table<'v, 't>(&mut self, name: &str, value: &'v Value<'t>) -> Vec<(&'v Key<'t>, &'v Value<'t>)> {
        match value.get_ref() {
            DeValue::Table(table) => in_order(table),
            other => {
                self.wrong_type(name, "a table", other, span(value));
                Vec::new()
            }
        }
    }

    pub fn list<'v, 't>(&mut self, name: &str, value: &'v Value<'t>) -> Vec<&'v Value<'t>> {
        match value.get_ref() {
            DeValue::Array(items) => items.iter().collect(),
            other => {
                self.wrong_type(name, "a list", other, span(value));
                Vec::new()
            }
        }
    }

    pub fn text(&mut self, name: &str, value: &Value<'_>) -> Option<String> {
        match value.get_ref() {
            DeValue::String(text) if text.is_empty() => {
                self.wrong(span(value), format!("`{name}` is empty"), "leave the line out instead");
                None
            }
            DeValue::String(text) => Some(text.to_string()),
            other => {
                self.wrong_type(name, "a text in quotes", other, span(value));
                None
            }
        }
    }

    pub fn count(&mut self, name: &str, value: &Value<'_>) -> Option<u32> {
        let DeValue::Integer(number) = value.get_ref() else {
            self.wrong_type(name, "a whole number", value.get_ref(), span(value));
            return None;
        };
        let count = u32::from_str_radix(number.as_str(), number.radix()).ok();
        if count.is_none() {
            self.wrong(span(value), format!("`{name}` is between 0 and {}", u32::MAX), "lies outside");
        }
        count
    }

    /// `true`; `false` says what leaving the line out says.
    pub fn flag(&mut self, name: &str, value: &Value<'_>) -> bool {
        match value.get_ref() {
            DeValue::Boolean(flag) => *flag,
            other => {
                self.wrong_type(name, "true or false", other, span(value));
                false
            }
        }
    }

    pub fn time(&mut self, name: &str, value: &Value<'_>) -> Option<Time> {
        let text = match value.get_ref() {
            DeValue::String(text) => text.to_string(),
            DeValue::Datetime(time) => time.to_string(),
            other => {
                self.wrong_type(name, "a time", other, span(value));
                return None;
            }
        };
        let time = crate::instant(&text).ok();
        if time.is_none() {
            let label = "expected a time such as \"2024-06-30T00:00:00Z\"";
            self.wrong(span(value), format!("`{name}` is no time"), label);
        }
        time
    }

    pub fn wrong_type(&mut self, name: &str, wanted: &str, found: &DeValue<'_>, place: Span) {
        self.wrong(
            place,
            format!("`{name}` is {wanted}, not {}", type_name(found)),
            format!("expected {wanted}"),
        );
    }

    pub fn wrong(&mut self, place: Span, title: impl Into<String>, label: impl Into<String>) {
        self.findings.push(Diagnostic::error(self.words.value, title, place).in_file(self.file).label(label));
    }

    /// A key that the section does not have; `title` is what this one is called.
    pub fn unknown(&mut self, key: &Key<'_>, title: &str, section: &Section) {
        let known = section.names();
        let name = key.get_ref().as_ref();
        let noun = self.words.noun;
        let message = format!("unknown {noun} `{name}` in {title}");
        let mut finding = Diagnostic::error(self.words.key, message, span(key))
            .in_file(self.file)
            .label(format!("no such {noun}"))
            .note(format!("there are {}", known.join(", ")));
        if let [near] = nearest(name, known.iter().copied()).as_slice() {
            finding = finding.replace(format!("write `{near}`"), span(key), *near);
        }
        self.findings.push(finding);
    }
}

/// The entries of a table in the order they are written.
pub(crate) fn in_order<'v, 't>(table: &'v DeTable<'t>) -> Vec<(&'v Key<'t>, &'v Value<'t>)> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}

pub(crate) fn span<T>(spanned: &Spanned<T>) -> Span {
    let range = spanned.span();
    Span::new(range.start as u32, range.end as u32)
}

pub(crate) fn type_name(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with a point",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
