# shellcheck shell=bash
# What can be said about a machine before there is a JDK to say more.

doctor() {
  if find_jdk; then
    say "JDK $(jdk_version "$JDK") at $JDK"
  else
    explain_jdk
  fi
  if has mvn; then
    say "Maven at $(command -v mvn)"
  else
    say "Maven is missing; it is needed only to build"
  fi
  run_java command doctor "$@"
}
