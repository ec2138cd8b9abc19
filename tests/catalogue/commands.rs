//! `fwc catalog`.

use crate::cli::Sandbox;

fn says(arguments: &[&str], lines: &[&str]) {
    let run = Sandbox::new().run(&[&["catalog"], arguments].concat());
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    for line in lines {
        assert!(run.stdout.lines().any(|found| found == *line), "{line}\n{}", run.stdout);
    }
    if arguments.contains(&"--source") {
        return;
    }
    let long: Vec<&str> =
        run.stdout.lines().filter(|line| line.chars().count() > 80 && line.trim().contains(' ')).collect();
    let breakable = long.iter().filter(|line| line.trim().split(' ').all(|word| word.chars().count() < 60));
    assert_eq!(breakable.count(), 0, "{long:#?}");
}

#[test]
fn the_list_has_every_module_with_the_day_of_its_oldest_fact() {
    says(&[], &["mcr                   2026-08-21  Microsoft Artifact Registry, mcr.microsoft.com"]);
    says(&["list"], &["mcr                   2026-08-21  Microsoft Artifact Registry, mcr.microsoft.com"]);
    let run = Sandbox::new().run(&["catalog"]);
    for module in fwc::catalogue::modules() {
        assert!(run.stdout.lines().any(|line| line.split(' ').next() == Some(module.name)), "{}", module.name);
    }
}

#[test]
fn a_module_is_shown_with_who_needs_what_and_who_says_so() {
    says(
        &["show", "ghcr"],
        &[
            "ghcr: GitHub's container registry, ghcr.io",
            "pull(machines: addresses)",
            "    Pull from, and push to, GitHub's registry.",
            "    https  pkg-containers.githubusercontent.com  (required)",
            "        Image layers. [1]",
            "  hosts = registry, layers",
        ],
    );
    says(&["show", "ghcr", "--source"], &["let registry = ghcr.io"]);
    for module in fwc::catalogue::modules() {
        says(&["show", module.name], &[]);
    }
}

#[test]
fn a_host_is_found_by_wildcards_and_by_parameters() {
    says(
        &["search", "westeurope.data.mcr.microsoft.com"],
        &["mcr::pull  Pull from Microsoft Artifact Registry.", "    https  *.data.mcr.microsoft.com  (required)"],
    );
    says(&["search", "contoso.vault.azure.net"], &["key-vault::vault  Secrets, keys and certificates of one vault."]);
    says(&["search", "nowhere.example"], &["no module speaks of `nowhere.example`; `fwc catalog` lists them"]);
}
