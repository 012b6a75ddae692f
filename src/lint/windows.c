/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Certain packets are followed: those of a connection to port 22, of the loopback interface,
 * replies of name servers; and some that a closed host does not take.  Only what is sure for
 * these counts.
 */
#include "lint/windows.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "lint/client.h"
#include "lint/rerun.h"
#include "lint/watch.h"

enum {
	LOCKOUT_PACKETS = 6,
	OPEN_PACKETS = 6,
};

struct followed {
	const char *text; /* as packet_read() has it */
	const char *whom;
	unsigned number;
	enum watch_fate before, after;
};

struct simulation {
	const struct unit *unit;
	const struct script_run *run;
	struct arena *arena; /* of what is found */
	struct watch *watch;
	struct followed lockout[LOCKOUT_PACKETS], open[OPEN_PACKETS];
	/* Behind each happening: who is denied, and who comes through by the policy. */
	uint8_t *denied, *passed, *kept_out;
};

/* ---- the packets ---- */

static void follow(struct simulation *s, struct followed *one, const char *text, const char *whom)
{
	struct packet packet;
	const char *why;

	one->text = text;
	one->whom = whom;
	if (!packet_read(&packet, s->arena, text, &why))
		abort(); /* made here */
	packet.family = s->unit->family;
	one->number = watch_add(s->watch, &packet);
}

static void follow_lockout(struct simulation *s, const struct client *client)
{
	struct arena *arena = s->arena;
	const char *in = client->in, *src = client->src, *dst = client->dst;
	const char *loopback = s->unit->family == FAMILY_IPV6 ? "::1" : "127.0.0.1";
	const char *own = arena_printf(arena, "src=%s dst=%s", loopback, loopback);
	struct followed *to = s->lockout;

	follow(s, &to[0],
	       arena_printf(arena,
			    "in=%s src=%s dst=%s proto=tcp sport=50000 dport=22 state=ESTABLISHED",
			    in, src, dst),
	       "established SSH connections");
	follow(s, &to[1],
	       arena_printf(arena,
			    "out=%s src=%s dst=%s proto=tcp sport=22 dport=50000 state=ESTABLISHED",
			    in, dst, src),
	       "replies of the SSH server");
	follow(s, &to[2],
	       arena_printf(arena, "in=%s src=%s dst=%s proto=tcp sport=50000 dport=22 state=NEW",
			    in, src, dst),
	       "new SSH connections");
	follow(s, &to[3],
	       arena_printf(arena, "out=lo %s proto=tcp sport=50000 dport=8000 state=NEW", own),
	       "connections of the host to itself");
	follow(s, &to[4],
	       arena_printf(arena, "in=lo %s proto=tcp sport=50000 dport=8000 state=NEW", own),
	       "connections of the host to itself");
	follow(s, &to[5],
	       arena_printf(arena,
			    "in=%s src=%s dst=%s proto=udp sport=53 dport=50000 state=ESTABLISHED",
			    in, src, dst),
	       "replies of name servers");
}

static void follow_open(struct simulation *s)
{
	static const struct {
		const char *port, *whom;
	} ports[] = {
		{ "40000", "new connections" },
		{ "22", "new SSH connections" },
		{ "445", "new connections to port 445" },
		{ "3306", "new connections to port 3306" },
		{ "111", "new connections to port 111" },
	};
	const struct client *client = client_default(s->unit->family);

	for (size_t i = 0; i < OPEN_PACKETS - 1; i++)
		follow(s, &s->open[i],
		       arena_printf(s->arena,
				    "in=%s src=%s dst=%s proto=tcp sport=50000 dport=%s state=NEW",
				    client->in, client->src, client->dst, ports[i].port),
		       ports[i].whom);
	follow(s, &s->open[OPEN_PACKETS - 1],
	       arena_printf(
		       s->arena,
		       "in=%s out=%s1 src=%s dst=%s proto=tcp sport=50000 dport=40000 state=NEW",
		       client->in, client->in, client->src, client->dst),
	       "connections through the host");
}

/* ---- running ---- */

static void note_before(struct simulation *s)
{
	for (size_t i = 0; i < LOCKOUT_PACKETS; i++)
		s->lockout[i].before = watch_fate(s->watch, s->lockout[i].number);
	for (size_t i = 0; i < OPEN_PACKETS; i++)
		s->open[i].before = watch_fate(s->watch, s->open[i].number);
}

static void note_after(struct simulation *s)
{
	for (size_t i = 0; i < LOCKOUT_PACKETS; i++)
		s->lockout[i].after = watch_fate(s->watch, s->lockout[i].number);
	for (size_t i = 0; i < OPEN_PACKETS; i++)
		s->open[i].after = watch_fate(s->watch, s->open[i].number);
}

static void note_state(struct simulation *s, size_t at)
{
	unsigned denied = 0, passed = 0, kept_out = 0;

	for (unsigned i = 0; i < LOCKOUT_PACKETS; i++)
		if (watch_fate(s->watch, s->lockout[i].number) == WATCH_DENIED)
			denied |= 1u << i;
	for (unsigned i = 0; i < OPEN_PACKETS; i++) {
		enum watch_fate fate = watch_fate(s->watch, s->open[i].number);

		if (fate == WATCH_BY_POLICY)
			passed |= 1u << i;
		if (fate == WATCH_DENIED)
			kept_out |= 1u << i;
	}
	s->denied[at] = (uint8_t)denied;
	s->passed[at] = (uint8_t)passed;
	s->kept_out[at] = (uint8_t)kept_out;
}

static bool changes(const struct happening *happening)
{
	return happening->kind == HAPPENING_COMMAND || happening->kind == HAPPENING_SECTION;
}

static void run_all(struct simulation *s, struct live *live)
{
	note_before(s);
	for (size_t i = 0; i < s->run->n; i++) {
		const struct happening *now = &s->run->list[i];

		if (changes(now)) {
			rerun_step(live, now);
			if (now->kind == HAPPENING_SECTION)
				watch_section(s->watch, now->table);
			else if (statement_command(now->first))
				watch_command(s->watch, now->table, statement_command(now->first));
		}
		note_state(s, i);
	}
	note_after(s);
}

/* ---- what may take long ---- */

static const char *name_in(const struct rule *rule)
{
	if (rule->unbound)
		return NULL;
	if (rule->src && prefix_host(rule->src))
		return prefix_host(rule->src);
	if (rule->dst && prefix_host(rule->dst))
		return prefix_host(rule->dst);
	return NULL;
}

static bool is_undecided(const struct rule *rule)
{
	for (const struct match *match = rule->unbound ? NULL : rule->matches; match;
	     match = match->next)
		if (match->undecided)
			return true;
	return !rule->unbound && rule->target_kind == TARGET_EXTENSION &&
	       rule->to.extension->undecided;
}

static const char *rule_delays(struct arena *arena, const struct rule *rule, bool may_fail)
{
	const char *name = name_in(rule);

	if (name)
		return arena_printf(arena, "'%s' has to be looked up here", name);
	if (is_undecided(rule))
		return "a name has to be looked up here";
	if (may_fail && !rule->unbound && rule_find_match(rule, "set"))
		return "the set may not be there";
	return NULL;
}

static const char *lines_delay(struct arena *arena, const struct happening *happening,
			       bool may_fail)
{
	const struct statement *line = happening->first;

	for (uint32_t i = 0; i < happening->n; i++, line = line->next) {
		const struct command *command = statement_command(line);
		bool adds = command &&
			    (command->kind == COMMAND_APPEND || command->kind == COMMAND_INSERT ||
			     command->kind == COMMAND_REPLACE);

		for (uint32_t j = 0; adds && j < command->n_rules; j++) {
			const char *why = rule_delays(arena, &command->rules[j], may_fail);

			if (why)
				return why;
		}
	}
	return NULL;
}

static bool is_check(const struct happening *happening)
{
	const struct command *command = statement_command(happening->first);

	return command && command->kind == COMMAND_CHECK;
}

const char *happening_delays(struct arena *arena, const struct happening *happening, bool may_fail)
{
	switch ((enum happening_kind)happening->kind) {
	case HAPPENING_PROGRAM:
		if (!may_fail)
			return arena_printf(arena, "'%s' runs here", happening->program);
		if (!strcmp(happening->program, "modprobe") ||
		    !strcmp(happening->program, "insmod"))
			return "the module may not be there";
		return strcmp(happening->program, "ipset") ? NULL : "ipset may fail";
	case HAPPENING_REFUSED:
		return may_fail || is_check(happening) ? NULL : "this command fails";
	case HAPPENING_COMMAND:
	case HAPPENING_SECTION:
		return lines_delay(arena, happening, may_fail);
	case HAPPENING_LOOK:
		break;
	}
	return NULL;
}

/* ---- windows ---- */

static bool adds_rules(const struct happening *happening)
{
	const struct command *command = statement_command(happening->first);

	return happening->kind == HAPPENING_SECTION ||
	       (command && (command->kind == COMMAND_APPEND || command->kind == COMMAND_INSERT));
}

/* Where the masks first have one of WANTED, at or after FROM. */
static bool find_window(const struct simulation *s, const uint8_t *masks, unsigned wanted,
			size_t from, struct window *window)
{
	const struct happening *list = s->run->list;
	size_t n = s->run->n;

	while (from < n && !(masks[from] & wanted))
		from++;
	if (from == n)
		return false;
	memset(window, 0, sizeof(*window));
	window->is_there = true;
	window->first = window->last = from;
	for (size_t i = from; i < n && masks[i] & wanted; i++) {
		if (!changes(&list[i]))
			continue;
		window->last = i;
		window->n_commands++;
		window->has_rules |= adds_rules(&list[i]);
	}
	window->closing = window->last + 1;
	while (window->closing < n && masks[window->closing] & wanted)
		window->closing++;
	return true;
}

static void find_delays(const struct simulation *s, struct window *window)
{
	for (size_t i = window->first + 1; i <= window->closing && i < s->run->n; i++) {
		const struct happening *each = &s->run->list[i];

		if (!window->delays) {
			window->delays = happening_delays(s->arena, each, false);
			window->delay = i;
		}
		if (!window->fails) {
			window->fails = happening_delays(s->arena, each, true);
			window->failure = i;
		}
	}
}

static void name_packet(const struct simulation *s, const struct followed *list,
			const uint8_t *masks, unsigned wanted, struct window *window)
{
	unsigned met = 0, i = 0;

	for (size_t at = window->first; at <= window->last; at++)
		met |= masks[at] & wanted;
	while (!(met & 1u << i))
		i++;
	window->whom = s->unit->family == FAMILY_IPV6
			       ? arena_printf(s->arena, "%s over IPv6", list[i].whom)
			       : list[i].whom;
	window->witness = list[i].text;
}

static bool is_accepted(enum watch_fate fate)
{
	return fate == WATCH_ACCEPTED || fate == WATCH_BY_POLICY;
}

/* The first window in which something takes long, else the first. */
static void find_lockout(const struct simulation *s, struct window *found)
{
	unsigned wanted = 0;
	struct window window = { .closing = 0 };

	for (unsigned i = 0; i < LOCKOUT_PACKETS; i++)
		if (is_accepted(s->lockout[i].before) && is_accepted(s->lockout[i].after))
			wanted |= 1u << i;
	while (!found->delays && find_window(s, s->denied, wanted, window.closing, &window)) {
		find_delays(s, &window);
		if (!found->is_there || window.delays)
			*found = window;
	}
	if (found->is_there)
		name_packet(s, s->lockout, s->denied, wanted, found);
}

/* Did the host deny a packet of the window when it began? */
static bool was_closed(const struct simulation *s, const struct window *window, unsigned wanted)
{
	unsigned passed = 0;

	for (size_t i = window->first; i <= window->last; i++)
		passed |= s->passed[i] & wanted;
	for (size_t i = 0; i < window->first; i++)
		if (s->kept_out[i] & passed)
			return true;
	return s->run->before != NULL;
}

/* The first one that opens what was closed, else the first.  A host that was open anyway may be
 * so until all is emptied and the policies are set. */
static void find_open(const struct simulation *s, struct window *found)
{
	unsigned wanted = 0;
	struct window window = { .closing = 0 };

	for (unsigned i = 0; i < OPEN_PACKETS; i++)
		if (s->open[i].after == WATCH_DENIED &&
		    (!s->run->before || s->open[i].before == WATCH_DENIED))
			wanted |= 1u << i;
	while (!found->was_closed && find_window(s, s->passed, wanted, window.closing, &window)) {
		find_delays(s, &window);
		window.was_closed = was_closed(s, &window, wanted);
		if (!window.was_closed && !window.has_rules)
			continue;
		if (!found->is_there || window.was_closed)
			*found = window;
	}
	if (found->is_there)
		name_packet(s, s->open, s->passed, wanted, found);
}

/* ---- the whole ---- */

const struct windows *windows_new(const struct unit *unit)
{
	const struct script_run *run = unit->script_run;
	struct windows *windows;
	struct simulation s = { .unit = unit, .run = run, .arena = unit->arena };
	struct arena *scratch;
	struct live live;

	if (!run)
		return NULL;
	windows = arena_new_object(unit->arena, struct windows);
	scratch = arena_new();
	rerun_begin(&live, scratch, unit->family, run, run->before);
	s.watch = watch_new(scratch, unit, live.ruleset, run->before);
	s.denied = alloc_zeroed(3 * run->n + 1);
	s.passed = s.denied + run->n;
	s.kept_out = s.passed + run->n;
	follow_lockout(&s, client_find(scratch, unit));
	follow_open(&s);
	run_all(&s, &live);
	find_lockout(&s, &windows->lockout);
	find_open(&s, &windows->open);
	free(s.denied);
	watch_free(s.watch);
	arena_free(scratch);
	return windows;
}
