package io.forgefleet.build.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.forgefleet.events.RefName;
import io.forgefleet.events.image.TrustClass;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class CacheRefsTest {

    private static final Source.Branch MAIN = branch("main", true, false);

    @Test
    void readsPullRequestThenBaseThenDefault() {
        CacheRefs refs = CacheRefs.of(new Source.PullRequest(7, branch("release/1", false, true), false), MAIN);
        assertThat(refs.write()).isEqualTo("buildcache-branch-pr-7");
        assertThat(refs.reads().getFirst()).isEqualTo("buildcache-branch-pr-7");
        assertThat(refs.reads().get(1)).matches("buildcache-protected-release-1-[0-9a-f]{12}");
        assertThat(refs.reads().get(2)).matches("buildcache-protected-main-[0-9a-f]{12}");
        assertThat(refs.reads()).hasSize(3);
    }

    @Test
    void readsTheDefaultBranchOnce() {
        assertThat(CacheRefs.of(new Source.PullRequest(7, MAIN, false), MAIN).reads())
                .hasSize(2);
        assertThat(CacheRefs.of(MAIN, MAIN).reads()).hasSize(1);
    }

    @Test
    void twoBranchesWithOneSanitisedNameWriteApart() {
        assertThat(CacheRefs.of(branch("a/b", false, false), MAIN).write())
                .isNotEqualTo(CacheRefs.of(branch("a-b", false, false), MAIN).write());
    }

    @Test
    void aBranchThatBecomesProtectedDoesNotReadWhatItWroteBefore() {
        String before = CacheRefs.of(branch("next", false, false), MAIN).write();
        assertThat(CacheRefs.of(branch("next", false, true), MAIN).reads()).doesNotContain(before);
    }

    @Property
    void noClassReadsWhatALowerOneWrote(
            @ForAll("sources") List<Source> sources, @ForAll("defaults") Source.Branch main) {
        for (Source reader : sources) {
            for (Source writer : sources) {
                if (writer.trust().compareTo(reader.trust()) < 0) {
                    assertThat(CacheRefs.of(reader, main).reads())
                            .doesNotContain(CacheRefs.of(writer, main).write());
                }
            }
        }
    }

    @Property
    void everyRefIsATagAndSaysItsClass(@ForAll("source") Source source, @ForAll("defaults") Source.Branch main) {
        CacheRefs refs = CacheRefs.of(source, main);
        assertThat(refs.write())
                .startsWith("buildcache-" + word(source.trust()) + "-")
                .hasSizeLessThanOrEqualTo(128);
        assertThat(refs.reads()).allMatch(ref -> ref.matches("buildcache-(fork|branch|protected)-[a-z0-9-]+"));
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
