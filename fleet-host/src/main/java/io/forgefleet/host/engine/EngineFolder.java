package io.forgefleet.host.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The files of one engine: {@code data} stays, {@code run} is of the running one.
 *
 * @param root absolute
 */
record EngineFolder(Path root) {

    /** A Unix socket's path may have 107 bytes; the longest here has this many after the folder. */
    private static final int LONGEST_ROOT = 107 - "/run/exec/libnetwork/0123456789ab.sock".length();

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path OF_THE_MACHINE = Path.of("/etc/docker/daemon.json");

    /** What a site tells its engine about its network, and would have to tell this one again. */
    private static final List<String> INHERITED =
            List.of("registry-mirrors", "insecure-registries", "dns", "dns-opts", "dns-search", "proxies", "mtu");

    static EngineFolder of(Path folder) {
        Path root = folder.toAbsolutePath().normalize();
        if (root.toString().length() > LONGEST_ROOT) {
            throw new IllegalStateException("no engine in " + root
                    + ": its Unix sockets have no room there; use a folder whose path has at most " + LONGEST_ROOT
                    + " characters");
        }
        return new EngineFolder(root);
    }

    private Path run() {
        return root.resolve("run");
    }

    Path socket() {
        return run().resolve("docker.sock");
    }

    Path containerdSocket() {
        return run().resolve("containerd.sock");
    }

    Path dockerdConfig() {
        return run().resolve("dockerd.json");
    }

    Path containerdConfig() {
        return run().resolve("containerd.toml");
    }

    /** Name of its bridge, the same at each start. */
    String bridge() {
        return "%s%08x".formatted(Bridge.PREFIX, root.toString().hashCode());
    }

    /** Writes the configurations of both daemons. */
    void write(List<String> insecure) throws IOException {
        Files.createDirectories(run());
        ObjectNode dockerd = JSON.createObjectNode()
                .put("data-root", root.resolve("data").toString())
                .put("exec-root", run().resolve("exec").toString())
                .put("pidfile", run().resolve("docker.pid").toString())
                .put("containerd", containerdSocket().toString())
                .put("bridge", bridge())
                .put("iptables", false) // at its start it would empty the chains that all engines share
                .put("ip6tables", false);
        dockerd.putArray("hosts").add("unix://" + socket());
        dockerd.putObject("features").put("containerd-snapshotter", true);
        dockerd.putObject("builder").putObject("gc").put("enabled", true).put("defaultKeepStorage", "20GB");
        inherit(dockerd);
        ArrayNode plain = dockerd.withArray("insecure-registries");
        insecure.forEach(plain::add);
        JSON.writeValue(dockerdConfig().toFile(), dockerd);
        Files.writeString(containerdConfig(), """
                version = 2
                root = %s
                state = %s
                disabled_plugins = ["io.containerd.grpc.v1.cri"]
                [grpc]
                  address = %s
                """.formatted(
                        quoted(root.resolve("data").resolve("containerd")),
                        quoted(run().resolve("containerd")),
                        quoted(containerdSocket())));
    }

    private static void inherit(ObjectNode to) throws IOException {
        if (!Files.isReadable(OF_THE_MACHINE)) {
            return;
        }
        JsonNode machine = JSON.readTree(OF_THE_MACHINE.toFile());
        for (String name : INHERITED) {
            if (machine.has(name)) {
                to.set(name, machine.get(name));
            }
        }
    }

    /** TOML's basic strings are those of JSON. */
    private static String quoted(Path path) throws IOException {
        return JSON.writeValueAsString(path.toString());
    }

    /** Ends daemons that somebody left here, takes away their mounts, and the files of the running engine. */
    void tidy() throws IOException, InterruptedException {
        Leftovers.endProcesses(List.of(dockerdConfig(), containerdConfig()));
        Leftovers.unmount(root);
        Leftovers.delete(run());
    }
}
