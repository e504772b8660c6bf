//! As a picture. A column for each identity field, a box for each value; links within a column bend to its left.
//!
//! Layout crates draw graphs of any shape from DOT; ours has at most some dozen boxes and reads best in columns by field.

use super::{Graph, reason};
use crate::shown::clip;
use std::fmt::Write as _;

const BOX: (i64, i64) = (230, 44);
const GAP: (i64, i64) = (300, 40);
const MARGIN: i64 = 130;

impl Graph<'_> {
    /// As SVG.
    pub fn svg(&self) -> String {
        let places = self.places();
        let width = places.iter().map(|(x, _)| x + BOX.0).max().unwrap_or(0) + MARGIN;
        let height = places.iter().map(|(_, y)| y + BOX.1).max().unwrap_or(0) + GAP.1;
        let mut out = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" font-size=\"13\">\n"
        );
        out.push_str("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
        for (a, b, link) in &self.edges {
            let (Some(a), Some(b)) = (places.get(*a), places.get(*b)) else { continue };
            let (path, label) = line(*a, *b);
            let (colour, dash) = if link.refused.is_some() {
                ("firebrick", " stroke-dasharray=\"6 4\"")
            } else {
                ("#444", "")
            };
            let _ = writeln!(
                out,
                "<path d=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.5\"{dash}/>"
            );
            let mut lines: Vec<String> = link.refused.iter().map(reason).collect();
            // The name of the file says enough in a picture.
            lines.push(link.first.at.rsplit('/').next().unwrap_or_default().to_owned());
            for (at, line) in lines.iter().enumerate() {
                let y = label.1 - 6 - 12 * (lines.len() as i64 - 1 - at as i64);
                let _ = writeln!(
                    out,
                    "<text x=\"{}\" y=\"{y}\" fill=\"{colour}\" stroke=\"white\" stroke-width=\"4\" paint-order=\"stroke\" font-size=\"10\" text-anchor=\"middle\">{}</text>",
                    label.0,
                    escaped(line)
                );
            }
        }
        for (at, (node, (x, y))) in self.nodes.iter().zip(&places).enumerate() {
            let colour = if at < self.members { "#234" } else { "gray" };
            let middle = x + BOX.0 / 2;
            let _ = writeln!(
                out,
                "<rect x=\"{x}\" y=\"{y}\" width=\"{}\" height=\"{}\" rx=\"8\" fill=\"#f6f8fa\" stroke=\"{colour}\"/>",
                BOX.0, BOX.1
            );
            for (dy, size, text) in [(17, 10, node.field.clone()), (34, 13, clip(&node.value, 32))] {
                let _ = writeln!(
                    out,
                    "<text x=\"{middle}\" y=\"{}\" fill=\"{colour}\" font-size=\"{size}\" text-anchor=\"middle\">{}</text>",
                    y + dy,
                    escaped(&text)
                );
            }
        }
        out.push_str("</svg>\n");
        out
    }

    /// The upper left corner of each box.
    fn places(&self) -> Vec<(i64, i64)> {
        let mut columns: Vec<(&str, i64)> = Vec::new();
        let mut places = Vec::new();
        for node in &self.nodes {
            let at = columns.iter().position(|(field, _)| *field == node.field).unwrap_or_else(|| {
                columns.push((&node.field, 0));
                columns.len() - 1
            });
            let Some((_, rows)) = columns.get_mut(at) else { continue };
            places.push((MARGIN + at as i64 * (BOX.0 + GAP.0), GAP.1 + *rows * (BOX.1 + GAP.1)));
            *rows += 1;
        }
        places
    }
}

/// The way from one box to another, and where its label stands.
fn line(a: (i64, i64), b: (i64, i64)) -> (String, (i64, i64)) {
    let (left, right) = if a.0 <= b.0 { (a, b) } else { (b, a) };
    let (y1, y2) = (left.1 + BOX.1 / 2, right.1 + BOX.1 / 2);
    if left.0 == right.0 {
        let (x, bend) = (left.0, left.0 - 60);
        return (format!("M{x} {y1} C{bend} {y1} {bend} {y2} {x} {y2}"), (x - 50, i64::midpoint(y1, y2)));
    }
    let (x1, x2) = (left.0 + BOX.0, right.0);
    (format!("M{x1} {y1} L{x2} {y2}"), (i64::midpoint(x1, x2), i64::midpoint(y1, y2)))
}

/// A text between tags.
fn escaped(text: &str) -> String {
    // Control characters have no place in XML.
    let visible = text.chars().map(|char| if char.is_control() { '\u{fffd}' } else { char });
    let mut out = String::new();
    for char in visible {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            char => out.push(char),
        }
    }
    out
}
