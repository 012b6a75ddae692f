/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs a script in the sandbox for the tests: prints a line of JSON for each call, and one for
 * the outcome.
 *
 *	sandbox_run [OPTION=VALUE]... SCRIPT [ARG]...
 *
 * The relatives of iptables and ipset are known.  They have status 0 and print nothing,
 * unless their words say otherwise: "exit=3", "out=TEXT", "err=TEXT", "slow=MS".
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sandbox/sandbox.h"

#define MAX_LIST 64

static json_t *text(const char *bytes, size_t len)
{
	/* Not all that scripts print is UTF-8: bytes become the characters of Latin-1. */
	char *wide = malloc(2 * len + 1);
	size_t n = 0;
	json_t *json;

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if (c < 0x80) {
			wide[n++] = (char)c;
		} else {
			wide[n++] = (char)(0xc0 | c >> 6);
			wide[n++] = (char)(0x80 | (c & 0x3f));
		}
	}
	json = json_stringn(wide, n);
	free(wide);
	return json;
}

static json_t *string(const char *bytes)
{
	return bytes ? text(bytes, strlen(bytes)) : json_null();
}

static void print(json_t *json)
{
	char *line = json_dumps(json, JSON_COMPACT);

	puts(line);
	fflush(stdout);
	free(line);
	json_decref(json);
}

static json_t *place_of(const struct sandbox_place *place)
{
	return json_pack("{si so si}", "line", (int)place->line, "other", string(place->other_file),
			 "other_line", (int)place->other_line);
}

static const char *after(const char *word, const char *start)
{
	return strncmp(word, start, strlen(start)) == 0 ? word + strlen(start) : NULL;
}

static void called(void *context, const struct sandbox_call *call, struct sandbox_answer *answer)
{
	json_t *words = json_array();

	(void)context;
	for (size_t i = 0; i < call->n_words; i++) {
		const char *word = call->words[i];
		const char *value;

		json_array_append_new(words, string(word));
		if ((value = after(word, "exit=")))
			answer->status = atoi(value);
		if ((value = after(word, "out=")))
			buf_printf(&answer->out, "%s\n", value);
		if ((value = after(word, "err=")))
			buf_printf(&answer->err, "%s\n", value);
		if ((value = after(word, "slow=")))
			usleep((useconds_t)atoi(value) * 1000);
	}
	answer->is_known = strstr(call->name, "tables") || strcmp(call->name, "ipset") == 0;
	print(json_pack("{so so so si si sb so}", "words", words, "cwd", string(call->cwd), "input",
			call->input ? text(call->input, call->input_len) : json_null(), "input_len",
			(int)call->input_len, "errno", call->input_errno, "read",
			call->output_is_read, "place", place_of(&call->place)));
}

static json_t *outcome_of(const struct sandbox_outcome *outcome)
{
	json_t *places = json_array();
	json_t *unanswered = json_array();
	json_t *settings = json_object();
	json_t *files = json_array();

	for (size_t i = 0; i < outcome->n_places; i++)
		json_array_append_new(places, place_of(&outcome->places[i]));
	for (size_t i = 0; i < outcome->n_unanswered; i++)
		json_array_append_new(unanswered,
				      json_pack("[ssi]", outcome->unanswered[i].what, "",
						(int)outcome->unanswered[i].place.line));
	for (size_t i = 0; i < outcome->n_settings; i++)
		json_object_set_new(settings, outcome->settings[i].path,
				    text(outcome->settings[i].value, outcome->settings[i].len));
	for (size_t i = 0; i < outcome->n_empty_files; i++)
		json_array_append_new(files, string(outcome->empty_files[i]));
	return json_pack("{so so si si ss so so so so so so sb}", "error", string(outcome->error),
			 "hint", string(outcome->hint), "status", outcome->status, "signal",
			 outcome->signal, "limit", sandbox_limit_name(outcome->limit), "out",
			 text(outcome->out, outcome->out_len), "err",
			 text(outcome->err, outcome->err_len), "places", places, "unanswered",
			 unanswered, "settings", settings, "files", files, "cut",
			 outcome->folder_is_cut);
}

static void take_option(struct sandbox_options *options, char *word)
{
	static const char *definitions[MAX_LIST];
	static struct sandbox_file_answer answers[MAX_LIST];
	struct sandbox_limits *limits = &options->limits;
	char *value = strchr(word, '=');

	*value++ = '\0';
	if (strcmp(word, "shell") == 0)
		options->shell = value;
	else if (strcmp(word, "flags") == 0)
		options->shell_flags = value;
	else if (strcmp(word, "program") == 0)
		options->program = value;
	else if (strcmp(word, "bwrap") == 0)
		options->bwrap = value;
	else if (strcmp(word, "wall") == 0)
		limits->wall_seconds = (unsigned)atoi(value);
	else if (strcmp(word, "cpu") == 0)
		limits->cpu_seconds = (unsigned)atoi(value);
	else if (strcmp(word, "memory") == 0)
		limits->memory = (size_t)atol(value);
	else if (strcmp(word, "files") == 0)
		limits->files = (size_t)atol(value);
	else if (strcmp(word, "output") == 0)
		limits->output = (size_t)atol(value);
	else if (strcmp(word, "processes") == 0)
		limits->processes = (unsigned)atoi(value);
	else if (strcmp(word, "define") == 0 && options->n_definitions < MAX_LIST)
		definitions[options->n_definitions++] = value;
	else if (strcmp(word, "answer") == 0 && options->n_answers < MAX_LIST)
		answers[options->n_answers++] =
			(struct sandbox_file_answer){ strtok(value, "="), strtok(NULL, "=") };
	options->definitions = definitions;
	options->answers = answers;
}

int main(int argc, char **argv)
{
	const struct sandbox_handler handler = { NULL, called };
	struct sandbox_options options = { .shell = "sh", .home = getenv("HOME") };
	struct sandbox_outcome outcome;
	struct arena *arena = arena_new();
	int i = 1;

	for (; i < argc && strchr(argv[i], '=') && !strchr(argv[i], '\n') && argv[i][0] != '/'; i++)
		take_option(&options, argv[i]);
	if (i == argc || !options.program)
		return 2;
	options.script = argv[i++];
	options.arguments = (const char *const *)(argv + i);
	options.n_arguments = (size_t)(argc - i);
	sandbox_run(arena, &options, &handler, &outcome);
	print(outcome_of(&outcome));
	arena_free(arena);
	return 0;
}
