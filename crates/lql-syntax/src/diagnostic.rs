//! What is wrong with a text, as data: a stable code, places, words, and edits that mend it.
//!
//! Rendering is somebody else's job: people, JSON and editors all read the same value.

use crate::Span;
use serde::{Deserialize, Serialize};

/// A stable diagnostic number; shown as `LQL0123` and never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Code(pub u16);

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LQL{:04}", self.0)
    }
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The text cannot be used.
    Error,
    /// The text can be used, but probably does not mean what its author thinks.
    Warning,
}

/// A marked place with a few words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// Index of the source file in the project; 0 where there is only one.
    pub file: u32,
    /// The place.
    pub span: Span,
    /// Words shown at the place; short, no full stop. May be empty.
    pub text: String,
}

/// Whether a fix may be applied without a look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Safety {
    /// Keeps the meaning, or the text had none.
    Safe,
    /// Changes the meaning to the likely intent.
    Unsafe,
    /// Only shows the way; never applied by a machine.
    Display,
}

/// Replaces the text at `span` in file `file` by `text`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    /// Index of the source file in the project.
    pub file: u32,
    /// What is replaced; an empty span inserts.
    pub span: Span,
    /// The new text.
    pub text: String,
}

/// Edits that belong together and mend the finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fix {
    /// What the fix does, as an order: "write `email`".
    pub title: String,
    /// Whether it may be applied without a look.
    pub safety: Safety,
    /// The edits, in order of place, not overlapping.
    pub edits: Vec<Edit>,
}

/// One finding. `title` alone must make sense on one line.
///
/// ```
/// # use lql_syntax::{Code, Diagnostic, Span};
/// let d = Diagnostic::error(Code(201), "unknown function `emial`", Span::new(7, 12))
///     .label("no function has this name")
///     .note("functions are listed by `lql doc`")
///     .replace("write `email`", Span::new(7, 12), "email");
/// assert_eq!(d.code.to_string(), "LQL0201");
/// assert_eq!(d.fixes[0].edits[0].text, "email");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// The stable code.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// One sentence without full stop: what was found and what was expected.
    pub title: String,
    /// Where.
    pub primary: Label,
    /// Other places that explain the finding.
    pub secondary: Vec<Label>,
    /// Sentences below the snippet: reasons and ways out.
    pub notes: Vec<String>,
    /// Edits that mend it, best first.
    pub fixes: Vec<Fix>,
}

impl Diagnostic {
    /// An error at `span` of file 0.
    pub fn error(code: Code, title: impl Into<String>, span: Span) -> Self {
        Self::new(code, Severity::Error, title.into(), span)
    }

    /// A warning at `span` of file 0.
    pub fn warning(code: Code, title: impl Into<String>, span: Span) -> Self {
        Self::new(code, Severity::Warning, title.into(), span)
    }

    fn new(code: Code, severity: Severity, title: String, span: Span) -> Self {
        let primary = Label { file: 0, span, text: String::new() };
        Self { code, severity, title, primary, secondary: Vec::new(), notes: Vec::new(), fixes: Vec::new() }
    }

    /// Words at the primary place.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.primary.text = text.into();
        self
    }

    /// The file of the primary place.
    #[must_use]
    pub fn in_file(mut self, file: u32) -> Self {
        self.primary.file = file;
        self
    }

    /// Another place, in file `file`.
    #[must_use]
    pub fn also(mut self, file: u32, span: Span, text: impl Into<String>) -> Self {
        self.secondary.push(Label { file, span, text: text.into() });
        self
    }

    /// A sentence below the snippet.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// A safe one-edit fix in the primary file.
    #[must_use]
    pub fn replace(self, title: impl Into<String>, span: Span, text: impl Into<String>) -> Self {
        self.fix(title, Safety::Safe, span, text)
    }

    /// A one-edit fix in the primary file.
    #[must_use]
    pub fn fix(
        mut self,
        title: impl Into<String>,
        safety: Safety,
        span: Span,
        text: impl Into<String>,
    ) -> Self {
        let edit = Edit { file: self.primary.file, span, text: text.into() };
        self.fixes.push(Fix { title: title.into(), safety, edits: vec![edit] });
        self
    }

    /// Moves every place of file 0 to file `file`; for findings made before the file had a number.
    #[must_use]
    pub fn moved_to(self, file: u32) -> Self {
        self.with_files(|_| file)
    }

    /// Counts all files from `first` on; for findings of several projects in one list.
    #[must_use]
    pub fn counted_from(self, first: u32) -> Self {
        self.with_files(|file| first + file)
    }

    fn with_files(mut self, number: impl Fn(u32) -> u32) -> Self {
        let labels = std::iter::once(&mut self.primary).chain(&mut self.secondary);
        labels.for_each(|label| label.file = number(label.file));
        self.fixes.iter_mut().flat_map(|fix| &mut fix.edits).for_each(|edit| edit.file = number(edit.file));
        self
    }

    /// Whether this is an error.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// The finding on one line: code and title.
impl std::fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code, self.title)
    }
}

/// What `lql explain` says about a code: the one home of its words.
#[derive(Clone, Copy, Debug)]
pub struct CodeEntry {
    /// The code.
    pub code: Code,
    /// A short noun phrase: "unknown function".
    pub title: &'static str,
    /// Plain prose: what happened, why it is refused, how to mend it.
    pub explanation: &'static str,
    /// The smallest text that raises it, with the dialect it is read in.
    pub wrong: &'static str,
    /// The same text mended.
    pub right: &'static str,
}
