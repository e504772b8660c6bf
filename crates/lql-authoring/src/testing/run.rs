//! Runs cases: each project is compiled once, each file of events read once; threads share the cases.

use super::court::{Court, hold};
use super::find::{Found, Suite};
use super::format::{Case, TestFile};
use super::judge::{Failure, diagnostics, judge};
use super::orders;
use super::prepare::{Preparer, Ready};
use super::report::{CaseReport, Outcome, ProjectReport, Report};
use crate::Read;
use lql_compiler::Checked;
use lql_compiler::report::{LineIndex, SourceView};
use lql_syntax::Diagnostic;
use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// How tests run.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Only cases whose name or file contains this, in any letter case.
    pub filter: Option<String>,
    /// How many threads; by default, one a core.
    pub threads: Option<NonZeroUsize>,
    /// Leaves out the runs in other orders.
    pub one_order: bool,
    /// Once this is set, no case begins any more; those that did not are left out.
    pub cancelled: Arc<AtomicBool>,
}

impl Options {
    /// Whether a case is to be run.
    pub(super) fn takes(&self, case: &Case, file: &str) -> bool {
        let contains = |text: &str, part: &str| text.to_lowercase().contains(&part.to_lowercase());
        self.filter.as_ref().is_none_or(|filter| contains(&case.name, filter) || contains(file, filter))
    }

    /// How many threads share so much work.
    pub(super) fn threads(&self, work: usize) -> usize {
        let threads = self.threads.or_else(|| std::thread::available_parallelism().ok());
        threads.map_or(1, NonZeroUsize::get).min(work).max(1)
    }
}

/// Runs all cases that were found. `done` hears of every case that has ended.
pub fn run(found: &Found, read: Read<'_>, options: &Options, done: &(dyn Fn(&CaseReport) + Sync)) -> Report {
    let started = Instant::now();
    let mut report = Report {
        files: found.files.iter().map(|file| (file.name.clone(), file.text.clone())).collect(),
        findings: found.findings.clone(),
        ..Report::default()
    };
    let lines = lines_of(found);
    for (number, suite) in found.suites.iter().enumerate() {
        let cases = cases_of(found, suite, options, &mut report.left_out);
        let checked = suite.project.check();
        let (project, names) = project_report(suite, &checked);
        let mut slots = Slots { number, lines: &lines, cases: &cases, done, reports: Vec::new() };
        // What a case says of the project's findings holds whether or not it can be run.
        let before: Vec<Vec<Failure>> = cases.iter().map(|(_, case)| diagnostics(case, &names)).collect();
        match checked.package() {
            Ok(package) => {
                let mut preparer =
                    Preparer { checked: &checked, package: &package, read, files: HashMap::new() };
                let ready = prepare(&mut preparer, found, &cases, &mut report.findings);
                drop(preparer);
                let sources = &suite.project.sources;
                let held =
                    hold(&checked, &package, sources, |court| slots.run(court, &ready, &before, options));
                if held.is_err() {
                    slots.not_run(&before);
                }
            }
            Err(_) => slots.not_run(&before),
        }
        report.cases.append(&mut slots.reports);
        report.projects.push(project);
    }
    report.cases.sort_by_key(|case| (case.file, case.index));
    report.findings.sort_by_key(|finding| (finding.primary.file, finding.primary.span));
    report.took = started.elapsed();
    report
}

/// What is wrong with a test file of a project besides what reading it has shown: names that the project does not have,
/// events that cannot be taken. It is what [`run`] would say; nothing while the project has errors.
pub fn check(
    file: TestFile,
    mistakes: Vec<Diagnostic>,
    checked: &Checked,
    read: Read<'_>,
) -> Vec<Diagnostic> {
    let Ok(package) = checked.package() else { return Vec::new() };
    let found = Found { files: vec![file], findings: mistakes, ..Found::default() };
    let cases: Vec<(usize, &Case)> =
        found.files.iter().flat_map(|it| &it.cases).map(|case| (0, case)).collect();
    let mut preparer = Preparer { checked, package: &package, read, files: HashMap::new() };
    let mut findings = Vec::new();
    prepare(&mut preparer, &found, &cases, &mut findings);
    findings
}

/// Compiles a project and reads the events of its cases, for as long as `work` takes. Nothing if it cannot be run.
pub(super) fn with_ready<R>(
    found: &Found,
    suite: &Suite,
    read: Read<'_>,
    options: &Options,
    work: impl FnOnce(&Court<'_>, Vec<Option<Ready<'_>>>) -> R,
) -> Option<R> {
    let cases = cases_of(found, suite, options, &mut 0);
    let checked = suite.project.check();
    let package = checked.package().ok()?;
    let mut preparer = Preparer { checked: &checked, package: &package, read, files: HashMap::new() };
    let ready = prepare(&mut preparer, found, &cases, &mut Vec::new());
    hold(&checked, &package, &suite.project.sources, |court| work(court, ready)).ok()
}

/// The cases of a project's files that the filter takes.
fn cases_of<'f>(
    found: &'f Found,
    suite: &Suite,
    options: &Options,
    left_out: &mut usize,
) -> Vec<(usize, &'f Case)> {
    let mut cases = Vec::new();
    for number in &suite.files {
        let Some(file) = found.files.get(*number) else { continue };
        let (taken, left): (Vec<&Case>, Vec<&Case>) =
            file.cases.iter().partition(|case| options.takes(case, &file.name));
        *left_out += left.len();
        cases.extend(taken.into_iter().map(|case| (*number, case)));
    }
    cases
}

/// A project for the report, and its findings as tests write them: `LQL0501 web.lql:12`.
fn project_report(suite: &Suite, checked: &Checked) -> (ProjectReport, Vec<String>) {
    let views = suite.project.views();
    let prefix = format!("{}/", suite.folder.strip_prefix(".").unwrap_or(&suite.folder).display());
    let name = |finding: &Diagnostic| {
        let view = views.get(finding.primary.file as usize);
        let (file, text) = view.map_or(("", ""), |view: &SourceView<'_>| (view.name, view.text));
        let line = LineIndex::new(text).place(finding.primary.span.start as usize).line;
        format!("{} {}:{line}", finding.code, file.strip_prefix(&prefix).unwrap_or(file))
    };
    let names = checked.diagnostics.iter().map(name).collect();
    let report = ProjectReport {
        name: suite.project.name.clone(),
        findings: checked.diagnostics.clone(),
        files: views.iter().map(|view| (view.name.to_owned(), view.text.to_owned())).collect(),
        is_sound: checked.is_sound(),
    };
    (report, names)
}

/// The cases with their events; nothing for those with mistakes.
fn prepare<'c>(
    preparer: &mut Preparer<'_>,
    found: &Found,
    cases: &[(usize, &'c Case)],
    findings: &mut Vec<Diagnostic>,
) -> Vec<Option<Ready<'c>>> {
    let has_mistakes = |number: usize, case: &Case| {
        found.findings.iter().any(|finding| {
            let at = finding.primary.span.start;
            let outside = found
                .files
                .get(number)
                .is_none_or(|file| file.cases.iter().all(|it| at < it.region.start || it.region.end <= at));
            finding.primary.file == number as u32
                && (outside || (case.region.start <= at && at < case.region.end))
        })
    };
    let lines = lines_of(found);
    cases
        .iter()
        .map(|(number, case)| {
            let file = found.files.get(*number).filter(|_| !has_mistakes(*number, case))?;
            preparer.prepare(file, lines.get(*number)?, *number as u32, case, findings)
        })
        .collect()
}

/// Where the lines of the test files begin.
fn lines_of(found: &Found) -> Vec<LineIndex<'_>> {
    found.files.iter().map(|file| LineIndex::new(&file.text)).collect()
}

/// The reports of a project's cases.
struct Slots<'s> {
    number: usize,
    lines: &'s [LineIndex<'s>],
    cases: &'s [(usize, &'s Case)],
    done: &'s (dyn Fn(&CaseReport) + Sync),
    reports: Vec<CaseReport>,
}

impl Slots<'_> {
    fn run(
        &mut self,
        court: &Court<'_>,
        ready: &[Option<Ready<'_>>],
        before: &[Vec<Failure>],
        options: &Options,
    ) {
        let next = AtomicUsize::new(0);
        let reports = Mutex::new(Vec::with_capacity(ready.len()));
        let slots = &*self;
        std::thread::scope(|scope| {
            for _ in 0..options.threads(ready.len()) {
                scope.spawn(|| {
                    while !options.cancelled.load(Ordering::Relaxed) {
                        let at = next.fetch_add(1, Ordering::Relaxed);
                        let Some(ready) = ready.get(at) else { break };
                        let before = before.get(at).cloned().unwrap_or_default();
                        if let Some(report) = slots.one(at, court, ready.as_ref(), before, options) {
                            (slots.done)(&report);
                            if let Ok(mut reports) = reports.lock() {
                                reports.push(report);
                            }
                        }
                    }
                });
            }
        });
        self.reports = reports.into_inner().unwrap_or_default();
    }

    fn one(
        &self,
        at: usize,
        court: &Court<'_>,
        ready: Option<&Ready<'_>>,
        mut failures: Vec<Failure>,
        options: &Options,
    ) -> Option<CaseReport> {
        let started = Instant::now();
        let mut report = self.blank(at)?;
        let Some(ready) = ready else { return Some(report) };
        let trial = court.run(ready);
        failures.extend(judge(court, ready, &trial, true));
        // Other orders of what is wrong anyway are no news.
        if failures.is_empty() && !options.one_order {
            let (orders, failure) = orders::check(court, ready, &trial);
            report.orders = orders;
            failures.extend(failure);
        }
        report.outcome = if failures.is_empty() { Outcome::Passed } else { Outcome::Failed(failures) };
        report.took = started.elapsed();
        Some(report)
    }

    /// Of a project that cannot be run, the cases that only ask for its findings can still be told.
    fn not_run(&mut self, before: &[Vec<Failure>]) {
        for (at, failures) in before.iter().enumerate() {
            let Some(mut report) = self.blank(at) else { continue };
            if self.cases.get(at).is_some_and(|(_, case)| case.diagnostics.is_some()) {
                report.outcome =
                    if failures.is_empty() { Outcome::Passed } else { Outcome::Failed(failures.clone()) };
            }
            (self.done)(&report);
            self.reports.push(report);
        }
    }

    fn blank(&self, at: usize) -> Option<CaseReport> {
        let (file, case) = self.cases.get(at)?;
        Some(CaseReport {
            file: *file,
            index: case.index,
            line: self.lines.get(*file)?.place(case.place.start as usize).line,
            name: case.name.clone(),
            project: self.number,
            outcome: Outcome::NotRun,
            orders: 0,
            took: std::time::Duration::ZERO,
        })
    }
}
