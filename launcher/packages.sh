# shellcheck shell=bash
# Debian's and Ubuntu's packages: which one brings what, and how they are installed.

packages_are_known() {
  command -v apt-get >/dev/null && [[ " $(os_release ID) $(os_release ID_LIKE) " =~ ' '(debian|ubuntu)' ' ]]
}

packages_install() {
  local log
  log=$(mktemp)
  apt_refresh "$log"

  local -a packages=()
  name_packages "$@"
  if wants_newer_debian "${packages[@]}"; then
    add_newer_debian
    apt_refresh "$log"
  fi

  say "installing ${packages[*]} (this can take some minutes)"
  [[ " $* " != *' engine '* ]] || engine_configure_new
  without_starting_services apt_install "$log" "${packages[@]}"
  rm -f "$log"
}

# Fills the caller's array `packages`; stops where this system has no package for something.
name_packages() {
  local thing package
  for thing; do
    mapfile -t -O "${#packages[@]}" packages < <(packages_for "$thing")
    package=${packages[-1]:-}
    [[ -n $package ]] || stop_without_package "$thing"
  done
}

# Prints the packages for a thing, the decisive one last; an empty line where this system has none.
packages_for() {
  case $1 in
    # On bookworm a newer Debian's JDK would replace libc6 and much else with it.
    jdk) if is_bookworm; then echo; else first_offered openjdk-25-jdk-headless; fi ;;
    maven | git | debootstrap) first_offered "$1" ;;
    client) from_newer_debian docker-cli || first_offered docker-cli docker.io ;;
    engine)
      from_newer_debian containerd || first_offered containerd
      first_offered runc
      first_offered iptables
      from_newer_debian docker.io || first_offered docker.io
      ;;
    buildx) from_newer_debian docker-buildx || first_offered docker-buildx docker-buildx-plugin ;;
    compose) from_newer_debian docker-compose || first_offered docker-compose-v2 docker-compose-plugin docker-compose ;;
    registry) first_offered docker-registry ;;
    busybox) first_offered busybox-static ;;
  esac
}

first_offered() {
  local name policy
  for name; do
    policy=$(LC_ALL=C apt-cache policy "$name" 2>/dev/null) || true
    if [[ $policy == *'  Candidate: '[^\(]* ]]; then
      printf '%s\n' "$name"
      return
    fi
  done
  # Without root the lists cannot be refreshed, so their silence means nothing.
  if ((EUID == 0)); then echo; else echo "$1"; fi
}

stop_without_package() {
  if [[ $1 == jdk ]]; then
    explain_jdk
  else
    complain "$(system_name) offers no package for: $1 (after apt-get update)"
    detail "install it by hand, then call the same command again"
  fi
  exit "$EXIT_NOT_READY"
}

packages_explain() {
  local -a packages=() things=()
  local thing
  for thing; do
    if [[ $thing == jdk ]] && is_bookworm; then explain_jdk; else things+=("$thing"); fi
  done
  ((${#things[@]} > 0)) || return 0
  name_packages "${things[@]}"
  detail "as root, call the same command once, or:"
  if wants_newer_debian "${packages[@]}"; then
    explain_newer_debian
  fi
  detail "  apt-get update && apt-get install --no-install-recommends ${packages[*]}"
}

# For systems whose package names are not known here.
explain_things() {
  local thing
  for thing; do
    case $thing in
      jdk) explain_jdk ;;
      maven) detail "Apache Maven, 3.8 or newer (mvn)" ;;
      git) detail "git" ;;
      client) detail "the Docker client (docker)" ;;
      engine) detail "Docker Engine, 26 or newer, with the containerd image store switched on" ;;
      buildx) detail "Docker's buildx plugin (docker buildx)" ;;
      compose) detail "Docker's compose plugin, 2 or newer (docker compose)" ;;
      registry) detail "distribution, the registry server, as a program (docker-registry)" ;;
      busybox) detail "busybox, statically linked (busybox)" ;;
      debootstrap) detail "debootstrap" ;;
    esac
  done
}

apt_refresh() {
  local log=$1
  # A dead third-party source must not stop what the other sources can give; installing will tell.
  apt-get -q update >"$log" 2>&1 || {
    say "apt-get update had errors; going on with what it got:"
    grep -E '^(E|W|Err)' "$log" | head -5 | while IFS= read -r line; do detail "$line"; done
  }
}

apt_install() {
  local log=$1 package
  shift
  local -a rule=(--no-remove)
  # busybox-static takes the place of the dynamic busybox, which it provides.
  [[ " $* " != *' busybox-static '* ]] || rule=()
  DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends "${rule[@]}" \
    -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confold install "$@" >>"$log" 2>&1 </dev/null || {
    complain "apt-get could not install these packages; the end of its output:"
    show_end_of "$log" 20
    detail "all of it: $log"
    exit "$EXIT_NOT_READY"
  }
}

# Packages start their services when they are installed: a registry on port 5000 that nobody asked for, an engine
# that an init script ties to this terminal.
without_starting_services() {
  local policy=/usr/sbin/policy-rc.d
  if [[ -e $policy ]]; then
    "$@"
    return
  fi
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
  at_exit "rm -f $policy"
  "$@"
  rm -f "$policy"
}

os_release() {
  # shellcheck disable=SC1091
  (. /etc/os-release 2>/dev/null && printf '%s' "${!1:-}") || true
}

system_name() {
  local name
  name=$(os_release PRETTY_NAME)
  printf '%s' "${name:-$(uname -s)}"
}
