//! Functions of numbers and single values.

use super::super::number::Number;
use super::super::value::{Data, HclValue, ListKind};
use super::argument::{HclStop, Taken, list, number, refused};
use super::{Function, FunctionCall};

pub(super) fn function(name: &str) -> Option<Function> {
    Some(match name {
        "abs" => |asked| mapped(asked, Number::absolute),
        "ceil" => |asked| mapped(asked, Number::ceiling),
        "floor" => |asked| mapped(asked, Number::floor),
        "signum" => |asked| mapped(asked, |of| Number::whole(of.cmp(&Number::count(0)) as i128).unwrap_or(of)),
        "max" => |asked| most(asked, |new, old| new > old),
        "min" => |asked| most(asked, |new, old| new < old),
        "sum" => sum,
        "pow" => pow,
        "parseint" => parse_int,
        "range" => range,
        "tonumber" => |asked| {
            let [value] = asked.only()?;
            if value.is_null() { Ok(value.clone()) } else { Ok(HclValue::new(Data::Number(number(value)?))) }
        },
        "tobool" => |asked| {
            let [value] = asked.only()?;
            if value.is_null() { Ok(value.clone()) } else { Ok(HclValue::bool(super::argument::truth(value)?)) }
        },
        _ => return None,
    })
}

fn of(number: Option<Number>) -> Taken {
    number
        .map(|number| HclValue::new(Data::Number(number)))
        .ok_or_else(|| HclStop::Unread("the number is too large".into()))
}

fn mapped(asked: &mut FunctionCall<'_, '_, '_>, made: fn(Number) -> Number) -> Taken {
    let [value] = asked.only()?;
    of(Some(made(number(value)?)))
}

fn most(asked: &mut FunctionCall<'_, '_, '_>, is_better: fn(Number, Number) -> bool) -> Taken {
    let mut best: Option<Number> = None;
    for value in asked.arguments {
        let new = number(value)?;
        best = Some(best.filter(|old| !is_better(new, *old)).unwrap_or(new));
    }
    best.map_or_else(|| refused("expected a number"), |best| of(Some(best)))
}

fn sum(asked: &mut FunctionCall<'_, '_, '_>) -> Taken {
    let [value] = asked.only()?;
    let items = &list(value)?.items;
    if items.is_empty() {
        return refused("the list is empty");
    }
    let mut all = Some(Number::count(0));
    for item in items {
        let own = number(item)?;
        all = all.and_then(|all| all.plus(own));
    }
    of(all)
}

fn pow(asked: &mut FunctionCall<'_, '_, '_>) -> Taken {
    asked.only::<2>()?;
    let (base, exponent) = (asked.number(0)?, asked.integer(1)?);
    let mut made = Some(Number::count(1));
    for _ in 0..exponent.unsigned_abs().min(64) {
        made = made.and_then(|made| made.times(base));
    }
    if exponent.unsigned_abs() > 64 {
        return Err(HclStop::Unread("the exponent is too large".to_owned()));
    }
    of(if exponent < 0 { made.and_then(|made| Number::count(1).divided(made)) } else { made })
}

fn parse_int(asked: &mut FunctionCall<'_, '_, '_>) -> Taken {
    asked.only::<2>()?;
    let (text, base) = (asked.text(0)?, asked.integer(1)?);
    let base = u32::try_from(base).ok().filter(|base| (2..=36).contains(base));
    match base.and_then(|base| i128::from_str_radix(&text, base).ok()) {
        Some(number) => of(Number::whole(number)),
        None => refused("expected a whole number in that base"),
    }
}

fn range(asked: &mut FunctionCall<'_, '_, '_>) -> Taken {
    let zero = Number::count(0);
    let (start, limit) = match asked.arguments.len() {
        1 => (zero, asked.number(0)?),
        2 | 3 => (asked.number(0)?, asked.number(1)?),
        count => return refused(format!("found {count} arguments, expected one to three")),
    };
    let step = match asked.arguments.len() {
        3 => asked.number(2)?,
        _ => Number::whole(if limit < start { -1 } else { 1 }).unwrap_or(zero),
    };
    if step.is_zero() || (step < zero) != (limit < start) && start != limit {
        return refused("the step does not lead to the limit");
    }
    const MOST: usize = 1_024;
    let (mut items, mut own) = (Vec::new(), start);
    while if step > zero { own < limit } else { own > limit } {
        if items.len() >= MOST {
            return refused(format!("more than {MOST} values"));
        }
        items.push(HclValue::new(Data::Number(own)));
        match own.plus(step) {
            Some(next) => own = next,
            None => return Err(HclStop::Unread("a number is too large".to_owned())),
        }
    }
    asked.made_list(ListKind::List, items)
}
