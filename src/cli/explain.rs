//! `fwc explain`.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use serde_json::Value;

use crate::diag::Style;
use crate::driver::{Input, assumptions_json, load};
use crate::evaluate::{Line, Order};
use crate::explain::{self, Detail, FlowLine, Rests, report, text};
use crate::model::Policy;
use crate::net::same_word;
use crate::source::inert_json;

use crate::flow::Budget;
use crate::reach::decided_by;

use super::args::{ExplainArgs, Format};
use super::inert::inert;
use super::open::{deciding, input};
use super::printer::{self, Results};
use super::{Failure, Outcome};

/// How many entries of flows a rule is explained by.
const LIMIT: usize = 1000;

pub(super) fn run(args: &ExplainArgs) -> Result<Outcome, Failure> {
    let options = deciding(&args.source, &args.knowledge, args.parent.as_deref(), args.policy.as_deref());
    let input = match input(load, &args.input, &options, &args.source, &args.knowledge) {
        Ok(input) => input.with_known_addresses(),
        Err(ended) => return ended,
    };
    let policy = input.policy(&options)?;
    if let Some(path) = &args.rule {
        return rule(&input, policy, path, args);
    }
    let order = Order::of(&input.model, policy);
    // For people it is said how many rules were read.
    let is_brief = args.format == Format::Json && !args.passed;
    let detail = if is_brief { Detail::Decision } else { Detail::Passed };
    let explain = explain::Explainer::new(&order, &input.knowledge, detail);
    let written = input.written();
    let written = written.as_ref().and_then(|model| Some(Order::of(model, model.policy(&policy.name)?)));
    let explain = match &written {
        Some(written) => explain.with_source(explain::Written::new(written)),
        None => explain,
    };
    let rests = Rests::of(&order, &input.files);
    let mut explainer = Explainer { input: &input, explain, rests, args, out: Results::new() };
    let done = match &args.flows {
        Some(path) => explainer.flows(path),
        None => explainer.single(),
    };
    done.map(|()| Outcome::Done)
}

/// From a rule of a log line to its source and the flows it decides.
fn rule(input: &Input, policy: &Policy, path: &str, args: &ExplainArgs) -> Result<Outcome, Failure> {
    let wanted = |line: &Line<'_>| {
        let name = format!("{}/{}/{}", line.group.name, line.collection.name, line.rule.name());
        same_word(&name, path)
    };
    let found = decided_by(&input.model, policy, wanted, &input.knowledge, LIMIT, &Budget::default());
    let found = found.map_err(|stopped| Failure::new(stopped.to_string()))?;
    let Some((line, reach)) = found else {
        let message =
            format!("`{}` has no rule `{path}`: name it as a log line does, GROUP/COLLECTION/RULE", policy.name);
        return Err(Failure::new(message));
    };
    match args.format {
        Format::Json => printer::json(&format!("{}\n", super::reach::json_of(&reach, input))),
        Format::Text => say!("{}", super::reach::of_rule(&line, &reach, &input.files)),
    }
    Ok(Outcome::Done)
}

struct Explainer<'a> {
    input: &'a Input,
    explain: explain::Explainer<'a, 'a>,
    rests: Rests<'a>,
    args: &'a ExplainArgs,
    out: Results,
}

impl Explainer<'_> {
    fn single(&mut self) -> Result<(), Failure> {
        let given = FlowLine {
            source: self.args.from.clone().unwrap_or_default(),
            destination: self.args.to.clone().unwrap_or_default(),
            destination_address: self.args.to_address.clone(),
            path: self.args.path.clone(),
            service: self.args.service.clone().unwrap_or_default(),
        };
        self.answer(&given).map_err(Failure::new)
    }

    fn flows(&mut self, path: &Path) -> Result<(), Failure> {
        let name = path.display();
        let reader: Box<dyn BufRead> = if path == Path::new("-") {
            Box::new(std::io::stdin().lock())
        } else {
            let file = File::open(path).map_err(|error| Failure::new(format!("cannot read `{name}`: {error}")))?;
            Box::new(BufReader::new(file))
        };
        for (number, line) in (1u64..).zip(reader.lines()) {
            if printer::is_closed() {
                break;
            }
            let line = line.map_err(|error| Failure::new(format!("cannot read `{name}`: {error}")))?;
            if line.trim().is_empty() {
                continue;
            }
            let given = line.parse::<FlowLine>().map_err(|error| error.to_string());
            let done = given.and_then(|given| self.answer(&given));
            done.map_err(|message| Failure::new(format!("{name}:{number}: {message}")))?;
        }
        Ok(())
    }

    fn answer(&mut self, given: &FlowLine) -> Result<(), String> {
        let flow = given.flow(&self.input.model).map_err(|error| error.to_string())?;
        let explained = self.explain.explain(&flow).map_err(|error| error.to_string())?;
        let detail = if self.args.passed { Detail::Passed } else { Detail::Decision };
        match self.args.format {
            Format::Json => {
                let rests_on = assumptions_json(self.rests.on(&explained));
                self.json(&report(&explained, given, &self.input.files, detail), rests_on)?;
            }
            Format::Text => {
                let answer = text(&explained, given, &self.input.files, detail);
                let without = self.input.without_parent.as_ref();
                let caveat = without.map(|base| format!("without the base policy `{base}`, which was left out\n"));
                // A blank line parts each of several answers from the next.
                let end = if self.args.flows.is_some() { "\n" } else { "" };
                self.out.raw(&inert(&[&answer, caveat.as_deref().unwrap_or_default(), end].concat(), Style::Plain));
            }
        }
        Ok(())
    }

    fn json(&mut self, report: &impl serde::Serialize, assumptions: Value) -> Result<(), String> {
        let mut value = serde_json::to_value(report).map_err(|error| error.to_string())?;
        if let Some(fields) = value.as_object_mut() {
            let without = self.input.without_parent.as_ref();
            fields.extend(without.map(|base| ("withoutParent".to_owned(), base.clone().into())));
            fields.insert("assumptions".to_owned(), assumptions);
        }
        self.out.raw(&inert_json(&format!("{value}\n")));
        Ok(())
    }
}
