#!/bin/sh
# The one thing a newcomer types. Plain POSIX sh: a bare Debian 12 with python3 is enough.
set -eu

usage() {
    cat <<'END'
Usage: ./run.sh VERB …

  demo             set up, invent a county, serve it and print the address and the log-ins
  serve …          serve a real county
  test [--full|--long] …  rules of the code, then the tests; further words go to pytest
                   --full: full counts, and again on PostgreSQL with and without PostGIS
                   --long: as --full, with 200 lost answers of each kind instead of 4; hours
  check            the rules of the code alone: ruff, types, imports, pinned lists
  docs             write the generated pages under docs/

A real county (each says more with --help behind it, after the set-up):
  init             make the data folder ready: key, tables, seeds
  admin            create LOGIN: the first administrator; code LOGIN: a log-in code for one who lost his password
  auditor          create LOGIN, end LOGIN: who reads the log; nobody does that on a page
  second-factor    reset LOGIN: for one who lost the phone with his authenticator app
  person           export LOGIN FILE: what is kept about somebody; forget LOGIN: who left, for good
  redact NO WORDS  take words, such as a stranger's name, out of a report and its history, for good
  redact-file NO ADDRESS  take a photo or document out of a report, for good
  grids            import FILE: borders
  objects          import FILE, export FILE: the lists of what there is to look at
  backup FILE      all records and their files, while work goes on; encrypted once there is a key for it
  restore FILE     into an empty place; all log-ins end by it
  key backup       a key for the backups; key rotate, key retire: change the key that signs
  migrate, seed    after an update
  sweep            delete what is past its time; serve does so itself
  verify-store, verify-reports, verify-audit, seeds   look whether all is in order
  audit-head       the newest head of the chain, for a witness
  prove TABLE KEY FILE, check-proof FILE: that one record is in the chain, for who has no database
  sbom FILE        what third parties' software is installed here, as CycloneDX

Environment: PYTHON chooses the interpreter of the set-up (3.11 or newer); DATA_DIR is where the
records are (default: instance/ beside this file). For test --full and --long:
WANGGE_TEST_PG is the SQLAlchemy URL of a server to use instead of a private one;
WANGGE_AFTER_SHORT=1 leaves out of test --full what a short run does just the same;
REQUIRE_POSTGRES=1 and REQUIRE_BROWSER=1 make a missing server or browser an error, not a skip.
END
}

root=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
venv=$root/.venv

say() { printf '%s\n' "run.sh: $*" >&2; }

fail() {
    say "$*"
    exit 1
}

# --- set-up -------------------------------------------------------------------------------------

# lists KIND: the requirement files of a kind of set-up, "app" or "test".
lists() {
    case $1 in
    app) echo requirements.txt ;;
    test) echo requirements.txt requirements-test.txt ;;
    esac
}

# wanted KIND: all that the set-up depends on. Its text is the stamp, so nothing needs a hash.
# shellcheck disable=SC2046  # lists gives words to split
wanted() {
    (cd "$root" && pwd && "$venv/bin/python" -V && cat setup.cfg pyproject.toml $(lists "$1")) 2>&1
}

is_ready() { [ "$(cat "$venv/.ready-$1" 2>/dev/null)" = "$(wanted "$1")" ]; }

find_python() {
    for python in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && return
    done
    fail "Python 3.11 or newer is needed, ${PYTHON:-python3} is: $("${PYTHON:-python3}" -V 2>&1 || :)." \
        "On Debian 12: apt-get install python3"
}

# Debian keeps the part of Python that makes virtual environments in a package of its own.
need_venv_module() {
    "$python" -c 'import ensurepip, venv' 2>/dev/null && return
    package=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        say "installing $package"
        apt-get update -qq >&2
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >&2 </dev/null
    else
        fail "Python lacks its venv module. Please run: sudo apt-get install $package, then this again."
    fi
}

make_venv() {
    find_python
    need_venv_module
    say "making .venv with $("$python" -V)"
    rm -rf "$venv"
    mkdir "$venv"
    : >"$venv/.unfinished"
    "$python" -m venv "$venv"
}

# An interrupted set-up leaves .unfinished behind and no stamp: the next one starts from nothing.
install() {
    if [ -e "$venv/.unfinished" ] || ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
        make_venv
    fi
    : >"$venv/.unfinished"
    rm -f "$venv"/.ready-*
    say "installing the packages of: $(lists "$1"); about a minute, pip's own words are in .venv/install.log"
    kind=$1
    set --
    for list in $(lists "$kind"); do set -- "$@" -r "$root/$list"; done
    : >"$venv/install.log"
    # A file whose hash is not in the lists is not installed. The tree itself has none: it comes second, built with the
    # setuptools of the lists, and needs no network.
    pip_install --require-hashes "$@"
    pip_install --no-index --no-build-isolation -e "$root"
    say "compiling them, so that the first start is quick"
    # On all cores, where pip would take one. A package may carry a file that is no Python: no failure of ours.
    "$venv/bin/python" -m compileall -q -j 0 "$venv/lib" >/dev/null || :
    rm "$venv/.unfinished"
    [ "$kind" = app ] || stamp app # the lists of test hold those of app
    stamp "$kind"
}

pip_install() {
    log=$venv/install.log
    "$venv/bin/python" -m pip install --disable-pip-version-check --no-input --no-compile --no-deps "$@" >>"$log" 2>&1 || {
        cat "$log" >&2
        fail "pip failed, the reason stands above. When it is mended, run this again."
    }
}

stamp() {
    wanted "$1" >"$venv/.new"
    mv "$venv/.new" "$venv/.ready-$1"
}

# Two terminals may start at once: the second waits for the first (where flock exists; the lock
# is this file itself, and the kernel drops it when its holder dies).
setup() {
    is_ready "$1" || {
        exec 9<"$root/run.sh"
        ! command -v flock >/dev/null || flock 9
        is_ready "$1" || install "$1"
        exec 9<&-
    }
    compile_translations
}

# Written beside and renamed, so that an interrupted run leaves no half catalogue.
compile_translations() {
    for po in "$root"/webapp/translations/*/LC_MESSAGES/*.po; do
        mo=${po%.po}.mo
        if [ -e "$po" ] && { [ ! -e "$mo" ] || [ "$po" -nt "$mo" ]; }; then
            "$venv/bin/python" -m babel.messages.frontend -q compile -i "$po" -o "$mo.new" >&2
            mv "$mo.new" "$mo"
        fi
    done
}

# --- a private PostgreSQL for the tests -----------------------------------------------------------

# find_postgres: the last server of Debian's packages, one that has PostGIS before one without.
find_postgres() {
    pg_bin=
    pg_has_postgis=
    for bin in /usr/lib/postgresql/*/bin; do
        [ -x "$bin/initdb" ] || continue
        version=$(basename "$(dirname "$bin")")
        has_postgis=
        [ ! -e "/usr/share/postgresql/$version/extension/postgis.control" ] || has_postgis=yes
        if [ -n "$has_postgis" ] || [ -z "$pg_has_postgis" ]; then
            pg_bin=$bin
            pg_has_postgis=$has_postgis
        fi
    done
    [ -n "$pg_bin" ]
}

# PostgreSQL refuses to run as root.
as_postgres() {
    if [ "$(id -u)" = 0 ]; then set -- runuser -u postgres -- "$@"; fi
    (cd / && "$@")
}

start_postgres() {
    trap stop_postgres EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
    # In /tmp whatever TMPDIR says: the server's own user must reach it, and a socket's path is short.
    pg_dir=$(mktemp -d /tmp/wangge-pg.XXXXXX)
    [ "$(id -u)" != 0 ] || chown postgres "$pg_dir"
    say "starting a private PostgreSQL of $pg_bin"
    as_postgres "$pg_bin/initdb" -D "$pg_dir/data" -U wangge --auth=trust -E UTF8 --locale=C.UTF-8 --no-sync >/dev/null
    # A thrown-away cluster need not survive a power cut; the socket is its only door.
    as_postgres "$pg_bin/pg_ctl" -w -D "$pg_dir/data" -l "$pg_dir/log" \
        -o "-c listen_addresses='' -k $pg_dir -p 5432 -c fsync=off -c full_page_writes=off" start >/dev/null ||
        { cat "$pg_dir/log" >&2; fail "PostgreSQL did not start."; }
    export WANGGE_TEST_PG="postgresql+psycopg://wangge@/postgres?host=$pg_dir&port=5432"
}

stop_postgres() {
    [ -n "${pg_dir:-}" ] || return 0
    as_postgres "$pg_bin/pg_ctl" -w -D "$pg_dir/data" -m immediate stop >/dev/null 2>&1 || :
    rm -rf "$pg_dir"
}

lacking() {
    [ "${REQUIRE_POSTGRES:-}" != 1 ] || fail "REQUIRE_POSTGRES=1, but no $*. Try: apt-get install postgresql postgresql-15-postgis-3"
    say "skipping $*"
}

need_postgres() {
    [ -z "${WANGGE_TEST_PG:-}" ] || return 0
    if find_postgres; then
        [ -n "$pg_has_postgis" ] || lacking "PostGIS: it is not installed for $pg_bin"
        start_postgres
    else
        lacking "PostgreSQL: no server in /usr/lib/postgresql"
    fi
}

# --- verbs ----------------------------------------------------------------------------------------

check() {
    cd "$root"
    say "ruff, types, import rules, pinned lists"
    "$venv/bin/ruff" check .
    "$venv/bin/ruff" format --check --quiet . || fail "Some files are not formatted. Run: .venv/bin/ruff format ."
    "$venv/bin/mypy"
    "$venv/bin/lint-imports"
    "$venv/bin/python" -m pip --disable-pip-version-check check
}

# shellcheck disable=SC2086  # spread gives words to split
run_tests() {
    # A file's tests share what is costly to make; the slow folders come first, see tests/conftest.py.
    spread="-n auto --dist loadfile --no-loadscope-reorder"
    setup test
    check
    if [ "${1:-}" = --full ] || [ "${1:-}" = --long ]; then
        [ "$1" = --full ] || export WANGGE_LONG=1
        shift
        need_postgres
        WANGGE_FULL=1 "$venv/bin/python" -m pytest $spread --durations=20 "$@"
    else
        "$venv/bin/python" -m pytest $spread -m "not full" "$@"
    fi
}

case ${1:-help} in
help | -h | --help)
    usage
    ;;
test)
    shift
    run_tests "$@"
    ;;
check)
    setup test
    check
    ;;
*)
    setup app
    # Files named on the command line are the caller's; the records stay here wherever he stands.
    export DATA_DIR="${DATA_DIR:-$root/instance}"
    # What a message tells to type is what was typed here.
    export WANGGE_COMMAND="$0"
    exec "$venv/bin/wangge" "$@"
    ;;
esac
