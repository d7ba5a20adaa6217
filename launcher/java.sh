# shellcheck shell=bash
# Starts the command line, with an ahead-of-time cache of its classes that makes short commands short.

readonly AOT_CACHE=$FLEET_HOME/fleet-local/target/fleet.aot
readonly TRAINED=$FLEET_HOME/target/launcher/trained
readonly QUIET_JVM=(--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow)
readonly MAIN_CLASS=io.forgefleet.local.cli.Main

run_java() {
  require_jdk
  ensure_built
  ensure_trained
  local -a options=()
  java_options
  [[ ! -s $AOT_CACHE ]] || options+=("-XX:AOTCache=$AOT_CACHE" -Xlog:disable -Xlog:all=error:stderr)
  exec "$JDK/bin/java" "${options[@]}" -cp "$(class_path)" "$MAIN_CLASS" "$@"
}

# Fills the caller's array `options` with what the training run and the real ones must have in common.
java_options() { options=(-XX:+UseSerialGC "${QUIET_JVM[@]}" "-Dforgefleet.home=$FLEET_HOME"); }

# In one fixed order, jar by jar: the cache is refused where the class path differs from the one it was made with.
class_path() {
  local LC_ALL=C
  local -a jars=("$JARS"/*.jar)
  local IFS=:
  printf '%s' "${jars[*]}"
}

# Costs seconds once per build and is never fatal: without the cache everything works, only slower.
ensure_trained() {
  [[ ! -f $TRAINED || $(<"$TRAINED") != "$JDK" || -n $(find "$JARS" -newer "$TRAINED" -print -quit) ]] || return 0
  [[ -w ${TRAINED%/*} ]] || return 0
  local -a options=()
  java_options
  detail "learning once which classes start fast…"
  rm -f "$AOT_CACHE"
  # What the training run does decides which classes start fast: a fleet, and a command that looks at it.
  rm -rf "$TRAINED.data"
  run_child timeout 120 "$JDK/bin/java" "${options[@]}" "-XX:AOTCacheOutput=$AOT_CACHE" -cp "$(class_path)" \
    "$MAIN_CLASS" train --folder "$TRAINED.data" >"$TRAINED.log" 2>&1 || rm -f "$AOT_CACHE"
  rm -rf "$TRAINED.data"
  printf '%s\n' "$JDK" >"$TRAINED"
}
