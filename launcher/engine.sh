# shellcheck shell=bash
# The Docker engine: an answering one is used as it is, an installed one is started so that it outlives this terminal.

readonly ENGINE_LOG=/var/log/forgefleet-dockerd.log
readonly ENGINE_PATIENCE_SECONDS=60

engine_answers() { docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }

engine_is_elsewhere() { [[ -n ${DOCKER_HOST:-} ]]; }

# A socket without a client may be an engine that answers, as in a container that was given its host's.
engine_is_here() {
  has dockerd || engine_is_elsewhere || engine_answers || { ! has docker && [[ -S /var/run/docker.sock ]]; }
}

client_has_plugin() { docker "$1" version >/dev/null 2>&1; }

engine_ensure_running() {
  if engine_answers; then
    return
  fi
  if engine_is_elsewhere; then
    engine_explain_absence
    exit "$EXIT_NOT_READY"
  fi
  if system_has_systemd; then
    say "starting the Docker engine by systemd"
    systemctl start docker >&2 || true
  else
    engine_start_alone
  fi
  engine_await
}

engine_start_alone() {
  choose_iptables
  forget_process dockerd /run/docker.pid
  forget_process containerd /run/docker/containerd/containerd.pid
  say "starting the Docker engine; it stays when this command ends (log: $ENGINE_LOG)"
  # Its own session and no inherited files: neither the terminal's end nor a held lock may travel with it.
  setsid dockerd </dev/null >>"$ENGINE_LOG" 2>&1 8>&- 9>&- &
  engine_process=$!
}

# Where /run survives a restart, the number in an old pid file may by now be another program's, and the engine
# would take that for itself and refuse to start.
forget_process() {
  local program=$1 pid_file=$2 name=''
  [[ -f $pid_file ]] || return 0
  read -r name 2>/dev/null <"/proc/$(<"$pid_file")/comm" || true
  [[ $name == "$program" ]] || rm -f "$pid_file"
}

engine_await() {
  local deadline=$((SECONDS + ENGINE_PATIENCE_SECONDS))
  until engine_answers; do
    if ((SECONDS >= deadline)); then
      complain "the Docker engine did not answer within $ENGINE_PATIENCE_SECONDS s; the end of its log:"
      break
    elif [[ -n ${engine_process:-} ]] && ! kill -0 "$engine_process" 2>/dev/null; then
      complain "the Docker engine ended while starting; the end of its log:"
      break
    fi
    sleep 0.2
  done
  engine_answers && return
  if system_has_systemd; then
    journalctl -u docker -n 15 --no-pager -o cat 2>/dev/null | indented
  else
    show_end_of "$ENGINE_LOG" 15
  fi
  exit "$EXIT_NOT_READY"
}

# Only for an engine that is about to be installed: the settings of one that was there before are its owner's.
engine_configure_new() {
  local settings=/etc/docker/daemon.json
  [[ ! -e $settings ]] || return 0
  mkdir -p "${settings%/*}"
  # Without this store the engine's own builder exports no registry cache and no index of several platforms.
  printf '{"features": {"containerd-snapshotter": true}}\n' >"$settings"
}

# Debian's iptables speaks nf_tables; a kernel without NAT there may still have the older tables.
choose_iptables() {
  if iptables -t nat -L -n >/dev/null 2>&1 || ! iptables-legacy -t nat -L -n >/dev/null 2>&1; then
    return
  fi
  update-alternatives --set iptables "$(command -v iptables-legacy)" >/dev/null
  ! command -v ip6tables-legacy >/dev/null ||
    update-alternatives --set ip6tables "$(command -v ip6tables-legacy)" >/dev/null
}

engine_explain_absence() {
  if engine_is_elsewhere; then
    complain "DOCKER_HOST is $DOCKER_HOST, but no engine answers there"
    detail "start that engine, or unset DOCKER_HOST to use one of this machine"
  elif [[ -S /var/run/docker.sock && ! -w /var/run/docker.sock ]]; then
    complain "a Docker engine is here, but $(id -un) may not talk to it"
    detail "as root: usermod -aG docker $(id -un), then log in anew; or call this command as root"
  else
    complain "a Docker engine is installed, but does not run, and starting it needs root"
    detail "as root: systemctl start docker (or dockerd, where there is no systemd)"
  fi
}
