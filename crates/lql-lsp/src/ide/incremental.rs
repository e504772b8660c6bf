//! What is taken over from an earlier snapshot changes no answer: after any edits, all that can be seen of a project is
//! what a first look at it shows.

use super::Snapshot;
use lql_authoring::{Listing, Project};
use lql_compiler::lint::RULES;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// A change of a project. Places are in thousandths of a text, files are numbers that wrap around.
#[derive(Clone, Debug)]
enum Edit {
    /// Takes away from the first place to the second, and puts a text there.
    Type { file: usize, from: usize, to: usize, text: String },
    /// The same with the example of a rule: what it is wrong about, or what it is right about.
    Paste { file: usize, at: usize, rule: usize, wrong: bool },
    /// Writes a word that stands somewhere differently, everywhere.
    Rename { word: usize, new: String },
    /// Writes a whole file, which may be new, with the example of a rule.
    Write { name: usize, rule: usize, wrong: bool },
    /// Takes a file away.
    Remove { file: usize },
}

/// Names of files that may come and go; those in between get other numbers.
const NAMES: [&str; 6] = ["a.fql", "m.lql", "orders.lql", "web.lql", "segments/buyers.fql", "lql.toml"];

const WORDS: [&str; 10] =
    ["email", "visits", "spend_total", "user", "web", "buyers", "count", "todate", "orders", "plan"];

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let typed = prop_oneof![
        "[a-z😀é ,;()\\n]{0,4}",
        Just("\"".to_owned()),
        Just("/*".to_owned()),
        Just("-- lint: allow-file text-order: as it is\n".to_owned()),
        Just(" KIND number".to_owned()),
        Just("[lint]\nselect = [\"unread-field\"]\n".to_owned()),
        Just("[streams.web]\nid = \"message\"\n".to_owned()),
    ];
    let file = 0..12usize;
    let at = || 0..1_000usize;
    let edit = prop_oneof![
        4 => (file.clone(), at(), 0..30usize, typed)
            .prop_map(|(file, from, length, text)| Edit::Type { file, from, to: from + length, text }),
        3 => (file.clone(), at(), 0..RULES.len(), any::<bool>())
            .prop_map(|(file, at, rule, wrong)| Edit::Paste { file, at, rule, wrong }),
        2 => (0..WORDS.len(), "[a-z]{1,5}").prop_map(|(word, new)| Edit::Rename { word, new }),
        2 => (0..NAMES.len(), 0..RULES.len(), any::<bool>())
            .prop_map(|(name, rule, wrong)| Edit::Write { name, rule, wrong }),
        1 => file.prop_map(|file| Edit::Remove { file }),
    ];
    proptest::collection::vec(edit, 1..8)
}

type Files = BTreeMap<PathBuf, String>;

fn shop() -> Files {
    let files = [
        (
            "orders.lql",
            "-- The orders.\nSELECT email(buyer) AS email SHORTDESC \"E-mail\", sum(tonumber(amount)) AS spend_total \
             KIND number, set(sku) AS skus FROM orders INTO user BY email ALIAS shop_orders;\n\
             SELECT email(buyer) AS email, todate(placed) AS last FROM orders INTO user BY email ALIAS placed",
        ),
        (
            "web.lql",
            "SELECT email(m) AS email, count(*) AS visits, plan AS Plan FROM web INTO user BY email ALIAS web;\n\
             SELECT email(m) AS email, plan AS plan FROM web INTO user BY email WHERE plan != \"x\" ALIAS plans",
        ),
        ("segments/buyers.fql", "FILTER spend_total > 0 ALIAS buyers"),
        ("segments/loyal.fql", "FILTER AND ( INCLUDE buyers, visits > 3, EXISTS plan ) ALIAS loyal"),
        ("lql.toml", "[streams.orders]\ntimestamp = \"placed\"\n"),
    ];
    files.into_iter().map(|(name, text)| (Path::new("/shop").join(name), text.to_owned())).collect()
}

fn example(rule: usize, wrong: bool) -> &'static str {
    let entry = &RULES[rule].entry;
    if wrong { entry.wrong } else { entry.right }
}

fn apply(files: &mut Files, edit: &Edit) {
    let count = files.len().max(1);
    let part = |text: &str, place: usize| text.floor_char_boundary(text.len() * place.min(1_000) / 1_000);
    match edit {
        Edit::Type { file, from, to, text } => {
            if let Some(old) = files.values_mut().nth(file % count) {
                let (from, to) = (part(old, *from), part(old, *to));
                old.replace_range(from..to, text);
            }
        }
        Edit::Paste { file, at, rule, wrong } => {
            if let Some(old) = files.values_mut().nth(file % count) {
                let at = part(old, *at);
                old.insert_str(at, &format!(";\n{};\n", example(*rule, *wrong)));
            }
        }
        Edit::Rename { word, new } => {
            files.values_mut().for_each(|text| *text = text.replace(WORDS[*word], new));
        }
        Edit::Write { name, rule, wrong } => {
            let path = Path::new("/shop").join(NAMES[*name]);
            files.insert(path, example(*rule, *wrong).to_owned());
        }
        Edit::Remove { file } => {
            let path = files.keys().nth(file % count).cloned();
            path.map(|path| files.remove(&path));
        }
    }
}

fn look(files: &Files, earlier: Option<&Snapshot>) -> Snapshot {
    let is = |path: &&PathBuf, folder: &str, ending: &str| {
        path.parent() == Some(Path::new(folder)) && path.extension().is_some_and(|it| it == ending)
    };
    let below = |folder: &str| -> Vec<PathBuf> {
        files.keys().filter(|it| is(it, folder, "lql") || is(it, folder, "fql")).cloned().collect()
    };
    let settings = Path::new("/shop/lql.toml");
    let listing = Listing {
        folder: "/shop".into(),
        queries: below("/shop"),
        filters: below("/shop/segments"),
        events: Vec::new(),
        settings: files.contains_key(settings).then(|| settings.to_path_buf()),
    };
    let read = |path: &Path| Ok(files[path].clone().into_bytes());
    let known = earlier.map(|earlier| &earlier.project);
    let project = Project::from_listing(&listing, None, &read, known).unwrap();
    Snapshot::of(earlier, Path::new("/shop"), project)
}

/// All that can be seen of a project.
fn told(snapshot: &Snapshot) -> String {
    let mut told = String::new();
    let checked = &snapshot.checked;
    for (file, source) in (0u32..).zip(&snapshot.project.sources) {
        let _ = writeln!(told, "{source:?} {:?} {:?}", checked.parsed(file), checked.kinds(file));
        let _ = writeln!(told, "{:?}", snapshot.index().of_file(file));
        let ends: Vec<u32> = (0..=source.text.len() as u32).map(|at| checked.line(file, at)).collect();
        let _ = writeln!(told, "{ends:?}");
    }
    for query in &checked.queries {
        let _ = writeln!(told, "{} {} {} {}", query.file, query.alias, query.stream, query.table);
        let _ = writeln!(told, "{:?} {:?}", query.tree, query.columns);
    }
    let _ = writeln!(told, "{:?} {:?}", checked.segments, checked.schema);
    let _ = writeln!(told, "{:#?} {:?}", snapshot.findings(), checked.allowed);
    let _ = writeln!(told, "{:?} {:?}", checked.diagnostics, snapshot.index().implied());
    let mut symbols: Vec<_> = snapshot.index().symbols().collect();
    symbols.sort();
    for symbol in symbols {
        let _ = writeln!(told, "{symbol:?} {:?}", snapshot.index().of_symbol(symbol).collect::<Vec<_>>());
    }
    for function in lql_compiler::catalog::functions() {
        let takes = WORDS.map(|word| snapshot.index().takes(function.name, word));
        let _ = write!(told, "{} {takes:?}", snapshot.index().calls(function.name));
    }
    let _ = writeln!(told, "{:?}", checked.package().map(|package| package.to_bytes()));
    told
}

proptest! {
    #![proptest_config(lql_cases::cases(64))]
    #[test]
    fn after_any_edits_a_project_is_what_a_first_look_shows(edits in edits()) {
        let mut files = shop();
        let mut now = look(&files, None);
        for (at, edit) in edits.iter().enumerate() {
            // Some snapshots are passed over before anybody asks for their findings.
            if at % 3 != 1 {
                now.findings();
                now.index();
            }
            apply(&mut files, edit);
            now = look(&files, Some(&now));
            if at % 2 == 0 {
                prop_assert_eq!(told(&now), told(&look(&files, None)));
            }
        }
        prop_assert_eq!(told(&now), told(&look(&files, None)));
    }
}
