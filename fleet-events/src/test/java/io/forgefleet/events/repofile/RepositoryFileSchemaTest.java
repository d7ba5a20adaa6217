package io.forgefleet.events.repofile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An editor that goes by the schema and the fleet that goes by the parser say the same. */
class RepositoryFileSchemaTest {

    private static final JsonSchema SCHEMA =
            JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(RepositoryFile.schema());

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cacheKey: [Dockerfile*]",
                "images: [{dockerfile: Other}]",
                "images: [{name: a.b-c_d, dockerfile: docker/Dockerfile.x, context: docker}]",
                "images: [{name: a}, {name: b, platforms: [linux/arm/v7], secrets: [pip-index, A_B.c]}]",
                "images: [{dockerfile: \"..x/y..\"}]",
                "images: [{target: run, args: {A_b: 1, KEYBOARD: x}}]",
                "cacheKey: []",
                "ciImages: [{name: ci, rebuildOn: [\"**/*.lock\"], pinIn: [.github/workflows/*.yml]}]",
                "templateDatabases: [{name: a, engine: sqlite, key: [db/**], image: \"x:1\", command: run}]",
                "templateDatabases: [{name: a, engine: postgresql, version: 17, key: [a], image: \"r/x@sha256:ab\", command: r,"
                        + " extensions: [uuid-ossp], environment: {A: 1}, network: true, timeout: 10m}]",
                "release: {tags: [\"v*\"]}",
                "{ciImages: [{name: ci}], release: {tags: [v*], platforms: [linux/amd64], registries: [main, hub],"
                        + " artifacts: [{image: ci, command: uv build, paths: [dist/*.whl]}], scan: {failOn: high,"
                        + " waivers: w.yml}, sign: {key: release}}}",
                "release: {tags: [v*], artifacts: [{image: \"r.example/x@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\","
                        + " command: x, paths: [a], network: true, timeout: 5m, environment: {A: 1}}]}",
            })
    void bothAllowWhatIsRight(String text) throws Exception {
        assertThat(RepositoryFileParser.parse(text).images()).isNotEmpty();
        assertThat(allows(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "- a",
                "text",
                "image: []",
                "images: {}",
                "images: []",
                "images: [{name: [a]}]",
                "images: [{name: a/b}]",
                "images: [{name: a--b}]",
                "images: [{nmae: a}]",
                "images: [{name: a, dockerfile: /etc/passwd}]",
                "images: [{name: a, dockerfile: \"x/../../y\"}]",
                "images: [{name: a, dockerfile: \" \"}]",
                "images: [{name: a, context: \"..\"}]",
                "images: [{name: a, dockerfile: \"a\\nb\"}]",
                "images: [{name: a, dockerfile: 1}]",
                "images: [{name: a, platforms: linux/amd64}]",
                "images: [{name: a, platforms: []}]",
                "images: [{name: a, platforms: [plan9]}]",
                "images: [{name: a, secrets: token}]",
                "images: [{name: a, secrets: [\"../token\"]}]",
                "images: [{name: a, secrets: [token, token]}]",
                "images: [{name: a}, {dockerfile: b}]",
                "images: [{args: {A-B: x}}]",
                "images: [{args: {Npm_Token: x}}]",
                "images: [{args: {A: [x]}}]",
                "images: [{args: [A]}]",
                "images: [{target: \"a b\"}]",
                "cacheKey: text",
                "cacheKey: [/etc/passwd]",
                "cacheKey: [../x]",
                "cacheKey: [a, a]",
                "ciImages: []",
                "ciImages: [{dockerfile: a}]",
                "ciImages: [{name: ci, pinIn: [../x]}]",
                "ciImages: [{name: ci, rebuild: [x]}]",
                "templateDatabases: []",
                "templateDatabases: [{name: A, engine: sqlite, key: [a], image: \"x:1\", command: r}]",
                "templateDatabases: [{name: a, engine: mysql, key: [a], image: \"x:1\", command: r}]",
                "templateDatabases: [{name: a, key: [a], image: \"x:1\", command: r}]",
                "templateDatabases: [{name: a, engine: sqlite, image: \"x:1\", command: r}]",
                "templateDatabases: [{name: a, engine: sqlite, key: [], image: \"x:1\", command: r}]",
                "templateDatabases: [{name: a, engine: sqlite, key: [a], command: r}]",
                "templateDatabases: [{name: a, engine: sqlite, key: [a], image: \"x y\", command: r}]",
                "templateDatabases: [{name: a, engine: sqlite, key: [a], image: \"x:1\"}]",
                "templateDatabases: [{name: a, engine: sqlite, key: [a], image: \"x:1\", command: \" \"}]",
                "templateDatabases: [{name: a, engine: sqlite, version: 3, key: [a], image: \"x:1\", command: r}]",
                "templateDatabases: [{name: a, engine: postgresql, key: [a], image: \"x:1\", command: r}]",
                "templateDatabases: [{name: a, engine: postgresql, version: latest, key: [a], image: \"x:1\", command: r}]",
                "templateDatabases: [{name: a, engine: postgresql, version: 16.4, key: [a], image: \"x:1\", command: r}]",
                "templateDatabases: [{name: a, engine: sqlite, key: [a], image: \"x:1\", command: r, environment: {DB_PASSWORD: x}}]",
                "templateDatabases: [{name: a, engine: sqlite, key: [a], image: \"x:1\", command: r, extensions: [A]}]",
                "templateDatabases: [{name: a, engine: sqlite, key: [a], image: \"x:1\", command: r, network: maybe}]",
                "release: {}",
                "release: {tags: []}",
                "release: {tags: v1}",
                "release: {tags: [v*], tag: x}",
                "release: {tags: [v*], platforms: []}",
                "release: {tags: [v*], registries: [\"../x\"]}",
                "release: {tags: [v*], artifacts: [{image: \"python:3.12\", command: x, paths: [a]}]}",
                "release: {tags: [v*], artifacts: []}",
                "{ciImages: [{name: ci}], release: {tags: [v*], artifacts: [{image: ci, command: x, paths: [\"d*/a\"]}]}}",
                "{ciImages: [{name: ci}], release: {tags: [v*], artifacts: [{image: ci, command: x, paths: [\"**/a\"]}]}}",
                "{ciImages: [{name: ci}], release: {tags: [v*], artifacts: [{image: ci, command: x, paths: [\"a**\"]}]}}",
                "release: {tags: [v*], scan: {failOn: bad}}",
                "release: {tags: [v*], scan: {waivers: ../x}}",
                "release: {tags: [v*], sign: {}}",
                "release: {tags: [v*], sign: {key: \"A B\"}}",
                "templateDatabases: [{name: a, engine: sqlite, key: [a], image: \"x:1\", command: r, timeout: 10}]",
                "templateDatabases: [{name: a, engine: sqlite, key: [a], image: \"x:1\", command: r, timeout: 0s}]",
                "templateDatabases: [{name: a, engine: sqlite, key: [a], image: \"x:1\", command: r, secrets: [a]}]",
            })
    void bothRefuseWhatIsWrong(String text) throws Exception {
        assertThat(refusedByParser(text)).isTrue();
        assertThat(allows(text)).isFalse();
    }

    private static boolean allows(String text) throws JsonProcessingException {
        return SCHEMA.validate(new YAMLMapper().readTree(text)).isEmpty();
    }

    private static boolean refusedByParser(String text) {
        try {
            RepositoryFileParser.parse(text);
            return false;
        } catch (RepositoryFileException e) {
            return !e.errors().isEmpty();
        }
    }
}
