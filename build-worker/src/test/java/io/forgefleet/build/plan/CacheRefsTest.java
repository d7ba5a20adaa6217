package io.forgefleet.build.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.forgefleet.events.RefName;
import io.forgefleet.events.image.TrustClass;
import io.forgefleet.work.image.Source;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class CacheRefsTest {

    private static final Optional<CacheKey> KEY = Optional.of(new CacheKey("0123456789ab0123456789ab"));
    private static final Source.Branch MAIN = branch("main", true, false);

    @Test
    void readsPullRequestThenBaseThenDefault() {
        CacheRefs refs = CacheRefs.of(new Source.PullRequest(7, branch("release/1", false, true), false), MAIN, KEY);
        assertThat(refs.scope()).isEqualTo("buildcache-branch-pr-7");
        assertThat(refs.scopes().getFirst()).isEqualTo("buildcache-branch-pr-7");
        assertThat(refs.scopes().get(1)).matches("buildcache-protected-release-1-[0-9a-f]{12}");
        assertThat(refs.scopes().get(2)).matches("buildcache-protected-main-[0-9a-f]{12}");
        assertThat(refs.scopes()).hasSize(3);
    }

    @Test
    void readsTheDefaultBranchOnce() {
        assertThat(CacheRefs.of(new Source.PullRequest(7, MAIN, false), MAIN, KEY)
                        .scopes())
                .hasSize(2);
        assertThat(CacheRefs.of(MAIN, MAIN, KEY).scopes()).hasSize(1);
    }

    @Test
    void twoBranchesWithOneSanitisedNameWriteApart() {
        assertThat(CacheRefs.of(branch("a/b", false, false), MAIN, KEY).scope())
                .isNotEqualTo(
                        CacheRefs.of(branch("a-b", false, false), MAIN, KEY).scope());
    }

    @Test
    void aBranchThatBecomesProtectedDoesNotReadWhatItWroteBefore() {
        String before = CacheRefs.of(branch("next", false, false), MAIN, KEY).scope();
        assertThat(CacheRefs.of(branch("next", false, true), MAIN, KEY).scopes())
                .doesNotContain(before);
    }

    @Property
    void noClassReadsWhatALowerOneWrote(
            @ForAll("sources") List<Source> sources, @ForAll("defaults") Source.Branch main) {
        for (Source reader : sources) {
            for (Source writer : sources) {
                if (writer.trust().compareTo(reader.trust()) < 0) {
                    CacheRefs read = CacheRefs.of(reader, main, KEY);
                    CacheRefs written = CacheRefs.of(writer, main, KEY);
                    assertThat(read.scopes()).doesNotContain(String.valueOf(written.scope()));
                    assertThat(read.contents()).doesNotContain(String.valueOf(written.content()));
                }
            }
        }
    }

    @Property
    void everyRefIsATagAndSaysItsClass(@ForAll("source") Source source, @ForAll("defaults") Source.Branch main) {
        CacheRefs refs = CacheRefs.of(source, main, KEY);
        if (source.trust() == TrustClass.FORK) {
            assertThat(refs).isEqualTo(new CacheRefs(List.of(), null, List.of(), null));
            return;
        }
        assertThat(List.of(String.valueOf(refs.scope()), String.valueOf(refs.content())))
                .doesNotHaveDuplicates()
                .allMatch(ref -> ref.startsWith("buildcache-" + word(source.trust()) + "-") && ref.length() <= 128);
        assertThat(Stream.concat(refs.scopes().stream(), refs.contents().stream()))
                .allMatch(ref -> ref.matches("buildcache-(branch|protected)-[a-z0-9-]+"));
    }

    @Test
    void branchesOfOneClassShareWhatTheirLockFilesName() {
        CacheRefs one = CacheRefs.of(branch("a", false, false), MAIN, KEY);
        assertThat(one.content())
                .isEqualTo(CacheRefs.of(branch("b", false, false), MAIN, KEY).content());
        assertThat(one.contents()).containsExactly(one.content(), "buildcache-protected-key-0123456789ab0123456789ab");
        assertThat(CacheRefs.of(MAIN, MAIN, KEY).contents())
                .containsExactly("buildcache-protected-key-0123456789ab0123456789ab");
    }

    @Test
    void aKeyNamesContentAndPathsAndNothingWhereThereIsNothing() {
        assertThat(CacheKey.of(new TreeMap<>())).isEmpty();
        Optional<CacheKey> lock = CacheKey.of(new TreeMap<>(Map.of("uv.lock", "aa")));
        assertThat(lock).isEqualTo(CacheKey.of(new TreeMap<>(Map.of("uv.lock", "aa"))));
        assertThat(lock).isNotEqualTo(CacheKey.of(new TreeMap<>(Map.of("uv.lock", "ab"))));
        assertThat(lock).isNotEqualTo(CacheKey.of(new TreeMap<>(Map.of("sub/uv.lock", "aa"))));
    }

    @Provide
    Arbitrary<List<Source>> sources() {
        return source().list().ofMinSize(2).ofMaxSize(6);
    }

    @Provide
    Arbitrary<Source> source() {
        Arbitrary<Source.Branch> branches = Combinators.combine(
                        Arbitraries.of("main", "next", "a/b", "a-b", "pr-7", "日本"),
                        Arbitraries.of(true, false),
                        Arbitraries.of(true, false))
                .as(CacheRefsTest::branch);
        Arbitrary<Source> requests = Combinators.combine(
                        Arbitraries.longs().between(1, 9), branches, Arbitraries.of(true, false))
                .as(Source.PullRequest::new);
        return Arbitraries.oneOf(branches.map(branch -> branch), requests);
    }

    @Provide
    Arbitrary<Source.Branch> defaults() {
        return Arbitraries.of("main", "trunk").map(name -> branch(name, true, false));
    }

    private static String word(TrustClass trust) {
        return switch (trust) {
            case FORK -> "fork";
            case BRANCH -> "branch";
            case PROTECTED -> "protected";
        };
    }

    private static Source.Branch branch(String name, boolean isDefault, boolean guarded) {
        return new Source.Branch(RefName.branch(name), isDefault, guarded);
    }
}
