/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "-s ! 10.0.0.1": a '!' behind its option, as old releases of iptables took it.  What
 * the line is refused for is then said in these words.
 */
#include <string.h>

#include "bind/reading.h"

/* Is words[i] a '!' between an option and its value? */
static bool is_behind_option(const struct reading *reading, size_t i)
{
	const struct word *words = reading->words;

	return i > 0 && i + 1 < reading->n_words && strcmp(words[i].text, "!") == 0 &&
	       words[i - 1].text[0] == '-' && words[i - 1].text[1] && words[i + 1].text[0] != '-' &&
	       strcmp(words[i + 1].text, "!") != 0;
}

static bool is_about(const struct diag *diag, struct span span)
{
	return diag->refuses && diag->span.start >= span.start && diag->span.end <= span.end;
}

static void rename_error(struct reading *reading, struct diag *diag, const struct word *option,
			 const struct word *value)
{
	struct diags *diags = reading->scope->diags;
	struct span span = span_join(option->span, option[1].span);

	diag->rule = "legacy-negation";
	diag->span = span_join(option->span, value->span);
	diag->message = arena_printf(diags->arena,
				     "'!' stands behind '%s': iptables takes it before "
				     "the option only",
				     option->text);
	diag_hint(diags, diag, "write '! %s %s'", option->text, value->text);
	diag_edit(diags, diag, span, arena_printf(diags->arena, "! %s", option->text));
}

void explain_negations(struct reading *reading, struct diag **errors)
{
	for (size_t i = 0; i < reading->n_words; i++) {
		const struct word *words = reading->words;
		struct diag **at = errors;
		bool renamed = false;

		if (!is_behind_option(reading, i))
			continue;
		while (*at) {
			struct diag *diag = *at;

			if (!is_about(diag, span_join(words[i].span, words[i + 1].span))) {
				at = &diag->next;
			} else if (!renamed) {
				rename_error(reading, diag, &words[i - 1], &words[i + 1]);
				renamed = true;
				at = &diag->next;
			} else {
				*at = diag->next;
				reading->scope->diags->count--;
			}
		}
		reading->scope->diags->last = at;
	}
}
