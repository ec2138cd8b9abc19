//! The picture of a packet's way out and in.

use crate::diag::counted;
use maud::{Markup, html};

use super::Report;
use super::svg::{STATION, arrow, station, tip};

/// The positions of the columns, and the distance of the rows.
const COLUMNS: [usize; 4] = [2, 284, 566, 848];
const ROWS: usize = 108;

/// Where outbound and inbound packets pass, with how many rules read them there.
pub(super) fn way(report: &Report) -> Markup {
    html! {
        h3 { "Out" }
        (picture("a packet's way out", &out(report)))
        h3 { "In" }
        (picture("a packet's way in", &inward(report)))
    }
}

/// Three rows of stations; the middle column is the firewall.
struct ReportWay {
    start: (String, Vec<String>),
    hop: (String, Vec<String>),
    /// What reads the packet, one after the other; the last lets nothing through.
    readers: Vec<(String, Vec<String>)>,
    end: (String, Vec<String>),
}

fn out(report: &Report) -> ReportWay {
    let (network, application) = (of_kind(report, "network"), of_kind(report, "application"));
    let hops: Vec<String> =
        report.routes.iter().filter(|row| row.prefix.is_default()).map(|row| row.hop.clone()).collect();
    let sent = hops.first().map_or("must lead to the firewall".to_owned(), |hop| format!("0.0.0.0/0 to {hop}"));
    let tables: std::collections::BTreeSet<&str> = report.routes.iter().map(|row| row.table.as_str()).collect();
    let tables = match tables.len() {
        0 => "this input has none".to_owned(),
        several => counted(several, "table"),
    };
    ReportWay {
        start: ("A machine".to_owned(), vec!["asks somebody outside".to_owned()]),
        hop: ("Route table".to_owned(), vec![sent, tables]),
        readers: vec![("Network rules".to_owned(), network), ("Application rules".to_owned(), application), denied()],
        end: ("The destination".to_owned(), vec![sees(report)]),
    }
}

fn sees(report: &Report) -> String {
    match report.public.as_slice() {
        [] => "sees a public address".to_owned(),
        [one] => format!("sees {one}"),
        several => format!("sees one of {} addresses", several.len()),
    }
}

fn inward(report: &Report) -> ReportWay {
    let dnat: Vec<_> = report.rules.iter().filter(|row| row.rule.kind == "dnat").collect();
    let public = match report.public.as_slice() {
        [] => vec!["of the firewall".to_owned()],
        [one] => vec![one.clone()],
        [one, rest @ ..] => vec![one.clone(), format!("and {} more", rest.len())],
    };
    let targets: std::collections::BTreeSet<&str> = dnat.iter().filter_map(|row| row.rule.target.as_deref()).collect();
    let to = match targets.iter().collect::<Vec<_>>().as_slice() {
        [] => "nobody".to_owned(),
        [one] => (**one).to_owned(),
        several => format!("{} targets", several.len()),
    };
    ReportWay {
        start: ("Somebody outside".to_owned(), vec!["asks a public address".to_owned()]),
        hop: ("Public address".to_owned(), public),
        readers: vec![
            ("DNAT rules".to_owned(), vec![counted(dnat.len(), "rule"), "no other rule applies".to_owned()]),
            denied(),
        ],
        end: ("The target".to_owned(), vec![to, "sees the firewall as the source".to_owned()]),
    }
}

fn denied() -> (String, Vec<String>) {
    ("Denied".to_owned(), vec!["no rule has matched".to_owned()])
}

/// How many rules of a kind there are, those of the base apart.
fn of_kind(report: &Report, kind: &str) -> Vec<String> {
    let count =
        |inherited: bool| report.rules.iter().filter(|row| row.rule.kind == kind && row.inherited == inherited).count();
    match &report.base {
        Some(_) => vec![
            format!("{} of the base,", counted(count(true), "rule")),
            format!("then {}", counted(count(false), "rule")),
        ],
        None => vec![counted(count(false), "rule")],
    }
}

fn picture(label: &str, way: &ReportWay) -> Markup {
    let [first, second, third, fourth] = COLUMNS;
    let (width, height) = (fourth + STATION.0 + 2, way.readers.len() * ROWS - (ROWS - STATION.1) + 4);
    let (wide, half) = (STATION.0, STATION.1 / 2);
    let last = way.readers.len().saturating_sub(1);
    html! {
        div class="scroll" tabindex="0" role="region" aria-label=(label) {
            svg viewBox=(format!("0 0 {width} {height}")) width=(width) height=(height) role="img" aria-label=(label) {
                (tip())
                (station(first, 2, &way.start.0, &way.start.1))
                (station(second, 2, &way.hop.0, &way.hop.1))
                (station(fourth, 2, &way.end.0, &way.end.1))
                (arrow(&[(first + wide, 2 + half), (second, 2 + half)], ""))
                (arrow(&[(second + wide, 2 + half), (third, 2 + half)], ""))
                @for (at, (title, notes)) in way.readers.iter().enumerate() {
                    @let y = 2 + at * ROWS;
                    (station(third, y, title, notes))
                    @if at < last { (arrow(&[(third + wide / 2, y + STATION.1), (third + wide / 2, y + ROWS)], "")) }
                    @if at < last { text x=(third + wide / 2 + 8) y=(y + STATION.1 + 24) class="note" { "no match" } }
                    @if at == 0 { (arrow(&[(third + wide, y + half), (fourth, y + half)], "allow")) }
                    @if at > 0 && at < last {
                        (arrow(&[(third + wide, y + half), (fourth + wide / 2, y + half), (fourth + wide / 2, 2 + STATION.1)], "allow"))
                    }
                }
            }
        }
    }
}
