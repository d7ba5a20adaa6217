package io.forgefleet.work.template;

import static org.assertj.core.api.Assertions.assertThat;

import io.forgefleet.events.CommitId;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.image.TrustClass;
import io.forgefleet.events.job.RunId;
import io.forgefleet.events.repofile.TemplateSpec.Engine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemplateCacheTest {

    @TempDir
    Path folder;

    @Test
    void givesOutCopiesThatMayBeWrittenTo() throws Exception {
        TemplateCache cache = new TemplateCache(folder.resolve("cache"), 1000);
        StoredTemplate template = added(cache, "one", 300);
        Path copy = folder.resolve("build/main.db");
        assertThat(cache.copy(template, copy)).isTrue();
        Files.writeString(copy, "changed");
        assertThat(cache.copy(template, copy)).as("over what was there").isTrue();
        assertThat(Files.size(copy)).isEqualTo(300);
        assertThat(Files.getAttribute(copy, "unix:nlink")).as("no hard link").isEqualTo(1);
        assertThat(cache.find(template.key())).contains(template);
        assertThat(cache.find("other")).isEmpty();
    }

    @Test
    void whatIsDamagedIsTakenAwayAndNeverGivenOut() throws Exception {
        TemplateCache cache = new TemplateCache(folder.resolve("cache"), 1000);
        StoredTemplate template = added(cache, "one", 300);
        Path kept = databases().getFirst();
        Files.delete(kept);
        Files.write(kept, new byte[300]);
        Path copy = Files.writeString(folder.resolve("main.db"), "the good one");
        assertThat(cache.copy(template, copy)).isFalse();
        assertThat(copy).hasContent("the good one");
        assertThat(databases()).isEmpty();
        assertThat(cache.find(template.key())).isEmpty();
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).noneMatch(file -> file.toString().endsWith(".part"));
        }
    }

    @Test
    void whatBelongsToTheDatabaseBeforeIsNotPlayedIntoTheNewOne() throws Exception {
        TemplateCache cache = new TemplateCache(folder.resolve("cache"), 1000);
        StoredTemplate template = added(cache, "one", 300);
        Path copy = folder.resolve("main.db");
        assertThat(cache.copy(template, copy)).isTrue();
        for (String end : List.of("-wal", "-shm", "-journal")) {
            Path left = Files.writeString(folder.resolve("main.db" + end), "of a session that was killed");
            assertThat(cache.copy(template, copy)).isTrue();
            assertThat(left).doesNotExist();
        }
    }

    @Test
    void onlyAWholeCopyOfItsOwnIsLeftAsItIs() throws Exception {
        TemplateCache cache = new TemplateCache(folder.resolve("cache"), 1000);
        StoredTemplate template = added(cache, "one", 300);
        Path copy = folder.resolve("main.db");
        assertThat(cache.copy(template, copy)).isTrue();
        Object first = identity(copy);
        assertThat(cache.copy(template, copy)).isTrue();
        assertThat(identity(copy)).as("nobody wrote to it").isEqualTo(first);

        byte[] bytes = Files.readAllBytes(copy);
        bytes[299] = 1;
        Files.write(copy, bytes);
        assertThat(cache.copy(template, copy)).isTrue();
        assertThat(identity(copy)).as("one byte differs").isNotEqualTo(first);
        assertThat(copy).hasSameBinaryContentAs(databases().getFirst());

        Files.delete(copy);
        Files.createLink(copy, databases().getFirst());
        assertThat(cache.copy(template, copy)).isTrue();
        assertThat(Files.getAttribute(copy, "unix:nlink"))
                .as("a link into the cache")
                .isEqualTo(1);
    }

    private static Object identity(Path file) throws Exception {
        return Files.getAttribute(file, "unix:ino");
    }

    @Test
    void whatWasNotUsedForLongestMakesRoom() throws Exception {
        TemplateCache cache = new TemplateCache(folder.resolve("cache"), 1000);
        StoredTemplate one = added(cache, "one", 400);
        StoredTemplate two = added(cache, "two", 401);
        for (Path file : databases()) {
            Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofHours(1))));
        }
        Path copy = folder.resolve("main.db");
        assertThat(cache.copy(one, copy)).as("used just now").isTrue();
        StoredTemplate three = added(cache, "three", 402);
        assertThat(cache.copy(two, copy)).isFalse();
        assertThat(cache.copy(one, copy)).isTrue();
        assertThat(cache.copy(three, copy)).isTrue();
    }

    private List<Path> databases() throws Exception {
        try (Stream<Path> files = Files.list(folder.resolve("cache"))) {
            return files.filter(file -> file.toString().endsWith(".db")).toList();
        }
    }

    private StoredTemplate added(TemplateCache cache, String key, int bytes) throws Exception {
        byte[] content = new byte[bytes];
        content[0] = (byte) key.length();
        Path file = Files.write(folder.resolve("made-" + key), content);
        Digest digest = DatabaseBytes.hash(file).content();
        StoredTemplate template = new StoredTemplate(
                key,
                Engine.SQLITE,
                digest,
                digest,
                bytes,
                digest,
                bytes,
                new DatabaseFacts(1, 1),
                Duration.ofSeconds(1),
                TrustClass.BRANCH,
                RunId.derive("event", "template", "template-db", ""),
                new CommitId("c".repeat(40)),
                Instant.EPOCH);
        cache.add(template, file);
        return template;
    }
}
