/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files of names: hosts(5), and what IANA has assigned.
 */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bind/hosts.h"
#include "bind/iana.h"

static const char text[] = "# a comment\n"
			   "192.0.2.80\twww.example.com www # 192.0.2.81 commented\n"
			   "192.0.2.9 www.example.com\r\n"
			   "192.0.2.80 WWW.example.com\n"
			   "2001:db8::80 www.example.com\n"
			   "not-an-address other.example.com\n"
			   "192.0.2.1\n"
			   "127.0.0.1 last.example.com";

static struct hosts *read_text(struct arena *arena)
{
	char path[] = "/tmp/hosts_test.XXXXXX";
	int file = mkstemp(path);
	struct hosts *hosts;

	cr_assert(write(file, text, sizeof(text) - 1) == (ssize_t)sizeof(text) - 1);
	close(file);
	hosts = hosts_read(arena, path);
	unlink(path);
	cr_assert(hosts);
	return hosts;
}

/* The addresses as one string, "192.0.2.9 192.0.2.80". */
static const char *found(const struct hosts *hosts, struct arena *arena, const char *name,
			 enum family family)
{
	static char out[256];
	union address *addresses;
	size_t n = hosts_find(hosts, name, family, arena, &addresses);

	*out = '\0';
	for (size_t i = 0; i < n; i++) {
		char one[INET6_ADDRSTRLEN];

		inet_ntop(family == FAMILY_IPV6 ? AF_INET6 : AF_INET, &addresses[i], one,
			  sizeof(one));
		snprintf(out + strlen(out), sizeof(out) - strlen(out), "%s%s", i ? " " : "", one);
	}
	return out;
}

Test(hosts, addresses_of_a_name)
{
	struct arena *arena = arena_new();
	const struct hosts *hosts = read_text(arena);

	cr_expect_str_eq(found(hosts, arena, "www.example.com", FAMILY_IPV4),
			 "192.0.2.9 192.0.2.80");
	cr_expect_str_eq(found(hosts, arena, "Www.Example.Com", FAMILY_IPV6), "2001:db8::80");
	cr_expect_str_eq(found(hosts, arena, "www", FAMILY_IPV4), "192.0.2.80");
	cr_expect_str_eq(found(hosts, arena, "www", FAMILY_IPV6), "");
	cr_expect_str_eq(found(hosts, arena, "last.example.com", FAMILY_IPV4), "127.0.0.1");
	cr_expect_str_eq(found(hosts, arena, "other.example.com", FAMILY_IPV4), "");
	cr_expect_str_eq(found(hosts, arena, "commented", FAMILY_IPV4), "");
	cr_expect_null(hosts_read(arena, "/nonexistent/hosts"));
	arena_free(arena);
}

Test(hosts, local)
{
	cr_expect(hosts_is_local("localhost"));
	cr_expect(hosts_is_local("LocalHost"));
	cr_expect_not(hosts_is_local("nosuch.example.com"));
}

static void check_assigned(void *last, const char *name)
{
	const char **before = last;
	uint16_t port = 0;

	cr_expect(iana_port(name, NULL, &port), "%s is found", name);
	cr_expect(iana_port(name, "tcp", &port) || iana_port(name, "udp", &port));
	cr_expect(!*before || strcmp(*before, name) < 0, "'%s' stands behind '%s'", name, *before);
	*before = name;
}

Test(iana, services)
{
	const char *last = NULL;
	uint16_t port = 0;

	iana_each_service(check_assigned, &last);
	cr_expect(iana_port("ssh", "tcp", &port) && port == 22);
	cr_expect(iana_port("shell", "tcp", &port) && port == 514);
	cr_expect(iana_port("syslog", "udp", &port) && port == 514);
	cr_expect_not(iana_port("syslog", "tcp", &port));
	cr_expect_not(iana_port("squid", NULL, &port));
}

Test(iana, protocols)
{
	cr_expect(iana_has_protocol("gre"));
	cr_expect(iana_has_protocol("wesp"));
	cr_expect(iana_has_protocol("ddp"));
	cr_expect_not(iana_has_protocol("ipencap"));
}
