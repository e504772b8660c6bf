//! `textDocument/semanticTokens`: full, range and delta

use crate::ide::tokens::{self, Class};
use crate::server::tokens::delta as difference;
use crate::server::wire::Ticket;
use crate::server::world::{Look, World};
use lql_syntax::Span;
use tower_lsp_server::jsonrpc::Result;
use tower_lsp_server::ls_types::{
    SemanticToken, SemanticTokenModifier, SemanticTokenType, SemanticTokens, SemanticTokensDelta,
    SemanticTokensDeltaParams, SemanticTokensFullDeltaResult, SemanticTokensLegend, SemanticTokensParams,
    SemanticTokensRangeParams, SemanticTokensRangeResult, SemanticTokensResult,
};

/// What the numbers of tokens mean. The order is that of [`number`].
pub fn legend() -> SemanticTokensLegend {
    let types = [
        SemanticTokenType::KEYWORD,
        SemanticTokenType::FUNCTION,
        SemanticTokenType::PROPERTY,
        SemanticTokenType::VARIABLE,
        SemanticTokenType::ENUM_MEMBER,
        SemanticTokenType::NAMESPACE,
        SemanticTokenType::CLASS,
        SemanticTokenType::DECORATOR,
        SemanticTokenType::TYPE,
        SemanticTokenType::MACRO,
        SemanticTokenType::STRING,
        SemanticTokenType::NUMBER,
        SemanticTokenType::OPERATOR,
        SemanticTokenType::COMMENT,
    ];
    let modifiers = vec![SemanticTokenModifier::DECLARATION, SemanticTokenModifier::new("identity")];
    SemanticTokensLegend { token_types: types.into(), token_modifiers: modifiers }
}

fn number(class: Class) -> u32 {
    match class {
        Class::Keyword => 0,
        Class::Function => 1,
        Class::Field => 2,
        Class::Key => 3,
        Class::Entry => 4,
        Class::Stream => 5,
        Class::Table => 6,
        Class::Alias => 7,
        Class::Kind => 8,
        Class::MergeOp => 9,
        Class::Text => 10,
        Class::Number => 11,
        Class::Operator => 12,
        Class::Comment => 13,
    }
}

pub fn full(world: &World, params: SemanticTokensParams, _: &Ticket) -> Result<Option<SemanticTokensResult>> {
    let look = world.look(&params.text_document.uri)?;
    let data = of(&look, None);
    let (id, _) = world.shared.tokens.replace(&params.text_document.uri, &data, None);
    Ok(Some(SemanticTokensResult::Tokens(SemanticTokens { result_id: Some(id), data })))
}

pub fn delta(
    world: &World,
    params: SemanticTokensDeltaParams,
    _: &Ticket,
) -> Result<Option<SemanticTokensFullDeltaResult>> {
    let look = world.look(&params.text_document.uri)?;
    let data = of(&look, None);
    let previous = Some(params.previous_result_id.as_str());
    let (id, before) = world.shared.tokens.replace(&params.text_document.uri, &data, previous);
    let result_id = Some(id);
    Ok(Some(match before {
        Some(before) => {
            let edits = difference(&before, &data);
            SemanticTokensFullDeltaResult::TokensDelta(SemanticTokensDelta { result_id, edits })
        }
        // The client refers to tokens that were forgotten.
        None => SemanticTokensFullDeltaResult::Tokens(SemanticTokens { result_id, data }),
    }))
}

pub fn range(
    world: &World,
    params: SemanticTokensRangeParams,
    _: &Ticket,
) -> Result<Option<SemanticTokensRangeResult>> {
    let look = world.look(&params.text_document.uri)?;
    let data = of(&look, Some(look.span(params.range)));
    Ok(Some(SemanticTokensRangeResult::Tokens(SemanticTokens { result_id: None, data })))
}

/// The tokens of a file or of a part, each told from where the one before begins.
fn of(look: &Look, part: Option<Span>) -> Vec<SemanticToken> {
    let (mut line, mut start) = (0, 0);
    let mut data = Vec::new();
    for token in tokens::semantic_tokens(look.snapshot(), look.file) {
        if part.is_some_and(|part| token.span.end < part.start || part.end < token.span.start) {
            continue;
        }
        let range = look.range(token.span);
        let delta_line = range.start.line - line;
        let delta_start = if delta_line == 0 { range.start.character - start } else { range.start.character };
        (line, start) = (range.start.line, range.start.character);
        data.push(SemanticToken {
            delta_line,
            delta_start,
            length: range.end.character.saturating_sub(range.start.character),
            token_type: number(token.class),
            token_modifiers_bitset: u32::from(token.declares) | u32::from(token.identity) << 1,
        });
    }
    data
}
