//! When a record was written.

use std::fmt;

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime};
use jiff::fmt::temporal::DateTimeParser;

/// A moment, to the nanosecond; Azure writes tenths of a microsecond.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Time(i64);

/// From when on nanoseconds are counted.
const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
const SECOND: i64 = 1_000_000_000;
const DAY: i64 = 86_400;

impl Time {
    /// Reads `2026-11-20T08:15:30.1234567Z`, the same with an offset or without one, which is UTC, and what the portal
    /// exports, `11/20/2026, 8:15:30.123 AM`.
    pub fn parse(text: &str) -> Option<Self> {
        plain(text.as_bytes()).or_else(|| other(text)).map(Self)
    }

    /// The beginning of a day, in UTC; nothing for a day that is too far away.
    pub fn of_day(day: Date) -> Option<Self> {
        since_epoch(day.at(0, 0, 0, 0)).map(Self)
    }

    /// The day, in UTC.
    pub fn date(self) -> Date {
        self.civil().date()
    }

    /// How many whole days it is after `earlier`; 0 where it is before.
    pub fn days_since(self, earlier: Self) -> u64 {
        let seconds = self.0.saturating_sub(earlier.0) / SECOND;
        u64::try_from(seconds / DAY).unwrap_or_default()
    }

    fn civil(self) -> DateTime {
        EPOCH.saturating_add(SignedDuration::from_nanos(self.0))
    }
}

impl fmt::Display for Time {
    /// As RFC 3339, in UTC.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}Z", self.civil())
    }
}

fn since_epoch(time: DateTime) -> Option<i64> {
    i64::try_from(time.duration_since(EPOCH).as_nanos()).ok()
}

/// The form that nearly all records have, `2026-11-20T08:15:30.1234567Z`: read without a detour.
fn plain(text: &[u8]) -> Option<i64> {
    let (text, b"Z") = text.split_last_chunk::<1>().map(|(text, last)| (text, last.as_slice()))? else { return None };
    let (head, fraction) = text.split_at_checked(19)?;
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T', h1, h2, b':', n1, n2, b':', s1, s2] = head else {
        return None;
    };
    let two = |a, b| Some(digit(a)? * 10 + digit(b)?);
    let year = two(y1, y2)? * 100 + two(y3, y4)?;
    let (month, day) = (two(m1, m2)?, two(d1, d2)?);
    let (hour, minute, second) = (two(h1, h2)?, two(n1, n2)?, two(s1, s2)?);
    let is_valid = (1700..2250).contains(&year) && (1..=12).contains(&month) && (1..=28).contains(&day);
    if !is_valid || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let seconds = days(year, month, day) * DAY + hour * 3600 + minute * 60 + second;
    Some(seconds * SECOND + nanoseconds(fraction)?)
}

fn digit(byte: u8) -> Option<i64> {
    byte.is_ascii_digit().then(|| i64::from(byte - b'0'))
}

/// A fraction of a second with its point, or nothing.
fn nanoseconds(fraction: &[u8]) -> Option<i64> {
    let Some((b'.', digits)) = fraction.split_first() else { return fraction.is_empty().then_some(0) };
    if digits.is_empty() || digits.len() > 9 {
        return None;
    }
    let padded = digits.iter().copied().chain(std::iter::repeat(b'0')).take(9);
    padded.map(digit).try_fold(0, |all, digit| Some(all * 10 + digit?))
}

/// The days from 1970-01-01 to a day of the Gregorian calendar: years begin in March, so that a leap day ends one.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let of_year = (153 * month + 2) / 5 + day - 1;
    365 * year + year / 4 - year / 100 + year / 400 + of_year - 719_468
}

fn other(text: &str) -> Option<i64> {
    let text = text.trim();
    let with_offset = || i64::try_from(DateTimeParser::new().parse_timestamp(text).ok()?.as_nanosecond()).ok();
    let in_utc = || text.trim_end_matches(" UTC").parse().ok().and_then(since_epoch);
    with_offset().or_else(in_utc).or_else(|| of_portal(text).and_then(since_epoch))
}

/// `11/20/2026, 8:15:30.123 AM`.
fn of_portal(text: &str) -> Option<DateTime> {
    const FORMS: [&str; 2] = ["%m/%d/%Y, %I:%M:%S%.f %p", "%m/%d/%Y %I:%M:%S%.f %p"];
    FORMS.iter().find_map(|form| DateTime::strptime(form, text).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        Time::parse(text).map_or("none".to_owned(), |time| time.to_string())
    }

    #[test]
    fn times_are_read_in_the_forms_of_azure() {
        assert_eq!(read("2026-11-20T08:15:30.1234567Z"), "2026-11-20T08:15:30.1234567Z");
        assert_eq!(read("2026-11-20T08:15:30Z"), "2026-11-20T08:15:30Z");
        assert_eq!(read("2026-11-20T09:15:30.5+01:00"), "2026-11-20T08:15:30.5Z");
        assert_eq!(read("2026-11-20 08:15:30"), "2026-11-20T08:15:30Z");
        assert_eq!(read("11/20/2026, 8:15:30.123 AM"), "2026-11-20T08:15:30.123Z");
        assert_eq!(read("11/20/2026, 12:15:30 PM"), "2026-11-20T12:15:30Z");
        for wrong in ["", "Z", "x", "2026-13-20T08:15:30Z", "2026-11-20T24:15:30Z", "2026-11-20T08:15:30.Z", "9999999"]
        {
            assert_eq!(read(wrong), "none", "{wrong}");
        }
    }

    #[test]
    fn both_ways_of_reading_agree() {
        for day in (0..90_000).step_by(37) {
            let time = EPOCH
                .saturating_add(SignedDuration::from_hours(24 * day))
                .saturating_add(SignedDuration::from_secs(45_296));
            let text = format!("{time}Z");
            assert_eq!(plain(text.as_bytes()).or_else(|| other(&text)), other(&text), "{text}");
            assert_eq!(other(&text).map(|time| Time(time).to_string()), Some(text));
        }
    }
}
