/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One input and all that the stages found out about it.
 *
 * unit_load() is the only place that knows the order of the stages:
 *
 *     bytes -> parse -> bind -> ruleset -> kernel checks -> (lint, emit, ...)
 */
#ifndef PIPELINE_UNIT_H
#define PIPELINE_UNIT_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/intern.h"
#include "ruleset/netfilter.h"
#include "ruleset/quirk.h"
#include "ruleset/ruleset.h"
#include "ruleset/statement.h"
#include "source/diag.h"
#include "source/source.h"

struct analysis;   /* analyse/analysis.h */
struct binder;	   /* bind/bind.h */
struct interests;  /* lint/interest.h */
struct resolver;   /* bind/resolver.h */
struct sibling;	   /* lint/sibling.h */
struct script_run; /* pipeline/script_run.h */
struct windows;	   /* lint/windows.h */

/* A set of the kernel that is there before the rules are loaded. */
struct ipset {
	const char *name;
	enum family family; /* FAMILY_UNSPEC: of both, or not known */
	unsigned dimension; /* how many directions a match has to name; 0: not known */
};

/* A port of a service that is not for everybody. */
struct admin_port {
	uint16_t port;
	bool tcp;
	bool udp;
};

struct unit_options {
	struct tools tools;	       /* the restore programs whose judgement is asked for */
	struct resolver *resolver;     /* may be asked for host names; NULL: nobody is */
	bool pins_names;	       /* ... and what it answers is put in their place */
	const char *const *interfaces; /* the names that the host has; NULL: not known */
	size_t n_interfaces;
	const struct ipset *sets; /* those that are known ... */
	size_t n_sets;
	bool has_all_sets;		      /* ... and there are no others */
	const struct admin_port *admin_ports; /* beside those that are known to be such */
	size_t n_admin_ports;
	const struct sibling *sibling; /* lint/sibling.h; NULL: nobody has looked for it */
};

struct unit {
	struct arena *arena;
	struct intern *names; /* of chains and interfaces */
	const struct source *source;
	struct binder *binder;
	struct unit_options options;
	enum family family;
	const struct statement *statements;
	bool has_unreadable; /* one of them is such: statement_is_unreadable() */
	bool repeats_table;  /* a table has a second section; of files */
	/* The same object where both leave the same behind, NULL where not selected. */
	const struct ruleset *legacy;
	const struct ruleset *nft;
	struct diags diags;
	struct diags silenced;	/* by comments in the file; filled by lint_run() */
	struct diags set_aside; /* what is not to be told in this run; no stage fills it */
	/* enum backend: what the stages up to the kernel checks found, kept here since
	 * the lint stage may drop the records that say so. */
	unsigned refused_by;
	unsigned undecided_by;
	bool is_template; /* template-text was reported; nothing else is said */
	bool is_script;	  /* its statements are commands; a table statement stands where
			     the table changes, and is no section of a file */
	bool is_partial;  /* a part of the script is not known: no rule is proved dead */
	bool is_fragment; /* for --noflush: by option, or by "# iptlint: noflush" */
	const struct script_run *script_run; /* of a script: how it went; else NULL */
	const struct windows *windows;	     /* the same: lint/windows.h; from lint_run() on */
	struct analysis *analysis;	     /* analyse/analysis.h; there from lint_run() on */
	struct interests *interests;	     /* lint/interest.h; the same */
};

/*
 * Reads SOURCE as a rules file of the binder's family.  All problems are in
 * unit->diags; the unit is usable whatever they are.  SOURCE is taken from ARENA
 * or outlives it.
 */
struct unit *unit_load(struct arena *arena, const struct source *source, struct binder *binder,
		       const struct unit_options *options);

/* The line that made RULE, which is of the unit. */
static inline uint32_t unit_rule_line(const struct unit *unit, const struct rule *rule)
{
	return source_line(unit->source, rule->origin->base.span.start);
}

/* Would that restore command load the file, kernel included? */
enum loads {
	LOADS_NO,
	LOADS_YES,
	LOADS_UNDECIDED, /* depends on a name that is looked up at load */
};

static inline enum loads unit_loads(const struct unit *unit, enum backend backend)
{
	if (unit->refused_by & backend)
		return LOADS_NO;
	return unit->undecided_by & backend ? LOADS_UNDECIDED : LOADS_YES;
}

/* The ruleset to analyse: legacy's if it is selected, else nft's. */
const struct ruleset *unit_ruleset(const struct unit *unit);

#endif
