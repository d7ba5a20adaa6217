package io.forgefleet.clients.forge.release;

import io.forgefleet.events.image.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.regex.Pattern;

/**
 * A file that a release is to have.
 *
 * @param name as people download it; of a form that every forge takes, see {@link #portable}
 * @param file where its bytes are on this machine; not to be changed until the release is published
 * @param bytes its size, 1 to {@link #MOST_BYTES}
 * @param digest of its bytes
 * @param mediaType as in {@code application/gzip}
 */
public record ReleaseAsset(String name, Path file, long bytes, Digest digest, String mediaType) {

    /** A larger file is refused by GitHub, and by Gitea and Forgejo unless configured otherwise. */
    public static final long MOST_BYTES = (2L << 30) - 1;

    private static final int LONGEST_NAME = 200;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._+~@-]{0,198}[A-Za-z0-9_+~@-]");
    private static final Pattern MEDIA_TYPE = Pattern.compile("[a-z]{1,20}/[A-Za-z0-9.+_-]{1,100}");

    public ReleaseAsset {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "the name of a release's file has 2 to 200 letters, digits, '.', '_', '+', '~', '@', '-', got: "
                            + name);
        }
        if (bytes < 1 || bytes > MOST_BYTES) {
            throw new IllegalArgumentException(
                    "a release's file has 1 to " + MOST_BYTES + " bytes, but " + name + " has " + bytes);
        }
        if (!MEDIA_TYPE.matcher(mediaType).matches()) {
            throw new IllegalArgumentException("not a media type: " + mediaType);
        }
    }

    /** Reads a file once for its size and digest. */
    public static ReleaseAsset of(String name, Path file, String mediaType) throws IOException {
        MessageDigest hash = Digest.sha256();
        long bytes = 0;
        try (InputStream in = Files.newInputStream(file)) {
            byte[] buffer = new byte[1 << 16];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                hash.update(buffer, 0, read);
                bytes += read;
            }
        }
        return new ReleaseAsset(name, file, bytes, Digest.of(hash), mediaType);
    }

    /** A name that every forge takes: other characters become dots, and it is cut. Different names may become the same. */
    public static String portable(String name) {
        String known = name.replaceAll("[^A-Za-z0-9._+~@-]", ".");
        String cut = known.substring(0, Math.min(known.length(), LONGEST_NAME));
        String begun =
                cut.matches("[A-Za-z0-9_].*") ? cut : "_" + cut.substring(0, Math.min(cut.length(), LONGEST_NAME - 1));
        String ended = begun.endsWith(".") ? begun.substring(0, begun.length() - 1) + "_" : begun;
        return ended.length() < 2 ? ended + "_" : ended;
    }
}
