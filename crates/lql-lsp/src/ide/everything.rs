//! Every question, at any place of any text: nothing panics, and every answer lies in the text it is about.

use super::testfiles::Test;
use super::testing::Fixture;
use super::{
    Place, Range, Snapshot, actions, completion, folding, formatting, hierarchy, hints, hover, lenses, links,
    outline, references, rename, signature, tokens,
};
use lql_syntax::{Edit, Span};
use proptest::prelude::*;
use std::path::Path;

/// Asks everything about a place.
fn ask(snapshot: &Snapshot, place: Place) {
    let file = place.file;
    let text = snapshot.text(file).unwrap();
    let inside = |span: Span| {
        assert!(
            span.start <= span.end && text.get(span.start as usize..span.end as usize).is_some(),
            "{span:?} {text:?}"
        );
    };
    let edits_fit = |edits: &[Edit]| {
        for edit in edits {
            let text = snapshot.text(edit.file).unwrap();
            assert!(
                text.get(edit.span.start as usize..edit.span.end as usize).is_some(),
                "{edit:?} {text:?}"
            );
        }
        for pair in edits.windows(2) {
            let in_order = pair[0].file != pair[1].file || pair[0].span.end <= pair[1].span.start;
            assert!(in_order, "{pair:?} {text:?}");
        }
    };
    if let Some(found) = hover::hover(snapshot, place) {
        inside(found.span);
    }
    let completions = completion::completion(snapshot, place);
    inside(completions.replace);
    for item in completions.items.iter().take(5) {
        if let Some(topic) = &item.topic {
            let _ = completion::resolve(snapshot, topic);
        }
    }
    let _ = signature::signature_help(snapshot, place);
    let _ = references::definition(snapshot, place);
    let _ = references::type_definition(snapshot, place);
    references::references(snapshot, place, true)
        .iter()
        .filter(|it| it.file == file)
        .for_each(|it| inside(it.span));
    references::highlights(snapshot, place).iter().for_each(|it| inside(it.range.span));
    references::linked(snapshot, place).iter().for_each(|it| inside(it.span));
    if let Ok(found) = rename::prepare_rename(snapshot, place) {
        inside(found.span);
    }
    if let Ok(edits) = rename::rename(snapshot, place, "another name") {
        edits_fit(&edits);
    }
    let mut smaller: Option<Span> = None;
    for span in folding::selection(snapshot, place) {
        inside(span);
        assert!(smaller.is_none_or(|it| span.start <= it.start && it.end <= span.end), "{text:?}");
        smaller = Some(span);
    }
    for action in actions::code_actions(snapshot, Range { file, span: Span::at(place.offset) }) {
        edits_fit(&action.edits);
    }
    if let Some(item) = hierarchy::prepare(snapshot, place) {
        let _ = (hierarchy::incoming(snapshot, &item.slug), hierarchy::outgoing(snapshot, &item.slug));
    }
    for typed in [';', '\n'] {
        edits_fit(&formatting::format_on_type(snapshot, place, typed, 100));
    }
    edits_fit(&formatting::format_range(snapshot, file, Span::at(place.offset), 100));
}

/// Asks everything about a file.
fn ask_file(snapshot: &Snapshot, file: u32) {
    let text = snapshot.text(file).unwrap();
    let mut end = 0;
    for token in tokens::semantic_tokens(snapshot, file) {
        let written = text.get(token.span.start as usize..token.span.end as usize).unwrap();
        assert!(
            end <= token.span.start && !written.is_empty() && !written.contains('\n'),
            "{token:?} {text:?}"
        );
        end = token.span.end;
    }
    for fold in folding::folding(snapshot, file) {
        assert!(text.get(fold.span.start as usize..fold.span.end as usize).is_some());
    }
    for entry in outline::document_symbols(snapshot, file) {
        let parts = entry.children.iter().map(|it| (it.span, it.selection));
        for (span, selection) in parts.chain([(entry.span, entry.selection)]) {
            assert!(span.start <= selection.start && selection.end <= span.end, "{entry:?}");
        }
    }
    let _ = outline::workspace_symbols(snapshot, "a");
    let _ = hints::inlay_hints(snapshot, file, hints::whole(snapshot, file));
    let _ = lenses::code_lenses(snapshot, file, lenses::Tests::NotRun);
    let _ = links::document_links(snapshot, file);
    let _ = formatting::format_file(snapshot, file, 100);
    let _ = actions::fix_all(snapshot, file);
}

/// The texts that the tests of the parser are afraid of.
fn broken() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/broken");
    let mut texts: Vec<(String, String)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending != "md"))
        .filter_map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            Some((name, std::fs::read_to_string(path).ok()?))
        })
        .collect();
    texts.sort();
    texts
}

/// The shop with one more file.
fn with(name: &str, text: &str) -> (Fixture, u32) {
    let fixture = Fixture::shop(&format!(
        "SELECT email(m) AS email FROM web INTO user BY email ALIAS web\n==> {name}\n{}",
        text.replace("==> ", "").replace("$0", "")
    ));
    let file = fixture.snapshot.project.sources.iter().position(|it| it.name == name).unwrap();
    (fixture, file as u32)
}

#[test]
fn broken_texts_are_answered_everywhere() {
    let texts = broken();
    assert!(texts.len() > 100);
    for (name, text) in texts {
        let name = if Path::new(&name).extension().is_some_and(|it| it == "fql") {
            "segments/broken.fql"
        } else {
            "broken.lql"
        };
        let (fixture, file) = with(name, &text);
        ask_file(&fixture.snapshot, file);
        let text = fixture.snapshot.text(file).unwrap();
        // Every thirteenth place of each, not the same ones each time.
        let first = text.len() % 13;
        for (offset, _) in text.char_indices().filter(|(at, _)| at % 13 == first) {
            ask(&fixture.snapshot, Place { file, offset: offset as u32 });
        }
        ask(&fixture.snapshot, Place { file, offset: text.len() as u32 });
    }
}

#[test]
fn settings_are_answered_too() {
    let (fixture, _) = with("any.lql", "");
    let file = fixture.snapshot.project.sources.len() as u32;
    let text = fixture.snapshot.text(file).unwrap();
    for offset in 0..=text.len() as u32 {
        ask(&fixture.snapshot, Place { file, offset });
    }
    let stream = Place { file, offset: text.find("web").unwrap() as u32 };
    assert!(hover::hover(&fixture.snapshot, stream).unwrap().markdown.contains("**stream** `web`"));
    assert!(references::references(&fixture.snapshot, stream, true).len() > 1);
}

/// Asks everything about a text as a test file.
fn ask_test(snapshot: &Snapshot, text: &str) {
    let test = Test::read(Some(snapshot), Path::new("any.test.toml"), text);
    let fits = |span: Span| assert!(text.get(span.start as usize..span.end as usize).is_some(), "{text:?}");
    for offset in (0..=text.len() as u32).filter(|at| text.is_char_boundary(*at as usize)) {
        fits(test.completion(offset).replace);
        test.hover(offset).iter().for_each(|it| fits(it.span));
        let _ = test.definition(offset);
    }
    test.findings(None, &lql_authoring::disk).iter().for_each(|it| fits(it.primary.span));
    test.lenses(&|_| None).iter().for_each(|it| fits(it.span));
    test.links().iter().for_each(|it| fits(it.span));
    for entry in test.outline() {
        let (span, selection) = (entry.span, entry.selection);
        assert!(span.start <= selection.start && selection.end <= span.end, "{text:?}");
    }
}

#[test]
fn test_files_are_answered_wherever_they_break_off() {
    let (fixture, _) = with("any.lql", "");
    let text = "now = 2024-06-30T00:00:00Z\n[[case]]\nname = \"é😀\"\nevents = [{ stream = \"web\", event = { m = \"😀\" } }]\nprofile = [{ is = { email = '😀' }, \"é\" = { near = 3 }, filter = \"x = 1\" }]\n";
    for end in (0..=text.len()).filter(|end| text.is_char_boundary(*end)) {
        ask_test(&fixture.snapshot, &text[..end]);
    }
}

/// Pieces of the language, put together without sense.
fn piece() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "SELECT ",
        "FILTER ",
        "FROM ",
        "INTO ",
        "BY ",
        "WHERE ",
        "ALIAS ",
        " AS ",
        " IF ",
        " KIND ",
        " MERGEOP ",
        "SHORTDESC ",
        "INCLUDE ",
        "AND ",
        "OR ",
        "NOT ",
        "EXISTS ",
        " IN ",
        "(",
        ")",
        "[",
        "]",
        ",",
        ";",
        "\n",
        "\"",
        "'",
        "`",
        "-- c",
        "/* ",
        "*/",
        "email",
        "email(",
        "web",
        "user",
        "count(*)",
        "map[string]int",
        "latest",
        "total",
        "a.b",
        "buyers",
        "5",
        "\"x\"",
        "=",
        ">",
        "ä",
        "😀",
        "\r\n",
        ".",
        "-",
        "countries.`a b`",
        "spend_total",
    ])
}

proptest! {
    #![proptest_config(lql_cases::cases(60))]
    #[test]
    fn any_text_is_answered_everywhere(pieces in prop::collection::vec(piece(), 0..40), filter: bool, at in 0.0..1.0) {
        let name = if filter { "segments/any.fql" } else { "any.lql" };
        let (fixture, file) = with(name, &pieces.concat());
        ask_file(&fixture.snapshot, file);
        let text = fixture.snapshot.text(file).unwrap();
        let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let first = (at * places.len() as f64) as usize;
        for offset in places.iter().cycle().skip(first).step_by(5).take(4) {
            ask(&fixture.snapshot, Place { file, offset: *offset as u32 });
        }
    }
}
