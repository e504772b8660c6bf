//! Numbered things that come and go.

use std::ops::{Index, IndexMut};

/// Things by number. A number is used again after its thing was removed; the owner removes the last mention first.
#[derive(Clone, Debug)]
pub(super) struct Arena<T> {
    slots: Vec<T>,
    free: Vec<u32>,
}

impl<T> Default for Arena<T> {
    fn default() -> Self {
        Self { slots: Vec::new(), free: Vec::new() }
    }
}

impl<T: Default> Arena<T> {
    pub(super) fn insert(&mut self, thing: T) -> u32 {
        if let Some(number) = self.free.pop() {
            self[number] = thing;
            return number;
        }
        self.slots.push(thing);
        self.slots.len() as u32 - 1
    }

    pub(super) fn remove(&mut self, number: u32) -> T {
        self.free.push(number);
        std::mem::take(&mut self[number])
    }

    /// How many numbers were ever given out.
    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }

    /// With the default in the place of what was removed.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, &T)> {
        (0..).zip(&self.slots)
    }
}

impl<T> Index<u32> for Arena<T> {
    type Output = T;

    #[expect(clippy::indexing_slicing, reason = "numbers come from `insert` only, and slots never go")]
    fn index(&self, number: u32) -> &T {
        &self.slots[number as usize]
    }
}

impl<T> IndexMut<u32> for Arena<T> {
    #[expect(clippy::indexing_slicing, reason = "numbers come from `insert` only, and slots never go")]
    fn index_mut(&mut self, number: u32) -> &mut T {
        &mut self.slots[number as usize]
    }
}
