package io.forgefleet.work.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forgefleet.events.Glob;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.image.TrustClass;
import io.forgefleet.events.repofile.TemplateSpec;
import io.forgefleet.events.repofile.TemplateSpec.Engine;
import io.forgefleet.events.wire.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TemplateKeyTest {

    private static final Digest IMAGE = new Digest("sha256:" + "a".repeat(64));
    private static final SortedMap<String, String> TREE =
            new TreeMap<>(Map.of("db/1.sql", "id1", "db/2.sql", "id2", "README.md", "id3"));

    @Test
    void countsOnlyFilesOfTheKey() throws TemplateException {
        TemplateKey key = key(spec("run", List.of("db/*.sql")), TREE);
        assertThat(key.files()).containsOnlyKeys("db/1.sql", "db/2.sql");
        assertThat(key(spec("run", List.of("db/*.sql")), with("README.md", "other"))
                        .hash())
                .isEqualTo(key.hash())
                .matches("[0-9a-f]{64}");
    }

    /** Whatever is changed alone gives another key, and no two of them the same. */
    @Test
    void everyPartCounts() throws TemplateException {
        TemplateSpec spec = spec("run", List.of("db/*.sql"));
        List<String> hashes = new ArrayList<>();
        TemplateKey key = key(spec, TREE);
        hashes.add(key.hash());
        hashes.add(key(spec, with("db/2.sql", "edited")).hash());
        hashes.add(key(spec, with("db/3.sql", "id2")).hash());
        hashes.add(key(spec("run ", List.of("db/*.sql")), TREE).hash());
        hashes.add(TemplateKey.of(spec, TREE, new Digest("sha256:" + "b".repeat(64)), TrustClass.BRANCH)
                .hash());
        hashes.add(key.by(TrustClass.FORK).hash());
        hashes.add(key.by(TrustClass.PROTECTED).hash());
        hashes.add(key(declared(Engine.POSTGRESQL, "17", List.of(), Map.of(), false), TREE)
                .hash());
        hashes.add(key(declared(Engine.POSTGRESQL, "16", List.of(), Map.of(), false), TREE)
                .hash());
        hashes.add(key(declared(Engine.SQLITE, "", List.of("a"), Map.of(), false), TREE)
                .hash());
        hashes.add(key(declared(Engine.SQLITE, "", List.of("b"), Map.of(), false), TREE)
                .hash());
        hashes.add(key(declared(Engine.SQLITE, "", List.of(), Map.of("A", "1"), false), TREE)
                .hash());
        hashes.add(key(declared(Engine.SQLITE, "", List.of(), Map.of("A", "2"), false), TREE)
                .hash());
        hashes.add(key(declared(Engine.SQLITE, "", List.of(), Map.of(), true), TREE)
                .hash());
        assertThat(new HashSet<>(hashes)).hasSameSizeAs(hashes);
        assertThat(key.by(TrustClass.FORK).by(TrustClass.BRANCH).hash()).isEqualTo(key.hash());
    }

    @Test
    void theOrderOfWhatHasNoneDoesNotCount() throws TemplateException {
        assertThat(key(declared(Engine.SQLITE, "", List.of("a", "b"), Map.of("A", "1", "B", "2"), false), TREE))
                .isEqualTo(key(
                        declared(
                                Engine.SQLITE, "", List.of("b", "a"), new TreeMap<>(Map.of("B", "2", "A", "1")), false),
                        TREE));
        assertThat(key(spec("run", List.of("db/2.sql", "db/1.sql")), TREE).hash())
                .isEqualTo(key(spec("run", List.of("db/*.sql")), TREE).hash());
    }

    @Test
    void aPatternWithoutAFileIsAnError() {
        assertThatThrownBy(() -> key(spec("run", List.of("db/*.sql", "migrations/**", "x")), TREE))
                .isInstanceOf(TemplateException.class)
                .hasMessageContaining("main: no file of this commit is matched by 'migrations/**', 'x' of its key");
    }

    @Test
    void tellsWhatDiffers() throws TemplateException {
        SortedMap<String, String> tree = with("db/2.sql", "edited");
        tree.remove("db/1.sql");
        tree.put("db/3.sql", "id3");
        TemplateKey newer = key(spec("other", List.of("db/*.sql")), tree);
        assertThat(key(spec("run", List.of("db/*.sql")), TREE).differences(newer))
                .containsExactlyInAnyOrder(
                        new TemplateKey.Difference("command", "run", "other"),
                        new TemplateKey.Difference("file db/1.sql", "id1", null),
                        new TemplateKey.Difference("file db/2.sql", "id2", "edited"),
                        new TemplateKey.Difference("file db/3.sql", null, "id3"));
        assertThat(newer.differences(newer)).isEmpty();
    }

    @Test
    void isTheSameAfterItsWayThroughJson() throws Exception {
        TemplateKey key = key(declared(Engine.POSTGRESQL, "17", List.of("x"), Map.of("A", "1"), true), TREE);
        assertThat(Json.read(Json.write(key), TemplateKey.class)).isEqualTo(key);
    }

    /** It names what lies in registries: a change of it is a change for everybody. */
    @Test
    void theHashStaysWhatItIs() throws TemplateException {
        assertThat(key(spec("run", List.of("db/*.sql")), TREE).hash())
                .isEqualTo("6357a4bc42e13838781252f1188e1f6317024c4e52f0b304d51e2df50937baf1");
    }

    private static SortedMap<String, String> with(String path, String id) {
        SortedMap<String, String> tree = new TreeMap<>(TREE);
        tree.put(path, id);
        return tree;
    }

    private static TemplateKey key(TemplateSpec spec, SortedMap<String, String> tree) throws TemplateException {
        return TemplateKey.of(spec, tree, IMAGE, TrustClass.BRANCH);
    }

    private static TemplateSpec spec(String command, List<String> globs) {
        return new TemplateSpec(
                "main",
                Engine.SQLITE,
                "",
                globs.stream().map(Glob::of).toList(),
                "ci",
                command,
                List.of(),
                Map.of(),
                false,
                null);
    }

    private static TemplateSpec declared(
            Engine engine, String version, List<String> extensions, Map<String, String> environment, boolean network) {
        return new TemplateSpec(
                "main",
                engine,
                version,
                List.of(Glob.of("db/*.sql")),
                "ci",
                "run",
                extensions,
                environment,
                network,
                null);
    }
}
