package io.forgefleet.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.clients.sign.Trust;
import io.forgefleet.clients.tool.Command;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.TagEvent;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.run.RunState;
import io.forgefleet.events.wire.Json;
import io.forgefleet.host.gitea.GiteaProcess;
import io.forgefleet.host.registry.ProgramRoot;
import io.forgefleet.host.registry.SmallImages;
import io.forgefleet.work.evidence.EvidenceVerifier;
import io.forgefleet.work.evidence.proof.KeyProver;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A release with an image and a file on a real Gitea: its files are downloaded again and verified by cosign's own command line. */
class GiteaReleaseTest {

    private static final RepositoryId ID = new RepositoryId("gitea", "team/app");

    @TempDir
    Path folder;

    @Test
    void whatIsReleasedVerifiesByItself() throws Exception {
        assumeTrue(GiteaProcess.isAvailable(), "no gitea on PATH");
        Optional<Path> root = ProgramRoot.make(Files.createDirectory(folder.resolve("root")), List.of());
        assumeTrue(root.isPresent(), "no busybox: apt-get install busybox-static");
        try (GiteaProcess gitea = GiteaProcess.start(folder.resolve("gitea"));
                ReleaseSite site = new ReleaseSite(
                        folder,
                        "- {name: gitea, kind: gitea, url: \"%s\", token: \"${env:GITEA}\", repositories: [\"team/*\"]}"
                                .formatted(gitea.url()),
                        Map.of("GITEA", gitea.token()))) {
            gitea.call("POST", "orgs", Map.of("username", "team"));
            gitea.call("POST", "orgs/team/repos", Map.of("name", "app", "default_branch", "main"));
            String digest = new SmallImages(site.registry.address(), "base/sh").push(folder, "linux/amd64", root.get());
            SmallImages files = new SmallImages(site.registry.address(), "base/files");
            String base = files.index(Map.of(
                    "linux/amd64", files.push(folder, "linux/amd64", Map.of("of", "amd64")),
                    "linux/arm64", files.push(folder, "linux/arm64", Map.of("of", "arm64"))));
            String login = "http://" + GiteaProcess.ADMIN + ":" + gitea.token() + "@";
            Clone clone = Clone.of(
                            folder.resolve("clone"), gitea.url().toString().replace("http://", login) + "team/app.git")
                    .write("hello", "gitea")
                    .write(
                            "Dockerfile",
                            "FROM " + site.registry.address() + "/base/files@" + base + "\nCOPY hello /hello\n")
                    .write(".forgefleet.yml", """
                            release:
                              tags: ["v*"]
                              platforms: [linux/amd64, linux/arm64]
                              artifacts: [{image: "%s/base/sh@%s", command: "mkdir dist && echo $RELEASE_VERSION > dist/tool.txt",
                                           paths: ["dist/*.txt"]}]
                            """.formatted(site.registry.address(), digest));
            clone.push("main");
            site.startReleases();
            TagEvent event = ReleaseSite.tagged(ID, "v1.0.0", clone.tag("v1.0.0"));
            RunState end = site.release(event);
            assertThat(ReleaseSite.outcome(end).message()).startsWith("released 1.0.0");

            JsonNode release = gitea.call("GET", "repos/team/app/releases/tags/v1.0.0", null);
            assertThat(release.path("draft").asBoolean()).isFalse();
            Map<String, Path> assets = download(release);
            assertThat(assets)
                    .containsKeys(
                            "tool.txt",
                            "tool.txt.sigstore.json",
                            "tool.txt.cdx.json",
                            "image-linux-arm64.spdx.json",
                            "image-linux-amd64.sarif",
                            "SHA256SUMS",
                            "evidence.tar");
            assertThat(assets.get("tool.txt")).hasContent("1.0.0\n");
            JsonNode envelope = Json.mapper()
                    .readTree(assets.get("tool.txt.provenance.sigstore.json").toFile())
                    .path("dsseEnvelope");
            assertThat(new String(
                            Base64.getDecoder().decode(envelope.path("payload").asText()), StandardCharsets.UTF_8))
                    .as("the container that made it, and what the image was built upon")
                    .contains(
                            "docker://" + site.registry.address() + "/base/sh@" + digest,
                            "docker://" + site.registry.address() + "/base/files@" + base);
            Path key = site.folder.resolve("cosign.pub");
            assertThat(new EvidenceVerifier(new KeyProver(new Trust.Key(Files.readString(key))))
                            .verify(assets.get("evidence.tar"))
                            .passed())
                    .isTrue();
            cosign(
                    "verify-blob",
                    "--bundle",
                    assets.get("tool.txt.sigstore.json").toString(),
                    assets.get("tool.txt").toString());
            Digest image = site.client.digest("team/app", "1.0.0").orElseThrow();
            cosign("verify", site.registry.address() + "/team/app@" + image);
        }
    }

    private Map<String, Path> download(JsonNode release) throws Exception {
        Map<String, Path> files = new HashMap<>();
        Path into = Files.createDirectory(folder.resolve("downloaded"));
        try (HttpClient http = HttpClient.newHttpClient()) {
            for (JsonNode asset : release.path("assets")) {
                String name = asset.path("name").asText();
                HttpRequest get = HttpRequest.newBuilder(
                                URI.create(asset.path("browser_download_url").asText()))
                        .build();
                HttpResponse<Path> answer = http.send(get, HttpResponse.BodyHandlers.ofFile(into.resolve(name)));
                assertThat(answer.statusCode()).isEqualTo(200);
                files.put(name, answer.body());
            }
        }
        return files;
    }

    private void cosign(String verb, String... arguments) throws Exception {
        List<String> line = new ArrayList<>(
                List.of("cosign", verb, "--key", folder.resolve("cosign.pub").toString()));
        line.add("--insecure-ignore-tlog=true");
        line.addAll(List.of(arguments));
        Map<String, String> environment = Map.of(
                "PATH", System.getenv("PATH"), "HOME", folder.resolve("home").toString());
        Command.Result result = new Command(line, environment, folder, "", Duration.ofSeconds(60)).run(1 << 20);
        assertThat(result.exit()).as(result.errors()).isZero();
    }
}
