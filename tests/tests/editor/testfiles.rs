//! Test files and `lql.toml` in the editor.
