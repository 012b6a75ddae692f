/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The files of the other family that stand beside the inputs: looked for by name, and read in
 * silence, for what lint rules say of a pair (lint/sibling.h).
 */
#ifndef CMD_SIBLINGS_H
#define CMD_SIBLINGS_H

#include "cmd/files.h"
#include "cmd/options.h"
#include "cmd/settings.h"

/* Looks for the sibling of each input whose lint rules want to know about it. */
void siblings_find(struct inputs *inputs, struct arena *arena,
		   struct configurations *configurations);

/* Reads them, in processes of their own. */
void siblings_read(const struct inputs *inputs, const struct options *options);

#endif
