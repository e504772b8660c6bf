//! A project on disk: a folder with queries, filters, events and settings, or a few files.
//!
//! Everything is taken in the order of names, so that two runs over one folder see the same project.

mod lint;

use crate::Refusal;
use crate::project_file::{self, ProjectFile};
use lql_compiler::report::SourceView;
use lql_compiler::suggest::nearest;
use lql_compiler::{Checked, Source, check_after, codes};
use lql_syntax::ast::Dialect;
use lql_syntax::{Diagnostic, Span, detect_dialect};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// How the bytes of a file are read: from the disk, from standard input for `-`, from an editor's buffer.
pub type Read<'r> = &'r dyn Fn(&Path) -> std::io::Result<Vec<u8>>;

/// A project that was read, not yet checked.
#[derive(Debug, Default)]
pub struct Project {
    /// The folder's name, or that of the first file without its ending.
    pub name: String,
    /// Queries and filters. Their names are relative to the project, the same wherever it lies.
    pub sources: Vec<Source>,
    /// The settings.
    pub file: ProjectFile,
    /// The files below `events/`.
    pub events: Vec<EventFile>,
    /// What is wrong with `lql.toml` and with the encoding of the files.
    pub findings: Vec<Diagnostic>,
    /// Names of the sources and of `lql.toml` as the user can open them.
    shown_names: Vec<String>,
    /// The text of `lql.toml`; empty without one.
    settings_text: String,
}

/// What the folder of a project holds, each list in the order of names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// The folder.
    pub folder: PathBuf,
    /// `*.lql` and `*.fql`.
    pub queries: Vec<PathBuf>,
    /// The same below `segments/`.
    pub filters: Vec<PathBuf>,
    /// The files below `events/`.
    pub events: Vec<PathBuf>,
    /// `lql.toml`
    pub settings: Option<PathBuf>,
}

/// A file of events, and the stream it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventFile {
    /// The file's name up to its first dot.
    pub stream: String,
    /// Where it is.
    pub path: PathBuf,
}

impl Listing {
    /// Looks into a folder. Reads no file.
    pub fn of(folder: &Path) -> Result<Self, Refusal> {
        let below = |name: &str| {
            let folder = folder.join(name);
            if folder.is_dir() { entries(&folder) } else { Ok(Vec::new()) }
        };
        let only = |mut paths: Vec<PathBuf>, fits: fn(&Path) -> bool| {
            paths.retain(|path| fits(path));
            paths
        };
        let settings = folder.join("lql.toml");
        Ok(Self {
            folder: folder.to_path_buf(),
            queries: only(entries(folder)?, is_query_file),
            filters: only(below("segments")?, is_query_file),
            events: only(below("events")?, Path::is_file),
            settings: settings.is_file().then_some(settings),
        })
    }

    /// The files that findings can be about, as findings number them.
    pub fn files(&self) -> impl Iterator<Item = &PathBuf> {
        self.queries.iter().chain(&self.filters).chain(&self.settings)
    }
}

impl Project {
    /// The projects that paths name: each folder is one; all files together are another, which comes first.
    pub fn load_all(
        paths: &[PathBuf],
        dialect: Option<Dialect>,
        read: Read<'_>,
    ) -> Result<Vec<Project>, Refusal> {
        let (folders, files): (Vec<&PathBuf>, Vec<&PathBuf>) = paths.iter().partition(|path| path.is_dir());
        let mut projects = Vec::new();
        if !files.is_empty() {
            projects.push(Project::from_files(&files, dialect, read)?);
        }
        for folder in folders {
            projects.push(Project::from_folder(folder, dialect, read)?);
        }
        Ok(projects)
    }

    /// The one project that paths name: a folder, or files.
    pub fn load_one(paths: &[PathBuf], dialect: Option<Dialect>, read: Read<'_>) -> Result<Project, Refusal> {
        match paths {
            [folder] if folder.is_dir() => Project::from_folder(folder, dialect, read),
            files => match files.iter().find(|path| path.is_dir()) {
                Some(folder) => Err(Refusal(format!(
                    "{} is a folder: give one project folder, or files, not both",
                    folder.display()
                ))),
                None => Project::from_files(&files.iter().collect::<Vec<_>>(), dialect, read),
            },
        }
    }

    fn from_folder(folder: &Path, dialect: Option<Dialect>, read: Read<'_>) -> Result<Project, Refusal> {
        let listing = Listing::of(folder)?;
        if listing.queries.is_empty() && listing.filters.is_empty() {
            return Err(Refusal(format!("{} holds no *.lql and no *.fql files", folder.display())));
        }
        Project::from_listing(&listing, dialect, read, None)
    }

    /// The project of a folder that was listed before. The files need not be on the disk, as long as `read` knows them.
    /// Of an earlier reading, in the same dialect, sources are taken over that are still the same.
    pub fn from_listing(
        listing: &Listing,
        dialect: Option<Dialect>,
        read: Read<'_>,
        earlier: Option<&Project>,
    ) -> Result<Project, Refusal> {
        let mut project = Project { name: folder_name(&listing.folder), ..Project::default() };
        for path in &listing.queries {
            project.add_source(file_name(path), path, dialect, read, earlier)?;
        }
        for path in &listing.filters {
            project.add_source(format!("segments/{}", file_name(path)), path, dialect, read, earlier)?;
        }
        let events = listing.events.iter();
        project.events.extend(events.map(|path| EventFile { stream: stream_of(path), path: path.clone() }));
        if let Some(settings) = &listing.settings {
            project.settings_text = read_text(settings, read)?;
            project.shown_names.push(shown(settings));
            let number = project.sources.len() as u32;
            let (file, findings) = project_file::read(&project.settings_text, number);
            project.file = file;
            project.findings.extend(findings);
        }
        Ok(project)
    }

    fn from_files(files: &[&PathBuf], dialect: Option<Dialect>, read: Read<'_>) -> Result<Project, Refusal> {
        let mut project = Project::default();
        let mut seen = BTreeSet::new();
        for path in files {
            if seen.insert(path.as_path()) {
                project.add_source(shown(path), path, dialect, read, None)?;
            }
        }
        let first = files.first().and_then(|path| path.file_stem());
        let name = first.map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
        project.name = if name.is_empty() || name == "-" { "project".into() } else { name };
        Ok(project)
    }

    fn add_source(
        &mut self,
        name: String,
        path: &Path,
        dialect: Option<Dialect>,
        read: Read<'_>,
        earlier: Option<&Project>,
    ) -> Result<(), Refusal> {
        let text = match String::from_utf8(read(path).map_err(|error| Refusal::unreadable(path, &error))?) {
            Ok(text) => text,
            Err(error) => {
                self.findings.push(not_utf8(self.sources.len() as u32, &error));
                String::from_utf8_lossy(error.as_bytes()).into_owned()
            }
        };
        let is_stdin = path.as_os_str() == "-";
        self.shown_names.push(if is_stdin { "<stdin>".into() } else { shown(path) });
        let name = if is_stdin { "<stdin>".into() } else { name };
        let known = earlier.and_then(|earlier| earlier.sources.get(self.sources.len()));
        self.sources.push(match known.filter(|known| known.name == name && *known.text == text) {
            Some(known) => known.clone(),
            None => Source { name, dialect: dialect_of(path, &text, dialect), text: text.into() },
        });
        Ok(())
    }

    /// The project, checked, with the findings of its settings among the others.
    pub fn check(&self) -> Checked {
        self.check_after(None)
    }

    /// The same, after an earlier check: what is still true of it is not worked out again.
    pub fn check_after(&self, earlier: Option<&Checked>) -> Checked {
        let mut checked = check_after(earlier, &self.sources, &self.file.settings);
        for finding in &mut checked.diagnostics {
            if finding.code == codes::SETTING_UNKNOWN {
                self.place_setting(finding);
            }
        }
        checked.diagnostics.extend(self.unread_streams(&checked));
        checked.diagnostics.extend(self.findings.iter().cloned());
        checked.diagnostics.sort_by_key(|finding| (finding.primary.file, finding.primary.span, finding.code));
        checked
    }

    /// What findings call the project, where it lies in `folder` only for now.
    pub fn known_as(&mut self, folder: &Path, name: &str) {
        name.clone_into(&mut self.name);
        for shown in &mut self.shown_names {
            if let Ok(rest) = Path::new(shown.as_str()).strip_prefix(folder) {
                *shown = format!("{name}/{}", rest.display());
            }
        }
    }

    /// The files as findings number them.
    pub fn views(&self) -> Vec<SourceView<'_>> {
        let texts = self.sources.iter().map(|source| &*source.text).chain([self.settings_text.as_str()]);
        self.shown_names.iter().zip(texts).map(|(name, text)| SourceView::new(name, text)).collect()
    }

    /// The checker knows settings by name only: the finding moves to where `lql.toml` says the name.
    fn place_setting(&self, finding: &mut Diagnostic) {
        let name = finding.title.rsplit('`').nth(1).unwrap_or("");
        let Some(start) = self.settings_text.find(name).filter(|_| !name.is_empty()) else { return };
        finding.primary.file = self.sources.len() as u32;
        finding.primary.span = Span::new(start as u32, (start + name.len()) as u32);
        finding.primary.text = "nothing has this name".into();
        finding.title = finding.title.trim_start_matches("lql.toml: ").to_owned();
    }

    /// Settings of streams that no query reads.
    fn unread_streams(&self, checked: &Checked) -> Vec<Diagnostic> {
        let read: BTreeSet<&str> = checked.queries.iter().map(|query| query.stream.as_str()).collect();
        let unread = self.file.stream_places.iter().filter(|(stream, _)| !read.contains(stream.as_str()));
        unread
            .map(|(stream, place)| {
                let known: Vec<&str> = read.iter().copied().filter(|stream| !stream.is_empty()).collect();
                let title = format!("no query reads stream `{stream}`");
                let finding = Diagnostic::warning(codes::SETTING_UNKNOWN, title, *place)
                    .in_file(self.sources.len() as u32)
                    .label("these settings are not used");
                match nearest(stream, known.iter().copied()).as_slice() {
                    [near] => finding.replace(format!("write `{near}`"), *place, *near),
                    _ => finding.note(format!("the queries read {}", known.join(", "))),
                }
            })
            .collect()
    }
}

/// The first byte that begins no character. In the text, U+FFFD stands for it.
fn not_utf8(file: u32, error: &std::string::FromUtf8Error) -> Diagnostic {
    let at = error.utf8_error().valid_up_to();
    let byte = error.as_bytes().get(at).copied().unwrap_or_default();
    let span = Span::new(at as u32, at as u32 + '\u{fffd}'.len_utf8() as u32);
    Diagnostic::error(
        codes::NOT_UTF8,
        format!("text is not UTF-8: byte 0x{byte:02X} begins no character"),
        span,
    )
    .in_file(file)
    .label("of another encoding")
    .note("save the file as UTF-8")
}

/// What a text is written in: as asked for, else by its name and folder, else by what it says.
pub fn dialect_of(path: &Path, text: &str, asked: Option<Dialect>) -> Dialect {
    let is_filter = path.extension().is_some_and(|ending| ending == "fql")
        || path.parent().and_then(Path::file_name).is_some_and(|folder| folder == "segments");
    match asked {
        Some(dialect) => dialect,
        None if is_filter => Dialect::FilterQl,
        None => detect_dialect(text),
    }
}

fn read_text(path: &Path, read: Read<'_>) -> Result<String, Refusal> {
    let bytes = read(path).map_err(|error| Refusal::unreadable(path, &error))?;
    String::from_utf8(bytes).map_err(|error| Refusal::not_utf8(path, error.utf8_error().valid_up_to()))
}

/// Whether a file holds queries or filters, by its name.
pub fn is_query_file(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "lql" || ending == "fql") && path.is_file()
}

/// The stream whose events a file holds: its name up to the first dot.
pub fn stream_of(path: &Path) -> String {
    let name = file_name(path);
    name.split('.').next().unwrap_or_default().to_owned()
}

/// What a folder holds, sorted by name, hidden files left out.
pub(crate) fn entries(folder: &Path) -> Result<Vec<PathBuf>, Refusal> {
    let read = || -> std::io::Result<Vec<PathBuf>> {
        std::fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect()
    };
    let mut paths = read().map_err(|error| Refusal::unreadable(folder, &error))?;
    paths.retain(|path| !file_name(path).starts_with('.'));
    paths.sort();
    Ok(paths)
}

fn folder_name(folder: &Path) -> String {
    let full = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
    full.file_name().map_or_else(|| "project".into(), |name| name.to_string_lossy().into_owned())
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// A path as the user may type it: `./web.lql` is `web.lql`.
fn shown(path: &Path) -> String {
    path.strip_prefix(".").unwrap_or(path).display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk;
    use std::fs;

    const WEB: &str = "SELECT email(m) AS email, count(*) AS visits FROM web INTO user BY email ALIAS web";

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    fn load(files: &[(&str, &str)]) -> (tempfile::TempDir, Project) {
        let folder = folder(files);
        let project = Project::load_one(&[folder.path().to_path_buf()], None, &disk).unwrap();
        (folder, project)
    }

    #[test]
    fn a_folder_gives_queries_filters_events_and_settings_in_order_of_name() {
        let (_folder, project) = load(&[
            ("web.lql", WEB),
            ("a.fql", "FILTER visits > 1 ALIAS a"),
            ("segments/loyal.lql", "FILTER visits > 5 ALIAS loyal"),
            ("events/web.ndjson.gz", ""),
            ("events/crm.csv", ""),
            ("events/.hidden", ""),
            ("notes.txt", "not a query"),
            ("lql.toml", "[streams.web]\ntimestamp = \"ts\""),
        ]);
        let names: Vec<_> = project.sources.iter().map(|s| (s.name.as_str(), s.dialect)).collect();
        let expected = [
            ("a.fql", Dialect::FilterQl),
            ("web.lql", Dialect::Lql),
            ("segments/loyal.lql", Dialect::FilterQl),
        ];
        assert_eq!(names, expected);
        let streams: Vec<_> = project.events.iter().map(|e| e.stream.as_str()).collect();
        assert_eq!(streams, ["crm", "web"]);
        assert_eq!(project.file.settings.streams["web"].timestamp.as_deref(), Some("ts"));
    }

    #[test]
    fn a_filter_outside_segments_is_known_by_its_text() {
        let (_folder, project) = load(&[("a.lql", "FILTER visits > 1 ALIAS a"), ("b.lql", WEB)]);
        let dialects: Vec<_> = project.sources.iter().map(|s| s.dialect).collect();
        assert_eq!(dialects, [Dialect::FilterQl, Dialect::Lql]);
    }

    #[test]
    fn settings_that_name_nothing_are_shown_in_lql_toml() {
        let toml = "[streams.wbe]\nid = \"x\"\n[tables.usr]\nidentity_limit = 5\n";
        let (_folder, project) = load(&[("web.lql", WEB), ("lql.toml", toml)]);
        let checked = project.check();
        let places: Vec<_> =
            checked.diagnostics.iter().map(|d| (d.primary.file, d.primary.span.of(toml))).collect();
        assert_eq!(places, [(1, "wbe"), (1, "usr")]);
        assert!(checked.is_sound());
    }

    #[test]
    fn mistakes_in_lql_toml_stop_the_project() {
        let (_folder, project) = load(&[("web.lql", WEB), ("lql.toml", "nwo = 1")]);
        assert!(!project.check().is_sound());
    }

    #[test]
    fn a_folder_without_queries_is_misuse() {
        let folder = folder(&[("readme.md", "")]);
        let result = Project::load_one(&[folder.path().to_path_buf()], None, &disk);
        assert!(matches!(result, Err(Refusal(message)) if message.contains("holds no *.lql")));
    }

    #[test]
    fn bytes_of_another_encoding_are_a_finding_at_their_place() {
        let folder = folder(&[]);
        let path = folder.path().join("a.lql");
        fs::write(&path, b"SELECT oneof(city, \"Malm\xf6\") AS city FROM web INTO user BY city ALIAS a")
            .unwrap();
        let project = Project::load_one(&[path], None, &disk).unwrap();
        let found: Vec<_> = project.check().diagnostics;
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].code, found[0].primary.span), (codes::NOT_UTF8, Span::new(24, 27)));
    }
}
