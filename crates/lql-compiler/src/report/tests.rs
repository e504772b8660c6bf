//! Each snapshot holds the text and all three renderings, so that one file shows what a reader gets.

use super::{SourceView, concise, github, gitlab, human, json, jsonl, junit, sarif};
use lql_syntax::{Code, Diagnostic, Edit, Fix, Safety, Span};
use std::fmt::Write as _;

/// The place of the first `needle` in `text`.
fn span_of(text: &str, needle: &str) -> Span {
    let at = text.find(needle).unwrap() as u32;
    Span::new(at, at + needle.len() as u32)
}

fn unknown(text: &str, needle: &str) -> Diagnostic {
    let span = span_of(text, needle);
    Diagnostic::error(Code(201), format!("unknown function `{needle}`"), span)
        .label("no function has this name")
        .note("`lql doc` lists all functions")
        .replace("write `email`", span, "email")
}

fn renderings(findings: &[Diagnostic], sources: &[SourceView<'_>]) -> String {
    let mut out = String::new();
    for source in sources {
        let text = source.text.replace('\t', "→\t").replace('\r', "␍");
        let _ = writeln!(out, "=== {}\n{}", source.name, text.trim_end_matches('\n'));
    }
    let rendered = human(findings, sources, false);
    assert!(rendered.lines().all(|line| line == line.trim_end()), "blanks at line ends:\n{rendered}");
    format!(
        "{out}=== full\n{rendered}=== concise\n{}=== json\n{}\n",
        concise(findings, sources),
        json(findings, sources)
    )
}

fn one(text: &str, needle: &str) -> String {
    renderings(&[unknown(text, needle)], &[SourceView::new("web.lql", text)])
}

#[test]
fn an_unknown_function_with_a_fix() {
    insta::assert_snapshot!(one(
        "SELECT\n  emial(m) AS email\nFROM web INTO user BY email ALIAS a\n",
        "emial"
    ));
}

#[test]
fn marks_stand_below_words_after_emoji_accents_and_wide_characters() {
    insta::assert_snapshot!(one("SELECT \"😀 é 漢字\" AS 名, emial(m) AS email", "emial"));
}

#[test]
fn marks_stand_below_words_after_tabs() {
    insta::assert_snapshot!(one("SELECT\n\tx,\temial(m)\tAS email", "emial"));
}

#[test]
fn a_long_line_is_cut_around_the_label() {
    let text = format!("SELECT {}emial(m) AS email, {}z", "é, ".repeat(100), "y, ".repeat(400));
    let rendered = human(&[unknown(&text, "emial")], &[SourceView::new("web.lql", &text)], false);
    insta::assert_snapshot!(format!(
        "=== SELECT, 100 times \"é, \", emial(m) AS email, 400 times \"y, \"\n{rendered}"
    ));
}

#[test]
fn labels_in_two_files_and_in_any_order() {
    let web = "SELECT x AS y KIND int,\n  é AS z\nFROM web INTO user BY z ALIAS web";
    let crm = "SELECT \"äöü\" AS ü, w AS y KIND date FROM crm INTO user BY z ALIAS crm";
    let finding = Diagnostic::error(Code(304), "field `y` has two kinds: int and date", span_of(crm, "date"))
        .in_file(1)
        .label("date here")
        .also(1, span_of(crm, "w AS y"), "this column")
        .also(0, span_of(web, "int"), "int here");
    let sources = [SourceView::new("web.lql", web), SourceView::new("crm.lql", crm)];
    insta::assert_snapshot!(renderings(&[finding], &sources));
}

#[test]
fn a_finding_about_the_project_has_no_snippet() {
    let finding = Diagnostic::warning(Code(507), "lql.toml: no query writes table `usr`", Span::default())
        .note("did you mean `user`?");
    insta::assert_snapshot!(renderings(&[finding], &[SourceView::new("web.lql", "SELECT")]));
}

#[test]
fn places_at_the_end_and_labels_over_lines() {
    let text = "SELECT x\nFROM web\n";
    let end = Span::at(text.len() as u32);
    let findings = [
        Diagnostic::error(Code(103), "statement without INTO", end).label("expected `INTO table`"),
        Diagnostic::warning(Code(104), "statement without ALIAS", Span::new(0, text.len() as u32))
            .label("this one"),
    ];
    insta::assert_snapshot!(renderings(&findings, &[SourceView::new("web.lql", text)]));
}

#[test]
fn an_insertion_and_a_deletion_over_lines() {
    let text = "SELECT a b\n  FROM web\nWHERE";
    let comma = Span::at(8);
    let rest = Span::new(21, text.len() as u32);
    let findings = [
        Diagnostic::error(Code(51), "columns without a comma", span_of(text, "b"))
            .label("a second column")
            .replace("put a comma between them", comma, ","),
        Diagnostic::error(Code(52), "WHERE without a condition", span_of(text, "WHERE"))
            .label("nothing follows")
            .replace("remove it", rest, ""),
    ];
    insta::assert_snapshot!(renderings(&findings, &[SourceView::new("web.lql", text)]));
}

#[test]
fn escape_sequences_and_stray_line_ends_are_neutral() {
    let text = "a\x1b[31m\rb\u{2028}\u{202e} emial(m)";
    let rendered = human(&[unknown(text, "emial")], &[SourceView::new("x\x1b[2J.lql", text)], false);
    assert!(!rendered.contains('\x1b') && !rendered.contains('\r') && !rendered.contains('\u{202e}'));
    assert!(rendered.contains("x?[2J.lql:1:12"), "{rendered}");
}

#[test]
fn colour_is_only_there_when_asked_for() {
    let text = "SELECT emial(m)";
    let views = [SourceView::new("web.lql", text)];
    assert!(human(&[unknown(text, "emial")], &views, true).contains("\x1b[31merror[LQL0201]:\x1b[0m"));
    assert!(!human(&[unknown(text, "emial")], &views, false).contains('\x1b'));
}

#[test]
fn places_outside_the_text_or_inside_characters_do_not_panic() {
    let text = "é\n漢字😀\n\n";
    let views = [SourceView::new("a", text), SourceView::new("b", "")];
    for file in 0..3 {
        for start in 0..text.len() as u32 + 3 {
            for end in 0..text.len() as u32 + 3 {
                let span = Span::new(start, end);
                let finding = Diagnostic::error(Code(1), "x", span)
                    .in_file(file)
                    .label("y")
                    .also(0, Span::at(end), "z")
                    .replace("write", span, "new\nlines");
                let findings = [finding];
                human(&findings, &views, false);
                for report in [concise, json, jsonl, sarif, github, gitlab, junit] {
                    report(&findings, &views);
                }
            }
        }
    }
}

#[test]
fn a_fix_over_two_files_is_one_fix_in_sarif() {
    let views = [SourceView::new("a b.lql", "é x"), SourceView::new("c.lql", "y\nz")];
    let mut finding = Diagnostic::warning(Code(1), "x", Span::new(3, 4)).also(1, Span::new(2, 3), "and here");
    let edit = |file, span, text: &str| Edit { file, span, text: text.into() };
    finding.fixes.push(Fix {
        title: "rename it".into(),
        safety: Safety::Unsafe,
        edits: vec![edit(0, Span::new(3, 4), "w"), edit(1, Span::at(0), "w"), edit(1, Span::new(2, 3), "")],
    });
    finding.fixes.push(Fix { title: "look".into(), safety: Safety::Display, edits: vec![] });
    let log: serde_json::Value = serde_json::from_str(&sarif(&[finding], &views)).unwrap();
    insta::assert_json_snapshot!(log["runs"][0]["results"][0]);
}

#[test]
fn a_text_with_line_ends_stays_one_workflow_command() {
    let finding = Diagnostic::error(Code(201), "one\n::error::two, 100%", Span::default()).label("here");
    let written = github(&[finding], &[SourceView::new("a:b,c.lql", "x")]);
    assert_eq!(
        written,
        "::error file=a%3Ab%2Cc.lql,line=1,col=1,endLine=1,endColumn=1,title=LQL0201%3A unknown function\
         ::a:b,c.lql:1:1: LQL0201 one%0A::error::two, 100%25\n"
    );
}

#[test]
fn what_xml_cannot_hold_does_not_reach_it() {
    let finding = Diagnostic::error(Code(201), "a\u{0}\u{ffff}\x1b<&\">", Span::default()).note("]]>");
    let written = junit(&[finding], &[SourceView::new("\u{1}.lql", "x")]);
    assert!(written.chars().all(|c| c == '\n' || (' '..'\u{fffe}').contains(&c)), "{written}");
    assert!(written.contains("a?\u{fffd}?&lt;&amp;&quot;&gt;"), "{written}");
}
