//! Sums that are exact until they are read, so that they depend neither on order nor on grouping.
//!
//! One state per sum: equal sums are equal structures.

use super::atoms::{get_wide, put_wide};
use crate::wire::{Reader, WireError, put_signed};

/// A sum of integers as it is read: saturated to 64 bits.
pub(crate) fn saturated(sum: i128) -> i64 {
    sum.clamp(i128::from(i64::MIN), i128::from(i64::MAX)) as i64
}

/// A sum of floats: the exact real sum, rounded once, to nearest even, when read.
///
/// NaN and the infinities stand apart as marks; a sum that has seen NaN, or both infinities, is NaN.
/// Zeros have no sign here: an empty sum and a sum of `-0.0` are `0.0`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ExactSum {
    finite: Finite,
    marks: u8,
}

const NAN: u8 = 1;
const INFINITE: u8 = 2;
const MINUS_INFINITE: u8 = 4;

/// Invariant: `Small` whenever the odd part of the sum fits, else `Wide`; `mantissa` is odd, or zero with exponent 0.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Finite {
    /// `mantissa * 2^exponent`; the mantissa's magnitude is below 2^126.
    Small { mantissa: i128, exponent: i16 },
    /// Everything else: sums whose parts are more than some 30 decimal digits apart.
    Wide(Box<Wide>),
}

/// Two's complement in units of 2^-1074, least word first: 2^64 times the largest float fits.
type Wide = [u64; WORDS];
const WORDS: usize = 35;
/// The exponent of the unit of [`Wide`] and of the smallest float.
const LOWEST: i32 = -1074;
/// Small mantissas stay below this magnitude, so two of them add without overflow.
const SMALL_BITS: u32 = 126;

impl ExactSum {
    pub(crate) fn new(value: f64) -> Self {
        let mut marks = 0;
        if value.is_nan() {
            marks = NAN;
        } else if value.is_infinite() {
            marks = if value > 0.0 { INFINITE } else { MINUS_INFINITE };
        }
        if marks != 0 {
            return Self { finite: Finite::small(0, 0), marks };
        }
        let bits = value.to_bits();
        let fraction = i128::from(bits & ((1 << 52) - 1));
        let (magnitude, exponent) = match (bits >> 52 & 0x7ff) as i32 {
            0 => (fraction, LOWEST),
            biased => (fraction | 1 << 52, biased - 1075),
        };
        let mantissa = if value.is_sign_negative() { -magnitude } else { magnitude };
        Self { finite: Finite::small(mantissa, exponent), marks: 0 }
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.marks |= other.marks;
        self.finite.add(&other.finite);
    }

    pub(crate) fn value(&self) -> f64 {
        let infinite = self.marks & (INFINITE | MINUS_INFINITE);
        if self.marks & NAN != 0 || infinite == INFINITE | MINUS_INFINITE {
            f64::NAN
        } else if infinite == INFINITE {
            f64::INFINITY
        } else if infinite == MINUS_INFINITE {
            f64::NEG_INFINITY
        } else {
            self.finite.value()
        }
    }
}

/// The mark of a sum written in words.
const WIDE: u8 = 8;
/// No sum reaches up to this power of two: 2^64 times the largest float is below.
const HIGHEST: i32 = 1090;

impl ExactSum {
    /// Writes the marks, then mantissa and exponent, or all words.
    pub(crate) fn put(&self, out: &mut Vec<u8>) {
        match &self.finite {
            Finite::Small { mantissa, exponent } => {
                out.push(self.marks);
                put_wide(out, *mantissa);
                put_signed(out, i64::from(*exponent));
            }
            Finite::Wide(words) => {
                // Neither the zeros below nor the repetition of the sign above.
                let sign = words.last().map_or(0, |top| if top >> 63 == 1 { u64::MAX } else { 0 });
                let low = words.iter().take_while(|word| **word == 0).count();
                let high = words.iter().rposition(|word| *word != sign).map_or(low, |at| at + 1);
                let shows_sign = words.get(high.wrapping_sub(1)).is_some_and(|top| top >> 63 == sign >> 63);
                let count = high - low + usize::from(!shows_sign);
                out.extend_from_slice(&[self.marks | WIDE, low as u8, count as u8]);
                let kept = words.iter().skip(low).take(count);
                kept.for_each(|word| out.extend_from_slice(&word.to_le_bytes()));
            }
        }
    }

    /// Reads what was written. Anything else is an error.
    pub(crate) fn get(bytes: &[u8]) -> Result<Self, WireError> {
        const INVALID: WireError = WireError::Invalid("sum");
        let mut reader = Reader::new(bytes);
        let marks = reader.byte()?;
        if marks >= WIDE << 1 {
            return Err(INVALID);
        }
        let finite = if marks & WIDE == 0 {
            let (mantissa, exponent) = (get_wide(&mut reader)?, reader.signed()?);
            let bits = 128 - mantissa.unsigned_abs().leading_zeros();
            let exponent = i32::try_from(exponent).map_err(|_| INVALID)?;
            let in_range = exponent >= LOWEST && exponent.saturating_add(bits as i32) <= HIGHEST;
            let canonical = if mantissa == 0 { exponent == 0 } else { mantissa & 1 == 1 && in_range };
            if bits > SMALL_BITS || !canonical {
                return Err(INVALID);
            }
            Finite::Small { mantissa, exponent: exponent as i16 }
        } else {
            let (low, count) = (usize::from(reader.byte()?), usize::from(reader.byte()?));
            let mut words = [0; WORDS];
            let (_, from_low) = words.split_at_mut_checked(low).ok_or(INVALID)?;
            let (kept, above) = from_low.split_at_mut_checked(count).ok_or(INVALID)?;
            for word in &mut *kept {
                *word = u64::from_le_bytes(reader.array()?);
            }
            if kept.last().is_some_and(|top| top >> 63 == 1) {
                above.fill(u64::MAX);
            }
            let (_, magnitude) = sign_and_magnitude(&words);
            let highest = span(&magnitude).map_or(0, |(_, highest)| highest as i32 + LOWEST);
            match Finite::from_words(&words) {
                wide @ Finite::Wide(_) if highest < HIGHEST => wide,
                _ => return Err(INVALID),
            }
        };
        reader.finish()?;
        let sum = Self { finite, marks: marks & !WIDE };
        if marks & WIDE != 0 {
            let mut again = Vec::with_capacity(bytes.len());
            sum.put(&mut again);
            if again != bytes {
                return Err(INVALID);
            }
        }
        Ok(sum)
    }
}

impl Finite {
    /// `mantissa * 2^exponent`, whose magnitude is below 2^[`SMALL_BITS`].
    fn small(mantissa: i128, exponent: i32) -> Self {
        if mantissa == 0 {
            return Self::Small { mantissa: 0, exponent: 0 };
        }
        let zeros = mantissa.trailing_zeros();
        let exponent = (exponent + zeros as i32) as i16;
        Self::Small { mantissa: mantissa >> zeros, exponent }
    }

    fn add(&mut self, other: &Self) {
        if let (Self::Small { mantissa: a, exponent: ea }, Self::Small { mantissa: b, exponent: eb }) =
            (&*self, other)
            && let Some(sum) = add_small((*a, i32::from(*ea)), (*b, i32::from(*eb)))
        {
            *self = sum;
            return;
        }
        let mut words = self.widened();
        let mut carry = false;
        for (word, addend) in words.iter_mut().zip(other.widened()) {
            let (sum, over) = word.overflowing_add(addend);
            let (sum, again) = sum.overflowing_add(u64::from(carry));
            *word = sum;
            carry = over || again;
        }
        *self = Self::from_words(&words);
    }

    fn widened(&self) -> Wide {
        match self {
            Self::Wide(words) => **words,
            Self::Small { mantissa, exponent } => {
                let shift = (i32::from(*exponent) - LOWEST).max(0) as usize;
                let magnitude = mantissa.unsigned_abs();
                let (low, high) = (magnitude as u64, (magnitude >> 64) as u64);
                let (word, bit) = (shift / 64, shift % 64);
                // The 126-bit magnitude, shifted by up to 63 bits, spans three words.
                let spread = match bit {
                    0 => [low, high, 0],
                    bit => [low << bit, low >> (64 - bit) | high << bit, high >> (64 - bit)],
                };
                let mut words = [0; WORDS];
                for (to, from) in words.iter_mut().skip(word).zip(spread) {
                    *to = from;
                }
                if *mantissa < 0 { negated(words) } else { words }
            }
        }
    }

    fn from_words(words: &Wide) -> Self {
        let (negative, magnitude) = sign_and_magnitude(words);
        let Some((lowest, highest)) = span(&magnitude) else { return Self::small(0, 0) };
        if highest - lowest >= SMALL_BITS {
            return Self::Wide(Box::new(*words));
        }
        let mantissa = bits_from(&magnitude, lowest) as i128;
        Self::small(if negative { -mantissa } else { mantissa }, lowest as i32 + LOWEST)
    }

    fn value(&self) -> f64 {
        match self {
            Self::Small { mantissa, exponent } => {
                rounded(*mantissa < 0, mantissa.unsigned_abs(), i32::from(*exponent))
            }
            Self::Wide(words) => {
                let (negative, magnitude) = sign_and_magnitude(words);
                let Some((lowest, highest)) = span(&magnitude) else { return 0.0 };
                // The top 126 bits decide, and a last bit that says whether anything stands below them.
                let from = highest.saturating_sub(SMALL_BITS - 1);
                let top = bits_from(&magnitude, from) | u128::from(lowest < from);
                rounded(negative, top, from as i32 + LOWEST)
            }
        }
    }
}

/// The sum, if it is small; `None` if the two are too far apart.
fn add_small(a: (i128, i32), b: (i128, i32)) -> Option<Finite> {
    if a.0 == 0 || b.0 == 0 {
        let (mantissa, exponent) = if a.0 == 0 { b } else { a };
        return Some(Finite::small(mantissa, exponent));
    }
    let ((high, high_exponent), (low, low_exponent)) = if a.1 < b.1 { (b, a) } else { (a, b) };
    let shift = (high_exponent - low_exponent) as u32;
    if 128 - high.unsigned_abs().leading_zeros() + shift > SMALL_BITS {
        return None;
    }
    let sum = (high << shift) + low;
    let odd = sum.unsigned_abs() >> sum.trailing_zeros().min(127);
    (odd >> SMALL_BITS == 0).then(|| Finite::small(sum, low_exponent))
}

fn negated(mut words: Wide) -> Wide {
    let mut carry = true;
    for word in &mut words {
        let (sum, over) = (!*word).overflowing_add(u64::from(carry));
        *word = sum;
        carry = over;
    }
    words
}

fn sign_and_magnitude(words: &Wide) -> (bool, Wide) {
    let negative = words.last().is_some_and(|top| top >> 63 == 1);
    (negative, if negative { negated(*words) } else { *words })
}

/// Positions of the lowest and highest bit that is set.
fn span(words: &Wide) -> Option<(u32, u32)> {
    let (low_at, low) = words.iter().enumerate().find(|(_, w)| **w != 0)?;
    let (high_at, high) = words.iter().enumerate().rfind(|(_, w)| **w != 0)?;
    Some((low_at as u32 * 64 + low.trailing_zeros(), high_at as u32 * 64 + 63 - high.leading_zeros()))
}

/// 128 bits from a position on.
fn bits_from(words: &Wide, from: u32) -> u128 {
    let word = |at: u32| u128::from(words.get(at as usize).copied().unwrap_or(0));
    let (at, bit) = (from / 64, from % 64);
    let low = word(at) | word(at + 1) << 64;
    if bit == 0 { low } else { low >> bit | word(at + 2) << (128 - bit) }
}

/// `magnitude * 2^exponent`, rounded to nearest even.
fn rounded(negative: bool, magnitude: u128, exponent: i32) -> f64 {
    if magnitude == 0 {
        return 0.0;
    }
    let bits = 128 - magnitude.leading_zeros() as i32;
    // The last place of the result: 53 bits below the top, or the smallest float.
    let last = (exponent + bits - 53).max(LOWEST);
    let drop = last - exponent;
    let (kept, scale) = if drop <= 0 {
        (magnitude, exponent)
    } else {
        // Magnitudes are below 2^127 and reach down to 2^-1074 at most, so no more than 74 bits go.
        let half = 1u128 << (drop - 1);
        let rest = magnitude & ((half << 1) - 1);
        let kept = magnitude >> drop;
        let up = rest > half || rest == half && kept & 1 == 1;
        (kept + u128::from(up), last)
    };
    let value = kept as f64 * power_of_two(scale);
    if negative { -value } else { value }
}

fn power_of_two(exponent: i32) -> f64 {
    match exponent {
        1024.. => f64::INFINITY,
        -1022..=1023 => f64::from_bits(((exponent + 1023) as u64) << 52),
        LOWEST..=-1023 => f64::from_bits(1 << (exponent - LOWEST)),
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sum(values: &[f64]) -> ExactSum {
        let mut sum = ExactSum::new(0.0);
        for value in values {
            sum.add(&ExactSum::new(*value));
        }
        sum
    }

    /// The shortest true thing: distil into non-overlapping parts with error-free additions, largest last, and round
    /// the parts once with a half-even correction. No overflow handling; the inputs stay moderate.
    fn oracle(values: &[f64]) -> f64 {
        let mut parts: Vec<f64> = Vec::new();
        for &value in values {
            let mut x = value;
            let mut kept = Vec::new();
            for &part in &parts {
                let (mut a, mut b) = (x, part);
                if a.abs() < b.abs() {
                    std::mem::swap(&mut a, &mut b);
                }
                let high = a + b;
                let low = b - (high - a);
                if low != 0.0 {
                    kept.push(low);
                }
                x = high;
            }
            kept.push(x);
            parts = kept;
        }
        let mut high = parts.pop().unwrap_or(0.0);
        let mut low = 0.0;
        while let Some(part) = parts.pop() {
            let x = high;
            high = x + part;
            low = part - (high - x);
            if low != 0.0 {
                break;
            }
        }
        if let Some(&next) = parts.last()
            && (low < 0.0 && next < 0.0 || low > 0.0 && next > 0.0)
        {
            let doubled = low * 2.0;
            let x = high + doubled;
            if doubled == x - high {
                high = x;
            }
        }
        high + 0.0
    }

    fn any_finite() -> impl Strategy<Value = f64> {
        prop_oneof![
            any::<i32>().prop_map(|cents| f64::from(cents) / 100.0),
            any::<f64>().prop_filter("finite and moderate", |x| x.is_finite() && x.abs() < 1e300),
            (any::<i8>(), -1074i32..900).prop_map(|(m, e)| f64::from(m) * power_of_two(e)),
            Just(-0.0),
            Just(5e-324),
            Just(1e16),
            Just(-1e16),
        ]
    }

    proptest! {
        #![proptest_config(lql_cases::cases(256))]

        #[test]
        fn a_sum_is_the_correctly_rounded_real_sum(values in prop::collection::vec(any_finite(), 0..40)) {
            prop_assert_eq!(sum(&values).value().to_bits(), oracle(&values).to_bits());
        }

        #[test]
        fn neither_order_nor_grouping_shows_in_the_state(
            values in prop::collection::vec(any_finite(), 0..30),
            cut in 0usize..30,
        ) {
            let whole = sum(&values);
            let mut backwards = values.clone();
            backwards.reverse();
            prop_assert_eq!(&sum(&backwards), &whole);
            let (left, right) = values.split_at(cut.min(values.len()));
            let mut grouped = sum(right);
            grouped.add(&sum(left));
            prop_assert_eq!(&grouped, &whole);
        }

        #[test]
        fn what_is_taken_back_leaves_no_trace(values in prop::collection::vec(any_finite(), 0..20)) {
            let mut total = sum(&values);
            for value in &values {
                total.add(&ExactSum::new(-value));
            }
            prop_assert_eq!(total, ExactSum::new(0.0));
        }

        #[test]
        fn a_sum_comes_back_from_its_bytes(values in prop::collection::vec(any_finite(), 0..20)) {
            let whole = sum(&values);
            let mut bytes = Vec::new();
            whole.put(&mut bytes);
            prop_assert_eq!(ExactSum::get(&bytes), Ok(whole));
        }
    }

    #[test]
    fn small_parts_survive_between_large_ones() {
        assert_eq!(sum(&[1e16, 0.1, -1e16, 1e-9]).value(), 0.100_000_001);
        assert_eq!(sum(&[1e300, 1.0, -1e300]).value(), 1.0);
        assert_eq!(sum(&[0.1; 10]).value(), 1.0);
    }

    #[test]
    fn ties_round_to_even_unless_something_stands_below() {
        let tie = [9_007_199_254_740_992.0, 1.0];
        assert_eq!(sum(&tie).value(), 9_007_199_254_740_992.0);
        assert_eq!(sum(&[tie[0], tie[1], 5e-324]).value(), 9_007_199_254_740_994.0);
    }

    #[test]
    fn large_sums_overflow_only_when_read() {
        assert_eq!(sum(&[f64::MAX, f64::MAX]).value(), f64::INFINITY);
        assert_eq!(sum(&[f64::MAX, f64::MAX, -f64::MAX]).value(), f64::MAX);
        assert_eq!(sum(&[f64::MIN, f64::MIN, 5e-324]).value(), f64::NEG_INFINITY);
        assert_eq!(sum(&[f64::MAX, f64::MAX, -f64::MAX, -5e-324]).value(), f64::MAX);
    }

    #[test]
    fn marks_stand_apart() {
        assert!(sum(&[1.0, f64::NAN]).value().is_nan());
        assert!(sum(&[f64::INFINITY, f64::NEG_INFINITY]).value().is_nan());
        assert_eq!(sum(&[f64::INFINITY, -1e308]).value(), f64::INFINITY);
    }
}
