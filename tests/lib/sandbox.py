# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs scripts with build/tests/sandbox/sandbox_run, as this user or as nobody."""
import fcntl
import json
import os
import shutil
import subprocess
import tempfile
import time

from program import PROGRAM, ROOT

RUNNER = os.path.join(os.environ.get("IPTLINT_BUILD") or os.path.join(ROOT, "build"),
                      "tests", "sandbox", "sandbox_run")
IS_ROOT = os.geteuid() == 0


class Run:
    def __init__(self, lines, seconds, process):
        outcome = json.loads(lines[-1]) if lines else {}
        self.calls = [json.loads(line) for line in lines[:-1]]
        self.seconds, self.exit = seconds, process.returncode
        self.harness_err = process.stderr
        self.__dict__.update(outcome)
        # For a script of sh they are only known at the end.
        for call, place in zip(self.calls, outcome.get("places", ())):
            call["place"] = place
        self.raw = outcome

    @property
    def words(self):
        return [" ".join(call["words"]) for call in self.calls]

    @property
    def lines(self):
        return [(call["words"][0], call["place"]["line"]) for call in self.calls]

    def __str__(self):
        return (f"exit {self.exit}, {self.seconds:.1f} s\n" + "\n".join(map(str, self.calls))[:1500] +
                f"\n{str(self.raw)[:1500]}\n{self.harness_err.decode(errors='replace')[:500]}")


class Folder:
    """A folder of its own for a script, which others than root can look into."""

    def __init__(self, prefix="iptlint-sandbox-"):
        self.path = tempfile.mkdtemp(prefix=prefix)
        os.chmod(self.path, 0o755)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)

    def file(self, name, text, mode=0o644):
        path = os.path.join(self.path, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(text.encode() if isinstance(text, str) else text)
        os.chmod(path, mode)
        return path


_public = None


def public_programs():
    """Copies of the programs that nobody can run, wherever the build is."""
    global _public
    if not _public:
        _public = Folder("iptlint-programs-")
        import atexit
        atexit.register(shutil.rmtree, _public.path, True)
        for path in (RUNNER, PROGRAM):
            shutil.copy(path, _public.path)
            os.chmod(os.path.join(_public.path, os.path.basename(path)), 0o755)
    return [os.path.join(_public.path, os.path.basename(path)) for path in (RUNNER, PROGRAM)]


def run_file(path, *arguments, shell="bash", nobody=False, env=None, pass_fds=(), timeout=120,
             cwd=None, before=(), wrapper=(), **options):
    runner, program = public_programs() if nobody else (RUNNER, PROGRAM)
    argv = [*wrapper, runner, f"shell={shell}", f"program={program}", *before,
            *(f"{name}={value}" for name, value in options.items()), path, *arguments]
    if nobody:
        argv = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", *argv]
    start = time.monotonic()
    process = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, timeout=timeout, env=env,
                             pass_fds=pass_fds, cwd=cwd)
    return Run(process.stdout.decode().splitlines(), time.monotonic() - start, process)


def run(script, *arguments, name="fw.sh", **options):
    with Folder() as folder:
        return run_file(folder.file(name, script), *arguments, **options)


def make_runner():
    """Also where "make check" was not run before; one at a time."""
    build = os.path.dirname(os.path.dirname(os.path.dirname(RUNNER)))
    if os.path.exists(os.path.join(build, "Makefile")):
        with open(os.path.join(build, "sandbox_run.lock"), "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            subprocess.run(["make", "-s", "-C", build, "tests/sandbox/sandbox_run"],
                           stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False)


def why_not():
    """Why there can be no sandbox here; None: there can."""
    make_runner()
    if not os.path.exists(RUNNER):
        return "build/tests/sandbox/sandbox_run is not built"
    return run("true\n").error


def users():
    """Keyword arguments for a run as each kind of user."""
    return [{"nobody": False}, {"nobody": True}] if IS_ROOT and shutil.which("setpriv") else [{}]


def processes_with(marker):
    """Numbers of the processes that have the marker in their command line."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as f:
                if marker.encode() in f.read() and int(pid) != os.getpid():
                    found.append(int(pid))
        except OSError:
            pass
    return found
