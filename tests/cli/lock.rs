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
                run.stderr.contains("`egress.lock` is no lock file: ") && run.stderr.contains(why),
                "{}",
                run.stderr
            );
        }
        assert_eq!(sandbox.read("egress.lock"), text);
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
