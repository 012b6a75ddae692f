# SPDX-License-Identifier: GPL-2.0-or-later
"""Asks the kernel which counters packets move, by ../shared/bin/ktrace in a network namespace."""
import os

import shared
from counters import Refused, ask_in_namespace

KTRACE = os.path.join(shared.FOLDER, "bin", "ktrace")


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
    return ask_in_namespace([KTRACE, path], packets)
