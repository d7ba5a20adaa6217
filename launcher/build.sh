# shellcheck shell=bash
# Builds what `fleet` runs when its sources are newer, once at a time, and never under a running fleet.

readonly BUILD_STATE=$FLEET_HOME/target/launcher
readonly BUILD_STAMP=$BUILD_STATE/built
readonly BUILD_LOG=$BUILD_STATE/build.log
readonly JARS=$FLEET_HOME/fleet-local/target/lib

# Returns with a build that stays as it is: file 8 is a shared lock that the command, started by exec, goes on holding.
ensure_built() {
  if [[ -n ${FORGEFLEET_SKIP_BUILD:-} ]] && is_built; then
    return
  fi
  if ! mkdir -p "$BUILD_STATE" 2>/dev/null || [[ ! -w $BUILD_STATE ]]; then
    # Someone else's checkout: what its owner built can be run, but not changed, so there is nothing to lock.
    is_fresh && return
    complain "$(id -un) may not write to $FLEET_HOME/target, and what is there is not built from these sources"
    detail "call ./fleet doctor once as $(stat -c %U "$FLEET_HOME"), or clone into a folder of your own"
    exit "$EXIT_NOT_READY"
  fi
  exec 8>>"$BUILD_STATE/in-use"
  if is_fresh; then
    flock -s 8
    is_fresh && return
  fi
  exec 7>>"$BUILD_STATE/building"
  if ! flock -n 7; then
    say "another launcher is building; waiting for it"
    flock 7
  fi
  if ! is_fresh; then
    if flock -n 8 || ! is_built; then
      build
    else
      say "the sources are newer than the build, but a running fleet uses it: going on with the build as it is"
      detail "stop that fleet (or its ./fleet logs -f) to have the next command build"
    fi
  fi
  flock -s 8
  exec 7>&-
}

is_built() { [[ -f $BUILD_STAMP ]] && has_jars; }

has_jars() {
  local -a jars=("$JARS"/*.jar)
  [[ -e ${jars[0]} ]]
}

# Folders count too: a source that was deleted changes only its folder.
is_fresh() {
  is_built && [[ -z $(find "$FLEET_HOME"/pom.xml "$FLEET_HOME"/.mvn "$FLEET_HOME"/*/pom.xml "$FLEET_HOME"/*/src/main \
    -newer "$BUILD_STAMP" -print -quit 2>/dev/null) ]]
}

build() {
  local began=$SECONDS
  require_maven
  say "building…$(is_built || echo ' (the first time takes a few minutes: Maven fetches the libraries)')"
  stamp_begin
  if ! maven -q -Dmaven.test.skip=true -pl fleet-local -am package >"$BUILD_LOG" 2>&1; then
    complain "the build failed:"
    grep -vE '^\[ERROR\] *(\[Help|-> \[Help|To see|Re-run|For more|After correcting|  mvn|$)' "$BUILD_LOG" | tail -n 60 >&2 || true
    detail "all of it: $BUILD_LOG"
    exit 1
  fi
  if ! has_jars; then
    complain "Maven was content, but there is no jar in $JARS"
    exit 1
  fi
  stamp_end
  detail "built in $((SECONDS - began)) s"
}

# The stamp has the time of the build's beginning: what is edited meanwhile is newer.
stamp_begin() { mkdir -p "$BUILD_STATE" && : >"$BUILD_STAMP.next"; }

stamp_end() { mv "$BUILD_STAMP.next" "$BUILD_STAMP"; }

require_maven() {
  has mvn && return
  complain "Maven is missing, and the fleet has to be built"
  detail "apt-get install --no-install-recommends maven   (3.8 or newer; https://maven.apache.org elsewhere)"
  exit "$EXIT_NOT_READY"
}

maven() {
  JAVA_HOME=$JDK MAVEN_OPTS="${MAVEN_OPTS:-} ${QUIET_JVM[*]}" \
    run_child mvn -B -ntp -Dstyle.color=never -f "$FLEET_HOME/pom.xml" "$@"
}
