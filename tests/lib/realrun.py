# SPDX-License-Identifier: GPL-2.0-or-later
"""What a firewall script leaves in the kernel: the script runs for real, by its own shell,
with the real iptables, in a fresh network, mount, pid, ipc and uts namespace.

The script sees: the environment that "convert" promises and nothing of the caller's; its own
folder, copied; /etc with the few files that name users, services and protocols; the real
iptables of one back end under the usual names; programs that would change or ask the host
replaced by ones that print nothing and succeed; a /proc/sys that takes every write and
passes none on.  Everything else is there read-only.  Needs root.
"""
import os
import shutil
import subprocess
import tempfile

import judge

SHELL_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
TIME_LIMIT = 20  # seconds, for one script

# Print nothing, succeed.  Those of the first list are in /usr/sbin on every host.
SBIN_STUBS = ("modprobe", "insmod", "rmmod", "depmod", "lsmod", "sysctl", "ip", "ifconfig", "route", "tc",
              "service", "chkconfig", "update-rc.d", "invoke-rc.d", "conntrack", "netfilter-persistent")
BIN_STUBS = ("ip", "lsmod", "kmod", "logger", "systemctl", "hostname", "curl", "wget", "dig", "host",
             "nslookup", "ping", "sleep", "mail", "netstat", "ss")
ETC_FILES = ("passwd", "group", "services", "protocols", "hosts", "nsswitch.conf", "ld.so.cache",
             "ld.so.conf", "host.conf", "ethertypes", "login.defs", "debian_version")
# Folders that scripts save into.
ETC_FOLDERS = ("alternatives", "iptables", "sysconfig", "network", "default", "init.d")

# Already root: drops its options without values, runs the rest.
SUDO = """#!/bin/sh
while [ "${1#-}" != "$1" ]; do shift; done
exec "$@"
"""

INSIDE = r"""
set -eu
top=$1 backend=$2
shift 2
while read -r _ _ _ _ point _; do
	case $point in
	/ | /proc* | /dev* | /run* | /tmp* | /var* | /root*) ;;
	*) mount -o remount,bind,ro "$point" 2> /dev/null || : ;;
	esac
done < /proc/self/mountinfo
mount -t tmpfs tmpfs /run
mkdir /run/lower /run/sys /run/sys/upper /run/sys/work /run/script
mount --bind "$top" /run/lower
cp -a /run/lower/script /run/
mkdir /run/out /run/etc
mount --bind "$top/out" /run/out
cp -a /run/lower/etc /run/
mount -t proc proc /proc
mount -t overlay -o lowerdir=/run/lower/sys,upperdir=/run/sys/upper,workdir=/run/sys/work overlay /proc/sys
for name in $STUBS; do
	if [ -e "/usr/bin/$name" ]; then mount --bind /run/lower/stub "$(readlink -f "/usr/bin/$name")"; fi
done
mount --bind /usr/sbin /run/lower/real-sbin
mount --bind "/run/lower/sbin-$backend" /usr/sbin
mount --bind /run/lower/local /usr/local/bin
mount --bind /run/lower/empty /usr/local/sbin
mount --bind /run/etc /etc
mount -t tmpfs tmpfs /tmp
mount -t tmpfs tmpfs /var
mkdir -p /var/log /var/tmp /var/lock /var/lib/iptables /var/run
mount -t tmpfs tmpfs /root
for point in / /run/lower /usr/sbin /usr/local/bin /usr/local/sbin; do mount -o remount,bind,ro "$point"; done
cd /run/script
set +e
env -i PATH="$SHELL_PATH" HOME=/root USER=root LOGNAME=root "$@" > /run/out/stdout 2> /run/out/stderr
echo $? > /run/out/status
"/run/lower/real-sbin/iptables-$backend-save" > /run/out/save4 2> /run/out/save4.err &&
"/run/lower/real-sbin/ip6tables-$backend-save" > /run/out/save6 2> /run/out/save6.err
"""


def missing():
    """Why nothing can be run for real here, or None."""
    why = judge.missing()
    if why:
        return why
    for name in ("unshare", "mount", "bash", "dash"):
        if not shutil.which(name, path=judge.PATH):
            return f"{name} is not installed"
    with open("/proc/filesystems") as f:
        if "\toverlay\n" not in f.read():
            return "the kernel has no overlay file system"
    return None


class Real:
    """What a run left: the exit status, what the script printed, and tables[4], tables[6]."""

    def __init__(self, status, out, err, tables, in_time):
        self.status, self.out, self.err, self.tables, self.in_time = status, out, err, tables, in_time


class RealRun:
    """May be used for many scripts, by one thread."""

    def __init__(self):
        self.tmp = tempfile.TemporaryDirectory(prefix="iptlint-realrun.")
        self.top = self.tmp.name
        for name in ("empty", "local", "out", "real-sbin", "etc", "sys"):
            os.mkdir(self.path(name))
        self.stub(self.path("stub"))
        for name in BIN_STUBS:
            if not os.path.exists(f"/usr/bin/{name}"):
                self.stub(self.path("local", name))
        with open(self.path("local", "sudo"), "w") as f:
            f.write(SUDO)
        os.chmod(self.path("local", "sudo"), 0o755)
        for backend in ("legacy", "nft"):
            self.make_sbin(backend)
        self.make_etc()
        self.make_sys()

    def path(self, *names):
        return os.path.join(self.top, *names)

    @staticmethod
    def stub(path):
        with open(path, "w") as f:
            f.write("#!/bin/sh\nexit 0\n")
        os.chmod(path, 0o755)

    def make_sbin(self, backend):
        """A /usr/sbin: links to the real one, the stubs, and iptables of one back end."""
        folder = self.path(f"sbin-{backend}")
        os.mkdir(folder)
        for name in os.listdir("/usr/sbin"):
            target = f"/run/lower/real-sbin/{name}"
            if name.endswith(("-save", "-restore", "-legacy", "-nft")) or name in ("iptables", "ip6tables"):
                which = backend if "-legacy" not in name and "-nft" not in name else \
                    "legacy" if "-legacy" in name else "nft"
                target = f"/run/lower/real-sbin/xtables-{which}-multi"
            if name not in SBIN_STUBS:
                os.symlink(target, os.path.join(folder, name))
        for name in SBIN_STUBS:
            self.stub(os.path.join(folder, name))

    def make_etc(self):
        for name in ETC_FILES:
            if os.path.exists(f"/etc/{name}"):
                shutil.copy(f"/etc/{name}", self.path("etc", name))
        for name in ETC_FOLDERS:
            os.mkdir(self.path("etc", name))
        with open(self.path("etc", "resolv.conf"), "w") as f:
            f.write("nameserver 192.0.2.53\n")
        # Names of programs that are links into here.
        for name in os.listdir("/etc/alternatives"):
            if os.path.islink(f"/etc/alternatives/{name}"):
                os.symlink(os.readlink(f"/etc/alternatives/{name}"), self.path("etc", "alternatives", name))

    def make_sys(self):
        """Files with the names and the values of /proc/sys of a host with one interface."""
        for folder, _, names in os.walk("/proc/sys"):
            here = self.path("sys", os.path.relpath(folder, "/proc/sys"))
            if "/net/" in folder and os.path.basename(folder) in os.listdir("/sys/class/net") + ["lo"]:
                continue
            os.makedirs(here, exist_ok=True)
            for name in names:
                try:
                    with open(os.path.join(folder, name), "rb") as f:
                        value = f.read(65536)
                except OSError:
                    value = b""
                with open(os.path.join(here, name), "wb") as f:
                    f.write(value)
        for family in ("ipv4", "ipv6"):
            conf = self.path("sys", "net", family, "conf")
            for interface in ("lo", "eth0", "eth1"):
                if os.path.isdir(os.path.join(conf, "default")):
                    shutil.copytree(os.path.join(conf, "default"), os.path.join(conf, interface),
                                    dirs_exist_ok=True)

    def run(self, folder, script, arguments, backend="legacy"):
        """Runs FOLDER/SCRIPT by its #! line; without one, or without its shell, by bash."""
        shutil.rmtree(self.path("script"), ignore_errors=True)
        shutil.copytree(folder, self.path("script"))
        path = self.path("script", script)
        os.chmod(path, 0o755)
        with open(path, "rb") as f:
            first = f.readline(200).decode(errors="replace")
        shell = first[2:].split()[0] if first.startswith("#!") and first[2:].strip() else None
        command = [f"./{script}"] if shell and os.path.exists(shell) else ["bash", f"./{script}"]
        for name in os.listdir(self.path("out")):
            os.unlink(self.path("out", name))
        argv = ["unshare", "--net", "--mount", "--pid", "--uts", "--ipc", "--fork", "--kill-child",
                "/bin/sh", "-c", INSIDE, "inside", self.top, backend, *command, *arguments]
        process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, start_new_session=True,
                                   env={"PATH": judge.PATH, "LC_ALL": "C", "SHELL_PATH": SHELL_PATH,
                                        "STUBS": " ".join(BIN_STUBS)})
        in_time = True
        try:
            said = process.communicate(timeout=TIME_LIMIT)[0]
        except subprocess.TimeoutExpired:
            in_time = False
            process.kill()  # the namespace's first process goes with it, and all of its own
            said = process.communicate()[0]
        if in_time and not os.path.exists(self.path("out", "save6")):
            raise RuntimeError(f"{folder}: no run was made: {said!r}")
        return self.result(in_time)

    def result(self, in_time):
        def content(name):
            try:
                with open(self.path("out", name), "rb") as f:
                    return f.read()
            except FileNotFoundError:
                return b""
        tables = {4: judge.normalized(content("save4")), 6: judge.normalized(content("save6"))}
        return Real(int(content("status") or -1), content("stdout"), content("stderr"), tables, in_time)
