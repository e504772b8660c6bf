//! The Tree-sitter grammar of LQL and FilterQL, for editors and tools that speak Tree-sitter.
//!
//! ```
//! let mut parser = tree_sitter::Parser::new();
//! parser.set_language(&tree_sitter_lql::LANGUAGE.into()).unwrap();
//! let tree = parser.parse("FILTER visits > 3 ALIAS regulars", None).unwrap();
//! assert!(!tree.root_node().has_error());
//! ```

use tree_sitter_language::LanguageFn;

unsafe extern "C" {
    fn tree_sitter_lql() -> *const ();
}

/// The language.
// SAFETY: the function is the one that the parser in C defines for this purpose.
pub const LANGUAGE: LanguageFn = unsafe { LanguageFn::from_raw(tree_sitter_lql) };

/// What is coloured how.
pub const HIGHLIGHTS_QUERY: &str = include_str!("../../queries/highlights.scm");

/// What can be folded.
pub const FOLDS_QUERY: &str = include_str!("../../queries/folds.scm");

/// Which parts are in another language.
pub const INJECTIONS_QUERY: &str = include_str!("../../queries/injections.scm");

/// Where fields are defined and used.
pub const LOCALS_QUERY: &str = include_str!("../../queries/locals.scm");

/// The kinds of nodes and their children, as JSON.
pub const NODE_TYPES: &str = include_str!("../../src/node-types.json");
