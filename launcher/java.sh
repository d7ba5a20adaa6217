# shellcheck shell=bash
# Starts the command line, with an ahead-of-time cache of its classes that makes short commands short.

readonly AOT_CACHES=$FLEET_HOME/fleet-local/target
readonly TRAINING=$FLEET_HOME/target/launcher
readonly QUIET_JVM=(--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow)
readonly MAIN_CLASS=io.forgefleet.local.cli.Main

# The first argument says which classes are needed, `fleet` or `command`: a whole fleet's, all of which a cache brings in at once,
# would make a short command twice as long.
run_java() {
  local kind=$1
  shift
  require_jdk
  ensure_built
  ensure_trained "$kind"
  local cache=$AOT_CACHES/$kind.aot
  local -a options=()
  java_options "$kind"
  options+=(-Xlog:disable -Xlog:all=error:stderr)
  [[ ! -s $cache ]] || options+=("-XX:AOTCache=$cache")
  exec "$JDK/bin/java" "${options[@]}" -cp "$(class_path)" "$MAIN_CLASS" "$@"
}

# Fills the caller's array `options` with what the training run of a kind and its real ones must have in common.
java_options() {
  options=(-XX:+UseSerialGC "${QUIET_JVM[@]}" "-Dforgefleet.home=$FLEET_HOME")
  # a command is over before a second compiler, or a collection of what it no longer needs, has paid for itself
  [[ $1 == fleet ]] || options+=(-XX:TieredStopAtLevel=1 -XX:NewSize=200m)
}

# In one fixed order, jar by jar: the cache is refused where the class path differs from the one it was made with.
class_path() {
  local LC_ALL=C
  local -a jars=("$JARS"/*.jar)
  local IFS=:
  printf '%s' "${jars[*]}"
}

# Costs seconds once per build and is never fatal: without the cache everything works, only slower.
ensure_trained() {
  local kind=$1 trained=$TRAINING/trained-$1 cache=$AOT_CACHES/$1.aot
  [[ ! -f $trained || $(<"$trained") != "$JDK" || -n $(find "$JARS" -newer "$trained" -print -quit) ]] || return 0
  [[ -w ${trained%/*} ]] || return 0
  local -a options=()
  java_options "$kind"
  detail "learning once which classes start fast…"
  # What the training run does decides which classes start fast: a fleet, or commands that ask one.
  rm -rf "$cache" "$trained.data"
  run_child timeout 120 "$JDK/bin/java" "${options[@]}" "-XX:AOTCacheOutput=$cache" -cp "$(class_path)" \
    "$MAIN_CLASS" train "$kind" --folder "$trained.data" >"$trained.log" 2>&1 || rm -f "$cache"
  rm -rf "$trained.data"
  printf '%s\n' "$JDK" >"$trained"
}
