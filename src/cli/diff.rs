//! `fwc diff`.

use std::collections::HashMap;
use std::path::Path;

use jiff::civil::Date;
use serde_json::{Map, Value, json};

use crate::diff::{
    self, DiffSide, Effect,
    renderers::{DiffView, MarkdownRoom, OtherChanges, RuleSource, SettingView, html, markdown, text, view},
};
use crate::driver::{
    Approvals, Assessed, AssessedBeside, ComparedProjects, Criteria, Input, OpenGate, ProjectOptions, ReachedAnswer,
    Sides, Signature, Status, Whole, assumptions_json, children, compared, load_to_compare, pairs,
};
use crate::import::{self, Spare};
use crate::model::{Assumption, Policy, told_once};
use crate::risk::{JudgedRisks, RiskTable};
use crate::usage::SeenCause;

use super::args::{DiffArgs, DiffFormat, ExpiredArgument, HostArgument, PolicyArgs, SourceArgs};
use super::changes::{finding, findings, suite, weaker};
use super::colour::style_of;
use super::config::{self, Config};
use super::file::{self, FileMark, Foreign};
use super::formats::{LocatedFinding, Suite, azure_pipelines, github, junit, sarif};
use super::open::{deciding_about, disk, input};
use super::reader::{read, read_own};
use super::seen::LoggedFlows;
use super::{CommandOutcome, Failure, clock, printer};

pub(super) fn run(args: &DiffArgs) -> Result<CommandOutcome, Failure> {
    // A rule that has expired since still decided flows.
    let source = SourceArgs { expired: ExpiredArgument::Warn, ..args.about.source.clone() };
    let about = PolicyArgs { source, ..args.about.clone() };
    let options = deciding_about(&about);
    // A parameter may be new on one side.
    let options = ProjectOptions { spare: Spare::Noted, ..options };
    let before = ProjectOptions { moment: import::Moment::Before, ..options.clone() };
    let input = |path: &Path, options| input(load_to_compare, path, options, &about.source, &about.knowledge);
    let both = input(&args.old, &before).and_then(|old| Ok((old, input(&args.new, &options)?)));
    let both = both.map(|(old, new)| (old.with_known_addresses(), new.with_known_addresses()));
    let (old, new) = match both {
        Ok(both) => both,
        Err(done) => return done,
    };
    let labels = (args.old.display().to_string(), args.new.display().to_string());
    let (of_old, of_new) = (|policy| of(&old, policy, &labels.0), |policy| of(&new, policy, &labels.1));
    let pairs = pairs(
        Whole { label: &labels.0, model: &old.model, of: &of_old },
        Whole { label: &labels.1, model: &new.model, of: &of_new },
        options.policy.as_deref(),
    )?;
    let config = Config::of(args.config.as_deref(), &args.old)?;
    let criteria = criteria(args, config.table)?;
    let sources: Vec<(Sides, (RuleSource<'_>, RuleSource<'_>))> =
        pairs.iter().map(|pair| (pair.sides, pair.sources())).collect();
    let found = sources.iter().map(|(sides, sources)| compared(sources, *sides)).collect::<Result<Vec<_>, _>>()?;
    let children = match (&args.children, sources.as_slice()) {
        (None, _) => Vec::new(),
        (Some(folder), [(_, sources)]) => {
            children((&disk(folder, &args.about.source)?, folder), sources, &options, &criteria)?
        }
        (Some(_), _) => {
            let names: Vec<String> = sources.iter().map(|(_, (_, new))| new.side.policy.name.to_string()).collect();
            return Err(Failure::new(format!(
                "`--children` needs one base: choose it with `--policy`: {}",
                names.join(", ")
            )));
        }
    };
    let logged = LoggedFlows::of(args, &sources)?;
    let parts = found.iter().zip(&sources).map(|(compared, (_, sources))| {
        let causes = criteria.assess(&compared.diff, &sources.1);
        let seen = logged.as_ref().map(|logged| logged.seen(sources, &causes));
        let beside = criteria.beside(compared, &sources.1.side.policy.name);
        DiffPart { compared, sources, causes, seen, beside }
    });
    let assumptions = assumptions(&old, &new, &children);
    printer::assumptions(assumptions.iter().copied());
    let without = [&old, &new].iter().find_map(|input| input.without_parent.clone());
    let config = config.file;
    let answer = DiffAnswer { args, parts: parts.collect(), children: &children, without, assumptions, config };
    answer.print()?;
    if args.approved.is_some() && args.approve.is_none() {
        answer.tell_idle(&criteria.approvals, criteria.today);
    }
    if let Some(path) = &args.approve {
        // Who accepts a change does not want to fail on it.
        answer.approve(path)?;
        return Ok(CommandOutcome::Done);
    }
    Ok(if answer.counts() { CommandOutcome::Found } else { CommandOutcome::Done })
}

/// What both sides rest on, and the children of a base.
fn assumptions<'a>(old: &'a Input, new: &'a Input, children: &'a [ReachedAnswer]) -> Vec<&'a Assumption> {
    let children = children.iter().flat_map(|child| &child.assumptions);
    old.model.assumptions.iter().chain(&new.model.assumptions).chain(children).collect()
}

/// What the files that the user names say about risks and accepted changes.
fn criteria(args: &DiffArgs, table: RiskTable) -> Result<Criteria, Failure> {
    let mut approvals = args.approved.as_deref().map(approved).transpose()?.unwrap_or_default();
    if let Some(path) = &args.approve {
        approvals.extend(noted_before(path)?);
    }
    Ok(Criteria { table, approvals, today: args.about.source.as_of.unwrap_or_else(clock::today) })
}

/// Who accepts changes, and what else is noted of that.
fn signature(args: &DiffArgs) -> Signature {
    let on = Some(args.about.source.as_of.unwrap_or_else(clock::today));
    Signature { by: args.by.clone(), reason: args.reason.clone(), on, until: args.until }
}

fn approved(path: &Path) -> Result<Approvals, Failure> {
    Ok(Approvals::parse(&read(path)?, &path.display().to_string())?)
}

/// What an earlier run noted in the file that this one adds to.
fn noted_before(path: &Path) -> Result<Approvals, Failure> {
    if !path.exists() {
        return Ok(Approvals::default());
    }
    Ok(Approvals::parse(&read_own(path)?, &path.display().to_string())?)
}

fn of<'i>(input: &'i Input, policy: &'i Policy, label: &'i str) -> RuleSource<'i> {
    let side = DiffSide { model: &input.model, policy, knowledge: &input.knowledge };
    RuleSource { side, intent: input.intent.as_ref(), files: &input.files, label }
}

/// One policy, compared and judged.
struct DiffPart<'a> {
    compared: &'a ComparedProjects<'a>,
    sources: &'a (RuleSource<'a>, RuleSource<'a>),
    causes: Vec<Assessed<'a, 'a>>,
    /// What was seen of each cause, where logs were given.
    seen: Option<Vec<SeenCause>>,
    beside: AssessedBeside,
}

impl DiffPart<'_> {
    fn open(&self) -> OpenGate {
        OpenGate::of(&self.compared.diff, &self.causes, &self.beside)
    }

    fn view(&self) -> DiffView {
        let mut view = view(&self.compared.diff, &self.compared.upkeep, &self.sources.0, &self.sources.1);
        for (view, assessed) in view.causes.iter_mut().zip(&self.causes) {
            view.approved = assessed.approved;
            view.risks = assessed.risks.iter().map(|risk| (risk.level.word().to_owned(), risk.what.clone())).collect();
        }
        for (view, seen) in view.causes.iter_mut().zip(self.seen.iter().flatten()) {
            view.seen = Some(seen.sentence());
        }
        let AssessedBeside { settings, routes, guards, upkeep, is_cut: _ } = &self.beside;
        let rows = [(&mut view.settings, settings), (&mut view.routes, routes), (&mut view.upkeep, upkeep)];
        for (rows, remarks) in rows {
            for (row, remark) in rows.iter_mut().zip(remarks) {
                row.risk = remark.risk.as_ref().map(|risk| (risk.level.word().to_owned(), risk.what.clone()));
                row.approved = remark.approved;
            }
        }
        for (guard, remark) in view.guards.iter_mut().zip(guards) {
            guard.risk = remark.risk.as_ref().map(|risk| risk.level.word().to_owned());
            guard.approved = remark.approved;
        }
        match self.compared.status {
            Status::Same | Status::Changed => {}
            Status::Added => view.caveats.insert(0, "the policy is new: only the new input has it".to_owned()),
            Status::Removed => view.caveats.insert(0, "the policy is gone: only the old input has it".to_owned()),
        }
        view
    }

    fn json(&self) -> Value {
        let (old, new) = self.sources;
        let ComparedProjects { diff, upkeep, status } = self.compared;
        let mut value = diff::json(diff, upkeep, old.files, new.files);
        let mut by_change: HashMap<*const diff::Change<'_>, (&Assessed<'_, '_>, Option<SeenCause>)> = HashMap::new();
        for (index, assessed) in self.causes.iter().enumerate() {
            let seen = self.seen.as_ref().and_then(|seen| seen.get(index)).copied();
            by_change.extend(assessed.cause.changes.iter().map(|one| (std::ptr::from_ref(*one), (assessed, seen))));
        }
        let assessed = diff.changes.iter().map(|change| by_change.get(&std::ptr::from_ref(change)).copied());
        for (fields, assessed) in entries(&mut value, "changes").zip(assessed) {
            let Some((assessed, seen)) = assessed else { continue };
            fields.extend(seen.map(|seen| ("seen".to_owned(), seen.json())));
            note_risks(fields, &assessed.risks);
            note_approved(fields, assessed.approved);
        }
        let AssessedBeside { settings, routes, guards, upkeep, is_cut: _ } = &self.beside;
        for (list, remarks) in [("settings", settings), ("routes", routes), ("guards", guards), ("upkeep", upkeep)] {
            for (fields, remark) in entries(&mut value, list).zip(remarks) {
                note_risks(fields, remark.risk.as_slice());
                note_approved(fields, remark.approved);
            }
        }
        diff::of_policy(value, new.side.policy.name.label(), status.word())
    }
}

/// The entries of a list of an answer.
fn entries<'v>(value: &'v mut Value, list: &str) -> impl Iterator<Item = &'v mut Map<String, Value>> {
    let list = value.get_mut(list).and_then(Value::as_array_mut);
    list.into_iter().flatten().filter_map(Value::as_object_mut)
}

fn note_approved(fields: &mut Map<String, Value>, approved: bool) {
    if approved {
        fields.insert("approved".to_owned(), true.into());
    }
}

fn note_risks(fields: &mut Map<String, Value>, risks: &[JudgedRisks]) {
    if !risks.is_empty() {
        let risks = risks.iter().map(|risk| json!({ "level": risk.level.word(), "what": risk.what }));
        fields.insert("risks".to_owned(), risks.collect());
    }
}

struct DiffAnswer<'a> {
    args: &'a DiffArgs,
    parts: Vec<DiffPart<'a>>,
    children: &'a [ReachedAnswer],
    without: Option<String>,
    assumptions: Vec<&'a Assumption>,
    /// The file that risks are judged by.
    config: Option<String>,
}

impl DiffAnswer<'_> {
    fn print(&self) -> Result<(), Failure> {
        let listed = || self.findings().into_iter().flatten().map(|(found, _)| found).collect::<Vec<LocatedFinding>>();
        match self.args.format {
            DiffFormat::Json => printer::json(&format!("{}\n", self.json())),
            DiffFormat::Text => printer::text(&text(&self.views(), style_of(&std::io::stdout()))),
            DiffFormat::Html => printer::markup(&html(&self.views())),
            DiffFormat::Markdown => printer::text(&markdown(&self.views(), room(self.args.host))),
            DiffFormat::Sarif => printer::json(&format!("{:#}\n", sarif(&listed(), self.assumed()))),
            DiffFormat::Github => printer::raw(&github(&listed(), self.assumed())),
            DiffFormat::AzurePipelines => printer::raw(&azure_pipelines(&listed(), self.assumed())),
            DiffFormat::Junit => printer::markup(&(junit(&self.suites()).map_err(not_made)? + "\n")),
        }
        Ok(())
    }

    fn suites(&self) -> Vec<Suite> {
        let remarks = told_once(self.assumed());
        let suites = self.views().into_iter().zip(self.findings()).map(|(view, found)| suite(&view, &found));
        let mut suites: Vec<Suite> = suites.collect();
        suites.first_mut().into_iter().for_each(|first| first.remarks.clone_from(&remarks));
        suites
    }

    fn assumed(&self) -> impl Iterator<Item = &Assumption> {
        self.assumptions.iter().copied()
    }

    /// What was found, policy by policy; the children with the first.
    fn findings(&self) -> Vec<Vec<(LocatedFinding, bool)>> {
        let fail_on = &self.args.fail_on;
        let own = self.parts.iter().zip(self.views()).map(|(part, view)| {
            let own = findings(&view, &part.causes, part.sources, fail_on).into_iter();
            own.chain(weaker(&view, part.sources.1.label)).collect::<Vec<_>>()
        });
        let mut all: Vec<Vec<(LocatedFinding, bool)>> = own.collect();
        if let (Some(first), Some(part)) = (all.first_mut(), self.parts.first()) {
            first.extend(self.children.iter().filter_map(|child| finding(child, part.sources.1.label, fail_on)));
        }
        all
    }

    /// The policies in words. What one of them states of the network, or of a base, the next does not repeat.
    fn views(&self) -> Vec<DiffView> {
        let mut views: Vec<DiffView> = self.parts.iter().map(DiffPart::view).collect();
        diff::renderers::say_once(&mut views);
        let without = self.without.as_ref();
        if let Some(first) = views.first_mut() {
            first.caveats.extend(without.map(|base| format!("without the base policy `{base}`, which was left out")));
            match self.args.format {
                DiffFormat::Html | DiffFormat::Markdown => {
                    first.caveats.extend(self.config.iter().map(|file| config::sentence(file)));
                    first.caveats.extend(told_once(self.assumed()));
                }
                // Standard error has them, and other formats have a place of their own.
                DiffFormat::Text
                | DiffFormat::Json
                | DiffFormat::Sarif
                | DiffFormat::Github
                | DiffFormat::AzurePipelines
                | DiffFormat::Junit => {}
            }
            first.others = self.children.iter().map(|child| child.view.clone()).collect();
        }
        views
    }

    fn json(&self) -> Value {
        let mut value = diff::together(self.parts.iter().map(DiffPart::json));
        if let Some(fields) = value.as_object_mut() {
            if !self.children.is_empty() {
                let children = self.children.iter().map(|child| child_json(&child.view));
                fields.insert("children".to_owned(), children.collect());
            }
            if let Some(base) = &self.without {
                fields.insert("withoutParent".to_owned(), base.as_str().into());
            }
            fields.extend(self.config.iter().map(|file| ("config".to_owned(), file.as_str().into())));
            fields.insert("assumptions".to_owned(), assumptions_json(self.assumed()));
        }
        value
    }

    fn approve(&self, path: &Path) -> Result<(), Failure> {
        let mut approvals = noted_before(path)?;
        let signature = signature(self.args);
        let mut noted = 0;
        for (part, view) in self.parts.iter().zip(self.views()) {
            for (assessed, view) in part.causes.iter().zip(&view.causes) {
                noted += usize::from(approvals.add(&assessed.contents, &view.title, &signature));
            }
        }
        for (part, view) in self.parts.iter().map(|part| (part, part.view())) {
            let AssessedBeside { settings, routes, guards, upkeep, is_cut: _ } = &part.beside;
            let row = |row: &SettingView| format!("{}: {} -> {}", row.path, row.before, row.after);
            let rows = |rows: &[SettingView]| rows.iter().map(row).collect::<Vec<String>>();
            let deny = view.guards.iter().map(|guard| guard.sentence.clone()).collect();
            let lists = [
                (settings, rows(&view.settings)),
                (routes, rows(&view.routes)),
                (guards, deny),
                (upkeep, rows(&view.upkeep)),
            ];
            for (remark, what) in lists.iter().flat_map(|(remarks, titles)| remarks.iter().zip(titles)) {
                noted += usize::from(approvals.add(std::slice::from_ref(&remark.content), what, &signature));
            }
        }
        for child in self.children {
            let what = format!("what the change does to policy `{}`", child.view.policy);
            noted += usize::from(approvals.add(&child.contents, &what, &signature));
        }
        file::write_file(path, approvals.text()?.as_bytes(), FileMark::Within("\"fwc.approved/1\""), Foreign::Kept)?;
        printer::complain(&format!("{}: {noted} more noted as accepted", path.display()));
        Ok(())
    }

    /// Reports which approvals of `--approved` no longer count, and which are of nothing that changes here.
    fn tell_idle(&self, approvals: &Approvals, today: Date) {
        let flows = self.parts.iter().flat_map(|part| &part.causes).flat_map(|one| &one.contents);
        let own = flows.chain(self.parts.iter().flat_map(|part| part.beside.all().map(|remark| &remark.content)));
        let [expired, unused] =
            approvals.idle(own.chain(self.children.iter().flat_map(|child| &child.contents)), today);
        for (titles, what) in [(expired, "expired approval"), (unused, "approval of nothing that changes here")] {
            titles.iter().for_each(|title| printer::complain(&format!("{what}: {title}")));
        }
    }

    /// Whether something that the caller wants to fail on was met and not accepted before.
    fn counts(&self) -> bool {
        let own = self.parts.iter().map(DiffPart::open);
        let mut all = own.chain(self.children.iter().map(|child| child.open));
        all.any(|open| self.args.fail_on.iter().any(|&what| open.meets(what)))
    }
}

/// Why a document could not be made.
fn not_made(error: std::io::Error) -> Failure {
    Failure::new(error.to_string())
}

fn room(host: HostArgument) -> MarkdownRoom {
    match host {
        HostArgument::Github => MarkdownRoom::GitHub,
        HostArgument::AzureDevops => MarkdownRoom::AzureDevOps,
    }
}

fn child_json(child: &OtherChanges) -> Value {
    let count = |of: &dyn Fn(Effect) -> bool| -> usize {
        let counts = Effect::ALL.iter().zip(child.counts).filter(|(effect, _)| of(**effect));
        counts.map(|(_, count)| count).sum()
    };
    match &child.verdict {
        Err(why) => json!({ "policy": child.policy, "notDecided": why }),
        Ok(_) => json!({
            "policy": child.policy,
            "equivalent": count(&|effect| !effect.is_of_the_way()) == 0,
            "widened": count(&Effect::is_wider) > 0,
            "narrowed": count(&Effect::is_narrower) > 0,
            "weakened": child.weakened,
            "translationChanged": count(&|effect| effect == Effect::TranslationChanged) > 0,
        }),
    }
}
