//! A profile from the rows of its cookies, and as a line of output.

use crate::{
    Task,
    event::{date, text},
    fold::{STAMPED, Shard, Spilt},
    links, write,
};

/// Reused from profile to profile.
pub struct Profile<'s> {
    task: Task,
    first_ts: i64,
    last_ts: i64,
    min_score: i64,
    max_score: i64,
    revenue: f64,
    events: u64,
    /// When each of the texts was said; the extreme where it was not.
    at: [i64; STAMPED],
    texts: [&'s [u8]; STAMPED],
    last_cookie: &'s [u8],
    cookies: Vec<&'s [u8]>,
    emails: Vec<&'s [u8]>,
    users: Vec<&'s [u8]>,
    categories: Vec<&'s [u8]>,
    days: Vec<i32>,
    kinds: Vec<(&'s [u8], u64)>,
}

impl<'s> Profile<'s> {
    pub fn new(task: Task) -> Profile<'s> {
        let mut profile = Profile {
            task,
            first_ts: 0,
            last_ts: 0,
            min_score: 0,
            max_score: 0,
            revenue: 0.0,
            events: 0,
            at: [0; STAMPED],
            texts: [&[]; STAMPED],
            last_cookie: &[],
            cookies: Vec::new(),
            emails: Vec::new(),
            users: Vec::new(),
            categories: Vec::new(),
            days: Vec::new(),
            kinds: Vec::new(),
        };
        profile.clear();
        profile
    }

    pub fn clear(&mut self) {
        self.first_ts = i64::MAX;
        self.last_ts = i64::MIN;
        self.min_score = i64::MAX;
        self.max_score = i64::MIN;
        self.revenue = f64::NAN;
        self.events = 0;
        self.at = [i64::MIN; STAMPED];
        self.at[text::SOURCE] = i64::MAX;
        self.cookies.clear();
        self.emails.clear();
        self.users.clear();
        self.categories.clear();
        self.days.clear();
        self.kinds.clear();
    }

    /// Adds what one cookie says.
    pub fn add(&mut self, shard: &'s Shard, number: u32) {
        let row = shard.row(number);
        let cookie = shard.cookies.text(number);
        if row.last_ts > self.last_ts {
            self.last_cookie = cookie;
        }
        self.cookies.push(cookie);
        self.events += u64::from(row.events);
        self.first_ts = self.first_ts.min(row.first_ts);
        self.last_ts = self.last_ts.max(row.last_ts);
        self.min_score = self.min_score.min(row.min_score);
        self.max_score = self.max_score.max(row.max_score);
        if !row.revenue.is_nan() {
            self.revenue = if self.revenue.is_nan() { row.revenue } else { self.revenue + row.revenue };
        }
        for field in 0..STAMPED {
            let newer = if field == text::SOURCE {
                row.at[field] < self.at[field]
            } else {
                row.at[field] > self.at[field]
            };
            if newer {
                self.at[field] = row.at[field];
                self.texts[field] = shard.texts[field].text(row.texts[field]);
            }
        }
        for (kind, count) in (0..).zip(row.kinds).filter(|(_, count)| *count > 0) {
            self.count(shard.kinds.text(kind), count);
        }
        for category in bits(row.categories) {
            put(&mut self.categories, shard.categories.text(category));
        }
        for day in bits(row.days) {
            put(&mut self.days, shard.first_day.unwrap_or(0) + day as i32);
        }
        for (what, count) in shard.spilt(number) {
            match what {
                Spilt::Category(id) => put(&mut self.categories, shard.categories.text(*id)),
                Spilt::Day(day) => put(&mut self.days, *day),
                Spilt::Kind(id) => self.count(shard.kinds.text(*id), *count),
            }
        }
        if self.task == Task::M3 {
            links::texts_of(shard, number, links::EMAIL).for_each(|email| put(&mut self.emails, email));
            links::texts_of(shard, number, links::USER).for_each(|user| put(&mut self.users, user));
        }
    }

    fn count(&mut self, kind: &'s [u8], count: u32) {
        match self.kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, known)) => *known += u64::from(count),
            None => self.kinds.push((kind, u64::from(count))),
        }
    }

    pub fn write(&mut self, out: &mut Vec<u8>) {
        if self.task == Task::M3 {
            for set in [&mut self.cookies, &mut self.emails, &mut self.users] {
                set.sort_unstable();
            }
            write::text(out, b"{\"id\":", self.cookies[0]);
            write::set(out, b",\"cookies\":", &self.cookies);
            write::set(out, b",\"emails\":", &self.emails);
            write::set(out, b",\"user_ids\":", &self.users);
        } else {
            write::text(out, b"{\"cookie\":", self.cookies[0]);
        }
        write::integer(out, b",\"events\":", self.events);
        if !self.revenue.is_nan() {
            write::float(out, b",\"revenue\":", self.revenue);
        }
        write::set(out, b",\"categories\":", &self.categories);
        out.extend_from_slice(b",\"days\":[");
        for (at, day) in self.days.iter().enumerate() {
            out.extend_from_slice(if at == 0 { b"\"" } else { b",\"" });
            out.extend_from_slice(&date(*day));
            out.push(b'"');
        }
        out.extend_from_slice(b"],\"event_ct\":{");
        for (at, (kind, count)) in self.kinds.iter().enumerate() {
            write::text(out, if at == 0 { b"" } else { b"," }, kind);
            write::integer(out, b":", *count);
        }
        write::integer(out, b"},\"first_ts\":", self.first_ts);
        write::integer(out, b",\"last_ts\":", self.last_ts);
        if self.min_score <= self.max_score {
            write::integer(out, b",\"min_score\":", self.min_score);
            write::integer(out, b",\"max_score\":", self.max_score);
        }
        for (field, key) in [
            (text::EMAIL, b",\"email\":".as_slice()),
            (text::EMAIL_DOMAIN, b",\"email_domain\":"),
            (text::USER, b",\"user_id\":"),
            (text::HOST, b",\"last_host\":"),
            (text::PATH, b",\"last_path\":"),
            (text::CAMPAIGN, b",\"last_campaign\":"),
            (text::CITY, b",\"city\":"),
            (text::DEVICE, b",\"device\":"),
            (text::SOURCE, b",\"first_source\":"),
        ] {
            if !matches!(self.at[field], i64::MIN | i64::MAX) {
                write::text(out, key, self.texts[field]);
            }
        }
        // The newest hash is the hash of the newest cookie: one for a profile, not one for an event.
        write::md5(out, b",\"cookie_md5\":\"", self.last_cookie);
        out.extend_from_slice(b"\"}\n");
    }
}

/// The places of the bits that are set.
fn bits(mut set: u64) -> impl Iterator<Item = u32> {
    std::iter::from_fn(move || {
        let bit = (set != 0).then(|| set.trailing_zeros());
        set &= set.wrapping_sub(1);
        bit
    })
}

/// Adds to a small set.
fn put<T: PartialEq>(set: &mut Vec<T>, element: T) {
    if !set.contains(&element) {
        set.push(element);
    }
}
