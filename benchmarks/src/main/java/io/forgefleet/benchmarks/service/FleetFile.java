package io.forgefleet.benchmarks.service;

import io.forgefleet.benchmarks.measure.Bench;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A {@code fleet.yml} for one forge, one registry and the local engine, with defaults for all else.
 *
 * @param kind of the forge, as the file calls it
 * @param forge its name
 * @param url where it is
 * @param registry {@code host:port}
 * @param engine where the builder answers
 * @param slots of the builder
 */
public record FleetFile(String bootstrap, String kind, String forge, URI url, String registry, URI engine, int slots)
        implements RunningService.Configuration {

    /** The engine that Docker itself takes. */
    public static final URI ENGINE = URI.create("unix:///var/run/docker.sock");

    private static final String SECRET_VARIABLE = "BENCH_HOOK_SECRET";
    private static final String TOKEN_VARIABLE = "BENCH_FORGE_TOKEN";

    /** Variables that a service needs beside the file. */
    public static Map<String, String> secrets(String webhookSecret, String forgeToken) {
        return Map.of(SECRET_VARIABLE, webhookSecret, TOKEN_VARIABLE, forgeToken);
    }

    @Override
    public Path write(Bench bench, String name, int webhookPort, int managementPort) {
        String yaml = """
                kafka: {bootstrap: "%s", replication: 1}
                listen: {webhooks: "127.0.0.1:%d", management: "127.0.0.1:%d"}
                dataDirectory: "%s"
                forges:
                  - name: %s
                    kind: %s
                    url: %s
                    token: "${env:%s}"
                    webhookSecrets: ["${env:%s}"]
                    repositories: ["**"]
                registries:
                  - {name: main, address: "%s", plainHttp: true}
                repositories:
                  - {match: "%s:**", images: main}
                builders:
                  - {name: engine, endpoint: "%s", trust: [branch], slots: %d}
                """.formatted(
                        bootstrap,
                        webhookPort,
                        managementPort,
                        bench.directory().resolve(name + "-data"),
                        forge,
                        kind,
                        url,
                        TOKEN_VARIABLE,
                        SECRET_VARIABLE,
                        registry,
                        forge,
                        engine,
                        slots);
        try {
            return Files.writeString(bench.directory().resolve(name + ".yml"), yaml);
        } catch (IOException e) {
            throw new UncheckedIOException("writing the configuration of " + name + " failed", e);
        }
    }
}
