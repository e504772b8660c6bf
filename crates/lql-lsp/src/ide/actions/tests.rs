use super::*;
use crate::ide::difference::applied;
use crate::ide::testing::Fixture;
use lql_compiler::Time;
use lql_syntax::Span;

fn offered(fixture: &Fixture) -> Vec<Action> {
    let range = Range { file: fixture.cursor.file, span: Span::at(fixture.cursor.offset) };
    code_actions(&fixture.snapshot, range)
}

/// The text after the action whose title begins so.
fn after(fixture: &Fixture, title: &str) -> String {
    let actions = offered(fixture);
    let titles: Vec<&str> = actions.iter().map(|it| it.title.as_str()).collect();
    let action = actions.iter().find(|it| it.title.starts_with(title));
    let action = action.unwrap_or_else(|| panic!("{titles:?}"));
    applied(fixture.snapshot.text(fixture.cursor.file).unwrap(), &action.edits).trim_end().to_owned()
}

/// Whether the project is still sound when the file has another text.
fn is_sound(text: &str) -> bool {
    Fixture::new(&format!("==> a.lql\n{text}")).snapshot.checked.is_sound()
}

#[test]
fn findings_offer_their_fixes() {
    let fixture = Fixture::shop("SELECT emial$0(m) AS email FROM web INTO user BY email ALIAS web");
    assert!(after(&fixture, "Write `email`").starts_with("SELECT email(m)"));
    let action = &offered(&fixture)[0];
    assert!(action.preferred && action.title.ends_with("(changes the meaning)"), "{action:?}");
    assert_eq!(fixture.snapshot.findings()[action.finding.unwrap()].code.0, 201);
}

#[test]
fn all_safe_fixes_at_once() {
    let text =
        "SELECT tofl$0oat(m) AS email, tofloat(b) AS c, email(x) AS z FROM web INTO user BY email ALIAS web";
    let fixture = Fixture::shop(text);
    let wanted = text.replace("$0", "").replace("tofloat", "tonumber");
    assert_eq!(after(&fixture, "Fix all"), wanted);
    let file = fixture.cursor.file;
    let all = applied(fixture.snapshot.text(file).unwrap(), &fix_all(&fixture.snapshot, file));
    assert_eq!(all.trim_end(), wanted);
}

#[test]
fn a_warning_can_be_allowed() {
    let fixture = Fixture::new(
        "==> a.fql\nFILTER age > 60 AND a$0ge < 18 ALIAS old\n==> a.lql\nSELECT id AS id, toint(age) AS age FROM s INTO user BY id ALIAS a\n",
    );
    let text = after(&fixture, "Allow `");
    assert!(text.starts_with("-- lint: allow "), "{text}");
    let mended = Fixture::new(&format!(
        "==> a.fql\n{text}\n==> a.lql\nSELECT id AS id, toint(age) AS age FROM s INTO user BY id ALIAS a\n"
    ));
    assert_eq!(mended.snapshot.findings().iter().filter(|it| it.primary.file == 0).count(), 0);
}

#[test]
fn what_a_column_leaves_unsaid_can_be_written() {
    let text = "SELECT email(m) AS email, max(todate(x)) AS last_s$0een IF (y > 1) KIND date FROM web INTO user BY email ALIAS web";
    let fixture = Fixture::shop(text);
    let described = after(&fixture, "Add SHORTDESC");
    assert!(described.contains("IF (y > 1) SHORTDESC \"Last seen\" KIND date"), "{described}");
    assert!(is_sound(&described));
    assert!(after(&fixture, "Write the merge operator").contains("KIND date MERGEOP max FROM"));
    let unnamed = Fixture::shop("SELECT email(m) AS email, cou$0nt(x) FROM web INTO user BY email ALIAS web");
    assert!(after(&unnamed, "Write the name").contains("count(x) AS ct_x FROM"));
}

#[test]
fn columns_of_one_guard_move_to_a_query_of_their_own() {
    let fixture = Fixture::shop(
        "SELECT\n    email(m) AS email,\n    a AS b IF event = \"v$0iew\" KIND int,\n    c AS d,\n    e AS f IF (event == \"view\"),\n    g AS h IF event = \"other\"\nFROM web\nINTO user\nBY email\nWHERE total > 0\nALIAS web",
    );
    let text = after(&fixture, "Move the 2 columns");
    insta::assert_snapshot!(text);
    assert!(is_sound(&text));
}

#[test]
fn chains_become_lists_and_back() {
    let rewritten = |condition: &str, title: &str| {
        let fixture = Fixture::shop(&format!(
            "SELECT email(m) AS email FROM web INTO user BY email WHERE {condition} ALIAS web"
        ));
        let text = after(&fixture, title);
        let start = text.find("WHERE ").unwrap() + 6;
        text[start..text.find(" ALIAS").unwrap()].to_owned()
    };
    assert_eq!(rewritten("a = 1 AN$0D b = 2 AND c > 3", "Write as"), "AND ( a == 1, b == 2, c > 3 )");
    assert_eq!(rewritten("AN$0D ( a = 1, b = 2 OR c = 3 )", "Write with"), "a == 1 AND (b == 2 OR c == 3)");
    assert_eq!(rewritten("a = 1 AND (b = 2 O$0R c = 3)", "Write as"), "a = 1 AND (OR ( b == 2, c == 3 ))");
    assert_eq!(rewritten("OR ( a, AN$0D ( b, c ) )", "Write with"), "OR ( a, (b AND c) )");
}

#[test]
fn nothing_changes_where_missing_values_would_count() {
    let fixture =
        Fixture::shop("SELECT email(m) AS email FROM web INTO user BY email WHERE NOT (a AN$0D b) ALIAS web");
    assert!(!offered(&fixture).iter().any(|it| it.title.starts_with("Write as")));
}

#[test]
fn the_first_event_that_matches_becomes_a_test() {
    let fixture =
        Fixture::shop("SELECT email(m) AS email, tot$0al AS last FROM web INTO user BY email ALIAS web");
    let command = offered(&fixture).into_iter().find_map(|action| action.command);
    assert_eq!(command, Some(Command::AddToTest { query: "web".into() }));
    let recorded = add_to_test(&fixture.snapshot, "web", &lql_authoring::disk, Time::default()).unwrap();
    assert_eq!(fixture.plain(&recorded.path), "tests/web.test.toml");
    assert!(
        recorded.text.contains("email = \"ada@example.com\"") && recorded.text.contains("last = \"3\""),
        "{}",
        recorded.text
    );
    let refusal =
        add_to_test(&fixture.snapshot, "shop_orders", &lql_authoring::disk, Time::default()).unwrap_err();
    assert!(refusal.0.starts_with("orders.csv holds rows"), "{refusal}");
}
