//! The two projects: a long file, and many files.

use lql_syntax::ast::Dialect;
use lql_tests::generator::project::queries;
use std::path::{Path, PathBuf};

/// A project on disk, and where somebody types in it.
pub struct Project {
    /// What the table calls it.
    pub name: &'static str,
    pub folder: PathBuf,
    /// The file that is open.
    pub file: PathBuf,
    /// Its text.
    pub text: String,
    /// In the middle of the file, behind the first letter of a name after `AS`.
    pub line: usize,
    pub column: usize,
}

/// One file of 1,000 lines, a column a line.
pub fn long(folder: &Path) -> Project {
    let mut text = String::new();
    for query in queries(1_000) {
        if text.lines().count() >= 1_000 {
            break;
        }
        text.push_str(tidy(&query).trim_end().trim_end_matches(';'));
        text.push_str(";\n\n");
    }
    let file = folder.join("long/long.lql");
    write(&file, &text);
    Project::new("1,000 lines", file, text)
}

/// 200 files with a query each.
pub fn many(folder: &Path) -> Project {
    let file = |at: usize| folder.join(format!("many/q{at:03}.lql"));
    let texts: Vec<String> = queries(200).iter().map(|query| tidy(query)).collect();
    for (at, text) in texts.iter().enumerate() {
        write(&file(at), text);
    }
    let text = texts.into_iter().nth(100).expect("there are 200");
    Project::new("200 queries", file(100), text)
}

impl Project {
    fn new(name: &'static str, file: PathBuf, text: String) -> Self {
        let folder = file.parent().expect("it lies in a folder").to_path_buf();
        let middle = text.lines().count() / 2;
        let (line, found) =
            text.lines().enumerate().skip(middle).find(|(_, it)| it.contains(" AS ")).expect("a name");
        let column = found.find(" AS ").expect("it was found") + " AS f".len();
        Self { name, folder, file, text, line, column }
    }

    /// The text as it is while a letter more stands there.
    pub fn text_with_letter(&self) -> String {
        let mut lines: Vec<String> = self.text.split_inclusive('\n').map(str::to_owned).collect();
        lines[self.line].insert(self.column, 'x');
        lines.concat()
    }
}

/// A query as people write it.
fn tidy(query: &str) -> String {
    lql_syntax::format(query, Dialect::Lql, 100).text
}

fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().expect("it has a folder")).expect("a folder can be made");
    std::fs::write(path, text).expect("a file can be written");
}
