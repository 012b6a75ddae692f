/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names and numbers of IP protocols.
 *
 * The fixed table wins over /etc/protocols in both directions (measured with a
 * file that gives "tcp" another number and 6 another name).  The file is read here
 * and not by getprotobyname(), which may ask nscd or LDAP.
 */
#include "ruleset/protocol.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"

#define PROTOCOLS_FILE "/etc/protocols"
#define BLANKS	       " \t\n"

struct named_protocol {
	const char *name;
	uint16_t number;
};

/* The first name of a number is the one that is printed. */
static const struct named_protocol fixed[] = {
	{ "tcp", 6 },	    { "sctp", 132 },
	{ "udp", 17 },	    { "udplite", 136 },
	{ "icmp", 1 },	    { "ipv6-icmp", 58 },
	{ "icmpv6", 58 },   { "esp", 50 },
	{ "ah", 51 },	    { "mobility-header", 135 },
	{ "ipv6-mh", 135 }, { "mh", 135 },
	{ "all", 0 },
};

#define N_FIXED (sizeof(fixed) / sizeof(fixed[0]))

/* One line of the file; the names are in one string, each ended by a NUL, the
 * official one first, and an empty one last. */
struct file_line {
	struct file_line *next;
	uint16_t number;
	char names[];
};

/* What the host calls the protocols; never changes after the first look. */
static struct {
	bool is_read;
	struct file_line *lines;
	const struct file_line *by_number[256];
} file;

static struct file_line *read_line(char *text)
{
	char *rest, *end;
	char *name, *number, *alias;
	struct file_line *line;
	unsigned long value;
	size_t len;

	text[strcspn(text, "#\n")] = '\0';
	len = strlen(text);
	name = strtok_r(text, BLANKS, &rest);
	number = name ? strtok_r(NULL, BLANKS, &rest) : NULL;
	if (!number || !isdigit((unsigned char)*number))
		return NULL;
	value = strtoul(number, &end, 10);
	if (*end || value > UINT16_MAX)
		return NULL;
	line = alloc_zeroed(sizeof(*line) + len + 2);
	line->number = (uint16_t)value;
	end = stpcpy(line->names, name) + 1;
	while ((alias = strtok_r(NULL, BLANKS, &rest)))
		end = stpcpy(end, alias) + 1;
	return line;
}

static void read_file(void)
{
	struct file_line **last = &file.lines;
	char *text = NULL;
	size_t size = 0;
	FILE *in;

	file.is_read = true;
	in = fopen(PROTOCOLS_FILE, "re");
	if (!in)
		return;
	while (getline(&text, &size, in) >= 0) {
		struct file_line *line = read_line(text);

		if (!line)
			continue;
		*last = line;
		last = &line->next;
		if (line->number < 256 && !file.by_number[line->number])
			file.by_number[line->number] = line;
	}
	free(text);
	fclose(in);
}

const char *protocol_name(uint16_t number, bool use_file)
{
	const struct file_line *line;

	for (size_t i = 0; i < N_FIXED; i++)
		if (fixed[i].number == number && number)
			return fixed[i].name;
	if (!use_file || !number)
		return NULL;
	if (!file.is_read)
		read_file();
	if (number < 256)
		return file.by_number[number] ? file.by_number[number]->names : NULL;
	for (line = file.lines; line; line = line->next)
		if (line->number == number)
			return line->names;
	return NULL;
}

static const struct named_protocol *find_fixed(const char *name)
{
	for (size_t i = 0; i < N_FIXED; i++)
		if (!strcasecmp(fixed[i].name, name))
			return &fixed[i];
	return NULL;
}

bool protocol_is_fixed(const char *name)
{
	return find_fixed(name) != NULL;
}

/* Is NAME, made lower case, the same as KNOWN? */
static bool is_called(const char *known, const char *name)
{
	while (*known && *known == tolower((unsigned char)*name)) {
		known++;
		name++;
	}
	return !*known && !*name;
}

int protocol_number(const char *name)
{
	const struct named_protocol *protocol = find_fixed(name);

	if (protocol)
		return protocol->number;
	if (!file.is_read)
		read_file();
	for (const struct file_line *line = file.lines; line; line = line->next)
		for (const char *known = line->names; *known; known += strlen(known) + 1)
			if (is_called(known, name))
				return line->number;
	return -1;
}
