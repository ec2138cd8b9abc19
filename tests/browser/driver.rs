//! A headless Chromium, spoken to in its debugging protocol over a pipe.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
/// The protocol's messages come in on file 3 and go out on file 4.
const PIPE: &str = r#"exec "$0" "$@" 3<&0 4>&1 0</dev/null 1>/dev/null"#;
const PATIENCE: Duration = Duration::from_secs(60);

/// A page in a browser of its own.
pub struct Browser {
    child: Child,
    to: ChildStdin,
    from: Receiver<Value>,
    session: Option<String>,
    last: u64,
    /// What the page complained of, and what it asked the network for.
    pub complaints: Vec<String>,
    _profile: TempDir,
}

/// The name of a browser that is there.
fn found() -> Option<String> {
    let given = std::env::var("FWC_CHROMIUM").ok();
    let names = given.into_iter().chain(NAMES.map(str::to_owned));
    let runs = |name: &String| {
        let version = Command::new(name).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        version.is_ok_and(|status| status.success())
    };
    names.into_iter().find(runs)
}

impl Browser {
    /// A browser with an empty page; `None`, which is said, where there is no Chromium.
    pub fn start() -> Option<Self> {
        let Some(name) = found() else {
            // What a test prints is kept back; this must be seen.
            let mut stderr = std::io::stderr().lock();
            writeln!(stderr, "SKIPPED: there is no Chromium, so nothing is known of the pages").unwrap();
            return None;
        };
        let profile = TempDir::new().unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", PIPE, &name]).arg(format!("--user-data-dir={}", profile.path().display()));
        command.args(["--headless=new", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu"]);
        command.args(["--disable-dev-shm-usage", "--hide-scrollbars", "--no-first-run", "--disable-extensions"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let (sender, from) = channel();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            let mut message = Vec::new();
            while out.read_until(0, &mut message).is_ok_and(|read| read > 0) {
                message.pop();
                let Ok(value) = serde_json::from_slice(&message) else { return };
                if sender.send(value).is_err() {
                    return;
                }
                message.clear();
            }
        });
        let to = child.stdin.take().unwrap();
        let mut browser = Self { child, to, from, session: None, last: 0, complaints: Vec::new(), _profile: profile };
        let target = browser.ask("Target.createTarget", &json!({ "url": "about:blank" }))["targetId"].clone();
        let attached = browser.ask("Target.attachToTarget", &json!({ "targetId": target, "flatten": true }));
        browser.session = Some(attached["sessionId"].as_str().unwrap().to_owned());
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.ask(&format!("{domain}.enable"), &json!({}));
        }
        Some(browser)
    }

    /// Opens a file on a screen of a size.
    pub fn open(&mut self, file: &Path, (width, height): (u32, u32)) {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 800 });
        self.ask("Emulation.setDeviceMetricsOverride", &metrics);
        self.complaints.clear();
        let url = format!("file://{}", file.display());
        self.ask("Page.navigate", &json!({ "url": url }));
        let started = Instant::now();
        while self.run("document.readyState + location.href") != json!(format!("complete{url}")) {
            assert!(started.elapsed() < PATIENCE, "the page does not load");
            std::thread::sleep(Duration::from_millis(20));
        }
        self.complaints.retain(|complaint| *complaint != format!("asks for {url}"));
    }

    /// Shows pages as to somebody who prefers this colour scheme.
    pub fn prefer(&mut self, scheme: &str) {
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        self.ask("Emulation.setEmulatedMedia", &json!({ "features": features }));
    }

    /// The value of an expression in the page.
    pub fn run(&mut self, script: &str) -> Value {
        let answer = self.ask("Runtime.evaluate", &json!({ "expression": script, "returnByValue": true }));
        assert!(answer.get("exceptionDetails").is_none(), "{script}: {answer}");
        answer["result"]["value"].clone()
    }

    /// The value that an expression in the page promises.
    pub fn promised(&mut self, script: &str) -> Value {
        let parameters = json!({ "expression": script, "returnByValue": true, "awaitPromise": true });
        let answer = self.ask("Runtime.evaluate", &parameters);
        assert!(answer.get("exceptionDetails").is_none(), "{answer}");
        answer["result"]["value"].clone()
    }

    /// What the screen shows, in base64.
    pub fn screenshot(&mut self) -> String {
        self.ask("Page.captureScreenshot", &json!({ "format": "png" }))["data"].as_str().unwrap().to_owned()
    }

    fn ask(&mut self, method: &str, parameters: &Value) -> Value {
        self.last += 1;
        let mut message = json!({ "id": self.last, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        let mut bytes = serde_json::to_vec(&message).unwrap();
        bytes.push(0);
        self.to.write_all(&bytes).unwrap();
        loop {
            let answer = self.from.recv_timeout(PATIENCE).expect("the browser does not answer");
            if answer["id"] == json!(self.last) {
                assert!(answer.get("error").is_none(), "{method}: {answer}");
                return answer["result"].clone();
            }
            self.complaints.extend(complaint(&answer));
        }
    }
}

fn complaint(event: &Value) -> Option<String> {
    let parameters = &event["params"];
    match event["method"].as_str()? {
        "Runtime.exceptionThrown" => Some(format!("throws {}", parameters["exceptionDetails"])),
        "Runtime.consoleAPICalled" => Some(format!("logs {}", parameters["args"])),
        "Log.entryAdded" => Some(format!("logs {}", parameters["entry"])),
        "Network.requestWillBeSent" => Some(format!("asks for {}", parameters["request"]["url"].as_str()?)),
        _ => None,
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
