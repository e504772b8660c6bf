//! Text of LQL and FilterQL to tokens and trees. Knows nothing of functions, kinds or merge operators.

pub mod ast;
mod diagnostic;
mod span;

pub use diagnostic::{Code, CodeEntry, Diagnostic, Edit, Fix, Label, Safety, Severity};
pub use span::Span;
