//! A small algebra of documents: texts and the places where a line may break, laid out for a width.
//!
//! A group is on one line if it fits, else each of its own lines breaks. Comments that end a line break every group
//! around them, so nothing that follows them can end up inside them.

/// A piece of a laid-out text.
#[derive(Clone, Debug)]
pub(crate) enum Doc {
    /// Text without line breaks.
    Text(String),
    /// A blank, if something stands before it on the line.
    Space,
    /// A blank, or a line break in a broken group.
    Line,
    /// Nothing, or a line break in a broken group.
    SoftLine,
    /// A line break.
    HardLine,
    /// A line break and an empty line.
    EmptyLine,
    /// A comment behind other text; the line ends after it.
    EndOfLine(String),
    /// A comment on lines of its own.
    OwnLine(String),
    /// A comment inside a line; it may itself hold line breaks.
    Inline(String),
    /// Parts, one after the other.
    Concat(Vec<Doc>),
    /// Lines inside begin further right.
    Indent(Box<Doc>),
    /// On one line if it fits.
    Group(Box<Doc>),
}

const STEP: usize = 4;

impl Doc {
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub fn indent(self) -> Self {
        Self::Indent(Box::new(self))
    }

    pub fn group(self) -> Self {
        Self::Group(Box::new(self))
    }

    /// Whether a line must break inside.
    fn breaks(&self) -> bool {
        match self {
            Self::HardLine | Self::EmptyLine | Self::EndOfLine(_) | Self::OwnLine(_) => true,
            Self::Inline(text) => text.contains('\n'),
            Self::Concat(parts) => parts.iter().any(Self::breaks),
            Self::Indent(inner) | Self::Group(inner) => inner.breaks(),
            Self::Text(_) | Self::Space | Self::Line | Self::SoftLine => false,
        }
    }
}

impl FromIterator<Doc> for Doc {
    fn from_iter<T: IntoIterator<Item = Doc>>(parts: T) -> Self {
        Self::Concat(parts.into_iter().collect())
    }
}

/// Lays a document out in lines of at most `width` characters where that is possible.
pub(crate) fn layout(doc: &Doc, width: usize) -> String {
    let mut printer = Printer { width, out: String::new(), column: 0, due: 0, line: Line::Begun };
    let mut todo = vec![Task { indent: 0, broken: true, doc }];
    while let Some(task) = todo.pop() {
        printer.step(task, &mut todo);
    }
    printer.out.truncate(printer.out.trim_end_matches(' ').len());
    printer.out
}

#[derive(Clone, Copy, Debug)]
struct Task<'d> {
    indent: usize,
    broken: bool,
    doc: &'d Doc,
}

/// What stands on the current line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line {
    /// Nothing but the indentation that is due.
    Begun,
    /// Something.
    Used,
    /// A comment that must be the last thing.
    Ended,
}

struct Printer {
    width: usize,
    out: String,
    column: usize,
    /// Indentation of a line on which nothing stands yet.
    due: usize,
    line: Line,
}

impl Printer {
    fn step<'d>(&mut self, task: Task<'d>, todo: &mut Vec<Task<'d>>) {
        let Task { indent, broken, doc } = task;
        match doc {
            Doc::Text(text) => self.text(text, indent),
            Doc::Inline(text) => {
                self.text(text, indent);
                let last = text.rsplit('\n').next().unwrap_or(text);
                if last.len() < text.len() {
                    self.column = last.chars().count();
                }
            }
            Doc::Space => self.space(),
            Doc::Line if !broken => self.space(),
            Doc::SoftLine if !broken => {}
            Doc::Line | Doc::SoftLine | Doc::HardLine => self.newline(indent),
            Doc::EmptyLine => {
                self.newline(indent);
                if !self.out.is_empty() && !self.out.ends_with("\n\n") {
                    self.out.push('\n');
                }
            }
            Doc::EndOfLine(text) => {
                self.space();
                self.text(text, indent);
                self.line = Line::Ended;
            }
            Doc::OwnLine(text) => {
                self.newline(indent);
                self.text(text, indent);
                self.line = Line::Ended;
            }
            Doc::Concat(parts) => {
                todo.extend(parts.iter().rev().map(|doc| Task { indent, broken, doc }));
            }
            Doc::Indent(inner) => todo.push(Task { indent: indent + STEP, broken, doc: inner }),
            Doc::Group(inner) => {
                let broken = inner.breaks() || !self.fits(Task { indent, broken: false, doc: inner }, todo);
                todo.push(Task { indent, broken, doc: inner });
            }
        }
    }

    fn text(&mut self, text: &str, indent: usize) {
        if self.line == Line::Ended {
            self.newline(indent);
        }
        if self.line == Line::Begun {
            self.out.extend(std::iter::repeat_n(' ', self.due));
            self.column = self.due;
            self.line = Line::Used;
        }
        self.out.push_str(text);
        self.column += text.chars().count();
    }

    fn space(&mut self) {
        if self.line == Line::Used && !self.out.ends_with(' ') {
            self.out.push(' ');
            self.column += 1;
        }
    }

    /// Ends the line, unless nothing stands on it.
    fn newline(&mut self, indent: usize) {
        self.due = indent;
        if self.line == Line::Begun {
            return;
        }
        self.out.truncate(self.out.trim_end_matches(' ').len());
        self.out.push('\n');
        (self.column, self.line) = (0, Line::Begun);
    }

    /// Whether the group, and what follows it up to the next possible break, fits on the line.
    fn fits(&self, task: Task<'_>, rest: &[Task<'_>]) -> bool {
        let column = match self.line {
            Line::Used => self.column,
            Line::Begun => self.due,
            Line::Ended => task.indent,
        };
        let Some(mut room) = self.width.checked_sub(column) else { return false };
        let mut todo = vec![task];
        let mut rest = rest.iter().rev();
        loop {
            let Some(Task { indent, broken, doc }) = todo.pop().or_else(|| rest.next().copied()) else {
                return true;
            };
            let length = match doc {
                Doc::Text(text) => text.chars().count(),
                Doc::Inline(text) => match text.split_once('\n') {
                    Some((first, _)) => return first.chars().count() <= room,
                    None => text.chars().count(),
                },
                Doc::Space => 1,
                Doc::Line if !broken => 1,
                Doc::SoftLine if !broken => 0,
                // A comment may stand out: it cannot be broken, and must not break what it comments on.
                Doc::Line
                | Doc::SoftLine
                | Doc::HardLine
                | Doc::EmptyLine
                | Doc::OwnLine(_)
                | Doc::EndOfLine(_) => return true,
                Doc::Concat(parts) => {
                    todo.extend(parts.iter().rev().map(|doc| Task { indent, broken, doc }));
                    0
                }
                Doc::Indent(inner) => {
                    todo.push(Task { indent, broken, doc: inner });
                    0
                }
                // What follows may still break on its own account.
                Doc::Group(inner) => {
                    todo.push(Task { indent, broken: broken && inner.breaks(), doc: inner });
                    0
                }
            };
            match room.checked_sub(length) {
                Some(left) => room = left,
                None => return false,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(args: &[&str]) -> Doc {
        let mut inside = vec![Doc::SoftLine];
        for (at, arg) in args.iter().enumerate() {
            if at > 0 {
                inside.extend([Doc::text(","), Doc::Line]);
            }
            inside.push(Doc::text(*arg));
        }
        [Doc::text("f("), Doc::Concat(inside).indent(), Doc::SoftLine, Doc::text(")")]
            .into_iter()
            .collect::<Doc>()
            .group()
    }

    #[test]
    fn a_group_that_fits_is_one_line() {
        assert_eq!(layout(&call(&["aa", "bb"]), 9), "f(aa, bb)");
        assert_eq!(layout(&call(&["aa", "bb"]), 8), "f(\n    aa,\n    bb\n)");
    }

    #[test]
    fn nothing_follows_a_comment_on_its_line() {
        let doc: Doc =
            [Doc::text("a"), Doc::EndOfLine("-- c".into()), Doc::Space, Doc::text("b")].into_iter().collect();
        assert_eq!(layout(&doc, 80), "a -- c\nb");
    }
}
