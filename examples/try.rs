//! scratch
use fwc::diag::{Style, render};
use fwc::intent::{NoImports, Sources, resolve};
fn main() {
    for path in std::env::args().skip(1) {
        let text = std::fs::read_to_string(&path).unwrap();
        let (sources, mut found) = Sources::load(&path, &text, &mut NoImports);
        let (intent, more) = resolve(&sources);
        found.extend(more);
        for d in &found {
            println!("{}\n", render(d, sources.files(), Style::Plain));
        }
        println!("{path}: {} policies", intent.policies.len());
        for p in &intent.policies {
            for g in &p.groups {
                println!("  {} {}: {}", p.name.value, g.name.value, g.body.rules().map(|r| r.len()).sum::<usize>());
            }
        }
    }
}
