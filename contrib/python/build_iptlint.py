# SPDX-License-Identifier: GPL-2.0-or-later
"""How pip builds iptlint (PEP 517): the sources are copied, built as by hand, and the program is
put into a wheel.  Nothing is downloaded and nothing in the source folder is changed.

It knows the names of the tools and libraries and of their Debian packages, and nothing of what the
program does.
"""
import base64
import hashlib
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import zipfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# What a build reads.
SOURCES = ("configure.ac", "Makefile.am", "doc", "grammar", "lint-rules", "src")

# A tool, and the Debian package that has it.
TOOLS = (("autoreconf", "autoconf"), ("automake", "automake"), ("flex", "flex"), ("bison", "bison"),
         ("make", "make"), ("pkg-config", "pkg-config"))

LIBRARIES = (("xtables >= 1.8.9", "libxtables-dev"), ("jansson", "libjansson-dev"))


# ---- what is needed ----

def compiler():
    """The words that call it, or None."""
    words = os.environ.get("CC", "").split()
    if words:
        return words if shutil.which(words[0]) else None
    return next(([name] for name in ("gcc", "cc", "clang") if shutil.which(name)), None)


def has_headers(words):
    done = subprocess.run([*words, "-E", "-x", "c", "-"], input=b"#include <stdio.h>\n",
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return done.returncode == 0


def has_library(wanted):
    """Without pkg-config nobody can tell, and configure would not find it either."""
    return shutil.which("pkg-config") is not None and \
        subprocess.run(["pkg-config", "--exists", wanted], stderr=subprocess.DEVNULL).returncode == 0


def missing_packages():
    words = compiler()
    missing = [] if words else ["gcc"]
    if not words or not has_headers(words):
        missing.append("libc6-dev")
    missing += [package for tool, package in TOOLS if not shutil.which(tool)]
    missing += [package for wanted, package in LIBRARIES if not has_library(wanted)]
    # The extensions, which the program loads when it runs.
    folder = subprocess.run(["pkg-config", "--variable=xtlibdir", "xtables"], capture_output=True,
                            text=True).stdout.strip() if shutil.which("pkg-config") else ""
    if not folder or not os.path.exists(os.path.join(folder, "libxt_tcp.so")):
        missing.append("iptables")
    return missing


def require_tools():
    missing = missing_packages()
    if missing:
        sys.exit("iptlint is built from its sources here, which needs what this host does not have.\n"
                 "On Debian and Ubuntu:\n"
                 f"apt-get install {' '.join(missing)}")


# ---- the program ----

def run(argv, cwd):
    done = subprocess.run(argv, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace")
    if done.returncode:
        sys.exit(f"{done.stdout}\niptlint: {' '.join(argv)}: exit status {done.returncode}")


def build(folder):
    """Builds in the folder; the path of the program."""
    for name in SOURCES:
        source, copy = os.path.join(ROOT, name), os.path.join(folder, name)
        if os.path.isdir(source):
            shutil.copytree(source, copy)
        else:
            shutil.copy2(source, copy)
    jobs = len(os.sched_getaffinity(0))
    for argv in (["autoreconf", "-i"], ["./configure", "--quiet"], ["make", "-s", f"-j{jobs}"]):
        run(argv, folder)
    return os.path.join(folder, "iptlint")


# ---- the wheel ----

def version():
    with open(os.path.join(ROOT, "configure.ac"), encoding="utf-8") as f:
        return re.search(r"^AC_INIT\(\[iptlint\], \[(.+?)\]\)", f.read(), re.M)[1]


def tag():
    return "py3-none-" + re.sub(r"[-.]", "_", sysconfig.get_platform())


def metadata():
    """The files of the .dist-info folder but RECORD."""
    return {
        "METADATA": "Metadata-Version: 2.1\nName: iptlint\n"
                    f"Version: {version()}\n"
                    "Summary: A compiler and linter for iptables rules files\n"
                    "License: GPL-2.0-or-later\n",
        "WHEEL": "Wheel-Version: 1.0\nGenerator: build_iptlint\nRoot-Is-Purelib: false\n"
                 f"Tag: {tag()}\n",
    }


def stem():
    return f"iptlint-{version()}"


class Wheel:
    def __init__(self, path):
        self.zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)
        self.record = []

    def add(self, name, content, mode=0o100644):
        """The mode has to say that it is a regular file: else pip drops the x of a program."""
        info = zipfile.ZipInfo(name)
        info.external_attr = mode << 16
        info.compress_type = zipfile.ZIP_DEFLATED
        self.zip.writestr(info, content)
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        self.record.append(f"{name},sha256={digest},{len(content)}\n")

    def close(self):
        name = f"{stem()}.dist-info/RECORD"
        self.zip.writestr(name, "".join(self.record) + f"{name},,\n")
        self.zip.close()


# ---- what pip calls ----

def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    require_tools()
    name = f"{stem()}.dist-info"
    os.mkdir(os.path.join(metadata_directory, name))
    for file, text in metadata().items():
        with open(os.path.join(metadata_directory, name, file), "w", encoding="utf-8") as f:
            f.write(text)
    return name


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    require_tools()
    name = f"{stem()}-{tag()}.whl"
    with tempfile.TemporaryDirectory(prefix="iptlint-build.") as folder:
        with open(build(folder), "rb") as f:
            program = f.read()
    wheel = Wheel(os.path.join(wheel_directory, name))
    wheel.add(f"{stem()}.data/scripts/iptlint", program, 0o100755)
    for file, text in metadata().items():
        wheel.add(f"{stem()}.dist-info/{file}", text.encode())
    wheel.close()
    return name
