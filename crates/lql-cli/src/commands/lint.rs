//! `lql lint`: what is sound and probably not meant, and fixes for it.

use super::findings::{Findings, Format};
use super::{findings_if, plural, unified};
use crate::outcome::{Outcome, Stop};
use crate::project::{self, DialectArg, Project};
use crate::terminal::Terminal;
use lql_compiler::lint::{Mended, Selection, Tier};
use lql_syntax::{Diagnostic, Safety, Severity};
use std::path::{Path, PathBuf};

/// Lint queries and filters: mistakes that are no errors, risks, costs and style, with fixes
#[derive(clap::Args)]
#[command(after_long_help = "\
Examples:
  lql lint                           the project in this folder
  lql lint examples/shop web.lql     folders, each a project, and files
  lql lint --fix                     apply the fixes that keep the meaning
  lql lint --fix --unsafe-fixes      apply also those that change it to what is probably meant
  lql lint --diff --unsafe-fixes     change nothing; show what would change
  lql lint --ignore style --ignore LQL0609
  lql lint --select unread-field     use a rule that is off by default
  lql lint --format github           in a workflow: notes in the change under review

It finds what `lql check` finds, and more. A comment with a reason allows a finding:
  -- lint: allow not-equal-missing: whoever has no country is abroad, too
above what it is about or behind it on its line; `lint: allow-file` in a whole file.
`lql explain CODE` says why a rule matters. Exit code 1 if there is any finding.")]
pub struct Lint {
    /// Folders, each a project; files, together one project; `-` for standard input
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,
    /// Language of the files; by default `*.fql` and `segments/*` are filters, and other files show it themselves
    #[arg(long)]
    dialect: Option<DialectArg>,
    /// How findings are written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Apply the fixes that keep the meaning, and report what is left
    #[arg(long, group = "mending")]
    fix: bool,
    /// Change nothing; print what --fix would change as a unified diff
    #[arg(long, group = "mending")]
    diff: bool,
    /// With --fix or --diff: also fixes that change the meaning to what is probably meant
    #[arg(long, requires = "mending")]
    unsafe_fixes: bool,
    /// Also use this rule, which is off by default: a name, a code or a category
    #[arg(long, value_name = "RULE")]
    select: Vec<String>,
    /// Do without this rule, or this warning of the checker: a name, a code or a category
    #[arg(long, value_name = "RULE")]
    ignore: Vec<String>,
    /// The least finding that makes the exit code 1
    #[arg(long, value_enum, default_value_t, value_name = "LEVEL")]
    fail_level: Level,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum Level {
    /// Any finding
    #[default]
    Warning,
    /// Errors only
    Error,
}

impl Level {
    fn counts(self, finding: &Diagnostic) -> bool {
        self == Level::Warning || finding.severity == Severity::Error
    }
}

/// Lints; exit code 1 if there is any finding, or with --diff any change.
pub fn run(args: &Lint, terminal: &Terminal) -> Result<Outcome, Stop> {
    if args.fix && args.paths.iter().any(|path| path.as_os_str() == "-") {
        return Err(Stop::Misuse(
            "standard input cannot be fixed in place; --diff shows what would change".into(),
        ));
    }
    let projects = project::load_all(&args.paths, args.dialect)?;
    let selections: Vec<Selection> =
        projects.iter().map(|project| selection(args, project)).collect::<Result<_, _>>()?;
    if args.fix || args.diff {
        return mend(args, &projects, &selections, terminal);
    }
    let mut findings = Findings::default();
    let mut fails = false;
    let mut fixable = [0, 0];
    for (project, selection) in projects.iter().zip(&selections) {
        let found = project.lint(selection);
        fails = fails || found.iter().any(|finding| args.fail_level.counts(finding));
        for (count, safety) in fixable.iter_mut().zip([Safety::Safe, Safety::Unsafe]) {
            *count += found.iter().filter(|finding| best(finding) == Some(safety)).count();
        }
        findings.add(found, project.views());
    }
    findings.write(args.format, terminal)?;
    terminal.say(&(summary(&findings, &projects) + &offer(fixable)));
    Ok(findings_if(fails))
}

/// The rules that the project's lql.toml and the arguments ask for.
fn selection(args: &Lint, project: &Project) -> Result<Selection, Stop> {
    let mut selection = project.file.lint.clone();
    let misuse = |error: lql_compiler::lint::UnknownRule| Stop::Misuse(error.to_string());
    args.select.iter().try_for_each(|word| selection.select(word)).map_err(misuse)?;
    args.ignore.iter().try_for_each(|word| selection.ignore(word)).map_err(misuse)?;
    Ok(selection)
}

/// The safest fix of a finding that can be applied.
fn best(finding: &Diagnostic) -> Option<Safety> {
    let has = |safety| finding.fixes.iter().any(|fix| fix.safety == safety);
    [Safety::Safe, Safety::Unsafe].into_iter().find(|safety| has(*safety))
}

/// What --fix and --unsafe-fixes would do.
fn offer([safe, unsafe_]: [usize; 2]) -> String {
    match (safe, unsafe_) {
        (0, 0) => String::new(),
        (safe, 0) => format!("; --fix mends {safe}"),
        (0, more) => format!("; --fix --unsafe-fixes mends {more}"),
        (safe, more) => format!("; --fix mends {safe}, with --unsafe-fixes {more} more"),
    }
}

fn summary(findings: &Findings<'_>, projects: &[Project]) -> String {
    let files = plural(projects.iter().map(|project| project.sources.len()).sum(), "file");
    match findings.tally() {
        Some(tally) => format!("{tally} in {files}"),
        None => format!("no findings in {files}"),
    }
}

fn fixes(count: usize) -> String {
    format!("{count} fix{}", if count == 1 { "" } else { "es" })
}

/// --fix and --diff.
fn mend(
    args: &Lint,
    projects: &[Project],
    selections: &[Selection],
    terminal: &Terminal,
) -> Result<Outcome, Stop> {
    let tier = if args.unsafe_fixes { Tier::Unsafe } else { Tier::Safe };
    let mended: Vec<(Project, Mended)> =
        projects.iter().zip(selections).map(|(project, selection)| project.mended(selection, tier)).collect();
    let mut changed = 0;
    for (project, (after, _)) in projects.iter().zip(&mended) {
        for (before, after) in project.views().iter().zip(after.views()) {
            if before.text == after.text {
                continue;
            }
            changed += 1;
            if args.diff {
                let diff = unified(before.name, before.text, after.text, "fixed", terminal.colour);
                terminal.print(&diff)?;
            } else {
                // Into the file itself: it keeps its owner, its permissions and the links to it.
                let path = Path::new(before.name);
                std::fs::write(path, after.text).map_err(|error| Stop::unwritable(path, &error))?;
            }
        }
    }
    let applied: usize = mended.iter().flat_map(|(_, mended)| mended.applied.values()).sum();
    let (applied, files) = (fixes(applied), plural(changed, "file"));
    if let Some((project, _)) = mended.iter().find(|(_, mended)| !mended.settled) {
        terminal.say(&format!("project `{}`: fixes kept leading to new ones; run again", project.name));
    }
    if args.diff {
        terminal.say(&format!("{applied} would change {files}"));
        return Ok(findings_if(changed > 0));
    }
    let mut findings = Findings::default();
    let mut fails = false;
    for (project, mended) in &mended {
        fails = fails || mended.left.iter().any(|finding| args.fail_level.counts(finding));
        findings.add(mended.left.clone(), project.views());
    }
    findings.write(args.format, terminal)?;
    terminal.say(&format!("applied {applied} in {files}; {}", summary(&findings, projects)));
    Ok(findings_if(fails))
}
