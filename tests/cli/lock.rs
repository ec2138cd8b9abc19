//! `egress.lock`.

use super::Sandbox;

const THREE: &str = "\
policy web {
    location \"westeurope\"
    sku      standard
    group a { one: allow https from 10.0.0.0/8 to a.example.com }
    group c {
        collection first allow { three: allow https from 10.0.0.0/8 to c.example.com }
    }
}
";

fn compiled() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("egress.pol", THREE);
    assert_eq!(sandbox.run(&["compile", "egress.pol"]).status, 0);
    sandbox
}

fn with_b() -> String {
    THREE.replace("    group c", "    group b { two: allow https from 10.0.0.0/8 to b.example.com }\n    group c")
}

#[test]
fn the_lock_has_a_line_for_each_number() {
    let expected = "\
{
  \"schema\": \"fwc.lock/1\",
  \"policies\": {
    \"web\": {
      \"a\": {
        \"priority\": 1000
      },
      \"c\": {
        \"priority\": 1100,
        \"collections\": {
          \"first\": 1000
        }
      }
    }
  }
}
";
    assert_eq!(compiled().read("egress.lock"), expected);
}

#[test]
fn what_is_put_between_takes_a_number_between() {
    let sandbox = compiled();
    sandbox.write("egress.pol", &with_b());
    let run = sandbox.run(&["compile", "egress.pol", "--locked"]);
    assert_eq!((run.status, run.stdout.as_str()), (1, ""));
    assert!(run.stderr.contains("it has no priority for group `b` of policy `web`"), "{}", run.stderr);
    assert_eq!(sandbox.run(&["compile", "egress.pol"]).status, 0);
    assert!(sandbox.read("egress.lock").contains("1050"), "{}", sandbox.read("egress.lock"));
    assert_eq!(sandbox.run(&["compile", "egress.pol", "--locked"]).status, 0);
}

#[test]
fn without_the_lock_everything_is_numbered_anew() {
    let sandbox = compiled();
    let before = sandbox.read("egress.lock");
    sandbox.write("egress.pol", &with_b());
    assert_eq!(sandbox.run(&["compile", "egress.pol", "--no-lock"]).status, 0);
    assert!(sandbox.read("build/web.arm.json").contains("1200"));
    assert_eq!(sandbox.read("egress.lock"), before);
}

#[test]
fn other_commands_see_the_same_numbers() {
    let sandbox = compiled();
    sandbox.write("egress.pol", &with_b());
    assert_eq!(sandbox.run(&["compile", "egress.pol"]).status, 0);
    let run =
        sandbox.run(&["explain", "egress.pol", "--from", "10.0.0.1", "--to", "b.example.com", "--service", "https"]);
    assert!(run.stdout.contains("group       b, priority 1050"), "{}", run.stdout);
}

#[test]
fn a_lock_that_is_none_is_refused() {
    let sandbox = compiled();
    let wrong = [
        ("{", "EOF while parsing"),
        ("3", "invalid type"),
        ("{\"schema\":\"fwc.lock/2\",\"policies\":{}}", "expected schema `fwc.lock/1`, found `fwc.lock/2`"),
        ("{\"schema\":\"fwc.lock/1\",\"policies\":{\"web\":{\"a\":{\"priority\":7}}}}", "from 100 to 65000, found 7"),
        (
            "{\"schema\":\"fwc.lock/1\",\"policies\":{\"web\":{\"a\":{\"priority\":100},\"b\":{\"priority\":100}}}}",
            "two groups of policy `web` have 100",
        ),
        ("{\"schema\":\"fwc.lock/1\",\"policies\":{\"web\":{\"a\":{\"priority\":100,\"x\":1}}}}", "unknown field `x`"),
    ];
    for (text, why) in wrong {
        sandbox.write("egress.lock", text);
        for command in ["compile", "check"] {
            let run = sandbox.run(&[command, "egress.pol"]);
            assert_eq!(run.status, 2, "{text}: {}", run.stderr);
            assert!(
                run.stderr.contains("`egress.lock` is not a lock file: ") && run.stderr.contains(why),
                "{}",
                run.stderr
            );
        }
        assert_eq!(sandbox.read("egress.lock"), text);
    }
}

#[test]
fn a_priority_that_cannot_stay_is_said() {
    let sandbox = compiled();
    // `a` had 1000, and is to be read behind `c`.
    let text = THREE.replace("group c {", "group c priority 1000 {").replace("group a", "group a priority 1200");
    sandbox.write("egress.pol", &text);
    let run = sandbox.run(&["compile", "egress.pol"]);
    assert_eq!((run.status, run.stderr.contains("FW0412")), (0, false), "{}", run.stderr);
    sandbox.write("egress.pol", &with_b().replace("group b", "group b priority 1000"));
    let run = sandbox.run(&["compile", "egress.pol"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(run.stderr.contains("warning[FW0412]: group `a` had priority 1200 and gets 549"), "{}", run.stderr);
}

/// Rules without a label, and what the lock has of them; an earlier one has their names only.
#[test]
fn the_lock_knows_rules_by_their_marks() {
    let sandbox = Sandbox::new();
    sandbox.write("egress.pol", &THREE.replace("one: ", ""));
    assert_eq!(sandbox.run(&["compile", "egress.pol"]).status, 0);
    let lock = sandbox.read("egress.lock");
    let value: serde_json::Value = serde_json::from_str(&lock).unwrap();
    let rules = value["policies"]["web"]["a"]["rules"].as_object().unwrap();
    let (name, marks) = rules.iter().next().unwrap();
    assert_eq!((rules.len(), marks.as_array().map(Vec::len)), (1, Some(2)), "{lock}");
    let mut earlier = value.clone();
    earlier["policies"]["web"]["a"]["rules"] = serde_json::json!([name]);
    sandbox.write("egress.lock", &earlier.to_string());
    assert_eq!(sandbox.run(&["compile", "egress.pol"]).status, 0);
    assert_eq!(sandbox.read("egress.lock"), lock);
    let wrong = lock.replace(marks[0].as_str().unwrap(), "0xyz");
    sandbox.write("egress.lock", &wrong);
    let run = sandbox.run(&["compile", "egress.pol"]);
    assert!(run.stderr.contains("expected a mark of eight hexadecimal digits, found `0xyz`"), "{}", run.stderr);
}

/// What a group that is too large was split into stays where it is.
#[test]
fn the_lock_knows_the_parts_of_a_group() {
    let sandbox = Sandbox::new();
    let rule = |n: usize| format!("  r{n}: allow https from 10.0.0.4 to host-number-{n}.example.com\n");
    let text = |numbers: &[usize]| {
        let rules: String = numbers.iter().copied().map(rule).collect();
        format!("policy web {{\n location \"westeurope\"\n sku standard\n group aa {{\n{rules} }}\n}}\n")
    };
    let all: Vec<usize> = (10..20).collect();
    let compile = ["compile", "egress.pol", "--limit", "group-size=1500", "--group-margin", "0"];
    sandbox.write("egress.pol", &text(&all));
    let run = sandbox.run(&compile);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let lock = sandbox.read("egress.lock");
    assert!(lock.contains("\"aa-part-2\"") && lock.contains("\"of\": \"aa\""), "{lock}");
    let placed = |build: &str| -> Vec<(String, String)> {
        let template: serde_json::Value = serde_json::from_str(build).unwrap();
        let groups = template["resources"].as_array().unwrap().iter();
        let groups = groups.filter(|group| group["name"].as_str().unwrap().starts_with("web/"));
        let rules = |group: &serde_json::Value| -> Vec<(String, String)> {
            let rules = group["properties"]["ruleCollections"][0]["rules"].as_array().unwrap().iter();
            rules.map(|rule| (rule["name"].to_string(), group["name"].to_string())).collect()
        };
        groups.flat_map(rules).collect()
    };
    let before = placed(&sandbox.read("build/web.arm.json"));
    assert_eq!(before.len(), 10);
    for gone in &all {
        let left: Vec<usize> = all.iter().copied().filter(|number| number != gone).collect();
        sandbox.write("egress.lock", &lock);
        sandbox.write("egress.pol", &text(&left));
        assert_eq!(sandbox.run(&compile).status, 0);
        let after = placed(&sandbox.read("build/web.arm.json"));
        assert_eq!(after.len(), 9);
        assert!(after.iter().all(|rule| before.contains(rule)), "{gone}: {before:?} {after:?}");
    }
}

#[test]
fn nothing_between_two_numbers_is_an_error() {
    let sandbox = compiled();
    sandbox.write("egress.lock", &sandbox.read("egress.lock").replace("1100", "1001"));
    sandbox.write("egress.pol", &with_b());
    let run = sandbox.run(&["compile", "egress.pol"]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    assert!(run.stderr.contains("error[FW0404]"), "{}", run.stderr);
}

/// A source that uses a module of the catalogue.
const USES: &str = "\
use ghcr

policy web {
    location \"westeurope\"
    sku      standard
    group a { apply ghcr::pull(machines: 10.0.0.0/8) }
}
";

/// [`USES`], compiled, and its lock with something of its module replaced.
fn with_other_module(from: &str, to: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("egress.pol", USES);
    assert_eq!(sandbox.run(&["compile", "egress.pol"]).status, 0);
    let lock = sandbox.read("egress.lock");
    assert!(lock.contains(from), "{lock}");
    sandbox.write("egress.lock", &lock.replace(from, to));
    sandbox
}

#[test]
fn the_lock_has_the_modules_with_hash_day_and_what_they_open() {
    let sandbox = with_other_module("ghcr", "ghcr");
    let lock: serde_json::Value = serde_json::from_str(&sandbox.read("egress.lock")).unwrap();
    let module = &lock["catalogue"]["ghcr"];
    assert_eq!(module["opens"], serde_json::json!(["https ghcr.io", "https pkg-containers.githubusercontent.com"]));
    assert_eq!(module["sha256"].as_str().unwrap().len(), 64);
    assert!(module["checked"].as_str().unwrap().parse::<jiff::civil::Date>().is_ok(), "{module}");
    assert_eq!(sandbox.run(&["compile", "egress.pol", "--locked"]).status, 0);
}

#[test]
fn a_module_that_is_not_the_one_of_the_lock_is_refused_and_told() {
    let changed = [
        ("\"checked\": \"2", "\"checked\": \"1"),
        ("https ghcr.io", "https old.ghcr.io"),
        ("\"sha256\": \"", "\"sha256\": \"0"),
    ];
    for (from, to) in changed {
        let sandbox = with_other_module(from, to);
        let run = sandbox.run(&["compile", "egress.pol", "--locked"]);
        assert_eq!(run.status, 1, "{from}");
        assert!(run.stderr.contains("it has another catalogue module `ghcr`"), "{from}: {}", run.stderr);
        let run = sandbox.run(&["compile", "egress.pol"]);
        assert_eq!(run.status, 0);
        assert!(run.stderr.contains("`ghcr` has changed since the lock was written"), "{from}: {}", run.stderr);
        assert_eq!(sandbox.run(&["compile", "egress.pol", "--locked"]).status, 0, "{from}");
    }
}

#[test]
fn a_lock_without_modules_is_refused() {
    let sandbox = with_other_module("\"ghcr\"", "\"gone\"");
    let run = sandbox.run(&["compile", "egress.pol", "--locked"]);
    assert!(run.status == 1 && run.stderr.contains("it has no catalogue module `ghcr`"), "{}", run.stderr);
}

#[test]
fn catalog_diff_shows_what_an_update_opens() {
    let sandbox = with_other_module("https ghcr.io", "https old.ghcr.io");
    let run = sandbox.run(&["catalog", "diff"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(run.stdout.contains("  + https ghcr.io\n  - https old.ghcr.io\n"), "{}", run.stdout);
    let run = sandbox.run(&["catalog", "diff", "egress.lock", "--format", "json"]);
    let value: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(value["modules"][0]["opened"], serde_json::json!(["https ghcr.io"]));
    assert_eq!(value["modules"][0]["closed"], serde_json::json!(["https old.ghcr.io"]));
    let run = with_other_module("ghcr", "ghcr").run(&["catalog", "diff"]);
    assert_eq!(run.stdout, "egress.lock: its modules are those of this fwc\n");
    sandbox.run(&["catalog", "diff", "egress.pol"]).fails("`egress.pol` is not a lock file");
}

#[test]
fn an_imported_source_has_its_modules_in_its_lock() {
    let sandbox = with_other_module("ghcr", "ghcr");
    let run = sandbox.run(&["import", "build/web.arm.json", "-o", "again.pol"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_eq!(sandbox.read("again.lock").contains("\"catalogue\""), sandbox.read("again.pol").contains("use "));
    assert_eq!(sandbox.run(&["compile", "again.pol", "--locked", "-o", "out"]).status, 0);
}
