//! Which event keys the columns of a project read, where, and what they expect to find there.

use lql_compiler::{Checked, Kind, catalog};
use lql_syntax::Span;
use lql_syntax::ast::{Expr, ExprKind, Literal};

/// One place where a query reads a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRead {
    /// The stream.
    pub stream: String,
    /// The flattened key; of `match("consent_")`, the prefix.
    pub key: String,
    /// Whether `key` is a prefix.
    pub is_prefix: bool,
    /// The query's alias.
    pub query: String,
    /// The field that the column writes; `None` in WHERE.
    pub field: Option<String>,
    /// Index of the file, and the place of the name in it.
    pub file: u32,
    /// The place.
    pub span: Span,
    /// What is done with it.
    pub purpose: Purpose,
    /// Whether the column has a guard, so that it need not suit every value.
    pub guarded: bool,
}

/// What a query does with a key, as far as that says what the key must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Only a condition or an alternative reads it, so events without it are nothing special: WHERE, IF, `oneof(a, b)`.
    Optional,
    /// Any value will do.
    Any,
    /// `tonumber(x)`, `sum(x)`, `x … KIND number`
    Number,
    /// `todate(x)`, `x … KIND date`
    Date,
    /// `todate("2/1/2006", x)`
    DateIn(String),
    /// `tobool(x)`, `x … KIND bool`
    Bool,
    /// `email(x)`
    Email,
}

/// All reads of a project, in the order of its files.
pub fn key_reads(checked: &Checked) -> Vec<KeyRead> {
    let mut reads = Vec::new();
    for query in &checked.queries {
        let mut collect = Collect {
            reads: &mut reads,
            stream: &query.stream,
            query: &query.alias,
            file: query.file,
            field: None,
            guarded: false,
        };
        for column in &query.columns {
            let Some(tree) = query.tree.columns.get(column.index) else { continue };
            collect.field = Some(column.field.clone());
            collect.guarded = tree.guard.is_some();
            collect.expr(&tree.expr, of_kind(column.kind));
            if let Some(guard) = &tree.guard {
                collect.expr(guard, Purpose::Optional);
            }
        }
        collect.field = None;
        if let Some(condition) = &query.tree.condition {
            collect.expr(condition, Purpose::Optional);
        }
    }
    reads
}

/// What a kind expects of a plain key.
fn of_kind(kind: Kind) -> Purpose {
    match kind {
        Kind::Int | Kind::Number => Purpose::Number,
        Kind::Date => Purpose::Date,
        Kind::Bool => Purpose::Bool,
        _ => Purpose::Any,
    }
}

struct Collect<'c> {
    reads: &'c mut Vec<KeyRead>,
    stream: &'c str,
    query: &'c str,
    file: u32,
    field: Option<String>,
    guarded: bool,
}

impl Collect<'_> {
    fn expr(&mut self, tree: &Expr, purpose: Purpose) {
        match &tree.kind {
            ExprKind::Field(field) => self.read(&field.text, false, tree.span, purpose),
            ExprKind::Call { name, args } => {
                let function = catalog::find(&name.text).map_or("", |function| function.name);
                self.call(function, args, &purpose);
            }
            // The condition of a value decides, it is not the value.
            ExprKind::IfElse { condition, then, otherwise } => {
                self.expr(condition, Purpose::Optional);
                self.expr(then, optional_or(&purpose, Purpose::Any));
                self.expr(otherwise, Purpose::Optional);
            }
            ExprKind::Guarded { value, condition } => {
                self.expr(condition, Purpose::Optional);
                self.expr(value, optional_or(&purpose, Purpose::Any));
            }
            _ => tree.children(|child| self.expr(child, optional_or(&purpose, Purpose::Any))),
        }
    }

    fn call(&mut self, function: &str, args: &[Expr], purpose: &Purpose) {
        match (function, args) {
            ("match", prefixes) => {
                for prefix in prefixes {
                    if let ExprKind::Literal(Literal::Text(text)) = &prefix.kind {
                        self.read(text, true, prefix.span, optional_or(purpose, Purpose::Any));
                    }
                }
            }
            ("todate", [layout, value]) => {
                let of_layout = match &layout.kind {
                    ExprKind::Literal(Literal::Text(text)) => Purpose::DateIn(text.clone()),
                    _ => Purpose::Any,
                };
                self.expr(value, optional_or(purpose, of_layout));
            }
            ("oneof", [first, rest @ ..]) => {
                self.expr(first, Purpose::Optional);
                rest.iter().for_each(|arg| self.expr(arg, Purpose::Optional));
            }
            ("exists" | "join" | "any" | "all" | "or" | "and", args) => {
                args.iter().for_each(|arg| self.expr(arg, Purpose::Optional));
            }
            (name, args) => {
                let first = match name {
                    "tonumber" | "toint" | "sum" | "avg" => Purpose::Number,
                    "todate" | "todatein" | "timebucket" | "totimestamp" => Purpose::Date,
                    "tobool" => Purpose::Bool,
                    "email" | "emaildomain" => Purpose::Email,
                    _ => Purpose::Any,
                };
                for (at, arg) in args.iter().enumerate() {
                    let expected = if at == 0 { first.clone() } else { Purpose::Any };
                    self.expr(arg, optional_or(purpose, expected));
                }
            }
        }
    }

    fn read(&mut self, key: &str, is_prefix: bool, span: Span, purpose: Purpose) {
        self.reads.push(KeyRead {
            stream: self.stream.to_owned(),
            key: key.to_owned(),
            is_prefix,
            query: self.query.to_owned(),
            field: self.field.clone(),
            file: self.file,
            span,
            purpose,
            guarded: self.guarded,
        });
    }
}

/// What stands inside something optional is optional.
fn optional_or(outer: &Purpose, inner: Purpose) -> Purpose {
    if *outer == Purpose::Optional { Purpose::Optional } else { inner }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lql_compiler::{Settings, Source, check};

    #[test]
    fn every_place_with_what_it_expects() {
        let text = r#"SELECT email(m) AS email, sum(tonumber(total)) AS spent, todate("2/1/2006", born) AS born,
            age AS age KIND int IF flag == "x", match("c_") AS consent KIND map[string]bool,
            oneof(a, b) AS first, "x" IF y > 1 ELSE z AS tier
            FROM web INTO user BY email WHERE NOT exists(bot) ALIAS web"#;
        let checked = check(&[Source::lql("web.lql", text)], &Settings::default());
        assert_eq!(checked.diagnostics, []);
        let reads = key_reads(&checked);
        let page: Vec<String> = reads
            .iter()
            .map(|read| {
                let field = read.field.as_deref().unwrap_or("WHERE");
                format!("{:<6} {:?} in {field}", read.key, read.purpose)
            })
            .collect();
        insta::assert_snapshot!(page.join("\n"));
    }
}
