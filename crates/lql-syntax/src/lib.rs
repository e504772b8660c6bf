//! Text of LQL and FilterQL to tokens and trees, and back. Knows nothing of functions, kinds or merge operators.
//!
//! ```
//! use lql_syntax::ast::{Dialect, Statement};
//! use lql_syntax::{format, parse};
//!
//! let text = "SELECT email(mail) AS email, 007 AS code FROM web INTO user BY email ALIAS web";
//! let parsed = parse(text, Dialect::Lql);
//!
//! // Reading never fails: the tree holds what is sound, the findings say what is not.
//! let [Statement::Query(query)] = parsed.statements.as_slice() else { panic!("one statement") };
//! assert_eq!(query.columns.len(), 2);
//! assert_eq!(parsed.diagnostics[0].to_string(), "LQL0005: number `007` begins with a needless zero");
//!
//! // Tokens lose nothing; the formatter keeps comments and leaves broken statements alone.
//! assert_eq!(parsed.tokens.iter().map(|token| token.span.of(text)).collect::<String>(), text);
//! assert_eq!(format(text, Dialect::Lql, 100).skipped.len(), 1);
//! ```
//!
//! The way of a text:
//!
//! 1. `lexer` cuts it into tokens that cover every byte; `lexeme` drops blanks and comments, keeping a note of them;
//! 2. `split` cuts statements, clauses and columns at keywords, semicolons and commas, with the help of `brackets`, so
//!    that a broken column costs only itself; `statement`, `filter`, `column` and `clause` read what is no expression;
//! 3. `adapt` gives each token of an expression the one meaning it has at its place, and bounds the depth;
//! 4. `grammar.lalrpop` makes the tree; `expression` and `words` say in words what it refuses;
//! 5. `print` makes text of a tree; `format`, `layout`, `comments` and `doc` lay out text that people wrote.

mod adapt;
pub mod ast;
mod brackets;
mod clause;
pub mod codes;
mod column;
mod comments;
mod diagnostic;
mod doc;
mod erase;
mod expression;
mod filter;
mod format;
mod layout;
mod lexeme;
mod lexer;
mod literal;
mod parse;
mod print;
mod span;
mod split;
mod statement;
mod suggest;
mod token;
mod words;

pub use codes::CODES;
pub use diagnostic::{Code, CodeEntry, Diagnostic, Edit, Fix, Label, Safety, Severity};
pub use format::{Formatted, format};
pub use lexeme::KEYWORDS;
pub use lexer::lex;
pub use parse::{Parsed, detect_dialect, parse, parse_expression};
pub use print::print_expr;
pub use span::Span;
pub use token::{Token, TokenKind};

#[cfg(test)]
mod agreement;
#[cfg(test)]
mod expression_tests;
#[cfg(test)]
mod generate;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod statement_tests;
#[cfg(test)]
mod testing;
