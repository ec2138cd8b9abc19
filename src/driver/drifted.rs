//! What is deployed against what a source states, policy by policy.

use serde_json::{Map, Value, json};

use crate::diff::{
    self, DiffSide, meaning_json,
    renderers::{DiffView, RuleSource, say_once, view},
};
use crate::drift::{Comparable, DriftLine, comparable, lines, without_names};
use crate::evaluate::Knowledge;
use crate::model::{Assumption, AssumptionKind, Bearing, Model, Policy};

use super::assumptions::assumptions_json;
use super::compared::{Sides, Status, Whole, compared, pairs};
use super::files::FileFault;
use super::input::Input;

/// Where what is deployed differs.
#[derive(Default)]
pub struct Drift {
    /// Whether it does.
    pub has_drifted: bool,
    /// Whether rules of either side were left out, or are there under a condition that only a deployment knows.
    pub is_partly_read: bool,
    /// The policies that both have, in words.
    pub views: Vec<DiffView>,
    /// The policies of the source that are not deployed.
    pub missing: Vec<String>,
    /// The policies that are deployed and not in the source.
    pub others: Vec<String>,
    /// What only one of the two states, each as a clause.
    pub not_compared: Vec<String>,
    /// The fields of `fwc.diff/1` of each policy.
    values: Vec<Value>,
}

/// Compares what is deployed with a source, each with what it is called; of the source the policy that `name` picks, else all
/// that no other inherits.
///
/// ```rust
/// use fwc::driver::{MemoryFiles, ProjectOptions, drift, load};
///
/// let policy = |hosts: &str| {
///     let rule = format!("api: allow https from 10.0.0.0/16 to {hosts}");
///     let text = format!("policy web {{ location \"westeurope\" sku standard group out {{ {rule} }} }}");
///     load(&MemoryFiles::of("web.pol", &text), "web.pol".as_ref(), &ProjectOptions::default())
/// };
/// let (Ok(source), Ok(deployed)) = (policy("a.example.com"), policy("a.example.com, b.example.com")) else {
///     panic!("the sources have errors")
/// };
/// let drift = drift((&source, "the source"), (&deployed, "the export"), None)?;
/// assert!(drift.has_drifted);
/// # Ok::<(), fwc::driver::FileFault>(())
/// ```
///
/// # Errors
/// Where what is deployed does not tell which base a policy has, the source has no policy of that name, or the difference is
/// not decided within its budget.
pub fn drift(
    (source, meant): (&Input, &str),
    (deployed, is): (&Input, &str),
    name: Option<&str>,
) -> Result<Drift, FileFault> {
    let models = comparable(&source.model, &deployed.model).map_err(FileFault::new)?;
    let Comparable { source: old, deployed: new, not_compared, has_endpoints } = models;
    // Where only the source states private endpoints, its names have their addresses on both sides.
    let knowledge = if has_endpoints { &deployed.knowledge } else { &source.knowledge };
    let (old, new) = (source.knowledge.applied_to(&old), knowledge.applied_to(&new));
    let of_old = |policy| of((source, &source.knowledge), &old, policy, meant);
    let of_new = |policy| of((deployed, knowledge), &new, policy, is);
    let (old, new) = (Whole { label: meant, model: &old, of: &of_old }, Whole { label: is, model: &new, of: &of_new });
    let mut rest_on = source.model.assumptions.iter().chain(&deployed.model.assumptions);
    let is_partly_read = rest_on.any(leaves_rules_open);
    let mut found = Drift { is_partly_read, not_compared, ..Drift::default() };
    for pair in pairs(old, new, name)? {
        found.add(pair.sides, &pair.sources())?;
    }
    if found.values.is_empty() {
        return Err(FileFault::new(format!("`{meant}` has no policy `{}`", name.unwrap_or_default())));
    }
    say_once(&mut found.views);
    Ok(found)
}

/// The base policy that was left out of one of the two.
pub fn without_parent<'i>(source: &'i Input, deployed: &'i Input) -> Option<&'i str> {
    [source, deployed].into_iter().find_map(|input| input.without_parent.as_deref())
}

fn of<'i>(
    (input, knowledge): (&'i Input, &'i Knowledge),
    model: &'i Model,
    policy: &'i Policy,
    label: &'i str,
) -> RuleSource<'i> {
    let side = DiffSide { model, policy, knowledge };
    RuleSource { side, intent: input.intent.as_ref(), files: &input.files, label }
}

/// Whether rules may be missing, or there, otherwise than they were compared.
fn leaves_rules_open(assumption: &Assumption) -> bool {
    let bears = match assumption.bears {
        Bearing::Rules | Bearing::IpGroups | Bearing::FromHere | Bearing::EveryFlow => true,
        Bearing::NoFlow | Bearing::Routes => false,
    };
    bears && assumption.kind != AssumptionKind::Assumed
}

impl Drift {
    /// Adds what differs of one policy.
    fn add(&mut self, sides: Sides, (old, new): &(RuleSource<'_>, RuleSource<'_>)) -> Result<(), FileFault> {
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
    pub fn lines(&self) -> Vec<DriftLine> {
        let missing = self.missing.iter().map(|name| DriftLine {
            sign: '-',
            kind: "policy",
            text: format!("`{name}` is not deployed"),
        });
        let is_one = self.views.len() == 1;
        let of_view = |view: &DiffView| -> Vec<DriftLine> {
            let named = |line: DriftLine| match is_one || line.kind == "setting" || line.kind == "route" {
                true => line,
                false => DriftLine { text: format!("{}: {}", view.policy, line.text), ..line },
            };
            lines(view).into_iter().map(named).collect()
        };
        missing.chain(self.views.iter().flat_map(of_view)).collect()
    }

    /// The answer for programs, `fwc.drift/1`.
    pub fn json(&self, source: &Input, deployed: &Input) -> Value {
        let head = json!({ "schema": "fwc.drift/1", "drifted": self.has_drifted, "notCompared": self.not_compared });
        let mut fields = Map::new();
        for part in [head, diff::together(self.values.iter().cloned())] {
            if let Value::Object(part) = part {
                fields.extend(part);
            }
        }
        fields.insert("notInSource".to_owned(), self.others.clone().into());
        fields.extend(without_parent(source, deployed).map(|base| ("withoutParent".to_owned(), base.into())));
        let assumptions = source.model.assumptions.iter().chain(&deployed.model.assumptions);
        fields.insert("assumptions".to_owned(), assumptions_json(assumptions));
        Value::Object(fields)
    }
}
