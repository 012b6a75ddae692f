# SPDX-License-Identifier: GPL-2.0-or-later
"""Sections of README.md, and the blocks of code in them."""
import os
import re

import program


def section(title):
    """The text under "## TITLE"."""
    with open(os.path.join(program.ROOT, "README.md"), encoding="utf-8") as f:
        return re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", f.read(), re.M | re.S)[1]


def blocks(text, language=""):
    return [block for its, block in re.findall(r"^```(\w*)\n(.*?)^```$", text, re.M | re.S) if its == language]
