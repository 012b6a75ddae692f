/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The packet filter of one family of a host that does not exist: one call of
 * iptables after the other, each with the exit status and the words that the real
 * program would have had.  In the process that has the binder of the family.
 *
 * Begins as a freshly booted host, or with the rules of a file.
 */
#ifndef CONVERT_SESSION_H
#define CONVERT_SESSION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "bind/bind.h"
#include "convert/journal.h"
#include "pipeline/unit.h"

struct session;

struct session_options {
	struct tools tools;	   /* exactly one back end, whose behaviour is followed */
	const struct source *from; /* a rules file to begin with, or NULL */
	const char *const *sets;   /* ipsets that are there */
	size_t n_sets;
};

/*
 * SCRIPT is what the spans of the calls point into.  ARENA has to live as long as
 * the session and its unit.
 */
struct session *session_new(struct arena *arena, const struct source *script, struct binder *binder,
			    const struct session_options *options);
void session_free(struct session *session);

/*
 * Makes one call: FILTER_COMMAND, FILTER_RESTORE, FILTER_SAVE, or FILTER_IPSET (of which only
 * the names of sets are kept).  Returns the exit status; appends to OUT and ERRORS what the
 * program would have printed there.  A refusal changes nothing, and is recorded as a
 * finding at the call.
 */
int session_call(struct session *session, const struct journal_call *call, struct buf *out,
		 struct buf *errors);

/* Did the last call change, or could it have changed, what later ones see? */
bool session_has_effect(const struct session *session);

/* States, as evaluate/host.h has them. */
unsigned session_save(struct session *session);
void session_restore(struct session *session, unsigned state);
bool session_equal(const struct session *session, unsigned state);
void session_forget(struct session *session, unsigned state);

/*
 * The unit of what was done so far: its source is the script, its statements are the
 * calls that worked, its rulesets are what they left, its diagnostics the refused calls.
 * To be asked for once, at the end.
 */
struct unit *session_unit(struct session *session);

#endif
