/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sessions: states, the unit in the end, places in the script.  What single calls do is
 * held against the real programs by tests/convert/session.py.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "convert/session.h"
#include "emit/compile.h"
#include "lint/lint.h"

struct world {
	struct arena *arena;
	struct source *script;
	struct session *session;
	struct buf out, errors;
	enum backend backend;
};

static struct world begin_with(const char *script, enum backend backend, const char *from,
			       const char *set)
{
	struct world world = {
		.arena = arena_new(), .out = BUF_INIT, .errors = BUF_INIT, .backend = backend
	};
	struct session_options options = { .tools = { (unsigned)backend, RELEASE(1, 8, 9) },
					   .sets = &set,
					   .n_sets = set != NULL };

	world.script = source_new(world.arena, "fw.sh", script, strlen(script));
	if (from)
		options.from = source_new(world.arena, "from", from, strlen(from));
	world.session = session_new(world.arena, world.script, binder_get(FAMILY_IPV4), &options);
	return world;
}

static struct world begin(const char *script)
{
	return begin_with(script, BACKEND_LEGACY, NULL, NULL);
}

static void end(struct world *world)
{
	session_free(world->session);
	buf_free(&world->out);
	buf_free(&world->errors);
	arena_free(world->arena);
}

/* Runs the words of TEXT, apart by blanks; they stand in the script at OFFSET. */
static int run_at(struct world *world, const char *text, uint32_t offset)
{
	const char *words[64];
	struct span spans[64];
	char *copy = arena_strdup(world->arena, text);
	char *rest = NULL;
	struct journal_call call = { .words = words, .spans = spans };

	for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
		spans[call.n_words].start = offset + (uint32_t)(word - copy);
		spans[call.n_words].end = spans[call.n_words].start + (uint32_t)strlen(word);
		words[call.n_words++] = word;
	}
	call.span = (struct span){ offset, offset + (uint32_t)strlen(text) };
	call.program = filter_program_of(words[0], &call.family);
	buf_clear(&world->out);
	buf_clear(&world->errors);
	return session_call(world->session, &call, &world->out, &world->errors);
}

static int run(struct world *world, const char *text)
{
	const char *found = strstr(world->script->bytes, text);

	return run_at(world, text, found ? (uint32_t)(found - world->script->bytes) : 0);
}

static const char *rules(struct world *world)
{
	cr_assert_eq(run(world, "iptables -S"), 0);
	return buf_string(&world->out);
}

static const char *compiled(struct world *world, struct unit **unit)
{
	const struct compile_options options = { .exact_save = true };
	char *text = NULL, *copy;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	*unit = session_unit(world->session);
	compile_print(*unit, unit_ruleset(*unit), world->backend, &options, out);
	fclose(out);
	copy = arena_strdup(world->arena, text);
	free(text);
	return copy;
}

static const struct diag *only_diag(const struct unit *unit)
{
	cr_assert_eq(unit->diags.count, 1);
	return unit->diags.first;
}

/* ---- states ---- */

Test(session, goes_back)
{
	struct world world = begin("");
	unsigned first, second;

	run(&world, "iptables -A INPUT -j ACCEPT");
	first = session_save(world.session);
	run(&world, "iptables -N A");
	run(&world, "iptables -I INPUT -j A");
	second = session_save(world.session);
	run(&world, "iptables -D INPUT 1");
	run(&world, "iptables -X A");
	cr_assert(session_equal(world.session, first));
	cr_assert(!session_equal(world.session, second));
	session_restore(world.session, second);
	cr_assert_eq(run(&world, "iptables -C INPUT -j A"), 0);
	cr_assert_eq(run(&world, "iptables -X A"), 1);
	session_restore(world.session, first);
	cr_assert_eq(run(&world, "iptables -X A"), 1);
	cr_assert_str_eq(rules(&world), "-P INPUT ACCEPT\n-P FORWARD ACCEPT\n-P OUTPUT ACCEPT\n"
					"-A INPUT -j ACCEPT\n");
	session_restore(world.session, second);
	cr_assert_eq(run(&world, "iptables -C INPUT -j A"), 0);
	session_forget(world.session, second);
	session_forget(world.session, first);
	end(&world);
}

Test(session, goes_back_to_what_was_found_and_done)
{
	struct world world = begin("iptables -X NOPE\niptables -A INPUT -j DROP\n");
	struct unit *unit;
	unsigned state = session_save(world.session);

	cr_assert_eq(run(&world, "iptables -X NOPE"), 1);
	cr_assert_eq(run(&world, "iptables -A INPUT -j DROP"), 0);
	session_restore(world.session, state);
	compiled(&world, &unit);
	cr_assert_eq(unit->diags.count, 0);
	cr_assert_null(unit->statements);
	end(&world);
}

Test(session, both_ways_come_out_equal)
{
	struct world world = begin("");
	unsigned before = session_save(world.session), one;

	run(&world, "iptables -N B");
	run(&world, "iptables -N A");
	run(&world, "iptables -A A -p tcp --dport 22 -j B");
	one = session_save(world.session);
	session_restore(world.session, before);
	cr_assert(!session_equal(world.session, one));
	run(&world, "iptables -N A");
	run(&world, "iptables -N C");
	run(&world, "iptables -E C B");
	run(&world, "iptables -A A -p tcp -m tcp --dport ssh -j B");
	cr_assert(session_equal(world.session, one));
	run(&world, "iptables -P INPUT DROP");
	cr_assert(!session_equal(world.session, one));
	end(&world);
}

Test(session, sets_are_part_of_the_state)
{
	struct world world = begin("");
	unsigned state = session_save(world.session);

	cr_assert_eq(run(&world, "iptables -A INPUT -m set --match-set s src"), 2);
	cr_assert_eq(run(&world, "ipset create s hash:ip"), 0);
	cr_assert(session_has_effect(world.session));
	cr_assert(!session_equal(world.session, state));
	cr_assert_eq(run(&world, "iptables -A INPUT -m set --match-set s src"), 0);
	cr_assert_eq(run(&world, "ipset destroy s"), 1);
	session_restore(world.session, state);
	cr_assert_eq(run(&world, "iptables -A INPUT -m set --match-set s src"), 2);
	cr_assert_eq(run(&world, "ipset destroy s"), 1);
	end(&world);
}

Test(session, has_effect)
{
	struct world world = begin("");

	run(&world, "iptables -L -n");
	cr_assert(session_has_effect(world.session), "the first look makes the table");
	run(&world, "iptables -L -n");
	cr_assert(!session_has_effect(world.session));
	run(&world, "iptables -C INPUT -j DROP");
	cr_assert(!session_has_effect(world.session));
	run(&world, "iptables -A INPUT -j NOPE");
	cr_assert(!session_has_effect(world.session));
	run(&world, "iptables -A INPUT -j DROP");
	cr_assert(session_has_effect(world.session));
	run(&world, "iptables-save");
	cr_assert(!session_has_effect(world.session));
	end(&world);
}

/* ---- beginnings ---- */

Test(session, begins_with_a_file)
{
	struct world world = begin_with("", BACKEND_NFT,
					"*filter\n:INPUT DROP [0:0]\n:A - [0:0]\n"
					"-A INPUT -i eth0 -j A\nCOMMIT\n",
					NULL);

	cr_assert_eq(run(&world, "iptables -N A"), 1);
	cr_assert_eq(run(&world, "iptables -X A"), 4);
	cr_assert_eq(run(&world, "iptables -D INPUT -i eth0 -j A"), 0);
	cr_assert_eq(run(&world, "iptables -X A"), 0);
	cr_assert_str_eq(rules(&world), "-P INPUT DROP\n-P FORWARD ACCEPT\n-P OUTPUT ACCEPT\n");
	end(&world);
}

Test(session, takes_sets_for_given)
{
	struct world world = begin_with("", BACKEND_LEGACY, NULL, "known");

	cr_assert_eq(run(&world, "iptables -A INPUT -m set --match-set known src"), 0);
	cr_assert_eq(run(&world, "iptables -A INPUT -m set --match-set other src"), 2);
	end(&world);
}

/* ---- the unit ---- */

Test(session, unit)
{
	struct world world = begin("iptables -P INPUT DROP\n"
				   "iptables -A INPUT -j ACCEPT\n"
				   "iptables -t nat -A OUTPUT -j RETURN\n"
				   "iptables -A INPUT -j NOPE\n"
				   "iptables -I INPUT -i lo -j ACCEPT\n");
	const struct statement *line;
	const struct diag *diag;
	struct unit *unit;
	const char *text;

	run(&world, "iptables -P INPUT DROP");
	run(&world, "iptables -A INPUT -j ACCEPT");
	run(&world, "iptables -t nat -A OUTPUT -j RETURN");
	cr_assert_eq(run(&world, "iptables -A INPUT -j NOPE"), 2);
	run(&world, "iptables -I INPUT -i lo -j ACCEPT");
	text = compiled(&world, &unit);
	cr_assert_str_eq(text, "*nat\n:PREROUTING ACCEPT [0:0]\n:INPUT ACCEPT [0:0]\n"
			       ":OUTPUT ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n"
			       "-A OUTPUT -j RETURN\nCOMMIT\n"
			       "*filter\n:INPUT DROP [0:0]\n:FORWARD ACCEPT [0:0]\n"
			       ":OUTPUT ACCEPT [0:0]\n-A INPUT -i lo -j ACCEPT\n"
			       "-A INPUT -j ACCEPT\nCOMMIT\n");
	diag = only_diag(unit);
	cr_assert_str_eq(diag->rule, "undefined-chain");
	cr_assert_eq(strncmp(world.script->bytes + diag->span.start, "NOPE\n", 5), 0);
	cr_assert_eq(unit_loads(unit, BACKEND_LEGACY), LOADS_YES);
	line = unit->statements;
	for (const char *kinds = "tcctctc"; *kinds; kinds++, line = line->next)
		cr_assert_eq(line->kind, *kinds == 't' ? STATEMENT_TABLE : STATEMENT_COMMAND);
	cr_assert_null(line);
	end(&world);
}

Test(session, unit_can_be_linted)
{
	struct world world = begin("iptables -A INPUT -j ACCEPT\n"
				   "iptables -t nat -A OUTPUT -j RETURN\n"
				   "iptables -A INPUT -s 10.0.0.1 -j DROP\n"
				   "iptables -P INPUT DROP\n");
	struct lint_selection *selection;
	struct unit *unit;
	bool found = false;

	run(&world, "iptables -A INPUT -j ACCEPT");
	run(&world, "iptables -t nat -A OUTPUT -j RETURN");
	run(&world, "iptables -A INPUT -s 10.0.0.1 -j DROP");
	run(&world, "iptables -P INPUT DROP");
	compiled(&world, &unit);
	selection = lint_selection_new(world.arena);
	lint_run(unit, selection);
	for (const struct diag *diag = unit->diags.first; diag; diag = diag->next) {
		cr_assert_str_neq(diag->rule, "duplicate-table-section");
		cr_assert_str_neq(diag->rule, "policy-declared-late");
		if (strcmp(diag->rule, "rule-after-unconditional-verdict") == 0)
			found = source_line(world.script, diag->span.start) == 3;
	}
	cr_assert(found);
	end(&world);
}

Test(session, names_count_as_long_as_their_rules)
{
	struct world world = begin("iptables -A INPUT -s a.example -j DROP\n"
				   "iptables -A INPUT -s b.example -j DROP\n"
				   "iptables -D INPUT -s a.example -j DROP\n");
	struct unit *unit;

	cr_assert_eq(run(&world, "iptables -A INPUT -s a.example -j DROP"), 0);
	cr_assert_eq(run(&world, "iptables -A INPUT -s b.example -j DROP"), 0);
	cr_assert_eq(run(&world, "iptables -D INPUT -s a.example -j DROP"), 0);
	compiled(&world, &unit);
	cr_assert_eq(unit_loads(unit, BACKEND_LEGACY), LOADS_UNDECIDED);
	for (const struct diag *diag = unit->diags.first; diag; diag = diag->next)
		cr_assert_eq(diag->undecided != 0, diag->span.start > 39 && diag->span.end < 78);
	end(&world);
}

Test(session, a_heredoc_has_its_own_places)
{
	static const char script[] = "iptables-restore << E\n*filter\n-A INPUT -j ACCEPT\n"
				     "-A INPUT -s 1.2.3.4 -j DROP\nCOMMIT\n*filter\n-A NOPE\nE\n";
	const char *words[] = { "iptables-restore" };
	struct world world = begin(script);
	const char *input = strstr(script, "*filter");
	struct journal_call call = { .words = words,
				     .n_words = 1,
				     .input = input,
				     .input_len = strlen(input) - 2,
				     .span = { 0, 21 },
				     .program = FILTER_RESTORE,
				     .family = FAMILY_IPV4 };
	const struct rule *rule;
	struct unit *unit;

	cr_assert_eq(session_call(world.session, &call, &world.out, &world.errors), 1);
	compiled(&world, &unit);
	rule = unit->legacy->tables[TABLE_FILTER].chains[0]->first->rule;
	cr_assert_eq(strncmp(script + rule->origin->base.span.start, "-A INPUT -j ACCEPT", 18), 0);
	cr_assert_eq(strncmp(script + only_diag(unit)->span.start, "NOPE", 4), 0);
	end(&world);
}
