use super::*;
use lql_syntax::parse;

fn slot(marked: &str) -> (Slot, String, String) {
    let offset = marked.find("$0").unwrap();
    let text = marked.replace("$0", "");
    let dialect = lql_syntax::detect_dialect(&text);
    let parsed = parse(&text, dialect);
    let context = Context::at(&text, &parsed, offset as u32);
    let subject = context.subject.map_or(String::new(), |it| it.of(&text).to_owned());
    (context.slot, context.prefix.to_owned(), subject)
}

#[test]
fn every_place_asks_for_its_own() {
    let cases = [
        ("$0", Slot::Statement, "", ""),
        ("SEL$0", Slot::Statement, "SEL", ""),
        ("SELECT $0", Slot::Operand, "", ""),
        ("SELECT em$0", Slot::Operand, "em", ""),
        ("SELECT email(m$0) AS e FROM web", Slot::Operand, "m", ""),
        ("SELECT email(m) $0", Slot::AfterOperand, "", ""),
        ("SELECT email(m) AS e$0", Slot::FieldName, "e", ""),
        ("SELECT email(m) AS e KI$0", Slot::AfterOperand, "KI", ""),
        ("SELECT a AS b KIND map[string]i$0", Slot::Kind, "map[string]i", ""),
        ("SELECT a AS b KIND $0", Slot::Kind, "", ""),
        ("SELECT a AS b MERGEOP la$0", Slot::MergeOp, "la", ""),
        ("SELECT a AS b IF $0", Slot::Operand, "", ""),
        ("SELECT a AS b IF c = \"p$0\"", Slot::Text, "\"p", "c"),
        ("SELECT a AS b IF c IN (\"x\", \"p$0\")", Slot::Text, "\"p", "c"),
        ("SELECT a AS b,\n$0\nFROM web", Slot::Operand, "", ""),
        ("SELECT a FROM $0", Slot::Stream, "", ""),
        ("SELECT a FROM web $0", Slot::Clause, "", ""),
        ("SELECT a FROM web INTO us$0", Slot::Table, "us", ""),
        ("SELECT a FROM web INTO user BY $0", Slot::Identity, "", ""),
        ("SELECT a FROM web INTO user BY a OR $0", Slot::Identity, "", ""),
        ("SELECT a FROM web INTO user BY a WHERE $0", Slot::Operand, "", ""),
        ("SELECT a FROM web INTO user BY a ALIAS $0", Slot::Alias, "", ""),
        ("SELECT cast(a AS $0) AS b", Slot::CastType, "", ""),
        ("SELECT tonumber(a\nFROM $0", Slot::Stream, "", ""),
        ("SELECT a -- co$0mment\nFROM web", Slot::Other, "", ""),
        ("FILTER $0", Slot::Operand, "", ""),
        ("FILTER AND (a = 1\n  $0", Slot::Operand, "", ""),
        ("FILTER INCLUDE b$0", Slot::Segment, "b", ""),
        ("FILTER a = 1 FROM $0", Slot::Table, "", ""),
        ("FILTER a = 1 A$0", Slot::AfterOperand, "A", ""),
        ("FILTER a NOT IN (\"$0", Slot::Text, "\"", "a"),
    ];
    for (text, wanted, prefix, subject) in cases {
        assert_eq!(slot(text), (wanted, prefix.to_owned(), subject.to_owned()), "{text}");
    }
}

#[test]
fn a_statement_begins_at_its_select_also_without_a_semicolon() {
    let (slot, ..) = slot("SELECT a FROM web INTO user BY a ALIAS one\nSELECT b FROM $0");
    assert_eq!(slot, Slot::Stream);
}
