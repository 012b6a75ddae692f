/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How often each lint rule was found in each chain of one file.
 */
#ifndef REPORT_TALLY_H
#define REPORT_TALLY_H

#include <stddef.h>
#include <stdint.h>

#include "source/diag.h"

struct tally {
	const char *rule;
	const char *table; /* or NULL */
	const char *chain; /* or NULL */
	size_t count;
};

struct tallies {
	struct tally *list; /* in the order of the first findings */
	size_t count;
	uint32_t *slots; /* hash table of 1-based places in the list; 0 is free */
	size_t n_slots;	 /* 0 or a power of 2 */
};

#define TALLIES_INIT             \
	{                        \
		NULL, 0, NULL, 0 \
	}

/* Counts DIAG; returns how many of its kind there are now. */
size_t tally_add(struct tallies *tallies, const struct diag *diag);

void tallies_free(struct tallies *tallies);

#endif
