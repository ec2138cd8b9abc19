//! Which files are read: modules, imports and loaded files of the folder, and what is told of all others.

use super::{files, group, imported, lines, rule};

const MODULE: &str = "param to string[]\nparam name string = 'r'\n";

fn module() -> String {
    format!("{MODULE}{}output first string = to[0]\n", group(&format!("[{}]", rule("name", "to"))))
}

const MAIN: &str = "import { base, next as after } from 'shared/values.bicep'
import * as all from 'shared/values.bicep'
module one 'parts/group.bicep' = {
  name: 'one'
  params: {
    to: ['${base}.1', after(4), all.next(5)]
    name: nameof(base)
  }
}
module none 'parts/group.bicep' = if (one.outputs.first != '192.0.2.1') {
  name: 'none'
  params: { to: ['198.51.100.1'] }
}
";
const VALUES: &str = "var prefix = '192.0'
@export()
var base = '${prefix}.2'
@export()
func next(n int) string => '${last(['', base])}.${n + 1}'
@export()
type address = string
";

#[test]
fn modules_and_imports_of_the_folder_are_read() {
    let module = module();
    let all = files(&[
        ("main.bicep", MAIN),
        ("parts/group.bicep", &module),
        ("shared/values.bicep", &VALUES.replace("last(['', base])", "'192.0.2'")),
    ]);
    let rules = lines(&imported(&all, "main.bicep", &[]).unwrap());
    assert_eq!(rules.len(), 1, "{rules:?}");
    for wanted in ["base: allow", "192.0.2.1", "192.0.2.5", "192.0.2.6"] {
        assert!(rules[0].contains(wanted), "{wanted}: {rules:?}");
    }
}

#[test]
fn content_of_files_is_a_value() {
    let own = rule(
        "'r'",
        "concat(loadJsonContent('v.json').to, loadJsonContent('v.json', '$.more[0].to'), split(loadTextContent('t.txt'), ','))",
    );
    let text = group(&format!("[{own}]"));
    let json = r#"{"to": ["192.0.2.1"], "more": [{"to": ["192.0.2.2"]}]}"#;
    let all = files(&[("main.bicep", &text), ("v.json", json), ("t.txt", "192.0.2.3,192.0.2.4")]);
    let rules = lines(&imported(&all, "main.bicep", &[]).unwrap());
    for wanted in ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"] {
        assert!(rules[0].contains(wanted), "{wanted}: {rules:?}");
    }
}

#[test]
fn what_is_not_read_is_told() {
    let text = format!(
        "import {{ x }} from 'br:example.azurecr.io/values:v1'
module hub 'br/public:avm/res/network/azure-firewall:0.1.0' = {{
  name: 'hub'
}}
module spec 'ts:sub/rg/spec:1.0' = {{
  name: 'spec'
}}
module lost 'parts/lost.bicep' = {{
  name: 'lost'
}}
module above '../above.bicep' = {{
  name: 'above'
}}
{}",
        group(&format!("[{}]", rule("'r'", "['192.0.2.1']")))
    );
    let all = files(&[("main.bicep", &text)]);
    let read = imported(&all, "main.bicep", &[]).unwrap();
    for wanted in ["br:example.azurecr.io", "br/public:avm", "ts:sub", "parts/lost.bicep", "../above.bicep", "outside"]
    {
        let told = |told: &fwc::model::Assumption| told.message.contains(wanted);
        assert!(read.assumptions.iter().any(told), "{wanted}: {:#?}", read.assumptions);
    }
}

#[test]
fn a_value_of_a_file_that_is_not_read_is_no_value() {
    for value in ["x", "x()", "loadJsonContent('lost.json')", "loadYamlContent('v.yaml').to"] {
        let text = format!("import {{ x }} from 'br:a/b:v1'\n{}", group(&format!("[{}]", rule("'r'", value))));
        let all = files(&[("main.bicep", &text), ("v.yaml", "to: []")]);
        let why = imported(&all, "main.bicep", &[]).unwrap_err();
        assert!(why.contains("which is not read") || why.contains("is not read: "), "{value}: {why}");
    }
}

#[test]
fn in_a_folder_a_module_is_read_with_what_names_it() {
    let module = module();
    let values = VALUES.replace("last(['', base])", "'192.0.2'");
    let json = r#"{"metadata": {"_generator": {"name": "bicep"}}, "resources": []}"#;
    let all = files(&[
        ("in/main.bicep", MAIN),
        ("in/main.json", json),
        ("in/main.bicepparam", "using 'main.bicep'\n"),
        ("in/broken.bicep", "resource\n"),
        ("in/parts/group.bicep", &module),
        ("in/shared/values.bicep", &values),
    ]);
    let read = imported(&all, "in", &[]).unwrap();
    assert_eq!(lines(&read).len(), 1, "{}", read.source.text);
    let told = |file: &str, what: &str| {
        let is = |told: &fwc::model::Assumption| told.at.file == file && told.message.contains(what);
        assert!(read.assumptions.iter().any(is), "{file}: {:#?}", read.assumptions);
    };
    told("in/main.json", "compiled from `in/main.bicep`");
    told("in/main.bicepparam", "--parameters");
    told("in/broken.bicep", "in/broken.bicep:1:9: ");
}

#[test]
fn what_a_module_is_given_must_be_its_parameter() {
    let module = module();
    let text = "module m 'group.bicep' = {\n  params: {\n    from: []\n  }\n}\n";
    let all = files(&[("main.bicep", text), ("group.bicep", &module)]);
    let why = imported(&all, "main.bicep", &[]).unwrap_err();
    assert_eq!(why, "main.bicep:3:5: `group.bicep` has no parameter `from`");
}

#[test]
fn modules_of_loops_and_of_other_resource_groups_are_read() {
    let module = module();
    let text = "targetScope = 'subscription'
resource rg 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: 'rg-hub'
  location: 'westeurope'
}
module m 'group.bicep' = [for n in [1, 2]: if (n == 2) {
  name: 'm-${n}'
  scope: rg
  params: {
    to: ['192.0.2.${n}']
  }
}]
output first string = m[1].outputs.first
";
    let all = files(&[("main.bicep", text), ("group.bicep", &module)]);
    let rules = lines(&imported(&all, "main.bicep", &[]).unwrap());
    assert!(rules.len() == 1 && rules[0].contains("192.0.2.2"), "{rules:?}");
}
