/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a rules file.  Nothing may crash or leak, and:
 *
 *   what is formatted, formatted again, stays as it is;
 *   formatting changes nothing in what each back end makes of the file;
 *   a file that a back end refuses has a diagnostic.
 */
#include "fuzz_bind.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "bind/bind.h"
#include "emit/compile.h"
#include "emit/fmt.h"
#include "emit/save.h"
#include "lint/lint.h"
#include "pipeline/unit.h"

static void require(int holds, const char *what)
{
	if (!holds) {
		fprintf(stderr, "does not hold: %s\n", what);
		abort();
	}
}

static struct unit *load(struct arena *arena, enum family family, const char *bytes, size_t len)
{
	const struct unit_options options = { .tools = { .backends = BACKEND_BOTH } };
	const struct source *source = source_new(arena, "fuzz", bytes, len);

	return unit_load(arena, source, binder_get(family), &options);
}

/* All rules of a ruleset, as its back end prints them. */
static void save_all(const struct unit *unit, const struct ruleset *ruleset, enum backend backend,
		     struct buf *out)
{
	const struct saver saver = saver_for(unit, backend);

	for (int t = 0; t < TABLE_COUNT; t++) {
		const struct table *table = &ruleset->tables[t];

		for (uint32_t c = 0; c < table->n_chains; c++) {
			const struct chain *chain = table->chains[c];

			buf_printf(out, "%s %s %d\n", table_name(table->id), chain->name,
				   chain->policy);
			for_each_entry (entry, chain) {
				if (entry->rule->unbound)
					buf_add_string(out, "?");
				else
					save_rule(&saver, out, chain->name, entry->rule);
				buf_add_char(out, '\n');
			}
		}
	}
}

static void compile(const struct unit *unit)
{
	const struct compile_options options = { .exact_save = true, .keep_names = true };
	const struct ruleset *ruleset;
	enum backend backend;
	struct diags reasons;
	FILE *nowhere;

	diags_init(&reasons, unit->arena);
	if (!compile_allowed(unit, &options, &reasons, &ruleset, &backend)) {
		require(reasons.count > 0, "who refuses says why");
		return;
	}
	nowhere = fopen("/dev/null", "w");
	if (!nowhere)
		return;
	compile_print(unit, ruleset, backend, &options, nowhere);
	fclose(nowhere);
}

static void format(const struct unit *unit, struct buf *out)
{
	struct diags remarks;

	diags_init(&remarks, unit->arena);
	fmt_text(unit, &remarks, out);
}

static void compare(const struct unit *a, const struct unit *b)
{
	struct buf left = BUF_INIT, right = BUF_INIT;

	save_all(a, a->legacy, BACKEND_LEGACY, &left);
	save_all(b, b->legacy, BACKEND_LEGACY, &right);
	require(left.len == right.len && !memcmp(buf_string(&left), buf_string(&right), left.len),
		"a file and the formatted file are the same to legacy");
	buf_clear(&left);
	buf_clear(&right);
	save_all(a, a->nft, BACKEND_NFT, &left);
	save_all(b, b->nft, BACKEND_NFT, &right);
	require(left.len == right.len && !memcmp(buf_string(&left), buf_string(&right), left.len),
		"a file and the formatted file are the same to nft");
	require(a->refused_by == b->refused_by, "the formatted file loads where the file does");
	buf_free(&left);
	buf_free(&right);
}

void fuzz_bind(enum family family, const uint8_t *bytes, size_t len)
{
	struct arena *arena = arena_new();
	struct buf once = BUF_INIT, twice = BUF_INIT;
	char *text = arena_strndup(arena, (const char *)bytes, len);
	struct unit *unit = load(arena, family, text, len);
	struct unit *again;

	require(!unit->refused_by || unit->diags.count > 0, "who refuses says why");
	compile(unit);
	format(unit, &once);
	again = load(arena, family, buf_string(&once), once.len);
	format(again, &twice);
	require(once.len == twice.len && !memcmp(buf_string(&once), buf_string(&twice), once.len),
		"formatting twice is formatting once");
	compare(unit, again);
	lint_run(unit, NULL);
	buf_free(&once);
	buf_free(&twice);
	arena_free(arena);
}
