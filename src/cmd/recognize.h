/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is a file that somebody names a rules file, or a shell script that makes rules?
 */
#ifndef CMD_RECOGNIZE_H
#define CMD_RECOGNIZE_H

#include <stddef.h>

enum content {
	CONTENT_RULES, /* what iptables-restore reads; also what nobody knows */
	CONTENT_SCRIPT,
};

#define RECOGNIZE_LOOKED_AT 65536

/* By the first LEN bytes of the file, of which RECOGNIZE_LOOKED_AT are looked at, and by its
 * name where these do not tell. */
enum content recognize(const char *name, const char *bytes, size_t len);

#endif
