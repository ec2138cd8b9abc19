//! What expressions are, as Terraform's documentation and `terraform console` have it.

use std::io::Write;
use std::process::{Command, Stdio};

use fwc::hcl::{LoadedModules, ModuleFiles, Request, plan};
use serde_json::Value;

const EXPRESSIONS: &str = include_str!("expressions.txt");

/// Nothing but the file itself.
struct Nothing;

impl ModuleFiles for Nothing {
    fn files(&mut self, _: &str) -> Result<Vec<String>, String> {
        Ok(Vec::new())
    }

    fn folders(&mut self, _: &str) -> Result<Vec<String>, String> {
        Ok(Vec::new())
    }

    fn read(&mut self, _: &str) -> Result<LoadedModules, String> {
        Err("it is not here".to_owned())
    }
}

/// The attribute `value` of the only resource of a file.
fn value(text: &str) -> Result<Value, String> {
    let file = LoadedModules { name: "main.tf".to_owned(), text: text.to_owned() };
    let request = Request { files: &[file], values: &[], settings: &[], is_read: |_| true };
    let plan = plan(&request, &mut Nothing).map_err(|fault| fault.to_string())?;
    Ok(plan.json["planned_values"]["root_module"]["resources"][0]["values"]["value"].clone())
}

fn of(expression: &str) -> Result<Value, String> {
    value(&format!("resource \"x_y\" \"z\" {{\n  value = {expression}\n}}\n"))
}

/// The expressions, and what each is.
fn table() -> Vec<(&'static str, Value)> {
    let lines = EXPRESSIONS.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let row = |line: &'static str| {
        let (expression, wanted) = line.rsplit_once(" => ").unwrap_or_else(|| panic!("no value: {line}"));
        (expression, serde_json::from_str(wanted).unwrap_or_else(|error| panic!("{error}: {line}")))
    };
    lines.map(row).collect()
}

#[test]
fn expressions_are_what_the_table_says() {
    for (expression, wanted) in table() {
        assert_eq!(of(expression), Ok(wanted), "{expression}");
    }
}

/// What `terraform console` prints for a line; `None` where there is no Terraform.
fn console(line: &str) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new("terraform");
    command.arg("console").current_dir(folder.path());
    let spawned = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let mut running = spawned.ok()?;
    running.stdin.take().unwrap().write_all(line.as_bytes()).unwrap();
    Some(String::from_utf8(running.wait_with_output().unwrap().stdout).unwrap())
}

#[test]
fn terraform_says_the_same() {
    if console("1\n").is_none() {
        println!("SKIPPED: there is no terraform");
        return;
    }
    let table = table();
    let all: Vec<String> = table.iter().map(|(expression, _)| format!("jsonencode({expression})")).collect();
    let printed = console(&format!("nonsensitive(jsonencode([{}]))\n", all.join(", "))).unwrap();
    let text: String = serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{error}: {printed}"));
    let values: Vec<String> = serde_json::from_str(&text).unwrap();
    assert_eq!(values.len(), table.len());
    for ((expression, wanted), found) in table.into_iter().zip(values) {
        assert_eq!(serde_json::from_str::<Value>(&found).unwrap(), wanted, "{expression}");
    }
}

#[test]
fn texts_of_several_lines_are_as_terraform_has_them() {
    let wanted: Value = serde_json::from_str(include_str!("heredocs.json")).unwrap();
    let locals = include_str!("heredocs.tf");
    for (name, wanted) in wanted.as_object().unwrap() {
        let text = format!("{locals}resource \"x_y\" \"z\" {{\n  value = local.{name}\n}}\n");
        assert_eq!(value(&text).as_ref(), Ok(wanted), "{name}");
        // There the ends of lines are a part of the text.
        if name == "called" {
            continue;
        }
        let windows = text.replace('\n', "\r\n");
        let read = value(&windows).unwrap_or_else(|why| panic!("{why}"));
        assert_eq!(read.as_str().unwrap().replace("\r\n", "\n"), wanted.as_str().unwrap(), "{name}");
    }
}

/// An expression that has no value, and a part of the reason.
const REFUSED: [(&str, &str); 20] = [
    ("1 / 0", "division by zero"),
    ("\"a\" + 1", "expected a number"),
    ("{ a = 1 }.b", "there is no attribute `b`"),
    ("[1][1]", "there is no element 1"),
    ("toset([\"a\"])[0]", "a set has no elements by number"),
    ("nothing(1)", "function `nothing` is not known"),
    ("yamldecode(\"a: &x 1\")", "line 1 of the YAML is not read"),
    ("regex(\"[\", \"a\")", "the pattern is not read"),
    ("regex(\"x\", \"a\")", "does not match"),
    ("local.x", "`local.x` is not defined"),
    ("var.x", "`var.x` is not defined"),
    ("x_y.other.id", "`x_y.other` is not defined"),
    ("{ for v in [1, 1] : v => v }", "is there twice"),
    ("try(nothing(1), 2)", "function `nothing` is not known"),
    ("file(\"/etc/hostname\")", "is not inside the root folder"),
    ("file(\"lost.txt\")", "it is not here"),
    ("element([], 0)", "the list is empty"),
    ("cidrsubnet(\"10.0.0.0/30\", 4, 0)", "has no part"),
    ("format(\"%d\", \"x\")", "expected a number"),
    ("99999999999999999999", "too large or too precise"),
];

#[test]
fn what_has_no_value_is_an_error_at_its_place() {
    for (expression, wanted) in REFUSED {
        let why = of(expression).unwrap_err();
        assert!(why.starts_with("main.tf:2:") && why.contains(wanted), "{expression}: {why}");
    }
}
