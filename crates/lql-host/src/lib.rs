//! The host: events in, profiles and audiences kept, results out.

pub mod log;
