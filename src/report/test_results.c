/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For people what did not pass; for programs everything.
 */
#include "report/test_results.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "report/line.h"
#include "report/report.h"
#include "report/xml_text.h"

void test_print_errors(FILE *out, struct expectations *expectations)
{
	const struct report_frame frame = { out, NULL };
	const struct report_options options = { 0 };
	struct unit unit = { .source = expectations->source };

	for (struct diag *diag = expectations->diags.first; diag; diag = diag->next)
		diag->level = LEVEL_ERROR;
	unit.diags = expectations->diags;
	report_full.frame(&frame, &unit, &options);
}

static const char *result_name(const struct test_result *result)
{
	static const char *const names[TEST_OUTCOMES] = {
		[VERIFIED_PASSED] = "passed",
		[VERIFIED_FAILED] = "failed",
		[VERIFIED_UNDECIDED] = "undecided",
	};

	return result->is_skipped ? "skipped" : names[result->finding.result];
}

static struct position place_of(const struct test_result *result)
{
	return source_position(result->tests->source, result->expectation->span.start);
}

static void print_span(FILE *out, const struct source *source, struct span span)
{
	line_text(out, source->bytes + span.start, span.end - span.start);
}

static void print_text(FILE *out, const char *text)
{
	line_text(out, text, strlen(text));
}

/* "rules.v4:12: -A INPUT -j DROP", or the policy. */
static void print_decided(FILE *out, const struct test_run *run, const struct walk_end *end)
{
	const char *name = run->unit->source->name;
	const struct chain *policy = end->policy_of;

	if (end->decided_by) {
		print_text(out, name);
		fprintf(out, ":%u: ", unit_rule_line(run->unit, end->decided_by));
		print_span(out, run->unit->source, end->decided_by->origin->base.span);
	} else if (policy) {
		print_text(out, name);
		if (policy->declared)
			fprintf(out, ":%u",
				source_line(run->unit->source, policy->declared->span.start));
		fprintf(out, ": the policy of %s in %s", policy->name, table_name(end->table->id));
	} else {
		fputs("no chain of the file sees it", out);
	}
}

/* ---- full ---- */

static void print_finding(FILE *out, const struct test_run *run, const struct finding *finding)
{
	if (finding->packet) {
		fputs("  packet     ", out);
		print_text(out, finding->packet);
		fprintf(out, "\n  %-10s ", finding->verdict);
		print_decided(out, run, &finding->end);
		putc('\n', out);
	}
	if (finding->packet && finding->end.translated_by) {
		fprintf(out, "  to         %s, by ", finding->to);
		print_text(out, run->unit->source->name);
		fprintf(out, ":%u: ", unit_rule_line(run->unit, finding->end.translated_by));
		print_span(out, run->unit->source, finding->end.translated_by->origin->base.span);
		putc('\n', out);
	}
	if (finding->why) {
		fputs("  undecided  ", out);
		print_text(out, finding->why);
		putc('\n', out);
	}
	if (finding->hint) {
		fputs("  help       ", out);
		print_text(out, finding->hint);
		putc('\n', out);
	}
}

static void print_full(FILE *out, const struct test_run *run)
{
	for (uint32_t i = 0; i < run->n; i++) {
		const struct test_result *result = &run->results[i];
		const struct source *source = result->tests->source;

		if (result->is_skipped || result->finding.result == VERIFIED_PASSED)
			continue;
		print_text(out, source->name);
		fprintf(out, ":%u: %s: ", place_of(result).line, result_name(result));
		print_span(out, source, result->expectation->span);
		putc('\n', out);
		print_finding(out, run, &result->finding);
		putc('\n', out);
	}
	fprintf(out, "%u passed, %u failed, %u undecided", run->counts[VERIFIED_PASSED],
		run->counts[VERIFIED_FAILED], run->counts[VERIFIED_UNDECIDED]);
	if (run->n_skipped)
		fprintf(out, ", %u skipped: they are for IPv%d", run->n_skipped,
			run->unit->family == FAMILY_IPV4 ? 6 : 4);
	putc('\n', out);
}

/* ---- text for programs ---- */

/* What PRINT writes, as text that is UTF-8; to be freed. */
#define captured(text, size, call)                            \
	do {                                                  \
		FILE *out = open_memstream(&(text), &(size)); \
                                                              \
		call;                                         \
		fclose(out);                                  \
	} while (0)

static json_t *span_json(const struct source *source, struct span span)
{
	char *text = NULL;
	size_t size;
	json_t *json;

	captured(text, size, print_span(out, source, span));
	json = json_string(text);
	free(text);
	return json;
}

static json_t *text_json(const char *string)
{
	char *text = NULL;
	size_t size;
	json_t *json;

	if (!string)
		return json_null();
	captured(text, size, print_text(out, string));
	json = json_string(text);
	free(text);
	return json;
}

static json_t *rule_json(const struct test_run *run, const struct rule *rule)
{
	json_t *json = json_object();

	json_object_set_new(json, "file", text_json(run->unit->source->name));
	json_object_set_new(json, "line", json_integer(unit_rule_line(run->unit, rule)));
	json_object_set_new(json, "text", span_json(run->unit->source, rule->origin->base.span));
	return json;
}

static json_t *decided_json(const struct test_run *run, const struct walk_end *end)
{
	const struct chain *policy = end->policy_of;
	json_t *json;

	if (end->decided_by)
		return rule_json(run, end->decided_by);
	if (!policy)
		return json_null();
	json = json_object();
	json_object_set_new(json, "file", text_json(run->unit->source->name));
	json_object_set_new(
		json, "line",
		policy->declared
			? json_integer(source_line(run->unit->source, policy->declared->span.start))
			: json_null());
	json_object_set_new(json, "policy", text_json(policy->name));
	json_object_set_new(json, "table", json_string(table_name(end->table->id)));
	return json;
}

static void set_finding(json_t *to, const struct test_run *run, const struct finding *finding)
{
	if (finding->packet) {
		json_object_set_new(to, "packet", text_json(finding->packet));
		json_object_set_new(to, "verdict", json_string(finding->verdict));
		json_object_set_new(to, "decided_by", decided_json(run, &finding->end));
	}
	if (finding->packet && finding->end.translated_by) {
		json_object_set_new(to, "to", text_json(finding->to));
		json_object_set_new(to, "translated_by",
				    rule_json(run, finding->end.translated_by));
	}
	if (finding->why)
		json_object_set_new(to, "why", text_json(finding->why));
	if (finding->hint)
		json_object_set_new(to, "help", text_json(finding->hint));
}

static void print_json(FILE *out, const struct test_run *run)
{
	json_t *root = json_object(), *results = json_array();

	json_object_set_new(root, "version", json_integer(1));
	json_object_set_new(root, "file", text_json(run->unit->source->name));
	json_object_set_new(root, "family", json_integer(run->unit->family));
	json_object_set_new(root, "passed", json_integer(run->counts[VERIFIED_PASSED]));
	json_object_set_new(root, "failed", json_integer(run->counts[VERIFIED_FAILED]));
	json_object_set_new(root, "undecided", json_integer(run->counts[VERIFIED_UNDECIDED]));
	json_object_set_new(root, "skipped", json_integer(run->n_skipped));
	for (uint32_t i = 0; i < run->n; i++) {
		const struct test_result *result = &run->results[i];
		json_t *one = json_object();

		json_object_set_new(one, "file", text_json(result->tests->source->name));
		json_object_set_new(one, "line", json_integer(place_of(result).line));
		json_object_set_new(one, "group", text_json(result->expectation->group));
		json_object_set_new(one, "expectation",
				    span_json(result->tests->source, result->expectation->span));
		json_object_set_new(one, "result", json_string(result_name(result)));
		if (!result->is_skipped)
			set_finding(one, run, &result->finding);
		json_array_append_new(results, one);
	}
	json_object_set_new(root, "results", results);
	json_dumpf(root, out, JSON_COMPACT | JSON_PRESERVE_ORDER);
	putc('\n', out);
	json_decref(root);
}

/* ---- JUnit ---- */

#define print_as_xml(to, call)              \
	do {                                \
		char *text = NULL;          \
		size_t size = 0;            \
                                            \
		captured(text, size, call); \
		xml_text(to, text);         \
		free(text);                 \
	} while (0)

static void print_message(FILE *out, const struct test_run *run, const struct finding *finding)
{
	if (finding->packet) {
		fprintf(out, "%s: ", finding->verdict);
		print_decided(out, run, &finding->end);
	} else {
		print_text(out, finding->why);
	}
}

static void print_case(FILE *to, const struct test_run *run, const struct test_result *result)
{
	const struct source *source = result->tests->source;
	const struct finding *finding = &result->finding;
	const char *element = finding->result == VERIFIED_FAILED ? "failure" : "error";
	const char *group = result->expectation->group;

	fputs("  <testcase classname=\"", to);
	print_as_xml(to, print_text(out, *group ? group : source->name));
	fputs("\" name=\"", to);
	print_as_xml(to, print_span(out, source, result->expectation->span));
	fputs("\" file=\"", to);
	print_as_xml(to, print_text(out, source->name));
	fprintf(to, "\" line=\"%u\"", place_of(result).line);
	if (!result->is_skipped && finding->result == VERIFIED_PASSED) {
		fputs("/>\n", to);
		return;
	}
	fputs(">\n", to);
	if (result->is_skipped) {
		fputs("    <skipped message=\"it is for the other family\"/>\n", to);
	} else {
		fprintf(to, "    <%s type=\"%s\" message=\"", element, result_name(result));
		print_as_xml(to, print_message(out, run, finding));
		fputs("\">", to);
		print_as_xml(to, print_finding(out, run, finding));
		fprintf(to, "</%s>\n", element);
	}
	fputs("  </testcase>\n", to);
}

static uint32_t count(const struct test_run *run, uint32_t from, uint32_t to, const char *name)
{
	uint32_t n = 0;

	for (uint32_t i = from; i < to; i++)
		n += !strcmp(result_name(&run->results[i]), name);
	return n;
}

/* A suite for each file. */
static void print_junit(FILE *to, const struct test_run *run)
{
	uint32_t last;

	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n", to);
	for (uint32_t i = 0; i < run->n; i = last) {
		const struct expectations *tests = run->results[i].tests;

		for (last = i; last < run->n && run->results[last].tests == tests;)
			last++;
		fputs(" <testsuite name=\"", to);
		print_as_xml(to, print_text(out, tests->source->name));
		fprintf(to, "\" tests=\"%u\" failures=\"%u\" errors=\"%u\" skipped=\"%u\">\n",
			last - i, count(run, i, last, "failed"), count(run, i, last, "undecided"),
			count(run, i, last, "skipped"));
		for (uint32_t j = i; j < last; j++)
			print_case(to, run, &run->results[j]);
		fputs(" </testsuite>\n", to);
	}
	fputs("</testsuites>\n", to);
}

const struct test_format test_formats[] = {
	{ "full", print_full },
	{ "junit", print_junit },
	{ "json", print_json },
	{ NULL, NULL },
};
