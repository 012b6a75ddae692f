/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a script did to the packet filter of one family, one moment after the other, for
 * what has to be said of the states in between.  Knows nothing of the shell.
 */
#ifndef PIPELINE_SCRIPT_RUN_H
#define PIPELINE_SCRIPT_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ruleset/ruleset.h"
#include "ruleset/statement.h"
#include "source/source.h"

enum happening_kind {
	HAPPENING_COMMAND, /* a command that worked, also one that only looks */
	HAPPENING_SECTION, /* of a restore: its lines work at once */
	HAPPENING_REFUSED, /* a command that failed: it changed nothing */
	HAPPENING_LOOK,	   /* iptables-save */
	HAPPENING_PROGRAM, /* another program ran, or the script waited for input */
};

struct happening {
	struct span span; /* of the call in the script */
	/* COMMAND: the command; SECTION: the first of N lines, linked by next.  REFUSED: the
	 * command, or NULL if its words are none. */
	const struct statement *first;
	uint32_t n;
	const char *program; /* PROGRAM: its name */
	unsigned round;	     /* of loops: a different one for each round; 0: in none */
	uint8_t kind;	     /* enum happening_kind */
	enum table_id table; /* of the lines; TABLE_NONE where there are none */
	bool keeps;	     /* SECTION: what was in the table stays (--noflush) */
};

struct script_run {
	const struct happening *list;
	size_t n;
	const struct ruleset *before; /* the rules that were there; NULL: not given */
	const struct tools *tools;    /* the back end whose behaviour it met */
	/* What else is known of the script. */
	bool ends_at_failure; /* it stops where a command fails */
	bool cleans_up;	      /* it may run something when it ends early; or nobody knows */
	bool has_other;	  /* it has commands for the other family, or rules of that were given */
	bool has_no_ipv6; /* it switches IPv6 off */
};

#endif
