package io.forgefleet.host.forge.repository;

import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A pull request between two branches, as it was at one time.
 *
 * @param number counts from 1 in its repository
 * @param fork the repository of its head, where that is a fork
 * @param head branch that is asked to be pulled
 * @param headSha commit that is asked to be pulled; what {@code refs/pull/N/head} names
 * @param mergeCommit the commit that merged it
 * @param closedAt empty while it is open; a merged one is closed as well
 */
public record PullRequest(
        long number,
        Account author,
        String title,
        String body,
        Optional<Repository> fork,
        String head,
        String headSha,
        String base,
        int comments,
        Instant createdAt,
        Instant updatedAt,
        Optional<Instant> closedAt,
        Optional<String> mergeCommit,
        Optional<Account> mergedBy) {

    private static final Pattern DRAFT = Pattern.compile("(?i)^(WIP:|\\[WIP\\])");

    public boolean isOpen() {
        return closedAt.isEmpty();
    }

    public boolean isMerged() {
        return mergeCommit.isPresent();
    }

    /** Drafts are told by their title. */
    public boolean isDraft() {
        return DRAFT.matcher(title).find();
    }

    /** Name of the reference that the repository keeps for it. */
    public String ref() {
        return "refs/pull/" + number + "/head";
    }

    PullRequest withText(String newTitle, String newBody, String newBase) {
        return new PullRequest(
                number,
                author,
                newTitle,
                newBody,
                fork,
                head,
                headSha,
                newBase,
                comments,
                createdAt,
                Instant.now(),
                closedAt,
                mergeCommit,
                mergedBy);
    }

    PullRequest withHead(String sha) {
        return new PullRequest(
                number,
                author,
                title,
                body,
                fork,
                head,
                sha,
                base,
                comments,
                createdAt,
                Instant.now(),
                closedAt,
                mergeCommit,
                mergedBy);
    }

    PullRequest withComments(int count) {
        return new PullRequest(
                number,
                author,
                title,
                body,
                fork,
                head,
                headSha,
                base,
                count,
                createdAt,
                Instant.now(),
                closedAt,
                mergeCommit,
                mergedBy);
    }

    PullRequest withClosed(Optional<Instant> at) {
        return new PullRequest(
                number,
                author,
                title,
                body,
                fork,
                head,
                headSha,
                base,
                comments,
                createdAt,
                Instant.now(),
                at,
                mergeCommit,
                mergedBy);
    }

    PullRequest withMerge(String commit, Account by) {
        Instant now = Instant.now();
        return new PullRequest(
                number,
                author,
                title,
                body,
                fork,
                head,
                headSha,
                base,
                comments,
                createdAt,
                now,
                Optional.of(now),
                Optional.of(commit),
                Optional.of(by));
    }
}
