//! The flow algebra on stress sets: one run that counts the work, then criterion.
//!
//! `FWC_BENCH_SIZES=100000 FWC_BENCH_ONCE=1 cargo bench --bench flow` runs one size, once. The peak is that of the process, so a size
//! run alone tells its own.
//!
//! `benches/peers/run` holds other tools against `shadows`; it sets `FWC_BENCH_PEERS` to a folder that gets the rules and what
//! `shadows` says of them.

mod stress;

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use criterion::{BenchmarkId, Criterion};
use fwc::evaluate::Knowledge;
use fwc::flow::{
    Decider, Equivalence, Need, NotDecided, Space, Standing, WorkBudget, difference, equivalent, redundancies, shadows,
};
use fwc::prove::axioms;
use serde_json::json;
use stress::Mode;

const SEED: u64 = 42;

fn main() {
    let sizes = sizes();
    if let Some(folder) = std::env::var_os("FWC_BENCH_PEERS") {
        sizes.iter().for_each(|&size| for_peers(size, folder.as_ref()));
        return;
    }
    let modes: Vec<Mode> = match std::env::var("FWC_BENCH_MODE").as_deref() {
        Ok("network") => vec![Mode::Network],
        Ok("mixed") => vec![Mode::Mixed],
        _ => vec![Mode::Network, Mode::Mixed],
    };
    for &mode in &modes {
        sizes.iter().for_each(|&size| once(size, mode));
    }
    if std::env::var_os("FWC_BENCH_ONCE").is_none() {
        let mut criterion = Criterion::default().configure_from_args().sample_size(10);
        for &mode in &modes {
            sizes.iter().for_each(|&size| measure(&mut criterion, size, mode));
        }
        criterion.final_summary();
    }
}

fn sizes() -> Vec<usize> {
    let text = std::env::var("FWC_BENCH_SIZES").unwrap_or_else(|_| "1000,5000,20000".to_owned());
    text.split(',').filter_map(|size| size.parse().ok()).collect()
}

fn wanted(what: &str) -> bool {
    std::env::var("FWC_BENCH_WHAT").map_or(what != "redundant", |wanted| wanted.split(',').any(|word| word == what))
}

/// One run of everything, with counts of the work.
fn once(size: usize, mode: Mode) {
    let (axioms, budget) = (axioms(&Knowledge::none()), WorkBudget::default());
    let list = stress::list(SEED, size, mode);
    let (cut, changed) = (stress::split(&list), stress::one_rule_changed(&list, SEED));
    println!("{size} lines, {mode:?}");
    let (space, [lowered]) = timed("lower", || Space::of(&axioms, [&list]));
    println!("  {} boxes, {} opaque sets; peak {} MB", lowered.boxes(), space.atoms(), peak());
    if wanted("shadow") {
        let standings = timed("shadows", || shadows(&space, &lowered, &budget));
        let covered: Vec<usize> = standings
            .iter()
            .filter_map(|standing| match standing {
                Standing::Covered { by } => Some(by.len()),
                Standing::Reached(_) | Standing::Empty | Standing::NotDecided(_) => None,
            })
            .collect();
        let unions = covered.iter().filter(|&&by| by > 1).count();
        let stopped = standings.iter().filter(|standing| matches!(standing, Standing::NotDecided(_))).count();
        println!("  {} covered, {unions} by a union, {stopped} not decided; peak {} MB", covered.len(), peak());
    }
    if wanted("redundant") {
        let needs = timed("redundancies", || redundancies(&space, &lowered, &budget));
        let redundant = needs.iter().filter(|need| **need == Need::Redundant).count();
        println!("  {redundant} redundant; peak {} MB", peak());
    }
    if wanted("diff") {
        let (space, [old, new]) = timed("lower two", || Space::of(&axioms, [&list, &changed]));
        let found = timed("difference of one rule", || difference(&space, &old, &new, 10_000, &budget));
        report(found.map(|found| format!("{} products", found.changes.len())));
    }
    if wanted("equal") {
        let (space, [old, new]) = Space::of(&axioms, [&list, &cut]);
        let found = timed("equal to a split copy", || equivalent(&space, &old, &new, &budget));
        report(
            found
                .map(|found| format!("{} lines against {}: {}", old.lines(), new.lines(), found == Equivalence::Equal)),
        );
    }
    if wanted("turned") {
        let (space, [old, new]) = Space::of(&axioms, [&list, &stress::turned(&list)]);
        let found = timed("equal to a reordered copy", || equivalent(&space, &old, &new, &budget));
        report(found.map(|found| format!("{}", found == Equivalence::Equal)));
    }
    if wanted("meant") {
        let (meant, azure) = stress::regrouped(&list);
        let (space, [old, new]) = timed("lower meant and azure", || Space::of(&axioms, [&meant, &azure]));
        let found = timed("meant and azure are equal", || equivalent(&space, &old, &new, &budget));
        report(
            found
                .map(|found| format!("{} lines against {}: {}", old.lines(), new.lines(), found == Equivalence::Equal)),
        );
    }
    if wanted("decide") {
        decide(&space, &lowered, &list, &budget);
    }
}

fn decide(space: &Space, lowered: &fwc::flow::LoweredBoxes, list: &fwc::flow::DecisionList, budget: &WorkBudget) {
    match timed("decider", || Decider::new(space, lowered, budget)) {
        Err(stopped) => report(Err(stopped)),
        Ok(decider) => {
            println!("  {} nodes, {} MB; peak {} MB", decider.nodes(), decider.bytes() >> 20, peak());
            let flows = stress::flows(list, SEED, 1_000_000);
            for _ in 0..3 {
                let before = on_processor();
                let decided = flows.iter().filter(|flow| black_box(decider.decide(flow)).is_some()).count();
                let seconds = (on_processor() - before) / 1e3;
                let rate = f64::from(u32::try_from(flows.len()).unwrap_or(u32::MAX)) / seconds;
                println!("  {decided} flows decided, {:.1} million in a second on the processor", rate / 1e6);
            }
            let cores = std::thread::available_parallelism().map_or(1, usize::from);
            let start = Instant::now();
            std::thread::scope(|scope| {
                for part in flows.chunks(flows.len().div_ceil(cores)) {
                    scope.spawn(|| {
                        part.iter().for_each(|flow| {
                            black_box(decider.decide(flow));
                        })
                    });
                }
            });
            let rate = f64::from(u32::try_from(flows.len()).unwrap_or(u32::MAX)) / start.elapsed().as_secs_f64();
            println!("  {:.1} million a second on {cores} cores", rate / 1e6);
        }
    }
}

/// Writes network rules, and which of them are shadowed, with the least time of five runs.
fn for_peers(size: usize, folder: &Path) {
    let list = stress::list(SEED, size, Mode::Network);
    let mut best = f64::INFINITY;
    let mut standings = Vec::new();
    for _ in 0..5 {
        let start = Instant::now();
        let (space, [lowered]) = Space::of(&axioms(&Knowledge::none()), [&list]);
        standings = shadows(&space, &lowered, &WorkBudget::default());
        best = best.min(start.elapsed().as_secs_f64());
    }
    let by = |standing: &Standing| match standing {
        Standing::Covered { by } => Some(by.clone()),
        Standing::Reached(_) | Standing::Empty | Standing::NotDecided(_) => None,
    };
    let covered: Vec<_> = standings.iter().enumerate().filter_map(|(line, of)| Some((line, by(of)?))).collect();
    let text = json!({ "rules": stress::json::rules(&list), "seconds": best, "covered": covered }).to_string();
    if let Err(error) = std::fs::write(folder.join(format!("{size}.json")), text) {
        println!("{size}: {error}");
    }
}

fn report(found: Result<String, NotDecided>) {
    match found {
        Ok(text) => println!("  {text}; peak {} MB", peak()),
        Err(stopped) => println!("  {stopped}, at line {}; peak {} MB", stopped.at, peak()),
    }
}

/// Runs `work`, and prints the time it took and, where the system says, how much of it the processor was ours.
fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let (start, before) = (Instant::now(), on_processor());
    let result = work();
    println!(
        "  {what}: {:.1} ms, {:.1} on the processor",
        start.elapsed().as_secs_f64() * 1e3,
        on_processor() - before
    );
    result
}

/// Milliseconds that this process has had a processor.
fn on_processor() -> f64 {
    let text = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|nanoseconds| nanoseconds.parse::<f64>().ok()).unwrap_or_default() / 1e6
}

/// The most memory this process has had, where the system says.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or_default() / 1024
}

fn measure(criterion: &mut Criterion, size: usize, mode: Mode) {
    let (axioms, budget) = (axioms(&Knowledge::none()), WorkBudget::default());
    let list = stress::list(SEED, size, mode);
    let (cut, changed) = (stress::split(&list), stress::one_rule_changed(&list, SEED));
    let (space, [old, same, edited]) = Space::of(&axioms, [&list, &cut, &changed]);
    let mut group = criterion.benchmark_group(format!("{mode:?}").to_lowercase());
    group.bench_function(BenchmarkId::new("lower", size), |bench| bench.iter(|| Space::of(&axioms, [&list])));
    group.bench_function(BenchmarkId::new("shadows", size), |bench| bench.iter(|| shadows(&space, &old, &budget)));
    group.bench_function(BenchmarkId::new("one rule", size), |bench| {
        bench.iter(|| difference(&space, &old, &edited, 10_000, &budget));
    });
    group.bench_function(BenchmarkId::new("equal", size), |bench| {
        bench.iter(|| equivalent(&space, &old, &same, &budget))
    });
    group.finish();
}
