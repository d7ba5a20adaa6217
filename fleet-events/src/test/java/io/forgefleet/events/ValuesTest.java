package io.forgefleet.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.domains.Domain;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {

    private static final EventId ID = new EventId("0".repeat(32));
    private static final RepositoryId REPOSITORY = RepositoryId.parse("forge/owner/name");
    private static final CommitId A = new CommitId("a".repeat(40));
    private static final CommitId B = new CommitId("b".repeat(40));

    @Property
    @Domain(ContractValues.class)
    void repositoryReadsWhatItPrints(@ForAll RepositoryId repository) {
        assertThat(RepositoryId.parse(repository.toString())).isEqualTo(repository);
        assertThat(repository.owner() + "/" + repository.name()).isEqualTo(repository.path());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "forge",
                "forge/name",
                "forge//name",
                "forge/owner/",
                "forge/../name",
                "forge/owner/..",
                "forge/./name",
                "Forge/owner/name",
                "-forge/owner/name",
                "forge/owner/na me",
                "forge/owner/n\u00e4me",
                "forge/owner/name\n",
                "forge/owner/name?",
            })
    void refusesWhatIsNoRepository(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> RepositoryId.parse(text));
    }

    @Test
    void allowsTwentyNestedGroupsAndNoMore() {
        assertThat(RepositoryId.parse("gitlab/" + "g/".repeat(20) + "name").owner())
                .startsWith("g/g/");
        assertThatIllegalArgumentException().isThrownBy(() -> RepositoryId.parse("gitlab/" + "g/".repeat(21) + "name"));
    }

    @Test
    void commitIdsOfBothLengthsAndNoneOfZero() {
        assertThat(new CommitId("c".repeat(64)).sha7()).isEqualTo("ccccccc");
        assertThat(CommitId.isZero("0".repeat(40))).isTrue();
        assertThat(CommitId.isZero("0".repeat(64))).isTrue();
        assertThat(CommitId.isZero("0".repeat(41))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"0,40", "0,64", "a,39", "a,41", "a,63", "A,40", "g,40", "'',1"})
    void refusesWhatIsNoCommitId(String digit, int count) {
        assertThatIllegalArgumentException().isThrownBy(() -> new CommitId(digit.repeat(count)));
    }

    @ParameterizedTest
    @EnumSource(PushEvent.Change.class)
    void pushFitsItsChange(PushEvent.Change change) {
        boolean created = change == PushEvent.Change.CREATED;
        boolean deleted = change == PushEvent.Change.DELETED;
        assertThat(push(change, created ? null : A, deleted ? null : B).change())
                .isEqualTo(change);
        assertThatIllegalArgumentException().isThrownBy(() -> push(change, created ? A : null, deleted ? B : null));
        assertThatIllegalArgumentException().isThrownBy(() -> push(change, created ? null : A, deleted ? B : null));
    }

    private static PushEvent push(PushEvent.Change change, @Nullable CommitId before, @Nullable CommitId after) {
        return new PushEvent(ID, REPOSITORY, RefName.branch("main"), change, before, after, "", Instant.EPOCH);
    }

    @Test
    void branchesAreNoTagsAndTagsNoBranches() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PushEvent(
                        ID, REPOSITORY, RefName.tag("v1"), PushEvent.Change.UPDATED, A, B, "", Instant.EPOCH));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TagEvent(
                        ID, REPOSITORY, RefName.branch("v1"), TagEvent.Change.MOVED, A, B, null, "", Instant.EPOCH));
    }

    @Test
    void commentsAreBounded() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CommentEvent(
                        ID,
                        REPOSITORY,
                        1,
                        1,
                        "\u00e9".repeat(CommentEvent.MOST_BODY_BYTES / 2 + 1),
                        null,
                        "",
                        Instant.EPOCH));
    }

    @Test
    void eventIdsDependOnEachPartAndOnWhereItEnds() {
        EventId id = EventId.derive(REPOSITORY, "7", "a", "b", "closed", "key");
        assertThat(EventId.derive(REPOSITORY, "7", "a", "b", "closed", "key")).isEqualTo(id);
        assertThat(EventId.derive(REPOSITORY, "8", "a", "b", "closed", "key")).isNotEqualTo(id);
        assertThat(EventId.derive(REPOSITORY, "7", "ab", "", "closed", "key")).isNotEqualTo(id);
        assertThat(EventId.derive(REPOSITORY, "7", "a", "bclosed", "", "key")).isNotEqualTo(id);
        assertThat(EventId.derive(REPOSITORY, "7", "a", "b", "closed", "other")).isNotEqualTo(id);
        assertThat(EventId.derive(RepositoryId.parse("f/o/n"), "7", "a", "b", "closed", "key"))
                .isNotEqualTo(id);
    }

    @ParameterizedTest
    @EnumSource(ForgeKind.class)
    void kindsReadTheirWord(ForgeKind kind) {
        assertThat(ForgeKind.parse(kind.word())).isEqualTo(kind);
        assertThatIllegalArgumentException().isThrownBy(() -> ForgeKind.parse(kind.name()));
    }
}
