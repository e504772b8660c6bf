//! Makes `src/parser.c`, `src/grammar.json` and `src/node-types.json` of `grammar.js`.
//!
//! `cargo run` writes them; `cargo run -- --check FOLDER` writes them to a folder and fails where they differ.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

const FILES: &[&str] = &["grammar.json", "node-types.json", "parser.c"];
/// The version of the format of parsers; editors read this one and older ones.
const ABI: usize = 15;

fn main() -> ExitCode {
    let package = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let source = package.join("src");
    let mut arguments = std::env::args().skip(1);
    let check = arguments.next().is_some_and(|it| it == "--check");
    let out = arguments.next().map_or_else(|| source.clone(), PathBuf::from);
    let made = tree_sitter_generate::generate_parser_in_directory(
        &package,
        Some(&out),
        None::<&Path>,
        ABI,
        None,
        Some("native"),
        true,
        tree_sitter_generate::OptLevel::default(),
        &mut Vec::new(),
    );
    if let Err(error) = made {
        eprintln!("{error}");
        return ExitCode::FAILURE;
    }
    let read = |folder: &Path, file: &str| std::fs::read(folder.join(file)).unwrap_or_default();
    let stale: Vec<_> = FILES.iter().filter(|file| read(&source, file) != read(&out, file)).collect();
    if check && !stale.is_empty() {
        eprintln!(
            "{stale:?} are not what grammar.js says: `cargo run` in {} makes them anew",
            env!("CARGO_MANIFEST_DIR")
        );
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
