# shellcheck shell=bash
# What the launcher prints: always on stderr, so that a command's own output stays clean.

# shellcheck disable=SC2034
readonly EXIT_USAGE=2 EXIT_NOT_READY=3

if [[ -t 2 && -z ${NO_COLOR:-} && ${TERM:-dumb} != dumb ]]; then
  readonly BOLD=$'\e[1m' DIM=$'\e[2m' RED=$'\e[31m' RESET=$'\e[0m'
else
  readonly BOLD='' DIM='' RED='' RESET=''
fi

say() { printf '%sfleet:%s %s\n' "$BOLD" "$RESET" "$*" >&2; }

detail() { printf '  %s%s%s\n' "$DIM" "$*" "$RESET" >&2; }

complain() { printf '%sfleet:%s %s\n' "$RED$BOLD" "$RESET" "$*" >&2; }

show_end_of() {
  local file=$1 lines=$2 line
  [[ -s $file ]] || return 0
  tail -n "$lines" "$file" | while IFS= read -r line; do detail "$line"; done
}
