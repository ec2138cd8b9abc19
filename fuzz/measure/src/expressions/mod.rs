//! The product's evaluator and the slow one agree: on every value where all is known, and where some parameters have no value,
//! on what the product says all the same, for every value that they may have.

mod slow;

use fwc::template::{Cloud, ConditionAnswer, evaluate};
use serde_json::{Value, json};

use slow::Expression::{self, Call, Each, Parameter, Property, Variable};

/// The values that each parameter may have.
fn domains() -> [Vec<Value>; 4] {
    [
        vec![json!(true), json!(false)],
        vec![json!("a"), json!("b"), json!("")],
        vec![json!([]), json!(["a"]), json!(["b", "a"])],
        vec![json!(0), json!(1), json!(2)],
    ]
}

#[derive(Clone, Copy)]
enum Kind {
    Truth,
    Text,
    List,
    Number,
}

/// What an expression is made with. A choice of 0 at each place makes a leaf, so that few choices make small ones.
struct Maker<'c> {
    choose: &'c mut dyn FnMut(usize) -> usize,
    in_lambda: bool,
}

impl Maker<'_> {
    fn below(&mut self, count: usize) -> usize {
        (self.choose)(count)
    }

    fn call(&mut self, function: &'static str, kinds: &[Kind], depth: usize) -> Expression {
        Call(function, kinds.iter().map(|kind| self.expression(*kind, depth)).collect())
    }

    fn expression(&mut self, kind: Kind, depth: usize) -> Expression {
        use Kind::{List, Number, Text, Truth};
        let Some(depth) = depth.checked_sub(1).filter(|_| self.below(6) > 0) else { return self.leaf(kind) };
        match (kind, self.below(9)) {
            (Truth, 0) => self.call("and", &[Truth, Truth], depth),
            (Truth, 1) => self.call("or", &[Truth, Truth], depth),
            (Truth, 2) => self.call("not", &[Truth], depth),
            (Truth, 3) => {
                let kind = self.kind();
                self.call("equals", &[kind, kind], depth)
            }
            (Truth, 4) => self.call("contains", &[List, Text], depth),
            (Truth, 5) => self.call("contains", &[Text, Text], depth),
            (Truth, 6) => self.call("less", &[Number, Number], depth),
            (Truth, 7) => {
                let kind = if self.below(2) == 0 { Text } else { List };
                self.call("empty", &[kind], depth)
            }
            (Truth, _) => {
                let function = if self.below(2) == 0 { "startsWith" } else { "endsWith" };
                self.call(function, &[Text, Text], depth)
            }
            (Text, 0) => self.call("concat", &[Text, Text], depth),
            (Text, 1) => self.call("toUpper", &[Text], depth),
            (Text, 2) => self.call("replace", &[Text, Text, Text], depth),
            (Text, 3) => self.call("join", &[List, Text], depth),
            (Text, 4) => self.call("first", &[List], depth),
            (Text, 5) => self.call("coalesce", &[Text, Text], depth),
            (Text, 6) => {
                let object = self.call("createObject", &[], depth);
                let Call(function, _) = object else { return object };
                let (a, b) = (self.expression(Text, depth), self.expression(Text, depth));
                let key = |name: &str| Expression::Value(json!(name));
                Property(Box::new(Call(function, vec![key("a"), a, key("b"), b])), "b")
            }
            (List, 0) => self.call("concat", &[List, List], depth),
            (List, 1) => self.call("union", &[List, List], depth),
            (List, 2) => self.call("intersection", &[List, List], depth),
            (List, 3) => self.call("createArray", &[Text, Text], depth),
            (List, 4) => self.call("split", &[Text, Text], depth),
            (List, 5) => self.call("take", &[List, Number], depth),
            (List, 6) => self.each("map", Text, depth),
            (List, 7) => self.each("filter", Truth, depth),
            (Number, 0 | 1) => self.call("add", &[Number, Number], depth),
            (Number, 2) => self.call("sub", &[Number, Number], depth),
            (Number, 3 | 4) => self.call("length", &[List], depth),
            (Number, 5) => self.call("length", &[Text], depth),
            (Number, 6) => self.call("indexOf", &[List, Text], depth),
            (Text | List | Number, _) => self.call("if", &[Truth, kind, kind], depth),
        }
    }

    fn each(&mut self, function: &'static str, kind: Kind, depth: usize) -> Expression {
        let list = self.expression(Kind::List, depth);
        let around = std::mem::replace(&mut self.in_lambda, true);
        let body = self.expression(kind, depth);
        self.in_lambda = around;
        Each(function, Box::new(list), Box::new(body))
    }

    fn kind(&mut self) -> Kind {
        [Kind::Truth, Kind::Text, Kind::List, Kind::Number][self.below(4)]
    }

    fn leaf(&mut self, kind: Kind) -> Expression {
        let index = match kind {
            Kind::Truth => 0,
            Kind::Text => 1,
            Kind::List => 2,
            Kind::Number => 3,
        };
        if matches!(kind, Kind::Text) && self.in_lambda && self.below(2) == 0 {
            return Variable;
        }
        if self.below(2) == 0 {
            return Parameter(index);
        }
        let domain = &domains()[index];
        let at = self.below(domain.len());
        Expression::Value(domain[at].clone())
    }
}

/// Whether what the answer says is right for the value.
pub fn holds(answer: &ConditionAnswer, value: &Value) -> bool {
    match (answer, value) {
        (ConditionAnswer::Known(known), value) => known == value,
        (ConditionAnswer::Unknown { .. }, _) => true,
        (ConditionAnswer::List(items), Value::Array(values)) => {
            items.len() == values.len() && items.iter().zip(values).all(|(item, value)| holds(item, value))
        }
        (ConditionAnswer::Object(entries), Value::Object(values)) => {
            entries.len() == values.len()
                && entries.iter().all(|(key, answer)| values.get(key).is_some_and(|value| holds(answer, value)))
        }
        (ConditionAnswer::List(_) | ConditionAnswer::Object(_), _) => false,
    }
}

fn fillings() -> Vec<Vec<Value>> {
    domains().iter().fold(vec![Vec::new()], |all, domain| {
        let more = |filling: &Vec<Value>| {
            domain.iter().map(|value| [filling.as_slice(), std::slice::from_ref(value)].concat()).collect::<Vec<_>>()
        };
        all.iter().flat_map(more).collect()
    })
}

/// Checks the expression that `choose` makes, which picks a number below the one that it is given.
pub fn agree(choose: &mut dyn FnMut(usize) -> usize) {
    let (unknown, at) = (choose(16), choose(54));
    let mut maker = Maker { choose, in_lambda: false };
    let kind = maker.kind();
    check(&maker.expression(kind, 4), unknown, at);
}

/// Checks one expression, with the parameters unknown whose bits `unknown` has.
fn check(expression: &Expression, unknown: usize, at: usize) {
    let template = json!({"parameters": {"p0": {"type": "bool"}, "p1": {"type": "string"}, "p2": {"type": "array"}, "p3": {"type": "int"}}});
    let text = format!("[{}]", expression.text());
    let all = fillings();
    let base = &all[at % all.len()];
    let is_unknown = |index: usize| unknown >> index & 1 == 1;
    let given: Vec<(String, Value)> =
        (0..4).filter(|index| !is_unknown(*index)).map(|index| (format!("p{index}"), base[index].clone())).collect();
    let answer = evaluate(&template, &text, &given, Some(Cloud::Public));
    for filling in all.iter().filter(|filling| (0..4).all(|index| is_unknown(index) || filling[index] == base[index])) {
        if let Some(value) = expression.value(filling, None) {
            assert!(holds(&answer, &value), "{text} with {given:?}: {answer:?}, but {value} with {filling:?}");
            let settled = unknown & 15 != 0 || matches!(answer, ConditionAnswer::Known(_));
            assert!(settled, "{text} with {given:?}: {answer:?}, expected {value}");
        }
    }
}
