package io.forgefleet.work.template;

import io.forgefleet.clients.registry.FileArtifact;
import io.forgefleet.clients.registry.Manifest;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.image.TrustClass;
import io.forgefleet.events.job.RunId;
import io.forgefleet.events.repofile.TemplateSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A template as it lies in a registry.
 *
 * @param key hash of its {@link TemplateKey}
 * @param manifest digest of the artifact
 * @param blob the compressed file
 * @param content digest of the database itself
 * @param bytes size of the database itself
 * @param took how long its command ran; about what each further use spares
 * @param trust class of the code that made it
 */
public record StoredTemplate(
        String key,
        TemplateSpec.Engine engine,
        Digest manifest,
        Digest blob,
        long blobBytes,
        Digest content,
        long bytes,
        DatabaseFacts facts,
        Duration took,
        TrustClass trust,
        RunId run,
        CommitId commit,
        Instant created) {

    /** Type of the artifact. */
    public static final String TYPE = "application/vnd.forgefleet.template-db.v1";

    private static final String PREFIX = "io.forgefleet.template.";
    private static final String KEY = PREFIX + "key";
    private static final String ENGINE = PREFIX + "engine";
    private static final String CONTENT = PREFIX + "content";
    private static final String BYTES = PREFIX + "bytes";
    private static final String TABLES = PREFIX + "tables";
    private static final String ROWS = PREFIX + "rows";
    private static final String SECONDS = PREFIX + "seconds";
    private static final String PART = PREFIX + "part.";
    private static final String FILES = PREFIX + "files";
    private static final String RUN = "io.forgefleet.run";
    private static final String TRUST = "io.forgefleet.trust";
    private static final String REVISION = "org.opencontainers.image.revision";
    private static final String CREATED = "org.opencontainers.image.created";

    StoredTemplate under(Digest artifact) {
        return new StoredTemplate(
                key, engine, artifact, blob, blobBytes, content, bytes, facts, took, trust, run, commit, created);
    }

    /** What the artifact says of itself: all of this, and the parts of its key; of files only how many, and their hash. */
    Map<String, String> annotations(TemplateKey of) {
        Map<String, String> annotations = new LinkedHashMap<>();
        annotations.put(KEY, key);
        annotations.put(ENGINE, TemplateKey.word(engine));
        annotations.put(CONTENT, content.value());
        annotations.put(BYTES, Long.toString(bytes));
        annotations.put(TABLES, Long.toString(facts.tables()));
        annotations.put(ROWS, Long.toString(facts.rows()));
        annotations.put(SECONDS, Double.toString(took.toMillis() / 1000.0));
        annotations.put(TRUST, TemplateKey.word(trust));
        annotations.put(RUN, run.value());
        annotations.put(REVISION, commit.value());
        annotations.put(CREATED, created.toString());
        annotations.put(FILES, of.files().size() + " sha256:" + of.filesHash());
        of.parts().stream()
                .filter(part -> !part.name().startsWith("file "))
                .forEach(part -> annotations.put(PART + part.name().replace(' ', '.'), part.value()));
        return annotations;
    }

    /** Reads what an artifact says of itself; empty when that is no template, or not all of it. */
    static Optional<StoredTemplate> of(Manifest manifest) {
        if (!manifest.artifactType().equals(TYPE) || manifest.descriptors().size() != 1) {
            return Optional.empty();
        }
        Manifest.Descriptor blob = manifest.descriptors().getFirst();
        Map<String, String> said = manifest.annotations();
        try {
            return Optional.of(new StoredTemplate(
                    value(said, KEY, key -> key),
                    value(said, ENGINE, word -> parse(TemplateSpec.Engine.values(), word)),
                    manifest.digest(),
                    blob.digest(),
                    blob.size(),
                    value(said, CONTENT, Digest::new),
                    value(said, BYTES, Long::parseUnsignedLong),
                    new DatabaseFacts(value(said, TABLES, Long::parseLong), value(said, ROWS, Long::parseLong)),
                    value(said, SECONDS, seconds -> Duration.ofMillis((long) (Double.parseDouble(seconds) * 1000))),
                    value(said, TRUST, word -> parse(TrustClass.values(), word)),
                    value(said, RUN, RunId::new),
                    value(said, REVISION, CommitId::new),
                    value(said, CREATED, Instant::parse)));
        } catch (RuntimeException e) {
            return Optional.empty();
        }
    }

    private static <T> T value(Map<String, String> said, String name, Function<String, T> reader) {
        return reader.apply(said.getOrDefault(name, ""));
    }

    private static <E extends Enum<E>> E parse(E[] values, String word) {
        return Stream.of(values)
                .filter(value -> TemplateKey.word(value).equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(word));
    }

    /** How the file is called in the artifact, for those who pull it by other means. */
    Manifest.Descriptor descriptor(String name) {
        boolean sqlite = engine == TemplateSpec.Engine.SQLITE;
        // a dump in PostgreSQL's custom form is compressed by itself
        String mediaType =
                "application/vnd.forgefleet.template-db." + (sqlite ? "sqlite.v1+zstd" : "postgresql.dump.v1");
        String file = name + (sqlite ? ".db.zst" : ".dump");
        return new Manifest.Descriptor(mediaType, blob, blobBytes, Map.of(FileArtifact.TITLE, file));
    }
}
