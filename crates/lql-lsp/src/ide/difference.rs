//! Two texts, as the edits that lead from one to the other.

use lql_syntax::{Edit, Span};
use similar::{DiffOp, TextDiff};

/// The edits, line by line, that turn `old`, which is file `file`, into `new`.
pub fn edits(file: u32, old: &str, new: &str) -> Vec<Edit> {
    let diff = TextDiff::from_lines(old, new);
    let (old_starts, new_starts) = (starts(old), starts(new));
    let at = |starts: &[usize], line: usize| starts.get(line).or(starts.last()).copied().unwrap_or_default();
    let changed = diff.ops().iter().filter(|op| !matches!(op, DiffOp::Equal { .. }));
    changed
        .map(|op| {
            let (of_old, of_new) = (op.old_range(), op.new_range());
            let span = Span::new(at(&old_starts, of_old.start) as u32, at(&old_starts, of_old.end) as u32);
            let text = new.get(at(&new_starts, of_new.start)..at(&new_starts, of_new.end));
            Edit { file, span, text: text.unwrap_or_default().to_owned() }
        })
        .collect()
}

/// Where lines start, and the end of the text. Lines end as the comparison takes them to: at `\n`, `\r\n` and `\r`.
fn starts(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let ends = bytes.iter().enumerate().filter(|(at, byte)| match byte {
        b'\n' => true,
        b'\r' => bytes.get(at + 1) != Some(&b'\n'),
        _ => false,
    });
    let mut starts: Vec<usize> = std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect();
    if starts.last() != Some(&text.len()) {
        starts.push(text.len());
    }
    starts
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
