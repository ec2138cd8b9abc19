//! What an embedder or an editor relies on: projects over files in memory, and questions about them.

use std::path::Path;

use fwc::diag::Diagnostics;
use fwc::driver::{
    CheckDepth, FlowQuestion, MemoryFiles, NotWritten, OutputRequest, ParsedQuestion, Project, ProjectOptions, Stage,
    Unasked, Unusable, asked, compile, load,
};

const SOURCE: &str = "import \"sets/network.pol\"
policy web { location \"westeurope\" sku standard
    group out { api: allow https from nodes to api.example.com }
}";

fn files() -> MemoryFiles {
    let mut files = MemoryFiles::of("egress.pol", SOURCE);
    files.insert("sets/network.pol", "let nodes = 10.0.0.0/16\n");
    files
}

fn messages(found: &Diagnostics) -> Vec<String> {
    found.iter().map(|found| format!("{}: {}", found.code.id, found.message)).collect()
}

#[test]
fn a_project_goes_from_unsaved_files_to_templates() {
    let project = Project::new(files(), "egress.pol", ProjectOptions::default());
    assert_eq!(project.intent().policies[0].name.value, "web");
    assert_eq!(project.model().policies[0].groups[0].name, "out");
    assert_eq!(project.proofs().len(), 1);
    let compiled = compile(&project, &OutputRequest::default()).outcome.unwrap();
    let names: Vec<&str> = compiled.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(
        names,
        ["web.arm.json", "web.bicep", "web.tf", "variables.tf", "web.review.md", "web.review.html", "manifest.json"]
    );
}

#[test]
fn an_error_stops_no_stage_and_writes_nothing() {
    let mut files = files();
    files.insert("egress.pol", SOURCE.replace("from nodes", "from nodez"));
    let project = Project::new(files, "egress.pol", ProjectOptions::default());
    assert_eq!(messages(project.found(Stage::Understand)), ["FW0201: `nodez` is not defined"]);
    assert_eq!(project.model().policies[0].name, "web");
    assert!(project.proofs().is_empty());
    assert_eq!(compile(&project, &OutputRequest::default()).outcome.err(), Some(NotWritten::Errors));
}

#[test]
fn a_file_that_cannot_be_read_is_a_finding_and_a_fault() {
    let missing = "cannot read `egress.pol`: there is no such file";
    let project = Project::new(MemoryFiles::new(), "egress.pol", ProjectOptions::default());
    assert_eq!(messages(&project.diagnostics(CheckDepth::Checked)), [format!("FW0209: {missing}")]);
    assert_eq!(project.fault().unwrap().to_string(), missing);
    let mut broken = files();
    broken.insert("egress.lock", "{}");
    let project = Project::new(broken, "egress.pol", ProjectOptions::default());
    assert!(project.fault().unwrap().to_string().starts_with("`egress.lock` is not a lock file: "));
    let imported = Project::new(MemoryFiles::of("egress.pol", SOURCE), "egress.pol", ProjectOptions::default());
    assert_eq!(imported.found(Stage::Load).iter().next().unwrap().code.id, "FW0209");
    assert!(imported.fault().is_none());
}

#[test]
fn imports_do_not_leave_the_root_of_memory() {
    let files = MemoryFiles::of("a/egress.pol", "import \"../../secret.pol\"");
    let project = Project::new(files, "a/egress.pol", ProjectOptions::default());
    let found = messages(project.found(Stage::Load));
    assert_eq!(found, ["FW0209: cannot import `../../secret.pol`: it lies outside the root folder"]);
}

#[test]
fn without_a_date_no_expiry_is_judged() {
    let text = SOURCE.replace("api: allow", "@expires(2020-01-01) api: allow");
    let codes = |today| {
        let mut files = files();
        files.insert("egress.pol", text.clone());
        let project = Project::new(files, "egress.pol", ProjectOptions { today, ..ProjectOptions::default() });
        messages(project.found(Stage::Check)).len()
    };
    assert_eq!((codes(None), codes(Some(jiff::civil::date(2026, 10, 1)))), (0, 1));
}

fn ask(files: &MemoryFiles, path: &str, [services, from, to]: [&str; 3]) -> Result<ParsedQuestion, Vec<String>> {
    let question = FlowQuestion { services: services.to_owned(), from: from.to_owned(), to: to.to_owned() };
    let asked = asked(files, Path::new(path), &question, &ProjectOptions::default());
    asked.map_err(|(Unasked::Input(why) | Unasked::Question(why))| match why {
        Unusable::Errors { found, texts } => found
            .iter()
            .map(|found| {
                let at = found.at.as_ref().unwrap().at;
                let file = texts.get(at.file()).unwrap().name().to_owned();
                format!("{file}: {} @ {}", found.message, texts.text(at))
            })
            .collect(),
        Unusable::Fault(fault) => vec![fault.to_string()],
    })
}

#[test]
fn a_question_is_asked_in_the_scope_of_the_source() {
    assert_eq!(ask(&files(), "egress.pol", ["any", "nodes", "any"]).unwrap().flows.len(), 1);
    assert_eq!(ask(&files(), "egress.pol", ["https", "nodes # all\n, 10.9.0.4", "any"]).unwrap().flows.len(), 1);
}

#[test]
fn a_mistake_in_a_question_is_shown_where_it_is() {
    let wrong = |question| ask(&files(), "egress.pol", question).err().unwrap();
    assert_eq!(wrong(["any", "nodez", "any"]), ["--from: `nodez` is not defined @ nodez"]);
    for (question, end) in [
        (["https from any", "any", "any"], "--service: expected the end of the value, found `from` @ from"),
        (["any", "nodes to any", "any"], "--from: expected the end of the value, found `to` @ to"),
        (["any", "any", "any } policy p {"], "--to: expected the end of the value, found `}` @ }"),
        (["any", "any", "any\nlet x = any"], "--to: expected the end of the value, found `let` @ let"),
        (["any", "any", "any outside tag(Sql)"], "--to: expected the end of the value, found `outside` @ outside"),
    ] {
        assert_eq!(wrong(question), [end]);
    }
}

#[test]
fn a_question_about_an_artefact_has_no_names() {
    let project = Project::new(files(), "egress.pol", ProjectOptions::default());
    let compiled = compile(&project, &OutputRequest::default()).outcome.unwrap();
    let template = String::from_utf8(compiled.files[0].content.clone()).unwrap();
    let files = MemoryFiles::of("web.json", template);
    assert!(load(&files, Path::new("web.json"), &ProjectOptions::default()).is_ok());
    assert!(ask(&files, "web.json", ["any", "10.0.0.0/16", "any"]).is_ok());
    let wrong = ask(&files, "web.json", ["any", "nodes", "any"]).err().unwrap();
    assert_eq!(wrong, ["--from: `nodes` is not defined @ nodes"]);
}

#[test]
fn the_value_of_a_parameter_is_one_set() {
    let text = "param where: addresses = 10.0.0.4\nlet nodes = 10.0.0.0/16\n
        policy web { sku standard group out { api: allow tcp/443 from where to 192.0.2.10 } }";
    let found = |value: &str| {
        let settings = vec![("where".to_owned(), value.to_owned())];
        let project = Project::new(
            MemoryFiles::of("e.pol", text),
            "e.pol",
            ProjectOptions { settings, ..ProjectOptions::default() },
        );
        messages(project.found(Stage::Understand))
    };
    assert_eq!(found("10.0.0.4, 10.0.0.5"), [""; 0]);
    assert_eq!(found("nodes except 10.0.0.4 # but one"), [""; 0]);
    assert_eq!(found("10.0.0.4 let other = any"), ["FW0101: expected the end of the value, found `let`"]);
    assert_eq!(found("where"), ["FW0204: the definition needs itself"]);
}
