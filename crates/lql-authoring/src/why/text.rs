//! Answers as text for people.

mod field;
mod table;
