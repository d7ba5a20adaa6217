package io.forgefleet.cleanup.plan;

import io.forgefleet.cleanup.driver.Capabilities;
import io.forgefleet.cleanup.rule.Rules;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.ledger.LedgerEntry;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What loses its tags first and is deleted later: it is kept under a tag of the day, and an entry of the ledger says so.
 *
 * @param today by the ledger's clock; null where things are deleted at once
 */
public record Trash(@Nullable LocalDate today) {

    /** Things are deleted at once. */
    public static final Trash NONE = new Trash(null);

    private static final int DIGITS = 12;

    /** Where a registry cannot take a tag away alone, nothing can be kept under another one. */
    public static Trash of(LocalDate today, Capabilities can) {
        return can.untag() ? new Trash(today) : NONE;
    }

    /** The tag that keeps a digest, and by which it is asked back. */
    Optional<String> name(Digest digest) {
        return Optional.ofNullable(today)
                .map(day -> Rules.TRASH + day.format(DateTimeFormatter.BASIC_ISO_DATE) + "-"
                        + digest.value().substring("sha256:".length(), "sha256:".length() + DIGITS));
    }

    /** The tag under which a digest is in the trash already. */
    static Optional<String> holding(List<Judged> entries) {
        return entries.stream()
                .map(each -> each.entered().entry())
                .filter(entry -> entry.kind() == LedgerEntry.Kind.TRASH)
                .flatMap(entry -> entry.tags().stream())
                .filter(tag -> tag.startsWith(Rules.TRASH))
                .findFirst();
    }

    /** Whether somebody can want a thing back: what never had a tag nobody knew. */
    static boolean isWorthIt(List<Judged> entries) {
        return entries.stream()
                .map(each -> each.entered().entry())
                .anyMatch(entry -> entry.kind() == LedgerEntry.Kind.IMAGE || entry.kind() == LedgerEntry.Kind.TEMPLATE);
    }
}
