/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The only place that asks a name server.
 */
#include "cmd/resolve.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <string.h>

#include "base/buf.h"
#include "base/map.h"
#include "bind/hosts.h"
#include "cmd/cmd.h"
#include "ruleset/statement.h"

static size_t find_in_file(void *context, struct arena *arena, const char *name, enum family family,
			   union address **addresses)
{
	return hosts_find(context, name, family, arena, addresses);
}

static size_t count(const struct addrinfo *list)
{
	size_t n = 0;

	for (; list; list = list->ai_next)
		n++;
	return n;
}

static size_t ask_resolver(void *context, struct arena *arena, const char *name, enum family family,
			   union address **addresses)
{
	const struct addrinfo hints = {
		.ai_family = family == FAMILY_IPV6 ? AF_INET6 : AF_INET,
		.ai_socktype = SOCK_STREAM, /* each address once */
	};
	struct addrinfo *list;
	size_t n = 0;

	(void)context;
	if (getaddrinfo(name, NULL, &hints, &list) != 0)
		return 0;
	*addresses = arena_alloc(arena, count(list) * sizeof(**addresses));
	memset(*addresses, 0, count(list) * sizeof(**addresses));
	for (const struct addrinfo *each = list; each; each = each->ai_next, n++) {
		const void *from = each->ai_addr;

		if (family == FAMILY_IPV6)
			(*addresses)[n].v6 = ((const struct sockaddr_in6 *)from)->sin6_addr;
		else
			(*addresses)[n].v4 = ((const struct sockaddr_in *)from)->sin_addr;
	}
	freeaddrinfo(list);
	return addresses_sort(family, *addresses, n);
}

struct resolver *resolve_new(struct arena *arena, const struct options *options, bool *ok)
{
	struct resolver *resolver;

	*ok = true;
	if (!options->resolve)
		return NULL;
	resolver = arena_new_object(arena, struct resolver);
	resolver->find = ask_resolver;
	if (options->hosts) {
		resolver->find = find_in_file;
		resolver->context = hosts_read(arena, options->hosts);
	}
	if (options->hosts && !resolver->context) {
		cmd_error("%s: %s", options->hosts, strerror(errno));
		*ok = false;
	}
	return resolver;
}

/* ---- comment lines ---- */

struct pin_comments {
	struct arena *arena;
	enum family family;
	struct map pins; /* from a line to the first of its names that was not printed */
};

struct pin_comments *pin_comments_new(struct arena *arena, const struct resolver *resolver,
				      enum family family)
{
	struct pin_comments *comments = arena_new_object(arena, struct pin_comments);

	comments->arena = arena;
	comments->family = family;
	for (struct pin *pin = resolver->first; pin; pin = pin->next)
		if (!map_get(&comments->pins, pin->command))
			map_set(&comments->pins, pin->command, pin);
	return comments;
}

static void add_pin(struct buf *out, enum family family, const struct pin *pin)
{
	char text[INET6_ADDRSTRLEN];

	buf_printf(out, "# iptlint: resolved %s =", pin->name);
	for (size_t i = 0; i < pin->n; i++) {
		inet_ntop(family == FAMILY_IPV6 ? AF_INET6 : AF_INET, &pin->addresses[i], text,
			  sizeof(text));
		buf_printf(out, "%s %s", i ? "," : "", text);
	}
	buf_add_char(out, '\n');
}

const char *pin_comments_take(void *context, const struct statement *origin)
{
	struct pin_comments *comments = context;
	const struct pin *pin = map_get(&comments->pins, origin);
	struct buf out = BUF_INIT;
	const char *text;

	if (!pin)
		return NULL;
	map_remove(&comments->pins, origin);
	for (; pin && &pin->command->base == origin; pin = pin->next)
		add_pin(&out, comments->family, pin);
	text = arena_strdup(comments->arena, buf_string(&out));
	buf_free(&out);
	return text;
}
