//! Mappings developed like software: projects on disk, trials of their queries on events, and what trials tell.
//!
//! Everything a person who writes mappings asks goes through a [`Project`] and a trial of it. The verbs of the command
//! line and the editor ask here; nothing in here prints.

pub mod cost;
pub mod diff;
pub mod drift;
pub mod evidence;
pub mod infer;
mod instant;
mod project;
mod project_file;
mod reads;
mod refusal;
pub mod repl;
pub mod shown;
mod source;
pub mod stats;
pub mod testing;
pub mod toml_keys;
mod toml_reader;
pub mod trial;
pub mod watch;
pub mod why;

pub use instant::instant;
pub use project::{EventFile, Listing, Project, Read, dialect_of, is_query_file, stream_of};
pub use project_file::{ProjectFile, read as read_settings};
pub use reads::{KeyRead, Purpose, key_reads};
pub use refusal::{Refusal, disk, plain};
pub use source::{delimiter_of, event_files, event_options, open_events, rest_unreadable};
