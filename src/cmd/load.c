/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which files, which family, and the way into the pipeline.
 */
#include "cmd/load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "bind/bind.h"
#include "cmd/cmd.h"
#include "cmd/family.h"

static void remove_input(struct inputs *inputs, size_t i)
{
	memmove(&inputs->list[i], &inputs->list[i + 1],
		(inputs->count - i - 1) * sizeof(*inputs->list));
	inputs->count--;
}

static const struct source *read_source(struct arena *arena, const struct input *input)
{
	const char *why;
	struct source *source = source_read(arena, input->path, &why);

	if (!source) {
		cmd_error("%s: %s", input->name, why);
		return NULL;
	}
	source->name = input->name;
	return source;
}

/* The family that the first bytes of a file tell; FAMILY_UNSPEC if it cannot be read. */
static enum family family_of_file(const char *path)
{
	FILE *file = fopen(path, "re");
	enum family family = FAMILY_UNSPEC;
	char *bytes;
	size_t len;

	if (!file)
		return FAMILY_UNSPEC;
	bytes = alloc_zeroed(FAMILY_LOOKED_AT);
	len = fread(bytes, 1, FAMILY_LOOKED_AT, file);
	if (!ferror(file))
		family = family_of_content(bytes, len);
	free(bytes);
	fclose(file);
	return family;
}

/* Can it be read a second time? */
static bool is_file(const char *path)
{
	struct stat info;

	return strcmp(path, "-") != 0 && stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

/* The family, by looking into the file where its name does not say it. */
static enum family find_family(struct arena *arena, struct input *input)
{
	enum family family = family_of_path(input->name);

	if (family == FAMILY_UNSPEC && is_file(input->path))
		family = family_of_file(input->path);
	if (family != FAMILY_UNSPEC)
		return family;
	/* A pipe; or what cannot be read, and this tells why. */
	input->source = read_source(arena, input);
	return input->source ? family_of_content(input->source->bytes, input->source->len)
			     : FAMILY_UNSPEC;
}

/* Nobody has said ".", so no name begins with it. */
static void add_current_directory(struct inputs *inputs, struct arena *arena,
				  const struct options *options)
{
	inputs_add(inputs, arena, ".", options->allow_empty);
	for (size_t i = 0; i < inputs->count; i++)
		inputs->list[i].name = inputs->list[i].path += strlen("./");
}

void load_inputs(struct inputs *inputs, struct arena *arena, const struct options *options)
{
	size_t i = 0;

	memset(inputs, 0, sizeof(*inputs));
	if (options->n_words == 0)
		add_current_directory(inputs, arena, options);
	for (int word = 0; word < options->n_words; word++)
		inputs_add(inputs, arena, options->words[word], options->allow_empty);
	while (i < inputs->count) {
		struct input *input = &inputs->list[i];

		if (strcmp(input->path, "-") == 0 && options->stdin_filename)
			input->name = options->stdin_filename;
		input->family = options->family;
		if (input->family == FAMILY_UNSPEC)
			input->family = find_family(arena, input);
		if (input->family == FAMILY_UNSPEC) { /* it cannot be read */
			inputs->status = EXIT_TROUBLE;
			remove_input(inputs, i);
		} else {
			i++;
		}
	}
}

/* The lines of the file without blanks and comments. */
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
		struct span span = source_line_span(source, line);
		const char *text = source->bytes + span.start;
		size_t len = span.end - span.start;

		while (len && (text[len - 1] == ' ' || text[len - 1] == '\t'))
			len--;
		if (len && *text != '#')
			names[options->n_interfaces++] = arena_strndup(arena, text, len);
	}
}

struct unit *load_unit(struct arena *arena, const struct input *input,
		       const struct options *options)
{
	return load_unit_with(arena, input, options, NULL, false);
}

struct unit *load_unit_with(struct arena *arena, const struct input *input,
			    const struct options *options, struct resolver *resolver, bool pins)
{
	struct unit_options unit_options = { .tools = { options->backends, 0, options->noflush },
					     .resolver = resolver,
					     .pins_names = pins };
	const struct source *source = input->source;

	if (!source)
		source = read_source(arena, input);
	if (!source)
		return NULL;
	if (options->interfaces)
		read_interfaces(arena, options->interfaces, &unit_options);
	return unit_load(arena, source, binder_get(input->family), &unit_options);
}
