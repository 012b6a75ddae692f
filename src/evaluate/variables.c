/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A hash table with a log of changes.  A variable is written down once for each mark,
 * the first time that it is changed after it, so marks cost what changes and not what
 * there is.  Knows nothing of expansions or commands.
 */
#include "evaluate/variables.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define FIRST_BUCKETS 256

void variables_init(struct variables *vars)
{
	memset(vars, 0, sizeof(*vars));
	vars->n_buckets = FIRST_BUCKETS;
	vars->buckets = alloc_zeroed(vars->n_buckets * sizeof(struct variable *));
}

void variables_free(struct variables *vars)
{
	struct variable *variable, *next;
	size_t i;

	variables_undo(vars, 0);
	for (i = 0; i < vars->n_buckets; i++) {
		for (variable = vars->buckets[i]; variable; variable = next) {
			next = variable->next;
			content_drop(&variable->now);
			text_drop(variable->pinned);
			free(variable);
		}
	}
	free(vars->buckets);
	free(vars->changes);
}

static unsigned hash_of(enum name_space space, const char *name, size_t len)
{
	unsigned hash = 2166136261u ^ (unsigned)space;
	size_t i;

	for (i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)name[i]) * 16777619u;
	return hash ^ hash >> 15;
}

static struct variable *look_up(const struct variables *vars, unsigned hash, enum name_space space,
				const char *name, size_t len)
{
	struct variable *variable = vars->buckets[hash & (vars->n_buckets - 1)];

	for (; variable; variable = variable->next) {
		if (variable->hash == hash && variable->space == space &&
		    !strncmp(variable->name, name, len) && !variable->name[len])
			return variable;
	}
	return NULL;
}

struct variable *variables_find(const struct variables *vars, enum name_space space,
				const char *name, size_t len)
{
	return look_up(vars, hash_of(space, name, len), space, name, len);
}

static void grow(struct variables *vars)
{
	size_t n = vars->n_buckets * 2, i;
	struct variable **buckets = alloc_zeroed(n * sizeof(*buckets)), *variable, *next;

	for (i = 0; i < vars->n_buckets; i++) {
		for (variable = vars->buckets[i]; variable; variable = next) {
			next = variable->next;
			variable->next = buckets[variable->hash & (n - 1)];
			buckets[variable->hash & (n - 1)] = variable;
		}
	}
	free(vars->buckets);
	vars->buckets = buckets;
	vars->n_buckets = n;
}

struct variable *variables_get(struct variables *vars, enum name_space space, const char *name,
			       size_t len)
{
	unsigned hash = hash_of(space, name, len);
	struct variable *variable = look_up(vars, hash, space, name, len);
	struct variable **bucket;

	if (variable)
		return variable;
	if (vars->n++ > vars->n_buckets)
		grow(vars);
	variable = alloc_zeroed(sizeof(*variable) + len + 1);
	memcpy(variable->name, name, len);
	variable->hash = hash;
	variable->space = (unsigned char)space;
	bucket = &vars->buckets[hash & (vars->n_buckets - 1)];
	variable->next = *bucket;
	*bucket = variable;
	return variable;
}

/* ---- contents ---- */

struct content content_keep(struct content content)
{
	text_keep(content.value);
	array_keep(content.array);
	return content;
}

void content_drop(struct content *content)
{
	text_drop(content->value);
	array_drop(content->array);
	memset(content, 0, sizeof(*content));
}

static bool array_same(const struct array *a, const struct array *b)
{
	size_t i;

	if (a == b)
		return true;
	if (!a || !b)
		return false;
	if (a->unknown || b->unknown)
		return a->unknown && b->unknown;
	if (a->n != b->n)
		return false;
	for (i = 0; i < a->n; i++) {
		if (a->elements[i].index != b->elements[i].index ||
		    !text_same(a->elements[i].key, b->elements[i].key) ||
		    !text_same(a->elements[i].value, b->elements[i].value))
			return false;
	}
	return true;
}

bool content_same(const struct content *a, const struct content *b)
{
	return a->flags == b->flags && a->function == b->function &&
	       text_same(a->value, b->value) && array_same(a->array, b->array);
}

void variables_touch(struct variables *vars, struct variable *variable)
{
	struct change *change;

	if (!vars->holders || variable->stamp == vars->serial)
		return;
	if (vars->n_changes == vars->capacity) {
		vars->capacity = vars->capacity ? vars->capacity * 2 : 64;
		vars->changes =
			alloc_resize(vars->changes, vars->capacity * sizeof(*vars->changes));
	}
	change = &vars->changes[vars->n_changes++];
	change->variable = variable;
	change->before = content_keep(variable->now);
	change->stamp = variable->stamp;
	variable->stamp = vars->serial;
}

void variables_replace(struct variables *vars, struct variable *variable, struct content content)
{
	struct content before;

	variables_touch(vars, variable);
	before = variable->now;
	variable->now = content;
	content_drop(&before);
}

/* ---- arrays ---- */

struct array *array_new(void)
{
	struct array *array = alloc_zeroed(sizeof(*array));

	array->references = 1;
	return array;
}

struct array *array_keep(struct array *array)
{
	if (array)
		array->references++;
	return array;
}

void array_drop(struct array *array)
{
	size_t i;

	if (!array || --array->references)
		return;
	for (i = 0; i < array->n; i++) {
		text_drop(array->elements[i].key);
		text_drop(array->elements[i].value);
	}
	free(array->elements);
	free(array);
}

struct array *variables_array(struct variable *variable)
{
	struct array *old = variable->now.array, *array;
	size_t i;

	if (old && old->references == 1)
		return old;
	array = array_new();
	variable->now.array = array;
	if (!old)
		return array;
	array->unknown = old->unknown;
	array->n = array->capacity = old->n;
	array->elements = alloc_resize(NULL, (old->n ? old->n : 1) * sizeof(*array->elements));
	for (i = 0; i < old->n; i++) {
		array->elements[i] = old->elements[i];
		text_keep(array->elements[i].key);
		text_keep(array->elements[i].value);
	}
	array_drop(old);
	return array;
}

/* Where the element is, or would be. */
static size_t position_of(const struct array *array, long index, const struct text *key,
			  bool *found)
{
	size_t low = 0, high = array->n, middle;

	*found = true;
	if (key) {
		for (low = 0; low < array->n; low++) {
			if (text_same(array->elements[low].key, key))
				return low;
		}
		*found = false;
		return low;
	}
	if (high && array->elements[high - 1].index < index)
		low = high;
	while (low < high) {
		middle = low + (high - low) / 2;
		if (array->elements[middle].index < index)
			low = middle + 1;
		else
			high = middle;
	}
	*found = low < array->n && array->elements[low].index == index;
	return low;
}

struct text *array_get(const struct array *array, long index, const struct text *key)
{
	bool found;
	size_t i = position_of(array, index, key, &found);

	return found ? array->elements[i].value : NULL;
}

void array_set(struct array *array, long index, struct text *key, struct text *value)
{
	bool found;
	size_t i = position_of(array, index, key, &found);

	if (found) {
		text_drop(array->elements[i].value);
		array->elements[i].value = value;
		return;
	}
	if (array->n == array->capacity) {
		array->capacity = array->capacity ? array->capacity * 2 : 8;
		array->elements =
			alloc_resize(array->elements, array->capacity * sizeof(*array->elements));
	}
	memmove(array->elements + i + 1, array->elements + i,
		(array->n - i) * sizeof(*array->elements));
	array->elements[i] = (struct element){ index, text_keep(key), value };
	array->n++;
}

void array_remove(struct array *array, long index, const struct text *key)
{
	bool found;
	size_t i = position_of(array, index, key, &found);

	if (!found)
		return;
	text_drop(array->elements[i].key);
	text_drop(array->elements[i].value);
	array->n--;
	memmove(array->elements + i, array->elements + i + 1,
		(array->n - i) * sizeof(*array->elements));
}

/* ---- marks ---- */

void variables_fresh(struct variables *vars)
{
	vars->serial = ++vars->last_serial;
}

void variables_hold(struct variables *vars)
{
	vars->holders++;
	variables_fresh(vars);
}

void variables_unhold(struct variables *vars)
{
	vars->holders--;
	if (vars->holders)
		return;
	while (vars->n_changes)
		content_drop(&vars->changes[--vars->n_changes].before);
}

struct variables_mark variables_mark(struct variables *vars)
{
	struct variables_mark mark = { vars->n_changes, vars->serial, vars->holders };

	vars->holders++;
	variables_fresh(vars);
	return mark;
}

void variables_undo(struct variables *vars, size_t n_changes)
{
	struct change *change;

	while (vars->n_changes > n_changes) {
		change = &vars->changes[--vars->n_changes];
		content_drop(&change->variable->now);
		change->variable->now = change->before;
		change->variable->stamp = change->stamp;
	}
}

void variables_release(struct variables *vars, struct variables_mark mark)
{
	/* With changes behind the mark that stay, or others who hold, an older mark may not
	 * have them: each variable is to be written down anew. */
	if (vars->n_changes == mark.n_changes && vars->holders == mark.holders + 1)
		vars->serial = mark.serial;
	else
		variables_fresh(vars);
	variables_unhold(vars);
}
