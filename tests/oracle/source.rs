//! Random sources: few addresses, names and ports, so that rules meet, repeat and cover each other all the time.

use super::random::Random;

const DEFINITIONS: &str = r#"
let nodes    = 10.1.0.0/16
let agents   = 10.1.2.0/24, 10.1.0.0-10.1.0.9
let partners = ip-group("/subscriptions/0/resourceGroups/r/providers/Microsoft.Network/ipGroups/partners")
let apps     = a.corp.example, *.mcr.example
let loose    = *corp.example, other.test
let web      = https, http/{80,8080}
let shells   = ssh, rdp
ip-group build   = 10.1.2.0/25, 10.2.0.0-10.2.0.255
ip-group servers = 10.50.0.0/16, 20.61.7.0/24

bundle reach(who: addresses, name: text, port: number = 443, clock: flag = off) {
    allow https/port from who to {name}.corp.example, *.{name}.corp.example
    when clock { allow ntp from who to {name}.corp.example }
}
bundle close(who: addresses, where: addresses, over: services = shells) {
    deny over from who to where
}
"#;

const FIREWALL: &str = r#"
firewall hub {
    policy     child
    sku        premium
    private-ip 10.0.1.4
    public-ip  web 20.61.0.10
    public-ip  api 20.61.0.11
}
"#;

/// Names with addresses of their own.
const ENDPOINTS: [&str; 4] = [
    "private-endpoint store { host a.corp.example  address 10.50.1.4 }",
    "private-endpoint registry { host www.mcr.example, mcr.example  address 10.50.1.0/30, 20.61.7.7 }",
    "private-endpoint shared { host x.a.corp.example, a.corp.example  address 10.50.0.250, 10.1.2.4 }",
    "private-endpoint test { host www.test  address 169.254.169.254 }",
];

const SETTINGS: &str = "    location \"westeurope\"\n    sku premium\n    dns { proxy on  servers 10.0.0.10 }\n";

const SOURCES: [&str; 18] = [
    "nodes",
    "nodes",
    "10.1.0.0/16",
    "10.1.0.0/16",
    "agents",
    "10.1.2.0/24",
    "10.1.2.4",
    "10.1.0.0-10.1.0.9",
    "10.1.2.250-10.1.3.5",
    "10.2.0.0/15",
    "10.0.0.0/8",
    "private",
    "any",
    "build",
    "partners",
    "10.1.0.0/16 except 10.1.2.0/24",
    "private except (10.1.0.0/24, 10.1.2.4)",
    "nodes except agents",
];

const NEAR: [&str; 18] = [
    "10.50.0.0/16",
    "10.50.1.0/24",
    "10.50.1.4",
    "10.50.0.250-10.50.1.5",
    "10.50.0.0/16 except 10.50.1.0/24",
    "servers",
    "private",
    "169.254.169.254",
    "20.60.0.0/14",
    "20.61.0.0/16",
    "20.61.7.0/24",
    "20.61.7.7",
    "20.61.7.0-20.61.7.99",
    "20.60.0.0/14 except (20.61.7.0/24, 20.62.0.0/16)",
    "tag(Storage)",
    "tag(Storage.WestEurope)",
    "tag(AzureMonitor)",
    "partners",
];

const WIDE: [&str; 4] = ["any", "internet", "internet except 20.61.0.0/16", "any except 10.0.0.0/8"];

const NAMES: [&str; 9] = [
    "corp.example",
    "a.corp.example",
    "b.corp.example",
    "x.a.corp.example",
    "evilcorp.example",
    "evila.corp.example",
    "mcr.example",
    "data.mcr.example",
    "other.test",
];

const PATTERNS: [&str; 12] = [
    "*.corp.example",
    "*.corp.example",
    "*corp.example",
    "*corp.example",
    "*.a.corp.example",
    "*a.corp.example",
    "*.mcr.example",
    "*.example",
    "a.corp.example",
    "apps",
    "loose",
    "any-host",
];

const OUTSIDE_NAMES: [&str; 4] =
    ["fqdn-tag(AzureKubernetesService)", "fqdn-tag(WindowsUpdate)", "category(Gambling)", "category(Hacking)"];

const APPLICATION: [&str; 9] = [
    "https",
    "https",
    "https",
    "http",
    "http/8080",
    "https/{443,8443}",
    "https, http",
    "web",
    "https/8443, http/{80,8080}",
];

/// Over TCP ports that application rules speak of.
const WEB_PORTS: [&str; 7] =
    ["tcp/443", "tcp/{80,443}", "tcp/8080-8443", "tcp/1-1024", "tcp/1433", "any", "tcp/440-450, udp/443"];

/// Over everything else.
const QUIET: [&str; 13] = [
    "ssh",
    "rdp",
    "shells",
    "dns",
    "ntp",
    "udp/123",
    "udp/50-130",
    "{tcp,udp}/53",
    "icmp",
    "icmp, dns",
    "tcp/20-30, udp/{53,443}",
    "tcp/{22,3389}",
    "udp/1-65535",
];

/// A source, drawn by `random`.
pub fn source(random: &mut Random) -> String {
    let mut writer = Writer { random, text: DEFINITIONS.to_owned(), rules: 0 };
    if writer.random.chance(85) {
        writer.policy("policy base", Ingress::None);
        writer.policy("policy child inherits base", Ingress::Some);
    } else {
        writer.policy("policy child", Ingress::Some);
    }
    writer.text.push_str(FIREWALL);
    if writer.random.chance(40) {
        let endpoints = writer.random.list(&ENDPOINTS, 1, 2);
        writer.text.push_str(&endpoints.join("\n"));
    }
    writer.text
}

/// Whether a policy has DNAT rules.
#[derive(Clone, Copy, PartialEq)]
enum Ingress {
    None,
    Some,
}

/// What sort of Azure rule a rule becomes.
#[derive(Clone, Copy, PartialEq)]
enum Sort {
    Application,
    Network,
    Mixed,
}

/// A rule before it is text.
#[derive(Clone)]
struct Draft {
    sort: Sort,
    services: &'static str,
    from: Vec<&'static str>,
    to: Vec<&'static str>,
}

struct Writer<'r> {
    random: &'r mut Random,
    text: String,
    rules: usize,
}

impl Writer<'_> {
    fn line(&mut self, indent: usize, line: &str) {
        self.text.push_str(&" ".repeat(indent));
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn policy(&mut self, head: &str, ingress: Ingress) {
        self.line(0, &format!("{head} {{"));
        self.text.push_str(SETTINGS);
        let groups = self.random.between(1, 4);
        let mut priorities = self.priorities(groups);
        let share = (self.random.between(2, 16) / groups).max(1);
        for group in 0..groups {
            let priority = priorities.pop().unwrap_or_default();
            self.line(4, &format!("group g{group}{priority} {{"));
            let most = self.random.between(1, 2 * share);
            let is_explicit = self.random.chance(25);
            if is_explicit {
                self.collections(most);
            } else {
                self.rules(most);
            }
            if ingress == Ingress::Some && !is_explicit && self.random.chance(25) {
                self.ingress(8);
            }
            self.line(4, "}");
        }
        if ingress == Ingress::Some && self.random.chance(40) {
            self.line(4, "group ingress {");
            self.line(8, "collection in dnat {");
            self.ingress(12);
            self.line(8, "}");
            self.line(4, "}");
        }
        self.line(0, "}");
    }

    /// Priorities, different ones, for some of `count` things in a row.
    fn priorities(&mut self, count: usize) -> Vec<String> {
        let mut left: Vec<usize> = (1..=8).map(|number| number * 500).collect();
        let stated = self.random.chance(40);
        let mut priority = |_| {
            let number = left.remove(self.random.below(left.len()));
            let written = stated && self.random.chance(70);
            if written { format!(" priority {number}") } else { String::new() }
        };
        (0..count).map(&mut priority).collect()
    }

    /// The rules of a group: denies first, as the language wants it, but for a few.
    fn rules(&mut self, count: usize) {
        let denies = self.random.below(count / 2 + 1);
        let mut drafts: Vec<Draft> = Vec::new();
        for index in 0..count {
            let action = if index < denies || self.random.chance(2) { "deny" } else { "allow" };
            let wanted = self.sort();
            let draft = self.draft(wanted, &drafts);
            self.rule(8, action, &draft);
            drafts.push(draft);
            if index + 1 == denies {
                drafts.clear();
                self.apply_some("close");
            }
        }
        self.apply_some("reach");
    }

    fn collections(&mut self, count: usize) {
        let collections = self.random.between(1, 3);
        let mut priorities = self.priorities(collections);
        for collection in 0..collections {
            let action = if self.random.chance(40) { "deny" } else { "allow" };
            let priority = priorities.pop().unwrap_or_default();
            self.line(8, &format!("collection c{collection}{priority} {action} {{"));
            let sort = if self.random.chance(60) { Sort::Application } else { Sort::Network };
            let mut drafts = Vec::new();
            for _ in 0..(count / collections).max(1) {
                let draft = self.draft(sort, &drafts);
                self.rule(12, action, &draft);
                drafts.push(draft);
            }
            self.line(8, "}");
        }
    }

    fn sort(&mut self) -> Sort {
        match self.random.below(100) {
            0..55 => Sort::Application,
            55..95 => Sort::Network,
            _ => Sort::Mixed,
        }
    }

    /// A new rule, or one that repeats, narrows or widens an earlier one.
    fn draft(&mut self, sort: Sort, earlier: &[Draft]) -> Draft {
        let fresh = self.fresh(sort);
        if earlier.is_empty() || self.random.chance(65) {
            return fresh;
        }
        let mut draft = self.random.pick(earlier).clone();
        if draft.sort != sort {
            return fresh;
        }
        match self.random.below(4) {
            0 => draft.from = fresh.from,
            1 => draft.from.truncate(1),
            2 if sort == Sort::Application => draft.to = self.random.list(&PATTERNS, 1, 3),
            2 => draft.to.truncate(1),
            _ => {}
        }
        draft
    }

    fn fresh(&mut self, sort: Sort) -> Draft {
        let from = self.random.list(&SOURCES, 1, 2);
        let (services, to) = match sort {
            Sort::Application => self.application(),
            Sort::Network => self.network(),
            Sort::Mixed => self.mixed(),
        };
        Draft { sort, services, from, to }
    }

    fn application(&mut self) -> (&'static str, Vec<&'static str>) {
        match self.random.below(100) {
            0..45 => (self.random.word(&APPLICATION), self.random.list(&NAMES, 1, 4)),
            45..80 => (self.random.word(&APPLICATION), self.random.list(&PATTERNS, 1, 3)),
            80..92 => (self.random.word(&APPLICATION), self.random.list(&OUTSIDE_NAMES, 1, 2)),
            _ => ("mssql", self.random.list(&PATTERNS, 1, 2)),
        }
    }

    fn network(&mut self) -> (&'static str, Vec<&'static str>) {
        match self.random.below(100) {
            0..25 => (self.random.word(&WEB_PORTS), self.random.list(&NEAR, 1, 3)),
            25..30 => (self.random.word(&APPLICATION), self.random.list(&NEAR, 1, 2)),
            30..65 => (self.random.word(&QUIET), self.random.list(&NEAR, 1, 3)),
            65..83 => (self.random.word(&QUIET), self.random.list(&WIDE, 1, 1)),
            83..96 => {
                (self.random.word(&["ntp", "dns", "ssh", "tcp/20-30", "udp/443"]), self.random.list(&NAMES, 1, 3))
            }
            96..99 => ("tcp/443", self.random.list(&NAMES, 1, 2)),
            _ => (self.random.word(&WEB_PORTS), self.random.list(&WIDE, 1, 1)),
        }
    }

    fn mixed(&mut self) -> (&'static str, Vec<&'static str>) {
        let services = self.random.word(&["https, ssh", "https", "http/8080, ntp", "https, tcp/8443"]);
        let mut to = self.random.list(&NAMES, 1, 2);
        to.extend(self.random.list(&NEAR, 1, 2));
        (services, to)
    }

    fn rule(&mut self, indent: usize, action: &str, draft: &Draft) {
        self.rules += 1;
        let label = if self.random.chance(50) { format!("r{}: ", self.rules) } else { String::new() };
        let (from, to) = (draft.from.join(", "), draft.to.join(", "));
        self.line(indent, &format!("{label}{action} {} from {from} to {to}", draft.services));
    }

    fn apply_some(&mut self, bundle: &str) {
        if !self.random.chance(12) {
            return;
        }
        let who = self.random.word(&SOURCES);
        let line = if bundle == "reach" {
            let rest = self.random.word(&["", ", port: 8443", ", clock: on", ", port: 80, clock: on"]);
            format!("apply reach(who: {who}, name: \"{}\"{rest})", self.random.word(&["a", "b", "x.a"]))
        } else {
            let rest = self.random.word(&["", ", over: dns", ", over: icmp"]);
            format!("apply close(who: {who}, where: {}{rest})", self.random.word(&NEAR))
        };
        self.line(8, &line);
    }

    fn ingress(&mut self, indent: usize) {
        const FROM: [&str; 7] = ["203.0.113.0/24", "203.0.113.7", "internet", "any", "nodes", "build", "partners"];
        const TO: [&str; 4] = ["hub::web", "hub::api", "hub::private", "20.61.7.7"];
        const TARGETS: [&str; 4] = ["10.50.1.4", "10.50.1.4:8443", "10.50.1.5:443", "a.corp.example:8080"];
        for _ in 0..self.random.between(1, 3) {
            let service = self.random.word(&["tcp/443", "tcp/443", "tcp/80", "udp/53", "tcp/442-445"]);
            let targets = if service == "tcp/442-445" { &TARGETS[..1] } else { &TARGETS[..] };
            let (from, to) = (self.random.list(&FROM, 1, 2).join(", "), self.random.word(&TO));
            let target = self.random.word(targets);
            self.line(indent, &format!("dnat {service} from {from} to {to} -> {target}"));
        }
    }
}
