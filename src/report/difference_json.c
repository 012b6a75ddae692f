/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For programs: one object.  "version" changes when a key goes or means something else.
 */
#include <jansson.h>
#include <string.h>

#include "compare/box_text.h"
#include "report/difference.h"

static const char *const side_names[N_SIDES] = { "old", "new" };

/* Bytes of the file that are no UTF-8 are left out. */
static json_t *text_of(struct buf *buf)
{
	json_t *text = json_stringn(buf_string(buf), buf->len);

	buf_clear(buf);
	return text ? text : json_null();
}

static json_t *line_of(uint32_t line)
{
	return line ? json_integer(line) : json_null();
}

static json_t *rule_json(struct buf *buf, const struct unit *unit, const struct rule *rule)
{
	json_t *object = json_object();

	json_object_set_new(object, "file", json_string(unit->source->name));
	json_object_set_new(object, "line", line_of(unit_rule_line(unit, rule)));
	add_source(buf, unit, rule);
	json_object_set_new(object, "rule", text_of(buf));
	return object;
}

static json_t *decision_json(struct buf *buf, const struct unit *unit,
			     const struct decision *decision)
{
	json_t *object;

	if (!decision->chain)
		return json_null();
	if (decision->rule) {
		object = rule_json(buf, unit, decision->rule);
	} else {
		object = json_object();
		json_object_set_new(object, "file", json_string(unit->source->name));
		json_object_set_new(object, "line", line_of(decision_line(unit, decision)));
		json_object_set_new(object, "policy", json_string(decision->chain->chain->name));
	}
	json_object_set_new(object, "verdict", json_string(decision_text(decision)));
	return object;
}

static void add_word(void *context, const char *name, const char *value)
{
	json_object_set_new(context, name, json_string(value));
}

static json_t *box_json(const struct table_changes *table, const struct chain_changes *chain,
			const struct region *region)
{
	json_t *box = json_object();

	box_words(table->alignment->space, region, chain_packets(table, chain), add_word, box);
	return box;
}

static json_t *effects_json(struct buf *buf, const struct comparison *comparison,
			    const struct effect *const effects[N_SIDES])
{
	json_t *object = json_object();

	for (unsigned side = 0; side < N_SIDES; side++) {
		json_t *list = json_array();

		for (const struct effect *each = effects[side]; each; each = each->before)
			json_array_append_new(list,
					      rule_json(buf, comparison->units[side], each->rule));
		json_object_set_new(object, side_names[side], list);
	}
	return object;
}

static json_t *change_json(struct buf *buf, const struct comparison *comparison,
			   const struct table_changes *table, const struct chain_changes *chain,
			   const struct change *change)
{
	static const char *const kinds[N_CHANGE_KINDS] = { "accepted", "denied", "verdict",
							   "effect" };
	json_t *object = json_object(), *boxes = json_array(), *parts = json_array();

	json_object_set_new(object, "kind", json_string(kinds[change->kind]));
	add_packet(buf, table, change);
	json_object_set_new(object, "packet", text_of(buf));
	for (unsigned side = 0; side < N_SIDES; side++)
		json_object_set_new(
			object, side_names[side],
			decision_json(buf, comparison->units[side], &change->decisions[side]));
	json_object_set_new(object, "effects", effects_json(buf, comparison, change->effects));
	for (unsigned i = 0; i < change->n_boxes; i++)
		json_array_append_new(change->boxes[i].is_part ? parts : boxes,
				      box_json(table, chain, change->boxes[i].region));
	json_object_set_new(object, "packets", boxes);
	json_object_set_new(object, "some_of", parts);
	json_object_set_new(object, "more", json_integer((json_int_t)change->n_more));
	json_object_set_new(object, "complete", json_boolean(!change->is_more));
	return object;
}

static json_t *doubt_json(struct buf *buf, const struct comparison *comparison,
			  const struct table_changes *table, const struct chain_changes *chain,
			  const struct doubt *doubt)
{
	json_t *object = json_object();

	add_doubt(buf, comparison, table, chain, doubt);
	json_object_set_new(object, "text", text_of(buf));
	if (doubt->region)
		json_object_set_new(object, "packets", box_json(table, chain, doubt->region));
	return object;
}

static json_t *chain_json(struct buf *buf, const struct comparison *comparison,
			  const struct table_changes *table, const struct chain_changes *chain)
{
	json_t *object = json_object(), *policy = json_object();
	json_t *changes = json_array(), *doubts = json_array();

	json_object_set_new(object, "table", json_string(table_name(table->id)));
	json_object_set_new(object, "chain",
			    json_string(chain->pair->chains[SIDE_OLD]->chain->name));
	for (unsigned side = 0; side < N_SIDES; side++)
		json_object_set_new(
			policy, side_names[side],
			json_string(verdict_name(
				(enum verdict)chain->pair->chains[side]->chain->policy)));
	json_object_set_new(object, "policy", policy);
	for (unsigned kind = 0; kind < N_CHANGE_KINDS; kind++) {
		if (chain->changes[kind])
			json_array_append_new(changes, change_json(buf, comparison, table, chain,
								   chain->changes[kind]));
	}
	json_object_set_new(object, "changes", changes);
	for (const struct doubt *each = chain->doubts; each; each = each->next)
		json_array_append_new(doubts, doubt_json(buf, comparison, table, chain, each));
	json_object_set_new(object, "undecided", doubts);
	json_object_set_new(object, "n_undecided", json_integer(chain->n_doubts));
	return object;
}

static json_t *comparison_json(struct buf *buf, const struct comparison *comparison)
{
	json_t *object = json_object(), *chains = json_array();

	json_object_set_new(object, "family",
			    json_integer((json_int_t)comparison->units[SIDE_OLD]->family));
	for (unsigned side = 0; side < N_SIDES; side++)
		json_object_set_new(object, side_names[side],
				    json_string(comparison->units[side]->source->name));
	json_object_set_new(object, "backend",
			    json_string(comparison->backends == BACKEND_BOTH	 ? "both"
					: comparison->backends == BACKEND_LEGACY ? "legacy"
										 : "nft"));
	json_object_set_new(object, "equal",
			    comparison->is_changed   ? json_false()
			    : comparison->is_decided ? json_true()
						     : json_null());
	json_object_set_new(object, "decided", json_boolean(comparison->is_decided));
	for (const struct table_changes *table = comparison->tables; table; table = table->next) {
		for (const struct chain_changes *chain = table->chains; chain; chain = chain->next)
			json_array_append_new(chains, chain_json(buf, comparison, table, chain));
	}
	json_object_set_new(object, "chains", chains);
	return object;
}

static void print(FILE *out, const struct comparison *list)
{
	struct buf buf = BUF_INIT;
	bool is_first = true;

	for (; list; list = list->next) {
		json_t *object = comparison_json(&buf, list);

		if (!is_first)
			fputs(",\n", out);
		is_first = false;
		json_dumpf(object, out, JSON_INDENT(1) | JSON_PRESERVE_ORDER);
		json_decref(object);
	}
	buf_free(&buf);
}

const struct difference_format difference_json = {
	"json", "{\"version\": 1, \"comparisons\": [\n", ",\n", "\n]}\n", print,
};
