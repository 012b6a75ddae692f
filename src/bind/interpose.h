/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stands between the extensions and the C library: while an extension is being
 * called, nothing is looked up over a network, no socket is opened and nobody
 * ends the process.  Outside of such a call every function here does what it
 * always does.
 *
 * The program exports these functions, so that libxtables and its extensions,
 * which are loaded later, find them before those of the C library.
 */
#ifndef BIND_INTERPOSE_H
#define BIND_INTERPOSE_H

#include <stdbool.h>
#include <stddef.h>

#include "ruleset/rule.h"

/* What came up during calls; the caller sets what stands before the names. */
struct interposed {
	int nfproto; /* the family of sets */
	/* The addresses of a host name, as many as it returns; NULL: no name is looked up. */
	size_t (*resolve)(void *context, const char *name, const union address **addresses);
	void *context;		   /* of that */
	void (*left)(int status);  /* an extension called exit(); must not return */
	char unresolved_host[256]; /* a name that only a look-up at load could turn into an
				      address; "" if none */
	char unknown_account[256]; /* a user or group that /etc does not have */
	bool unknown_is_group;
	char odd_service[256]; /* a name that IANA knows nothing of, or gives another port; "" */
	bool port_cut;	       /* a port above 65535 was cut to 16 bits */
	unsigned names;	       /* how many names of services, users, groups were found */
};

/* Between begin and end the functions act for SESSION; no nesting. */
void interpose_begin(struct interposed *session);
void interpose_end(void);

/* Could TEXT be a host name (RFC 1123, with '_'), and not just a wrong address? */
bool interpose_is_host_name(const char *text);

#endif
