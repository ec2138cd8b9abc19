//! What `-o` and its like may write over, and how.

use serde_json::json;

use super::{SMALL, Sandbox};

fn policy() -> String {
    let policy = json!({"type": "Microsoft.Network/firewallPolicies", "name": "web", "properties": {"sku": {"tier": "Standard"}}});
    json!({"resources": [policy]}).to_string()
}

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::with_small();
    sandbox.write("deployed.json", &policy());
    sandbox
}

/// Fails unless a run is refused with `why` and leaves `file` as it is.
#[track_caller]
fn refused(sandbox: &Sandbox, arguments: &[&str], file: &str, why: &str) {
    let before = sandbox.read(file);
    let run = sandbox.run(arguments);
    assert_eq!(run.status, 2, "{arguments:?}: {}{}", run.stdout, run.stderr);
    assert!(run.stderr.contains(why), "{arguments:?}: {}", run.stderr);
    assert_eq!(sandbox.read(file), before, "{arguments:?}");
}

#[test]
fn no_answer_is_written_over_an_input() {
    let sandbox = sandbox();
    let input = "is an input, and is not written over";
    refused(&sandbox, &["report", "egress.pol", "-o", "egress.pol", "--force"], "egress.pol", input);
    refused(&sandbox, &["report", "egress.pol", "-o", "./egress.pol"], "egress.pol", input);
    refused(&sandbox, &["import", "deployed.json", "-o", "deployed.json"], "deployed.json", input);
    let plan = ["plan", "egress.pol", "--deployed", "deployed.json", "--rollback"];
    refused(&sandbox, &[&plan[..], &["egress.pol"]].concat(), "egress.pol", input);
    refused(&sandbox, &[&plan[..], &["deployed.json", "--force"]].concat(), "deployed.json", input);
}

#[test]
fn an_imported_file_is_an_input_too() {
    let sandbox = sandbox();
    let (nodes, rest) = SMALL.split_once("\n\n").unwrap();
    sandbox.write("nodes.pol", nodes);
    sandbox.write("main.pol", &format!("import \"nodes.pol\"\n\n{rest}"));
    refused(&sandbox, &["report", "main.pol", "-o", "nodes.pol", "--force"], "nodes.pol", "is an input");
}

#[test]
#[cfg(unix)]
fn an_input_is_known_under_another_name() {
    let sandbox = sandbox();
    std::fs::hard_link(sandbox.path("egress.pol"), sandbox.path("same.html")).unwrap();
    std::os::unix::fs::symlink("egress.pol", sandbox.path("link.html")).unwrap();
    for name in ["same.html", "link.html"] {
        refused(&sandbox, &["report", "egress.pol", "-o", name, "--force"], "egress.pol", "is an input");
    }
}

#[test]
fn import_replaces_its_own_sources_and_nobody_elses() {
    let sandbox = sandbox();
    sandbox.write("mine.pol", "# By hand.\nlet nodes = 10.0.0.0/8\n");
    let why = "was not made by `fwc import`";
    refused(&sandbox, &["import", "deployed.json", "-o", "mine.pol"], "mine.pol", why);
    refused(&sandbox, &["import", "deployed.json", "-o", "mine.pol", "--force"], "mine.pol", why);
    assert!(!sandbox.path("mine.lock").exists());
    for _ in 0..2 {
        let run = sandbox.run(&["import", "deployed.json", "-o", "made.pol"]);
        assert_eq!(run.status, 0, "{}", run.stderr);
    }
}

#[test]
fn files_of_others_are_replaced_only_by_force() {
    let sandbox = sandbox();
    for (format, text) in [("html", "<p>mine</p>"), ("markdown", "# mine\n")] {
        sandbox.write("page", text);
        let report = ["report", "egress.pol", "--format", format, "-o", "page"];
        refused(&sandbox, &report, "page", "was not written by fwc");
        assert_eq!(sandbox.run(&[&report[..], &["--force"]].concat()).status, 0);
        assert_eq!(sandbox.run(&report).status, 0, "its own is replaced");
        assert!(sandbox.read("page").contains("mcr.microsoft.com"));
    }
    sandbox.write("back.sh", "echo mine\n");
    let plan = ["plan", "egress.pol", "--deployed", "deployed.json", "--rollback", "back.sh"];
    refused(&sandbox, &plan, "back.sh", "was not written by fwc");
    assert_eq!(sandbox.run(&[&plan[..], &["--force"]].concat()).status, 0);
    assert_eq!(sandbox.run(&plan).status, 0);
}

#[test]
fn a_lock_of_another_tool_stays() {
    let sandbox = sandbox();
    sandbox.write("made.lock", "version = 3\n");
    let import = ["import", "deployed.json", "-o", "made.pol"];
    refused(&sandbox, &import, "made.lock", "was not written by fwc");
    assert!(!sandbox.path("made.pol").exists());
    assert_eq!(sandbox.run(&[&import[..], &["--force"]].concat()).status, 0);
}

#[test]
fn an_empty_file_is_nobodys() {
    let sandbox = sandbox();
    sandbox.write("page.html", "");
    assert_eq!(sandbox.run(&["report", "egress.pol", "-o", "page.html"]).status, 0);
    assert!(sandbox.read("page.html").contains("mcr.microsoft.com"));
}

#[test]
#[cfg(target_os = "linux")]
fn pipes_and_devices_are_written_into() {
    use std::io::Read;
    use std::os::unix::fs::FileTypeExt;
    let sandbox = sandbox();
    pipe(&sandbox, "pipe");
    let path = sandbox.path("pipe");
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        std::fs::File::open(path).unwrap().read_to_string(&mut text).unwrap();
        text
    });
    assert_eq!(sandbox.run(&["report", "egress.pol", "-o", "pipe"]).status, 0);
    assert!(reader.join().unwrap().contains("mcr.microsoft.com"));
    assert!(sandbox.path("pipe").metadata().unwrap().file_type().is_fifo());
    assert_eq!(sandbox.run(&["import", "deployed.json", "-o", "/dev/null"]).status, 0);
    assert!(!std::path::Path::new("/dev/null.lock").exists());
    let run = sandbox.run(&["report", "egress.pol", "-o", "/dev/stdout"]);
    assert!(run.stdout.contains("mcr.microsoft.com"), "{}", run.stderr);
}

/// Makes a named pipe that nobody writes into.
#[cfg(target_os = "linux")]
fn pipe(sandbox: &Sandbox, name: &str) {
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    let path = sandbox.path(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    mknodat(CWD, &path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
}

#[test]
#[cfg(target_os = "linux")]
fn pipes_that_nobody_named_are_not_opened() {
    let sandbox = sandbox();
    pipe(&sandbox, "pipe.pol");
    pipe(&sandbox, "deployed/pipe.json");
    sandbox.write("deployed/a.json", &policy());
    sandbox.write("main.pol", &format!("import \"pipe.pol\"\n\n{SMALL}"));
    let run = sandbox.run(&["check", "main.pol"]);
    assert!(run.status == 1 && run.stdout.contains("it is not a regular file"), "{}", run.stdout);
    let run = sandbox.run(&["check", "deployed"]);
    assert!(run.status == 0 && run.stderr.contains("is not a regular file, and is not opened"), "{}", run.stderr);
    pipe(&sandbox, "egress.lock");
    sandbox.run(&["compile", "egress.pol"]).fails("it is not a regular file");
}

#[test]
#[cfg(target_os = "linux")]
fn names_of_temporary_files_cannot_be_foreseen() {
    let sandbox = sandbox();
    sandbox.write("victim", "keep");
    // The shell's process becomes that of fwc.
    let line = format!("ln -s victim .egress.lock.fwc-$$; exec {} compile egress.pol", env!("CARGO_BIN_EXE_fwc"));
    let done = std::process::Command::new("sh").args(["-c", &line]).current_dir(sandbox.path("")).output().unwrap();
    assert!(done.status.success());
    assert_eq!(sandbox.read("victim"), "keep");
    assert!(!sandbox.path("egress.lock").is_symlink());
}

#[test]
fn what_dead_runs_left_is_cleared_away_and_nothing_else() {
    let sandbox = sandbox();
    let made_up = "0123456789abcdef0123456789abcdef";
    for name in ["page.html", "build", "egress.lock"] {
        sandbox.write(&format!(".{name}.fwc-{made_up}"), "left");
        sandbox.write(&format!(".{name}.fwc-notes"), "mine");
    }
    // A folder that was not finished, with its lock and without.
    sandbox.write(&format!(".build.fwc-{made_up}-new/web.tf"), "half");
    sandbox.write(&format!(".build.fwc-{}-new/web.tf", made_up.replace('0', "a")), "half");
    assert_eq!(sandbox.run(&["report", "egress.pol", "-o", "page.html"]).status, 0);
    assert_eq!(sandbox.run(&["compile", "egress.pol"]).status, 0);
    let hidden: Vec<String> = sandbox.names("").into_iter().filter(|name| name.starts_with('.')).collect();
    assert_eq!(hidden, [".build.fwc-notes", ".egress.lock.fwc-notes", ".page.html.fwc-notes"]);
}

#[test]
fn what_another_run_prepares_is_let_be() {
    let sandbox = sandbox();
    let lock = format!(".build.fwc-{}", "0123456789abcdef".repeat(2));
    sandbox.write(&format!("{lock}-new/web.tf"), "half");
    sandbox.write(&lock, "");
    let held = std::fs::File::open(sandbox.path(&lock)).unwrap();
    held.lock().unwrap();
    assert_eq!(sandbox.run(&["compile", "egress.pol", "--no-lock"]).status, 0);
    assert_eq!(sandbox.read(&format!("{lock}-new/web.tf")), "half");
    drop(held);
    assert_eq!(sandbox.run(&["compile", "egress.pol", "--no-lock"]).status, 0);
    assert_eq!(sandbox.names(""), ["build", "deployed.json", "egress.pol"]);
}

#[test]
fn a_name_that_windows_keeps_for_itself_is_refused_everywhere() {
    let sandbox = sandbox();
    sandbox.write("egress.pol", &SMALL.replace("policy web", "policy aux"));
    let run = sandbox.run(&["compile", "egress.pol", "--no-lock"]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    let why = "no file can be called `aux.arm.json` on Windows, because it is the name of a device: give the policy another name";
    assert!(run.stderr.contains(why), "{}", run.stderr);
    assert!(!sandbox.path("build").exists());
}

/// Runs with every exchange of two folders failing, as file systems do that have none.
#[cfg(target_os = "linux")]
fn without_exchange(sandbox: &Sandbox, error: &str) -> Option<i32> {
    let mut strace = std::process::Command::new("strace");
    strace.args(["-f", "-o", "/dev/null", "-e", "trace=renameat2", "-e", &format!("inject=renameat2:error={error}")]);
    strace.args([env!("CARGO_BIN_EXE_fwc"), "compile", "egress.pol", "--no-lock"]).current_dir(sandbox.path(""));
    match strace.output() {
        Ok(done) => Some(done.status.code().unwrap()),
        Err(_) => {
            eprintln!("SKIPPED: there is no strace");
            None
        }
    }
}

#[test]
#[cfg(target_os = "linux")]
fn compile_works_where_folders_cannot_be_exchanged() {
    for error in ["EINVAL", "ENOSYS", "EBUSY"] {
        let sandbox = sandbox();
        assert_eq!(sandbox.run(&["compile", "egress.pol", "--no-lock"]).status, 0);
        let before = sandbox.names("build");
        sandbox.write("egress.pol", &SMALL.replace("policy web", "policy api"));
        let Some(status) = without_exchange(&sandbox, error) else { return };
        assert_eq!(status, 0, "{error}");
        let after: Vec<String> = before.iter().map(|name| name.replace("web.", "api.")).collect();
        let mut after = after;
        after.sort();
        assert_eq!(sandbox.names("build"), after, "{error}");
        assert_eq!(sandbox.names(""), ["build", "deployed.json", "egress.pol"], "{error}");
    }
}

#[test]
fn an_old_folder_that_a_dead_run_moved_aside_comes_back() {
    let sandbox = sandbox();
    assert_eq!(sandbox.run(&["compile", "egress.pol", "--no-lock"]).status, 0);
    std::fs::rename(sandbox.path("build"), sandbox.path(".build.fwc-old")).unwrap();
    sandbox.write(".build.fwc-old/mine.txt", "not fwc's");
    // It is the folder again, and so holds what fwc did not write.
    sandbox.run(&["compile", "egress.pol", "--no-lock"]).fails("holds `mine.txt`");
    assert_eq!(sandbox.read("build/mine.txt"), "not fwc's");
    // Beside the folder it is cleared away only where fwc wrote all of it.
    std::fs::remove_file(sandbox.path("build/mine.txt")).unwrap();
    sandbox.write(".build.fwc-old/mine.txt", "not fwc's");
    assert_eq!(sandbox.run(&["compile", "egress.pol", "--no-lock"]).status, 0);
    assert_eq!(sandbox.read(".build.fwc-old/mine.txt"), "not fwc's");
}

#[test]
fn an_import_of_a_long_name_is_written_again() {
    let sandbox = sandbox();
    // The first line of the source is broken before a name that does not fit.
    let name = format!("{}.json", "deployed-by-hand-".repeat(8));
    sandbox.write(&name, &policy());
    for _ in 0..2 {
        let run = sandbox.run(&["import", &name, "-o", "web.pol"]);
        assert_eq!(run.status, 0, "{}", run.stderr);
    }
    assert!(sandbox.read("web.pol").starts_with("# Imported from\n"), "{}", sandbox.read("web.pol"));
    sandbox.write("web.pol", "# Imported fromage\n");
    refused(&sandbox, &["import", &name, "-o", "web.pol"], "web.pol", "was not made by `fwc import`");
}
