//! lql-runtime
