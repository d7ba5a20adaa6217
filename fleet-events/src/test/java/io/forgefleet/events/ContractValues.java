package io.forgefleet.events;

import java.time.Instant;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Provide;
import net.jqwik.api.domains.DomainContextBase;

/** Values of the contract, any that its records allow. */
public final class ContractValues extends DomainContextBase {

    private static final String PATH_CHARACTERS = "abcXYZ019._-";

    @Provide
    Arbitrary<RepositoryId> repositories() {
        var segment = Arbitraries.strings()
                .withChars(PATH_CHARACTERS)
                .ofMinLength(1)
                .ofMaxLength(40)
                .filter(text -> !text.equals(".") && !text.equals(".."));
        var forge = Arbitraries.strings().withChars("az09-").ofMinLength(1).ofMaxLength(40);
        return Combinators.combine(
                        forge.filter(name -> !name.startsWith("-") && !name.endsWith("-")),
                        segment.list().ofMinSize(2).ofMaxSize(21))
                .as((name, segments) -> new RepositoryId(name, String.join("/", segments)));
    }

    @Provide
    Arbitrary<CommitId> commits() {
        return Arbitraries.of(40, 64)
                .flatMap(length ->
                        Arbitraries.strings().withChars("0123456789abcdef").ofLength(length))
                .filter(id -> !CommitId.isZero(id))
                .map(CommitId::new);
    }

    @Provide
    Arbitrary<EventId> eventIds() {
        return Arbitraries.strings().withChars("0123456789abcdef").ofLength(32).map(EventId::new);
    }

    /** Short names of refs, of every character that git allows and people may use to do harm. */
    static Arbitrary<String> shortNames() {
        return Arbitraries.strings()
                .withChars("abcZ09._-/$(){}'\"`;&|<>!#%+,=é日")
                .ofMinLength(1)
                .ofMaxLength(300)
                .filter(ContractValues::isAllowed);
    }

    private static boolean isAllowed(String name) {
        try {
            return RefName.branch(name).isBranch();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    @Provide
    Arbitrary<ForgeEvent> events() {
        return Arbitraries.oneOf(pushes(), tags(), pullRequests(), comments());
    }

    private Arbitrary<PushEvent> pushes() {
        return Combinators.combine(
                        eventIds(),
                        repositories(),
                        shortNames().map(RefName::branch),
                        Arbitraries.of(PushEvent.Change.values()),
                        commits(),
                        commits(),
                        times())
                .as((id, repository, ref, change, before, after, at) -> new PushEvent(
                        id,
                        repository,
                        ref,
                        change,
                        change == PushEvent.Change.CREATED ? null : before,
                        change == PushEvent.Change.DELETED ? null : after,
                        "dana",
                        at));
    }

    private Arbitrary<TagEvent> tags() {
        return Combinators.combine(
                        eventIds(),
                        repositories(),
                        shortNames().map(RefName::tag),
                        Arbitraries.of(TagEvent.Change.values()),
                        commits(),
                        commits(),
                        times())
                .as((id, repository, ref, change, before, after, at) -> new TagEvent(
                        id,
                        repository,
                        ref,
                        change,
                        change == TagEvent.Change.CREATED ? null : before,
                        change == TagEvent.Change.DELETED ? null : after,
                        change == TagEvent.Change.DELETED ? null : before,
                        "dana",
                        at));
    }

    private Arbitrary<PullRequestEvent> pullRequests() {
        return Combinators.combine(
                        eventIds(),
                        repositories(),
                        Arbitraries.longs().greaterOrEqual(1),
                        Arbitraries.of(PullRequestEvent.Action.values()),
                        commits(),
                        shortNames(),
                        Arbitraries.of(true, false),
                        times())
                .as((id, repository, number, action, head, name, flag, at) -> new PullRequestEvent(
                        id,
                        repository,
                        number,
                        action,
                        head,
                        flag ? null : name,
                        RefName.branch(name),
                        flag,
                        !flag,
                        "dana",
                        at));
    }

    private Arbitrary<CommentEvent> comments() {
        return Combinators.combine(
                        eventIds(),
                        repositories(),
                        Arbitraries.longs().greaterOrEqual(1),
                        Arbitraries.strings().withCharRange(' ', '\ud7ff').ofMaxLength(500),
                        commits(),
                        Arbitraries.of(true, false),
                        times())
                .as((id, repository, number, body, head, told, at) ->
                        new CommentEvent(id, repository, number, number, body, told ? head : null, "dana", at));
    }

    private static Arbitrary<Instant> times() {
        return Arbitraries.longs().between(0, 4_000_000_000_000L).map(Instant::ofEpochMilli);
    }
}
