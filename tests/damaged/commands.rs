//! The commands that read artefacts, without a process for each: they return what they would print of errors.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};

use fwc::diff::{self, DiffSide, renderers};
use fwc::driver::{
    Approvals, Criteria, ImportRequest, Input, MemoryFiles, NotImported, ParentInput, ProjectOptions, Unusable,
    artefact_findings, difference, import, load_whole,
};
use fwc::evaluate::RuleOrder;
use fwc::explain::{self, Detail, Explainer, FlowLine};
use fwc::flow::WorkBudget;
use fwc::model::Policy;
use fwc::plan;
use fwc::report;
use fwc::risk::RiskTable;
use serde_json::{Value, json};

/// A command, which returns its messages.
pub type Command = (&'static str, fn(&Pair) -> Vec<String>);

pub const ALL: [Command; 7] = [
    ("import", |pair| imported(pair, false)),
    ("import --faithful", |pair| imported(pair, true)),
    ("check", check),
    ("explain", explained),
    ("report", reported),
    ("diff", compared),
    ("plan", planned),
];

const OLD: &str = "old.json";
const NEW: &str = "new.json";
const VALUES: &str = "values.json";

/// A file before and after, with values for what the first asks for.
pub struct Pair {
    files: MemoryFiles,
    old: OnceCell<Read>,
    new: OnceCell<Read>,
}

/// An input as the commands that decide flows have it, or why there is none.
type Read = Result<Input, Vec<String>>;

impl Pair {
    pub fn of(old: String, new: String) -> Self {
        let mut files = MemoryFiles::of(VALUES, values(&old).to_string());
        files.insert(OLD, old);
        files.insert(NEW, new);
        Self { files, old: OnceCell::new(), new: OnceCell::new() }
    }

    fn options() -> ProjectOptions {
        ProjectOptions {
            parameters: vec![PathBuf::from(VALUES)],
            parent: Some(ParentInput::LeftOut),
            today: Some(jiff::civil::date(2026, 10, 1)),
            ..ProjectOptions::default()
        }
    }

    fn before(&self) -> Result<&Input, Vec<String>> {
        self.old.get_or_init(|| self.read(OLD).map(Input::with_known_addresses)).as_ref().map_err(Vec::clone)
    }

    fn after(&self) -> Result<&Input, Vec<String>> {
        self.new.get_or_init(|| self.read(NEW).map(Input::with_known_addresses)).as_ref().map_err(Vec::clone)
    }

    fn read(&self, name: &str) -> Read {
        load_whole(&self.files, Path::new(name), &Self::options()).map_err(messages)
    }
}

fn messages(unusable: Unusable) -> Vec<String> {
    match unusable {
        Unusable::Errors { found, .. } => found.iter().map(|found| found.message.clone()).collect(),
        Unusable::Fault(fault) => vec![fault.to_string()],
    }
}

/// Values of the parameters for which a template has none, as a parameter file.
fn values(text: &str) -> Value {
    let template: Value = serde_json::from_str(text).unwrap_or_default();
    let parameters = template["parameters"].as_object().into_iter().flatten();
    let missing =
        parameters.filter(|(_, stated)| template["resources"] != Value::Null && stated["defaultValue"].is_null());
    let given: serde_json::Map<_, _> =
        missing.map(|(name, stated)| (name.clone(), json!({ "value": value(name, stated) }))).collect();
    json!({ "parameters": given })
}

fn value(name: &str, stated: &Value) -> Value {
    let subnet = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/s";
    if let Some(allowed) = stated["allowedValues"].get(0) {
        return allowed.clone();
    }
    match stated["type"].as_str().unwrap_or_default().to_lowercase().as_str() {
        "int" => json!(1),
        "bool" => json!(true),
        "array" if name.ends_with("ResourceIds") => json!([subnet]),
        "array" => json!([]),
        "object" | "secureobject" => json!({}),
        _ => json!("10.123.4.0/24"),
    }
}

fn imported(pair: &Pair, faithful: bool) -> Vec<String> {
    let request = ImportRequest {
        inputs: vec![PathBuf::from(NEW)],
        parameters: vec![PathBuf::from(VALUES)],
        parent: Some(ParentInput::LeftOut),
        faithful,
        catalogue: true,
        ..ImportRequest::default()
    };
    match import(&pair.files, &request) {
        Ok(imported) => imported.assumptions.iter().map(ToString::to_string).collect(),
        Err(NotImported::Fault(fault)) => vec![fault.to_string()],
        Err(NotImported::Refused(refusal)) => vec![refusal.to_string()],
    }
}

fn check(pair: &Pair) -> Vec<String> {
    let mut input = match pair.read(NEW) {
        Ok(input) => input,
        Err(messages) => return messages,
    };
    let found = artefact_findings(&mut input, &Pair::options()).found;
    found.iter().filter_map(|found| found.at.as_ref()).for_each(|label| drop(input.files.locate(label.at)));
    found.iter().map(|found| found.message.clone()).collect()
}

const FLOWS: [[&str; 3]; 6] = [
    ["10.0.0.4", "192.0.2.10", "tcp/443"],
    ["10.123.4.5", "mcr.microsoft.com", "https"],
    ["10.1.0.4", "www.example.com", "http/8080"],
    ["203.0.113.7", "20.61.0.10", "udp/53"],
    ["10.240.0.4", "sql.example.com", "mssql"],
    ["192.168.1.1", "10.0.0.5", "icmp"],
];

fn explained(pair: &Pair) -> Vec<String> {
    answered(pair.after().map(|input| input.model.leaves().flat_map(|policy| explanations(input, policy)).collect()))
}

fn explanations(input: &Input, policy: &Policy) -> Vec<String> {
    let order = RuleOrder::of(&input.model, policy);
    let mut explainer = Explainer::new(&order, &input.knowledge, Detail::Passed);
    let answer = |[source, destination, service]: &[&str; 3]| {
        let given = json!({ "source": source, "destination": destination, "service": service }).to_string();
        let given: FlowLine = given.parse().expect("these are flows");
        let flow = given.flow(&input.model).expect("these are flows");
        match explainer.explain(&flow) {
            Ok(found) => {
                let json = explain::report(&found, &given, &input.files, Detail::Passed);
                serde_json::to_string(&json).unwrap() + &explain::text(&found, &given, &input.files, Detail::Passed)
            }
            Err(error) => error.to_string(),
        }
    };
    FLOWS.iter().map(answer).collect()
}

fn reported(pair: &Pair) -> Vec<String> {
    answered(pair.after().map(|input| input.model.leaves().flat_map(|policy| pages(input, policy)).collect()))
}

fn pages(input: &Input, policy: &Policy) -> Vec<String> {
    let options = Pair::options();
    let today = options.today.expect("it is stated");
    let given = report::ReportGiven { today, soon: 30, limits: &options.checks, budget: WorkBudget::default() };
    let found = report::report(&source(input, policy, NEW), &given);
    vec![report::html(&found), report::markdown(&found)]
}

fn source<'i>(input: &'i Input, policy: &'i Policy, label: &'i str) -> renderers::RuleSource<'i> {
    let side = DiffSide { model: &input.model, policy, knowledge: &input.knowledge };
    renderers::RuleSource { side, intent: None, files: &input.files, label }
}

fn compared(pair: &Pair) -> Vec<String> {
    answered(pair.before().and_then(|old| pair.after().map(|new| differences(old, new))))
}

/// What changes from the first policy of the one to the first of the other.
fn differences(old: &Input, new: &Input) -> Vec<String> {
    let (Some(before), Some(after)) = (old.model.leaves().next(), new.model.leaves().next()) else {
        return Vec::new();
    };
    let (old, new) = (source(old, before, OLD), source(new, after, NEW));
    let found = match difference(old.side, new.side) {
        Ok(found) => found,
        Err(fault) => return vec![fault.to_string()],
    };
    let today = jiff::civil::date(2026, 10, 1);
    let criteria = Criteria { table: RiskTable::default(), approvals: Approvals::default(), today };
    drop(criteria.assess(&found, &new));
    let view = renderers::view(&found, &[], &old, &new);
    vec![
        diff::json(&found, &[], old.files, new.files).to_string(),
        renderers::markdown(std::slice::from_ref(&view), renderers::MarkdownRoom::GitHub),
        renderers::html(std::slice::from_ref(&view)),
    ]
}

fn planned(pair: &Pair) -> Vec<String> {
    answered(pair.before().and_then(|old| pair.after().map(|new| operations(old, new))))
}

fn operations(old: &Input, new: &Input) -> Vec<String> {
    let given = plan::PlanGiven { knowledge: &new.knowledge, budget: &WorkBudget::default() };
    match plan::plan(&old.model, &new.model, &given) {
        Ok(found) => vec![plan::json(&found).to_string(), plan::script(&found, None, &[]), plan::rollback(&found)],
        Err(why) => vec![why.to_string()],
    }
}

fn answered(answer: Result<Vec<String>, Vec<String>>) -> Vec<String> {
    answer.unwrap_or_else(|messages| messages)
}
