//! `fwc diff`.

use std::path::Path;

use serde_json::{Value, json};

use crate::azure::Policy;
use crate::diff::faces::{Other, Room, Source, View, html, markdown, meta, text, view};
use crate::diff::{self, Cause, Diff, Effect, Limits, Side, causes};
use crate::flow::NotDecided;
use crate::risk::{Judged, Level, Table, judge};

use super::approvals::Approvals;
use super::args::{DiffArgs, DiffFormat, Expired, FailOnChange, Host, SourceArgs};
use super::children::children;
use super::input::{Input, choose, load};
use super::reader::read;
use super::{Failure, Outcome, clock, printer, snapshots};

/// The file with the table of risks, where there is one in the working folder.
const CONFIG: &str = "fwc.toml";

pub(super) fn run(args: &DiffArgs) -> Result<Outcome, Failure> {
    // A rule that has expired since still decided flows.
    let source = SourceArgs { expired: Expired::Warn, ..args.source.clone() };
    let input = |path: &Path| match load(path, args.parent.as_deref(), args.policy.as_deref(), &source) {
        Ok(input) => snapshots::apply(&args.knowledge, input).map_err(Err),
        Err(done) => Err(done),
    };
    let both = input(&args.old).and_then(|old| Ok((old, input(&args.new)?)));
    let (old, new) = match both {
        Ok(both) => both,
        Err(done) => return done,
    };
    let policies = (choose(&old.model, args.policy.as_deref())?, choose(&new.model, args.policy.as_deref())?);
    let labels = (args.old.display().to_string(), args.new.display().to_string());
    let sources = (of(&old, policies.0, &labels.0), of(&new, policies.1, &labels.1));
    let found = exactly(diff::diff(sources.0.side, sources.1.side, &Limits::default()))?;
    let without = [&old, &new].iter().find_map(|input| input.without_parent.clone());
    let others = match &args.children {
        Some(folder) => children(folder, &sources, args, &source)?,
        None => others(&sources.0, &sources.1),
    };
    let answer = Answer { args, found: &found, sources: &sources, others, without, causes: assess(&found, &sources, args)? };
    answer.print();
    if let Some(path) = &args.approve {
        answer.approve(path)?;
    }
    Ok(if answer.counts() { Outcome::Found } else { Outcome::Done })
}

fn of<'i>(input: &'i Input, policy: &'i Policy, label: &'i str) -> Source<'i> {
    let side = Side { model: &input.model, policy, knowledge: &input.knowledge };
    Source { side, intent: input.intent.as_ref(), files: &input.files, label }
}

/// A difference that is all there is.
fn exactly<'m>(found: Result<Option<Diff<'m>>, NotDecided>) -> Result<Diff<'m>, Failure> {
    let found = found.map_err(|stopped| Failure::new(stopped.to_string()))?;
    found.ok_or_else(|| Failure::new(format!("the policies differ in more than {} ways", Limits::default().products)))
}

/// A cause, with what is risky about it and whether it was accepted before.
struct Assessed<'d, 'm> {
    cause: Cause<'d, 'm>,
    risks: Vec<Judged>,
    approved: bool,
}

fn assess<'d, 'm>(
    found: &'d Diff<'m>,
    (_, new): &(Source<'_>, Source<'_>),
    args: &DiffArgs,
) -> Result<Vec<Assessed<'d, 'm>>, Failure> {
    let table = table(args)?;
    let today = args.source.as_of.unwrap_or_else(clock::today);
    let approvals = args.approved.as_deref().map(Approvals::read).transpose()?.unwrap_or_default();
    let rules = new.intent.into_iter().flat_map(|intent| &intent.policies).flat_map(|policy| &policy.groups);
    let mut rules = rules.flat_map(|group| group.body.rules());
    let owned = rules.any(|rules| rules.filters.iter().any(|rule| rule.meta.owner.is_some()));
    let assessed = causes(found).into_iter().map(|cause| {
        let origin = cause.after.line().and_then(|line| line.rule.origin().cloned());
        let meta = origin.and_then(|origin| meta(new.intent?, &origin));
        let risks = judge(&cause, &table, meta, owned, today);
        Assessed { approved: approvals.holds(&cause), cause, risks }
    });
    Ok(assessed.collect())
}

fn table(args: &DiffArgs) -> Result<Table, Failure> {
    let usual = Path::new(CONFIG);
    let Some(path) = args.config.as_deref().or_else(|| usual.exists().then_some(usual)) else {
        return Ok(Table::default());
    };
    read(path)?.parse().map_err(|error| Failure::new(format!("{}: {error}", path.display())))
}

struct Answer<'a, 'm> {
    args: &'a DiffArgs,
    found: &'a Diff<'m>,
    sources: &'a (Source<'a>, Source<'a>),
    others: Vec<Other>,
    without: Option<String>,
    causes: Vec<Assessed<'a, 'm>>,
}

impl Answer<'_, '_> {
    fn print(&self) {
        match self.args.format {
            DiffFormat::Json => println!("{}", self.json()),
            DiffFormat::Text => print!("{}", text(&self.words(), printer::style_of(&std::io::stdout()))),
            DiffFormat::Html => print!("{}", html(&self.words())),
            DiffFormat::Markdown => print!("{}", markdown(&self.words(), room(self.args.host))),
        }
    }

    fn words(&self) -> View {
        let mut words = view(self.found, &self.sources.0, &self.sources.1);
        let without = self.without.as_ref();
        words.caveats.extend(without.map(|base| format!("without the base policy `{base}`, which was left out")));
        words.others.clone_from(&self.others);
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
        for (fields, change) in changes.into_iter().flatten().zip(&self.found.changes) {
            let of = |assessed: &&Assessed<'_, '_>| assessed.cause.changes.iter().any(|one| std::ptr::eq(*one, change));
            let (Some(assessed), Some(fields)) = (self.causes.iter().find(of), fields.as_object_mut()) else { continue };
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
                fields.insert(name.to_owned(), self.others.iter().map(other_json).collect());
            }
            if let Some(base) = &self.without {
                fields.insert("withoutParent".to_owned(), base.as_str().into());
            }
        }
        value
    }

    fn approve(&self, path: &Path) -> Result<Outcome, Failure> {
        let mut approvals = if path.exists() { Approvals::read(path)? } else { Approvals::default() };
        for (assessed, view) in self.causes.iter().zip(&self.words().causes) {
            approvals.add(&assessed.cause, &view.title);
        }
        approvals.write(path)
    }

    /// Whether something that the caller wants to fail on was met and not accepted before.
    fn counts(&self) -> bool {
        let open = || self.causes.iter().filter(|assessed| !assessed.approved);
        let wider = |assessed: &Assessed<'_, '_>| assessed.cause.effect != Effect::NewlyDenied;
        let met = |fail_on: &FailOnChange| match fail_on {
            FailOnChange::Never => false,
            FailOnChange::Widened => {
                open().any(wider) || self.others.iter().any(|other| other.counts[..2] != [0, 0])
            }
            FailOnChange::Changed => {
                let others = self.others.iter().any(|other| other.counts != [0; 3]);
                open().next().is_some() || others || !self.found.settings.is_empty() || !self.found.routes.is_empty()
            }
            FailOnChange::Risk(level) => open().any(|assessed| highest(assessed) >= *level),
        };
        self.args.fail_on.iter().any(met)
    }
}

fn highest(assessed: &Assessed<'_, '_>) -> Level {
    assessed.risks.first().map_or(Level::Off, |risk| risk.level)
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
            "translationChanged": elsewhere > 0,
        }),
    }
}

/// The other policies that both inputs hold, none of which is a base, where their flows change too.
fn others(old: &Source<'_>, new: &Source<'_>) -> Vec<Other> {
    let leaves = new.side.model.leaves().filter(|policy| policy.name != new.side.policy.name);
    let both = leaves.filter_map(|policy| {
        let before = old.side.model.policy(&policy.name).filter(|before| before.name != old.side.policy.name)?;
        Some((Side { policy: before, ..old.side }, Side { policy, ..new.side }))
    });
    both.map(|(old, new)| other(old, new)).filter(|other| other.counts != [0; 3] || other.verdict.is_err()).collect()
}

/// What happens to one policy.
pub(super) fn other(old: Side<'_>, new: Side<'_>) -> Other {
    let policy = new.policy.name.clone();
    match exactly(diff::diff(old, new, &Limits::default())) {
        Err(Failure(why)) => Other { policy, verdict: Err(why), counts: [0; 3], witness: None },
        Ok(found) => {
            let causes = causes(&found);
            let count = |effect: Effect| causes.iter().filter(|cause| cause.effect == effect).count();
            let first = causes.first().and_then(|cause| cause.changes.first());
            Other {
                policy,
                verdict: Ok(found.verdict()),
                counts: Effect::ALL.map(count),
                witness: first.map(|change| crate::assert::describe(&change.witness)),
            }
        }
    }
}
