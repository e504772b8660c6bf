//! `lql doc`: the catalog of functions, operators, kinds and merge operators in the terminal, and as pages of the book.

mod entry;

use crate::outcome::{Outcome, Stop};
use crate::terminal::Terminal;
use entry::{Entry, Listing};
use lql_compiler::catalog::{self, Group};
use lql_compiler::operators::{self, OPERATORS};
use lql_compiler::suggest::nearest;
use lql_compiler::{KINDS, Kind, MERGE_OPS, MergeOp, book};
use std::path::{Path, PathBuf};

/// Look up functions, operators, kinds and merge operators
#[derive(clap::Args)]
#[command(after_long_help = "\
Examples:
  lql doc                      everything, by group, with one line each
  lql doc email                a function, by any of its names
  lql doc text                 the functions of a group
  lql doc kinds                what fields can hold
  lql doc 'map[string]int'     a kind
  lql doc operators            what compares, adds and combines
  lql doc LIKE                 an operator
  lql doc mergeops             how values of several events become one
  lql doc latest               a merge operator
  lql doc --format json        the whole catalog for machines
  lql doc --book docs          writes the reference pages of the book into a folder

A name that is several things at once, such as `min`, shows all of them.")]
pub struct Doc {
    /// A function, operator, kind, merge operator or group; `functions`, `operators`, `kinds` or `mergeops`
    #[arg(conflicts_with = "book")]
    name: Option<String>,
    /// Write the reference pages of the book into this folder
    #[arg(long, value_name = "FOLDER", conflicts_with = "format")]
    book: Option<PathBuf>,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// How the catalog is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For reading
    #[default]
    Text,
    /// For machines
    Json,
}

/// The groups as the user names them, and their titles.
const GROUPS: &[(Group, &str, &str)] = &[
    (Group::Aggregate, "aggregate", "Aggregates: accumulate over events"),
    (Group::Logic, "logic", "Conditions and choices"),
    (Group::Text, "text", "Text"),
    (Group::Cast, "cast", "Conversions"),
    (Group::Hash, "hash", "Hashes and encodings"),
    (Group::Collection, "collection", "Maps, lists and sets"),
    (Group::Web, "web", "URLs, e-mail, user agents"),
    (Group::Date, "date", "Dates and times"),
    (Group::Other, "other", "Network, phone, JSON, maths and the rest"),
];

/// Looks up.
pub fn run(args: &Doc, terminal: &Terminal) -> Result<Outcome, Stop> {
    if let Some(folder) = &args.book {
        return write_book(folder, terminal);
    }
    let Some(name) = &args.name else {
        return list(args.format, &everything(), terminal);
    };
    let entries = entries_named(name);
    if !entries.is_empty() {
        let text = match args.format {
            Format::Text => entries.iter().map(|entry| entry.page(terminal)).collect::<Vec<_>>().join("\n"),
            Format::Json => json(&entries),
        };
        terminal.print(&text)?;
        return Ok(Outcome::Clean);
    }
    match listing_named(name) {
        Some(listings) => list(args.format, &listings, terminal),
        None => Err(Stop::Misuse(unknown(name))),
    }
}

/// Prints what has a name.
pub fn show(name: &str, terminal: &Terminal) -> Result<Outcome, Stop> {
    run(&Doc { name: Some(name.to_owned()), book: None, format: Format::Text }, terminal)
}

fn list(format: Format, listings: &[Listing], terminal: &Terminal) -> Result<Outcome, Stop> {
    let text = match format {
        Format::Text => listings.iter().map(|listing| listing.text(terminal)).collect::<Vec<_>>().join("\n"),
        Format::Json => {
            let entries: Vec<&Entry> = listings.iter().flat_map(|listing| &listing.entries).collect();
            let pages: Vec<serde_json::Value> = entries.into_iter().map(Entry::json).collect();
            format!("{:#}\n", serde_json::Value::Array(pages))
        }
    };
    terminal.print(&text)?;
    Ok(Outcome::Clean)
}

/// Writes the pages that differ.
fn write_book(folder: &Path, terminal: &Terminal) -> Result<Outcome, Stop> {
    if !folder.is_dir() {
        return Err(Stop::Misuse(format!("{} is no folder: make it first", folder.display())));
    }
    let mut written = 0;
    for page in book::PAGES {
        let (path, text) = (folder.join(page.file), (page.text)());
        if std::fs::read(&path).is_ok_and(|old| old == text.as_bytes()) {
            continue;
        }
        std::fs::write(&path, text).map_err(|error| Stop::unwritable(&path, &error))?;
        terminal.say(&format!("wrote {}", path.display()));
        written += 1;
    }
    if written == 0 {
        terminal.say("all pages were up to date");
    }
    Ok(Outcome::Clean)
}

fn json(entries: &[Entry]) -> String {
    match entries {
        [entry] => format!("{:#}\n", entry.json()),
        entries => format!("{:#}\n", serde_json::Value::Array(entries.iter().map(Entry::json).collect())),
    }
}

/// Everything that has exactly this name: `min` is a function and a merge operator.
fn entries_named(name: &str) -> Vec<Entry> {
    let function = catalog::find(name).map(Entry::Function);
    let kind = Kind::parse(name).and_then(Kind::entry).map(Entry::Kind);
    let merge_op = MergeOp::parse(name).and_then(MergeOp::entry).map(Entry::MergeOp);
    // `text` is a spelling of the kind `string`, but who asks for `text` wants the group.
    let kind = kind
        .filter(|_| name == "string" || !GROUPS.iter().any(|(_, group, _)| group.eq_ignore_ascii_case(name)));
    let operator = operators::find(name).map(Entry::Operator);
    [function, operator, kind, merge_op].into_iter().flatten().collect()
}

fn listing_named(name: &str) -> Option<Vec<Listing>> {
    match name.to_lowercase().as_str() {
        "operators" | "operator" => Some(vec![operators()]),
        "kinds" | "kind" => Some(vec![kinds()]),
        "mergeops" | "mergeop" => Some(vec![merge_ops()]),
        "functions" | "function" => Some(functions()),
        name => {
            let at = GROUPS.iter().position(|(_, group, _)| *group == name || format!("{group}s") == name)?;
            Some(functions().into_iter().skip(at).take(1).collect())
        }
    }
}

fn everything() -> Vec<Listing> {
    let mut all = functions();
    all.push(operators());
    all.push(kinds());
    all.push(merge_ops());
    all
}

fn functions() -> Vec<Listing> {
    let of_group = |group| catalog::functions().filter(move |f| f.group == group).map(Entry::Function);
    GROUPS.iter().map(|(group, _, title)| Listing { title, entries: of_group(*group).collect() }).collect()
}

fn operators() -> Listing {
    let entries = OPERATORS.iter().map(Entry::Operator).collect();
    Listing { title: "Operators, the loosest first", entries }
}

fn kinds() -> Listing {
    Listing { title: "Kinds: what a field holds", entries: KINDS.iter().map(Entry::Kind).collect() }
}

fn merge_ops() -> Listing {
    let entries = MERGE_OPS.iter().map(Entry::MergeOp).collect();
    Listing { title: "Merge operators: how values of several events become one", entries }
}

fn unknown(name: &str) -> String {
    let functions = catalog::functions().flat_map(|f| f.aliases.iter().chain([&f.name])).copied();
    let kinds = KINDS.iter().map(|entry| entry.name);
    let merge_ops = MERGE_OPS.iter().map(|entry| entry.name);
    let groups =
        GROUPS.iter().map(|(_, group, _)| *group).chain(["kinds", "mergeops", "operators", "functions"]);
    let operators = OPERATORS.iter().flat_map(|entry| entry.spellings.iter().chain([&entry.name])).copied();
    let near: Vec<String> =
        nearest(name, functions.chain(operators).chain(kinds).chain(merge_ops).chain(groups))
            .into_iter()
            .map(|near| format!("`{near}`"))
            .collect();
    let hint = if near.is_empty() {
        "`lql doc` lists everything".to_owned()
    } else {
        format!("did you mean {}?", near.join(" or "))
    };
    format!("no function, operator, kind, merge operator or group is named `{name}`; {hint}")
}
