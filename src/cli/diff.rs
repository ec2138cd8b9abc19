//! `fwc diff`.

use crate::azure::Policy;
use crate::diff::faces::{Other, Room, Source, View, html, markdown, text, view};
use crate::diff::{Diff, Effect, Limits, Side, causes, diff, json};
use crate::flow::NotDecided;

use super::args::{DiffArgs, DiffFormat, Expired, FailOnChange, Host, SourceArgs};
use super::input::{Input, choose, load};
use super::{Failure, Outcome, printer, snapshots};

pub(super) fn run(args: &DiffArgs) -> Result<Outcome, Failure> {
    // A rule that has expired since still decided flows.
    let source = SourceArgs { expired: Expired::Warn, ..args.source.clone() };
    let read = |path: &std::path::Path| match load(path, args.parent.as_deref(), args.policy.as_deref(), &source) {
        Ok(input) => snapshots::apply(&args.knowledge, input).map_err(Err),
        Err(done) => Err(done),
    };
    let both = read(&args.old).and_then(|old| Ok((old, read(&args.new)?)));
    let (old, new) = match both {
        Ok(both) => both,
        Err(done) => return done,
    };
    let policies = (choose(&old.model, args.policy.as_deref())?, choose(&new.model, args.policy.as_deref())?);
    let (old_label, new_label) = (args.old.display().to_string(), args.new.display().to_string());
    let sources = (of(&old, policies.0, &old_label), of(&new, policies.1, &new_label));
    let found = exactly(diff(sources.0.side, sources.1.side, &Limits::default()))?;
    match args.format {
        DiffFormat::Json => println!("{}", with_caveats(json(&found, &old.files, &new.files), [&old, &new])),
        DiffFormat::Text => print!("{}", text(&words(&found, &sources, [&old, &new]), style())),
        DiffFormat::Html => print!("{}", html(&words(&found, &sources, [&old, &new]))),
        DiffFormat::Markdown => print!("{}", markdown(&words(&found, &sources, [&old, &new]), room(args.host))),
    }
    Ok(if counts(&found, args.fail_on) { Outcome::Found } else { Outcome::Done })
}

fn of<'i>(input: &'i Input, policy: &'i Policy, label: &'i str) -> Source<'i> {
    let side = Side { model: &input.model, policy, knowledge: &input.knowledge };
    Source { side, intent: input.intent.as_ref(), files: &input.files, label }
}

fn style() -> crate::diag::Style {
    printer::style_of(&std::io::stdout())
}

fn room(host: Host) -> Room {
    match host {
        Host::Github => Room::GitHub,
        Host::AzureDevops => Room::AzureDevOps,
    }
}

/// A difference that is all there is.
fn exactly<'m>(found: Result<Option<Diff<'m>>, NotDecided>) -> Result<Diff<'m>, Failure> {
    let found = found.map_err(|stopped| Failure::new(stopped.to_string()))?;
    found.ok_or_else(|| Failure::new(format!("the policies differ in more than {} ways", Limits::default().products)))
}

fn counts(found: &Diff<'_>, fail_on: FailOnChange) -> bool {
    match fail_on {
        FailOnChange::Never => false,
        FailOnChange::Widened => found.has(Effect::NewlyAllowed) || found.has(Effect::TranslationChanged),
        FailOnChange::Changed => !found.is_equivalent() || !found.settings.is_empty() || !found.routes.is_empty(),
    }
}

fn with_caveats(mut value: serde_json::Value, inputs: [&Input; 2]) -> serde_json::Value {
    let without = inputs.iter().find_map(|input| input.without_parent.clone());
    if let (Some(base), Some(fields)) = (without, value.as_object_mut()) {
        fields.insert("withoutParent".to_owned(), base.into());
    }
    value
}

fn words(found: &Diff<'_>, (old, new): &(Source<'_>, Source<'_>), inputs: [&Input; 2]) -> View {
    let mut words = view(found, old, new);
    let without = inputs.iter().find_map(|input| input.without_parent.as_ref());
    words.caveats.extend(without.map(|base| format!("without the base policy `{base}`, which was left out")));
    words.others = others(old, new);
    words
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

fn other(old: Side<'_>, new: Side<'_>) -> Other {
    let policy = new.policy.name.clone();
    match exactly(diff(old, new, &Limits::default())) {
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
