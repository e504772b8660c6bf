//! The real binary on whole projects, on events in every order, on broken input and on the examples of the documents.

mod any_order;
mod bad_input;
mod broken;
mod delivery;
mod documents;
mod examples;
mod memory;
mod new;
mod seeded;
mod sinks;
mod sizes;
mod speed;
mod spill;
mod start;
mod tangle;
mod testing;
mod why;
