/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs calls of iptables in a session, for tests/convert/session.py.
 *
 *     session_run 4|6 legacy|nft < CALLS
 *
 * A line of CALLS is one call, its words apart by tabs; "<<" as its last word: the lines up
 * to one with a single "." are its input.  A line "%save", "%restore N", "%equal N" or
 * "%forget N" is about states.  Prints for each call
 *
 *     = STATUS LENGTH-OF-OUTPUT LENGTH-OF-ERRORS
 *
 * and both texts, and at the end "= end" and what compile --exact-save prints.  With
 * SESSION_LINT in the environment the unit is linted, with SESSION_DIAGS what was found is
 * listed on standard error.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "convert/session.h"
#include "emit/compile.h"
#include "kernel/kernel.h"
#include "lint/lint.h"

#define MAX_WORDS 512

struct text {
	char *bytes;
	size_t len;
};

static struct text read_all(FILE *file)
{
	struct text text = { NULL, 0 };
	size_t capacity = 0;

	for (;;) {
		if (text.len + 65536 > capacity) {
			capacity = 2 * capacity + 65536;
			text.bytes = realloc(text.bytes, capacity + 1);
		}
		size_t got = fread(text.bytes + text.len, 1, 65536, file);

		if (!got)
			break;
		text.len += got;
	}
	text.bytes[text.len] = '\0';
	return text;
}

struct run {
	struct session *session;
	struct arena *arena;
	char *at;
	uint32_t offset; /* of AT in the script */
	bool quiet;
};

static char *next_line(struct run *run, struct span *span)
{
	char *line = run->at;
	size_t len;

	if (!*line)
		return NULL;
	len = strcspn(line, "\n");
	span->start = run->offset;
	span->end = run->offset + (uint32_t)len;
	run->at += len + (line[len] == '\n');
	run->offset += (uint32_t)(len + (line[len] == '\n'));
	line[len] = '\0';
	return line;
}

static size_t split(char *line, uint32_t start, const char **words, struct span *spans)
{
	size_t n = 0;

	for (char *word = line; word && n < MAX_WORDS; n++) {
		char *tab = strchr(word, '\t');

		if (tab)
			*tab = '\0';
		words[n] = word;
		spans[n].start = start + (uint32_t)(word - line);
		spans[n].end = spans[n].start + (uint32_t)strlen(word);
		word = tab ? tab + 1 : NULL;
	}
	return n;
}

static void read_input(struct run *run, struct buf *input)
{
	struct span span;
	char *line;

	while ((line = next_line(run, &span)) && strcmp(line, ".") != 0) {
		buf_add_string(input, line);
		buf_add_char(input, '\n');
	}
}

static void about_states(struct run *run, const char *line)
{
	unsigned state = 0;
	char what[16];

	if (sscanf(line, "%%%15s %u", what, &state) < 1)
		return;
	if (strcmp(what, "save") == 0)
		printf("= %u 0 0\n", session_save(run->session));
	else if (strcmp(what, "restore") == 0)
		session_restore(run->session, state);
	else if (strcmp(what, "equal") == 0)
		printf("= %d 0 0\n", session_equal(run->session, state));
	else if (strcmp(what, "forget") == 0)
		session_forget(run->session, state);
}

static void one_call(struct run *run, char *line, struct span span)
{
	static const char *words[MAX_WORDS];
	static struct span spans[MAX_WORDS];
	struct journal_call call = { .words = words, .spans = spans, .span = span };
	struct buf input = BUF_INIT, out = BUF_INIT, errors = BUF_INIT;
	int status;

	call.n_words = split(line, span.start, words, spans);
	if (strcmp(words[call.n_words - 1], "<<") == 0) {
		call.n_words--;
		read_input(run, &input);
		call.input = buf_string(&input);
		call.input_len = input.len;
	}
	call.program = filter_program_of(words[0], &call.family);
	status = session_call(run->session, &call, &out, &errors);
	if (!run->quiet) {
		printf("= %d %zu %zu\n", status, out.len, errors.len);
		fwrite(buf_string(&out), 1, out.len, stdout);
		fwrite(buf_string(&errors), 1, errors.len, stdout);
	}
	buf_free(&input);
	buf_free(&out);
	buf_free(&errors);
}

static void print_end(struct run *run, enum backend backend)
{
	const struct compile_options options = { .exact_save = true, .keep_names = true };
	struct unit *unit = session_unit(run->session);
	struct ruleset_pair rulesets = { (struct ruleset *)(uintptr_t)unit->legacy,
					 (struct ruleset *)(uintptr_t)unit->nft };
	struct diags said;

	diags_init(&said, run->arena);
	kernel_check(&rulesets, &unit->options.tools, &said);
	printf("= end\n");
	compile_print(unit, unit_ruleset(unit), backend, &options, stdout);
	for (const struct diag *diag = said.first; diag; diag = diag->next)
		if (diag->refuses & backend)
			printf("the kernel would refuse: %s: %s\n", diag->rule, diag->message);
	if (getenv("SESSION_LINT"))
		lint_run(unit, lint_selection_new(run->arena));
	for (const struct diag *diag = unit->diags.first; getenv("SESSION_DIAGS") && diag;
	     diag = diag->next)
		fprintf(stderr, "%u-%u %s: %s\n", diag->span.start, diag->span.end, diag->rule,
			diag->message);
}

int main(int argc, char **argv)
{
	enum family family = argc > 1 && argv[1][0] == '6' ? FAMILY_IPV6 : FAMILY_IPV4;
	enum backend backend =
		argc > 2 && strcmp(argv[2], "nft") == 0 ? BACKEND_NFT : BACKEND_LEGACY;
	struct session_options options = { .tools = { .backends = backend } };
	struct text text = read_all(stdin);
	struct run run = { .arena = arena_new(), .at = text.bytes, .quiet = argc > 3 };
	struct source *script = source_new(
		run.arena, "script", arena_strndup(run.arena, text.bytes, text.len), text.len);
	struct span span;
	char *line;

	run.session = session_new(run.arena, script, binder_get(family), &options);
	while ((line = next_line(&run, &span))) {
		if (line[0] == '%')
			about_states(&run, line);
		else if (*line)
			one_call(&run, line, span);
	}
	print_end(&run, backend);
	session_free(run.session);
	arena_free(run.arena);
	free(text.bytes);
	return 0;
}
