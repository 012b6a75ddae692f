# SPDX-License-Identifier: GPL-2.0-or-later
"""Where ../shared is: tools and files beside the project, which it works without."""
import os

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FOLDER = os.environ.get("IPTLINT_SHARED") or os.path.join(os.path.dirname(ROOT), "shared")
