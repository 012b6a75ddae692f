/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which files, which family, and the way into the pipeline.
 */
#include "cmd/load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "analyse/chains.h"
#include "base/alloc.h"
#include "bind/bind.h"
#include "cmd/cmd.h"
#include "cmd/family.h"
#include "cmd/settings.h"

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
	struct configurations *configurations = configurations_new(arena, options);
	size_t i = 0;

	memset(inputs, 0, sizeof(*inputs));
	if (!configurations) {
		inputs->status = EXIT_TROUBLE;
		return;
	}
	if (options->n_words == 0)
		add_current_directory(inputs, arena, options);
	for (int word = 0; word < options->n_words; word++)
		inputs_add(inputs, arena, options->words[word], options->allow_empty);
	while (i < inputs->count) {
		struct input *input = &inputs->list[i];

		if (strcmp(input->path, "-") == 0 && options->stdin_filename)
			input->name = options->stdin_filename;
		input->settings = settings_for(configurations, input->name);
		if (!input->settings) { /* its configuration is wrong */
			inputs->status = EXIT_TROUBLE;
			remove_input(inputs, i);
			continue;
		}
		input->family = input->settings->family;
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
	struct unit_options unit_options = { .tools = { options->backends, 0, options->noflush } };
	const struct settings *settings = input->settings;
	const struct source *source = input->source;

	if (!source)
		source = read_source(arena, input);
	if (!source)
		return NULL;
	if (settings) {
		unit_options.tools.backends = settings->backends;
		unit_options.tools.noflush = settings->noflush;
		chains_set_external(settings->external_chains, settings->n_external_chains,
				    settings->external_chains_alone);
	}
	return unit_load(arena, source, binder_get(input->family), &unit_options);
}
