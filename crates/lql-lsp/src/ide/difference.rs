//! Two texts, as the edits that lead from one to the other.

use lql_syntax::{Edit, Span};
use similar::{Algorithm, DiffOp, capture_diff_slices};

/// The edits, line by line, that turn `old`, which is file `file`, into `new`.
pub fn edits(file: u32, old: &str, new: &str) -> Vec<Edit> {
    let (old_lines, new_lines) = (lines(old), lines(new));
    let (old_starts, new_starts) = (starts(&old_lines), starts(&new_lines));
    let at = |starts: &[usize], line: usize| starts.get(line).copied().unwrap_or_default();
    let mut edits: Vec<Edit> = Vec::new();
    // The lengths of the steps are right; where insertions say they stand is not, always.
    let (mut old_line, mut new_line) = (0, 0);
    for op in capture_diff_slices(Algorithm::Myers, &old_lines, &new_lines) {
        let (old_end, new_end) = (old_line + op.old_range().len(), new_line + op.new_range().len());
        let span = Span::new(at(&old_starts, old_line) as u32, at(&old_starts, old_end) as u32);
        let text = new.get(at(&new_starts, new_line)..at(&new_starts, new_end)).unwrap_or_default();
        (old_line, new_line) = (old_end, new_end);
        if matches!(op, DiffOp::Equal { .. }) {
            continue;
        }
        match edits.last_mut() {
            // Side by side, so one edit: two at one place would leave their order to chance.
            Some(last) if last.span.end == span.start => {
                last.span = last.span.cover(span);
                last.text.push_str(text);
            }
            _ => edits.push(Edit { file, span, text: text.to_owned() }),
        }
    }
    edits
}

fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// Where each line starts, and where the text ends.
fn starts(lines: &[&str]) -> Vec<usize> {
    let ends = lines.iter().scan(0, |end, line| {
        *end += line.len();
        Some(*end)
    });
    std::iter::once(0).chain(ends).collect()
}

#[cfg(test)]
pub fn applied(text: &str, edits: &[Edit]) -> String {
    let mut edits: Vec<&Edit> = edits.iter().collect();
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.span));
    let mut text = text.to_owned();
    for edit in edits {
        text.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(lql_cases::cases(300))]
        #[test]
        fn edits_lead_from_one_text_to_the_other(old in "[ab\r\n]{0,12}", new in "[ab\r\n]{0,12}") {
            prop_assert_eq!(applied(&old, &edits(0, &old, &new)), new);
        }
    }

    #[test]
    fn lines_that_stay_are_not_touched() {
        let edits = edits(3, "a\nb\nc\n", "a\nx\nc\n");
        assert_eq!(edits, [Edit { file: 3, span: Span::new(2, 4), text: "x\n".into() }]);
    }
}
