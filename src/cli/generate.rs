//! `fwc generate`.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use crate::driver::{Input, load};
use crate::evaluate::RuleOrder;
use crate::generate::{Evidence, Proposed, Wildcards, proposed};
use crate::intent::{self, Intent, Says};
use crate::logs::{Bounds, Observed};
use crate::net::AddressSet;
use crate::usage::{UsageSide, usage};

use super::args::{GenerateArgs, GenerateCommand, GenerateLogsArgs};
use super::open::{deciding_about, input};
use super::printer::reason;
use super::{CommandOutcome, Failure, logs, printer};

pub(super) fn run(args: &GenerateArgs) -> Result<CommandOutcome, Failure> {
    match &args.command {
        GenerateCommand::Logs(args) => of_logs(args),
    }
}

fn of_logs(args: &GenerateLogsArgs) -> Result<CommandOutcome, Failure> {
    args.output().map_or(Ok(()), refuse_existing)?;
    let options = deciding_about(&args.about);
    let input = match input(load, &args.input, &options, &args.about.source, &args.about.knowledge) {
        Ok(input) => input.with_known_addresses(),
        Err(ended) => return ended,
    };
    let mut observed = Observed::within(Bounds::default());
    logs::read(&args.logs, &mut observed)?;
    logs::tell_unread(&observed);
    let order = RuleOrder::of(&input.model, input.policy(&options)?);
    let side = UsageSide { order: &order, written: None, knowledge: &input.knowledge, files: &input.files };
    let evidence = Evidence {
        usage: &usage(&observed, side),
        observed: &observed,
        sets: &sets(&input),
        firewalls: &input.model.firewall_addresses(),
        wildcards: if args.wildcards { Wildcards::Suggested } else { Wildcards::Never },
    };
    let proposed = proposed(&evidence).map_err(|error| Failure::new(format!("no proposal: {error}")))?;
    write(args, &proposed)?;
    Ok(CommandOutcome::Done)
}

/// The sets of addresses that a source names.
fn sets(input: &Input) -> Vec<(String, AddressSet)> {
    let named = input.intent.iter().flat_map(|intent: &Intent| &intent.names);
    named.filter_map(|definition| Some((definition.name.clone(), addresses(&definition.says)?))).collect()
}

fn addresses(says: &Says) -> Option<AddressSet> {
    let span = |address: &intent::Address| match address {
        intent::Address::Span(span) => Some(*span),
        intent::Address::Any | intent::Address::ServiceTag(_) | intent::Address::IpGroup(_) => None,
        intent::Address::OutsideIpGroup(_) | intent::Address::Pods(_) | intent::Address::Ipv6(_) => None,
    };
    match says {
        Says::Addresses(all) => all.iter().map(span).collect(),
        Says::Hosts(_) | Says::Services(_) | Says::Bundle(_) => None,
    }
}

fn write(args: &GenerateLogsArgs, proposed: &Proposed) -> Result<(), Failure> {
    proposed.left.iter().for_each(|left| printer::complain(left));
    if proposed.rules == 0 {
        printer::complain("nothing to propose: these logs have no flow that was denied because no rule matches");
        return Ok(());
    }
    let Some(path) = args.output() else {
        printer::source(&proposed.text);
        return Ok(());
    };
    let cannot = |error: std::io::Error| Failure::new(format!("cannot write `{}`: {}", path.display(), reason(&error)));
    let mut file = File::create_new(path).map_err(cannot)?;
    file.write_all(proposed.text.as_bytes()).map_err(cannot)?;
    let rules = if proposed.rules == 1 { "1 rule".to_owned() } else { format!("{} rules", proposed.rules) };
    say_line!("{}: {rules} proposed", path.display());
    Ok(())
}

/// A proposal is a file of its own.
fn refuse_existing(path: &Path) -> Result<(), Failure> {
    match path.exists() {
        true => Err(Failure::new(format!("`{}` is there already: a proposal goes into a new file", path.display()))),
        false => Ok(()),
    }
}
