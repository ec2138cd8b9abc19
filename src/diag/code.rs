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
    /// What it finds, in one line.
    pub summary: &'static str,
    /// Its page: what it means, why it matters, a wrong and a right example.
    pub page: &'static str,
}

macro_rules! codes {
    ($($constant:ident $name:literal $severity:ident $summary:literal;)*) => {
        impl Code {
            $(
                #[doc = $summary]
                pub const $constant: &'static Self = &Self {
                    id: stringify!($constant),
                    name: $name,
                    severity: Severity::$severity,
                    summary: $summary,
                    page: include_str!(concat!("pages/", stringify!($constant), ".md")),
                };
            )*
        }

        /// Every code, in order.
        pub const CODES: &[&Code] = &[$(Code::$constant),*];
    };
}

codes! {
    FW0101 "unexpected-text" Error "text that the grammar does not allow here";
    FW0102 "unterminated-string" Error "a string that does not end on its line";
    FW0103 "unknown-character" Error "a character that no construct uses";
    FW0104 "unclosed-bracket" Error "a bracket without its other half";
    FW0105 "trailing-comma" Error "a comma behind the last entry of a list";
    FW0106 "misplaced-description" Error "a description that no item follows";
    FW0107 "nested-too-deeply" Error "nesting beyond the limit";
    FW0108 "too-large" Error "a file or an expansion beyond the limit";
    FW0109 "unknown-keyword" Error "an item that begins with no known keyword";
    FW0110 "bad-literal" Error "an address, port, host name, date or number that cannot be";
    FW0111 "bad-escape" Error "an escape that strings do not have";
    FW0112 "text-direction" Error "a character that changes the order in which text is shown";
    FW0201 "unknown-name" Error "a name that nothing defines";
    FW0202 "wrong-kind" Error "a set of one kind where another is wanted";
    FW0203 "defined-twice" Error "two definitions of one name";
    FW0204 "defined-in-a-circle" Error "a definition, bundle or import that needs itself";
    FW0205 "bad-argument" Error "an argument missing, unknown or of the wrong kind";
    FW0206 "label-twice" Error "two rules of one group with one label";
    FW0207 "inexpressible" Error "a rule that no Azure rule can express";
    FW0208 "empty-set" Error "a set without a member";
    FW0209 "bad-import" Error "an import that cannot be read or leaves the root folder";
    FW0210 "setting-twice" Error "a setting given twice, or one that does not belong here";
    FW0211 "missing-setting" Error "something that an item cannot do without";
    FW0212 "name-made-ascii" Note "an international name written in its ASCII form";
    FW0213 "carries-anything" Note "an application service to addresses lets everything on its port through";
    FW0214 "unread-property" Note "a property kept without being read";
    FW0215 "mixed-scripts" Warning "a host name with letters that look like those of another script";
    FW0216 "nothing-to-compile" Warning "a source of which nothing is compiled";
    FW0217 "empty-group" Warning "a group or a collection without a rule";
    FW0218 "unmentioned-value" Warning "a value of a parameter that no `when` mentions";
    FW0301 "shadowed-rule" Warning "a rule that no flow reaches";
    FW0302 "redundant" Warning "a rule without which every flow is decided as before";
    FW0303 "bypassed" Error "a network rule decides before the application rule meant for it";
    FW0304 "deny-below-allow" Error "a deny written below an allow of its group that it meets";
    FW0305 "not-decided" Error "a question about flows that was not decided within its budget";
    FW0306 "never-enforced" Warning "a rule that matches no flow at all";
    FW0307 "mostly-shadowed" Note "a rule of which earlier rules leave almost nothing";
    FW0308 "shared-address" Note "a network rule to a name whose addresses other names share";
    FW0309 "denied-ingress" Warning "a DNAT rule that lets in what a network rule denies";
    FW0310 "unreached-inherited" Note "an inherited rule whose flows the policy's own rules take first";
    FW0401 "network-name-needs-proxy" Error "a host name in a network rule without the DNS proxy";
    FW0402 "above-sku" Error "a feature that the tier does not have";
    FW0403 "bad-name" Error "a resource name that Azure refuses";
    FW0404 "priority-clash" Error "two groups or collections with one priority";
    FW0405 "over-limit" Error "more of something than Azure allows";
    FW0406 "tag-as-source" Error "a service tag as a source";
    FW0407 "port-range-to-one-port" Error "a DNAT port range with a single target port";
    FW0408 "near-limit" Warning "close to, or beyond a safe part of, one of Azure's limits";
    FW0409 "text-wildcard" Warning "a wildcard that also matches unrelated names";
    FW0410 "sql-redirect-conflict" Error "a rule on ports that SQL redirect keeps for itself";
    FW0411 "bad-header" Error "an HTTP header that Azure Firewall does not insert";
    FW0412 "moved-priority" Warning "another priority than the one that was given before";
    FW0413 "ipv6-address" Warning "IPv6 addresses, which are a preview";
    FW0414 "unknown-region" Warning "a region that Azure does not have";
    FW0501 "base-in-another-region" Error "a base policy in another region";
    FW0502 "base-of-a-base" Error "a base policy that inherits itself";
    FW0503 "weaker-than-parent" Error "threat intelligence weaker than the parent's";
    FW0504 "dnat-in-a-base" Error "DNAT in a policy that others inherit";
    FW0505 "tier-above-child" Error "a base policy of a higher tier than its child";
    FW0506 "dead-under-parent" Warning "a rule that the parent's rules leave no flow";
    FW0507 "void-deny" Warning "a deny whose flows the parent allows first";
    FW0601 "no-default-route" Warning "rules for a subnet that is not routed to the firewall";
    FW0602 "routed-around" Warning "a rule whose flows a route leads around the firewall";
    FW0603 "asymmetric-return" Warning "DNAT to a public load balancer whose replies come back on another side";
    FW0604 "no-way-back" Warning "a DNAT target whose route table does not lead back to the firewall";
    FW0605 "gateway-subnet" Error "a route table that the subnet of a gateway does not take";
    FW0606 "learned-routes" Warning "learned routes that go before the default route to the firewall";
    FW0607 "kubenet-table" Warning "a route table in which AKS keeps routes of its own";
    FW0608 "private-name" Warning "a rule lets a name out that is private here";
    FW0609 "endpoint-route" Warning "a route that takes flows to a private endpoint elsewhere";
    FW0610 "endpoint-zone" Warning "a private endpoint with a DNS zone that is not its service's";
    FW0611 "seen-as" Note "an API server that sees its callers by the firewall's public addresses";
    FW0612 "link-local" Note "a rule for flows that no route leads to a firewall";
    FW0613 "reserved-subnet" Error "a route table that the subnet of one of Azure's services does not take";
    FW0614 "partly-around" Warning "routes that take much of the Internet around the firewall";
    FW0615 "service-endpoint" Warning "a service endpoint that takes flows around the firewall";
    FW0616 "forced-tunnelling" Warning "DNAT of a firewall whose replies do not leave to the Internet";
    FW0617 "kept-source" Warning "SNAT settings with which no reply from the Internet comes back";
    FW0701 "open-to-everything" Warning "a rule that lets everyone reach everything";
    FW0702 "every-port" Warning "every port, to a large part of the Internet";
    FW0703 "shared-hosting" Warning "a wildcard over names that anybody can get";
    FW0704 "open-ingress" Note "DNAT for every address of the Internet";
    FW0705 "management-port" Warning "a management port to or from the Internet";
    FW0706 "every-name" Warning "a rule that reaches every name";
    FW0707 "all-of-internet" Warning "a network rule that reaches all of the Internet, or much of it";
    FW0801 "expired" Error "a rule past its expiry date";
    FW0802 "expires-soon" Note "a rule that expires within 30 days";
    FW0803 "ownerless" Note "a group without an owner where others have one";
    FW0804 "stale-catalogue" Note "facts of a module that were last checked more than a year ago";
    FW0805 "needless-ignore" Note "an `@ignore` that no finding needs";
    FW0901 "no-such-name" Warning "a host name that DNS does not know, or without an address";
    FW0902 "endpoint-elsewhere" Warning "a private endpoint whose name has another address";
    FW0903 "not-privatelink" Warning "a private endpoint that is not reached by its privatelink name";
    FW0904 "changing-answers" Note "a network rule to a name whose addresses change";
    FW0905 "no-answer" Warning "a host name that DNS gave no answer about";
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
}
