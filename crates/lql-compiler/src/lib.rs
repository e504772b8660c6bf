//! lql-compiler
