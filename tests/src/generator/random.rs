//! `SplitMix64`: the pseudo-random numbers behind the events.
//!
//! Ours and not a crate's: the bytes of a seed must stay the same over the years, and crates change their generators
//! and their ways to draw from a range between versions. `SplitMix64` is eight lines with a published reference, passes
//! the usual statistical batteries, and starts from any number at once, so each event and each person gets a generator
//! of its own. Only integer arithmetic is used, and floats only where each operation is exactly specified: the bytes
//! do not depend on the machine either.

/// A generator; cheap to make.
#[derive(Debug, Clone)]
pub struct Random(u64);

/// The finaliser of `SplitMix64`: a bijection, so different inputs give different outputs.
pub fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl Random {
    /// The generator for `item` of the family `salt`.
    pub fn new(seed: u64, salt: u64, item: u64) -> Random {
        Random(mix(mix(seed ^ salt.wrapping_mul(0x9e37_79b9_7f4a_7c15)).wrapping_add(item)))
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// A number in `0..bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.bits()) * u128::from(bound)) >> 64) as u64
    }

    /// True in `in_ten_thousand` of 10,000 cases.
    pub fn chance(&mut self, in_ten_thousand: u64) -> bool {
        self.below(10_000) < in_ten_thousand
    }

    /// One of the items; all are equally likely.
    pub fn pick<T: Copy + Default>(&mut self, items: &[T]) -> T {
        items.get(self.below(items.len() as u64) as usize).copied().unwrap_or_default()
    }

    /// A number in `0.0..1.0`.
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// The distribution of Zipf with exponent 0.8 over `1..=n`, by its continuous density.
///
/// The integral of `x^-0.8` is `5 x^0.2`, so a uniform `t` between the fifth roots of the ends gives `x = t^5`. That
/// needs multiplication only, which is the same on every machine; a library's `powf` is not.
#[derive(Debug, Clone, Copy)]
pub struct Zipf {
    low: f64,
    high: f64,
    n: u64,
}

impl Zipf {
    pub fn new(n: u64) -> Zipf {
        Zipf { low: fifth_root(0.5), high: fifth_root(n as f64 + 0.5), n }
    }

    pub fn draw(&self, random: &mut Random) -> u64 {
        let t = self.low + (self.high - self.low) * random.unit();
        let x = t * t * t * t * t;
        ((x + 0.5) as u64).clamp(1, self.n)
    }
}

/// By Newton's method, from above.
fn fifth_root(x: f64) -> f64 {
    let mut root = x.max(1.0);
    for _ in 0..400 {
        let fourth = root * root * root * root;
        root = (4.0 * root + x / fourth) / 5.0;
    }
    root
}
