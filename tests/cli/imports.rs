//! What a source may import.

use super::Sandbox;

const USES_NODES: &str = "policy web {\n    location \"westeurope\"\n    sku standard\n    group out {\n        mcr: allow \
                          https from nodes to mcr.microsoft.com\n    }\n}\n";
const NODES: &str = "let nodes = 10.240.0.0/16\n";

/// A source `team/egress.pol` that imports `path`.
fn importing(path: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("team/egress.pol", &format!("import \"{path}\"\n\n{USES_NODES}"));
    sandbox
}

/// One finding with this code and message, and exit status 1.
#[track_caller]
fn refused(sandbox: &Sandbox, message: &str) {
    let run = sandbox.run(&["check", "team/egress.pol"]);
    assert_eq!((run.status, run.stderr.as_str()), (1, ""));
    assert!(run.stdout.starts_with(message), "{}", run.stdout);
}

#[test]
fn a_file_below_is_read() {
    let sandbox = importing("shared/network.pol");
    sandbox.write("team/shared/network.pol", NODES);
    sandbox.run(&["check", "team/egress.pol"]).says(0, "team/egress.pol: no findings\n", "");
}

#[test]
fn a_file_outside_needs_a_wider_root() {
    let sandbox = importing("../network.pol");
    sandbox.write("network.pol", NODES);
    refused(&sandbox, "error[FW0209]: cannot import `../network.pol`: it lies outside `team`; `--root` widens that\n");
    sandbox.run(&["check", "team/egress.pol", "--root", "."]).says(0, "team/egress.pol: no findings\n", "");
}

#[cfg(unix)]
#[test]
fn a_link_leads_nobody_outside() {
    let sandbox = importing("network.pol");
    sandbox.write("network.pol", NODES);
    std::os::unix::fs::symlink(sandbox.path("network.pol"), sandbox.path("team/network.pol")).unwrap();
    refused(&sandbox, "error[FW0209]: cannot import `network.pol`: it lies outside `team`");
}

#[test]
fn an_absolute_path_is_refused() {
    refused(&importing("/etc/hosts"), "error[FW0209]: cannot import `/etc/hosts`: the path must be relative");
}

#[test]
fn a_missing_file_is_named() {
    refused(&importing("network.pol"), "error[FW0209]: cannot import `network.pol`: there is no such file\n");
}

#[test]
fn a_loop_is_shown() {
    let sandbox = importing("network.pol");
    sandbox.write("team/network.pol", "import \"egress.pol\"\nlet nodes = 10.240.0.0/16\n");
    let way = "error[FW0204]: `egress.pol` imports itself, by way of `team/network.pol`\n --> team/network.pol:1:8\n";
    refused(&sandbox, way);
}

#[test]
fn an_error_points_into_the_imported_file() {
    let sandbox = importing("network.pol");
    sandbox.write("team/network.pol", "let nodes = 10.240.0.1/16\n");
    let run = sandbox.run(&["check", "team/egress.pol"]);
    assert!(run.stdout.contains(" --> team/network.pol:1:13\n"), "{}", run.stdout);
}
