/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The binder: from the words of a command line to a rule as the kernel would
 * hold it and the text that iptables-save would print for it, with the installed
 * extensions of libxtables.  No kernel, no socket, no DNS, no root.
 *
 * A process has at most one binder, for one family (libxtables cannot do both).
 */
#ifndef BIND_BIND_H
#define BIND_BIND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/intern.h"
#include "parse/parse.h"
#include "ruleset/netfilter.h"
#include "ruleset/quirk.h"
#include "ruleset/statement.h"
#include "source/diag.h"

struct binder;
struct resolver; /* bind/resolver.h */

/* The binder of this process.  Calling it again with another family is a bug. */
struct binder *binder_get(enum family family);
enum family binder_family(const struct binder *binder);

/* A command line of iptables, which takes -t and -w: what came up in it, in the arena. */
struct bind_line {
	const char *table; /* what -t said; unchanged without one */
	const char *words; /* what the extension said that failed first; else unchanged */
};

/* What the words of a line are bound against: where the results go, and which
 * chains there are at this point of the file. */
struct bind_scope {
	struct arena *arena;
	struct intern *names;
	struct diags *diags;
	const struct source *source;
	const struct tools *tools; /* whose quirks there are */
	enum table_id table;	   /* TABLE_NONE outside a section */
	struct bind_line *line;	   /* NULL: a line of a rules file */
	/* Is NAME (interned) a chain of the current table at this line? */
	bool (*has_chain)(const void *context, const char *name);
	/* The ipsets that there are, and their family (UNSPEC: any rule may name it); NULL: every
	 * set is there. */
	bool (*has_set)(const void *context, const char *name, enum family *family);
	const void *context; /* of both */
	/* Looks up host names; NULL: nobody does. */
	struct resolver *resolver;
	/* A name that is no chain here, and no extension, is one that is loaded already. */
	bool assumes_chains;
};

/* Before the first line of each file: what is kept of a file lives in its ARENA. */
void bind_begin(struct binder *binder, struct arena *arena);

/*
 * Reads WORDS into COMMAND: its kind, chain, number and rules.  Every problem is
 * reported; a rule that could not be read is left behind as unbound.
 */
void bind_command(struct binder *binder, const struct bind_scope *scope, struct command *command,
		  const struct counters *counters, const struct word *words, size_t n_words);

/*
 * Would the saved text of RULE make the same rule again?  Binds the text once
 * more.  *WHY gets the reason in words if not (in scope->arena).
 */
bool bind_save_is_faithful(struct binder *binder, const struct bind_scope *scope,
			   const struct rule *rule, const char **why);

/*
 * What iptables -L prints for the matches and the target of a rule, such as
 * " tcp dpt:22"; NUMERIC: with -n.
 */
void bind_print_extensions(struct binder *binder, const struct rule *rule, bool numeric,
			   struct buf *out);

/* The release of the installed libxtables, as RELEASE() of ruleset/quirk.h has it. */
unsigned binder_release(void);

/* What the user's installation is, for --version. */
struct xtables_version {
	const char *release;   /* "1.8.9" or a range such as "1.8.11 or later" */
	const char *library;   /* the file that was loaded */
	const char *directory; /* of the extensions */
	size_t n_extensions;   /* files in it */
};
void binder_describe(struct xtables_version *version);

#endif
