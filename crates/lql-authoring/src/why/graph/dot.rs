//! As a text for Graphviz.

use super::{Graph, reason};
use std::fmt::Write as _;

impl Graph<'_> {
    /// As DOT.
    pub fn dot(&self) -> String {
        let mut out = String::from(
            "graph profile {\n  rankdir=LR;\n  node [shape=box, style=rounded, fontname=\"sans-serif\"];\n",
        );
        out.push_str("  edge [fontname=\"sans-serif\", fontsize=10];\n");
        for (at, node) in self.nodes.iter().enumerate() {
            let label = format!("{}\n{}", node.field, node.value);
            let style = if at < self.members { "" } else { ", color=gray, fontcolor=gray" };
            let _ = writeln!(out, "  n{at} [label={}{style}];", quoted(&label));
        }
        for (a, b, link) in &self.edges {
            let place = link.first.text();
            let (label, style) = match &link.refused {
                None => (place, ""),
                Some(why) => (format!("{}\n{place}", reason(why)), ", style=dashed, color=firebrick"),
            };
            let _ = writeln!(out, "  n{a} -- n{b} [label={}{style}];", quoted(&label));
        }
        out.push_str("}\n");
        out
    }
}

/// A text in quotes; a line break is an escape.
fn quoted(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("\"{escaped}\"")
}
