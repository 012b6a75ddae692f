/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * iptlint trace: the way of packets through a rules file, as text or as JSON.
 */
#include "trace/trace.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/load.h"

struct job {
	struct arena *arena;
	const struct options *options;
	const struct unit *unit;
	struct assumption *assumptions;
	size_t n_assumptions;
	bool is_first;
};

/* ---- text ---- */

static void print_rule(const struct unit *unit, const struct rule *rule)
{
	struct span span = rule->origin->base.span;

	printf("%.*s", (int)(span.end - span.start), unit->source->bytes + span.start);
}

static void print_choices(const struct job *job, const struct trace_choice *choice)
{
	for (; choice; choice = choice->next) {
		printf("if ");
		if (choice->match)
			printf("%s", assumption_name(job->arena, choice->match));
		else
			printf("line %u", unit_rule_line(job->unit, choice->rule));
		printf(" %s\n", choice->answer ? "matches" : "does not match");
	}
}

static void print_steps(const struct job *job, const struct trace_step *step)
{
	const struct trace_step *before = NULL;

	for (; step; before = step, step = step->next) {
		if (!before || before->table != step->table ||
		    (step->depth == 0 && before->depth == 0 && before->chain != step->chain) ||
		    (step->depth == 0 && step->chain->hook != HOOK_NONE &&
		     step->rule == step->chain->first->rule))
			printf("  %s %s\n", table_name(step->table->id), step->chain->name);
		printf("  %6u  %-8s %*s", unit_rule_line(job->unit, step->rule),
		       !step->matched	   ? step->was_assumed ? "no ?" : "no"
		       : step->was_assumed ? "match ?"
					   : "match",
		       (int)step->depth * 2, "");
		print_rule(job->unit, step->rule);
		putchar('\n');
	}
}

static void print_outcome(const struct job *job, const struct trace_outcome *outcome)
{
	print_choices(job, outcome->choices);
	print_steps(job, outcome->steps);
	printf("%s", outcome->verdict);
	if (outcome->decided_by) {
		printf(": line %u: ", unit_rule_line(job->unit, outcome->decided_by));
		print_rule(job->unit, outcome->decided_by);
	} else if (outcome->policy_of) {
		printf(": the policy of %s in %s", outcome->policy_of->name,
		       table_name(outcome->table->id));
	} else {
		printf(": no chain of the file sees it");
	}
	putchar('\n');
}

static void print_text(const struct job *job, const char *text, const struct trace *trace)
{
	if (!job->is_first)
		putchar('\n');
	printf("%s\n", text);
	for (const struct trace_outcome *each = trace->outcomes; each; each = each->next) {
		if (each != trace->outcomes)
			putchar('\n');
		print_outcome(job, each);
	}
	if (trace->is_incomplete)
		printf("\nand more; --assume answers what is not known\n");
}

/* ---- JSON ---- */

static json_t *decided_json(const struct job *job, const struct trace_outcome *outcome)
{
	const struct statement *declared = outcome->policy_of ? outcome->policy_of->declared : NULL;
	json_t *decided = json_object();

	json_object_set_new(decided, "file", json_string(job->unit->source->name));
	if (outcome->decided_by)
		json_object_set_new(decided, "line",
				    json_integer(unit_rule_line(job->unit, outcome->decided_by)));
	else if (declared)
		json_object_set_new(
			decided, "line",
			json_integer(source_line(job->unit->source, declared->span.start)));
	else
		json_object_set_new(decided, "line", json_null());
	if (outcome->policy_of)
		json_object_set_new(decided, "policy", json_string(outcome->policy_of->name));
	return decided;
}

static json_t *path_json(const struct job *job, const struct trace_step *step)
{
	json_t *path = json_array();

	for (; step; step = step->next)
		json_array_append_new(path,
				      json_pack("{s:I, s:s, s:s, s:b}", "line",
						(json_int_t)unit_rule_line(job->unit, step->rule),
						"table", table_name(step->table->id), "chain",
						step->chain->name, "matched", step->matched));
	return path;
}

static json_t *choices_json(const struct job *job, const struct trace_choice *choice)
{
	json_t *choices = json_array();

	for (; choice; choice = choice->next)
		json_array_append_new(
			choices,
			json_pack("{s:s?, s:I, s:b}", "match",
				  choice->match ? assumption_name(job->arena, choice->match) : NULL,
				  "line", (json_int_t)unit_rule_line(job->unit, choice->rule),
				  "answer", choice->answer));
	return choices;
}

static void set_outcome(const struct job *job, json_t *to, const struct trace_outcome *outcome)
{
	json_object_set_new(to, "verdict", json_string(outcome->verdict));
	json_object_set_new(to, "decided_by", decided_json(job, outcome));
	json_object_set_new(to, "path", path_json(job, outcome->steps));
}

/* As far as all outcomes go the same way; the first rule about which they differ, or that
 * was assumed, is unknown, and ends it. */
static void set_common(const struct job *job, json_t *to, const struct trace *trace)
{
	json_t *path = path_json(job, trace->outcomes->steps);
	const struct trace_step *step = trace->outcomes->steps;
	const char *verdict = trace->outcomes->verdict;
	size_t n = 0;

	for (; step && !step->was_assumed; step = step->next)
		n++;
	if (step) {
		json_object_set_new(json_array_get(path, n), "matched", json_string("unknown"));
		while (json_array_size(path) > n + 1)
			json_array_remove(path, json_array_size(path) - 1);
	}
	for (const struct trace_outcome *each = trace->outcomes; each; each = each->next) {
		if (strcmp(each->verdict, verdict) != 0)
			verdict = "unknown";
	}
	if (trace->is_incomplete)
		verdict = "unknown";
	json_object_set_new(to, "verdict", json_string(verdict));
	json_object_set_new(to, "decided_by", json_null());
	json_object_set_new(to, "path", path);
}

static void print_json(const struct job *job, const char *text, const struct trace *trace)
{
	json_t *root = json_object();

	json_object_set_new(root, "version", json_integer(1));
	json_object_set_new(root, "packet", json_string(text));
	if (trace->n == 1) {
		set_outcome(job, root, trace->outcomes);
	} else {
		json_t *outcomes = json_array();

		set_common(job, root, trace);
		for (const struct trace_outcome *each = trace->outcomes; each; each = each->next) {
			json_t *one = json_object();

			json_object_set_new(one, "when", choices_json(job, each->choices));
			set_outcome(job, one, each);
			json_array_append_new(outcomes, one);
		}
		json_object_set_new(root, "outcomes", outcomes);
		json_object_set_new(root, "complete", json_boolean(!trace->is_incomplete));
	}
	json_dumpf(root, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER);
	putchar('\n');
	json_decref(root);
}

/* ---- packets ---- */

/* False after a complaint, which begins with WHERE. */
static bool trace_one(struct job *job, const char *where, const char *text)
{
	struct packet packet;
	struct trace trace;
	const char *why;

	if (!packet_read(&packet, job->arena, text, &why)) {
		cmd_error("%s%s", where, why);
		return false;
	}
	if (packet.family != FAMILY_UNSPEC && packet.family != job->unit->family) {
		cmd_error("%s%s: the addresses are IPv%d, the file is for IPv%d", where, text,
			  packet.family, job->unit->family);
		return false;
	}
	packet.family = job->unit->family;
	trace_packet(&trace, job->arena, job->unit, &packet, job->assumptions, job->n_assumptions);
	if (job->options->n_formats && !strcmp(job->options->formats[0].name, "json"))
		print_json(job, text, &trace);
	else
		print_text(job, text, &trace);
	job->is_first = false;
	return true;
}

static bool trace_lines(struct job *job, const char *path)
{
	FILE *file = strcmp(path, "-") ? fopen(path, "re") : stdin;
	char *line = NULL;
	size_t size = 0;
	unsigned number = 0;
	ssize_t len;
	bool done = true;

	if (!file) {
		cmd_error("%s: %s", path, strerror(errno));
		return false;
	}
	while ((len = getline(&line, &size, file)) > 0) {
		size_t blank = strspn(line, " \t\r\n");

		line[strcspn(line, "\r\n")] = '\0';
		number++;
		if (line[blank] && line[blank] != '#')
			done &= trace_one(job, arena_printf(job->arena, "%s:%u: ", path, number),
					  arena_strdup(job->arena, line + blank));
	}
	free(line);
	if (file != stdin)
		fclose(file);
	return done;
}

static bool read_assumptions(struct job *job)
{
	const struct options *options = job->options;

	job->assumptions =
		arena_alloc(job->arena, (options->n_assumed + 1) * sizeof(*job->assumptions));
	for (size_t i = 0; i < options->n_assumed; i++) {
		const char *why;

		if (!assumption_read(&job->assumptions[job->n_assumptions++], job->arena,
				     options->assumed[i], &why)) {
			cmd_error("--assume: %s", why);
			return false;
		}
	}
	return true;
}

static int trace_input(struct options *options, struct arena *arena, const struct input *input)
{
	struct job job = { .arena = arena, .options = options, .is_first = true };
	bool done = true;

	if (!read_assumptions(&job))
		return EXIT_TROUBLE;
	job.unit = load_unit(arena, input, options);
	if (!job.unit)
		return EXIT_TROUBLE;
	for (size_t i = 0; i < options->n_packets; i++)
		done &= trace_one(&job, "", options->packets[i]);
	if (options->packet_file)
		done &= trace_lines(&job, options->packet_file);
	return done ? EXIT_CLEAN : EXIT_TROUBLE;
}

/* Is there all that it takes?  False after a complaint. */
static bool check_options(const struct options *options)
{
	for (size_t i = 0; i < options->n_formats; i++) {
		if (strcmp(options->formats[i].name, "json") &&
		    strcmp(options->formats[i].name, "full")) {
			cmd_error("trace prints full or json, not %s", options->formats[i].name);
			return false;
		}
	}
	if (options->n_words == 1 && !options->n_packets && !options->packet_file) {
		cmd_error("trace needs a packet: --packet 'in=eth0 src=192.0.2.1 dst=192.0.2.2 "
			  "proto=tcp dport=22'");
		return false;
	}
	return true;
}

static int trace_file(struct options *options, struct arena *arena)
{
	return check_options(options) ? load_one(options, arena, "trace", trace_input)
				      : EXIT_TROUBLE;
}

int cmd_trace(int argc, char **argv)
{
	return options_run(FOR_TRACE, argc, argv, trace_file);
}
