//! The product's evaluator and a slow one agree; fuzzing draws more of the same.

#[path = "../../fuzz/measure/src/expressions/mod.rs"]
mod expressions;

use fwc::template::Answer;
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
    assert!(!holds(&Answer::Known(json!(true)), &json!(false)));
    assert!(!holds(&Answer::List(vec![Answer::Known(json!(1))]), &json!([2])));
    assert!(holds(&Answer::Unknown { rest: String::new(), why: String::new() }, &json!(2)));
}
