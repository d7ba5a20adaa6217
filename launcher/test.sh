# shellcheck shell=bash
# `./fleet test`: all modules, all checks, all tests.

run_tests() {
  local -a options=()
  while (($# > 0)); do
    case $1 in
      --soak) options+=(-Psoak) ;;
      --only)
        [[ -n ${2:-} ]] || wrong_usage "--only wants the name of a test class"
        test_exists "$2" || wrong_usage "no module has a test class $2"
        options+=("-Dtest=$2" "-Dit.test=$2" -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false)
        shift
        ;;
      -D?*) options+=("$1") ;;
      -h | --help)
        test_usage
        return
        ;;
      *) wrong_usage "test does not know $1" ;;
    esac
    shift
  done

  prepare_machine test
  require_jdk
  lock_for_tests
  stamp_begin
  # Tests that call ./fleet shall use what is being tested, not build beneath it.
  FORGEFLEET_SKIP_BUILD=1 maven --threads 2 verify "${options[@]}"
  stamp_end
}

# Maven is told not to mind modules without the class, and so would not mind a misspelt one either.
test_exists() {
  local class=${1%%#*}
  [[ $class == *[!A-Za-z0-9_]* || -n $(find "$FLEET_HOME"/*/src/test -name "$class.java" -print -quit) ]]
}

lock_for_tests() {
  mkdir -p "$BUILD_STATE"
  exec 7>>"$BUILD_STATE/building"
  if ! flock -n 7; then
    say "another launcher is building or testing; waiting for it"
    flock 7
  fi
  if ! flock -n "$BUILD_STATE/in-use" true; then
    say "a fleet runs from this build and may fail when the tests replace its jars"
  fi
}

test_usage() {
  cat <<'end'
usage: ./fleet test [--soak] [--only CLASS] [-Dname=value …]

  --soak         also the repetitions and long waits
  --only CLASS   one test class (or a Surefire pattern) of any module
  -Dname=value   passed on to Maven
end
}

wrong_usage() {
  complain "$1"
  test_usage >&2
  exit "$EXIT_USAGE"
}
