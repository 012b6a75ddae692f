/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports lines that iptlint fmt would write in another way: one finding for the file.
 *
 * fmt makes one line of one line, so that the two texts can be gone through side by side.
 */
#include <string.h>

#include "emit/fmt.h"
#include "lint/rules.h"

struct lines {
	const char *at;
	const char *end;
};

/* The next line without its end; false behind the last one. */
static bool next_line(struct lines *lines, const char **line, size_t *len)
{
	const char *newline;

	if (lines->at >= lines->end)
		return false;
	*line = lines->at;
	newline = memchr(lines->at, '\n', (size_t)(lines->end - lines->at));
	*len = (size_t)((newline ? newline : lines->end) - lines->at);
	lines->at += *len + 1;
	return true;
}

static void compare(const struct unit *unit, const struct buf *text, struct diags *diags)
{
	const char *bytes = unit->source->bytes;
	struct lines old = { bytes, bytes + unit->source->len };
	struct lines new = { buf_string(text), buf_string(text) + text->len };
	const char *was, *is;
	size_t was_len, is_len;
	struct diag *diag = NULL;
	unsigned n = 0;

	while (next_line(&old, &was, &was_len) && next_line(&new, &is, &is_len)) {
		struct span span = { (uint32_t)(was - bytes), (uint32_t)(was - bytes + was_len) };

		if (was_len == is_len && !memcmp(was, is, was_len))
			continue;
		if (!n++)
			diag = diag_say(diags, "non-canonical", span, "");
		diag_edit(diags, diag, span, arena_strndup(diags->arena, is, is_len));
	}
	if (!diag)
		return;
	diag->message =
		arena_printf(diags->arena, "%u line%s of this file %s not in canonical spelling", n,
			     n == 1 ? "" : "s", n == 1 ? "is" : "are");
	diag_hint(diags, diag, "iptlint fmt writes %s", n == 1 ? "it" : "them");
	diag_need_extra(diags->arena, diag)->fix_is_safe = true;
}

static void check(const struct unit *unit, struct diags *diags)
{
	struct buf text = BUF_INIT;
	struct diags remarks;

	if (unit->is_script)
		return;
	diags_init(&remarks, unit->arena);
	fmt_text(unit, &remarks, &text);
	compare(unit, &text, diags);
	buf_free(&text);
}

const struct lint_rule lint_non_canonical = {
	.name = "non-canonical",
	.group = "style",
	.summary = "lines that iptlint fmt would write in another way",
	.level = LEVEL_INFO,
	.off = true,
	.fixable = true,
	.check = check,
};
