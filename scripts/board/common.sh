# What the scripts of the board share: where things are kept, where Debian's packages come from, how a step is told.
# Sourced, not run. Debian's archive and keys are those of this machine's own apt configuration.

cache="${DOORSTEP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/doorstep}"
suite=trixie # the Debian that boards run
begun=$SECONDS

say() { printf '[%4d s] %s\n' "$((SECONDS - begun))" "$*"; }

die() {
    local code=$1
    shift
    echo "$(basename "$0"): $*" >&2
    exit "$code"
}

# Ends with 69 unless each program is there; names the Debian package that has it ("program=package").
need() {
    local item missing=()
    for item in "$@"; do
        command -v "${item%%=*}" >/dev/null || missing+=("${item##*=}")
    done
    ((!${#missing[@]})) || die 69 "needs ${missing[*]}: apt-get install --no-install-recommends ${missing[*]}"
}

need_root() {
    ((EUID == 0)) || die 77 "makes Debian roots and mounts file systems in them, so it runs as root: sudo $0"
}

mirror() {
    local found
    found=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null | grep -v -- security | sort -u)
    found=${found%%$'\n'*}
    [[ -n "$found" ]] || die 69 "apt names no archive of Debian: see sources.list(5)"
    echo "${found%/}"
}

# One line of sources.list for a suite.
source_of() {
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(mirror) $1 main"
}

# Makes a folder of Debian packages, without what they recommend.
debian_root() {
    local suite=$1 folder=$2
    shift 2
    mmdebstrap --quiet --aptopt='APT::Install-Recommends "false"' "$@" "$suite" "$folder" "$(source_of "$suite")"
}

# A thing in the cache is made once for each text of its recipe: calls `make NAME FOLDER`, where FOLDER becomes the
# thing only when all of it is there. Prints nothing when it is there already.
cached() {
    local name=$1 recipe=$2
    shift 2
    local folder="$cache/$name" stamp
    stamp=$(sha256sum <<<"$recipe" | cut -c 1-16)
    [[ "$(cat "$folder.stamp" 2>/dev/null)" == "$stamp" && -e "$folder" ]] && return
    mkdir -p "$cache"
    rm -rf "$folder" "$folder.stamp" "$folder.new"
    "$@" "$folder.new"
    mv "$folder.new" "$folder"
    echo "$stamp" >"$folder.stamp"
}

# Lets arm64 programs run on this machine, which making an arm64 root needs.
register_arm64() {
    [[ "$(uname -m)" == aarch64 || -e /proc/sys/fs/binfmt_misc/qemu-aarch64 ]] && return
    [[ -e /proc/sys/fs/binfmt_misc/register ]] || mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc
    printf '%s' "$(cat /usr/lib/binfmt.d/qemu-aarch64.conf)" >/proc/sys/fs/binfmt_misc/register
}

# The package of an architecture; it is made where there is none, or a source is newer. What making it says goes to
# standard error.
fresh_package() {
    local package
    package=$(find .build-deb -maxdepth 1 -name "doorstep_*-1_$1.deb" 2>/dev/null | head -n 1)
    if [[ -z "$package" || -n "$(find Package.swift Sources BoardConfigs Missions README.md scripts/packaging \
        scripts/build-arm64 -newer "$package" -type f -print -quit)" ]]; then
        rm -f .build-deb/doorstep_*_"$1".deb
        # Said here, since in $(…) nothing else ends at a failure.
        scripts/packaging/deb "$1" >&2 || return
    fi
    find .build-deb -maxdepth 1 -name "doorstep_*-1_$1.deb"
}
