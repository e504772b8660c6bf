//! The pages under `docs/` that are made from the catalog are up to date.

use lql_compiler::book;
use std::path::Path;

fn check(page: &str, made: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(page);
    if std::env::var_os("UPDATE_BOOK").is_some() {
        std::fs::write(&path, made).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == made, "docs/{page} is not what the catalog says: run the tests with UPDATE_BOOK=1");
}

#[test]
fn the_page_of_functions_is_what_the_catalog_says() {
    check("functions.md", &book::functions());
}

#[test]
fn the_page_of_kinds_and_merge_operators_is_what_the_catalog_says() {
    check("kinds.md", &book::kinds());
}

#[test]
fn the_page_of_diagnostics_is_what_the_codes_say() {
    check("diagnostics.md", &book::diagnostics());
}
