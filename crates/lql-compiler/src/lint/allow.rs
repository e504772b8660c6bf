//! Suppressions: `-- lint: allow text-order: both are padded with zeros` above what it is about, or behind it on its line;
//! `-- lint: allow-file …` for a whole file.
//!
//! A comment alone on its line covers what begins on the next line of code: a column, a clause, an item of a list, a whole
//! statement. One behind code covers its line and what ends there.

use super::rules::{ALLOW_UNKNOWN, ALLOW_UNUSED, ALLOW_WITHOUT_REASON};
use super::select::codes_of;
use super::text::fix;
use super::{RULES, Selection};
use crate::Source;
use crate::check::CheckedFile;
use crate::suggest::question;
use lql_syntax::ast::{Column, Expr, ExprKind, Name, Statement};
use lql_syntax::{Code, Diagnostic, Parsed, Safety, Span, TokenKind};
use std::sync::Arc;

/// A comment that allows findings.
#[derive(Clone, Debug)]
pub(crate) struct Allowance {
    file: u32,
    /// The comment.
    span: Span,
    /// What it allows.
    names: Vec<Allowed>,
    has_reason: bool,
    /// What it covers.
    covers: Span,
}

/// One word of a suppression.
#[derive(Clone, Debug)]
struct Allowed {
    word: String,
    span: Span,
    codes: Vec<Code>,
    used: bool,
}

/// The suppressions of a file.
pub(crate) fn allowances(file: u32, parsed: &Parsed, text: &str) -> Vec<Allowance> {
    if !text.contains("lint:") {
        return Vec::new();
    }
    let units = units(&parsed.statements);
    let mut found = Vec::new();
    for (at, token) in parsed.tokens.iter().enumerate().filter(|(_, token)| token.kind.is_comment()) {
        let Some((mut allowance, whole_file)) = read(file, token.span, token.span.of(text)) else { continue };
        allowance.covers =
            if whole_file { Span::new(0, u32::MAX) } else { covered(parsed, text, at, &units) };
        found.push(allowance);
    }
    found
}

/// The suppressions of all files, none of them used yet.
pub(crate) fn allowances_of(files: &[Arc<CheckedFile>]) -> Vec<Allowance> {
    files.iter().flat_map(|file| file.allowances.iter().cloned()).collect()
}

/// Takes away the warnings that a suppression covers, and marks what was used: by these, and by those taken before.
pub(crate) fn settle(found: &mut Vec<Diagnostic>, taken: &mut Vec<Diagnostic>, allowances: &mut [Allowance]) {
    if allowances.is_empty() {
        return;
    }
    for finding in &*taken {
        covers(allowances, finding);
    }
    found.retain(|finding| {
        let allowed = !finding.is_error() && covers(allowances, finding);
        if allowed {
            taken.push(finding.clone());
        }
        !allowed
    });
}

/// Whether a suppression covers a finding. It is used then.
fn covers(allowances: &mut [Allowance], finding: &Diagnostic) -> bool {
    let mut covered = false;
    for allowance in allowances.iter_mut().filter(|it| it.has_reason && it.file == finding.primary.file) {
        let start = finding.primary.span.start;
        if start < allowance.covers.start || allowance.covers.end < start {
            continue;
        }
        for name in allowance.names.iter_mut().filter(|name| name.codes.contains(&finding.code)) {
            name.used = true;
            covered = true;
        }
    }
    covered
}

/// What is wrong with suppressions themselves.
pub(super) fn findings(
    allowances: &[Allowance],
    sources: &[Source],
    selection: &Selection,
) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for allowance in allowances {
        let Some(source) = sources.get(allowance.file as usize) else { continue };
        if !allowance.has_reason && selection.has(&ALLOW_WITHOUT_REASON) {
            found.push(
                ALLOW_WITHOUT_REASON
                    .at(
                        allowance.file,
                        allowance.span,
                        "this suppression gives no reason, so it does nothing",
                    )
                    .label("why is it allowed?")
                    .note("write `-- lint: allow NAME: the reason`"),
            );
            continue;
        }
        for name in allowance.names.iter().filter(|name| name.codes.is_empty()) {
            if selection.has(&ALLOW_UNKNOWN) {
                found.push(unknown(allowance, name, &source.text));
            }
        }
        let is_idle = |name: &&Allowed| !name.used && !name.codes.is_empty() && in_use(name, selection);
        for name in allowance.names.iter().filter(is_idle) {
            if selection.has(&ALLOW_UNUSED) {
                let title = format!("nothing here raises `{}`", name.word);
                let finding =
                    ALLOW_UNUSED.at(allowance.file, name.span, title).label("this suppression is not used");
                found.push(without(finding, allowance, name, &source.text));
            }
        }
    }
    found
}

/// Whether one of the rules that a name allows is used: an idle suppression of a rule that is off is no news.
fn in_use(name: &Allowed, selection: &Selection) -> bool {
    name.codes.iter().any(|code| match RULES.iter().find(|rule| rule.code() == *code) {
        Some(rule) => selection.has(rule),
        None => !selection.ignores(*code),
    })
}

fn unknown(allowance: &Allowance, name: &Allowed, text: &str) -> Diagnostic {
    let finding = ALLOW_UNKNOWN
        .at(allowance.file, name.span, format!("no rule is called `{}`", name.word))
        .label("unknown");
    let near = codes_of(&name.word).err().map(|unknown| unknown.near).unwrap_or_default();
    match question(&near) {
        Some(question) => {
            let finding = finding.note(question);
            match near.as_slice() {
                [one] => finding.fix(format!("write `{one}`"), Safety::Unsafe, name.span, *one),
                _ => finding,
            }
        }
        None => without(finding.note("`lql explain` lists the codes"), allowance, name, text),
    }
}

/// Offers to take a name out of its suppression, and the comment away with the last one.
fn without(finding: Diagnostic, allowance: &Allowance, name: &Allowed, text: &str) -> Diagnostic {
    let file = allowance.file;
    let others = allowance.names.iter().filter(|other| other.span != name.span);
    if others.clone().any(|other| other.used || other.codes.is_empty()) {
        let at = allowance.names.iter().position(|other| other.span == name.span).unwrap_or(0);
        let next = allowance.names.get(at + 1).map(|next| next.span.start);
        let before = at.checked_sub(1).and_then(|at| allowance.names.get(at)).map(|name| name.span.end);
        let span = match (next, before) {
            (Some(next), _) => Span::new(name.span.start, next),
            (None, Some(before)) => Span::new(before, name.span.end),
            (None, None) => name.span,
        };
        return fix(
            finding,
            format!("take `{}` out", name.word),
            Safety::Safe,
            [(file, span, String::new())],
        );
    }
    // The whole comment: with its line where it stands alone, else with the blanks before it.
    let start = allowance.span.start as usize;
    let before = text.get(..start).unwrap_or_default();
    let line = before.rfind('\n').map_or(0, |at| at + 1);
    let after = text.get(allowance.span.end as usize..).unwrap_or_default();
    let alone = before.get(line..).is_some_and(|rest| rest.trim().is_empty());
    let span = match after.find('\n') {
        Some(rest) if alone && after.get(..rest).is_some_and(|rest| rest.trim().is_empty()) => {
            Span::new(line as u32, allowance.span.end + rest as u32 + 1)
        }
        _ => Span::new(before.trim_end_matches([' ', '\t']).len() as u32, allowance.span.end),
    };
    fix(finding, "take the comment out", Safety::Safe, [(file, span, String::new())])
}

/// Reads a comment; whether it is about the whole file. `None` for all other comments.
fn read(file: u32, span: Span, comment: &str) -> Option<(Allowance, bool)> {
    let body = comment.trim_start_matches(['-', '/', '#', '*']).trim_start();
    let rest = body.strip_prefix("lint:")?;
    let mut at = span.start + (comment.len() - rest.len()) as u32;
    let rest = rest.trim_end_matches("*/").trim_end();
    let order = rest.trim_start();
    at += (rest.len() - order.len()) as u32;
    let (whole_file, list) = match order.strip_prefix("allow-file") {
        Some(list) => (true, list),
        None => (false, order.strip_prefix("allow").unwrap_or(order)),
    };
    at += (order.len() - list.len()) as u32;
    let (list, reason) = list.split_once(':').unwrap_or((list, ""));
    let mut names = Vec::new();
    for part in list.split(',') {
        let word = part.trim();
        if !word.is_empty() {
            let start = at + (part.len() - part.trim_start().len()) as u32;
            names.push(Allowed {
                word: word.to_owned(),
                span: Span::new(start, start + word.len() as u32),
                codes: codes_of(word).unwrap_or_default(),
                used: false,
            });
        }
        at += part.len() as u32 + 1;
    }
    let has_reason = !reason.trim().is_empty() && !names.is_empty();
    Some((Allowance { file, span, names, has_reason, covers: span }, whole_file))
}

/// What the comment at token `at` covers.
fn covered(parsed: &Parsed, text: &str, at: usize, units: &[(Span, bool)]) -> Span {
    let comment = parsed.tokens.get(at).map_or_else(Span::default, |token| token.span);
    let line = |offset: u32| {
        let before = text.get(..offset as usize).unwrap_or_default();
        let after = text.get(offset as usize..).unwrap_or_default();
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        Span::new(start as u32, after.find('\n').map_or(text.len(), |at| offset as usize + at) as u32)
    };
    let own = line(comment.start);
    let is_code = |kind: TokenKind| !kind.is_trivia();
    let behind = parsed
        .tokens
        .iter()
        .any(|it| is_code(it.kind) && own.touches(it.span.start) && it.span.end <= comment.start);
    if behind {
        let ending = units.iter().filter(|(unit, whole)| !whole && own.touches(unit.end));
        return ending.fold(own, |covers, (unit, _)| Span::new(covers.start.min(unit.start), covers.end));
    }
    let Some(next) = parsed.tokens.iter().skip(at).find(|it| is_code(it.kind)) else { return own };
    let next = line(next.span.start);
    let beginning = units.iter().filter(|(unit, _)| next.touches(unit.start) && unit.start != next.end);
    beginning.fold(next, |covers, (unit, _)| Span::new(covers.start, covers.end.max(unit.end)))
}

/// What a comment may stand above or behind, and whether it is a whole statement.
fn units(statements: &[Statement]) -> Vec<(Span, bool)> {
    let mut units = Vec::new();
    let of_columns = |columns: &[Column], units: &mut Vec<(Span, bool)>| {
        for column in columns {
            units.push((column.span, false));
            items(&column.expr, units);
            column.guard.iter().for_each(|guard| items(guard, units));
        }
    };
    let of_names = |names: &[&Option<Name>], units: &mut Vec<(Span, bool)>| {
        units.extend(names.iter().filter_map(|name| Some((name.as_ref()?.span, false))));
    };
    for statement in statements {
        units.push((statement.span(), true));
        match statement {
            Statement::Query(query) => {
                of_columns(&query.columns, &mut units);
                query.condition.iter().for_each(|condition| {
                    units.push((condition.span, false));
                    items(condition, &mut units);
                });
                of_names(&[&query.from, &query.into, &query.alias], &mut units);
            }
            Statement::Filter(filter) => {
                of_columns(&filter.columns, &mut units);
                filter.condition.iter().for_each(|condition| {
                    units.push((condition.span, false));
                    items(condition, &mut units);
                });
                of_names(&[&filter.from, &filter.alias], &mut units);
            }
        }
    }
    units
}

/// The items of lists, the arguments of calls, the sides of AND and OR.
fn items(expr: &Expr, units: &mut Vec<(Span, bool)>) {
    let has_items =
        matches!(expr.kind, ExprKind::List { .. } | ExprKind::Call { .. } | ExprKind::Binary { .. });
    expr.children(|child| {
        if has_items {
            units.push((child.span, false));
        }
        items(child, units);
    });
}
