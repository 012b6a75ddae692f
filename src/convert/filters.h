/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The packet filters of both families, as what runs or evaluates a script calls them,
 * whatever process they live in.  States are those of evaluate/host.h.
 */
#ifndef CONVERT_FILTERS_H
#define CONVERT_FILTERS_H

#include <stdbool.h>

#include "base/buf.h"
#include "convert/journal.h"

struct filters {
	void *context;

	/* Makes a call.  Returns its status, and appends what it prints; *HAS_EFFECT: later calls
	 * may see that it was made. */
	int (*call)(void *context, const struct journal_call *call, struct buf *out,
		    struct buf *errors, bool *has_effect);

	unsigned (*save)(void *context);
	void (*restore)(void *context, unsigned state);
	bool (*equal)(void *context, unsigned state);
	void (*forget)(void *context, unsigned state);
};

#endif
