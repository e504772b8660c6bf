use super::*;

fn session(events: &str) -> (tempfile::TempDir, Session) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("web.ndjson");
    std::fs::write(&path, events).unwrap();
    let mut session = Session::new(None, Time::default());
    session.load(&[path.to_str().unwrap()]);
    (folder, session)
}

const EVENTS: &str = "{\"mail\":\"Ana@Example.org\",\"total\":\"$12.50\",\"cart\":{\"n\":2}}\n{\"mail\":\"ben@example.org\",\"visits\":7}\n";

#[test]
fn a_conversation() {
    let (folder, mut session) = session(EVENTS);
    let lines = [
        "email(mail)",
        "tonumber(total) + 1",
        "cart.n > 1",
        "missing",
        "todate(\"2026-03-04\")",
        "split(\"a,b\", \",\")",
        ".why email(mail) != \"x\" AND tonumber(total) > 20",
        ".type tonumber(total)",
        ".program tonumber(total) > 1",
        ".event 9",
        ".event 2",
        "mail",
        ".next",
        ".fields",
        ".event x",
        ".type",
        ".wyh x",
        ".dialect filterql",
        "visits > 5",
        "`mail` CONTAINS \"ben\"",
        ".why visits > 5",
        ".dialect sql",
        ".help",
        "",
    ];
    let mut page = String::new();
    for line in lines {
        // Where the file lies is of this run only.
        let text = session.answer(line).text.replace(folder.path().to_str().unwrap(), "events");
        let _ = write!(page, "> {line}\n{text}");
    }
    insta::assert_snapshot!(page);
    assert!(session.answer(".quit").ends);
    assert_eq!(session.answer(".doc email").page.as_deref(), Some("email"));
}

#[test]
fn mistakes_are_findings_of_the_expression() {
    let (_folder, mut session) = session(EVENTS);
    let answer = session.answer("emial(mail)");
    assert!(answer.is_wrong() && answer.of == "emial(mail)", "{answer:?}");
    assert!(session.answer(".why 1 +").is_wrong());
    assert_eq!(
        session.answer(".load nowhere.ndjson").text,
        "cannot read nowhere.ndjson: no such file or directory\n"
    );
}

#[test]
fn an_expression_goes_on_while_something_is_open() {
    for text in ["email(", "x IN (\"a\",", "\"abc", "`my key", "/* note"] {
        assert!(!is_complete(text), "{text}");
    }
    for text in ["email(mail)", "", ".why email(", "x )", "\"a\" -- note ("] {
        assert!(is_complete(text), "{text}");
    }
}

#[test]
fn names_to_complete_are_those_of_functions_commands_and_keys() {
    let (_folder, session) = session(EVENTS);
    let names = session.names();
    for name in ["email(", "map[string]int", ".why", "cart.n", "mail"] {
        assert!(names.contains(name), "{name}");
    }
}
