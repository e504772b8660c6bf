//! Text of strangers made fit for a terminal: no escape sequences, no line ends but `\n`, no reversed reading order.

use std::borrow::Cow;

/// Replaces characters that would move the cursor or reorder the line by harmless ones *of the same length in bytes*,
/// so that byte offsets stay what they were. `\n`, the `\r` before it, and tabs stay.
pub(super) fn same_length(text: &str) -> Cow<'_, str> {
    let mut rest = text.char_indices().peekable();
    let mut clean: Option<String> = None;
    while let Some((at, c)) = rest.next() {
        let is_line_end = c == '\r' && rest.peek().is_some_and(|(_, next)| *next == '\n');
        let harmless = match c {
            '\r' if is_line_end => None,
            c => substitute(c),
        };
        match (&mut clean, harmless) {
            (None, None) => {}
            (None, Some(harmless)) => {
                let mut so_far = String::with_capacity(text.len());
                so_far.push_str(text.get(..at).unwrap_or(""));
                so_far.push(harmless);
                clean = Some(so_far);
            }
            (Some(clean), harmless) => clean.push(harmless.unwrap_or(c)),
        }
    }
    clean.map_or(Cow::Borrowed(text), Cow::Owned)
}

/// A text as a single harmless line, for titles and names.
pub(super) fn one_line(text: &str) -> String {
    same_length(text).replace(['\n', '\t'], " ")
}

/// What stands for a character that must not reach a terminal; as long in UTF-8 as the character.
fn substitute(c: char) -> Option<char> {
    match c {
        '\n' | '\t' => None,
        '\0'..='\x1f' | '\x7f' => Some('?'),
        '\u{80}'..='\u{9f}' => Some('¿'),
        // Line and paragraph separators, and the controls of reading direction.
        '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' => Some('\u{fffd}'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_stay_what_they_were() {
        for text in
            ["plain\ttext\r\n", "bare\rreturn", "esc\x1b[31m", "nel\u{85}", "sep\u{2028}", "rlo\u{202e}x"]
        {
            assert_eq!(same_length(text).len(), text.len(), "{text:?}");
        }
    }

    #[test]
    fn escape_sequences_do_not_reach_the_terminal() {
        assert_eq!(same_length("a\x1b[31mé\u{9b}"), "a?[31mé¿");
        assert_eq!(same_length("a\r\nb\rc"), "a\r\nb?c");
    }
}
