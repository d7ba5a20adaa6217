package io.forgefleet.local.cli;

import io.forgefleet.local.console.CommandFailure;
import io.forgefleet.local.console.Invocation;
import io.forgefleet.local.demo.Demo;
import io.forgefleet.local.demo.Demo.Afterwards;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Tells the whole story on this machine. */
@Command(
        name = "demo",
        description = {
            "The whole story on this machine, without an account and without pulling an image: a small forge, a"
                    + " registry, Kafka and the fleet; a push, a pull request, a fix and a merge become images and"
                    + " commit statuses.",
            "On a terminal it stays up afterwards until Enter or Ctrl-C, else it ends by itself; either way it removes"
                    + " what it made. Exit code 1 when a part of the story has not come true."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  ./fleet demo",
            "  ./fleet demo --keep       stays up until Ctrl-C, terminal or not"
        })
final class DemoCommand implements Callable<Integer> {

    private final Invocation invocation;

    @Option(names = "--keep", description = "Stay up until stopped by Ctrl-C or SIGTERM, terminal or not.")
    private boolean keep;

    @Option(names = "--end", description = "End after the story, even on a terminal.")
    private boolean end;

    DemoCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() throws CommandFailure, InterruptedException {
        Path folder = Demo.folder(invocation.environment());
        Logging.into(Demo.log(folder));
        Demo.run(invocation.terminal(), invocation.environment(), folder, afterwards());
        return 0;
    }

    private Afterwards afterwards() {
        if (keep) {
            return Afterwards.STAY;
        }
        return end || !invocation.terminal().interactive() ? Afterwards.END : Afterwards.WAIT_FOR_ENTER;
    }
}
