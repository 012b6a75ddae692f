# SPDX-License-Identifier: GPL-2.0-or-later
#
# docker build -t iptlint .
# docker run --rm -v "$PWD:/src" iptlint check
#
# The Debian package is built in one stage and installed in the other, with the extensions of
# iptables, which the program reads when it runs.  What a build needs stands in debian/control.

FROM debian:12-slim AS build
WORKDIR /build/iptlint
COPY debian debian
RUN apt-get update \
	&& apt-get build-dep -y --no-install-recommends -P nocheck . \
	&& rm -rf /var/lib/apt/lists/*
COPY . .
RUN DEB_BUILD_OPTIONS=nocheck dpkg-buildpackage -b -us -uc -Pnocheck

FROM debian:12-slim
COPY --from=build /build/iptlint_*.deb /tmp/
RUN apt-get update \
	&& apt-get install -y --no-install-recommends /tmp/iptlint_*.deb \
	&& rm -rf /var/lib/apt/lists/* /tmp/iptlint_*.deb
USER nobody
WORKDIR /src
ENTRYPOINT ["iptlint"]
