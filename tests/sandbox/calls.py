#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a script in the sandbox calls, with what, from which line, and what it gets back."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import sandbox  # noqa: E402
from tally import Tally  # noqa: E402

tally = Tally("sandbox/calls.py")
equal, check = tally.equal, tally.check


def names():
    for path in ("iptables", "/sbin/iptables", "/usr/sbin/iptables", "/usr/local/sbin/iptables",
                 "ip6tables", "/usr/sbin/ip6tables-legacy-restore", "/sbin/iptables-nft-save",
                 "ipset", "/sbin/ipset", "/sbin/modprobe", "/sbin/sysctl", "ip", "/sbin/ip",
                 "ifconfig", "/sbin/route", "hostname", "/bin/hostname", "service", "systemctl",
                 "logger", "fail2ban-client", "docker", "dig", "curl", "update-rc.d", "lsmod"):
        if path == "/bin/hostname" and not os.path.exists(path):
            tally.skip("no /bin/hostname")
            continue
        for shell in ("sh", "bash"):
            run = sandbox.run(f"{path} one 'two  words' ''\n", shell=shell)
            equal(f"{path} under {shell}", [call["words"] for call in run.calls],
                  [[path, "one", "two  words", ""]])
    run = sandbox.run("sudo iptables -F; sudo -n -u root LANG=C /sbin/iptables -X\n"
                      "IPT=$(which iptables); $IPT -L; command -v ip6tables >/dev/null && ip6tables -L\n"
                      "[ -x /sbin/iptables ] && [ -f /usr/sbin/iptables ] && iptables -Z\n")
    equal("sudo, which, -x", run.words, ["iptables -F", "/sbin/iptables -X", "/usr/local/sbin/iptables -L",
                                         "ip6tables -L", "iptables -Z"])
    run = sandbox.run("echo a b | xargs -n 1 iptables -N\nenv iptables -L\nsh -c 'iptables -S'\n"
                      "nohup iptables -Z\n(cd / && iptables -V)\n")
    equal("through other programs", run.words, ["iptables -N a", "iptables -N b", "iptables -L",
                                                "iptables -S", "iptables -Z", "iptables -V"])
    equal("their lines", [line for _, line in run.lines], [1, 1, 2, 3, 4, 5])
    equal("working folder", run.calls[-1]["cwd"], "/")
    run = sandbox.run("printf '%s\\n' a | awk '{ print toupper($1) }' | sed s/A/x/ | sort | tr x y\n"
                      "seq 3 | grep 2; cut -c 1 /etc/services > /dev/null && id -un; echo $((6 * 7))\n")
    equal("what computes is real", run.out, "y\n2\nroot\n42\n")


def answers():
    run = sandbox.run("iptables -C x exit=1 || iptables -A x\n"
                      "iptables -N x exit=3 err=bad 2>/dev/null; echo $?\n"
                      "a=$(iptables -L out=hello); echo \"$a\"\n"
                      "iptables-save out=line1 | grep -c line\n"
                      "iptables err=oops; iptables exit=4 && echo never\nexit 7\n")
    equal("statuses", run.words[:2], ["iptables -C x exit=1", "iptables -A x"])
    equal("output", run.out, "3\nhello\n1\n")
    equal("errors", run.err, "oops\n")
    equal("status of the script", (run.status, run.signal), (7, 0))
    run = sandbox.run("kill -TERM $$\nsleep 5\n")
    equal("a signal", (run.status, run.signal, run.limit), (143, 15, "none"))
    run = sandbox.run("trap 'iptables -F; exit 9' INT TERM\nkill -INT $$; iptables -X\n")
    equal("a trap", (run.words, run.status), (["iptables -F"], 9))
    run = sandbox.run("set -e\niptables -A x\niptables -A y exit=2\niptables -A z\n")
    equal("set -e", (run.words, run.status), (["iptables -A x", "iptables -A y exit=2"], 2))
    run = sandbox.run("kill 1; kill -9 1; iptables -F\n")
    equal("the first process is not to be ended", (run.words, run.error), (["iptables -F"], None))
    long = "x" * 100000
    run = sandbox.run(f"a=$(iptables -L out={long}); echo ${{#a}}\n")
    equal("a long answer", (run.out, len(run.calls[0]["words"][2])), ("100000\n", 100004))


def reading():
    with sandbox.Folder() as folder:
        folder.file("rules", "*filter\nCOMMIT\n")
        folder.file("names", "a\nb\nc\n")
        script = folder.file("fw.sh", """iptables-restore < rules
cat rules | iptables-restore -n
iptables-restore -w 5 --noflush rules
ip6tables-legacy-restore -T filter <<< 'here'
iptables-restore missing
echo 'create x hash:ip' | ipset restore -exist
ipset -exist restore -file rules
printf 'binary \\0\\377 end' | iptables-restore
while read x; do iptables -N $x; ipset create $x; modprobe $x; ip link; done < names
( echo '*filter'; echo ':INPUT DROP'; echo COMMIT ) | iptables-restore
iptables -A x < rules
echo message | logger -t fw
""")
        run = sandbox.run_file(script)
        inputs = [(call["words"][0], call["input"]) for call in run.calls]
        rules = "*filter\nCOMMIT\n"
        equal("standard input and files", inputs[:5], [
            ("iptables-restore", rules), ("iptables-restore", rules), ("iptables-restore", rules),
            ("ip6tables-legacy-restore", "here\n"), ("iptables-restore", "")])
        equal("a missing file", run.calls[4]["errno"], 2)
        equal("ipset", inputs[5:7], [("ipset", "create x hash:ip\n"), ("ipset", rules)])
        equal("bytes", inputs[7], ("iptables-restore", "binary \0\xff end"))
        equal("a loop keeps its input", [word for word in run.words if word.startswith("iptables -N")],
              ["iptables -N a", "iptables -N b", "iptables -N c"])
        equal("a group", inputs[-3], ("iptables-restore", "*filter\n:INPUT DROP\nCOMMIT\n"))
        equal("iptables reads nothing", inputs[-2], ("iptables", None))
    run = sandbox.run("yes | iptables-restore\n", wall=60, output=1 << 20)
    equal("endless input", (run.limit, run.error), ("input of a program", None))


def lines():
    run = sandbox.run("""#!/bin/bash
iptables 2
f() {
	iptables 4
	for i in 1 2; do
		iptables 6
	done
}
f; iptables 9
x=$(iptables 10) # comment
(
	iptables 12
) &
wait
iptables 15 | cat
if ! iptables 16; then
	:
fi
iptables \\
	19 \\
	20
eval 'iptables 22'
cat <<EOF | while read x; do
$(iptables 24 out=y)
EOF
	iptables 26
done
case $1 in
start) iptables 29 ;;
esac
iptables 31 & iptables 31; wait
g() ( iptables 32; )
g
trap 'iptables 34' EXIT
""", "start")
    got = [(call["words"][1], call["place"]["line"]) for call in run.calls]
    for word, line in got:
        wanted = {"19": (18, 19, 20), "34": (1, 34, 35, 36), "24": (23, 24, 25)}.get(word, (int(word),))
        check(f"line of 'iptables {word}'", line in wanted, f"{line}")
    equal("all of them", sorted(int(word) for word, _ in got),
          [2, 4, 6, 6, 9, 10, 12, 15, 16, 19, 22, 24, 26, 29, 31, 31, 32, 34])
    with sandbox.Folder() as folder:
        other = folder.file("lib.sh", "\n\niptables lib3\nh() {\n\tiptables lib5\n}\n")
        run = sandbox.run_file(folder.file("fw.sh", ". ./lib.sh\n\nh\nsource $(dirname $0)/lib.sh\n"))
        places = [(call["place"]["line"], call["place"]["other_line"],
                   os.path.basename(call["place"]["other"] or "")) for call in run.calls]
        equal("sourced files", places, [(1, 3, "lib.sh"), (3, 5, "lib.sh"), (4, 3, "lib.sh")])
        equal("their path", run.calls[2]["place"]["other"], other)
    run = sandbox.run("set -x\niptables 2\nset +x\niptables 4\n{ set -x; } 2>/dev/null\niptables 6\n"
                      "f() { local -; set +x; iptables 7; }\nf\niptables 9\nset +o xtrace; iptables 10\n")
    equal("the script's own set -x and +x", [line for _, line in run.lines], [2, 4, 6, 7, 9, 10])
    run = sandbox.run("iptables 1\nPS4='> '\niptables 3\n")
    equal("the script's own PS4", [line for _, line in run.lines], [1, 0])
    run = sandbox.run("false; echo $?; echo $BASH_ENV.; set -u; f() { return 3; }; f; echo $?\n")
    equal("nothing else changes", run.out.splitlines(), ["1", ".", "3"])
    lines_of_sh()
    run = sandbox.run("false\niptables 1\n", shell="bash", flags="-e")
    equal("flags of the shell", (run.lines, run.status), ([], 1))


def lines_of_sh():
    """They come from a second run, by bash."""
    run = sandbox.run("""iptables 1
f() {
	iptables 3 $1 exit=1 || iptables 3
}
f a; x=$(iptables 5 out=y)
for i in $x y; do iptables 6 $i; done
hostname | cat
echo 'a\\nb' | iptables-restore 8
[ "$(iptables 9 out=3)" = 3 ] && iptables 9
y=`hostname`
. ./lib.sh
iptables 12 &
wait
""", shell="sh")
    equal("places that are known under sh", run.lines[:-1],
          [("iptables", n) for n in (1, 3, 3, 5, 6, 6)] + [("hostname", 7), ("iptables-restore", 8),
           ("iptables", 9), ("iptables", 9)])
    equal("dash ends where '.' fails", (run.lines[-1], run.status), (("hostname", 10), 2))
    equal("lines of what was not answered", [(what, line) for what, _, line in run.unanswered],
          [("hostname", 7), ("hostname", 10)])
    run = sandbox.run("""iptables 1
if [ $BASH_VERSION ]; then iptables bash; iptables a; fi
iptables 3; iptables a; iptables a
for i in 1 2 $BASH_VERSION; do iptables b; done
iptables c || iptables 5
if [ $BASH_VERSION ]; then exit; fi
iptables 7
""", shell="sh")
    equal("where the shells differ", [(call["words"][1], call["place"]["line"]) for call in run.calls],
          [("1", 1), ("3", 3), ("a", 0), ("a", 0), ("b", 4), ("b", 4), ("c", 5), ("7", 0)])
    run = sandbox.run("iptables 1\nif [ $BASH_VERSION ]; then while :; do iptables x; done; fi\niptables 3\n",
                      shell="sh")
    equal("a second run that does not end", run.lines, [("iptables", 1), ("iptables", 0)])
    with sandbox.Folder() as folder:
        folder.file("lib.sh", "\niptables lib\n")
        run = sandbox.run_file(folder.file("fw.sh", "\n. ./lib.sh\n"), shell="sh")
        equal("a file that is read", (run.calls[0]["place"]["line"], run.calls[0]["place"]["other_line"]), (2, 2))


def unanswered():
    script = """ip=$(ip -4 addr show eth0 | grep inet)
ifconfig eth0 | grep addr
hostname
hostname > /dev/null
h=`hostname -I`
curl -s https://user:secret@example.com/list | while read a; do iptables -A $a; done
sysctl -w net.ipv4.ip_forward=1
dig +short example.com > /tmp/out
for i in 1 2 3; do x=$(hostname); done
iptables -L | cat
modprobe ip_tables; service iptables stop
"""
    run = sandbox.run(script)
    equal("answered with nothing", [(what, line) for what, _, line in run.unanswered],
          [("ip addr", 1), ("ifconfig", 2), ("hostname", 5), ("curl", 6), ("dig", 8), ("hostname", 9)])
    run = sandbox.run("""exec > /tmp/all 2>&1
hostname
exec > /dev/null
hostname >> /tmp/x; hostname > /var/log/fw; hostname > my.log
modprobe -v x | cat; x=$(sysctl -w a.b=1); ip link set eth0 up | cat; ip route add default | cat
y=$(service fail2ban restart); ifconfig eth0 up | cat; systemctl restart x | cat
""")
    equal("logs, and calls that only do something", run.unanswered, [])
    run = sandbox.run("modprobe -n x | cat\nx=$(sysctl -n a.b)\nip link | cat\nservice x status | cat\n"
                      "systemctl is-active x | cat\nip addr show dev set | cat\n")
    equal("calls that ask", [line for _, _, line in run.unanswered], [1, 2, 3, 4, 5, 6])
    with sandbox.Folder() as folder:
        one = folder.file("one", "inet 192.0.2.1\n")
        two = folder.file("two", "link\n")
        run = sandbox.run("ip addr show; ip link show; x=$(hostname); x=$(ip addr); x=$(ip route)\n",
                          before=(f"answer=ip={two}", f"answer=ip addr={one}"))
        equal("answers from files", run.out, "inet 192.0.2.1\nlink\n")
        equal("the rest is named", [what for what, _, _ in run.unanswered], ["hostname"])
        run = sandbox.run("true\n", before=(f"answer=ip={folder.path}/none",))
        equal("an answer that is not there", run.error, f"{folder.path}/none: No such file or directory")
    run = sandbox.run("grep nameserver /etc/resolv.conf; cat /etc/hostname >/dev/null; cat /etc/hosts\n")
    equal("files of the host", sorted(run.files), ["/etc/hostname", "/etc/resolv.conf"])
    run = sandbox.run("ls /sys/class/net; echo > /etc/resolv.conf; cat /etc/resolv.conf\n")
    equal("folders of the host; the script's own file", run.files, ["/sys/class/net"])
    run = sandbox.run("for i in /sys/class/net/*; do :; done\n", shell="sh")
    equal("a glob", run.files, ["/sys/class/net"])
    equal("none when none is read", sandbox.run("true\n").files, [])


def settings():
    forward = "/proc/sys/net/ipv4/ip_forward"
    with open(forward) as f:
        before = f.read()
    run = sandbox.run(f"echo 7 > {forward}\n"
                      "for f in /proc/sys/net/ipv4/conf/*/rp_filter; do echo 2 > $f; done\n"
                      f"cat {forward}\n"
                      "[ -e /proc/sys/net/ipv4/tcp_syncookies ] && echo there\n"
                      "[ -e /proc/sys/net/ipv4/there_is_no_such ] || echo not\n")
    equal("writes to /proc/sys", run.settings.get(forward), "7\n")
    equal("a glob of interfaces", sorted(path.split("/")[6] for path in run.settings if "conf" in path),
          ["all", "default", "lo"])
    equal("they are read back", run.out, "7\nthere\nnot\n")
    with open(forward) as f:
        equal("the host keeps its own", f.read(), before)


def order():
    run = sandbox.run("for i in $(seq 40); do iptables $i & done; wait\n")
    equal("background jobs", sorted(int(call["words"][1]) for call in run.calls), list(range(1, 41)))
    check("each has its line", all(line == 1 for _, line in run.lines), run)
    run = sandbox.run("iptables 1 slow=300 & sleep 0.1; iptables 2; wait\n")
    equal("one at a time, in the order of arrival", [w.split()[1] for w in run.words], ["1", "2"])
    run = sandbox.run("for i in $(seq 500); do iptables -A INPUT -p tcp --dport $i -j ACCEPT; done\n")
    equal("500 calls", (len(run.calls), run.lines[-1]), (500, ("iptables", 1)))
    print(f"500 calls: {run.seconds:.2f} s")
    run = sandbox.run("sleep 0.2 && iptables late &\nexit 0\n")
    equal("a job that is a little later than the script", run.words, ["iptables late"])


def shells():
    run = sandbox.run("echo ${BASH_VERSION:-none}\n", shell="sh")
    if os.path.realpath("/bin/sh").endswith("dash"):
        equal("sh", run.out, "none\n")
    else:
        tally.skip("/bin/sh is not dash")
    run = sandbox.run("echo $HOME $USER $LOGNAME $EUID $UID $PATH; echo $#:$1:$2; basename $0; echo $D\n",
                      "a b", "", before=("define=D=x=y z",))
    equal("environment, arguments, definitions", run.out,
          "/root root root 0 0 /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n"
          "2:a b:\nfw.sh\nx=y z\n")
    for name in ("with space.sh", "new\nline.sh", "-e", "quote'\"$x.sh", "a=b.sh"):
        with sandbox.Folder("iptlint sand\nbox-") as folder:
            path = folder.file(name, "iptables 1\n\n. ./lib\nbasename -- \"$0\"\n")
            folder.file("lib", "iptables lib\n")
            run = sandbox.run_file(path)
            equal(f"a script called {name!r}", ([c["place"]["line"] for c in run.calls], run.out),
                  ([1, 3], name + "\n"))
    with sandbox.Folder() as folder:
        path = folder.file("fw.sh", "./helper.sh\n[ $# = 1 ] || $0 x\n[ $# = 1 ] && iptables again\n", 0o755)
        folder.file("helper.sh", "#!/bin/sh\niptables helper\n", 0o755)
        run = sandbox.run_file(path)
        equal("a helper beside it, and itself again", run.words,
              ["iptables helper", "iptables helper", "iptables again"])


def folders():
    """Where the script lies decides what is beside it."""
    for place, wanted in (("/tmp", None), ("/dev/shm", "/script"), ("/var/tmp", None)):
        name = f"iptlint-fw-{os.getpid()}"
        path = f"{place}/{name}.sh"
        other = f"{place}/{name}.txt"
        try:
            for each, text in ((path, f"pwd; echo $0; ls $(dirname $0); iptables 1\n"), (other, "x")):
                with open(each, "w") as f:
                    f.write(text)
            run = sandbox.run_file(path)
        except OSError as e:
            tally.skip(f"{place}: {e}")
            continue
        finally:
            for each in (path, other):
                if os.path.exists(each):
                    os.unlink(each)
        inside = wanted or place
        equal(f"a script in {place}", (run.out, run.lines),
              (f"{inside}\n{inside}/{name}.sh\n{name}.sh\n", [("iptables", 1)]))
    with sandbox.Folder() as folder:
        folder.file("a/fw.sh", "echo $0\n")
        os.symlink("a", f"{folder.path}/b")
        os.symlink("a/fw.sh", f"{folder.path}/link.sh")
        run = sandbox.run_file("b/fw.sh", cwd=folder.path)
        equal("a relative path through a link", run.out, f"{folder.path}/a/fw.sh\n")
        run = sandbox.run_file("link.sh", cwd=folder.path)
        equal("a link to a script", run.out, f"{folder.path}/link.sh\n")


def errors():
    run = sandbox.run_file("/nonexistent/fw.sh")
    equal("no script", run.error, "/nonexistent/fw.sh: No such file or directory")
    with sandbox.Folder() as folder:
        path = folder.file("fw.sh", "iptables -F\n", 0o600)
        if sandbox.IS_ROOT:
            equal("root's own script", sandbox.run_file(path).words, ["iptables -F"])
            equal("a script that cannot be read", sandbox.run_file(path, nobody=True).error,
                  f"{path}: Permission denied")
        os.mkfifo(f"{folder.path}/fifo")
        check("a fifo is no script", sandbox.run_file(f"{folder.path}/fifo").error)
        check("a folder is no script", sandbox.run_file(folder.path).error)
        fake = folder.file("bwrap", "#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\n"
                           "exit 1\n", 0o755)
        run = sandbox.run("true\n", bwrap=fake)
        check("namespaces are not there", "No permissions to create new namespace" in (run.error or "") and
              "user.max_user_namespaces" in run.hint, run)
        run = sandbox.run("true\n", bwrap="/nonexistent/bwrap")
        equal("bubblewrap is not there", run.hint, "apt-get install bubblewrap")
    run = sandbox.run(b"\x7fELF\0\1\2\3" * 100)
    equal("a binary file", (run.error, run.status in (2, 126, 127)), (None, True))
    run = sandbox.run("if true; then\niptables 1\n")
    equal("a script that does not parse", (run.words, run.status), ([], 2))
    run = sandbox.run("")
    equal("an empty script", (run.error, run.status), (None, 0))


def main():
    reason = sandbox.why_not()
    if reason:
        tally.skip(reason)
        tally.end()
    for part in (names, answers, reading, lines, unanswered, settings, order, shells, folders, errors):
        part()
    tally.end()


main()
