//! Text of LQL and FilterQL to tokens and trees. Knows nothing of functions, kinds or merge operators.

mod adapt;
pub mod ast;
mod brackets;
pub mod codes;
mod column;
mod diagnostic;
mod expression;
mod filter;
mod lexeme;
mod lexer;
mod literal;
mod parse;
mod span;
mod split;
mod statement;
mod suggest;
mod token;
mod words;

pub use codes::CODES;
pub use diagnostic::{Code, CodeEntry, Diagnostic, Edit, Fix, Label, Safety, Severity};
pub use lexer::lex;
pub use parse::{Parsed, detect_dialect, parse, parse_expression};
pub use span::Span;
pub use token::{Token, TokenKind};

#[cfg(test)]
mod expression_tests;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod testing;
