/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Simple commands: words, redirections, assignments, and then the call.  And pipelines,
 * whose parts are subshells.  Knows nothing of what the commands do.
 */
#include "evaluate/simple.h"

#include <string.h>

#include "evaluate/calls.h"
#include "evaluate/expand.h"

/* ---- words ---- */

/* The text of a word that is nothing else; NULL: there is more to it. */
static const struct shell_part *plain_text(const struct shell_word *word)
{
	const struct shell_part *part = word ? word->first : NULL;

	return part && !part->next && part->kind == SHELL_TEXT ? part : NULL;
}

static bool is_declaring(const struct machine *sh, const struct shell_word *word)
{
	static const char *const names[] = { "export",	"readonly", "local",
					     "declare", "typeset",  NULL };
	const struct shell_part *part = plain_text(word);
	size_t i;

	for (i = 0; part && names[i] && (sh->bash || i < 3); i++) {
		if (strlen(names[i]) == part->of.text.len &&
		    !memcmp(names[i], part->of.text.bytes, part->of.text.len))
			return true;
	}
	return false;
}

/* The length of "NAME=" or "NAME+=" at the start; 0: none. */
static size_t assigned_name(const struct shell_word *word)
{
	const struct shell_part *part = word->first;
	const char *equal;
	size_t len;

	if (!part || part->kind != SHELL_TEXT || part->quoted)
		return 0;
	equal = memchr(part->of.text.bytes, '=', part->of.text.len);
	if (!equal)
		return 0;
	len = (size_t)(equal - part->of.text.bytes);
	if (len && equal[-1] == '+')
		len--;
	return is_name(part->of.text.bytes, len) ? (size_t)(equal - part->of.text.bytes) + 1 : 0;
}

/* declare a=( ... ): the array waits in the call until the builtin comes to it. */
static struct shell_assignment *array_of(struct machine *sh, const struct shell_word *word,
					 size_t name_len)
{
	const struct shell_part *part = word->first;
	struct shell_assignment *assignment;
	struct shell_word *value;

	if (part->of.text.len != name_len || !part->next || part->next->kind != SHELL_ARRAY)
		return NULL;
	assignment = scratch_alloc(sh->scratch, sizeof(*assignment));
	memset(assignment, 0, sizeof(*assignment));
	value = scratch_alloc(sh->scratch, sizeof(*value));
	memset(value, 0, sizeof(*value));
	value->first = part->next;
	value->span = word->span;
	assignment->append = part->of.text.bytes[name_len - 2] == '+';
	assignment->name = scratch_copy(sh, part->of.text.bytes, name_len - 1 - assignment->append);
	assignment->value = value;
	assignment->span = word->span;
	return assignment;
}

struct words {
	struct fields fields;
	const struct shell_assignment **arrays; /* of a declaration, by field; or NULL */
};

/* An array among the words, until it is known how many fields there are. */
struct waiting {
	const struct shell_assignment *array;
	size_t field;
	struct waiting *next;
};

static void place_arrays(struct machine *sh, const struct waiting *list, struct words *result)
{
	size_t size = (result->fields.n + 1) * sizeof(*result->arrays);

	result->arrays = scratch_alloc(sh->scratch, size);
	memset(result->arrays, 0, size);
	for (; list; list = list->next)
		result->arrays[list->field] = list->array;
}

static bool expand_declaration(struct machine *sh, const struct shell_word *words,
			       struct words *result)
{
	struct shell_word word;
	struct waiting *list = NULL, *waiting;
	size_t len;

	for (; words; words = words->next) {
		struct field field = { { "", 0, NULL }, "", words->span, false };
		struct shell_assignment *array;

		len = assigned_name(words);
		if (!len) {
			word = *words;
			word.next = NULL;
			if (!expand_words(sh, &word, &result->fields))
				return false;
			continue;
		}
		array = array_of(sh, words, len);
		if (array) {
			waiting = scratch_alloc(sh->scratch, sizeof(*waiting));
			*waiting = (struct waiting){ array, result->fields.n, list };
			list = waiting;
			field.value = value_of(array->name);
		} else if (!expand_assigned(sh, words, &field.value)) {
			return false;
		}
		fields_add(sh, &result->fields, field);
	}
	place_arrays(sh, list, result);
	return true;
}

/* ---- aliases ---- */

/* The words of an alias, and then those of FIELDS but its first. */
static struct fields with_alias(struct machine *sh, const struct fields *fields, const char *text)
{
	struct fields all = { NULL, 0, 0, fields->many };
	const char *p, *end;
	size_t i;

	for (p = text + strspn(text, " \t\n"); *p; p = end + strspn(end, " \t\n")) {
		struct field field = { { "", 0, NULL }, "", fields->items[0].span, false };

		end = p + strcspn(p, " \t\n");
		field.value = (struct shell_value){ scratch_copy(sh, p, (size_t)(end - p)),
						    (size_t)(end - p), NULL };
		fields_add(sh, &all, field);
	}
	for (i = 1; i < fields->n; i++)
		fields_add(sh, &all, fields->items[i]);
	return all;
}

/* dash has them in scripts, bash only if it is told to.  An alias may begin with another. */
static void expand_alias(struct machine *sh, const struct shell_word *word, struct fields *fields)
{
	const struct shell_part *part = plain_text(word);
	const struct variable *alias, *before = NULL;
	struct shell_value text;
	unsigned hops;

	if (!part || part->quoted || (sh->bash && !(sh->set.options & OPTION_ALIASES)))
		return;
	for (hops = 0; hops < 16 && fields->n; hops++) {
		alias = variables_find(&sh->vars, NAME_ALIAS, fields->items[0].value.bytes,
				       fields->items[0].value.len);
		if (!alias || !alias->now.value || alias == before)
			return;
		text = text_value(alias->now.value);
		if (text.unknown || strpbrk(text.bytes, "$`\"'\\|&;<>(){}*?[~=")) {
			report_unsupported(sh, word->span, text.unknown,
					   "the alias '%s' is more than words", alias->name);
			return;
		}
		*fields = with_alias(sh, fields, text.bytes);
		before = alias;
	}
}

/* ---- assignments ---- */

/* x=1 y=2 before a command: what the variables were. */
struct temporary {
	struct variable *variable;
	struct content before;
	struct temporary *next;
};

static bool assign_all(struct machine *sh, const struct shell_assignment *assignment)
{
	for (; assignment; assignment = assignment->next) {
		if (!machine_step(sh) || !assign(sh, assignment))
			return false;
	}
	return machine_runs(sh);
}

static bool assign_for_call(struct machine *sh, const struct shell_assignment *assignment,
			    struct temporary **list)
{
	for (; assignment; assignment = assignment->next) {
		struct temporary *temporary = scratch_alloc(sh->scratch, sizeof(*temporary));
		struct variable *variable = variable_look_up_new(sh, assignment->name);

		/* bash says so and goes on */
		if (sh->bash && variable->now.flags & VARIABLE_READONLY)
			continue;
		temporary->variable = variable;
		temporary->before = content_keep(variable->now);
		temporary->next = *list;
		*list = temporary;
		if (!assign(sh, assignment))
			return false;
	}
	return true;
}

static void assign_back(struct machine *sh, struct temporary *list)
{
	for (; list; list = list->next)
		variables_replace(&sh->vars, list->variable, list->before);
}

/* ---- the command ---- */

static void run_nothing(struct machine *sh, const struct shell_command *command)
{
	struct redirected old;

	if (!assign_all(sh, command->of.simple.assignments))
		return;
	if (command->redirections) {
		if (!redirect(sh, command->redirections, &old, false))
			return;
		redirect_end(sh, &old);
	}
	if (sh->has_substituted)
		sh->set.status = sh->substituted;
	else
		set_status(sh, 0);
}

static void call_of(struct machine *sh, const struct shell_command *command,
		    const struct words *words, struct call *call)
{
	size_t n = words->fields.n, i;

	memset(call, 0, sizeof(*call));
	call->words = scratch_alloc(sh->scratch, (n + 1) * sizeof(*call->words));
	call->spans = scratch_alloc(sh->scratch, (n + 1) * sizeof(*call->spans));
	call->n = n;
	call->many = words->fields.many;
	call->span = command->span;
	call->command = command;
	call->arrays = words->arrays;
	for (i = 0; i < n; i++) {
		call->words[i] = words->fields.items[i].value;
		call->spans[i] = words->fields.items[i].span;
	}
}

static bool reads_itself(const struct shell_command *command)
{
	const struct shell_redirection *r;

	for (r = command->redirections; r; r = r->next) {
		if (!r->fd && !r->variable)
			return true;
	}
	return false;
}

static void run_call(struct machine *sh, const struct shell_command *command, struct call *call)
{
	const struct builtin *builtin =
		call->words[0].unknown ? NULL : builtin_find(sh, call->words[0].bytes);
	bool function =
		!call->words[0].unknown &&
		variables_find(&sh->vars, NAME_FUNCTION, call->words[0].bytes, call->words[0].len);
	bool special = builtin && builtin->special && !function;
	struct temporary *list = NULL;
	struct redirected old;
	bool good;

	if (!redirect(sh, command->redirections, &old, special))
		return;
	call->own_input = reads_itself(command);
	if (special && !sh->bash)
		good = assign_all(sh, command->of.simple.assignments);
	else
		good = assign_for_call(sh, command->of.simple.assignments, &list);
	if (good)
		call_words(sh, call, true);
	assign_back(sh, list);
	if (call->keeps)
		redirect_stay(sh, &old);
	else
		redirect_end(sh, &old);
}

static bool passes_arguments(struct machine *sh, const struct shell_word *words)
{
	if (sh->options->n_arguments || !sh->set.parameters->missing)
		return false;
	for (words = words ? words->next : NULL; words; words = words->next) {
		if (word_wants_argument(sh, words))
			return true;
	}
	return false;
}

void run_simple(struct machine *sh, const struct shell_command *command)
{
	struct words words;
	struct call call;
	bool good;

	memset(&words, 0, sizeof(words));
	sh->has_substituted = false;
	if (is_declaring(sh, command->of.simple.words))
		good = expand_declaration(sh, command->of.simple.words, &words);
	else
		good = expand_words(sh, command->of.simple.words, &words.fields);
	if (!good)
		return;
	if (!words.fields.n) {
		run_nothing(sh, command);
		return;
	}
	if (!words.arrays)
		expand_alias(sh, command->of.simple.words, &words.fields);
	if (!words.fields.n)
		return;
	sh->passes_arguments = passes_arguments(sh, command->of.simple.words);
	call_of(sh, command, &words, &call);
	run_call(sh, command, &call);
}

/* ---- pipelines ---- */

/* The status of a pipeline with -o pipefail: the last one that is not 0. */
static void add_failure(struct shell_status *failure, const struct shell_status *status)
{
	if (status->unknown || status->code)
		*failure = *status;
}

void run_pipeline(struct machine *sh, const struct shell_command *command)
{
	const struct shell_command *part;
	struct stream *input = NULL, *output, *before_in = stream_keep(sh->fds[0]);
	struct stream *before_out = stream_keep(sh->fds[1]);
	struct shell_status failure = { 0, NULL };
	unsigned tested = sh->tested;

	for (part = command->of.list; part && machine_runs(sh); part = part->next) {
		output = part->next ? stream_open(&sh->streams, STREAM_SINK) : NULL;
		descriptor_set(sh, 0, input ? input : before_in);
		descriptor_set(sh, 1, output ? output : before_out);
		if (!part->next && sh->set.options & OPTION_LASTPIPE)
			run_command(sh, part);
		else
			run_subshell(sh, part);
		add_failure(&failure, &sh->set.status);
		stream_release(sh, input);
		input = NULL;
		descriptor_set(sh, 0, before_in);
		descriptor_set(sh, 1, before_out);
		if (output) {
			input = stream_text(&sh->streams, stream_rest(output));
			stream_release(sh, output);
		}
	}
	stream_release(sh, input);
	stream_release(sh, before_in);
	stream_release(sh, before_out);
	sh->tested = tested;
	if (machine_runs(sh) && sh->set.options & OPTION_PIPEFAIL)
		sh->set.status = failure;
}
