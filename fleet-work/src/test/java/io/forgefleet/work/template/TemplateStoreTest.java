package io.forgefleet.work.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.clients.registry.Registry;
import io.forgefleet.clients.tool.Command;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.Glob;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.image.TrustClass;
import io.forgefleet.events.job.RunId;
import io.forgefleet.events.repofile.TemplateSpec;
import io.forgefleet.events.repofile.TemplateSpec.Engine;
import io.forgefleet.host.process.Program;
import io.forgefleet.host.registry.LocalRegistry;
import io.forgefleet.host.registry.RegistryProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Templates in a real registry, whose disk is tampered with. */
class TemplateStoreTest {

    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final RunId RUN = RunId.derive("event", "template", "template-db", "");
    private static final CommitId COMMIT = new CommitId("c".repeat(40));

    @TempDir
    static Path site;

    private static LocalRegistry registry;
    private static Registry client;

    @TempDir
    Path folder;

    private TemplateStore store;
    private String repository;
    private TemplateKey key;
    private byte[] content;
    private FinishedDatabase database;

    @BeforeAll
    static void start() throws Exception {
        assumeTrue(RegistryProgram.findAny().isPresent(), "no registry program: apt-get install docker-registry");
        registry = LocalRegistry.start(site.resolve("registry"), 0);
        client = new Registry(registry.address(), true, DockerCredentials.ofThisProcess(), Duration.ofSeconds(10));
    }

    @AfterAll
    static void stop() {
        if (registry != null) {
            registry.close();
        }
    }

    @BeforeEach
    void fill() throws Exception {
        repository = "team/app" + NUMBER.incrementAndGet() + "/template-db/main";
        store = new TemplateStore(client, repository, folder.resolve("scratch"));
        key = key("run");
        content = new byte[300_000];
        new Random(NUMBER.get()).nextBytes(content);
        Path file = Files.write(folder.resolve("made.db"), content);
        database = new FinishedDatabase(file, new DatabaseFacts(3, 1234), Duration.ofMillis(12_345));
    }

    @Test
    void whatIsPushedIsFoundByItsKeyAndPulledWhole() throws Exception {
        assertThat(store.find(key)).isEmpty();
        StoredTemplate pushed = push();
        assertThat(store.find(key)).contains(pushed);
        assertThat(store.get(pushed.manifest())).isEqualTo(pushed);
        assertThat(store.key(pushed)).isEqualTo(key);
        assertThat(pushed.facts()).isEqualTo(new DatabaseFacts(3, 1234));
        assertThat(pushed.took()).isEqualTo(Duration.ofMillis(12_345));
        Path into = folder.resolve("here/main.db");
        store.pull(pushed, into);
        assertThat(into).hasBinaryContent(content);
        assertThat(list(into.getParent())).containsExactly("main.db");
        assertThat(list(folder.resolve("scratch"))).isEmpty();
        assertThat(client.get(repository, key.hash()).annotations())
                .containsEntry("io.forgefleet.template.part.command", "run")
                .containsEntry("io.forgefleet.template.tables", "3")
                .containsEntry("io.forgefleet.template.rows", "1234")
                .containsEntry("io.forgefleet.template.part.environment.A", "1")
                .containsEntry("org.opencontainers.image.revision", COMMIT.value())
                .containsEntry("io.forgefleet.run", RUN.value());
    }

    @Test
    void whatSpeaksOciCanPullIt() throws Exception {
        assumeTrue(Program.onPath("crane").isPresent() && Program.onPath("zstd").isPresent(), "no crane, or no zstd");
        push();
        String reference = registry.address() + "/" + repository;
        String manifest = command("crane", "manifest", "--insecure", reference + ":" + key.hash());
        assertThat(manifest).contains("application/vnd.forgefleet.template-db.sqlite.v1+zstd", "\"main.db.zst\"");
        String blob = manifest.replaceAll("(?s).*\"layers\".*?\"digest\":\"(sha256:[0-9a-f]+)\".*", "$1");
        command("sh", "-c", "crane blob --insecure " + reference + "@" + blob + " | zstd -d > by-crane.db");
        assertThat(folder.resolve("by-crane.db")).hasBinaryContent(content);
    }

    /** Whoever loses the claim on a key while it uploads has nothing to show. */
    @Test
    void withoutThePermitNothingIsSeen() {
        assertThatThrownBy(() -> store.push(key, database, RUN, COMMIT, () -> {
                    throw new IllegalStateException("lost");
                }))
                .hasMessage("lost");
        assertThatThrownBy(() -> client.get(repository, key.hash())).isInstanceOf(ClientException.class);
    }

    @Test
    void tamperedBytesAreRefusedAndTheFormerFileStays() throws Exception {
        StoredTemplate pushed = push();
        Path into = Files.writeString(folder.resolve("main.db"), "the good one");
        Path blob = onDisk(pushed.blob());
        byte[] bytes = Files.readAllBytes(blob);
        bytes[bytes.length / 2] ^= 1;
        Files.write(blob, bytes);
        assertRefused(pushed, into, "damaged|another digest");
    }

    @Test
    void aTruncatedAnswerIsRefused() throws Exception {
        StoredTemplate pushed = push();
        Path into = Files.writeString(folder.resolve("main.db"), "the good one");
        Path blob = onDisk(pushed.blob());
        Files.write(blob, Arrays.copyOf(Files.readAllBytes(blob), 1000));
        assertRefused(pushed, into, "it (ended|broke off) after \\d+ of \\d+ bytes");
    }

    /** A manifest that somebody wrote: its blob is good by its digest, and another database. */
    @Test
    void anotherDatabaseUnderTheSameClaimIsRefused() throws Exception {
        StoredTemplate good = push();
        Files.writeString(database.file(), "another");
        StoredTemplate other = store.push(key("other"), database, RUN, COMMIT, () -> {});
        Path into = Files.writeString(folder.resolve("main.db"), "the good one");
        StoredTemplate forged = new StoredTemplate(
                good.key(),
                good.engine(),
                good.manifest(),
                other.blob(),
                other.blobBytes(),
                good.content(),
                good.bytes(),
                good.facts(),
                good.took(),
                good.trust(),
                RUN,
                COMMIT,
                good.created());
        assertRefused(forged, into, "damaged: it holds sha256:");
    }

    /** What unpacks to more than it says fills no disk. */
    @Test
    void moreThanAnnouncedIsRefused() throws Exception {
        Files.write(database.file(), new byte[50_000_000]);
        StoredTemplate pushed = push();
        assertThat(pushed.blobBytes()).isLessThan(100_000);
        StoredTemplate forged = new StoredTemplate(
                pushed.key(),
                pushed.engine(),
                pushed.manifest(),
                pushed.blob(),
                pushed.blobBytes(),
                pushed.content(),
                1000,
                pushed.facts(),
                pushed.took(),
                pushed.trust(),
                RUN,
                COMMIT,
                pushed.created());
        Path into = Files.writeString(folder.resolve("main.db"), "the good one");
        assertRefused(forged, into, "damaged: it is larger than 1000 bytes");
    }

    @Test
    void aDiskWithoutRoomIsNamedBeforeAnythingIsWritten() throws Exception {
        StoredTemplate pushed = push();
        StoredTemplate huge = new StoredTemplate(
                pushed.key(),
                pushed.engine(),
                pushed.manifest(),
                pushed.blob(),
                pushed.blobBytes(),
                pushed.content(),
                Long.MAX_VALUE / 2,
                pushed.facts(),
                pushed.took(),
                pushed.trust(),
                RUN,
                COMMIT,
                pushed.created());
        Path into = Files.writeString(folder.resolve("main.db"), "the good one");
        assertThatThrownBy(() -> store.pull(huge, into))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("bytes left, and the template needs")
                .hasMessageEndingWith("make room there");
        assertThat(into).hasContent("the good one");
    }

    /** Filled while it is pulled, on a file system that root may mount. */
    @Test
    void aDiskThatFillsInTheMiddleLeavesNothingHalfMade() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "only root mounts");
        Files.write(database.file(), new byte[60_000_000]);
        StoredTemplate pushed = push();
        StoredTemplate small = new StoredTemplate(
                pushed.key(),
                pushed.engine(),
                pushed.manifest(),
                pushed.blob(),
                pushed.blobBytes(),
                pushed.content(),
                pushed.bytes(),
                pushed.facts(),
                pushed.took(),
                pushed.trust(),
                RUN,
                COMMIT,
                pushed.created());
        Path disk = Files.createDirectory(folder.resolve("disk"));
        command("mount", "-t", "tmpfs", "-o", "size=80m", "tmpfs", disk.toString());
        try {
            Path into = Files.writeString(disk.resolve("main.db"), "the good one");
            Thread filler = Thread.ofVirtual().start(() -> fillAsSoonAsItBegins(disk));
            assertThatThrownBy(() -> store.pull(small, into))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("No space left on device");
            filler.join();
            assertThat(into).hasContent("the good one");
            assertThat(list(disk)).containsExactly("filler", "main.db");
        } finally {
            command("umount", disk.toString());
        }
    }

    private static void fillAsSoonAsItBegins(Path disk) {
        try {
            while (list(disk).stream().noneMatch(name -> name.endsWith(".part"))) {
                Thread.onSpinWait();
            }
            Files.write(disk.resolve("filler"), new byte[40_000_000]);
        } catch (IOException e) {
            // it is full, which is what was wanted
        }
    }

    @Test
    void somethingElseUnderItsTagIsNotTaken() throws Exception {
        push();
        TemplateKey other = key("other");
        client.tag(repository, client.get(repository, key.hash()), other.hash());
        assertThatThrownBy(() -> store.find(other))
                .isInstanceOf(ClientException.class)
                .hasMessageContaining("no template database of that key: remove it");
    }

    @Test
    void aFailureIsRememberedAndIsNoTemplate() throws Exception {
        FailedTemplate failure = new FailedTemplate("the command failed with exit code 3", List.of("a", "b"), RUN);
        assertThat(store.failure(key)).isEmpty();
        store.remember(key, failure, () -> {});
        assertThat(store.failure(key)).contains(failure);
        assertThat(store.find(key)).isEmpty();
        assertThat(store.failure(key("other"))).isEmpty();
        store.remember(key, new FailedTemplate("again", List.of(), RUN), () -> {});
        assertThat(store.failure(key)).map(FailedTemplate::message).contains("again");
    }

    @Test
    void aDumpTravelsAsItIs() throws Exception {
        TemplateKey dump = new TemplateKey(
                Engine.POSTGRESQL,
                "17",
                key.files(),
                "run",
                key.image(),
                List.of(),
                new TreeMap<>(),
                false,
                TrustClass.BRANCH);
        StoredTemplate pushed = store.push(dump, database, RUN, COMMIT, () -> {});
        assertThat(pushed.blob()).isEqualTo(pushed.content());
        Path into = folder.resolve("main.dump");
        store.pull(pushed, into);
        assertThat(into).hasBinaryContent(content);
    }

    private void assertRefused(StoredTemplate template, Path into, String message) throws IOException {
        assertThatThrownBy(() -> store.pull(template, into))
                .isInstanceOf(ClientException.class)
                .hasMessageMatching("(?s).*(" + message + ").*");
        assertThat(into).hasContent("the good one");
        assertThat(list(into.getParent())).noneMatch(name -> name.endsWith(".part"));
    }

    private StoredTemplate push() throws Exception {
        return store.push(key, database, RUN, COMMIT, () -> {});
    }

    private static Path onDisk(Digest digest) {
        String hex = digest.value().substring(7);
        return site.resolve(
                "registry/data/docker/registry/v2/blobs/sha256/" + hex.substring(0, 2) + "/" + hex + "/data");
    }

    private String command(String... arguments) throws Exception {
        Command.Result result = new Command(
                        List.of(arguments), Map.of("PATH", System.getenv("PATH")), folder, "", Duration.ofSeconds(30))
                .run(1 << 20);
        assertThat(result.exit()).as(result.errors()).isZero();
        return result.text();
    }

    private static List<String> list(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(each -> each.getFileName().toString()).sorted().toList();
        }
    }

    private static TemplateKey key(String command) throws TemplateException {
        TemplateSpec spec = new TemplateSpec(
                "main",
                Engine.SQLITE,
                "",
                List.of(Glob.of("*")),
                "ci",
                command,
                List.of(),
                Map.of("A", "1"),
                false,
                null);
        return TemplateKey.of(
                spec, new TreeMap<>(Map.of("1.sql", "id")), new Digest("sha256:" + "a".repeat(64)), TrustClass.BRANCH);
    }
}
