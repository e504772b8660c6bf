//! Everything the server knows at one moment: what the client can, what is open, which projects there are.

use super::abilities;
use super::checks::Checks;
use super::client::Client;
use super::document::{Document, path_of};
use super::latency::Latencies;
use super::lines::Encoding;
use super::owner::Event;
use super::progress::UnderWay;
use super::project::{Analysis, Revision};
use super::results::Results;
use super::settings::Settings;
use super::show::Shelf;
use super::tokens::TokenMemory;
use crate::ide::{self, Place};
use lql_compiler::Time;
use lql_syntax::{Edit, Span};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::SystemTime;
use tower_lsp_server::jsonrpc::{Error, Result};
use tower_lsp_server::ls_types::{
    AnnotatedTextEdit, ClientCapabilities, DocumentChanges, Location, OneOf,
    OptionalVersionedTextDocumentIdentifier, Position, Range, TextDocumentEdit, TextDocumentPositionParams,
    TextEdit, Uri, WorkspaceEdit,
};

/// A moment. Requests hold one and see nothing of what comes later; the owner makes the next.
#[derive(Clone, Debug)]
pub struct World {
    /// What the client said it can.
    pub client: Arc<ClientCapabilities>,
    /// What positions count.
    pub encoding: Encoding,
    /// What the user has set.
    pub settings: Arc<Settings>,
    /// The open files.
    pub documents: BTreeMap<PathBuf, Arc<Document>>,
    /// The projects by their folder, and files that stand alone by their path.
    pub projects: BTreeMap<PathBuf, Arc<Revision>>,
    /// The open test files, and for each the folder of its project; its own path if it has none.
    pub tests: BTreeMap<PathBuf, PathBuf>,
    /// What outlives a moment.
    pub shared: Arc<Shared>,
}

/// What all moments share: figures, and what spares work.
#[derive(Debug)]
pub struct Shared {
    /// For messages beside the answer.
    pub to_client: Client,
    /// How long answers took.
    pub latencies: Latencies,
    /// How many checks were made.
    pub checks: Checks,
    /// Semantic tokens that were sent, for the next delta.
    pub tokens: TokenMemory,
    /// What the last runs of tests have shown.
    pub results: Results,
    /// Long work that can be cancelled.
    pub under_way: UnderWay,
    /// Answers that are shown as documents.
    pub shelf: Shelf,
    /// The owner's queue.
    pub inbox: Sender<Event>,
}

/// A file of a project, as a request looks at it.
#[derive(Clone, Debug)]
pub struct Look {
    /// The project it belongs to.
    pub analysis: Arc<Analysis>,
    /// Its number there.
    pub file: u32,
    encoding: Encoding,
    /// Whether the client takes edits with versions.
    versions: bool,
}

/// The edits of a file.
#[derive(Clone, Debug)]
pub struct Edited {
    /// The file.
    pub uri: Uri,
    /// The version that they are for, if it is open.
    pub version: Option<i32>,
    /// The edits.
    pub edits: Vec<TextEdit>,
}

impl World {
    /// The project that a file belongs to.
    pub fn project_of(&self, path: &Path) -> Option<&Arc<Revision>> {
        let folders = path.ancestors().take(3).filter_map(|folder| self.projects.get(folder));
        folders.into_iter().find(|revision| revision.has(path))
    }

    /// The number of the revision of a project; a test file without a project has the same number always.
    pub fn number_of(&self, key: &Path) -> Option<u64> {
        let alone = || self.tests.get(key).filter(|home| *home == key).map(|_| 0);
        self.projects.get(key).map(|revision| revision.number).or_else(alone)
    }

    /// A file as it is in the editor, else on the disk.
    pub fn read(&self, path: &Path) -> std::io::Result<Vec<u8>> {
        match self.documents.get(path) {
            Some(document) => Ok(document.text.clone().into_bytes()),
            None => lql_authoring::disk(path),
        }
    }

    /// A file of a request.
    pub fn look(&self, uri: &Uri) -> Result<Look> {
        let path = path_of(uri);
        let known = self.project_of(&path).ok_or_else(|| unknown(uri))?;
        let analysis = known.analysis().map_err(|refusal| failed(&refusal.0))?;
        let file = analysis.file(&path).ok_or_else(|| unknown(uri))?;
        let versions = abilities::versions_edits(&self.client);
        Ok(Look { analysis: Arc::clone(analysis), file, encoding: self.encoding, versions })
    }

    /// A file and a place in it.
    pub fn place(&self, at: &TextDocumentPositionParams) -> Result<(Look, Place)> {
        let look = self.look(&at.text_document.uri)?;
        let place = look.place(at.position);
        Ok((look, place))
    }
}

impl Look {
    /// For questions to [`ide`].
    pub fn snapshot(&self) -> &ide::Snapshot {
        &self.analysis.snapshot
    }

    /// The text of the file.
    pub fn text(&self) -> &str {
        self.analysis.text(self.file).map_or("", |(text, _)| text)
    }

    /// A position in the file.
    pub fn place(&self, position: Position) -> Place {
        let offset =
            self.analysis.text(self.file).map(|(text, lines)| lines.offset(text, position, self.encoding));
        Place { file: self.file, offset: offset.unwrap_or_default() }
    }

    /// A range of the file.
    pub fn span(&self, range: Range) -> Span {
        let span = self.analysis.text(self.file).map(|(text, lines)| lines.span(text, range, self.encoding));
        span.unwrap_or_default()
    }

    /// A span of the file.
    pub fn range(&self, span: Span) -> Range {
        self.range_in(self.file, span)
    }

    /// A span of any file of the project.
    pub fn range_in(&self, file: u32, span: Span) -> Range {
        self.analysis.range(file, span, self.encoding)
    }

    /// A place of the project, for the client.
    pub fn location(&self, range: ide::Range) -> Option<Location> {
        let uri = self.analysis.uri(range.file)?;
        Some(Location::new(uri, self.range_in(range.file, range.span)))
    }

    /// Edits of any files of the project, with the versions that they are for.
    pub fn workspace_edit(&self, edits: &[Edit]) -> WorkspaceEdit {
        self.edits_of(self.edited(edits))
    }

    /// The edits of each file that has some.
    pub fn edited(&self, edits: &[Edit]) -> Vec<Edited> {
        let mut files: BTreeMap<u32, Vec<TextEdit>> = BTreeMap::new();
        for edit in edits {
            let range = self.range_in(edit.file, edit.span);
            files.entry(edit.file).or_default().push(TextEdit::new(range, edit.text.clone()));
        }
        let files = files.into_iter().filter_map(|(file, edits)| {
            let version = self.analysis.document(file).map(|document| document.version);
            Some(Edited { uri: self.analysis.uri(file)?, version, edits })
        });
        files.collect()
    }

    /// Edits of files as one change.
    pub fn edits_of(&self, files: Vec<Edited>) -> WorkspaceEdit {
        if !self.versions {
            return WorkspaceEdit::new(files.into_iter().map(|file| (file.uri, file.edits)).collect());
        }
        let documents = files.into_iter().map(|Edited { uri, version, edits }| {
            let text_document = OptionalVersionedTextDocumentIdentifier { uri, version };
            let edits: Vec<OneOf<TextEdit, AnnotatedTextEdit>> = edits.into_iter().map(OneOf::Left).collect();
            TextDocumentEdit { text_document, edits }
        });
        let documents = DocumentChanges::Edits(documents.collect());
        WorkspaceEdit { document_changes: Some(documents), ..WorkspaceEdit::default() }
    }

    /// An edit of the file.
    pub fn edit(&self, span: Span, text: impl Into<String>) -> TextEdit {
        TextEdit::new(self.range(span), text.into())
    }
}

impl Analysis {
    /// A file as the client calls it.
    pub fn uri(&self, file: u32) -> Option<Uri> {
        match self.document(file) {
            Some(document) => Some(document.uri.clone()),
            None => Uri::from_file_path(self.path(file)?),
        }
    }

    /// A span of a file, for the client.
    pub fn range(&self, file: u32, span: Span, encoding: Encoding) -> Range {
        self.text(file).map(|(text, lines)| lines.range(text, span, encoding)).unwrap_or_default()
    }
}

/// A file that is neither open nor in a project.
pub fn unknown(uri: &Uri) -> Error {
    Error::invalid_params(format!("{} is neither open nor in a project of the workspace", uri.as_str()))
}

/// A question that has no answer, with the reason.
pub fn failed(reason: &str) -> Error {
    // The protocol's RequestFailed: the request was sound, but its subject is not.
    let code = tower_lsp_server::jsonrpc::ErrorCode::ServerError(-32803);
    Error { code, message: reason.to_owned().into(), data: None }
}

/// The clock, for what has no other.
pub fn now() -> Time {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Time::from_seconds(since.as_secs() as i64).unwrap_or_default()
}
