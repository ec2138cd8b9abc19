//! Asks DNS about many names, a bounded number at once, each for a bounded time.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{
    ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig, ResolverOpts, ServerOrderingStrategy,
};
use hickory_resolver::lookup::Lookup;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::{Name, RData, RecordType};
use indicatif::{ProgressBar, ProgressStyle};

use crate::net::HostName;
use crate::resolve::{DnsAnswer, DnsAnswers};

use super::Failure;

/// How DNS is asked.
#[derive(Clone, Copy, Debug)]
pub(super) struct DnsOptions {
    /// The server; without one, those of the system.
    pub(super) server: Option<Server>,
    /// How many names at once.
    pub(super) at_once: usize,
    /// How long for each try.
    pub(super) timeout: Duration,
    /// How many tries more.
    pub(super) retries: usize,
}

/// A DNS server.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Server(SocketAddr);

impl FromStr for Server {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const DNS: u16 = 53;
        let bare = text.parse::<IpAddr>().map(|address| SocketAddr::new(address, DNS));
        bare.or_else(|_| text.parse()).map(Self).map_err(|_| "expected an address such as 10.0.0.10 or 10.0.0.10:5353")
    }
}

/// A name to ask about, and how often.
#[derive(Clone, Debug)]
pub(super) struct DnsQuery {
    pub(super) name: HostName,
    pub(super) times: usize,
}

/// The rest is given up where so many names have no answer from anywhere, and none has one.
const SILENT: usize = 100;

/// Asks about each name. A server that never states anything is a failure of its own.
pub(super) fn ask(queries: Vec<DnsQuery>, asking: &DnsOptions) -> Result<DnsAnswers, Failure> {
    let cannot = |why: String| Failure::new(format!("cannot ask DNS: {why}"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| cannot(error.to_string()))?;
    let resolver = runtime.block_on(async { resolver(asking) }).map_err(|error| cannot(error.to_string()))?;
    let shared = Arc::new(SharedLookups::new(queries, resolver, *asking));
    runtime.block_on(async {
        let mut workers = tokio::task::JoinSet::new();
        for _ in 0..asking.at_once.min(shared.queries.len()) {
            workers.spawn(work(Arc::clone(&shared)));
        }
        while workers.join_next().await.is_some() {}
    });
    shared.bar.finish_and_clear();
    // What still hangs is no answer, and nobody waits for it.
    runtime.shutdown_background();
    if shared.is_silent(1) {
        let whom = asking.server.map_or_else(|| "the system's servers".to_owned(), |Server(server)| server.to_string());
        return Err(cannot(format!("no answer from {whom} about any name")));
    }
    let answers = std::mem::take(&mut *shared.answers.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(answers)
}

/// What the workers share.
struct SharedLookups {
    queries: Vec<DnsQuery>,
    next: AtomicUsize,
    answered: AtomicUsize,
    silent: AtomicUsize,
    answers: Mutex<DnsAnswers>,
    resolver: TokioResolver,
    asking: DnsOptions,
    bar: ProgressBar,
}

impl SharedLookups {
    fn new(queries: Vec<DnsQuery>, resolver: TokioResolver, asking: DnsOptions) -> Self {
        let bar = ProgressBar::new(queries.len() as u64);
        if let Ok(style) = ProgressStyle::with_template("asking DNS  {bar:40}  {pos}/{len} names, {eta} left") {
            bar.set_style(style);
        }
        Self {
            queries,
            next: AtomicUsize::new(0),
            answered: AtomicUsize::new(0),
            silent: AtomicUsize::new(0),
            answers: Mutex::default(),
            resolver,
            asking,
            bar,
        }
    }

    /// Whether nobody has answered about at least so many names.
    fn is_silent(&self, names: usize) -> bool {
        self.answered.load(Ordering::Relaxed) == 0 && self.silent.load(Ordering::Relaxed) >= names
    }

    fn done(&self, name: HostName, answer: DnsMessage) {
        let counter = if answer.is_silence { &self.silent } else { &self.answered };
        counter.fetch_add(1, Ordering::Relaxed);
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).insert(name, answer.answer);
        self.bar.inc(1);
    }
}

/// Takes one name after the other, until there is none or nobody answers.
async fn work(shared: Arc<SharedLookups>) {
    while !shared.is_silent(SILENT) {
        let at = shared.next.fetch_add(1, Ordering::Relaxed);
        let Some(query) = shared.queries.get(at) else { return };
        let mut said = look_up(&shared.resolver, &query.name, &shared.asking).await;
        for _ in 1..query.times {
            if matches!(said.answer, DnsAnswer::Failed(_)) {
                break;
            }
            let again = look_up(&shared.resolver, &query.name, &shared.asking).await;
            said = DnsMessage { answer: said.answer.and(again.answer), is_silence: said.is_silence };
        }
        shared.done(query.name.clone(), said);
    }
}

/// An answer, and whether it is that no server said anything.
struct DnsMessage {
    answer: DnsAnswer,
    is_silence: bool,
}

async fn look_up(resolver: &TokioResolver, name: &HostName, asking: &DnsOptions) -> DnsMessage {
    // A name with a dot at its end is not tried below the search domains of the system.
    let Ok(asked) = Name::from_ascii(format!("{name}.")) else {
        return DnsMessage { answer: DnsAnswer::Failed("no name that DNS takes".to_owned()), is_silence: false };
    };
    let tries = u32::try_from(asking.retries + 1).unwrap_or(u32::MAX);
    // A server may keep a connection open for ever; so long, and over UDP and TCP, the tries take at most.
    let bound = asking.timeout.saturating_mul(tries).saturating_mul(2);
    let looked_up = tokio::time::timeout(bound, resolver.lookup(asked.clone(), RecordType::A)).await;
    match looked_up {
        Ok(Ok(lookup)) => DnsMessage { answer: of_lookup(&asked, &lookup), is_silence: false },
        Ok(Err(error)) => of_error(&error),
        Err(_) => silence("no answer in time"),
    }
}

/// The aliases from the name on, and their addresses. Records of other names do not count.
fn of_lookup(asked: &Name, lookup: &Lookup) -> DnsAnswer {
    let (mut aliases, mut names) = (Vec::new(), vec![asked.clone()]);
    let records = lookup.answers();
    let alias = |of: &Name| {
        records.iter().find_map(|record| match &record.data {
            RData::CNAME(alias) if record.name == *of => Some(alias.0.clone()),
            _ => None,
        })
    };
    while let Some(next) = names.last().and_then(alias).filter(|next| !names.contains(next)) {
        aliases.extend(next.to_ascii().parse::<HostName>());
        names.push(next);
    }
    let addresses: BTreeSet<_> = records
        .iter()
        .filter_map(|record| match &record.data {
            RData::A(address) if names.contains(&record.name) => Some(address.0),
            _ => None,
        })
        .collect();
    if addresses.is_empty() { DnsAnswer::NoAddress } else { DnsAnswer::Addresses { aliases, addresses, varies: false } }
}

fn of_error(error: &NetError) -> DnsMessage {
    let answer = match error {
        NetError::Dns(DnsError::NoRecordsFound(none)) => match none.response_code {
            ResponseCode::NXDomain => DnsAnswer::NoName,
            ResponseCode::NoError => DnsAnswer::NoAddress,
            code => DnsAnswer::Failed(of_code(code)),
        },
        NetError::Dns(DnsError::ResponseCode(code)) => DnsAnswer::Failed(of_code(*code)),
        NetError::Timeout => return silence("no answer in time"),
        NetError::NoConnections | NetError::Io(_) => return silence("no connection"),
        other => DnsAnswer::Failed(other.to_string()),
    };
    DnsMessage { answer, is_silence: false }
}

fn silence(why: &str) -> DnsMessage {
    DnsMessage { answer: DnsAnswer::Failed(why.to_owned()), is_silence: true }
}

/// The code as people know it.
fn of_code(code: ResponseCode) -> String {
    match code {
        ResponseCode::ServFail => "the server failed, SERVFAIL".to_owned(),
        ResponseCode::Refused => "the server refused".to_owned(),
        other => other.to_string(),
    }
}

fn resolver(asking: &DnsOptions) -> Result<TokioResolver, NetError> {
    let mut builder = match asking.server {
        Some(Server(server)) => {
            let on_port = |mut connection: ConnectionConfig| {
                connection.port = server.port();
                connection
            };
            let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(on_port);
            let server = NameServerConfig::new(server.ip(), true, connections.to_vec());
            let config = ResolverConfig::from_name_servers(vec![server]);
            TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
        }
        None => TokioResolver::builder_tokio()?,
    };
    let options: &mut ResolverOpts = builder.options_mut();
    options.timeout = asking.timeout;
    options.attempts = asking.retries;
    // Each question is for the server: neither the file of hosts nor an earlier answer will do.
    options.use_hosts_file = ResolveHosts::Never;
    options.cache_size = 0;
    options.num_concurrent_reqs = 1;
    options.server_ordering_strategy = ServerOrderingStrategy::UserProvidedOrder;
    options.case_randomization = false;
    builder.build()
}
