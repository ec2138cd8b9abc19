//! What readers promise for any text: they read it, or end in an error that says why. Each function panics where that
//! does not hold.

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use fwc::driver::{
    Approvals, Baseline, Input, MemoryFiles, OtherFqdnTags, Project, ProjectOptions, Unusable, artefact_findings,
    dns_snapshot, load_whole, lock_text, parse_lock,
};
use fwc::evaluate::RuleOrder;
use fwc::explain::{Detail, Explainer, report};
use fwc::logs::{self, Bounds, LogEntry, Observed};
use fwc::risk::RiskTable;
use fwc::usage::{self, UsageSide, usage};

/// A reader, by the name of its fuzz target.
pub type Reader = (&'static str, fn(&str));

/// Every reader but those of sources.
pub const READERS: [Reader; 15] = [
    ("arm", artefact),
    ("bicep", bicep),
    ("hcl", hcl),
    ("az", artefact),
    ("terraform", artefact),
    ("parameters", parameters),
    ("flows", flows),
    ("logs", observed),
    ("lock", lock),
    ("risks", risks),
    ("baseline", baseline),
    ("approvals", approvals),
    ("dns", dns),
    ("service-tags", tags),
    ("fqdn-tags", fqdn_tags),
];

/// A template with a parameter in each place that a reader cares about.
const TEMPLATE: &str = include_str!("template.json");

/// A source with what a lock remembers: policies, groups, collections, generated names.
const SOURCE: &str = "let nodes = 10.1.0.0/16
policy hub {
    location \"westeurope\"  sku premium  dns { proxy on }
    group workloads {
        api: allow https from nodes to api.example.com
        allow tcp/443, udp/123 from nodes to 192.0.2.10, tag(Storage)
    }
    group ingress priority 300 { collection in priority 200 dnat { web: dnat tcp/443 from any to 20.61.0.10 -> 10.1.0.4 } }
}
";

/// The template's values are the text.
fn parameters(text: &str) {
    let mut files = MemoryFiles::of("template.json", TEMPLATE);
    files.insert("values.json", text);
    let options = ProjectOptions { parameters: vec![PathBuf::from("values.json")], ..ProjectOptions::default() };
    checked(&files, "template.json", &options);
}

/// An artefact is read and checked.
pub fn artefact(text: &str) {
    // What does not look like an artefact is a source, which has targets of its own.
    if fwc::import::recognise(text) {
        checked(&MemoryFiles::of("input.json", text), "input.json", &ProjectOptions::default());
    }
}

/// A Bicep file is read and checked, and gives a template values where it is a parameter file.
fn bicep(text: &str) {
    let mut files = MemoryFiles::of("template.json", TEMPLATE);
    files.insert("input.bicep", text);
    checked(&files, "input.bicep", &ProjectOptions::default());
    if fwc::bicep::recognise(text) == Some(fwc::bicep::BicepKind::Parameters) {
        files.insert("input.bicepparam", text);
        let options =
            ProjectOptions { parameters: vec![PathBuf::from("input.bicepparam")], ..ProjectOptions::default() };
        checked(&files, "template.json", &options);
    }
}

/// A Terraform file is read and checked, in native syntax and, where it looks like that, in JSON; it is a module too, and a
/// file of values.
fn hcl(text: &str) {
    let name = if fwc::import::recognise(text) { "main.tf.json" } else { "main.tf" };
    let mut files = MemoryFiles::of(format!("in/{name}"), text);
    checked(&files, &format!("in/{name}"), &ProjectOptions::default());
    files.insert("in/more/main.tf", text);
    files.insert("in/terraform.tfvars", text);
    checked(&files, "in", &ProjectOptions::default());
}

fn checked(files: &MemoryFiles, path: &str, options: &ProjectOptions) {
    match load_whole(files, Path::new(path), options) {
        Ok(mut input) => drop(artefact_findings(&mut input, options)),
        Err(Unusable::Fault(fault)) => says_why::<()>(Err(fault)),
        Err(Unusable::Errors { found, .. }) => assert!(found.has_errors()),
    }
}

/// What the template states.
static POLICY: LazyLock<Input> = LazyLock::new(|| {
    let files = MemoryFiles::of("template.json", TEMPLATE);
    load_whole(&files, Path::new("template.json"), &ProjectOptions::default()).expect("the template has no error")
});

/// A line of `--flows`, or a record of a log, is decided by the rules of a policy.
fn flows(text: &str) {
    let input = &*POLICY;
    let order = RuleOrder::of(&input.model, &input.model.policies[0]);
    let mut explainer = Explainer::new(&order, &input.knowledge, Detail::Passed);
    let mut reader = logs::LogReader::default();
    let mut entries: Vec<LogEntry> = text.lines().flat_map(|line| reader.line(line)).collect();
    entries.extend(reader.end());
    for entry in entries {
        let Ok(given) = entry.flow.map_err(|error| says_why::<()>(Err(error))) else { continue };
        let Ok(flow) = given.flow(&input.model).map_err(|error| says_why::<()>(Err(error))) else { continue };
        match explainer.explain(&flow) {
            Ok(explained) => drop(serde_json::to_string(&report(&explained, &given, &input.files, Detail::Passed))),
            Err(error) => says_why::<()>(Err(error)),
        }
    }
}

/// Logs become a table, which is joined to the rules of a policy, told in each form, and read back as the same table.
fn observed(text: &str) {
    let input = &*POLICY;
    let order = RuleOrder::of(&input.model, &input.model.policies[0]);
    let side = UsageSide { order: &order, written: None, knowledge: &input.knowledge, files: &input.files };
    let table = table(text);
    let found = usage(&table, side);
    drop(usage::json(&found, &table, &input.files, None).to_string());
    drop(usage::text("policy", &found, &table, &input.files, None));
    drop(usage::html("policy", &found, &table, &input.files, None));
    let lines: Vec<String> = table.lines().collect();
    let back: Vec<String> = self::table(&lines.join("\n")).lines().collect();
    assert_eq!(lines, back);
}

fn table(text: &str) -> Observed {
    let (mut table, mut reader) = (Observed::within(Bounds::default()), logs::LogReader::default());
    text.lines().for_each(|line| table.line("log", &mut reader, line));
    table.end("log", &mut reader);
    table
}

/// A lock comes back from what is written of it, and a source is compiled beside it.
fn lock(text: &str) {
    let read = parse_lock(text);
    if let Ok(lock) = &read {
        let written = lock_text(lock).unwrap_or_else(|fault| panic!("{fault}"));
        assert_eq!(parse_lock(&written).as_ref(), Ok(lock));
        let mut files = MemoryFiles::of("egress.pol", SOURCE);
        files.insert("egress.lock", text);
        drop(Project::new(files, "egress.pol", ProjectOptions::default()).into_lowered());
    }
    says_why(read);
}

/// The table of risks, which is `fwc.toml`.
fn risks(text: &str) {
    says_why(text.parse::<RiskTable>());
}

fn baseline(text: &str) {
    says_why(Baseline::parse(text, "baseline.json"));
}

fn approvals(text: &str) {
    says_why(Approvals::parse(text, "approvals.toml"));
}

/// A snapshot is read on its own, and gives the rules of a policy their addresses.
fn dns(text: &str) {
    says_why(dns_snapshot(text, "dns.json"));
    known("dns.json", text, ProjectOptions { dns: Some(PathBuf::from("dns.json")), ..ProjectOptions::default() });
}

fn tags(text: &str) {
    known(
        "tags.json",
        text,
        ProjectOptions { service_tags: Some(PathBuf::from("tags.json")), ..ProjectOptions::default() },
    );
}

fn fqdn_tags(text: &str) {
    let documented = OtherFqdnTags::Documented;
    let file = Some(PathBuf::from("tags.json"));
    known(
        "tags.json",
        text,
        ProjectOptions { fqdn_tags: file, other_fqdn_tags: documented, ..ProjectOptions::default() },
    );
}

/// The template's policy, with what a snapshot says.
fn known(name: &str, text: &str, options: ProjectOptions) {
    let mut files = MemoryFiles::of("template.json", TEMPLATE);
    files.insert(name, text);
    match load_whole(&files, Path::new("template.json"), &options) {
        Ok(input) => drop(input.with_known_addresses()),
        Err(Unusable::Fault(fault)) => says_why::<()>(Err(fault)),
        Err(Unusable::Errors { found, .. }) => assert!(found.has_errors()),
    }
}

/// An error is in words, and not about fwc itself.
fn says_why<T>(result: Result<T, impl Display>) {
    if let Err(error) = result {
        let words = error.to_string();
        assert!(!words.trim().is_empty(), "an error says nothing");
        assert!(!words.contains("internal error"), "{words}");
    }
}
