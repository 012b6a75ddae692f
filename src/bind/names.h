/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names of services, users and groups, read straight from the files in /etc.
 *
 * The C library would ask nscd over a socket, or LDAP, or whatever the host is
 * configured for; what a rules file means here must not depend on that.
 */
#ifndef BIND_NAMES_H
#define BIND_NAMES_H

#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdint.h>

/* The port of a service in /etc/services (names and aliases, case counts); a
 * PROTOCOL of NULL takes the first of tcp, udp, dccp, udplite, as getaddrinfo() does. */
bool names_port(const char *service, const char *protocol, uint16_t *port);

/* Has this host an /etc/services with anything in it? */
bool names_has_services(void);

/* The first name of a port in /etc/services, or NULL. */
const char *names_service(uint16_t port, const char *protocol);

/* The files of the host that will load the rules, in the place of /etc/passwd and /etc/group
 * here; NULL: they are not known.  The names have to stay. */
void names_use_files(const char *passwd, const char *group);
const char *names_file(bool group);

/* An entry of /etc/passwd or /etc/group, or NULL; valid until the next call. */
struct passwd *names_user(const char *name);
struct group *names_group(const char *name);
struct passwd *names_user_of(uid_t id);
struct group *names_group_of(gid_t id);

#endif
