/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The list of the programs that the recorder stands for.  Beside these it has the name of
 * everything in the host's own sbin folders.
 */
#include "sandbox/names.h"

#include <stddef.h>
#include <string.h>

const char *const sandbox_names[] = {
	/* The packet filter. */
	"iptables", "iptables-save", "iptables-restore", "iptables-legacy", "iptables-legacy-save",
	"iptables-legacy-restore", "iptables-nft", "iptables-nft-save", "iptables-nft-restore",
	"ip6tables", "ip6tables-save", "ip6tables-restore", "ip6tables-legacy",
	"ip6tables-legacy-save", "ip6tables-legacy-restore", "ip6tables-nft", "ip6tables-nft-save",
	"ip6tables-nft-restore", "iptables-apply", "ip6tables-apply", "iptables-xml",
	"iptables-translate", "ip6tables-translate", "iptables-restore-translate",
	"ip6tables-restore-translate", "xtables-multi", "xtables-legacy-multi", "xtables-nft-multi",
	"xtables-monitor", "ipset", "ebtables", "ebtables-save", "ebtables-restore",
	"ebtables-legacy", "ebtables-nft", "arptables", "arptables-save", "arptables-restore",
	"arptables-legacy", "arptables-nft", "conntrack", "conntrackd", "nfct", "ipchains",
	"ipfwadm", "fail2ban-client", "fail2ban-server",
	/* The kernel. */
	"modprobe", "insmod", "rmmod", "lsmod", "modinfo", "depmod", "kmod", "sysctl", "dmesg",
	"mount", "umount", "swapon", "swapoff", "losetup", "hwclock", "lspci", "lsusb", "lsblk",
	"blkid", "dmidecode",
	/* Interfaces, addresses, routes. */
	"ip", "ifconfig", "ifup", "ifdown", "ifquery", "route", "arp", "tc", "bridge", "brctl",
	"ethtool", "iw", "iwconfig", "iwgetid", "nmcli", "networkctl", "resolvectl", "rdma",
	"vconfig", "tunctl", "ipmaddr", "iptunnel", "nameif", "mii-tool", "ss", "netstat",
	"dhclient", "dhcpcd", "wg", "wg-quick", "openvpn", "ipsec", "swanctl", "pppd", "pon",
	"poff", "plog", "hostapd_cli", "wpa_cli", /* Names and the network. */
	"hostname", "dnsdomainname", "domainname", "nisdomainname", "ypdomainname", "hostnamectl",
	"dig", "host", "nslookup", "drill", "getent", "curl", "wget", "fetch", "lynx", "w3m", "ftp",
	"sftp", "tftp", "ssh", "scp", "rsync", "telnet", "nc", "ncat", "netcat", "socat", "ping",
	"ping6", "fping", "arping", "traceroute", "tracepath", "mtr", "whois", "tcpdump", "nmap",
	"ntpdate", "upsc", "geoiplookup",
	/* Services, logs, users and processes. */
	"service", "systemctl", "invoke-rc.d", "update-rc.d", "rc-service", "chkconfig",
	"start-stop-daemon", "init", "telinit", "shutdown", "reboot", "halt", "poweroff",
	"runlevel", "logger", "journalctl", "loginctl", "timedatectl", "systemd-run",
	"systemd-resolve", "docker", "podman", "nerdctl", "lxc", "lxc-ls", "lxc-info", "virsh",
	"vzlist", "kubectl", "crontab", "mail", "mailx", "sendmail", "wall", "who", "users",
	"uptime", "ps", "pgrep", "pkill", "pidof", "killall", "killall5", "lsof",
	"fuser", /* These run their words; see sandbox_name_runs_words(). */
	"sudo", "doas", NULL
};

/*
 * Scripts look whether these are there, and then do another thing than they do with
 * iptables; or their names are too common.
 */
const char *const sandbox_optional_names[] = { "nft",
					       "ufw",
					       "firewall-cmd",
					       "shorewall",
					       "ferm",
					       "netfilter-persistent",
					       "iptables-persistent",
					       "initctl",
					       "start",
					       "stop",
					       "rc-update",
					       "uci",
					       "ubus",
					       "nvram",
					       "dpkg",
					       "dpkg-query",
					       "apt",
					       "apt-get",
					       "apt-cache",
					       "rpm",
					       "yum",
					       "dnf",
					       "zypper",
					       "apk",
					       "opkg",
					       "snap",
					       "links",
					       "write",
					       "at",
					       "w",
					       "batch",
					       "last",
					       NULL };

bool sandbox_name_runs_words(const char *name)
{
	return strcmp(name, "sudo") == 0 || strcmp(name, "doas") == 0;
}

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text);
	size_t end_len = strlen(end);

	return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

enum sandbox_input sandbox_input_of(const char *name)
{
	if (ends_with(name, "tables-restore") || ends_with(name, "tables-legacy-restore") ||
	    ends_with(name, "tables-nft-restore"))
		return SANDBOX_INPUT_RESTORE;
	if (strcmp(name, "ipset") == 0)
		return SANDBOX_INPUT_IPSET;
	if (strcmp(name, "nft") == 0)
		return SANDBOX_INPUT_NFT;
	if (strcmp(name, "logger") == 0)
		return SANDBOX_INPUT_LOGGER;
	return SANDBOX_INPUT_NONE;
}

/* ---- calls that are quiet ---- */

struct quiet {
	const char *name;
	const char *sets; /* one of these words has to be there; NULL: needs none */
	const char *asks; /* none of these may be; NULL: no word matters */
};

#define IP_SETS                                                                                       \
	" add append change del delete replace set flush a d up down addbr delbr addif delif master " \
	"netns exec restore "

static const struct quiet quiet[] = {
	{ "arp", " -s -d ", NULL },
	{ "bridge", IP_SETS, NULL },
	{ "brctl", IP_SETS " setfd stp hairpin ", NULL },
	{ "chkconfig", " on off --add --del --level ", " --list " },
	{ "conntrack", " -F -D -I -U --flush --delete ", NULL },
	{ "depmod", NULL, " -n " },
	{ "dhclient", NULL, NULL },
	{ "ethtool", " -K -G -A -C -s --offload ", NULL },
	{ "fail2ban-client", " start stop reload restart ", " status " },
	{ "halt", NULL, NULL },
	{ "ifconfig", " up down add del netmask mtu broadcast promisc ", NULL },
	{ "ifdown", NULL, NULL },
	{ "ifup", NULL, NULL },
	{ "insmod", NULL, NULL },
	{ "invoke-rc.d", NULL, " status " },
	{ "ip", IP_SETS, " show list get " },
	{ "killall", NULL, NULL },
	{ "logger", NULL, NULL },
	{ "modprobe", NULL, " -l -n -D -c --list --dry-run --show-depends --showconfig " },
	{ "mount", " -t -o --bind -a ", NULL },
	{ "pkill", NULL, NULL },
	{ "rc-service", " start stop restart reload ", " status " },
	{ "rc-update", " add del ", NULL },
	{ "reboot", NULL, NULL },
	{ "rmmod", NULL, NULL },
	{ "route", " add del ", NULL },
	{ "service", " start stop restart reload force-reload condrestart save ", " status " },
	{ "shutdown", NULL, NULL },
	{ "start-stop-daemon", NULL, " --status " },
	{ "sysctl", " -w -p --write --load --system -q ", " -n -a --all --values " },
	{ "systemctl",
	  " start stop restart reload try-restart reload-or-restart enable disable mask unmask "
	  "daemon-reload isolate ",
	  " status show list-units is-active is-enabled " },
	{ "tc", " add del delete replace change flush ", " show list ls " },
	{ "umount", NULL, NULL },
	{ "update-rc.d", NULL, NULL },
	{ "wall", NULL, NULL },
};

/* Is one of the words in a list with a space around each? */
static bool has_one(const char *list, const char *const *words, size_t n_words)
{
	for (size_t i = 1; list && i < n_words; i++) {
		size_t len = strlen(words[i]);

		for (const char *at = list; len && (at = strstr(at, words[i])); at++)
			if (at > list && at[-1] == ' ' && at[len] == ' ')
				return true;
	}
	return false;
}

bool sandbox_call_is_quiet(const char *name, const char *const *words, size_t n_words)
{
	for (size_t i = 0; i < sizeof(quiet) / sizeof(quiet[0]); i++)
		if (strcmp(quiet[i].name, name) == 0)
			return (!quiet[i].sets || has_one(quiet[i].sets, words, n_words)) &&
			       !has_one(quiet[i].asks, words, n_words);
	return false;
}
