/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is a file for iptables or for ip6tables?
 */
#ifndef CMD_FAMILY_H
#define CMD_FAMILY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "ruleset/netfilter.h"

/* By whole words in the last two parts of the path; FAMILY_UNSPEC if they do not say. */
enum family family_of_path(const char *path);

/*
 * The path of the file for the other family beside PATH, which is for FAMILY: the same but for the
 * word that tells the family.  NULL if it has no such word; *IS_BY_FOLDER: that of its folder.
 */
const char *family_other_path(struct arena *arena, const char *path, enum family family,
			      bool *is_by_folder);

#define FAMILY_LOOKED_AT 65536

/* By the first LEN bytes of what stands in it, of which FAMILY_LOOKED_AT are looked at;
 * IPv4 if nothing tells. */
enum family family_of_content(const char *bytes, size_t len);

#endif
