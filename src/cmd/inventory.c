/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads lists of names, and what "ipset save" prints.
 */
#include "cmd/inventory.h"

#include <string.h>

#include "cmd/settings.h"

/* Line number LINE without the blanks behind it; NULL for blank ones and comments. */
static const char *text_of_line(struct arena *arena, const struct source *source, uint32_t line)
{
	struct span span = source_line_span(source, line);
	const char *text = source->bytes + span.start;
	size_t len = span.end - span.start;

	while (len && (text[len - 1] == ' ' || text[len - 1] == '\t'))
		len--;
	return len && *text != '#' ? arena_strndup(arena, text, len) : NULL;
}

static void read_interfaces(struct arena *arena, const char *path, struct unit_options *options)
{
	const char *why;
	const struct source *source = source_read(arena, path, &why);
	const char **names;

	if (!source)
		return; /* it was readable before */
	names = arena_alloc(arena, source->n_lines * sizeof(*names));
	options->interfaces = names;
	for (uint32_t line = 1; line <= source->n_lines; line++) {
		const char *name = text_of_line(arena, source, line);

		if (name)
			names[options->n_interfaces++] = name;
	}
}

/* ---- ipsets ---- */

/* Of "hash:ip,port,net" 3; 0: each of a list of sets has its own. */
static unsigned dimension_of(const char *type)
{
	const char *at = strchr(type, ':');
	unsigned n = 1;

	if (!at || !strncmp(type, "list:", 5))
		return 0;
	while ((at = strchr(at, ','))) {
		at++;
		n++;
	}
	return n;
}

/* What is no address is of both families. */
static enum family family_of(const char *type, const char *options)
{
	if (strstr(options, "family inet6"))
		return FAMILY_IPV6;
	if (!strncmp(type, "list:", 5) || !strcmp(type, "bitmap:port") || !strcmp(type, "hash:mac"))
		return FAMILY_UNSPEC;
	return FAMILY_IPV4;
}

/* "create NAME TYPE OPTION..."; false: another line. */
static bool read_set(struct ipset *set, char *line)
{
	char *rest;
	const char *type;

	if (strncmp(line, "create ", 7) != 0)
		return false;
	set->name = strtok_r(line + 7, " ", &rest);
	type = strtok_r(NULL, " ", &rest);
	if (!set->name || !type)
		return false;
	set->dimension = dimension_of(type);
	set->family = family_of(type, rest);
	return true;
}

static void read_sets(struct arena *arena, const char *path, struct unit_options *options)
{
	const char *why;
	const struct source *source = source_read(arena, path, &why);
	struct ipset *sets;

	if (!source)
		return; /* it was readable before */
	sets = arena_alloc(arena, source->n_lines * sizeof(*sets));
	for (uint32_t line = 1; line <= source->n_lines; line++) {
		const char *text = text_of_line(arena, source, line);

		if (text &&
		    read_set(&sets[options->n_sets], arena_strndup(arena, text, strlen(text))))
			options->n_sets++;
	}
	options->sets = sets;
	options->has_all_sets = true;
}

/* Of these the names alone are known. */
static void list_sets(struct arena *arena, const struct settings *settings,
		      struct unit_options *options)
{
	struct ipset *sets = arena_alloc(arena, settings->n_sets * sizeof(*sets));

	for (size_t i = 0; i < settings->n_sets; i++)
		sets[i].name = settings->sets[i];
	options->sets = sets;
	options->n_sets = settings->n_sets;
}

void inventory_read(struct arena *arena, const struct options *options,
		    const struct settings *settings, struct unit_options *unit_options)
{
	if (options->interfaces)
		read_interfaces(arena, options->interfaces, unit_options);
	if (options->ipset_file)
		read_sets(arena, options->ipset_file, unit_options);
	else if (settings && settings->n_sets)
		list_sets(arena, settings, unit_options);
	if (settings) {
		unit_options->admin_ports = settings->admin_ports;
		unit_options->n_admin_ports = settings->n_admin_ports;
	}
}
