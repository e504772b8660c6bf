//! Lets a warning be: a comment above it that allows it, with a reason.

use super::{Action, ActionKind};
use crate::ide::{Range, Snapshot};
use lql_compiler::lint::RULES;
use lql_syntax::{Edit, Span};

pub(super) fn offer(snapshot: &Snapshot, range: Range, actions: &mut Vec<Action>) {
    let Some(text) = snapshot.text(range.file).filter(|_| snapshot.parsed(range.file).is_some()) else {
        return;
    };
    for (at, finding) in snapshot.findings().iter().enumerate() {
        let span = finding.primary.span;
        let here = finding.primary.file == range.file
            && span.start <= range.span.end
            && range.span.start <= span.end;
        if !here || finding.is_error() {
            continue;
        }
        let rule = RULES.iter().find(|rule| rule.code() == finding.code);
        let name = rule.map_or_else(|| finding.code.to_string(), |rule| rule.name.to_owned());
        let line = text.get(..span.start as usize).and_then(|it| it.rfind('\n')).map_or(0, |at| at + 1);
        let rest = text.get(line..).unwrap_or_default();
        let blanks = rest.get(..rest.len() - rest.trim_start_matches([' ', '\t']).len()).unwrap_or_default();
        let comment = format!("{blanks}-- lint: allow {name}: say here why it is right\n");
        let edit = Edit { file: range.file, span: Span::at(line as u32), text: comment };
        let title = format!("Allow `{name}` here, with a reason");
        actions.push(Action { finding: Some(at), ..Action::new(ActionKind::QuickFix, title, vec![edit]) });
    }
}
