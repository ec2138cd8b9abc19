//! The modules `aks`, `aks-usgov` and `aks-china`, entry by entry of `aks-egress.json`.

use std::collections::BTreeSet;

use fwc::catalogue::documented_tags;
use fwc::net::HostPattern;
use serde_json::Value;

use super::opened::{Fact, filled, opened, reference, service, text, texts};

/// A module, a region of its cloud, and what its bundles stand for.
struct Cloud {
    name: &'static str,
    module: &'static str,
    region: &'static str,
    /// What is applied, and the entries that it opens, all of them and no other.
    rows: &'static [(&'static str, &'static [&'static str])],
    /// Entries that no rule can or should say; the module's opening comment speaks of them.
    said: &'static [(&'static str, &'static str)],
}

const CORE: [&str; 8] =
    ["core.hcp", "core.mcr", "core.mcr.data", "core.arm", "core.entra", "core.pmc", "core.acsmirror", "core.pkgaks"];

const PUBLIC: Cloud = Cloud {
    name: "public",
    module: "aks",
    region: "westeurope",
    rows: &[
        ("required(nodes: any, region: REGION)", &CORE),
        (
            "required(nodes: any, region: REGION, private-cluster: on)",
            &["core.mcr", "core.mcr.data", "core.arm", "core.entra", "core.pmc", "core.acsmirror", "core.pkgaks"],
        ),
        (
            "required(nodes: any, region: REGION, network-isolated: on)",
            &["core.hcp", "core.arm", "core.entra", "core.pmc", "core.acsmirror", "core.pkgaks"],
        ),
        (
            "required(nodes: any, region: REGION, private-cluster: on, network-isolated: on, legacy-tunnel: on, old-nodes: on)",
            &["core.arm", "core.entra", "core.pmc", "core.acsmirror", "core.pkgaks", "net.ntp"],
        ),
        (
            "required(nodes: any, region: REGION, network-isolated: on, legacy-tunnel: on)",
            &[
                "core.hcp",
                "core.arm",
                "core.entra",
                "core.pmc",
                "core.acsmirror",
                "core.pkgaks",
                "net.tunnel.udp1194",
                "net.tunnel.tcp9000",
            ],
        ),
        (
            "required(nodes: any, region: REGION, network-isolated: on, ubuntu-updates: on, windows: on, gpu: on)",
            &[
                "core.hcp",
                "core.arm",
                "core.entra",
                "core.pmc",
                "core.acsmirror",
                "core.pkgaks",
                "opt.ubuntu.http",
                "opt.ubuntu.snapshot",
                "win.https",
                "win.http",
                "gpu",
            ],
        ),
        ("by-tag(nodes: any)", &["sample.tag"]),
        ("os-updates(nodes: any)", &["opt.ubuntu.http", "opt.ubuntu.snapshot"]),
        ("windows-pool(nodes: any)", &["win.https", "win.http"]),
        ("gpu-pool(nodes: any)", &["gpu"]),
        ("custom-dns(nodes: any, servers: 10.0.0.10)", &["net.dns.custom"]),
        ("api-server-by-address(nodes: any, api-server: 198.51.100.7)", &["net.apiserver.443"]),
        ("workload-identity(nodes: any)", &["wi.public"]),
        (
            "monitor(nodes: any, region: REGION)",
            &[
                "mon.tag",
                "mon.public.dc.services.visualstudio.com",
                "mon.public.monitoring",
                "mon.public.login.microsoftonline.com",
                "mon.public.global.handler.control.monitor",
                "mon.public.cluster-region-name.handler.control.monitor",
            ],
        ),
        (
            "monitor(nodes: any, region: REGION, by-tag: off, logs: on, metrics: on, applications: on)",
            &[
                "mon.public.dc.services.visualstudio.com",
                "mon.public.monitoring",
                "mon.public.login.microsoftonline.com",
                "mon.public.global.handler.control.monitor",
                "mon.public.cluster-region-name.handler.control.monitor",
                "mon.public.ods.opinsights",
                "mon.public.oms.opinsights",
                "mon.public.ingest.monitor",
                "mon.public.metrics.ingest.monitor",
                "mon.public.in.applicationinsights",
            ],
        ),
        ("policy(nodes: any)", &["policy.public"]),
        (
            "defender(nodes: any)",
            &["defender.entra.public", "defender.ods.public", "defender.oms.public", "defender.cloud"],
        ),
        ("cost-analysis(nodes: any)", &["cost.public"]),
        ("key-vault-secrets(nodes: any, vault: \"contoso\")", &["kv.public"]),
        ("istio(nodes: any, vault: \"contoso\")", &["istio.kv"]),
        ("app-routing(nodes: any, vault: \"contoso\")", &["approuting.kv"]),
        ("extensions(nodes: any, region: REGION)", &["ext.dp", "ext.mcr", "ext.metrics"]),
        (
            "extensions(nodes: any, region: REGION, marketplace: on)",
            &["ext.dp", "ext.mcr", "ext.metrics", "ext.mkt", "ext.meter"],
        ),
        ("flux(nodes: any, region: REGION)", &["flux"]),
        ("flux-extra(nodes: any)", &["flux.reference-impl-extra"]),
        ("argo-cd(nodes: any, region: REGION)", &["argocd"]),
        ("git-https(nodes: any, git: git.contoso.com)", &["flux.git.https"]),
        ("git-ssh(nodes: any, git: git.contoso.com)", &["flux.git.ssh"]),
        ("dapr(nodes: any)", &["dapr"]),
        ("keda(nodes: any, api-server: 198.51.100.7)", &["keda"]),
        (
            "artifact-streaming(nodes: any, registry: \"contoso\", region: REGION, shared-layers: on)",
            &["artifact-streaming"],
        ),
        ("sample-images(nodes: any, github: on)", &["sample.ghcr"]),
        ("sample-images(nodes: any, docker-hub: on)", &["sample.docker"]),
    ],
    said: &[
        ("nap", "node auto-provisioning"),
        ("noise.md-disk", "`md-*.blob.storage.azure.net`"),
        ("noise.umsa", "`umsa*.blob.core.windows.net`"),
    ],
};

const USGOV: Cloud = Cloud {
    name: "usgov",
    module: "aks-usgov",
    region: "usgovvirginia",
    rows: &[
        (
            "required(nodes: any, region: REGION)",
            &[
                "core.hcp.gov",
                "core.mcr.gov",
                "core.arm.gov",
                "core.entra.gov",
                "core.pmc.gov",
                "core.acsmirror.gov",
                "net.tunnel.udp1194.usgov",
                "net.tunnel.tcp9000.usgov",
                "net.ntp.sovereign",
            ],
        ),
        (
            "required(nodes: any, region: REGION, private-cluster: on, linux: off, ubuntu-updates: on, windows: on, gpu: on)",
            &[
                "core.mcr.gov",
                "core.arm.gov",
                "core.entra.gov",
                "core.pmc.gov",
                "core.acsmirror.gov",
                "opt.ubuntu.http",
                "opt.ubuntu.snapshot",
                "win.https",
                "win.http",
                "gpu",
            ],
        ),
        ("os-updates(nodes: any)", &["opt.ubuntu.http", "opt.ubuntu.snapshot"]),
        ("windows-pool(nodes: any)", &["win.https", "win.http"]),
        ("gpu-pool(nodes: any)", &["gpu"]),
        ("custom-dns(nodes: any, servers: 10.0.0.10)", &["net.dns.custom"]),
        ("api-server-by-address(nodes: any, api-server: 198.51.100.7)", &["net.apiserver.443.sovereign"]),
        ("workload-identity(nodes: any)", &["wi.gov"]),
        (
            "monitor(nodes: any, region: REGION)",
            &[
                "mon.tag",
                "mon.usgov.dc.services.visualstudio.com",
                "mon.usgov.global.handler.control.monitor",
                "mon.usgov.cluster-region-name.handler.control.monitor",
            ],
        ),
        (
            "monitor(nodes: any, region: REGION, by-tag: off, logs: on, metrics: on, applications: on)",
            &[
                "mon.usgov.dc.services.visualstudio.com",
                "mon.usgov.global.handler.control.monitor",
                "mon.usgov.cluster-region-name.handler.control.monitor",
                "mon.usgov.ods.opinsights",
                "mon.usgov.oms.opinsights",
                "mon.usgov.ingest.monitor",
                "mon.usgov.metrics.ingest.monitor",
                "mon.usgov.in.applicationinsights",
            ],
        ),
        ("policy(nodes: any)", &["policy.gov"]),
        ("defender(nodes: any)", &["defender.entra.usgov", "defender.ods.usgov", "defender.oms.usgov"]),
        ("cost-analysis(nodes: any)", &["cost.usgov"]),
        ("key-vault-secrets(nodes: any)", &["kv.gov"]),
        ("extensions(nodes: any, region: REGION)", &["ext.gov"]),
        ("git-https(nodes: any, git: git.contoso.com)", &["flux.git.https"]),
        ("git-ssh(nodes: any, git: git.contoso.com)", &["flux.git.ssh"]),
        ("dapr(nodes: any)", &["dapr"]),
    ],
    said: &[],
};

const CHINA: Cloud = Cloud {
    name: "china",
    module: "aks-china",
    region: "chinaeast2",
    rows: &[
        (
            "required(nodes: any, region: REGION)",
            &[
                "core.hcp.china",
                "core.tun.china",
                "core.mcr.china",
                "core.arm.china",
                "core.entra.china",
                "core.pmc.china",
                "core.azk8s.china",
                "net.tunnel.udp1194.china",
                "net.tunnel.tcp9000.china",
                "net.tunnel.tcp22.china",
                "net.ntp.sovereign",
            ],
        ),
        (
            "required(nodes: any, region: REGION, private-cluster: on, linux: off, ubuntu-updates: on, windows: on, gpu: on)",
            &[
                "core.mcr.china",
                "core.arm.china",
                "core.entra.china",
                "core.pmc.china",
                "core.azk8s.china",
                "opt.ubuntu.http",
                "opt.ubuntu.snapshot",
                "win.https",
                "win.http",
                "gpu",
            ],
        ),
        ("os-updates(nodes: any)", &["opt.ubuntu.http", "opt.ubuntu.snapshot"]),
        ("windows-pool(nodes: any)", &["win.https", "win.http"]),
        ("gpu-pool(nodes: any)", &["gpu"]),
        ("custom-dns(nodes: any, servers: 10.0.0.10)", &["net.dns.custom"]),
        ("api-server-by-address(nodes: any, api-server: 198.51.100.7)", &["net.apiserver.443.sovereign"]),
        ("workload-identity(nodes: any)", &["wi.china"]),
        (
            "monitor(nodes: any, region: REGION)",
            &[
                "mon.tag",
                "mon.china.dc.services.visualstudio.com",
                "mon.china.global.handler.control.monitor",
                "mon.china.cluster-region-name.handler.control.monitor",
            ],
        ),
        (
            "monitor(nodes: any, region: REGION, by-tag: off, logs: on, metrics: on, applications: on)",
            &[
                "mon.china.dc.services.visualstudio.com",
                "mon.china.global.handler.control.monitor",
                "mon.china.cluster-region-name.handler.control.monitor",
                "mon.china.ods.opinsights",
                "mon.china.oms.opinsights",
                "mon.china.ingest.monitor",
                "mon.china.metrics.ingest.monitor",
                "mon.china.in.applicationinsights",
            ],
        ),
        ("policy(nodes: any)", &["policy.china"]),
        ("defender(nodes: any)", &["defender.entra.china", "defender.ods.china", "defender.oms.china"]),
        ("cost-analysis(nodes: any)", &["cost.china"]),
        ("key-vault-secrets(nodes: any, vault: \"contoso\")", &["kv.china"]),
        ("git-https(nodes: any, git: git.contoso.com)", &["flux.git.https"]),
        ("git-ssh(nodes: any, git: git.contoso.com)", &["flux.git.ssh"]),
    ],
    said: &[],
};

const CLOUDS: [Cloud; 3] = [PUBLIC, USGOV, CHINA];

fn entries() -> Option<Vec<Value>> {
    Some(reference("aks-egress.json")?["entries"].as_array().unwrap().clone())
}

/// What an entry says should be open.
fn expected(entry: &Value, region: &str) -> BTreeSet<Fact> {
    let need = text(entry, "requirement").to_owned();
    let mut services = vec![service(text(entry, "protocol"), entry["port"].as_u64().unwrap())];
    let mut hosts: Vec<String> = match texts(entry, "emit_as").as_slice() {
        [] => texts(entry, "fqdns").into_iter().map(|host| filled(host, region)).collect(),
        corrected => corrected.iter().map(|host| filled(host, region)).collect(),
    };
    if text(entry, "id") == "sample.tag" {
        // The sample's one rule has both protocols, as its purpose says.
        assert!(text(entry, "purpose").contains("http=80 and https=443"));
        services.push("http".to_owned());
        hosts.push(format!("fqdn-tag({})", text(entry, "fqdn_tag")));
    }
    // Of alternatives the first kind is taken, and all of that kind.
    let alternatives: Vec<&Value> = entry["destination_alternatives"].as_array().into_iter().flatten().collect();
    if let Some(first) = alternatives.first() {
        let same = alternatives.iter().filter(|other| other["type"] == first["type"]);
        hosts.extend(same.map(|other| match text(other, "type") {
            "service_tag" => format!("tag({})", filled(text(other, "value"), region)),
            _ => filled(text(other, "value"), region),
        }));
    }
    let facts =
        |service: &String| hosts.iter().map(|host| (service.clone(), host.clone(), need.clone())).collect::<Vec<_>>();
    services.iter().flat_map(facts).collect()
}

/// The last part of the path that a source names.
fn page(source: &str) -> &str {
    let path = source.split([' ', '(']).find(|word| word.contains('/') && word.contains('.')).unwrap_or(source);
    path.rsplit('/').next().unwrap_or(path)
}

#[test]
fn each_bundle_opens_what_its_entries_say_and_no_more() {
    let Some(entries) = entries() else { return };
    let entry = |id: &str| entries.iter().find(|entry| text(entry, "id") == id).unwrap_or_else(|| panic!("{id}"));
    for cloud in CLOUDS {
        for (apply, ids) in cloud.rows {
            let found = opened(cloud.module, &apply.replace("REGION", &format!("{:?}", cloud.region)));
            let expected: BTreeSet<Fact> = ids.iter().flat_map(|id| expected(entry(id), cloud.region)).collect();
            assert_eq!(found.keys().cloned().collect::<BTreeSet<_>>(), expected, "{}::{apply}", cloud.module);
            for (fact, cited) in &found {
                let speaking = ids
                    .iter()
                    .map(|id| entry(id))
                    .filter(|entry| super::aks::expected(entry, cloud.region).contains(fact));
                let pages: Vec<&str> = speaking.map(|entry| page(text(entry, "source"))).collect();
                let backed = cited.iter().all(|source| pages.iter().any(|page| source.contains(page)));
                assert!(backed, "{}::{apply}: {fact:?} cites {cited:?}, not {pages:?}", cloud.module);
            }
        }
    }
}

#[test]
fn each_entry_has_its_place() {
    let Some(entries) = entries() else { return };
    for cloud in CLOUDS {
        let module = fwc::catalogue::module(cloud.module).unwrap().text;
        let of_cloud = entries.iter().filter(|entry| texts(entry, "clouds").contains(&cloud.name));
        let placed: BTreeSet<&str> = cloud.rows.iter().flat_map(|(_, ids)| ids.iter().copied()).collect();
        for id in of_cloud.map(|entry| text(entry, "id")) {
            let said = cloud.said.iter().find(|(other, _)| *other == id);
            let spoken = said.is_some_and(|(_, words)| module.replace("\n# ", " ").contains(words));
            assert!(placed.contains(id) || spoken, "{}: {id}", cloud.module);
        }
    }
}

#[test]
fn each_bundle_stands_for_entries() {
    for cloud in CLOUDS {
        let applied: BTreeSet<&str> =
            cloud.rows.iter().filter_map(|(apply, _)| Some(apply.split_once('(')?.0)).collect();
        super::hosts::check_bundles(cloud.module, &applied);
    }
}

#[test]
fn the_fqdn_tag_is_taken_to_hold_what_the_page_lists_for_every_cluster() {
    let Some(entries) = entries() else { return };
    let documented = documented_tags();
    let tag = documented.iter().find(|tag| tag.tag == "AzureKubernetesService").unwrap();
    let parse = |texts: &[String]| texts.iter().map(|text| text.parse().unwrap()).collect::<Vec<HostPattern>>();
    let (hosts, open) = (parse(&tag.hosts), parse(&tag.open));
    let of_tag = entries.iter().filter(|entry| entry["fqdn_tag"] == tag.tag && text(entry, "id") != "sample.tag");
    let listed: Vec<&str> = of_tag.flat_map(|entry| texts(entry, "fqdns")).collect();
    let (open_listed, fixed): (Vec<&str>, Vec<&str>) = listed.into_iter().partition(|host| host.contains('<'));
    assert_eq!(
        hosts.iter().map(ToString::to_string).collect::<BTreeSet<_>>(),
        fixed.iter().map(ToString::to_string).collect()
    );
    let is_open = |name: &str| open.iter().any(|pattern| pattern.matches(&name.parse().unwrap()));
    assert_eq!(open_listed, ["*.hcp.<location>.azmk8s.io"]);
    assert!(is_open("x.hcp.westeurope.azmk8s.io"));
    let of_page =
        |entry: &&Value| text(entry, "source").starts_with("MicrosoftDocs/azure-aks-docs:articles/aks/outbound-rules");
    let public =
        |entry: &&Value| texts(entry, "clouds").contains(&"public") && text(entry, "rule_kind") == "application";
    for entry in entries.iter().filter(of_page).filter(public).filter(|entry| entry["fqdn_tag"].is_null()) {
        for host in texts(entry, "fqdns") {
            let name = filled(host, "westeurope").replace("<vault-name>", "v").replace(['*', '<', '>'], "x");
            let is_known = hosts.iter().any(|pattern| pattern.matches(&name.parse().unwrap()));
            assert!(is_known || is_open(&name), "{host} of {}", text(entry, "id"));
        }
    }
}
