//! Reading and formatting sources: one run that shows how the time grows, then criterion, in bytes of text per second.
//!
//! Beside them stands serde_json on the template that the same source compiles to. `FWC_BENCH_SIZES=1000,10000` chooses the
//! sizes, in rules; `FWC_BENCH_ONCE=1` leaves criterion out.

#[path = "stress/source.rs"]
mod source;
#[path = "../fuzz/measure/src/time.rs"]
mod time;

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput};
use fwc::driver::{MemoryFiles, Project, ProjectOptions, Stage};
use fwc::emit::{EmitOptions, arm::policy_template, json_text};
use fwc::format::format;
use fwc::source::{FileId, Files};
use fwc::syntax::{lex, parse};
use serde::de::IgnoredAny;
use serde_json::Value;
use time::time_of;

fn main() {
    let sizes = sizes();
    let inputs: Vec<Input> = sizes.iter().map(|&rules| Input::new(rules)).collect();
    show_growth(&inputs);
    if std::env::var_os("FWC_BENCH_ONCE").is_none() {
        let mut criterion = Criterion::default().configure_from_args().sample_size(10);
        inputs.iter().for_each(|input| measure(&mut criterion, input));
        criterion.final_summary();
    }
}

fn sizes() -> Vec<usize> {
    let text = std::env::var("FWC_BENCH_SIZES").unwrap_or_else(|_| "1000,10000,100000".to_owned());
    text.split(',').filter_map(|size| size.parse().ok()).collect()
}

/// A source and the template that it compiles to.
struct Input {
    rules: usize,
    source: Arc<str>,
    template: String,
}

/// A thing to do with an input, and whether it reads the template rather than the source.
type Task = (&'static str, Reads, fn(&Input));

#[derive(Clone, Copy, PartialEq, Eq)]
enum Reads {
    Source,
    Template,
}

const TASKS: [Task; 9] = [
    ("lex", Reads::Source, |input| lex(&input.source, |kind, text| _ = black_box((kind, text)))),
    ("parse", Reads::Source, |input| drop(black_box(parse(file(), Arc::clone(&input.source))))),
    ("format", Reads::Source, |input| drop(black_box(format(file(), Arc::clone(&input.source))))),
    ("load and resolve", Reads::Source, |input| _ = black_box(project(&input.source).intent().policies.len())),
    ("compile", Reads::Source, |input| drop(black_box(template(&input.source)))),
    ("serde_json, skipped", Reads::Template, |input| _ = black_box(json::<IgnoredAny>(input))),
    ("serde_json, as values", Reads::Template, |input| drop(black_box(json::<Value>(input)))),
    ("import", Reads::Template, |input| drop(black_box(fwc::import::read(&input.template, "template")))),
    ("import and compare", Reads::Template, |input| {
        let read = || fwc::import::read(&input.template, "template").ok();
        assert!(read() == read());
    }),
];

impl Input {
    fn new(rules: usize) -> Self {
        let source = source::source(rules);
        let template = template(&source);
        Self { rules, source: Arc::from(source), template }
    }

    fn bytes(&self, reads: Reads) -> usize {
        if reads == Reads::Source { self.source.len() } else { self.template.len() }
    }
}

fn json<'t, T: serde::Deserialize<'t>>(input: &'t Input) -> Option<T> {
    serde_json::from_str(&input.template).ok()
}

fn file() -> FileId {
    Files::new().add("", "")
}

/// The template of the one policy of a source.
fn template(source: &str) -> String {
    let project = project(source);
    assert!(!project.has_errors_through(Stage::Understand));
    let model = project.model();
    let templates = model.policies.iter().map(|policy| policy_template(model, policy, &EmitOptions::default()));
    templates.map(|template| json_text(&template)).collect()
}

fn project(source: &str) -> Project<'static> {
    Project::new(MemoryFiles::of("source.pol", source), "source.pol", ProjectOptions::default())
}

/// The best of three runs of each task, with how much longer it takes than for the size before.
fn show_growth(inputs: &[Input]) {
    for (name, reads, run) in TASKS {
        let mut before: Option<(usize, Duration)> = None;
        for input in inputs {
            let bytes = input.bytes(reads);
            let time = (0..3).map(|_| time_of(|| run(input)).1).min().unwrap_or_default();
            let speed = bytes as f64 / 1e6 / time.as_secs_f64();
            let growth = before.map_or(String::new(), |(bytes_before, time_before)| {
                let (longer, larger) =
                    (time.as_secs_f64() / time_before.as_secs_f64(), bytes as f64 / bytes_before as f64);
                format!(", {longer:.1} times the time for {larger:.1} times the bytes")
            });
            println!(
                "{name}: {} rules, {:.2} MB, {time:.1?}, {speed:.1} MB/s{growth}",
                input.rules,
                bytes as f64 / 1e6
            );
            before = Some((bytes, time));
        }
    }
}

fn measure(criterion: &mut Criterion, input: &Input) {
    let mut group = criterion.benchmark_group(format!("{} rules", input.rules));
    group.measurement_time(Duration::from_secs(3)).warm_up_time(Duration::from_millis(500));
    for (name, reads, run) in TASKS {
        group.throughput(Throughput::Bytes(input.bytes(reads) as u64));
        group.bench_function(BenchmarkId::from_parameter(name), |bencher| bencher.iter(|| run(input)));
    }
    group.finish();
}
