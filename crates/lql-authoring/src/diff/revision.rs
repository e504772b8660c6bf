//! Versions of a project: a folder, a file, or what a git repository had there at a revision.

use crate::{Project, Read, Refusal, plain};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A version of a project.
#[derive(Debug)]
pub struct Version {
    /// The project.
    pub project: Project,
    /// Where it is on disk, unless it is of a revision.
    pub path: Option<PathBuf>,
}

/// The version that an argument names: a path, `REVISION:PATH`, or a revision of the project at `beside`.
pub fn version(argument: &str, beside: Option<&str>, read: Read<'_>) -> Result<Version, Refusal> {
    let path = Path::new(argument);
    if path.exists() {
        let path = path.to_path_buf();
        let project = Project::load_one(std::slice::from_ref(&path), None, read)?;
        return Ok(Version { project, path: Some(path) });
    }
    let (revision, tree, repository) = match argument.split_once(':') {
        Some((revision, path)) => (revision, argument.to_owned(), Repository::at(Path::new("."), path)),
        None => {
            let beside = Path::new(beside.filter(|path| Path::new(path).exists()).unwrap_or("."));
            let (folder, file) = if beside.is_dir() { (beside, "") } else { folder_and_file(beside) };
            let repository = Repository::at(folder, &beside.display().to_string());
            let prefix = repository.git(argument, &["rev-parse", "--show-prefix"])?;
            let prefix = String::from_utf8_lossy(&prefix).trim().to_owned();
            (argument, format!("{argument}:{prefix}{file}"), repository)
        }
    };
    repository.git(
        revision,
        &["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{revision}^{{commit}}")],
    )?;
    let project = repository.project(revision, tree.trim_end_matches('/'), argument)?;
    Ok(Version { project, path: None })
}

fn folder_and_file(path: &Path) -> (&Path, &str) {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    (folder, path.file_name().and_then(|name| name.to_str()).unwrap_or_default())
}

/// A folder of a git repository.
struct Repository {
    folder: PathBuf,
    /// What is asked for, as messages name it.
    asked: String,
}

impl Repository {
    fn at(folder: &Path, asked: &str) -> Self {
        Self { folder: folder.to_path_buf(), asked: asked.to_owned() }
    }

    /// What the program `git` says; `revision` is for messages.
    fn git(&self, revision: &str, args: &[&str]) -> Result<Vec<u8>, Refusal> {
        let output = Command::new("git").arg("-C").arg(&self.folder).args(args).output();
        let output = output.map_err(|error| {
            let why = match error.kind() {
                std::io::ErrorKind::NotFound => "the program `git` is not installed".to_owned(),
                _ => plain(&error),
            };
            Refusal(format!("`{revision}` is no file or folder, and cannot be read as a revision: {why}"))
        })?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let said = said.lines().next().unwrap_or_default().trim_start_matches("fatal: ").to_owned();
        let because = if said.is_empty() { "git knows no such commit".to_owned() } else { said };
        Err(Refusal(format!("`{revision}` is no file, no folder and no revision here: {because}")))
    }

    /// The project that a tree or a file of the repository holds.
    fn project(&self, revision: &str, object: &str, shown: &str) -> Result<Project, Refusal> {
        let missing = |_| Refusal(format!("{} is not in revision {revision}", self.asked));
        let kind = self.git(revision, &["cat-file", "-t", object]).map_err(missing)?;
        let folder = tempfile::tempdir()
            .map_err(|error| Refusal(format!("no temporary folder: {}", plain(&error))))?;
        let names = if kind.starts_with(b"tree") {
            let listed =
                self.git(revision, &["ls-tree", "-r", "-z", "--name-only", "--full-tree", object])?;
            let listed = String::from_utf8_lossy(&listed).into_owned();
            listed.split('\0').filter(|name| belongs(name)).map(str::to_owned).collect()
        } else {
            Vec::new()
        };
        let write = |name: &str, object: &str| {
            let bytes = self.git(revision, &["cat-file", "blob", object])?;
            let path = folder.path().join(name);
            let made =
                path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&path, bytes));
            made.map_err(|error| Refusal::unwritable(&path, &error)).map(|()| path)
        };
        let is_root = object.ends_with(':');
        let path = if kind.starts_with(b"tree") {
            for name in &names {
                write(name, &format!("{object}{}{name}", if is_root { "" } else { "/" }))?;
            }
            if names.is_empty() {
                return Err(Refusal(format!(
                    "{} holds no *.lql and no *.fql files in revision {revision}",
                    self.asked
                )));
            }
            folder.path().to_path_buf()
        } else {
            write(object.rsplit(['/', ':']).next().unwrap_or("query.lql"), object)?
        };
        let mut project = Project::load_one(&[path], None, &crate::disk)?;
        project.known_as(folder.path(), shown);
        Ok(project)
    }
}

/// Whether a file of a folder is part of the project: its queries, its segments, its settings.
fn belongs(name: &str) -> bool {
    let (folder, file) = name.rsplit_once('/').unwrap_or(("", name));
    let is_query = Path::new(file).extension().is_some_and(|ending| ending == "lql" || ending == "fql");
    match folder {
        "" => is_query || file == "lql.toml",
        "segments" => is_query,
        _ => false,
    }
}
