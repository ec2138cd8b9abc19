//! The template for Azure Pipelines: its own command line under the environment of an agent.

use serde_json::{Value, json};

use super::stub::{Asked, Server};
use super::{BASE, change, git, has_tools, of_project, repository, shell, wider};
use crate::cli::{Run, Sandbox};

const TOKEN: &str = "a-token-that-nobody-prints";
const THREADS: &str = "/org/project-id/_apis/git/repositories/repository-id/pullRequests/7/threads";

/// The threads of one pull request, and what was written.
#[derive(Default)]
struct Review {
    threads: Vec<Value>,
    writes: Vec<String>,
    /// Whether every answer has another form than that of Azure DevOps.
    is_odd: bool,
}

impl Review {
    fn answer(&mut self, asked: &Asked) -> (u16, Vec<u8>) {
        let (status, value) = self.reply(asked);
        (status, value.to_string().into_bytes())
    }

    fn reply(&mut self, asked: &Asked) -> (u16, Value) {
        if asked.authorization != format!("Bearer {TOKEN}") || !asked.path.contains("?api-version=7.1") {
            return (401, json!({}));
        }
        let (method, path) = asked.route();
        if self.is_odd {
            return (200, json!([]));
        }
        if path == "/org/_apis/connectionData" {
            return (200, json!({ "authenticatedUser": { "id": "build" } }));
        }
        if method == "GET" {
            assert_eq!(path, THREADS);
            return (200, json!({ "value": self.threads }));
        }
        let rest: Vec<&str> = path.strip_prefix(THREADS).unwrap().split('/').skip(1).collect();
        self.writes.push(format!("{method} {}", rest.join("/")));
        match rest[..] {
            [] => self.add("build", asked.body["comments"][0]["content"].as_str().unwrap(), &asked.body["status"]),
            [thread] => self.thread(thread)["status"] = asked.body["status"].clone(),
            [thread, "comments", "1"] => self.thread(thread)["comments"][0]["content"] = asked.body["content"].clone(),
            _ => return (404, json!({})),
        }
        (200, json!({}))
    }

    fn thread(&mut self, id: &str) -> &mut Value {
        self.threads.iter_mut().find(|thread| thread["id"].as_u64() == id.parse().ok()).unwrap()
    }

    fn add(&mut self, author: &str, text: &str, status: &Value) {
        let comment = json!({ "id": 1, "author": { "id": author }, "content": text });
        let id = self.threads.len() + 1;
        self.threads.push(json!({ "id": id, "status": status, "comments": [comment] }));
    }
}

/// The repository with the base as the target of a pull request, and the scripts where the template checks them out.
fn checkout() -> Sandbox {
    let sandbox = repository();
    git(&sandbox, &["update-ref", "refs/remotes/origin/main", "HEAD"]);
    for script in ["shared.py", "azure_devops.py", "install.py"] {
        sandbox.write(&format!("fwc/pipelines/{script}"), &of_project(&format!("pipelines/{script}")));
    }
    sandbox
}

/// The command lines of the template.
fn commands() -> Vec<String> {
    let template = of_project("pipelines/azure-devops.yml");
    let lines = template.lines().filter_map(|line| line.trim().strip_prefix("- bash: '")?.strip_suffix('\''));
    lines.map(str::to_owned).collect()
}

/// Runs the template's second command on a pull request to `main`.
fn act(sandbox: &Sandbox, server: &Server<Review>, inputs: &[(&str, &str)]) -> Run {
    let (workspace, collection) = (sandbox.path("").display().to_string(), format!("{}/org/", server.url));
    let temporary = sandbox.path("temporary").display().to_string();
    let variables = [
        ("PIPELINE_WORKSPACE", workspace.as_str()),
        ("AGENT_TEMPDIRECTORY", &temporary),
        ("SYSTEM_COLLECTIONURI", &collection),
        ("SYSTEM_TEAMPROJECTID", "project-id"),
        ("SYSTEM_PULLREQUEST_PULLREQUESTID", "7"),
        ("SYSTEM_PULLREQUEST_TARGETBRANCH", "refs/heads/main"),
        ("BUILD_REPOSITORY_PROVIDER", "TfsGit"),
        ("BUILD_REPOSITORY_ID", "repository-id"),
        ("SYSTEM_ACCESSTOKEN", TOKEN),
    ];
    let run = shell(sandbox, &commands()[1], &[&variables, inputs].concat());
    assert!(!format!("{}{}", run.stdout, run.stderr).contains(TOKEN));
    run
}

#[test]
fn no_parameter_is_part_of_a_command_line() {
    let commands = commands();
    assert_eq!(commands.len(), of_project("pipelines/azure-devops.yml").matches("bash: ").count());
    assert!(commands.iter().all(|command| !command.contains("${{")), "{commands:?}");
}

#[test]
fn a_change_has_one_thread_that_is_edited_and_closed() {
    if !has_tools() {
        return;
    }
    let (sandbox, server) = (checkout(), Server::new(Review::default(), Review::answer));
    change(&sandbox, &wider());
    let run = act(&sandbox, &server, &[("INPUT_FAIL_ON", "widened"), ("INPUT_STRICT", "False")]);
    assert_eq!(run.status, 1, "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("##vso[task.logissue type=error]diff: the change meets the gate `widened`"));
    assert!(run.stdout.contains("##vso[task.logissue type=warning;sourcepath=egress.pol;linenumber=8;"));
    assert!(run.stdout.contains("##vso[task.setvariable variable=widened;isOutput=true]true\n"), "{}", run.stdout);
    assert!(run.stdout.contains("##vso[task.uploadsummary]"), "{}", run.stdout);
    assert_eq!(sandbox.names("temporary/fwc"), ["check.sarif", "comment.md", "diff.json", "test.junit.xml"]);
    let text = server.with(|review| {
        assert_eq!((review.threads.len(), &review.threads[0]["status"]), (1, &json!("active")));
        review.threads[0]["comments"][0]["content"].as_str().unwrap().to_owned()
    });
    assert!(text.contains("new.example.org"), "{text}");
    // The same text by somebody else is not this build's thread.
    server.with(|review| {
        review.add("somebody", &text, &json!("active"));
        review.threads.swap(0, 1);
    });

    change(&sandbox, BASE);
    let run = act(&sandbox, &server, &[("INPUT_FAIL_ON", "widened")]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    server.with(|review| {
        assert_eq!(review.writes, ["POST ", "PATCH 1/comments/1", "PATCH 1"]);
        assert_eq!(review.thread("1")["status"], "closed");
        assert!(!review.thread("1")["comments"][0]["content"].to_string().contains("new.example.org"));
        assert_eq!(review.thread("2")["comments"][0]["content"], text);
    });
}

#[test]
fn without_a_version_nothing_is_installed() {
    if !has_tools() {
        return;
    }
    let sandbox = checkout();
    let workspace = sandbox.path("").display().to_string();
    let run =
        shell(&sandbox, &commands()[0], &[("PIPELINE_WORKSPACE", &workspace), ("AGENT_TEMPDIRECTORY", &workspace)]);
    assert_eq!((run.status, run.stdout.contains("##vso")), (0, false), "{}{}", run.stdout, run.stderr);
    assert!(!sandbox.path("fwc-bin").exists());
}

#[test]
fn where_no_thread_can_be_written_the_user_is_warned() {
    if !has_tools() {
        return;
    }
    let (sandbox, server) = (checkout(), Server::new(Review::default(), Review::answer));
    change(&sandbox, &wider());
    let run = act(&sandbox, &server, &[("BUILD_REPOSITORY_PROVIDER", "GitHub")]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("##vso[task.logissue type=warning]the thread was not written"), "{}", run.stdout);
    assert!(server.with(|review| review.writes.is_empty()));
    server.with(|review| review.is_odd = true);
    let run = act(&sandbox, &server, &[]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("the thread was not written: the answer of the server"), "{}", run.stdout);
}
