//! The pages under `docs/` that are made from the catalog are up to date.

use lql_compiler::book::PAGES;
use std::path::Path;

#[test]
fn pages_that_are_made_are_what_the_catalog_says() {
    let mut stale = Vec::new();
    for page in PAGES {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(page.file);
        let made = (page.text)();
        if std::env::var_os("UPDATE_BOOK").is_some() {
            std::fs::write(&path, &made).unwrap();
        }
        if std::fs::read_to_string(&path).unwrap_or_default() != made {
            stale.push(page.file);
        }
    }
    assert!(stale.is_empty(), "{stale:?} are not what the catalog says: run `lql doc --book docs`");
}
