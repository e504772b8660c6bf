//! What happens: event number `i`, as a function of the seed.

use super::{
    Shape,
    random::{Random, Zipf, mix},
    words,
};

/// All events lie in January 2026, so the number of days in a profile does not grow with the number of events.
const PERIOD_MS: u64 = 30 * 24 * 3600 * 1000;

/// What all events of a stream share.
pub struct World {
    seed: u64,
    persons: u64,
    /// Milliseconds between two events.
    step: u64,
    zipf: Zipf,
}

/// A visitor; a function of the seed and of their number.
struct Person {
    number: u64,
    cookies: u64,
    /// The one with whom the last cookie is shared.
    shares_with: Option<u64>,
    email: Option<Email>,
    user: bool,
    home: (&'static str, &'static str),
    device: (&'static str, &'static str),
    browser: &'static str,
    screen: &'static str,
    language: &'static str,
}

/// One event, before it is written.
pub struct Event {
    pub id: u64,
    /// Milliseconds since the start of the period.
    pub at: u64,
    pub kind: &'static str,
    pub cookie: u64,
    pub session: u64,
    pub email: Option<Email>,
    pub user: Option<u64>,
    pub address: Address,
    pub title: &'static str,
    pub referrer: &'static str,
    pub ip: u64,
    /// Hundredths.
    pub score: u64,
    pub device: (&'static str, &'static str),
    pub browser: &'static str,
    pub screen: &'static str,
    pub language: &'static str,
    pub city: (&'static str, &'static str),
    pub tags: [&'static str; 3],
    pub product: Option<Product>,
    pub coupon: Option<&'static str>,
    pub query: Option<&'static str>,
    pub escape: Escape,
}

/// An e-mail address; `number` tells people of one name apart.
#[derive(Debug, Clone, Copy)]
pub struct Email {
    pub first: &'static str,
    pub last: &'static str,
    pub number: u64,
    pub host: &'static str,
    /// Written with capitals this time.
    pub capitals: bool,
}

pub struct Address {
    pub host: &'static str,
    pub path: Path,
    pub source: Option<&'static str>,
    pub campaign: Option<&'static str>,
    /// A parameter that nobody reads.
    pub session: Option<u64>,
}

pub enum Path {
    Page(&'static str),
    /// `/p/<slug>-<number>`
    Product(u64),
}

pub struct Product {
    pub sku: u64,
    pub name: &'static str,
    pub category: &'static str,
    /// Cents.
    pub price: u64,
    pub quantity: u64,
}

/// Why the JSON of an event holds backslashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Escape {
    /// It holds none.
    None,
    /// The title holds quotes, tabs or backslashes.
    Title,
    /// The writer escapes slashes: `https:\/\/shop.example\/`.
    Slashes,
    /// The writer escapes all that is not ASCII: `Z\u00fcrich`.
    Ascii,
}

impl World {
    pub fn new(shape: Shape) -> World {
        let persons = (shape.events / 5).max(1);
        let step = (PERIOD_MS / shape.events.max(1)).max(1);
        World { seed: shape.seed, persons, step, zipf: Zipf::new(persons) }
    }

    /// Event number `index`.
    pub fn event(&self, index: u64) -> Event {
        let mut random = Random::new(self.seed, 1, index);
        let random = &mut random;
        let person = self.person(self.zipf.draw(random));
        let kind = kind(random);
        let wants_login = matches!(kind, "login" | "purchase");
        let email = person.email.filter(|_| random.chance(if wants_login { 9_000 } else { 1_720 }));
        let user = person.user && random.chance(if wants_login { 9_500 } else { 3_600 });
        let product = matches!(kind, "product_view" | "add_to_cart" | "purchase").then(|| product(random));
        let escape = match random.below(100) {
            0 => Escape::Slashes,
            1 => Escape::Ascii,
            2 | 3 => Escape::Title,
            _ => Escape::None,
        };
        Event {
            id: mix(index ^ mix(self.seed)),
            at: index * self.step + random.below(self.step),
            kind,
            cookie: self.cookie_of(&person, random),
            session: random.bits(),
            email: email.map(|email| Email { capitals: random.chance(3_000), ..email }),
            user: user.then_some(person.number),
            address: address(random, product.as_ref()),
            title: match escape {
                Escape::Title => random.pick(&words::TITLE_QUOTED),
                Escape::Ascii => random.pick(&words::TITLE_WIDE),
                Escape::None | Escape::Slashes if random.chance(1_130) => random.pick(&words::TITLE_WIDE),
                Escape::None | Escape::Slashes => random.pick(&words::TITLE),
            },
            referrer: random.pick(&words::REFERRER),
            ip: random.bits(),
            score: random.below(10_000),
            device: person.device,
            browser: person.browser,
            screen: person.screen,
            language: person.language,
            city: if random.chance(9_000) { person.home } else { random.pick(&words::CITY) },
            tags: [random.pick(&words::TAG), random.pick(&words::TAG), random.pick(&words::TAG)],
            coupon: (kind == "purchase" && random.chance(3_000)).then(|| random.pick(&words::COUPON)),
            query: (kind == "search").then(|| random.pick(&words::QUERY)),
            product,
            escape,
        }
    }

    fn person(&self, number: u64) -> Person {
        let mut random = Random::new(self.seed, 2, number);
        let random = &mut random;
        Person {
            number,
            cookies: match random.below(100) {
                0..45 => 1,
                45..80 => 2,
                _ => 3,
            },
            shares_with: random.chance(50).then(|| 1 + random.below(self.persons)),
            email: random.chance(6_000).then(|| Email {
                first: random.pick(&words::FIRST),
                last: random.pick(&words::LAST),
                number,
                host: random.pick(&words::MAIL_HOST),
                capitals: false,
            }),
            user: random.chance(4_500),
            home: random.pick(&words::CITY),
            device: random.pick(&words::DEVICE),
            browser: random.pick(&words::BROWSER),
            screen: random.pick(&words::SCREEN),
            language: random.pick(&words::LANGUAGE),
        }
    }

    fn cookie_of(&self, person: &Person, random: &mut Random) -> u64 {
        let slot = random.below(person.cookies);
        match person.shares_with {
            Some(other) if slot + 1 == person.cookies => self.cookie(other, 0),
            _ => self.cookie(person.number, slot),
        }
    }

    fn cookie(&self, person: u64, slot: u64) -> u64 {
        mix((person * 4 + slot) ^ mix(self.seed ^ 0xc0_0c1e))
    }
}

fn kind(random: &mut Random) -> &'static str {
    let mut at = random.below(100);
    for (kind, share) in words::KIND {
        if at < share {
            return kind;
        }
        at -= share;
    }
    "page_view"
}

fn product(random: &mut Random) -> Product {
    Product {
        sku: random.below(20_000),
        name: random.pick(&words::PRODUCT),
        category: random.pick(&words::CATEGORY),
        price: 199 + random.below(40_000),
        quantity: 1 + random.below(4),
    }
}

fn address(random: &mut Random, product: Option<&Product>) -> Address {
    let from_campaign = random.chance(3_500);
    Address {
        host: random.pick(&words::HOST),
        path: match product {
            Some(product) => Path::Product(product.sku),
            None => Path::Page(random.pick(&words::PATH)),
        },
        source: from_campaign.then(|| random.pick(&words::SOURCE)),
        campaign: from_campaign.then(|| random.pick(&words::CAMPAIGN)),
        session: random.chance(5_000).then(|| random.bits()),
    }
}
