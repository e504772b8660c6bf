//! What the user sets: the section `lql` of the editor's settings.

use serde::Deserialize;
use tower_lsp_server::ls_types::LSPAny;

/// The settings. All have defaults; unknown keys are of no concern.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Settings {
    /// How wide formatted text may be.
    pub width: usize,
    /// Address of the book, for links from findings to their explanation.
    pub docs: Option<String>,
    /// Whether hints are shown between the words.
    pub inlay_hints: bool,
    /// Whether lines of actions are shown above statements.
    pub code_lenses: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { width: 100, docs: None, inlay_hints: true, code_lenses: true }
    }
}

impl Settings {
    /// From what a client sends: the section, or an object that holds it. Nothing, or a wrong type, is the default.
    pub fn read(value: &LSPAny) -> Self {
        let section = value.get("lql").unwrap_or(value);
        Self::deserialize(section).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_section_comes_bare_or_wrapped() {
        assert_eq!(Settings::read(&json!({ "width": 80 })).width, 80);
        assert_eq!(Settings::read(&json!({ "lql": { "width": 80 } })).width, 80);
        assert_eq!(Settings::read(&json!(null)), Settings::default());
    }
}
