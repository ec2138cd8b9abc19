"""What is deployed against a source, for a run on a schedule: the answer of `fwc drift` in the log and as the summary of the job,
its JSON as a file, and a failure where the two differ. Runs on GitHub and in Azure Pipelines.

What is deployed is a file or folder that is there, or what `az` gives of the policies that are named."""

import json
import os
import pathlib
import subprocess
import sys
from typing import List, Tuple

import azure_devops
import github
import shared
from shared import Outcome, Request, Trouble, given

IS_GITHUB = os.environ.get("GITHUB_ACTIONS") == "true"
HOST = github.HOST if IS_GITHUB else azure_devops.HOST


def main() -> int:
    return shared.finish(HOST, work)


def work() -> Outcome:
    request = shared.request_of_inputs(HOST, "RUNNER_TEMP" if IS_GITHUB else "AGENT_TEMPDIRECTORY")
    request.output.mkdir(parents=True, exist_ok=True)
    policies = [named(text) for text in given("POLICIES").split()]
    if bool(policies) == bool(request.deployed):
        raise Trouble("state either `policies`, each as RESOURCEGROUP/NAME, or `deployed`, a file or folder")
    if policies:
        request.deployed = str(export(request, policies))
    outcome = compare(request)
    tell(outcome)
    return outcome


def named(text: str) -> Tuple[str, str]:
    """The resource group and the name of a policy."""
    group, _, name = text.partition("/")
    if not group or not name or "/" in name or text.startswith("-") or name.startswith("-"):
        raise Trouble(f"policies: expected RESOURCEGROUP/NAME, found `{text}`")
    return group, name


def export(request: Request, policies: List[Tuple[str, str]]) -> pathlib.Path:
    """A folder with what `az` gives of the policies, and of the IP groups beside them."""
    folder = request.output / "deployed"
    folder.mkdir(exist_ok=True)
    for number, (group, name) in enumerate(policies, 1):
        of_policy = ("network", "firewall", "policy")
        ask(folder / f"{number}-policy.json", *of_policy, "show", f"--resource-group={group}", f"--name={name}")
        listed = (*of_policy, "rule-collection-group", "list")
        ask(folder / f"{number}-groups.json", *listed, f"--resource-group={group}", f"--policy-name={name}")
    for number, group in enumerate(dict.fromkeys(group for group, _ in policies), 1):
        ask(folder / f"{number}-ip-groups.json", "network", "ip-group", "list", f"--resource-group={group}")
    return folder


def ask(file: pathlib.Path, *arguments: str) -> None:
    """Writes what `az` answers, unless that is an empty list."""
    # The groups of a policy are of an extension, which `az` installs without a question then.
    environment = {**os.environ, "AZURE_EXTENSION_USE_DYNAMIC_INSTALL": "yes_without_prompt"}
    try:
        answer = subprocess.run(["az", *arguments, "--output=json"], capture_output=True, env=environment)
    except OSError as error:
        raise Trouble(f"cannot run az: {error.strerror}") from error
    if answer.returncode != 0:
        shared.show(answer.stderr.decode("utf-8", "replace"))
        raise Trouble(f"az {' '.join(arguments)} failed: it takes a login, and the role Reader on the resource group")
    file.unlink(missing_ok=True)
    if answer.stdout.strip() != b"[]":
        file.write_bytes(answer.stdout)


def compare(request: Request) -> Outcome:
    outcome = Outcome()
    options = ["drift", f"--deployed={request.deployed}"]
    document = shared.fwc(request, *options, "--format=json", source=request.source)
    if not document.stdout:
        shared.show(document.stderr)
        outcome.failures.append(f"drift: `{request.source}` and `{request.deployed}` could not be compared")
        return outcome
    has_drifted = bool(json.loads(document.stdout)["drifted"])
    text = shared.fwc(request, *options, source=request.source)
    shared.show(text.stdout + text.stderr)
    shared.save(outcome, "drift", request.output / "drift.json", document.stdout)
    # No name of a rule ends the fence.
    page = text.stdout.replace("```", "` ` `")
    shared.save(outcome, "summary", request.output / "drift.md", f"```text\n{page}```\n")
    outcome.flags = {"drifted": "true" if has_drifted else "false"}
    outcome.gate = "failed" if has_drifted else "passed"
    if has_drifted:
        outcome.failures.append(f"drift: what is deployed is not what `{request.source}` states")
    return outcome


def tell(outcome: Outcome) -> None:
    """Outputs for later steps, and the summary."""
    if IS_GITHUB:
        github.write_outputs(outcome)
    else:
        azure_devops.set_variables(outcome)
    summary = outcome.files.get("summary")
    if summary is None:
        return
    if IS_GITHUB:
        github.append("GITHUB_STEP_SUMMARY", summary.read_text(encoding="utf-8"))
    else:
        azure_devops.upload_summary(summary)


if __name__ == "__main__":
    sys.exit(main())
