//! Tests of a project: events, and what must come of them. `docs/testing.md` describes the files.
//!
//! ```
//! use lql_authoring::{disk, testing};
//! # let folder = tempfile::tempdir().unwrap();
//! # let path = |name: &str| folder.path().join(name);
//! std::fs::write(path("web.lql"), "SELECT email(m) AS email, count(*) AS visits FROM web INTO user BY email ALIAS web")?;
//! std::fs::write(path("web.test.toml"), r#"
//!     now = 2024-06-30T00:00:00Z
//!     [[case]]
//!     name = "letter case does not matter"
//!     events = [{ event = { m = "Ana@example.org" } }, { event = { m = "ana@example.org" } }]
//!     [[case.profile]]
//!     is = { email = "ana@example.org" }
//!     visits = 2
//! "#)?;
//! let found = testing::find(&[folder.path().to_owned()], &disk).unwrap();
//! let report = testing::run(&found, &disk, &testing::Options::default(), &|_| ());
//! assert_eq!((report.cases.len(), report.failed()), (1, 0));
//! # Ok::<(), std::io::Error>(())
//! ```

mod chance;
mod court;
mod coverage;
mod find;
pub mod format;
mod judge;
mod machine;
pub mod matching;
mod mutate;
mod names;
mod orders;
mod prepare;
mod read;
mod read_expect;
mod record;
mod report;
mod run;
mod sources;
mod text;
mod toml_value;
mod update;

#[cfg(test)]
mod tests;

pub use coverage::{Coverage, Point, coverage};
pub use find::{ENDING, Found, Suite, files, find, project_of, unreadable};
pub use judge::{Failure, Update};
pub use mutate::{MutantReport, Mutation, MutationOptions, mutate};
pub use read::read;
pub use record::{Recorded, record};
pub use report::{CaseReport, Outcome, ProjectReport, Report};
pub use run::{Options, check, run};
pub use update::{Updated, update};
