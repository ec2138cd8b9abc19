//! Every other module, host by host of `hosts.json`.

use std::collections::{BTreeMap, BTreeSet};

use fwc::catalogue::{ModulePage, module, modules};
use serde_json::Value;

use super::opened::{Fact, filled, opened, reference, service, text, texts};

/// Modules, each with what is applied of it.
type Applied = &'static [(&'static str, &'static [&'static str])];

const REGION: &str = "westeurope";

/// The groups of the reference, each with what is applied to have all its hosts and no other. `M` stands for the
/// machines.
const GROUPS: [(&str, Applied); 32] = [
    (
        "docker-hub",
        &[(
            "docker",
            &[
                "pull(M)",
                "install(M)",
                "desktop(M)",
                "web(M)",
                "old-clients(M)",
                "old-layers(M)",
                "hardened(M)",
                "scout(M)",
            ],
        )],
    ),
    ("ghcr", &[("ghcr", &["pull(M)"])]),
    ("mcr", &[("mcr", &["pull(M)", "seen-of-aks(M)"])]),
    ("mcr-china", &[("mcr-china", &["pull(M)"])]),
    (
        "acr",
        &[(
            "acr",
            &[
                "registry(M, registry: \"contoso\")",
                "data-endpoint(M, registry: \"contoso\", region: \"westeurope\")",
                "regional-endpoint(M, registry: \"contoso\", region: \"westeurope\")",
                "layers-from-shared-storage(M)",
                "certificates-of-registry(M)",
            ],
        )],
    ),
    ("acr-gov", &[("acr-usgov", &["registry(M, registry: \"contoso\")"])]),
    ("acr-china", &[("acr-china", &["registry(M, registry: \"contoso\")"])]),
    (
        "entra",
        &[(
            "entra",
            &[
                "sign-in(M)",
                "sign-in-by-region(M, region: \"westeurope\")",
                "browser(M)",
                "graph-api(M)",
                "old-clients(M)",
            ],
        )],
    ),
    ("entra-gov", &[("entra-usgov", &["sign-in(M)", "sign-in-by-region(M, region: \"westeurope\")", "graph-api(M)"])]),
    ("entra-china", &[("entra-china", &["sign-in(M)", "browser(M)", "graph-api(M)", "old-clients(M)"])]),
    ("arm", &[("arm", &["manage(M)", "manage-classic(M)"])]),
    ("arm-gov", &[("arm-usgov", &["manage(M)", "manage-classic(M)"])]),
    ("arm-china", &[("arm-china", &["manage(M)", "manage-classic(M)"])]),
    ("keyvault", &[("key-vault", &["vault(M, vault: \"contoso\")"])]),
    ("keyvault-gov", &[("key-vault-usgov", &["vault(M, vault: \"contoso\")"])]),
    ("keyvault-china", &[("key-vault-china", &["vault(M, vault: \"contoso\")"])]),
    ("storage", &[("storage", &[STORAGE])]),
    ("storage-usgov", &[("storage-usgov", &[STORAGE])]),
    ("storage-china", &[("storage-china", &[STORAGE])]),
    ("azure-sql", &[("azure-sql", &["server(M, server: \"contoso\")"])]),
    ("azure-sql-gov", &[("azure-sql-usgov", &["server(M, server: \"contoso\")"])]),
    ("azure-sql-china", &[("azure-sql-china", &["server(M, server: \"contoso\")"])]),
    (
        "purview-shir",
        &[(
            "purview",
            &[
                "runtime(M, storage: \"contoso\", event-hub: \"contoso\", updates: on)",
                "account(M, account: \"contoso\")",
            ],
        )],
    ),
    (
        "azure-cli",
        &[(
            "azure-cli",
            &[
                "install(M)",
                "run(M, with-extensions: on)",
                "install-by-script(M)",
                "dynamic-extensions(M)",
                "directory(M)",
                "classic(M)",
            ],
        )],
    ),
    (
        "kubectl-helm",
        &[
            ("kubectl", &["install(M)", "install-by-package(M)", "pull(M)", "old-scripts(M)"]),
            ("helm", &["install(M)", "install-by-script(M)", "old-scripts(M)"]),
        ],
    ),
    (
        "ubuntu-apt",
        &[("ubuntu", &["updates(M)", "updates-from-main-archive(M)", "snaps(M)", "pro-updates(M)", "clock(M)"])],
    ),
    (
        "github-runner",
        &[(
            "github-runner",
            &[
                "run(M)",
                "self-update(M)",
                "immutable-actions(M)",
                "use-packages(M)",
                "lfs(M)",
                "dependabot-jobs(M)",
                "raw(M)",
                "git-ssh(M)",
            ],
        )],
    ),
    (
        "azure-devops",
        &[(
            "azure-devops",
            &[
                "agents(M)",
                "old-agents(M)",
                "artifacts-and-packages(M, shared-storage: on)",
                "organisation(M, org: \"contoso\")",
                "any-organisation(M)",
                "release-pipelines(M)",
                "publish-tests(M)",
                "marketplace(M)",
                "web-portal(M)",
                "git-ssh(M)",
            ],
        )],
    ),
    (
        "managed-devops-pools",
        &[("managed-devops-pools", &["pool(M)", "linux(M)", "features(M)", "data-disks(M)", "telemetry(M)"])],
    ),
    ("gitlab", &[("gitlab", &["runner(M)", "pull(M)", "install(M)", "git-ssh(M)"])]),
    ("windows-update", &[("windows-update", &["updates(M)", "extras(M)"])]),
    (
        "arc-k8s",
        &[(
            "arc",
            &[
                "connect(nodes: any, region: \"westeurope\", onboarding: on, cluster-connect: on, azure-rbac: on, portal: on, extensions: on, monitored: on)",
            ],
        )],
    ),
];

const STORAGE: &str =
    "account(M, account: \"contoso\", blob: on, dfs: on, queue: on, table: on, file: on, web: on, share: on)";

/// Bundles that say what a group of the reference says beside its hosts.
const BESIDE: [(&str, &str); 4] = [
    ("azure-sql", "redirect"),
    ("azure-devops", "by-address"),
    ("windows-update", "by-tag"),
    ("windows-update", "activation"),
];

/// A host that no rule can say, and the wildcard that the reference gives in its place.
const INEXPRESSIBLE: (&str, &str) = ("md-*.blob.storage.azure.net", "*.blob.storage.azure.net");

/// What is known since the reference was collected: of a group, each host and who needs it. Docker's allow-list page
/// changed in docker/docs, pull requests 25108 and 25304; the registries of Microsoft's are of mspnp/aks-baseline, pull
/// request 457, and of Azure/AKS, issue 4974.
const SINCE: [(&str, &str, &str); 8] = [
    ("docker-hub", "production.cloudfront.docker.com", "required"),
    ("docker-hub", "production.cloudflare.docker.com", "optional"),
    ("docker-hub", "docker-images-prod.6aa30f8b08e16409b46e0173d6de2f56.r2.cloudflarestorage.com", "optional"),
    ("docker-hub", "auth.docker.com", "optional"),
    ("docker-hub", "dhi.io", "optional"),
    ("docker-hub", "registry.scout.docker.com", "optional"),
    ("mcr", "mcrprod.azurecr.io", "optional"),
    ("mcr", "linuxgeneva-microsoft.azurecr.io", "optional"),
];

fn apply(module: &str, apply: &str) -> BTreeMap<Fact, BTreeSet<String>> {
    opened(module, &apply.replace("(M", "(machines: any"))
}

fn expected(host: &Value) -> Fact {
    let name = filled(text(host, "fqdn"), REGION);
    let name = if name == INEXPRESSIBLE.0 { INEXPRESSIBLE.1.to_owned() } else { name };
    let service = service(text(host, "protocol"), host["port"].as_u64().unwrap());
    let network = text(host, "rule_kind") == "network";
    assert_eq!(network, service.starts_with("tcp") || service.starts_with("udp"), "{host}");
    (service, name, text(host, "need").to_owned())
}

#[test]
fn each_module_opens_the_hosts_of_its_group_and_no_others() {
    let Some(reference) = reference("hosts.json") else { return };
    for group in reference["groups"].as_array().unwrap() {
        let id = text(group, "id");
        let (_, modules) =
            GROUPS.iter().find(|(other, _)| *other == id).unwrap_or_else(|| panic!("no module for {id}"));
        let mut found = BTreeSet::new();
        for (module, applies) in *modules {
            for (fact, cited) in applies.iter().flat_map(|text| apply(module, text)) {
                assert!(cited.iter().all(|source| !source.is_empty()), "{id}: {fact:?} cites nobody");
                found.insert(fact);
            }
        }
        let mut expected: BTreeSet<Fact> = group["hosts"].as_array().unwrap().iter().map(expected).collect();
        for (_, host, need) in SINCE.iter().filter(|(of, ..)| *of == id) {
            expected.retain(|(_, known, _)| known != host);
            expected.insert(("https".to_owned(), (*host).to_owned(), (*need).to_owned()));
        }
        assert_eq!(found, expected, "{id}");
    }
}

#[test]
fn what_the_reference_says_beside_hosts_is_there() {
    let Some(reference) = reference("hosts.json") else { return };
    let group =
        |id: &str| reference["groups"].as_array().unwrap().iter().find(|group| text(group, "id") == id).unwrap();
    let to = |facts: BTreeMap<Fact, BTreeSet<String>>| {
        facts.into_keys().map(|(service, to, _)| (service, to)).collect::<Vec<_>>()
    };

    let tag = format!("fqdn-tag({})", text(group("windows-update"), "fqdn_tag"));
    let expected = [("http".to_owned(), tag.clone()), ("https".to_owned(), tag)];
    assert_eq!(to(apply("windows-update", "by-tag(M)")), expected);

    assert!(text(&group("windows-update")["kms"], "note").contains("TCP 1688; kms.core.windows.net"));
    assert_eq!(
        to(apply("windows-update", "activation(M)")),
        [("tcp/1688".to_owned(), "kms.core.windows.net".to_owned())]
    );

    assert!(text(&group("azure-sql")["redirect_mode"], "needs").contains("TCP 1433 + TCP 11000-11999 to Sql.<Region>"));
    let sql = to(apply("azure-sql", "redirect(M, region: \"westeurope\")"));
    assert_eq!(
        sql,
        ["tcp/11000-11999", "tcp/1433"].map(|service| (service.to_owned(), "tag(Sql.WestEurope)".to_owned()))
    );

    let devops = group("azure-devops");
    let ranges = texts(devops, "ip_ranges_outbound").into_iter().chain(texts(devops, "ip_ranges_legacy"));
    let expected: BTreeSet<(String, String)> = ranges.map(|range| ("tcp/443".to_owned(), range.to_owned())).collect();
    assert_eq!(to(apply("azure-devops", "by-address(M)")).into_iter().collect::<BTreeSet<_>>(), expected);
}

#[test]
fn what_no_rule_can_say_is_said() {
    let text = module("managed-devops-pools").unwrap().text;
    assert!(text.contains(&format!("`{}`", INEXPRESSIBLE.0)) && text.contains(&format!("`{}`", INEXPRESSIBLE.1)));
}

#[test]
fn each_module_is_one_of_the_reference_and_each_of_its_bundles_too() {
    for module in modules().filter(|module| !module.name.starts_with("aks")) {
        let groups = GROUPS.iter().flat_map(|(_, modules)| modules.iter()).filter(|(name, _)| *name == module.name);
        let applies: Vec<&str> = groups.flat_map(|(_, applies)| applies.iter().copied()).collect();
        let beside = BESIDE.iter().filter(|(name, _)| *name == module.name).map(|(_, bundle)| *bundle);
        let applied = applies.iter().filter_map(|apply| Some(apply.split_once('(')?.0)).chain(beside).collect();
        check_bundles(module.name, &applied);
    }
}

/// Fails unless `applied` are the bundles of the module.
pub(super) fn check_bundles(name: &str, applied: &BTreeSet<&str>) {
    let page = ModulePage::of(module(name).unwrap());
    let bundles: BTreeSet<&str> = page.bundles.iter().map(|bundle| bundle.name.as_str()).collect();
    assert_eq!(applied, &bundles, "{name}");
}
