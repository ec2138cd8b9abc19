//! `fwc plan`: after every step, no flow passes that passes neither before the first nor after the last.

mod cases;
mod command;
mod compared;
mod drafts;
pub mod draws;
mod growth;
mod orders;
mod sampled;
mod scripts;
mod ways;

use std::collections::BTreeMap;
use std::path::PathBuf;

use fwc::evaluate::{Knowledge, RuleOrder};
use fwc::flow::{By, DecisionList, FlowAction, Space, WorkBudget, difference};
use fwc::import;
use fwc::model::{self, Model, Policy, Scope, Settings, Sku};
use fwc::plan::{MigrationPlan, NoPlan, PlanChange, PlanGiven, PlanReason, PlanStep, effect, plan};
use fwc::prove::{Effects, axioms, decisions_with};
use serde_json::json;

use crate::corpus::shared;
use crate::diff::history::histories;
use crate::oracle::random::Random;
use crate::project::{project, sound};
use draws::{Pair, network_rules, pair};
use sampled::{Counts, careless, watch};

pub fn model(text: &str) -> Model {
    sound(project(text)).into_lowered().1.model
}

/// The plan, each of whose steps keeps the promise, and which leads to `new`.
pub fn checked(old: &Model, new: &Model) -> Result<MigrationPlan, NoPlan> {
    let (knowledge, budget) = (Knowledge::none(), WorkBudget::default());
    let given = PlanGiven { knowledge: &knowledge, budget: &budget };
    let found = plan(old, new, &given)?;
    let ends = [old, new];
    let (old, new) = (old.as_deployed(), new.as_deployed());
    assert_eq!(found.before, old);
    let mut state = old.clone();
    for step in &found.steps {
        let between = effect([ends[0], &step.after, ends[1]], &given).unwrap();
        assert!(between.opened.is_empty(), "{:?} opens {:?}", step.operation, between.opened.first());
        assert_eq!((&between.cut, between.complete), (&step.cut, step.cut_complete));
        one_write(&state, step);
        new.leaves().for_each(|leaf| nothing_is_opened([&old, &step.after, &new], &leaf.name));
        state = step.after.clone();
    }
    leads_to(&state, &new);
    Ok(found)
}

/// A step changes the resource that it names, and no other.
fn one_write(before: &Model, step: &PlanStep) {
    let (mut one, mut other) = (before.clone(), step.after.clone());
    for model in [&mut one, &mut other] {
        match &step.operation.what {
            PlanChange::IpGroup(name) => model.ip_groups.retain(|known, _| known.name != *name),
            PlanChange::RouteTable(name) => model.route_tables.retain(|table| table.name != *name),
            PlanChange::Settings(name) => {
                let known = model.policies.iter_mut().filter(|policy| policy.name.eq_ignore_ascii_case(name));
                known.for_each(|policy| *policy = Policy { groups: policy.groups.clone(), ..blank() });
                model.policies.retain(|policy| policy.name != blank().name || !policy.groups.is_empty());
            }
            PlanChange::Group(policy, name) => {
                let known = model.policies.iter_mut().find(|known| known.name.eq_ignore_ascii_case(policy)).unwrap();
                known.groups.retain(|group| !group.name.eq_ignore_ascii_case(name));
            }
            PlanChange::Draft(..) => panic!("no operation of this plan is a draft"),
            PlanChange::Pods(..) => {
                model.policies.iter_mut().flat_map(network_rules).for_each(|rule| rule.matches.sources.pods.clear())
            }
        }
    }
    assert_eq!(one.canonical(), other.canonical(), "{:?}", step.operation);
}

fn blank() -> Policy {
    Policy {
        scope: Scope::default(),
        name: String::new().into(),
        base: None,
        settings: Settings::new(Sku::Basic),
        groups: Vec::new(),
        origin: None,
    }
}

fn list(model: &Model, policy: &str, effects: &mut Effects) -> DecisionList {
    let empty = || DecisionList::new(Vec::new());
    let policy = model.policy(policy);
    policy.map_or_else(empty, |policy| decisions_with(&RuleOrder::of(model, policy), &Knowledge::none(), effects).list)
}

/// What passes now and did not before passes afterwards; by differences of two lists and flows in a third.
fn nothing_is_opened(models: [&Model; 3], policy: &str) {
    let mut effects = Effects::default();
    let [old, now, new] = models.map(|model| list(model, policy, &mut effects));
    let (space, [left, right]) = Space::of(&axioms(&Knowledge::none()), [&old, &now]);
    let found = difference(&space, &left, &right, 300, &WorkBudget::default()).unwrap();
    let opened = found.changes.iter().filter(|change| {
        old.action(change.before) == FlowAction::Deny && now.action(change.after) == FlowAction::Allow
    });
    for change in opened {
        let inside = |field, atom: &fwc::flow::MatchingAtom| change.witness.inside.contains(&(field, atom.clone()));
        let allows = |list: &DecisionList| {
            let by = list.decide(&change.witness.flow, &inside);
            (list.action(by) == FlowAction::Allow, by != By::Default)
        };
        // A witness names the sets that it is in, those around them apart; where they matter the flow is left to `effect`.
        if change.witness.inside.is_empty() {
            assert!(allows(&new).0, "{:?}", change.witness);
        }
    }
}

/// What stands there in the end says what `new` says, if only in other words.
fn leads_to(state: &Model, new: &Model) {
    let (state, new) = (&state.canonical(), &new.canonical());
    for wanted in &new.policies {
        let mut found = state.policy(&wanted.name).expect("the policy").clone();
        let mut wanted = wanted.clone();
        found.groups.sort_by(|one, next| one.name.cmp(&next.name));
        wanted.groups.sort_by(|one, next| one.name.cmp(&next.name));
        assert_eq!(found, wanted);
    }
    for (name, group) in &new.ip_groups {
        assert_eq!(state.ip_groups.get(name), Some(group));
    }
    let tables = |table| state.route_tables.contains(table);
    assert!(new.route_tables.iter().all(tables));
}

/// All of `new`, and what it does not speak of as it was.
pub fn whole(old: &Model, new: &Model) -> Model {
    let mut whole = new.clone();
    let kept = |policy: &&Policy| new.policy(&policy.name).is_none();
    whole.policies.extend(old.policies.iter().filter(kept).cloned());
    for (name, group) in &old.ip_groups {
        whole.ip_groups.entry(name.clone()).or_insert_with(|| group.clone());
    }
    whole
}

/// Plans both ways, and what the second witness saw of them.
#[derive(Default)]
struct Kept {
    plans: usize,
    steps: usize,
    guarded: usize,
    cutting: usize,
    /// How many steps there are of each reason.
    whys: BTreeMap<String, usize>,
    refused: Vec<String>,
    seen: Counts,
}

impl Kept {
    fn keep(&mut self, old: &Model, new: &Model, what: &str, random: &mut Random) {
        match checked(old, new) {
            Ok(plan) => {
                self.plans += 1;
                self.steps += plan.steps.len();
                for step in &plan.steps {
                    *self.whys.entry(step.operation.why.to_string()).or_default() += 1;
                }
                self.guarded += usize::from(plan.is_guarded());
                self.cutting += plan.steps.iter().filter(|step| !step.cut.is_empty()).count();
                watch([old, new], &plan, FLOWS, random, &mut self.seen);
                assert_eq!((self.seen.opened.first(), self.seen.unlisted.first()), (None, None), "{what}");
            }
            Err(why) => self.refused.push(format!("{what}: {why}")),
        }
    }

    fn said(&self) -> String {
        let Self { plans, steps, guarded, cutting, whys, refused, seen } = self;
        let Counts { flows, allowed, opaque, at_risk, elsewhere, cut, .. } = seen;
        format!(
            "{plans} plans: {steps} steps, of which {cutting} cut flows; {guarded} with a guard; refused: {refused:#?}\n{whys:?}\n\
             {flows} flows, {allowed} of which pass somewhere, {opaque} with facts; {at_risk} would be opened in the \
             opposite order, {elsewhere} do not always come to the firewall; {cut} times one is cut"
        )
    }
}

/// How many flows of each pair are decided rule by rule.
const FLOWS: usize = 200;

/// The seeds of the generated pairs: 80, or as many as `FWC_PLAN_PAIRS` says.
pub fn seeds() -> std::ops::Range<u64> {
    0..std::env::var("FWC_PLAN_PAIRS").map_or(80, |text| text.parse().unwrap())
}

#[test]
fn generated_pairs_keep_the_promise() {
    let (mut kept, mut random) = (Kept::default(), Random::of(1));
    for seed in seeds() {
        let Pair { old, new, edits } = pair(seed);
        kept.keep(&old, &new, &format!("seed {seed}: {edits:?}"), &mut random);
    }
    println!("{}", kept.said());
    let pairs = seeds().count();
    assert_eq!(kept.plans, pairs, "{:#?}", kept.refused);
    let often = |count: usize, per_hundred: usize| count * 100 >= pairs * per_hundred;
    assert!(often(kept.guarded, 10) && often(kept.steps, 300) && often(kept.cutting, 15), "{}", kept.said());
    for why in [PlanReason::InTheWay, PlanReason::Untranslated, PlanReason::Guard, PlanReason::Gone] {
        assert!(kept.whys.get(&why.to_string()).is_some_and(|count| *count >= 3), "{why}: {}", kept.said());
    }
    let seen = &kept.seen;
    assert!(often(seen.flows, 10_000) && seen.allowed * 8 >= seen.flows, "{}", kept.said());
    assert!(often(seen.at_risk, 500) && often(seen.cut, 250) && seen.opaque * 10 >= seen.flows, "{}", kept.said());
}

/// In the opposite order the same writes open flows: the second witness has to see them.
#[test]
fn a_careless_order_is_seen() {
    let (mut seen, mut random) = (Counts::default(), Random::of(2));
    let mut opening = 0;
    for seed in seeds() {
        let Pair { old, new, .. } = pair(seed);
        let (old, new) = (old.as_deployed(), new.as_deployed());
        let (knowledge, budget) = (Knowledge::none(), WorkBudget::default());
        let mut plan = plan(&old, &new, &PlanGiven { knowledge: &knowledge, budget: &budget }).unwrap();
        let states = careless(&old, &plan, &whole(&old, &new));
        let template = plan.steps.first().cloned();
        let step = |after| Some(PlanStep { after, cut: Vec::new(), ..template.clone()? });
        plan.steps = states.into_iter().filter_map(step).collect();
        let before = seen.opened.len();
        watch([&old, &new], &plan, FLOWS, &mut random, &mut seen);
        opening += usize::from(seen.opened.len() > before);
    }
    let pairs = seeds().count();
    println!("{opening} of {pairs} pairs are seen to open flows in a careless order, {} in all", seen.opened.len());
    assert!(opening * 10 >= pairs && !seen.unlisted.is_empty(), "{opening}");
}

/// Whoever stops on the way and exports what stands there has a plan from there, a guard that was left among it.
#[test]
fn there_is_a_plan_from_every_state_on_the_way() {
    let (mut states, mut guards) = (0, 0);
    for seed in seeds().step_by(4) {
        let Pair { old, new, .. } = pair(seed);
        let found = checked(&old, &new).unwrap();
        for step in found.steps.iter().take(6) {
            let on = checked(&step.after, &new).unwrap();
            states += 1;
            guards += usize::from(step.operation.why == PlanReason::Guard && !on.steps.is_empty());
        }
    }
    assert!(states * 2 >= seeds().count() && guards >= 2, "{states} states, {guards} with a guard");
}

/// The model of a template whose deployment gave policies and groups the names that the template leaves open.
fn deployed(mut model: Model) -> Model {
    for policy in &mut model.policies {
        policy.name = policy.name.label().into();
        policy.groups.iter_mut().for_each(|group| group.name = group.name.label().into());
    }
    model
}

#[test]
fn a_name_that_only_a_deployment_knows_is_refused_once() {
    let template = |priority: u32| {
        let group = json!({"type": "Microsoft.Network/firewallPolicies/ruleCollectionGroups", "apiVersion": "2024-05-01",
            "name": "[format('{0}/web', parameters('policy'))]", "properties": {"priority": priority, "ruleCollections": []}});
        let policy = json!({"type": "Microsoft.Network/firewallPolicies", "apiVersion": "2024-05-01",
            "name": "[parameters('policy')]", "properties": {}});
        let text = json!({"parameters": {"policy": {"type": "string"}}, "resources": [policy, group]}).to_string();
        import::read(&text, "template").unwrap()
    };
    let (old, new) = (template(200), template(300));
    let refused = checked(&old, &new).unwrap_err().to_string();
    assert_eq!(
        refused,
        "what is to be done depends on what only a deployment knows: the name of policy `policy` is not known; give the \
         parameters values with `--parameters FILE`"
    );
    assert_eq!(checked(&deployed(old), &deployed(new)).unwrap().steps.len(), 1);
}

#[test]
fn the_histories_of_the_corpus_keep_the_promise() {
    let Some(folder) = shared("corpus/history") else { return };
    let (mut kept, mut random) = (Kept::default(), Random::of(3));
    let (mut pairs, mut left_out) = (0, 0);
    for texts in histories(&folder) {
        let count = texts.len();
        let read = |(path, text): (PathBuf, String)| Some((path, deployed(import::read(&text, "history").ok()?)));
        let has_policy = |(_, model): &(PathBuf, Model)| !model.policies.is_empty();
        let versions: Vec<(PathBuf, Model)> = texts.into_iter().filter_map(read).filter(has_policy).collect();
        left_out += count - versions.len();
        for two in versions.windows(2) {
            let [(_, old), (path, new)] = two else { unreachable!() };
            pairs += 1;
            kept.keep(old, new, &path.display().to_string(), &mut random);
            kept.keep(new, old, &format!("back from {}", path.display()), &mut random);
        }
    }
    println!("{pairs} pairs, both ways, {left_out} versions without a policy: {}", kept.said());
    assert!(left_out * 4 <= pairs, "{left_out} versions have no policy that can be read");
    assert_eq!((kept.plans, kept.refused.as_slice()), (2 * pairs, &[][..]));
    assert!(pairs > 50 && kept.steps > 50 && kept.seen.allowed > 1_000, "{}", kept.said());
}
