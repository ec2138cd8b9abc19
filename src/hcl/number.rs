//! Numbers: exact fractions, so that no value is a rounded one.
//!
//! Terraform reckons with 512 bits. What is larger than 64 bits here, or no fraction, is refused rather than rounded.

use std::cmp::Ordering;

/// The largest numerator and denominator: products of two fit into `i128`.
const LARGEST: i128 = i64::MAX as i128;
/// The most digits that a literal may have before and after its point.
const MOST_DIGITS: usize = 40;

/// A fraction in lowest terms.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Number {
    top: i128,
    /// Positive.
    bottom: i128,
}

impl Number {
    /// A whole number; `None` where it is too large.
    pub(super) fn whole(value: i128) -> Option<Self> {
        Self::of(value, 1)
    }

    pub(super) fn count(value: usize) -> Self {
        Self { top: i128::try_from(value).unwrap_or(LARGEST).min(LARGEST), bottom: 1 }
    }

    fn of(top: i128, bottom: i128) -> Option<Self> {
        if bottom == 0 {
            return None;
        }
        let common = gcd(top.unsigned_abs(), bottom.unsigned_abs());
        let common = i128::try_from(common).ok().filter(|common| *common != 0)?;
        let sign = if bottom < 0 { -1 } else { 1 };
        let (top, bottom) = (top / common * sign, bottom / common * sign);
        (top.checked_abs()? <= LARGEST && bottom <= LARGEST).then_some(Self { top, bottom })
    }

    /// The number that a literal states, as in `1`, `-2.50` and `1e3`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (sign, digits) = mantissa.strip_prefix('-').map_or((1, mantissa), |rest| (-1, rest));
        let (whole, part) = digits.split_once('.').map_or((digits, None), |(whole, part)| (whole, Some(part)));
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number(whole) || part.is_some_and(|part| !is_number(part)) {
            return None;
        }
        let part = part.unwrap_or_default().trim_end_matches('0');
        let whole = whole.trim_start_matches('0');
        if whole.len() > MOST_DIGITS || part.len() > MOST_DIGITS {
            return None;
        }
        let top: i128 = match [whole, part].concat() {
            none if none.is_empty() => 0,
            digits => digits.parse().ok()?,
        };
        let shift = exponent.checked_sub(i32::try_from(part.len()).ok()?)?;
        let power = 10i128.checked_pow(shift.unsigned_abs());
        match (top, shift >= 0) {
            (0, _) => Self::of(0, 1),
            (top, true) => Self::of(top.checked_mul(power?)?.checked_mul(sign)?, 1),
            (top, false) => Self::of(top.checked_mul(sign)?, power?),
        }
    }

    /// As Terraform writes it; `None` for a fraction without an end.
    pub(super) fn text(self) -> Option<String> {
        let (mut rest, mut places) = (self.bottom, 0usize);
        let mut scale = 1i128;
        while rest != 1 {
            let factor = [10, 2, 5].into_iter().find(|factor| rest % factor == 0)?;
            rest /= factor;
            scale = scale.checked_mul(10 / factor)?;
            places = places.checked_add(1)?;
        }
        let digits = self.top.unsigned_abs().checked_mul(scale.unsigned_abs())?.to_string();
        let digits = format!("{digits:0>width$}", width = places + 1);
        let (whole, part) = digits.split_at(digits.len().saturating_sub(places));
        let sign = if self.top < 0 { "-" } else { "" };
        let part = part.trim_end_matches('0');
        Some(if part.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") })
    }

    /// The whole number that it is.
    pub(super) fn integer(self) -> Option<i128> {
        (self.bottom == 1).then_some(self.top)
    }

    pub(super) fn index(self) -> Option<usize> {
        usize::try_from(self.integer()?).ok()
    }

    pub(super) fn negated(self) -> Self {
        Self { top: -self.top, ..self }
    }

    pub(super) fn plus(self, other: Self) -> Option<Self> {
        let top = (self.top * other.bottom).checked_add(other.top * self.bottom)?;
        Self::of(top, self.bottom * other.bottom)
    }

    pub(super) fn minus(self, other: Self) -> Option<Self> {
        self.plus(other.negated())
    }

    pub(super) fn times(self, other: Self) -> Option<Self> {
        Self::of(self.top * other.top, self.bottom * other.bottom)
    }

    /// `None` where `other` is zero, or the result is too large.
    pub(super) fn divided(self, other: Self) -> Option<Self> {
        Self::of(self.top * other.bottom, self.bottom * other.top)
    }

    /// What remains after dividing, with the sign of this number.
    pub(super) fn remainder(self, other: Self) -> Option<Self> {
        let quotient = self.divided(other)?;
        self.minus(other.times(Self::whole(quotient.top / quotient.bottom)?)?)
    }

    pub(super) fn floor(self) -> Self {
        Self { top: self.top.div_euclid(self.bottom), bottom: 1 }
    }

    pub(super) fn ceiling(self) -> Self {
        self.negated().floor().negated()
    }

    pub(super) fn absolute(self) -> Self {
        Self { top: self.top.abs(), ..self }
    }

    pub(super) fn is_zero(self) -> bool {
        self.top == 0
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.top * other.bottom).cmp(&(other.top * self.bottom))
    }
}

fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_exact() {
        let written = |text: &str| Number::parse(text).and_then(Number::text);
        for (text, wanted) in [
            ("0", "0"),
            ("007", "7"),
            ("-2.50", "-2.5"),
            ("0.125", "0.125"),
            ("1e3", "1000"),
            ("25e-1", "2.5"),
            ("9223372036854775807", "9223372036854775807"),
        ] {
            assert_eq!(written(text).as_deref(), Some(wanted), "{text}");
        }
        for text in ["", ".", "1.", ".5", "x", "1e999999999", "9223372036854775808", "--1", "1_000"] {
            assert_eq!(Number::parse(text), None, "{text}");
        }
    }

    #[test]
    fn fractions_are_reckoned_exactly() {
        let of = Number::parse;
        let with = |one: &str, other: &str, made: fn(Number, Number) -> Option<Number>| made(of(one)?, of(other)?);
        assert_eq!(with("0.1", "0.2", Number::plus), of("0.3"));
        let third = with("1", "3", Number::divided);
        assert_eq!(third.and_then(Number::text), None);
        assert_eq!(third.and_then(|third| third.times(of("3")?)), of("1"));
        assert_eq!(with("-7", "3", Number::remainder), of("-1"));
        assert_eq!(of("-1.5").map(Number::floor), of("-2"));
        assert_eq!(of("-1.5").map(Number::ceiling), of("-1"));
        assert_eq!(with("1", "0", Number::divided), None);
        assert_eq!(with("9223372036854775807", "1", Number::plus), None);
        assert!(of("0.5") < of("0.75"));
    }
}
