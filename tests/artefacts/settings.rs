//! Each setting of the table that takes a switch, a port or a number is read from a source, written and read back.

use fwc::emit::{EmitOptions, arm::policy_template};
use fwc::import::read;
use fwc::model::{Setting, SettingKind, SettingPlace, Settings};

use crate::project::project;

/// Whether settings have the value.
type Has = Box<dyn Fn(&Settings) -> bool>;

/// The settings that need no code, each with a value, and what tells whether a policy has it.
fn plain() -> impl Iterator<Item = (Setting, String, Has)> {
    Setting::ALL.iter().filter_map(|&setting| {
        let (value, has): (&str, Has) = match setting.row().kind {
            SettingKind::Switch(_, of) => ("on", Box::new(move |settings| (of.get)(settings) == Some(true))),
            SettingKind::Port(of) => ("8443", Box::new(move |settings| (of.get)(settings) == Some(8443))),
            SettingKind::Number { of, .. } => ("30", Box::new(move |settings| (of.get)(settings) == Some(30))),
            _ => return None,
        };
        Some((setting, format!("{} {value}", setting.keyword()), has))
    })
}

/// The item in the braces of the setting that holds it.
fn placed(setting: Setting, item: &str) -> String {
    match setting.row().place {
        SettingPlace::Policy => item.to_owned(),
        place @ (SettingPlace::ExplicitProxy | SettingPlace::Insights) => {
            format!("{} on {{ {item} }}", place.keyword().unwrap())
        }
        place => format!("{} {{ {item} }}", place.keyword().unwrap()),
    }
}

#[test]
fn a_row_is_all_that_a_plain_setting_takes() {
    assert!(plain().count() > 5);
    for (setting, item, has) in plain() {
        let source = format!("policy pp {{ sku premium location \"westeurope\" {} }}", placed(setting, &item));
        let project = project(&source);
        let model = project.model();
        assert!(has(&model.policies[0].settings), "{source}");
        let template = policy_template(model, &model.policies[0], &EmitOptions::default());
        let back = read(&template.to_string(), "template").unwrap();
        assert!(has(&back.policies[0].settings), "{setting:?} in {template}");
    }
}
