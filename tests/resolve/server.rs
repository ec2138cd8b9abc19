//! A DNS server on loopback that answers by what a name begins with.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use hickory_server::Server;
use hickory_server::net::runtime::Time;
use hickory_server::net::xfer::Protocol;
use hickory_server::proto::op::{Metadata, Query, ResponseCode};
use hickory_server::proto::rr::rdata::{A, CNAME};
use hickory_server::proto::rr::{Name, RData, Record, RecordType};
use hickory_server::proto::serialize::binary::{BinDecoder, BinEncodable, BinEncoder};
use hickory_server::server::{Request, RequestHandler, ResponseHandler, ResponseInfo};
use hickory_server::zone_handler::{MessageResponseBuilder, Queries};
use tokio::net::{TcpListener, UdpSocket};

/// A running server, and what it saw; it ends when this is dropped.
pub(crate) struct Zone {
    pub(crate) address: SocketAddr,
    seen: Arc<Seen>,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
}

#[derive(Default)]
struct Seen {
    questions: AtomicUsize,
    now: AtomicUsize,
    most: AtomicUsize,
    /// Answers no question at all.
    mute: bool,
    /// Whether the network that asks has the private zone of the vault.
    linked: bool,
    /// How often the deaf name was asked about.
    deaf: AtomicUsize,
}

impl Zone {
    pub(crate) fn new() -> Self {
        Self::start(Seen::default())
    }

    /// One that takes questions and never answers.
    pub(super) fn mute() -> Self {
        Self::start(Seen { mute: true, ..Seen::default() })
    }

    /// One for a network that the private zone of the vault is linked to.
    pub(crate) fn linked() -> Self {
        Self::start(Seen { linked: true, ..Seen::default() })
    }

    fn start(seen: Seen) -> Self {
        let seen = Arc::new(seen);
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let (tell, told) = mpsc::channel();
        let handler = Handler(Arc::clone(&seen));
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let (udp, tcp) = sockets().await;
                tell.send(udp.local_addr().unwrap()).unwrap();
                let mut server = Server::new(handler);
                server.register_socket(udp);
                server.register_listener(tcp, Duration::from_secs(5), 64);
                let _ = stopped.await;
            });
            runtime.shutdown_background();
        });
        Self { address: told.recv().unwrap(), seen, stop: Some(stop) }
    }

    /// How many questions came.
    pub(super) fn questions(&self) -> usize {
        self.seen.questions.load(Ordering::SeqCst)
    }

    /// How many questions waited for an answer at once, at most.
    pub(super) fn most(&self) -> usize {
        self.seen.most.load(Ordering::SeqCst)
    }
}

impl Drop for Zone {
    fn drop(&mut self) {
        let _ = self.stop.take().unwrap().send(());
    }
}

/// A port that is free for UDP and for TCP.
async fn sockets() -> (UdpSocket, TcpListener) {
    loop {
        let udp = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        if let Ok(tcp) = TcpListener::bind(udp.local_addr().unwrap()).await {
            return (udp, tcp);
        }
    }
}

/// The part of an answer that repeats the question, with a name that nobody asked for.
fn question(of: Name) -> Queries {
    let mut bytes = Vec::new();
    Query::query(of, RecordType::A).emit(&mut BinEncoder::new(&mut bytes)).unwrap();
    Queries::read(&mut BinDecoder::new(&bytes), 1).unwrap()
}

struct Handler(Arc<Seen>);

/// What is said of a name.
struct Said {
    code: ResponseCode,
    records: Vec<Record>,
    /// The question that the answer claims to be for.
    of: Option<Name>,
    truncated: bool,
}

impl Handler {
    fn answer(&self, name: &Name, protocol: Protocol) -> Said {
        let a = |name: &str, last: u8| {
            Record::from_rdata(Name::from_ascii(name).unwrap(), 60, RData::A(A(Ipv4Addr::new(20, 1, 2, last))))
        };
        let alias = |name: &str, of: &str| {
            let (name, of) = (Name::from_ascii(name).unwrap(), Name::from_ascii(of).unwrap());
            Record::from_rdata(name, 60, RData::CNAME(CNAME(of)))
        };
        let private = |name: &str| {
            let at = RData::A(A(Ipv4Addr::new(10, 240, 20, 5)));
            Record::from_rdata(Name::from_ascii(name).unwrap(), 60, at)
        };
        let own = name.to_ascii();
        let said = |code, records| Said { code, records, of: None, truncated: false };
        let found = |records| said(ResponseCode::NoError, records);
        let link = "kv.privatelink.vaultcore.azure.net.";
        match own.split('.').next().unwrap() {
            "gone" => said(ResponseCode::NXDomain, vec![]),
            "dangling" => said(ResponseCode::NXDomain, vec![alias(&own, "gone.example.com.")]),
            "empty" => found(vec![]),
            "failing" => said(ResponseCode::ServFail, vec![]),
            "refusing" => said(ResponseCode::Refused, vec![]),
            "chain" => found(vec![alias(&own, "b.cdn.net."), alias("b.cdn.net.", "c.cdn.net."), a("c.cdn.net.", 3)]),
            "b" => found(vec![alias(&own, "c.cdn.net."), a("c.cdn.net.", 3)]),
            "c" => found(vec![a(&own, 3)]),
            "shuffled" => found(vec![a("c.cdn.net.", 3), alias("b.cdn.net.", "c.cdn.net."), alias(&own, "b.cdn.net.")]),
            "circle" => found(vec![alias(&own, "d.cdn.net."), alias("d.cdn.net.", &own)]),
            "liar" => found(vec![a("other.example.com.", 66)]),
            "half-liar" => found(vec![a(&own, 4), a("other.example.com.", 66)]),
            "impostor" => Said { of: Some(Name::from_ascii("x.example.com.").unwrap()), ..found(vec![a(&own, 66)]) },
            "changing" => {
                found(vec![a(&own, u8::try_from(100 + self.0.questions.load(Ordering::SeqCst) % 100).unwrap())])
            }
            "long" if protocol == Protocol::Udp => Said { truncated: true, ..found(vec![]) },
            "long" => found((1..=200).map(|last| a(&own, last)).collect()),
            "hanging" => Said { truncated: true, ..found(vec![]) },
            "kv-shop" if self.0.linked => {
                let at = RData::A(A(Ipv4Addr::new(10, 60, 2, 4)));
                found(vec![alias(&own, link), Record::from_rdata(Name::from_ascii(link).unwrap(), 60, at)])
            }
            "public" | "kv-shop" => found(vec![alias(&own, link), a(link, 9)]),
            "private" => found(vec![alias(&own, link), private(link)]),
            "direct" => found(vec![private(&own)]),
            _ => found(vec![a(&own, 7)]),
        }
    }
}

#[async_trait::async_trait]
impl RequestHandler for Handler {
    async fn handle_request<R: ResponseHandler, T: Time>(&self, request: &Request, mut response: R) -> ResponseInfo {
        let Self(seen) = self;
        seen.questions.fetch_add(1, Ordering::SeqCst);
        let now = seen.now.fetch_add(1, Ordering::SeqCst) + 1;
        seen.most.fetch_max(now, Ordering::SeqCst);
        let info = request.request_info().unwrap();
        let name = Name::from(info.query.name());
        let asked = name.to_ascii();
        let is_hanging = asked.starts_with("hanging.") && request.protocol() == Protocol::Tcp;
        // A try is made over UDP and over TCP.
        let is_lost = asked.starts_with("deaf.") && seen.deaf.fetch_add(1, Ordering::SeqCst) < 2;
        if seen.mute || asked.starts_with("silent.") || is_hanging || is_lost {
            // The server holds no more than the tests ask.
            std::future::pending::<()>().await;
        }
        tokio::task::yield_now().await;
        let said = self.answer(&name, request.protocol());
        let mut metadata = Metadata::response_from_request(info.metadata);
        metadata.response_code = said.code;
        metadata.truncation = said.truncated;
        let forged = said.of.map(question);
        let builder = match &forged {
            Some(queries) => MessageResponseBuilder::new(queries, None),
            None => MessageResponseBuilder::from_message_request(request),
        };
        let answer = builder.build(metadata, said.records.iter(), [], [], []);
        let sent = response.send_response(answer).await.unwrap();
        seen.now.fetch_sub(1, Ordering::SeqCst);
        sent
    }
}
