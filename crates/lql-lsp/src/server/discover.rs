//! Which project a file belongs to, and which projects a folder holds.

use std::path::{Path, PathBuf};

/// Folders that hold no projects of the user's: built things and foreign code.
const FOREIGN: &[&str] = &["node_modules", "target"];

/// How deep below a workspace folder projects are looked for.
const DEPTH: usize = 8;

/// The folder of the project that a file belongs to: its own folder; for a filter below `segments/`, the one above. Nothing
/// for a file that no project would read: it stands alone.
pub fn home(path: &Path) -> Option<PathBuf> {
    let folder = path.parent()?;
    if path.file_name()? == "lql.toml" {
        return Some(folder.to_path_buf());
    }
    if !is_query(path) || !folder.is_dir() {
        return None;
    }
    let above = folder.parent().filter(|above| folder.ends_with("segments") && is_project(above));
    let own = if is_project(folder) { Some(folder) } else { None };
    above.or(own).map(Path::to_path_buf)
}

/// The projects in a folder and the folders below it, sorted.
pub fn projects(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    search(folder, DEPTH, &mut found);
    found.sort();
    found
}

fn search(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) {
    let is_segments = folder.ends_with("segments") && folder.parent().is_some_and(is_project);
    if !is_segments && is_project(folder) {
        found.push(folder.to_path_buf());
    }
    let Some(depth) = depth.checked_sub(1) else { return };
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        // Links to folders are not followed: they may lead in a circle.
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_folder && !name.starts_with('.') && !FOREIGN.contains(&name.as_ref()) {
            search(&entry.path(), depth, found);
        }
    }
}

fn is_project(folder: &Path) -> bool {
    let entries = || std::fs::read_dir(folder).into_iter().flatten().flatten();
    folder.join("lql.toml").is_file() || entries().any(|entry| is_query(&entry.path()))
}

fn is_query(path: &Path) -> bool {
    let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    !hidden && path.extension().is_some_and(|ending| ending == "lql" || ending == "fql")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_belong_to_the_folder_above_segments() {
        let root = tempfile::tempdir().unwrap();
        let at = |name: &str| root.path().join(name);
        for name in ["shop/web.lql", "shop/segments/a.fql", "loose/segments/b.fql", "shop/target/x.lql"] {
            std::fs::create_dir_all(at(name).parent().unwrap()).unwrap();
            std::fs::write(at(name), "").unwrap();
        }
        assert_eq!(home(&at("shop/segments/a.fql")), Some(at("shop")));
        assert_eq!(home(&at("shop/web.lql")), Some(at("shop")));
        assert_eq!(home(&at("loose/segments/b.fql")), Some(at("loose/segments")));
        assert_eq!(home(&at("shop/notes.txt")), None);
        assert_eq!(projects(root.path()), [at("loose/segments"), at("shop")]);
    }
}
