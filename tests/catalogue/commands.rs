//! `fwc catalog`.

use serde_json::Value;

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
    says(&[], &["mcr                   2026-06-16  Microsoft Artifact Registry, mcr.microsoft.com"]);
    says(&["list"], &["mcr                   2026-06-16  Microsoft Artifact Registry, mcr.microsoft.com"]);
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

#[test]
fn prose_is_searched_as_well() {
    // `helm` speaks of a host that it does not open.
    let run = Sandbox::new().run(&["catalog", "search", "packages.buildkite.com"]);
    assert!(run.stdout.starts_with("helm  ") && run.stdout.contains("moved from baltocdn.com"), "{}", run.stdout);
    let run = Sandbox::new().run(&["catalog", "search", "AzureDevOps"]);
    assert!(run.stdout.lines().any(|line| line.starts_with("azure-devops")), "{}", run.stdout);
}

fn json(arguments: &[&str]) -> Value {
    let run = Sandbox::new().run(&[&["catalog"], arguments, &["--format", "json"]].concat());
    let value: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}{}", run.stdout, run.stderr));
    assert_eq!(value["schema"], "fwc.catalogue/1");
    value
}

#[test]
fn programs_get_the_modules_with_hosts_need_source_and_day() {
    let names = |value: &Value| -> Vec<String> {
        value["modules"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
    };
    let all: Vec<String> = fwc::catalogue::modules().map(|module| module.name.to_owned()).collect();
    assert_eq!(names(&json(&["list"])), all);
    let shown = json(&["show", "ghcr"]);
    let entry = &shown["modules"][0]["bundles"][0]["entries"][0];
    assert_eq!(entry["destinations"], serde_json::json!(["ghcr.io"]));
    assert_eq!((&entry["need"], &entry["services"]), (&"required".into(), &"https".into()));
    assert!(entry["source"].is_string() && entry["checked"].as_str().unwrap().starts_with("20"), "{entry}");
    assert_eq!(names(&json(&["search", "ghcr.io"])), ["aks", "ghcr", "github-runner"]);
    assert_eq!(names(&json(&["search", "nowhere.example"])), Vec::<String>::new());
}

#[test]
fn docker_hubs_content_network_is_that_of_today() {
    let shown = json(&["show", "docker"]);
    let of = |name: &str| -> String {
        let bundles = shown["modules"][0]["bundles"].as_array().unwrap();
        bundles.iter().find(|bundle| bundle["name"] == name).unwrap()["entries"].to_string()
    };
    assert!(of("pull").contains("production.cloudfront.docker.com") && !of("pull").contains("cloudflare"));
    assert!(of("old-layers").contains("production.cloudflare.docker.com"));
}
