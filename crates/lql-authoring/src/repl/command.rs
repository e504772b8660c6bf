//! What a line asks for.

use lql_compiler::suggest::nearest;
use lql_syntax::ast::Dialect;

/// Commands, their arguments, and what they do.
pub const COMMANDS: &[(&str, &str, &str)] = &[
    (".load", "EVENTS…", "reads files or folders of events"),
    (".next", "", "goes to the next event"),
    (".event", "[N]", "shows the current event, or goes to event N"),
    (".fields", "", "shows the keys of the event, and the fields of the project"),
    (".type", "EXPR", "the kind of an expression"),
    (".program", "EXPR", "the instructions of an expression"),
    (".why", "EXPR", "the value of every part of an expression"),
    (".doc", "NAME", "explains a function, kind or merge operator"),
    (
        ".dialect",
        "lql|filterql",
        "expressions of mappings on flat keys, or of filters on the event as a profile",
    ),
    (".help", "", "shows this"),
    (".quit", "", "ends"),
];

/// A line that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command<'l> {
    /// An expression.
    Evaluate(&'l str),
    /// `.load`
    Load(Vec<&'l str>),
    /// `.next`
    Next,
    /// `.event`, `.event 3`
    Event(Option<usize>),
    /// `.type`
    Type(&'l str),
    /// `.program`
    Program(&'l str),
    /// `.why`
    Why(&'l str),
    /// `.fields`
    Fields,
    /// `.doc`
    Doc(&'l str),
    /// `.dialect`
    Dialect(Dialect),
    /// `.help`
    Help,
    /// `.quit`
    Quit,
}

/// Whether a line is a command: a dot and a name that no key has.
pub(super) fn is_command(line: &str) -> bool {
    let word = line.split_whitespace().next().unwrap_or_default();
    word.strip_prefix('.')
        .is_some_and(|name| name.chars().all(|c| c.is_ascii_lowercase()) && !name.is_empty())
}

impl<'l> Command<'l> {
    /// Reads a line; nothing for an empty one. An error is a sentence.
    pub fn parse(line: &'l str) -> Result<Option<Self>, String> {
        let line = line.trim();
        if line.is_empty() {
            return Ok(None);
        }
        if !is_command(line) {
            return Ok(Some(Command::Evaluate(line)));
        }
        let (name, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let rest = rest.trim();
        let with = |command: fn(&'l str) -> Self| {
            if rest.is_empty() { Err(format!("{name} needs {}", argument(name))) } else { Ok(command(rest)) }
        };
        let command = match name {
            ".load" => with(|rest| Command::Load(rest.split_whitespace().collect()))?,
            ".next" => Command::Next,
            ".event" if rest.is_empty() => Command::Event(None),
            ".event" => {
                Command::Event(Some(rest.parse().map_err(|_| format!("`{rest}` is no number of an event"))?))
            }
            ".type" => with(Command::Type)?,
            ".program" => with(Command::Program)?,
            ".why" => with(Command::Why)?,
            ".fields" => Command::Fields,
            ".doc" => with(Command::Doc)?,
            ".dialect" => match rest {
                "lql" => Command::Dialect(Dialect::Lql),
                "filterql" => Command::Dialect(Dialect::FilterQl),
                _ => return Err("a dialect is lql or filterql".to_owned()),
            },
            ".help" => Command::Help,
            ".quit" | ".exit" => Command::Quit,
            _ => {
                let near = nearest(name, COMMANDS.iter().map(|(name, _, _)| *name));
                let hint = near
                    .first()
                    .map_or_else(|| "`.help` shows all".to_owned(), |near| format!("did you mean {near}?"));
                return Err(format!("there is no command {name}: {hint}"));
            }
        };
        Ok(Some(command))
    }
}

fn argument(name: &str) -> &'static str {
    COMMANDS.iter().find(|(known, _, _)| *known == name).map_or("", |(_, argument, _)| argument)
}

/// All commands.
pub(super) fn help() -> String {
    let line = |(name, argument, what): &(&str, &str, &str)| {
        format!("{:<23} {what}\n", format!("{name} {argument}"))
    };
    let lines: Vec<String> = COMMANDS.iter().map(line).collect();
    format!("{:<23} its value on the current event\n{}", "EXPR", lines.concat())
}
