//! `fwc fmt`.

use super::Sandbox;

const LOOSE: &str = "let a=10.0.0.0/8\n";
const NEAT: &str = "let a = 10.0.0.0/8\n";

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("loose.pol", LOOSE);
    sandbox.write("neat.pol", NEAT);
    sandbox
}

#[test]
fn files_are_rewritten_in_place() {
    let sandbox = sandbox();
    sandbox.run(&["fmt", "loose.pol", "neat.pol"]).says(0, "", "");
    assert_eq!((sandbox.read("loose.pol").as_str(), sandbox.read("neat.pol").as_str()), (NEAT, NEAT));
    assert_eq!(sandbox.names(""), ["loose.pol", "neat.pol"]);
}

#[test]
fn check_names_the_files_and_writes_nothing() {
    let sandbox = sandbox();
    sandbox.run(&["fmt", "--check", "neat.pol"]).says(0, "", "");
    sandbox.run(&["fmt", "--check", "loose.pol", "neat.pol"]).says(1, "loose.pol: not in its layout\n", "");
    assert_eq!(sandbox.read("loose.pol"), LOOSE);
}

#[test]
fn the_sources_below_a_folder_are_formatted() {
    let sandbox = sandbox();
    sandbox.write("below/deep/loose.pol", LOOSE);
    sandbox.write("below/notes.txt", LOOSE);
    sandbox.write("bare/notes.txt", LOOSE);
    let expected = "below/deep/loose.pol: not in its layout\nloose.pol: not in its layout\n";
    sandbox.run(&["fmt", "--check", "."]).says(1, expected, "");
    sandbox.run(&["fmt", "below"]).says(0, "", "");
    assert_eq!(sandbox.read("below/deep/loose.pol"), NEAT);
    assert_eq!(sandbox.read("below/notes.txt"), LOOSE);
    assert_eq!(sandbox.read("loose.pol"), LOOSE);
    sandbox.run(&["fmt", "bare"]).says(2, "", "fwc: bare: no source of fwc (`.pol`) is in this folder\n");
}

#[test]
fn line_ends_of_windows_are_no_matter_of_the_layout() {
    let sandbox = Sandbox::new();
    let windows = |text: &str| text.replace('\n', "\r\n");
    let neat = format!("{NEAT}\n# why\n{}", NEAT.replace('a', "b"));
    sandbox.write("neat.pol", &windows(&neat));
    sandbox.write("loose.pol", &windows(&format!("{neat}{}", LOOSE.replace('a', "c"))));
    sandbox.run(&["fmt", "--check", "neat.pol"]).says(0, "", "");
    sandbox.run(&["fmt", "--check", "loose.pol"]).says(1, "loose.pol: not in its layout\n", "");
    sandbox.run(&["fmt", "neat.pol", "loose.pol"]).says(0, "", "");
    assert_eq!(sandbox.read("neat.pol"), windows(&neat));
    assert_eq!(sandbox.read("loose.pol"), windows(&format!("{neat}{}", NEAT.replace('a', "c"))));
}

#[test]
fn diff_shows_what_would_change() {
    let sandbox = sandbox();
    let expected = "--- loose.pol\n+++ loose.pol\n@@ -1 +1 @@\n-let a=10.0.0.0/8\n+let a = 10.0.0.0/8\n";
    sandbox.run(&["fmt", "--diff", "loose.pol", "neat.pol"]).says(0, expected, "");
    assert_eq!(sandbox.read("loose.pol"), LOOSE);
}

#[test]
fn a_dash_is_standard_input() {
    let sandbox = Sandbox::new();
    sandbox.run_on(&["fmt", "-"], LOOSE).says(0, NEAT, "");
    sandbox.run_on(&["fmt", "--check", "-"], LOOSE).says(1, "standard input: not in its layout\n", "");
}

#[test]
fn what_does_not_parse_stays_as_it_is() {
    let sandbox = Sandbox::new();
    sandbox.write("wrong.pol", "let =\n");
    let run = sandbox.run(&["fmt", "wrong.pol"]);
    assert_eq!((run.status, run.stdout.as_str()), (1, ""));
    assert!(run.stderr.ends_with("fwc: wrong.pol: 1 error: left as it is\n"), "{}", run.stderr);
    assert_eq!(sandbox.read("wrong.pol"), "let =\n");
}
