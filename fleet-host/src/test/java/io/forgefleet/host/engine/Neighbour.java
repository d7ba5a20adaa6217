package io.forgefleet.host.engine;

import io.forgefleet.host.process.ManagedProcess;
import io.forgefleet.host.process.ProcessSpec;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Another machine, as far as this one can tell: a network namespace behind a cable, with a web server and no way back but to us. */
record Neighbour(String name, ManagedProcess server) implements AutoCloseable {

    static final String ADDRESS = "198.51.100.2";
    static final int PORT = 8099;

    static Neighbour start(Path folder) throws IOException, InterruptedException {
        String name = "fh" + ProcessHandle.current().pid();
        Leftovers.run("ip", "netns", "add", name);
        Leftovers.run("ip", "link", "add", name + "a", "type", "veth", "peer", "name", name + "b", "netns", name);
        Leftovers.run("ip", "address", "add", "198.51.100.1/30", "dev", name + "a");
        Leftovers.run("ip", "link", "set", name + "a", "up");
        Leftovers.run("ip", "-n", name, "address", "add", ADDRESS + "/30", "dev", name + "b");
        Leftovers.run("ip", "-n", name, "link", "set", name + "b", "up");
        Path site = Files.createDirectories(folder.resolve("site"));
        Files.writeString(site.resolve("hello"), "from the neighbour\n");
        String port = String.valueOf(PORT);
        ManagedProcess server = ManagedProcess.start(ProcessSpec.of(
                "neighbour",
                folder.resolve("neighbour.log"),
                List.of("ip", "netns", "exec", name, "busybox", "httpd", "-f", "-p", port, "-h", site.toString())));
        server.awaitReady(Neighbour::answers, Duration.ofSeconds(10));
        return new Neighbour(name, server);
    }

    private static boolean answers() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(ADDRESS, PORT), 500);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        Leftovers.run("ip", "link", "delete", name + "a");
        Leftovers.run("ip", "netns", "delete", name);
    }
}
