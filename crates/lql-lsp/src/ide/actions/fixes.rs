//! The fixes of findings: one by one, and all that keep the meaning.

use super::{Action, ActionKind};
use crate::ide::{Range, Snapshot, difference};
use lql_compiler::lint::Tier;
use lql_syntax::{Edit, Safety};

pub(super) fn offer(snapshot: &Snapshot, range: Range, actions: &mut Vec<Action>) {
    let here = |file: u32, span: lql_syntax::Span| {
        file == range.file && span.start <= range.span.end && range.span.start <= span.end
    };
    let mut safe_elsewhere = 0;
    let mut any = false;
    for (at, finding) in snapshot.findings().iter().enumerate() {
        if finding.primary.file != range.file {
            continue;
        }
        if !here(finding.primary.file, finding.primary.span) {
            safe_elsewhere += usize::from(finding.fixes.iter().any(|fix| fix.safety == Safety::Safe));
            continue;
        }
        for (order, fix) in finding.fixes.iter().enumerate().filter(|(_, fix)| !fix.edits.is_empty()) {
            let title = match fix.safety {
                Safety::Safe => capital(&fix.title),
                Safety::Unsafe => format!("{} (changes the meaning)", capital(&fix.title)),
                Safety::Display => format!("{} (a sketch)", capital(&fix.title)),
            };
            any |= fix.safety == Safety::Safe;
            actions.push(Action {
                preferred: order == 0 && fix.safety != Safety::Display,
                finding: Some(at),
                ..Action::new(ActionKind::QuickFix, title, fix.edits.clone())
            });
        }
    }
    if any && safe_elsewhere > 0 {
        let edits = at_once(snapshot, range.file);
        actions.push(Action::new(ActionKind::FixAll, "Fix all that keeps the meaning", edits));
    }
}

/// The safe fixes of a file that do not touch each other.
fn at_once(snapshot: &Snapshot, file: u32) -> Vec<Edit> {
    let mut edits: Vec<Edit> = Vec::new();
    for finding in snapshot.findings().iter().filter(|it| it.primary.file == file) {
        let Some(fix) = finding.fixes.iter().find(|fix| fix.safety == Safety::Safe) else { continue };
        let touches =
            |a: &Edit| edits.iter().any(|b| a.span.start <= b.span.end && b.span.start <= a.span.end);
        if fix.edits.iter().all(|edit| edit.file == file && !touches(edit)) {
            edits.extend(fix.edits.iter().cloned());
        }
    }
    edits.sort_by_key(|edit| edit.span);
    edits
}

/// All fixes of a file that keep the meaning, also those that only others make possible. Lints the project several times.
pub fn fix_all(snapshot: &Snapshot, file: u32) -> Vec<Edit> {
    let project = &snapshot.project;
    let (_, mended) = project.mended(&project.file.lint, Tier::Safe);
    match (snapshot.text(file), mended.texts.get(file as usize)) {
        (Some(old), Some(new)) => difference::edits(file, old, new),
        _ => Vec::new(),
    }
}

fn capital(title: &str) -> String {
    let mut letters = title.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}
