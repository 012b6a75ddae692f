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
