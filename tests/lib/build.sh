#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# build.sh FOLDER TARGET NAME=VALUE...
#
# Builds TARGET in build/FOLDER with a configuration of its own (CC=..., CFLAGS=...).
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
folder=$root/build/$1
target=$2
shift 2
[ -x "$root/configure" ] || (cd "$root" && autoreconf -fi) >&2
mkdir -p "$folder"
cd "$folder"
# Made anew when it was made in another way.
printf '%s\n' "$@" > configured.new
if [ ! -f Makefile ] || ! cmp -s configured.new configured; then
	"$root/configure" --quiet "$@" > configure.out 2>&1 || { tail -20 configure.out >&2; exit 1; }
	mv configured.new configured
fi
# Only two at a time: other tests may be at work.
make -s -j2 "$target" > make.out 2>&1 || { tail -40 make.out >&2; exit 1; }
