/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is a file for iptables or for ip6tables?
 */
#ifndef CMD_FAMILY_H
#define CMD_FAMILY_H

#include "ruleset/netfilter.h"
#include "source/source.h"

/* By whole words in the last two parts of the path; FAMILY_UNSPEC if they do not say. */
enum family family_of_path(const char *path);

/* By what stands in it; IPv4 if nothing does. */
enum family family_of_content(const struct source *source);

#endif
