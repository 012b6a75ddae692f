# SPDX-License-Identifier: GPL-2.0-or-later
"""What "iptlint test" says of promises made by chance about a file made by chance."""
import json
import os

import program
from small_files import Promise


def ask(file, count, rng, folder, tally):
    """The path of the rules in FOLDER, and of COUNT promises each with its result as the program
    prints it: none if it could not read them, which is a failure."""
    promises = [Promise(rng, file) for _ in range(count)]
    rules, tests = os.path.join(folder, f"rules.v{file.family}"), os.path.join(folder, "rules.test")
    with open(rules, "w") as f:
        f.write(file.text)
    with open(tests, "w") as f:
        f.write("\n".join(line for promise in promises for line in promise.lines) + "\n")
    done = program.run("test", "--format", "json", "--backend", "legacy", rules, tests)
    if done.exit not in (0, 1):
        tally.fail("the program reads the file and the promises", f"{done}\n{file.text}")
        return rules, []
    return rules, list(zip(promises, json.loads(done.out)["results"]))
