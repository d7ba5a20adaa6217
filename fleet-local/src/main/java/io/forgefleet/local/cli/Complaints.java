package io.forgefleet.local.cli;

import io.forgefleet.clients.ClientException;
import io.forgefleet.local.console.CommandFailure;
import io.forgefleet.local.console.Paint;
import io.forgefleet.local.console.Terminal;
import io.forgefleet.runtime.config.ConfigException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** How commands tell that they did not do what they should, and the exit code that goes with it. */
final class Complaints {

    static final int FAILED = 1;
    static final int WRONG_USAGE = 2;

    /** As shells write the end by SIGINT. */
    static final int INTERRUPTED = 130;

    private Complaints() {}

    static int wrongUsage(Terminal terminal, ParameterException wrong) {
        complain(terminal, String.valueOf(wrong.getMessage()));
        CommandLine line = wrong.getCommandLine();
        UnmatchedArgumentException.printSuggestions(wrong, line.getErr());
        terminal.say("  how it is used: " + line.getCommandSpec().qualifiedName() + " --help");
        return WRONG_USAGE;
    }

    static int failed(Terminal terminal, boolean stackTrace, Exception failure) {
        if (failure instanceof InterruptedException) {
            return INTERRUPTED;
        }
        complain(terminal, message(failure));
        if (failure instanceof CommandFailure told && !told.advice().isEmpty()) {
            told.advice().lines().forEach(line -> terminal.say("  " + line));
        }
        if (stackTrace) {
            failure.printStackTrace(terminal.err());
        }
        return FAILED;
    }

    /** What those say that are meant for people; the rest is a fault of the fleet. */
    private static String message(Exception failure) {
        return switch (failure) {
            case CommandFailure told -> String.valueOf(told.getMessage());
            case ConfigException told -> String.valueOf(told.getMessage());
            case ClientException told -> String.valueOf(told.getMessage());
            case IllegalStateException told -> String.valueOf(told.getMessage());
            default ->
                "this should not happen: " + failure + "\n  call it again with --debug, and please report what it says";
        };
    }

    static void complain(Terminal terminal, String message) {
        terminal.say(terminal.paint(Paint.RED, "fleet:") + " " + message);
    }
}
