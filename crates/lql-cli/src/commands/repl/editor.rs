//! The line editor of a terminal: history, completion, several lines, colours.

use super::say;
use crate::outcome::{Outcome, Stop};
use crate::terminal::Terminal;
use lql_authoring::plain;
use lql_authoring::repl::{Session, is_complete};
use lql_syntax::{TokenKind, lex};
use reedline::{
    ColumnarMenu, Completer, CompletionResult, DefaultHinter, DefaultPrompt, DefaultPromptSegment, Emacs,
    FileBackedHistory, Highlighter, KeyCode, KeyModifiers, MenuBuilder as _, Reedline, ReedlineEvent,
    ReedlineMenu, Signal, Span, StyledText, Suggestion, ValidationResult, Validator,
    default_emacs_keybindings,
};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// Lines that are remembered.
const HISTORY: usize = 1000;
/// The name of the menu of completions.
const MENU: &str = "names";

/// Talks with a person.
pub fn talk(mut session: Session, terminal: &Terminal) -> Result<Outcome, Stop> {
    let names = Arc::new(Mutex::new(session.names()));
    let mut editor = editor(&names, terminal);
    let prompt = DefaultPrompt::new(DefaultPromptSegment::Basic("lql".into()), DefaultPromptSegment::Empty);
    terminal.say("`.help` shows the commands, `.quit` ends");
    loop {
        match editor.read_line(&prompt) {
            Ok(Signal::Success(line)) => {
                let answer = session.answer(&line);
                if say(&answer, terminal)? {
                    return Ok(Outcome::Clean);
                }
                if line.trim_start().starts_with(".load") {
                    *names.lock().unwrap_or_else(PoisonError::into_inner) = session.names();
                }
            }
            // Ctrl-C drops the line, Ctrl-D ends.
            Ok(Signal::CtrlD) => return Ok(Outcome::Clean),
            Ok(_) => {}
            Err(error) => {
                return Err(Stop::Misuse(format!("the terminal cannot be read: {}", plain(&error))));
            }
        }
    }
}

fn editor(names: &Arc<Mutex<BTreeSet<String>>>, terminal: &Terminal) -> Reedline {
    let mut keys = default_emacs_keybindings();
    keys.add_binding(
        KeyModifiers::NONE,
        KeyCode::Tab,
        ReedlineEvent::UntilFound(vec![ReedlineEvent::Menu(MENU.into()), ReedlineEvent::MenuNext]),
    );
    let mut editor = Reedline::create()
        .with_edit_mode(Box::new(Emacs::new(keys)))
        .with_validator(Box::new(Brackets))
        .with_completer(Box::new(Names(Arc::clone(names))))
        .with_menu(ReedlineMenu::EngineCompleter(Box::new(ColumnarMenu::default().with_name(MENU))))
        .with_ansi_colors(terminal.colour)
        .with_hinter(Box::new(DefaultHinter::default()));
    if terminal.colour {
        editor = editor.with_highlighter(Box::new(Colours));
    }
    // Without a place for it, lines are remembered while the conversation lasts.
    let history = history_file().and_then(|file| FileBackedHistory::with_file(HISTORY, file).ok());
    match history {
        Some(history) => editor.with_history(Box::new(history)),
        None => editor,
    }
}

/// Where lines are kept: in the folder of the user's state.
fn history_file() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let state = set("XDG_STATE_HOME")
        .or_else(|| set("LOCALAPPDATA"))
        .or_else(|| set("HOME").map(|home| home.join(".local").join("state")))?;
    let folder = state.join("lql");
    std::fs::create_dir_all(&folder).ok()?;
    Some(folder.join("history"))
}

/// An open bracket or quote goes on in the next line.
struct Brackets;

impl Validator for Brackets {
    fn validate(&self, line: &str) -> ValidationResult {
        if is_complete(line) { ValidationResult::Complete } else { ValidationResult::Incomplete }
    }
}

/// Completes the name before the cursor.
struct Names(Arc<Mutex<BTreeSet<String>>>);

impl Completer for Names {
    fn complete(&mut self, line: &str, pos: usize) -> CompletionResult {
        let before = line.get(..pos).unwrap_or(line);
        let is_of_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '`');
        let start =
            before.char_indices().rev().take_while(|(_, c)| is_of_name(*c)).last().map_or(pos, |(at, _)| at);
        let begun = before.get(start..).unwrap_or_default().to_lowercase();
        if begun.is_empty() {
            return CompletionResult::fresh(Vec::new());
        }
        let names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fitting = names.iter().filter(|name| name.to_lowercase().starts_with(&begun));
        let suggestions: Vec<Suggestion> = fitting
            .map(|name| Suggestion {
                value: name.clone(),
                span: Span::new(start, pos),
                ..Suggestion::default()
            })
            .collect();
        CompletionResult::fresh(suggestions)
    }
}

/// Colours by the kinds of tokens.
struct Colours;

impl Highlighter for Colours {
    fn highlight(&self, line: &str, _: usize) -> StyledText {
        use nu_ansi_term::{Color, Style};
        let mut styled = StyledText::new();
        for token in lex(line) {
            let style = match token.kind {
                TokenKind::Text | TokenKind::SingleQuoted => Color::Green.normal(),
                kind if kind.is_error() => Color::Red.normal(),
                kind if kind.is_comment() => Style::new().dimmed(),
                kind if kind.is_number_like() => Color::Cyan.normal(),
                TokenKind::Word => match line.get(token.span.end as usize..) {
                    Some(rest) if rest.starts_with('(') => Color::Blue.normal(),
                    _ => Style::new(),
                },
                _ => Style::new(),
            };
            styled.push((style, token.span.of(line).to_owned()));
        }
        styled
    }
}
