//! `fwc usage`.

use std::path::Path;

use serde_json::Value;

use crate::driver::{Input, ProjectOptions, assumptions_json, choose, load, load_to_compare};
use crate::evaluate::RuleOrder;
use crate::logs::{Bounds, Observed, Time};
use crate::model::{Assumption, AssumptionKind, Bearing, DocumentPlace, Model, Policy};
use crate::source::inert_json;
use crate::usage::{self, Replay, Unused, Usage, UsageSide, replay, unused};

use super::args::{FailOnUse, UsageArgs, UsageFormat};
use super::open::{deciding_about, input};
use super::{CommandOutcome, Failure, logs, printer};

pub(super) fn run(args: &UsageArgs) -> Result<CommandOutcome, Failure> {
    if args.fail_on.contains(&FailOnUse::BreaksSeen) && args.replay.is_none() {
        return Err(Failure::new("`--fail-on breaks-seen` requires `--replay NEW`"));
    }
    let options = deciding_about(&args.about);
    let read = |load, path: &Path| input(load, path, &options, &args.about.source, &args.about.knowledge);
    let old = read(load, &args.input);
    let both = old.and_then(|old| Ok((old, args.replay.as_deref().map(|new| read(load_to_compare, new)).transpose()?)));
    let (old, new) = match both {
        Ok((old, new)) => (old.with_known_addresses(), new.map(Input::with_known_addresses)),
        Err(ended) => return ended,
    };
    let observed = observed(args)?;
    if args.format == UsageFormat::Observed {
        let mut out = printer::Results::new();
        observed.lines().for_each(|line| out.raw(&format!("{}\n", inert_json(&line))));
        return Ok(strictly(args, &observed));
    }
    let (written, new_written) = (old.written(), new.as_ref().and_then(Input::written));
    let before = Orders::of(&old.model, written.as_ref(), old.policy(&options)?);
    let found = usage::usage(&observed, before.side(&old));
    let after = new.as_ref().map(|new| {
        let policy = counterpart(&new.model, before.order.policy(), &options)?;
        Ok::<_, Failure>((new, Orders::of(&new.model, new_written.as_ref(), policy)))
    });
    let after = after.transpose()?;
    let replayed = after.as_ref().map(|(new, after)| replay(&observed, before.side(&old), after.side(new)));
    let seen =
        SeenInput { args, old: &old, new: new.as_ref(), usage: &found, observed: &observed, replay: replayed.as_ref() };
    seen.print(before.order.policy());
    Ok(if seen.counts() { CommandOutcome::Found } else { strictly(args, &observed) })
}

/// The table of observed flows.
fn observed(args: &UsageArgs) -> Result<Observed, Failure> {
    let mut observed = Observed::within(Bounds::default());
    let paths = args.result.as_ref().map_or(args.logs.as_slice(), std::slice::from_ref);
    logs::read(paths, &mut observed)?;
    Ok(observed)
}

/// How the command ends as far as reading goes.
fn strictly(args: &UsageArgs, observed: &Observed) -> CommandOutcome {
    if args.strict && observed.unread().0 > 0 { CommandOutcome::Found } else { CommandOutcome::Done }
}

/// The policy of the new input that takes the place of `old`: that of its name, where it has one.
fn counterpart<'m>(model: &'m Model, old: &Policy, options: &ProjectOptions) -> Result<&'m Policy, Failure> {
    let same = || model.policies.iter().find(|policy| policy.name == old.name);
    match &options.policy {
        Some(name) => Ok(choose(model, Some(name))?),
        None => same().map_or_else(|| Ok(choose(model, None)?), Ok),
    }
}

/// The rules of a policy in Azure's order, and as they were written.
struct Orders<'m> {
    order: RuleOrder<'m>,
    written: Option<RuleOrder<'m>>,
}

impl<'m> Orders<'m> {
    fn of(model: &'m Model, written: Option<&'m Model>, policy: &'m Policy) -> Self {
        let written = written.and_then(|model| Some(RuleOrder::of(model, model.policy(&policy.name)?)));
        Self { order: RuleOrder::of(model, policy), written }
    }

    fn side<'o>(&'o self, input: &'o Input) -> UsageSide<'o, 'm> {
        let (knowledge, files) = (&input.knowledge, &input.files);
        UsageSide { order: &self.order, written: self.written.as_ref(), knowledge, files }
    }
}

/// What was seen, and how it is told.
struct SeenInput<'a, 'm> {
    args: &'a UsageArgs,
    old: &'a Input,
    new: Option<&'a Input>,
    usage: &'a Usage<'m>,
    observed: &'a Observed,
    replay: Option<&'a Replay<'m>>,
}

impl SeenInput<'_, '_> {
    fn print(&self, policy: &Policy) {
        let Self { usage, observed, replay, .. } = *self;
        let (notes, files) = (self.notes(), &self.old.files);
        printer::assumptions(&notes);
        let title = format!("{}, policy {}", self.args.input.display(), policy.name);
        match self.args.format {
            UsageFormat::Text => printer::text(&usage::text(&title, usage, observed, files, replay)),
            UsageFormat::Html => printer::markup(&usage::html(&title, usage, observed, files, replay)),
            UsageFormat::Json | UsageFormat::Observed => printer::json(&format!("{}\n", self.json(&notes))),
        }
    }

    fn json(&self, notes: &[Assumption]) -> Value {
        let replay = self.replay.zip(self.new.map(|new| &new.files));
        let mut value = usage::json(self.usage, self.observed, &self.old.files, replay);
        if let Some(fields) = value.as_object_mut() {
            let without =
                [Some(self.old), self.new].into_iter().flatten().find_map(|input| input.without_parent.clone());
            fields.extend(without.map(|base| ("withoutParent".to_owned(), base.into())));
            let new = self.new.into_iter().flat_map(|new| &new.model.assumptions);
            let all = self.old.model.assumptions.iter().chain(new).chain(notes);
            fields.insert("assumptions".to_owned(), assumptions_json(all));
        }
        value
    }

    /// What the logs leave open, or the table leaves out.
    fn notes(&self) -> Vec<Assumption> {
        let mut notes = Vec::new();
        let mut note = |kind, message: String| notes.push(of_logs(self.args, kind, message));
        for other in &self.usage.other_policies {
            let message =
                format!("records name policy `{other}`, and are taken for those of the policy that has these rules");
            note(AssumptionKind::Assumed, message);
        }
        let firewalls = self.observed.firewalls();
        if firewalls.len() > 1 {
            let names = firewalls.join("`, `");
            note(AssumptionKind::Assumed, format!("the records of `{names}` are taken for those of one firewall"));
        }
        if self.observed.cut() > 0 {
            let (cut, most) = (self.observed.cut(), Bounds::default().flows);
            let message =
                format!("{cut} records are left out: the table of distinct flows is full, with at most {most}");
            note(AssumptionKind::Omitted, message);
        }
        notes
    }

    /// Whether something was found that `--fail-on` names.
    fn counts(&self) -> bool {
        let any = |fail_on: &FailOnUse| match *fail_on {
            FailOnUse::BreaksSeen => self.replay.is_some_and(|replay| replay.flows.iter().any(|one| one.breaks)),
            FailOnUse::Unused(days) => self.has_unused(days),
        };
        // Each of them is asked, as each may have something to say.
        self.args.fail_on.iter().filter(|fail_on| any(fail_on)).count() > 0
    }

    fn has_unused(&self, days: u64) -> bool {
        // Who names a day states that the logs reach it.
        let until = self.args.about.source.as_of.and_then(Time::of_day);
        match unused(self.usage, days, until) {
            Unused::TooShort(window) => {
                let message =
                    format!("the logs cover {window} days: too few to tell whether a rule was unused for {days}");
                printer::complain(&message);
                false
            }
            Unused::Rules(rules) => {
                for rule in &rules {
                    let name = format!("{}/{}", rule.line.group.name, rule.line.rule.name());
                    printer::complain(&format!("unused for {days} days: `{name}`"));
                }
                !rules.is_empty()
            }
        }
    }
}

fn of_logs(args: &UsageArgs, kind: AssumptionKind, message: String) -> Assumption {
    let first = args.result.as_ref().or_else(|| args.logs.first());
    let file = first.map(|path| path.display().to_string()).unwrap_or_default();
    let at = DocumentPlace { file, path: "records".to_owned(), stated: None };
    Assumption { kind, of: Vec::new(), message, at, bears: Bearing::EveryFlow }
}
