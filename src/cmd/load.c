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
#include "cmd/check_script.h"
#include "cmd/cmd.h"
#include "cmd/family.h"
#include "cmd/inventory.h"
#include "cmd/recognize.h"
#include "cmd/settings.h"
#include "cmd/siblings.h"

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

#define LOOKED_AT ((size_t)65536)
_Static_assert(LOOKED_AT == FAMILY_LOOKED_AT && LOOKED_AT == RECOGNIZE_LOOKED_AT, "one buffer");

/* The first bytes of a file, to be freed; NULL if it cannot be read. */
static char *first_bytes(const char *path, size_t *len)
{
	FILE *file = fopen(path, "re");
	char *bytes;

	if (!file)
		return NULL;
	bytes = alloc_zeroed(LOOKED_AT);
	*len = fread(bytes, 1, LOOKED_AT, file);
	if (ferror(file)) {
		free(bytes);
		bytes = NULL;
	}
	fclose(file);
	return bytes;
}

/* The family that the first bytes of a file tell; FAMILY_UNSPEC if it cannot be read. */
static enum family family_of_file(const char *path)
{
	size_t len;
	char *bytes = first_bytes(path, &len);
	enum family family = bytes ? family_of_content(bytes, len) : FAMILY_UNSPEC;

	free(bytes);
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
	if (!input->source)
		input->source = read_source(arena, input);
	return input->source ? family_of_content(input->source->bytes, input->source->len)
			     : FAMILY_UNSPEC;
}

/* ---- scripts ---- */

/* What cannot be read again is kept. */
static enum content find_content(struct arena *arena, struct input *input)
{
	enum content content = CONTENT_UNKNOWN;
	size_t len;
	char *bytes;

	if (!is_file(input->path)) {
		input->source = read_source(arena, input);
		return input->source
			       ? recognize(input->name, input->source->bytes, input->source->len)
			       : CONTENT_UNKNOWN;
	}
	bytes = first_bytes(input->path, &len);
	if (bytes)
		content = recognize(input->name, bytes, len);
	free(bytes);
	return content;
}

/* Is it to be read as a script?  "-A" lines alone may be a rules file with a fault. */
static bool is_script(const struct options *options, enum content content)
{
	if (options->command != FOR_CHECK)
		return content == CONTENT_SCRIPT;
	return content == CONTENT_SCRIPT || content == CONTENT_PASTED ||
	       content == CONTENT_PRINTED || content == CONTENT_LISTING ||
	       (content == CONTENT_APPENDS && options->table != TABLE_NONE);
}

/* Only check and diff read them as they are. */
static bool load_script(struct inputs *inputs, size_t i, struct arena *arena,
			const struct options *options)
{
	struct input *input = &inputs->list[i];

	if (options->command != FOR_CHECK && options->command != FOR_DIFF) {
		cmd_error("%s: this is a shell script; 'iptlint convert %s' makes a rules file "
			  "of it",
			  input->name, input->name);
		return false;
	}
	if (!input->source)
		input->source = read_source(arena, input);
	return input->source && check_script_load(inputs, i, arena, options);
}

/* ---- the files of others ---- */

static bool calls_iptables(const char *path)
{
	size_t len;
	char *bytes = first_bytes(path, &len);
	bool calls = bytes && recognize_calls(bytes, len);

	free(bytes);
	return calls;
}

/* Is it to be passed over?  A pipe is not looked into. */
static bool is_foreign(const struct input *input, const struct options *options)
{
	if (!options->sniff || !input->is_named || !is_file(input->path))
		return false;
	return !looks_like_rules_file(input->path) &&
	       (options->command != FOR_CHECK || !calls_iptables(input->path));
}

/* ---- the whole ---- */

/* Takes input number I; how many it has become. */
static size_t load_input(struct inputs *inputs, size_t i, struct configurations *configurations,
			 struct arena *arena, const struct options *options)
{
	struct input *input = &inputs->list[i];
	size_t before = inputs->count;
	enum content content;
	bool ok;

	if (is_foreign(input, options)) {
		inputs_remove(inputs, i);
		return 0;
	}
	if (strcmp(input->path, "-") == 0 && options->stdin_filename)
		input->name = options->stdin_filename;
	input->settings = settings_for(configurations, input->name);
	content = input->is_named && input->settings ? find_content(arena, input) : CONTENT_UNKNOWN;
	if (!input->settings) { /* its configuration is wrong */
		ok = false;
	} else if (is_script(options, content)) {
		ok = load_script(inputs, i, arena, options);
	} else if (input->is_named && !input->source && !is_file(input->path)) {
		ok = false;
	} else {
		input->family = input->settings->family;
		if (input->family == FAMILY_UNSPEC)
			input->family = find_family(arena, input);
		ok = input->family != FAMILY_UNSPEC; /* else it cannot be read */
	}
	if (ok)
		return inputs->count - before + 1;
	inputs->status = EXIT_TROUBLE;
	inputs_remove(inputs, i);
	return 0;
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
	while (i < inputs->count)
		i += load_input(inputs, i, configurations, arena, options);
	if (options->command == FOR_CHECK)
		siblings_find(inputs, arena, configurations);
}

bool load_known(struct inputs *inputs, size_t i, struct arena *arena, const struct options *options)
{
	const struct input *input = &inputs->list[i];
	const struct source *source = input->source;

	if (!input->is_named ||
	    !is_script(options, recognize(input->path, source->bytes, source->len)))
		return true;
	return load_script(inputs, i, arena, options);
}

int load_one(struct options *options, struct arena *arena, const char *name,
	     int (*run)(struct options *options, struct arena *arena, const struct input *input))
{
	struct inputs inputs = { 0 };
	int status;

	if (options->n_words != 1) {
		cmd_error("%s takes one file, or '-' for standard input", name);
		return EXIT_TROUBLE;
	}
	options->allow_empty = true; /* a directory is told off below */
	load_inputs(&inputs, arena, options);
	status = inputs.status;
	if (inputs.count == 1 && strcmp(inputs.list[0].path, options->words[0]) == 0) {
		status = run(options, arena, &inputs.list[0]);
	} else if (status == EXIT_CLEAN) {
		cmd_error("%s: %s takes one file, not a directory", options->words[0], name);
		status = EXIT_TROUBLE;
	}
	free(inputs.list);
	return status;
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
	const struct settings *settings = input->settings;
	const struct source *source = input->source;

	if (!source)
		source = read_source(arena, input);
	if (!source)
		return NULL;
	if (settings) {
		unit_options.tools.backends = settings->backends;
		unit_options.tools.noflush = settings->noflush;
		settings_use(settings);
	}
	unit_options.sibling = input->sibling;
	inventory_read(arena, options, settings, &unit_options);
	return unit_load(arena, source, binder_get(input->family), &unit_options);
}
