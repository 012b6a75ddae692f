/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Remembers what names were looked up, for the lines that tell.
 */
#include "bind/resolver.h"

const struct pin *resolver_pin(struct resolver *resolver, struct arena *arena,
			       const struct command *command, const char *name, enum family family)
{
	union address *addresses;
	size_t n = resolver->find(resolver->context, arena, name, family, &addresses);
	struct pin *pin;

	if (!n)
		return NULL;
	pin = arena_new_object(arena, struct pin);
	*pin = (struct pin){ .command = command, .name = name, .addresses = addresses, .n = n };
	if (!resolver->last)
		resolver->last = &resolver->first;
	*resolver->last = pin;
	resolver->last = &pin->next;
	return pin;
}
