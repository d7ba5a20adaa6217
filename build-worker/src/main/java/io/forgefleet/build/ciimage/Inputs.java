package io.forgefleet.build.ciimage;

import io.forgefleet.clients.ClientException;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.image.TrustClass;
import io.forgefleet.events.repofile.CiImageSpec;
import io.forgefleet.events.repofile.ImageSpec;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.work.place.RunEndedException;
import io.forgefleet.work.place.Workplace;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What an image is made of, as one hash: the same inputs give the same on whatever branch. Files count by path and content,
 * as git knows them, and beside them all that the build is told.
 *
 * @param hash SHA-256, 64 lower-case hexadecimal digits
 */
record Inputs(String hash) {

    private static final String PREFIX = "deps-";
    static final int SHORTEST = 12;

    /**
     * Of an image.
     *
     * @param files ids of their content by path, of those that the image names
     * @param baseImages those that stand in for the ones that a Dockerfile names
     */
    static Inputs of(CiImageSpec image, SortedMap<String, String> files, Map<String, String> baseImages) {
        ImageSpec spec = image.image();
        try {
            MessageDigest hash = MessageDigest.getInstance("SHA-256");
            files.forEach((path, id) -> add(hash, "file", path, id));
            add(hash, "dockerfile", spec.dockerfile(), spec.context());
            add(hash, "target", spec.target() == null ? "" : spec.target());
            new TreeMap<>(spec.args()).forEach((name, value) -> add(hash, "argument", name, value));
            spec.platforms().stream().sorted().forEach(platform -> add(hash, "platform", platform));
            spec.secrets().stream().sorted().forEach(secret -> add(hash, "secret", secret));
            new TreeMap<>(baseImages).forEach((name, base) -> add(hash, "base", name, base));
            return new Inputs(HexFormat.of().formatHex(hash.digest()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /**
     * Of an image, as a commit has them.
     *
     * @throws RunEndedException when its Dockerfile is not there
     */
    static Inputs of(Workplace place, CommitId commit, CiImageSpec image)
            throws RunEndedException, ClientException, InterruptedException {
        SortedMap<String, String> files =
                place.mirror().files(commit, path -> image.rebuildOn().stream().anyMatch(glob -> glob.matches(path)));
        if (!files.containsKey(image.image().dockerfile())) {
            throw new RunEndedException(
                    Reason.FAILED, image.name() + ": " + image.image().dockerfile() + " is not in the repository");
        }
        return of(image, files, place.rule().baseImages());
    }

    /** No value holds a NUL, so that no two lists of values are one text. */
    private static void add(MessageDigest hash, String... values) {
        hash.update((String.join("\0", values) + "\0\0").getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The tag that a class gives to its builds. Files that are not named as inputs can go into an image as well, so one of a
     * lower class may hold what nobody has looked at: it has a tag of its own, which a higher class never looks at.
     *
     * @param digits of the hash, {@value #SHORTEST} unless that is taken by another one
     * @param build 1 for the first; a rebuild on demand gets its own ({@code …-r2})
     */
    String tag(TrustClass builtBy, int digits, int build) {
        return PREFIX
                + hash.substring(0, digits)
                + (builtBy == TrustClass.PROTECTED ? "" : "-" + builtBy.name().toLowerCase(Locale.ROOT))
                + (build == 1 ? "" : "-r" + build);
    }
}
