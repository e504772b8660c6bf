//! What the keys of a stream are for: its time, its message id, who it is about; the rest says something about them.

use super::words::{any, ends, field_name, spelled, words};
use crate::stats::{KeyStats, Shape, StreamStats};

/// A stream, its keys told apart.
#[derive(Debug)]
pub struct StreamDraft<'s> {
    /// What is known of it.
    pub stats: &'s StreamStats,
    /// The key of the event time.
    pub time: Option<&'s str>,
    /// The key of the message id.
    pub id: Option<&'s str>,
    /// Keys that may tell who an event is about.
    pub candidates: Vec<Candidate<'s>>,
}

/// A key that may be an identity.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'s> {
    /// The key.
    pub key: &'s str,
    /// What is known of it.
    pub stats: &'s KeyStats,
    /// Which sort of identity.
    pub class: Class,
}

/// Sorts of identities, best rank first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// The number that the business gave a person.
    Number,
    /// An e-mail address.
    Email,
    /// The hash of one.
    EmailHash,
    /// A telephone number in the international form.
    Phone,
    /// A browser or a device, of which people have several.
    Cookie,
    /// Nothing else tells events apart.
    Fallback,
}

/// Words of streams whose events are the state of a person.
const PEOPLE: [&str; 16] = [
    "crm",
    "user",
    "users",
    "customer",
    "customers",
    "contact",
    "contacts",
    "people",
    "person",
    "persons",
    "member",
    "members",
    "profile",
    "profiles",
    "subscriber",
    "subscribers",
];
/// Numbers of persons, written in one word.
const NUMBERS: [&str; 8] =
    ["userid", "customerid", "memberid", "clientid", "uid", "crmid", "personid", "contactid"];
/// Words of what is never an identity: it names things, places and amounts, or many people share it.
const NEVER: [&str; 47] = [
    "name",
    "firstname",
    "lastname",
    "first",
    "last",
    "street",
    "city",
    "country",
    "region",
    "state",
    "zip",
    "postcode",
    "postal",
    "ip",
    "ua",
    "agent",
    "price",
    "amount",
    "total",
    "sum",
    "qty",
    "quantity",
    "count",
    "discount",
    "sales",
    "revenue",
    "url",
    "page",
    "title",
    "referrer",
    "referer",
    "product",
    "sku",
    "item",
    "items",
    "order",
    "category",
    "session",
    "event",
    "campaign",
    "lang",
    "language",
    "company",
    "store",
    "os",
    "browser",
    "status",
];

impl<'s> StreamDraft<'s> {
    /// Tells the keys of a stream apart.
    pub fn new(stats: &'s StreamStats) -> Self {
        let mut draft = Self { stats, time: None, id: None, candidates: Vec::new() };
        draft.time = draft.best(time_score);
        draft.id = draft.best(id_score);
        draft.candidates = draft.keys().filter_map(|(key, known)| draft.candidate(key, known)).collect();
        draft.keep_one_address();
        // Identities that not every event has may leave events without any.
        let covered = draft.candidates.iter().map(|it| it.stats.events).max().unwrap_or_default();
        if covered < stats.events {
            let more = draft.fallback(covered);
            draft.candidates.extend(more);
        }
        draft
    }

    /// Whether an event is the state of a person, not something that happened.
    pub fn is_of_people(&self) -> bool {
        any(&words(&self.stats.stream), &PEOPLE)
    }

    /// Keys with values that a query can spell.
    pub fn keys(&self) -> impl Iterator<Item = (&'s str, &'s KeyStats)> + use<'s> {
        let keys = self.stats.keys.iter().filter(|(_, known)| known.events > 0);
        keys.map(|(key, known)| (key.as_str(), known)).filter(|(key, _)| spelled(key).is_some())
    }

    /// The key with the best score above zero; of equals the first by name.
    fn best(&self, score: impl Fn(&Self, &str, &KeyStats) -> u32) -> Option<&'s str> {
        let mut best = None;
        for (key, known) in self.keys() {
            let score = score(self, key, known);
            if score > best.map_or(0, |(score, _)| score) {
                best = Some((score, key));
            }
        }
        best.map(|(_, key)| key)
    }

    fn is_in_all(&self, known: &KeyStats) -> bool {
        known.events == self.stats.events && known.lists == 0 && known.elements == 0
    }

    fn candidate(&self, key: &'s str, known: &'s KeyStats) -> Option<Candidate<'s>> {
        if Some(key) == self.time || Some(key) == self.id || known.elements > 0 {
            return None;
        }
        let class = self.class(key, known)?;
        // What is the same in all of many events tells nobody apart.
        let is_constant =
            known.distinct.count() == 1 && self.stats.events >= 20 && known.events * 2 > self.stats.events;
        (!is_constant).then_some(Candidate { key, stats: known, class })
    }

    fn class(&self, key: &str, known: &KeyStats) -> Option<Class> {
        let words = words(key);
        let mostly = |shape| known.shaped(|it| it == shape) * 10 >= known.values * 8;
        let is_word = known.all(|shape| {
            matches!(
                shape,
                Shape::Int | Shape::IntText | Shape::Word | Shape::Uuid | Shape::Hash | Shape::Phone
            )
        });
        if mostly(Shape::Email) {
            let of_others = [
                "friend",
                "recipient",
                "sender",
                "invited",
                "support",
                "seller",
                "agent",
                "manager",
                "owner",
            ];
            return (!any(&words, &of_others) && known.lists == 0).then_some(Class::Email);
        }
        if mostly(Shape::Hash) && any(&words, &["email", "mail"]) {
            return Some(Class::EmailHash);
        }
        if any(&words, &["phone", "mobile", "tel", "telephone", "msisdn", "cell"]) {
            // Without the sign of a country, the same number is another telephone in another country.
            let international =
                mostly(Shape::Phone) && known.texts.as_ref().is_some_and(|(_, last)| last.starts_with('+'));
            return (international && known.lists == 0).then_some(Class::Phone);
        }
        if !is_word || known.is_bool() {
            return None;
        }
        let names_one = ends(&words, &["id", "ids", "uid", "key", "uuid", "guid", "hash", "code"]);
        if any(&words, &["cookie", "cookies", "anonymousid", "ga", "fbp", "idfa", "gaid", "aaid", "adid"])
            || (names_one
                && any(&words, &["anonymous", "visitor", "device", "browser", "anon", "installation"]))
        {
            return Some(Class::Cookie);
        }
        if known.lists > 0 {
            return None;
        }
        let of_person = any(
            &words,
            &[
                "customer",
                "user",
                "member",
                "client",
                "contact",
                "person",
                "subscriber",
                "crm",
                "login",
                "profile",
            ],
        );
        let is_number = names_one || ends(&words, &["no", "nr", "number", "ref"]);
        let of_stream = self.is_of_people() && words == ["id"];
        let is_bare = matches!(words.as_slice(), [one] if NUMBERS.contains(&one.as_str()));
        (is_bare || of_stream || (of_person && is_number && !any(&words, &["session", "order", "type"])))
            .then_some(Class::Number)
    }

    /// Of several addresses of one event one is that of the person; the others stay values.
    fn keep_one_address(&mut self) {
        for class in [Class::Email, Class::EmailHash, Class::Phone] {
            let of_class = self.candidates.iter().filter(|it| it.class == class);
            // The shortest name is the plainest; of equals that of more events.
            let best = of_class.min_by_key(|it| {
                (
                    words(it.key).len() - usize::from(any(&words(it.key), &PEOPLE)),
                    std::cmp::Reverse(it.stats.events),
                )
            });
            let Some(best) = best.map(|it| it.key) else { continue };
            self.candidates.retain(|it| it.class != class || it.key == best);
        }
    }

    /// The key that best tells events apart where no identity is in every event: one that is in more of them and sounds like
    /// one, or if there is no other, any that has words and not the words of things.
    fn fallback(&self, covered: u64) -> Option<Candidate<'s>> {
        const NAMES: [&str; 9] =
            ["id", "uid", "key", "who", "user", "customer", "login", "account", "handle"];
        let named = |key: &str| ends(&words(key), &NAMES);
        let is_id = |key: &str| Some(key) == self.id;
        let usable = |(key, known): &(&'s str, &'s KeyStats)| {
            let is_word = known.all(|shape| {
                use Shape::{Email, Hash, Int, IntText, Uuid, Word};
                matches!(shape, Word | IntText | Int | Uuid | Hash | Email)
            });
            let is_free = Some(*key) != self.time && !self.candidates.iter().any(|it| it.key == *key);
            let is_single = known.lists == 0 && known.elements == 0;
            let is_alone = covered == 0 || (named(key) && !is_id(key) && !any(&words(key), &NEVER));
            is_word && !known.is_bool() && is_free && is_single && is_alone && known.events > covered
        };
        let score = |key: &str, known: &KeyStats| {
            // Those that are in most events and have many values first; what every event has anew only if nothing else.
            let presence = (self.stats.presence(known) * 10.0) as u64;
            let spread = known.distinct.count().min(1000);
            (!any(&words(key), &NEVER), named(key) && !is_id(key), !is_id(key), presence, spread)
        };
        let best = self.keys().filter(usable).max_by_key(|(key, known)| score(key, known))?;
        Some(Candidate { key: best.0, stats: best.1, class: Class::Fallback })
    }
}

/// How well a key serves as event time. Every event must have one that is read without guessing.
fn time_score(draft: &StreamDraft<'_>, key: &str, known: &KeyStats) -> u32 {
    let unclear =
        if known.day_first_layout().is_some() { 0 } else { known.shaped(Shape::is_date) - known.timed };
    let is_unix = known.unix == known.values;
    if !draft.is_in_all(known) || !(known.timed + unclear == known.values || is_unix) {
        return 0;
    }
    let words = words(key);
    let of_something_else = [
        "birth", "birthday", "dob", "born", "expires", "expiry", "expire", "valid", "until", "due", "start",
        "end", "ends", "starts", "delivery", "release", "released",
    ];
    if any(&words, &of_something_else) {
        return 0;
    }
    let by_name = if any(&words, &["timestamp", "ts", "datetime"]) {
        60
    } else if any(&words, &["event", "occurred", "happened"]) && any(&words, &["time", "at", "date", "on"]) {
        55
    } else if words.len() == 1 && any(&words, &["time", "date", "at", "when"]) {
        50
    } else if any(&words, &["updated", "modified", "changed"]) {
        40
    } else if any(
        &words,
        &["order", "purchase", "click", "visit", "sent", "received", "created", "placed", "logged"],
    ) && any(&words, &["time", "at", "date", "on"])
    {
        35
    } else if any(&words, &["registered", "signup", "joined", "since", "member"]) {
        3
    } else if ends(&words, &["at", "time", "date", "on"]) {
        15
    } else if is_unix {
        0
    } else {
        5
    };
    let changes = u32::from(known.distinct.count() * 2 > draft.stats.events) * 2;
    if by_name == 0 { 0 } else { by_name + changes }
}

/// How well a key serves as message id. Every event must have one, and copies of messages are few.
fn id_score(draft: &StreamDraft<'_>, key: &str, known: &KeyStats) -> u32 {
    let words = words(key);
    let is_one_by_one = known.distinct.count() * 10 >= draft.stats.events * 9;
    if !draft.is_in_all(known)
        || !is_one_by_one
        || known.all(|shape| matches!(shape, Shape::Number | Shape::NumberText))
    {
        return 0;
    }
    let ids = ["id", "uuid", "guid", "key", "no", "nr", "number", "uid"];
    if any(
        &words,
        &["event", "message", "msg", "row", "request", "record", "hit", "transaction", "log", "line"],
    ) && ends(&words, &ids)
    {
        return 50;
    }
    let is_plain = matches!(words.as_slice(), [one] if ["id", "uuid", "guid", "eventid", "messageid"].contains(&one.as_str()));
    if is_plain && !draft.is_of_people() {
        return 20;
    }
    0
}

/// The field that a candidate's values go into, as far as its own name says.
pub fn field_of(candidate: &Candidate<'_>, stream: &str) -> String {
    match candidate.class {
        Class::Email => "email".to_owned(),
        Class::EmailHash => "email_hash".to_owned(),
        Class::Phone => "phone".to_owned(),
        Class::Number if words(candidate.key) == ["id"] => {
            let owner = field_name(stream);
            format!("{}_id", owner.strip_suffix('s').unwrap_or(&owner))
        }
        Class::Number => {
            // The container says nothing that the last words do not: `user.customer_no`.
            let words = words(candidate.key);
            let tail: Vec<String> = words.iter().rev().take(2).rev().cloned().collect();
            if words.len() > 2 { tail.join("_") } else { field_name(candidate.key) }
        }
        Class::Cookie | Class::Fallback => field_name(candidate.key),
    }
}
