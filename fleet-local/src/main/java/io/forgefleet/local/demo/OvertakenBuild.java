package io.forgefleet.local.demo;

import io.forgefleet.clients.ClientException;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.local.console.CommandFailure;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;

/** A force-push while the build of what it replaces runs. */
final class OvertakenBuild {

    private static final String BRANCH = "hasty";
    private static final String TEST = "RUN sh test.sh";
    private static final String SLOW = TEST + " && sleep 600";

    private final Stage stage;
    private final Developer developer;

    OvertakenBuild(Stage stage, Developer developer) {
        this.stage = stage;
        this.developer = developer;
    }

    void tell() throws CommandFailure, ClientException, IOException, InterruptedException {
        stage.narrator().chapter("She pushes a step that takes ten minutes, sees it, and force-pushes while it runs");
        developer.branch(BRANCH);
        developer.replace("Dockerfile", TEST, SLOW);
        String slow = developer.commit("Wait for the weather");
        developer.push(BRANCH);
        FutureTask<String> repair = new FutureTask<>(this::repair);
        AtomicBoolean begun = new AtomicBoolean();
        Stage.Ended overtaken = stage.follow(stage.event("push", slow), "images", line -> {
            if (line.contains("sleep 600") && begun.compareAndSet(false, true)) {
                Thread.ofVirtual().name("repair").start(repair);
            }
        });
        stage.unbuilt(
                "branch, overtaken while it ran",
                Story.REPOSITORY,
                slow,
                overtaken,
                Outcome.Reason.SUPERSEDED,
                "superseded");
        String quick = result(repair);
        stage.built("branch, the force-push", Story.REPOSITORY, "push", quick, BRANCH + "-" + Stage.sha7(quick));
    }

    private String repair() throws IOException, CommandFailure {
        developer.replace("Dockerfile", SLOW, TEST + " # at once");
        String commit = developer.amend("Do not wait for the weather");
        developer.forcePush(BRANCH);
        return commit;
    }

    private static String result(FutureTask<String> repair) throws CommandFailure, InterruptedException {
        try {
            return repair.get();
        } catch (ExecutionException e) {
            throw new CommandFailure("the force-push failed: " + e.getCause(), "", e);
        }
    }
}
