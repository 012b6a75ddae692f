/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SARIF: results byte for byte, and what is said of the rules within the limits of GitHub.
 * tests/report_formats.py asks a validator.
 */
#include <criterion/criterion.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "lint/lint.h"
#include "report_by_hand.h"

#define RULES "*filter\n:INPUT DROP [0:0]\n-A INPUT -p tcp --dprot 22\nCOMMIT\n"

#define PLACE \
	"\"physicalLocation\":{\"artifactLocation\":{\"uri\":\"a/b.v4\",\"uriBaseId\":\"%SRCROOT%\"}"

/* The results without ruleIndex, which changes with the registry. */
static void expect_results(const struct unit *unit, const struct report_options *options,
			   const char *wanted)
{
	static const char before[] = "\"results\":[\n";
	char *text = render(&report_sarif, unit, options);
	char *at = strstr(text, before), *end, *index;

	cr_assert(at);
	at = end = at + strlen(before);
	while ((index = strstr(end, ",\"ruleIndex\":"))) {
		char *behind = strchr(index + 1, ',');

		memmove(index, behind, strlen(behind) + 1);
		end = index;
	}
	cr_expect_str_eq(at, wanted, "results:\n%s", at);
	free(text);
}

Test(sarif, results)
{
	static const struct report_options options = { .path = "a/b.v4" };
	struct unit *unit = unit_by_hand(RULES);
	struct diag *diag = add(unit, LEVEL_ERROR, "syntax-error", span_of(unit, "--dprot"),
				"unknown option '--dprot'");
	struct diag *silent = diag_add(&unit->silenced, "stray-text", span_of(unit, "COMMIT"), "c");

	diag_hint(&unit->diags, diag, "did you mean '%s'?", "--dport");
	diag_related(&unit->diags, diag, span_of(unit, "tcp"), "protocol");
	diag_fix(&unit->diags, diag, span_of(unit, "--dprot"), "--dport", false);
	diag_need_extra(unit->arena, diag)->witness = "proto=tcp";
	add(unit, LEVEL_INFO, "syntax-error", span_of(unit, ":INPUT"), "a remark");
	silent->level = LEVEL_WARNING;
	diag_need_extra(unit->arena, silent)->suppressed = "why";
	expect_results(
		unit, &options,
		"{\"ruleId\":\"syntax-error\",\"level\":\"error\",\"message\":{\"text\":"
		"\"unknown option '--dprot'. Help: did you mean '--dport'? See [line 3](1).\"},"
		"\"locations\":[{" PLACE ",\"region\":{\"startLine\":3,\"startColumn\":17,"
		"\"endLine\":3,\"endColumn\":24}}}],"
		"\"partialFingerprints\":{\"primaryLocationLineHash\":\"5356d882eb18d171:1\"},"
		"\"relatedLocations\":[{\"id\":1," PLACE ",\"region\":{\"startLine\":3,"
		"\"startColumn\":13,\"endLine\":3,\"endColumn\":16}},"
		"\"message\":{\"text\":\"protocol\"}}],"
		"\"fixes\":[{\"description\":{\"text\":\"What iptlint check --unsafe-fixes does.\"},"
		"\"artifactChanges\":[{\"artifactLocation\":{\"uri\":\"a/b.v4\","
		"\"uriBaseId\":\"%SRCROOT%\"},\"replacements\":[{\"deletedRegion\":"
		"{\"startLine\":3,\"startColumn\":17,\"endLine\":3,\"endColumn\":24},"
		"\"insertedContent\":{\"text\":\"--dport\"}}]}]}],"
		"\"suppressions\":[],\"properties\":{\"packet\":\"proto=tcp\"}}\n"
		",{\"ruleId\":\"stray-text\",\"level\":\"warning\",\"message\":{\"text\":\"c.\"},"
		"\"locations\":[{" PLACE ",\"region\":{\"startLine\":4,\"startColumn\":1,"
		"\"endLine\":4,\"endColumn\":7}}}],"
		"\"partialFingerprints\":{\"primaryLocationLineHash\":\"842ceaf994208306:1\"},"
		"\"suppressions\":[{\"kind\":\"inSource\",\"justification\":\"why\"}]}\n"
		"]}]}\n");
	arena_free(unit->arena);
}

static void expect_uri(const char *path, const char *wanted)
{
	const struct report_options options = { .path = path, .show_info = true };
	struct unit *unit = unit_by_hand("x\n");
	char *text;

	add(unit, LEVEL_INFO, "stray-text", (struct span){ 0, 1 }, "m");
	text = render(&report_sarif, unit, &options);
	cr_expect(strstr(text, wanted), "not %s for %s", wanted, path);
	cr_expect(strstr(text, "\"level\":\"note\",\"message\""));
	free(text);
	arena_free(unit->arena);
}

Test(sarif, places)
{
	expect_uri("a/b.v4", "{\"uri\":\"a/b.v4\",\"uriBaseId\":\"%SRCROOT%\"}");
	expect_uri("a:b c%\xff\xc3\xa4.v4",
		   "{\"uri\":\"a%3Ab%20c%25%FF%C3%A4.v4\",\"uriBaseId\":\"%SRCROOT%\"}");
	expect_uri("/etc/a b", "{\"uri\":\"file:///etc/a%20b\"}");
	expect_uri("-", "{\"uri\":\"-\"}");
}

static size_t text_length(json_t *rule, const char *key, const char *text)
{
	return strlen(json_string_value(json_object_get(json_object_get(rule, key), text)));
}

Test(sarif, rules_are_within_the_limits)
{
	static const struct report_options options = { .path = "a" };
	struct unit *unit = unit_by_hand("x\n");
	char *text = render(&report_sarif, unit, &options);
	json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, NULL), *rules;

	cr_assert(root, "no JSON");
	rules = json_object_get(json_array_get(json_object_get(root, "runs"), 0), "tool");
	rules = json_object_get(json_object_get(rules, "driver"), "rules");
	cr_assert_eq(json_array_size(rules), n_lint_rules);
	for (size_t i = 0; i < n_lint_rules; i++) {
		json_t *rule = json_array_get(rules, i);
		const char *id = json_string_value(json_object_get(rule, "id"));
		size_t full = text_length(rule, "fullDescription", "text");

		cr_expect_str_eq(id, lint_rules[i]->name);
		cr_expect(full > 20 && full <= 1024, "%s: %zu", id, full);
		cr_expect(text_length(rule, "shortDescription", "text") <= 1024, "%s", id);
		cr_expect(text_length(rule, "help", "text") > full, "%s", id);
		cr_expect(text_length(rule, "help", "markdown") > full, "%s", id);
		cr_expect(text_length(rule, "defaultConfiguration", "level") > 0, "%s", id);
	}
	json_decref(root);
	free(text);
	arena_free(unit->arena);
}
