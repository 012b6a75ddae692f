/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which programs a script does not reach in a sandbox: those that ask or change the
 * system.  What only computes (awk, sed, sort ...) runs for real.
 */
#ifndef SANDBOX_NAMES_H
#define SANDBOX_NAMES_H

#include <stdbool.h>
#include <stddef.h>

/* Names that the recorder stands for, in the folders of the system's programs; the last
 * is followed by NULL. */
extern const char *const sandbox_names[];

/* Names that it stands for only where the host has such a program. */
extern const char *const sandbox_optional_names[];

/* "sudo": runs its words. */
bool sandbox_name_runs_words(const char *name);

/*
 * Such a call does something, and prints nothing that a script could want: to answer it
 * with nothing is right.
 */
bool sandbox_call_is_quiet(const char *name, const char *const *words, size_t n_words);

/* How a program takes what it reads. */
enum sandbox_input {
	SANDBOX_INPUT_NONE,
	SANDBOX_INPUT_RESTORE, /* iptables-restore [FILE] */
	SANDBOX_INPUT_IPSET,   /* ipset restore [-file FILE] */
	SANDBOX_INPUT_NFT,     /* nft -f FILE */
	SANDBOX_INPUT_LOGGER,  /* logger without a message */
};

enum sandbox_input sandbox_input_of(const char *name);

#endif
