//! The bar that shows how far it is: on a terminal, and nowhere else.

use std::fs::{File, OpenOptions};
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::process::Stdio;
use std::thread;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use super::https;
use super::server::Zone;
use crate::cli::Sandbox;

/// What a command says to a terminal as its standard error.
fn on_a_terminal(sandbox: &Sandbox, arguments: &[&str]) -> (String, String) {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&ours).unwrap();
    unlockpt(&ours).unwrap();
    let name = ptsname(&ours, Vec::new()).unwrap();
    let theirs = OpenOptions::new().read(true).write(true).open(std::ffi::OsStr::from_bytes(name.to_bytes())).unwrap();
    let shown = thread::spawn(move || {
        let (mut shown, mut some) = (Vec::new(), [0; 4096]);
        let mut terminal = File::from(ours);
        // The last who has the other end open closes it, and reading fails.
        while let Ok(length @ 1..) = terminal.read(&mut some) {
            shown.extend_from_slice(&some[..length]);
        }
        String::from_utf8_lossy(&shown).into_owned()
    });
    let mut command = sandbox.command(arguments);
    command.env("TERM", "xterm").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(theirs);
    let printed = command.spawn().unwrap().wait_with_output().unwrap();
    drop(command);
    (shown.join().unwrap(), String::from_utf8(printed.stdout).unwrap())
}

#[test]
fn a_terminal_has_a_bar() {
    let (zone, sandbox) = (Zone::new(), Sandbox::new());
    sandbox.write("egress.pol", &https(&["a.example.com", "b.example.com", "silent.example.com"]));
    let server = zone.address.to_string();
    let arguments = ["resolve", "egress.pol", "--server", &server, "--timeout", "300", "--retries", "0"];
    let (shown, printed) = on_a_terminal(&sandbox, &arguments);
    assert!(shown.contains("asking DNS") && shown.contains("/3 names"), "{shown:?}");
    assert!(!printed.contains("asking DNS") && printed.contains("3 names"), "{printed}");
    let elsewhere = sandbox.run(&arguments);
    assert!(!(elsewhere.stdout + &elsewhere.stderr).contains("asking DNS"));
}
