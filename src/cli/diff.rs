//! `fwc diff`.

use std::collections::HashMap;
use std::path::Path;

use serde_json::{Value, json};

use crate::diff::{
    self, Diff, Side,
    faces::{Other, Room, Source, View, html, markdown, text, view},
};
use crate::driver::{
    Approvals, Assessed, Criteria, Input, Open, Options, Reached, assumptions_json, children, difference, load, others,
};
use crate::import::{self, Spare};
use crate::model::{Assumption, Policy, told_once};
use crate::risk::Table;

use super::args::{DiffArgs, DiffFormat, Expired, Host, SourceArgs};
use super::changes::{finding, findings, suite, weaker};
use super::formats::{Found, Suite, azure_pipelines, github, junit, sarif};
use super::open::{deciding, disk, input};
use super::reader::read;
use super::{Failure, Outcome, clock, folder, printer};

/// The file with the table of risks, where there is one in the working folder.
const CONFIG: &str = "fwc.toml";

pub(super) fn run(args: &DiffArgs) -> Result<Outcome, Failure> {
    // A rule that has expired since still decided flows.
    let source = SourceArgs { expired: Expired::Warn, ..args.source.clone() };
    let options = deciding(&source, &args.knowledge, args.parent.as_deref(), args.policy.as_deref());
    // A parameter may be new on one side.
    let options = Options { spare: Spare::Noted, ..options };
    let before = Options { moment: import::Moment::Before, ..options.clone() };
    let input = |path: &Path, options| input(load, path, options, &source, &args.knowledge);
    let both = input(&args.old, &before).and_then(|old| Ok((old, input(&args.new, &options)?)));
    let both = both.map(|(old, new)| (old.with_known_addresses(), new.with_known_addresses()));
    let (old, new) = match both {
        Ok(both) => both,
        Err(done) => return done,
    };
    let policies = (old.policy(&options)?, new.policy(&options)?);
    let labels = (args.old.display().to_string(), args.new.display().to_string());
    let sources = (of(&old, policies.0, &labels.0), of(&new, policies.1, &labels.1));
    let found = difference(sources.0.side, sources.1.side)?;
    let without = [&old, &new].iter().find_map(|input| input.without_parent.clone());
    let criteria = criteria(args)?;
    let others = reached(args, &sources, &options, &criteria)?;
    let causes = criteria.assess(&found, &sources.1);
    let assumptions = assumptions(&old, &new, &others);
    printer::assumptions(assumptions.iter().copied());
    let answer = Answer { args, found: &found, sources: &sources, others: &others, without, causes, assumptions };
    answer.print()?;
    if let Some(path) = &args.approve {
        // Who accepts a change does not want to fail on it.
        answer.approve(path)?;
        return Ok(Outcome::Done);
    }
    Ok(if answer.counts() { Outcome::Found } else { Outcome::Done })
}

/// What both sides rest on, and the other policies.
fn assumptions<'a>(old: &'a Input, new: &'a Input, others: &'a [Reached]) -> Vec<&'a Assumption> {
    let others = others.iter().flat_map(|other| &other.assumptions);
    old.model.assumptions.iter().chain(&new.model.assumptions).chain(others).collect()
}

fn reached(
    args: &DiffArgs,
    sources: &(Source<'_>, Source<'_>),
    options: &Options,
    criteria: &Criteria,
) -> Result<Vec<Reached>, Failure> {
    match &args.children {
        Some(folder) => {
            let disk = disk(folder, &args.source)?;
            Ok(children((&disk, folder), sources, options, criteria)?)
        }
        None => Ok(others(&sources.0, &sources.1, criteria)),
    }
}

/// What the files that the user names say about risks and accepted changes.
fn criteria(args: &DiffArgs) -> Result<Criteria, Failure> {
    let known = args.approved.iter().chain(args.approve.as_ref().filter(|path| path.exists()));
    let mut approvals = Approvals::default();
    for path in known {
        approvals.extend(approved(path)?);
    }
    Ok(Criteria { table: risks(args)?, approvals, today: args.source.as_of.unwrap_or_else(clock::today) })
}

fn approved(path: &Path) -> Result<Approvals, Failure> {
    Ok(Approvals::parse(&read(path)?, &path.display().to_string())?)
}

fn risks(args: &DiffArgs) -> Result<Table, Failure> {
    let usual = Path::new(CONFIG);
    let Some(path) = args.config.as_deref().or_else(|| usual.exists().then_some(usual)) else {
        return Ok(Table::default());
    };
    read(path)?.parse().map_err(|error| Failure::new(format!("{}: {error}", path.display())))
}

fn of<'i>(input: &'i Input, policy: &'i Policy, label: &'i str) -> Source<'i> {
    let side = Side { model: &input.model, policy, knowledge: &input.knowledge };
    Source { side, intent: input.intent.as_ref(), files: &input.files, label }
}

struct Answer<'a, 'm> {
    args: &'a DiffArgs,
    found: &'a Diff<'m>,
    sources: &'a (Source<'a>, Source<'a>),
    others: &'a [Reached],
    without: Option<String>,
    causes: Vec<Assessed<'a, 'm>>,
    assumptions: Vec<&'a Assumption>,
}

impl Answer<'_, '_> {
    fn print(&self) -> Result<(), Failure> {
        let found = || self.findings();
        let listed = || found().into_iter().map(|(found, _)| found).collect::<Vec<Found>>();
        let text = match self.args.format {
            DiffFormat::Json => format!("{}\n", self.json()),
            DiffFormat::Text => text(&self.words(), printer::style_of(&std::io::stdout())),
            DiffFormat::Html => html(&self.words()),
            DiffFormat::Markdown => markdown(&self.words(), room(self.args.host)),
            DiffFormat::Sarif => format!("{:#}\n", sarif(&listed(), self.assumed())),
            DiffFormat::Github => github(&listed(), self.assumed()),
            DiffFormat::AzurePipelines => azure_pipelines(&listed(), self.assumed()),
            DiffFormat::Junit => {
                let remarks = told_once(self.assumed());
                let suite = Suite { remarks, ..suite(&self.words(), &found()) };
                junit(&[suite]).map_err(|error| Failure::new(error.to_string()))? + "\n"
            }
        };
        printer::out(&text);
        Ok(())
    }

    fn assumed(&self) -> impl Iterator<Item = &Assumption> {
        self.assumptions.iter().copied()
    }

    fn findings(&self) -> Vec<(Found, bool)> {
        let fail_on = &self.args.fail_on;
        let own = findings(&self.words(), &self.causes, self.sources, fail_on).into_iter();
        let own = own.chain(weaker(&self.words(), self.sources.1.label, fail_on));
        own.chain(self.others.iter().filter_map(|other| finding(other, self.sources.1.label, fail_on))).collect()
    }

    fn words(&self) -> View {
        let mut words = view(self.found, &self.sources.0, &self.sources.1);
        let without = self.without.as_ref();
        words.caveats.extend(without.map(|base| format!("without the base policy `{base}`, which was left out")));
        match self.args.format {
            DiffFormat::Html | DiffFormat::Markdown => words.caveats.extend(told_once(self.assumed())),
            // Standard error has them, and other formats have a place of their own.
            DiffFormat::Text
            | DiffFormat::Json
            | DiffFormat::Sarif
            | DiffFormat::Github
            | DiffFormat::AzurePipelines
            | DiffFormat::Junit => {}
        }
        words.others = self.others.iter().map(|other| other.view.clone()).collect();
        for (view, assessed) in words.causes.iter_mut().zip(&self.causes) {
            view.approved = assessed.approved;
            view.risks = assessed.risks.iter().map(|risk| (risk.level.word().to_owned(), risk.what.clone())).collect();
        }
        words
    }

    fn json(&self) -> Value {
        let (old, new) = self.sources;
        let mut value = diff::json(self.found, old.files, new.files);
        let changes = value.get_mut("changes").and_then(Value::as_array_mut);
        let mut by_change: HashMap<*const diff::Change<'_>, &Assessed<'_, '_>> = HashMap::new();
        for assessed in &self.causes {
            by_change.extend(assessed.cause.changes.iter().map(|one| (std::ptr::from_ref(*one), assessed)));
        }
        for (fields, change) in changes.into_iter().flatten().zip(&self.found.changes) {
            let (Some(assessed), Some(fields)) = (by_change.get(&std::ptr::from_ref(change)), fields.as_object_mut())
            else {
                continue;
            };
            if !assessed.risks.is_empty() {
                let risks = assessed.risks.iter().map(|risk| json!({ "level": risk.level.word(), "what": risk.what }));
                fields.insert("risks".to_owned(), risks.collect());
            }
            if assessed.approved {
                fields.insert("approved".to_owned(), true.into());
            }
        }
        if let Some(fields) = value.as_object_mut() {
            if !self.others.is_empty() {
                let name = if self.args.children.is_some() { "children" } else { "others" };
                fields.insert(name.to_owned(), self.others.iter().map(|other| other_json(&other.view)).collect());
            }
            if let Some(base) = &self.without {
                fields.insert("withoutParent".to_owned(), base.as_str().into());
            }
            fields.insert("assumptions".to_owned(), assumptions_json(self.assumed()));
        }
        value
    }

    fn approve(&self, path: &Path) -> Result<(), Failure> {
        let mut approvals = if path.exists() { approved(path)? } else { Approvals::default() };
        let mut noted = 0;
        for (assessed, view) in self.causes.iter().zip(&self.words().causes) {
            noted += usize::from(approvals.add(&assessed.contents, &view.title));
        }
        for other in self.others {
            let what = format!("what the change does to policy `{}`", other.view.policy);
            noted += usize::from(approvals.add(&other.contents, &what));
        }
        folder::write_file(path, approvals.text()?.as_bytes())?;
        printer::complain(&format!("{}: {noted} more noted as accepted", path.display()));
        Ok(())
    }

    /// Whether something that the caller wants to fail on was met and not accepted before.
    fn counts(&self) -> bool {
        let own = Open::of(self.found, &self.causes);
        let mut all = std::iter::once(own).chain(self.others.iter().map(|other| other.open));
        all.any(|open| self.args.fail_on.iter().any(|&what| open.meets(what)))
    }
}

fn room(host: Host) -> Room {
    match host {
        Host::Github => Room::GitHub,
        Host::AzureDevops => Room::AzureDevOps,
    }
}

fn other_json(other: &Other) -> Value {
    let [wider, elsewhere, narrower] = other.counts;
    match &other.verdict {
        Err(why) => json!({ "policy": other.policy, "notDecided": why }),
        Ok(_) => json!({
            "policy": other.policy,
            "equivalent": other.counts == [0; 3],
            "widened": wider > 0,
            "narrowed": narrower > 0,
            "weakened": other.weakened,
            "translationChanged": elsewhere > 0,
        }),
    }
}
