/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sorts the programs of a script: the packet filter's are called, others noted, and what
 * could reach the packet filter behind the evaluator's back is an error.
 */
#include "convert/host.h"

#include <glob.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "convert/notes.h"

#define FILTER_FOLDER "/usr/sbin/"

/* What a state is, behind the number that save() gives. */
struct mark {
	unsigned filters;
	size_t n_calls;
	size_t n_notes;
};

struct convert_host {
	struct shell_host shell;
	struct arena *arena;
	const struct filters *filters;
	struct journal *journal;
	struct diags *diags;
	const struct convert_host_options *options;
	struct notes notes;
	struct mark *marks;
	unsigned n_marks, capacity;
};

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* ---- findings ---- */

static struct diag *complain(struct convert_host *host, struct span span,
			     const struct shell_origin *origin, const char *message)
{
	struct diag *diag = diag_say(host->diags, "unsupported-shell", span, message);

	diag->level = LEVEL_ERROR;
	if (origin) {
		diag_related(host->diags, diag, origin->span, "%s is not known", origin->what);
		if (origin->way_out)
			diag_hint(host->diags, diag, "%s, or --run", origin->way_out);
		else
			diag_hint(host->diags, diag, "-D NAME=VALUE gives a variable, or --run");
	} else {
		diag_hint(host->diags, diag, "--run runs the script in a sandbox");
	}
	return diag;
}

static void set_unknown(struct convert_host *host, struct arena *arena,
			const struct shell_call *call, struct shell_result *result,
			const char *program)
{
	struct shell_origin *status = arena_new_object(arena, struct shell_origin);
	struct shell_origin *output = arena_new_object(arena, struct shell_origin);

	(void)host;
	status->span = output->span = call->span;
	status->what = arena_printf(arena, "whether '%s' works", program);
	output->what = arena_printf(arena, "the output of '%s'", program);
	result->status = (struct shell_status){ 0, status };
	result->output = (struct shell_value){ "", 0, output };
	result->errors = (struct shell_value){ "", 0, output };
}

/* ---- programs of the packet filter ---- */

static struct shell_value known(struct arena *arena, const struct buf *text)
{
	return (struct shell_value){ arena_strndup(arena, buf_string(text), text->len), text->len,
				     NULL };
}

/* iptables-restore FILE: the word that is no option, nor the value of one. */
static size_t file_operand(const struct shell_call *call)
{
	for (size_t i = 1; i < call->n_words; i++) {
		const char *word = call->words[i].bytes;
		bool takes_value = !strcmp(word, "-T") || !strcmp(word, "--table") ||
				   !strcmp(word, "-M") || !strcmp(word, "--modprobe");

		if (takes_value)
			i++;
		else if (*word != '-' && !(i > 1 && !strcmp(call->words[i - 1].bytes, "-w")))
			return i;
	}
	return 0;
}

/* What a restore program reads; false after a complaint. */
static bool find_input(struct convert_host *host, struct arena *arena,
		       const struct shell_call *call, struct journal_call *to)
{
	size_t operand = file_operand(call);
	const char *bytes;

	if (operand) {
		const char *path = call->words[operand].bytes;

		switch (host->shell.read_file(host, arena, path, &bytes, &to->input_len)) {
		case SHELL_FILE_YES:
			to->input = bytes;
			return true;
		case SHELL_FILE_NO:
			return true;
		case SHELL_FILE_UNKNOWN:
			break;
		}
		complain(host, call->word_spans[operand], NULL,
			 arena_printf(host->diags->arena, "the file '%s' is not at hand", path));
		return false;
	}
	if (!call->input)
		return true;
	if (call->input->unknown) {
		complain(host, call->span, call->input->unknown,
			 "what is restored here is not known");
		return false;
	}
	to->input = call->input->bytes;
	to->input_len = call->input->len;
	return true;
}

/* Are all words known?  The first that is not is told of. */
static bool check_words(struct convert_host *host, const struct shell_call *call)
{
	for (size_t i = 0; i < call->n_words; i++) {
		if (!call->words[i].unknown)
			continue;
		complain(host, call->word_spans[i], call->words[i].unknown,
			 arena_printf(host->diags->arena, "a word of this %s command is not known",
				      base_name(call->words[0].bytes)));
		return false;
	}
	return true;
}

static const char *const *texts_of(struct arena *arena, const struct shell_call *call)
{
	const char **words = arena_alloc(arena, (call->n_words + 1) * sizeof(*words));

	for (size_t i = 0; i < call->n_words; i++)
		words[i] = call->words[i].bytes;
	return words;
}

static void run_filter(struct convert_host *host, struct arena *arena,
		       const struct shell_call *call, struct shell_result *result,
		       enum filter_program program, enum family family)
{
	struct buf out = BUF_INIT, errors = BUF_INIT;
	struct journal_call made = {
		.n_words = call->n_words,
		.spans = call->word_spans,
		.span = call->span,
		.other_file = call->other_file,
		.other_line = call->other_line,
		.round = call->round,
		.program = program,
		.family = family,
	};

	if (!check_words(host, call) ||
	    (program == FILTER_RESTORE && !find_input(host, arena, call, &made))) {
		set_unknown(host, arena, call, result, base_name(call->words[0].bytes));
		result->has_effect = true;
		return;
	}
	if (program == FILTER_IPSET && call->input && !call->input->unknown) {
		made.input = call->input->bytes;
		made.input_len = call->input->len;
	}
	made.words = texts_of(arena, call);
	made.status = host->filters->call(host->filters->context, &made, &out, &errors,
					  &result->has_effect);
	journal_add(host->journal, &made);
	if (program == FILTER_IPSET && made.status == 0)
		notes_add_call(&host->notes, made.words, made.n_words, made.span);
	result->status = (struct shell_status){ made.status, NULL };
	result->output = known(arena, &out);
	result->errors = known(arena, &errors);
	buf_free(&out);
	buf_free(&errors);
}

/* ---- other programs ---- */

/* Programs that run others, or scripts: what these do nobody follows. */
static bool runs_others(const char *name)
{
	static const char *const names[] = {
		"sh",	     "bash",
		"dash",	     "ash",
		"ksh",	     "zsh",
		"perl",	     "python",
		"python3",   "xargs",
		"find",	     "su",
		"at",	     "batch",
		"run-parts", "timeout",
		"parallel",  "chroot",
		"setsid",    "watch",
		"flock",     "start-stop-daemon",
		"script",    "expect",
		"busybox",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!strcmp(names[i], name))
			return true;
	return false;
}

static bool names_filter(const char *text)
{
	return strstr(text, "iptables") || strstr(text, "ip6tables") || strstr(text, "IPT");
}

/* May the call change the packet filter?  The words say so, or it is a script that lies at hand. */
static bool may_reach_filter(struct convert_host *host, const struct shell_call *call)
{
	const char *program = call->words[0].bytes;
	const char *name = base_name(program);
	struct arena *scratch;
	const char *bytes;
	size_t len;
	bool reaches = false;

	for (size_t i = 1; i < call->n_words; i++) {
		enum family family;

		if (call->words[i].unknown)
			reaches |= runs_others(name);
		else if (runs_others(name) ? names_filter(call->words[i].bytes)
					   : filter_program_of(call->words[i].bytes, &family) !=
							     FILTER_NONE &&
						     call->words[i].bytes[0] == '/')
			reaches = runs_others(name) || reaches;
	}
	if (reaches)
		return true;
	scratch = arena_new();
	for (size_t i = 0; i < call->n_words && !reaches; i++) {
		if (call->words[i].unknown || (i == 0 && !strchr(program, '/')) ||
		    (i > 0 && !runs_others(name)))
			continue;
		reaches = host->shell.read_file(host, scratch, call->words[i].bytes, &bytes,
						&len) == SHELL_FILE_YES &&
			  names_filter(bytes);
	}
	arena_free(scratch);
	/* a shell that reads its commands */
	return reaches || (runs_others(name) && call->input &&
			   (call->input->unknown || names_filter(call->input->bytes)));
}

/* Where the rules stay as they are for as long as a program, or somebody who types, takes. */
static void note_time(struct convert_host *host, const struct shell_call *call)
{
	const char *name = call->words[0].bytes;
	const struct journal_call other = {
		.words = &name,
		.spans = call->word_spans,
		.n_words = 1,
		.span = call->span,
		.other_file = call->other_file,
		.other_line = call->other_line,
		.round = call->round,
		.program = FILTER_OTHER,
		.family = FAMILY_UNSPEC,
	};

	journal_add(host->journal, &other);
}

static void wait_for_input(void *context, const struct shell_call *call)
{
	note_time(context, call);
}

static void run_other(struct convert_host *host, struct arena *arena, const struct shell_call *call,
		      struct shell_result *result)
{
	const char *name = base_name(call->words[0].bytes);
	const struct program_facts *facts = program_facts(name);
	bool all_known = true;

	note_time(host, call);
	for (size_t i = 0; i < call->n_words; i++)
		all_known &= !call->words[i].unknown;
	if (facts && all_known)
		notes_add_call(&host->notes, texts_of(arena, call), call->n_words, call->span);
	if (facts && !facts->prints) {
		*result = (struct shell_result){ .output = { "", 0, NULL },
						 .errors = { "", 0, NULL } };
		return;
	}
	set_unknown(host, arena, call, result, name);
	if (facts)
		result->status = (struct shell_status){ 0, NULL };
	if (facts || !may_reach_filter(host, call))
		return;
	complain(host, call->span, NULL,
		 arena_printf(host->diags->arena,
			      "'%s' may call iptables, and what it does is not followed", name));
	result->has_effect = true;
}

static void run(void *context, struct arena *arena, const struct shell_call *call,
		struct shell_result *result)
{
	struct convert_host *host = context;
	enum filter_program program;
	enum family family;

	memset(result, 0, sizeof(*result));
	if (call->words[0].unknown) {
		complain(host, call->word_spans[0], call->words[0].unknown,
			 "which program this is, is not known");
		set_unknown(host, arena, call, result, "a program that is not known");
		result->has_effect = true;
		return;
	}
	program = filter_program_of(call->words[0].bytes, &family);
	if (program == FILTER_NONE)
		run_other(host, arena, call, result);
	else
		run_filter(host, arena, call, result, program, family);
}

static const char *find_program(void *context, struct arena *arena, const char *name, bool *unknown)
{
	const struct program_facts *facts = program_facts(name);
	enum family family;

	(void)context;
	*unknown = false;
	if (filter_program_of(name, &family) != FILTER_NONE)
		return *name == '/' ? arena_strdup(arena, name)
				    : arena_printf(arena, FILTER_FOLDER "%s", name);
	if (facts)
		return *name == '/' ? arena_strdup(arena, name) : facts->path;
	*unknown = true;
	return NULL;
}

/* ---- files ---- */

/* Where the file lies that the script means, in ARENA; NULL: nobody may look. */
static const char *at_hand(const struct convert_host *host, struct arena *arena, const char *path)
{
	const char *folder = host->options->folder;
	size_t len = strlen(folder);
	char *full = *path == '/' ? arena_strdup(arena, path)
				  : arena_printf(arena, "%s/%s", folder, path);
	char *real, *parent;
	const char *name;
	bool inside;

	if (host->options->root && *path == '/')
		return arena_printf(arena, "%s%s", host->options->root, path);
	/* ".." and links must not lead out of the folder; the file itself need not be there */
	name = base_name(full);
	parent = arena_strndup(arena, full, (size_t)(name - full));
	real = realpath(parent, NULL);
	inside =
		real && !strncmp(real, folder, len) && (real[len] == '/' || !real[len] || len == 1);
	if (inside) {
		char *target = realpath(full, NULL);

		inside = !target || (!strncmp(target, folder, len) &&
				     (target[len] == '/' || !target[len] || len == 1));
		free(target);
	}
	free(real);
	return inside ? full : NULL;
}

static enum shell_file_answer yes_if(bool yes)
{
	return yes ? SHELL_FILE_YES : SHELL_FILE_NO;
}

/* Files that every host has. */
static enum shell_file_answer test_common(char operation, const char *path)
{
	static const char *const folders[] = { "/",    "/etc", "/tmp",	"/var",
					       "/usr", "/bin", "/sbin", "/proc",
					       "/sys", "/dev", "/root", "/proc/sys" };
	enum family family;

	if (*path == '/' &&
	    (filter_program_of(path, &family) != FILTER_NONE || program_facts(path)))
		return yes_if(strchr("efrxs", operation));
	if (!strcmp(path, "/dev/null"))
		return yes_if(strchr("ercw", operation));
	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++)
		if (!strcmp(path, folders[i]))
			return yes_if(strchr("edrxw", operation));
	return SHELL_FILE_UNKNOWN;
}

static enum shell_file_answer test_file(void *context, char operation, const char *path)
{
	struct convert_host *host = context;
	enum shell_file_answer answer = test_common(operation, path);
	struct arena *arena;
	const char *real;
	struct stat info;

	if (answer != SHELL_FILE_UNKNOWN)
		return answer;
	arena = arena_new();
	real = at_hand(host, arena, path);
	if (!real) {
		answer = SHELL_FILE_UNKNOWN;
	} else if ((operation == 'L' || operation == 'h' ? lstat : stat)(real, &info) != 0) {
		answer = SHELL_FILE_NO;
	} else {
		switch (operation) {
		case 'f':
			answer = yes_if(S_ISREG(info.st_mode));
			break;
		case 'd':
			answer = yes_if(S_ISDIR(info.st_mode));
			break;
		case 'L':
		case 'h':
			answer = yes_if(S_ISLNK(info.st_mode));
			break;
		case 's':
			answer = yes_if(info.st_size > 0);
			break;
		case 'p':
			answer = yes_if(S_ISFIFO(info.st_mode));
			break;
		case 'S':
			answer = yes_if(S_ISSOCK(info.st_mode));
			break;
		case 'b':
			answer = yes_if(S_ISBLK(info.st_mode));
			break;
		case 'c':
			answer = yes_if(S_ISCHR(info.st_mode));
			break;
		case 'x': /* as root */
			answer = yes_if(S_ISDIR(info.st_mode) || (info.st_mode & 0111));
			break;
		case 'e':
		case 'r':
		case 'w':
			answer = SHELL_FILE_YES;
			break;
		default:
			answer = SHELL_FILE_UNKNOWN;
		}
	}
	arena_free(arena);
	return answer;
}

static enum shell_file_answer read_file(void *context, struct arena *arena, const char *path,
					const char **bytes, size_t *len)
{
	struct convert_host *host = context;
	const char *real = at_hand(host, arena, path);
	const struct source *source;
	const char *why;
	struct stat info;

	*bytes = "";
	*len = 0;
	if (!strcmp(path, "/dev/null"))
		return SHELL_FILE_YES;
	if (!real)
		return SHELL_FILE_UNKNOWN;
	if (stat(real, &info) != 0)
		return SHELL_FILE_NO;
	/* no pipe or device, which may never end */
	if (!S_ISREG(info.st_mode))
		return SHELL_FILE_UNKNOWN;
	source = source_read(arena, real, &why);
	if (!source)
		return SHELL_FILE_UNKNOWN;
	*bytes = source->bytes;
	*len = source->len;
	return SHELL_FILE_YES;
}

/* PATTERN as glob(3) finds it, without PREFIX in front of the names that it gives. */
static enum shell_file_answer glob_names(struct arena *arena, const char *pattern, size_t prefix,
					 const char ***names, size_t *n_names)
{
	glob_t found;
	int answer = glob(pattern, 0, NULL, &found);

	*n_names = 0;
	if (answer == GLOB_NOMATCH)
		return SHELL_FILE_NO;
	if (answer != 0)
		return SHELL_FILE_UNKNOWN;
	*names = arena_alloc(arena, (found.gl_pathc + 1) * sizeof(**names));
	for (size_t i = 0; i < found.gl_pathc; i++)
		(*names)[(*n_names)++] = arena_strdup(arena, found.gl_pathv[i] + prefix);
	globfree(&found);
	return SHELL_FILE_YES;
}

/* The folder itself, where a pattern in its name means nothing else. */
static const char *escaped(struct arena *arena, const char *folder)
{
	struct buf text = BUF_INIT;
	const char *copy;

	for (; *folder; folder++) {
		if (strchr("*?[]\\", *folder))
			buf_add_char(&text, '\\');
		buf_add_char(&text, *folder);
	}
	copy = arena_strdup(arena, buf_string(&text));
	buf_free(&text);
	return copy;
}

static enum shell_file_answer find_names(void *context, struct arena *arena, const char *pattern,
					 const char ***names, size_t *n_names)
{
	struct convert_host *host = context;
	const char *folder = host->options->folder;
	size_t len = strlen(folder);

	if (*pattern == '/' && host->options->root)
		return glob_names(
			arena,
			arena_printf(arena, "%s%s", escaped(arena, host->options->root), pattern),
			strlen(host->options->root), names, n_names);
	if (strstr(pattern, ".."))
		return SHELL_FILE_UNKNOWN;
	if (*pattern != '/')
		return glob_names(arena,
				  arena_printf(arena, "%s/%s", escaped(arena, folder), pattern),
				  len + 1, names, n_names);
	if (len > 1 && !strncmp(pattern, folder, len) && pattern[len] == '/')
		return glob_names(arena, pattern, 0, names, n_names);
	return SHELL_FILE_UNKNOWN;
}

static void write_file(void *context, const struct shell_call *call, const char *path,
		       const struct shell_value *text, bool append)
{
	struct convert_host *host = context;

	(void)append;
	notes_add_file(&host->notes, path, text->unknown ? NULL : text->bytes, call->span);
}

/* ---- states ---- */

static unsigned save(void *context)
{
	struct convert_host *host = context;

	if (host->n_marks == host->capacity) {
		host->capacity = host->capacity ? 2 * host->capacity : 8;
		host->marks = alloc_resize(host->marks, host->capacity * sizeof(*host->marks));
	}
	host->marks[host->n_marks] = (struct mark){
		.filters = host->filters->save(host->filters->context),
		.n_calls = host->journal->n_calls,
		.n_notes = host->notes.n,
	};
	return host->n_marks++;
}

static void restore(void *context, unsigned state)
{
	struct convert_host *host = context;

	host->filters->restore(host->filters->context, host->marks[state].filters);
	journal_cut(host->journal, host->marks[state].n_calls);
	host->notes.n = host->marks[state].n_notes;
}

static bool equal(void *context, unsigned state)
{
	struct convert_host *host = context;

	return host->filters->equal(host->filters->context, host->marks[state].filters);
}

static void forget(void *context, unsigned state)
{
	struct convert_host *host = context;

	host->filters->forget(host->filters->context, host->marks[state].filters);
	host->n_marks = state;
}

struct convert_host *convert_host_new(struct arena *arena, const struct filters *filters,
				      struct journal *journal, struct diags *diags,
				      const struct convert_host_options *options)
{
	struct convert_host *host = arena_new_object(arena, struct convert_host);

	host->arena = arena;
	host->filters = filters;
	host->journal = journal;
	host->diags = diags;
	host->options = options;
	host->notes.arena = arena;
	host->shell = (struct shell_host){
		.context = host,
		.find_program = find_program,
		.run = run,
		.test_file = test_file,
		.read_file = read_file,
		.glob = find_names,
		.write_file = write_file,
		.save = save,
		.restore = restore,
		.equal = equal,
		.forget = forget,
		.wait = wait_for_input,
	};
	return host;
}

const struct shell_host *convert_host_shell(struct convert_host *host)
{
	return &host->shell;
}

const struct note *convert_host_notes(const struct convert_host *host, size_t *n)
{
	*n = host->notes.n;
	return host->notes.list;
}
