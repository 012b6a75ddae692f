/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * run [-s sh|bash] [-D NAME=VALUE]... [-q] [-m] [-u] [-n STEPS] SCRIPT [ARG]...
 *
 * Evaluates a script with a host that knows a few stubs, for tests/shell/agree.py:
 *
 *	probe ARG...	  prints "probe [ARG]..."
 *	probe_in ARG...	  the same, and what stands on its standard input
 *	fail N		  has the status N
 *	out ARG...	  writes its words, a line each
 *	effect ARG...	  as probe, and changes the state of the host
 *	unknown		  output and status are not known
 *
 *	iptables ...	  and its relatives, under any path: as effect; -L, -S and -C change nothing
 *	modprobe, sysctl  and the like have the status 0
 *
 * Of others, with -u the output and status are not known; without, they are not found.  Relative
 *files are those of the folder it stands in; nothing is known of absolute ones.  At the end come
 *the status, and with -m the branches missed.
 */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "evaluate/eval.h"
#include "shell/parse.h"
#include "source/source.h"

struct host {
	bool quiet, unknown;
	struct diags *diags;
	unsigned effects; /* the state: a hash of the calls that made it */
	unsigned saved[1000];
	unsigned n_saved;
};

static const struct shell_origin unknown_output = { .what = "the output of 'unknown'" };

static const char *const stubs[] = { "probe", "probe_in", "fail", "out", "effect", NULL };

static bool is_one_of(const char *name, const char *const *names)
{
	for (; *names; names++) {
		if (!strcmp(name, *names))
			return true;
	}
	return false;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static void print_words(const struct shell_call *call)
{
	size_t i;

	printf("%s", base_name(call->words[0].bytes));
	for (i = 1; i < call->n_words; i++) {
		if (call->words[i].unknown)
			printf(" [?]");
		else
			printf(" [%s]", call->words[i].bytes);
	}
	printf("\n");
}

static void write_words(struct arena *arena, const struct shell_call *call,
			struct shell_result *result)
{
	struct buf buf = BUF_INIT;
	size_t i;

	for (i = 1; i < call->n_words; i++) {
		buf_add(&buf, call->words[i].bytes, call->words[i].len);
		buf_add_char(&buf, '\n');
		if (call->words[i].unknown)
			result->output.unknown = call->words[i].unknown;
	}
	result->output.bytes = arena_strndup(arena, buf_string(&buf), buf.len);
	result->output.len = buf.len;
	buf_free(&buf);
}

static bool is_filter(const char *name)
{
	static const char *const names[] = {
		"iptables",	     "ip6tables",	"iptables-restore",
		"ip6tables-restore", "iptables-legacy", "ip6tables-legacy",
		"iptables-nft",	     "ip6tables-nft",	"iptables-save",
		"ip6tables-save",    "ipset",		NULL
	};

	return is_one_of(base_name(name), names);
}

static bool is_harmless(const char *name)
{
	static const char *const names[] = { "modprobe", "sysctl", "logger", "service", "systemctl",
					     "rmmod",	 "insmod", "depmod", "sleep",	"touch",
					     "mkdir",	 "chmod",  "rm",     NULL };

	return is_one_of(base_name(name), names);
}

static void run_filter(struct host *host, const struct shell_call *call,
		       struct shell_result *result)
{
	static const char *const asking[] = { "-L", "-S", "-C", "-nL", "-vnL", "--list", NULL };
	size_t i, j;

	if (!host->quiet)
		print_words(call);
	result->has_effect = true;
	for (i = 1; i < call->n_words; i++)
		result->has_effect &= !is_one_of(call->words[i].bytes, asking);
	if (strstr(call->words[0].bytes, "-save"))
		result->has_effect = false;
	for (i = 0; i < call->n_words && result->has_effect; i++) {
		if (call->words[i].unknown)
			diag_add(host->diags, "unsupported-shell", call->span,
				 "a word of '%s' depends on %s", call->words[0].bytes,
				 call->words[i].unknown->what);
		for (j = 0; j <= call->words[i].len; j++)
			host->effects = host->effects * 31 + (unsigned char)call->words[i].bytes[j];
	}
	if (call->input && call->input->unknown)
		diag_add(host->diags, "unsupported-shell", call->span, "what is read depends on %s",
			 call->input->unknown->what);
}

static void run(void *context, struct arena *arena, const struct shell_call *call,
		struct shell_result *result)
{
	struct host *host = context;
	const char *name = base_name(call->words[0].bytes);

	if (!strcmp(name, "probe") || !strcmp(name, "probe_in") || !strcmp(name, "effect")) {
		if (!host->quiet)
			print_words(call);
		if (!strcmp(name, "probe_in") && call->input && !host->quiet)
			printf("input %s%s", call->input->unknown ? "?\n" : call->input->bytes,
			       "--\n");
		result->has_effect = !strcmp(name, "effect");
		host->effects += result->has_effect;
	} else if (!strcmp(name, "fail")) {
		result->status.code = call->n_words > 1 ? atoi(call->words[1].bytes) : 1;
	} else if (!strcmp(name, "out")) {
		write_words(arena, call, result);
	} else if (!strcmp(name, "unknown")) {
		result->status.unknown = result->output.unknown = &unknown_output;
	} else if (call->words[0].unknown) {
		result->status.unknown = call->words[0].unknown;
	} else if (is_filter(name)) {
		run_filter(host, call, result);
	} else if (is_harmless(name)) {
		result->status.code = 0;
	} else if (host->unknown) {
		struct shell_origin *origin = arena_new_object(arena, struct shell_origin);

		origin->span = call->span;
		origin->what = arena_printf(arena, "the output of '%s'", name);
		result->status.unknown = result->output.unknown = origin;
	} else {
		result->status.code = 127;
	}
}

static const char *find_program(void *context, struct arena *arena, const char *name, bool *unknown)
{
	struct host *host = context;

	*unknown = false;
	if (is_one_of(name, stubs))
		return arena_printf(arena, "/bin/%s", name);
	if (is_filter(name) || is_harmless(name))
		return arena_printf(arena, "/sbin/%s", base_name(name));
	*unknown = host->unknown;
	return NULL;
}

static enum shell_file_answer read_file(void *context, struct arena *arena, const char *path,
					const char **bytes, size_t *len)
{
	const char *why;
	struct source *source;

	(void)context;
	if (*path == '/')
		return strncmp(path, "/nonexist", 9) ? SHELL_FILE_UNKNOWN : SHELL_FILE_NO;
	source = source_read(arena, path, &why);
	if (!source)
		return SHELL_FILE_NO;
	*bytes = source->bytes;
	*len = source->len;
	return SHELL_FILE_YES;
}

static enum shell_file_answer test_file(void *context, char operation, const char *path)
{
	(void)context;
	if ((is_filter(path) || is_one_of(base_name(path), stubs)) && strchr("efrx", operation))
		return SHELL_FILE_YES;
	if (*path == '/')
		return strncmp(path, "/nonexist", 9) ? SHELL_FILE_UNKNOWN : SHELL_FILE_NO;
	return access(path, F_OK) ? SHELL_FILE_NO : SHELL_FILE_YES;
}

static enum shell_file_answer find_names(void *context, struct arena *arena, const char *pattern,
					 const char ***names, size_t *n)
{
	glob_t found;
	size_t i;

	(void)context;
	if (*pattern == '/')
		return SHELL_FILE_UNKNOWN;
	if (glob(pattern, 0, NULL, &found))
		return SHELL_FILE_NO;
	*n = found.gl_pathc;
	*names = arena_alloc(arena, *n * sizeof(**names) + 1);
	for (i = 0; i < *n; i++)
		(*names)[i] = arena_strdup(arena, found.gl_pathv[i]);
	globfree(&found);
	return SHELL_FILE_YES;
}

static void write_file(void *context, const char *path, const struct shell_value *text, bool append)
{
	(void)context;
	(void)path;
	(void)text;
	(void)append;
}

static unsigned save(void *context)
{
	struct host *host = context;

	if (host->n_saved == 1000)
		abort();
	host->saved[host->n_saved] = host->effects;
	return host->n_saved++;
}

static void restore(void *context, unsigned state)
{
	struct host *host = context;

	host->effects = host->saved[state];
}

static bool is_equal(void *context, unsigned state)
{
	struct host *host = context;

	return host->effects == host->saved[state];
}

static void forget(void *context, unsigned state)
{
	struct host *host = context;

	/* the last one first */
	if (state + 1 != host->n_saved)
		abort();
	host->n_saved--;
}

static void print_diags(const struct source *source, const struct diags *diags)
{
	const struct diag *diag;
	const struct related *related;

	for (diag = diags->first; diag; diag = diag->next) {
		struct position at = source_position(source, diag->span.start);

		fprintf(stderr, "%u:%u: %s: %s", at.line, at.column, diag->rule, diag->message);
		if (diag_extra(diag)->hint)
			fprintf(stderr, " (%s)", diag_extra(diag)->hint);
		fprintf(stderr, "\n");
		for (related = diag->related; related; related = related->next) {
			at = source_position(source, related->span.start);
			fprintf(stderr, "\t%u:%u: %s\n", at.line, at.column, related->message);
		}
	}
}

static int evaluate(const char *path, enum shell_dialect dialect, struct shell_options *options,
		    struct host *host, bool missed)
{
	struct arena *arena = arena_new();
	const char *why;
	char *folder;
	struct source *source = source_read(arena, path, &why);
	struct shell_script *script;
	struct shell_outcome outcome;
	struct diags diags;
	struct shell_host functions = { .context = host,
					.find_program = find_program,
					.run = run,
					.test_file = test_file,
					.read_file = read_file,
					.glob = find_names,
					.write_file = write_file,
					.save = save,
					.restore = restore,
					.equal = is_equal,
					.forget = forget };
	size_t i;

	if (!source) {
		fprintf(stderr, "run: %s: %s\n", path, why);
		return 2;
	}
	diags_init(&diags, arena);
	host->diags = &diags;
	script = shell_parse(arena, source, dialect, &diags);
	options->path = path;
	folder = realpath(".", NULL);
	options->folder = folder;
	shell_eval(arena, script, options, &functions, &diags, &outcome);
	if (outcome.status.unknown)
		printf("status unknown\n");
	else
		printf("status %d\n", outcome.status.code);
	for (i = 0; missed && i < outcome.n_missed; i++)
		printf("missed %s\n",
		       outcome.missed[i].argument ? outcome.missed[i].argument : "any");
	print_diags(source, &diags);
	free(folder);
	arena_free(arena);
	return !outcome.complete;
}

int main(int argc, char **argv)
{
	enum shell_dialect dialect = SHELL_BASH;
	struct shell_definition definitions[10];
	struct shell_options options;
	static struct host host;
	bool missed = false;
	char *equal;
	int option;

	memset(&options, 0, sizeof(options));
	options.definitions = definitions;
	while ((option = getopt(argc, argv, "+s:D:n:qmu")) != -1) {
		if (option == 's') {
			dialect = strcmp(optarg, "sh") == 0 ? SHELL_SH : SHELL_BASH;
		} else if (option == 'D' && (equal = strchr(optarg, '=')) &&
			   options.n_definitions < 10) {
			*equal = '\0';
			definitions[options.n_definitions].name = optarg;
			definitions[options.n_definitions++].value = equal + 1;
		} else if (option == 'n') {
			options.max_steps = strtoul(optarg, NULL, 10);
		} else if (option == 'q') {
			host.quiet = true;
		} else if (option == 'u') {
			host.unknown = true;
		} else if (option == 'm') {
			missed = true;
		} else {
			return 2;
		}
	}
	if (optind == argc)
		return 2;
	options.arguments = (const char *const *)argv + optind + 1;
	options.n_arguments = (size_t)(argc - optind - 1);
	return evaluate(argv[optind], dialect, &options, &host, missed);
}
