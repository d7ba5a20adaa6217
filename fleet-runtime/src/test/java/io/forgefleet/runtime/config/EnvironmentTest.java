package io.forgefleet.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forgefleet.events.Glob;
import io.forgefleet.events.job.WorkerKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Environment variables over the file, and secrets by reference. */
class EnvironmentTest {

    private static final String FORGE = """
            forges:
              - {name: a, kind: gitea, url: "http://a.example", repositories: ["one/*"], webhookSecrets: ["${env:OLD}"]}
            registries: [{name: main, address: r.example}]
            repositories:
              - {match: "a:**", baseImages: {"python:3.12-slim": x}, secrets: {pip-index: "${env:OLD}"}}
            """;

    @Test
    void aVariableStandsOverEachValue() throws Exception {
        FleetConfig config = FleetConfig.parse(
                FORGE,
                Map.ofEntries(
                        Map.entry("OLD", "old"),
                        Map.entry("FLEET_KAFKA_BOOTSTRAP", "kafka:9092"),
                        Map.entry("FLEET_KAFKA_PARTITIONS", "3"),
                        Map.entry("FLEET_KAFKA_EMBEDDED_FLUSH_BEFORE_ACK", "true"),
                        Map.entry("FLEET_FORGES_0_TOKEN", "literal-in-the-environment"),
                        Map.entry("FLEET_FORGES_0_KIND", "gitlab"),
                        Map.entry("FLEET_FORGES_0_REPOSITORIES", "two/*, three/**"),
                        Map.entry("FLEET_FORGES_0_WEBHOOK_SECRETS_0", "first,with comma"),
                        Map.entry("FLEET_FORGES_0_WEBHOOK_SECRETS_1", "${env:OLD}"),
                        Map.entry("FLEET_REPOSITORIES_0_BASE_IMAGES_PYTHON_3_12_SLIM", "y"),
                        Map.entry("FLEET_REPOSITORIES_0_SECRETS_PIP_INDEX", "p"),
                        Map.entry("FLEET_WORKERS", "template"),
                        Map.entry("FLEET_TEMPLATES_SLOTS", "7"),
                        Map.entry("FLEET_TEMPLATES_MEMORY", "512m"),
                        Map.entry("FLEET_INTERVALS_RUN_TIMEOUT", "5m"),
                        Map.entry("FLEET_PUBLIC_URL", "https://fleet.example/x/"),
                        Map.entry("FLEET_API_TOKEN", "   "),
                        Map.entry("FLEET_HOME", "/opt/fleet")));
        ForgeConfig forge = config.forges().getFirst();
        assertThat(config.kafka().bootstrap()).isEqualTo("kafka:9092");
        assertThat(config.kafka().partitions()).isEqualTo(3);
        assertThat(config.kafka().embedded().flushBeforeAck()).isTrue();
        assertThat(forge.token()).isEqualTo(Secret.of("literal-in-the-environment"));
        assertThat(forge.kind().word()).isEqualTo("gitlab");
        assertThat(forge.repositories()).containsExactly(Glob.ignoringCase("two/*"), Glob.ignoringCase("three/**"));
        assertThat(forge.webhookSecrets()).containsExactly(Secret.of("first,with comma"), Secret.of("old"));
        RepositoryRule rule = config.repositories().getFirst();
        assertThat(rule.baseImages()).containsEntry("python:3.12-slim", "y");
        assertThat(rule.secrets()).containsEntry("pip-index", Secret.of("p"));
        assertThat(config.workers()).containsExactly(WorkerKind.TEMPLATE);
        assertThat(config.templates().slots()).isEqualTo(7);
        assertThat(config.templates().memory()).isEqualTo(512L << 20);
        assertThat(config.intervals().runTimeout()).hasMinutes(5);
        assertThat(config.publicUrl(1)).hasToString("https://fleet.example/x");
        assertThat(config.api().token()).as("a blank variable is not set").isNull();
    }

    @Test
    void elementsThatTheFileDoesNotHaveAreAddedByTheirIndex() throws Exception {
        Map<String, String> environment = new HashMap<>(Map.of(
                "OLD", "old",
                "FLEET_FORGES_1_NAME", "b",
                "FLEET_FORGES_1_KIND", "github",
                "FLEET_FORGES_1_URL", "https://github.example",
                "FLEET_FORGES_1_REPOSITORIES_0", "team/*"));
        assertThat(FleetConfig.parse(FORGE, environment).forges())
                .extracting(ForgeConfig::name)
                .containsExactly("a", "b");

        environment.remove("FLEET_FORGES_1_URL");
        assertThatThrownBy(() -> FleetConfig.parse(FORGE, environment))
                .hasMessageContaining("/forges/1/url: ")
                .hasMessageContaining("nothing is there");
    }

    @Test
    void anErrorInAVariableNamesTheVariable() {
        assertThatThrownBy(() -> FleetConfig.parse("", Map.of("FLEET_KAFKA_REPLICATION", "three")))
                .hasMessageContaining("/kafka/replication: a whole number from 1 to 10 was expected, got \"three\"")
                .hasMessageContaining("(FLEET_KAFKA_REPLICATION)");
    }

    @Test
    void aLiteralSecretIsRefusedAndNotPrinted() {
        for (String literal :
                new String[] {"hunter2", "$TOKEN-hunter2", "${env:A}hunter2", "${vault:hunter2}", "123456"}) {
            assertThatThrownBy(() -> FleetConfig.parse("api: {token: '" + literal + "'}", Map.of("A", "a")))
                    .as(literal)
                    .hasMessageContaining("/api/token: a secret does not stand in this file")
                    .hasMessageContaining("${env:NAME}")
                    .hasMessageContaining("(line 1)")
                    .message()
                    .doesNotContain("hunter2", "123456");
        }
        assertThatThrownBy(() -> FleetConfig.parse("api: {token: 123456}", Map.of()))
                .hasMessageContaining("/api/token: a secret does not stand");
        assertThatThrownBy(() -> FleetConfig.parse(
                        "kafka: {properties: {sasl.jaas.config: 'password=hunter2;', linger.ms: 5}}", Map.of()))
                .hasMessageContaining("/kafka/properties/sasl.jaas.config: a secret")
                .message()
                .doesNotContain("hunter2", "linger");
        assertThatThrownBy(() -> FleetConfig.parse("publicUrl: 'https://me:hunter2@fleet.example'", Map.of()))
                .hasMessageContaining("/publicUrl: an http or https address without user")
                .message()
                .doesNotContain("hunter2");
    }

    @Test
    void aReferenceThatLeadsNowhereIsAnErrorWithItsPath(@TempDir Path folder) throws Exception {
        Path config = folder.resolve("fleet.yml");
        Files.writeString(folder.resolve("empty"), "\n");
        Files.write(folder.resolve("binary"), new byte[] {(byte) 0xff, (byte) 0xfe});
        Files.writeString(folder.resolve("large"), "x".repeat(70_000));
        Files.writeString(config, """
                forges:
                  - name: a
                    kind: gitea
                    url: http://a.example
                    repositories: ["**"]
                    token: "${env:NOT_THERE}"
                    webhookSecrets: ["${file:none}", "${file:empty}", "${file:binary}", "${file:large}", "${env:BLANK}"]
                """);
        assertThatThrownBy(() -> FleetConfig.load(config, Map.of("BLANK", " ")))
                .hasMessageContaining("/forges/0/token: environment variable NOT_THERE")
                .hasMessageContaining("/forges/0/webhookSecrets/0: the file of ${file:none} does not exist")
                .hasMessageContaining("/forges/0/webhookSecrets/1: the file of ${file:empty} is empty")
                .hasMessageContaining("/forges/0/webhookSecrets/2: the file of ${file:binary} is not a text")
                .hasMessageContaining("/forges/0/webhookSecrets/3: the file of ${file:large} is larger")
                .hasMessageContaining("/forges/0/webhookSecrets/4: environment variable BLANK");
    }

    @Test
    void aSecretOfAFileLosesOneLineEndOnly(@TempDir Path folder) throws Exception {
        Path config = folder.resolve("fleet.yml");
        Files.writeString(config, "api: {token: '${file:token}'}");
        for (var each : Map.of("s3cret\n", "s3cret", "s3cret\r\n", "s3cret", " s3cret \n\n", " s3cret \n", "x", "x")
                .entrySet()) {
            Files.writeString(folder.resolve("token"), each.getKey());
            assertThat(FleetConfig.load(config, Map.of()).api().token()).isEqualTo(Secret.of(each.getValue()));
        }
    }

    @Test
    void aSecretNeverPrintsItself() {
        assertThat(Secret.of("hunter2")).hasToString("•••").isNotEqualTo(Secret.of("hunter3"));
        assertThat(new FleetConfig.ApiConfig(Secret.of("hunter2")).toString()).doesNotContain("hunter2");
        assertThatThrownBy(() -> Secret.of("")).hasMessageContaining("must not be empty");
    }

    @Test
    void kafkaPropertiesReachTheClientsAndNoLog() throws Exception {
        FleetConfig config = FleetConfig.parse("""
                kafka:
                  bootstrap: kafka:9092
                  properties: {security.protocol: SASL_SSL, sasl.jaas.config: "${env:JAAS}", ssl.enabled: true}
                """, Map.of("JAAS", "password=hunter2;"));
        assertThat(config.toString()).doesNotContain("hunter2");
        assertThat(config.kafka().settings().producer())
                .containsEntry("sasl.jaas.config", "password=hunter2;")
                .containsEntry("security.protocol", "SASL_SSL")
                .containsEntry("ssl.enabled", "true");
    }
}
