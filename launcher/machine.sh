# shellcheck shell=bash
# Brings a machine to where `up`, `demo` and `test` can run: says what is missing, then installs and starts it.

prepare_machine() {
  local for_command=$1
  local -a missing=()
  look_for_missing "$for_command"
  if ((${#missing[@]} == 0)) && engine_answers; then
    return
  fi
  if ((${#missing[@]} > 0)); then
    say "missing on this machine: ${missing[*]}"
  fi
  if ((EUID != 0)) || ! packages_are_known; then
    explain_preparing "$for_command"
    exit "$EXIT_NOT_READY"
  fi
  with_machine_lock install_and_start "$for_command"
}

# Fills the caller's array `missing` with words that packages.sh knows.
look_for_missing() {
  local for_command=$1
  missing=()
  find_jdk || missing+=(jdk)
  has mvn || missing+=(maven)
  has git || missing+=(git)
  has docker || missing+=(client)
  engine_is_here || missing+=(engine)
  client_has_plugin buildx || missing+=(buildx)
  has docker-registry || missing+=(registry)
  has_static_busybox || missing+=(busybox)
  if [[ $for_command == test ]]; then
    client_has_plugin compose || missing+=(compose)
    has debootstrap || missing+=(debootstrap)
  fi
}

install_and_start() {
  local for_command=$1
  local -a missing=()
  local round
  # Looked at anew: another launcher may have done it while this one waited for the lock. And twice: only with a client
  # can be seen whether an engine answers.
  for round in first second; do
    look_for_missing "$for_command"
    ((${#missing[@]} > 0)) || break
    [[ $round == first ]] || say "still missing: ${missing[*]}"
    packages_install "${missing[@]}"
    hash -r
  done
  engine_ensure_running
  look_for_missing "$for_command"
  if ((${#missing[@]} > 0)); then
    complain "installed, but still not found: ${missing[*]}"
    detail "programs are looked for on PATH, plugins by the docker client: $(command -v docker)"
    exit "$EXIT_NOT_READY"
  fi
}

explain_preparing() {
  local for_command=$1
  if ((${#missing[@]} == 0)); then
    engine_explain_absence
  elif packages_are_known; then
    complain "installing them needs root; nothing was changed"
    packages_explain "${missing[@]}"
  else
    complain "$(system_name) is not Debian or Ubuntu, so this is for you to install:"
    explain_things "${missing[@]}"
    detail "then call ./fleet $for_command again"
  fi
}

with_machine_lock() {
  local lock=/run/lock/forgefleet-prepare
  mkdir -p "${lock%/*}"
  exec 9>"$lock"
  if ! flock -n 9; then
    say "another launcher prepares this machine; waiting for it"
    flock 9
  fi
  "$@"
  exec 9>&-
}

has() { command -v "$1" >/dev/null; }

# The dynamic busybox cannot be the only file of an image.
has_static_busybox() {
  local path
  path=$(command -v busybox) && ! LC_ALL=C grep -qaE '/ld-(linux|musl)' "$path"
}

system_has_systemd() { [[ -d /run/systemd/system ]]; }
