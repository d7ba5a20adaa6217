package io.forgefleet.events.run;

import io.forgefleet.events.image.Digest;
import java.net.URI;
import java.time.Instant;

/**
 * An image of a run as a file that {@code docker load} takes, on the disk of one worker.
 *
 * @param image its name in the repository's file
 * @param digest of the file
 * @param bytes its size
 * @param worker base address at which the fleet's other services reach that worker, without a slash at its end
 * @param until when it is deleted; earlier where newer ones need the room
 */
public record ImageTar(String image, Digest digest, long bytes, URI worker, Instant until) {

    public ImageTar {
        boolean web = "http".equals(worker.getScheme()) || "https".equals(worker.getScheme());
        if (!web || worker.getHost() == null || bytes < 0) {
            throw new IllegalArgumentException("no file of a worker that can be reached: " + worker);
        }
    }

    /** Where workers have these files at their management address, by the hexadecimal digits of their digests. */
    public static final String PATH = "/image-tars";

    /** Where the fleet's other services get it. */
    public URI url() {
        return URI.create(worker + PATH + "/" + digest.value().substring("sha256:".length()));
    }
}
