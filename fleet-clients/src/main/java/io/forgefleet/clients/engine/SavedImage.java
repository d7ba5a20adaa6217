package io.forgefleet.clients.engine;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;

/** What an engine sends of an image: a tar, and an error of its own behind it where it broke off, as if that were the end. */
final class SavedImage {

    private static final int CHUNK = 64 * 1024;

    /** Zeros that end a tar. */
    private static final int END = 1024;

    private SavedImage() {}

    /** Copies it, and makes sure that it is whole. */
    static void copy(String tried, InputStream saved, OutputStream into)
            throws IOException, ClientException, InterruptedException {
        byte[] end = new byte[END];
        Arrays.fill(end, (byte) 1); // an empty answer is no tar
        byte[] chunk = new byte[CHUNK];
        for (int read = read(tried, saved, chunk); read >= 0; read = read(tried, saved, chunk)) {
            into.write(chunk, 0, read);
            int kept = Math.max(0, END - read);
            System.arraycopy(end, END - kept, end, 0, kept);
            System.arraycopy(chunk, read - (END - kept), end, kept, END - kept);
        }
        if (!Arrays.equals(end, new byte[END])) {
            throw new ClientException(Kind.UNAVAILABLE, "could not " + tried + ": the engine broke off");
        }
    }

    private static int read(String tried, InputStream saved, byte[] chunk)
            throws ClientException, InterruptedException {
        try {
            return saved.read(chunk);
        } catch (IOException e) {
            if (Thread.interrupted()) {
                throw (InterruptedException) new InterruptedException("interrupted in: " + tried).initCause(e);
            }
            throw new ClientException(Kind.UNAVAILABLE, "could not " + tried + ": " + e.getMessage(), e);
        }
    }
}
