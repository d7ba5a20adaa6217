package io.forgefleet.clients.forge.change;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import java.util.Arrays;

/** A file as a commit has it. */
public final class StoredFile {

    /** A larger file is neither read nor written, in bytes. */
    public static final int MOST_BYTES = 1 << 20;

    private final byte[] content;
    private final String blob;

    /**
     * @param content not to be changed afterwards
     * @param blob git's id of the content, empty when it is not known
     */
    public StoredFile(byte[] content, String blob) {
        this.content = content;
        this.blob = blob;
    }

    /** A copy of its bytes. */
    public byte[] content() {
        return content.clone();
    }

    /** Whether these are its bytes. */
    public boolean has(byte[] bytes) {
        return Arrays.equals(content, bytes);
    }

    /** Git's id of the content, empty when it is not known. */
    public String blob() {
        return blob;
    }

    /** Refuses a file that is too large before its content is asked for. */
    public static void requireSmall(String tried, long bytes) throws ClientException {
        if (bytes > MOST_BYTES) {
            throw new ClientException(
                    Kind.REFUSED, "could not " + tried + ": it has " + bytes + " bytes, more than " + MOST_BYTES);
        }
    }
}
