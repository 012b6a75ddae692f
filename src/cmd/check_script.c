/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The two families of a script are looked at in two processes.  A comment that silences
 * something may be for one of them only, and what is found in a line is often found in
 * both.  So the second one is told what the first one found, through a pipe.
 */
#include "cmd/check_script.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "cmd/inventory.h"
#include "cmd/script.h"
#include "cmd/settings.h"
#include "convert/loads.h"

struct script_input {
	const struct script *script;
	enum family first, last; /* of its inputs */
	int ends[2];		 /* from the first to the last; -1: there is one input */
};

/* ---- which arguments ---- */

static const struct diag *find_finding(const struct script *script, const char *rule)
{
	for (const struct diag *diag = script->diags.first; diag; diag = diag->next)
		if (!strcmp(diag->rule, rule))
			return diag;
	return NULL;
}

static void assume_sets(struct arena *arena, struct options *options,
			const struct settings *settings)
{
	struct unit_options known = { .n_sets = 0 };

	inventory_read(arena, options, settings, &known);
	options->sets = arena_alloc(arena, known.n_sets * sizeof(*options->sets));
	for (size_t i = 0; i < known.n_sets; i++)
		options->sets[i] = known.sets[i].name;
	options->n_sets = known.n_sets;
}

/* What the command line says, and what its settings say of this input. */
static const struct options *options_for(struct arena *arena, const struct options *given,
					 const struct settings *settings)
{
	struct options *options = arena_memdup(arena, given, sizeof(*given));

	options->family = settings->family;
	options->backends = settings->backends;
	if (settings->root)
		options->root = settings->root;
	assume_sets(arena, options, settings);
	return options;
}

/* Whoever starts the firewall at boot says "start". */
static const struct script *load(struct arena *arena, const struct options *options,
				 const struct input *input)
{
	static const char *const arguments[] = { "start", "restart" };
	const struct diag *wants;
	struct script *script;

	settings_use(input->settings); /* the processes of its packet filters have them, too */
	script = script_load(arena, options, input->path, input->source,
			     input->settings->script_args, input->settings->n_script_args);
	if (input->settings->n_script_args)
		return script;
	wants = script ? find_finding(script, "script-needs-argument") : NULL;

	for (size_t i = 0; wants && i < sizeof(arguments) / sizeof(*arguments); i++) {
		struct script *other =
			script_load(arena, options, input->path, input->source, &arguments[i], 1);
		struct diag *diag;

		if (!other || !journal_changes(other->journal))
			continue;
		diag = diag_add(&other->diags, "script-needs-argument", wants->span,
				"no rules for no argument: looked at with '%s'", arguments[i]);
		diag->level = LEVEL_INFO;
		cmd_error("%s: no rules for no argument: looked at with '%s'", input->name,
			  arguments[i]);
		return other;
	}
	return script;
}

/* The ways out are options of convert. */
static void name_convert(struct arena *arena, const struct script *script)
{
	for (struct diag *diag = script->diags.first; diag; diag = diag->next)
		if (!strcmp(diag->rule, "unsupported-shell") && diag_extra(diag)->hint)
			diag->extra->hint =
				arena_printf(arena, "with iptlint convert: %s", diag->extra->hint);
}

/* ---- the inputs ---- */

static bool is_wanted(const struct script *script, const struct options *options,
		      enum family family)
{
	return journal_touches(script->journal, family) &&
	       (options->family == FAMILY_UNSPEC || options->family == family);
}

bool check_script_load(struct inputs *inputs, size_t i, struct arena *arena,
		       const struct options *given)
{
	const struct options *options = options_for(arena, given, inputs->list[i].settings);
	struct script_input *own = arena_new_object(arena, struct script_input);
	bool v4, v6;

	own->script = load(arena, options, &inputs->list[i]);
	own->ends[0] = own->ends[1] = -1;
	if (!own->script)
		return false;
	name_convert(arena, own->script);
	if (!own->script->complete && !own->script->refused_by)
		cmd_error("%s: a part of the script could not be followed, and nothing is said of "
			  "how its rules go together; --show info tells where",
			  inputs->list[i].name);
	v4 = is_wanted(own->script, options, FAMILY_IPV4);
	v6 = is_wanted(own->script, options, FAMILY_IPV6);
	if (!v4 && !v6) {
		v4 = options->family != FAMILY_IPV6;
		v6 = !v4;
	}
	own->first = v4 ? FAMILY_IPV4 : FAMILY_IPV6;
	own->last = v6 ? FAMILY_IPV6 : FAMILY_IPV4;
	inputs->list[i].script = own;
	inputs->list[i].family = own->first;
	if (own->first == own->last)
		return true;
	if (pipe(own->ends) < 0) {
		cmd_error("%s: %s", inputs->list[i].name, strerror(errno));
		return false;
	}
	inputs_double(inputs, i);
	inputs->list[i + 1].family = own->last;
	return true;
}

struct unit *check_script_unit(struct arena *arena, const struct input *input,
			       const struct options *options)
{
	struct unit *unit;

	settings_use(input->settings);
	unit = script_unit(input->script->script, arena, input->family,
			   input->family == input->script->first);
	inventory_read(arena, options, input->settings, &unit->options);
	loads_judge(unit, input->settings->backends);
	return unit;
}

/* ---- what the other family has said already ---- */

static uint64_t key_of(const struct unit *unit, const struct diag *diag)
{
	uint64_t rule = 0;

	while (strcmp(lint_rules[rule]->name, diag->rule))
		rule++;
	return (uint64_t)source_line(unit->source, diag->span.start) << 16 | rule;
}

static void remember(const struct unit *unit, struct script_told *told)
{
	for (const struct diag *diag = unit->diags.first; diag && told->n < SCRIPT_TOLD;
	     diag = diag->next)
		told->findings[told->n++] = key_of(unit, diag);
}

static bool is_told(const struct script_told *told, uint64_t key)
{
	for (size_t i = 0; i < told->n; i++)
		if (told->findings[i] == key)
			return true;
	return false;
}

static void drop_told(struct unit *unit, const struct script_told *told)
{
	struct diag *diag = unit->diags.first, *next;

	diags_init(&unit->diags, unit->diags.arena);
	for (; diag; diag = next) {
		next = diag->next;
		if (!is_told(told, key_of(unit, diag)))
			diags_append(&unit->diags, diag);
	}
}

/* ---- in the process of a family ---- */

/* What the process of the first family found. */
static void receive(const struct script_input *own, struct script_told *told)
{
	close(own->ends[1]); /* else nobody would be told that all others ended */
	if (read(own->ends[0], told, sizeof(*told)) != sizeof(*told))
		memset(told, 0, sizeof(*told));
}

void check_script_lint(const struct input *input, struct unit *unit,
		       const struct lint_selection *selection, struct script_told *told)
{
	const struct script_input *own = input->script;
	bool is_first = input->family == own->first, is_last = input->family == own->last;

	if (!is_first)
		receive(own, told);
	told->used.is_first = is_first;
	told->used.is_last = is_last;
	lint_run_part(unit, selection, &told->used);
	if (is_first)
		remember(unit, told);
	else
		drop_told(unit, told);
}

void check_script_done(const struct input *input, const struct script_told *told)
{
	const struct script_input *own = input->script;

	if (!own || own->ends[0] < 0 || input->family != own->first)
		return;
	if (write(own->ends[1], told, sizeof(*told)) != sizeof(*told))
		cmd_error("%s: %s", input->name, strerror(errno));
	close(own->ends[0]);
	close(own->ends[1]);
}
