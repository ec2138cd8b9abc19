//! Sources that are answered at once get one answer.

use fwc::evaluate::{Knowledge, RuleOrder};
use fwc::explain::{Detail, FlowLine, alike, explain, report};
use fwc::net::AddressSet;
use fwc::source::Files;
use fwc::way::Ways;
use serde_json::Value;

use crate::diff::entries::Asked;
use crate::diff::sampled::{Corners, side};
use crate::oracle::random::Random;
use crate::plan::draws::pair;

/// Every source is answered as the first of its part, whatever is asked.
#[test]
fn a_part_has_one_answer() {
    let (knowledge, mut random) = (Knowledge::none(), Random::of(7));
    let (mut others, mut parts) = (0, 0);
    for seed in 0..60 {
        let model = pair(seed).old;
        for policy in model.leaves() {
            let order = RuleOrder::of(&model, policy);
            let alike = alike(&AddressSet::any(), &order, &Ways::of(&model, &knowledge));
            parts += alike.len();
            let corners = Corners::of(&[side(&model, policy, &knowledge)]);
            let answer = |asked: &Asked, source: std::net::Ipv4Addr| -> Option<Value> {
                let given = FlowLine {
                    source: source.to_string(),
                    destination: asked.name.as_ref().map_or(asked.address.to_string(), ToString::to_string),
                    destination_address: asked.name.is_some().then(|| asked.address.to_string()),
                    path: None,
                    service: asked.service.to_string(),
                };
                let explained = explain(&model, policy, &given.flow(&model).ok()?, &knowledge).ok()?;
                let files = Files::new();
                let mut told = serde_json::to_value(report(&explained, &given, &files, Detail::Decision)).unwrap();
                told.as_object_mut().unwrap().shift_remove("flow");
                Some(told)
            };
            for _ in 0..100 {
                let asked = corners.draw(&[], &mut random);
                let part = alike.iter().find(|part| part.interval().contains(asked.source.into())).unwrap();
                let first = part.interval().first().into();
                others += usize::from(first != asked.source);
                assert_eq!(answer(&asked, first), answer(&asked, asked.source), "seed {seed}: {asked:?} in {part}");
            }
        }
    }
    assert!(others >= 1_000 && parts >= 300, "{others} sources that are not the first of {parts} parts");
}
