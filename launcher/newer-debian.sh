# shellcheck shell=bash
# Bookworm's own engine is too old to have buildx. The next Debian's packages need nothing newer than bookworm's libc,
# so they come from there, by name: the pin keeps that source from replacing anything else.

readonly NEWER_DEBIAN=trixie
readonly NEWER_SOURCE=/etc/apt/sources.list.d/forgefleet-$NEWER_DEBIAN.sources
readonly NEWER_PIN=/etc/apt/preferences.d/forgefleet-$NEWER_DEBIAN

is_bookworm() { [[ $(os_release ID) == debian && $(os_release VERSION_CODENAME) == bookworm ]]; }

# Prints the package as taken from the newer Debian; fails where the system's own will do.
from_newer_debian() { is_bookworm && printf '%s/%s\n' "$1" "$NEWER_DEBIAN"; }

wants_newer_debian() { [[ " $* " == *"/$NEWER_DEBIAN "* && -z $(mirror_of "$NEWER_DEBIAN") ]]; }

# apt itself says where it reads a release from, in whatever form its sources are written.
mirror_of() {
  local uris
  # shellcheck disable=SC2016
  uris=$(apt-get indextargets --format '$(REPO_URI)' "Codename: $1" 'Component: main' 'Origin: Debian' 'Created-By: Packages' 2>/dev/null)
  printf '%s' "${uris%%$'\n'*}"
}

add_newer_debian() {
  local mirror
  mirror=$(mirror_of bookworm)
  if [[ -z $mirror ]]; then
    complain "none of apt's sources has Debian bookworm main, so there is no mirror to take the engine from"
    detail "look at: apt-get indextargets"
    exit "$EXIT_NOT_READY"
  fi
  say "adding $NEWER_DEBIAN as a second package source, pinned so that it replaces nothing by itself"
  detail "$NEWER_SOURCE, $NEWER_PIN"
  newer_pin >"$NEWER_PIN"
  newer_source "$mirror" >"$NEWER_SOURCE"
}

newer_source() { printf 'Types: deb\nURIs: %s\nSuites: %s\nComponents: main\n' "$1" "$NEWER_DEBIAN"; }

newer_pin() { printf 'Package: *\nPin: release n=%s\nPin-Priority: 50\n' "$NEWER_DEBIAN"; }

explain_newer_debian() {
  local mirror
  mirror=$(mirror_of bookworm)
  detail "  cat >$NEWER_PIN <<end"
  newer_pin | indented
  detail "  end"
  detail "  cat >$NEWER_SOURCE <<end"
  newer_source "${mirror:-(the address in your bookworm source)}" | indented
  detail "  end"
}

indented() {
  local line
  while IFS= read -r line; do detail "  $line"; done
}
