//! `fwc drift`.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::diag::counted;
use crate::diff::{
    self, Side, meaning_json,
    renderers::{Source, View, say_once, view},
};
use crate::drift::{Comparable, Line, comparable, lines, without_names};
use crate::driver::{Input, Options, Sides, Status, Whole, assumptions_json, compared, load_to_compare, pairs};
use crate::evaluate::Knowledge;
use crate::import::{Moment, Spare};
use crate::model::{Assumption, AssumptionKind, Bearing, Model, Policy};
use crate::source::visible;

use super::args::{DriftArgs, Expired, Format, SourceArgs};
use super::open::{deciding, input};
use super::wrap::wrapped;
use super::{Failure, Outcome, printer};

/// How wide the word for a kind of change is at most.
const KIND: usize = 16;

pub(super) fn run(args: &DriftArgs) -> Result<Outcome, Failure> {
    // A rule that has expired since is deployed all the same.
    let inputs = SourceArgs { expired: Expired::Warn, ..args.inputs.clone() };
    let options = deciding(&inputs, &args.knowledge, args.parent.as_deref(), args.policy.as_deref());
    // What is deployed may state all of its values, and has the policies of others too.
    let before = Options { moment: Moment::Before, spare: Spare::Noted, policy: None, ..options.clone() };
    let load = |path: &Path, options| input(load_to_compare, path, options, &inputs, &args.knowledge);
    let both = load(&args.source, &options).and_then(|source| Ok((source, load(&args.deployed, &before)?)));
    let (source, deployed) = match both {
        Ok(both) => both,
        Err(ended) => return ended,
    };
    let models = comparable(&source.model, &deployed.model).map_err(Failure::new)?;
    let found = found(args, &source, &deployed, &models)?;
    let has_drifted = found.has_drifted;
    match args.format {
        Format::Text => people(args, &found, &models),
        Format::Json => printer::json(&format!("{}\n", document(&source, &deployed, found, &models))),
    }
    Ok(if has_drifted { Outcome::Found } else { Outcome::Done })
}

/// What differs.
#[derive(Default)]
struct Found {
    has_drifted: bool,
    /// Whether rules of either side were left out, or are there under a condition that only a deployment knows.
    is_partly_read: bool,
    /// The policies that both have, in words.
    views: Vec<View>,
    /// The policies of the source that are not deployed.
    missing: Vec<String>,
    /// The policies that are deployed and not in the source.
    others: Vec<String>,
    /// The fields of `fwc.diff/1` of each policy.
    values: Vec<Value>,
}

fn found(args: &DriftArgs, source: &Input, deployed: &Input, models: &Comparable) -> Result<Found, Failure> {
    let [meant, is] = &[&args.source, &args.deployed].map(|path| path.display().to_string());
    // Where only the source states private endpoints, its names have their addresses on both sides.
    let knowledge = if models.has_endpoints { &deployed.knowledge } else { &source.knowledge };
    let (old, new) = (source.knowledge.applied_to(&models.source), knowledge.applied_to(&models.deployed));
    let of_old = |policy| of((source, &source.knowledge), &old, policy, meant);
    let of_new = |policy| of((deployed, knowledge), &new, policy, is);
    let (old, new) = (Whole { label: meant, model: &old, of: &of_old }, Whole { label: is, model: &new, of: &of_new });
    let mut rest_on = source.model.assumptions.iter().chain(&deployed.model.assumptions);
    let mut found = Found { is_partly_read: rest_on.any(leaves_rules_open), ..Found::default() };
    for pair in pairs(old, new, args.policy.as_deref())? {
        found.add(pair.sides, &pair.sources())?;
    }
    if found.values.is_empty() {
        return Err(Failure::new(format!("`{meant}` has no policy `{}`", args.policy.as_deref().unwrap_or_default())));
    }
    say_once(&mut found.views);
    Ok(found)
}

fn of<'i>(
    (input, knowledge): (&'i Input, &'i Knowledge),
    model: &'i Model,
    policy: &'i Policy,
    label: &'i str,
) -> Source<'i> {
    let side = Side { model, policy, knowledge };
    Source { side, intent: input.intent.as_ref(), files: &input.files, label }
}

/// Whether rules may be missing, or there, otherwise than they were compared.
fn leaves_rules_open(assumption: &Assumption) -> bool {
    let bears = match assumption.bears {
        Bearing::Rules | Bearing::IpGroups | Bearing::FromHere | Bearing::EveryFlow => true,
        Bearing::NoFlow | Bearing::Routes => false,
    };
    bears && assumption.kind != AssumptionKind::Assumed
}

impl Found {
    /// Adds what differs of one policy.
    fn add(&mut self, sides: Sides, (old, new): &(Source<'_>, Source<'_>)) -> Result<(), Failure> {
        let name = new.side.policy.name.label().to_owned();
        if sides == Sides::OnlyNew {
            self.others.push(name);
            return Ok(());
        }
        let mut found = compared(&(*old, *new), sides)?.diff;
        without_names(&mut found, old.side, new.side);
        let is_same = sides == Sides::Both && found.is_same_in_meaning();
        self.has_drifted |= !is_same;
        let status = match sides {
            Sides::Both if is_same => Status::Same,
            Sides::Both => Status::Changed,
            Sides::OnlyOld | Sides::OnlyNew => Status::Removed,
        };
        self.values.push(diff::of_policy(meaning_json(&found, old.files, new.files), &name, status.word()));
        match sides {
            Sides::Both => self.views.push(view(&found, &[], old, new)),
            Sides::OnlyOld | Sides::OnlyNew => self.missing.push(name),
        }
        Ok(())
    }

    /// The changes, those of several policies after their names.
    fn lines(&self) -> Vec<Line> {
        let missing = self.missing.iter().map(|name| Line {
            sign: '-',
            kind: "policy",
            text: format!("`{name}` is not deployed"),
        });
        let is_one = self.views.len() == 1;
        let of_view = |view: &View| -> Vec<Line> {
            let named = |line: Line| match is_one || line.kind == "setting" || line.kind == "route" {
                true => line,
                false => Line { text: format!("{}: {}", view.policy, line.text), ..line },
            };
            lines(view).into_iter().map(named).collect()
        };
        missing.chain(self.views.iter().flat_map(of_view)).collect()
    }
}

/// The answer, a line for each change, and what was not compared.
fn people(args: &DriftArgs, found: &Found, models: &Comparable) {
    let (source, deployed) = (args.source.display(), args.deployed.display());
    let lines = found.lines();
    let headline = match lines.len() {
        0 if found.is_partly_read => {
            format!("{deployed} is what {source} states, as far as rules were read: no drift in these")
        }
        0 => format!("{deployed} is what {source} states: no drift"),
        changes => format!("{deployed} is not what {source} states: {}", counted(changes, "change")),
    };
    let say = |text: &str, rest: &str| wrapped(text, "", rest).iter().for_each(|line| say_line!("{}", line.trim_end()));
    say(&headline, "  ");
    // One line for each change, however long: what is read by `grep`, and told to a channel.
    for Line { sign, kind, text } in lines {
        say_line!("  {sign} {kind:<KIND$}  {}", visible(&text));
    }
    if !models.not_compared.is_empty() {
        say(
            &format!("not compared, because only one of the two states them: {}", models.not_compared.join(", ")),
            "  ",
        );
    }
    if !found.others.is_empty() {
        say(&format!("deployed, and not in {source}: {}", found.others.join(", ")), "  ");
    }
    let caveats: BTreeSet<&String> = found.views.iter().flat_map(|view| &view.caveats).collect();
    caveats.into_iter().for_each(|caveat| say(caveat, "  "));
}

/// The answer for programs, `fwc.drift/1`.
fn document(source: &Input, deployed: &Input, found: Found, models: &Comparable) -> Value {
    let head = json!({ "schema": "fwc.drift/1", "drifted": found.has_drifted, "notCompared": models.not_compared });
    let mut fields = Map::new();
    for part in [head, diff::together(found.values.into_iter())] {
        if let Value::Object(part) = part {
            fields.extend(part);
        }
    }
    fields.insert("notInSource".to_owned(), found.others.into());
    let without = [source, deployed].into_iter().find_map(|input| input.without_parent.as_deref());
    fields.extend(without.map(|base| ("withoutParent".to_owned(), base.into())));
    let assumptions = source.model.assumptions.iter().chain(&deployed.model.assumptions);
    fields.insert("assumptions".to_owned(), assumptions_json(assumptions));
    Value::Object(fields)
}
