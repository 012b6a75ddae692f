/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which files, which family, and the way into the pipeline.
 */
#include "cmd/load.h"

#include <string.h>

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

/* The family, by looking into the file where its name does not say it. */
static enum family find_family(struct arena *arena, struct input *input)
{
	enum family family = family_of_path(input->name);
	struct arena *scratch;
	const struct source *source;

	if (family != FAMILY_UNSPEC)
		return family;
	if (strcmp(input->path, "-") == 0) {
		input->source = read_source(arena, input);
		return input->source ? family_of_content(input->source) : FAMILY_UNSPEC;
	}
	scratch = arena_new();
	source = read_source(scratch, input);
	family = source ? family_of_content(source) : FAMILY_UNSPEC;
	arena_free(scratch);
	return family;
}

void load_inputs(struct inputs *inputs, struct arena *arena, const struct options *options)
{
	size_t i = 0;

	memset(inputs, 0, sizeof(*inputs));
	if (options->n_words == 0)
		inputs_add(inputs, arena, ".", options->allow_empty);
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

struct unit *load_unit(struct arena *arena, const struct input *input,
		       const struct options *options)
{
	struct unit_options unit_options = { .tools = { options->backends, 0 } };
	const struct source *source = input->source;

	if (!source)
		source = read_source(arena, input);
	if (!source)
		return NULL;
	return unit_load(arena, source, binder_get(input->family), &unit_options);
}
