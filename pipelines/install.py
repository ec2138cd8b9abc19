"""Puts a release of fwc on the path of the later steps: the archive of this machine, held against its SHA-256.

The hash is the input `sha256`, else what the release's own SHA256SUMS states, which only shows that the download is whole;
who wants to know that the release is the one that was reviewed states the hash."""

import hashlib
import io
import os
import pathlib
import platform
import re
import sys
import tarfile
import urllib.request

from shared import Trouble, given

RELEASES = "https://github.com/fwc-dev/fwc/releases/download"
# Release targets by what `platform` calls system and machine.
TARGETS = {
    ("Linux", "x86_64"): "x86_64-unknown-linux-musl",
    ("Linux", "aarch64"): "aarch64-unknown-linux-musl",
    ("Darwin", "x86_64"): "x86_64-apple-darwin",
    ("Darwin", "arm64"): "aarch64-apple-darwin",
    ("Windows", "AMD64"): "x86_64-pc-windows-msvc",
}


def main() -> int:
    try:
        install()
    except Trouble as trouble:
        print(f"fwc: {trouble}", file=sys.stderr)
        return 1
    return 0


def install() -> None:
    version = given("VERSION").removeprefix("v")
    if not version:
        return print("no version is stated: the fwc that is there is used")
    if not re.fullmatch(r"[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.]+)?", version):
        raise Trouble(f"version: expected a number such as 0.1.0, found `{version}`")
    name = f"fwc-{target()}.tar.gz"
    root = f"{(given('RELEASES') or RELEASES).rstrip('/')}/v{version}"
    archive = download(f"{root}/{name}")
    found = hashlib.sha256(archive).hexdigest()
    expected = given("SHA256").lower() or stated(download(f"{root}/SHA256SUMS").decode("utf-8", "replace"), name)
    if found != expected:
        raise Trouble(f"{name}: expected the SHA-256 {expected}, found {found}")
    add_to_path(unpack(archive))


def target() -> str:
    machine = (platform.system(), platform.machine())
    if machine not in TARGETS:
        raise Trouble(f"there is no release for {machine[0]} on {machine[1]}: build fwc, and state its path in `fwc`")
    return TARGETS[machine]


def download(url: str) -> bytes:
    try:
        with urllib.request.urlopen(url, timeout=120) as answer:
            return answer.read()
    except (OSError, ValueError) as error:
        raise Trouble(f"cannot download {url}: {error}") from error


def stated(sums: str, name: str) -> str:
    """The hash of a file in the output of `sha256sum`."""
    rows = [line.split() for line in sums.splitlines()]
    hashes = [row[0].lower() for row in rows if len(row) == 2 and row[1].lstrip("*") == name]
    if len(hashes) != 1:
        raise Trouble(f"SHA256SUMS states no hash of {name}")
    return hashes[0]


def unpack(archive: bytes) -> pathlib.Path:
    """The folder with the binary. Only that one member is read, so that no path of the archive leads anywhere."""
    binary = "fwc.exe" if platform.system() == "Windows" else "fwc"
    folder = pathlib.Path(os.environ.get("RUNNER_TEMP") or os.environ.get("AGENT_TEMPDIRECTORY") or ".", "fwc-bin")
    try:
        with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as members:
            file = members.extractfile(f"fwc-{target()}/{binary}")
            content = file.read() if file else b""
    except (tarfile.TarError, KeyError, OSError) as error:
        raise Trouble(f"the archive has no binary: {error}") from error
    folder.mkdir(parents=True, exist_ok=True)
    (folder / binary).write_bytes(content)
    (folder / binary).chmod(0o755)
    return folder.resolve()


def add_to_path(folder: pathlib.Path) -> None:
    github = os.environ.get("GITHUB_PATH")
    if github:
        with open(github, "a", encoding="utf-8", newline="\n") as file:
            file.write(f"{folder}\n")
    else:
        print(f"##vso[task.prependpath]{folder}")


if __name__ == "__main__":
    sys.exit(main())
