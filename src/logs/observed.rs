//! The table of observed flows.

use std::borrow::Cow;
use std::net::Ipv4Addr;

use hashbrown::DefaultHashBuilder;
use indexmap::{IndexMap, IndexSet};

use super::event::Event;
use super::logged::{LogTable, Logged, LoggedReason, action};
use super::observed_row::{ObservedRow, SeenFields};
use super::reader::{LogRead, LogReader, LogSpot};
use super::texts::LogTexts;
use super::time::Time;
use super::unread::UnreadLine;
use crate::explain::{FlowError, FlowLine};
use crate::flow::{FlowAction, Service};
use crate::net::{AddressError, HostName};

/// How large a table may get.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// How many distinct flows it holds, with what was logged of each.
    pub flows: usize,
    /// How many bytes the host names, the paths, and the names of rules may take, each.
    pub texts: usize,
    /// How many records that could not be read are named.
    pub named: usize,
}

impl Default for Bounds {
    /// About 250 MB at the most.
    fn default() -> Self {
        Self { flows: 2_000_000, texts: 32 << 20, named: 100 }
    }
}

/// What was seen of one flow, or of a rule.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct LineCount {
    /// How many records.
    pub lines: u64,
    /// When the first of those was written that state a time.
    pub first: Option<Time>,
    /// When the last was.
    pub last: Option<Time>,
}

impl LineCount {
    /// One record.
    fn one(time: Option<Time>) -> Self {
        Self { lines: 1, first: time, last: time }
    }

    /// Adds what else was seen.
    pub fn add(&mut self, other: Self) {
        self.lines = self.lines.saturating_add(other.lines);
        self.first = self.first.into_iter().chain(other.first).min();
        self.last = self.last.max(other.last);
    }
}

/// A record that could not be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unreadable {
    /// The file.
    pub file: String,
    /// The line where it begins; nothing where the file ends early.
    pub line: Option<u64>,
    /// Which of the line it is, from 1, where the line has several.
    pub record: Option<usize>,
    /// Why.
    pub why: String,
}

/// A flow as the table keeps it. The texts are numbers; 0 is none where there may be none.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct ObservedKey {
    source: u32,
    address: u32,
    destination: u32,
    path: u32,
    service: Service,
    logged: u32,
}

/// One row: a flow, what was logged of it, and how often.
#[derive(Clone, Copy, Debug)]
pub struct Row<'t> {
    /// The source.
    pub source: Ipv4Addr,
    /// A host name in lower case, an address, or `FIREWALL::IP`.
    pub destination: &'t str,
    /// The address of a host name, where it was logged.
    pub address: Option<Ipv4Addr>,
    /// The path of the URL, where it was logged.
    pub path: Option<&'t str>,
    /// The service.
    pub service: Service,
    /// What was logged that was decided.
    pub logged: &'t Logged<Box<str>>,
    /// What was seen.
    pub count: LineCount,
    /// The numbers of the texts.
    pub numbers: Numbers,
    /// Which row of the table it is.
    pub index: usize,
}

/// The texts of a row as numbers: equal texts of one table have equal numbers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Numbers {
    /// Of the destination.
    pub destination: u32,
    /// Of the path; 0 where there is none.
    pub path: u32,
    /// Of what was logged.
    pub logged: u32,
}

impl Row<'_> {
    /// As a line of `--flows`.
    pub fn line(&self) -> FlowLine {
        FlowLine {
            source: self.source.to_string(),
            destination: self.destination.to_owned(),
            destination_address: self.address.map(|address| address.to_string()),
            path: self.path.map(str::to_owned),
            service: self.service.to_string(),
        }
    }
}

/// Distinct flows, with what was logged of each: one pass over any number of records.
#[derive(Clone, Default, Debug)]
pub struct Observed {
    bounds: Bounds,
    rows: IndexMap<ObservedKey, LineCount, DefaultHashBuilder>,
    destinations: LogTexts,
    paths: LogTexts,
    logged: IndexSet<Logged<Box<str>>, DefaultHashBuilder>,
    logged_bytes: usize,
    /// Every record, whatever it is.
    all: LineCount,
    unread: Vec<Unreadable>,
    unread_count: u64,
    others: IndexMap<Cow<'static, str>, u64>,
    cut: u64,
}

/// How many kinds of records that are not flows are told apart.
const KINDS: usize = 64;

impl Observed {
    /// An empty table that grows no larger than the bounds.
    pub fn within(bounds: Bounds) -> Self {
        Self { bounds, ..Self::default() }
    }

    /// Adds the records that end on the next line of a file, which is given without its end.
    pub fn line(&mut self, file: &str, reader: &mut LogReader, text: &str) {
        reader.each(text, &mut |spot, read| self.take(file, spot, read));
    }

    /// Adds the records that the end of a file leaves incomplete.
    pub fn end(&mut self, file: &str, reader: &mut LogReader) {
        reader.rest(&mut |spot, read| self.take(file, spot, read));
    }

    /// Notes that a file could not be read to its end.
    pub fn broken(&mut self, file: &str, why: String) {
        self.unread_count += 1;
        self.name(Unreadable { file: file.to_owned(), line: None, record: None, why });
    }

    /// Every record: how many, and the window.
    pub fn all(&self) -> LineCount {
        self.all
    }

    /// The flows, in the order in which they were first seen.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().enumerate().filter_map(|(index, (key, count))| self.row_of(index, key, *count))
    }

    /// The row of a number.
    pub fn row(&self, index: usize) -> Option<Row<'_>> {
        let (key, count) = self.rows.get_index(index)?;
        self.row_of(index, key, *count)
    }

    /// How many distinct flows there are, those apart of which different things were logged.
    pub fn flows(&self) -> usize {
        self.rows.len()
    }

    /// How many records could not be read, and the first of them.
    pub fn unread(&self) -> (u64, &[Unreadable]) {
        (self.unread_count, &self.unread)
    }

    /// How many records are not flows, by what they are.
    pub fn others(&self) -> impl Iterator<Item = (&str, u64)> {
        self.others.iter().map(|(what, count)| (what.as_ref(), *count))
    }

    /// How many records were left out, because the table was full.
    pub fn cut(&self) -> u64 {
        self.cut
    }

    /// The firewalls that wrote the records, as far as these say.
    pub fn firewalls(&self) -> Vec<&str> {
        let mut named: Vec<&str> = self.logged.iter().map(|logged| &*logged.firewall).collect();
        named.retain(|name| !name.is_empty());
        named.sort_unstable_by_key(|name| name.to_ascii_lowercase());
        named.dedup_by(|one, other| one.eq_ignore_ascii_case(other));
        named
    }

    /// The rows as lines of `fwc.observed/1`.
    pub fn lines(&self) -> impl Iterator<Item = String> + '_ {
        self.rows().map(|row| ObservedRow { flow: row.line(), seen: seen(&row) }.text())
    }

    fn row_of(&self, index: usize, key: &ObservedKey, count: LineCount) -> Option<Row<'_>> {
        let ObservedKey { source, address, destination, path, service, logged } = *key;
        Some(Row {
            source: source.into(),
            destination: self.destinations.get(destination),
            address: (address > 0).then(|| address.into()),
            path: path.checked_sub(1).map(|path| self.paths.get(path)),
            service,
            logged: self.logged.get_index(logged as usize)?,
            count,
            numbers: Numbers { destination, path, logged },
            index,
        })
    }

    fn take(&mut self, file: &str, spot: LogSpot, read: Result<LogRead<'_>, UnreadLine>) {
        let read = read.and_then(|read| match read {
            LogRead::Logged(event) => self.event(&event),
            LogRead::Given(flow) => self.given(&flow, Logged::of(LogTable::Given), LineCount::one(None)),
            LogRead::Observed(row) => self.observed(&row),
        });
        let Err(why) = read else { return };
        self.all.add(LineCount::one(None));
        match why {
            UnreadLine::Other(what) => self.other(Cow::Borrowed(what)),
            UnreadLine::Category(category) => self.other(Cow::Owned(format!("log category `{category}`"))),
            why => {
                self.unread_count += 1;
                let LogSpot { line, record } = spot;
                let file = if self.unread.len() < self.bounds.named { file.to_owned() } else { String::new() };
                self.name(Unreadable { file, line: Some(line), record, why: why.to_string() });
            }
        }
    }

    fn name(&mut self, unreadable: Unreadable) {
        if self.unread.len() < self.bounds.named {
            self.unread.push(unreadable);
        }
    }

    fn other(&mut self, what: Cow<'static, str>) {
        if self.others.len() < KINDS || self.others.contains_key(&what) {
            *self.others.entry(what).or_default() += 1;
        } else {
            *self.others.entry(Cow::Borrowed("other records")).or_default() += 1;
        }
    }

    fn event(&mut self, event: &Event<'_>) -> Result<(), UnreadLine> {
        let Event { parts, logged, time } = event;
        let flow = StatedFields {
            source: parts.source,
            destination: parts.destination,
            address: parts.address,
            path: parts.path.as_deref(),
            service: parts.service,
        };
        self.add(&flow, *logged, LineCount::one(*time))
    }

    fn given(&mut self, flow: &FlowLine, logged: Logged<&str>, count: LineCount) -> Result<(), UnreadLine> {
        let service = flow.service.parse().map_err(|error| UnreadLine::Flow(FlowError::Service(error)))?;
        let (address, path) = (flow.destination_address.as_deref(), flow.path.as_deref());
        let flow = StatedFields { source: &flow.source, destination: &flow.destination, address, path, service };
        self.add(&flow, logged, count)
    }

    fn observed(&mut self, row: &ObservedRow) -> Result<(), UnreadLine> {
        let SeenFields { table, action: done, reason, firewall, policy, group, collection, rule, lines, first, last } =
            &row.seen;
        let logged = Logged {
            table: LogTable::of_word(table).unwrap_or(LogTable::Given),
            action: action(done),
            reason: LoggedReason::of_word(reason),
            firewall: firewall.as_str(),
            policy: policy.as_str(),
            group: group.as_str(),
            collection: collection.as_str(),
            rule: rule.as_str(),
        };
        let count = LineCount { lines: *lines, first: Time::parse(first), last: Time::parse(last) };
        self.given(&row.flow, logged, count)
    }

    fn add(&mut self, flow: &StatedFields<'_>, logged: Logged<&str>, count: LineCount) -> Result<(), UnreadLine> {
        let source = address("source", flow.source)?;
        let beside = flow.address.map(|text| address("destinationAddress", text)).transpose()?;
        let destination = canonical(flow.destination);
        let known = self.destinations.known(&destination);
        if known.is_none() {
            check_destination(&destination)?;
        }
        self.all.add(count);
        let most = self.bounds.texts;
        let path = flow.path.map_or(Some(0), |path| Some(self.paths.number(path, most)? + 1));
        let destination = known.or_else(|| self.destinations.number(&destination, most));
        let numbers = destination.zip(path).zip(self.number_of(&logged));
        let Some(((destination, path), logged)) = numbers else {
            self.cut = self.cut.saturating_add(count.lines);
            return Ok(());
        };
        let address = beside.map_or(0, u32::from);
        let key = ObservedKey { source: source.into(), address, destination, path, service: flow.service, logged };
        self.count(key, count);
        Ok(())
    }

    /// The number of what was logged; nothing where it is new and its texts would take too much.
    fn number_of(&mut self, logged: &Logged<&str>) -> Option<u32> {
        if let Some(known) = self.logged.get_index_of(logged) {
            return u32::try_from(known).ok();
        }
        let bytes = self.logged_bytes + logged.bytes();
        if bytes > self.bounds.texts {
            return None;
        }
        self.logged_bytes = bytes;
        u32::try_from(self.logged.insert_full(logged.owned()).0).ok()
    }

    fn count(&mut self, key: ObservedKey, count: LineCount) {
        if let Some(known) = self.rows.get_mut(&key) {
            known.add(count);
        } else if self.rows.len() < self.bounds.flows {
            self.rows.insert(key, count);
        } else {
            self.cut = self.cut.saturating_add(count.lines);
        }
    }
}

/// A flow as a record states it.
struct StatedFields<'s> {
    source: &'s str,
    destination: &'s str,
    address: Option<&'s str>,
    path: Option<&'s str>,
    service: Service,
}

fn address(field: &'static str, text: &str) -> Result<Ipv4Addr, UnreadLine> {
    let wrong = |_| UnreadLine::Flow(FlowError::Address(field, text.to_owned(), AddressError::Malformed));
    text.parse().map_err(wrong)
}

/// A host name in lower case, without the dot at its end.
fn canonical(text: &str) -> Cow<'_, str> {
    let text = text.strip_suffix('.').unwrap_or(text);
    match text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        true if !text.contains("::") => Cow::Owned(text.to_ascii_lowercase()),
        true | false => Cow::Borrowed(text),
    }
}

fn check_destination(text: &str) -> Result<(), UnreadLine> {
    if text.parse::<Ipv4Addr>().is_ok() || text.contains("::") {
        return Ok(());
    }
    if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return Err(UnreadLine::Flow(FlowError::Numeric(text.to_owned())));
    }
    match text.parse::<HostName>() {
        Ok(_) => Ok(()),
        Err(error) => Err(UnreadLine::Flow(FlowError::Destination(text.to_owned(), error))),
    }
}

fn seen(row: &Row<'_>) -> SeenFields {
    let Logged { table, action, reason, firewall, policy, group, collection, rule } = row.logged;
    let action = match action {
        Some(FlowAction::Allow) => "allow",
        Some(FlowAction::Deny) => "deny",
        None => "",
    };
    let time = |time: Option<Time>| time.map(|time| time.to_string()).unwrap_or_default();
    SeenFields {
        table: table.word().to_owned(),
        action: action.to_owned(),
        reason: reason.word().to_owned(),
        firewall: firewall.to_string(),
        policy: policy.to_string(),
        group: group.to_string(),
        collection: collection.to_string(),
        rule: rule.to_string(),
        lines: row.count.lines,
        first: time(row.count.first),
        last: time(row.count.last),
    }
}
