# Shared by the tests of databases: servers in the temporary folder, on sockets, ended with the test.
. "$(dirname "$0")/lib.sh"

chmod 711 "$work" # a server runs as another user when the test runs as root
servers=
trap 'stop_servers; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# stop_servers: end what was started here, by its process id
stop_servers() {
    for pid in $servers; do kill -QUIT "$pid" 2>/dev/null; done # at once, there is nothing to keep
    for pid in $servers; do wait "$pid" 2>/dev/null; done
    servers=
}

# skip WHY: leave with a line that the front door repeats
skip() {
    echo "skipped: $(basename "$0"): $1"
    echo "1 passed, 0 failed"
    exit 0
}

# need_source NAME: skip where the databases were left out of the build
need_source() { "$kaohe" plugin show "$1" >/dev/null 2>&1 || skip "there is no source $1"; }

# as USER COMMAND...: servers refuse to run as root
as() {
    user=$1
    shift
    if [ "$(id -u)" = 0 ]; then exec setpriv --reuid "$user" --regid "$(id -g "$user")" --clear-groups "$@"; fi
    exec "$@"
}

# wait_for WHAT COMMAND...: up to 30 s
wait_for() {
    what=$1 tries=0
    shift
    until "$@" >/dev/null 2>&1; do
        tries=$((tries + 1))
        [ $tries -lt 300 ] || { echo "$what does not answer"; tail -5 "$work"/*.log; exit 2; }
        sleep 0.1
    done
}

# start_postgres: socket in $work/pg, database kaohe; user kaohe has a password, postgres has none
start_postgres() {
    pg_bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -1)
    [ -x "$pg_bin/postgres" ] || skip "there is no PostgreSQL server"
    if [ ! -d pg ]; then
        mkdir pg
        if [ "$(id -u)" = 0 ]; then chown postgres pg; fi
        (as postgres "$pg_bin/initdb" -D "$work/pg/data" -U postgres -A trust --no-sync \
            --locale=C.UTF-8 --encoding=UTF8) >initdb.log 2>&1 || { cat initdb.log; exit 2; }
        printf 'local all postgres trust\nlocal all all scram-sha-256\n' >pg/data/pg_hba.conf
    fi
    (as postgres "$pg_bin/postgres" -D "$work/pg/data" -k "$work/pg" -F -c listen_addresses= \
        -c logging_collector=off) >postgres.log 2>&1 &
    postgres_pid=$!
    servers="$servers $postgres_pid"
    wait_for postgres psql -X -h "$work/pg" -U postgres -c 'select 1' postgres
}

# pg SQL: run it as the owner of the database
pg() { psql -X -q -v ON_ERROR_STOP=1 -h "$work/pg" -U postgres -d "${db:-kaohe}" "$@" >/dev/null || exit 2; }

# start_mariadb: socket in $work/my/sock, user root without a password
start_mariadb() {
    [ -x /usr/sbin/mariadbd ] || skip "there is no MariaDB server"
    if [ ! -d my ]; then
        mkdir my
        if [ "$(id -u)" = 0 ]; then chown nobody:nogroup my; fi
        (as nobody mariadb-install-db --no-defaults --datadir="$work/my/data" --skip-test-db \
            --auth-root-authentication-method=normal --skip-name-resolve) >install.log 2>&1 ||
            { cat install.log; exit 2; }
    fi
    (as nobody /usr/sbin/mariadbd --no-defaults --datadir="$work/my/data" --socket="$work/my/sock" \
        --pid-file="$work/my/pid" --skip-networking --innodb-flush-log-at-trx-commit=0 \
        --innodb-buffer-pool-size=64M) >mariadb.log 2>&1 &
    mariadb_pid=$!
    servers="$servers $mariadb_pid"
    wait_for mariadb mariadb --no-defaults -S "$work/my/sock" -u root -e 'select 1'
}

# my SQL: run it as root
my() { mariadb --no-defaults -S "$work/my/sock" -u root --default-character-set=utf8mb4 "$@" >/dev/null || exit 2; }

# project SOURCE MEASURE...: staff from CSV, sales from the source
project() {
    rm -rf p out
    mkdir -p p/data
    printf 'manager_id,name,branch\nM1,张伟,B1\nM2,李静,B1\n' >p/data/staff.csv
    cat >p/kaohe.lua <<LUA
subject { from = "staff", key = "manager_id", name = "name", group = "branch" }
dataset "sales" { date = "date", subject = "manager_id", columns = { amount = "money" } }
measure "sold" { of = "sales", sum = "amount", unit = "元" }
score { contribution { lines = { "sold" } } }
return project {
    period = "2009Q1",
    sources = { staff = csv { path = "data/staff.csv" }, sales = $1 },
    outputs = { json { path = "results.json" } },
}
LUA
}

# sold WHY SUM_OF_M1
sold() {
    run_code 0 "$1" "$kaohe" run p --out out
    expect "$1: M1 has $2" grep -q "\"measures\":{\"sold\":\"$2\"}" out/results.json
}

how= # more options of the next runs
# refused CODE WORDS...: run fails with this code and says all words; nothing is written
refused() {
    wanted=$1
    shift
    rm -rf out
    # shellcheck disable=SC2086
    run_code "$wanted" "$1" "$kaohe" run p --out out $how
    for words in "$@"; do says "$words"; done
    expect "nothing was written: $1" [ ! -e out/results.json ]
}
