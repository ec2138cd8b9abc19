//! FW0405 and FW0408: counts above a limit of Azure, or close to it.

use crate::diag::{Code, grouped};
use crate::limits::{
    self, CheckOptions, FIREWALL_NAMES, FIREWALL_SUBNET, Force, HEADER_NAME, HEADER_VALUE, HEADERS, IP_GROUP_NAMES,
    LimitUsed, NAMES, Of, ROUTE_NAMES, SELECTOR_NAMES,
};
use crate::model::{Model, Policy, Site, SiteField, SiteSubject};

use super::finding::{Finding, Findings};
use super::subject::{SubjectForm, form_of, is_external, of_policy};

/// Reports each limit that a policy, a group or something around the policies exceeds or comes close to. What is too
/// large by itself, as a port, is reported for a source where it is written, by its reader.
pub(super) fn check(model: &Model, options: &CheckOptions, found: &mut Findings) {
    for policy in &model.policies {
        let mut own = Findings::default();
        let used = limits::used(model, policy);
        let counted = used.iter().filter(|used| is_counted(used, SubjectForm::of(policy.origin.as_ref())));
        own.extend(counted.filter_map(|used| finding(used, || at_policy(policy, &used.of), options)));
        found.extend(if is_external(model, policy) { own.into_notes() } else { own });
    }
    let form = form_of(model);
    let others = limits::around(model);
    let others = others.iter().filter(|used| is_counted(used, form) || used.limit.name == FIREWALL_SUBNET.name);
    found.extend(
        others.filter_map(|used| Some(drawn(finding(used, || at_network(model, used), options)?, used, model))),
    );
}

/// Whether a limit is counted here. Names and headers are checked one by one.
fn is_counted(used: &LimitUsed, form: SubjectForm) -> bool {
    let one_by_one = [
        &NAMES,
        &FIREWALL_NAMES,
        &IP_GROUP_NAMES,
        &ROUTE_NAMES,
        &SELECTOR_NAMES,
        &HEADER_NAME,
        &HEADER_VALUE,
        &HEADERS,
    ];
    let is_one_by_one = one_by_one.iter().any(|limit| limit.name == used.limit.name);
    !used.limit.is_of_one_thing() || (form == SubjectForm::Artefact && !is_one_by_one)
}

/// The way that flows take while Azure refuses their route table: by its own routes.
fn drawn(found: Finding, used: &LimitUsed, model: &Model) -> Finding {
    let Of::RouteTable(name) = &used.of else { return found };
    if found.code() != Code::FW0405 {
        return found;
    }
    let table = model.route_tables.iter().find(|table| table.name == *name);
    let subnets = table.and_then(|table| table.subnets.first()).map_or("its subnets", |subnet| &subnet.name);
    found.path(vec![
        subnets.to_owned(),
        format!("-> route table {name}: {} {}, which Azure refuses", grouped(used.used), used.limit.counts),
        "-> so Azure's own route: 0.0.0.0/0 -> the Internet, past the firewall".to_owned(),
    ])
}

fn at_policy(policy: &Policy, of: &Of) -> Option<Site> {
    match of {
        Of::Policy(_) => Some(of_policy(policy, SiteField::Name)),
        Of::Group(name) => {
            let group = policy.groups.iter().find(|group| group.name == *name)?;
            let of = SiteSubject::Group { policy: policy.name.to_string(), group: name.clone() };
            Some(Site { of, origin: group.origin.clone(), field: SiteField::Name })
        }
        Of::IpGroup(_) | Of::RouteTable(_) | Of::Endpoint(_) | Of::Network => None,
    }
}

fn at_network(model: &Model, used: &LimitUsed) -> Option<Site> {
    let table = |name: &str| {
        let table = model.route_tables.iter().find(|table| table.name == name)?;
        Some((SiteSubject::RouteTable(name.to_owned()), table.origin.clone()))
    };
    let (of, origin) = match &used.of {
        Of::IpGroup(name) => (
            SiteSubject::IpGroup(name.clone()),
            model.ip_groups.values().find(|group| group.name == *name)?.origin.clone(),
        ),
        Of::RouteTable(name) => table(name)?,
        Of::Endpoint(name) => {
            let endpoint = model.private_endpoints.iter().find(|endpoint| endpoint.name == *name)?;
            (SiteSubject::Endpoint(name.clone()), endpoint.origin.clone())
        }
        // For all network resources together, the largest of which a table has.
        Of::Network => used.biggest.first().and_then(|(name, _)| table(name))?,
        Of::Policy(_) | Of::Group(_) => return None,
    };
    Some(Site { of, origin, field: SiteField::Name })
}

fn finding(used: &LimitUsed, at: impl FnOnce() -> Option<Site>, options: &CheckOptions) -> Option<Finding> {
    let limit = used.limit;
    let (max, near) = (options.max(limit), options.near(limit));
    let code = match (used.used > max, used.used > near, limit.force) {
        (true, _, Force::Refused) => Code::FW0405,
        (true, _, Force::Advised) | (false, true, _) => Code::FW0408,
        (false, false, _) => return None,
    };
    let bound = match limit.force {
        Force::Refused => format!("Azure takes up to {}", grouped(max)),
        Force::Advised => format!("Microsoft advises up to {}", grouped(max)),
    };
    let message = if limit.name == FIREWALL_SUBNET.name {
        format!("{} is a /{}: Azure wants a /{max} or larger", limit.counts, used.used)
    } else {
        format!("{} has {} {}: {bound}", subject(used), grouped(used.used), limit.counts)
    };
    let found = Finding::at(code, at(), message);
    let found = match others(used, max) {
        Some(others) => found.help(others),
        None => found,
    };
    Some(found.help(limit.instead))
}

/// What has too much of something: of one thing, that thing.
fn subject(used: &LimitUsed) -> String {
    match used.biggest.first().filter(|_| used.limit.is_of_one_thing()) {
        Some((name, _)) => format!("`{name}`"),
        None => used.of.to_string(),
    }
}

/// The largest users; of one thing, the others that are too large.
fn others(used: &LimitUsed, max: u64) -> Option<String> {
    let named = |parts: &mut dyn Iterator<Item = &(String, u64)>| {
        let named: Vec<String> = parts.map(|(name, amount)| format!("`{name}` with {}", grouped(*amount))).collect();
        (!named.is_empty()).then(|| named.join(", "))
    };
    if used.limit.is_of_one_thing() {
        let mut others = used.biggest.iter().skip(1).filter(|(_, amount)| *amount > max);
        return named(&mut others).map(|others| format!("so have others: {others}"));
    }
    named(&mut used.biggest.iter()).map(|biggest| format!("most of it: {biggest}"))
}
