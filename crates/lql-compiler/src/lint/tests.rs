//! The engine: the table, suppression, and fixes of the rules' own examples.

use super::*;
use crate::{check, codes};

fn findings_of(sources: &[Source], selection: &Selection) -> Vec<Diagnostic> {
    let settings = Settings::default();
    lint(&check(sources, &settings), sources, &settings, selection)
}

fn findings(text: &str) -> Vec<String> {
    let example = codes::example(Code(600), text);
    findings_of(&example.sources, &Selection::default()).iter().map(ToString::to_string).collect()
}

#[test]
fn rules_stand_in_order_and_have_names_of_their_own() {
    assert!(RULES.is_sorted_by(|a, b| a.code() < b.code()));
    let mut names: Vec<_> = RULES.iter().map(|rule| rule.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), RULES.len());
    assert!(RULES.iter().all(|rule| (600..1000).contains(&rule.code().0)));
}

/// Examples with settings are tested where settings are read, in the command line's tests.
fn examples() -> impl Iterator<Item = &'static &'static Rule> {
    RULES
        .iter()
        .filter(|rule| !rule.entry.wrong.contains("lql.toml:") && !rule.entry.right.contains("lql.toml:"))
}

#[test]
fn every_wrong_text_raises_its_rule_alone_and_every_right_one_nothing() {
    let mut failures = Vec::new();
    for rule in examples() {
        let mut selection = Selection::default();
        if rule.opt_in {
            selection.select(rule.name).unwrap();
        }
        let found = |text| findings_of(&codes::example(rule.code(), text).sources, &selection);
        let (wrong, right) = (found(rule.entry.wrong), found(rule.entry.right));
        if wrong.is_empty() || wrong.iter().any(|finding| finding.code != rule.code()) {
            failures.push(format!(
                "{} wrong: {:?}",
                rule.name,
                wrong.iter().map(ToString::to_string).collect::<Vec<_>>()
            ));
        }
        if !right.is_empty() {
            failures.push(format!(
                "{} right: {:?}",
                rule.name,
                right.iter().map(ToString::to_string).collect::<Vec<_>>()
            ));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn an_entry_tells_how_safe_its_fixes_are() {
    for rule in examples() {
        let found =
            findings_of(&codes::example(rule.code(), rule.entry.wrong).sources, &Selection::default());
        let best = found.iter().flat_map(|finding| &finding.fixes).map(|fix| fix.safety);
        for safety in best {
            let told = rule.fix.expect("a rule with fixes says so");
            assert!(told == Safety::Safe || safety != Safety::Safe, "{}: {safety:?}", rule.name);
        }
    }
}

#[test]
fn fixes_of_the_examples_lead_to_sound_texts_without_them() {
    for rule in examples() {
        let example = codes::example(rule.code(), rule.entry.wrong);
        let texts: Vec<String> = example.sources.iter().map(|source| source.text.to_string()).collect();
        let find = |texts: &[String]| {
            let sources: Vec<Source> = example
                .sources
                .iter()
                .zip(texts)
                .map(|(source, text)| Source { text: text.as_str().into(), ..source.clone() })
                .collect();
            findings_of(&sources, &Selection::default())
        };
        let fixable = find(&texts).iter().any(|finding| !finding.fixes.is_empty());
        let mended = mend(texts, Tier::Unsafe, find);
        assert!(mended.settled, "{} settles", rule.name);
        assert!(!mended.left.iter().any(Diagnostic::is_error), "{}: {:?}", rule.name, mended.texts);
        assert_eq!(fixable, mended.applied.contains_key(&rule.code()), "{}: {:?}", rule.name, mended.texts);
        if fixable {
            let again = mended.left.iter().any(|finding| finding.code == rule.code());
            assert!(!again, "{} is still raised by {:?}", rule.name, mended.texts);
        }
    }
}

/// Every rule that says that it looks at one file at a time, on the examples of all rules, each there twice.
#[test]
fn rules_of_files_find_the_same_in_each_alone_as_in_all_together() {
    let twice = || examples().flat_map(|rule| [rule, rule]);
    let texts = twice().flat_map(|rule| [rule.entry.wrong, rule.entry.right]);
    let sources: Vec<Source> = texts.flat_map(|text| codes::example(Code(600), text).sources).collect();
    let settings = Settings::default();
    let checked = check(&sources, &settings);
    let mut found_any = 0;
    for rule in RULES {
        let Find::InFile(find) = rule.find else { continue };
        let told = |mut found: Vec<Diagnostic>| {
            sort(&mut found);
            format!("{found:#?}")
        };
        let (mut whole, mut parts) = (Vec::new(), Vec::new());
        find(&Project::whole(&checked, &sources, &settings), &mut whole);
        for file in 0..sources.len() as u32 {
            find(&Project::of_file(&checked, &sources, &settings, file), &mut parts);
        }
        found_any += usize::from(!parts.is_empty());
        assert_eq!(told(parts), told(whole), "{}", rule.name);
    }
    assert!(found_any > 30, "{found_any} rules have found something");
}

const WRONG: &str = "LQL0603: pattern \"shoe\" has no wildcard";

#[test]
fn a_comment_above_or_behind_allows_a_finding() {
    for allowed in [
        "-- lint: allow LQL0603: kept for later\nFILTER product LIKE \"shoe\" ALIAS shoes",
        "-- lint: allow like-without-wildcard: kept for later\nFILTER product LIKE \"shoe\" ALIAS shoes",
        "FILTER product LIKE \"shoe\" -- lint: allow LQL0603: kept for later\nALIAS shoes",
        "FILTER AND (\n  EXISTS a,\n  -- lint: allow LQL0603: kept\n  -- for later\n  product LIKE\n  \"shoe\",\n) ALIAS shoes",
        "FILTER AND (\n  EXISTS a,\n  OR (\n b = 5, product LIKE\n  \"shoe\" ) # lint: allow LQL0603: kept\n) ALIAS shoes",
        "/* lint: allow-file LQL0603: kept */\n\nFILTER a > 5 ALIAS a; FILTER product LIKE \"shoe\" ALIAS shoes",
    ] {
        assert_eq!(findings(allowed), [""; 0], "{allowed}");
        let formatted = lql_syntax::format(allowed, lql_syntax::ast::Dialect::FilterQl, 30).text;
        assert_eq!(findings(&formatted), [""; 0], "formatted, it still covers it\n{formatted}");
    }
    for (text, expected) in [
        (
            "-- lint: allow LQL0603\nFILTER product LIKE \"shoe\" ALIAS shoes",
            "LQL0990: this suppression gives no reason, so it does nothing",
        ),
        (
            "-- lint: allow LQL0604: no\nFILTER product LIKE \"shoe\" ALIAS shoes",
            "LQL0992: nothing here raises `LQL0604`",
        ),
        (
            "-- lint: allow like-without: no\nFILTER product LIKE \"shoe\" ALIAS shoes",
            "LQL0991: no rule is called `like-without`",
        ),
    ] {
        let found = findings(text);
        assert!(
            found.contains(&expected.to_owned()) && found.contains(&WRONG.to_owned()),
            "{text} {found:?}"
        );
    }
    let elsewhere =
        "-- lint: allow LQL0603: kept\nFILTER a > 5 ALIAS a;\nFILTER product LIKE \"shoe\" ALIAS shoes";
    assert_eq!(findings(elsewhere), ["LQL0992: nothing here raises `LQL0603`", WRONG]);
}

#[test]
fn warnings_of_the_checker_are_allowed_and_errors_never() {
    let query = |comment: &str, column: &str| {
        format!("{comment}\nSELECT email(m) AS email, {column} AS y FROM web INTO user BY email ALIAS a")
    };
    let warned = query("-- lint: allow LQL0305: it stays empty on purpose", "x AS y IF toint(z)")
        .replace(" AS y AS y", " AS y");
    let warned = warned.replace("IF toint(z) AS y", "IF toint(z)");
    let checked = check(&[Source::lql("a.lql", warned.as_str())], &Settings::default());
    assert!(
        checked.diagnostics.is_empty() && checked.allowed.len() == 1,
        "{warned} {:?}",
        checked.diagnostics
    );
    assert_eq!(findings(&warned), [""; 0]);
    let wrong = query("-- lint: allow LQL0201: it will come", "emial(x)");
    assert!(findings(&wrong).iter().any(|finding| finding.starts_with("LQL0201")));
}

#[test]
fn idle_suppressions_go_and_used_ones_stay() {
    let find = |texts: &[String]| {
        findings_of(&[Source::filterql("a.fql", texts[0].as_str())], &Selection::default())
    };
    for (before, after) in [
        ("-- lint: allow LQL0604: no\nFILTER a > 5 ALIAS a", "FILTER a > 5 ALIAS a"),
        ("FILTER a > 5 -- lint: allow LQL0604: no\nALIAS a", "FILTER a > 5\nALIAS a"),
        (
            "FILTER product LIKE \"shoe\" -- lint: allow LQL0604, LQL0603: so\nALIAS a",
            "FILTER product LIKE \"shoe\" -- lint: allow LQL0603: so\nALIAS a",
        ),
        (
            "FILTER product LIKE \"shoe\" -- lint: allow LQL0603, LQL0604: so\nALIAS a",
            "FILTER product LIKE \"shoe\" -- lint: allow LQL0603: so\nALIAS a",
        ),
    ] {
        assert_eq!(mend(vec![before.to_owned()], Tier::Safe, find).texts, [after]);
    }
}

#[test]
fn rules_can_be_asked_for_and_left_out() {
    let sources = codes::example(Code(600), "FILTER product LIKE \"shoe\" ALIAS Shoes").sources;
    let found = |selection: &Selection| {
        findings_of(&sources, selection).iter().map(|it| it.code.0).collect::<Vec<_>>()
    };
    let mut selection = Selection::default();
    assert_eq!(found(&selection), [603, 905]);
    selection.ignore("style").unwrap();
    assert_eq!(found(&selection), [603]);
    selection.ignore("LQL0603").unwrap();
    assert_eq!(found(&selection), [0; 0]);
}

#[test]
fn a_file_with_errors_is_not_linted() {
    let found = findings("FILTER emial(x) = 5 OR product LIKE \"shoe\" ALIAS Shoes");
    assert_eq!(found.len(), 1, "{found:?}");
}

#[test]
fn fixes_ask_for_the_whole_of_a_value() {
    let mended = |text: &str| {
        let find = |texts: &[String]| {
            findings_of(&[Source::filterql("a.fql", texts[0].clone())], &Selection::default())
        };
        let mended = mend(vec![text.to_owned()], Tier::Unsafe, find);
        assert!(mended.settled, "{:?}", mended.texts);
        mended.texts[0].clone()
    };
    for (text, expected) in [
        ("FILTER a != \"x\" ALIAS f", "FILTER EXISTS a AND a != \"x\" ALIAS f"),
        ("FILTER a + 1 != 2 ALIAS f", "FILTER exists(a + 1) AND a + 1 != 2 ALIAS f"),
        ("FILTER a + 1 != NULL ALIAS f", "FILTER exists(a + 1) ALIAS f"),
        ("FILTER a + 1 = a + 1 ALIAS f", "FILTER exists(a + 1) ALIAS f"),
    ] {
        assert_eq!(mended(text), expected);
    }
}

#[test]
fn a_choice_that_is_compared_keeps_its_brackets() {
    let filter = "FILTER (city IF age > 3 ELSE town) == \"a\" OR (city IF age > 3 ELSE town) == \"b\" \
        OR (city IF age > 3 ELSE town) == \"c\" ALIAS a";
    let sources = [Source::filterql("a.fql", filter)];
    let settings = Settings::default();
    let found = lint(&check(&sources, &settings), &sources, &settings, &Selection::default());
    let texts: Vec<&str> =
        found.iter().flat_map(|it| &it.fixes).flat_map(|it| &it.edits).map(|it| it.text.as_str()).collect();
    assert_eq!(texts, ["(city IF age > 3 ELSE town) IN (\"a\", \"b\", \"c\")"]);
}
