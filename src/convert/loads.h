/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Would the restore programs load the rules that a script leaves?
 */
#ifndef CONVERT_LOADS_H
#define CONVERT_LOADS_H

#include "pipeline/unit.h"

/*
 * Reads the rules file of the unit as BACKENDS do: what they refuse or leave undecided is the
 * unit's then, and what is refused a finding at the command that the rule comes from.
 */
void loads_judge(struct unit *unit, unsigned backends);

#endif
