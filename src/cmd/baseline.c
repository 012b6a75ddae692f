/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a job tells is one line for each finding that it has set aside: the number of its
 * entry, or where a baseline is written the entry itself.
 */
#include "cmd/baseline.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "cmd/cmd.h"
#include "cmd/output.h"
#include "cmd/settings.h"
#include "cmd/work_tree.h"
#include "lint/select.h"
#include "report/baseline.h"

#define STALE "stale-baseline-entry"

/* One file. */
struct baseline_file {
	struct baseline_file *next;
	const char *path;
	const char *name;   /* as reports call it */
	const char *folder; /* that it lies in; absolute */
	const struct source *source;
	struct baseline baseline;
	bool *is_found;		   /* of each entry */
	struct baseline fresh;	   /* what was found in this run, where it is written */
	const struct input *input; /* the first one that has it */
};

/* An input and its baseline. */
struct of_input {
	struct baseline_file *file; /* NULL: it has none */
	const char *path;	    /* as entries name it */
	const struct input *input;
	bool is_whole;
};

struct baselines {
	struct arena *arena;
	struct baseline_file *files;
	const struct input *first; /* of the inputs */
	struct of_input *list;	   /* of each input */
	struct of_input **sorted;  /* by path; those that have a baseline */
	size_t n_sorted;
	struct buf told; /* of the input at work */
	bool writes;
	bool prunes;
	size_t n_written;
};

/* ---- reading ---- */

static bool read_file(const struct baselines *all, struct baseline_file *file)
{
	struct baseline_error error;
	struct source *source;
	const char *why;

	if (all->writes && access(file->path, F_OK) < 0) {
		source = source_new(all->arena, file->name, "", 0);
	} else {
		source = source_read(all->arena, file->path, &why);
		if (!source) {
			cmd_error("%s: %s", file->name, why);
			return false;
		}
		source->name = file->name;
	}
	file->source = source;
	if (!baseline_read(all->arena, source, &file->baseline, &error)) {
		cmd_error("%s:%u:%u: %s%s", file->name, error.at.line, error.at.column, error.why,
			  all->writes ? "; the file is left as it is" : "");
		return false;
	}
	file->is_found = arena_alloc(all->arena, file->baseline.count + 1);
	return true;
}

/* The baseline at PATH, read once; NULL after a complaint. */
static struct baseline_file *find_file(struct baselines *all, const char *path)
{
	struct baseline_file *file = all->files;
	const char *here;

	while (file && strcmp(file->path, path) != 0)
		file = file->next;
	if (file)
		return file;
	file = arena_new_object(all->arena, struct baseline_file);
	file->path = path;
	absolute_path(all->arena, "-", &here);
	file->name = *path == '/' ? path_within(path, here) : path;
	absolute_path(all->arena, path, &file->folder);
	file->next = all->files;
	all->files = file;
	return read_file(all, file) ? file : NULL;
}

static int compare_paths(const void *left, const void *right)
{
	const struct of_input *a = *(struct of_input *const *)left;
	const struct of_input *b = *(struct of_input *const *)right;

	return strcmp(a->path, b->path);
}

struct baselines *baselines_load(struct arena *arena, const struct inputs *inputs,
				 const struct options *options)
{
	struct baselines *all = arena_new_object(arena, struct baselines);

	all->arena = arena;
	all->first = inputs->list;
	all->writes = options->write_baseline;
	all->prunes = options->prune_baseline;
	all->list = arena_alloc(arena, (inputs->count + 1) * sizeof(*all->list));
	all->sorted = arena_alloc(arena, (inputs->count + 1) * sizeof(*all->sorted));
	for (size_t i = 0; i < inputs->count; i++) {
		const struct input *input = &inputs->list[i];
		const char *path = input->settings->baseline;
		struct of_input *own = &all->list[i];

		own->input = input;
		if (!path && (all->writes || all->prunes)) {
			cmd_error("%s: which baseline? --baseline FILE names one", input->name);
			return NULL;
		}
		if (!path)
			continue;
		own->file = find_file(all, path);
		if (!own->file)
			return NULL;
		if (!own->file->input)
			own->file->input = input;
		own->path = baseline_clean(
			arena, work_tree_path_or(arena, input->name, own->file->folder));
		all->sorted[all->n_sorted++] = own;
	}
	qsort(all->sorted, all->n_sorted, sizeof(*all->sorted), compare_paths);
	return all;
}

/* ---- in the job ---- */

struct applying {
	const struct baselines *all;
	const struct of_input *own;
	const struct unit *unit;
	struct fingerprints *prints;
	FILE *told;
};

/* Is it told in this run, or does the run fail for it? */
static bool is_of_interest(const struct settings *settings, const struct diag *diag)
{
	return diag->level > LEVEL_INFO || settings->show_info || settings->fail_on == LEVEL_INFO;
}

/* Has DIAG a place in the baseline?  If so, that is told. */
static bool is_accepted(const struct applying *applying, const struct diag *diag)
{
	const struct of_input *own = applying->own;
	const struct baseline *baseline = &own->file->baseline;
	uint64_t fingerprint = fingerprint_get(applying->prints, diag);
	size_t i;

	if (applying->all->writes) {
		struct baseline_entry entry = { diag->rule, own->path, fingerprint, NULL, 0 };

		if (!is_of_interest(own->input->settings, diag))
			return false;
		entry.text = baseline_clean(
			applying->unit->arena,
			fingerprint_line(applying->unit->arena, applying->unit, diag));
		baseline_print(applying->told, &entry);
		return true;
	}
	i = baseline_find(baseline, own->path, diag->rule, fingerprint);
	if (i == baseline->count)
		return false;
	fprintf(applying->told, "%zu\n", i);
	return true;
}

void baseline_apply(const struct baselines *all, const struct input *input, struct unit *unit,
		    FILE *told, struct baseline_found *found)
{
	struct applying applying = { all, &all->list[input - all->first], unit, NULL, told };
	struct diag *diag = unit->diags.first, *next;

	found->is_checked = true;
	found->is_whole = !unit->is_partial && !unit->is_template;
	if (!applying.own->file)
		return;
	applying.prints = fingerprints_new(
		unit->arena, unit,
		work_tree_path_or(unit->arena, input->name, applying.own->file->folder));
	diags_init(&unit->diags, unit->arena);
	for (; diag; diag = next) {
		bool is_old = is_accepted(&applying, diag);

		next = diag->next;
		diags_append(is_old ? &unit->set_aside : &unit->diags, diag);
		found->n_set_aside += is_old;
	}
	fingerprints_free(applying.prints);
}

/* ---- what comes back ---- */

void baselines_told(struct baselines *all, const char *bytes, size_t len)
{
	buf_add(&all->told, bytes, len);
}

static void take_fresh(struct baselines *all, struct baseline_file *file)
{
	const char *text = arena_strndup(all->arena, all->told.data, all->told.len);
	struct baseline_error error;
	struct baseline fresh;

	if (!baseline_read(all->arena, source_new(all->arena, "", text, all->told.len), &fresh,
			   &error))
		abort(); /* it was printed by baseline_print() */
	file->fresh = baseline_join(all->arena, &file->fresh, &fresh);
}

static void take_found(struct baselines *all, struct baseline_file *file)
{
	char *at = all->told.data, *end = at + all->told.len;

	while (at < end) {
		size_t i = strtoul(at, &at, 10);

		file->is_found[i] = true;
		at++;
	}
}

void baselines_done(struct baselines *all, const struct input *input,
		    const struct baseline_found *found)
{
	struct of_input *own = &all->list[input - all->first];

	own->is_whole = found->is_checked && found->is_whole;
	/* of a job that died halfway nothing is taken */
	if (found->is_checked && all->told.len) {
		if (all->writes)
			take_fresh(all, own->file);
		else
			take_found(all, own->file);
	}
	buf_clear(&all->told);
}

/* ---- behind all inputs ---- */

/* Would a finding of that rule have been found? */
static bool was_looked_for(const struct input *input, const char *name)
{
	const struct lint_rule *rule = lint_find(name);

	return !rule || selection_runs(input->settings->selection, rule);
}

/* The first of the sorted inputs with that path, or one behind it. */
static size_t first_of_path(const struct baselines *all, const char *path)
{
	size_t low = 0, high = all->n_sorted;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(all->sorted[middle]->path, path) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Was its file checked, and does this run know whether the finding is there?  A script is
 * several inputs; all have to know. */
static bool is_judged(const struct baselines *all, const struct baseline_file *file,
		      const struct baseline_entry *entry)
{
	bool is_there = false;

	for (size_t i = first_of_path(all, entry->file); i < all->n_sorted; i++) {
		const struct of_input *own = all->sorted[i];

		if (strcmp(own->path, entry->file) != 0)
			break;
		if (own->file != file)
			continue;
		is_there = true;
		if (!own->is_whole || !was_looked_for(own->input, entry->rule))
			return false;
	}
	return is_there;
}

static bool is_stale(const struct baselines *all, const struct baseline_file *file, size_t i)
{
	return !file->is_found[i] && is_judged(all, file, &file->baseline.list[i]);
}

/* Its entries but for the stale ones. */
static struct baseline keep(const struct baselines *all, const struct baseline_file *file)
{
	struct baseline kept = { NULL, 0 };

	kept.list = arena_alloc(all->arena, (file->baseline.count + 1) * sizeof(*kept.list));
	for (size_t i = 0; i < file->baseline.count; i++)
		if (!is_stale(all, file, i))
			kept.list[kept.count++] = file->baseline.list[i];
	return kept;
}

static bool write_file(struct baselines *all, const struct baseline_file *file)
{
	struct baseline kept = keep(all, file);
	struct baseline joined = baseline_join(all->arena, &file->fresh, &kept);
	struct output output;

	if (!all->writes && kept.count == file->baseline.count)
		return true;
	if (!output_open(&output, file->path))
		return false;
	for (size_t i = 0; i < joined.count; i++)
		baseline_print(output.file, &joined.list[i]);
	all->n_written += all->writes ? file->fresh.count : file->baseline.count - kept.count;
	return output_commit(&output);
}

bool baselines_write(struct baselines *all)
{
	bool done = true;

	for (struct baseline_file *file = all->files; file; file = file->next)
		if (all->writes || all->prunes)
			done &= write_file(all, file);
	buf_free(&all->told);
	return done;
}

static void add_stale(struct unit *unit, const struct settings *settings,
		      const struct baseline_entry *entry)
{
	const struct lint_rule *rule = lint_find(STALE);
	enum level level = selection_level(settings->selection, rule);
	struct diag *diag;

	if (!selection_has(settings->selection, rule))
		return;
	diag = diag_add(&unit->diags, STALE, source_line_span(unit->source, entry->line),
			"nothing is found any more of %s in %s", entry->rule, entry->file);
	diag_hint(&unit->diags, diag, "delete the line, as --prune-baseline does");
	diag->level = (unsigned char)(level == LEVEL_DEFAULT ? rule->level : level);
}

static void show_stale(const struct baselines *all, const struct baseline_file *file,
		       void (*show)(void *context, const struct unit *unit,
				    const struct input *input),
		       void *context)
{
	struct unit *unit = arena_new_object(all->arena, struct unit);

	unit->arena = all->arena;
	unit->source = file->source;
	unit->family = file->input->family;
	diags_init(&unit->diags, all->arena);
	diags_init(&unit->silenced, all->arena);
	diags_init(&unit->set_aside, all->arena);
	for (size_t i = 0; i < file->baseline.count; i++)
		if (is_stale(all, file, i))
			add_stale(unit, file->input->settings, &file->baseline.list[i]);
	diags_sort(&unit->diags);
	if (unit->diags.first)
		show(context, unit, file->input);
}

void baselines_stale(const struct baselines *all,
		     void (*show)(void *context, const struct unit *unit,
				  const struct input *input),
		     void *context)
{
	if (all->writes || all->prunes)
		return;
	for (const struct baseline_file *file = all->files; file; file = file->next)
		show_stale(all, file, show, context);
}

size_t baselines_n_written(const struct baselines *all)
{
	return all->n_written;
}
