//! The formatter as edits: of a whole file, of the statements in a range, of what was just typed.

use super::context::{Context, Part, Slot};
use super::folding::with_comment;
use super::{Place, Snapshot, difference};
use lql_syntax::{Edit, Span, TokenKind, format};

/// Blanks of one step to the right.
const STEP: usize = 4;

/// Formats a file for lines of `width` characters.
pub fn format_file(snapshot: &Snapshot, file: u32, width: usize) -> Vec<Edit> {
    let (Some(parsed), Some(text)) = (snapshot.parsed(file), snapshot.text(file)) else { return Vec::new() };
    difference::edits(file, text, &format(text, parsed.dialect, width).text)
}

/// Formats the statements that a range touches.
pub fn format_range(snapshot: &Snapshot, file: u32, range: Span, width: usize) -> Vec<Edit> {
    let (Some(parsed), Some(text)) = (snapshot.parsed(file), snapshot.text(file)) else { return Vec::new() };
    let touches = |span: Span| span.start <= range.end && range.start <= span.end;
    let touched = parsed.statements.iter().filter(|it| touches(it.span()));
    let Some(whole) = touched.map(|it| with_comment(parsed, it)).reduce(Span::cover) else {
        return Vec::new();
    };
    // The semicolon belongs to its statement.
    let behind = parsed.tokens.partition_point(|token| token.span.start < whole.end);
    let mut behind = parsed.tokens.iter().skip(behind).filter(|token| !token.kind.is_trivia());
    let semicolon = behind.next().filter(|token| token.kind == TokenKind::Semicolon);
    let whole = semicolon.map_or(whole, |token| whole.cover(token.span));
    let part = whole.of(text);
    let formatted = format(part, parsed.dialect, width).text;
    let mut edits = difference::edits(file, part, formatted.trim_end());
    for edit in &mut edits {
        edit.span = Span::new(edit.span.start + whole.start, edit.span.end + whole.start);
    }
    edits
}

/// Formats after a character was typed before a place: `;` ends a statement, a line break begins a line.
pub fn format_on_type(snapshot: &Snapshot, place: Place, typed: char, width: usize) -> Vec<Edit> {
    match typed {
        ';' => format_range(snapshot, place.file, Span::at(place.offset.saturating_sub(1)), width),
        '\n' => indent(snapshot, place).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// Moves the line of a place to where it belongs, as far as its beginning tells.
fn indent(snapshot: &Snapshot, place: Place) -> Option<Edit> {
    let (parsed, text) = (snapshot.parsed(place.file)?, snapshot.text(place.file)?);
    let start = text.get(..place.offset as usize)?.rfind('\n').map_or(0, |at| at + 1);
    let rest = text.get(start..)?;
    let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    let context = Context::at(text, parsed, start as u32);
    let line_of =
        |offset: u32| text.get(..offset as usize).and_then(|it| it.rfind('\n')).map_or(0, |at| at + 1);
    let blanks_at =
        |line: usize| text.get(line..).map_or(0, |it| it.len() - it.trim_start_matches(' ').len());
    let in_columns = matches!(context.part, Part::Value | Part::Guard) || !context.column_clauses.is_empty();
    let width = match (context.slot, context.open.last()) {
        (Slot::Text | Slot::Other, _) => return None,
        // A line inside brackets stands one step behind the line that opens them, the closing bracket below it.
        (_, Some(open)) => {
            let closes = rest.trim_start_matches([' ', '\t']).starts_with([')', ']', '}']);
            blanks_at(line_of(open.bracket.start)) + if closes { 0 } else { STEP }
        }
        // A complete column without a comma is the last one.
        (Slot::Operand, None) if in_columns => STEP,
        (Slot::Operand, None) if context.previous.is_some() => STEP,
        _ => 0,
    };
    let wanted = " ".repeat(width);
    let span = Span::new(start as u32, (start + blanks) as u32);
    (span.of(text) != wanted).then_some(Edit { file: place.file, span, text: wanted })
}

#[cfg(test)]
mod tests {
    use super::super::difference::applied;
    use super::super::testing::Fixture;
    use super::*;

    const UGLY: &str = "select email( m ) as email from web into user by email alias one;\n\n\nselect  a as b, from s into user by b alias two";

    #[test]
    fn a_file_and_a_range_of_it() {
        let fixture = Fixture::new(&format!("==> a.lql\n{UGLY}"));
        let whole = applied(UGLY, &format_file(&fixture.snapshot, 0, 100));
        assert_eq!(whole, format(UGLY, lql_syntax::ast::Dialect::Lql, 100).text);
        let first = applied(UGLY, &format_range(&fixture.snapshot, 0, Span::at(10), 100));
        assert!(
            first.starts_with("SELECT\n    email(m) AS email\n") && first.ends_with("alias two"),
            "{first}"
        );
        assert!(format_range(&fixture.snapshot, 0, Span::at(67), 100).is_empty());
    }

    #[test]
    fn a_semicolon_formats_its_statement() {
        let fixture = Fixture::new(&format!("==> a.lql\n{}", UGLY.replacen(';', ";$0", 1)));
        let after = applied(UGLY, &format_on_type(&fixture.snapshot, fixture.cursor, ';', 100));
        assert!(
            after.starts_with("SELECT\n    email(m) AS email\n") && after.ends_with("alias two"),
            "{after}"
        );
    }

    #[test]
    fn a_new_line_stands_where_it_belongs() {
        let indented = |marked: &str| {
            let fixture = Fixture::new(&format!("==> a.lql\n{marked}"));
            let text = marked.replace("$0", "");
            let edits = format_on_type(&fixture.snapshot, fixture.cursor, '\n', 100);
            let line = text[..fixture.cursor.offset as usize].rfind('\n').unwrap() + 1;
            let after = applied(&text, &edits);
            after[line..].len() - after[line..].trim_start_matches(' ').len()
        };
        assert_eq!(indented("SELECT\n$0"), 4);
        assert_eq!(indented("SELECT\n    a AS b,\n$0"), 4);
        assert_eq!(indented("SELECT\n    a AS b\n        $0"), 0);
        assert_eq!(indented("SELECT\n    a AS b\n    IF AND (\n$0"), 8);
        assert_eq!(indented("SELECT\n    join(\n$0"), 8);
        assert_eq!(indented("SELECT\n    a AS b\nFROM web\n  $0"), 0);
        assert_eq!(indented("SELECT a AS b FROM s INTO user BY b WHERE AND (\n$0"), 4);
    }
}
