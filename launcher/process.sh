# shellcheck shell=bash
# Child processes and how everything ends: no child outlives the launcher, and nothing temporary stays.

exit_acts=()
child=''

at_exit() { exit_acts+=("$1"); }

on_exit() {
  local act
  end_child
  for act in "${exit_acts[@]}"; do eval "$act"; done
}

# A signal means the whole group: Maven's test processes are children of children.
end_child() {
  [[ -n $child ]] || return 0
  kill -TERM -- "-$child" 2>/dev/null || true
  wait "$child" 2>/dev/null || true
  child=''
}

trap on_exit EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# Runs a long command as a group of its own, so that a signal reaches the launcher at once and then the whole group.
run_child() {
  local status=0
  setsid "$@" </dev/null &
  child=$!
  wait "$child" || status=$?
  child=''
  return "$status"
}
