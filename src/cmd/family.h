/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is a file for iptables or for ip6tables?
 */
#ifndef CMD_FAMILY_H
#define CMD_FAMILY_H

#include <stddef.h>

#include "ruleset/netfilter.h"

/* By whole words in the last two parts of the path; FAMILY_UNSPEC if they do not say. */
enum family family_of_path(const char *path);

#define FAMILY_LOOKED_AT 65536

/* By the first LEN bytes of what stands in it, of which FAMILY_LOOKED_AT are looked at;
 * IPv4 if nothing tells. */
enum family family_of_content(const char *bytes, size_t len);

#endif
