package io.forgefleet.gateway.api;

import io.forgefleet.events.EventId;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.RunState;
import io.forgefleet.gateway.api.answer.ApiException;
import io.forgefleet.gateway.api.page.Words;
import io.vertx.core.MultiMap;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which runs are asked for; what is null does not matter.
 *
 * @param repository {@code forge/owner/name}, or {@code owner/name} on any forge
 * @param state {@code running}, {@code parked}, {@code ended}, or how it ended
 * @param commit the first digits of the commit
 * @param after runs that stand behind this one in the list
 */
record RunFilter(
        @Nullable String repository,
        @Nullable String state,
        @Nullable Long pullRequest,
        @Nullable String commit,
        @Nullable EventId event,
        @Nullable Cursor after) {

    /** A place in the list: a run's start and id. */
    record Cursor(Instant startedAt, String run) {

        static Cursor of(RunState state) {
            return new Cursor(state.startedAt(), state.run().value());
        }

        static Cursor parse(String text) {
            int at = text.indexOf('_');
            return new Cursor(Instant.parse(text.substring(0, Math.max(0, at))), text.substring(at + 1));
        }

        boolean isBefore(RunState state) {
            int order = state.startedAt().compareTo(startedAt);
            return order < 0 || (order == 0 && state.run().value().compareTo(run) < 0);
        }

        @Override
        public String toString() {
            return startedAt + "_" + run;
        }
    }

    static final int MOST = 200;
    private static final int USUAL = 50;
    private static final Set<String> STATES = Stream.concat(
                    Arrays.stream(RunState.Phase.values()), Arrays.stream(Outcome.Reason.values()))
            .map(Words::word)
            .collect(Collectors.toUnmodifiableSet());
    private static final Set<String> PARAMETERS =
            Set.of("repository", "state", "pullRequest", "sha", "event", "cursor", "limit");

    static RunFilter read(MultiMap query) throws ApiException {
        for (String name : query.names()) {
            if (!PARAMETERS.contains(name)) {
                throw ApiException.badRequest(
                        "there is no parameter '" + name + "'",
                        "use " + String.join(", ", PARAMETERS.stream().sorted().toList()));
            }
        }
        String state = given(query, "state");
        if (state != null && !STATES.contains(state)) {
            throw ApiException.badRequest(
                    "no run is ever '" + state + "'",
                    "use one of " + String.join(", ", STATES.stream().sorted().toList()));
        }
        String commit = given(query, "sha");
        if (commit != null && !commit.matches("[0-9a-f]{4,64}")) {
            throw ApiException.badRequest("'" + commit + "' is no commit", "give 4 to 64 hexadecimal digits");
        }
        String number = given(query, "pullRequest");
        String event = given(query, "event");
        String cursor = given(query, "cursor");
        return new RunFilter(
                given(query, "repository"),
                state,
                number == null ? null : number(number, "pullRequest", Long.MAX_VALUE),
                commit,
                event == null ? null : Ids.event(event),
                cursor == null ? null : cursor(cursor));
    }

    static int limit(MultiMap query) throws ApiException {
        String limit = given(query, "limit");
        return limit == null ? USUAL : (int) number(limit, "limit", MOST);
    }

    private static @Nullable String given(MultiMap query, String name) {
        String value = query.get(name);
        return value == null || value.isBlank() ? null : value.strip();
    }

    private static long number(String text, String name, long most) throws ApiException {
        if (!text.matches("[0-9]{1,18}") || Long.parseLong(text) < 1 || Long.parseLong(text) > most) {
            throw ApiException.badRequest(
                    name + " is '" + text + "'",
                    "give a number from 1" + (most == Long.MAX_VALUE ? "" : " to " + most));
        }
        return Long.parseLong(text);
    }

    private static Cursor cursor(String text) throws ApiException {
        try {
            return Cursor.parse(text);
        } catch (DateTimeParseException e) {
            throw ApiException.badRequest("'" + text + "' is no cursor", "take the 'next' of an earlier answer");
        }
    }

    boolean matches(RunState run) {
        return (repository == null || isOf(run))
                && (state == null || state.equals(Words.word(run.phase())) || isEndedAs(run, state))
                && (pullRequest == null || pullRequest.equals(run.subject().pullRequest()))
                && (commit == null || startsWith(run, commit))
                && (event == null || event.equals(run.subject().event()))
                && (after == null || after.isBefore(run));
    }

    private boolean isOf(RunState run) {
        return run.subject().repository().toString().equalsIgnoreCase(repository)
                || run.subject().repository().path().equalsIgnoreCase(repository);
    }

    private static boolean isEndedAs(RunState run, String state) {
        Outcome outcome = run.outcome();
        return outcome != null && state.equals(Words.word(outcome.reason()));
    }

    private static boolean startsWith(RunState run, String digits) {
        var id = run.subject().commit();
        return id != null && id.value().startsWith(digits);
    }
}
