/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a shell script to what it does to the packet filter: evaluated, or run in a
 * sandbox.  What convert and check have in common.
 *
 * To be done before anything is bound in this process (peers.h).
 */
#ifndef CMD_SCRIPT_H
#define CMD_SCRIPT_H

#include <stdbool.h>

#include "base/arena.h"
#include "cmd/options.h"
#include "convert/host.h"
#include "convert/journal.h"
#include "pipeline/unit.h"
#include "shell/syntax.h"

struct script {
	const struct source *source;
	const struct shell_script *shell; /* the tree; its comments */
	struct journal *journal;
	struct diags diags;   /* of the shell's side */
	unsigned refused_by;  /* enum backend: it is nothing that leaves rules */
	bool complete;	      /* all that it does was followed */
	bool is_printed;      /* what iptables -S printed: no script at all */
	bool ends_at_failure; /* as in pipeline/script_run.h */
	bool cleans_up;
	const struct note *notes; /* what a rules file cannot hold */
	size_t n_notes;
	unsigned backend;	      /* enum backend: whose behaviour it met */
	const struct source *from[2]; /* rules that were there before: IPv4, IPv6; or NULL */
	const char *const *sets;      /* ipsets that were there before */
	size_t n_sets;
};

/*
 * Evaluates the script at PATH with ARGUMENTS, or runs it if the options say so.  What was
 * copied from a terminal counts as one (recognize.h).  NULL after a complaint: it cannot
 * be read, or something here does not work.
 */
struct script *script_load(struct arena *arena, const struct options *options, const char *path,
			   const struct source *source, const char *const *arguments,
			   size_t n_arguments);

/*
 * What the script leaves for one family, as a unit whose source is the script.  The records
 * of the shell's side are in it WITH_SHELL.  Binds.
 */
struct unit *script_unit(const struct script *script, struct arena *arena, enum family family,
			 bool with_shell);

#endif
