//! Formulas.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::MOST;
use super::cubes::fillings;

/// When something is the case, in terms of truths that are not known here.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub enum Formula<A> {
    /// Whatever is true.
    #[default]
    Always,
    /// Never.
    Never,
    /// Where that is true.
    Is(A),
    /// Where the other is not the case.
    Not(Box<Self>),
    /// Where each of them is the case.
    All(Vec<Self>),
    /// Where one of them is the case.
    Any(Vec<Self>),
}

/// The sign with which a formula contains a truth.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Sign {
    /// More is the case where it is true.
    Positive,
    /// Less is the case where it is true.
    Negative,
}

impl<A> Formula<A> {
    /// Whether it is the case whatever is true, as far as its shape shows.
    pub fn is_always(&self) -> bool {
        matches!(self, Self::Always)
    }

    /// Whether it holds where `truth` gives the truths.
    pub fn holds(&self, truth: &dyn Fn(&A) -> bool) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Is(atom) => truth(atom),
            Self::Not(of) => !of.holds(truth),
            Self::All(parts) => parts.iter().all(|part| part.holds(truth)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(truth)),
        }
    }

    /// Whether it holds as far as `known` gives the truths; `None` where the known parts do not decide it.
    pub fn shown_by(&self, known: &dyn Fn(&A) -> Option<bool>) -> Option<bool> {
        let end = |parts: &[Self], decides: bool| {
            let mut open = false;
            for part in parts {
                match part.shown_by(known) {
                    Some(shown) if shown == decides => return Some(decides),
                    Some(_) => {}
                    None => open = true,
                }
            }
            (!open).then_some(!decides)
        };
        match self {
            Self::Always => Some(true),
            Self::Never => Some(false),
            Self::Is(atom) => known(atom),
            Self::Not(of) => of.shown_by(known).map(|shown| !shown),
            Self::All(parts) => end(parts, false),
            Self::Any(parts) => end(parts, true),
        }
    }

    /// The same of other truths.
    pub fn map<B>(&self, to: &mut dyn FnMut(&A) -> B) -> Formula<B> {
        let mut all = |parts: &[Self]| parts.iter().map(|part| part.map(to)).collect();
        match self {
            Self::Always => Formula::Always,
            Self::Never => Formula::Never,
            Self::Is(atom) => Formula::Is(to(atom)),
            Self::Not(of) => Formula::Not(Box::new(of.map(to))),
            Self::All(parts) => Formula::All(all(parts)),
            Self::Any(parts) => Formula::Any(all(parts)),
        }
    }

    /// The truths that it contains, each time with the sign.
    pub fn literals(&self) -> Vec<(&A, Sign)> {
        let mut found = Vec::new();
        self.collect(Sign::Positive, &mut found);
        found
    }

    fn collect<'f>(&'f self, sign: Sign, found: &mut Vec<(&'f A, Sign)>) {
        match self {
            Self::Always | Self::Never => {}
            Self::Is(atom) => found.push((atom, sign)),
            Self::Not(of) => of.collect(sign.opposite(), found),
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.collect(sign, found)),
        }
    }

    /// Where it is not the case.
    #[must_use]
    pub fn negated(self) -> Self {
        match self {
            Self::Always => Self::Never,
            Self::Never => Self::Always,
            Self::Not(of) => *of,
            other @ (Self::Is(_) | Self::All(_) | Self::Any(_)) => Self::Not(Box::new(other)),
        }
    }
}

impl Sign {
    fn opposite(self) -> Self {
        match self {
            Self::Positive => Self::Negative,
            Self::Negative => Self::Positive,
        }
    }
}

impl<A: Ord + Clone> Formula<A> {
    /// The truths that it contains.
    pub fn atoms(&self) -> BTreeSet<&A> {
        self.literals().into_iter().map(|(atom, _)| atom).collect()
    }

    /// Where both are the case.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Always, other) | (other, Self::Always) => other,
            (Self::Never, _) | (_, Self::Never) => Self::Never,
            (one, other) => {
                let mut parts = one.conjuncts();
                parts.extend(other.conjuncts().into_iter().filter(|part| !parts.contains(part)).collect::<Vec<_>>());
                only_or(parts, Self::All)
            }
        }
    }

    /// Where one of them is the case.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Never, other) | (other, Self::Never) => other,
            (Self::Always, _) | (_, Self::Always) => Self::Always,
            (one, other) => {
                let mut parts = one.disjuncts();
                parts.extend(other.disjuncts().into_iter().filter(|part| !parts.contains(part)).collect::<Vec<_>>());
                only_or(parts, Self::Any)
            }
        }
    }

    /// The formulas that together make it where all of them are the case.
    pub fn conjuncts(self) -> Vec<Self> {
        match self {
            Self::All(parts) => parts,
            Self::Always => Vec::new(),
            other @ (Self::Never | Self::Is(_) | Self::Not(_) | Self::Any(_)) => vec![other],
        }
    }

    fn disjuncts(self) -> Vec<Self> {
        match self {
            Self::Any(parts) => parts,
            Self::Never => Vec::new(),
            other @ (Self::Always | Self::Is(_) | Self::Not(_) | Self::All(_)) => vec![other],
        }
    }

    /// The same, where no other part of it is left but [`Formula::Always`] or [`Formula::Never`] if that is what it comes to.
    #[must_use]
    pub fn settled(self) -> Self {
        match self.is_possible() {
            false => Self::Never,
            true if !self.clone().negated().is_possible() => Self::Always,
            true => self,
        }
    }

    /// Whether it holds for some truths; also where it contains too many of them to be tried.
    pub fn is_possible(&self) -> bool {
        let atoms: Vec<&A> = self.atoms().into_iter().collect();
        if atoms.len() > MOST {
            return true;
        }
        fillings(atoms.len()).any(|row| {
            let is_set = |atom: &A| atoms.iter().position(|of| *of == atom).is_some_and(|bit| row >> bit & 1 == 1);
            self.holds(&is_set)
        })
    }

    /// The formula that remains where `known` holds, as far as that settles single truths.
    #[must_use]
    pub fn supposing(&self, known: &Self) -> Self {
        let mut facts: BTreeMap<A, bool> = BTreeMap::new();
        for part in known.clone().conjuncts() {
            match part {
                Self::Is(atom) => drop(facts.insert(atom, true)),
                Self::Not(of) => match *of {
                    Self::Is(atom) => drop(facts.insert(atom, false)),
                    Self::Always | Self::Never | Self::Not(_) | Self::All(_) | Self::Any(_) => {}
                },
                Self::Always | Self::Never | Self::All(_) | Self::Any(_) => {}
            }
        }
        self.with(&|atom| facts.get(atom).copied())
    }

    /// The same with what is known of its truths.
    #[must_use]
    pub fn with(&self, known: &dyn Fn(&A) -> Option<bool>) -> Self {
        match self {
            Self::Always => Self::Always,
            Self::Never => Self::Never,
            Self::Is(atom) => match known(atom) {
                Some(true) => Self::Always,
                Some(false) => Self::Never,
                None => self.clone(),
            },
            Self::Not(of) => of.with(known).negated(),
            Self::All(parts) => parts.iter().fold(Self::Always, |all, part| all.and(part.with(known))),
            Self::Any(parts) => parts.iter().fold(Self::Never, |all, part| all.or(part.with(known))),
        }
    }
}

/// The only part, or all of them together.
fn only_or<A>(mut parts: Vec<Formula<A>>, together: fn(Vec<Formula<A>>) -> Formula<A>) -> Formula<A> {
    match parts.len() {
        1 => parts.pop().unwrap_or(Formula::Always),
        _ => together(parts),
    }
}

/// `not(a)`, `a and b`, `a or b`; what is joined otherwise is in brackets.
impl<A: fmt::Display> fmt::Display for Formula<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Always => f.write_str("true"),
            Self::Never => f.write_str("false"),
            Self::Is(atom) => atom.fmt(f),
            Self::Not(of) => write!(f, "not({of})"),
            Self::All(parts) => joined(f, parts, " and "),
            Self::Any(parts) => joined(f, parts, " or "),
        }
    }
}

fn joined<A: fmt::Display>(f: &mut fmt::Formatter<'_>, parts: &[Formula<A>], word: &str) -> fmt::Result {
    for (index, part) in parts.iter().enumerate() {
        let before = if index == 0 { "" } else { word };
        match part {
            Formula::All(_) | Formula::Any(_) => write!(f, "{before}({part})")?,
            Formula::Always | Formula::Never | Formula::Is(_) | Formula::Not(_) => write!(f, "{before}{part}")?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(name: &str) -> Formula<&str> {
        Formula::Is(name)
    }

    #[test]
    fn what_it_says_is_what_its_parts_say() {
        let formula = is("a").and(is("b").negated()).or(is("c"));
        let given = |truths: &'static [&'static str]| formula.holds(&|atom| truths.contains(atom));
        assert_eq!((given(&["a"]), given(&["a", "b"]), given(&["a", "b", "c"])), (true, false, true));
        assert_eq!(formula.to_string(), "(a and not(b)) or c");
    }

    #[test]
    fn what_is_always_or_never_the_case_is_settled() {
        assert_eq!(is("a").or(is("a").negated()).settled(), Formula::Always);
        assert_eq!(is("a").and(is("a").negated()).settled(), Formula::Never);
        assert_eq!(is("a").settled(), is("a"));
    }

    #[test]
    fn what_is_supposed_is_not_asked_for_again() {
        let known = is("a").and(is("b").negated());
        assert_eq!(is("a").and(is("c")).supposing(&known), is("c"));
        assert_eq!(is("b").or(is("c")).supposing(&known), is("c"));
        assert_eq!(is("b").supposing(&known), Formula::Never);
    }

    #[test]
    fn what_is_known_of_the_parts_shows_it() {
        let formula = is("a").and(is("b").negated()).or(is("c"));
        let known = |truths: &'static [(&'static str, bool)]| {
            formula.shown_by(&|atom| truths.iter().find(|(of, _)| of == atom).map(|(_, is)| *is))
        };
        assert_eq!(known(&[("c", true)]), Some(true));
        assert_eq!(known(&[("a", false), ("c", false)]), Some(false));
        assert_eq!(known(&[("a", true), ("c", false)]), None);
    }

    #[test]
    fn too_many_truths_are_left_open() {
        let many = (0..=MOST).fold(Formula::Always, |all, at| all.and(Formula::Is(at)));
        assert!(many.clone().and(Formula::Is(0).negated()).is_possible());
        assert!(many.is_possible());
    }
}
