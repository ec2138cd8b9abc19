//! The pages as a browser shows them.

mod driver;

use std::path::Path;

use serde_json::json;

use crate::cli::{EXAMPLE, Sandbox};
use driver::Browser;

const DESK: (u32, u32) = (1280, 800);
const PHONE: (u32, u32) = (390, 844);

/// A name that would be code, wherever it were taken for more than text.
const HOSTILE: &str = "<script>window.hacked=1</script><img src=x onerror=window.hacked=1>\\\" onclick=window.hacked=1";

/// A source whose change is wider, narrower, risky and large enough to need the search.
fn source(hostile: &str, extra: &str) -> String {
    let mut rules = String::new();
    for team in 0..10 {
        rules.push_str(&format!("    @owner(\"team-{team}\")  @ticket(\"CHG-{team}\")\n    group team-{team} {{\n"));
        for rule in 0..20 {
            let (network, port) = (team * 20 + rule, 8000 + rule);
            rules.push_str(&format!(
                "        r{network}: allow https/{port} from 10.{team}.{rule}.0/24 to host-{rule}.team-{team}.example\n"
            ));
        }
        rules.push_str("    }\n");
    }
    format!(
        "let nodes = 10.240.0.0/16\n\npolicy web {{\n    location \"westeurope\"\n    sku      premium\n    \
         dns {{ proxy on  servers 10.0.0.10 }}\n\n    @owner(\"platform\")\n    group first {{\n        \
         \"{hostile}\": allow tcp/5432 from nodes to 198.51.100.7\n{extra}    }}\n{rules}}}\n"
    )
}

/// The pages that are looked at, by name.
fn pages() -> (Sandbox, [&'static str; 4]) {
    let sandbox = Sandbox::with_example();
    let run = |arguments: &[&str]| {
        let run = sandbox.run(arguments);
        assert_eq!(run.status, 0, "{}", run.stderr);
        run.stdout
    };
    sandbox.write("old.pol", &source("old", "        gone: allow tcp/5000 from nodes to 10.200.0.4\n"));
    sandbox.write("new.pol", &source(HOSTILE, "        all: allow udp/1-65535 from private to internet\n"));
    sandbox.write("diff.html", &run(&["diff", "old.pol", "new.pol", "--format", "html"]));
    sandbox.write("same.html", &run(&["diff", "new.pol", "new.pol", "--format", "html"]));
    run(&["report", "new.pol", "-o", "report.html"]);
    run(&["report", EXAMPLE, "--as-of", "2026-01-01", "-o", "example.html"]);
    (sandbox, ["diff.html", "same.html", "report.html", "example.html"])
}

#[test]
fn pages_in_a_browser() {
    let Some(mut browser) = Browser::start() else { return };
    let (sandbox, pages) = pages();
    for page in pages {
        for (size, screen) in [(DESK, "desk"), (PHONE, "phone")] {
            browser.open(&sandbox.path(page), size);
            keep(&mut browser, &format!("{page}-{screen}"));
            first_screen(&mut browser, page, size);
            contrast(&mut browser, page);
            accessible(&mut browser, page);
            browser.prefer("dark");
            keep(&mut browser, &format!("{page}-{screen}-dark"));
            contrast(&mut browser, page);
            browser.prefer("light");
            search_and_fold(&mut browser, page);
            assert_eq!(browser.run("typeof window.hacked"), "undefined", "{page}");
            assert_eq!(browser.run("document.querySelectorAll('script, img').length"), 1, "{page}");
            assert!(browser.complaints.is_empty(), "{page}: {:?}", browser.complaints);
        }
    }
    search_by_meaning(&mut browser, &sandbox);
    on_paper(&mut browser, &sandbox);
    pictures(&mut browser, &sandbox);
    hostile_name(&mut browser, &sandbox);
}

/// The verdict stands on the first screen, and nothing is wider than the screen.
fn first_screen(browser: &mut Browser, page: &str, (width, height): (u32, u32)) {
    let bottom = |browser: &mut Browser, of: &str| {
        let bottom = browser.run(&format!("document.querySelector('{of}').getBoundingClientRect().bottom"));
        bottom.as_f64().unwrap()
    };
    assert!(bottom(browser, "#verdict strong") < f64::from(height), "{page}");
    if page == "diff.html" {
        // By how much, decided by what, who owns it.
        assert!(bottom(browser, "#verdict .card") < f64::from(height), "{page}");
        let said = browser.run("document.querySelector('#verdict').innerText");
        for wanted in ["wider and narrower", "sources", "high risk", "new.pol:", "owner platform"] {
            assert!(said.as_str().unwrap().contains(wanted), "{wanted}: {said}");
        }
    } else {
        assert!(bottom(browser, "#verdict") < f64::from(height), "{page}");
    }
    let widest = browser.run("document.documentElement.scrollWidth");
    assert!(widest.as_u64().unwrap() <= u64::from(width), "{page} is {widest} wide");
}

fn contrast(browser: &mut Browser, page: &str) {
    browser.run("document.querySelectorAll('details').forEach((part) => { part.open = true; })");
    let found = browser.run(include_str!("contrast.js"));
    assert_eq!(found["wrong"], json!([]), "{page}");
    assert!(found["count"].as_u64().unwrap() > 5, "{page}: {found}");
}

/// The names of the entries that a search leaves.
fn found(browser: &mut Browser, text: &str) -> Vec<String> {
    let names = browser.run(&format!(
        "search.value = {}; search.dispatchEvent(new Event('input')); \
         [...document.querySelectorAll('#rules ~ details b:not(.badge), section details b:not(.badge)')] \
             .filter((name) => name.getClientRects().length).map((name) => name.textContent)",
        json!(text)
    ));
    serde_json::from_value(names).unwrap()
}

/// An address is found in a prefix, a port in the service that has it, a host below a wildcard; kinds are chosen.
fn search_by_meaning(browser: &mut Browser, sandbox: &Sandbox) {
    browser.open(&sandbox.path("report.html"), DESK);
    assert_eq!(found(browser, "10.7.13.5"), ["all", "r153"]);
    assert_eq!(found(browser, "10.7.13.0/25"), ["all", "r153"]);
    assert_eq!(found(browser, "tcp/8013").len(), 10);
    assert_eq!(found(browser, "8013").len(), 11, "and every port of UDP");
    assert_eq!(found(browser, "postgres").len(), 1, "that of tcp/5432");
    browser.open(&sandbox.path("example.html"), DESK);
    assert_eq!(found(browser, "q.stripe.network"), ["stripe"]);
    assert_eq!(found(browser, "tcp/22"), ["imds", "shells"]);
    assert_eq!(found(browser, "10.240.17.9 rdp"), ["imds", "shells"]);
    found(browser, "");
    browser.run("kinds.value = 'dnat'; kinds.dispatchEvent(new Event('change'))");
    let shown = browser.run("document.getElementById('found').textContent");
    assert!(shown.as_str().unwrap().starts_with("2 of "), "{shown}");
}

/// What is folded on the screen is there on paper.
fn on_paper(browser: &mut Browser, sandbox: &Sandbox) {
    browser.open(&sandbox.path("report.html"), DESK);
    let folded = "document.querySelectorAll('details:not([open])').length";
    let before = browser.run(folded);
    assert_ne!(before, 0);
    browser.run("dispatchEvent(new Event('beforeprint'))");
    assert_eq!(browser.run(folded), 0);
    browser.run("dispatchEvent(new Event('afterprint'))");
    assert_eq!(browser.run(folded), before);
}

/// axe-core, whose file `FWC_AXE` names, finds nothing that is serious.
fn accessible(browser: &mut Browser, page: &str) {
    let Some(file) = std::env::var_os("FWC_AXE") else { return };
    let script = std::fs::read_to_string(file).unwrap();
    browser.run(&format!("{script}; typeof axe"));
    let found = browser.promised(
        "axe.run(document, { resultTypes: ['violations'] }).then((found) => found.violations \
             .filter((one) => one.impact === 'serious' || one.impact === 'critical') \
             .map((one) => `${one.id}: ${one.nodes.map((node) => node.html).slice(0, 3).join(' ')}`))",
    );
    assert_eq!(found, json!([]), "{page}");
}

fn search_and_fold(browser: &mut Browser, page: &str) {
    if browser.run("document.querySelectorAll('[data-item]').length === 0") == json!(true) {
        assert_eq!(page, "same.html");
        return;
    }
    let open = "[...document.querySelectorAll('details[data-item]')].filter((item) => item.open).length";
    let all = browser.run("document.querySelectorAll('details[data-item]').length");
    browser.run("document.getElementById('fold').click()");
    assert_eq!(browser.run(open), 0, "{page}");
    browser.run("document.getElementById('unfold').click()");
    assert_eq!(browser.run(open), all, "{page}");
    browser.run("document.getElementById('fold').click()");
    let search = |browser: &mut Browser, text: &str| {
        browser.run(&format!(
            "search.value = {}; search.dispatchEvent(new Event('input')); \
             [...document.querySelectorAll('[data-item]')].filter((item) => item.getClientRects().length).length",
            json!(text)
        ))
    };
    assert_eq!(search(browser, "no rule has this word"), 0, "{page}");
    if page == "report.html" {
        // A rule by its owner, its host and its ticket, wherever these stand in it.
        assert_eq!(search(browser, "TEAM-7 host-13. chg-7"), 1, "{page}");
        let shown = browser.run("document.getElementById('found').textContent");
        assert!(shown.as_str().unwrap().starts_with("1 of "), "{shown}");
    }
    assert_eq!(search(browser, ""), all, "{page}");
}

/// The words of the pictures stand inside of their boxes, one box does not cover another, and none is empty.
fn pictures(browser: &mut Browser, sandbox: &Sandbox) {
    for page in ["report.html", "example.html"] {
        browser.open(&sandbox.path(page), DESK);
        let wrong = browser.run(include_str!("pictures.js"));
        assert_eq!(wrong["wrong"], json!([]), "{page}");
        assert!(wrong["boxes"].as_u64().unwrap() > 10, "{page}: {wrong}");
        for part in ["talks", "way"] {
            browser.run(&format!("document.getElementById('{part}').scrollIntoView()"));
            keep(browser, &format!("{page}-{part}"));
        }
    }
}

fn hostile_name(browser: &mut Browser, sandbox: &Sandbox) {
    for page in ["diff.html", "report.html"] {
        browser.open(&sandbox.path(page), DESK);
        let text = browser.run("document.body.textContent");
        assert!(text.as_str().unwrap().contains("<script>window.hacked=1</script>"), "{page}");
        browser.run("document.querySelectorAll('*').forEach((element) => element.dispatchEvent(new Event('click')))");
        assert_eq!(browser.run("typeof window.hacked"), "undefined", "{page}");
    }
}

/// Keeps what the screen shows in the folder that `FWC_SCREENSHOTS` names, to be looked at.
fn keep(browser: &mut Browser, name: &str) {
    let Some(folder) = std::env::var_os("FWC_SCREENSHOTS") else { return };
    std::fs::create_dir_all(&folder).unwrap();
    let path = Path::new(&folder).join(name.replace(".html", "") + ".png");
    std::fs::write(path, decoded(&browser.screenshot())).unwrap();
}

/// The bytes of a text in base64.
fn decoded(text: &str) -> Vec<u8> {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digit = |byte: u8| DIGITS.iter().position(|&digit| digit == byte).map(|at| u32::try_from(at).unwrap());
    let mut bytes = Vec::new();
    for four in text.trim_end_matches('=').as_bytes().chunks(4) {
        let number = four.iter().fold(0, |number, &byte| number << 6 | digit(byte).unwrap()) << (6 * (4 - four.len()));
        bytes.extend_from_slice(&number.to_be_bytes()[1..four.len()]);
    }
    bytes
}
