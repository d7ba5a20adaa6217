package io.forgefleet.cleanup.driver.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.forgefleet.cleanup.driver.RegistryDriver;
import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.host.gitea.GiteaProcess;
import io.forgefleet.host.process.FreePort;
import io.forgefleet.host.process.ManagedProcess;
import io.forgefleet.host.process.ProcessSpec;
import io.forgefleet.host.process.Program;
import io.forgefleet.host.registry.LocalRegistry;
import io.forgefleet.host.registry.RegistryProgram;
import io.forgefleet.runtime.config.RegistryConfig;
import io.forgefleet.runtime.config.RegistryKind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/**
 * A registry to test on, with a repository that is not there yet.
 *
 * @param untag whether it takes a tag away alone
 * @param takesTags whether tags go with their manifest
 */
record RegistrySite(
        RegistryDriver driver, String repository, Pushes pushes, boolean untag, boolean takesTags, Runnable stop)
        implements AutoCloseable {

    enum Sort {
        DISTRIBUTION_2,
        DISTRIBUTION_3,
        CRANE,
        GITEA,
        RECORDED_GHCR,
        RECORDED_GITLAB,
        RECORDED_DOCKER_HUB
    }

    static final String REPOSITORY = "team/app/web";
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    static RegistrySite start(Sort sort, Path folder) throws Exception {
        return switch (sort) {
            case DISTRIBUTION_2 -> distribution(RegistryProgram.DISTRIBUTION_2, false, folder);
            case DISTRIBUTION_3 -> distribution(RegistryProgram.DISTRIBUTION_3, true, folder);
            case CRANE -> crane(folder);
            case GITEA -> gitea(folder);
            case RECORDED_GHCR -> recorded(new RecordedRegistry(RegistryKind.GHCR), folder, "writer");
            case RECORDED_GITLAB -> recorded(new RecordedRegistry(RegistryKind.GITLAB), folder, "writer");
            case RECORDED_DOCKER_HUB -> recorded(new RecordedRegistry(RegistryKind.DOCKER_HUB), folder, "writer");
        };
    }

    private static RegistrySite distribution(RegistryProgram program, boolean untag, Path folder) throws Exception {
        Assumptions.assumeTrue(program.isAvailable(), program + " is not on the PATH: no such registry to test on");
        LocalRegistry registry = LocalRegistry.start(program, folder, 0);
        return open(registry.address(), untag, true, registry::close, folder);
    }

    private static RegistrySite crane(Path folder) throws Exception {
        Path program = Program.onPath("crane").orElse(null);
        Assumptions.assumeTrue(program != null, "crane is not on the PATH: no registry in memory to test on");
        int port = FreePort.find();
        String host = "127.0.0.1:" + port;
        ManagedProcess process = ManagedProcess.start(ProcessSpec.of(
                "crane",
                folder.resolve("crane.log"),
                List.of(String.valueOf(program), "registry", "serve", "--address", host)));
        process.awaitReady(() -> answers(port), TIMEOUT);
        return open(host, true, false, process::close, folder);
    }

    private static RegistrySite open(String host, boolean untag, boolean takesTags, Runnable stop, Path folder)
            throws IOException {
        RegistryDriver driver = driver(host, RegistryKind.OCI, credentials(folder, host, ""));
        return new RegistrySite(driver, REPOSITORY, new Pushes(host, REPOSITORY, ""), untag, takesTags, stop);
    }

    private static RegistrySite gitea(Path folder) throws Exception {
        Assumptions.assumeTrue(GiteaProcess.isAvailable(), "gitea is not on the PATH: no such registry to test on");
        GiteaProcess gitea = GiteaProcess.start(folder.resolve("gitea"));
        String host = gitea.url().getAuthority();
        String auth = basic(GiteaProcess.ADMIN, gitea.token());
        String repository = GiteaProcess.ADMIN + "/app/web";
        return new RegistrySite(
                driver(host, RegistryKind.GITEA, credentials(folder, host, auth)),
                repository,
                new Pushes(host, repository, "Basic " + auth),
                true,
                true,
                gitea::close);
    }

    /** A recorded one, seen with this user's rights. */
    static RegistrySite recorded(RecordedRegistry registry, Path folder, String user) throws IOException {
        String host = registry.host();
        return new RegistrySite(
                driver(host, registry.kind(), credentials(folder, host, basic(user, "secret-of-" + user))),
                REPOSITORY,
                new Pushes(host, REPOSITORY, ""),
                registry.kind() != RegistryKind.GHCR,
                registry.kind() != RegistryKind.DOCKER_HUB,
                registry::close);
    }

    private static RegistryDriver driver(String host, RegistryKind kind, DockerCredentials credentials) {
        URI management = URI.create("http://" + host);
        return new RegistryDrivers(credentials, TIMEOUT)
                .of(new RegistryConfig("main", host, host, true, kind, management));
    }

    private static DockerCredentials credentials(Path folder, String host, String auth) throws IOException {
        String auths = auth.isEmpty() ? "" : "\"" + host + "\":{\"auth\":\"" + auth + "\"}";
        Path file = Files.createTempFile(folder, "config", ".json");
        return new DockerCredentials(Files.writeString(file, "{\"auths\":{" + auths + "}}"), Map.of());
    }

    private static String basic(String user, String secret) {
        return Base64.getEncoder().encodeToString((user + ":" + secret).getBytes(UTF_8));
    }

    private static boolean answers(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        stop.run();
    }
}
