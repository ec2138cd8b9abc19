//! What the words of the language for services and addresses mean, for a reader that does not know them.

use crate::intent::table::predefined_services;
use crate::net::AddressSet;

/// Each word for services with its protocols and ports, as in `tcp/53`, and each for addresses with its ranges.
pub fn meanings() -> Vec<(&'static str, Vec<String>)> {
    let services = predefined_services().map(|(word, meaning)| (word, alternatives(meaning)));
    let protocols = [("https", "tcp/443"), ("http", "tcp/80"), ("mssql", "tcp/1433"), ("any", "any")];
    let protocols = protocols.map(|(word, meaning)| (word, vec![meaning.to_owned()]));
    let addresses = [("internet", AddressSet::internet()), ("private", AddressSet::private())];
    let addresses = addresses.map(|(word, set)| (word, set.spans().map(|span| span.to_string()).collect()));
    services.chain(protocols).chain(addresses).collect()
}

/// `{tcp,udp}/53` as `tcp/53` and `udp/53`.
fn alternatives(service: &str) -> Vec<String> {
    let Some((protocols, ports)) = service.split_once('/') else { return vec![service.to_owned()] };
    let each = |text: &str| -> Vec<String> { text.trim_matches(['{', '}']).split(',').map(str::to_owned).collect() };
    let ports = each(ports);
    each(protocols).iter().flat_map(|protocol| ports.iter().map(move |port| format!("{protocol}/{port}"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_mean_ports_and_ranges() {
        let all = meanings();
        let of = |word: &str| {
            all.iter().find(|(known, _)| *known == word).map(|(_, meaning)| meaning.clone()).unwrap_or_default()
        };
        assert_eq!(of("dns"), ["tcp/53", "udp/53"]);
        assert_eq!(of("winrm"), ["tcp/5985", "tcp/5986"]);
        assert_eq!(of("https"), ["tcp/443"]);
        assert!(of("private").contains(&"10.0.0.0/8".to_owned()), "{:?}", of("private"));
    }
}
