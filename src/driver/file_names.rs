//! Names of files that every system takes.

/// The devices of Windows, each of which has its name with any ending too.
///
/// Source: Microsoft Learn, "Naming Files, Paths, and Namespaces", 2024-08.
const DEVICES: [&str; 6] = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];
/// Those that have a number.
const PORTS: [&str; 2] = ["COM", "LPT"];

/// Why Windows takes no file of this name, as what is wrong with it; `None` where it does. The same source has to give the
/// same files everywhere.
pub fn refused_on_windows(name: &str) -> Option<&'static str> {
    let is_odd = |c: char| c.is_control() || matches!(c, '<' | '>' | ':' | '"' | '/' | '\\' | '|' | '?' | '*');
    let stem = name.split('.').next().unwrap_or(name).trim_end_matches(' ');
    if name.is_empty() || name.contains(is_odd) {
        Some("it is empty, or has a sign that no name may have")
    } else if name.ends_with(['.', ' ']) {
        Some("it ends with a dot or a blank")
    } else if is_device(stem) {
        Some("it is the name of a device")
    } else {
        None
    }
}

fn is_device(stem: &str) -> bool {
    let is_port = |port: &&str| {
        let number = stem.get(..port.len()).filter(|start| start.eq_ignore_ascii_case(port));
        let mut rest = number.and_then(|_| stem.get(port.len()..)).unwrap_or_default().chars();
        rest.next().is_some_and(|digit| matches!(digit, '0'..='9' | '¹' | '²' | '³')) && rest.next().is_none()
    };
    DEVICES.iter().any(|device| stem.eq_ignore_ascii_case(device)) || PORTS.iter().any(is_port)
}

/// A path with `/` between its parts, where this system separates them by `separator`.
pub fn slashed(path: &str, separator: char) -> String {
    if separator == '/' { path.to_owned() } else { path.replace(separator, "/") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_windows_keeps_for_itself_are_told() {
        for name in ["con.arm.json", "NUL", "Aux.tf", "com1.bicep", "LPT9.arm.json", "lpt¹", "con .txt", "conout$"] {
            assert_eq!(refused_on_windows(name), Some("it is the name of a device"), "{name}");
        }
        for name in ["web.", "web "] {
            assert_eq!(refused_on_windows(name), Some("it ends with a dot or a blank"), "{name}");
        }
        for name in ["", "a/b.json", "a:b", "a\\b", "a\u{1}b", "a?"] {
            assert!(refused_on_windows(name).is_some(), "{name}");
        }
        for name in
            ["console.arm.json", "com10.tf", "com.tf", "nul-web.json", "a.con", "lpt", "web.review.html", "cöm1"]
        {
            assert_eq!(refused_on_windows(name), None, "{name}");
        }
    }

    #[test]
    fn manifests_have_slashes_on_every_system() {
        assert_eq!(slashed(r"C:\infra\egress.pol", '\\'), "C:/infra/egress.pol");
        assert_eq!(slashed(r"a\b/egress.pol", '/'), r"a\b/egress.pol");
    }
}
