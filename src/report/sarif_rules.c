/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Everything comes from the registry and the documents of the lint rules; nothing is said
 * of a rule here.
 */
#include "report/sarif_rules.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "lint/lint.h"
#include "report/json_text.h"
#include "report/markdown.h"

const char *sarif_level(enum level level)
{
	return level == LEVEL_INFO ? "note" : level_name(level);
}

/* SARIF wants a name that is not the id: ShadowedRule. */
static void add_name(struct buf *out, const char *id)
{
	bool is_first = true;

	buf_add_string(out, ",\"name\":\"");
	for (; *id; id++) {
		if (*id != '-')
			buf_add_char(out, is_first ? (char)toupper((unsigned char)*id) : *id);
		is_first = *id == '-';
	}
	buf_add_char(out, '"');
}

static void add_short_description(struct buf *out, const struct lint_rule *rule)
{
	struct buf text = BUF_INIT;

	buf_printf(&text, "%s.", rule->summary);
	json_add_member(out, ",\"shortDescription\":{\"text\":", buf_string(&text));
	buf_add_char(out, '}');
	buf_free(&text);
}

static void add_full_description(struct buf *out, const char *document)
{
	struct buf text = BUF_INIT;

	markdown_add_section(&text, document, "What it finds");
	json_add_member(out, ",\"fullDescription\":{\"text\":", buf_string(&text));
	buf_add_char(out, '}');
	buf_free(&text);
}

static void add_help(struct buf *out, const char *document)
{
	char *text = NULL;
	size_t len;
	FILE *plain = open_memstream(&text, &len);

	if (!plain)
		die_out_of_memory();
	markdown_print(plain, document);
	if (fclose(plain) != 0)
		die_out_of_memory();
	json_add_member(out, ",\"help\":{\"text\":", text);
	json_add_member(out, ",\"markdown\":", document);
	buf_add_char(out, '}');
	free(text);
}

/*
 * How sure a finding is.  The default levels tell it: an error is a fact, a warning of a
 * rule of judgement was worth a change in more than half of the corpus, an info was not.
 */
static const char *precision(const struct lint_rule *rule)
{
	if (rule->off || rule->level == LEVEL_INFO)
		return "medium";
	return rule->level == LEVEL_ERROR ? "very-high" : "high";
}

static const char *severity(const struct lint_rule *rule)
{
	return rule->level == LEVEL_INFO ? "recommendation" : level_name(rule->level);
}

static void add_rule(struct buf *out, const struct lint_rule *rule)
{
	const char *document = lint_document(rule);

	json_add_member(out, "{\"id\":", rule->name);
	add_name(out, rule->name);
	add_short_description(out, rule);
	add_full_description(out, document);
	add_help(out, document);
	buf_printf(out, ",\"defaultConfiguration\":{%s\"level\":\"%s\"}",
		   rule->off ? "\"enabled\":false," : "", sarif_level(rule->level));
	buf_printf(out,
		   ",\"properties\":{\"tags\":[\"iptables\",\"%s\"],\"precision\":\"%s\","
		   "\"problem.severity\":\"%s\"}}",
		   rule->group, precision(rule), severity(rule));
}

void sarif_add_rules(struct buf *out)
{
	buf_add_char(out, '[');
	for (size_t i = 0; i < n_lint_rules; i++) {
		buf_add_string(out, i ? "\n," : "\n");
		add_rule(out, lint_rules[i]);
	}
	buf_add_char(out, ']');
}
