//! Mappings developed like software: projects on disk, trials of their queries on events, and what trials tell.
//!
//! Everything a person who writes mappings asks goes through a [`Project`] and a trial of it. The verbs of the command
//! line and the editor ask here; nothing in here prints.

mod instant;
mod project;
mod project_file;
mod refusal;
pub mod trial;

pub use instant::instant;
pub use project::{EventFile, Listing, Project, Read, dialect_of, is_query_file, stream_of};
pub use project_file::{ProjectFile, read as read_settings};
pub use refusal::{Refusal, disk, plain};
