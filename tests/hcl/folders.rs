//! Which files are read: the files of a folder are one module, which calls others; what is told of all others.

use super::{files, group, imported, lines, rule};

fn module() -> String {
    format!(
        "variable \"to\" {{\n  type = list(string)\n}}\nvariable \"name\" {{\n  default = \"r\"\n}}\n{}output \"first\" {{\n  value = var.to[0]\n}}\n",
        group(&rule("var.name", "var.to"))
    )
}

#[test]
fn the_files_of_a_folder_are_one_module() {
    let all = files(&[
        ("in/main.tf", &group(&rule("local.name", "local.to"))),
        ("in/locals.tf", "locals {\n  name = \"r\"\n  to   = [\"192.0.2.1\"]\n}\n"),
    ]);
    for input in ["in", "in/main.tf"] {
        assert_eq!(lines(&imported(&all, input, &[]).unwrap()).len(), 1, "{input}");
    }
    let why = imported(&all, "in/locals.tf", &[]).map(|_| ()).unwrap_err();
    assert!(why.contains("expected a firewall policy"), "{why}");
}

#[test]
fn what_is_defined_twice_is_an_error_at_the_second() {
    let one = group(&rule("\"r\"", "[\"192.0.2.1\"]"));
    let all = files(&[("in/a.tf", &one), ("in/b.tf", &one)]);
    let why = imported(&all, "in", &[]).map(|_| ()).unwrap_err();
    assert!(why.contains("in/b.tf:1:1") && why.contains("first at in/a.tf:1:1"), "{why}");
}

#[test]
fn local_modules_are_read_as_often_as_they_are_called() {
    let main = "module \"fw\" {
  source   = \"./parts/fw\"
  for_each = { a = \"192.0.2.1\" }
  to       = [each.value, \"192.0.2.7\"]
}
module \"none\" {
  source = \"./parts/fw\"
  count  = module.fw[\"a\"].first == \"192.0.2.1\" ? 0 : 1
  to     = []
}
";
    let all = files(&[("main.tf", main), ("parts/fw/main.tf", &module())]);
    let rules = lines(&imported(&all, "main.tf", &[]).unwrap());
    assert_eq!(rules.len(), 1, "{rules:?}");
    assert!(rules[0].contains("192.0.2.1, 192.0.2.7"), "{rules:?}");
}

#[test]
fn in_a_folder_a_module_is_read_with_what_calls_it() {
    let main = "module \"fw\" {\n  source = \"../parts/fw\"\n  to     = [\"192.0.2.1\"]\n}\n";
    let all = files(&[
        ("in/prod/main.tf", main),
        ("in/parts/fw/main.tf", &module()),
        ("in/prod/extra.tfvars", "to = []\n"),
        ("in/prod/terraform.tfvars", "unused = 1\n"),
        ("in/broken/main.tf", "resource {\n"),
        ("in/README.md", "resource \"a\" \"b\" {\n"),
    ]);
    let read = imported(&all, "in", &[]).unwrap();
    assert_eq!(lines(&read).len(), 1, "{}", read.source.text);
    let told = |wanted: &str| read.assumptions.iter().any(|told| told.to_string().contains(wanted));
    for wanted in ["in/broken/main.tf:", "extra.tfvars", "variable `unused`"] {
        assert!(told(wanted), "{wanted}: {:#?}", read.assumptions);
    }
}

#[test]
fn modules_that_are_not_read_are_told() {
    let text = format!(
        "module \"hub\" {{\n  source = \"Azure/firewall/azurerm\"\n}}
module \"git\" {{\n  source = \"git::https://example.com/x.git\"\n}}
module \"lost\" {{\n  source = \"./lost\"\n}}\n{}",
        group(&rule("\"r\"", "[\"192.0.2.1\"]"))
    );
    let read = imported(&files(&[("main.tf", &text)]), "main.tf", &[]).unwrap();
    for wanted in ["Azure/firewall/azurerm", "git::https", "./lost"] {
        let line = text.lines().position(|line| line.contains(wanted)).unwrap();
        let told = |told: &fwc::model::Assumption| {
            told.message.contains(wanted) && told.at.to_string() == format!("main.tf:{line}:1")
        };
        assert!(read.assumptions.iter().any(told), "{wanted}: {:#?}", read.assumptions);
    }
    let why = text.replace("[\"192.0.2.1\"]", "[module.hub.address]");
    let why = imported(&files(&[("main.tf", &why)]), "main.tf", &[]).map(|_| ()).unwrap_err();
    assert!(why.contains("only a deployment knows `module.hub.address`"), "{why}");
}

#[test]
fn content_of_files_is_a_value() {
    let to = "concat(
      jsondecode(file(\"${path.module}/data/r.json\")).to,
      [for row in csvdecode(file(\"data/r.csv\")) : row.to],
      split(\",\", trimspace(templatefile(\"data/r.tftpl\", { last = 4, all = [\"192.0.2.5\"] }))),
      [for name in fileset(path.module, \"data/*.ip\") : trimsuffix(basename(name), \".ip\")])";
    let all = files(&[
        ("in/main.tf", &group(&rule("\"r\"", to))),
        ("in/data/r.json", "{\"to\": [\"192.0.2.1\"]}"),
        ("in/data/r.csv", "name,to\nx,192.0.2.2\ny,192.0.2.3\n"),
        ("in/data/r.tftpl", "192.0.2.${last}%{ for one in all },${one}%{ endfor }\n"),
        ("in/data/192.0.2.6.ip", ""),
    ]);
    let rules = lines(&imported(&all, "in/main.tf", &[]).unwrap());
    for last in 1..=6 {
        assert!(rules[0].contains(&format!("192.0.2.{last}")), "{last}: {rules:?}");
    }
}
