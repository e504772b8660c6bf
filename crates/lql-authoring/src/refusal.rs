//! Why something cannot be done at all: a file that is not there, arguments that make no sense together.

use std::path::Path;

/// Misuse, in one sentence that says what is wrong and what would be possible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal(pub String);

impl Refusal {
    /// A file that cannot be read.
    pub fn unreadable(path: &Path, error: &std::io::Error) -> Self {
        Self(format!("cannot read {}: {}", shown(path), plain(error)))
    }

    /// A file that cannot be written.
    pub fn unwritable(path: &Path, error: &std::io::Error) -> Self {
        Self(format!("cannot write {}: {}", shown(path), plain(error)))
    }

    /// A file that is no text.
    pub fn not_utf8(path: &Path, at: usize) -> Self {
        Self(format!("{} is no UTF-8 text: the byte at offset {at} begins no character", shown(path)))
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Refusal {}

/// Reads files from the disk: the simplest [`Read`](crate::Read).
pub fn disk(path: &Path) -> std::io::Result<Vec<u8>> {
    std::fs::read(path)
}

/// The system's words without its error number.
pub fn plain(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_lowercase()
}

fn shown(path: &Path) -> String {
    if path.as_os_str() == "-" { "standard input".into() } else { path.display().to_string() }
}
