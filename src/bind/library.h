/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libxtables and its extensions, as the rest of the binder sees them: one rule
 * at a time, no struct of <xtables.h>, and every way in which an extension can
 * fail comes back as a return value.
 *
 *     library_begin -> set_protocol, add_match, add_target, option ... -> check
 *                   -> save -> library_end
 *
 * Knows nothing of rules files and of what iptables itself does with options.
 */
#ifndef BIND_LIBRARY_H
#define BIND_LIBRARY_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "bind/bind.h"
#include "ruleset/netfilter.h"
#include "ruleset/rule.h"

struct library;

/* A call into the library that did not return. */
struct failure {
	int status;		   /* enum xtables_exittype; 0 if the extension called exit() */
	const char *format;	   /* the format string of the message; static */
	char message[1024];	   /* the message, in the words of libxtables */
	char unresolved_host[256]; /* the host name that was to be looked up, or "" */
	char unknown_account[256]; /* the user or group that /etc does not have, or "" */
	bool unknown_is_group;
};

/* Extensions of the rule being read, in the order of their -m; the target apart. */
#define LIBRARY_TARGET (-2)
#define LIBRARY_NOBODY (-1)

/* The library of this process, set up for FAMILY at the first call. */
struct library *library_get(enum family family, const struct option *core_options);

void library_begin(struct library *library);
void library_end(struct library *library);

/* What -p said; extensions look at it while they parse. */
void library_set_protocol(struct library *library, unsigned number, bool inverted);

enum library_answer {
	LIBRARY_OK,
	LIBRARY_FAILED,
	LIBRARY_MISSING
};

/*
 * Adds a match to the rule and its options to the table.  MISSING: there is no
 * extension of that name.
 */
enum library_answer library_add_match(struct library *library, const char *name,
				      struct failure *failure);
enum library_answer library_add_target(struct library *library, const char *name,
				       struct failure *failure);

/* Is there a target extension of that name? */
bool library_has_target(struct library *library, const char *name);

/* Number of matches so far. */
int library_n_matches(const struct library *library);

/* The table for getopt_long() at this point; equal tables have equal addresses. */
const struct option *library_options(const struct library *library);

/* Whose option is VALUE (what getopt_long() returned)?  The index of a match,
 * LIBRARY_TARGET, or LIBRARY_NOBODY. */
int library_owner(const struct library *library, int value);

/* Name of the extension as written to load it. */
const char *library_name(const struct library *library, int owner);

/* Hands the option to its owner; optarg and optind are as getopt_long() left them. */
bool library_option(struct library *library, int owner, int value, char **argv, bool invert,
		    struct failure *failure);

/* The final check of one extension. */
bool library_check(struct library *library, int owner, struct failure *failure);

/* Fills in the extension's part of the rule: everything but next, span, written, implicit. */
bool library_save_match(struct library *library, int owner, struct arena *arena,
			struct match *match, struct failure *failure);
bool library_save_target(struct library *library, struct arena *arena, struct target *target,
			 struct failure *failure);

/* Adds what -L prints for a match, or for the target (MATCH is NULL); NUMERIC: with -n. */
void library_print(struct library *library, const struct match *match, const struct target *target,
		   bool numeric, struct buf *out);

/* How many names of services, users, groups and protocols were looked up since
 * library_begin(). */
unsigned library_names_used(const struct library *library);

/* Who is asked for host names while extensions read their options; RESOLVE may be NULL. */
void library_set_resolver(struct library *library,
			  size_t (*resolve)(void *context, const char *name,
					    const union address **addresses),
			  void *context);

/* Was a port above 65535 cut since the last time this was asked? */
bool library_port_was_cut(struct library *library);

/* The name of a service that only this host knows so, looked up since the last time this was
 * asked; NULL: none was.  Valid until the next look-up. */
const char *library_odd_service(struct library *library);

/* What the extensions wrote to standard error since library_begin(), NUL-terminated. */
const char *library_warnings(struct library *library);

/* ---- installation.c ---- */

/* Offers the name of each installed extension for FAMILY (UNSPEC: for any). */
void library_each_name(enum family family, void (*offer)(void *context, const char *name),
		       void *context);

/* If no extension for FAMILY is installed: the directory that should have them; else NULL. */
const char *library_empty_directory(enum family family);

/* The release as RELEASE() of ruleset/quirk.h has it. */
unsigned library_release(void);
void library_describe(struct xtables_version *version);

#endif
