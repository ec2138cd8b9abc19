//! The list of codes. A code never changes its meaning; a new finding takes a new code.

use super::diagnostic::Severity;

/// A kind of finding.
#[derive(PartialEq, Eq, Debug)]
pub struct Code {
    /// The stable code, as in `FW0303`.
    pub id: &'static str,
    /// The stable name, as in `bypassed`.
    pub name: &'static str,
    /// How much it counts unless said otherwise.
    pub severity: Severity,
    /// What it is about.
    pub family: Family,
    /// What it takes beside a source.
    pub needs: CodeNeeds,
    /// What it finds, in one line.
    pub summary: &'static str,
    /// Its page: what it means, why it matters, a wrong and a right example.
    pub page: &'static str,
}

/// What a finding is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Family {
    /// How a source is written.
    Syntax,
    /// What a source means.
    Meaning,
    /// What rules decide, and what nothing reaches.
    Rules,
    /// What Azure refuses, or comes close to it.
    Azure,
    /// A policy and its base.
    Inheritance,
    /// Whether traffic gets to the firewall, and replies back.
    Routes,
    /// What is open wider than it perhaps should be.
    Exposure,
    /// What has to be looked at again.
    Upkeep,
    /// What DNS has about the host names.
    Names,
    /// What a change does. Its codes are words, not numbers.
    Change,
}

/// What a finding takes beside a source.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CodeNeeds {
    /// Nothing.
    Source,
    /// An artefact from elsewhere.
    Artefact,
    /// A lock.
    Lock,
    /// A value of `--set`.
    Parameter,
    /// Answers of DNS.
    Answers,
}

macro_rules! codes {
    ($($family:ident {
        $($constant:ident $name:literal $severity:ident $needs:ident $summary:literal;)*
    })*) => {
        impl Code {
            $($(
                #[doc = $summary]
                pub const $constant: &'static Self = &Self {
                    id: stringify!($constant),
                    name: $name,
                    severity: Severity::$severity,
                    family: Family::$family,
                    needs: CodeNeeds::$needs,
                    summary: $summary,
                    page: include_str!(concat!("pages/", stringify!($constant), ".md")),
                };
            )*)*
        }

        /// Every code, in order.
        pub const CODES: &[&Code] = &[$($(Code::$constant),*),*];
    };
}

codes! {
    Syntax {
        FW0101 "unexpected-text" Error Source "text that the grammar does not allow here";
        FW0102 "unterminated-string" Error Source "a string that does not end on its line";
        FW0103 "unknown-character" Error Source "a character that no construct uses";
        FW0104 "unclosed-bracket" Error Source "a bracket without its other half";
        FW0105 "trailing-comma" Error Source "a trailing comma";
        FW0106 "misplaced-description" Error Source "a description that no item follows";
        FW0107 "nested-too-deeply" Error Source "nesting beyond the limit";
        FW0108 "too-large" Error Source "a file or an expansion beyond the limit";
        FW0109 "unknown-keyword" Error Source "an item that begins with no known keyword";
        FW0110 "bad-literal" Error Source "an address, port, host name, date or number that cannot be";
        FW0111 "bad-escape" Error Source "an escape that strings do not have";
        FW0112 "text-direction" Error Source "a character that changes the order in which text is shown";
    }
    Meaning {
        FW0201 "unknown-name" Error Source "a name that nothing defines";
        FW0202 "wrong-kind" Error Source "a set of one kind where another is wanted";
        FW0203 "defined-twice" Error Source "two definitions of one name";
        FW0204 "defined-in-a-circle" Error Source "a definition, bundle or import that needs itself";
        FW0205 "bad-argument" Error Source "an argument missing, unknown or of the wrong kind";
        FW0206 "label-twice" Error Source "two rules of one group with one label";
        FW0207 "inexpressible" Error Source "a rule that no Azure rule can express";
        FW0208 "empty-set" Error Source "a set without a member";
        FW0209 "bad-import" Error Source "an import that cannot be read or leaves the root folder";
        FW0210 "setting-twice" Error Source "a setting given twice, or one that does not belong here";
        FW0211 "missing-setting" Error Source "something that an item cannot do without";
        FW0212 "name-made-ascii" Note Source "an international name written in its ASCII form";
        FW0213 "carries-anything" Note Source "an application service to addresses lets everything on its port through";
        FW0214 "unread-property" Note Source "a property kept without being read";
        FW0215 "mixed-scripts" Warning Source "a host name with letters that look like those of another script";
        FW0216 "nothing-to-compile" Warning Source "a source of which nothing is compiled";
        FW0217 "empty-group" Warning Source "a group or a collection without a rule";
        FW0218 "unmentioned-value" Warning Parameter "a value of a parameter that no `when` mentions";
    }
    Rules {
        FW0301 "shadowed-rule" Warning Source "a rule that no flow reaches";
        FW0302 "redundant" Warning Source "a rule without which every flow is decided as before";
        FW0303 "bypassed" Error Source "a network rule decides before the application rule meant for it";
        FW0304 "deny-below-allow" Error Source "a deny written below an allow of its group that it meets";
        FW0305 "not-decided" Error Source "a question about flows that was not decided within its budget";
        FW0306 "never-enforced" Warning Artefact "a rule that matches no flow at all";
        FW0307 "mostly-shadowed" Note Source "a rule of which earlier rules leave almost nothing";
        FW0308 "shared-address" Note Source "a network rule to a name whose addresses other names share";
        FW0309 "denied-ingress" Warning Source "a DNAT rule that lets in what a network rule denies";
        FW0310 "unreached-inherited" Note Source "an inherited rule whose flows the policy's own rules take first";
    }
    Azure {
        FW0401 "network-name-needs-proxy" Error Source "a host name in a network rule without the DNS proxy";
        FW0402 "above-sku" Error Source "a feature that the tier does not have";
        FW0403 "bad-name" Error Source "a resource name that Azure refuses";
        FW0404 "priority-clash" Error Source "two groups or collections with one priority";
        FW0405 "over-limit" Error Source "more of something than Azure allows";
        FW0406 "tag-as-source" Error Source "a service tag as a source";
        FW0407 "port-range-to-one-port" Error Source "a DNAT port range with a single target port";
        FW0408 "near-limit" Warning Source "close to, or beyond a safe part of, one of Azure's limits";
        FW0409 "text-wildcard" Warning Source "a wildcard that also matches unrelated names";
        FW0410 "sql-redirect-conflict" Error Source "a rule on ports that SQL redirect keeps for itself";
        FW0411 "bad-header" Error Source "an HTTP header that Azure Firewall does not insert";
        FW0412 "moved-priority" Warning Lock "another priority than the one that was given before";
        FW0413 "ipv6-address" Warning Source "IPv6 addresses, which are a preview";
        FW0414 "unknown-region" Warning Source "a region that Azure does not have";
    }
    Inheritance {
        FW0501 "base-in-another-region" Error Source "a base policy in another region";
        FW0502 "base-of-a-base" Error Source "a base policy that inherits itself";
        FW0503 "weaker-than-parent" Error Source "threat intelligence weaker than the parent's";
        FW0504 "dnat-in-a-base" Error Source "DNAT in a policy that others inherit";
        FW0505 "tier-above-child" Error Source "a base policy of a higher tier than its child";
        FW0506 "dead-under-parent" Warning Source "a rule that the parent's rules leave no flow";
        FW0507 "void-deny" Warning Source "a deny whose flows the parent allows first";
    }
    Routes {
        FW0601 "no-default-route" Warning Source "rules for a subnet that is not routed to the firewall";
        FW0602 "routed-around" Warning Source "a rule whose flows a route leads around the firewall";
        FW0603 "asymmetric-return" Warning Source "DNAT to a public load balancer whose replies come back on another side";
        FW0604 "no-way-back" Warning Source "a DNAT target whose route table does not lead back to the firewall";
        FW0605 "gateway-subnet" Error Source "a route table that the subnet of a gateway does not take";
        FW0606 "learned-routes" Warning Source "learned routes that go before the default route to the firewall";
        FW0607 "kubenet-table" Warning Source "a route table in which AKS keeps routes of its own";
        FW0608 "private-name" Warning Source "a rule lets a name out that is private here";
        FW0609 "endpoint-route" Warning Source "a route that takes flows to a private endpoint elsewhere";
        FW0610 "endpoint-zone" Warning Source "a private endpoint with a DNS zone that is not its service's";
        FW0611 "seen-as" Note Source "an API server that sees its callers by the firewall's public addresses";
        FW0612 "link-local" Note Source "a rule for flows that no route leads to a firewall";
        FW0613 "reserved-subnet" Error Source "a route table that the subnet of one of Azure's services does not take";
        FW0614 "partly-around" Warning Source "routes that take much of the Internet around the firewall";
        FW0615 "service-endpoint" Warning Source "a service endpoint that takes flows around the firewall";
        FW0616 "forced-tunnelling" Warning Source "DNAT of a firewall whose replies do not leave to the Internet";
        FW0617 "kept-source" Warning Source "SNAT settings with which no reply from the Internet comes back";
    }
    Exposure {
        FW0701 "open-to-everything" Warning Source "a rule that lets everyone reach everything";
        FW0702 "every-port" Warning Source "every port, to a large part of the Internet";
        FW0703 "shared-hosting" Warning Source "a wildcard over names that anybody can get";
        FW0704 "open-ingress" Note Source "DNAT for all of the Internet, or much of it";
        FW0705 "management-port" Warning Source "a management port to or from the Internet";
        FW0706 "every-name" Warning Source "a rule that reaches every name";
        FW0707 "all-of-internet" Warning Source "a network rule that reaches all of the Internet, or much of it";
        FW0708 "reached-inside" Note Source "private addresses that all of the Internet may reach";
    }
    Upkeep {
        FW0801 "expired" Error Source "a rule past its expiry date";
        FW0802 "expires-soon" Note Source "a rule that expires within 30 days";
        FW0803 "ownerless" Note Source "a group without an owner where others have one";
        FW0804 "stale-catalogue" Note Source "facts of a module that were last checked more than a year ago";
        FW0805 "needless-ignore" Note Source "an `@ignore` that no finding needs";
    }
    Names {
        FW0901 "no-such-name" Warning Answers "a host name that DNS does not know, or without an address";
        FW0902 "endpoint-elsewhere" Warning Answers "a private endpoint whose name has another address";
        FW0903 "not-privatelink" Warning Answers "a private endpoint that is not reached by its privatelink name";
        FW0904 "changing-answers" Note Answers "a network rule to a name whose addresses change";
        FW0905 "no-answer" Warning Answers "a host name that DNS gave no answer about";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_names_are_unique_and_in_order() {
        assert!(CODES.is_sorted_by(|one, next| one.id < next.id));
        for code in CODES {
            assert_eq!(CODES.iter().filter(|other| other.name == code.name).count(), 1, "{}", code.name);
        }
    }

    #[test]
    fn the_first_digits_of_a_code_are_those_of_its_family() {
        for (one, other) in CODES.iter().flat_map(|one| CODES.iter().map(move |other| (one, other))) {
            assert_eq!(one.id.get(..4) == other.id.get(..4), one.family == other.family, "{} {}", one.id, other.id);
        }
    }
}
