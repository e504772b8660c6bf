//! One catalog entry as a page, a line or JSON.

use super::super::wrap;
use crate::terminal::Terminal;
use lql_compiler::catalog::{
    Example, Function, Param, ParamKind, Presence, Purity, ResultKind, Scope, signature,
};
use lql_compiler::operators::OperatorEntry;
use lql_compiler::{Kind, KindEntry, MergeOpEntry};
use serde_json::{Value as Json, json};
use std::fmt::Write as _;

/// Something that has a page.
pub(super) enum Entry {
    Function(&'static Function),
    Kind(&'static KindEntry),
    MergeOp(&'static MergeOpEntry),
    Operator(&'static OperatorEntry),
}

/// Entries under a title.
pub(super) struct Listing {
    pub title: &'static str,
    pub entries: Vec<Entry>,
}

impl Listing {
    /// The title and a line for each entry.
    pub(super) fn text(&self, terminal: &Terminal) -> String {
        let width = self.entries.iter().map(|entry| entry.name().chars().count()).max().unwrap_or(0);
        let mut out = format!("{}\n", terminal.bold(self.title));
        for entry in &self.entries {
            let _ = writeln!(out, "  {:width$}  {}", entry.name(), entry.summary());
        }
        out
    }
}

impl Entry {
    fn name(&self) -> &'static str {
        match self {
            Entry::Function(function) => function.name,
            Entry::Kind(kind) => kind.name,
            Entry::MergeOp(op) => op.name,
            Entry::Operator(op) => op.form,
        }
    }

    fn summary(&self) -> &'static str {
        match self {
            Entry::Function(function) => function.summary,
            Entry::Kind(kind) => kind.summary,
            Entry::MergeOp(op) => op.summary,
            Entry::Operator(op) => op.summary,
        }
    }

    /// The whole page.
    pub(super) fn page(&self, terminal: &Terminal) -> String {
        match self {
            Entry::Function(function) => function_page(function, terminal),
            Entry::Kind(kind) => {
                let mut out =
                    format!("{} {}\n\n{}\n", terminal.bold(kind.name), terminal.dim("kind"), kind.summary);
                if !kind.aliases.is_empty() {
                    let _ = write!(out, "\nAlso written: {}\n", kind.aliases.join(", "));
                }
                let _ = write!(out, "\nIn filters: {}\n", kind.filters);
                let _ = writeln!(out, "Merge operators: {}", merge_ops_of(kind.kind).join(", "));
                out
            }
            Entry::MergeOp(op) => {
                let kinds: Vec<&str> = op.fits.iter().map(|kind| kind.name()).collect();
                format!(
                    "{} {}\n\n{}\n\nFits: {}\n",
                    terminal.bold(op.name),
                    terminal.dim("merge operator"),
                    op.summary,
                    kinds.join(", ")
                )
            }
            Entry::Operator(op) => operator_page(op, terminal),
        }
    }

    /// The whole entry for machines.
    pub(super) fn json(&self) -> Json {
        match self {
            Entry::Function(f) => json!({
                "type": "function",
                "name": f.name,
                "aliases": f.aliases,
                "group": format!("{:?}", f.group).to_lowercase(),
                "signature": signature(f),
                "summary": f.summary,
                "details": f.details,
                "params": f.params.iter().map(|param| json!({
                    "name": param.name,
                    "takes": takes(param.kind),
                    "presence": presence(param),
                    "doc": param.doc,
                })).collect::<Vec<_>>(),
                "result": result(f),
                "aggregate": f.aggregate.map(|aggregate| aggregate.mergeop.name()),
                "scope": scope(f),
                "examples": f.examples.iter().map(example_json).collect::<Vec<_>>(),
            }),
            Entry::Kind(kind) => json!({
                "type": "kind",
                "name": kind.name,
                "aliases": kind.aliases,
                "summary": kind.summary,
                "filters": kind.filters,
                "mergeops": merge_ops_of(kind.kind),
            }),
            Entry::MergeOp(op) => json!({
                "type": "mergeop",
                "name": op.name,
                "summary": op.summary,
                "kinds": op.fits.iter().map(|kind| kind.name()).collect::<Vec<_>>(),
            }),
            Entry::Operator(op) => json!({
                "type": "operator",
                "name": op.name,
                "spellings": op.spellings,
                "form": op.form,
                "summary": op.summary,
                "details": op.details,
                "missing": op.missing,
                "examples": op.examples.iter().map(example_json).collect::<Vec<_>>(),
            }),
        }
    }
}

fn function_page(function: &Function, terminal: &Terminal) -> String {
    let mut out = format!(
        "{}  {}\n\n{}\n",
        terminal.bold(&signature(function)),
        terminal.dim(&format!("→ {}", result(function))),
        function.summary
    );
    if !function.details.is_empty() {
        let _ = write!(out, "\n{}\n", wrap(function.details.trim()));
    }
    if !function.params.is_empty() {
        let _ = write!(out, "\n{}\n", terminal.bold("Parameters"));
        let width = function.params.iter().map(|param| param.name.chars().count()).max().unwrap_or(0);
        let kinds = function.params.iter().map(|param| takes(param.kind).chars().count()).max().unwrap_or(0);
        for param in function.params {
            let presence = match presence(param) {
                "required" => String::new(),
                other => format!(" ({other})"),
            };
            let _ = writeln!(
                out,
                "  {:width$}  {:kinds$}  {}{presence}",
                param.name,
                takes(param.kind),
                param.doc
            );
        }
    }
    examples(function.examples, &mut out, terminal);
    let mut facts = Vec::new();
    if !function.aliases.is_empty() {
        facts.push(format!("Also written: {}", function.aliases.join(", ")));
    }
    if let Some(aggregate) = function.aggregate {
        facts.push(format!(
            "Accumulates over events; merge operator {} unless MERGEOP says otherwise",
            aggregate.mergeop
        ));
    }
    match function.scope {
        Scope::Everywhere => {}
        Scope::Mapping => facts.push("Only in mappings".into()),
        Scope::Filter => facts.push("Only in filters".into()),
    }
    match function.purity {
        Purity::Pure => {}
        Purity::EventTime => facts.push("Depends on the event's time".into()),
        Purity::Random => facts.push("Gives another value at every call".into()),
    }
    if !facts.is_empty() {
        let _ = write!(out, "\n{}\n", facts.join("\n"));
    }
    out
}

fn operator_page(op: &OperatorEntry, terminal: &Terminal) -> String {
    let mut out = format!("{}  {}\n\n{}\n", terminal.bold(op.form), terminal.dim("operator"), op.summary);
    if !op.details.is_empty() {
        let _ = write!(out, "\n{}\n", wrap(op.details));
    }
    let _ = write!(out, "\nWhere an operand has no value: {}\n", op.missing);
    examples(op.examples, &mut out, terminal);
    if !op.spellings.is_empty() {
        let _ = write!(out, "\nAlso written: {}\n", op.spellings.join(", "));
    }
    out
}

fn examples(examples: &[Example], out: &mut String, terminal: &Terminal) {
    if examples.is_empty() {
        return;
    }
    let _ = write!(out, "\n{}\n", terminal.bold("Examples"));
    for example in examples {
        let event =
            if example.event.is_empty() { String::new() } else { format!("   with {}", example.event) };
        let _ = writeln!(out, "  {}{}", example.expr, terminal.dim(&event));
        let _ = writeln!(out, "    = {}", example.result.unwrap_or("no value"));
    }
}

fn example_json(example: &Example) -> Json {
    json!({
        "expr": example.expr,
        "event": serde_json::from_str::<Json>(example.event).unwrap_or(Json::Null),
        "result": example.result.map(|text| serde_json::from_str(text).unwrap_or(Json::String(text.into()))),
        "has_value": example.result.is_some(),
    })
}

fn result(function: &Function) -> &'static str {
    match function.result {
        ResultKind::Is(kind) => kind.name(),
        ResultKind::From(_) => "depends on the arguments",
    }
}

fn scope(function: &Function) -> &'static str {
    match function.scope {
        Scope::Everywhere => "everywhere",
        Scope::Mapping => "mapping",
        Scope::Filter => "filter",
    }
}

fn takes(kind: ParamKind) -> &'static str {
    match kind {
        ParamKind::Any => "anything",
        ParamKind::Text => "text",
        ParamKind::Number => "number",
        ParamKind::Bool => "bool",
        ParamKind::Date => "date",
        ParamKind::List => "list",
        ParamKind::Map => "map",
        ParamKind::Collection => "list, map or text",
        ParamKind::LiteralText => "literal text",
        ParamKind::LiteralNumber => "literal number",
    }
}

fn presence(param: &Param) -> &'static str {
    match param.presence {
        Presence::Required => "required",
        Presence::Optional => "may be left out",
        Presence::Repeated => "once or more",
        Presence::Any => "any number of times",
    }
}

fn merge_ops_of(kind: Kind) -> Vec<&'static str> {
    lql_compiler::MergeOp::fitting(kind).map(lql_compiler::MergeOp::name).collect()
}
