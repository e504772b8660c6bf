//! A new name for something, everywhere in the project; or the reason why it cannot have one.

use super::symbols::{Occurrence, Role, Spelling, Symbol};
use super::{Place, Snapshot, about, spelling, tree};
use lql_syntax::{Edit, Span};

/// What would be renamed: its place, and its name without quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renamed {
    /// The name at the cursor.
    pub span: Span,
    /// What stands there, unquoted.
    pub name: String,
}

/// Whether the thing at a place can be renamed. An error says why not, in one sentence.
pub fn prepare_rename(snapshot: &Snapshot, place: Place) -> Result<Renamed, String> {
    let here = snapshot.index().at(place).ok_or("nothing here has a name that could change")?;
    may_change(snapshot, here.symbol())?;
    Ok(Renamed { span: here.range.span, name: name_of(here, snapshot) })
}

/// The edits that rename the thing at a place, in the order of files and places.
pub fn rename(snapshot: &Snapshot, place: Place, new: &str) -> Result<Vec<Edit>, String> {
    let here = snapshot.index().at(place).ok_or("nothing here has a name that could change")?;
    may_change(snapshot, here.symbol())?;
    may_become(snapshot, here.symbol(), new)?;
    let mut edits: Vec<Edit> = snapshot.index().of_symbol(here.symbol()).map(|it| edit(it, new)).collect();
    if let Symbol::Key { stream, name } = here.symbol() {
        edits.extend(kept_names(snapshot, stream, name));
    }
    edits.sort_by_key(|edit| (edit.file, edit.span));
    edits.dedup();
    Ok(edits)
}

/// Letter case as it is written at the place.
fn name_of(here: &Occurrence, snapshot: &Snapshot) -> String {
    let written = snapshot.text(here.range.file).map_or("", |text| here.range.span.of(text));
    let plain = written.trim_matches(['`', '"', '\'', '[', ']']);
    if plain.eq_ignore_ascii_case(here.symbol().name()) {
        plain.to_owned()
    } else {
        here.symbol().name().to_owned()
    }
}

/// Whether the name is the project's to change.
fn may_change(snapshot: &Snapshot, symbol: &Symbol) -> Result<(), String> {
    match symbol {
        Symbol::Field { table, name } => {
            let written = snapshot.index().of_symbol(symbol).any(|it| it.role == Role::Defines);
            if written { Ok(()) } else { Err(format!("no query writes `{name}` of table `{table}`")) }
        }
        Symbol::Stream(name) => match snapshot.samples.files_of(name).next() {
            Some(file) => {
                let file = file.strip_prefix(&snapshot.root).unwrap_or(file).display();
                Err(format!("{file} is named after stream `{name}`: rename the file, then the queries"))
            }
            None => Ok(()),
        },
        Symbol::Table(name) => {
            let silent = |it: &lql_compiler::CheckedSegment| it.tree.from.is_none() && it.table == *name;
            match snapshot.checked.segments.iter().find(|segment| silent(segment)) {
                Some(segment) => Err(format!(
                    "filter `{}` has no FROM and so selects from table `{name}`: write FROM {name} there first",
                    segment.slug
                )),
                None => Ok(()),
            }
        }
        Symbol::Segment(name) => {
            let exists = snapshot.index().of_symbol(symbol).any(|it| it.role == Role::Defines);
            if exists { Ok(()) } else { Err(format!("no filter has the alias `{name}`")) }
        }
        Symbol::Key { .. } | Symbol::Query(_) => Ok(()),
    }
}

/// Whether the new name is free, and a name at all.
fn may_become(snapshot: &Snapshot, symbol: &Symbol, new: &str) -> Result<(), String> {
    if new.trim().is_empty() || new.contains(['`', '\r', '\n', '\'']) {
        return Err("a name has at least one character and no quotes or line breaks".into());
    }
    let lower = new.to_lowercase();
    let other = match symbol {
        Symbol::Field { table, .. } => Symbol::Field { table: table.clone(), name: new.to_owned() },
        Symbol::Key { stream, .. } => Symbol::Key { stream: stream.clone(), name: new.to_owned() },
        Symbol::Stream(_) => Symbol::Stream(new.to_owned()),
        Symbol::Table(_) => Symbol::Table(lower),
        Symbol::Query(_) => Symbol::Query(lower),
        Symbol::Segment(_) => Symbol::Segment(lower),
    };
    if other == *symbol {
        return Ok(());
    }
    if let Symbol::Key { stream, name } = symbol {
        // Whoever sends the events names their keys. Queries may follow, but not go ahead.
        let sent = |key: &str| snapshot.samples.key(stream, key).is_some();
        if sent(name) && !sent(new) {
            return Err(format!(
                "events of stream `{stream}` hold `{name}` and none holds `{new}`: whoever sends them names their keys; a field is named by AS"
            ));
        }
        return Ok(());
    }
    match snapshot.index().of_symbol(&other).next() {
        Some(taken) => Err(format!(
            "there is a {} `{new}` already, at {}:{}: the two would become one",
            symbol.noun(),
            snapshot.name(taken.range.file),
            snapshot.line(taken.range.file, taken.range.span.start)
        )),
        None => Ok(()),
    }
}

/// What changes at one place.
fn edit(it: &Occurrence, new: &str) -> Edit {
    let (file, span) = (it.range.file, it.range.span);
    let text = match (it.spelling, it.symbol()) {
        // The column gets the name it had none of.
        (Spelling::Implied, _) => {
            return Edit { file, span: Span::at(span.end), text: format!(" AS {}", spelling::name(new)) };
        }
        (Spelling::Name, Symbol::Segment(_)) => spelling::segment(new),
        (Spelling::Name, _) => spelling::key(new),
        (Spelling::Map, _) => spelling::map(new),
        (Spelling::SettingKey, _) => spelling::toml_key(new),
        (Spelling::SettingText, _) => format!("{new:?}"),
    };
    Edit { file, span, text }
}

/// Columns that took their name from the key keep it.
fn kept_names(snapshot: &Snapshot, stream: &str, key: &str) -> Vec<Edit> {
    let symbol = Symbol::Key { stream: stream.to_owned(), name: key.to_owned() };
    let reads: Vec<_> = snapshot.index().of_symbol(&symbol).map(|it| it.range).collect();
    let mut edits = Vec::new();
    for implied in snapshot.index().implied() {
        let holds = |read: &super::Range| {
            read.file == implied.range.file && tree::holds(implied.range.span, read.span)
        };
        if reads.iter().any(holds)
            && about::column_at(snapshot, implied.range.file, implied.range.span.start).is_some()
        {
            edits.push(edit(implied, implied.symbol().name()));
        }
    }
    edits
}

#[cfg(test)]
mod tests {
    use super::super::difference::applied;
    use super::super::testing::Fixture;
    use super::*;
    use std::collections::HashMap;
    use std::fmt::Write as _;
    use std::path::{Path, PathBuf};

    /// Every file that changes, after the renaming.
    fn renamed(fixture: &Fixture, new: &str) -> String {
        let edits = match rename(&fixture.snapshot, fixture.cursor, new) {
            Ok(edits) => edits,
            Err(reason) => return reason,
        };
        let mut texts = String::new();
        for file in 0..=fixture.snapshot.project.sources.len() as u32 {
            let mut text = fixture.snapshot.text(file).unwrap_or_default().to_owned();
            let of_file: Vec<&Edit> = edits.iter().filter(|edit| edit.file == file).collect();
            for edit in of_file.iter().rev() {
                text.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
            }
            if !of_file.is_empty() {
                let _ = writeln!(texts, "{}: {}", fixture.snapshot.name(file), text.trim());
            }
        }
        texts
    }

    const PROJECT: &str = "==> a.lql
SELECT id, valuect(sort) AS sorts, email(mail) FROM s INTO user BY id OR email_mail WHERE NOT exists(sort) ALIAS a
==> b.fql
FILTER AND ( sorts.`a b` > 1, sorts.x > 2, EXISTS email_mail, INCLUDE C ) ALIAS b
==> c.fql
FILTER `sorts`.y > 3 FROM user ALIAS c
==> lql.toml
[streams.s]
id = \"sort\"
[tables.user]
rank = [\"id\", \"email_mail\"]
[tables.user.fields.sorts]
capacity = 3
";

    fn at(cursor: &str) -> Fixture {
        let plain = cursor.replace("$0", "");
        assert!(PROJECT.contains(&plain), "{plain}");
        Fixture::new(&PROJECT.replacen(&plain, cursor, 1))
    }

    #[test]
    fn names_change_everywhere_with_the_quotes_they_need() {
        let cases = [
            (at("AS sor$0ts"), "kinds"),
            (at("AS sor$0ts"), "my kinds"),
            (at("EXISTS email$0_mail"), "email"),
            (at("INCLUDE $0C"), "big-ones"),
            (at("exists(so$0rt)"), "from"),
            (at("FROM $0s INTO"), "clicks"),
            (at("BY $0id"), "who"),
        ];
        let shown = cases.map(|(fixture, new)| renamed(&fixture, new));
        insta::assert_snapshot!(shown.join("────\n"));
    }

    #[test]
    fn what_cannot_be_renamed_says_why() {
        let shop = "SELECT email(m) AS email, event AS last FROM web INTO user BY email ALIAS web";
        let in_shop = |cursor: &str, new: &str| {
            renamed(&Fixture::shop(&shop.replacen(&cursor.replace("$0", ""), cursor, 1)), new)
        };
        let reasons = [
            renamed(&at("AS sor$0ts"), "id"),
            renamed(&at("AS sor$0ts"), "a`b"),
            renamed(&at("INTO us$0er"), "people"),
            renamed(&at("SEL$0ECT id"), "x"),
            in_shop("FROM we$0b", "clicks"),
            in_shop("eve$0nt AS", "kind_of_event"),
            in_shop("BY em$0ail", "spend_total"),
        ];
        insta::assert_snapshot!(reasons.join("\n"));
        // The events already hold the new key.
        assert!(
            in_shop("eve$0nt AS", "total").starts_with("web.lql: SELECT email(m) AS email, total AS last")
        );
    }

    #[test]
    fn the_name_to_change_is_shown_as_it_is_written() {
        let fixture = at("`sor$0ts`.y");
        let found = prepare_rename(&fixture.snapshot, fixture.cursor).unwrap();
        assert_eq!(found, Renamed { span: Span::new(7, 14), name: "sorts".into() });
    }

    /// The shop with edits in its files.
    fn shop(root: &Path, before: Option<&Snapshot>, edits: &[Edit]) -> Snapshot {
        let mut texts: HashMap<PathBuf, String> = HashMap::new();
        for (file, view) in before.iter().flat_map(|it| it.project.views().into_iter().enumerate()) {
            let of_file: Vec<Edit> = edits.iter().filter(|edit| edit.file == file as u32).cloned().collect();
            texts.insert(view.name.into(), applied(view.text, &of_file));
        }
        let read = |path: &Path| match texts.get(path) {
            Some(text) => Ok(text.clone().into_bytes()),
            None => lql_authoring::disk(path),
        };
        Snapshot::load_after(before, root, &read).unwrap()
    }

    /// Everything in the shop that can be renamed is, and back: in between the project is as sound, and in the end it is
    /// what it was.
    #[test]
    fn a_renamed_project_means_the_same() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/shop");
        let first = shop(&root, None, &[]);
        let texts = |snapshot: &Snapshot| -> Vec<String> {
            snapshot.project.views().iter().map(|view| view.text.to_owned()).collect()
        };
        let mut symbols: Vec<&Symbol> = first.index().symbols().collect();
        symbols.sort();
        let mut renamed = 0;
        for symbol in symbols {
            // Files that were only named by the settings stand last, so any place of a query will do.
            let at = first.index().of_symbol(symbol).find(|it| it.spelling == Spelling::Name);
            let Some(place) = at.map(|it| Place { file: it.range.file, offset: it.range.span.start }) else {
                continue;
            };
            let Ok(edits) = rename(&first, place, "a new name") else { continue };
            let second = shop(&root, Some(&first), &edits);
            assert!(second.checked.is_sound(), "{symbol:?} {:?}", second.checked.diagnostics);
            assert_eq!(second.checked.schema.fields.len(), first.checked.schema.fields.len(), "{symbol:?}");
            // Where the first place was, something of the new name stands.
            let back = second.index().symbols().find(|it| it.name() == "a new name").unwrap();
            let at = second.index().of_symbol(back).find(|it| it.spelling == Spelling::Name).unwrap().range;
            let old = prepare_rename(&first, place).unwrap().name;
            let back = rename(&second, Place { file: at.file, offset: at.span.start }, &old).unwrap();
            assert_eq!(texts(&shop(&root, Some(&second), &back)), texts(&first), "{symbol:?}");
            renamed += 1;
        }
        assert!(renamed > 60, "{renamed}");
    }
}
