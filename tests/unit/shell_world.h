/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A script that is evaluated with a host that tests can look at.
 */
#ifndef SHELL_WORLD_H
#define SHELL_WORLD_H

#include <criterion/criterion.h>
#include <string.h>

#include "base/buf.h"
#include "evaluate/eval.h"
#include "shell/parse.h"

struct shell_world {
	struct arena *arena;
	struct buf log; /* the calls: "probe a b;" */
	struct diags diags;
	struct source *source;
	struct shell_outcome outcome;
	struct shell_options options;
	unsigned effects;
	unsigned saved[64], n_saved;
	struct buf said; /* of the diagnostics: "LINE:COLUMN rule: message;" */
};

static inline void shell_world_run(void *context, struct arena *arena,
				   const struct shell_call *call, struct shell_result *result)
{
	struct shell_world *world = context;
	struct shell_origin *origin;
	const char *name = call->words[0].bytes;
	size_t i;

	if (!strcmp(name, "unknown")) {
		origin = arena_new_object(arena, struct shell_origin);
		origin->span = call->span;
		origin->what = "the output of 'unknown'";
		result->status.unknown = result->output.unknown = origin;
		return;
	}
	result->has_effect = !strcmp(name, "effect");
	world->effects += result->has_effect;
	for (i = 0; i < call->n_words; i++)
		buf_printf(&world->log, "%s%s", i ? " " : "",
			   call->words[i].unknown ? "?" : call->words[i].bytes);
	if (call->input)
		buf_printf(&world->log, " < %s", call->input->unknown ? "?" : call->input->bytes);
	buf_add_char(&world->log, ';');
}

static inline unsigned shell_world_save(void *context)
{
	struct shell_world *world = context;

	cr_assert_lt(world->n_saved, 64u);
	world->saved[world->n_saved] = world->effects;
	return world->n_saved++;
}

static inline void shell_world_restore(void *context, unsigned state)
{
	struct shell_world *world = context;

	cr_assert_lt(state, world->n_saved);
	world->effects = world->saved[state];
}

static inline bool shell_world_equal(void *context, unsigned state)
{
	struct shell_world *world = context;

	return world->effects == world->saved[state];
}

static inline void shell_world_forget(void *context, unsigned state)
{
	struct shell_world *world = context;

	cr_assert_eq(state + 1, world->n_saved);
	world->n_saved--;
}

/* /etc is not known, /lib is there, all else is not. */
static inline enum shell_file_answer shell_world_test(void *context, char operation,
						      const char *path)
{
	(void)context;
	(void)operation;
	if (!strncmp(path, "/etc/", 5))
		return SHELL_FILE_UNKNOWN;
	return strncmp(path, "/lib/", 5) ? SHELL_FILE_NO : SHELL_FILE_YES;
}

static inline void shell_world_write(void *context, const char *path,
				     const struct shell_value *text, bool append)
{
	struct shell_world *world = context;

	buf_printf(&world->log, "%s %s %s;", text->unknown ? "?" : text->bytes, append ? ">>" : ">",
		   path);
}

static inline void shell_world_begin(struct shell_world *world)
{
	memset(world, 0, sizeof(*world));
	world->arena = arena_new();
	world->options.path = "fw.sh";
}

static inline void shell_world_eval(struct shell_world *world, enum shell_dialect dialect,
				    const char *text)
{
	struct shell_host host = { .context = world,
				   .run = shell_world_run,
				   .test_file = shell_world_test,
				   .write_file = shell_world_write,
				   .save = shell_world_save,
				   .restore = shell_world_restore,
				   .equal = shell_world_equal,
				   .forget = shell_world_forget };
	const struct diag *diag;
	const struct related *related;
	struct position at;

	world->source = source_new(world->arena, "fw.sh", text, strlen(text));
	diags_init(&world->diags, world->arena);
	shell_eval(world->arena, shell_parse(world->arena, world->source, dialect, &world->diags),
		   &world->options, &host, &world->diags, &world->outcome);
	for (diag = world->diags.first; diag; diag = diag->next) {
		at = source_position(world->source, diag->span.start);
		buf_printf(&world->said, "%u:%u %s: %s;", at.line, at.column, diag->rule,
			   diag->message);
		for (related = diag->related; related; related = related->next) {
			at = source_position(world->source, related->span.start);
			buf_printf(&world->said, " %u:%u %s;", at.line, at.column,
				   related->message);
		}
	}
	cr_expect_eq(world->n_saved, 0);
}

static inline void shell_world_end(struct shell_world *world)
{
	buf_free(&world->log);
	buf_free(&world->said);
	arena_free(world->arena);
}

/* The calls that a bash script makes, and what is said about it. */
static inline void expect_shell(const char *text, const char *log, const char *said)
{
	struct shell_world world;

	shell_world_begin(&world);
	shell_world_eval(&world, SHELL_BASH, text);
	cr_expect_str_eq(buf_string(&world.log), log, "%s: %s", text, buf_string(&world.log));
	cr_expect_str_eq(buf_string(&world.said), said, "%s: %s", text, buf_string(&world.said));
	shell_world_end(&world);
}

#endif
