//! The URLs of application rules.

use super::condition::Condition;
use super::world::Atom;
use crate::flow::Service;
use crate::net::{AppProtocol, HostName, HostPattern};

/// When the URL `url` of a rule matches a request to `host` for `path`.
///
/// FAQ: a star is at the left of the host or at the right end of the path. `www.contoso.com/test` matches `/test`,
/// `/test/` and `/test?q=1`, and `www.contoso.com/test/*` does not match `/test`. A URL of another form is left to
/// Azure, and so is every path that the flow does not state.
pub fn holds(url: &str, host: &HostName, path: Option<&str>, service: Service) -> Condition {
    if !carries_url(service) {
        return Condition::Never;
    }
    let unknown = || Condition::when(Atom::Url(url.to_owned()));
    let (pattern, wanted) = match url.find('/') {
        Some(slash) => url.split_at(slash),
        None => (url, "/"),
    };
    let Ok(pattern) = pattern.parse::<HostPattern>() else { return unknown() };
    match (pattern.matches(host), path) {
        (false, _) => Condition::Never,
        (true, Some(path)) => path_holds(wanted, path).map_or_else(unknown, Condition::from),
        (true, None) if wanted == "/*" => Condition::Always,
        (true, None) => unknown(),
    }
}

fn carries_url(service: Service) -> bool {
    match service.application() {
        Some(AppProtocol::Http | AppProtocol::Https) => true,
        Some(AppProtocol::Mssql) | None => false,
    }
}

/// Whether `path` fits, or `None` where the meaning of `wanted` is not documented.
fn path_holds(wanted: &str, path: &str) -> Option<bool> {
    match wanted.split_once('*') {
        Some((start, "")) => Some(path.starts_with(start)),
        Some(_) => None,
        None if wanted.contains('?') => None,
        None => {
            let asked = path.split('?').next().unwrap_or(path);
            Some(asked == wanted || asked.strip_suffix('/') == Some(wanted))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn over_https(url: &str, host: &str, path: Option<&str>) -> Option<Condition> {
        host.parse().ok().map(|host| holds(url, &host, path, Service::Application(AppProtocol::Https, 443)))
    }

    #[test]
    fn paths_match_as_azure_documents() {
        let fits = |url, host, path| over_https(url, host, Some(path)) == Some(Condition::Always);
        for path in ["/test", "/test/", "/test?with_query=1"] {
            assert!(fits("www.contoso.com/test", "www.contoso.com", path), "{path}");
        }
        assert!(!fits("www.contoso.com/test", "www.contoso.com", "/testing"));
        assert!(fits("www.contoso.com/test/*", "www.contoso.com", "/test/anything"));
        assert!(!fits("www.contoso.com/test/*", "www.contoso.com", "/test"));
        assert!(fits("www.contoso.com", "www.contoso.com", "/"));
        assert!(fits("*.contoso.com", "sub1.any.contoso.com", "/"));
        assert!(!fits("*.contoso.com", "contoso.com", "/"));
    }

    #[test]
    fn what_is_not_told_is_unknown() {
        let unknown = |url: &str| Some(Condition::when(Atom::Url(url.to_owned())));
        assert_eq!(over_https("a.com/x", "a.com", None), unknown("a.com/x"));
        assert_eq!(over_https("a.com/x/*/y", "a.com", Some("/x/z/y")), unknown("a.com/x/*/y"));
        assert_eq!(over_https("https://a.com/x", "a.com", Some("/x")), unknown("https://a.com/x"));
        assert_eq!(over_https("a.com/x", "b.com", None), Some(Condition::Never));
        assert_eq!(over_https("a.com/*", "a.com", None), Some(Condition::Always));
    }
}
