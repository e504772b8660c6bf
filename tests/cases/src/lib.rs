//! How many cases the property tests try: few every day, many in `./test --long`.
//!
//! Two variables of the environment decide. `LQL_CASES` multiplies the cases of every test; `PROPTEST_RNG_SEED` makes the
//! cases the same in each run, so a failure comes again.
//!
//! ```
//! use proptest::prelude::*;
//!
//! proptest! {
//!     #![proptest_config(lql_cases::cases(300))]
//!     // #[test]
//!     fn addition_knows_no_order(a in any::<i32>(), b in any::<i32>()) {
//!         prop_assert_eq!(a.wrapping_add(b), b.wrapping_add(a));
//!     }
//! }
//! addition_knows_no_order();
//! ```

use proptest::test_runner::{Config, RngSeed};
use std::ops::Range;

/// So many cases, times `LQL_CASES`. Failures are printed, and nothing is written beside the sources.
pub fn cases(count: u32) -> Config {
    times(count, factor())
}

/// So many seeds, times `LQL_CASES`, for tests that make their cases themselves: from 0 on, or from `PROPTEST_RNG_SEED`.
pub fn seeds(count: u32) -> Range<u64> {
    let config = cases(count);
    let first = match config.rng_seed {
        RngSeed::Fixed(seed) => seed,
        RngSeed::Random => 0,
    };
    first..first.saturating_add(config.cases.into())
}

fn factor() -> u32 {
    std::env::var("LQL_CASES").ok().and_then(|factor| factor.parse().ok()).unwrap_or(1)
}

/// With the cases grows how many of them a test may throw away.
fn times(count: u32, factor: u32) -> Config {
    let config = Config::default();
    Config {
        cases: count.saturating_mul(factor),
        max_local_rejects: config.max_local_rejects.saturating_mul(factor),
        max_global_rejects: config.max_global_rejects.saturating_mul(factor),
        failure_persistence: None,
        ..config
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_factor_multiplies_cases_and_what_may_be_thrown_away() {
        let (once, many) = (times(300, 1), times(300, 20));
        assert_eq!((once.cases, many.cases), (300, 6000));
        assert_eq!(many.max_global_rejects, 20 * once.max_global_rejects);
        assert_eq!(times(u32::MAX, 2).cases, u32::MAX);
    }
}
