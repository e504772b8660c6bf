//! The two output streams, and whether they show colours.

use crate::outcome::Stop;
use anstream::ColorChoice;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::{IsTerminal as _, Write as _};
use std::time::Duration;

/// When to colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Colour {
    /// On a terminal, unless `NO_COLOR` is set; elsewhere only with `FORCE_COLOR`
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Where a verb writes.
#[derive(Debug)]
pub struct Terminal {
    /// Whether standard output shows colours.
    pub colour: bool,
    error_colour: bool,
}

#[expect(clippy::unused_self, reason = "verbs write to the terminal they are given, not to the process")]
impl Terminal {
    /// Decides about colours once.
    pub fn new(colour: Colour) -> Self {
        choice(colour).write_global();
        let shows = |choice: ColorChoice| choice != ColorChoice::Never;
        Self {
            colour: shows(anstream::AutoStream::choice(&std::io::stdout())),
            error_colour: shows(anstream::AutoStream::choice(&std::io::stderr())),
        }
    }

    /// Whether standard error shows colours.
    pub fn colour_of_errors(&self) -> bool {
        self.error_colour
    }

    /// Whether somebody watches standard error.
    pub fn shows_progress(&self) -> bool {
        std::io::stderr().is_terminal()
    }

    /// Writes to standard output and flushes.
    pub fn print(&self, text: &str) -> Result<(), Stop> {
        let mut out = anstream::stdout().lock();
        out.write_all(text.as_bytes())?;
        out.flush()?;
        Ok(())
    }

    /// A line on standard error, which may be closed.
    pub fn say(&self, line: &str) {
        let _ = writeln!(anstream::stderr().lock(), "{line}");
    }

    /// Text on standard error as it is, such as rendered findings.
    pub fn complain(&self, text: &str) {
        let _ = anstream::stderr().lock().write_all(text.as_bytes());
    }

    /// An error about the call, on standard error.
    pub fn error(&self, message: &str) {
        let word = if self.error_colour { "\x1b[1;31merror:\x1b[0m" } else { "error:" };
        self.say(&format!("{word} {message}"));
    }

    /// Words in bold on standard output.
    pub fn bold(&self, text: &str) -> String {
        if self.colour { format!("\x1b[1m{text}\x1b[0m") } else { text.to_owned() }
    }

    /// Words that step back on standard output.
    pub fn dim(&self, text: &str) -> String {
        if self.colour { format!("\x1b[2m{text}\x1b[0m") } else { text.to_owned() }
    }
}

fn choice(colour: Colour) -> ColorChoice {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0");
    match colour {
        Colour::Always => ColorChoice::Always,
        Colour::Never => ColorChoice::Never,
        Colour::Auto if is_set("NO_COLOR") => ColorChoice::Never,
        Colour::Auto if is_set("FORCE_COLOR") => ColorChoice::Always,
        Colour::Auto => ColorChoice::Auto,
    }
}

/// The same choice for the help texts, which are printed before arguments are read.
pub fn clap_choice() -> clap::ColorChoice {
    match choice(Colour::Auto) {
        ColorChoice::Never => clap::ColorChoice::Never,
        ColorChoice::Always | ColorChoice::AlwaysAnsi => clap::ColorChoice::Always,
        ColorChoice::Auto => clap::ColorChoice::Auto,
    }
}

/// Counts events on standard error while somebody waits.
pub fn event_bar(shown: bool) -> ProgressBar {
    if !shown {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {human_pos} events, {per_sec}  {msg}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}
