/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The moments of a script in which the packet filter is neither what it was before nor what
 * it will be: it denies what both let through (a lockout), or its policy lets through what
 * the end denies (it is open).  Found by running the script's commands one by one.
 */
#ifndef LINT_WINDOWS_H
#define LINT_WINDOWS_H

#include "pipeline/script_run.h"
#include "pipeline/unit.h"

/* From one happening to another, numbers in script_run->list. */
struct window {
	bool is_there;
	size_t first, last;  /* the packet meets it behind each of them */
	size_t closing;	     /* the next change, which ends it */
	size_t n_commands;   /* from first to last */
	const char *whom;    /* what kind of packet, in words */
	const char *witness; /* the packet */
	/* What may take long or fail in between, or as the last of it: its number, and the words
	 * for it; NULL: nothing. */
	size_t delay;
	const char *delays;
	/* The same for what can fail. */
	size_t failure;
	const char *fails;
	bool has_rules;	 /* rules are added in it */
	bool was_closed; /* before it, as far as that is known */
};

struct windows {
	struct window lockout, open;
};

/* NULL if the unit is no script.  Lives in the unit's arena. */
const struct windows *windows_new(const struct unit *unit);

/* Why this happening may take long (or MAY_FAIL: can fail); NULL: it does not. */
const char *happening_delays(struct arena *arena, const struct happening *happening, bool may_fail);

#endif
