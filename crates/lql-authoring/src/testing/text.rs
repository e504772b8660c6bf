//! The report as text: what failed, with its difference and its sources, then the counts.

use super::coverage::Coverage;
use super::judge::Failure;
use super::matching::Line;
use super::mutate::Mutation;
use super::report::{CaseReport, Outcome, Report};
use lql_compiler::report::{LineIndex, SourceView, human};
use std::fmt::Write as _;

/// Longest line of a difference, in characters.
const WIDEST: usize = 160;
/// How many equal lines in a row a difference shows.
const EQUAL: usize = 3;

impl Report {
    /// What went wrong, for people. Nothing if nothing did.
    pub fn text(&self, colour: bool) -> String {
        let mut out = String::new();
        let views = self.views();
        if !self.findings.is_empty() {
            out.push_str(&human(&self.findings, &views, colour));
        }
        for project in self.projects.iter().filter(|project| !project.is_sound) {
            let views: Vec<_> =
                project.files.iter().map(|(name, text)| SourceView::new(name, text)).collect();
            let errors: Vec<_> = project.findings.iter().filter(|it| it.is_error()).cloned().collect();
            out.push_str(&human(&errors, &views, colour));
        }
        for case in &self.cases {
            match &case.outcome {
                Outcome::Passed => {}
                Outcome::NotRun => {
                    let _ = writeln!(out, "{} {}", red("NOT RUN", colour), self.title(case));
                }
                Outcome::Failed(failures) => {
                    let _ = writeln!(out, "{} {}", red("FAIL", colour), self.title(case));
                    for failure in failures {
                        out.push_str(&self.failure(case, failure, colour));
                    }
                    out.push('\n');
                }
            }
        }
        out
    }

    /// The counts on one line: `41 cases passed, 2 failed; 310 other orders; 0.12 s`.
    pub fn summary(&self) -> String {
        let count = |is: fn(&Outcome) -> bool| self.cases.iter().filter(|case| is(&case.outcome)).count();
        let passed = count(|outcome| *outcome == Outcome::Passed);
        let failed = count(|outcome| matches!(outcome, Outcome::Failed(_)));
        let not_run = count(|outcome| *outcome == Outcome::NotRun);
        let orders: usize = self.cases.iter().map(|case| case.orders).sum();
        let mut parts = vec![format!("{} passed", plural(passed, "case"))];
        for (count, what) in [(failed, "failed"), (not_run, "could not be run"), (self.left_out, "left out")]
        {
            if count > 0 {
                parts.push(format!("{count} {what}"));
            }
        }
        let mut line = parts.join(", ");
        if orders > 0 {
            let _ = write!(line, "; {}", plural(orders, "other order"));
        }
        let _ = write!(line, "; {:.2} s", self.took.as_secs_f64());
        line
    }

    /// `tests/web.test.toml:3 letter case does not matter`
    pub fn title(&self, case: &CaseReport) -> String {
        format!("{}:{} {}", self.file_name(case.file), case.line, case.name)
    }

    /// The line of a failure in its file.
    pub fn line_of(&self, case: &CaseReport, failure: &Failure) -> usize {
        let text = self.files.get(case.file).map_or("", |(_, text)| text);
        LineIndex::new(text).place(failure.place.start as usize).line
    }

    fn failure(&self, case: &CaseReport, failure: &Failure, colour: bool) -> String {
        let mut out =
            format!("  {}:{} {}\n", self.file_name(case.file), self.line_of(case, failure), failure.title);
        for line in told(&failure.lines) {
            let _ = match line {
                Told::Equal(text) => writeln!(out, "      {text}"),
                Told::Expected(text) => writeln!(out, "    {}", red(&format!("- {text}"), colour)),
                Told::Got(text) => writeln!(out, "    {}", green(&format!("+ {text}"), colour)),
            };
        }
        for note in &failure.notes {
            let _ = writeln!(out, "    {}", dim(&clip(note), colour));
        }
        out
    }

    fn views(&self) -> Vec<SourceView<'_>> {
        self.files.iter().map(|(name, text)| SourceView::new(name, text)).collect()
    }
}

impl Failure {
    /// The failure as plain text, without its place.
    pub fn text(&self) -> String {
        let mut out = self.title.clone();
        for line in told(&self.lines) {
            let _ = match line {
                Told::Equal(text) => write!(out, "\n  {text}"),
                Told::Expected(text) => write!(out, "\n- {text}"),
                Told::Got(text) => write!(out, "\n+ {text}"),
            };
        }
        for note in &self.notes {
            let _ = write!(out, "\n{}", clip(note));
        }
        out
    }
}

impl Coverage {
    /// What no test has shown, by place, then the share of what some test has.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for gap in self.points.iter().filter(|point| !point.seen) {
            let _ = writeln!(out, "{}:{} {}", gap.file, gap.line, gap.what);
        }
        let (seen, all) = self.counts();
        let _ = writeln!(out, "coverage {:.1} %: {seen} of {}", self.percent(), plural(all, "point"));
        out
    }
}

impl Mutation {
    /// The changes that no case noticed, by place, then how many were.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for mutant in self.survivors() {
            let cases = match mutant.cases {
                0 => "no case reaches it".to_owned(),
                1 => "the 1 case that reaches it passes".to_owned(),
                cases => format!("{cases} cases pass"),
            };
            let _ = writeln!(
                out,
                "{}:{}:{} survives: {}; {cases}",
                mutant.file, mutant.line, mutant.column, mutant.what
            );
        }
        let survived = self.survivors().count();
        let killed = self.mutants.len() - survived;
        let _ = write!(out, "mutants killed {:.1} %: {killed} of {}", self.kill_rate(), self.mutants.len());
        for (count, what) in
            [(self.alike, "change nothing"), (self.invalid, "do not compile"), (self.untried, "not tried")]
        {
            if count > 0 {
                let _ = write!(out, ", {count} more {what}");
            }
        }
        let _ = writeln!(out, "; {:.1} s", self.took.as_secs_f64());
        out
    }
}

enum Told {
    Equal(String),
    Expected(String),
    Got(String),
}

/// The lines of a difference, with long runs of equal ones folded.
fn told(lines: &[Line]) -> Vec<Told> {
    let mut told = Vec::new();
    for run in lines.chunk_by(|a, b| matches!((a, b), (Line::Same(_), Line::Same(_)))) {
        for (at, line) in run.iter().enumerate() {
            match line {
                Line::Expected(text) => told.push(Told::Expected(clip(text))),
                Line::Got(text) => told.push(Told::Got(clip(text))),
                Line::Same(text) if run.len() <= EQUAL || at + 1 < EQUAL => {
                    told.push(Told::Equal(clip(text)));
                }
                Line::Same(_) if at + 1 == EQUAL => {
                    told.push(Told::Equal(format!("… {} more alike", run.len() - at)));
                }
                Line::Same(_) => {}
            }
        }
    }
    told
}

fn clip(text: &str) -> String {
    if text.chars().count() <= WIDEST {
        return text.to_owned();
    }
    let mut clipped: String = text.chars().take(WIDEST).collect();
    clipped.push('…');
    clipped
}

fn plural(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

fn red(text: &str, colour: bool) -> String {
    if colour { format!("\x1b[31m{text}\x1b[0m") } else { text.to_owned() }
}

fn green(text: &str, colour: bool) -> String {
    if colour { format!("\x1b[32m{text}\x1b[0m") } else { text.to_owned() }
}

fn dim(text: &str, colour: bool) -> String {
    if colour { format!("\x1b[2m{text}\x1b[0m") } else { text.to_owned() }
}
