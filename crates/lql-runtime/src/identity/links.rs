//! The links that one identity value keeps, as a value of its own: to be sent, stored and merged as bytes.
//!
//! ```text
//! count  links in order  rest
//! link   seconds (zigzag the first, then distance to the one before)  nanos  id u64 LE  rank  field  text
//! rest   0, or 1 and 256 registers of a sketch of all links there were
//! ```
//!
//! All numbers are varints but the id. The envelope is that of [`wire`](crate::wire), without a table hash. A link set
//! is a function of the set of links it has seen, and equal ones have equal bytes.

use ecow::EcoString;
use lql_compiler::Time;
use lql_compiler::schema::FieldId;

use super::identity_hash;
use super::sketch::Sketch;
use crate::wire::{self, Reader, What, WireError, put_signed, put_text, put_varint};
use crate::{Identity, Stamp};

/// The first N links of an identity value, and about how many more there were.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LinkSet {
    /// In order.
    links: Vec<KeptLink>,
    /// All that it has seen, since there have been more than it keeps.
    all: Option<Box<Sketch>>,
}

/// One end of a link, for the other end to keep. The order is that of links at one end.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct KeptLink {
    first: Stamp,
    rank: u16,
    field: u16,
    value: EcoString,
}

impl KeptLink {
    fn identity(&self) -> Identity<'_> {
        Identity { field: FieldId(self.field), value: &self.value }
    }

    fn hash(&self) -> u64 {
        identity_hash(self.identity())
    }
}

/// The union of two encoded link sets of the same identity value, cut to `limit` links.
pub fn merge_links(a: &[u8], b: &[u8], limit: usize) -> Result<Vec<u8>, WireError> {
    let mut links = LinkSet::decode(a)?;
    links.merge(LinkSet::decode(b)?, limit);
    Ok(links.encode())
}

impl LinkSet {
    /// How many links are kept.
    pub fn len(&self) -> usize {
        self.links.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.links.is_empty()
    }

    /// The other ends in order: the rank of the field, the identity value, the stamp of the first event with both.
    pub fn iter(&self) -> impl Iterator<Item = (u16, Identity<'_>, Stamp)> {
        self.links.iter().map(|link| (link.rank, link.identity(), link.first))
    }

    /// How many more different links there were than are kept; an estimate, 0 only if there were none.
    pub fn rest(&self) -> u64 {
        self.all.as_ref().map_or(0, |all| all.count().saturating_sub(self.links.len() as u64).max(1))
    }

    /// A link was seen. The limit is the same for all that is ever merged.
    pub fn note(&mut self, rank: u16, other: Identity<'_>, first: Stamp, limit: usize) {
        self.insert(KeptLink { first, rank, field: other.field.0, value: other.value.into() }, limit);
    }

    /// All that another link set of the same identity value has seen.
    pub fn merge(&mut self, other: Self, limit: usize) {
        if let Some(theirs) = &other.all {
            self.sketch().merge(theirs);
        }
        other.links.into_iter().for_each(|link| self.insert(link, limit));
    }

    fn insert(&mut self, link: KeptLink, limit: usize) {
        if let Some(at) = self.links.iter().position(|known| known.identity() == link.identity()) {
            if self.links.get(at).is_some_and(|known| *known <= link) {
                return;
            }
            self.links.remove(at);
        }
        if let Some(all) = &mut self.all {
            all.add(link.hash());
        }
        let at = self.links.partition_point(|known| *known < link);
        self.links.insert(at, link);
        if self.links.len() > limit {
            self.sketch();
            self.links.truncate(limit);
        }
    }

    /// The sketch, which from now on there is.
    fn sketch(&mut self) -> &mut Sketch {
        self.all.get_or_insert_with(|| {
            let mut all = Box::<Sketch>::default();
            self.links.iter().for_each(|link| all.add(link.hash()));
            all
        })
    }

    /// As bytes, in their envelope.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        put_varint(&mut out, self.links.len() as u64);
        let mut before: Option<i64> = None;
        for link in &self.links {
            let seconds = link.first.time.seconds();
            match before {
                None => put_signed(&mut out, seconds),
                Some(before) => put_varint(&mut out, (seconds - before) as u64),
            }
            before = Some(seconds);
            put_varint(&mut out, u64::from(link.first.time.nanos()));
            out.extend(link.first.id.to_le_bytes());
            put_varint(&mut out, u64::from(link.rank));
            put_varint(&mut out, u64::from(link.field));
            put_text(&mut out, &link.value);
        }
        out.push(u8::from(self.all.is_some()));
        out.extend(self.all.iter().flat_map(|all| all.registers()));
        wire::seal(What::Links, 0, &out)
    }

    /// From what [`LinkSet::encode`] gave.
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let opened = wire::open(bytes, What::Links)?;
        if opened.table_hash != 0 {
            return Err(WireError::Invalid("table hash"));
        }
        let mut reader = Reader::new(opened.payload);
        let count = reader.count()?;
        let mut links = Vec::with_capacity(count);
        let mut before: Option<i64> = None;
        for _ in 0..count {
            let link = read_link(&mut reader, before)?;
            before = Some(link.first.time.seconds());
            links.push(link);
        }
        let all = match reader.byte()? {
            0 => None,
            1 => {
                let sketch = Sketch::from_registers(reader.array()?).ok_or(WireError::Invalid("sketch"))?;
                Some(Box::new(sketch))
            }
            _ => return Err(WireError::Invalid("rest")),
        };
        reader.finish()?;
        let set = Self { links, all };
        set.is_lawful().then_some(set).ok_or(WireError::Invalid("link set"))
    }

    /// Whether it could have come from seeing links: in order, each identity value once, all of them in the sketch.
    fn is_lawful(&self) -> bool {
        let is_in_order = self.links.is_sorted_by(|x, y| x < y);
        let mut values: Vec<_> = self.links.iter().map(KeptLink::identity).collect();
        values.sort_unstable();
        let is_once = values.is_sorted_by(|x, y| x < y);
        let is_in_sketch = |all: &Sketch| self.links.iter().all(|link| all.may_contain(link.hash()));
        is_in_order && is_once && self.all.as_deref().is_none_or(is_in_sketch)
    }
}

fn read_link(reader: &mut Reader<'_>, before: Option<i64>) -> Result<KeptLink, WireError> {
    let seconds = match before {
        None => Some(reader.signed()?),
        Some(before) => before.checked_add_unsigned(reader.varint()?),
    };
    let nanos = reader.small()?;
    let time = seconds.and_then(|seconds| Time::new(seconds, nanos)).ok_or(WireError::Invalid("time"))?;
    let first = Stamp { time, id: u64::from_le_bytes(reader.array()?) };
    Ok(KeptLink { first, rank: reader.small()?, field: reader.small()?, value: reader.text()?.into() })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::identity::tests::stamp;

    const LIMIT: usize = 4;

    fn noted(links: &[(u16, u8, i64)]) -> LinkSet {
        let mut set = LinkSet::default();
        for (field, value, at) in links {
            let value = format!("v{value}");
            // The worst fields by number are the best by rank.
            set.note(9 - field, Identity { field: FieldId(*field), value: &value }, stamp(*at), LIMIT);
        }
        set
    }

    fn links() -> impl Strategy<Value = Vec<(u16, u8, i64)>> {
        prop::collection::vec((0u16..3, 0u8..6, -4i64..8), 0..14)
    }

    /// Version 1, for ever: these bytes must stay readable, and be written so.
    #[test]
    fn the_bytes_of_version_1_stay_the_same() {
        let few = noted(&[(1, 0, -3), (0, 2, 5), (2, 1, 5)]);
        let many = noted(&[(1, 0, -3), (0, 2, 5), (2, 1, 5), (2, 2, 7), (2, 3, 8), (2, 4, 9)]);
        let mut precise = LinkSet::default();
        let first = Stamp { time: Time::new(1_700_000_000, 123_456_789).unwrap(), id: u64::MAX };
        precise.note(300, Identity { field: FieldId(u16::MAX), value: "Zoë@example.com" }, first, LIMIT);
        let hex = |set: &LinkSet| {
            let digits: Vec<_> = set.encode().iter().map(|byte| format!("{byte:02x}")).collect();
            digits.concat()
        };
        let golden: Vec<&str> = include_str!("links-v1.hex").lines().collect();
        assert_eq!([&LinkSet::default(), &few, &many, &precise].map(hex).as_slice(), golden);
        for (line, set) in golden.iter().zip([LinkSet::default(), few, many, precise]) {
            let byte = |at| u8::from_str_radix(&line[at..at + 2], 16).unwrap();
            let bytes: Vec<u8> = (0..line.len()).step_by(2).map(byte).collect();
            assert_eq!(LinkSet::decode(&bytes), Ok(set));
        }
    }

    #[test]
    fn the_first_links_stay_and_the_rest_is_counted() {
        let set = noted(&[(0, 0, 5), (0, 1, 4), (0, 2, 3), (0, 3, 2), (0, 4, 1), (0, 0, 5), (0, 4, 9)]);
        let kept: Vec<_> = set.iter().map(|(_, other, first)| (other.value, first.time.seconds())).collect();
        assert_eq!(kept, [("v4", 1), ("v3", 2), ("v2", 3), ("v1", 4)]);
        assert_eq!((set.len(), set.rest()), (4, 1));
        assert_eq!(noted(&[(0, 0, 5)]).rest(), 0);
    }

    /// A payload in a good envelope is still not believed.
    #[test]
    fn what_no_link_set_is_written_as_is_refused() {
        let decode = |payload: &[u8]| LinkSet::decode(&wire::seal(What::Links, 0, payload));
        let link = |seconds: u8, text: &[u8]| {
            [&[seconds, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, text.len() as u8], text].concat()
        };
        let sealed = |links: &[Vec<u8>]| [&[links.len() as u8], links.concat().as_slice(), &[0]].concat();
        assert!(decode(&sealed(&[link(2, b"a"), link(0, b"b")])).is_ok());
        let unlawful = Err(WireError::Invalid("link set"));
        assert_eq!(decode(&sealed(&[link(2, b"b"), link(0, b"a")])), unlawful, "order");
        assert_eq!(decode(&sealed(&[link(2, b"a"), link(1, b"a")])), unlawful, "twice");
        let registers = [&[1], link(2, b"a").as_slice(), &[1], &[0; 256]].concat();
        assert_eq!(decode(&registers), unlawful, "sketch");
        assert_eq!(decode(&sealed(&[link(2, b"\xff")])), Err(WireError::Invalid("text")));
        assert_eq!(decode(&[0, 0, 0]), Err(WireError::Long));
        assert_eq!(decode(&[0, 2]), Err(WireError::Invalid("rest")));
        assert_eq!(decode(&[9, 0]), Err(WireError::Short));
        assert_eq!(
            LinkSet::decode(&wire::seal(What::Links, 1, &[0, 0])),
            Err(WireError::Invalid("table hash"))
        );
        assert_eq!(LinkSet::decode(&wire::seal(What::State, 0, &[0, 0])), Err(WireError::What(4)));
    }

    proptest! {
        #[test]
        fn bytes_come_back(links in links()) {
            let set = noted(&links);
            let bytes = set.encode();
            let again = LinkSet::decode(&bytes);
            prop_assert_eq!(again.as_ref(), Ok(&set));
            prop_assert_eq!(again.unwrap().encode(), bytes);
        }

        #[test]
        fn neither_order_nor_repetition_nor_parts_show(
            (links, shuffled) in links().prop_flat_map(|links| {
                let twice: Vec<_> = links.iter().chain(links.iter().take(5)).copied().collect();
                (Just(links), Just(twice).prop_shuffle())
            }),
            cut in any::<prop::sample::Index>(),
        ) {
            let whole = noted(&links).encode();
            prop_assert_eq!(&noted(&shuffled).encode(), &whole);
            let (left, right) = shuffled.split_at(cut.index(shuffled.len() + 1));
            let parts = merge_links(&noted(left).encode(), &noted(right).encode(), LIMIT);
            prop_assert_eq!(parts, Ok(whole));
        }

        #[test]
        fn merging_is_a_union(a in links(), b in links(), c in links()) {
            let [a, b, c] = [a, b, c].map(|links| noted(&links).encode());
            let merge = |a: &[u8], b: &[u8]| merge_links(a, b, LIMIT).unwrap();
            prop_assert_eq!(merge(&a, &b), merge(&b, &a));
            prop_assert_eq!(merge(&merge(&a, &b), &c), merge(&a, &merge(&b, &c)));
            prop_assert_eq!(&merge(&a, &a), &a);
            prop_assert_eq!(&merge(&a, &LinkSet::default().encode()), &a);
        }

        #[test]
        fn damage_is_an_error(links in links(), at in any::<prop::sample::Index>(), bit in 0..8u32) {
            let mut bytes = noted(&links).encode();
            let at = at.index(bytes.len());
            prop_assert!(LinkSet::decode(&bytes[..at]).is_err());
            bytes[at] ^= 1 << bit;
            prop_assert!(LinkSet::decode(&bytes).is_err());
        }

        /// As if the checksum had been made after the damage.
        #[test]
        fn what_decodes_at_all_encodes_to_the_same_bytes(
            links in links(),
            damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..3),
            cut in any::<prop::sample::Index>(),
            cuts in any::<bool>(),
        ) {
            let bytes = noted(&links).encode();
            let mut payload = wire::open(&bytes, What::Links).unwrap().payload.to_vec();
            for (at, byte) in damage {
                let at = at.index(payload.len());
                payload[at] = byte;
            }
            if cuts {
                payload.truncate(cut.index(payload.len()));
            }
            let bytes = wire::seal(What::Links, 0, &payload);
            if let Ok(set) = LinkSet::decode(&bytes) {
                prop_assert_eq!(&set.encode(), &bytes);
                prop_assert_eq!(merge_links(&bytes, &bytes, set.len()), Ok(bytes));
            }
        }

        #[test]
        fn noise_does_no_harm(payload in prop::collection::vec(any::<u8>(), 0..60)) {
            let bytes = wire::seal(What::Links, 0, &payload);
            if let Ok(set) = LinkSet::decode(&bytes) {
                prop_assert_eq!(set.encode(), bytes);
            }
            prop_assert!(LinkSet::decode(&payload).is_err());
        }
    }
}
