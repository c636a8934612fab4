#!/bin/sh
# Bring PostgreSQL for the tests of a server on it, where that is possible without asking; never fail.
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 && exit 0
command -v initdb >/dev/null 2>&1 && exit 0
command -v apt-get >/dev/null 2>&1 || exit 0
as_root=""
[ "$(id -u)" = 0 ] || as_root="sudo -n"
{
    $as_root mkdir -p /etc/postgresql-common
    # no cluster of its own: the tests make theirs
    echo "create_main_cluster = false" | $as_root tee /etc/postgresql-common/createcluster.conf
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends postgresql ||
        { $as_root apt-get update -qq && $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends postgresql; }
} >/dev/null 2>&1
exit 0
