//! Why a profile is in a segment or not, as text.

use crate::why::{Certainty, SegmentWhy};
use std::fmt::Write as _;

impl SegmentWhy {
    /// The answer for people.
    pub fn text(&self) -> String {
        let mut out = String::new();
        let is = if self.member { "is in" } else { "is not in" };
        let _ = writeln!(out, "{} {is} {} ({})", self.profile.short(), self.segment, self.tree.at);
        let _ = writeln!(out, "  the clock says {}\n", self.clock);
        for line in self.tree.text().lines() {
            let _ = writeln!(out, "  {line}");
        }
        out.push('\n');
        let turns = if self.member { "leaves" } else { "enters" };
        let _ = match &self.flip {
            None => writeln!(out, "Time alone changes nothing until {}.", self.until),
            Some(flip) => {
                let when = match flip.certainty {
                    Certainty::Sure => format!("{turns} at {}", flip.at),
                    Certainty::Searched => format!("{turns} at {}, perhaps before", flip.at),
                    Certainty::NotBefore => format!("{turns} not before {}", flip.at),
                };
                let because = match flip.because.as_slice() {
                    [] => String::new(),
                    tests => format!(", because of {}", tests.join(" and ")),
                };
                writeln!(out, "If nothing else happens, it {when}{because}.")
            }
        };
        out
    }
}
