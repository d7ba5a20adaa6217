# shellcheck shell=bash
# The commands, in the order in which people meet them.

readonly COMMANDS=(
  'demo|the whole story on this machine: a local forge, a push, a pull request, images, statuses'
  'up|the whole fleet in one process, for the forges of fleet.yml'
  'test|build everything and run all tests (--soak, --only CLASS)'
  'doctor|what this machine has, what is missing, how to get it'
  'runs|the runs of the fleet'
  'logs|the log of a run (-f follows it)'
  'replay|run again by event, pull request, commit or time'
  'prune|delete now what nobody needs, or say what would go (prune --dry-run)'
  'why|why an image stays, or since when nobody needs it'
  'release|a release: its steps (release show), bring it on (release resume), give it up (release abort)'
  'verify|whether an image, a file or evidence.tar is signed as it should be, offline where it can be'
  'template|finished databases of a repository (template pull), what made them (template explain)'
  'config|check fleet.yml and .forgefleet.yml (config validate), schemas for editors'
  'tools|get the programs for SBOMs, scans and signatures (tools install)'
  'help|this list'
)

usage() {
  local line
  printf 'usage: ./fleet COMMAND [OPTIONS]\n\n'
  for line in "${COMMANDS[@]}"; do printf '  %-8s %s\n' "${line%%|*}" "${line#*|}"; done
  printf '\n./fleet COMMAND --help says more about a command.\n'
}

is_command() {
  local line
  for line in "${COMMANDS[@]}"; do
    [[ ${line%%|*} != "$1" ]] || return 0
  done
  return 1
}

version() { sed -n '/<artifactId>forgefleet</,/<version>/s/.*<version>\(.*\)<.*/forgefleet \1/p' "$FLEET_HOME/pom.xml" | head -n 1; }

wants_help() {
  local word
  for word; do
    [[ $word != -h && $word != --help ]] || return 0
  done
  return 1
}

run_command() {
  local command=${1:-}
  case $command in
    '')
      usage >&2
      exit "$EXIT_USAGE"
      ;;
    help | -h | --help)
      usage
      return
      ;;
    -V | --version)
      version
      return
      ;;
  esac
  shift
  if ! is_command "$command"; then
    complain "there is no command \"$command\""
    usage >&2
    exit "$EXIT_USAGE"
  fi
  case $command in
    test) run_tests "$@" ;;
    doctor) doctor "$@" ;;
    up | demo)
      wants_help "$@" || prepare_machine "$command"
      run_java fleet "$command" "$@"
      ;;
    *) run_java command "$command" "$@" ;;
  esac
}
