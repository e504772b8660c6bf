//! About how many different values there were, in 256 bytes: a `HyperLogLog`.
//!
//! It is a function of the set of values: neither their order nor repetition shows, and the sketch of two sets together
//! is the sketch of their union. The count is within some 7 % two times out of three.

const REGISTERS: usize = 256;
/// A hash has 56 bits left after the number of its register; the first of them that is set is the last or none.
const LARGEST: u8 = 57;

/// About how many different values there were.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sketch {
    registers: [u8; REGISTERS],
}

impl Default for Sketch {
    fn default() -> Self {
        Self { registers: [0; REGISTERS] }
    }
}

impl Sketch {
    /// Registers as [`Sketch::registers`] gave them, unless they are none.
    pub(crate) fn from_registers(registers: [u8; REGISTERS]) -> Option<Self> {
        registers.iter().all(|register| *register <= LARGEST).then_some(Self { registers })
    }

    pub(crate) fn registers(&self) -> &[u8; REGISTERS] {
        &self.registers
    }

    /// Counts a value by its hash.
    pub(crate) fn add(&mut self, hash: u64) {
        let (register, zeros) = place(hash);
        if let Some(register) = self.registers.get_mut(register) {
            *register = zeros.max(*register);
        }
    }

    /// Whether adding a value would change nothing; so it is for every value that was added.
    pub(crate) fn may_contain(&self, hash: u64) -> bool {
        let (register, zeros) = place(hash);
        self.registers.get(register).is_some_and(|register| *register >= zeros)
    }

    /// Counts all that another one has counted.
    pub(crate) fn merge(&mut self, other: &Self) {
        for (own, theirs) in self.registers.iter_mut().zip(&other.registers) {
            *own = (*own).max(*theirs);
        }
    }

    /// The estimate: the usual one, by linear counting while registers are empty.
    pub(crate) fn count(&self) -> u64 {
        let registers = REGISTERS as f64;
        let empty: u32 = self.registers.iter().map(|register| u32::from(*register == 0)).sum();
        let sum: f64 = self.registers.iter().map(|register| 0.5f64.powi(i32::from(*register))).sum();
        let raw = 0.7213 / (1.0 + 1.079 / registers) * registers * registers / sum;
        let estimate = if empty > 0 && raw <= 2.5 * registers {
            registers * (registers / f64::from(empty)).ln()
        } else {
            raw
        };
        estimate.round() as u64
    }
}

/// The register of a hash, and the place of its first bit that is set among the rest.
fn place(hash: u64) -> (usize, u8) {
    let zeros = (hash << 8).leading_zeros().min(u32::from(LARGEST) - 1);
    ((hash >> 56) as usize, zeros as u8 + 1)
}

#[cfg(test)]
mod tests {
    use xxhash_rust::xxh3::xxh3_64;

    use super::*;

    fn of(values: impl Iterator<Item = u32>) -> Sketch {
        let mut sketch = Sketch::default();
        values.for_each(|value| sketch.add(xxh3_64(&value.to_le_bytes())));
        sketch
    }

    #[test]
    fn counts_are_near_the_truth_at_every_size() {
        for size in [0, 1, 10, 51, 100, 400, 700, 1000, 10_000, 300_000] {
            let count = of(0..size).count() as f64;
            assert!((count - f64::from(size)).abs() <= 0.2 * f64::from(size), "{size}: {count}");
        }
    }

    #[test]
    fn neither_order_nor_repetition_nor_parts_show() {
        let whole = of(0..1000);
        assert_eq!(of((0..1000).rev().chain(0..500)), whole);
        let mut parts = of(0..600);
        parts.merge(&of(400..1000));
        assert_eq!(parts, whole);
        assert!((0..1000u32).all(|value| whole.may_contain(xxh3_64(&value.to_le_bytes()))));
        assert!(!of(0..10).may_contain(xxh3_64(&999_999u32.to_le_bytes())));
    }

    #[test]
    fn registers_come_back_and_impossible_ones_do_not() {
        let sketch = of(0..1000);
        assert_eq!(Sketch::from_registers(*sketch.registers()), Some(sketch));
        assert_eq!(place(0), (0, LARGEST));
        assert_eq!(Sketch::from_registers([LARGEST + 1; REGISTERS]), None);
    }
}
