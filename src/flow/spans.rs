//! Queries about two sorted lists of intervals, without making a third.

use crate::net::Interval;

/// A closed interval of one dimension.
pub(super) type IntervalSpan = Interval<u32>;

/// Whether some value is in both.
pub(super) fn overlap(a: &[IntervalSpan], b: &[IntervalSpan]) -> bool {
    let (mut left, mut right) = (a.iter(), b.iter());
    let (mut l, mut r) = (left.next(), right.next());
    while let (Some(x), Some(y)) = (l, r) {
        if x.last() < y.first() {
            l = left.next();
        } else if y.last() < x.first() {
            r = right.next();
        } else {
            return true;
        }
    }
    false
}

/// Whether every value of `b` is in `a`.
pub(super) fn covers(a: &[IntervalSpan], b: &[IntervalSpan]) -> bool {
    let mut left = a.iter();
    let mut l = left.next();
    b.iter().all(|y| {
        while l.is_some_and(|x| x.last() < y.first()) {
            l = left.next();
        }
        l.is_some_and(|x| x.covers(*y))
    })
}

/// Whether `value` is in `a`.
pub(super) fn holds(a: &[IntervalSpan], value: u32) -> bool {
    if a.len() <= 4 {
        return a.iter().any(|span| span.contains(value));
    }
    let at = a.partition_point(|span| span.last() < value);
    a.get(at).is_some_and(|span| span.first() <= value)
}

/// How many values there are.
pub(super) fn width(a: &[IntervalSpan]) -> f64 {
    a.iter().map(|span| f64::from(span.last() - span.first()) + 1.0).sum()
}

/// How many values there are in both.
pub(super) fn common_width(a: &[IntervalSpan], b: &[IntervalSpan]) -> f64 {
    let (mut left, mut right) = (a.iter(), b.iter());
    let (mut l, mut r) = (left.next(), right.next());
    let mut sum = 0.0;
    while let (Some(x), Some(y)) = (l, r) {
        sum += x.intersection(*y).map_or(0.0, |both| width(&[both]));
        if x.last() < y.last() {
            l = left.next();
        } else {
            r = right.next();
        }
    }
    sum
}
