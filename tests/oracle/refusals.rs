//! What is refused is wrong: of the two rules that an error names, some flow is mentioned by both.

use fwc::diag::{Diagnostic, Severity};
use fwc::driver::Stage;
use fwc::intent::{Intent, Rule};

use crate::project::project;

use super::flows::Corners;
use super::meaning::{Meaning, Mention};
use super::random::Random;
use super::source::source;

/// How many sources are looked at, and how many flows are tried for each error.
const SOURCES: u64 = 500;
const FLOWS: usize = 20_000;

#[test]
fn every_error_of_a_bypass_has_a_flow() {
    let mut errors = 0;
    for seed in 0..SOURCES {
        let mut random = Random::of(seed);
        let text = source(&mut random);
        let project = project(&text);
        for error in project
            .found(Stage::Prove)
            .iter()
            .filter(|found| found.severity == Severity::Error && found.code.id == "FW0303")
        {
            errors += 1;
            assert!(has_flow(error, project.intent(), &mut random), "seed {seed}: {error:?}\n{text}");
        }
    }
    assert!(errors > 50, "{errors} errors");
}

/// Whether some flow is mentioned by both rules of the error: by the one over the network, by the other by its name.
fn has_flow(error: &Diagnostic, intent: &Intent, random: &mut Random) -> bool {
    let (network, application) = (error.at.as_ref().unwrap().at, error.related.last().unwrap().at);
    let mut meaning = Meaning::of(intent, intent.policies.last().unwrap());
    meaning.dnats.clear();
    meaning.rules.retain(|(_, rule)| [network, application].contains(&rule.origin.at));
    let rules: Vec<&Rule> = meaning.rules.iter().map(|&(_, rule)| rule).collect();
    let corners = Corners::of(intent, &meaning);
    (0..FLOWS).any(|_| {
        let ask = corners.draw(random);
        let mentions = |at, how: fn(Mention) -> bool| {
            rules.iter().any(|rule| rule.origin.at == at && meaning.mention(rule, &ask).is_some_and(how))
        };
        mentions(network, |how| how == Mention::Network)
            && mentions(application, |how| matches!(how, Mention::Application(_)))
    })
}
