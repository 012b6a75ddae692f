/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For a comment on a merge request.
 */
#include <string.h>

#include "compare/box_text.h"
#include "report/difference.h"

/* As a code span, whatever is in it: its fence is longer than each row of ` in it. */
static void print_code(FILE *out, struct buf *buf)
{
	unsigned longest = 0, row = 0;

	for (size_t i = 0; i < buf->len; i++) {
		row = buf->data[i] == '`' ? row + 1 : 0;
		if (row > longest)
			longest = row;
	}
	for (unsigned i = 0; i <= longest; i++)
		fputc('`', out);
	if (longest)
		fputc(' ', out);
	for (size_t i = 0; i < buf->len; i++)
		fputc(buf->data[i] == '\n' ? ' ' : buf->data[i], out);
	if (longest)
		fputc(' ', out);
	for (unsigned i = 0; i <= longest; i++)
		fputc('`', out);
	buf_clear(buf);
}

static void print_rule(FILE *out, struct buf *buf, const struct unit *unit, const struct rule *rule)
{
	buf_printf(buf, "%s:%u", unit->source->name, unit_rule_line(unit, rule));
	print_code(out, buf);
	fputs(": ", out);
	add_source(buf, unit, rule);
	print_code(out, buf);
}

static void print_decision(FILE *out, struct buf *buf, const struct unit *unit,
			   const struct decision *decision)
{
	uint32_t line = decision_line(unit, decision);

	buf_add_string(buf, decision_text(decision));
	print_code(out, buf);
	if (decision->rule) {
		fputs(", ", out);
		print_rule(out, buf, unit, decision->rule);
		return;
	}
	fprintf(out, ", the policy of %s", decision->chain->chain->name);
	if (line) {
		fputs(", ", out);
		buf_printf(buf, "%s:%u", unit->source->name, line);
		print_code(out, buf);
	}
}

static void print_boxes(FILE *out, struct buf *buf, const struct table_changes *table,
			const struct chain_changes *chain, const struct change *change)
{
	fputs("- packets\n", out);
	for (unsigned i = 0; i < change->n_boxes; i++) {
		fputs(change->boxes[i].is_part ? "  - some of " : "  - ", out);
		box_text(buf, table->alignment->space, change->boxes[i].region,
			 chain_packets(table, chain));
		print_code(out, buf);
		fputc('\n', out);
	}
	if (change->n_more)
		fprintf(out, "  - and %s%llu more\n", change->is_more ? "at least " : "",
			(unsigned long long)change->n_more);
	else if (change->is_more)
		fputs("  - and perhaps others\n", out);
}

static void print_change(FILE *out, struct buf *buf, const struct comparison *comparison,
			 const struct table_changes *table, const struct chain_changes *chain,
			 const struct change *change)
{
	static const char *const words[N_SIDES] = { "was", "is" };
	static const char *const effect_words[N_SIDES] = { "no more", "now" };

	fprintf(out, "\n**%s**, as ", change_title(change->kind));
	add_packet(buf, table, change);
	print_code(out, buf);
	fputs("\n\n", out);
	for (unsigned side = 0; side < N_SIDES; side++) {
		if (!change->decisions[side].chain)
			continue;
		fprintf(out, "- %s ", words[side]);
		print_decision(out, buf, comparison->units[side], &change->decisions[side]);
		fputc('\n', out);
	}
	for (unsigned side = 0; side < N_SIDES; side++) {
		for (const struct effect *each = change->effects[side]; each; each = each->before) {
			fprintf(out, "- %s ", effect_words[side]);
			print_rule(out, buf, comparison->units[side], each->rule);
			fputc('\n', out);
		}
	}
	print_boxes(out, buf, table, chain, change);
}

static void print_chain(FILE *out, struct buf *buf, const struct comparison *comparison,
			const struct table_changes *table, const struct chain_changes *chain)
{
	uint32_t n = 0;

	add_chain(buf, table, chain);
	fprintf(out, "\n#### %s\n", buf_string(buf));
	buf_clear(buf);
	if (chain->policy_changed)
		fprintf(out, "\nThe policy was **%s** and is **%s**.\n",
			verdict_name((enum verdict)chain->pair->chains[SIDE_OLD]->chain->policy),
			verdict_name((enum verdict)chain->pair->chains[SIDE_NEW]->chain->policy));
	for (unsigned kind = 0; kind < N_CHANGE_KINDS; kind++) {
		if (chain->changes[kind])
			print_change(out, buf, comparison, table, chain, chain->changes[kind]);
	}
	if (chain->doubts)
		fputs("\n**undecided**\n\n", out);
	for (const struct doubt *each = chain->doubts; each; each = each->next) {
		fputs("- ", out);
		add_doubt(buf, comparison, table, chain, each);
		print_code(out, buf);
		fputc('\n', out);
		n++;
	}
	if (chain->n_doubts > n)
		fprintf(out, "- and %u more\n", chain->n_doubts - n);
}

static void print(FILE *out, const struct comparison *list)
{
	struct buf buf = BUF_INIT;

	for (; list; list = list->next) {
		fputs("### ", out);
		buf_add_string(&buf, list->units[SIDE_OLD]->source->name);
		print_code(out, &buf);
		fputs(" → ", out);
		buf_add_string(&buf, list->units[SIDE_NEW]->source->name);
		print_code(out, &buf);
		add_scope(&buf, list);
		fprintf(out, "%s: %s\n", buf_string(&buf), summary_text(list));
		buf_clear(&buf);
		for (const struct table_changes *table = list->tables; table; table = table->next) {
			for (const struct chain_changes *chain = table->chains; chain;
			     chain = chain->next)
				print_chain(out, &buf, list, table, chain);
		}
	}
	buf_free(&buf);
}

const struct difference_format difference_markdown = { "markdown", "", "\n", "", print };
