//! The product's evaluator and a slow one agree; fuzzing draws more of the same.

#[path = "../../fuzz/measure/src/expressions/mod.rs"]
mod expressions;

use fwc::template::ConditionAnswer;
use proptest::prelude::*;
use serde_json::json;

use crate::dice::Dice;
use expressions::{agree, holds};

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn both_evaluators_agree(seed in any::<u64>()) {
        let mut dice = Dice::of(seed);
        agree(&mut |sides| dice.roll(sides));
    }
}

#[test]
fn a_wrong_answer_is_found() {
    assert!(!holds(&ConditionAnswer::Known(json!(true)), &json!(false)));
    assert!(!holds(&ConditionAnswer::List(vec![ConditionAnswer::Known(json!(1))]), &json!([2])));
    assert!(holds(&ConditionAnswer::Unknown { rest: String::new(), why: String::new() }, &json!(2)));
}
