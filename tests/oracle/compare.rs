//! Both ways from a source to a verdict, and what came of comparing them.

use std::collections::BTreeMap;
use std::env;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use serde_json::Value;

use fwc::diag::{Diagnostics, Severity};
use fwc::driver::Stage;
use fwc::emit::{EmitOptions, Parents, arm, json_text};
use fwc::evaluate::{self, FlowPoint, Knowledge, OrderLine, RuleOrder};
use fwc::import;
use fwc::intent::{Action, Host, Intent, Rule};
use fwc::lower;
use fwc::model::{self, NatTarget};
use fwc::net::HostPattern;
use fwc::source::{Place, SourceSpan};

use crate::project::project;

use super::FIRST_SEED;
use super::flows::Corners;
use super::meaning::{Ask, Decision, Level, Meaning, Mention, Name, translation, world};
use super::random::Random;
use super::source::source;

/// The errors for which a source may be refused. Any other is a fault of the draw.
const REFUSALS: [&str; 2] = ["FW0303", "FW0304"];

/// The policy that is attached to the firewall of each source.
const ATTACHED: &str = "child";

/// How much is compared, and what is done to each template first.
#[derive(Clone, Copy)]
pub struct Run {
    pub policies: usize,
    pub flows: usize,
    pub mutant: Option<fn(&mut Value)>,
}

/// What was compared.
#[derive(Default, Debug)]
pub struct Counts {
    pub policies: usize,
    pub refusals: BTreeMap<&'static str, usize>,
    pub warned: usize,
    pub rules: usize,
    pub removals: usize,
    pub flows: usize,
    pub allowed: usize,
    pub by_parent: usize,
    pub by_network: usize,
    pub by_application: usize,
    pub below: usize,
    pub ending: usize,
    pub dnat: usize,
    pub undecided: usize,
    pub opaque: usize,
    /// Flows that the two decide differently, as a warning says.
    pub announced: usize,
    pub disagreement: Option<String>,
}

impl Run {
    /// Compares until all is compared or a disagreement is found.
    pub fn on_two_threads(self) -> Counts {
        let found = AtomicBool::new(false);
        let first = env::var(FIRST_SEED).map_or(0, |seed| seed.parse().unwrap());
        let half = |first: u64| {
            let found = &found;
            move || self.compare((first..).step_by(2), found)
        };
        let (even, odd) = thread::scope(|scope| {
            let (even, odd) = (scope.spawn(half(first)), scope.spawn(half(first + 1)));
            (even.join().unwrap(), odd.join().unwrap())
        });
        even.and(odd)
    }

    fn compare(self, seeds: impl Iterator<Item = u64>, found: &AtomicBool) -> Counts {
        let mut counts = Counts::default();
        for seed in seeds {
            if counts.policies == self.policies / 2 || found.load(Ordering::Relaxed) {
                break;
            }
            self.one(seed, &mut counts);
            if counts.disagreement.is_some() {
                found.store(true, Ordering::Relaxed);
            }
        }
        counts
    }

    fn one(self, seed: u64, counts: &mut Counts) {
        let mut random = Random::of(seed);
        let text = source(&mut random);
        let Compiled { intent, model, lowered, diagnostics } = match compile(&text, self.mutant) {
            Ok(compiled) => compiled,
            Err(code) => {
                assert!(REFUSALS.contains(&code), "seed {seed} is refused with {code}:\n{text}");
                *counts.refusals.entry(code).or_default() += 1;
                return;
            }
        };
        counts.policies += 1;
        counts.rules += lowered.policies.iter().map(|policy| policy.source_rules).sum::<usize>();
        counts.removals += lowered.policies.iter().map(|policy| policy.removals.len()).sum::<usize>();
        let warnings = Warnings::of(&diagnostics);
        counts.warned += usize::from(!warnings.0.is_empty());
        let meant = intent.policies.iter().find(|policy| policy.name.value == ATTACHED).unwrap();
        let meaning = Meaning::of(&intent, meant);
        let order = RuleOrder::of(&model, model.policy(ATTACHED).unwrap());
        let knowledge = knowledge(&meaning);
        let corners = Corners::of(&intent, &meaning);
        for _ in 0..self.flows {
            let ask = corners.draw(&mut random);
            let wanted = meaning.decide(&ask);
            counts.count(&wanted, &ask);
            let got = decide(&order, &knowledge, &ask);
            if agree(&wanted, got, &ask) {
                continue;
            }
            if warnings.tell(&wanted, &meaning, &ask) {
                counts.announced += 1;
                continue;
            }
            let got = got.map(|line| (line.policy.name.as_str(), line.collection.name.as_str(), line.rule.name()));
            let wanted = described(&wanted, &text);
            counts.disagreement = Some(format!("seed {seed}:\n{text}\n{ask:?}\nmeant: {wanted}\nemitted: {got:?}"));
            return;
        }
    }
}

pub struct Compiled {
    intent: Intent,
    model: model::Model,
    lowered: lower::Lowered,
    diagnostics: Diagnostics,
}

/// The source as text, resolved, lowered, emitted and read back; or the code of the first error.
pub fn compile(text: &str, mutant: Option<fn(&mut Value)>) -> Result<Compiled, &'static str> {
    let project = project(text);
    let before_check = Stage::ALL.into_iter().filter(|stage| *stage < Stage::Check);
    let diagnostics: Diagnostics = before_check.flat_map(|stage| project.found(stage).iter().cloned()).collect();
    if let Some(error) = diagnostics.iter().find(|found| found.severity == Severity::Error) {
        return Err(error.code.id);
    }
    let (intent, lowered) = project.into_lowered();
    let policy = lowered.model.policy(ATTACHED).unwrap();
    let options = EmitOptions { parents: Parents::Included, ..EmitOptions::default() };
    let mut template = arm::policy_template(&lowered.model, policy, &options);
    if let Some(mutate) = mutant {
        mutate(&mut template);
    }
    let model = import::read(&json_text(&template), "oracle.arm.json").unwrap();
    Ok(Compiled { intent, model, lowered, diagnostics })
}

/// The addresses that the source gives the names of its rules.
fn knowledge(meaning: &Meaning<'_>) -> Knowledge {
    let mut knowledge = Knowledge::none();
    for entry in meaning.rules.iter().flat_map(|(_, rule)| &rule.to.hosts) {
        if let Host::Pattern(HostPattern::Exact(name)) = &entry.value {
            knowledge.learn(name.clone(), &meaning.given(name).unwrap_or_default());
        }
    }
    knowledge
}

fn decide<'m>(order: &RuleOrder<'m>, knowledge: &Knowledge, ask: &Ask) -> Option<OrderLine<'m>> {
    let Ask { source, address, name, service, facts } = ask;
    let point = FlowPoint { source: *source, address: *address, name: name.as_ref(), path: None, service: *service };
    evaluate::decide(order, &point, knowledge, &world(facts))
}

/// Whether the flow passes in both or in neither, and goes to the same place.
fn agree(wanted: &Decision<'_>, got: Option<OrderLine<'_>>, ask: &Ask) -> bool {
    let action = match evaluate::action_of(got) {
        model::Action::Allow => Action::Allow,
        model::Action::Deny => Action::Deny,
    };
    let translated = match wanted {
        Decision::Dnat(dnat) => Some(translation(dnat, ask)),
        Decision::Rule(..) | Decision::Nothing => None,
    };
    action == wanted.action() && translated == got.and_then(emitted_translation)
}

fn emitted_translation(line: OrderLine<'_>) -> Option<(String, u16)> {
    match line.rule {
        evaluate::SortedRule::Nat(rule) => Some(match &rule.handling.target {
            NatTarget::Address(address) => (address.to_string(), rule.handling.port),
            NatTarget::Fqdn(name) => (name.to_string(), rule.handling.port),
        }),
        evaluate::SortedRule::Network(..) | evaluate::SortedRule::Application(..) => None,
    }
}

fn described(decision: &Decision<'_>, text: &str) -> String {
    let line = |span: SourceSpan| text.get(span.range()).unwrap_or_default().to_owned();
    match decision {
        Decision::Dnat(dnat) => line(dnat.origin.span().unwrap()),
        Decision::Rule(level, rule, mention) => format!("{level:?} {mention:?} {}", line(rule.origin.span().unwrap())),
        Decision::Nothing => "nothing".to_owned(),
    }
}

/// The pairs of rules of which FW0303 warns: the network rule, and the application rule that it may bypass.
struct Warnings(Vec<(Place, Place)>);

impl Warnings {
    fn of(diagnostics: &Diagnostics) -> Self {
        let bypasses = diagnostics.iter().filter(|found| found.code.id == "FW0303");
        Self(bypasses.map(|found| (found.at.as_ref().unwrap().at, found.related.last().unwrap().at)).collect())
    }

    /// Whether a warning says that the flow may not be decided as it is meant to be.
    fn tell(&self, wanted: &Decision<'_>, meaning: &Meaning<'_>, ask: &Ask) -> bool {
        let Decision::Rule(_, meant, Mention::Application(_)) = wanted else { return false };
        let takes = |rule: &Rule| {
            self.0.contains(&(rule.origin.at, meant.origin.at))
                && rule.action != meant.action
                && meaning.mention(rule, ask) == Some(Mention::Network)
        };
        meaning.rules.iter().any(|(_, rule)| takes(rule))
    }
}

impl Counts {
    pub fn refused(&self) -> usize {
        self.refusals.values().sum()
    }

    fn count(&mut self, wanted: &Decision<'_>, ask: &Ask) {
        self.flows += 1;
        self.allowed += usize::from(wanted.action() == Action::Allow);
        self.opaque += usize::from(!ask.facts.is_empty());
        match wanted {
            Decision::Dnat(_) => self.dnat += 1,
            Decision::Nothing => self.undecided += 1,
            Decision::Rule(level, _, mention) => {
                self.by_parent += usize::from(*level == Level::Parent);
                match mention {
                    Mention::Network => self.by_network += 1,
                    Mention::Application(name) => {
                        self.by_application += 1;
                        self.below += usize::from(*name == Name::Below);
                        self.ending += usize::from(*name == Name::Ending);
                    }
                }
            }
        }
    }

    fn and(mut self, other: Self) -> Self {
        for (code, count) in other.refusals {
            *self.refusals.entry(code).or_default() += count;
        }
        Self {
            policies: self.policies + other.policies,
            refusals: self.refusals,
            warned: self.warned + other.warned,
            rules: self.rules + other.rules,
            removals: self.removals + other.removals,
            flows: self.flows + other.flows,
            allowed: self.allowed + other.allowed,
            by_parent: self.by_parent + other.by_parent,
            by_network: self.by_network + other.by_network,
            by_application: self.by_application + other.by_application,
            below: self.below + other.below,
            ending: self.ending + other.ending,
            dnat: self.dnat + other.dnat,
            undecided: self.undecided + other.undecided,
            opaque: self.opaque + other.opaque,
            announced: self.announced + other.announced,
            disagreement: self.disagreement.or(other.disagreement),
        }
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let share = |count: usize| format!("{:.1} %", count as f64 * 100.0 / self.flows.max(1) as f64);
        let Self { policies, refusals, warned, rules, removals, flows, .. } = self;
        writeln!(f, "{policies} policies, {warned} with warnings; refused: {} {refusals:?}", self.refused())?;
        writeln!(f, "{rules} rules, {removals} entries removed; {flows} flows")?;
        for (what, count) in [
            ("allowed", self.allowed),
            ("decided by parents", self.by_parent),
            ("by network rules", self.by_network),
            ("by application rules", self.by_application),
            ("by `*.x`", self.below),
            ("by `*x`", self.ending),
            ("by DNAT", self.dnat),
            ("by nothing", self.undecided),
            ("with opaque facts", self.opaque),
            ("announced by warnings", self.announced),
        ] {
            writeln!(f, "{what}: {}", share(count))?;
        }
        Ok(())
    }
}
