/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The host on which a script is evaluated: programs of the packet filter are called
 * for real (filters.h) and written down in the journal; what else a script does to a host is
 * noted, and nobody does it.  What only the host of the script could know is unknown.
 *
 * Reads files beside the script, and below a root that was given; nothing else.
 */
#ifndef CONVERT_HOST_H
#define CONVERT_HOST_H

#include <stdbool.h>
#include <stddef.h>

#include "convert/filters.h"
#include "convert/journal.h"
#include "evaluate/host.h"
#include "source/diag.h"

enum note_kind {
	NOTE_SETTING, /* of the kernel, as sysctl.d has it: "net.ipv4.ip_forward = 1" */
	NOTE_MODULE,  /* "nf_conntrack_ftp" */
	NOTE_SET,     /* a whole ipset command */
	NOTE_PROGRAM, /* the name of another program that changes the host */
	NOTE_FILE,    /* a file that was written */
	NOTE_KINDS,
};

/* What a rules file cannot hold. */
struct note {
	enum note_kind kind;
	const char *text;
};

struct convert_host_options {
	const char *folder; /* of the script; absolute */
	const char *root;   /* where the host's files are, or NULL */
};

struct convert_host;

/*
 * Calls go to FILTERS and into JOURNAL; findings to DIAGS ("unsupported-shell").  All of these,
 * and the OPTIONS, have to stay.
 */
struct convert_host *convert_host_new(struct arena *arena, const struct filters *filters,
				      struct journal *journal, struct diags *diags,
				      const struct convert_host_options *options);

/* The host as the evaluator asks for it. */
const struct shell_host *convert_host_shell(struct convert_host *host);

/* What was noted, each text once, in the order of the script. */
const struct note *convert_host_notes(const struct convert_host *host, size_t *n);

#endif
