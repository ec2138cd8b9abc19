//! The GitHub action: its own command lines under the environment of a runner.

use serde_json::{Value, json};

use super::stub::{Asked, Server};
use super::{BASE, change, git, has_tools, of_project, repository, shell, wider};
use crate::cli::{Run, Sandbox};

const TOKEN: &str = "a-token-that-nobody-prints";
const COMMENTS: &str = "/repos/o/r/issues/7/comments";
const REVIEWED: &str = "/repos/o/r/pulls/7";
/// The longest comment that GitHub takes.
const LONGEST: usize = 65_536;

/// The comments of one pull request, and the methods that were used.
#[derive(Default)]
struct Issue {
    comments: Vec<Value>,
    /// Comments at lines of the difference.
    at_lines: Vec<Value>,
    writes: Vec<String>,
    is_read_only: bool,
    /// Where every request is sent on to.
    elsewhere: Option<String>,
    /// How many requests came, and had the token.
    asked: usize,
}

impl Issue {
    fn answer(&mut self, asked: &Asked) -> (u16, Vec<u8>) {
        self.asked += usize::from(!asked.authorization.is_empty());
        if let Some(url) = &self.elsewhere {
            return (302, format!("{url}{}", asked.path).into_bytes());
        }
        let (status, value) = self.reply(asked);
        (status, value.to_string().into_bytes())
    }

    fn reply(&mut self, asked: &Asked) -> (u16, Value) {
        if asked.authorization != format!("Bearer {TOKEN}") {
            return (401, json!({}));
        }
        let (method, path) = asked.route();
        if path.starts_with(REVIEWED) {
            return self.review(method, path, asked);
        }
        if method == "GET" {
            assert_eq!(path, COMMENTS);
            let page: usize = asked.path.split("page=").last().unwrap().parse().unwrap();
            return (200, self.comments.iter().skip((page - 1) * 100).take(100).cloned().collect());
        }
        let body = asked.body["body"].as_str().unwrap();
        if self.is_read_only {
            return (403, json!({}));
        }
        if body.chars().count() > LONGEST {
            return (422, json!({}));
        }
        self.writes.push(method.to_owned());
        match path.strip_prefix("/repos/o/r/issues/comments/") {
            Some(id) => {
                let edited =
                    self.comments.iter_mut().find(|comment| comment["id"].as_u64() == id.parse().ok()).unwrap();
                edited["body"] = body.into();
            }
            None => {
                assert_eq!((method, path), ("POST", COMMENTS));
                self.add("github-actions[bot]", body);
            }
        }
        (200, json!({}))
    }

    /// Comments at lines, which reviews add.
    fn review(&mut self, method: &str, path: &str, asked: &Asked) -> (u16, Value) {
        if method == "GET" {
            assert_eq!(path, format!("{REVIEWED}/comments"));
            return (200, self.at_lines.clone().into());
        }
        assert_eq!((method, path, &asked.body["event"]), ("POST", &*format!("{REVIEWED}/reviews"), &json!("COMMENT")));
        for comment in asked.body["comments"].as_array().unwrap() {
            let mut comment = comment.clone();
            comment["user"] = json!({ "login": "github-actions[bot]" });
            self.at_lines.push(comment);
        }
        (200, json!({}))
    }

    fn add(&mut self, author: &str, body: &str) {
        let id = self.comments.len() + 1;
        self.comments.push(json!({ "id": id, "user": { "login": author }, "body": body }));
    }
}

fn server() -> Server<Issue> {
    Server::new(Issue::default(), Issue::answer)
}

/// Runs the action's last step on a pull request against `base`.
fn act(sandbox: &Sandbox, server: &Server<Issue>, base: &str, inputs: &[(&str, &str)]) -> Run {
    let event = json!({ "pull_request": { "number": 7, "base": { "sha": base } } });
    sandbox.write("event.json", &event.to_string());
    let path = |name: &str| sandbox.path(name).display().to_string();
    let (event, output, summary, folder) = (path("event.json"), path("output"), path("summary"), path(""));
    let variables = [
        ("GITHUB_ACTION_PATH", env!("CARGO_MANIFEST_DIR")),
        ("GITHUB_EVENT_PATH", &event),
        ("GITHUB_OUTPUT", &output),
        ("GITHUB_STEP_SUMMARY", &summary),
        ("RUNNER_TEMP", &folder),
        ("GITHUB_API_URL", &server.url),
        ("GITHUB_REPOSITORY", "o/r"),
        ("INPUT_TOKEN", TOKEN),
    ];
    let run = shell(sandbox, &commands()[1], &[&variables, inputs].concat());
    assert!(!format!("{}{}", run.stdout, run.stderr).contains(TOKEN));
    run
}

/// The command line of each step of the action.
pub(super) fn commands() -> Vec<String> {
    let action = of_project("action.yml");
    let lines = action.lines().filter_map(|line| line.trim().strip_prefix("run: '")?.strip_suffix('\''));
    lines.map(str::to_owned).collect()
}

#[test]
fn no_input_is_part_of_a_command_line() {
    let commands = commands();
    assert_eq!(commands.len(), of_project("action.yml").matches("run: ").count());
    assert!(commands.iter().all(|command| !command.contains("${{")), "{commands:?}");
}

#[test]
fn a_change_has_one_comment_that_is_edited() {
    if !has_tools() {
        return;
    }
    let (sandbox, server) = (repository(), server());
    let base = git(&sandbox, &["rev-parse", "HEAD"]);
    change(&sandbox, &wider());
    let run = act(&sandbox, &server, &base, &[("INPUT_FAIL_ON", "widened")]);
    assert_eq!(run.status, 1, "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("::error title=fwc::diff: the change meets the gate `widened`\n"), "{}", run.stdout);
    assert!(run.stdout.contains("::warning file=egress.pol,line=8,"), "{}", run.stdout);
    let first = server.with(|issue| issue.comments[0]["body"].as_str().unwrap().to_owned());
    assert!(first.contains("new.example.org") && first.contains("**The gate `widened` failed.**"), "{first}");
    let outputs = sandbox.read("output");
    assert!(outputs.contains("widened=true\n") && outputs.contains("gate=failed\n"), "{outputs}");
    assert!(sandbox.read("summary").contains("new.example.org"));
    assert_eq!(sandbox.names("fwc"), ["check.sarif", "comment.md", "diff.json", "test.junit.xml"]);

    change(&sandbox, BASE);
    let run = act(&sandbox, &server, &base, &[("INPUT_FAIL_ON", "widened")]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    server.with(|issue| {
        let text = issue.comments[0]["body"].as_str().unwrap();
        assert!(!text.contains("new.example.org") && !text.contains("failed"), "{text}");
        assert_eq!((issue.comments.len(), issue.writes.join(" ").as_str()), (1, "POST PATCH"));
    });
}

#[test]
fn what_others_wrote_is_not_edited_and_comments_of_further_pages_are_found() {
    if !has_tools() {
        return;
    }
    let (sandbox, server) = (repository(), server());
    let base = git(&sandbox, &["rev-parse", "HEAD"]);
    change(&sandbox, &wider());
    act(&sandbox, &server, &base, &[]);
    server.with(|issue| {
        let mut own = issue.comments.pop().unwrap();
        let copy = own["body"].as_str().unwrap().to_owned();
        (0..150).for_each(|_| issue.add("somebody", &copy));
        own["id"] = 1000.into();
        issue.comments.push(own);
    });
    change(&sandbox, &wider().replace("new.example.org", "other.example.org"));
    act(&sandbox, &server, &base, &[]);
    server.with(|issue| {
        let is_edited = |comment: &Value| comment["body"].as_str().unwrap().contains("other.example.org");
        let edited: Vec<&Value> = issue.comments.iter().filter(|comment| is_edited(comment)).collect();
        assert_eq!((edited.len(), &edited[0]["id"], issue.comments.len()), (1, &json!(1000), 151));
    });
}

#[test]
fn a_change_without_news_is_not_commented() {
    if !has_tools() {
        return;
    }
    let (sandbox, server) = (repository(), server());
    let base = git(&sandbox, &["rev-parse", "HEAD"]);
    sandbox.write("work/README.md", "a page\n");
    assert_eq!(act(&sandbox, &server, &base, &[("INPUT_FAIL_ON", "changed")]).status, 0);
    assert!(server.with(|issue| issue.comments.is_empty()));
}

#[test]
fn a_token_that_may_only_read_loses_the_comment_and_not_the_gate() {
    if !has_tools() {
        return;
    }
    let (sandbox, server) = (repository(), server());
    let base = git(&sandbox, &["rev-parse", "HEAD"]);
    change(&sandbox, &wider());
    server.with(|issue| issue.is_read_only = true);
    let run = act(&sandbox, &server, &base, &[]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("::warning title=fwc::the comment was not written: POST /repos/o/r"), "{}", run.stdout);
    assert_eq!(act(&sandbox, &server, &base, &[("INPUT_FAIL_ON", "widened")]).status, 1);
}

#[test]
fn the_token_is_not_taken_to_where_a_redirect_leads() {
    if !has_tools() {
        return;
    }
    let (sandbox, first, other) = (repository(), server(), server());
    let base = git(&sandbox, &["rev-parse", "HEAD"]);
    change(&sandbox, &wider());
    first.with(|issue| issue.elsewhere = Some(other.url.clone()));
    let run = act(&sandbox, &first, &base, &[]);
    assert!(run.stdout.contains("HTTP status 302"), "{}", run.stdout);
    assert_eq!((first.with(|issue| issue.asked), other.with(|issue| issue.asked)), (1, 0));
}

#[test]
fn a_source_that_the_base_does_not_have_fails_the_gate() {
    if !has_tools() {
        return;
    }
    let (sandbox, server) = (repository(), server());
    let base = git(&sandbox, &["rev-parse", "HEAD"]);
    sandbox.write("work/$(touch pwned);new.pol", BASE);
    let source = ("INPUT_SOURCE", "$(touch pwned);new.pol");
    assert_eq!(act(&sandbox, &server, &base, &[source]).status, 0);
    let run = act(&sandbox, &server, &base, &[source, ("INPUT_FAIL_ON", "widened")]);
    assert_eq!(run.status, 1, "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("everything that it allows is new"), "{}", run.stdout);
    assert!(!sandbox.path("work/pwned").exists());
}

#[test]
fn an_accepted_change_passes_and_a_plan_is_written() {
    if !has_tools() {
        return;
    }
    let (sandbox, server) = (repository(), server());
    let base = git(&sandbox, &["rev-parse", "HEAD"]);
    change(&sandbox, &wider());
    let approve = "\"$INPUT_FWC\" diff HEAD~1:egress.pol egress.pol --approve ok.json --by me --reason why";
    assert_eq!(shell(&sandbox, approve, &[]).status, 0);
    let inputs = [("INPUT_FAIL_ON", "widened"), ("INPUT_APPROVED", "ok.json"), ("INPUT_DEPLOYED", "HEAD~1:egress.pol")];
    let run = act(&sandbox, &server, &base, &inputs);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    assert!(sandbox.read("output").contains("gate=passed\n"));
    assert!(sandbox.read("fwc/plan.sh").starts_with("#!/bin/sh\n") && sandbox.path("fwc/rollback.sh").exists());
}

#[test]
fn what_cannot_be_compared_fails_and_says_so_in_the_comment() {
    if !has_tools() {
        return;
    }
    let (sandbox, server) = (repository(), server());
    let base = git(&sandbox, &["rev-parse", "HEAD"]);
    change(&sandbox, &wider());
    act(&sandbox, &server, &base, &[]);
    change(&sandbox, &BASE.replace("from nodes", "frm nodes"));
    let run = act(&sandbox, &server, &base, &[]);
    assert_eq!(run.status, 1);
    assert!(run.stdout.contains("::error title=fwc::check: `egress.pol` has errors"), "{}", run.stdout);
    let text = server.with(|issue| issue.comments[0]["body"].to_string());
    assert!(text.contains("could not be compared"), "{text}");
    let run = act(&sandbox, &server, "0123456789012345678901234567890123456789", &[]);
    assert!(run.stdout.contains("::error title=fwc::git knows no commit"), "{}", run.stdout);
    assert_eq!(run.status, 1);
}

/// A command in the place of fwc whose page is longer than a comment may be, and which prints what it must not.
#[cfg(unix)]
const LONG: &str = r#"#!/bin/sh
[ -z "$INPUT_TOKEN" ] || exit 2
echo '::error::not a command' >&2
case "$*" in
    diff*json*) echo '{"widened": true, "changes": [1]}' ;;
    diff*markdown*) echo head; echo '<details>'; yes 'a line of the page' | head -n 4000 ;;
    check*github*) exit 0 ;;
    *) exit 1 ;;
esac
"#;

#[cfg(unix)]
#[test]
fn a_long_page_is_cut_and_no_error_of_fwc_is_a_command() {
    if !has_tools() {
        return;
    }
    let (sandbox, server) = (repository(), server());
    let base = git(&sandbox, &["rev-parse", "HEAD"]);
    change(&sandbox, &wider());
    sandbox.write("long", LONG);
    assert_eq!(shell(&sandbox, "chmod +x ../long", &[]).status, 0);
    let run = act(&sandbox, &server, &base, &[("INPUT_FWC", "../long")]);
    assert_eq!(run.status, 1, "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("| ::error::not a command\n") && !run.stdout.contains("\n::error::"), "{}", run.stdout);
    let text = server.with(|issue| issue.comments[0]["body"].as_str().unwrap().to_owned());
    assert!(text.contains("</details>") && text.contains("**Cut:**"), "{}", &text[text.len() - 300..]);
    assert!((65_000..=LONGEST).contains(&text.chars().count()));
}

#[test]
fn fixes_are_suggested_at_changed_lines_and_once() {
    if !has_tools() {
        return;
    }
    let (sandbox, server) = (repository(), server());
    let base = git(&sandbox, &["rev-parse", "HEAD"]);
    change(&sandbox, &BASE.replace("sku      standard", "sku = \"Standard\""));
    let run = act(&sandbox, &server, &base, &[]);
    assert!(!run.stdout.contains("was not written"), "{}", run.stdout);
    server.with(|issue| {
        let [comment] = issue.at_lines.as_slice() else { panic!("{:?}", issue.at_lines) };
        assert_eq!((&comment["path"], &comment["side"]), (&json!("egress.pol"), &json!("RIGHT")));
        let text = sandbox.read("work/egress.pol");
        let line = 1 + text.lines().position(|line| line.contains("sku =")).unwrap();
        assert_eq!(comment["line"], line);
        let body = comment["body"].as_str().unwrap();
        assert!(body.contains("```suggestion\n    sku standard\n```\n"), "{body}");
    });
    act(&sandbox, &server, &base, &[]);
    assert_eq!(server.with(|issue| issue.at_lines.len()), 1, "what is suggested already is not again");
    act(&sandbox, &server, &base, &[("INPUT_SUGGEST", "false")]);
    change(&sandbox, BASE);
    act(&sandbox, &server, &base, &[]);
    assert_eq!(server.with(|issue| issue.at_lines.len()), 1);
}

/// A suggestion holds the text of a pull request, which is nobody's markup.
#[test]
fn suggestions_are_inert() {
    if !has_tools() {
        return;
    }
    let (sandbox, server) = (repository(), server());
    let base = git(&sandbox, &["rev-parse", "HEAD"]);
    let text = "let a = 10.0.0.1 // ```` @team <img src=x> [a](b)\nlet b = \u{2018}<script>@team\u{2019}\n";
    change(&sandbox, &format!("{BASE}{text}"));
    let run = act(&sandbox, &server, &base, &[]);
    assert!(!run.stdout.contains("was not written"), "{}", run.stdout);
    server.with(|issue| {
        assert!(!issue.at_lines.is_empty());
        for comment in &issue.at_lines {
            let body = comment["body"].as_str().unwrap();
            let fence: String =
                body.lines().find(|line| line.ends_with("suggestion")).unwrap().replace("suggestion", "");
            let (head, rest) = body.split_once(&format!("{fence}suggestion\n")).unwrap();
            assert!(!rest.split_once(&format!("\n{fence}\n")).unwrap().0.contains(&fence), "{body}");
            let told = head.split_once("-->").unwrap().1;
            assert!(!told.contains(['<', '@']), "{body}");
        }
    });
}
