//! A file that is open in the editor: its text is the truth, whatever the disk says.

use super::lines::{Encoding, Lines};
use lql_authoring::testing::ENDING;
use std::path::{Path, PathBuf};
use tower_lsp_server::ls_types::{TextDocumentContentChangeEvent, TextDocumentItem, Uri};

/// A file as the editor has it, at one version. Never changes; an edit makes another.
#[derive(Clone, Debug)]
pub struct Document {
    /// As the client spells it: replies must spell it the same.
    pub uri: Uri,
    /// What it is known by here.
    pub path: PathBuf,
    /// The client's number of this text.
    pub version: i32,
    /// The text.
    pub text: String,
    /// Its lines.
    pub lines: Lines,
}

impl Document {
    /// A file that was opened.
    pub fn open(item: TextDocumentItem) -> Self {
        let lines = Lines::new(&item.text);
        Self { path: path_of(&item.uri), uri: item.uri, version: item.version, text: item.text, lines }
    }

    /// The next version. Each change applies to what the change before it left.
    pub fn edited(
        &self,
        version: i32,
        changes: Vec<TextDocumentContentChangeEvent>,
        encoding: Encoding,
    ) -> Self {
        let mut next = Self { version, ..self.clone() };
        for change in changes {
            match change.range {
                None => next.text = change.text,
                Some(range) => {
                    let span = next.lines.span(&next.text, range, encoding);
                    next.text.replace_range(span.start as usize..span.end as usize, &change.text);
                }
            }
            next.lines = Lines::new(&next.text);
        }
        next
    }
}

/// What a file is known by: its path, or all of the address where it has none, such as `untitled:1`.
pub fn path_of(uri: &Uri) -> PathBuf {
    let is_file = uri.scheme().as_str().eq_ignore_ascii_case("file");
    let path = if is_file { uri.to_file_path() } else { None };
    path.map_or_else(|| PathBuf::from(uri.as_str()), std::borrow::Cow::into_owned)
}

/// Whether a file is a test, by its name.
pub fn is_test(path: &Path) -> bool {
    path.as_os_str().to_string_lossy().ends_with(ENDING)
}

/// Whether a file is TOML of somebody else: editors that ask us about `lql.toml` and tests may ask about all TOML.
pub fn is_foreign(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "toml") && !path.ends_with("lql.toml") && !is_test(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::str::FromStr as _;

    #[test]
    fn files_are_known_by_path_and_others_by_address() {
        let of = |uri| path_of(&Uri::from_str(uri).unwrap());
        assert_eq!(of("file:///a/b%20c.lql"), PathBuf::from("/a/b c.lql"));
        assert_eq!(of("untitled:Untitled-1"), PathBuf::from("untitled:Untitled-1"));
    }
}
