//! The account for people, at most 80 columns wide.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::diag::grouped;
use crate::driver::limits_used::{Account, fullest, percent, percent_fine};
use crate::limits::{self, GROUP_SIZE, LIMITS, LimitUsed, Of, UncountedPart};
use crate::model::Policy;

use super::wrap::wrapped;

/// How many groups of a policy are shown, the fullest first; JSON has them all.
const GROUPS: usize = 3;
/// How many IP groups, route tables and private endpoints are shown for a limit, the fullest first.
const OTHERS: usize = 2;
/// From this part on, in percent, `compile` has the table, and it is said what to split.
const FULL: u64 = 50;

/// What `compile` tells of limits: the table where one of them is near, else the nearest of them on a line.
pub(super) fn nearest(account: &Account<'_>, reasons: &str) -> String {
    if fullest_line(account, FULL).is_some() {
        return table(account, reasons);
    }
    let line = fullest_line(account, 0).map(|line| format!("{line}; `--limits` has all"));
    line.map_or(String::new(), |line| format!("\n{}\n", wrapped(&line, "", "  ").join("\n")))
}

/// Every limit, and how much is used and free; `reasons` has why some are not counted.
pub(super) fn table(account: &Account<'_>, reasons: &str) -> String {
    let mut rows = LimitRows { account, text: String::new(), names: Vec::new(), each: BTreeMap::new() };
    let _ = writeln!(rows.text, "\n{:51}  {:>9}  {:>9}  {:>4}", "limits", "used", "free", "full");
    let of_policies: Vec<_> = account.policies.iter().map(|policy| limits::used(account.model, policy)).collect();
    for (policy, all) in account.policies.iter().zip(&of_policies) {
        rows.part(&policy.name, all.iter().collect());
    }
    let around = limits::around(account.model);
    rows.part("network", fullest_of_each_kind(&around, account));
    rows.hidden(&around);
    let mut text = rows.finish();
    account.policies.iter().for_each(|policy| groups(&mut text, policy, account));
    let _ = writeln!(text, "\n{}", not_counted(account, reasons));
    split(&mut text, of_policies.into_iter().flatten().chain(around).collect(), account);
    text
}

/// The limit of which most is used, on a line, where that is `least` percent or more.
pub(super) fn fullest_line(account: &Account<'_>, least: u64) -> Option<String> {
    let policies = account.policies.iter().flat_map(|policy| limits::used(account.model, policy));
    let all: Vec<LimitUsed> = policies.chain(limits::around(account.model)).collect();
    let nearest = fullest(&all, account.given).filter(|used| percent(used, account.given) >= least)?;
    let (used, max) = (grouped(nearest.used), grouped(account.given.max(nearest.limit)));
    let (part, of) = (percent(nearest, account.given), &nearest.of);
    Some(format!("nearest limit, {part} %: {used} of {max} {} in {of}", nearest.limit.counts))
}

/// What all have together, and the fullest of each other limit.
fn fullest_of_each_kind<'u>(around: &'u [LimitUsed], account: &Account<'_>) -> Vec<&'u LimitUsed> {
    let (mut shown, mut others): (Vec<&LimitUsed>, Vec<&LimitUsed>) =
        around.iter().partition(|used| used.of == Of::Network);
    others.sort_by_key(|used| std::cmp::Reverse(percent_fine(used, account.given)));
    for used in others {
        if shown.iter().filter(|other| other.limit.name == used.limit.name).count() < OTHERS {
            shown.push(used);
        }
    }
    shown
}

struct LimitRows<'a> {
    account: &'a Account<'a>,
    text: String,
    /// The limits of which something is used.
    names: Vec<&'static str>,
    /// The largest of what is bounded by itself, and the most it may be.
    each: BTreeMap<&'static str, (u64, u64)>,
}

impl LimitRows<'_> {
    /// The rows of a policy, or of what is around the policies. Sizes of groups have a table of their own.
    fn part(&mut self, name: &str, all: Vec<&LimitUsed>) {
        let mut label = name;
        for used in all.into_iter().filter(|used| used.used > 0) {
            self.names.push(used.limit.name);
            let max = self.account.given.max(used.limit);
            if used.limit.is_of_one_thing() && used.used <= max {
                let (most, _) = self.each.entry(used.limit.name).or_insert((0, max));
                *most = used.used.max(*most);
            } else if used.limit.name != GROUP_SIZE.name {
                self.row(label, used, max);
                label = "";
            }
        }
    }

    /// How many of each kind are not shown.
    fn hidden(&mut self, around: &[LimitUsed]) {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        let single = around.iter().filter(|used| used.of != Of::Network && used.used > 0);
        single.for_each(|used| *counts.entry(used.limit.name).or_default() += 1);
        for (name, count) in counts {
            if let Some(more) = count.checked_sub(OTHERS).filter(|&more| more > 0) {
                let _ = writeln!(self.text, "{:12} and {name} of {more} more, no fuller", "");
            }
        }
    }

    fn row(&mut self, label: &str, used: &LimitUsed, max: u64) {
        let what = match &used.of {
            Of::Policy(_) | Of::Network => used.limit.name.to_owned(),
            Of::Group(name) | Of::IpGroup(name) | Of::RouteTable(name) | Of::Endpoint(name) => {
                format!("{} of {name}", used.limit.name)
            }
        };
        let (label, what) = (cut(label, 12), cut(&what, 38));
        let (free, part) = (max.saturating_sub(used.used), percent(used, self.account.given));
        let _ =
            writeln!(self.text, "{label:12} {what:38}  {:>9}  {:>9}  {part:>3}%", grouped(used.used), grouped(free));
    }

    fn finish(mut self) -> String {
        let each =
            self.each.iter().map(|(name, (used, max))| format!("{name} {} of {}", grouped(*used), grouped(*max)));
        let each: Vec<String> = each.collect();
        if !each.is_empty() {
            let _ = writeln!(self.text, "{}", listed("largest, within bounds:", &each));
        }
        let unused = LIMITS.iter().map(|limit| limit.name).filter(|name| !self.names.contains(name));
        let mut unused: Vec<String> = unused.map(str::to_owned).collect();
        unused.sort_unstable();
        if !unused.is_empty() {
            let _ = writeln!(self.text, "{}", listed("nothing used of", &unused));
        }
        self.text
    }
}

/// The fullest groups of a policy, with what each has of the limits that all share.
fn groups(text: &mut String, policy: &Policy, account: &Account<'_>) {
    let mut shares = limits::shares(policy);
    if shares.is_empty() {
        return;
    }
    shares.sort_by_key(|share| std::cmp::Reverse(share.bytes));
    let head = cut(&format!("groups of {}", policy.name), 22);
    let _ =
        writeln!(text, "\n{head:22}  collections  {:>6}  {:>7}  {:>9}  {:>9}  full", "rules", "pairs", "bytes", "free");
    let max = account.given.max(&GROUP_SIZE);
    for share in shares.iter().take(GROUPS) {
        let part = share.bytes.saturating_mul(100) / max.max(1);
        let _ = writeln!(
            text,
            "{:22}  {:>11}  {:>6}  {:>7}  {:>9}  {:>9}  {part:>3}%",
            cut(&share.name, 22),
            grouped(share.collections),
            grouped(share.rules),
            grouped(share.pairs),
            grouped(share.bytes),
            grouped(max.saturating_sub(share.bytes)),
        );
    }
    if let Some(more) = shares.len().checked_sub(GROUPS).filter(|&more| more > 0) {
        let _ = writeln!(text, "and {more} more, no fuller");
    }
}

/// The limits that are not counted, with what is known of them for these policies.
fn not_counted(account: &Account<'_>, reasons: &str) -> String {
    let mut rows: Vec<(&str, Vec<String>)> = Vec::new();
    for UncountedPart { row, here } in
        account.policies.iter().flat_map(|policy| limits::uncounted(account.model, policy))
    {
        match rows.iter_mut().find(|(name, _)| *name == row.name) {
            Some((_, known)) => known.extend(here.filter(|here| !known.contains(here))),
            None => rows.push((row.name, here.into_iter().collect())),
        }
    }
    // What is known of these policies is first.
    rows.sort_by_key(|(_, known)| known.is_empty());
    let row = |(name, known): &(&str, Vec<String>)| match known.as_slice() {
        [] => (*name).to_owned(),
        known => format!("{name} ({})", known.join(" or ")),
    };
    let rows: Vec<String> = rows.iter().map(row).collect();
    listed(&format!("not counted ({reasons} has the reasons):"), &rows)
}

/// What to make smaller next, where something is full enough.
fn split(text: &mut String, all: Vec<LimitUsed>, account: &Account<'_>) {
    let Some(used) = fullest(&all, account.given) else { return };
    let part = percent(used, account.given);
    if part < FULL {
        return;
    }
    let what = match used.of {
        Of::Policy(_) | Of::Network => "fullest",
        Of::Group(_) | Of::IpGroup(_) | Of::RouteTable(_) | Of::Endpoint(_) => "split next",
    };
    let mut say = |line: &str, first: &str| {
        wrapped(line, first, "    ").iter().for_each(|line| text.extend([line, "\n"]));
    };
    say(&format!("{what}: {}, {part}% of {}", used.of, used.limit.name), "\n");
    for (name, amount) in &used.biggest {
        say(&format!("most of it: `{name}` with {}", grouped(*amount)), "  ");
    }
    room(used, account).into_iter().for_each(|room| say(&room, "  "));
    say(used.limit.instead, "  ");
}

/// How many rules more would fit into a group.
fn room(used: &LimitUsed, account: &Account<'_>) -> Option<String> {
    let Of::Group(name) = &used.of else { return None };
    let share = account
        .policies
        .iter()
        .flat_map(|policy| limits::shares(policy))
        .find(|share| share.name == *name && share.bytes == used.used)?;
    let each = share.bytes.checked_div(share.rules)?.max(1);
    let up_to = |most: u64| grouped(most.saturating_sub(share.bytes) / each);
    let (safe, most) = (up_to(account.given.near(used.limit)), up_to(account.given.max(used.limit)));
    Some(format!(
        "{} rules of {} bytes on average: room for {safe} more safely, {most} at most",
        grouped(share.rules),
        grouped(each)
    ))
}

/// Entries with commas after a beginning, in lines of at most 80 columns; a line ends after an entry.
fn listed(beginning: &str, entries: &[String]) -> String {
    const UNBROKEN: char = '\u{a0}';
    let entries: Vec<String> = entries.iter().map(|entry| entry.replace(' ', &UNBROKEN.to_string())).collect();
    wrapped(&format!("{beginning} {}", entries.join(", ")), "", "  ").join("\n").replace(UNBROKEN, " ")
}

fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    text.chars().take(width - 1).chain(['…']).collect()
}
