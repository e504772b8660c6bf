//! Values that were seen, for strings and for the entries of maps.

use super::{ItemKind, List};
use crate::ide::symbols::{Role, Symbol};
use crate::ide::{about, tree};
use lql_syntax::ast::{Dialect, Expr, ExprKind, Literal};
use std::collections::{BTreeMap, BTreeSet};

impl List<'_> {
    /// In a string: what was seen of the key or field that it is compared with.
    pub(super) fn values(&mut self) {
        let function = self.context.call().and_then(|open| open.function).map(|it| it.of(self.context.text));
        let values: Vec<String> =
            match self.context.subject.map(|it| it.of(self.context.text).trim_matches('`')) {
                Some(name) if self.context.dialect == Dialect::Lql => {
                    let stream = self.context.named_after("FROM").unwrap_or_default();
                    self.snapshot.samples.key(stream, name).map_or_else(Vec::new, |key| key.values.clone())
                }
                Some(name) => {
                    let table = self.context.named_after("FROM").unwrap_or("user").to_lowercase();
                    let name = name.split('.').next().unwrap_or(name).trim_matches('`').to_owned();
                    self.seen(&Symbol::Field { table, name }).into_iter().collect()
                }
                None if function.is_some_and(|name| name.eq_ignore_ascii_case("match")) => self.prefixes(),
                None => Vec::new(),
            };
        for (at, value) in values.into_iter().enumerate() {
            let item = self.add(ItemKind::Value, &value, -(at as i32));
            item.insert = format!("\"{}\"", value.replace('"', "\"\""));
            item.detail = "seen in sample events".into();
        }
    }

    /// Beginnings of keys, as `match` takes them.
    fn prefixes(&self) -> Vec<String> {
        let stream = self.context.named_after("FROM").unwrap_or_default();
        let mut prefixes: BTreeMap<&str, usize> = BTreeMap::new();
        for key in self.snapshot.samples.streams().get(stream).iter().flat_map(|it| it.keys.keys()) {
            for (at, mark) in key.match_indices(['_', '.']) {
                *prefixes.entry(key.get(..at + mark.len()).unwrap_or_default()).or_default() += 1;
            }
        }
        let mut prefixes: Vec<_> = prefixes.into_iter().collect();
        prefixes.sort_by_key(|(prefix, count)| (std::cmp::Reverse(*count), *prefix));
        prefixes.into_iter().map(|(prefix, _)| prefix.to_owned()).collect()
    }

    /// Values that a field may hold, or keys if it is a map: what its columns say literally, and what sample events hold
    /// under the first key that each reads.
    pub(super) fn seen(&self, field: &Symbol) -> BTreeSet<String> {
        let mut seen = BTreeSet::new();
        let writes = self.snapshot.index().of_symbol(field).filter(|it| it.role == Role::Defines);
        for it in writes {
            let Some((query, column)) = about::column_at(self.snapshot, it.range.file, it.within.start)
            else {
                continue;
            };
            let mut key = None;
            let mut texts = BTreeSet::new();
            let chosen = matches!(column.expr.kind, ExprKind::IfElse { .. } | ExprKind::Literal(_))
                || matches!(&column.expr.kind, ExprKind::Call { name, .. } if matches!(name.text.to_lowercase().as_str(), "ifcase" | "oneof"));
            tree::walk(&column.expr, &mut |expr| match &expr.kind {
                ExprKind::Field(name) if key.is_none() => key = Some(name.text.clone()),
                ExprKind::Literal(Literal::Text(text)) if chosen => {
                    texts.insert(text.clone());
                }
                _ => {}
            });
            if let ExprKind::Call { name, args } = &column.expr.kind
                && name.text.eq_ignore_ascii_case("match")
            {
                seen.extend(args.iter().flat_map(|prefix| self.captured(&query.stream, prefix)));
                continue;
            }
            seen.append(&mut texts);
            let key = key.and_then(|key| self.snapshot.samples.key(&query.stream, &key));
            if let Some(key) = key.filter(|_| !chosen) {
                seen.extend(key.values.iter().filter(|it| !it.ends_with('…')).cloned());
            }
        }
        seen
    }

    /// What `match` leaves of the keys of a stream.
    fn captured(&self, stream: &str, prefix: &Expr) -> Vec<String> {
        let ExprKind::Literal(Literal::Text(prefix)) = &prefix.kind else { return Vec::new() };
        let keys = self.snapshot.samples.streams().get(stream).into_iter().flat_map(|it| it.keys.keys());
        keys.filter_map(|key| key.strip_prefix(prefix.as_str()))
            .filter(|it| !it.is_empty())
            .map(str::to_owned)
            .collect()
    }
}
