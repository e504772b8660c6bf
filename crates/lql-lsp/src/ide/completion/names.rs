//! Names of the project and of its events: keys, fields, streams, tables, aliases; and values that were seen.

use super::words::fits;
use super::{ItemKind, List};
use crate::ide::about::{self, Topic};
use crate::ide::context::{self, Part};
use crate::ide::samples::{Key, VALUES};
use crate::ide::symbols::{Role, Symbol};
use crate::ide::{spelling, tree};
use lql_compiler::catalog::{self, ParamKind};
use lql_compiler::schema::Field;
use lql_syntax::ast::Dialect;
use std::collections::{BTreeMap, BTreeSet};

impl<'s> List<'s> {
    /// Keys of the stream, or fields of the table.
    pub(super) fn names(&mut self) {
        match self.context.dialect {
            Dialect::Lql => self.keys(),
            Dialect::FilterQl => self.fields(),
        }
    }

    fn keys(&mut self) {
        let snapshot = self.snapshot;
        let streams = match self.context.named_after("FROM") {
            Some(stream) => vec![stream.to_owned()],
            None => self.known_streams().into_iter().collect(),
        };
        let statement: BTreeSet<&str> = self.context.words().map(|(_, word)| word).collect();
        let column: BTreeSet<&str> =
            self.context.words().filter(|(at, _)| *at >= self.context.column).map(|(_, word)| word).collect();
        let wanted = self.parameter().map(|param| param.kind);
        let function = self.context.open.last().and_then(|open| open.function);
        let function = function.and_then(|it| catalog::find(it.of(self.context.text)));
        let called = function.map(|it| letters(it.name));
        let wants_url = self.parameter().is_some_and(|param| param.name == "url");
        for stream in streams {
            // Of each key, how many of the sample events have it.
            let mut known: BTreeMap<&str, i32> = BTreeMap::new();
            for symbol in snapshot.index().symbols() {
                if let Symbol::Key { stream: of, name } = symbol
                    && *of == stream
                    // What is being typed is in the tree already.
                    && !snapshot.index().of_symbol(symbol).all(|it| self.is_here(it.range))
                {
                    known.insert(name, 0);
                }
            }
            let samples = snapshot.samples.streams().get(&stream);
            let settings = snapshot.project.file.settings.streams.get(&stream);
            let events = samples.map_or(1, |it| it.events.len().max(1)) as i32;
            for (name, key) in samples.into_iter().flat_map(|it| &it.keys) {
                known.insert(name, key.events as i32);
            }
            for (name, count) in known {
                let key = samples.and_then(|it| it.keys.get(name));
                let mut bonus = 60 + 10 * count / events;
                let reads_it = |words: &BTreeSet<&str>| words.contains(name);
                bonus += match self.context.part {
                    Part::Value if key.is_some() && !reads_it(&statement) => 20,
                    Part::Guard if reads_it(&column) => 35,
                    Part::Guard | Part::Condition if reads_it(&statement) => 15,
                    _ => 0,
                };
                // Conditions look at what has few values.
                let has_few =
                    key.is_some_and(|key| key.events > 1 && key.values.len() < VALUES.min(key.events));
                bonus += if self.context.part != Part::Value && has_few { 12 } else { 0 };
                // `email(user.email)`
                bonus += if called.as_ref().is_some_and(|it| letters(name).contains(it)) { 25 } else { 0 };
                bonus +=
                    if function.is_some_and(|it| snapshot.index().takes(it.name, name)) { 35 } else { 0 };
                // What says when an event happened is seldom a value.
                let is_time = settings.is_some_and(|it| it.timestamp.as_deref() == Some(name));
                bonus -= if is_time { 30 } else { 0 };
                let is_url = |key: &Key| key.values.first().is_some_and(|value| value.starts_with("http"));
                bonus += if wants_url && key.is_some_and(is_url) { 25 } else { 0 };
                bonus += match (wanted, key) {
                    (Some(ParamKind::Number), Some(key)) => {
                        if key.is_number {
                            20
                        } else {
                            -20
                        }
                    }
                    (Some(ParamKind::LiteralText | ParamKind::LiteralNumber), _) => -100,
                    _ => 0,
                };
                let detail = key.map_or_else(
                    || format!("event key of {stream}"),
                    |key| key.values.iter().take(3).cloned().collect::<Vec<_>>().join(", "),
                );
                let item = self.add(ItemKind::Key, name, bonus);
                item.insert = spelling::key(name);
                item.detail = detail;
                let symbol = Symbol::Key { stream: stream.clone(), name: name.to_owned() };
                item.topic = Some(Topic::Symbol(symbol).id());
            }
        }
    }

    fn fields(&mut self) {
        let table = self.context.named_after("FROM").unwrap_or("user").to_lowercase();
        let statement: BTreeSet<&str> = self.context.words().map(|(_, word)| word).collect();
        let wanted = self.parameter().map(|param| param.kind);
        let schema = &self.snapshot.checked.schema;
        let Some(id) = schema.find_table(&table) else { return };
        for (_, field) in schema.fields_of(id) {
            let mut bonus = 80 + wanted.map_or(0, |wanted| fits(wanted, field.kind));
            if statement.contains(field.name.as_str()) {
                bonus -= 5;
            }
            let symbol = Symbol::Field { table: table.clone(), name: field.name.clone() };
            if field.kind.is_map() {
                for entry in self.seen(&symbol) {
                    let label = format!("{}.{entry}", field.name);
                    let item = self.add(ItemKind::Field, label, bonus - 10);
                    item.insert = spelling::entry(&field.name, &entry);
                    item.detail = field.kind.entry_kind().map_or(String::new(), |kind| kind.to_string());
                    item.topic = Some(Topic::Symbol(symbol.clone()).id());
                }
            }
            let item = self.add(ItemKind::Field, &field.name, bonus);
            item.insert = spelling::key(&field.name);
            item.detail = field.kind.to_string();
            item.topic = Some(Topic::Symbol(symbol).id());
        }
    }

    /// The field of the statement's table.
    pub(super) fn field(&self, name: &str) -> Option<&'s Field> {
        about::field(self.snapshot, &self.table(), name)
    }

    fn table(&self) -> String {
        self.context.named_after("INTO").unwrap_or("user").to_lowercase()
    }

    /// The name after `AS` of the column that is being written.
    pub(super) fn column_field(&self) -> Option<String> {
        let mut words = self.context.words().filter(|(at, _)| *at >= self.context.column);
        words.find(|(_, word)| context::keyword(word) == Some("AS"))?;
        words.next().map(|(_, word)| word.trim_matches('`').to_owned())
    }

    /// Names of the columns of the statement, without the one that is being typed.
    fn column_names(&self) -> Vec<String> {
        let words: Vec<(usize, &str)> = self.context.words().collect();
        let pairs = words.windows(2).filter_map(|pair| match pair {
            [(at, word), (name_at, name)] if context::keyword(word) == Some("AS") => {
                let is_next = tree::after(self.context.tokens, *at) == Some(*name_at);
                let typed =
                    self.context.tokens.get(*name_at).is_some_and(|it| it.span == self.context.replace);
                (is_next && !typed).then(|| name.trim_matches('`').to_owned())
            }
            _ => None,
        });
        pairs.collect()
    }

    /// After `AS`: a name made of the expression, and the fields that other queries write.
    pub(super) fn field_names(&mut self) {
        let table = self.table();
        let taken = self.column_names();
        let words: Vec<String> = self
            .column_expression()
            .map_or(String::new(), |span| span.of(self.context.text).to_owned())
            .split(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.')))
            .map(|word| word.rsplit('.').next().unwrap_or(word).to_lowercase())
            .filter(|word| !word.is_empty() && !word.starts_with(|c: char| c.is_ascii_digit()))
            .collect();
        for word in words.iter().rev() {
            self.add(ItemKind::Field, word, 40).detail = "after the expression".into();
        }
        let alike = self.fields_of_the_same_keys();
        let schema = &self.snapshot.checked.schema;
        let Some(id) = schema.find_table(&table) else { return };
        for (_, field) in schema.fields_of(id) {
            let symbol = Symbol::Field { table: table.clone(), name: field.name.clone() };
            if self.snapshot.index().of_symbol(&symbol).all(|it| self.is_here(it.range)) {
                continue;
            }
            let mut bonus = if taken.contains(&field.name) { -40 } else { 30 };
            // `user.email AS email`, `email(x) AS email`
            bonus += if words.contains(&field.name) || alike.contains(&field.name) { 60 } else { 0 };
            let parts = |word: &String| field.name.contains(word.as_str()) || word.contains(&field.name);
            bonus += if words.iter().any(parts) { 20 } else { 0 };
            let item = self.add(ItemKind::Field, &field.name, bonus);
            item.insert = spelling::name(&field.name);
            item.detail = about::field_facts(field).replace('`', "");
            item.topic = Some(Topic::Symbol(symbol).id());
        }
    }

    /// Fields that other columns make of the keys that this column reads.
    fn fields_of_the_same_keys(&self) -> BTreeSet<String> {
        let Some(span) = self.column_expression() else { return BTreeSet::new() };
        let inside = self.context.tokens.iter().filter(|it| it.kind.is_name() && tree::holds(span, it.span));
        let stream = self.context.named_after("FROM").unwrap_or_default();
        let keys = inside.map(|it| Symbol::Key {
            stream: stream.to_owned(),
            name: it.span.of(self.context.text).replace('`', ""),
        });
        let mut fields = BTreeSet::new();
        for key in keys {
            for it in self.snapshot.index().of_symbol(&key).filter(|it| it.range.file != self.file) {
                let found = about::column_at(self.snapshot, it.range.file, it.range.span.start);
                let name = found.and_then(|(_, column)| column.name.as_ref());
                fields.extend(name.map(|name| name.text.clone()));
            }
        }
        fields
    }

    /// After `BY`: columns of this statement; first those that are identities elsewhere.
    pub(super) fn identities(&mut self) {
        let after_by: BTreeSet<String> = self
            .context
            .words()
            .skip_while(|(_, word)| context::keyword(word) != Some("BY"))
            .filter(|(at, _)| self.context.tokens.get(*at).is_some_and(|it| it.span != self.context.replace))
            .map(|(_, word)| word.trim_matches('`').to_owned())
            .collect();
        for (at, name) in self.column_names().into_iter().enumerate().filter(|(_, it)| !after_by.contains(it))
        {
            let field = self.field(&name);
            let identity = field.is_some_and(|field| field.identity);
            // Identities tend to come first.
            let item = self.add(ItemKind::Field, &name, 60 * i32::from(identity) - at.min(30) as i32);
            item.insert = spelling::name(&name);
            item.detail = field.map_or("column".into(), |field| field.kind.to_string());
        }
    }

    fn known_streams(&self) -> BTreeSet<String> {
        let queries = self.snapshot.checked.queries.iter().map(|query| query.stream.clone());
        let settings = self.snapshot.project.file.settings.streams.keys().cloned();
        let recorded = self.snapshot.samples.names().map(str::to_owned);
        let mut streams: BTreeSet<String> = queries.chain(settings).chain(recorded).collect();
        // What is being typed is no stream yet, unless others say so.
        let typed = self.context.replace.of(self.context.text);
        let elsewhere = self
            .snapshot
            .index()
            .of_symbol(&Symbol::Stream(typed.to_owned()))
            .any(|it| !self.is_here(it.range));
        streams.retain(|stream| {
            !stream.is_empty()
                && (stream != typed || elsewhere || self.snapshot.samples.names().any(|it| it == typed))
        });
        streams
    }

    /// Whether a range is the word at the cursor.
    fn is_here(&self, range: crate::ide::Range) -> bool {
        range.file == self.file && range.span.touches(self.offset)
    }

    pub(super) fn streams(&mut self) {
        for stream in self.known_streams() {
            let recorded = self.snapshot.samples.names().any(|it| it == stream);
            let unread = !self.snapshot.checked.queries.iter().any(|query| query.stream == stream);
            let item = self.add(ItemKind::Stream, &stream, 10 * i32::from(recorded) + 10 * i32::from(unread));
            item.insert = spelling::name(&stream);
            item.detail = if recorded { "recorded stream".into() } else { "stream".into() };
            item.topic = Some(Topic::Symbol(Symbol::Stream(stream)).id());
        }
    }

    pub(super) fn tables(&mut self) {
        let typed = self.context.replace.of(self.context.text).to_lowercase();
        let tables: BTreeSet<String> = self
            .snapshot
            .index()
            .symbols()
            .filter_map(|symbol| match symbol {
                Symbol::Table(name) => Some((name, symbol)),
                _ => None,
            })
            .filter(|(name, symbol)| {
                **name != typed || !self.snapshot.index().of_symbol(symbol).all(|it| self.is_here(it.range))
            })
            .map(|(name, _)| name.clone())
            .chain(["user".to_owned()])
            .collect();
        for table in tables {
            let item = self.add(ItemKind::Table, &table, 0);
            item.detail = "table".into();
            item.topic = Some(Topic::Symbol(Symbol::Table(table)).id());
        }
    }

    /// After `ALIAS`: the name of the file, and of the stream.
    pub(super) fn aliases(&mut self) {
        let file = self.snapshot.name(self.file);
        let stem = file.rsplit('/').next().and_then(|name| name.split('.').next()).unwrap_or_default();
        let stem: String = stem.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
        let stream = self.context.named_after("FROM").unwrap_or_default().to_owned();
        for (name, bonus) in [(stem.clone(), 20), (stream.clone(), 10), (format!("{stream}_{stem}"), 0)] {
            let is_free = |symbol: &Symbol| {
                self.snapshot
                    .index()
                    .of_symbol(symbol)
                    .all(|it| it.role == Role::Uses || self.is_here(it.range))
            };
            let lower = name.to_lowercase();
            if !name.is_empty() && is_free(&Symbol::Query(lower.clone())) && is_free(&Symbol::Segment(lower))
            {
                self.add(ItemKind::Alias, name, bonus);
            }
        }
    }

    pub(super) fn segments(&mut self) {
        let own = self.context.named_after("ALIAS").map(str::to_lowercase);
        for segment in &self.snapshot.checked.segments {
            if segment.slug.is_empty() || Some(&segment.slug) == own.as_ref() {
                continue;
            }
            let text = self.snapshot.text(segment.file).unwrap_or_default();
            let filter = segment.tree.condition.as_ref().map_or("", |it| it.span.of(text));
            let item = self.add(ItemKind::Alias, &segment.slug, 0);
            item.insert = spelling::segment(&segment.slug);
            item.detail = filter.split_whitespace().collect::<Vec<_>>().join(" ");
            item.topic = Some(Topic::Symbol(Symbol::Segment(segment.slug.clone())).id());
        }
    }
}

/// Only the letters of a name, small: `E-Mail` and `email` are alike.
fn letters(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
