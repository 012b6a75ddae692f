/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files in the format of hosts(5): which addresses a name has.
 */
#ifndef BIND_HOSTS_H
#define BIND_HOSTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "ruleset/netfilter.h"
#include "ruleset/rule.h"

struct hosts;

/* Reads the file into ARENA; NULL if there is none, or it cannot be read. */
struct hosts *hosts_read(struct arena *arena, const char *path);

/*
 * The addresses of NAME, each once and in order; their number, 0 if there are none.  Case does
 * not count.
 */
size_t hosts_find(const struct hosts *hosts, const char *name, enum family family,
		  struct arena *arena, union address **addresses);

/* Puts them in order and leaves out what is there twice; how many remain. */
size_t addresses_sort(enum family family, union address *addresses, size_t n);

/* Is it a name that needs no name server here: localhost, or one of /etc/hosts or
 * /etc/networks? */
bool hosts_is_local(const char *name);

#endif
