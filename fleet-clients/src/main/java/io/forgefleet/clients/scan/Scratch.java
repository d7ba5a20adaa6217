package io.forgefleet.clients.scan;

import io.forgefleet.clients.scan.ScanException.Problem;
import io.forgefleet.clients.tool.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An empty folder for one call of a program. It holds no configuration that could change what the program finds. */
public record Scratch(Path folder) implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Scratch.class);

    /** Makes one; closing deletes it. */
    public static Scratch make() throws ScanException {
        try {
            return new Scratch(Files.createTempDirectory("forgefleet-scan"));
        } catch (IOException e) {
            throw new ScanException(
                    Problem.CRASHED,
                    "could not scan: no temporary folder can be made: " + e + "; is the disk full?",
                    e);
        }
    }

    /** Writes a file into it. */
    public Path write(String name, byte[] content) throws ScanException {
        try {
            return Files.write(folder.resolve(name), content);
        } catch (IOException e) {
            throw new ScanException(
                    Problem.CRASHED,
                    "could not scan: " + folder + " cannot be written: " + e + "; is the disk full?",
                    e);
        }
    }

    /** Makes a folder in it. */
    public Path makeFolder(String name) throws ScanException {
        try {
            return Files.createDirectory(folder.resolve(name));
        } catch (IOException e) {
            throw new ScanException(
                    Problem.CRASHED,
                    "could not scan: " + folder + " cannot be written: " + e + "; is the disk full?",
                    e);
        }
    }

    @Override
    public void close() {
        try {
            Folders.delete(folder);
        } catch (IOException e) {
            LOG.warn("the temporary folder {} could not be deleted: {}", folder, e.toString());
        }
    }
}
