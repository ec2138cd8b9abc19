//! Sets over an ordered domain, as sorted, disjoint, non-touching closed intervals.

/// A value of an ordered, finite, discrete domain.
pub trait Stepped: Copy + Ord {
    /// The smallest value of the domain.
    const MIN: Self;
    /// The largest value of the domain.
    const MAX: Self;
    /// The next larger value, if there is one.
    fn next(self) -> Option<Self>;
    /// The next smaller value, if there is one.
    fn previous(self) -> Option<Self>;
}

macro_rules! step {
    ($($integer:ty),*) => {$(
        impl Stepped for $integer {
            const MIN: Self = <$integer>::MIN;
            const MAX: Self = <$integer>::MAX;
            fn next(self) -> Option<Self> {
                self.checked_add(1)
            }
            fn previous(self) -> Option<Self> {
                self.checked_sub(1)
            }
        }
    )*};
}
step!(u8, u16, u32);

/// A closed interval: `first` to `last`, both inside.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Interval<T> {
    first: T,
    last: T,
}

impl<T: Stepped> Interval<T> {
    /// The interval from `first` to `last`, or `None` where `last` is smaller.
    pub fn new(first: T, last: T) -> Option<Self> {
        (first <= last).then_some(Self { first, last })
    }

    /// The interval that holds one value.
    pub fn point(value: T) -> Self {
        Self { first: value, last: value }
    }

    /// The whole domain.
    pub fn full() -> Self {
        Self { first: T::MIN, last: T::MAX }
    }

    /// The smallest value inside.
    pub fn first(self) -> T {
        self.first
    }

    /// The largest value inside.
    pub fn last(self) -> T {
        self.last
    }

    /// Whether `value` lies inside.
    pub fn contains(self, value: T) -> bool {
        self.first <= value && value <= self.last
    }

    /// Whether every value of `other` lies inside.
    pub fn covers(self, other: Self) -> bool {
        self.first <= other.first && other.last <= self.last
    }

    /// The values in both.
    pub fn intersection(self, other: Self) -> Option<Self> {
        Self::new(self.first.max(other.first), self.last.min(other.last))
    }
}

/// A set of values of `T`. Equal sets are equal values: the intervals are sorted and neither overlap nor touch.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct IntervalSet<T> {
    intervals: Vec<Interval<T>>,
}

impl<T> Default for IntervalSet<T> {
    fn default() -> Self {
        Self { intervals: Vec::new() }
    }
}

impl<T: Stepped> IntervalSet<T> {
    /// The empty set.
    pub fn empty() -> Self {
        Self::default()
    }

    /// The whole domain.
    pub fn full() -> Self {
        Interval::full().into()
    }

    /// Whether the set has no member.
    pub fn is_empty(&self) -> bool {
        self.intervals.is_empty()
    }

    /// Whether the set is the whole domain.
    pub fn is_full(&self) -> bool {
        self.intervals.as_slice() == [Interval::full()]
    }

    /// The intervals, in order.
    pub fn intervals(&self) -> &[Interval<T>] {
        &self.intervals
    }

    /// Whether `value` is a member.
    pub fn contains(&self, value: T) -> bool {
        let after = self.intervals.partition_point(|interval| interval.first <= value);
        after.checked_sub(1).and_then(|at| self.intervals.get(at)).is_some_and(|interval| interval.contains(value))
    }

    /// The members of either.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        self.intervals.iter().chain(&other.intervals).copied().collect()
    }

    /// The members of both.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        let mut intervals = Vec::new();
        let (mut left, mut right) = (self.intervals.iter().peekable(), other.intervals.iter().peekable());
        while let (Some(&&a), Some(&&b)) = (left.peek(), right.peek()) {
            intervals.extend(a.intersection(b));
            if a.last < b.last {
                left.next()
            } else {
                right.next()
            };
        }
        Self { intervals }
    }

    /// The members of `self` that are not in `other`.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        self.intersection(&other.complement())
    }

    /// The values of the domain that are not members.
    #[must_use]
    pub fn complement(&self) -> Self {
        let mut intervals = Vec::with_capacity(self.intervals.len() + 1);
        let mut open = Some(T::MIN);
        for interval in &self.intervals {
            if let (Some(first), Some(last)) = (open, interval.first.previous()) {
                intervals.extend(Interval::new(first, last));
            }
            open = interval.last.next();
        }
        intervals.extend(open.map(|first| Interval { first, last: T::MAX }));
        Self { intervals }
    }

    /// Whether every member of `other` is a member of `self`.
    pub fn covers(&self, other: &Self) -> bool {
        other.difference(self).is_empty()
    }

    /// Whether some value is a member of both.
    pub fn intersects(&self, other: &Self) -> bool {
        !self.intersection(other).is_empty()
    }
}

impl<T: Stepped> FromIterator<Interval<T>> for IntervalSet<T> {
    fn from_iter<I: IntoIterator<Item = Interval<T>>>(items: I) -> Self {
        let mut intervals: Vec<Interval<T>> = items.into_iter().collect();
        intervals.sort_unstable();
        intervals.dedup_by(|interval, previous| {
            let meets = previous.last.next().is_none_or(|next| interval.first <= next);
            if meets {
                previous.last = previous.last.max(interval.last);
            }
            meets
        });
        Self { intervals }
    }
}

impl<T: Stepped> From<Interval<T>> for IntervalSet<T> {
    fn from(interval: Interval<T>) -> Self {
        Self { intervals: vec![interval] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sets() -> impl Strategy<Value = IntervalSet<u8>> {
        proptest::collection::vec((any::<u8>(), 0u8..40), 0..6)
            .prop_map(|pairs| pairs.iter().filter_map(|&(a, n)| Interval::new(a, a.saturating_add(n))).collect())
    }

    proptest! {
        #[test]
        fn operations_agree_with_membership(a in sets(), b in sets()) {
            for value in 0..=u8::MAX {
                let (in_a, in_b) = (a.contains(value), b.contains(value));
                prop_assert_eq!(a.union(&b).contains(value), in_a || in_b);
                prop_assert_eq!(a.intersection(&b).contains(value), in_a && in_b);
                prop_assert_eq!(a.difference(&b).contains(value), in_a && !in_b);
                prop_assert_eq!(a.complement().contains(value), !in_a);
            }
        }

        #[test]
        fn equal_sets_are_equal_values(a in sets(), b in sets()) {
            let same = (0..=u8::MAX).all(|value| a.contains(value) == b.contains(value));
            prop_assert_eq!(a == b, same);
            prop_assert_eq!(a.complement().complement(), a.clone());
            prop_assert_eq!(a.covers(&b), (0..=u8::MAX).all(|value| a.contains(value) || !b.contains(value)));
        }
    }
}
