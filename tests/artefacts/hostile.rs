//! Texts that would break out of an artefact's syntax, each in every position of every output.

use fwc::emit::{
    EmitOptions,
    arm::{policy_template, route_template},
    json_text,
};
use fwc::import::{Artefact, read_all};
use fwc::model::*;
use fwc::model::{
    BypassProtocol, Dns, ExplicitProxy, Idps, IdpsBypass, IdpsMode, Insights, Priority, Settings, Sku, Snat,
    ThreatIntelAllow, Tls,
};
use fwc::net::*;

use super::{bicep, terraform};

pub(crate) const HOSTILE: [&str; 44] = [
    "${x}",
    "$${x}",
    "$$${x}",
    "%{x}",
    "%%{x}",
    "%{ if true }",
    "${\"${x}\"}",
    "$",
    "$$",
    "%",
    "{",
    "}",
    "${",
    "\"",
    "\\",
    "\\\"",
    "\\u{41}",
    "\\${x}",
    "$//x",
    "$/*x",
    "#//x",
    " //x",
    "'",
    "''",
    "'''",
    "it's",
    "[x]",
    "[[x]",
    "[[[x]]]",
    "[",
    "]",
    "[resourceGroup().location]",
    "a\nb",
    "\r\n",
    "\t",
    "\u{0}",
    "\u{1b}[31m",
    "\u{202e}",
    "@",
    "@secure()",
    "#",
    "/* x */",
    "<<EOT\nx\nEOT",
    "ä€😀",
];

fn collection(text: &str, priority: u32, rules: Rules) -> Collection {
    Collection {
        name: text.to_owned(),
        priority: Priority::new(priority).unwrap(),
        presence: Presence::Always,
        rules,
        carried: Default::default(),
        origin: None,
    }
}

fn outside(text: &str) -> Vec<IpGroupRef> {
    vec![IpGroupRef::Id(format!("/{text}")), IpGroupRef::Named(text.replace('/', "-").into())]
}

fn rules(text: &str) -> Vec<Collection> {
    let description = Some(text.to_owned());
    let any = || Sources { addresses: vec![AddressTerm::Any], ip_groups: outside(text), pods: Vec::new() };
    let nat = NatRule {
        name: text.to_owned(),
        description: description.clone(),
        origin: None,
        matches: NatMatches {
            protocols: vec![NetworkProtocol::Tcp],
            sources: any(),
            destinations: vec![AddressTerm::ServiceTag("Storage".to_owned())],
            ports: vec![PortSpan::single(443).unwrap()],
        },
        handling: DnatTranslation { target: NatTarget::Fqdn("a.example".parse().unwrap()), port: 443 },
        carried: Default::default(),
    };
    let network = NetworkRule {
        name: text.to_owned(),
        description: description.clone(),
        origin: None,
        matches: NetworkMatches {
            protocols: vec![NetworkProtocol::Any],
            sources: any(),
            destinations: vec![AddressTerm::ServiceTag("Storage".to_owned())],
            destination_ip_groups: outside(text),
            destination_fqdns: Vec::new(),
            ports: PortSet::any(),
        },
        handling: (),
        carried: Default::default(),
    };
    let application = ApplicationRule {
        name: text.to_owned(),
        description,
        origin: None,
        matches: ApplicationMatches {
            protocols: vec![(AppProtocol::Https, 443)],
            sources: any(),
            destinations: Vec::new(),
            fqdns: vec![HostPattern::Any],
            urls: vec![text.to_owned()],
            fqdn_tags: vec![text.to_owned()],
            web_categories: vec![text.to_owned()],
        },
        handling: Inspection { terminate_tls: true, headers: vec![(text.to_owned(), text.to_owned())] },
        carried: Default::default(),
    };
    vec![
        collection(text, 100, Rules::Nat(vec![nat])),
        collection(&format!("{text}2"), 200, Rules::Network(Action::Allow, vec![network])),
        collection(&format!("{text}3"), 300, Rules::Application(Action::Deny, vec![application])),
    ]
}

fn settings(text: &str) -> Settings {
    let own = || text.to_owned();
    let bypass = IdpsBypass {
        name: own(),
        description: Some(own()),
        protocol: BypassProtocol::Any,
        sources: Vec::new(),
        source_ip_groups: vec![own()],
        destinations: Vec::new(),
        destination_ip_groups: vec![own()],
        ports: Vec::new(),
    };
    Settings {
        location: Some(own()),
        threat_intel_allow: Some(ThreatIntelAllow { fqdns: vec![own()], addresses: Vec::new() }),
        dns: Some(Dns { proxy: Some(true), servers: Vec::new(), network_rules_need_proxy: None }),
        idps: Some(Idps {
            signatures: [(own(), IdpsMode::Off)].into(),
            bypass: vec![bypass],
            ..Idps::new(IdpsMode::Alert)
        }),
        tls: Some(Tls { name: own(), key_vault_secret_id: own() }),
        identities: vec![own()],
        explicit_proxy: Some(ExplicitProxy { pac_file: Some(own()), ..ExplicitProxy::default() }),
        snat: Some(Snat { private_ranges: vec![own()], auto_learn: Some(true) }),
        insights: Some(Insights {
            enabled: Some(true),
            default_workspace: Some(own()),
            regional_workspaces: [(own(), own())].into(),
            retention_days: Some(1),
        }),
        tags: [(own(), own())].into(),
        ..Settings::new(Sku::Premium)
    }
}

/// A model with `text` wherever a text may stand.
pub(crate) fn everywhere(text: &str) -> Model {
    let name = text.replace('/', "-");
    let group = |name: &str, priority| Group {
        name: name.to_owned().into(),
        priority: Priority::new(priority).unwrap(),
        presence: Presence::Always,
        collections: rules(text),
        origin: None,
    };
    let policy = |name: &str, base| Policy {
        scope: fwc::model::Scope::default(),
        name: name.to_owned().into(),
        base,
        settings: settings(text),
        groups: vec![group(text.replace('/', "-").as_str(), 100), group("other", 200)],
        origin: None,
    };
    let table = RouteTable {
        scope: fwc::model::Scope::default(),
        name: name.clone().into(),
        location: Some(text.to_owned()),
        disable_bgp_propagation: Some(true),
        routes: vec![Route {
            name: name.clone().into(),
            prefix: RoutePrefix::ServiceTag("Storage".to_owned()),
            next_hop: NextHop::Internet,
            moves: Moves::Flows,
            origin: None,
        }],
        subnets: Vec::new(),
        origin: None,
    };
    let ip_group = IpGroup {
        scope: fwc::model::Scope::default(),
        name: name.clone().into(),
        location: Some(text.to_owned()),
        addresses: Vec::new(),
        ipv6: Vec::new(),
        origin: None,
    };
    Model {
        policies: vec![
            policy(&name, None),
            policy("child", Some(Base::Named(name.clone().into()))),
            policy("elsewhere", Some(Base::id(format!("/{text}")))),
        ],
        ip_groups: [(ip_group.id(), ip_group)].into(),
        route_tables: vec![table],
        ..Model::default()
    }
}

#[test]
fn each_in_each_place_of_arm_is_read_back() {
    for text in HOSTILE {
        let model = everywhere(text);
        let templates = model.policies.iter().map(|policy| policy_template(&model, policy, &EmitOptions::default()));
        let texts: Vec<String> = templates.chain(route_template(&model)).map(|template| json_text(&template)).collect();
        let artefacts: Vec<Artefact> = texts.iter().map(|text| Artefact { name: "t", text }).collect();
        assert_eq!(read_all(&artefacts), Ok(model.as_deployed()), "{text:?}");
    }
}

/// Properties that a source names by `azure "path" JSON`.
#[test]
fn each_in_each_place_of_other_properties_is_read_back() {
    for text in HOSTILE {
        let mut model = everywhere("x");
        let value = serde_json::json!({text: [text, {text: text}]});
        for policy in &mut model.policies {
            policy.settings.other.insert(format!("properties/{}", text.replace('/', "-")), value.clone());
        }
        bicep::says_what_arm_says(&model);
        let template = policy_template(&model, &model.policies[0], &EmitOptions::default());
        let read = fwc::import::read(&json_text(&template), "t").unwrap();
        assert_eq!(read.policies[0].settings, model.as_deployed().policies[0].settings, "{text:?}");
    }
}

#[test]
fn each_in_each_place_of_rules_alone_is_read_back() {
    for text in HOSTILE {
        let model = everywhere(text);
        let policies: Vec<&Policy> = model.policies.iter().collect();
        let files = fwc::emit::terraform::files(&model, &policies, fwc::emit::EmitScope::RulesOnly);
        let read = terraform::Module::parse(&files).model();
        for policy in &model.as_deployed().policies {
            assert_eq!(read.policy(&policy.name).map(|read| &read.groups), Some(&policy.groups), "{text:?}");
        }
        bicep::rules_say_what_arm_says(&model);
    }
}

#[test]
fn each_in_each_place_of_bicep_is_read_back() {
    HOSTILE.into_iter().for_each(|text| bicep::says_what_arm_says(&everywhere(text)));
}

#[test]
fn each_in_each_place_of_terraform_is_read_back() {
    HOSTILE.into_iter().for_each(|text| terraform::says_what_the_model_says(&everywhere(text)));
}

/// Terraform's own reader takes the files too.
#[test]
fn each_in_each_place_of_terraform_is_taken_by_terraform() {
    for text in HOSTILE {
        let model = everywhere(text);
        let policies: Vec<&Policy> = model.policies.iter().collect();
        let files = fwc::emit::terraform::files(&model, &policies, fwc::emit::EmitScope::Whole);
        let files = files.into_iter().enumerate();
        let files: Vec<_> =
            files.map(|(at, file)| fwc::emit::EmittedFile { name: format!("{at}.tf"), ..file }).collect();
        let Some(said) = terraform::terraform_fmt(&files) else { return };
        assert!(!said.contains("Error"), "{text:?}: {said}");
    }
}
