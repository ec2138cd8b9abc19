//! Paths of a module's files, from the folder of the root module, which is `.`.

/// `path` from `folder`, without `.` and, as far as that can be, without `..`.
pub(super) fn joined(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
}

/// Whether a path begins at the root of a file system.
pub(super) fn is_absolute(path: &str) -> bool {
    path.starts_with(['/', '\\', '~']) || path.get(1..2) == Some(":")
}

/// Whether a path matches a pattern of `fileset`: `*` and `?` within a step, `**` for any steps, `{a,b}`.
///
/// Source: HashiCorp, "fileset Function" of Terraform 1.9.
pub(super) fn matches(pattern: &str, path: &str) -> bool {
    let patterns = alternatives(pattern);
    let path: Vec<&str> = path.split('/').collect();
    patterns.iter().any(|pattern| steps_match(&pattern.split('/').collect::<Vec<_>>(), &path))
}

/// How many patterns one with braces may mean.
const MOST: usize = 64;

fn alternatives(pattern: &str) -> Vec<String> {
    let mut done = Vec::new();
    let mut open = vec![pattern.to_owned()];
    while let Some(one) = open.pop() {
        let braces = one.find('{').and_then(|start| Some((start, start + one.get(start..)?.find('}')?)));
        let Some((start, end)) = braces else {
            done.push(one);
            continue;
        };
        if open.len() + done.len() > MOST {
            break;
        }
        let (before, inner, after) = (one.get(..start), one.get(start + 1..end), one.get(end + 1..));
        let parts = inner.unwrap_or_default().split(',');
        open.extend(parts.map(|part| [before.unwrap_or_default(), part, after.unwrap_or_default()].concat()));
    }
    done
}

/// By the states that the pattern may be in after each step, so that the work is the product of both lengths.
fn steps_match(pattern: &[&str], path: &[&str]) -> bool {
    matched(pattern, path, |own| *own == "**", |own, step| step_matches(own, step))
}

fn step_matches(pattern: &str, step: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let step: Vec<char> = step.chars().collect();
    matched(&pattern, &step, |own| *own == '*', |own, c| *own == '?' || own == c)
}

fn matched<P, S>(pattern: &[P], items: &[S], is_any: impl Fn(&P) -> bool, is: impl Fn(&P, &S) -> bool) -> bool {
    let mut states: Vec<bool> = vec![true];
    states.extend(pattern.iter().map(|_| false));
    spread(&mut states, pattern, &is_any);
    for item in items {
        let mut next = vec![false; states.len()];
        for (index, own) in pattern.iter().enumerate() {
            if !states.get(index).copied().unwrap_or(false) {
                continue;
            }
            let target = if is_any(own) { index } else { index + 1 };
            if (is_any(own) || is(own, item))
                && let Some(state) = next.get_mut(target)
            {
                *state = true;
            }
        }
        states = next;
        spread(&mut states, pattern, &is_any);
    }
    states.last().copied().unwrap_or(false)
}

/// What means any number of items means none too.
fn spread<P>(states: &mut [bool], pattern: &[P], is_any: &impl Fn(&P) -> bool) {
    for (index, own) in pattern.iter().enumerate() {
        let is_open = states.get(index).copied().unwrap_or(false) && is_any(own);
        if let Some(state) = states.get_mut(index + 1) {
            *state |= is_open;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_joined() {
        for (folder, path, wanted) in [
            (".", "./a.json", "a.json"),
            ("modules/fw", "../../rules", "rules"),
            (".", "../../shared", "../../shared"),
            ("../x", "..", ".."),
            (".", ".", "."),
        ] {
            assert_eq!(joined(folder, path), wanted);
        }
    }

    #[test]
    fn patterns_match_as_in_filesets() {
        for (pattern, path, wanted) in [
            ("*.json", "a.json", true),
            ("*.json", "b/a.json", false),
            ("**/*.json", "a.json", true),
            ("**/*.json", "b/c/a.json", true),
            ("**", "b/c", true),
            ("r?.{json,yaml}", "r1.yaml", true),
            ("r?.{json,yaml}", "r12.yaml", false),
            ("**********************a", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", false),
        ] {
            assert_eq!(matches(pattern, path), wanted, "{pattern} {path}");
        }
    }
}
