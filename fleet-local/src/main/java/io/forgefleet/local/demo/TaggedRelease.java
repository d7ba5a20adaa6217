package io.forgefleet.local.demo;

import io.forgefleet.clients.ClientException;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.image.PushedImage;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.host.forge.LocalForge;
import io.forgefleet.host.forge.repository.Account;
import io.forgefleet.host.forge.repository.CommitStatus;
import io.forgefleet.host.forge.repository.Release;
import io.forgefleet.host.registry.ProgramRoot;
import io.forgefleet.host.registry.SmallImages;
import io.forgefleet.local.console.CommandFailure;
import io.forgefleet.local.console.Invocation;
import io.forgefleet.local.console.Paint;
import io.forgefleet.local.console.Terminal;
import io.forgefleet.local.demo.site.DemoSite;
import io.forgefleet.local.verify.VerifyCommand;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;

/** A tag that becomes a release, step by step, and what somebody finds out who has what came of it and a public key. */
final class TaggedRelease {

    private static final String NAME = DemoSite.RELEASED;
    private static final String REPOSITORY = DemoSite.OWNER + "/" + NAME;
    private static final String VERSION = "1.0.0";
    private static final String TAG = "v" + VERSION;
    private static final String FILE = NAME + "-" + VERSION + ".txt";
    private static final String EVIDENCE = "evidence.tar";
    private static final String RELEASED = NAME + " " + TAG + ", released";
    private static final int FIRST_LINES = 8;
    private static final Duration DOWNLOAD = Duration.ofSeconds(30);

    private final Stage stage;
    private final Account author;
    private final Map<String, String> environment;

    TaggedRelease(Stage stage, Account author, Map<String, String> environment) {
        this.stage = stage;
        this.author = author;
        this.environment = environment;
    }

    void tell(Path folder) throws CommandFailure, ClientException, IOException, InterruptedException {
        DemoSite site = stage.site();
        stage.narrator().chapter("In " + REPOSITORY + " Ann tags " + TAG + ", and the tag becomes a release");
        Optional<Path> shell = ProgramRoot.make(Files.createDirectories(folder.resolve("root")), List.of());
        String obstacle = site.releaseObstacle();
        if (!obstacle.isEmpty() || shell.isEmpty()) {
            String why = obstacle.isEmpty() ? "no static busybox here: apt-get install busybox-static" : obstacle;
            stage.narrator().fact("skipped", why);
            stage.keep(new Scene(RELEASED, null, Duration.ZERO, 0, 0, "skipped: " + why, site.pages()));
            return;
        }
        String image = site.registryAddress() + "/base/shell@"
                + new SmallImages(site.registryAddress(), "base/shell")
                        .push(folder, SharedDatabase.platform(), shell.get());
        site.uses(image);
        release(folder.resolve("clone"), image);

        stage.narrator().chapter("Bob, who has Ann's public key, looks whether that is what she released");
        Path here = Files.createDirectories(folder.resolve("bob"));
        for (String file : List.of(EVIDENCE, FILE, FILE + ".sigstore.json")) {
            download(file, here);
        }
        verify("the image", site.registryAddress() + "/" + REPOSITORY + ":" + VERSION, true);
        verify("the file", here.resolve(FILE).toString(), true);
        verify("all of it, from one file", here.resolve(EVIDENCE).toString(), true);

        stage.narrator().chapter("Somebody adds a line to the file");
        Files.writeString(here.resolve(FILE), "Snow in July\n", StandardOpenOption.APPEND);
        verify("the file, altered", here.resolve(FILE).toString(), false);
    }

    private void release(Path clone, String image)
            throws CommandFailure, ClientException, IOException, InterruptedException {
        DemoSite site = stage.site();
        LocalForge forge = site.forge();
        site.createRepository(DemoSite.OWNER, NAME, author);
        Developer developer = Developer.cloning(forge.cloneUrl(REPOSITORY), clone, author);
        write(developer, image);
        String commit = developer.commit("A gazette of made-up weather");
        developer.push("main");
        forge.addWebhook(REPOSITORY, site.webhook(), site.webhookSecret());
        developer.tag(TAG);

        Stage.Ended saga = stage.followSteps(stage.event("push", commit), "release");
        String message = Proof.ended(saga.run(), Outcome.Reason.SUCCEEDED);
        Digest digest = stage.proof().digest(REPOSITORY, VERSION);
        PushedImage released = new PushedImage(NAME, site.registryAddress() + "/" + REPOSITORY, VERSION, digest, false);
        for (String floating : List.of("1.0", "1", "latest")) {
            stage.proof().tagged(released, floating);
        }
        stage.narrator().fact("release", message);
        stage.narrator().fact("", VERSION + ", 1.0, 1, latest: " + digest);
        stage.narrator()
                .fact(
                        "files",
                        published().attachments().size() + " on the forge: SBOMs, reports, signatures, evidence");
        CommitStatus status = stage.status(REPOSITORY, commit, saga, CommitStatus.State.SUCCESS);
        stage.keep(new Scene(
                RELEASED,
                released,
                saga.took(),
                0,
                0,
                status.state().word(),
                site.page(saga.run().run().value())));
    }

    private static void write(Developer developer, String image) throws IOException {
        developer.write("gazette.txt", "Rain in the west, sun in the east\n");
        developer.write("METADATA", "Metadata-Version: 2.1\nName: Jinja2\nVersion: 3.1.6\n");
        developer.write("Dockerfile", """
                FROM scratch
                COPY METADATA /usr/lib/python3/dist-packages/Jinja2-3.1.6.dist-info/METADATA
                COPY gazette.txt /
                """);
        developer.write(".forgefleet.yml", """
                release:
                  tags: ["v*"]
                  platforms: [linux/amd64, linux/arm64]
                  artifacts:
                    - {image: "%s", command: "mkdir dist && cp gazette.txt dist/gazette-$RELEASE_VERSION.txt", paths: ["dist/*.txt"]}
                """.formatted(image));
    }

    private Release published() throws CommandFailure {
        return stage
                .site()
                .forge()
                .repository(REPOSITORY)
                .releases()
                .list(each -> each.tag().equals(TAG))
                .stream()
                .filter(each -> !each.isDraft())
                .findFirst()
                .orElseThrow(() -> new CommandFailure("the forge has published no release of " + TAG, ""));
    }

    /** As anybody gets it. */
    private void download(String file, Path into) throws CommandFailure, IOException, InterruptedException {
        URI from = stage.site().forge().url().resolve("/" + REPOSITORY + "/releases/download/" + TAG + "/" + file);
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<Path> answer = http.send(
                    HttpRequest.newBuilder(from).timeout(DOWNLOAD).build(),
                    HttpResponse.BodyHandlers.ofFile(into.resolve(file)));
            if (answer.statusCode() != 200) {
                throw new CommandFailure("the forge answered " + answer.statusCode() + " for " + from, "");
            }
        }
    }

    /** The first lines of it and the last. */
    private void show(List<String> lines, boolean held) {
        int most = Math.min(FIRST_LINES, lines.size() - 1);
        lines.stream().limit(most).forEach(line -> stage.narrator().fact("", line));
        int more = lines.size() - 1 - most;
        if (more > 0) {
            stage.narrator().fact("", "…     and " + more + " more that held", Paint.DIM);
        }
        stage.narrator().fact("", lines.getLast(), held ? Paint.GREEN : Paint.YELLOW);
    }

    private void verify(String what, String subject, boolean holds) throws CommandFailure {
        var told = new ByteArrayOutputStream();
        var lines = new PrintStream(told, true, StandardCharsets.UTF_8);
        Path key = stage.site().publicKey();
        long began = System.nanoTime();
        int exit = new CommandLine(
                        new VerifyCommand(new Invocation(new Terminal(lines, lines, false, false), environment)))
                .execute("--key", key.toString(), subject);
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        String said = told.toString(StandardCharsets.UTF_8).strip();
        stage.narrator().fact("verify", "./fleet verify --key cosign.pub " + subject.replaceFirst("^/.*/", ""));
        show(said.lines().map(line -> line.replaceFirst(": /.*/", ": ")).toList(), holds);
        if (exit != (holds ? 0 : VerifyCommand.NOT_VERIFIED)) {
            throw new CommandFailure(subject + " was" + (holds ? " not" : "") + " verified: exit code " + exit, "");
        }
        String status = holds ? "success" : "not verified, as is due";
        stage.keep(new Scene(
                NAME + ", " + what, null, took, 0, 0, status, stage.site().pages()));
    }
}
