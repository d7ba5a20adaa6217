# shellcheck shell=bash
# Finds a JDK that can build and run the fleet, wherever it lies; `java` on PATH may well be an older one.

readonly JDK_WANTED=25

# Sets JDK to the home of a suitable JDK. What the user points at comes first, then the version nearest to the wanted one.
find_jdk() {
  [[ -z ${JDK:-} ]] || return 0
  local home version best=''
  for home in "${JAVA_HOME:-}" "$(home_of_program javac)"; do
    version=$(jdk_version "$home")
    if ((version >= JDK_WANTED)); then
      JDK=$home
      return
    fi
  done
  for home in /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/*jdk* /usr/local/*jdk* ~/.jdks/* ~/.sdkman/candidates/java/* \
    ~/.asdf/installs/java/* ~/.local/share/mise/installs/java/* /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    version=$(jdk_version "$home")
    if ((version >= JDK_WANTED)) && ((best == 0 || version < best)); then
      best=$version
      JDK=$home
    fi
  done
  ((best > 0))
}

home_of_program() {
  local path
  path=$(command -v "$1") && path=$(readlink -f "$path") && printf '%s' "${path%/bin/*}"
}

# Prints the major version of the JDK in a folder, 0 where there is none. A runtime without a compiler is none.
jdk_version() {
  local home=$1 line version=0
  if [[ -n $home && -x $home/bin/javac && -r $home/release ]]; then
    while IFS= read -r line; do
      [[ $line =~ ^JAVA_VERSION=\"?([0-9]+) ]] && version=${BASH_REMATCH[1]}
    done <"$home/release"
  fi
  printf '%s' "$version"
}

require_jdk() {
  find_jdk && return
  explain_jdk
  exit "$EXIT_NOT_READY"
}

explain_jdk() {
  complain "no JDK $JDK_WANTED or newer was found (looked at JAVA_HOME, PATH, /usr/lib/jvm, ~/.sdkman, ~/.jdks)"
  detail "any of these gives one:"
  detail "  Debian 13, Ubuntu 24.04 and newer:  apt-get install openjdk-25-jdk-headless"
  detail "  Debian 12 and others:               Eclipse Temurin 25 from https://adoptium.net/installation/linux/"
  detail "  without root:                       sdk install java 25-tem   (https://sdkman.io)"
  detail "  unpacked by hand:                   JAVA_HOME=/path/to/jdk-25 ./fleet …"
}
