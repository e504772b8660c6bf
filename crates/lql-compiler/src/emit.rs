//! The stages of compilation as text, for `lql build --emit`. For people and snapshots, not for machines.

use crate::check::{Checked, Source};
use crate::program::{Constant, Op, Package, Program, Reg};
use lql_syntax::Parsed;
use std::fmt::Write;

/// One line a token: place, kind, text.
pub fn tokens(text: &str, parsed: &Parsed) -> String {
    let mut out = String::new();
    for token in &parsed.tokens {
        let span = token.span;
        let _ = writeln!(
            out,
            "{:>5}..{:<5} {:<14} {:?}",
            span.start,
            span.end,
            format!("{:?}", token.kind),
            span.of(text)
        );
    }
    out
}

/// The trees as JSON.
pub fn tree(parsed: &Parsed) -> String {
    serde_json::to_string_pretty(&parsed.statements).unwrap_or_default()
}

/// Every sub-expression with its static kind, then the fields with kind and merge operator.
pub fn types(checked: &Checked, sources: &[Source]) -> String {
    let mut out = String::new();
    for (file, source) in (0u32..).zip(sources) {
        for (span, kind) in checked.kinds(file) {
            let text: Vec<&str> = span.of(&source.text).split_whitespace().collect();
            let line = checked.line(file, span.start);
            let _ = writeln!(out, "{}:{line}  {} : {kind}", source.name, text.join(" "));
        }
    }
    for (at, table) in checked.schema.tables.iter().enumerate() {
        let _ = writeln!(out, "\ntable {}", table.name);
        let rank = |id| table.identities.iter().position(|i| *i == id).map(|rank| rank + 1);
        for (id, field) in checked.schema.fields_of(crate::schema::TableId(at as u16)) {
            let _ = write!(out, "  {} : {}, {}", field.name, field.kind, field.mergeop);
            if let Some(rank) = rank(id) {
                let _ = write!(out, ", identity of rank {rank}");
            }
            if let Some(capacity) = field.capacity {
                let _ = write!(out, ", capacity {capacity}");
            }
            if let Some(days) = field.keep_days {
                let _ = write!(out, ", kept {days} days");
            }
            out.push('\n');
        }
    }
    out
}

/// What each stream and segment reads and how much it runs.
pub fn projection(package: &Package) -> String {
    let mut out = String::new();
    let streams = package.streams.iter().map(|p| (format!("stream {}", p.stream), p));
    let segments = package.segments.iter().map(|s| (format!("segment {}", s.slug), &s.program));
    for (name, program) in streams.chain(segments) {
        let _ = writeln!(out, "{name}");
        let mut keys: Vec<&str> = program.keys.iter().map(|key| key.text.as_str()).collect();
        keys.sort_unstable();
        let _ = writeln!(out, "  reads {} keys: {}", keys.len(), keys.join(", "));
        if !program.captures.is_empty() {
            let _ = writeln!(out, "  gathers keys that begin with: {}", program.captures.join(", "));
        }
        let _ = writeln!(
            out,
            "  {} instructions, {} calls, {} shared sub-expressions, {} registers",
            program.code.len(),
            program.calls.len(),
            program.shared.len(),
            program.registers
        );
    }
    out
}

/// The instructions of every stream and segment.
pub fn program(package: &Package) -> String {
    let mut out = String::new();
    for stream in &package.streams {
        let _ = writeln!(out, "stream {}", stream.stream);
        listing(stream, package, &mut out);
    }
    for segment in &package.segments {
        let _ = writeln!(out, "segment {}", segment.slug);
        listing(&segment.program, package, &mut out);
    }
    out
}

fn listing(program: &Program, package: &Package, out: &mut String) {
    for (at, op) in program.code.iter().enumerate() {
        if let Some(index) = program.shared.iter().position(|s| s.start as usize == at) {
            let _ = writeln!(out, "  shared {index}:");
        }
        let _ = writeln!(out, "  {at:>4}  {}", instruction(program, package, *op));
    }
}

/// A register by what it holds.
fn register(program: &Program, reg: Reg) -> String {
    let reg = usize::from(reg);
    let mut base = program.constants.len();
    if let Some(constant) = program.constants.get(reg) {
        return constant_text(constant);
    }
    if let Some(key) = reg.checked_sub(base).and_then(|at| program.keys.get(at)) {
        return format!("`{}`", key.text);
    }
    base += program.keys.len();
    match reg.checked_sub(base).and_then(|at| program.captures.get(at)) {
        Some(prefix) => format!("`{prefix}*`"),
        None => format!("r{}", reg.saturating_sub(base + program.captures.len())),
    }
}

fn constant_text(constant: &Constant) -> String {
    match constant {
        Constant::Null => "NULL".to_owned(),
        Constant::Bool(flag) => flag.to_string(),
        Constant::Int(int) => int.to_string(),
        Constant::Number(number) => format!("{number:?}"),
        Constant::Time(time) => time.to_rfc3339(),
        Constant::Text(text) => format!("{text:?}"),
        Constant::List(items) => list_text(items),
    }
}

fn list_text(items: &[Constant]) -> String {
    let items: Vec<String> = items.iter().map(constant_text).collect();
    format!("[{}]", items.join(", "))
}

fn instruction(program: &Program, package: &Package, op: Op) -> String {
    let r = |reg: Reg| register(program, reg);
    let field = |column: u16| {
        let column = program.columns.get(usize::from(column));
        let field = column.and_then(|column| package.schema.field(column.field));
        field.map_or("?", |field| field.name.as_str())
    };
    let call = |site: u16| match program.calls.get(usize::from(site)) {
        Some(call) => {
            let args: Vec<String> = call.args.iter().map(|arg| r(*arg)).collect();
            format!("{}({})", call.function, args.join(", "))
        }
        None => format!("call {site}"),
    };
    match op {
        Op::Copy { to, from } => format!("{} = {}", r(to), r(from)),
        Op::Clear { to } => format!("{} = no value", r(to)),
        Op::Arith { op, to, a, b } => format!("{} = {} {} {}", r(to), word(op), r(a), r(b)),
        Op::Compare { op, to, a, b } => format!("{} = {} {} {}", r(to), word(op), r(a), r(b)),
        Op::Against { op, to, a, set } => {
            let set = program.sets.get(usize::from(set)).map(|items| list_text(items)).unwrap_or_default();
            format!("{} = {} {} {set}", r(to), word(op), r(a))
        }
        Op::Between { to, a, low } => format!("{} = between {} {} {}", r(to), r(a), r(low), r(low + 1)),
        Op::List { to, first, count } => {
            let items: Vec<String> = (first..first + count).map(r).collect();
            format!("{} = list {}", r(to), items.join(" "))
        }
        Op::Not { to, a } => format!("{} = not {}", r(to), r(a)),
        Op::Negate { to, a } => format!("{} = negate {}", r(to), r(a)),
        Op::Exists { to, a } => format!("{} = exists {}", r(to), r(a)),
        Op::And { to, a, b } => format!("{} = and {} {}", r(to), r(a), r(b)),
        Op::Or { to, a, b } => format!("{} = or {} {}", r(to), r(a), r(b)),
        Op::Call { to, site } => format!("{} = {}", r(to), call(site)),
        Op::Cast { to, from, kind } => format!("{} = {} as {kind}", r(to), r(from)),
        Op::Once { shared } => format!("once shared {shared}"),
        Op::Jump { to } => format!("goto {to}"),
        Op::JumpUnlessTrue { a, to } => format!("unless {} goto {to}", r(a)),
        Op::JumpIf { a, on, to } => format!("if {} is {on} goto {to}", r(a)),
        Op::JumpUnlessBool { a, to } => format!("unless {} is boolean goto {to}", r(a)),
        Op::Query { query } => match program.queries.get(usize::from(query)) {
            Some(info) => format!("query {}", info.alias),
            None => format!("query {query}"),
        },
        Op::Emit { column, from } => format!("emit {} <- {}", field(column), r(from)),
        Op::EmitAs { column, from, kind } => format!("emit {} <- {} as {kind}", field(column), r(from)),
        Op::EmitCall { column, site, kind } => {
            format!("emit {} <- {} as {kind}", field(column), call(site))
        }
        Op::EndQuery => "end query".to_owned(),
        Op::Result { from } => format!("result {}", r(from)),
        Op::End => "end".to_owned(),
    }
}

/// An operator's name in lower case.
fn word(op: impl std::fmt::Debug) -> String {
    format!("{op:?}").to_lowercase()
}
