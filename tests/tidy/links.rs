//! Links between the project's pages lead somewhere.

use std::fs;
use std::path::{Path, PathBuf};

use super::{files_below, project};

/// The Markdown files of the project itself.
fn pages() -> Vec<PathBuf> {
    let folders = ["src", "policies", "grammar", "tests", "benches"].map(|folder| project().join(folder));
    let below = folders.iter().filter(|folder| folder.is_dir()).flat_map(|folder| files_below(folder));
    let top = fs::read_dir(project()).unwrap().map(|entry| entry.unwrap().path());
    below.chain(top).filter(|path| path.extension().is_some_and(|extension| extension == "md")).collect()
}

/// Where the links of a page lead, those to other places and to headings left out.
fn targets(text: &str) -> impl Iterator<Item = &str> {
    let links = text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target);
    links.filter(|target| !target.contains("://") && !target.starts_with('#'))
}

fn broken(page: &Path, text: &str) -> Vec<String> {
    let folder = page.parent().unwrap();
    let leads = |target: &str| folder.join(target.split('#').next().unwrap()).exists();
    targets(text).filter(|target| !leads(target)).map(|target| format!("{}: {target}", page.display())).collect()
}

#[test]
fn links_lead_somewhere() {
    let pages = pages();
    assert!(pages.iter().any(|page| page.ends_with("README.md")));
    let wrong: Vec<String> = pages.iter().flat_map(|page| broken(page, &fs::read_to_string(page).unwrap())).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_broken_link_is_found() {
    let text = "[a](README.md) [b](absent.md) [c](https://a.com/x) [d](#here) [e](README.md#there)";
    assert_eq!(broken(&project().join("README.md"), text).len(), 1);
}
