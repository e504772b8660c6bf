//! Lines above the cases of a test file: how they ended, and running them.

use super::Test;
use crate::ide::commands::Command;
use crate::ide::lenses::Lens;
use lql_authoring::testing::Outcome;
use lql_syntax::Span;

impl Test<'_> {
    /// A lens for each case and one for all. `outcome` tells how a case ended, if that is known.
    pub fn lenses<'o>(&self, outcome: &dyn Fn(&str) -> Option<&'o Outcome>) -> Vec<Lens> {
        let cases = &self.file.cases;
        let all = (cases.len() > 1).then(|| Lens {
            span: Span::default(),
            title: "run all cases".into(),
            command: Command::RunTests { case: None },
        });
        let of_case = cases.iter().filter(|case| !case.name.is_empty()).map(|case| {
            let ended = match outcome(&case.name) {
                Some(Outcome::Passed) => " (passed)",
                Some(Outcome::Failed(_)) => " (failed)",
                Some(Outcome::NotRun) => " (could not be run)",
                None => "",
            };
            let command = Command::RunTests { case: Some(case.name.clone()) };
            Lens { span: Span::at(case.region.start), title: format!("run case{ended}"), command }
        });
        all.into_iter().chain(of_case).collect()
    }
}
