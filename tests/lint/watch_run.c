/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For tests/lint/watch.py: the commands of scripts one by one; behind each of them, what
 * lint/watch.h says of some packets is held against their trace.
 *
 * usage: watch_run 4|6 SCRIPT...
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmd/options.h"
#include "cmd/script.h"
#include "lint/rerun.h"
#include "lint/watch.h"
#include "trace/trace.h"

static const char *const texts_v4[] = {
	"in=eth0 src=10.0.0.1 dst=192.0.2.1 proto=tcp sport=50000 dport=22 state=NEW",
	"in=eth0 src=10.0.0.1 dst=192.0.2.1 proto=tcp sport=50000 dport=22 state=ESTABLISHED",
	"in=eth1 src=10.9.0.1 dst=192.0.2.1 proto=udp sport=53 dport=50000 state=ESTABLISHED",
	"out=eth0 src=192.0.2.1 dst=10.0.0.1 proto=tcp sport=22 dport=50000 state=ESTABLISHED",
	"in=lo src=127.0.0.1 dst=127.0.0.1 proto=tcp sport=50000 dport=80 state=NEW",
	"out=lo src=127.0.0.1 dst=127.0.0.1 proto=tcp sport=50000 dport=80 state=NEW",
	"in=eth0 out=eth1 src=10.0.0.1 dst=10.9.0.1 proto=tcp sport=50000 dport=80 state=NEW",
	"in=wlan0 src=203.0.113.9 dst=192.0.2.1 proto=tcp sport=50000 dport=40000 state=NEW",
};

static const char *const texts_v6[] = {
	"in=eth0 src=2001:db8::1 dst=2001:db8::2 proto=tcp sport=50000 dport=22 state=NEW",
	"in=eth0 src=2001:db8::1 dst=2001:db8::2 proto=tcp sport=50000 dport=22 state=ESTABLISHED",
	"out=eth0 src=2001:db8::2 dst=2001:db8::1 proto=tcp sport=22 dport=50000 state=ESTABLISHED",
	"in=lo src=::1 dst=::1 proto=tcp sport=50000 dport=80 state=NEW",
	"in=eth0 out=eth1 src=2001:db8::1 dst=2001:db8:9::1 proto=tcp sport=50000 dport=80 state=NEW",
};

enum {
	STATES_MAX = 150, /* of each script */
};

static unsigned long n_asked, n_unknown, n_wrong;

/* True if the trace has this outcome in every case. */
static bool is_always(const struct trace *trace, bool accepted)
{
	for (const struct trace_outcome *each = trace->outcomes; each; each = each->next) {
		bool lost = !strcmp(each->verdict, "DROP") || !strcmp(each->verdict, "REJECT");

		if (accepted ? strcmp(each->verdict, "ACCEPT") != 0 : !lost)
			return false;
	}
	return !trace->is_incomplete;
}

static void compare(const struct unit *unit, const struct happening *now, enum watch_fate fate,
		    const char *text, const struct packet *packet)
{
	struct arena *arena = arena_new();
	struct trace trace;

	n_asked++;
	if (fate == WATCH_UNKNOWN) {
		n_unknown++;
	} else {
		trace_packet(&trace, arena, unit, packet, NULL, 0);
		if (!is_always(&trace, fate != WATCH_DENIED)) {
			n_wrong++;
			printf("%s:%u: watch says %s, trace %s: %s\n", unit->source->name,
			       source_line(unit->source, now->span.start),
			       fate == WATCH_DENIED ? "denied" : "accepted",
			       trace.outcomes->verdict, text);
		}
	}
	arena_free(arena);
}

static void compare_all(struct unit *unit)
{
	bool v6 = unit->family == FAMILY_IPV6;
	const char *const *texts = v6 ? texts_v6 : texts_v4;
	size_t n = v6 ? sizeof(texts_v6) / sizeof(*texts_v6) : sizeof(texts_v4) / sizeof(*texts_v4);
	struct packet packets[WATCH_MAX];
	struct watch *watch;
	struct live live;
	const char *why;
	struct unit now = *unit;

	rerun_begin(&live, unit->arena, unit->family, unit->script_run, NULL);
	watch = watch_new(unit->arena, unit, live.ruleset, NULL);
	for (size_t i = 0; i < n; i++) {
		packet_read(&packets[i], unit->arena, texts[i], &why);
		packets[i].family = unit->family;
		watch_add(watch, &packets[i]);
	}
	if (now.legacy)
		now.legacy = live.ruleset;
	if (now.nft)
		now.nft = live.ruleset;
	for (size_t i = 0; i < unit->script_run->n && i < STATES_MAX; i++) {
		const struct happening *each = &unit->script_run->list[i];

		if (each->kind != HAPPENING_COMMAND && each->kind != HAPPENING_SECTION)
			continue;
		if (!rerun_step(&live, each)) {
			n_wrong++;
			printf("%s:%u: does not work again\n", unit->source->name,
			       source_line(unit->source, each->span.start));
		}
		if (each->kind == HAPPENING_SECTION)
			watch_section(watch, each->table);
		else
			watch_command(watch, each->table, statement_command(each->first));
		for (unsigned j = 0; j < n; j++)
			compare(&now, each, watch_fate(watch, j), texts[j], &packets[j]);
	}
	watch_free(watch);
}

static void run_script_file(const char *path, enum family family)
{
	char *words[] = { (char *)"watch_run", (char *)path, NULL };
	struct arena *arena = arena_new();
	struct options options;
	const struct source *source;
	struct script *script;
	const char *why;

	if (options_read(&options, arena, FOR_CONVERT, 2, words) != OPTIONS_OK)
		exit(2);
	source = source_read(arena, path, &why);
	script = source ? script_load(arena, &options, path, source, NULL, 0) : NULL;
	if (script)
		compare_all(script_unit(script, arena, family, false));
	arena_free(arena);
}

/* Each in a process of its own: scripts are evaluated before anything is bound. */
int main(int argc, char **argv)
{
	enum family family = argc > 1 && *argv[1] == '6' ? FAMILY_IPV6 : FAMILY_IPV4;
	int bad = 0;

	for (int i = 2; i < argc; i++) {
		int status;

		fflush(stdout);
		if (fork() == 0) {
			run_script_file(argv[i], family);
			printf("%lu packets, %lu unknown, %lu wrong\n", n_asked, n_unknown,
			       n_wrong);
			fflush(stdout);
			_exit(n_wrong != 0);
		}
		wait(&status);
		bad |= status != 0;
	}
	return bad;
}
