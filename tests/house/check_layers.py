#!/usr/bin/env python3
"""Who may include whom (docs/architecture.md), and what the pure modules must not touch.

Usage: check_layers.py REPOSITORY; prints each violation and exits 1 if there is one."""

import pathlib
import re
import sys

# module: the project's own modules that it may include (itself and include/quorate always).
ALLOWED = {
    "base": set(),
    "raft": {"base"},
    "consensus": {"base"},
    "io": {"base", "raft", "consensus"},
    "wire": {"base", "raft", "consensus"},
    "net": {"base", "io", "wire"},
    "storage": {"base", "io", "raft"},
    "group": {"base", "raft", "consensus", "io", "wire", "net"},
    # Stands beside a group: asks members over the network, and shows what Group's own queries tell.
    "observe": {"base", "io", "wire", "net"},
    "sim": {"base", "raft", "consensus", "io", "wire", "group"},
}
PURE = {"base", "raft", "consensus"}
# Threads, clocks, sockets, files, logs and ambient randomness: handed in, or not there.
IMPURE = re.compile(
    r"#include\s*<(thread|mutex|atomic|condition_variable|future|fstream|iostream|filesystem|"
    r"sys/.*|unistd\.h|pthread\.h|zmq.*|spdlog/.*|ctime)>|std::random_device|system_clock::now|"
    r"steady_clock::now|\bgetenv\(")
# What a pure module needs all the same, and why.
EXCUSED = {("base/check.cpp", "atomic"): "the host's handler may be set from any thread"}
# GroupThread, the mailbox and what joins them to the API are the only ones in group to name ZeroMQ
# or the transport on it.
SOCKETS = re.compile(r"zmq|\"net/")
MAY_NAME_SOCKETS = re.compile(r"group/(group_thread|inproc_mailbox|mailbox_pipe|descriptor|coordinator|doctor)")
INCLUDE = re.compile(r'^\s*#include\s*"([^"]+)"')


def main(root: pathlib.Path) -> int:
    problems = []
    seen = 0
    for path in sorted((root / "src").rglob("*")):
        if path.suffix not in {".h", ".cpp"}:
            continue
        seen += 1
        module = path.relative_to(root / "src").parts[0]
        name = path.relative_to(root / "src").as_posix()
        text = path.read_text()
        for number, line in enumerate(text.splitlines(), 1):
            where = f"src/{name}:{number}"
            include = INCLUDE.match(line)
            if include:
                target = include.group(1).split("/")[0]
                if target in ALLOWED and target != module and target not in ALLOWED[module]:
                    problems.append(f"{where}: {module} may not include {include.group(1)}")
            if module in PURE and not line.lstrip().startswith("//"):
                hit = IMPURE.search(line)
                if hit and not any(name == n and what in line for n, what in EXCUSED):
                    problems.append(f"{where}: {module} is pure, but has {hit.group(0)}")
            if module == "group" and SOCKETS.search(line) and not line.lstrip().startswith("//"):
                if not MAY_NAME_SOCKETS.match(name):
                    problems.append(f"{where}: only GroupThread and the mailbox name ZeroMQ")
    for folder in ("apps", "examples"):
        for path in sorted((root / folder).rglob("*")):
            if path.suffix not in {".h", ".cpp"}:
                continue
            seen += 1
            for number, line in enumerate(path.read_text().splitlines(), 1):
                include = INCLUDE.match(line)
                if include and include.group(1).split("/")[0] in ALLOWED:
                    problems.append(f"{path.relative_to(root)}:{number}: {folder} include only "
                                    f"include/quorate, not {include.group(1)}")
    if seen < 20:
        problems.append(f"only {seen} sources found below {root}: is this the repository?")
    print("\n".join(problems) or f"{seen} files keep to the layers")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
