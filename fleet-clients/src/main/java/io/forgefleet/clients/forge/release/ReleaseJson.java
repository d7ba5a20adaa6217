package io.forgefleet.clients.forge.release;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.image.Digest;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;

/** The JSON of releases that GitHub, Gitea and Forgejo have in common. What is not of this form is an IllegalArgumentException. */
public final class ReleaseJson {

    private static final String UPLOADED = "uploaded";
    private static final long SLOWEST = 256 << 10;

    private ReleaseJson() {}

    public static StoredRelease release(JsonNode told) {
        if (!told.path("id").isIntegralNumber() || !told.path("draft").isBoolean()) {
            throw new IllegalArgumentException("it is no release");
        }
        return new StoredRelease(
                told.path("id").asText(),
                told.path("html_url").asText(""),
                told.path("upload_url").asText(""),
                told.path("draft").asBoolean(),
                told.path("name").asText(""),
                told.path("body").asText(""),
                told.path("prerelease").asBoolean());
    }

    /** A file; GitHub alone tells its state and digest. */
    public static StoredAsset asset(JsonNode told) {
        if (!told.path("id").isIntegralNumber() || !told.path("size").isIntegralNumber()) {
            throw new IllegalArgumentException("it is no file of a release");
        }
        String digest = told.path("digest").asText("");
        return new StoredAsset(
                told.path("id").asText(),
                told.path("name").asText(""),
                told.path("size").asLong(),
                told.path("state").asText(UPLOADED).equals(UPLOADED),
                digest.startsWith("sha256:") ? Optional.of(new Digest(digest)) : Optional.empty(),
                told.path("browser_download_url").asText(""));
    }

    public static PublishedRelease published(JsonNode told) {
        return new PublishedRelease(
                told.path("tag_name").asText(),
                told.path("html_url").asText(""),
                told.path("prerelease").asBoolean(),
                time(told.path("published_at").asText("")));
    }

    /** A time of a forge. */
    public static Instant time(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("not a time: " + text, e);
        }
    }

    public static CommitId commit(JsonNode id) {
        return new CommitId(id.asText(""));
    }

    /** How long a transfer of so many bytes may take: a slow line is waited for, one that stands still is not for ever. */
    public static Duration transfer(long bytes) {
        return Duration.ofMinutes(2).plusSeconds(bytes / SLOWEST);
    }
}
