//! Whole-system tests: they drive the real binary on whole projects.

pub mod generator;
