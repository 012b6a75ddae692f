/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads services(5), passwd(5) and group(5).  The services are read once per
 * process; users and groups are so rare in rules that each look-up reads the file.
 */
#include "bind/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

struct service {
	const char *name;
	const char *protocol;
	uint16_t port;
};

static struct {
	bool loaded;
	struct service *list; /* sorted by name, then protocol */
	size_t count;
	size_t capacity;
	char *text; /* what the names point into: in the order of the file */
} services;

static int compare_services(const void *left, const void *right)
{
	const struct service *a = left;
	const struct service *b = right;
	int order = strcmp(a->name, b->name);

	return order ? order : strcmp(a->protocol, b->protocol);
}

static void add_service(const char *name, const char *protocol, uint16_t port)
{
	if (services.count == services.capacity) {
		services.capacity = services.capacity ? 2 * services.capacity : 512;
		services.list =
			alloc_resize(services.list, services.capacity * sizeof(*services.list));
	}
	services.list[services.count++] = (struct service){ name, protocol, port };
}

/* "ssh 22/tcp alias alias # comment" */
static void read_service_line(char *line)
{
	char *rest = NULL;
	char *name, *port, *protocol, *alias, *end;
	unsigned long number;

	line[strcspn(line, "#")] = '\0';
	name = strtok_r(line, " \t\r", &rest);
	port = strtok_r(NULL, " \t\r", &rest);
	if (!name || !port)
		return;
	number = strtoul(port, &end, 10);
	if (end == port || *end != '/' || number > UINT16_MAX)
		return;
	protocol = end + 1;
	add_service(name, protocol, (uint16_t)number);
	while ((alias = strtok_r(NULL, " \t\r", &rest)))
		add_service(alias, protocol, (uint16_t)number);
}

static char *read_text(const char *path)
{
	FILE *file = fopen(path, "re");
	char *text = NULL;
	size_t capacity = 0;
	ssize_t len;

	if (!file)
		return NULL;
	len = getdelim(&text, &capacity, '\0', file);
	fclose(file);
	if (len < 0) {
		free(text);
		return NULL;
	}
	return text;
}

static void load_services(void)
{
	char *rest = NULL;
	char *line;

	services.loaded = true;
	services.text = read_text("/etc/services");
	if (!services.text)
		return;
	for (line = strtok_r(services.text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		read_service_line(line);
	qsort(services.list, services.count, sizeof(*services.list), compare_services);
}

static bool find_port(const char *service, const char *protocol, uint16_t *port)
{
	struct service key = { service, protocol, 0 };
	struct service *found = bsearch(&key, services.list, services.count, sizeof(*services.list),
					compare_services);

	if (found)
		*port = found->port;
	return found != NULL;
}

bool names_port(const char *service, const char *protocol, uint16_t *port)
{
	static const char *const any[] = { "tcp", "udp", "dccp", "udplite" };

	if (!services.loaded)
		load_services();
	if (services.count == 0)
		return false;
	if (protocol)
		return find_port(service, protocol, port);
	for (size_t i = 0; i < sizeof(any) / sizeof(*any); i++)
		if (find_port(service, any[i], port))
			return true;
	return false;
}

bool names_has_services(void)
{
	if (!services.loaded)
		load_services();
	return services.count > 0;
}

/* The names point into the text of the file, which is how the first one is known. */
const char *names_service(uint16_t port, const char *protocol)
{
	const char *first = NULL;

	if (!services.loaded)
		load_services();
	for (size_t i = 0; i < services.count; i++) {
		const struct service *each = &services.list[i];

		if (each->port == port && strcmp(each->protocol, protocol) == 0 &&
		    (!first || each->name < first))
			first = each->name;
	}
	return first;
}

/* ---- accounts ---- */

static const char *passwd_file; /* NULL: this host's */
static const char *group_file;

void names_use_files(const char *passwd, const char *group)
{
	passwd_file = passwd;
	group_file = group;
}

const char *names_file(bool group)
{
	return group ? group_file : passwd_file;
}

/* By name, or by ID where NAME is NULL. */
static struct passwd *find_user(const char *name, uid_t id)
{
	static struct passwd entry;
	static char text[4096];
	struct passwd *found = NULL;
	FILE *file = fopen(passwd_file ? passwd_file : "/etc/passwd", "re");

	if (!file)
		return NULL;
	while (fgetpwent_r(file, &entry, text, sizeof(text), &found) == 0)
		if (name ? strcmp(found->pw_name, name) == 0 : found->pw_uid == id)
			break;
	fclose(file);
	return found;
}

struct passwd *names_user(const char *name)
{
	return find_user(name, 0);
}

struct passwd *names_user_of(uid_t id)
{
	return find_user(NULL, id);
}

static struct group *find_group(const char *name, gid_t id)
{
	static struct group entry;
	static char text[65536];
	struct group *found = NULL;
	FILE *file = fopen(group_file ? group_file : "/etc/group", "re");

	if (!file)
		return NULL;
	while (fgetgrent_r(file, &entry, text, sizeof(text), &found) == 0)
		if (name ? strcmp(found->gr_name, name) == 0 : found->gr_gid == id)
			break;
	fclose(file);
	return found;
}

struct group *names_group(const char *name)
{
	return find_group(name, 0);
}

struct group *names_group_of(gid_t id)
{
	return find_group(NULL, id);
}
