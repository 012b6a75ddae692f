/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Matches by going through pattern and text side by side; the last '*' is where it goes
 * back to, so plain patterns need no recursion.  Extended ones recur within a budget.
 * Knows nothing of words or variables.
 */
#include "evaluate/pattern.h"

#include <ctype.h>
#include <string.h>

#define BUDGET 1000000

struct matcher {
	unsigned flags;
	unsigned long budget;
};

static bool match(struct matcher *m, const char *p, const char *p_end, const char *t,
		  const char *t_end);

static unsigned char fold(const struct matcher *m, char c)
{
	unsigned char byte = (unsigned char)c;

	return m->flags & PATTERN_FOLD ? (unsigned char)tolower(byte) : byte;
}

static bool in_class(const char *name, size_t len, unsigned char c)
{
	static const struct {
		const char *name;
		int (*is)(int c);
	} classes[] = {
		{ "alnum", isalnum }, { "alpha", isalpha }, { "blank", isblank },
		{ "cntrl", iscntrl }, { "digit", isdigit }, { "graph", isgraph },
		{ "lower", islower }, { "print", isprint }, { "punct", ispunct },
		{ "space", isspace }, { "upper", isupper }, { "xdigit", isxdigit },
	};
	size_t i;

	if (c >= 128)
		return false;
	for (i = 0; i < sizeof(classes) / sizeof(*classes); i++) {
		if (strlen(classes[i].name) == len && !memcmp(classes[i].name, name, len))
			return classes[i].is(c);
	}
	return false;
}

/* The end of "[:alpha:]" that begins at P, or NULL. */
static const char *class_end(const char *p, const char *end)
{
	const char *q;

	if (end - p < 4 || p[1] != ':')
		return NULL;
	for (q = p + 2; q + 1 < end && *q != ']'; q++) {
		if (q[0] == ':' && q[1] == ']')
			return q + 2;
	}
	return NULL;
}

/*
 * Does the bracket expression at P have C?  *AFTER is what follows it, NULL if it has no
 * end and the '[' stands for itself.
 */
static bool bracket(const struct matcher *m, const char *p, const char *end, unsigned char c,
		    const char **after)
{
	const char *first, *close;
	unsigned char low, high;
	bool negated = false, found = false;

	*after = NULL;
	p++;
	if (p < end && (*p == '!' || (*p == '^' && m->flags & PATTERN_CARET))) {
		negated = true;
		p++;
	}
	for (first = p; p < end;) {
		if (*p == ']' && p > first) {
			*after = p + 1;
			return found != negated;
		}
		close = *p == '[' ? class_end(p, end) : NULL;
		if (close) {
			found |= in_class(p + 2, (size_t)(close - p) - 4, c);
			p = close;
			continue;
		}
		if (*p == '\\' && p + 1 < end)
			p++;
		low = high = fold(m, *p++);
		if (end - p >= 2 && *p == '-' && p[1] != ']') {
			p++;
			if (*p == '\\' && p + 1 < end)
				p++;
			high = fold(m, *p++);
		}
		found |= low <= c && c <= high;
	}
	return false;
}

/* The ')' that belongs to the '(' at P, or NULL; *BAR is called for each '|' on the way. */
static const char *group_end(const char *p, const char *end, const char *bars[], size_t *n_bars,
			     size_t max)
{
	size_t depth = 0;

	for (; p < end; p++) {
		if (*p == '\\') {
			p++;
		} else if (*p == '(') {
			depth++;
		} else if (*p == '|' && depth == 1 && *n_bars < max) {
			bars[(*n_bars)++] = p;
		} else if (*p == ')' && !--depth) {
			return p;
		}
	}
	return NULL;
}

#define MAX_BARS 64

struct group {
	const char *bars[MAX_BARS + 2]; /* '(' and '|'s and ')' */
	size_t n;			/* alternatives */
	const char *after;
};

static bool read_group(const char *p, const char *end, struct group *group)
{
	const char *close;
	size_t n_bars = 0;

	if (p + 1 >= end || p[1] != '(')
		return false;
	close = group_end(p + 1, end, group->bars + 1, &n_bars, MAX_BARS);
	if (!close)
		return false;
	group->bars[0] = p + 1;
	group->bars[n_bars + 1] = close;
	group->n = n_bars + 1;
	group->after = close + 1;
	return true;
}

static bool one_of(struct matcher *m, const struct group *group, const char *t, const char *t_end)
{
	size_t i;

	for (i = 0; i < group->n; i++) {
		if (match(m, group->bars[i] + 1, group->bars[i + 1], t, t_end))
			return true;
	}
	return false;
}

/* The group of kind C at P, and what follows it. */
static bool match_group(struct matcher *m, char c, const char *p, const char *p_end,
			const struct group *group, const char *t, const char *t_end)
{
	const char *cut;

	if ((c == '?' || c == '*') && match(m, group->after, p_end, t, t_end))
		return true;
	for (cut = t; cut <= t_end && m->budget; cut++) {
		if (c == '!') {
			if (!one_of(m, group, t, cut) && match(m, group->after, p_end, cut, t_end))
				return true;
			continue;
		}
		if (!one_of(m, group, t, cut))
			continue;
		if (match(m, group->after, p_end, cut, t_end))
			return true;
		if ((c == '*' || c == '+') && cut > t && match(m, p, p_end, cut, t_end))
			return true;
	}
	return false;
}

/* One element at *P against the byte at T; moves *P behind it. */
static bool match_one(const struct matcher *m, const char **p, const char *p_end, const char *t)
{
	const char *after;
	bool found;

	if (**p == '?') {
		(*p)++;
		return true;
	}
	if (**p == '[') {
		found = bracket(m, *p, p_end, fold(m, *t), &after);
		if (after) {
			*p = after;
			return found;
		}
	}
	if (**p == '\\' && *p + 1 < p_end)
		(*p)++;
	return fold(m, *(*p)++) == fold(m, *t);
}

static bool match(struct matcher *m, const char *p, const char *p_end, const char *t,
		  const char *t_end)
{
	const char *star = NULL, *star_text = NULL;
	struct group group;

	for (;;) {
		if (!m->budget)
			return false;
		m->budget--;
		if (m->flags & PATTERN_EXTENDED && p < p_end && strchr("?*+@!", *p) &&
		    read_group(p, p_end, &group)) {
			if (match_group(m, *p, p, p_end, &group, t, t_end))
				return true;
		} else if (p < p_end && *p == '*') {
			star = ++p;
			star_text = t;
			continue;
		} else if (p == p_end && t == t_end) {
			return true;
		} else if (p < p_end && t < t_end && match_one(m, &p, p_end, t)) {
			t++;
			continue;
		}
		if (!star || star_text == t_end)
			return false;
		p = star;
		t = ++star_text;
	}
}

bool pattern_match(const struct pattern *pattern, const char *text, size_t len)
{
	struct matcher m = { pattern->flags, BUDGET + 16 * len };

	return match(&m, pattern->bytes, pattern->bytes + pattern->len, text, text + len);
}

/* ---- ends of a text ---- */

/* Most patterns have a star at one end, or none: then there is little to try. */
struct shape {
	struct pattern rest; /* without the star */
	size_t len;	     /* of what the rest matches */
	enum {
		SHAPE_FIXED,
		SHAPE_STAR_FIRST,
		SHAPE_STAR_LAST,
		SHAPE_OTHER,
	} kind;
};

static struct shape shape_of(const struct pattern *pattern)
{
	struct shape shape = { *pattern, 0, SHAPE_FIXED };
	struct matcher m = { pattern->flags, 1 };
	const char *p = pattern->bytes, *end = p + pattern->len, *after, *star = NULL;
	struct group group;

	while (p < end) {
		if (pattern->flags & PATTERN_EXTENDED && strchr("?*+@!", *p) &&
		    read_group(p, end, &group)) {
			shape.kind = SHAPE_OTHER;
			return shape;
		}
		if (*p == '*') {
			shape.kind = star ? SHAPE_OTHER : shape.kind;
			star = p++;
			continue;
		}
		after = NULL;
		if (*p == '[')
			bracket(&m, p, end, 'a', &after);
		p = after ? after : *p == '\\' && p + 1 < end ? p + 2 : p + 1;
		shape.len++;
	}
	if (!star || shape.kind == SHAPE_OTHER)
		return shape;
	shape.rest.len--;
	if (star == pattern->bytes) {
		shape.kind = SHAPE_STAR_FIRST;
		shape.rest.bytes++;
	} else {
		shape.kind = star + 1 == end ? SHAPE_STAR_LAST : SHAPE_OTHER;
	}
	return shape;
}

bool pattern_is_slow(const struct pattern *pattern)
{
	return shape_of(pattern).kind == SHAPE_OTHER;
}

/* Where the rest of the pattern matches: the first or the last place. */
static bool find_rest(const struct shape *shape, const char *text, size_t len, bool last,
		      size_t *place)
{
	size_t i;

	if (shape->len > len)
		return false;
	for (i = 0; i <= len - shape->len; i++) {
		*place = last ? len - shape->len - i : i;
		if (pattern_match(&shape->rest, text + *place, shape->len))
			return true;
	}
	return false;
}

static bool rest_matches(const struct shape *shape, const char *text, size_t len, bool at_end)
{
	return shape->len <= len &&
	       pattern_match(&shape->rest, at_end ? text + len - shape->len : text, shape->len);
}

bool pattern_prefix(const struct pattern *pattern, const char *text, size_t len, bool longest,
		    size_t *found)
{
	struct shape shape = shape_of(pattern);
	size_t i;

	if (shape.kind == SHAPE_FIXED || shape.kind == SHAPE_STAR_LAST) {
		*found = shape.kind == SHAPE_STAR_LAST && longest ? len : shape.len;
		return rest_matches(&shape, text, len, false);
	}
	if (shape.kind == SHAPE_STAR_FIRST) {
		if (!find_rest(&shape, text, len, longest, found))
			return false;
		*found += shape.len;
		return true;
	}
	for (i = 0; i <= len; i++) {
		*found = longest ? len - i : i;
		if (pattern_match(pattern, text, *found))
			return true;
	}
	return false;
}

bool pattern_suffix(const struct pattern *pattern, const char *text, size_t len, bool longest,
		    size_t *found)
{
	struct shape shape = shape_of(pattern);
	size_t i;

	if (shape.kind == SHAPE_FIXED || shape.kind == SHAPE_STAR_FIRST) {
		*found = shape.kind == SHAPE_STAR_FIRST && longest ? len : shape.len;
		return rest_matches(&shape, text, len, true);
	}
	if (shape.kind == SHAPE_STAR_LAST) {
		if (!find_rest(&shape, text, len, !longest, found))
			return false;
		*found = len - *found;
		return true;
	}
	for (i = 0; i <= len; i++) {
		*found = longest ? len - i : i;
		if (pattern_match(pattern, text + len - *found, *found))
			return true;
	}
	return false;
}
