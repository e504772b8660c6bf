//! Reference 9: the function library, sentence by sentence. Dates are next door.

mod aggregates;
mod casts;
mod collections;
mod examples;
mod hashes;
mod logical;
mod other;
mod text;
mod web;
