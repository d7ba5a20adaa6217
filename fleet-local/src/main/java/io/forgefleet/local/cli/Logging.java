package io.forgefleet.local.cli;

import java.nio.file.Path;

/** Where the logs of this process go; to be said before the first logger is made. */
final class Logging {

    private static final String FILE = "logback.configurationFile";
    private static final String FOLDER = "io/forgefleet/local/cli/";

    private Logging() {}

    /** Only what is wrong, on standard error: for commands whose output is theirs alone. */
    static void quiet() {
        // Kafka's server brings Log4j's API without an implementation, which says so on standard error
        System.setProperty("log4j2.StatusLogger.level", "OFF");
        if (System.getProperty(FILE) == null) {
            System.setProperty(FILE, FOLDER + "commands-logback.xml");
        }
    }

    /** As of a service: everything, on standard output. */
    static void ofService() {
        if (System.getProperty(FILE, "").startsWith(FOLDER)) {
            System.clearProperty(FILE);
        }
    }

    /** Everything into this file, for commands that tell a story of their own. */
    static void into(Path file) {
        if (System.getProperty(FILE, "").startsWith(FOLDER)) {
            System.setProperty("forgefleet.log", file.toString());
            System.setProperty(FILE, FOLDER + "file-logback.xml");
        }
    }
}
