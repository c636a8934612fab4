#!/bin/sh
# Bring PostgreSQL for the tests of a server on it, where that is possible without asking; never fail.
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 && exit 0
command -v initdb >/dev/null 2>&1 && exit 0
command -v apt-get >/dev/null 2>&1 || exit 0
as_root=""
[ "$(id -u)" = 0 ] || as_root="sudo -n"
conf=/etc/postgresql-common/createcluster.conf
install() {
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
        -o Dpkg::Options::=--force-confold postgresql
}
{
    # no cluster of the system's own: the tests make theirs
    [ -e $conf ] || { $as_root mkdir -p "${conf%/*}" && echo "create_main_cluster = false" | $as_root tee $conf; }
    install || { $as_root apt-get update -qq && install; }
} >/dev/null 2>&1 </dev/null
exit 0
