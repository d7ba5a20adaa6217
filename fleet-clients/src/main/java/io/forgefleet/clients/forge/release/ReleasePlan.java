package io.forgefleet.clients.forge.release;

import io.forgefleet.events.CommitId;
import io.forgefleet.events.job.RunId;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A release as it is to be, the same in each attempt of its run.
 *
 * @param tag short name of a tag that is on the forge: no call makes, moves or deletes one
 * @param commit that the tag names
 * @param title one line
 * @param notes Markdown, as {@link ReleaseNotes} makes it, at most {@link #MOST_NOTES} characters
 * @param prerelease whether the forge shows it as one that is not for everybody
 * @param latest whether it is the newest in order of versions: a 1.1.5 after 1.2.0 is not. For GitHub; the others go by time
 * @param run that makes it
 * @param assets its files, at most {@link #MOST_ASSETS}, each of another name, whatever the case of letters
 */
public record ReleasePlan(
        String tag,
        CommitId commit,
        String title,
        String notes,
        boolean prerelease,
        boolean latest,
        RunId run,
        List<ReleaseAsset> assets) {

    /** GitHub takes 125,000, of which the fleet needs some. */
    public static final int MOST_NOTES = 90_000;

    public static final int MOST_ASSETS = 150;

    private static final Pattern TAG = Pattern.compile("(?!-)[^\\x00-\\x20\\x7f~^:?*\\[\\\\]{1,200}");

    public ReleasePlan {
        requireTag(tag);
        if (title.isBlank() || title.length() > 200 || title.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("a release's title is one line of 1 to 200 characters, got: " + title);
        }
        if (notes.length() > MOST_NOTES) {
            throw new IllegalArgumentException(
                    "a release's notes have at most " + MOST_NOTES + " characters, got " + notes.length());
        }
        if (ReleaseMarker.isIn(notes)) {
            throw new IllegalArgumentException("a release's notes may not have the fleet's mark in a line of theirs");
        }
        if (assets.size() > MOST_ASSETS) {
            throw new IllegalArgumentException("a release has at most " + MOST_ASSETS + " files, got " + assets.size());
        }
        Set<String> names = new HashSet<>();
        for (ReleaseAsset asset : assets) {
            if (!names.add(asset.name().toLowerCase(Locale.ROOT))) {
                throw new IllegalArgumentException("two files of a release have the name " + asset.name());
            }
        }
        assets = List.copyOf(assets);
    }

    static void requireTag(String tag) {
        if (!TAG.matcher(tag).matches() || tag.contains("..") || tag.startsWith("/") || tag.endsWith("/")) {
            throw new IllegalArgumentException("not the short name of a tag: " + tag.replaceAll("\\p{Cntrl}", "?"));
        }
    }
}
