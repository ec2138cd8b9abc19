//! A server on the loopback that answers one request for each connection, by a function over what it keeps.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::Value;

/// What is asked of the server.
pub(super) struct Asked {
    pub(super) method: String,
    /// With the query.
    pub(super) path: String,
    pub(super) authorization: String,
    /// `null` where there is none.
    pub(super) body: Value,
}

impl Asked {
    fn read(stream: &TcpStream) -> Self {
        let mut reader = BufReader::new(stream);
        let mut line = || {
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            line.trim_end().to_owned()
        };
        let first = line();
        let mut parts = first.split(' ').map(str::to_owned);
        let (method, path) = (parts.next().unwrap(), parts.next().unwrap());
        let headers: Vec<String> = std::iter::from_fn(|| Some(line()).filter(|line| !line.is_empty())).collect();
        let header = |name: &str| {
            let found = headers.iter().filter_map(|header| header.split_once(": "));
            found.filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned()).next()
        };
        let length = header("Content-Length").map_or(0, |length| length.parse().unwrap());
        let authorization = header("Authorization").unwrap_or_default();
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        let body = if body.is_empty() { Value::Null } else { serde_json::from_slice(&body).unwrap() };
        Self { method, path, authorization, body }
    }

    /// The method and the path without its query.
    pub(super) fn route(&self) -> (&str, &str) {
        (&self.method, self.path.split('?').next().unwrap())
    }
}

/// A server and what it keeps; it answers until the tests end.
pub(super) struct Server<S> {
    pub(super) url: String,
    state: Arc<Mutex<S>>,
}

impl<S: Send + 'static> Server<S> {
    /// Each answer is a status and a body; of a redirect the body is where it leads.
    pub(super) fn new(state: S, answer: fn(&mut S, &Asked) -> (u16, Vec<u8>)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(state));
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let asked = Asked::read(&stream);
                let (status, body) = answer(&mut shared.lock().unwrap(), &asked);
                stream.write_all(head(status, &body).as_bytes()).unwrap();
                stream.write_all(&body).unwrap();
            }
        });
        Self { url, state }
    }

    /// What the server keeps now.
    pub(super) fn with<R>(&self, look: impl FnOnce(&mut S) -> R) -> R {
        look(&mut self.state.lock().unwrap())
    }
}

fn head(status: u16, body: &[u8]) -> String {
    let location =
        if status / 100 == 3 { format!("Location: {}\r\n", String::from_utf8_lossy(body)) } else { String::new() };
    format!("HTTP/1.1 {status} -\r\n{location}Content-Length: {}\r\nConnection: close\r\n\r\n", body.len())
}
