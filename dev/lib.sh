# shellcheck shell=bash disable=SC2034
# What the scripts of dev/ share: where things live, and each step of the set-up as a function that does nothing when already done.
# Sourced, never run. Everything brought here lives in $CACHE, outside the tree.

set -euo pipefail

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)"
ADDON=stock_count

default_cache() {
    # PostgreSQL refuses to run as root and its own user cannot enter root's home.
    if [ "$(id -u)" = 0 ]; then echo "/var/cache/$ADDON"; else echo "${XDG_CACHE_HOME:-$HOME/.cache}/$ADDON"; fi
}

CACHE="${STOCK_COUNT_CACHE:-$(default_cache)}"
VENV="$CACHE/venv"
DIST="$CACHE/odoo"
DATA_DIR="$CACHE/data"
LOGS="$CACHE/log"
CHECKOUT="$(printf %s "$ROOT" | cksum | cut -d' ' -f1)"
LINKS="$CACHE/addons/$CHECKOUT"
# Modules of the worlds that the addon has to live in.
BARE_MODULES=stock
FULL_MODULES=stock,stock_account,product_expiry,purchase_stock,sale_stock,barcodes_gs1_nomenclature
# All of Community that touches stock and can be installed together.
EVERYTHING_MODULES="$FULL_MODULES,mrp,mrp_account,mrp_landed_costs,mrp_product_expiry,mrp_repair,mrp_subcontracting"
EVERYTHING_MODULES+=",mrp_subcontracting_account,mrp_subcontracting_dropshipping,mrp_subcontracting_purchase,repair,purchase_mrp"
EVERYTHING_MODULES+=",sale_mrp,point_of_sale,pos_mrp,stock_landed_costs,stock_picking_batch,stock_fleet,stock_dropshipping"
EVERYTHING_MODULES+=",stock_delivery,sale_purchase_stock,stock_maintenance,project_stock,project_mrp,website_sale_stock"
export PYTHONDONTWRITEBYTECODE="${PYTHONDONTWRITEBYTECODE:-}"

say() { printf '\033[1m%s\033[0m\n' "$*" >&2; }
die() {
    printf '\033[31m%s\033[0m\n' "$*" >&2
    exit 1
}

# Runs step NAME once: `once NAME KEY COMMAND…` skips when the stamp of NAME already says KEY.
once() {
    local name="$1" key="$2" stamp="$CACHE/stamps/$1"
    shift 2
    if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$key" ]; then return 0; fi
    say "setup: $name"
    "$@"
    mkdir -p "$CACHE/stamps"
    printf '%s' "$key" >"$stamp"
}

# Runs a command while no other script of any checkout sets up: they share the cache.
locked() {
    (
        flock 9
        "$@"
    ) 9>"$CACHE/lock"
}

# Runs a command with its output in a file of $LOGS, whose end is shown when it fails: quietly FILE COMMAND…
quietly() {
    local log="$LOGS/$1"
    shift
    mkdir -p "$LOGS"
    "$@" >"$log" 2>&1 || {
        tail -n 40 "$log" >&2
        die "Failed: $* (all of its output: $log)"
    }
}

# The files of the tree as git sees them, new ones included: tree_files [GIT PATHSPEC…]. In an unpacked archive, which has no git,
# all files there are.
tree_files() (
    cd "$ROOT"
    if git rev-parse --git-dir >/dev/null 2>&1; then
        # git still lists a file that has just been deleted.
        git ls-files --cached --others --exclude-standard -- "$@" | sort -u |
            while IFS= read -r file; do if [ -f "$file" ]; then echo "$file"; fi; done
    else
        find . -type f -not -path '*/__pycache__/*' -not -path './node_modules/*' | sed 's|^./||' | sort
    fi
)

# --- System packages -------------------------------------------------------------------------------------------------

SYSTEM_PACKAGES=(postgresql-15 postgresql-client-15 chromium wkhtmltopdf python3-venv fonts-dejavu-core fonts-noto-core poppler-utils)

missing_packages() {
    local name
    for name in "${SYSTEM_PACKAGES[@]}"; do
        dpkg-query -W -f '${Status}\n' "$name" 2>/dev/null | grep -q '^install ok installed' || echo "$name"
    done
}

need_system_packages() {
    local missing
    missing="$(missing_packages | tr '\n' ' ')"
    [ -n "${missing// /}" ] || return 0
    if [ "$(id -u)" != 0 ]; then
        die "Missing system packages: $missing
Install them with:  sudo apt-get install --no-install-recommends $missing"
    fi
    say "setup: system packages $missing"
    apt-get update -qq >&2
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >&2
}

# --- Odoo ------------------------------------------------------------------------------------------------------------

# The mirror that this machine is configured with; no mirror is named here.
debian_mirror() {
    apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' |
        awk '$2 !~ /security|updates|backports/ && $1 ~ /debian/ { print $1; exit }'
}

# apt with a private state that knows the suite sid only.
sid_apt() {
    local state="$CACHE/apt"
    apt-get -o Dir::Etc::SourceList="$state/sid.list" -o Dir::Etc::SourceParts=/dev/null \
        -o Dir::State::Lists="$state/lists" -o Dir::Cache="$state/cache" -o Dir::State::status=/var/lib/dpkg/status \
        -o APT::Sandbox::User=root "$@"
}

download_odoo() {
    local state="$CACHE/apt" mirror
    mirror="$(debian_mirror)"
    [ -n "$mirror" ] || die "This machine has no Debian mirror configured: set ODOO_HOME to an Odoo 19 of yours."
    rm -rf "$DIST.new"
    mkdir -p "$state/lists/partial" "$state/cache/archives/partial" "$state/debs" "$DIST.new"
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror sid main" >"$state/sid.list"
    sid_apt update -qq >&2
    (
        cd "$state/debs"
        rm -f ./*.deb
        sid_apt download -qq odoo-19 libjs-jquery libjs-underscore libjs-jquery-form fonts-font-awesome \
            fonts-roboto-unhinted fonts-inconsolata fonts-ocr-b fonts-glyphicons-halflings fonts-montserrat >&2
        for deb in ./*.deb; do dpkg -x "$deb" "$DIST.new"; done
        rm -f ./*.deb
    )
    # Debian leaves this file out, mail's manifest names it.
    local lib="$DIST.new/usr/lib/python3/dist-packages/odoo/addons/mail/static/lib/selfie_segmentation"
    mkdir -p "$lib"
    [ -e "$lib/selfie_segmentation.js" ] || : >"$lib/selfie_segmentation.js"
    rm -rf "$DIST"
    mv "$DIST.new" "$DIST"
}

make_venv() {
    # What is there stays: another checkout may be running on it.
    if [ ! -x "$VENV/bin/pip" ]; then python3 -m venv "$VENV"; fi
    "$VENV/bin/pip" install -qq --upgrade pip >&2
    "$VENV/bin/pip" install -qq -r "$ROOT/dev/requirements.txt" >&2
}

link_odoo() {
    local site dist
    site="$("$VENV/bin/python" -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')"
    if [ -n "${ODOO_HOME:-}" ]; then dist="$ODOO_HOME"; else dist="$DIST/usr/lib/python3/dist-packages"; fi
    echo "$dist" >"$site/odoo19.pth"
}

odoo_bin() {
    if [ -n "${ODOO_HOME:-}" ]; then echo "$ODOO_HOME/odoo-bin"; else echo "$DIST/usr/bin/odoo"; fi
}

# Odoo and pylint-odoo take the addon's name from its folder, and a checkout may have any name.
link_addon() {
    mkdir -p "$LINKS"
    ln -sfn "$ROOT" "$LINKS/$ADDON"
}

addons_path() {
    if [ -n "${ODOO_HOME:-}" ]; then printf '%s,' "$ODOO_HOME/addons"; fi
    printf '%s,%s' "$("$VENV/bin/python" -c 'import odoo, os; print(os.path.join(odoo.__path__[0], "addons"))')" "$LINKS"
}

install_javascript_tools() {
    mkdir -p "$CACHE/node"
    cp "$ROOT/dev/package.json" "$CACHE/node/"
    # Node trusts its own list of authorities only, unless told to trust the machine's.
    (cd "$CACHE/node" && PATH="$VENV/bin:$PATH" NODE_OPTIONS=--use-system-ca \
        npm install --silent --no-audit --no-fund --no-package-lock >&2)
}

# --- PostgreSQL ------------------------------------------------------------------------------------------------------

PG_BIN=/usr/lib/postgresql/15/bin
PG_DATA="$CACHE/postgres"
PG_SOCKET="$CACHE/run"

as_postgres() {
    if [ "$(id -u)" = 0 ]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi
}

make_cluster() {
    mkdir -p "$PG_DATA" "$PG_SOCKET" "$LOGS"
    chmod 755 "$CACHE"
    if [ "$(id -u)" = 0 ]; then chown postgres "$PG_DATA" "$PG_SOCKET"; fi
    [ -e "$PG_DATA/PG_VERSION" ] || as_postgres "$PG_BIN/initdb" -D "$PG_DATA" -U odoo -A trust -E UTF8 --locale=C.UTF-8 >/dev/null
    # A throw-away cluster: what it holds can be made again, so it need not wait for the disk.
    as_postgres tee "$PG_DATA/conf.local" >/dev/null <<CONF
listen_addresses = ''
unix_socket_directories = '$PG_SOCKET'
max_connections = 200
shared_buffers = 1GB
work_mem = 64MB
maintenance_work_mem = 256MB
fsync = off
synchronous_commit = off
full_page_writes = off
max_wal_size = 4GB
random_page_cost = 1.1
CONF
    grep -q conf.local "$PG_DATA/postgresql.conf" ||
        echo "include 'conf.local'" | as_postgres tee -a "$PG_DATA/postgresql.conf" >/dev/null
}

postgres_runs() { as_postgres "$PG_BIN/pg_ctl" -D "$PG_DATA" status >/dev/null 2>&1; }

start_postgres() {
    if [ -n "${PGHOST:-}" ] || postgres_runs; then return 0; fi
    # The server outlives this script, so it must not inherit the lock.
    as_postgres "$PG_BIN/pg_ctl" -D "$PG_DATA" -w -l "$PG_DATA/server.log" start >/dev/null 9>&-
}

use_postgres() {
    if [ -z "${PGHOST:-}" ]; then export PGHOST="$PG_SOCKET" PGUSER=odoo; fi
}

stop_postgres() { as_postgres "$PG_BIN/pg_ctl" -D "$PG_DATA" -w -m fast stop >/dev/null; }

# --- Databases -------------------------------------------------------------------------------------------------------

db_exists() { [ "$(psql -d postgres -Atc "SELECT 1 FROM pg_database WHERE datname = '$1'")" = 1 ]; }

drop_db() {
    PGOPTIONS="-c client_min_messages=warning" dropdb --if-exists --force "$1"
    rm -rf "$DATA_DIR/filestore/$1"
}

# copy_db FROM TO: a database with its filestore, else the assets answer 500.
copy_db() {
    drop_db "$2"
    createdb -T "$1" "$2"
    mkdir -p "$DATA_DIR/filestore"
    if [ -d "$DATA_DIR/filestore/$1" ]; then cp -a "$DATA_DIR/filestore/$1" "$DATA_DIR/filestore/$2"; fi
}

# Takes the place of this shell, so that signals reach the server itself.
exec_odoo() {
    local lines options command=()
    # A command word, if any, has to come first.
    if [[ "${1:-}" =~ ^[a-z] ]]; then command=("$1") && shift; fi
    # No process substitution here: it would live on as a child of Odoo, which its tests complain about.
    lines="$(odoo_options)"
    mapfile -t options <<<"$lines"
    exec "$VENV/bin/python" "$(odoo_bin)" "${command[@]}" "${options[@]}" "$@"
}

run_odoo() { (exec_odoo "$@"); }

# Runs a command of Odoo's and judges its log, noting "<passed> <failed>" in the file $COUNTS: judged CHECKLOG-OPTION… -- COMMAND…
judged() {
    local judging=()
    while [ "$1" != -- ]; do judging+=("$1") && shift; done
    shift
    { "$@" 2>&1 || echo "Odoo ended with $?"; } | python3 "$ROOT/dev/checklog.py" --counts "$COUNTS" "${judging[@]}"
}

# Runs a script of dev/ in an Odoo shell: run_script DB SCRIPT
run_script() { run_odoo shell -d "$1" --no-http --log-level=warn <"$ROOT/dev/$2"; }

# Options that every call of the server needs; the database's come from PGHOST and its companions.
odoo_options() {
    printf '%s\n' "--addons-path=$(addons_path)" "--data-dir=$DATA_DIR" --db_host="$PGHOST" --db_user="${PGUSER:-odoo}" \
        --no-database-list --http-interface=127.0.0.1
}

# Changes the modules of a database and ends: change_modules DB LOG OPTION…
change_modules() {
    local db="$1" log="$2"
    shift 2
    quietly "$log" run_odoo -d "$db" --stop-after-init --no-http --max-cron-threads=0 "$@"
}

# The database made once per Odoo version that others are copied from: template_db NAME MODULES [ODOO OPTION…]
template_db() {
    locked make_template "$@"
    echo "${ADDON}_template_$1"
}

make_template() {
    local name="$1" modules="$2" db="${ADDON}_template_$1" key
    shift 2
    key="$modules $(odoo_version) $*"
    if [ "$(cat "$CACHE/stamps/template-$name" 2>/dev/null)" = "$key" ] && db_exists "$db"; then return 0; fi
    say "setup: database template '$name' ($modules)"
    drop_db "$db.new"
    change_modules "$db.new" "template-$name.log" -i "$modules" "$@"
    drop_db "$db"
    psql -q -d postgres -c "ALTER DATABASE \"$db.new\" RENAME TO \"$db\""
    if [ -d "$DATA_DIR/filestore/$db.new" ]; then mv "$DATA_DIR/filestore/$db.new" "$DATA_DIR/filestore/$db"; fi
    mkdir -p "$CACHE/stamps"
    printf '%s' "$key" >"$CACHE/stamps/template-$name"
}

# world_template WORLD: full, bare or everything, each with or without "-demo".
world_template() {
    local modules="$FULL_MODULES" demo=()
    case "$1" in
        bare*) modules="$BARE_MODULES" ;;
        everything*) modules="$EVERYTHING_MODULES" ;;
    esac
    case "$1" in *-demo) demo=(--with-demo) ;; esac
    template_db "$1" "$modules" "${demo[@]}"
}

# What a database has to be updated for. Assets are read from the files by each page, the rest has no part in a database.
code_hash() {
    tree_files ':!dev' ':!.*' ':!tests' ':!benchmarks' ':!docs' ':!static/src' ':!static/tests' ':!*.md' |
        (cd "$ROOT" && xargs -d '\n' -r sha1sum) | sha1sum | cut -d' ' -f1
}

get_parameter() { psql -d "$1" -Atc "SELECT value FROM ir_config_parameter WHERE key = '$2'"; }

set_parameter() {
    psql -q -d "$1" -c "INSERT INTO ir_config_parameter (key, value) VALUES ('$2', '$3')
        ON CONFLICT (key) DO UPDATE SET value = excluded.value"
}

# addon_db DB WORLD: makes the database when missing, and brings the addon in it up to date with the code.
addon_db() {
    local db="$1" hash template
    if ! db_exists "$db"; then
        template="$(world_template "$2")"
        say "database $db: from template '$2'"
        copy_db "$template" "$db"
    fi
    hash="$(code_hash)"
    if [ "$(get_parameter "$db" "$ADDON.dev_code")" = "$hash" ]; then return 0; fi
    say "database $db: installing the addon as it is now"
    # Installs it where it is missing, updates it where it is not.
    change_modules "$db" "install-$db.log" -i "$ADDON" -u "$ADDON"
    set_parameter "$db" "$ADDON.dev_code" "$hash"
}

# wkhtmltopdf asks the server for a report's style sheets, so the database has to know the port.
set_port() {
    set_parameter "$1" web.base.url "http://localhost:$2"
    set_parameter "$1" report.url "http://127.0.0.1:$2"
}

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

odoo_version() {
    if [ -n "${ODOO_HOME:-}" ]; then (cd "$ODOO_HOME" && git rev-parse HEAD 2>/dev/null || echo "$ODOO_HOME"); else cat "$CACHE/stamps/odoo"; fi
}

# --- All of it -------------------------------------------------------------------------------------------------------

install_all() {
    need_system_packages
    [ -n "${ODOO_HOME:-}" ] || once odoo 19.0-1 download_odoo
    once venv "$(cksum <"$ROOT/dev/requirements.txt")" make_venv
    link_odoo
    link_addon
    once javascript "$(cksum <"$ROOT/dev/package.json")" install_javascript_tools
    if [ -z "${PGHOST:-}" ]; then once cluster 1 make_cluster; fi
}

setup() {
    mkdir -p "$CACHE" "$LOGS"
    locked install_all
    locked start_postgres
    use_postgres
}
