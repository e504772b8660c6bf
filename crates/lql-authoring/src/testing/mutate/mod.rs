//! Mutations: small changes to the queries, each of which some test should notice.
//!
//! A mutant is a project with one change: an operator, a literal, a merge operator, a guard. It is checked and compiled
//! like any other. One that cannot be compiled, or compiles to the program of the original or of an earlier mutant, says
//! nothing about the tests and is left out.

mod mutants;

use super::chance::Chance;
use super::court::hold;
use super::find::{Found, Suite};
use super::judge::judge;
use super::prepare::Ready;
use super::run::{Options, with_ready};
use crate::Read;
use lql_compiler::program::Package;
use lql_compiler::report::{LineIndex, Place};
use lql_compiler::{Source, check};
use mutants::{Mutant, Owner, mutants};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// How mutants are tried.
#[derive(Clone, Debug, Default)]
pub struct MutationOptions {
    /// No mutant is begun after this time.
    pub time: Option<Duration>,
    /// Only so many, picked by chance, the same in every run.
    pub sample: Option<usize>,
}

/// What became of the mutants.
#[derive(Clone, Debug, Default)]
pub struct Mutation {
    /// Those that say something about the tests, by file and place.
    pub mutants: Vec<MutantReport>,
    /// How many compiled to a program that was there before.
    pub alike: usize,
    /// How many could not be compiled.
    pub invalid: usize,
    /// How many were not tried, for lack of time or because they are not in the sample.
    pub untried: usize,
    /// How long it took.
    pub took: Duration,
}

/// A mutant that was tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MutantReport {
    /// The file, as the user can open it.
    pub file: String,
    /// Its line, counted from 1.
    pub line: usize,
    /// The character in the line, counted from 1.
    pub column: usize,
    /// What was changed, as in `== becomes !=`.
    pub what: String,
    /// The first case that noticed; `None` if it survived.
    pub killed_by: Option<String>,
    /// How many cases could have noticed.
    pub cases: usize,
}

impl Mutation {
    /// The mutants that no case noticed.
    pub fn survivors(&self) -> impl Iterator<Item = &MutantReport> {
        self.mutants.iter().filter(|mutant| mutant.killed_by.is_none())
    }

    /// The share of mutants that were noticed, in percent.
    pub fn kill_rate(&self) -> f64 {
        let killed = self.mutants.len() - self.survivors().count();
        if self.mutants.is_empty() { 100.0 } else { 100.0 * killed as f64 / self.mutants.len() as f64 }
    }
}

/// Tries mutants of every project with tests, which must pass. `progress` hears how many are done, of how many.
pub fn mutate(
    found: &Found,
    read: Read<'_>,
    options: &Options,
    how: &MutationOptions,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Mutation {
    let started = Instant::now();
    let mut all = Mutation::default();
    for suite in &found.suites {
        with_ready(found, suite, read, options, |court, ready| {
            let mut ready: Vec<Ready<'_>> = ready.into_iter().flatten().collect();
            // What is cheap is tried first.
            ready.sort_by_key(|ready| ready.recording.events.len());
            let mut mutants = mutants(court.checked, &suite.project.sources);
            if let Some(most) = how.sample.filter(|most| *most < mutants.len()) {
                Chance(1).shuffle(&mut mutants);
                all.untried += mutants.len() - most;
                mutants.truncate(most);
            }
            let trials = Trials {
                suite,
                ready: &ready,
                threads: options.threads(mutants.len()),
                until: how.time.map(|time| started + time),
                seen: Mutex::new(HashMap::from([(bytes(court.package), None)])),
                progress,
            };
            trials.run(&mutants, &mut all);
        });
    }
    all.mutants
        .sort_by(|a, b| (&a.file, a.line, a.column, &a.what).cmp(&(&b.file, b.line, b.column, &b.what)));
    all.took = started.elapsed();
    all
}

struct Trials<'t> {
    suite: &'t Suite,
    ready: &'t [Ready<'t>],
    threads: usize,
    until: Option<Instant>,
    /// The programs that were there already: of which mutant; the original is none.
    seen: Mutex<HashMap<Vec<u8>, Option<usize>>>,
    progress: &'t (dyn Fn(usize, usize) + Sync),
}

/// What became of one mutant.
enum Fate {
    /// To this mutant, or to the original.
    Alike(Option<usize>),
    Invalid,
    Untried,
    Tried {
        killed_by: Option<String>,
        cases: usize,
    },
}

impl Trials<'_> {
    fn run(&self, mutants: &[Mutant], all: &mut Mutation) {
        let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let fates = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for _ in 0..self.threads {
                scope.spawn(|| {
                    loop {
                        let at = next.fetch_add(1, Ordering::Relaxed);
                        let Some(mutant) = mutants.get(at) else { break };
                        let fate = self.fate(at, mutant);
                        if let Ok(mut fates) = fates.lock() {
                            fates.push((at, fate));
                        }
                        (self.progress)(done.fetch_add(1, Ordering::Relaxed) + 1, mutants.len());
                    }
                });
            }
        });
        let views = self.suite.project.views();
        let fates: Vec<(usize, Fate)> = fates.into_inner().unwrap_or_default();
        // Of those that are alike, the first is told, whichever thread was faster.
        let mut first: HashMap<usize, usize> = HashMap::new();
        for (at, fate) in &fates {
            if let Fate::Alike(Some(tried)) = fate {
                let first = first.entry(*tried).or_insert(*tried);
                *first = (*first).min(*at);
            }
        }
        for (at, fate) in fates {
            match fate {
                Fate::Alike(_) => all.alike += 1,
                Fate::Invalid => all.invalid += 1,
                Fate::Untried => all.untried += 1,
                Fate::Tried { killed_by, cases } => {
                    let Some(mutant) = mutants.get(first.get(&at).copied().unwrap_or(at)) else { continue };
                    let (file, span) = mutant.place;
                    let view = views.get(file as usize);
                    let (name, text) = view.map_or(("", ""), |view| (view.name, view.text));
                    let Place { line, column } = LineIndex::new(text).place(span.start as usize);
                    let what = mutant.what.clone();
                    all.mutants.push(MutantReport {
                        file: name.to_owned(),
                        line,
                        column,
                        what,
                        killed_by,
                        cases,
                    });
                }
            }
        }
    }

    fn fate(&self, at: usize, mutant: &Mutant) -> Fate {
        if self.until.is_some_and(|until| Instant::now() >= until) {
            return Fate::Untried;
        }
        let sources = mutated(&self.suite.project.sources, mutant);
        let checked = check(&sources, &self.suite.project.file.settings);
        let Ok(package) = checked.package() else { return Fate::Invalid };
        if let Ok(mut seen) = self.seen.lock() {
            match seen.entry(bytes(&package)) {
                Entry::Occupied(before) => return Fate::Alike(*before.get()),
                Entry::Vacant(place) => place.insert(Some(at)),
            };
        }
        let touched: Vec<&Ready<'_>> = self.ready.iter().filter(|it| touches(it, &mutant.owner)).collect();
        let cases = touched.len();
        let killed_by = hold(&checked, &package, &sources, |court| {
            let mut noticing =
                touched.into_iter().filter(|ready| !judge(court, ready, &court.run(ready), false).is_empty());
            noticing.next().map(|ready| ready.case.name.clone())
        });
        // What passes the checker and cannot be loaded does not come from a test.
        killed_by.map_or(Fate::Invalid, |killed_by| Fate::Tried { killed_by, cases })
    }
}

/// Whether a case can notice a change: it has events of the query's stream, or asks about segments.
fn touches(ready: &Ready<'_>, owner: &Owner) -> bool {
    match owner {
        Owner::Streams(streams) => streams.iter().any(|stream| ready.streams.contains(stream)),
        Owner::Segment => ready.case.profiles.iter().any(|profile| {
            profile.segments.is_some()
                || !(profile.within.is_empty() && profile.without.is_empty() && profile.filters.is_empty())
        }),
    }
}

fn mutated(sources: &[Source], mutant: &Mutant) -> Vec<Source> {
    let mut sources = sources.to_vec();
    let mut edits: Vec<_> = mutant.edits.iter().collect();
    // From the end, so that places stay.
    edits.sort_by_key(|(file, span, _)| (*file, std::cmp::Reverse(span.start)));
    for (file, span, text) in edits {
        if let Some(source) = sources.get_mut(*file as usize) {
            let mut mutated = source.text.to_string();
            mutated.replace_range(span.start as usize..span.end as usize, text);
            source.text = mutated.into();
        }
    }
    sources
}

/// What a project does, without where it is written.
fn bytes(package: &Package) -> Vec<u8> {
    let mut package = package.clone();
    for column in package.streams.iter_mut().flat_map(|program| &mut program.columns) {
        (column.span, column.line) = ((0, 0), 0);
        column.text.clear();
    }
    package.to_bytes()
}
