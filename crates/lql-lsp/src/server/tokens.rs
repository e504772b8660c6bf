//! Semantic tokens that were sent, so that the next reply may say only what differs.

use super::wire::lock;
use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use tower_lsp_server::ls_types::{SemanticToken, SemanticTokensEdit, Uri};

/// The tokens sent last, by file, under the id that the client gives back.
#[derive(Debug, Default)]
pub struct TokenMemory {
    sent: Mutex<HashMap<Uri, (String, Vec<SemanticToken>)>>,
    next: AtomicU64,
}

impl TokenMemory {
    /// Remembers tokens and gives their id, and those that had the id before.
    pub fn replace(
        &self,
        uri: &Uri,
        tokens: &[SemanticToken],
        previous: Option<&str>,
    ) -> (String, Option<Vec<SemanticToken>>) {
        let id = self.next.fetch_add(1, Ordering::Relaxed).to_string();
        let before = lock(&self.sent).insert(uri.clone(), (id.clone(), tokens.to_vec()));
        let before = before.filter(|(id, _)| Some(id.as_str()) == previous).map(|(_, tokens)| tokens);
        (id, before)
    }

    /// Forgets a file that was closed.
    pub fn forget(&self, uri: &Uri) {
        lock(&self.sent).remove(uri);
    }
}

/// The one edit that turns some tokens into others: what stands between their common beginning and their common end.
pub fn delta(before: &[SemanticToken], after: &[SemanticToken]) -> Vec<SemanticTokensEdit> {
    let same = |pairs: &mut dyn Iterator<Item = (&SemanticToken, &SemanticToken)>| {
        pairs.take_while(|(a, b)| a == b).count()
    };
    let head = same(&mut before.iter().zip(after));
    let (before, after) = (before.get(head..).unwrap_or_default(), after.get(head..).unwrap_or_default());
    let tail = same(&mut before.iter().rev().zip(after.iter().rev()));
    let (removed, added) = (before.len() - tail, after.len() - tail);
    if removed == 0 && added == 0 {
        return Vec::new();
    }
    // A token is five numbers, and edits count numbers.
    let data = (added > 0).then(|| after.iter().take(added).copied().collect());
    vec![SemanticTokensEdit { start: head as u32 * 5, delete_count: removed as u32 * 5, data }]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tokens() -> impl Strategy<Value = Vec<SemanticToken>> {
        let token = (0..3u32).prop_map(|length| SemanticToken { length, ..SemanticToken::default() });
        proptest::collection::vec(token, 0..8)
    }

    proptest! {
        #![proptest_config(lql_cases::cases(200))]
        #[test]
        fn a_delta_leads_from_the_old_tokens_to_the_new(before in tokens(), after in tokens()) {
            let mut got = before.clone();
            for edit in delta(&before, &after) {
                let (start, count) = (edit.start as usize / 5, edit.delete_count as usize / 5);
                got.splice(start..start + count, edit.data.unwrap_or_default());
            }
            prop_assert_eq!(got, after);
        }
    }
}
