/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What all processes of a sandbox use together, as its first process sees it.
 */
#ifndef SANDBOX_USAGE_H
#define SANDBOX_USAGE_H

struct usage {
	unsigned processes;	   /* without the first one */
	unsigned long long memory; /* bytes, private */
	unsigned long long files;  /* bytes, since usage_init() */
	unsigned long long cpu_ms;
	unsigned long long files_before;
};

void usage_init(struct usage *usage);

/* Fills in all but files_before. */
void usage_look(struct usage *usage);

#endif
