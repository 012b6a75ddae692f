/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file with the rules of the other family that stands beside a file: rules.v6 beside
 * rules.v4.  Only what lint rules compare is known of it.
 */
#ifndef LINT_SIBLING_H
#define LINT_SIBLING_H

#include <stdbool.h>
#include <stdint.h>

#include "lint/open_ports.h"

struct sibling {
	const char *name; /* as reports call it */
	bool is_there;
	bool is_checked;	 /* it is an input as well: findings about both may stand there */
	uint64_t text;		 /* sibling_text() */
	struct open_ports ports; /* of all that is not there nothing is known */
};

/* A number that files have in common whose lines are the same, but for blank ones, comments
 * and counters of chains. */
uint64_t sibling_text(const struct source *source);

#endif
