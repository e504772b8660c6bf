//! Fragments: all contributions homed at one identity value, as bytes.
//!
//! ```text
//! created    12 bytes   time of the oldest event
//! modified   12 bytes   time of the newest event
//! events     varint
//! field …               ascending by id: id varint, form u8, [place of its stamp u16,] fold length varint, fold
//! stamp …    20 bytes   of the held values, ascending, each once
//! stamps     u16        how many
//! ```
//!
//! A profile's newest values mostly come from few events, so their stamps stand once, in order: comparing two stamps is
//! comparing two places. A change is a fragment of one event, hence there is one operation, [`merge()`], and it is
//! commutative and associative: `merge(a, b) == merge(b, a)`, bytes. [`check`] tells fragments from other bytes.

use std::cmp::Ordering;

use lql_compiler::schema::FieldId;
use lql_compiler::{Kind, Time, Value};

use crate::Change;
use crate::merge::atoms::{StampBytes, check_stamp, get_time, ordered_time, stamp_bytes, stamp_order};
use crate::merge::{self, FieldOp, Form, OpTable, Owned, second_is_held};
use crate::wire::{self, Reader, What, WireError, put_varint};

/// A field of a fragment.
#[derive(Clone, Copy, Debug)]
pub struct RawField<'b> {
    /// Which.
    pub id: FieldId,
    /// How it folds.
    pub form: Form,
    /// What it folded to.
    pub fold: &'b [u8],
    /// The place of its stamp, if its form holds one.
    stamp: u16,
    /// All of it, as it stands in the fragment.
    raw: &'b [u8],
}

/// A fragment, taken apart.
#[derive(Clone, Copy, Debug)]
pub struct Fragment<'b> {
    created: &'b [u8; 12],
    modified: &'b [u8; 12],
    /// How many events there were.
    pub events: u64,
    fields: Reader<'b>,
    stamps: &'b [StampBytes],
}

impl<'b> Fragment<'b> {
    /// Takes a fragment apart. What is inside of the fields is not looked at.
    pub fn open(bytes: &'b [u8]) -> Result<Self, WireError> {
        let (before, count) = bytes.split_last_chunk::<2>().ok_or(WireError::Short)?;
        let stamps = usize::from(u16::from_le_bytes(*count)) * size_of::<StampBytes>();
        let at = before.len().checked_sub(stamps).ok_or(WireError::Short)?;
        let (before, stamps) = before.split_at(at);
        let (created, rest) = before.split_first_chunk().ok_or(WireError::Short)?;
        let (modified, rest) = rest.split_first_chunk().ok_or(WireError::Short)?;
        let mut fields = Reader::new(rest);
        let events = fields.varint()?;
        Ok(Self { created, modified, events, fields, stamps: stamps.as_chunks().0 })
    }

    /// Time of the oldest event.
    pub fn created(&self) -> Time {
        get_time(self.created).unwrap_or_default()
    }

    /// Time of the newest event.
    pub fn modified(&self) -> Time {
        get_time(self.modified).unwrap_or_default()
    }

    /// The fields, ascending by id; ends early where the bytes are damaged.
    pub fn fields(&self) -> impl Iterator<Item = RawField<'b>> + use<'b> {
        let mut cursor = Cursor::new(self.fields);
        std::iter::from_fn(move || (cursor.advance() && !cursor.ended).then_some(cursor.field))
    }
}

/// Goes from field to field. It is told where it stands in place: handing fields out would copy them.
struct Cursor<'b> {
    rest: Reader<'b>,
    /// The field that it stands at.
    field: RawField<'b>,
    /// Whether it stands behind the last.
    ended: bool,
}

impl<'b> Cursor<'b> {
    /// Stands before the first field.
    fn new(fields: Reader<'b>) -> Self {
        let field = RawField { id: FieldId(0), form: Form::Count, fold: &[], stamp: 0, raw: &[] };
        Self { rest: fields, field, ended: false }
    }

    /// Goes to the next field; `false` if there is none, though there are bytes.
    #[inline]
    fn advance(&mut self) -> bool {
        if self.rest.is_empty() {
            self.ended = true;
            return true;
        }
        let start = self.rest;
        let (Ok(id), Ok(form)) = (self.rest.varint(), self.rest.byte()) else { return false };
        let (Ok(id), Ok(form)) = (u16::try_from(id), Form::from_byte(form)) else { return false };
        if form.is_held() {
            let Ok(stamp) = self.rest.array() else { return false };
            self.field.stamp = u16::from_le_bytes(stamp);
        }
        let Ok(fold) = self.rest.bytes() else { return false };
        self.field.id = FieldId(id);
        self.field.form = form;
        self.field.fold = fold;
        self.field.raw = start.passed(&self.rest);
        true
    }
}

/// A field's value at an instant; `None` if all elements of the collection are too old by then.
pub(crate) fn read(field: &RawField<'_>, ops: &OpTable, as_of: Time) -> Option<Owned> {
    let op = ops.field(field.id).filter(|op| op.form == field.form)?;
    merge::read(*op, field.fold, as_of)
}

/// The first instant after `after` at which an element is too old to be read.
pub(crate) fn expiry(field: &RawField<'_>, ops: &OpTable, after: Time) -> Option<Time> {
    let op = ops.field(field.id).filter(|op| op.form == field.form)?;
    merge::expiry(*op, field.fold, after)
}

/// Writes that value as JSON; `false` and nothing where there is none.
pub(crate) fn write_json(field: &RawField<'_>, ops: &OpTable, as_of: Time, out: &mut Vec<u8>) -> bool {
    let op = ops.field(field.id).filter(|op| op.form == field.form);
    op.is_some_and(|op| merge::write_json(*op, field.fold, as_of, out))
}

/// What writing and merging need besides their output, kept from one to the next.
#[derive(Clone, Debug, Default)]
pub struct Scratch {
    order: Order,
    stamps: Vec<StampBytes>,
    /// Where the stamps of either side are among `stamps`.
    places: [Vec<u16>; 2],
    /// Held fields in the output: where the place of their stamp stands, and that place among `stamps`.
    held: Vec<(usize, u16)>,
    /// For each of `stamps` its place in the output, if it is there.
    kept: Vec<u16>,
    spare: [Vec<u8>; 2],
}

/// Appends the fragment of one event.
pub fn put_change(change: &Change<'_>, ops: &OpTable, scratch: &mut Scratch, out: &mut Vec<u8>) {
    let mut order = std::mem::take(&mut scratch.order);
    let mut rest = order.fill(change.contributions.iter().map(|contribution| contribution.field));
    let start = out.len();
    put_part(change, ops, order.drain(), 1, out);
    // A field that several columns write is folded part by part.
    while !rest.is_empty() {
        let fields = |at: &u16| change.contributions.get(usize::from(*at)).map(|c| c.field);
        let places = std::mem::take(&mut rest);
        let again = order.fill(places.iter().filter_map(fields));
        let [mut part, mut merged] = std::mem::take(&mut scratch.spare);
        part.clear();
        merged.clear();
        let of_change = |(id, at): (FieldId, u16)| Some((id, *places.get(usize::from(at))?));
        put_part(change, ops, order.drain().filter_map(of_change), 0, &mut part);
        // Both are whole: nothing can fail.
        if merge(out.get(start..).unwrap_or_default(), &part, scratch, &mut merged).is_ok() {
            out.truncate(start);
            out.extend_from_slice(&merged);
        }
        scratch.spare = [part, merged];
        rest.extend(again.iter().filter_map(|at| places.get(usize::from(*at)).copied()));
    }
    scratch.order = order;
}

/// Contributions in the order of their fields. Fields are few and dense, so they are marked in a bit set, not sorted.
#[derive(Clone, Debug, Default)]
struct Order {
    marked: Vec<u64>,
    /// Per field that is marked: its place in the change.
    places: Vec<u16>,
}

impl Order {
    /// Takes the first place of every field, and gives the places that are left.
    fn fill(&mut self, fields: impl Iterator<Item = FieldId>) -> Vec<u16> {
        let mut left = Vec::new();
        for (field, at) in fields.zip(0u16..) {
            let field = usize::from(field.0);
            if field >= self.places.len() {
                self.places.resize(field + 1, 0);
                self.marked.resize(field / 64 + 1, 0);
            }
            let (Some(word), Some(place)) = (self.marked.get_mut(field / 64), self.places.get_mut(field))
            else {
                continue;
            };
            let bit = 1 << (field % 64);
            if *word & bit == 0 {
                *word |= bit;
                *place = at;
            } else {
                left.push(at);
            }
        }
        left
    }

    /// The fields in order, with their places; afterwards none is marked.
    fn drain(&mut self) -> impl Iterator<Item = (FieldId, u16)> + '_ {
        let places = &self.places;
        self.marked.iter_mut().enumerate().flat_map(move |(at, word)| {
            let mut bits = std::mem::take(word);
            std::iter::from_fn(move || {
                let bit = bits.trailing_zeros() as usize;
                bits &= bits.checked_sub(1)?;
                let field = at * 64 + bit;
                Some((FieldId(field as u16), places.get(field).copied().unwrap_or_default()))
            })
        })
    }
}

/// Appends a fragment of contributions whose fields ascend.
fn put_part(
    change: &Change<'_>,
    ops: &OpTable,
    order: impl Iterator<Item = (FieldId, u16)>,
    events: u64,
    out: &mut Vec<u8>,
) {
    let time = ordered_time(change.stamp.time);
    out.extend_from_slice(&time);
    out.extend_from_slice(&time);
    put_varint(out, events);
    let stamp = stamp_bytes(change.stamp);
    let mut holds = false;
    for (id, at) in order {
        let (Some(op), Some(contribution)) = (ops.field(id), change.contributions.get(usize::from(at)))
        else {
            continue;
        };
        if let Value::Text(text) = contribution.value
            && put_newest_text(id, op, text, out)
        {
            holds = true;
            continue;
        }
        let held = op.form.is_held();
        let written = put_field(id, op.form, held.then_some(0), out, |out| {
            merge::put_first(op, &stamp, contribution.value, out)
        });
        holds |= held && written;
    }
    if holds {
        out.extend_from_slice(&stamp);
    }
    out.extend_from_slice(&u16::from(holds).to_le_bytes());
}

/// What most contributions are: a text of which the newest stays, all lengths a byte. `false` if this is another.
#[inline]
fn put_newest_text(id: FieldId, op: &FieldOp, text: &str, out: &mut Vec<u8>) -> bool {
    let short = id.0 < 0x80 && text.len() < 0x7f;
    if !short || op.form != Form::Newest || op.kind != Kind::Text {
        return false;
    }
    let place = 0;
    out.extend_from_slice(&[
        id.0 as u8,
        op.form as u8,
        place,
        place,
        text.len() as u8 + 1,
        merge::value::TEXT,
    ]);
    out.extend_from_slice(text.as_bytes());
    true
}

/// Appends a field, unless there is nothing in it.
#[inline]
fn put_field(
    id: FieldId,
    form: Form,
    stamp: Option<u16>,
    out: &mut Vec<u8>,
    write: impl FnOnce(&mut Vec<u8>) -> bool,
) -> bool {
    let start = out.len();
    put_varint(out, u64::from(id.0));
    out.push(form as u8);
    if let Some(place) = stamp {
        out.extend_from_slice(&place.to_le_bytes());
    }
    let written = merge::value::put_sized(out, write);
    if !written {
        out.truncate(start);
    }
    written
}

/// Appends the fragment of all contributions of two. An error means that one of them is no fragment, or that the two
/// fold a field differently; then `out` may hold rubbish behind its end.
pub fn merge(a: &[u8], b: &[u8], scratch: &mut Scratch, out: &mut Vec<u8>) -> Result<(), WireError> {
    const DAMAGED: WireError = WireError::Invalid("field");
    let (left, right) = (Fragment::open(a)?, Fragment::open(b)?);
    if left.stamps.len() + right.stamps.len() > usize::from(u16::MAX) {
        return Err(WireError::Invalid("stamps"));
    }
    let earlier = if right.created() < left.created() { right.created } else { left.created };
    let later = if right.modified() > left.modified() { right.modified } else { left.modified };
    out.extend_from_slice(earlier);
    out.extend_from_slice(later);
    put_varint(out, left.events.saturating_add(right.events));
    scratch.join_stamps(left.stamps, right.stamps);
    scratch.held.clear();

    let (mut first, mut second) = (Cursor::new(left.fields), Cursor::new(right.fields));
    if !first.advance() || !second.advance() {
        return Err(DAMAGED);
    }
    loop {
        let order = match (first.ended, second.ended) {
            (false, false) => first.field.id.cmp(&second.field.id),
            (false, true) => Ordering::Less,
            (true, false) => Ordering::Greater,
            (true, true) => return scratch.put_stamps(out),
        };
        match order {
            Ordering::Equal => scratch.put_both(&first.field, &second.field, out)?,
            Ordering::Less => scratch.put_one(&first.field, 0, out)?,
            Ordering::Greater => scratch.put_one(&second.field, 1, out)?,
        }
        if (order.is_le() && !first.advance()) || (order.is_ge() && !second.advance()) {
            return Err(DAMAGED);
        }
    }
}

impl Scratch {
    /// Joins two ascending lists of stamps.
    fn join_stamps(&mut self, a: &[StampBytes], b: &[StampBytes]) {
        self.stamps.clear();
        let [from_a, from_b] = &mut self.places;
        from_a.clear();
        from_b.clear();
        let (mut left, mut right) = (a.iter().peekable(), b.iter().peekable());
        loop {
            let order = match (left.peek(), right.peek()) {
                (Some(x), Some(y)) => stamp_order(x).cmp(&stamp_order(y)),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => return,
            };
            let place = self.stamps.len() as u16;
            let mut next = None;
            if order.is_le() {
                next = left.next();
                from_a.push(place);
            }
            if order.is_ge() {
                next = right.next();
                from_b.push(place);
            }
            self.stamps.extend(next);
        }
    }

    /// Where the stamp of a field of one side is among all stamps.
    #[inline]
    fn place(&self, field: &RawField<'_>, side: usize) -> Result<u16, WireError> {
        let place = self.places.get(side).and_then(|places| places.get(usize::from(field.stamp)));
        place.copied().ok_or(WireError::Invalid("stamp"))
    }

    /// Appends a field that only one side has.
    #[inline]
    fn put_one(&mut self, field: &RawField<'_>, side: usize, out: &mut Vec<u8>) -> Result<(), WireError> {
        if field.form.is_held() {
            let place = self.place(field, side)?;
            self.hold(field, place, out);
        }
        out.extend_from_slice(field.raw);
        Ok(())
    }

    /// The field that is appended next holds this stamp: it stands behind its id and its form.
    #[inline]
    fn hold(&mut self, field: &RawField<'_>, place: u16, out: &[u8]) {
        let id_length = if field.id.0 < 0x80 { 1 } else { 1 + usize::from(field.id.0 >= 0x4000) + 1 };
        self.held.push((out.len() + id_length + 1, place));
    }

    /// Appends a field that both sides have.
    #[inline]
    fn put_both(&mut self, x: &RawField<'_>, y: &RawField<'_>, out: &mut Vec<u8>) -> Result<(), WireError> {
        if x.form != y.form {
            return Err(WireError::Invalid("merge operator"));
        }
        if x.form.is_held() {
            let (of_x, of_y) = (self.place(x, 0)?, self.place(y, 1)?);
            let second = second_is_held(x.form, of_y.cmp(&of_x), x.fold, y.fold);
            let (field, place) = if second { (y, of_y) } else { (x, of_x) };
            self.hold(field, place, out);
            out.extend_from_slice(field.raw);
            return Ok(());
        }
        let mut merged = Ok(());
        put_field(x.id, x.form, None, out, |out| {
            merged = merge::merge(x.form, x.fold, y.fold, out);
            true
        });
        merged
    }

    /// Appends the stamps that are still held, and tells the fields their places.
    fn put_stamps(&mut self, out: &mut Vec<u8>) -> Result<(), WireError> {
        const UNUSED: u16 = u16::MAX;
        self.kept.clear();
        self.kept.resize(self.stamps.len(), UNUSED);
        for (_, place) in &self.held {
            if let Some(kept) = self.kept.get_mut(usize::from(*place)) {
                *kept = 0;
            }
        }
        let mut count = 0u16;
        for (kept, stamp) in self.kept.iter_mut().zip(&self.stamps) {
            if *kept != UNUSED {
                *kept = count;
                count = count.checked_add(1).ok_or(WireError::Invalid("stamp"))?;
                out.extend_from_slice(stamp);
            }
        }
        out.extend_from_slice(&count.to_le_bytes());
        for (at, place) in &self.held {
            let kept = self.kept.get(usize::from(*place)).copied().unwrap_or_default();
            if let Some(bytes) = out.get_mut(*at..*at + 2) {
                bytes.copy_from_slice(&kept.to_le_bytes());
            }
        }
        Ok(())
    }
}

/// Puts a fragment into an envelope, with the hash of the operators that it was made under.
pub fn seal(fragment: &[u8], ops: &OpTable) -> Vec<u8> {
    wire::seal(What::Fragment, ops.hash(), fragment)
}

/// Takes a fragment out of its envelope; the hash of its operators stands beside it. Anything else is an error.
pub fn unseal(bytes: &[u8]) -> Result<(u64, &[u8]), WireError> {
    let opened = wire::open(bytes, What::Fragment)?;
    check(opened.payload)?;
    Ok((opened.table_hash, opened.payload))
}

/// Merges two fragments in envelopes. It needs neither program nor schema, and gives the same bytes whichever comes first.
pub fn merge_sealed(a: &[u8], b: &[u8]) -> Result<Vec<u8>, WireError> {
    let ((hash, a), (other, b)) = (unseal(a)?, unseal(b)?);
    if hash != other {
        return Err(WireError::Invalid("operators: made under another schema"));
    }
    let mut out = Vec::with_capacity(a.len() + b.len());
    merge(a, b, &mut Scratch::default(), &mut out)?;
    Ok(wire::seal(What::Fragment, hash, &out))
}

/// Whether bytes are a fragment, in the one way to write it.
pub fn check(bytes: &[u8]) -> Result<(), WireError> {
    let fragment = Fragment::open(bytes)?;
    let times = (get_time(fragment.created), get_time(fragment.modified));
    let (Some(created), Some(modified)) = times else { return Err(WireError::Invalid("time")) };
    if created > modified || fragment.events == 0 {
        return Err(WireError::Invalid("fragment"));
    }
    for stamp in fragment.stamps {
        check_stamp(&mut Reader::new(stamp))?;
    }
    if !fragment.stamps.is_sorted_by(|a, b| a < b) {
        return Err(WireError::Invalid("order"));
    }
    let mut used = vec![false; fragment.stamps.len()];
    let mut cursor = Cursor::new(fragment.fields);
    let mut last = None;
    loop {
        if !cursor.advance() {
            return Err(WireError::Invalid("field"));
        }
        if cursor.ended {
            break;
        }
        let field = &cursor.field;
        if last.is_some_and(|last| last >= field.id) {
            return Err(WireError::Invalid("order"));
        }
        last = Some(field.id);
        merge::check(field.form, field.fold)?;
        if field.form.is_held() {
            *used.get_mut(usize::from(field.stamp)).ok_or(WireError::Invalid("stamp"))? = true;
        }
    }
    if used.contains(&false) {
        return Err(WireError::Invalid("stamp"));
    }
    Ok(())
}
