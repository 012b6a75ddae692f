/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads hosts(5) and networks(5) without the C library's resolver, which may ask
 * anybody.
 */
#include "bind/hosts.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define BLANKS " \t\r"

struct host {
	const char *name;
	enum family family;
	union address address;
};

struct hosts {
	struct host *list; /* by name */
	size_t count;
	size_t capacity;
	struct arena *arena; /* has the list itself and the names */
};

static int compare_hosts(const void *left, const void *right)
{
	const struct host *a = left;
	const struct host *b = right;

	return strcasecmp(a->name, b->name);
}

static struct hosts *new_hosts(struct arena *arena)
{
	struct hosts *hosts = arena_new_object(arena, struct hosts);

	hosts->arena = arena;
	return hosts;
}

static void add(struct hosts *hosts, const struct host *host)
{
	if (hosts->count == hosts->capacity) {
		hosts->capacity = hosts->capacity ? 2 * hosts->capacity : 64;
		hosts->list = alloc_resize(hosts->list, hosts->capacity * sizeof(*hosts->list));
	}
	hosts->list[hosts->count++] = *host;
}

static bool read_address(const char *text, struct host *host)
{
	memset(host, 0, sizeof(*host));
	host->family = FAMILY_IPV4;
	if (inet_pton(AF_INET, text, &host->address.v4) == 1)
		return true;
	host->family = FAMILY_IPV6;
	return inet_pton(AF_INET6, text, &host->address.v6) == 1;
}

/* "192.0.2.1 name alias # comment" */
static void read_line(struct hosts *hosts, char *line)
{
	char *rest = NULL, *word;
	struct host host;

	line[strcspn(line, "#\n")] = '\0';
	word = strtok_r(line, BLANKS, &rest);
	if (!word || !read_address(word, &host))
		return;
	while ((word = strtok_r(NULL, BLANKS, &rest))) {
		host.name = arena_strdup(hosts->arena, word);
		add(hosts, &host);
	}
}

struct hosts *hosts_read(struct arena *arena, const char *path)
{
	FILE *file = fopen(path, "re");
	struct hosts *hosts;
	struct host *list;
	char *line = NULL;
	size_t size = 0;

	if (!file)
		return NULL;
	hosts = new_hosts(arena);
	while (getline(&line, &size, file) >= 0)
		read_line(hosts, line);
	if (ferror(file))
		hosts = NULL;
	free(line);
	fclose(file);
	if (!hosts || !hosts->count)
		return hosts;
	list = arena_memdup(arena, hosts->list, hosts->count * sizeof(*list));
	free(hosts->list);
	hosts->list = list;
	qsort(list, hosts->count, sizeof(*list), compare_hosts);
	return hosts;
}

static int compare_v4(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct in_addr));
}

static int compare_v6(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct in6_addr));
}

size_t addresses_sort(enum family family, union address *addresses, size_t n)
{
	int (*compare)(const void *, const void *) =
		family == FAMILY_IPV6 ? compare_v6 : compare_v4;
	size_t kept = 0;

	qsort(addresses, n, sizeof(*addresses), compare);
	for (size_t i = 0; i < n; i++)
		if (!kept || compare(&addresses[kept - 1], &addresses[i]))
			addresses[kept++] = addresses[i];
	return kept;
}

size_t hosts_find(const struct hosts *hosts, const char *name, enum family family,
		  struct arena *arena, union address **addresses)
{
	const struct host key = { .name = name };
	const struct host *first, *end, *last;
	size_t n = 0;

	*addresses = NULL;
	if (!hosts->count)
		return 0;
	first = bsearch(&key, hosts->list, hosts->count, sizeof(key), compare_hosts);
	if (!first)
		return 0;
	end = hosts->list + hosts->count;
	for (last = first; last < end && !compare_hosts(&key, last); last++)
		;
	while (first > hosts->list && !compare_hosts(&key, first - 1))
		first--;
	*addresses = arena_alloc(arena, (size_t)(last - first) * sizeof(**addresses));
	for (; first < last; first++)
		if (first->family == family)
			(*addresses)[n++] = first->address;
	return addresses_sort(family, *addresses, n);
}

/* ---- the files of this host ---- */

/* In both files names are words of a line; which of the words they are does not matter
 * here. */
static void read_words(struct hosts *hosts, const char *path)
{
	FILE *file = fopen(path, "re");
	struct host host = { 0 };
	char *line = NULL;
	size_t size = 0;

	if (!file)
		return;
	while (getline(&line, &size, file) >= 0) {
		char *rest = NULL, *word;

		line[strcspn(line, "#\n")] = '\0';
		for (word = strtok_r(line, BLANKS, &rest); word;
		     word = strtok_r(NULL, BLANKS, &rest)) {
			host.name = arena_strdup(hosts->arena, word);
			add(hosts, &host);
		}
	}
	free(line);
	fclose(file);
}

bool hosts_is_local(const char *name)
{
	static struct hosts *here; /* does not change while the program runs */
	const struct host key = { .name = name };

	if (!here) {
		here = new_hosts(arena_new());
		add(here, &(struct host){ .name = "localhost" });
		read_words(here, "/etc/hosts");
		read_words(here, "/etc/networks");
		qsort(here->list, here->count, sizeof(key), compare_hosts);
	}
	return bsearch(&key, here->list, here->count, sizeof(key), compare_hosts) != NULL;
}
