# SPDX-License-Identifier: GPL-2.0-or-later
"""Asks the kernel which counters packets move, by ../shared/bin/ktrace in a network namespace."""
import json
import os
import subprocess

import shared

KTRACE = os.path.join(shared.FOLDER, "bin", "ktrace")


class Refused(Exception):
    """The rules were not loaded."""


def missing():
    """Why nothing can be asked here, or None."""
    if not os.path.exists(KTRACE):
        return "no ../shared/bin/ktrace"
    if not os.path.exists("/dev/net/tun"):
        return "no TUN device"
    return "only root can make namespaces" if os.geteuid() else None


def need(tally):
    """Ends the test, with a case skipped, where nothing can be asked."""
    why = missing()
    if why:
        tally.skip(why)
        tally.end()


def ask(path, packets):
    """An answer for each packet: what is in ktrace's own description of them."""
    done = subprocess.run(["unshare", "-n", KTRACE, path], input=json.dumps(packets),
                          capture_output=True, text=True, timeout=600)
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        raise Refused(done.stderr.strip()[-200:] or "no answer") from None
    if isinstance(answer, dict):
        raise Refused(answer["error"].split("\n")[0])
    return answer
