//! The order in which the members of one object came so far: a guess at the next one.
//!
//! The events of a stream have their members in nearly the same order, and whatever wrote them puts the same white space
//! around them. So all that stands before a value, `"name":`, is compared in one go with what should follow, before it is
//! scanned and looked up. A wrong guess costs time only.

use super::switch::Child;
use wide::u8x16;

/// Members of one object in the order in which they came.
#[derive(Clone, Debug, Default)]
pub(super) struct Order {
    members: Vec<Member>,
    objects: u64,
    misses: u64,
}

/// What stands before a member's value as written: the name in its quotes, the colon, white space around them.
#[derive(Clone, Debug)]
pub(super) struct Member {
    written: [u8x16; 2],
    /// One bit for each byte of it.
    mask: u32,
    /// How many bytes it has.
    pub len: usize,
    /// Where in it the name stands.
    pub name: (usize, usize),
    /// What is wanted of the value.
    pub child: Child,
}

/// How much of what stands before a value is remembered, in bytes. Longer ones are scanned every time.
const LEN: usize = 32;
/// How many members of one object are remembered.
const MEMBERS: usize = 256;
/// How many members, optional ones that are absent, a guess steps over.
const STEPS: usize = 8;
/// Wrong guesses that say nothing about the stream: so many at first, and so many more in each object.
const PATIENCE: (u64, u64) = (256, 1);

impl Order {
    /// An object begins.
    #[inline]
    pub fn begin(&mut self) {
        self.objects += 1;
    }

    /// The member at `at`, if it is one of those that should follow. `next` is the place where members are expected, 0 for
    /// the first of an object.
    #[expect(clippy::inline_always, reason = "called in one place, for every member")]
    #[inline(always)]
    pub fn guess(&self, bytes: &[u8], at: usize, next: &mut usize) -> Option<&Member> {
        let piece: &[u8; LEN] = bytes.get(at..)?.first_chunk()?;
        let [low, high] = halves(piece);
        for (step, member) in self.members.get(*next..)?.iter().enumerate().take(STEPS) {
            let [first, second] = member.written;
            let missing = member.mask & !low.simd_eq(first).to_bitmask();
            if missing & 0xffff != 0 {
                continue;
            }
            if member.len <= 16 || (missing >> 16) & !high.simd_eq(second).to_bitmask() == 0 {
                *next += step + 1;
                return Some(member);
            }
        }
        None
    }

    /// After a wrong guess: remembers the member that came at `next`. `name` is where in `written` its name stands.
    #[inline(never)]
    pub fn learn(&mut self, written: &[u8], name: (usize, usize), child: Child, next: &mut usize) {
        if written.len() > LEN {
            return;
        }
        self.misses += 1;
        if self.misses > PATIENCE.0 + PATIENCE.1 * self.objects {
            self.members.clear();
            return;
        }
        let mut padded = [0; LEN];
        padded.iter_mut().zip(written).for_each(|(to, byte)| *to = *byte);
        let halves = halves(&padded);
        if let Some(known) = self.members.iter().position(|member| member.written == halves) {
            *next = known + 1;
        } else if self.members.len() < MEMBERS && *next <= self.members.len() {
            let mask = u32::MAX >> (LEN - written.len());
            self.members.insert(*next, Member { written: halves, mask, len: written.len(), name, child });
            *next += 1;
        }
    }
}

#[inline]
fn halves(piece: &[u8; LEN]) -> [u8x16; 2] {
    // The length is two times sixteen, so neither is missing.
    let half = |at: usize| piece.get(at..).and_then(|half| half.first_chunk()).copied().unwrap_or_default();
    [u8x16::new(half(0)), u8x16::new(half(16))]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Which of these members, one letter each, an order foretells; it learns the others.
    fn read(order: &mut Order, members: &str) -> String {
        let mut next = 0;
        order.begin();
        let foretold = members.chars().map(|name| {
            let written = format!("\"{name}\":");
            let bytes = format!("{written}1{:40}", "");
            let known = order.guess(bytes.as_bytes(), 0, &mut next).is_some();
            if !known {
                order.learn(written.as_bytes(), (1, 2), Child::NONE, &mut next);
            }
            if known { name } else { '-' }
        });
        foretold.collect()
    }

    #[test]
    fn optional_members_find_their_place() {
        let mut order = Order::default();
        assert_eq!(read(&mut order, "abd"), "---");
        assert_eq!(read(&mut order, "abcd"), "ab-d");
        assert_eq!(read(&mut order, "ad"), "ad");
        assert_eq!(read(&mut order, "abcd"), "abcd");
        assert_eq!(read(&mut order, "cab"), "c-b");
    }

    #[test]
    fn an_order_that_keeps_changing_is_given_up() {
        let mut order = Order::default();
        let names = "abcdefghijklmnopqrst";
        let backwards: String = names.chars().rev().collect();
        for _ in 0..100 {
            read(&mut order, names);
            read(&mut order, &backwards);
        }
        assert_eq!(read(&mut order, names), "-".repeat(20));
    }
}
