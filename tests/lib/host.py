# SPDX-License-Identifier: GPL-2.0-or-later
"""A host to try things on: the root of this one with an overlay, which takes all changes and
is gone afterwards, in network, mount, pid, ipc and uts namespaces of its own.  Needs root.

It has the program as /usr/bin/iptlint, an empty /run, /tmp and /etc/iptables, and no network.
"""
import os
import shutil
import subprocess
import tempfile

import judge
import program

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

SETUP = r"""
set -eu
top=$1
mount -t tmpfs tmpfs "$top/over"
cd "$top/over"
mkdir upper work root
mount -t overlay -o lowerdir=/,upperdir="$PWD/upper",workdir="$PWD/work" overlay root
mount -t proc proc root/proc
mount --rbind /dev root/dev
mount -t tmpfs tmpfs root/run
mount -t tmpfs tmpfs root/tmp
chmod 1777 root/tmp
rm -rf root/etc/iptables
mkdir -p root/etc/iptables root/run/out root/run/lock
cp -a "$top/files/." root/
mount --bind "$top/out" root/run/out
exec chroot root /usr/bin/env -i PATH="$HOST_PATH" HOME=/root TERM=dumb LC_ALL=C.UTF-8 \
	DEBIAN_FRONTEND=noninteractive bash /run/script
"""


class Done:
    def __init__(self, exit, out, files):
        self.exit, self.out, self.files = exit, out, files

    def __str__(self):
        return f"exit {self.exit}\n{self.out[-3000:]}"


def missing():
    """Why there can be no such host here, or None."""
    why = judge.missing()
    if why:
        return why
    with open("/proc/filesystems") as f:
        if "\toverlay\n" not in f.read():
            return "the kernel has no overlay file system"
    done = Host().run("test -x /usr/bin/iptlint && test -x /usr/bin/env")
    return None if done.exit == 0 else f"no overlay of / can be mounted here: {done.out.strip()[-200:]}"


class Host:
    """What is put into it is there in every run; each run begins with that."""

    def __init__(self, with_program=True):
        self.tmp = tempfile.TemporaryDirectory(prefix="iptlint-host.")
        for name in ("files", "out", "over"):
            os.mkdir(self.at(name))
        if with_program:
            os.makedirs(self.at("files", "usr", "bin"))
            shutil.copy(program.PROGRAM, self.at("files", "usr", "bin", "iptlint"))

    def at(self, *names):
        return os.path.join(self.tmp.name, *names)

    def put(self, path, content, mode=0o644):
        """A file at the absolute PATH."""
        where = self.at("files", path.lstrip("/"))
        os.makedirs(os.path.dirname(where), exist_ok=True)
        with open(where, "w" if isinstance(content, str) else "wb") as f:
            f.write(content)
        os.chmod(where, mode)

    def unpack(self, deb):
        """What a package would install, without its scripts."""
        subprocess.run(["dpkg-deb", "-x", deb, self.at("files")], check=True)
        self.merge_usr()

    def merge_usr(self):
        """/lib and /sbin are links on a host with merged /usr, and stay so."""
        for name in ("lib", "sbin", "bin"):
            where = self.at("files", name)
            if os.path.islink(f"/{name}") and os.path.isdir(where):
                shutil.copytree(where, self.at("files", "usr", name), symlinks=True, dirs_exist_ok=True)
                shutil.rmtree(where)

    def use_backend(self, backend):
        """Which iptables the names without a back end are."""
        for family in ("iptables", "ip6tables"):
            for what in ("", "-save", "-restore"):
                link = self.at("files", "etc", "alternatives", f"{family}{what}")
                os.makedirs(os.path.dirname(link), exist_ok=True)
                if os.path.lexists(link):
                    os.unlink(link)
                os.symlink(f"/usr/sbin/{family}-{backend}{what}", link)

    def run(self, script, timeout=120):
        """Runs the text by bash; FILES of the result are those that it wrote in /run/out."""
        for name in os.listdir(self.at("out")):
            os.unlink(self.at("out", name))
        self.put("/run/script", script)
        done = subprocess.run(["unshare", "--net", "--mount", "--pid", "--uts", "--ipc", "--fork", "--kill-child",
                               "/bin/sh", "-c", SETUP, "host", self.tmp.name],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=timeout, env={"PATH": judge.PATH, "LC_ALL": "C", "HOST_PATH": PATH})
        files = {}
        for name in os.listdir(self.at("out")):
            with open(self.at("out", name), "rb") as f:
                files[name] = f.read().decode(errors="backslashreplace")
        return Done(done.returncode, done.stdout.decode(errors="backslashreplace"), files)
