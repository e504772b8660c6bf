//! What is worked out once for a snapshot, when somebody first asks, and handed on to the next one.

use std::sync::{Arc, OnceLock};

/// A value that is made when first asked for, from the last that was made for an earlier snapshot: what is still true of
/// that need not be worked out again.
#[derive(Debug)]
pub struct Kept<T> {
    now: OnceLock<Arc<T>>,
    before: Option<Arc<T>>,
}

impl<T> Kept<T> {
    /// After the one of an earlier snapshot.
    pub fn after(earlier: Option<&Self>) -> Self {
        let before = earlier.and_then(|earlier| earlier.now.get().or(earlier.before.as_ref()).cloned());
        Self { now: OnceLock::new(), before }
    }

    /// The value. The first to ask makes it, others wait for that.
    pub fn get(&self, make: impl FnOnce(Option<&T>) -> T) -> &T {
        self.now.get_or_init(|| Arc::new(make(self.before.as_deref())))
    }
}
