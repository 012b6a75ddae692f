#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a script in the sandbox must not reach, and that it does not: as root and as nobody."""
import os
import socket
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import sandbox  # noqa: E402
from tally import Tally  # noqa: E402

tally = Tally("sandbox/containment.py")
equal, check = tally.equal, tally.check


def content(path):
    with open(path) as f:
        return f.read()


def files(user):
    with sandbox.Folder() as outside, sandbox.Folder() as folder:
        canary = outside.file("canary", "alive")
        own = folder.file("canary", "alive", 0o666)
        os.chmod(outside.path, 0o777)
        os.chmod(folder.path, 0o777)
        script = folder.file("fw.sh", f"""rm -rf --no-preserve-root / 2>/dev/null
/usr/bin/rm -rf {outside.path} {folder.path} /etc /usr 2>/dev/null
echo dead > {own}
[ -e {canary} ] && echo seen
[ -e {own} ] && echo own
[ -e /usr/sbin/iptables ] && [ -e /usr/bin/awk ] && echo true
""")
        # It goes through all of /usr.
        run = sandbox.run_file(script, wall=90, cpu=60, **user)
        equal(f"rm -rf / {user}", (content(canary), content(own)), ("alive", "alive"))
        equal(f"the script saw a copy of its folder {user}", run.out, "true\n")
        places = ["/usr/canary", "/bin/canary", "/usr/sbin/canary", "/lib/canary", "/dev/canary",
                  "/proc/sysrq-trigger", "/.iptlint/new", "/sbin/iptables",
                  "/usr/bin/hostname"]
        run = sandbox.run("for f in " + " ".join(places) + "; do\n"
                          "if echo x > $f; then echo \"wrote $f\"; fi\ndone 2>/dev/null\n", **user)
        equal(f"writes that fail {user}", run.out, "")
        places = ["./x", "$(dirname $0)/y", "/tmp/x", "/etc/iptables/rules.v4", "/var/lib/x", "/root/x", "/run/x", "/opt/x"]
        run = sandbox.run("for f in " + " ".join(places) + "; do\n"
                          "echo x > $f && cat $f; done | wc -l\n", **user)
        equal(f"writes that only the script sees {user}", int(run.out), len(places))
        check(f"none of them is outside {user}", not any("$" not in path and os.path.isfile(path) and
                                                         content(path) == "x\n" for path in places))
        run = sandbox.run(f"ls {outside.path}; ls -A /root /home /run/lock /sys; cat /etc/shadow; mount -o "
                          "remount,rw /usr; chroot / true && echo rooted; unshare -r true && echo new\n"
                          "mknod /tmp/null c 1 3 && echo node; ls /proc/1/root; cat /proc/1/environ; readlink /proc/1/fd/*\n",
                          **user)
        check(f"nothing of the host {user}", "canary" not in run.out and ":0:" not in run.out and
              "new" not in run.out and "node" not in run.out and "socket" not in run.out, run)


def beside(user):
    """Whatever lies beside the script."""
    with sandbox.Folder() as folder, sandbox.Folder() as outside:
        outside.file("secret", "secret")
        os.symlink(f"{outside.path}/secret", f"{folder.path}/link")
        os.symlink("data", f"{folder.path}/good")
        folder.file("data", "data\n")
        folder.file("deep/er/file", "deep\n")
        folder.file("private", "private\n", 0o600)
        os.mkfifo(f"{folder.path}/fifo")
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(f"{folder.path}/socket")
        listener.listen()
        script = folder.file("fw.sh", "cat good deep/er/file; cat link 2>/dev/null\n"
                             "[ -e fifo ] && echo fifo; [ -e socket ] && echo socket\nls | wc -l\n"
                             "rm -f data; touch new; mv good bad; : > data; chmod 777 data\n")
        run = sandbox.run_file(script, **user)
        equal(f"files, links, no sockets {user}", run.out, "data\ndeep\n" +
              ("6\n" if not user.get("nobody") else "5\n"))
        equal(f"all of it is as it was {user}", (content(f"{folder.path}/data"),
                                               sorted(os.listdir(folder.path))),
              ("data\n", sorted(["data", "deep", "fifo", "fw.sh", "good", "link", "private", "socket"])))
        listener.close()
    with sandbox.Folder() as home:
        home.file("secret", "secret")
        script = home.file("fw.sh", "ls -A; cat secret; cat $0 | wc -l; echo x > file && cat file\n")
        run = sandbox.run_file(script, env=dict(os.environ, HOME=home.path), **user)
        equal(f"of a home there is only the script {user}", run.out, "fw.sh\n1\nx\n")
        check(f"nothing was written there {user}", not os.path.exists(f"{home.path}/file"))
    with sandbox.Folder() as folder:
        for i in range(500):
            folder.file(f"file{i}", "x")
        run = sandbox.run_file(folder.file("fw.sh", "iptables -F\n"), **user)
        equal(f"a folder that is too large {user}", (run.cut, run.words), (True, ["iptables -F"]))


CONNECT = """python3 - <<'EOF'
import socket
for address in ADDRESSES:
    s = socket.socket(socket.AF_UNIX)
    try:
        s.connect(address)
        print("connected")
    except OSError as e:
        print(e.strerror)
EOF
"""


def sockets(user):
    with sandbox.Folder() as folder:
        os.chmod(folder.path, 0o777)
        paths = [f"{folder.path}/socket"]
        if sandbox.IS_ROOT:
            paths.append(f"/run/iptlint-test-{os.getpid()}")
        addresses = [*paths, f"\0iptlint-test-{os.getpid()}"]
        listeners = []
        for address in addresses:
            listener = socket.socket(socket.AF_UNIX)
            listener.bind(address)
            listener.listen()
            if address in paths:
                os.chmod(address, 0o777)
            listeners.append(listener)
        try:
            run = sandbox.run(CONNECT.replace("ADDRESSES", repr(addresses)), **user)
        finally:
            for path in paths:
                os.unlink(path)
            for listener in listeners:
                listener.close()
        equal(f"UNIX sockets of the host {user}", run.out.split("\n")[:-1],
              ["No such file or directory"] * len(paths) + ["Connection refused"])


def network(user):
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    port = listener.getsockname()[1]
    run = sandbox.run(f"(exec 3<>/dev/tcp/127.0.0.1/{port}) && echo connected\n"
                      "(exec 3<>/dev/udp/192.0.2.1/9 && echo x >&3) && echo sent\n"
                      "cut -d: -f1 -s /proc/net/dev\n", **user)
    listener.close()
    equal(f"no network {user}", run.out.split(), ["lo"])


def surroundings(user):
    secret = "secret-of-the-caller"
    read_end, write_end = os.pipe()
    os.write(write_end, secret.encode())
    run = sandbox.run("env; set; cat /proc/*/environ /proc/*/cmdline; cat <&$1; ls /proc/self/fd; kill -9 -1\n",
                      str(read_end), env=dict(os.environ, SECRET=secret, BASH_ENV="/x", LD_PRELOAD=""),
                      pass_fds=(read_end,), before=(f"define=OTHER={secret}2",), **user)
    os.close(read_end)
    os.close(write_end)
    check(f"the definition is there {user}", f"OTHER={secret}2" in run.out, run)
    check(f"the caller's environment is not {user}",
          secret not in run.out.replace(f"{secret}2", ""), run)
    run = sandbox.run("ls -l /proc/self/fd /proc/$$/fd | grep -c -e memfd -e socket\n"
                      "ps ax; ls -d /proc/[0-9]* | wc -l; hostname; cat /proc/sys/kernel/hostname; id -u\n"
                      "grep CapEff /proc/self/status; grep NoNewPrivs /proc/self/status\n", **user)
    lines = run.out.split("\n")
    check(f"nothing of ours is open {user}", lines[0] == "0", run)
    check(f"few processes are seen {user}", int(lines[1]) < 8, run)
    equal(f"fixed names, no capabilities {user}", lines[2:6],
          ["localhost", "0", "CapEff:\t0000000000000000", "NoNewPrivs:\t1"])


GARBAGE = """iptables 1
python3 - <<'EOF'
import os, socket, struct
def talk(data, shut=False):
    s = socket.socket(socket.AF_UNIX)
    s.settimeout(5)
    s.connect("\\0iptlint-recorder")
    try:
        s.sendall(data)
        if shut:
            s.shutdown(socket.SHUT_WR)
        return s.recv(100)
    except OSError as e:
        return e.strerror.encode()
def string(b):
    return struct.pack("=I", len(b)) + b + b"\\0"
def message(*strings):
    body = b"".join(map(string, strings))
    return struct.pack("=I", len(body) + 4) + body
good = [b"1", b"/", b"0 0 0", b"0 0", b""]
for data in (b"\\0\\0\\0\\0", b"\\1\\0\\0\\0", b"\\4\\0\\0\\0", b"\\xff\\xff\\xff\\xff", b"x" * 100,
             os.urandom(4000), struct.pack("=I", 12) + struct.pack("=I", 0xffffffff) + b"abcd",
             struct.pack("=I", 12) + struct.pack("=I", 4) + b"abcd", message(*good), message(*good[:3]),
             message(*good[:3], b"x", b"", b"iptables"), message(*good, b"iptables", b"bad") + b"more"):
    print(talk(data, len(data) == 4000))
print(talk(b"\\x50\\0\\0\\0abc", True))
print(talk(message(b"-5 99999999999999999999 x", b"", b"", b"1 1", b"", b"/", b"iptables")))
idle = []
for i in range(100):
    s = socket.socket(socket.AF_UNIX)
    s.connect("\\0iptlint-recorder")
    s.send(b"\\x00\\x10\\x00\\x00")
    idle.append(s)
os.system("iptables 2")
EOF
iptables 3
"""


def garbage(user):
    run = sandbox.run(GARBAGE, wall=20, **user)
    equal(f"garbage on the socket {user}", [word for word in run.words if word.startswith("iptables")],
          ["iptables 1", "iptables 2", "iptables 3"])
    equal(f"does no harm {user}", (run.exit, run.error, run.limit, run.harness_err), (0, None, "none", b""))
    check(f"its connection is closed {user}", run.out.count("b''") + run.out.count("reset") >= 12, run)


def main():
    reason = sandbox.why_not()
    if reason:
        tally.skip(reason)
        tally.end()
    for user in sandbox.users():
        for part in (files, beside, sockets, network, surroundings, garbage):
            part(user)
    tally.end()


main()
