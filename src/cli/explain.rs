//! `fwc explain`.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::Ipv4Addr;
use std::path::Path;

use serde_json::Value;

use crate::diag::RenderStyle;
use crate::driver::{FlowQuestion, Input, ProjectOptions, Unasked, asked, assumptions_json, load};
use crate::evaluate::{OrderLine, RuleOrder};
use crate::explain::{
    self, AnswerRests, Detail, Explanation, FlowLine, FlowVerdict, ServiceSpan, alike, report, services_alike, text,
};
use crate::logs::{LogEntry, LogReader};
use crate::model::Policy;
use crate::net::{AddressSpan, same_word};
use crate::source::inert_json;

use crate::flow::WorkBudget;
use crate::reach::decided_by;
use crate::way::Ways;

use super::args::{ExplainArgs, Format};
use super::explain_words::{self, Alike, ExplainWords, ServiceWords};
use super::inert::inert;
use super::open::{deciding_about, disk, ended, input, rest_on, tell_refused};
use super::printer::{self, Results};
use super::{CommandOutcome, Failure};

/// How many entries of flows a rule is explained by.
const LIMIT: usize = 1000;
/// How many parts of a set of sources are examined.
const PARTS: usize = 4096;
/// How many lines that are no flows are named.
const NAMED: u64 = 10;

pub(super) fn run(args: &ExplainArgs) -> Result<CommandOutcome, Failure> {
    let options = deciding_about(&args.about);
    let read = match explain_words::question(args) {
        None => input(load, &args.input, &options, &args.about.source, &args.about.knowledge)
            .map(|input| (input.with_known_addresses(), None)),
        Some(question) => in_words(args, &question, &options),
    };
    let (input, words) = match read {
        Ok(read) => read,
        Err(ended) => return ended,
    };
    let policy = input.policy(&options)?;
    args.to.as_deref().map_or(Ok(()), |to| explain_words::one_destination(to, input.intent.as_ref()))?;
    if let Some(path) = &args.rule {
        return rule(&input, policy, path, args);
    }
    let order = RuleOrder::of(&input.model, policy);
    // For people it is said how many rules were read.
    let is_brief = args.format == Format::Json && !args.passed;
    let detail = if is_brief { Detail::Decision } else { Detail::Passed };
    let explain = explain::Explainer::new(&order, &input.knowledge, detail);
    let written = input.written();
    let written = written.as_ref().and_then(|model| Some(RuleOrder::of(model, model.policy(&policy.name)?)));
    let explain = match &written {
        Some(written) => explain.with_source(explain::WrittenAnswer::new(written)),
        None => explain,
    };
    let rests = AnswerRests::of(&order, &input.files);
    let mut explainer = ExplainCommand { input: &input, order: &order, explain, rests, args, out: Results::new() };
    match (&args.flows, &words) {
        (Some(path), _) => explainer.flows(path),
        (None, Some(words)) => explainer.in_words(words),
        (None, None) => explainer.single(),
    }
}

/// Reads an input with a question in its words.
fn in_words(
    args: &ExplainArgs,
    question: &FlowQuestion,
    options: &ProjectOptions,
) -> Result<(Input, Option<ExplainWords>), Result<CommandOutcome, Failure>> {
    let asked = asked(&disk(&args.input, &args.about.source).map_err(Err)?, &args.input, question, options);
    let asked = asked.map_err(|why| match why {
        Unasked::Input(unusable) => ended(unusable),
        // What is wrong with the arguments is wrong usage.
        Unasked::Question(wrong) => ended(wrong).and_then(|_| Err(Failure::new("the question has errors"))),
    })?;
    tell_refused(&[&args.input], asked.input.refused);
    rest_on(&asked.input.snapshots, &args.about.knowledge);
    printer::assumptions(&asked.input.model.assumptions);
    let words = ExplainWords::of(&asked, args).map_err(Err)?;
    Ok((asked.input, Some(words)))
}

/// From a rule of a log line to its source and the flows it decides.
fn rule(input: &Input, policy: &Policy, path: &str, args: &ExplainArgs) -> Result<CommandOutcome, Failure> {
    let wanted = |line: &OrderLine<'_>| {
        let name = format!("{}/{}/{}", line.group.name, line.collection.name, line.rule.name());
        same_word(&name, path)
    };
    let found = decided_by(&input.model, policy, wanted, &input.knowledge, LIMIT, &WorkBudget::default());
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
    Ok(CommandOutcome::Done)
}

struct ExplainCommand<'o> {
    input: &'o Input,
    order: &'o RuleOrder<'o>,
    explain: explain::Explainer<'o, 'o>,
    rests: AnswerRests<'o>,
    args: &'o ExplainArgs,
    out: Results,
}

impl<'o> ExplainCommand<'o> {
    fn given(&self) -> FlowLine {
        FlowLine {
            source: self.args.from.clone().unwrap_or_default(),
            destination: self.args.to.clone().unwrap_or_default(),
            destination_address: self.args.to_address.clone(),
            path: self.args.path.clone(),
            service: self.args.service.clone().unwrap_or_default(),
        }
    }

    fn single(&mut self) -> Result<CommandOutcome, Failure> {
        let given = self.given();
        let explained = self.explained(&given).map_err(Failure::new)?;
        self.answer(&explained, &given, ExplainParts::default(), "").map_err(Failure::new)?;
        Ok(CommandOutcome::Done)
    }

    /// Answers about each service, and about sources that are answered alike at once.
    fn in_words(&mut self, words: &ExplainWords) -> Result<CommandOutcome, Failure> {
        let parts = alike(&words.sources, self.order, &Ways::of(&self.input.model, &self.input.knowledge));
        if parts.len() > PARTS {
            return Err(self.too_many("--from", parts.len()));
        }
        let services = match &words.services {
            ServiceWords::Each(services) => services.iter().copied().map(ServiceSpan::from).collect(),
            ServiceWords::Set(set) => services_alike(set, self.order),
        };
        if parts.len().saturating_mul(services.len()) > PARTS {
            return Err(self.too_many("--service", services.len()));
        }
        let mut answers = Vec::new();
        for service in services {
            let more = self.alike(service, &parts, &words.services)?;
            match words.services {
                ServiceWords::Each(_) => answers.extend(more),
                ServiceWords::Set(_) => explain_words::add_services(&mut answers, more),
            }
        }
        if let ServiceWords::Set(_) = words.services {
            // What passes is wanted among much that does not.
            answers.sort_by_key(|answer| match answer.first.1.verdict {
                FlowVerdict::Allow => 0,
                FlowVerdict::Depends => 1,
                FlowVerdict::Deny => 2,
            });
        }
        let between = if answers.len() > 1 { "\n" } else { "" };
        for Alike { of, services, first: (given, explained), .. } in &answers {
            let spans = explain_words::together(of);
            let services = match words.services {
                ServiceWords::Each(_) => &[],
                ServiceWords::Set(_) => services.as_slice(),
            };
            self.answer(explained, given, ExplainParts { sources: &spans, services }, between).map_err(Failure::new)?;
        }
        Ok(CommandOutcome::Done)
    }

    fn too_many(&self, option: &str, parts: usize) -> Failure {
        let of = if option == "--from" { &self.args.from } else { &self.args.service };
        let of = of.as_deref().unwrap_or_default();
        Failure::new(format!("`{of}` has {parts} parts that rules distinguish: use `fwc reach`"))
    }

    /// The answers about one part of the services, sources that are answered alike together.
    fn alike(
        &mut self,
        service: ServiceSpan,
        parts: &[AddressSpan],
        asked: &ServiceWords,
    ) -> Result<Vec<Alike<(FlowLine, Explanation<'o>)>>, Failure> {
        let mut alike = Vec::new();
        for &part in parts {
            let source = Ipv4Addr::from(part.interval().first()).to_string();
            let given = FlowLine { source, service: service.first.to_string(), ..self.given() };
            let mut explained = self.explained(&given).map_err(Failure::new)?;
            match asked {
                ServiceWords::Each(_) => {}
                // The rule that allows the nearest service is another one for each port.
                ServiceWords::Set(_) => explained.near.clear(),
            }
            let told = serde_json::to_value(report(&explained, &given, &self.input.files, Detail::Decision));
            let told = told.map_err(|error| Failure::new(error.to_string()))?;
            explain_words::add(&mut alike, service, part, (given, explained), told);
        }
        Ok(alike)
    }

    /// Answers about each record that is a flow, and names the others.
    fn flows(&mut self, path: &Path) -> Result<CommandOutcome, Failure> {
        let name = path.display().to_string();
        let cannot_read = |error: std::io::Error| Failure::new(format!("cannot read `{name}`: {error}"));
        let mut file: Box<dyn BufRead> = if path == Path::new("-") {
            Box::new(std::io::stdin().lock())
        } else {
            Box::new(BufReader::new(File::open(path).map_err(cannot_read)?))
        };
        let (mut reader, mut line) = (LogReader::default(), Vec::new());
        let mut asked = ExplainTally { name: &name, lines: 0, records: 0, bad: 0 };
        while !printer::is_closed() {
            line.clear();
            if file.read_until(b'\n', &mut line).map_err(cannot_read)? == 0 {
                self.records(reader.end(), &mut asked);
                break;
            }
            // A line in another encoding costs only itself.
            let text = String::from_utf8_lossy(&line);
            let text = text.trim_end_matches(['\r', '\n']);
            asked.lines += u64::from(!text.trim().is_empty());
            self.records(reader.line(text), &mut asked);
        }
        asked.outcome(if self.args.strict { CommandOutcome::Found } else { CommandOutcome::Done })
    }

    fn records(&mut self, entries: Vec<LogEntry>, asked: &mut ExplainTally<'_>) {
        for entry in entries {
            let given = entry.flow.map_err(|error| error.to_string());
            let done = given.and_then(|given| {
                let explained = self.explained(&given)?;
                self.answer(&explained, &given, ExplainParts::default(), "\n")
            });
            asked.count(entry.line, entry.record, done);
        }
    }

    fn explained(&mut self, given: &FlowLine) -> Result<Explanation<'o>, String> {
        let flow = given.flow(&self.input.model).map_err(|error| error.to_string())?;
        self.explain.explain(&flow).map_err(|error| error.to_string())
    }

    /// Prints an answer, for all of `parts` where there are any, with `end` after it.
    fn answer(
        &mut self,
        explained: &Explanation<'_>,
        given: &FlowLine,
        parts: ExplainParts<'_>,
        end: &str,
    ) -> Result<(), String> {
        let detail = if self.args.passed { Detail::Passed } else { Detail::Decision };
        match self.args.format {
            Format::Json => {
                let rests_on = assumptions_json(self.rests.on(explained));
                self.json(&report(explained, given, &self.input.files, detail), rests_on, parts)?;
            }
            Format::Text => {
                let answer = text(explained, &parts.shown(given), &self.input.files, detail);
                let without = self.input.without_parent.as_ref();
                let caveat = without.map(|base| format!("without the base policy `{base}`, which was left out\n"));
                // A blank line parts each of several answers from the next.
                self.out
                    .raw(&inert(&[&answer, caveat.as_deref().unwrap_or_default(), end].concat(), RenderStyle::Plain));
            }
        }
        Ok(())
    }

    fn json(
        &mut self,
        report: &impl serde::Serialize,
        assumptions: Value,
        parts: ExplainParts<'_>,
    ) -> Result<(), String> {
        let mut value = serde_json::to_value(report).map_err(|error| error.to_string())?;
        if let Some(fields) = value.as_object_mut() {
            let without = self.input.without_parent.as_ref();
            fields.extend(without.map(|base| ("withoutParent".to_owned(), base.clone().into())));
            if !parts.sources.is_empty() {
                fields.insert("sources".to_owned(), parts.sources.into());
            }
            if !parts.services.is_empty() {
                fields.insert("services".to_owned(), parts.services_told().into());
            }
            fields.insert("assumptions".to_owned(), assumptions);
        }
        self.out.raw(&inert_json(&format!("{value}\n")));
        Ok(())
    }
}

/// The flows that one answer is about, apart from the one that was asked; nothing where that is all.
#[derive(Clone, Copy, Default)]
struct ExplainParts<'a> {
    sources: &'a [String],
    services: &'a [ServiceSpan],
}

impl ExplainParts<'_> {
    /// The flow as people see it, with all of its sources and services.
    fn shown(&self, given: &FlowLine) -> FlowLine {
        let mut shown = given.clone();
        if !self.sources.is_empty() {
            shown.source = explain_words::shortened(self.sources);
        }
        if !self.services.is_empty() {
            shown.service = explain_words::shortened(&self.services_told());
        }
        shown
    }

    fn services_told(&self) -> Vec<String> {
        ServiceSpan::joined(self.services).iter().map(ToString::to_string).collect()
    }
}

/// How many records of a file were examined.
struct ExplainTally<'n> {
    name: &'n str,
    /// The lines that are not blank.
    lines: u64,
    records: u64,
    bad: u64,
}

impl ExplainTally<'_> {
    /// Counts a record, and names the first of those without an answer.
    fn count(&mut self, line: u64, record: Option<usize>, done: Result<(), String>) {
        self.records += 1;
        if let Err(message) = done {
            self.bad += 1;
            let of_line = record.map(|record| format!(" record {record}:")).unwrap_or_default();
            if self.bad <= NAMED {
                printer::complain(&format!("{}:{line}:{of_line} {message}", self.name));
            }
        }
    }

    /// How the command ends; `with_bad` where some records have an answer and others do not.
    fn outcome(self, with_bad: CommandOutcome) -> Result<CommandOutcome, Failure> {
        let Self { name, lines, records, bad } = self;
        // A document or a table has other lines than those of its records.
        let (one, many) = if lines == records { ("line", "lines") } else { ("record", "records") };
        match bad {
            0 => Ok(CommandOutcome::Done),
            bad if bad == records => Err(Failure::new(format!("no {one} of {name} is a flow"))),
            bad => {
                printer::complain(&format!("{bad} of {records} {many} of {name} are no flows and have no answer"));
                Ok(with_bad)
            }
        }
    }
}
