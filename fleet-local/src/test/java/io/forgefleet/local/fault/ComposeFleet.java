package io.forgefleet.local.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.forgefleet.host.forge.LocalForge;
import io.forgefleet.host.forge.repository.Account;
import io.forgefleet.host.process.Command;
import io.forgefleet.host.process.FreePort;
import io.forgefleet.host.process.Program;
import io.forgefleet.local.cli.Shell;
import java.io.IOException;
import java.net.NetworkInterface;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The fleet of the compose file, with images made here, and a forge on this host that its containers reach. */
final class ComposeFleet implements AutoCloseable {

    static final String REPOSITORY = "ann/app";

    private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();
    private static final Duration MAKING_IMAGES = Duration.ofMinutes(20);
    private static final Duration STARTING = Duration.ofMinutes(4);
    private static final Duration ASKING = Duration.ofMinutes(1);
    private static final String API_TOKEN = "a token of the test";

    private final Path folder;
    private final Map<String, String> environment = new HashMap<>();
    private final LocalForge forge;
    private final Account ann;

    ComposeFleet(Path folder) throws IOException {
        ProcessFleet.assumeParts();
        assumeTrue(
                Program.onPath("debootstrap").isPresent(),
                "skipped: debootstrap is missing, by which the images' base is made");
        this.folder = folder;
        forge = LocalForge.start(folder.resolve("forge"), bridge(), 0);
        ann = forge.account("ann");
        forge.createRepository("ann", "app");
        environment.put("COMPOSE_PROJECT_NAME", "forgefleet-test");
        environment.put("FLEET_API_TOKEN", API_TOKEN);
        for (String port : List.of("WEBHOOK_PORT", "MANAGEMENT_PORT", "REGISTRY_PORT")) {
            environment.put(port, Integer.toString(FreePort.find()));
        }
        String group = run(Duration.ofSeconds(10), "stat", "-c", "%g", "/var/run/docker.sock");
        environment.put("DOCKER_GID", group.strip());
    }

    /** Adds the release worker, with a key and tools from these folders. */
    ComposeFleet releasing(Path secrets, Path tools) {
        environment.put("COMPOSE_PROFILES", "release");
        environment.put("RELEASE_SECRETS", secrets.toString());
        environment.put("RELEASE_TOOLS", tools.toString());
        return this;
    }

    /**
     * Makes the images, starts the services and waits until all are healthy.
     *
     * @param rule what stands in the repository's rule beside where its images go
     * @param further lines of {@code fleet.yml}
     */
    void up(int buildWorkers, String rule, String further) throws IOException {
        String made = run(MAKING_IMAGES, "deploy/local-images").lines().toList().getLast();
        for (String each : made.replaceFirst("^export ", "").split(" ", -1)) {
            String[] pair = each.split("=", 2);
            environment.put(pair[0], pair[1]);
        }
        Path secrets = Files.writeString(
                folder.resolve("fleet.env"), "TOKEN=" + ann.token() + "\nSECRET=" + ProcessFleet.SECRET + "\n");
        environment.put("FLEET_ENV_FILE", secrets.toString());
        environment.put("FLEET_YML", """
                publicUrl: "%s"
                forges:
                  - {name: forge, kind: forgejo, url: "%s", token: "${env:TOKEN}", webhookSecrets: ["${env:SECRET}"], repositories: ["ann/*"]}
                registries:
                  - {name: main, address: "%s", api: "registry:5000", plainHttp: true}
                repositories:
                  - {match: "forge:ann/*", images: main%s}
                builders:
                  - {name: engine, endpoint: "unix:///var/run/docker.sock", trust: [branch], slots: 1}
                %s
                """.formatted(management(), forge.url(), registry(), rule, further));
        run(
                STARTING,
                "docker",
                "compose",
                "up",
                "--detach",
                "--wait",
                "--no-build",
                "--scale",
                "build-worker=" + buildWorkers);
        forge.addWebhook(
                REPOSITORY,
                URI.create("http://127.0.0.1:" + environment.get("WEBHOOK_PORT") + "/webhooks/forge"),
                ProcessFleet.SECRET);
    }

    LocalForge forge() {
        return forge;
    }

    /** A new clone of the repository. */
    WorkingCopy cloned() throws IOException {
        return new WorkingCopy(
                folder.resolve("clone"),
                forge.cloneUrl(REPOSITORY).toString().replace("http://", "http://ann:" + ann.token() + "@"));
    }

    /** Where this host and its engine reach the registry. */
    String registry() {
        return "127.0.0.1:" + environment.get("REGISTRY_PORT");
    }

    /** {@code ./fleet}, of which commands ask this fleet. */
    Shell command(String... arguments) {
        return Shell.fleet(Map.of("FLEET_SERVER", management(), "FLEET_API_TOKEN", API_TOKEN), arguments);
    }

    /** Whether a command succeeds in the container of a service. */
    boolean succeeds(String service, String command) throws IOException {
        return execute(ASKING, "docker", "compose", "exec", "-T", service, "sh", "-c", command)
                        .exitCode()
                == 0;
    }

    @Override
    public void close() throws IOException {
        try (forge) {
            if (environment.containsKey("FLEET_YML")) {
                run(Duration.ofMinutes(2), "docker", "compose", "down", "--volumes", "--timeout", "10");
            }
        }
    }

    private String management() {
        return "http://127.0.0.1:" + environment.get("MANAGEMENT_PORT");
    }

    /** Where containers reach this machine. */
    private static String bridge() throws IOException {
        return NetworkInterface.getByName("docker0")
                .inetAddresses()
                .filter(address -> address.getAddress().length == 4)
                .findFirst()
                .orElseThrow()
                .getHostAddress();
    }

    private String run(Duration within, String... command) throws IOException {
        Command.Output output = execute(within, command);
        assertThat(output.exitCode())
                .as(String.join(" ", command) + ": " + output.error())
                .isZero();
        return output.text();
    }

    private Command.Output execute(Duration within, String... command) throws IOException {
        return new Command(List.of(command), PROJECT, environment, within, 1 << 20).run();
    }
}
