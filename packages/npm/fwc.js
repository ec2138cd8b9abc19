#!/usr/bin/env node
"use strict";

// Runs the binary of the package for this machine, which npm installs as an optional dependency. Nothing is downloaded here.

const { spawnSync } = require("node:child_process");

const name = `@fwc-dev/fwc-${process.platform}-${process.arch}`;
const binary = process.platform === "win32" ? "fwc.exe" : "fwc";

function main() {
  let path;
  try {
    path = require.resolve(`${name}/${binary}`);
  } catch {
    console.error(
      `fwc: the package ${name} is not installed: install without \`--omit=optional\`, or build fwc from source where there ` +
        "is none for this machine",
    );
    return 2;
  }
  const ended = spawnSync(path, process.argv.slice(2), { stdio: "inherit", windowsHide: true });
  if (ended.error) {
    console.error(`fwc: cannot run ${path}: ${ended.error.message}`);
    return 2;
  }
  if (ended.signal) {
    // As a shell tells it, for whoever started this process.
    process.kill(process.pid, ended.signal);
  }
  return ended.status ?? 2;
}

process.exitCode = main();
