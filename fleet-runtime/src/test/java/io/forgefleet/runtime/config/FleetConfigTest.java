package io.forgefleet.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.forgefleet.events.ForgeKind;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.image.TrustClass;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FleetConfigTest {

    private static final String ONE_FORGE = """
            forges:
              - name: codeberg
                kind: forgejo
                url: https://codeberg.example/
                token: "${env:TOKEN}"
                webhookSecrets: ["${env:HOOK}", "${env:HOOK_OLD}"]
                repositories: ["team/*"]
            registries:
              - {name: main, address: "registry.example/team"}
            repositories:
              - match: "codeberg:team/app"
                protectedBranches: [main, "release/*"]
              - match: "codeberg:team/*"
                images: main
                secrets: {pip-index: "${env:TOKEN}"}
            """;

    private static final Map<String, String> ENVIRONMENT =
            Map.of("TOKEN", "t0ken", "HOOK", "new-secret", "HOOK_OLD", "old-secret");

    @Test
    void aSigningKeyIsNamedAndNotLookedUpWhereTheFileIsRead() throws Exception {
        String releasing = ONE_FORGE.replace("images: main\n", "images: main\n    release: {keys: [main]}\n");
        String keys = "signing: {keys: [{name: main, key: \"${file:/not/here}\", passphrase: \"${env:NOT_SET}\"}]}\n";
        FleetConfig config = FleetConfig.parse(releasing + keys, ENVIRONMENT);
        assertThat(config.releases()).isTrue();
        assertThat(config.signingKeys().getFirst().key()).hasToString("${file:/not/here}");
        assertThat(config.signingKeys().getFirst().passphrase()).hasToString("${env:NOT_SET}");

        ConfigException unknown =
                catchThrowableOfType(ConfigException.class, () -> FleetConfig.parse(releasing, ENVIRONMENT));
        assertThat(unknown).hasMessageContaining("no key of signing.keys is called 'main'");
        String plain = keys.replace("${file:/not/here}", "-----BEGIN");
        ConfigException here =
                catchThrowableOfType(ConfigException.class, () -> FleetConfig.parse(releasing + plain, ENVIRONMENT));
        assertThat(here)
                .hasMessageContaining("a secret does not stand in this file")
                .hasMessageNotContaining("-----BEGIN");
    }

    @Test
    void theExampleIsValidAndNamesTheDefaultsAsTheyAre() throws Exception {
        Path example = Path.of("..", "fleet.example.yml");
        Map<String, String> environment =
                Map.of("CODEBERG_TOKEN", "t", "HOOK_SECRET", "h", "API", "a", "PIP_INDEX", "p");
        FleetConfig asWritten = FleetConfig.load(example, environment);
        assertThat(asWritten.intervals()).isEqualTo(Intervals.DEFAULTS);
        assertThat(asWritten.builders())
                .isEqualTo(FleetConfig.parse("", Map.of()).builders());

        String withoutComments = Files.readString(example)
                .replaceAll("(?m)^(\\s*)# (?=[ a-z-])", "$1")
                .replaceAll("(?m)^(Configuration|An environment|Secrets never|Durations|FLEET_FORGES).*$", "")
                .replaceAll("\\$\\{file:[^}]*}", "\\${env:API}");
        FleetConfig everything = FleetConfig.parse(withoutComments, environment);
        assertThat(everything.intervals()).isEqualTo(Intervals.DEFAULTS);
        assertThat(everything.tools().scannerDatabaseMaxAge())
                .isEqualTo(asWritten.tools().scannerDatabaseMaxAge());
        assertThat(asWritten.listen()).isEqualTo(FleetConfig.parse("", Map.of()).listen());
        assertThat(everything.listen().advertised()).isEqualTo(URI.create("http://build-3.internal:8081"));
        assertThat(everything.retention())
                .usingRecursiveComparison()
                .ignoringFields("undoWindow", "worker") // what the example shows is not what holds without it
                .isEqualTo(FleetConfig.parse("", Map.of()).retention());
        assertThat(asWritten.retention())
                .isEqualTo(FleetConfig.parse("", Map.of()).retention());
        assertThat(everything.retention().undoWindow()).isEqualTo(Duration.ofDays(2));
        assertThat(everything.imageTars())
                .isEqualTo(FleetConfig.parse("", Map.of()).imageTars());
        assertThat(everything.repositories().getFirst().imageTar()).isEqualTo(RepositoryRule.KeepTar.OFF);
        assertThat(everything.templates())
                .isEqualTo(FleetConfig.parse("", Map.of()).templates());
        assertThat(everything.workers())
                .isEqualTo(FleetConfig.parse("", Map.of()).workers());
        assertThat(everything.builders()).hasSize(3);
        assertThat(everything.kafka().settings().bootstrap()).isEqualTo("kafka:9092");
    }

    @Test
    void imagesAreKeptAsTarsWhereTheRuleSaysSo() throws Exception {
        for (Map.Entry<String, RepositoryRule.KeepTar> word : Map.of(
                        "off", RepositoryRule.KeepTar.OFF,
                        "on", RepositoryRule.KeepTar.ON,
                        "push-failed", RepositoryRule.KeepTar.PUSH_FAILED)
                .entrySet()) {
            FleetConfig config = FleetConfig.parse(
                    ONE_FORGE + "    imageTar: " + word.getKey() + "\n" + "imageTars: {keep: 2h, gigabytes: 3}\n",
                    ENVIRONMENT);
            assertThat(config.repositories().getLast().imageTar()).isEqualTo(word.getValue());
            assertThat(config.repositories().getFirst().imageTar()).isEqualTo(RepositoryRule.KeepTar.OFF);
            assertThat(config.imageTars()).isEqualTo(new ImageTarConfig(Duration.ofHours(2), 100, 3));
            assertThat(config.imageTars().bytes()).isEqualTo(3L << 30);
        }
        assertThat(catchThrowableOfType(
                                ConfigException.class,
                                () -> FleetConfig.parse(ONE_FORGE + "    imageTar: always\n", ENVIRONMENT))
                        .getMessage())
                .contains("/repositories/1/imageTar: one of off, on, push-failed was expected");
    }

    @Test
    void nothingAtAllIsAFleetOnOneMachine() throws Exception {
        FleetConfig config = FleetConfig.parse("", Map.of());
        assertThat(config.kafka().isEmbedded()).isTrue();
        assertThat(config.kafka().layout().replicationFactor()).isEqualTo(1);
        assertThat(config.listen().management().isLoopback()).isTrue();
        assertThat(config.publicUrl(8081)).isEqualTo(URI.create("http://127.0.0.1:8081"));
        assertThat(config.builders()).singleElement().satisfies(builder -> {
            assertThat(builder.endpoint()).hasToString("unix:///var/run/docker.sock");
            assertThat(builder.trust()).containsExactly(TrustClass.BRANCH);
        });
        assertThat(FleetConfig.parse("kafka: {bootstrap: 'a:1, b:2'}", Map.of())
                        .kafka()
                        .layout()
                        .replicationFactor())
                .isEqualTo(3);
    }

    @Test
    void commandsOfRepositoriesRunOnTheFirstEngineUnlessToldOtherwise() throws Exception {
        String builders = """
                builders:
                  - {name: a, endpoint: "tcp://buildkit:1234", trust: [branch]}
                  - {name: b, endpoint: "unix:///run/other.sock", trust: [protected]}
                """;
        assertThat(FleetConfig.parse(builders, Map.of()).templates().engine()).hasToString("unix:///run/other.sock");
        assertThat(FleetConfig.parse(builders + "templates: {engine: \"tcp://x:1\"}", Map.of())
                        .templates()
                        .engine())
                .hasToString("tcp://x:1");
        assertThat(errors("{workers: [build, relase], templates: {memory: 2, slots: 0}}"))
                .containsExactlyInAnyOrder(
                        "/workers/1: one of build, template was expected, got \"relase\" (line 1)",
                        "/templates/memory: a size such as 512m or 4g was expected, got number 2 (line 1)",
                        "/templates/slots: a whole number from 1 to 200 was expected, got number 0 (line 1)");
        assertThat(errors("workers: []"))
                .singleElement()
                .asString()
                .startsWith("/workers: a list with one of build, template, or both, was expected");
    }

    @Test
    void readsWhatServicesAskFor() throws Exception {
        FleetConfig config = FleetConfig.parse(ONE_FORGE, ENVIRONMENT);
        ForgeConfig forge = config.forge("codeberg").orElseThrow();
        assertThat(forge.kind()).isEqualTo(ForgeKind.FORGEJO);
        assertThat(forge.url()).isEqualTo(URI.create("https://codeberg.example"));
        assertThat(forge.token()).isEqualTo(Secret.of("t0ken"));
        assertThat(forge.webhookSecrets()).containsExactly(Secret.of("new-secret"), Secret.of("old-secret"));
        assertThat(config.forge("other")).isEmpty();
        RepositoryId app = new RepositoryId("codeberg", "Team/App");
        RepositoryId tool = new RepositoryId("codeberg", "team/tool");
        assertThat(config.covers(app)).isTrue();
        assertThat(config.covers(new RepositoryId("codeberg", "team/sub/app"))).isFalse();
        assertThat(config.covers(new RepositoryId("codeberg", "teams/app"))).isFalse();
        assertThat(config.covers(new RepositoryId("github", "team/app"))).isFalse();
        RepositoryRule first = config.ruleFor(app).orElseThrow();
        assertThat(first.images()).isEqualTo("main");
        assertThat(first.isProtected("release/1.0")).isTrue();
        assertThat(first.isProtected("release/1/0")).isFalse();
        assertThat(first.isProtected("Main")).isFalse();
        assertThat(first.builds("feature/a/b")).isTrue();
        assertThat(config.ruleFor(tool).orElseThrow().secrets()).containsEntry("pip-index", Secret.of("t0ken"));
        assertThat(config.registry("main").orElseThrow().api()).isEqualTo("registry.example/team");
        assertThat(config.toString()).doesNotContain("t0ken", "secret\"", "new-secret");
    }

    @Test
    void showsAllErrorsAtOnceEachWithItsPathAndLine() {
        assertThat(errors("""
                        forges:
                          - name: Codeberg
                            kind: gitub
                            url: ftp://codeberg.example
                        kafka: {bootstrap: kafka, partitions: many, replicaton: 3}
                        listen: {management: "0.0.0.0:8081"}
                        intervals: {drain: 30, park: 0s, attempts: 0}
                        builders:
                          - {name: a, endpoint: "/var/run/docker.sock", trust: [anybody], slots: 1.5}
                        """))
                .containsExactlyInAnyOrder(
                        "/forges/0/name: a name of up to 40 lower-case letters, digits and inner dashes was expected, got \"Codeberg\" (line 2)",
                        "/forges/0/kind: one of github, gitea, forgejo, gitlab was expected, got \"gitub\" (line 3)",
                        "/forges/0/url: an http or https address without user, password, query or fragment was expected, got \"ftp://codeberg.example\" (line 4)",
                        "/forges/0/repositories: a list of patterns such as team/* was expected, and nothing is there (line 2)",
                        "/kafka/bootstrap: host:port, several separated by commas, was expected, got \"kafka\" (line 5)",
                        "/kafka/partitions: a whole number from 1 to 1000 was expected, got \"many\" (line 5)",
                        "/kafka/replicaton: is not known here; did you mean replication? (line 5)",
                        "/api/token: a token was expected, since listen.management 0.0.0.0:8081 is not loopback: write \"${env:NAME}\" or \"${file:/path}\"",
                        "/intervals/drain: a duration like 500ms, 30s, 25m, 24h or 7d was expected, got number 30 (line 7)",
                        "/intervals/park: a duration like 500ms, 30s, 25m, 24h or 7d was expected, got \"0s\" (line 7)",
                        "/intervals/attempts: a whole number from 1 to 100 was expected, got number 0 (line 7)",
                        "/builders/0/endpoint: unix:///path or tcp://host:port was expected, got \"/var/run/docker.sock\" (line 9)",
                        "/builders/0/trust/0: one of fork, branch, protected was expected, got \"anybody\" (line 9)",
                        "/builders/0/slots: a whole number from 1 to 200 was expected, got number 1.5 (line 9)");
    }

    @Test
    void aScannerThatTheFleetCannotRunIsFoundAtTheStart() {
        assertThat(errors("tools: {scanner: snyk}\n"))
                .containsExactly(
                        "/tools/scanner: one of osv-scanner, trivy, grype was expected, got \"snyk\" (line 1)");
    }

    @Test
    void anSbomToolThatTheFleetCannotRunIsFoundAtTheStart() {
        assertThat(errors("tools: {sbom: tern}\n"))
                .containsExactly("/tools/sbom: one of syft, cdxgen was expected, got \"tern\" (line 1)");
    }

    @Test
    void unknownKeysAreErrorsOnEveryLevel() {
        assertThat(errors("forge: []\nretention: {branch: 7d}\ntools: {scaner: x}\nsomething: 1\n"))
                .satisfiesExactlyInAnyOrder(
                        error -> assertThat(error).startsWith("/forge: is not known here; did you mean forges?"),
                        error -> assertThat(error)
                                .startsWith("/retention/branch: is not known here; did you mean branches?"),
                        error ->
                                assertThat(error).startsWith("/tools/scaner: is not known here; did you mean scanner?"),
                        error -> assertThat(error)
                                .startsWith("/something: is not known here; known are api, builders,"));
    }

    @Test
    void valuesOfTheWrongTypeAreErrorsAndNotSurprises() {
        assertThat(errors("""
                        forges: {name: codeberg}
                        kafka: [1]
                        registries:
                          - {name: main, address: 5000, plainHttp: "yes"}
                        repositories:
                          - {match: "*:**", protectedBranches: [1.0, ok, null]}
                        """))
                .containsExactlyInAnyOrder(
                        "/forges: a list was expected, got a mapping (line 1)",
                        "/kafka: a mapping was expected, got a list (line 2)",
                        "/registries/0/address: host[:port][/path] in lower case, without http://, was expected, got number 5000 (line 4)",
                        "/registries/0/plainHttp: true or false was expected, got \"yes\" (line 4)",
                        "/repositories/0/protectedBranches/0: a pattern such as release/* was expected, got number 1.0 (line 6)",
                        "/repositories/0/protectedBranches/2: a value was expected, and nothing is there (line 6)");
    }

    @Test
    void namesThatPointNowhereOrTwiceAreErrors() {
        assertThat(errors("""
                        forges:
                          - {name: a, kind: gitea, url: "http://a.example", repositories: ["**"]}
                          - {name: a, kind: gitea, url: "http://b.example", repositories: ["**"]}
                        registries:
                          - {name: main, address: a.example}
                          - {name: hub, address: b.example}
                        repositories:
                          - {match: "b:x/*", images: mian}
                          - {match: "a:x/*"}
                          - {match: "a", images: hub}
                        """))
                .satisfiesExactlyInAnyOrder(
                        error -> assertThat(error).startsWith("/forges/1/name: 'a' is used twice"),
                        error -> assertThat(error).startsWith("/repositories/0/match: no forge is called 'b'"),
                        error -> assertThat(error)
                                .startsWith("/repositories/0/images: no registry is called 'mian'; did you mean main?"),
                        error -> assertThat(error)
                                .startsWith("/repositories/1/images: the name of a registry was expected"),
                        error -> assertThat(error).startsWith("/repositories/1/images: no registry is called ''"),
                        error -> assertThat(error).startsWith("/repositories/2/match: a pattern such as"),
                        error -> assertThat(error).startsWith("/repositories/2/match: no forge is called 'invalid'"));
    }

    @Test
    void whatIsNotYamlNamesLineAndColumn() {
        assertThat(errors("forges:\n  - name: [\n"))
                .singleElement()
                .asString()
                .startsWith("/: not YAML")
                .contains("line");
        assertThat(errors("kafka: {}\nkafka: {}\n")).singleElement().asString().contains("Duplicate");
        assertThat(errors("- a\n")).singleElement().asString().startsWith("/: a mapping was expected");
        assertThat(errors("publicUrl: &u 'http://a.example'\ndataDirectory: *u\n"))
                .singleElement()
                .asString()
                .startsWith("/dataDirectory: aliases");
    }

    @Test
    void aMissingFileSaysWhereToLook(@TempDir Path folder) {
        var e = catchThrowableOfType(
                ConfigException.class, () -> FleetConfig.load(folder.resolve("fleet.yml"), Map.of()));
        assertThat(e).hasMessageContaining("fleet.yml is not valid").hasMessageContaining("fleet.example.yml");
    }

    @Test
    void managementBeyondLoopbackNeedsAToken() throws Exception {
        String open = "listen: {management: '[::]:8081'}\napi: {token: '${env:TOKEN}'}\n";
        FleetConfig config = FleetConfig.parse(open, ENVIRONMENT);
        assertThat(config.api().token()).isEqualTo(Secret.of("t0ken"));
        assertThat(config.publicUrl(9000)).isEqualTo(URI.create("http://localhost:9000"));
        assertThat(errors("listen: {management: 'fleet.example:8081'}")).hasSize(1);
        assertThat(errors("listen: {management: '127.0.0.1.example:8081'}")).hasSize(1);
        assertThat(errors("listen: {management: ':8081'}")).hasSize(1);
        assertThat(errors("listen: {management: '127.0.0.1:65536'}")).hasSize(1);
        assertThat(FleetConfig.parse("listen: {management: '[::1]:0'}", Map.of())
                        .listen()
                        .management())
                .hasToString("[::1]:0");
    }

    @Test
    void aClaimMustBeRenewedBeforeItEnds() throws Exception {
        assertThat(errors("intervals: {claimValidity: 6s, claimRenewal: 4s, claimMargin: 2s}"))
                .singleElement()
                .asString()
                .startsWith("/intervals/claimValidity: claim renewal must be at most a third");
        Intervals shortened = FleetConfig.parse(
                        "intervals: {claimValidity: 1500ms, claimRenewal: 500ms, claimMargin: 200ms, shareLock: 2s}",
                        Map.of())
                .intervals();
        assertThat(shortened.claimValidity()).isEqualTo(Duration.ofMillis(1500));
        assertThat(shortened.shareGroup("build").lockDuration()).isEqualTo(Duration.ofSeconds(2));
    }

    private static List<String> errors(String yaml) {
        var e = catchThrowableOfType(ConfigException.class, () -> FleetConfig.parse(yaml, new HashMap<>(ENVIRONMENT)));
        assertThat(e).as("an error for " + yaml).isNotNull();
        return e.errors();
    }
}
