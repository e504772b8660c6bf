//! What of a project its tests have shown: values of columns, both ways of conditions, arms, merges, segments.
//!
//! What a condition was worth comes from probes: the same programs, with the value of every sub-expression kept.

use super::court::Court;
use super::find::{Found, Suite};
use super::prepare::Ready;
use super::run::{Options, with_ready};
use super::sources::{is_of, tables};
use crate::Read;
use crate::trial::{Trace, Tracer, Trial};
use bumpalo::Bump;
use lql_compiler::probe::{Probe, QueryProbes, StreamProbes};
use lql_compiler::report::LineIndex;
use lql_compiler::schema::FieldId;
use lql_compiler::{CheckedQuery, Time};
use lql_runtime::Profile;
use lql_syntax::Span;
use lql_syntax::ast::{Expr, ExprKind};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What tests have shown of the projects they are for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Everything that can be shown, by file and line.
    pub points: Vec<Point>,
}

/// One thing that tests can show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// Its file, as the user can open it.
    pub file: String,
    /// Its line, counted from 1.
    pub line: usize,
    /// What was never seen, as in `guard never true: paid == true`.
    pub what: String,
    /// Whether a test has shown it.
    pub seen: bool,
}

impl Coverage {
    /// How many points were seen, and how many there are.
    pub fn counts(&self) -> (usize, usize) {
        (self.points.iter().filter(|point| point.seen).count(), self.points.len())
    }

    /// The share of points that were seen. Nothing to see is seen.
    pub fn percent(&self) -> f64 {
        let (seen, all) = self.counts();
        if all == 0 { 100.0 } else { 100.0 * seen as f64 / all as f64 }
    }
}

/// What a point is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Aspect {
    Value,
    True,
    NotTrue,
    Arm,
    Merge,
}

/// File, place, and what about it.
type Key = (u32, Span, Aspect);

/// Runs the cases and notes what they show.
pub fn coverage(found: &Found, read: Read<'_>, options: &Options) -> Coverage {
    let mut coverage = Coverage::default();
    for suite in &found.suites {
        let points = with_ready(found, suite, read, options, |court, ready| points_of(suite, court, &ready));
        coverage.points.extend(points.unwrap_or_default());
    }
    coverage
}

fn points_of(suite: &Suite, court: &Court<'_>, ready: &[Option<Ready<'_>>]) -> Vec<Point> {
    let streams: Vec<StreamProbes> = court
        .package
        .streams
        .iter()
        .filter_map(|program| court.checked.probe_stream(&program.stream).ok().flatten())
        .collect();
    let mut notes = Notes { court, points: BTreeMap::new(), seen: BTreeSet::new(), merges: HashMap::new() };
    streams.iter().for_each(|stream| notes.stream_points(stream));
    notes.segment_points();
    let constants = Bump::new();
    let tracers: Vec<(&StreamProbes, Tracer<'_>)> = streams
        .iter()
        .filter_map(|probes| Some((probes, Tracer::of_stream(probes, &constants).ok()?)))
        .collect();
    for ready in ready.iter().flatten() {
        notes.case(ready, &tracers);
    }
    let views = suite.project.views();
    let lines: Vec<LineIndex<'_>> = views.iter().map(|view| LineIndex::new(view.text)).collect();
    let point = |(key, what): (Key, String)| {
        let (file, span, _) = key;
        let line = lines.get(file as usize).map_or(0, |lines| lines.place(span.start as usize).line);
        let name = views.get(file as usize).map_or("", |view| view.name);
        Point { file: name.to_owned(), line, what, seen: notes.seen.contains(&key) }
    };
    std::mem::take(&mut notes.points).into_iter().map(point).collect()
}

struct Notes<'n> {
    court: &'n Court<'n>,
    /// Every point, and what it is called.
    points: BTreeMap<Key, String>,
    seen: BTreeSet<Key>,
    /// Per field: the place of its merge.
    merges: HashMap<FieldId, (u32, Span)>,
}

impl Notes<'_> {
    fn stream_points(&mut self, stream: &StreamProbes) {
        let checked = self.court.checked;
        for probes in &stream.queries {
            let Some(query) = checked.queries.get(probes.query) else { continue };
            if let Some(condition) = &probes.condition {
                self.both_ways(condition, "WHERE", query.tree.condition.as_ref());
            }
            for (column, tree, probes) in columns(query, probes) {
                let place = (query.file, tree.expr.span);
                self.point(place, Aspect::Value, format!("no value for `{}`", column.field));
                if let Some(guard) = &probes.guard {
                    self.both_ways(guard, "guard", tree.guard.as_ref());
                }
                self.arm_points(query.file, &tree.expr);
                let schema = &checked.schema;
                let field =
                    schema.find_table(&query.table).and_then(|table| schema.find_field(table, &column.field));
                if let Some(id) = field
                    && !self.merges.contains_key(&id)
                    && let Some(field) = schema.field(id)
                {
                    let what =
                        format!("`{}` of `{}` never had two values to merge", field.mergeop, field.name);
                    self.merges.insert(id, place);
                    self.point(place, Aspect::Merge, what);
                }
            }
        }
    }

    fn segment_points(&mut self) {
        for segment in &self.court.checked.segments {
            let Some(condition) = &segment.tree.condition else { continue };
            let place = (segment.file, condition.span);
            self.point(place, Aspect::True, format!("nobody was in segment `{}`", segment.slug));
            self.point(place, Aspect::NotTrue, format!("everybody was in segment `{}`", segment.slug));
        }
    }

    fn both_ways(&mut self, probe: &Probe, what: &str, tree: Option<&Expr>) {
        let text =
            tree.map_or(String::new(), |tree| lql_syntax::print_expr(tree, lql_syntax::ast::Dialect::Lql));
        self.point((probe.file, probe.span), Aspect::True, format!("{what} never true: {text}"));
        self.point((probe.file, probe.span), Aspect::NotTrue, format!("{what} always true: {text}"));
    }

    /// The arms of `IF … ELSE` and `ifcase`, innermost last.
    fn arm_points(&mut self, file: u32, tree: &Expr) {
        for arm in arms(tree) {
            let text = lql_syntax::print_expr(arm, lql_syntax::ast::Dialect::Lql);
            self.point((file, arm.span), Aspect::Arm, format!("arm never taken: {text}"));
        }
        tree.children(|child| self.arm_points(file, child));
    }

    fn point(&mut self, (file, span): (u32, Span), aspect: Aspect, what: String) {
        self.points.insert((file, span, aspect), what);
    }

    fn case(&mut self, ready: &Ready<'_>, tracers: &[(&StreamProbes, Tracer<'_>)]) {
        let trial = self.court.run(ready);
        for (event, mapped) in ready.recording.events.iter().zip(&trial.mapped) {
            let Ok(mapped) = mapped else { continue };
            let tracer = tracers.iter().find(|(probes, _)| probes.program.stream == *event.stream);
            let Some((probes, tracer)) = tracer else { continue };
            let Some(trace) = tracer.event(event, mapped.stamp.time) else { continue };
            for query in &probes.queries {
                self.query(query, &trace);
            }
        }
        self.profiles(ready, &trial);
    }

    fn query(&mut self, probes: &QueryProbes, trace: &Trace) {
        let Some(query) = self.court.checked.queries.get(probes.query) else { return };
        if let Some(condition) = &probes.condition
            && !self.see(condition, trace)
        {
            return;
        }
        for (_, tree, probes) in columns(query, probes) {
            let passes = probes.guard.as_ref().is_none_or(|guard| self.see(guard, trace));
            if passes {
                self.take_arms(query.file, &tree.expr, &probes.value, trace);
                if trace.register(probes.written).is_some() {
                    self.seen.insert((query.file, tree.expr.span, Aspect::Value));
                }
            }
        }
    }

    /// Notes which way a condition went.
    fn see(&mut self, probe: &Probe, trace: &Trace) -> bool {
        let is_true = trace.is_true(probe);
        let aspect = if is_true { Aspect::True } else { Aspect::NotTrue };
        self.seen.insert((probe.file, probe.span, aspect));
        is_true
    }

    /// Notes the arms that were taken; what stands in others did not happen.
    fn take_arms(&mut self, file: u32, tree: &Expr, probe: &Probe, trace: &Trace) {
        let child = |at: usize| probe.children.get(at);
        match &tree.kind {
            ExprKind::IfElse { condition, then, otherwise } => {
                // Probes stand in the order of `Expr::children`: then, condition, otherwise.
                let is_true = child(1).is_some_and(|condition| trace.is_true(condition));
                if let Some(probe) = child(1) {
                    self.take_arms(file, condition, probe, trace);
                }
                let (arm, probe) = if is_true { (then, child(0)) } else { (otherwise, child(2)) };
                self.seen.insert((file, arm.span, Aspect::Arm));
                if let Some(probe) = probe {
                    self.take_arms(file, arm, probe, trace);
                }
            }
            ExprKind::Call { args, .. } if args.iter().any(is_guarded) => {
                for (arg, probe) in args.iter().zip(&probe.children) {
                    // Of a guarded argument: value, condition.
                    let takes = match &arg.kind {
                        ExprKind::Guarded { .. } => {
                            probe.children.get(1).is_some_and(|condition| trace.is_true(condition))
                        }
                        _ => true,
                    };
                    if takes {
                        self.seen.insert((file, arg.span, Aspect::Arm));
                        return self.take_arms(file, arg, probe, trace);
                    }
                }
            }
            _ => {
                let mut children = probe.children.iter();
                tree.children(|tree| {
                    if let Some(probe) = children.next() {
                        self.take_arms(file, tree, probe, trace);
                    }
                });
            }
        }
    }

    /// Merges and segments are about profiles.
    fn profiles(&mut self, ready: &Ready<'_>, trial: &Trial) {
        let schema = &self.court.package.schema;
        let as_of: Time = ready.now.or(trial.newest).unwrap_or_default();
        for table in tables(schema.tables.len()) {
            for profile in trial.profiles(table, as_of) {
                self.merged(&profile, trial);
                let slugs = self.court.memberships.of(&profile, schema, as_of);
                let segments = self.court.checked.segments.iter();
                for segment in segments.filter(|it| schema.find_table(&it.table) == Some(table)) {
                    let Some(condition) = &segment.tree.condition else { continue };
                    let is_in = slugs.contains(&segment.slug.as_str());
                    let aspect = if is_in { Aspect::True } else { Aspect::NotTrue };
                    self.seen.insert((segment.file, condition.span, aspect));
                }
            }
        }
    }

    fn merged(&mut self, profile: &Profile, trial: &Trial) {
        let mut counts: HashMap<FieldId, usize> = HashMap::new();
        let changes = trial.mapped.iter().flatten().flat_map(|mapped| &mapped.changes);
        for change in changes.filter(|change| is_of(change, profile, &self.court.rules)) {
            for (field, ..) in &change.contributions {
                *counts.entry(*field).or_default() += 1;
            }
        }
        for (field, _) in counts.into_iter().filter(|(_, count)| *count > 1) {
            if let Some((file, span)) = self.merges.get(&field) {
                self.seen.insert((*file, *span, Aspect::Merge));
            }
        }
    }
}

/// The columns of a query, each with its tree and its probes.
fn columns<'q>(
    query: &'q CheckedQuery,
    probes: &'q QueryProbes,
) -> impl Iterator<
    Item = (
        &'q lql_compiler::CheckedColumn,
        &'q lql_syntax::ast::Column,
        &'q lql_compiler::probe::ColumnProbes,
    ),
> {
    query
        .columns
        .iter()
        .zip(&probes.columns)
        .filter_map(|(column, probes)| Some((column, query.tree.columns.get(column.index)?, probes)))
}

/// The arms of an expression itself.
fn arms(tree: &Expr) -> Vec<&Expr> {
    match &tree.kind {
        ExprKind::IfElse { then, otherwise, .. } => vec![then.as_ref(), otherwise.as_ref()],
        ExprKind::Call { args, .. } if args.iter().any(is_guarded) => args.iter().collect(),
        _ => Vec::new(),
    }
}

fn is_guarded(tree: &Expr) -> bool {
    matches!(tree.kind, ExprKind::Guarded { .. })
}
