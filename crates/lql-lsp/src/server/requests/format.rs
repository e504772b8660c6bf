//! `textDocument/formatting`, `rangeFormatting` and `onTypeFormatting`: the formatter of `lql fmt`, as few edits as
//! possible, so that the cursor stays where it is.

use crate::server::wire::Ticket;
use crate::server::world::{Look, World};
use lql_syntax::Span;
use similar::{Algorithm, DiffOp, capture_diff_slices};
use tower_lsp_server::jsonrpc::Result;
use tower_lsp_server::ls_types::{
    DocumentFormattingParams, DocumentOnTypeFormattingParams, DocumentRangeFormattingParams, TextEdit,
};

pub fn document(
    world: &World,
    params: DocumentFormattingParams,
    _: &Ticket,
) -> Result<Option<Vec<TextEdit>>> {
    let look = world.look(&params.text_document.uri)?;
    Ok(edits(world, &look, None))
}

pub fn range(
    world: &World,
    params: DocumentRangeFormattingParams,
    _: &Ticket,
) -> Result<Option<Vec<TextEdit>>> {
    let look = world.look(&params.text_document.uri)?;
    Ok(edits(world, &look, Some(look.span(params.range))))
}

/// After `;`: the statement that it ends.
pub fn on_type(
    world: &World,
    params: DocumentOnTypeFormattingParams,
    _: &Ticket,
) -> Result<Option<Vec<TextEdit>>> {
    let (look, place) = world.place(&params.text_document_position)?;
    Ok(edits(world, &look, Some(Span::at(place.offset.saturating_sub(1)))))
}

/// The edits that format the file, or the statements that a part of it touches. Nothing in a file that is not formatted.
fn edits(world: &World, look: &Look, part: Option<Span>) -> Option<Vec<TextEdit>> {
    let parsed = look.snapshot().parsed(look.file)?;
    let text = look.text();
    let formatted = lql_syntax::format(text, parsed.dialect, world.settings.width.max(20)).text;
    let statements: Option<Vec<Span>> = part.map(|part| {
        let touched = parsed.statements.iter().map(lql_syntax::ast::Statement::span);
        touched
            .filter(|span| span.touches(part.start) || span.touches(part.end) || part.touches(span.start))
            .collect()
    });
    let is_wanted = |span: &Span| {
        let within = |statement: &Span| statement.start <= span.end && span.start <= statement.end;
        statements.as_ref().is_none_or(|statements| statements.iter().any(within))
    };
    let changes = lines_that_differ(text, &formatted);
    Some(
        changes
            .into_iter()
            .filter(|(span, _)| is_wanted(span))
            .map(|(span, new)| look.edit(span, new))
            .collect(),
    )
}

/// Replacements of whole lines that turn one text into another.
fn lines_that_differ<'t>(before: &str, after: &'t str) -> Vec<(Span, &'t str)> {
    let old: Vec<&str> = before.split_inclusive('\n').collect();
    let new: Vec<&str> = after.split_inclusive('\n').collect();
    let (old_at, new_at) = (offsets(&old), offsets(&new));
    let place = |offsets: &[usize], index: usize| offsets.get(index).copied().unwrap_or_default();
    // Where a change stands follows from the lengths before it: the indices of insertions are not always those of their place.
    let (mut old_line, mut new_line) = (0, 0);
    let mut changes = Vec::new();
    for change in capture_diff_slices(Algorithm::Myers, &old, &new) {
        let (old_end, new_end) = (old_line + change.old_range().len(), new_line + change.new_range().len());
        if !matches!(change, DiffOp::Equal { .. }) {
            let span = Span::new(place(&old_at, old_line) as u32, place(&old_at, old_end) as u32);
            changes.push((span, after.get(place(&new_at, new_line)..place(&new_at, new_end)).unwrap_or("")));
        }
        (old_line, new_line) = (old_end, new_end);
    }
    changes
}

/// Where each line begins, and where the last ends.
fn offsets(lines: &[&str]) -> Vec<usize> {
    let ends = lines.iter().scan(0, |at, line| {
        *at += line.len();
        Some(*at)
    });
    std::iter::once(0).chain(ends).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_insertion_stands_where_it_belongs() {
        let (before, after) = ("\na\n", "a\na\na");
        let mut text = before.to_owned();
        for (span, new) in lines_that_differ(before, after).into_iter().rev() {
            text.replace_range(span.start as usize..span.end as usize, new);
        }
        assert_eq!(text, after);
    }

    proptest! {
        #![proptest_config(lql_cases::cases(200))]
        #[test]
        fn the_replacements_lead_to_the_other_text(before in "([ab]{0,2}\n?){0,6}", after in "([ab]{0,2}\n?){0,6}") {
            let mut text = before.clone();
            for (span, new) in lines_that_differ(&before, &after).into_iter().rev() {
                text.replace_range(span.start as usize..span.end as usize, new);
            }
            prop_assert_eq!(text, after);
        }
    }
}
