/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The shell's parser and evaluator, with a host that knows nothing and small limits.  The
 * first byte chooses the dialect; every program's output is unknown, or is what it was given.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "evaluate/eval.h"
#include "shell/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct shell_origin origin = { .what = "the output of a program" };

struct world {
	unsigned effects, n_saved;
	unsigned saved[4096];
};

static void run(void *context, struct arena *arena, const struct shell_call *call,
		struct shell_result *result)
{
	struct world *world = context;
	const struct shell_value *name = &call->words[0];

	(void)arena;
	if (name->unknown || !name->len || *name->bytes == 'u') {
		result->status.unknown = result->output.unknown = &origin;
	} else if (call->n_words > 1) {
		result->output = call->words[1];
		result->status.code = (int)(name->len & 1);
	}
	result->has_effect = !name->unknown && *name->bytes == 'i';
	world->effects += result->has_effect;
}

static unsigned save(void *context)
{
	struct world *world = context;

	if (world->n_saved == 4096)
		abort();
	world->saved[world->n_saved] = world->effects;
	return world->n_saved++;
}

static void restore(void *context, unsigned state)
{
	struct world *world = context;

	if (state >= world->n_saved)
		abort();
	world->effects = world->saved[state];
}

static bool is_equal(void *context, unsigned state)
{
	struct world *world = context;

	if (state >= world->n_saved)
		abort();
	return world->effects == world->saved[state];
}

static void forget(void *context, unsigned state)
{
	struct world *world = context;

	/* the last one first */
	if (state + 1 != world->n_saved)
		abort();
	world->n_saved--;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct world world;
	struct shell_host host = { .context = &world,
				   .run = run,
				   .save = save,
				   .restore = restore,
				   .equal = is_equal,
				   .forget = forget };
	static const struct shell_definition definition = { "d", "defined" };
	struct shell_options options = { .path = "x/script",
					 .max_steps = 3000,
					 .max_depth = 50,
					 .max_bytes = 1 << 20,
					 .definitions = &definition,
					 .n_definitions = 1 };
	struct arena *arena;
	struct shell_outcome outcome;
	struct shell_script *script;
	struct source *source;
	struct diags diags;
	char *bytes;

	if (!size)
		return 0;
	memset(&world, 0, sizeof(world));
	arena = arena_new();
	bytes = arena_strndup(arena, (const char *)data + 1, size - 1);
	source = source_new(arena, "fuzz", bytes, size - 1);
	diags_init(&diags, arena);
	script = shell_parse(arena, source, data[0] & 1 ? SHELL_SH : SHELL_BASH, &diags);
	shell_eval(arena, script, &options, &host, &diags, &outcome);
	if (world.n_saved)
		abort();
	arena_free(arena);
	return 0;
}
