/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For a terminal.
 */
#include "compare/box_text.h"
#include "report/difference.h"

static void print_buf(FILE *out, struct buf *buf)
{
	fwrite(buf->data, 1, buf->len, out);
	buf_clear(buf);
}

static void print_effects(FILE *out, struct buf *buf, const struct comparison *comparison,
			  const struct change *change)
{
	static const char *const words[N_SIDES] = { "no more", "now" };

	for (unsigned side = 0; side < N_SIDES; side++) {
		const struct unit *unit = comparison->units[side];

		for (const struct effect *each = change->effects[side]; each; each = each->before) {
			buf_printf(buf, "    %-8s %s:%u: ", words[side], unit->source->name,
				   unit_rule_line(unit, each->rule));
			add_source(buf, unit, each->rule);
			buf_add_char(buf, '\n');
			print_buf(out, buf);
		}
	}
}

static void print_change(FILE *out, struct buf *buf, const struct comparison *comparison,
			 const struct table_changes *table, const struct chain_changes *chain,
			 const struct change *change)
{
	static const char *const words[N_SIDES] = { "was", "is" };

	fprintf(out, "  %s, as\n    packet   ", change_title(change->kind));
	add_packet(buf, table, change);
	buf_add_char(buf, '\n');
	print_buf(out, buf);
	for (unsigned side = 0; side < N_SIDES; side++) {
		if (!change->decisions[side].chain)
			continue;
		buf_printf(buf, "    %-8s ", words[side]);
		add_decision(buf, comparison->units[side], &change->decisions[side]);
		buf_add_char(buf, '\n');
		print_buf(out, buf);
	}
	print_effects(out, buf, comparison, change);
	for (unsigned i = 0; i < change->n_boxes; i++) {
		buf_add_string(buf, i ? "             " : "    packets  ");
		if (change->boxes[i].is_part)
			buf_add_string(buf, "some of: ");
		box_text(buf, table->alignment->space, change->boxes[i].region,
			 chain_packets(table, chain));
		buf_add_char(buf, '\n');
		print_buf(out, buf);
	}
	if (change->n_more)
		fprintf(out, "             and %s%llu more\n", change->is_more ? "at least " : "",
			(unsigned long long)change->n_more);
	else if (change->is_more)
		fputs("             and perhaps others\n", out);
}

static void print_doubts(FILE *out, struct buf *buf, const struct comparison *comparison,
			 const struct table_changes *table, const struct chain_changes *chain)
{
	uint32_t n = 0;

	for (const struct doubt *each = chain->doubts; each; each = each->next) {
		fputs(n++ ? "             " : "  undecided  ", out);
		add_doubt(buf, comparison, table, chain, each);
		buf_add_char(buf, '\n');
		print_buf(out, buf);
	}
	if (chain->n_doubts > n)
		fprintf(out, "             and %u more\n", chain->n_doubts - n);
}

static void print_chain(FILE *out, struct buf *buf, const struct comparison *comparison,
			const struct table_changes *table, const struct chain_changes *chain)
{
	add_chain(buf, table, chain);
	buf_add_char(buf, '\n');
	print_buf(out, buf);
	if (chain->policy_changed)
		fprintf(out, "  policy %s -> %s\n",
			verdict_name((enum verdict)chain->pair->chains[SIDE_OLD]->chain->policy),
			verdict_name((enum verdict)chain->pair->chains[SIDE_NEW]->chain->policy));
	for (unsigned kind = 0; kind < N_CHANGE_KINDS; kind++) {
		if (chain->changes[kind])
			print_change(out, buf, comparison, table, chain, chain->changes[kind]);
	}
	print_doubts(out, buf, comparison, table, chain);
	fputc('\n', out);
}

static void print(FILE *out, const struct comparison *list)
{
	struct buf buf = BUF_INIT;

	for (; list; list = list->next) {
		for (const struct table_changes *table = list->tables; table; table = table->next) {
			for (const struct chain_changes *chain = table->chains; chain;
			     chain = chain->next)
				print_chain(out, &buf, list, table, chain);
		}
		buf_printf(&buf, "%s -> %s", list->units[SIDE_OLD]->source->name,
			   list->units[SIDE_NEW]->source->name);
		add_scope(&buf, list);
		buf_printf(&buf, ": %s\n", summary_text(list));
		print_buf(out, &buf);
	}
	buf_free(&buf);
}

const struct difference_format difference_full = { "full", "", "", "", print };
