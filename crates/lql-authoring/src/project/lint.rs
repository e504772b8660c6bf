//! Linting a project: its findings, and what it looks like with their fixes.

use super::Project;
use crate::project_file;
use lql_compiler::lint::{self, Linted, Mended, Selection, Tier};
use lql_compiler::{Checked, Source, codes};
use lql_syntax::Diagnostic;

impl Project {
    /// The findings of the checker, of the settings, and of the linter's rules, by file and place.
    pub fn lint(&self, selection: &Selection) -> Vec<Diagnostic> {
        lint::lint(&self.check(), &self.sources, &self.file.settings, selection)
    }

    /// The same of a project that was checked, with its own selection of rules, after an earlier time: what is still true is
    /// not worked out again.
    pub fn lint_after(&self, earlier: Option<&Linted>, checked: &Checked) -> Linted {
        lint::lint_after(earlier, checked, &self.sources, &self.file.settings, &self.file.lint)
    }

    /// The project with fixes applied, and what became of them. Nothing is written to disk.
    pub fn mended(&self, selection: &Selection, tier: Tier) -> (Project, Mended) {
        let mended = lint::mend(self.texts(), tier, |texts| {
            let mut found = self.with_texts(texts).lint(selection);
            // What was read from another encoding must not be written back.
            let foreign: Vec<u32> = self.foreign().map(|finding| finding.primary.file).collect();
            for finding in &mut found {
                finding.fixes.retain(|fix| !fix.edits.iter().any(|edit| foreign.contains(&edit.file)));
            }
            found
        });
        (self.with_texts(&mended.texts), mended)
    }

    /// The texts of the files, as findings number them.
    fn texts(&self) -> Vec<String> {
        self.views().iter().map(|view| view.text.to_owned()).collect()
    }

    /// The same project with other texts in its files.
    fn with_texts(&self, texts: &[String]) -> Project {
        let sources = self.sources.iter().zip(texts);
        let mut project = Project {
            name: self.name.clone(),
            sources: sources
                .map(|(source, text)| Source { text: text.as_str().into(), ..source.clone() })
                .collect(),
            file: self.file.clone(),
            events: self.events.clone(),
            findings: self.foreign().cloned().collect(),
            shown_names: self.shown_names.clone(),
            settings_text: String::new(),
        };
        if let Some(settings) = texts.get(self.sources.len()) {
            let (file, findings) = project_file::read(settings, self.sources.len() as u32);
            project.file = file;
            project.findings.extend(findings);
            project.settings_text.clone_from(settings);
        }
        project
    }

    /// The files that are not UTF-8.
    fn foreign(&self) -> impl Iterator<Item = &Diagnostic> {
        self.findings.iter().filter(|finding| finding.code == codes::NOT_UTF8)
    }
}
