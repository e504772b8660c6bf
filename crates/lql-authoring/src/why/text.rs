//! Answers as text for people.

mod field;
mod profile;
mod segment;
mod table;
